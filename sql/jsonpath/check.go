package jsonpath

import (
	"fmt"

	"logsql/convert/schema"
)

// Check refuses what can be known to fail without a document: a variable that
// known has not, arithmetic with a text that is written in the path. The error
// is a *SyntaxError.
func (p *Path) Check(known func(name string) error) error {
	c := checker{known: known}
	c.node(p.Root)
	if c.err != nil {
		return &SyntaxError{Code: "INVALID_PATH", Msg: c.err.Error(), At: -1}
	}
	return nil
}

type checker struct {
	known func(string) error
	err   error
}

func (c *checker) fail(format string, args ...any) *Item {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
	return nil
}

// node is an item of the type that n is known to give, nil where that depends
// on the document.
func (c *checker) node(n Node) *Item {
	switch n := n.(type) {
	case *Literal:
		if n.Item.Kind == KindScalar {
			return n.Item
		}
	case *Variable:
		if err := c.known(n.Name); err != nil && c.err == nil {
			c.err = err
		}
	case *Last:
		return IntItem(0)
	case *Member:
		c.node(n.Of)
	case *Descendant:
		c.node(n.Of)
	case *Elements:
		c.node(n.Of)
		for _, s := range n.Subscripts {
			c.node(s.From)
			c.node(s.To)
		}
	case *Filter:
		c.node(n.Of)
		c.node(n.Pred)
	case *Method:
		return c.method(n)
	case *Unary:
		return c.unary(n)
	case *Binary:
		return c.binary(n)
	case *Compare:
		c.both(n.X, n.Y)
	case *And:
		c.both(n.X, n.Y)
	case *Or:
		c.both(n.X, n.Y)
	case *StartsWith:
		c.both(n.X, n.Prefix)
	case *Not:
		c.node(n.X)
	case *Exists:
		c.node(n.X)
	case *IsUnknown:
		c.node(n.X)
	}
	return nil
}

func (c *checker) both(x, y Node) { c.node(x); c.node(y) }

func (c *checker) method(n *Method) *Item {
	of := c.node(n.Of)
	switch n.Name {
	case "type":
		return &Item{Kind: KindScalar, Type: schema.VarcharOf(27), Text: "null"}
	case "size":
		return IntItem(1)
	case "keyvalue":
		return nil
	}
	if of == nil {
		return nil
	}
	if n.Name == "double" {
		if !of.isNumber() && !of.isText() {
			return c.fail("cannot perform JSON path double() method with %s argument", of.Type)
		}
		return FloatItem(1, schema.Double)
	}
	if !of.isNumber() {
		return c.fail("cannot perform JSON path %s() method with %s argument", n.Name, of.Type)
	}
	out, err := rounding(n.Name, of)
	if err != nil {
		return nil
	}
	return out
}

func (c *checker) unary(n *Unary) *Item {
	of := c.node(n.X)
	if of == nil {
		return nil
	}
	if !of.isNumber() {
		return c.fail("invalid operand type (%s) in JSON path arithmetic unary expression", of.Type)
	}
	out, err := signed(n.Op, of)
	if err != nil {
		return nil
	}
	return out
}

func (c *checker) binary(n *Binary) *Item {
	x, y := c.node(n.X), c.node(n.Y)
	if x == nil || y == nil {
		return nil
	}
	if !x.isNumber() || !y.isNumber() {
		return c.fail("invalid operand types (%s and %s) in JSON path arithmetic binary expression: Cannot apply operator: %s %s %s",
			x.Type, y.Type, x.Type, n.Op, y.Type)
	}
	out, err := Arithmetic(n.Op, x, y)
	if err != nil {
		return nil
	}
	return out
}
