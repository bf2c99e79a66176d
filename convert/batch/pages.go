package batch

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"unicode/utf8"

	"github.com/klauspost/compress/s2"
	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Encoding is raised where the same records become other bytes.
const Encoding = 2

const (
	// pageBytes is about how many bytes of values a data page holds. A reader
	// inflates a page at a time.
	pageBytes = 1 << 20
	// maxPageLevels keeps pages of small dictionary ids from growing past what
	// readers that skip by page can make use of.
	maxPageLevels = 64 << 10
)

// outBytes is about how much a chunk gathers before it is written.
const outBytes = 256 << 10

// chunk writes one leaf of a batch as a column chunk to a file. Its buffers are
// scratch, used again for the next leaf.
type chunk struct {
	to   *Writer
	out  []byte // what goes to the file next
	err  error  // of the file
	meta format.ColumnMetaData

	page, levels, coded []byte
	packed              []byte // what is compressed of the page
	squeezed            int    // how many of its bytes those were
	ids                 []int32
	dict                []int64
	ints32              []int32
	slots               []int32 // by hash, of dict: places from 1
}

// at is where in the file the next page goes.
func (c *chunk) at() int64 { return c.to.offset + int64(len(c.out)) }

func (c *chunk) put(p []byte) {
	if len(c.out)+len(p) > outBytes {
		c.flush()
	}
	if len(p) < outBytes {
		c.out = append(c.out, p...)
	} else if c.err == nil {
		c.err = c.to.write(p)
	}
}

// flush writes what is left in out, and returns what the file said to all that
// was written.
func (c *chunk) flush() error {
	if c.err == nil && len(c.out) > 0 {
		c.err = c.to.write(c.out)
	}
	c.out = c.out[:0]
	return c.err
}

// write writes the leaf's pages.
func (c *chunk) write(l *Leaf) error {
	c.meta = format.ColumnMetaData{
		Type: l.kind.parquet(), PathInSchema: l.path, Codec: format.Snappy, NumValues: int64(l.levels),
		Statistics: format.Statistics{NullCount: int64(l.levels - l.values)},
	}
	start := c.at()
	var err error
	switch {
	case l.values == 0:
		err = c.dataPages(l, format.Plain, 1, func(dst []byte, _, _ int) []byte { return dst })
	case l.kind.isText():
		err = c.writeTexts(l)
	default:
		err = c.writeInts(l)
	}
	c.meta.TotalCompressedSize = c.at() - start
	return err
}

func (c *chunk) writeTexts(l *Leaf) error {
	t := &l.texts
	t.compact()
	if !t.plain && len(t.ids) > 16 && t.entries.len()*10 > len(t.ids)*9 && t.mayBePlain() {
		t.toPlain()
	}
	if l.kind == physText {
		if err := t.checkUTF8(); err != nil {
			return fmt.Errorf("column %s: %w", l.name(), err)
		}
	}
	textBounds(t, &c.meta.Statistics)
	if t.plain && t.entries.bytes <= maxDeltaLength*t.entries.len() {
		perLevel := t.entries.bytes/max(l.levels, 1) + 1
		return c.dataPages(l, format.DeltaLengthByteArray, perLevel, func(dst []byte, from, to int) []byte {
			return c.appendDeltaLength(dst, t, from, to)
		})
	}
	if t.plain {
		perLevel := (t.entries.bytes+4*t.entries.len())/max(l.levels, 1) + 1
		return c.dataPages(l, format.Plain, perLevel, func(dst []byte, from, to int) []byte {
			return c.appendTexts(dst, t, from, to)
		})
	}
	c.dictionaryPage(t.entries.len(), c.appendTexts(c.page[:0], t, 0, t.entries.len()))
	return c.idPages(l, t.ids, t.entries.len())
}

// maxDeltaLength is how long texts are on average at most to have their lengths
// apart from them, as of ids and digests: that saves nearly four bytes of each.
const maxDeltaLength = 128

func (c *chunk) appendDeltaLength(dst []byte, t *texts, from, to int) []byte {
	c.ints32 = c.ints32[:0]
	for i := from; i < to; i++ {
		c.ints32 = append(c.ints32, int32(len(t.entry(int32(i)))))
	}
	var e delta.BinaryPackedEncoding
	c.coded, _ = e.EncodeInt32(c.coded, c.ints32) // no error of a slice of integers
	dst = append(dst, c.coded...)
	for i := from; i < to; i++ {
		dst = append(c.squeeze(dst), t.entry(int32(i))...)
	}
	return dst
}

