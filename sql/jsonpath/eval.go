package jsonpath

import (
	"errors"
	"fmt"
	"strconv"

	"logsql/convert/schema"
)

// ErrTooMuch ends an evaluation whose path makes more of a document than there
// is room for.
var ErrTooMuch = errors.New("the path gives too many items")

// maxItems bounds what one evaluation may gather, step by step.
const maxItems = 5_000_000

// evaluation is one walk of a path over a document.
type evaluation struct {
	strict  bool
	root    *Item
	params  map[string][]*Item
	objects int // that keyvalue() has numbered
	items   int // gathered so far
}

// place is what @ and last stand for.
type place struct {
	current *Item
	last    int // -1 outside of brackets
	indexed bool
}

// Eval finds what the path stands for in root. A parameter is a sequence: none
// where JSON text that was handed over was NULL. The error's text is Trino's.
func (p *Path) Eval(root *Item, params map[string][]*Item) ([]*Item, error) {
	e := &evaluation{strict: p.Strict, root: root, params: params}
	return e.eval(p.Root, place{})
}

func wrongItem(expected string, it *Item) error {
	return fmt.Errorf("invalid item type. Expected: %s, actual: %s", expected, it.describe())
}

func (e *evaluation) eval(n Node, at place) ([]*Item, error) {
	out, err := e.node(n, at)
	if e.items += len(out); e.items > maxItems {
		return nil, ErrTooMuch
	}
	return out, err
}

// node is the one switch over expressions.
func (e *evaluation) node(n Node, at place) ([]*Item, error) {
	switch n := n.(type) {
	case *Literal:
		return []*Item{n.Item}, nil
	case *Context:
		return []*Item{e.root}, nil
	case *Variable:
		return e.params[n.Name], nil
	case *Current:
		if at.current == nil {
			return nil, errors.New("accessing current filter item with no enclosing filter")
		}
		return []*Item{at.current}, nil
	case *Last:
		if !at.indexed {
			return nil, errors.New("accessing the last array index with no enclosing array")
		}
		return []*Item{IntItem(int64(at.last))}, nil
	case *Member:
		return e.each(n.Of, at, true, func(it *Item) ([]*Item, error) { return e.member(n, it) })
	case *Descendant:
		return e.each(n.Of, at, false, func(it *Item) ([]*Item, error) { return descend(nil, n.Name, it), nil })
	case *Elements:
		return e.each(n.Of, at, false, func(it *Item) ([]*Item, error) { return e.elements(n, it, at) })
	case *Filter:
		return e.each(n.Of, at, true, func(it *Item) ([]*Item, error) {
			inner := at
			inner.current = it
			if e.truth(n.Pred, inner) != yes {
				return nil, nil
			}
			return []*Item{it}, nil
		})
	case *Method:
		lift := n.Name != "type" && n.Name != "size"
		return e.each(n.Of, at, lift, func(it *Item) ([]*Item, error) { return e.method(n.Name, it) })
	case *Unary:
		return e.each(n.X, at, true, func(it *Item) ([]*Item, error) { return one(signed(n.Op, it)) })
	case *Binary:
		return e.binary(n, at)
	}
	return nil, fmt.Errorf("unexpected %T", n)
}

func one(it *Item, err error) ([]*Item, error) {
	if err != nil {
		return nil, err
	}
	return []*Item{it}, nil
}

// each applies f to the items of an expression; with lift the lax mode goes
// into arrays first.
func (e *evaluation) each(of Node, at place, lift bool, f func(*Item) ([]*Item, error)) ([]*Item, error) {
	seq, err := e.eval(of, at)
	if err != nil {
		return nil, err
	}
	if lift {
		seq = e.unwrap(seq)
	}
	var out []*Item
	for _, it := range seq {
		found, err := f(it)
		if err != nil {
			return nil, err
		}
		if len(out)+len(found) > maxItems {
			return nil, ErrTooMuch
		}
		out = append(out, found...)
	}
	return out, nil
}

// unwrap takes arrays apart, one level, in the lax mode.
func (e *evaluation) unwrap(seq []*Item) []*Item {
	if e.strict {
		return seq
	}
	var out []*Item
	for _, it := range seq {
		if it.Kind == KindArray {
			out = append(out, it.Elems...)
			continue
		}
		out = append(out, it)
	}
	return out
}

func (e *evaluation) member(n *Member, it *Item) ([]*Item, error) {
	switch {
	case it.Kind != KindObject && e.strict:
		return nil, wrongItem("OBJECT", it)
	case it.Kind != KindObject:
		return nil, nil
	case n.All:
		return it.Elems, nil
	}
	if found, ok := it.Member(n.Name); ok {
		return []*Item{found}, nil
	}
	if e.strict {
		return nil, fmt.Errorf("structural error: missing member '%s' in JSON object", n.Name)
	}
	return nil, nil
}

