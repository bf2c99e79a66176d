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

const (
	// pageBytes is about how many bytes of values a data page holds. A reader
	// inflates a page at a time.
	pageBytes = 1 << 20
	// maxPageLevels keeps pages of small dictionary ids from growing past what
	// readers that skip by page can make use of.
	maxPageLevels = 64 << 10
)

// chunk writes one leaf of a batch as a column chunk into out. Its buffers are
// scratch, used again for the next leaf.
type chunk struct {
	out  []byte
	meta format.ColumnMetaData

	page, levels, packed, values []byte
	ids                          []int32
	dict                         []int64
	ints32                       []int32
	seen                         map[int64]int32
}

// write appends the leaf's pages to c.out, which begins at offset base of the
// file.
func (c *chunk) write(l *Leaf, base int64) error {
	c.meta = format.ColumnMetaData{
		Type: l.kind.parquet(), PathInSchema: l.path, Codec: format.Snappy, NumValues: int64(l.levels),
		Statistics: format.Statistics{NullCount: int64(l.levels - l.values)},
	}
	start := len(c.out)
	var err error
	switch {
	case l.values == 0:
		err = c.dataPages(l, base, format.Plain, 1, func(dst []byte, _, _ int) []byte { return dst })
	case l.kind.isText():
		err = c.writeTexts(l, base)
	default:
		err = c.writeInts(l, base)
	}
	c.meta.TotalCompressedSize = int64(len(c.out) - start)
	return err
}

func (c *chunk) writeTexts(l *Leaf, base int64) error {
	t := &l.texts
	t.compact()
	if !t.plain && len(t.ids) > 16 && len(t.ends)*10 > len(t.ids)*9 && t.mayBePlain() {
		t.toPlain()
	}
	if l.kind == physText {
		if err := t.checkUTF8(); err != nil {
			return fmt.Errorf("column %s: %w", l.name(), err)
		}
	}
	textBounds(t, &c.meta.Statistics)
	if t.plain && len(t.arena) <= maxDeltaLength*len(t.ends) {
		perLevel := len(t.arena)/max(l.levels, 1) + 1
		return c.dataPages(l, base, format.DeltaLengthByteArray, perLevel, func(dst []byte, from, to int) []byte {
			return c.appendDeltaLength(dst, t, from, to)
		})
	}
	if t.plain {
		perLevel := (len(t.arena)+4*len(t.ends))/max(l.levels, 1) + 1
		return c.dataPages(l, base, format.Plain, perLevel, func(dst []byte, from, to int) []byte {
			return t.appendPlain(dst, from, to)
		})
	}
	c.dictionaryPage(base, len(t.ends), t.appendPlain(c.values[:0], 0, len(t.ends)))
	return c.idPages(l, base, t.ids, len(t.ends))
}

// maxDeltaLength is how long texts are on average at most to have their lengths
// apart from them, as of ids and digests: that saves nearly four bytes of each.
const maxDeltaLength = 128

func (c *chunk) appendDeltaLength(dst []byte, t *texts, from, to int) []byte {
	at := uint32(end(t.ends[:from]))
	begin := at
	c.ints32 = c.ints32[:0]
	for _, e := range t.ends[from:to] {
		c.ints32 = append(c.ints32, int32(e-at))
		at = e
	}
	var e delta.BinaryPackedEncoding
	c.packed, _ = e.EncodeInt32(c.packed, c.ints32) // no error of a slice of integers
	dst = append(dst, c.packed...)
	return append(dst, t.arena[begin:at]...)
}

// checkUTF8 takes the entries together, which is many times faster than one by
// one, and makes sure that none begins in the middle of a character.
func (t *texts) checkUTF8() error {
	if utf8.Valid(t.arena) && t.startWhole() {
		return nil
	}
	for id := range t.ends {
		if v := t.entry(int32(id)); !utf8.Valid(v) {
			return fmt.Errorf("text %.80q is not UTF-8", v)
		}
	}
	return nil
}

func (t *texts) startWhole() bool {
	from := uint32(0)
	for _, e := range t.ends {
		if from < e && !utf8.RuneStart(t.arena[from]) {
			return false
		}
		from = e
	}
	return true
}

// appendPlain appends the entries from ≤ i < to in Parquet's PLAIN encoding.
func (t *texts) appendPlain(dst []byte, from, to int) []byte {
	at := uint32(end(t.ends[:from]))
	for _, e := range t.ends[from:to] {
		dst = binary.LittleEndian.AppendUint32(dst, e-at)
		dst = append(dst, t.arena[at:e]...)
		at = e
	}
	return dst
}