// checkUTF8 takes the entries together, which is many times faster than one by
// one, and makes sure that none begins in the middle of a character.
func (t *texts) checkUTF8() error {
	if !slices.ContainsFunc(t.entries.parts, notASCII) || t.validParts() && t.startWhole() {
		return nil
	}
	for id := range t.entries.len() {
		if v := t.entry(int32(id)); !utf8.Valid(v) {
			return fmt.Errorf("text %.80q is not UTF-8", v)
		}
	}
	return nil
}

// notASCII tells whether a byte is over 0x7f.
func notASCII(text []byte) bool {
	const high = 0x8080808080808080
	for ; len(text) >= 32; text = text[32:] {
		t := (*[32]byte)(text)
		if (binary.LittleEndian.Uint64(t[:])|binary.LittleEndian.Uint64(t[8:])|binary.LittleEndian.Uint64(t[16:])|
			binary.LittleEndian.Uint64(t[24:]))&high != 0 {
			return true
		}
	}
	return slices.ContainsFunc(text, func(c byte) bool { return c >= utf8.RuneSelf })
}

func (t *texts) validParts() bool {
	for _, part := range t.entries.parts {
		if !utf8.Valid(part) {
			return false
		}
	}
	return true
}

func (t *texts) startWhole() bool {
	for id := range t.entries.len() {
		if v := t.entry(int32(id)); len(v) > 0 && !utf8.RuneStart(v[0]) {
			return false
		}
	}
	return true
}

// appendTexts appends the entries from ≤ i < to in Parquet's PLAIN encoding.
func (c *chunk) appendTexts(dst []byte, t *texts, from, to int) []byte {
	for i := from; i < to; i++ {
		v := t.entry(int32(i))
		dst = append(binary.LittleEndian.AppendUint32(c.squeeze(dst), uint32(len(v))), v...)
	}
	return dst
}

func (c *chunk) writeInts(l *Leaf) error {
	low, high := intBounds(l)
	if err := l.checkRange(low, high); err != nil {
		return err
	}
	numberBounds(l, low, high, &c.meta.Statistics)
	width := l.kind.width()
	if l.kind != physBool && c.dictionary(l.ints, low, high) && c.idBytes(width)*3/4 <= deltaBytes(l.ints) {
		values := c.page[:0]
		for _, v := range c.dict {
			values = appendNumber(values, v, width)
		}
		c.dictionaryPage(len(c.dict), values)
		return c.idPages(l, c.ids, len(c.dict))
	}
	switch l.kind {
	case physInt32, physInt64:
		return c.dataPages(l, format.DeltaBinaryPacked, width, func(dst []byte, from, to int) []byte {
			return c.appendDelta(dst, l.ints[from:to], width)
		})
	case physBool:
		return c.dataPages(l, format.Plain, 1, func(dst []byte, from, to int) []byte {
			return appendBits(dst, l.ints[from:to])
		})
	}
	return c.dataPages(l, format.Plain, width, func(dst []byte, from, to int) []byte {
		for _, v := range l.ints[from:to] {
			dst = appendNumber(dst, v, width)
		}
		return dst
	})
}

// dictionary tries to number the distinct values: c.dict and c.ids. It gives
// up where there are too many for ids to be smaller than deltas.
func (c *chunk) dictionary(ints []int64, low, high int64) bool {
	c.ids, c.dict = c.ids[:0], c.dict[:0]
	if len(ints) == 0 {
		return false
	}
	if span := uint64(high) - uint64(low); span < 1<<17 && span < uint64(8*len(ints)+1024) {
		c.numberDirectly(ints, low, int(span)+1)
		return len(c.dict) <= 64 || len(c.dict)*3 <= len(ints)
	}
	return c.numberByHash(ints)
}

// idBytes is about what the dictionary and its ids take before compression,
// which often saves a quarter of them and nothing of deltas.
func (c *chunk) idBytes(width int) int {
	return len(c.ids)*bits.Len(uint(len(c.dict)-1))/8 + len(c.dict)*width
}

// deltaBytes is about what DELTA_BINARY_PACKED takes: for every 32 values the
// width of the widest difference.
func deltaBytes(ints []int64) int {
	const miniBlock = 32
	total := 0
	previous := ints[0]
	for block := range slices.Chunk(ints, miniBlock) {
		low, high := int64(math.MaxInt64), int64(math.MinInt64)
		for _, v := range block {
			d := v - previous
			low, high, previous = min(low, d), max(high, d), v
		}
		total += bits.Len64(uint64(high)-uint64(low))*miniBlock/8 + 1
	}
	return total
}

