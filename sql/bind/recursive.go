package bind

import (
	"slices"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// maxRecursion is how many steps a recursive query may take: Trino's default
// for max_recursion_depth, which Athena has no way to change.
const maxRecursion = 10

const badRecursion = "INVALID_RECURSIVE_REFERENCE"

// recursive is the union that a part of WITH RECURSIVE is made of where it reads
// itself, nil where it does not.
func (b *binder) recursive(w *syntax.With, p *syntax.WithPart) *syntax.SetOp {
	switch {
	case !w.Recursive || b.err != nil:
		return nil
	case p.Columns == nil:
		b.failAt(p, "MISSING_COLUMN_ALIASES", "missing column aliases in recursive WITH query")
		return nil
	}
	name := p.Name.Name
	refs := references(p.Query, name)
	union, _ := p.Query.Body.(*syntax.SetOp)
	switch {
	case nestedRecursion(p.Query) != nil:
		b.failAt(nestedRecursion(p.Query), "NESTED_RECURSIVE", "nested recursive WITH query")
		return nil
	case len(refs) == 0:
		return nil
	case union == nil || union.Op != "UNION":
		b.failAt(refs[0], badRecursion, "recursive reference not allowed in this context")
		return nil
	}
	b.checkRecursion(p.Query, union, name)
	return union
}

func nestedRecursion(q *syntax.Query) syntax.Node {
	var found syntax.Node
	syntax.Walk(q, func(n syntax.Node) bool {
		if w, ok := n.(*syntax.With); ok && w.Recursive && found == nil {
			found = w
		}
		return found == nil
	})
	return found
}

// references are the tables of a plain name under n, those aside that stand in
// a query with a WITH part of that name.
func references(n syntax.Node, name string) []*syntax.Table {
	var found []*syntax.Table
	syntax.Walk(n, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Query:
			return n.With == nil || !slices.ContainsFunc(n.With.Parts, func(p *syntax.WithPart) bool {
				return strings.EqualFold(p.Name.Name, name)
			})
		case *syntax.Table:
			if len(n.Name) == 1 && strings.EqualFold(n.Name[0].Name, name) {
				found = append(found, n)
			}
		case *syntax.TableBody:
			if len(n.Name) == 1 && strings.EqualFold(n.Name[0].Name, name) {
				found = append(found, &syntax.Table{Span: n.Span, Name: n.Name})
			}
		}
		return true
	})
	return found
}

// checkRecursion holds a recursive query to the shape that Trino takes.
func (b *binder) checkRecursion(q *syntax.Query, union *syntax.SetOp, name string) {
	base, step := references(union.Left, name), references(union.Right, name)
	switch {
	case len(base) > 0:
		b.failAt(base[0], badRecursion, "WITH table name is referenced in the base relation of recursion")
		return
	case len(step) > 1:
		b.failAt(step[1], badRecursion, "multiple recursive references in the step relation of recursion")
		return
	}
	body := union.Right
	for inner, ok := body.(*syntax.Query); ok; inner, ok = body.(*syntax.Query) {
		body = inner.Body
	}
	sel, ok := body.(*syntax.Select)
	if !ok || sel.From == nil || len(references(sel.From, name)) == 0 {
		b.failAt(step[0], badRecursion, "recursive reference outside of FROM clause of the step relation of recursion")
		return
	}
	switch {
	case q.With != nil:
		b.failAt(q.With, notSupported, "immediate WITH clause in recursive query")
	case len(q.OrderBy) > 0:
		b.failAt(&q.OrderBy[0], notSupported, "immediate ORDER BY clause in recursive query")
	case q.Offset != nil:
		b.failAt(q.Offset, notSupported, "immediate OFFSET clause in recursive query")
	case q.Limit != nil:
		b.failAt(q.Limit, "INVALID_LIMIT_CLAUSE", "immediate FETCH FIRST / LIMIT clause in recursive query")
	}
	b.checkStep(sel.From, name)
}

// checkStep refuses a recursive reference where a step could take back what an
// earlier one gave.
func (b *binder) checkStep(from syntax.Relation, name string) {
	refuse := func(n syntax.Node, format string, args ...any) {
		if refs := references(n, name); len(refs) > 0 {
			b.failAt(refs[0], badRecursion, "recursive reference in "+format, args...)
		}
	}
	syntax.Walk(from, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Join:
			if n.Kind == "RIGHT" || n.Kind == "FULL" {
				refuse(n.Left, "left source of %s join", n.Kind)
			}
			if n.Kind == "LEFT" || n.Kind == "FULL" {
				refuse(n.Right, "right source of %s join", n.Kind)
			}
		case *syntax.SetOp:
			switch {
			case n.Op == "INTERSECT" && n.All:
				refuse(n, "INTERSECT ALL")
			case n.Op == "EXCEPT" && n.All:
				refuse(n.Right, "right relation of EXCEPT ALL")
				refuse(n.Left, "left relation of EXCEPT ALL")
			case n.Op == "EXCEPT":
				refuse(n.Right, "right relation of EXCEPT DISTINCT")
			}
		}
		return true
	})
}

// recursion binds a recursive part of WITH: its step reads what it starts from,
// whose columns it must give.
func (b *binder) recursion(p *syntax.WithPart, union *syntax.SetOp, s *scope, name string) *CTE {
	outs := b.rename(slices.Clone(b.body(union.Left, s)), p.Columns)
	cte := &CTE{Name: freeName(name, b.ctes), Outputs: outs, Step: union.Right, Union: union}
	for range maxRecursion + 2 {
		cte.Steps = append(cte.Steps, freeName(name+"_step", b.ctes))
	}
	inner := &scope{parent: s, with: map[string]*CTE{name: cte}}
	have := b.body(union.Right, inner)
	if b.err != nil {
		return cte
	}
	if len(have) != len(outs) {
		b.failAt(union.Right, typeMismatch, "base and step relations of recursion have different number of fields: %d, %d", len(outs), len(have))
		return cte
	}
	for i := range have {
		if !schema.Coercible(have[i].Type, outs[i].Type) {
			b.failAt(union.Right, typeMismatch,
				"recursion step relation output type (%s) is not coercible to recursion base relation output type (%s) at column %d",
				have[i].Type, outs[i].Type, i+1)
		}
	}
	return cte
}
