package bind

import (
	"slices"
	"strings"

	"logsql/convert/lake"
	"logsql/sql/syntax"
)

// A table read inside a derived table, a view or a WITH part is pruned by the
// conditions outside as well: they are judged there, through what each SELECT on
// the way gives, and stay where they are.

// place is where a relation stands in the FROM of a SELECT.
type place struct {
	rel      *Relation
	sel      *syntax.Select
	nullable bool // on the side of an outer join that is filled with NULLs
	ons      []condition
}

// condition is one that every row of the relation must meet to be of use:
// WHERE, or ON of a join that drops what does not match.
type condition struct {
	x        syntax.Expr
	nullable bool // the relation may be filled with NULLs before x is judged
}

// chain leads from a table's place to that of the outermost derived table it is
// in.
type chain []*place

// behind is what the column of a derived table on the chain is inside it.
func (p chain) behind(info *Info, c *Column) *Item {
	for i, outer := range p {
		if i == 0 || outer.rel != c.Relation {
			continue
		}
		at := slices.IndexFunc(outer.rel.Columns, func(o *Column) bool { return o.Ref == c.Ref })
		if items := info.Selects[p[i-1].sel].Items; at >= 0 && at < len(items) {
			return items[at]
		}
	}
	return nil
}

// planner knows where each relation stands and which derived tables read a
// SELECT.
type planner struct {
	info   *Info
	places map[*Relation]*place
	users  map[*syntax.Select][]*place
}

// prune leaves out the partitions whose values no row of use can have. What it
// cannot judge it keeps.
func (b *binder) prune() {
	pl := &planner{info: b.info, places: map[*Relation]*place{}, users: map[*syntax.Select][]*place{}}
	for sel := range b.info.Selects {
		if sel.From != nil {
			pl.collect(sel, sel.From, false, nil)
		}
	}
	pl.link()
	scans := map[*Scan]*place{}
	for rel, at := range pl.places {
		if rel.Scan != nil {
			scans[rel.Scan] = at
		}
	}
	for _, s := range b.info.Scans {
		if b.err != nil {
			return
		}
		at := scans[s]
		switch external := s.Table.External != nil; {
		case at == nil && external:
			b.choosePartitions(s.at, s, nil)
		case at == nil || len(s.Table.Partition) == 0 && !external:
		case external:
			b.choosePartitions(s.at, s, pl.filter(at))
		default:
			s.Parts = pl.filter(at).parts(s.Parts)
		}
	}
}

// collect notes the places of the relations of FROM and the ONs that bind them.
func (pl *planner) collect(sel *syntax.Select, r syntax.Relation, nullable bool, ons []condition) {
	switch r := r.(type) {
	case *syntax.Table, *syntax.SubqueryRel:
		if rel := pl.info.Relations[r]; rel != nil {
			pl.places[rel] = &place{rel: rel, sel: sel, nullable: nullable, ons: ons}
		}
	case *syntax.Aliased:
		pl.collect(sel, r.Of, nullable, ons)
	case *syntax.Sample:
		pl.collect(sel, r.Of, nullable, ons)
	case *syntax.Join:
		left, right := r.Kind == "RIGHT" || r.Kind == "FULL", r.Kind == "LEFT" || r.Kind == "FULL"
		pl.collect(sel, r.Left, nullable || left, joined(ons, left, r.On, right))
		pl.collect(sel, r.Right, nullable || right, joined(ons, right, r.On, left))
	}
}

// joined adds the ON of a join to the conditions of one of its sides, which may
// be filled with NULLs by it; where the rows of that side are kept without a
// match, ON drops none of them.
func joined(ons []condition, filled bool, on syntax.Expr, kept bool) []condition {
	out := slices.Clone(ons)
	for i := range out {
		out[i].nullable = out[i].nullable || filled
	}
	if on != nil && !kept {
		out = append(out, condition{x: on})
	}
	return out
}

// link finds for each SELECT the derived tables whose rows are its rows. A WITH
// part that is also read from elsewhere is left alone.
func (pl *planner) link() {
	reads := map[*CTE]int{}
	for rel := range pl.places {
		if rel.CTE != nil {
			reads[rel.CTE]++
		}
	}
	for rel, at := range pl.places {
		var q *syntax.Query
		switch {
		case rel.View != nil:
			q = rel.View
		case rel.CTE != nil && rel.CTE.reads == reads[rel.CTE]:
			q = rel.CTE.query
		case rel.subquery != nil:
			q = rel.subquery
		}
		if q != nil {
			for _, sel := range pl.leaves(q) {
				pl.users[sel] = append(pl.users[sel], at)
			}
		}
	}
}