// numberDirectly numbers values of a narrow span through a table of all of it.
func (c *chunk) numberDirectly(ints []int64, low int64, span int) {
	table := c.ints32[:0]
	table = append(table, make([]int32, span)...)
	for _, v := range ints {
		slot := &table[v-low]
		if *slot == 0 {
			c.dict = append(c.dict, v)
			*slot = int32(len(c.dict))
		}
		c.ids = append(c.ids, *slot-1)
	}
	c.ints32 = table
}

// numberByHash gives up where there are too many values.
func (c *chunk) numberByHash(ints []int64) bool {
	limit := min(len(ints)/4+8, 32768)
	width := bits.Len(uint(limit)) + 1
	c.slots = slices.Grow(c.slots[:0], 1<<width)[:1<<width]
	clear(c.slots)
	last, lastID := ints[0]+1, int32(0)
	for _, v := range ints {
		if v != last {
			slot := c.slotOf(v, width)
			if *slot == 0 {
				if len(c.dict) == limit {
					return false
				}
				c.dict = append(c.dict, v)
				*slot = int32(len(c.dict))
			}
			last, lastID = v, *slot-1
		}
		c.ids = append(c.ids, lastID)
	}
	return true
}

// slotOf is where the place of v is, or has to go.
func (c *chunk) slotOf(v int64, width int) *int32 {
	mask := uint64(len(c.slots) - 1)
	for i := (uint64(v) ^ keySeeds[0]) * keySeeds[2] >> (64 - width); ; i = (i + 1) & mask {
		if slot := &c.slots[i]; *slot == 0 || c.dict[*slot-1] == v {
			return slot
		}
	}
}

func (c *chunk) dictionaryPage(entries int, values []byte) {
	c.meta.DictionaryPageOffset = c.at()
	c.meta.Encoding = append(c.meta.Encoding, format.Plain)
	c.page = values
	c.emit(values, format.PageHeader{
		Type: format.DictionaryPage,
		DictionaryPageHeader: thrift.Null[format.DictionaryPageHeader]{
			Valid: true,
			V:     format.DictionaryPageHeader{NumValues: int32(entries), Encoding: format.Plain},
		},
	})
}

func (c *chunk) idPages(l *Leaf, ids []int32, entries int) error {
	width := bits.Len(uint(max(entries-1, 0)))
	encoding := rle.Encoding{BitWidth: width}
	literal := maxPageLevels
	if l.values < l.levels && width%8 != 0 {
		literal = maxLiteral
	}
	var failed error
	err := c.dataPages(l, format.RLEDictionary, 2, func(dst []byte, from, to int) []byte {
		dst = append(dst, byte(width))
		if width == 0 { // one entry: a run needs no bits for the value
			return binary.AppendUvarint(dst, uint64(to-from)<<1)
		}
		for rest := ids[from:to]; len(rest) > 0; {
			var err error
			n := runEnd(rest, literal)
			if c.coded, err = encoding.EncodeInt32(c.coded, rest[:n]); err != nil {
				failed = err
			}
			dst, rest = append(dst, c.coded...), rest[n:]
		}
		return dst
	})
	if failed != nil {
		return fmt.Errorf("column %s: %w", l.name(), failed)
	}
	return err
}

// maxLiteral bounds the values that are packed bit by bit in one run. DuckDB
// unpacks a run quickly as long as it stands at the beginning of a byte, which
// with NULLs among the values it does not once it has left the first vector.
const maxLiteral = 256

// runEnd is how many of ids are encoded together: most of them, or all that are
// the same; but for the last a multiple of 8, as runs are.
func runEnd(ids []int32, most int) int {
	n := min(most, len(ids))
	same := 1
	for same < len(ids) && ids[same] == ids[0] {
		same++
	}
	switch {
	case same == len(ids):
		return same
	case same > n:
		return same &^ 7
	}
	return n
}

// dataPages cuts the leaf into pages at record boundaries; encode appends the
// values from ≤ i < to.
func (c *chunk) dataPages(l *Leaf, encoding format.Encoding, perLevel int, encode func(dst []byte, from, to int) []byte) error {
	c.meta.DataPageOffset = c.at()
	c.meta.Encoding = append(c.meta.Encoding, encoding, format.RLE)
	target := min(max(pageBytes/max(perLevel, 1), 1), maxPageLevels)
	value := 0
	for from := 0; from < l.levels; {
		to := l.recordBoundary(min(from+target, l.levels))
		values := to - from
		if l.hasDefs {
			values = bytes.Count(l.defs[from:to], []byte{byte(l.MaxDef)})
		}
		page, err := c.appendLevels(c.page[:0], l, from, to)
		if err != nil {
			return fmt.Errorf("column %s: %w", l.name(), err)
		}
		c.page = encode(page, value, value+values)
		c.emit(c.page, format.PageHeader{
			Type: format.DataPage,
			DataPageHeader: thrift.Null[format.DataPageHeader]{Valid: true, V: format.DataPageHeader{
				NumValues: int32(to - from), Encoding: encoding,
				DefinitionLevelEncoding: format.RLE, RepetitionLevelEncoding: format.RLE,
			}},
		})
		from, value = to, value+values
	}
	return nil
}