func (c *chunk) writeInts(l *Leaf, base int64) error {
	low, high := intBounds(l)
	if err := l.checkRange(low, high); err != nil {
		return err
	}
	numberBounds(l, low, high, &c.meta.Statistics)
	width := l.kind.width()
	if l.kind != physBool && c.dictionary(l.ints, low, high) && c.idBytes(width)*3/4 <= deltaBytes(l.ints) {
		values := c.values[:0]
		for _, v := range c.dict {
			values = appendNumber(values, v, width)
		}
		c.dictionaryPage(base, len(c.dict), values)
		return c.idPages(l, base, c.ids, len(c.dict))
	}
	switch l.kind {
	case physInt32, physInt64:
		return c.dataPages(l, base, format.DeltaBinaryPacked, width, func(dst []byte, from, to int) []byte {
			return c.appendDelta(dst, l.ints[from:to], width)
		})
	case physBool:
		return c.dataPages(l, base, format.Plain, 1, func(dst []byte, from, to int) []byte {
			return appendBits(dst, l.ints[from:to])
		})
	}
	return c.dataPages(l, base, format.Plain, width, func(dst []byte, from, to int) []byte {
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
	return c.numberByMap(ints)
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

func (c *chunk) numberByMap(ints []int64) bool {
	if c.seen == nil {
		c.seen = map[int64]int32{}
	}
	clear(c.seen)
	limit := min(len(ints)/4+8, 32768)
	last, lastID := ints[0]+1, int32(0)
	for _, v := range ints {
		if v != last {
			id, ok := c.seen[v]
			if !ok {
				if len(c.dict) == limit {
					return false
				}
				id = int32(len(c.dict))
				c.seen[v] = id
				c.dict = append(c.dict, v)
			}
			last, lastID = v, id
		}
		c.ids = append(c.ids, lastID)
	}
	return true
}

func (c *chunk) dictionaryPage(base int64, entries int, values []byte) {
	c.meta.DictionaryPageOffset = base + int64(len(c.out))
	c.meta.Encoding = append(c.meta.Encoding, format.Plain)
	c.values = values
	c.emit(values, format.PageHeader{
		Type: format.DictionaryPage,
		DictionaryPageHeader: thrift.Null[format.DictionaryPageHeader]{
			Valid: true,
			V:     format.DictionaryPageHeader{NumValues: int32(entries), Encoding: format.Plain},
		},
	})
}

func (c *chunk) idPages(l *Leaf, base int64, ids []int32, entries int) error {
	width := bits.Len(uint(max(entries-1, 0)))
	encoding := rle.Encoding{BitWidth: width}
	var failed error
	err := c.dataPages(l, base, format.RLEDictionary, 2, func(dst []byte, from, to int) []byte {
		dst = append(dst, byte(width))
		if width == 0 { // one entry: a run needs no bits for the value
			return binary.AppendUvarint(dst, uint64(to-from)<<1)
		}
		var err error
		if c.packed, err = encoding.EncodeInt32(c.packed, ids[from:to]); err != nil {
			failed = err
		}
		return append(dst, c.packed...)
	})
	if failed != nil {
		return fmt.Errorf("column %s: %w", l.name(), failed)
	}
	return err
}

// dataPages cuts the leaf into pages at record boundaries; encode appends the
// values from ≤ i < to.
func (c *chunk) dataPages(l *Leaf, base int64, encoding format.Encoding, perLevel int, encode func(dst []byte, from, to int) []byte) error {
	c.meta.DataPageOffset = base + int64(len(c.out))
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
		c.packed, _ = e.EncodeInt64(c.packed, ints)
		return append(dst, c.packed...)
	}
	c.ints32 = c.ints32[:0]
	for _, v := range ints {
		c.ints32 = append(c.ints32, int32(v))
	}
	var e delta.BinaryPackedEncoding
	c.packed, _ = e.EncodeInt32(c.packed, c.ints32)
	return append(dst, c.packed...)
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

// emit compresses a page and appends it with its header.
func (c *chunk) emit(page []byte, h format.PageHeader) {
	if n := s2.MaxEncodedLen(len(page)); cap(c.packed) < n {
		c.packed = make([]byte, n)
	}
	packed := s2.EncodeSnappy(c.packed[:cap(c.packed)], page)
	h.UncompressedPageSize, h.CompressedPageSize = int32(len(page)), int32(len(packed))
	head := marshal(&h)
	c.out = append(append(c.out, head...), packed...)
	c.meta.TotalUncompressedSize += int64(len(head) + len(page))
}