// leaves are the SELECTs a query's rows come from one by one.
func (pl *planner) leaves(body syntax.Body) []*syntax.Select {
	switch body := body.(type) {
	case *syntax.Query:
		if body.Limit == nil && body.Offset == nil {
			return pl.leaves(body.Body)
		}
	case *syntax.Select:
		if pl.passes(body) {
			return []*syntax.Select{body}
		}
	case *syntax.TableBody:
		return pl.leaves(pl.info.Expanded[body])
	case *syntax.SetOp:
		if !body.Corresponding {
			return append(pl.leaves(body.Left), pl.leaves(body.Right)...)
		}
	}
	return nil
}

// passes reports whether fewer rows in FROM change no row of a SELECT but those
// they go into: windows look at others, and GROUPING SETS make NULLs of keys.
func (pl *planner) passes(sel *syntax.Select) bool {
	info := pl.info.Selects[sel]
	if info == nil || sel.Windows != nil {
		return false
	}
	for _, g := range info.Groups {
		if g.Kind != "" {
			return false
		}
	}
	passes := true
	for i := range sel.Items {
		if sel.Items[i].Expr == nil {
			continue
		}
		syntax.Walk(sel.Items[i].Expr, func(n syntax.Node) bool {
			if c, ok := n.(*syntax.Call); ok && c.Over != nil {
				passes = false
			}
			return passes
		})
	}
	return passes
}

// mostPaths bounds what WITH parts that read each other twice and twice again
// come to.
const mostPaths = 32

func (pl *planner) paths(at *place) []chain {
	users := pl.users[at.sel]
	if len(users) == 0 {
		return []chain{{at}}
	}
	var out []chain
	for _, u := range users {
		for _, p := range pl.paths(u) {
			if out = append(out, append(chain{at}, p...)); len(out) > mostPaths {
				return []chain{{at}}
			}
		}
	}
	return out
}

// route is one path with the conditions on it.
type route struct {
	pruner
	conditions []syntax.Expr
}

// filter judges a table's partitions: they are of use if they are on one of the
// routes.
type filter []*route

func (pl *planner) filter(at *place) filter {
	var f filter
	for _, p := range pl.paths(at) {
		r := &route{pruner: pruner{info: pl.info, rel: at.rel, path: p}}
		for i, at := range p {
			for _, c := range append([]condition{{at.sel.Where, at.nullable}}, at.ons...) {
				if c.x != nil && r.holds(c, i) {
					r.conditions = append(r.conditions, c.x)
				}
			}
		}
		f = append(f, r)
	}
	return f
}

// holds reports whether a condition at place i of the path drops the rows in
// which a relation on the path is NULLs for want of a match: pruning makes more
// of those.
func (r *route) holds(c condition, i int) bool {
	for n, at := range r.path[:i+1] {
		nullable := at.nullable
		if n == i {
			nullable = c.nullable
		}
		if r.absent = at.rel; nullable && r.truth(c.x).has(isTrue) {
			r.absent = nil
			return false
		}
	}
	r.absent = nil
	return true
}

// Keep is catalog.Filter.
func (f filter) Keep(values []string, known []bool) bool {
	return slices.ContainsFunc(f, func(r *route) bool {
		r.values, r.known = values, known
		return !slices.ContainsFunc(r.conditions, func(x syntax.Expr) bool { return !r.truth(x).has(isTrue) })
	})
}

func (f filter) parts(parts []lake.Part) []lake.Part {
	judged := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(parts), func(part lake.Part) bool {
		key := strings.Join(part.Partition, "\x00")
		keep, ok := judged[key]
		if !ok {
			keep = f.Keep(part.Partition, nil)
			judged[key] = keep
		}
		return !keep
	})
}

// Injected is catalog.Filter: the values that the conditions which must all
// hold give a column by = or IN.
func (f filter) Injected(column string) []string {
	var all []string
	for _, r := range f {
		var one []string
		for _, x := range r.conditions {
			if one == nil {
				one = r.given(x, column)
			}
		}
		if one == nil {
			return nil
		}
		all = append(all, one...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