func (l *Leaf) recordBoundary(at int) int {
	if l.MaxRep > 0 {
		for at < l.levels && l.reps[at] != 0 {
			at++
		}
	}
	return at
}

func (c *chunk) appendLevels(dst []byte, l *Leaf, from, to int) ([]byte, error) {
	if l.MaxRep > 0 {
		var err error
		if dst, err = c.appendRuns(dst, l.reps[from:to], l.MaxRep); err != nil {
			return dst, err
		}
	}
	if l.hasDefs {
		return c.appendRuns(dst, l.defs[from:to], l.MaxDef)
	}
	// One run of MaxDef.
	c.levels = binary.AppendUvarint(c.levels[:0], uint64(to-from)<<1)
	c.levels = append(c.levels, byte(l.MaxDef))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(c.levels)))
	return append(dst, c.levels...), nil
}

func (c *chunk) appendRuns(dst, levels []byte, highest int) ([]byte, error) {
	encoding := rle.Encoding{BitWidth: bits.Len(uint(highest))}
	var err error
	if c.levels, err = encoding.EncodeLevels(c.levels, levels); err != nil {
		return dst, err
	}
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(c.levels)))
	return append(dst, c.levels...), nil
}

func (c *chunk) appendDelta(dst []byte, ints []int64, width int) []byte {
	// The encoders of 32 and 64 bits differ in nothing a reader sees; neither
	// returns an error for a slice of integers.
	if width == 8 {
		var e delta.BinaryPackedEncoding
		c.coded, _ = e.EncodeInt64(c.coded, ints)
		return append(dst, c.coded...)
	}
	c.ints32 = c.ints32[:0]
	for _, v := range ints {
		c.ints32 = append(c.ints32, int32(v))
	}
	var e delta.BinaryPackedEncoding
	c.coded, _ = e.EncodeInt32(c.coded, c.ints32)
	return append(dst, c.coded...)
}

func appendNumber(dst []byte, v int64, width int) []byte {
	if width == 4 {
		return binary.LittleEndian.AppendUint32(dst, uint32(v))
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(v))
}

func appendBits(dst []byte, ints []int64) []byte {
	for len(ints) > 0 {
		var b byte
		n := min(8, len(ints))
		for i, v := range ints[:n] {
			b |= byte(v) << i
		}
		dst, ints = append(dst, b), ints[n:]
	}
	return dst
}

// pieceBytes is how much of a page is compressed at a time: pages of large
// dictionaries need not be made in memory as a whole. Snappy looks back 64 KiB at
// most; with pieces of 128 KiB files of CloudTrail were 3 % larger.
const pieceBytes = 1 << 20

// squeeze compresses what there is of a page, if that is enough for a piece, and
// returns the room for what follows.
func (c *chunk) squeeze(page []byte) []byte {
	if len(page) < pieceBytes {
		return page
	}
	c.compress(page)
	return page[:0]
}

// compress appends a piece of a page to packed. Compressed pieces behind each
// other are as good as one, but for the length that each begins with: there it is
// left out.
func (c *chunk) compress(piece []byte) {
	before := len(c.packed)
	if need := before + s2.MaxEncodedLen(len(piece)); cap(c.packed) < need {
		grown := make([]byte, before, max(need, 2*cap(c.packed)))
		copy(grown, c.packed)
		c.packed = grown
	}
	out := s2.EncodeSnappy(c.packed[before:cap(c.packed)], piece)
	_, length := binary.Uvarint(out)
	c.packed = append(c.packed, out[length:]...)
	c.squeezed += len(piece)
}

// emit compresses the rest of a page and appends all of it with its header.
func (c *chunk) emit(rest []byte, h format.PageHeader) {
	c.compress(rest)
	var length [binary.MaxVarintLen32]byte
	n := binary.PutUvarint(length[:], uint64(c.squeezed))
	h.UncompressedPageSize, h.CompressedPageSize = int32(c.squeezed), int32(n+len(c.packed))
	head := append(marshal(&h), length[:n]...)
	c.put(head)
	c.put(c.packed)
	c.meta.TotalUncompressedSize += int64(len(head) - n + c.squeezed)
	c.packed, c.squeezed = c.packed[:0], 0
}
