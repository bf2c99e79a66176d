package serde

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"logsql/convert/schema"
	"logsql/sql/funcs"
)

// openx decodes lines as org.openx.data.jsonserde.JsonSerDe does. It is loose:
// what is no value of its column's type is NULL, or made into one.
type openx struct {
	columns  int
	row      *schema.Type // of the columns
	ignore   bool         // malformed lines are rows of NULLs
	foldCase bool
	dots     bool
	mapping  map[string]string // a column's name to the JSON's
	formats  []func(string) (time.Time, bool)
	parser   loose
	scratch  []byte
}

func newOpenX(s *Spec) (decoder, error) {
	p := s.Properties
	d := &openx{
		columns: len(s.Columns), ignore: isTrue(p["ignore.malformed.json"]), dots: isTrue(p["dots.in.keys"]),
		foldCase: p["case.insensitive"] == "" || isTrue(p["case.insensitive"]), mapping: map[string]string{},
	}
	for name, value := range p {
		if column, ok := strings.CutPrefix(name, "mapping."); ok {
			d.mapping[column] = value
		}
	}
	d.row, d.parser.same = s.row(), d.same
	for _, pattern := range strings.Split(p["timestamp.formats"], ",") {
		if pattern == "" {
			continue
		}
		format, err := javaTimeParser(pattern)
		if err != nil {
			return nil, err
		}
		d.formats = append(d.formats, format)
	}
	return d, nil
}

// row is the type of a line that holds the columns.
func (s *Spec) row() *schema.Type {
	t := schema.Type{Kind: schema.Row}
	for _, c := range s.Columns {
		t.Elems = append(t.Elems, schema.Field(c))
	}
	return &t
}

// plainPattern are the letters that java.time's patterns and Joda's mean alike,
// and X, an offset.
var plainPattern = regexp.MustCompile(`^(?:yyyy|uuuu|MMM?|dd?|HH?|hh?|mm?|ss?|S+|a|X{1,3}|Z|[^A-Za-z'\[\]{}#]|'[^']*')*$`)

func javaTimeParser(pattern string) (func(string) (time.Time, bool), error) {
	if !plainPattern.MatchString(pattern) {
		return nil, refuse("NOT_SUPPORTED", "The pattern '%s' of timestamp.formats is not supported yet", pattern)
	}
	format, err := funcs.JodaParser(strings.NewReplacer("uuuu", "yyyy", "XXX", "ZZ", "XX", "Z", "X", "Z").Replace(pattern))
	if err != nil {
		return nil, refuse("NOT_SUPPORTED", "The pattern '%s' of timestamp.formats is not supported yet", pattern)
	}
	return format, nil
}

func (d *openx) same(a, b string) bool {
	if d.foldCase {
		return strings.EqualFold(a, b)
	}
	return a == b
}

func (d *openx) decode(line []byte, b *Batch) error {
	text := javaTrim(string(line))
	if text == "" || text[0] != '{' && text[0] != '[' {
		b.nullRow(d.columns)
		return nil
	}
	d.parser.begin(text)
	n, err := d.parser.value()
	if err != nil {
		if d.ignore {
			b.nullRow(d.columns)
			return nil
		}
		return said("Row is not a valid JSON Object: " + err.Error())
	}
	return d.fields(b.Columns[:d.columns], d.row, &n)
}

// fields appends an object's or an array's values to the vectors that are not
// nil.
func (d *openx) fields(to []*Vector, row *schema.Type, n *node) error {
	for i, v := range to {
		if v == nil {
			continue
		}
		var value *node
		switch {
		case n.kind == '{':
			value = d.member(n, row.Elems[i].Name)
		case n.kind == '[' && i < len(n.kids):
			value = &n.kids[i]
		case n.isText() && javaTrim(n.text) != "":
			return said("Primitive can not be coerced to a ROW")
		}
		if err := d.value(v, value); err != nil {
			return err
		}
	}
	return nil
}

// member finds the value for a column or a field.
func (d *openx) member(n *node, name string) *node {
	name = strings.ToLower(name)
	mapped, ok := d.mapping[name]
	if !ok {
		mapped = name
	}
	for i, have := range n.members {
		if d.same(have, mapped) {
			return &n.kids[i]
		}
	}
	if d.dots && strings.Contains(name, "_") {
		for i, have := range n.members {
			if strings.Contains(have, ".") && d.same(strings.ReplaceAll(have, ".", "_"), name) {
				return &n.kids[i]
			}
		}
	}
	return nil
}

func (d *openx) value(v *Vector, n *node) error {
	if n == nil || n.kind == 'n' {
		v.null()
		return nil
	}
	switch v.Type.Kind {
	case schema.Varchar, schema.Char:
		v.text(d.text(n))
		return nil
	case schema.Array:
		return d.array(v, n)
	case schema.Map:
		return d.mapped(v, n)
	case schema.Row:
		if err := d.fields(v.Elems, &v.Type, n); err != nil {
			return err
		}
		v.rowEnded()
		return nil
	case schema.Boolean:
		v.bool(strings.EqualFold(n.text, "true"))
		return nil
	}
	if !n.isText() {
		return fmt.Errorf("%s can not be coerced to a %s", map[byte]string{'{': "Object", '[': "Array"}[n.kind], strings.ToUpper(v.Type.String()))
	}
	return d.scalar(v, n)
}

func (d *openx) text(n *node) []byte {
	switch n.kind {
	case '"':
		d.scratch = append(d.scratch[:0], n.text...)
	case 'w':
		text, ok := canonical(n.text)
		if !ok {
			text = n.text
		}
		d.scratch = append(d.scratch[:0], text...)
	default:
		d.scratch = n.appendJSON(d.scratch[:0])
	}
	return d.scratch
}

