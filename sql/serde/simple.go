package serde

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"logsql/convert/schema"
)

// simple decodes lines as LazySimpleSerDe does: fields between separators, the
// parts of what is nested between further ones.
type simple struct {
	separators []byte
	null       []byte
	escape     int // -1 for none
	takesRest  bool
	columns    int
	moments    moments
	seen       map[string]bool // keys of the map at hand
	plain      []byte          // a text without its escapes
}

// defaultSeparators are Hive's, by depth; those that text may hold are left out.
var defaultSeparators = []byte{1, 2, 3, 4, 5, 6, 7, 8}

var moreSeparators = []byte{1, 2, 3, 4, 5, 6, 7, 8, 11, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 29}

func newSimple(s *Spec) (decoder, error) {
	p := s.Properties
	separators := defaultSeparators
	for _, name := range []string{"hive.serialization.extend.nesting.levels", "hive.serialization.extend.additional.nesting.levels"} {
		if isTrue(p[name]) {
			separators = moreSeparators
		}
	}
	d := &simple{
		separators: bytes.Clone(separators), null: []byte(`\N`), escape: -1,
		takesRest: isTrue(p["serialization.last.column.takes.rest"]), columns: len(s.Columns), seen: map[string]bool{},
	}
	d.separators[0] = separatorByte(first(p, "field.delim", "serialization.format"), 1)
	d.separators[1] = separatorByte(first(p, "collection.delim", "colelction.delim"), 2) // Hive 1 spells it so
	d.separators[2] = separatorByte(p["mapkey.delim"], 3)
	if null, ok := p["serialization.null.format"]; ok {
		d.null = []byte(null)
	}
	if escape, ok := p["escape.delim"]; ok {
		d.escape = int(separatorByte(escape, '\\'))
	}
	for _, c := range s.Columns {
		if levels := depth(c.Type); levels >= len(d.separators) {
			return nil, refuse("NOT_SUPPORTED", "Column '%s' is nested more than %d levels deep", c.Name, len(d.separators)-1)
		}
	}
	var err error
	d.moments, err = newMoments(p)
	return d, err
}

func isTrue(text string) bool { return strings.EqualFold(text, "true") }

// first is the value of the first of names that is there.
func first(p map[string]string, names ...string) string {
	for _, name := range names {
		if v, ok := p[name]; ok {
			return v
		}
	}
	return ""
}

// separatorByte reads a separator: its code in decimal, else its first byte.
func separatorByte(text string, otherwise byte) byte {
	if text == "" {
		return otherwise
	}
	if n, err := strconv.ParseInt(text, 10, 8); err == nil {
		return byte(n)
	}
	return text[0]
}

// depth is how many separators a type takes below its column's.
func depth(t schema.Type) int {
	deepest := 0
	for _, e := range t.Elems {
		deepest = max(deepest, depth(e.Type))
	}
	switch t.Kind {
	case schema.Array, schema.Row:
		return deepest + 1
	case schema.Map:
		return deepest + 2
	}
	return deepest
}

func (d *simple) decode(line []byte, b *Batch) error {
	from := 0
	for i := 0; i < d.columns; i++ {
		v := b.Columns[i]
		if from > len(line) {
			if v != nil {
				v.null()
			}
			continue
		}
		to := len(line)
		if !d.takesRest || i < d.columns-1 {
			to = d.fieldEnd(line, from)
		}
		if v != nil {
			d.value(v, span{line, from, to}, 1)
		}
		from = to + 1
	}
	return nil
}

// fieldEnd is where the field that begins at from ends.
func (d *simple) fieldEnd(line []byte, from int) int {
	if d.escape < 0 {
		if n := bytes.IndexByte(line[from:], d.separators[0]); n >= 0 {
			return from + n
		}
		return len(line)
	}
	return d.next(span{line, from, len(line)}, d.separators[0], math.MaxInt)
}

// span is a part of a line. Where it lies there matters: see next.
type span struct {
	line     []byte
	from, to int
}

func (s span) bytes() []byte { return s.line[s.from:s.to] }

// next is where the separator comes that is not escaped, or the end. In arrays
// and maps Trino heeds an escape only where its place in the line is less than
// the length of the array or map.
func (d *simple) next(s span, separator byte, heeded int) int {
	for i := s.from; i < s.to; i++ {
		if s.line[i] == separator {
			return i
		}
		if int(s.line[i]) == d.escape && i+1 < heeded {
			i++
		}
	}
	return s.to
}

