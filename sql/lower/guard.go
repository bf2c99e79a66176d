package lower

import (
	"sync"

	"logsql/convert/schema"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// DuckDB takes a function of ours for one that never fails, which its C API has
// no way to deny. It then computes the function for a whole Parquet dictionary,
// the values that WHERE leaves out too, keeps what a failed attempt wrote for
// values inside TRY, and swaps the sides of AND. What may fail is said by an
// argument that may: guard wraps one of each such call in an expression of
// DuckDB's own that, as it believes, might fail, and never does.
func guard(q *syntax.Query) {
	g := guarded{}
	syntax.Walk(q, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Call:
			g.call(n)
		case *syntax.Case:
			g.failures(n)
		}
		return true
	})
}

// guarded are the calls seen: a tree may hold one at several places.
type guarded map[*syntax.Call]bool

// goParams are the parameters of the Go functions that can fail.
var goParams = sync.OnceValue(func() map[string][]schema.Type {
	params := map[string][]schema.Type{}
	for _, f := range funcs.GoFuncs() {
		if !f.Total {
			params[f.Name], _ = f.Types()
		}
	}
	return params
})

func (g guarded) call(c *syntax.Call) {
	params := goParams()[c.Name[0].Name]
	if g[c] || len(params) == 0 {
		return
	}
	g[c] = true
	best := -1
	for i, a := range c.Args {
		if holds(a, isGoCall) {
			return // might fail already, and so does what is made of it
		}
		if holds(a, isColumn) && (best < 0 || params[best].Kind != schema.Varchar && params[i].Kind == schema.Varchar) {
			best = i
		}
	}
	switch {
	case best < 0:
	case params[best].Kind == schema.Varchar:
		c.Args[best] = call("decode", call("encode", c.Args[best]))
	default:
		c.Args[best] = mightFail(c.Args[best], c.Args[best])
	}
}

// failures guards the errors that a CASE ends in: their arguments are often
// constant, so the condition stands in.
func (g guarded) failures(x *syntax.Case) {
	for _, w := range x.Whens {
		if !holds(w.Cond, isColumn) {
			continue
		}
		syntax.Walk(w.Result, func(n syntax.Node) bool {
			c, ok := n.(*syntax.Call)
			if ok && c.Name[0].Name == "trino_fail" && !g[c] && !holds(c.Args[1], isColumn) {
				g[c] = true
				c.Args[1] = mightFail(w.Cond, c.Args[1])
			}
			_, nested := n.(*syntax.Case)
			return !nested
		})
	}
}

// mightFail is value, behind a cast of 4 bits of a hash to 8: DuckDB counts a
// cast to a smaller type among what can fail.
func mightFail(of, value syntax.Expr) syntax.Expr {
	bits := &syntax.Binary{Op: ">>", X: call("hash", of), Y: num(60)}
	small := &syntax.Cast{X: bits, Type: &syntax.TypeName{Text: "UTINYINT"}}
	cond := &syntax.Binary{Op: "<", X: small, Y: num(16)}
	return &syntax.Case{Whens: []syntax.When{{Cond: cond, Result: value}}}
}

// holds reports whether x is made of a node that is wanted.
func holds(x syntax.Expr, wanted func(syntax.Node) bool) bool {
	found := false
	syntax.Walk(x, func(n syntax.Node) bool {
		found = found || wanted(n)
		return !found
	})
	return found
}

func isColumn(n syntax.Node) bool {
	switch n.(type) {
	case *syntax.Ident, *syntax.Deref:
		return true
	}
	return false
}

func isQuery(n syntax.Node) bool {
	_, ok := n.(*syntax.Query)
	return ok
}

func isGoCall(n syntax.Node) bool {
	c, ok := n.(*syntax.Call)
	return ok && len(goParams()[c.Name[0].Name]) > 0
}