func (d *openx) scalar(v *Vector, n *node) error {
	switch v.Type.Kind {
	case schema.TinyInt, schema.SmallInt, schema.Integer, schema.BigInt:
		if i, ok := openxInteger(n.text, v.Type.Kind); ok {
			v.int(i)
			return nil
		}
	case schema.Date:
		days, ok := hiveDate(n.text)
		if !ok {
			days, ok = octalOrHex(n.text)
		}
		if ok && days == int64(int32(days)) {
			v.int(days)
			return nil
		}
	case schema.Timestamp:
		if t, ok := d.timestamp(n.text); ok {
			v.timestamp(t)
			return nil
		}
	case schema.Varbinary:
		raw, ok := base64Decoded([]byte(n.text))
		if !ok || n.kind != '"' {
			return said("Unquoted JSON string is not allowed for VARBINARY")
		}
		v.binary(raw)
		return nil
	default:
		v.hiveText([]byte(n.text))
		return nil
	}
	v.null()
	return nil
}

// openxInteger cuts a fraction off and knows exponents.
func openxInteger(text string, kind schema.Kind) (int64, bool) {
	i, ok := octalOrHex(text)
	if !ok {
		n, scale, isNumber := bigDecimal(text)
		if !isNumber || scale < -maxExponent {
			return 0, false
		}
		if scale > len(n.String()) {
			n.SetInt64(0)
		} else if scale > 0 {
			n.Quo(n, power(scale))
		} else {
			n.Mul(n, power(-scale))
		}
		if !n.IsInt64() {
			return 0, false
		}
		i = n.Int64()
	}
	bits := integerBits[kind]
	return i, i >= -1<<(bits-1) && i <= 1<<(bits-1)-1
}

var hasOffset = regexp.MustCompile(`.+([+\-])(\d{2}):?(\d{2})$`)

// millisLength is from how many digits on a number is milliseconds.
const millisLength = 13

// timestamp reads the formats given, then a time with or without an offset, then
// seconds or milliseconds.
func (d *openx) timestamp(text string) (time.Time, bool) {
	for _, format := range d.formats {
		if t, ok := format(text); ok {
			return t, true
		}
	}
	if strings.Index(text, ":") > 0 {
		return offsetTime(text)
	}
	if strings.Trim(text, "-+.0123456789") != "" {
		return time.Time{}, false
	}
	if strings.Contains(text, ".") {
		n, scale, ok := bigDecimal(text)
		if !ok {
			return time.Time{}, false
		}
		if scale -= 3; scale > 0 {
			n.Quo(n, power(scale))
		} else {
			n.Mul(n, power(-scale))
		}
		return millis(n)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if len(text) >= millisLength {
		return time.UnixMilli(n).UTC(), err == nil
	}
	return time.Unix(n, 0).UTC(), err == nil
}

func millis(n *big.Int) (time.Time, bool) { return time.UnixMilli(n.Int64()).UTC(), n.IsInt64() }

// offsetTime reads the ISO form with Z or an offset, else what Hive reads.
func offsetTime(text string) (time.Time, bool) {
	local, offset := text, 0
	switch m := hasOffset.FindStringSubmatchIndex(text); {
	case strings.HasSuffix(strings.ToLower(text), "z"):
		local = text[:len(text)-1]
	case m != nil:
		local = text[:m[2]]
		hours, _ := strconv.Atoi(text[m[4]:m[5]])
		minutes, _ := strconv.Atoi(text[m[6]:m[7]])
		offset = hours*3600 + minutes*60
		if text[m[2]] == '-' {
			offset = -offset
		}
	default:
		return hiveTimestamp(text)
	}
	if !strings.ContainsAny(local, "tT") {
		return time.Time{}, false
	}
	t, ok := hiveTimestamp(local)
	return t.Add(-time.Duration(offset) * time.Second), ok
}

// array takes anything that is no array for the one element of one.
func (d *openx) array(v *Vector, n *node) error {
	if n.isText() && n.text == "" {
		v.null()
		return nil
	}
	elements := []node{*n}
	if n.kind == '[' {
		elements = n.kids
	}
	for i := range elements {
		if err := d.value(v.Elems[0], &elements[i]); err != nil {
			return err
		}
	}
	v.listEnded()
	return nil
}

// mapped reads a map. Of names that are the same key the last counts.
func (d *openx) mapped(v *Vector, n *node) error {
	if n.isText() && javaTrim(n.text) == "" {
		v.null()
		return nil
	}
	if n.kind != '{' {
		return said("Primitive can not be coerced to a MAP")
	}
	keys := newVector(v.Type.Key())
	for _, name := range n.members {
		if err := d.value(keys, &node{kind: '"', text: name}); err != nil {
			return err
		}
	}
	for i, last := range lastKeys(keys) {
		if !last {
			continue
		}
		if err := d.value(v.Elems[0], &node{kind: '"', text: n.members[i]}); err != nil {
			return err
		}
		if err := d.value(v.Elems[1], &n.kids[i]); err != nil {
			return err
		}
	}
	v.listEnded()
	return nil
}

// lastKeys tells which keys are the last of their value and not NULL.
func lastKeys(keys *Vector) []bool {
	last := make([]bool, keys.Len())
	seen := make(map[string]bool, len(last))
	for i := len(last) - 1; i >= 0; i-- {
		if key := keys.keyAt(i); keys.Valid[i] && !seen[key] {
			seen[key], last[i] = true, true
		}
	}
	return last
}
