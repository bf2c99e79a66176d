package lower

import (
	"strings"

	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// call lowers a function call, or what is one in other words.
func (l *lowerer) call(x syntax.Expr, c *bind.Call) syntax.Expr {
	node, ok := x.(*syntax.Call)
	if !ok {
		node = &syntax.Call{}
	}
	if c.Func != nil && c.Func.Name == "try" {
		if parts := l.outsideTry(c.Args[0]); parts != nil {
			return l.beside(parts, func() syntax.Expr { return call("try", l.expr(c.Args[0])) })
		}
	}
	if parts := l.outsideLambda(c.Args); parts != nil {
		return l.beside(parts, func() syntax.Expr { return l.call(x, c) })
	}
	grouped := l.grouped
	if c.Func == nil || c.Func.Kind == funcs.Aggregate && node.Over == nil {
		l.grouped = nil // inside an aggregate the values are those before grouping
	}
	args, written := make([]syntax.Expr, len(c.Args)), make([]schema.Type, len(c.Args))
	for i, a := range c.Args {
		args[i], written[i] = l.argument(node, a), l.info.Types[a]
	}
	out := l.template(node)
	l.grouped = grouped
	if l.err != nil {
		return x
	}
	if c.Func == nil {
		return castTo(call("grouping", args...), c.Result)
	}
	lowered, err := c.Func.Lower(&funcs.Call{
		Name: c.Func.Name, Args: args, Params: c.Params, Written: written, Result: c.Result, Node: node, Out: out, Now: l.info.Now,
		Const: func(i int) (string, bool) { return constant(c.Args, i) },
	})
	l.check(x, err)
	return lowered
}

func (l *lowerer) argument(node *syntax.Call, a syntax.Expr) syntax.Expr {
	if f, ok := a.(*syntax.Lambda); ok {
		return l.lambda(f)
	}
	t := l.info.Type(a)
	if node.Distinct && funcs.Keyed(t) && !ownDistinct[strings.ToLower(node.Name[0].Name)] {
		l.failAt(a, "DISTINCT on values of type %s is not supported yet", t)
	}
	return l.expr(a)
}

// ownDistinct are the aggregates that see by themselves to what equal values of
// theirs are.
var ownDistinct = map[string]bool{"count": true, "array_agg": true, "min": true, "max": true}

func (l *lowerer) lambda(f *syntax.Lambda) syntax.Expr {
	out := &syntax.Lambda{Body: l.expr(f.Body)}
	for _, ref := range l.info.Lambdas[f] {
		out.Params = append(out.Params, *ident(ref))
	}
	return out
}

// template is what follows the arguments of a call, lowered.
func (l *lowerer) template(node *syntax.Call) *syntax.Call {
	out := &syntax.Call{Distinct: node.Distinct, Star: node.Star, Within: node.Within, Nulls: node.Nulls, Clause: node.Clause}
	out.OrderBy = l.sortItems(node.OrderBy)
	if node.Filter != nil {
		out.Filter = l.expr(node.Filter)
	}
	if node.Over != nil {
		out.Over = l.window(node.Over)
	}
	return out
}

func (l *lowerer) sortItems(items []syntax.SortItem) []syntax.SortItem {
	var out []syntax.SortItem
	for _, item := range items {
		out = append(out, syntax.SortItem{Expr: l.key(item.Expr), Desc: item.Desc, Nulls: nulls(item)})
	}
	return out
}

// window writes a named window out in place.
func (l *lowerer) window(w *syntax.Window) *syntax.Window {
	out := &syntax.Window{}
	if named := l.info.Windows[w]; named != nil {
		out = l.window(named)
	}
	for _, p := range w.PartitionBy {
		out.PartitionBy = append(out.PartitionBy, l.key(p))
	}
	out.OrderBy = append(out.OrderBy, l.sortItems(w.OrderBy)...)
	if w.Frame == nil {
		return out
	}
	frame := *w.Frame
	out.Frame = &frame
	out.Frame.Start.Value = l.offset(frame.Start.Value)
	out.Frame.Last.Value = l.offset(frame.Last.Value)
	return out
}

// maxDistance is more rows than any partition has.
const maxDistance = 1 << 50

// offset is the distance of a frame's end. Trino refuses one that is NULL or
// negative; DuckDB takes it for none or another direction.
func (l *lowerer) offset(x syntax.Expr) syntax.Expr {
	if x == nil {
		return nil
	}
	t := l.info.Type(x)
	out := l.expr(x)
	if n, ok := out.(*syntax.NumberLit); ok {
		return n
	}
	if t.Kind == schema.Decimal && t.Precision > 18 {
		out = castTo(call("least", out, num(maxDistance)), schema.Of(schema.BigInt))
		t = schema.Of(schema.BigInt)
	}
	bad := syntax.Expr(&syntax.IsNull{X: out})
	if t.IsNumber() {
		negative := &syntax.Binary{Op: "<", X: out, Y: num(0)}
		bad = &syntax.Logical{Op: "OR", X: bad, Y: negative}
	}
	msg := str("Window frame offset value must not be negative or null")
	return &syntax.Case{Whens: []syntax.When{{Cond: bad, Result: fail(t, "INVALID_WINDOW_FRAME", msg)}}, Else: out}
}

// constant is the text of an argument that is written as a literal.
func constant(args []syntax.Expr, i int) (string, bool) {
	if i >= len(args) {
		return "", false
	}
	switch x := bind.Unparen(args[i]).(type) {
	case *syntax.StringLit:
		return x.Value, true
	case *syntax.NumberLit:
		return x.Text, true
	case *syntax.BoolLit:
		return map[bool]string{true: "true", false: "false"}[x.Value], true
	case *syntax.Unary:
		if n, ok := x.X.(*syntax.NumberLit); ok && x.Op == "-" {
			return "-" + n.Text, true
		}
	}
	return "", false
}