// descend gathers the members of a name at any depth, the outer ones first.
func descend(out []*Item, name string, it *Item) []*Item {
	if found, ok := it.Member(name); ok {
		out = append(out, found)
	}
	for _, inner := range it.Elems {
		out = descend(out, name, inner)
	}
	return out
}

func (e *evaluation) elements(n *Elements, it *Item, at place) ([]*Item, error) {
	list := []*Item{it}
	switch {
	case it.Kind == KindArray:
		list = it.Elems
	case e.strict:
		return nil, wrongItem("ARRAY", it)
	}
	if n.Subscripts == nil {
		return list, nil
	}
	if len(list) == 0 {
		if e.strict {
			return nil, errors.New("structural error: invalid array subscript for empty array")
		}
		return nil, nil
	}
	at.last, at.indexed = len(list)-1, true
	var out []*Item
	for _, s := range n.Subscripts {
		from, to, err := e.bounds(s, at)
		if err != nil {
			return nil, err
		}
		size := int64(len(list))
		if e.strict && (from < 0 || to >= size || from > to) {
			return nil, fmt.Errorf("structural error: invalid array subscript: [%d, %d] for array of size %d", from, to, size)
		}
		if from, to = max(from, 0), min(to, size-1); from <= to {
			out = append(out, list[from:to+1]...)
		}
	}
	return out, nil
}

func (e *evaluation) bounds(s Subscript, at place) (from, to int64, err error) {
	if from, err = e.index(s.From, at, "from"); err != nil || s.To == nil {
		return from, from, err
	}
	to, err = e.index(s.To, at, "to")
	return from, to, err
}

func (e *evaluation) index(n Node, at place, which string) (int64, error) {
	seq, err := e.eval(n, at)
	if err != nil {
		return 0, err
	}
	if seq = e.unwrap(seq); len(seq) != 1 {
		return 0, fmt.Errorf("array subscript '%s' value must be singleton numeric", which)
	}
	if !seq[0].isNumber() {
		return 0, wrongItem("NUMBER", seq[0])
	}
	return round(seq[0])
}

func (e *evaluation) method(name string, it *Item) ([]*Item, error) {
	switch name {
	case "type":
		return []*Item{{Kind: KindScalar, Type: schema.VarcharOf(27), Text: typeName(it)}}, nil
	case "size":
		n := 1
		if it.Kind == KindArray {
			n = len(it.Elems)
		} else if e.strict {
			return nil, wrongItem("ARRAY", it)
		}
		return []*Item{IntItem(int64(n))}, nil
	case "keyvalue":
		return e.keyvalue(it)
	case "double":
		return one(toDouble(it))
	}
	return one(rounding(name, it))
}

// keyvalue makes an object of each member, numbered by the object they are of.
func (e *evaluation) keyvalue(it *Item) ([]*Item, error) {
	if it.Kind != KindObject {
		return nil, wrongItem("OBJECT", it)
	}
	id := IntItem(int64(e.objects))
	id.JSON, id.Type = true, schema.Of(schema.BigInt)
	e.objects++
	var out []*Item
	for i, key := range it.Keys {
		name := TextItem(key)
		name.JSON = true
		out = append(out, &Item{
			Kind: KindObject, JSON: true, Keys: []string{"name", "value", "id"}, Elems: []*Item{name, it.Elems[i], id},
		})
	}
	return out, nil
}

func typeName(it *Item) string {
	switch {
	case it.Kind == KindNull:
		return "null"
	case it.Kind == KindArray:
		return "array"
	case it.Kind == KindObject:
		return "object"
	case it.isNumber():
		return "number"
	case it.isText():
		return "string"
	case it.Type.Kind == schema.Time || it.Type.Kind == schema.Timestamp:
		return it.Type.Kind.String() + " without time zone"
	}
	return it.Type.Kind.String()
}

func (e *evaluation) binary(n *Binary, at place) ([]*Item, error) {
	x, err := e.eval(n.X, at)
	if err != nil {
		return nil, err
	}
	y, err := e.eval(n.Y, at)
	if err != nil {
		return nil, err
	}
	x, y = e.unwrap(x), e.unwrap(y)
	if len(x) != 1 || len(y) != 1 {
		return nil, errors.New("arithmetic binary expression requires singleton operands")
	}
	for _, it := range []*Item{x[0], y[0]} {
		if !it.isNumber() && (it.JSON || it.Kind != KindScalar) {
			return nil, wrongItem("NUMBER", it)
		}
	}
	return one(Arithmetic(n.Op, x[0], y[0]))
}

// operators are Trino's names of them.
var operators = map[string]string{"+": "ADD", "-": "SUBTRACT", "*": "MULTIPLY", "/": "DIVIDE", "%": "MODULUS"}

func badOperands(op string, x, y *Item) error {
	return fmt.Errorf("invalid operand types to %s operator (%s, %s)", operators[op], x.Type, y.Type)
}

// errNumber is what a number cannot be computed with: Trino has no words for it.
var errNumber = errors.New("")

func parseDouble(s string) (float64, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, errNumber
	}
	return f, nil
}