func (d *simple) value(v *Vector, s span, level int) {
	b := s.bytes()
	if bytes.Equal(b, d.null) {
		v.null()
		return
	}
	switch v.Type.Kind {
	case schema.Array:
		d.array(v, s, level)
	case schema.Map:
		d.mapped(v, s, level)
	case schema.Row:
		d.row(v, s, level)
	case schema.Timestamp:
		d.moments.append(v, string(b))
	case schema.Varchar, schema.Char:
		v.text(d.unescaped(b))
	default:
		v.hiveText(b)
	}
}

func (d *simple) unescaped(b []byte) []byte {
	if d.escape < 0 || bytes.IndexByte(b, byte(d.escape)) < 0 {
		return b
	}
	d.plain = d.plain[:0]
	for i := 0; i < len(b); i++ {
		if int(b[i]) == d.escape && i+1 < len(b) {
			i++
		}
		d.plain = append(d.plain, b[i])
	}
	return d.plain
}

func (d *simple) array(v *Vector, s span, level int) {
	heeded := s.to - s.from
	for more := heeded > 0; more; {
		to := d.next(s, d.separators[level], heeded)
		d.value(v.Elems[0], span{s.line, s.from, to}, level+1)
		s.from, more = to+1, to < s.to
	}
	v.listEnded()
}

func (d *simple) row(v *Vector, s span, level int) {
	for i, field := range v.Elems {
		if s.from > s.to {
			field.null()
			continue
		}
		to := s.to
		if !d.takesRest || i < len(v.Elems)-1 {
			to = d.next(s, d.separators[level], math.MaxInt)
		}
		d.value(field, span{s.line, s.from, to}, level+1)
		s.from = to + 1
	}
	v.rowEnded()
}

// mapped reads a map; of equal keys the first counts, a NULL for a key does not.
func (d *simple) mapped(v *Vector, s span, level int) {
	keys, values := v.Elems[0], v.Elems[1]
	clear(d.seen)
	heeded := s.to - s.from
	for more := heeded > 0; more; {
		to := d.next(s, d.separators[level], heeded)
		colon := d.next(span{s.line, s.from, to}, d.separators[level+1], heeded)
		key, value := span{s.line, s.from, colon}, span{s.line, min(colon+1, to), to}
		s.from, more = to+1, to < s.to
		d.value(keys, key, level+2)
		if !d.distinct(keys) {
			continue
		}
		if colon < to {
			d.value(values, value, level+2)
		} else {
			values.null()
		}
	}
	v.listEnded()
}

// distinct takes the last key back when it is NULL or was there before.
func (d *simple) distinct(keys *Vector) bool {
	last := keys.Len() - 1
	if keys.Valid[last] {
		if key := keys.keyAt(last); !d.seen[key] {
			d.seen[key] = true
			return true
		}
	}
	keys.truncate(last)
	return false
}

// keyAt tells values of a scalar type apart.
func (v *Vector) keyAt(i int) string {
	switch {
	case v.Reals != nil && len(v.Reals) > i:
		return string(binary.LittleEndian.AppendUint64(nil, math.Float64bits(v.Reals[i])))
	case len(v.Wide) > i:
		return string(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, v.Wide[i].Low), uint64(v.Wide[i].High)))
	case len(v.Ends) > i:
		from := 0
		if i > 0 {
			from = v.Ends[i-1]
		}
		return string(v.Bytes[from:v.Ends[i]])
	}
	return string(binary.LittleEndian.AppendUint64(nil, uint64(v.Ints[i])))
}

// hiveBoolean is true or false in either case, nothing else.
func hiveBoolean(b []byte) (is, ok bool) {
	if bytes.EqualFold(b, []byte("true")) {
		return true, true
	}
	return false, bytes.EqualFold(b, []byte("false"))
}

// base64Decoded leaves out what is no part of base64, as Hive does.
func base64Decoded(b []byte) ([]byte, bool) {
	digits := bytes.Map(func(r rune) rune {
		if r < utf8.RuneSelf && strings.ContainsRune(base64Digits, r) {
			return r
		}
		return -1
	}, b)
	raw, err := base64.RawStdEncoding.DecodeString(string(digits))
	return raw, err == nil
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
