package serde

import (
	"fmt"
	"strconv"
	"strings"

	"logsql/convert/schema"
)

// hiveJSON decodes lines as Hive's JsonSerDe does: strictly, a value that is
// none of its column's type is an error.
type hiveJSON struct {
	columns int
	row     *schema.Type
	moments moments
	parser  strict
	loose   bool // objects and arrays may come as text
}

func newHiveJSON(s *Spec) (decoder, error) {
	m, err := newMoments(s.Properties)
	return &hiveJSON{columns: len(s.Columns), row: s.row(), moments: m, loose: s.isTrail()}, err
}

func (d *hiveJSON) decode(line []byte, b *Batch) error {
	p := &d.parser
	p.begin(string(line))
	p.blanks()
	if p.at == len(p.text) || p.text[p.at] != '{' {
		return said("Invalid JSON: start of object expected")
	}
	n, err := p.value()
	if err != nil {
		return err
	}
	if err := d.refuseRepeated(b, &n); err != nil {
		return err
	}
	return d.fields(b.Columns[:d.columns], d.row, &n)
}

// refuseRepeated fails where a column is there twice, as Trino does at the top
// of a line though not below.
func (d *hiveJSON) refuseRepeated(b *Batch, n *node) error {
	for i, name := range n.members {
		for _, other := range n.members[:i] {
			if !strings.EqualFold(name, other) {
				continue
			}
			for k, v := range b.Columns[:d.columns] {
				if v != nil && strings.EqualFold(name, d.row.Elems[k].Name) {
					return said("Field " + name + " is there twice")
				}
			}
		}
	}
	return nil
}

// fields appends an object's members: of those with a column's name, in any
// case, or _col and its place, the last counts.
func (d *hiveJSON) fields(to []*Vector, row *schema.Type, n *node) error {
	if n.kind != '{' {
		return said("Invalid JSON: start of object expected")
	}
	for _, name := range n.members {
		if place, ok := placeOf(name); ok && place >= len(to) && !named(row, name) {
			return said("There is no column for field " + name)
		}
	}
	for i, v := range to {
		if v == nil {
			continue
		}
		var value *node
		for k, name := range n.members {
			place, ok := placeOf(name)
			if strings.EqualFold(name, row.Elems[i].Name) || ok && place == i && !named(row, name) {
				value = &n.kids[k]
			}
		}
		if err := d.value(v, value); err != nil {
			return err
		}
	}
	return nil
}

// placeOf reads _col and a number.
func placeOf(name string) (int, bool) {
	text, ok := strings.CutPrefix(name, "_col")
	if !ok || !allDigits([]byte(text)) {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

func named(row *schema.Type, name string) bool {
	for _, e := range row.Elems {
		if strings.EqualFold(e.Name, name) {
			return true
		}
	}
	return false
}

func (d *hiveJSON) value(v *Vector, n *node) error {
	switch {
	case n == nil || n.kind == 'n':
		v.null()
		return nil
	case v.Type.Kind == schema.Array:
		return d.array(v, n)
	case v.Type.Kind == schema.Map:
		return d.mapped(v, n)
	case v.Type.Kind == schema.Row:
		if err := d.fields(v.Elems, &v.Type, n); err != nil {
			return err
		}
		v.rowEnded()
		return nil
	case !n.isText() && d.loose && v.Type.Kind == schema.Varchar:
		v.text(n.appendPlain(nil))
		return nil
	case !n.isText():
		return refusal("Invalid JSON: %s value must be a scalar json value", v.Type)
	}
	return d.scalar(v, n)
}

func (d *hiveJSON) scalar(v *Vector, n *node) error {
	number := n.kind == 'w' && n.text != "true" && n.text != "false"
	switch v.Type.Kind {
	case schema.Boolean:
		v.bool(strings.EqualFold(n.text, "true"))
		return nil
	case schema.TinyInt, schema.SmallInt, schema.Integer, schema.BigInt:
		if !number {
			return fmt.Errorf("%q is not numeric", n.text)
		}
		i, ok := openxInteger(n.text, schema.BigInt)
		if v.Type.Kind == schema.TinyInt && ok && i > 127 && i <= 255 {
			i -= 256 // Jackson lets a byte have no sign
		}
		if bits := integerBits[v.Type.Kind]; !ok || i < -1<<(bits-1) || i > 1<<(bits-1)-1 {
			return refusal("Numeric value (%s) out of range of %s", n.text, v.Type)
		}
		v.int(i)
		return nil
	case schema.Real, schema.Double:
		if !number {
			return fmt.Errorf("%q is not numeric", n.text)
		}
		v.hiveText([]byte(n.text))
		return nil
	case schema.Decimal:
		return v.jsonDecimal(n.text)
	case schema.Varchar, schema.Char:
		v.text([]byte(n.text))
		return nil
	case schema.Varbinary:
		v.binary([]byte(n.text))
		return nil
	}
	return d.key(v, n.text)
}

// jsonDecimal: what is no number is NULL, one that is too large an error.
func (v *Vector) jsonDecimal(text string) error {
	if _, _, ok := bigDecimal(text); !ok {
		v.null()
		return nil
	}
	if !v.decimal([]byte(text)) {
		return refusal("Cannot convert '%s' to %s. Value too large.", text, v.Type)
	}
	return nil
}

func (d *hiveJSON) array(v *Vector, n *node) error {
	if n.kind != '[' {
		return said("Invalid JSON: start of array expected")
	}
	for i := range n.kids {
		if err := d.value(v.Elems[0], &n.kids[i]); err != nil {
			return err
		}
	}
	v.listEnded()
	return nil
}

func (d *hiveJSON) mapped(v *Vector, n *node) error {
	if n.kind != '{' {
		return said("Invalid JSON: start of object expected")
	}
	keys := newVector(v.Type.Key())
	for _, name := range n.members {
		if err := d.key(keys, name); err != nil {
			return err
		}
	}
	for i, last := range lastKeys(keys) {
		if !last {
			continue
		}
		if err := d.key(v.Elems[0], n.members[i]); err != nil {
			return err
		}
		if err := d.value(v.Elems[1], &n.kids[i]); err != nil {
			return err
		}
	}
	v.listEnded()
	return nil
}

// key appends a value from the text of a name.
func (d *hiveJSON) key(v *Vector, text string) error {
	switch v.Type.Kind {
	case schema.Timestamp:
		t, ok := d.moments.parse(text)
		if !ok {
			return refusal("Text '%s' could not be parsed", text)
		}
		v.timestamp(t)
		return nil
	case schema.Decimal:
		return v.jsonDecimal(text)
	case schema.Varbinary:
		v.binary([]byte(text))
		return nil
	}
	v.javaText([]byte(text))
	if !v.Valid[v.Len()-1] {
		return refusal("Text '%s' could not be parsed", text)
	}
	return nil
}
