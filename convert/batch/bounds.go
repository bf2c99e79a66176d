package batch

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go/format"
)

// maxBound is how many bytes of a text's bound go into the footer. What is
// longer is cut: the lower bound to a prefix, the upper one to a prefix with
// its last character raised.
const maxBound = 64

func textBounds(t *texts, s *format.Statistics) {
	if t.entries.len() == 0 {
		return
	}
	low := t.entry(0)
	high := low
	below, above := firstBytes(low), firstBytes(high)
	for id := range t.entries.len() {
		v := t.entry(int32(id))
		if first := firstBytes(v); first > below && first < above {
			continue
		}
		if bytes.Compare(v, low) < 0 {
			low, below = v, firstBytes(v)
		} else if bytes.Compare(v, high) > 0 {
			high, above = v, firstBytes(v)
		}
	}
	upper, ok := upperBound(high)
	if !ok {
		return
	}
	s.MinValue, s.MaxValue = bytes.Clone(prefix(low)), upper
}

// firstBytes are a text's first bytes as a number: of two that differ, the lesser
// is of the lesser text.
func firstBytes(v []byte) (first uint64) {
	if len(v) >= 8 {
		return binary.BigEndian.Uint64(v)
	}
	for i, c := range v {
		first |= uint64(c) << (56 - 8*i)
	}
	return first
}

// prefix cuts v to maxBound bytes, at a character's beginning.
func prefix(v []byte) []byte {
	if len(v) <= maxBound {
		return v
	}
	n := maxBound
	for n > maxBound-utf8.UTFMax && !utf8.RuneStart(v[n]) {
		n--
	}
	return v[:n]
}

// upperBound is the shortest text we can give that is not less than v: v
// itself where it is short. There is none if every character of the prefix is
// the highest there is.
func upperBound(v []byte) ([]byte, bool) {
	p := prefix(v)
	if len(p) == len(v) {
		return bytes.Clone(v), true
	}
	for len(p) > 0 {
		r, size := utf8.DecodeLastRune(p)
		p = p[:len(p)-size]
		if r == utf8.RuneError {
			continue // not a character that can be raised
		}
		switch r++; {
		case r > utf8.MaxRune:
			continue
		case r == 0xD800: // the surrogates are no characters
			r = 0xE000
		}
		return utf8.AppendRune(bytes.Clone(p), r), true
	}
	return nil, false
}

func intBounds(l *Leaf) (low, high int64) {
	if len(l.ints) == 0 {
		return 0, 0
	}
	low, high = l.ints[0], l.ints[0]
	for _, v := range l.ints {
		low, high = min(low, v), max(high, v)
	}
	return low, high
}

// checkRange refuses what would be cut off by the file's type.
func (l *Leaf) checkRange(low, high int64) error {
	switch {
	case l.kind == physInt32 && (low < math.MinInt32 || high > math.MaxInt32):
		return fmt.Errorf("column %s: %d … %d do not fit into 32 bits", l.name(), low, high)
	case l.kind == physBool && (low < 0 || high > 1):
		return fmt.Errorf("column %s: %d … %d are no booleans", l.name(), low, high)
	}
	return nil
}

// numberBounds leaves out floating point, where NaN and the two zeros make
// bounds that readers disagree about.
func numberBounds(l *Leaf, low, high int64, s *format.Statistics) {
	if len(l.ints) == 0 {
		return
	}
	switch l.kind {
	case physBool:
		s.MinValue, s.MaxValue = []byte{byte(low)}, []byte{byte(high)}
	case physInt32:
		s.MinValue = binary.LittleEndian.AppendUint32(nil, uint32(low))
		s.MaxValue = binary.LittleEndian.AppendUint32(nil, uint32(high))
	case physInt64:
		s.MinValue = binary.LittleEndian.AppendUint64(nil, uint64(low))
		s.MaxValue = binary.LittleEndian.AppendUint64(nil, uint64(high))
	}
}

func (l *Leaf) name() string { return strings.Join(l.path, ".") }

func (k physical) parquet() format.Type {
	return [...]format.Type{
		physBool: format.Boolean, physInt32: format.Int32, physInt64: format.Int64,
		physFloat: format.Float, physDouble: format.Double, physText: format.ByteArray, physBytes: format.ByteArray,
	}[k]
}

// width is the bytes of a number in the file.
func (k physical) width() int {
	if k == physInt32 || k == physFloat {
		return 4
	}
	return 8
}
