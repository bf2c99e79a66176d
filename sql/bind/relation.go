package bind

import (
	"strings"

	"logsql/convert/schema"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

// relation binds an item of FROM and gives the columns it puts in reach. s is
// the scope FROM is built in: what stands to the left is in s.fields for UNNEST
// and LATERAL. hint is the alias the user gave, "" for none.
func (b *binder) relation(r syntax.Relation, s *scope, hint string) []field {
	switch r := r.(type) {
	case *syntax.Table:
		return b.table(r, s, hint)
	case *syntax.SubqueryRel:
		fields := b.derived(r, b.query(r.Query, s.parent), hint)
		b.info.Relations[r].subquery = r.Query
		return fields
	case *syntax.Lateral:
		outs := b.query(r.Query, s)
		b.checkCorrelated(r, r.Query, asTable)
		return b.derived(r, outs, hint)
	case *syntax.Join:
		return b.join(r, s, hint)
	case *syntax.Unnest:
		return b.unnest(r, s, hint, 0)
	case *syntax.JSONTable:
		return b.jsonTable(r, s, hint)
	case *syntax.Aliased:
		return b.aliased(r, s)
	case *syntax.Sample:
		return b.sample(r, s, hint)
	case *syntax.TableFunc:
		return b.tableFunc(r, s, hint)
	case *syntax.Unparsed:
		b.failAt(r, notSupported, "%s is not supported", r.What)
	default:
		b.failAt(r, notSupported, "%T is not supported yet", r)
	}
	return nil
}

// add makes the relation of r and its columns' fields.
func (b *binder) add(r syntax.Relation, rel *Relation, qualifier ...string) []field {
	b.info.Relations[r] = rel
	fields := make([]field, len(rel.Columns))
	for i, c := range rel.Columns {
		c.Relation = rel
		fields[i] = field{qualifier: qualifier, name: c.Name, column: c}
	}
	return fields
}

func (b *binder) alias(hint, otherwise string) string {
	if hint == "" {
		hint = otherwise
	}
	return b.unique(hint)
}

// derived is a subquery in FROM: its columns have no qualifier until an alias
// gives one.
func (b *binder) derived(r syntax.Relation, outs []Output, hint string) []field {
	rel := &Relation{Alias: b.alias(hint, "q")}
	rel.Columns = columnsOf(outs)
	return b.add(r, rel)
}

func columnsOf(outs []Output) []*Column {
	columns := make([]*Column, len(outs))
	for i, o := range outs {
		columns[i] = &Column{Name: o.Name, Ref: o.Ref, Type: o.Type}
	}
	return columns
}

func (b *binder) table(r *syntax.Table, s *scope, hint string) []field {
	name := strings.ToLower(r.Name[len(r.Name)-1].Name)
	if r.AsOf != "" {
		b.failAt(r, notSupported, "This connector does not support versioned tables")
		return nil
	}
	if cte := s.lookupWith(name); cte != nil && len(r.Name) == 1 {
		cte.reads++
		cte.readers = append(cte.readers, b.within)
		rel := &Relation{Alias: b.alias(hint, name), CTE: cte, Columns: columnsOf(cte.Outputs)}
		return b.add(r, rel, name)
	}
	t, err := b.cat.Table(b.database, r.Name)
	if err != nil {
		b.failWith(r, err)
		return nil
	}
	if t.View != nil {
		return b.view(r, t, hint)
	}
	all := t.All()
	scan := &Scan{Table: t, Used: make([]bool, len(all)), Parts: t.Parts, at: r, within: b.within}
	b.info.Scans = append(b.info.Scans, scan)
	rel := &Relation{Alias: b.alias(hint, name), Scan: scan}
	for i, c := range all {
		rel.Columns = append(rel.Columns, &Column{
			Name: c.Name, Ref: c.Name, Type: c.Type, Hidden: i >= len(t.Columns), used: &scan.Used[i],
		})
	}
	return b.add(r, rel, t.Catalog, t.Database, t.Name)
}

// aliased renames a relation and, with a list, its visible columns.
func (b *binder) aliased(r *syntax.Aliased, s *scope) []field {
	name := strings.ToLower(r.Name.Name)
	var inner []field
	if u, ok := r.Of.(*syntax.Unnest); ok {
		inner = b.unnest(u, s, name, len(r.Columns))
	} else {
		inner = b.relation(r.Of, s, name)
	}
	var fields []field
	for _, f := range inner {
		if r.Columns != nil && f.column.Hidden {
			continue
		}
		fields = append(fields, field{qualifier: []string{name}, name: f.name, column: f.column})
	}
	if r.Columns == nil || b.err != nil {
		return fields
	}
	if len(r.Columns) != len(fields) {
		b.failAt(r, "MISMATCHED_COLUMN_ALIASES", "Column alias list has %d entries but '%s' has %d columns available", len(r.Columns), name, len(fields))
		return nil
	}
	for i, c := range r.Columns {
		fields[i].name = strings.ToLower(c.Name)
	}
	return fields
}

func (b *binder) join(r *syntax.Join, s *scope, hint string) []field {
	before := len(s.fields)
	left := b.relation(r.Left, s, hint)
	seen := s.onlyLeft
	if r.Kind == "RIGHT" || r.Kind == "FULL" {
		s.onlyLeft = r.Kind
	}
	s.fields = append(s.fields, left...) // in reach of UNNEST and LATERAL on the right
	right := b.relation(r.Right, s, "")
	s.fields, s.onlyLeft = s.fields[:before], seen
	if r.Natural {
		b.failAt(r, notSupported, "Natural join not supported")
	}
	if b.err != nil {
		return nil
	}
	b.joinLateral(r)
	if r.Using != nil {
		return b.using(r, left, right)
	}
	both := append(left[:len(left):len(left)], right...)
	if r.On != nil {
		e := b.exprs(&scope{parent: s.parent, fields: both}, "JOIN")
		b.boolean(r.On, e.expr(r.On), "JOIN ON clause must evaluate to a boolean: actual type %s")
		e.refuse(r.On, e.all(), "JOIN clause")
	}
	return both
}

// lateralKind is the name in Trino's words of a relation that can see what stands
// to its left; "" for any other.
func lateralKind(r syntax.Relation) (inner syntax.Relation, what string) {
	if a, ok := r.(*syntax.Aliased); ok {
		r = a.Of
	}
	switch r.(type) {
	case *syntax.Unnest:
		return r, "UNNEST"
	case *syntax.Lateral:
		return r, "LATERAL relation"
	case *syntax.JSONTable:
		return r, "JSON_TABLE"
	}
	return r, ""
}

// IsLateral reports whether r can see what stands to its left.
func IsLateral(r syntax.Relation) bool {
	_, what := lateralKind(r)
	return what != ""
}

// joinLateral holds a join with UNNEST or LATERAL on its right to what Trino
// serves, and notes a LEFT JOIN of UNNEST.
func (b *binder) joinLateral(r *syntax.Join) {
	right, what := lateralKind(r.Right)
	if what == "" || r.Kind == "CROSS" {
		return
	}
	on, ok := r.On.(*syntax.BoolLit)
	onTrue := ok && on.Value
	switch {
	case r.Using == nil && !onTrue && what == "JSON_TABLE":
		b.failAt(r.On, notSupported, "%s JOIN involving %s is only supported with condition ON TRUE", r.Kind, what)
	case r.Using != nil && what == "UNNEST":
		b.failAt(r, notSupported, "%s JOIN involving %s is only supported with condition ON TRUE", r.Kind, what)
	case r.Using != nil:
		b.failAt(r, notSupported, "%s JOIN involving %s is not supported", r.Kind, what)
	case !onTrue && r.Kind == "RIGHT" && what != "UNNEST":
		b.failAt(r.On, notSupported, "%s JOIN involving %s is not supported with a condition yet", r.Kind, what)
	case !onTrue && (what == "UNNEST" || r.Kind == "FULL"):
		b.failAt(r.On, notSupported, "%s JOIN involving %s is only supported with condition ON TRUE", r.Kind, what)
	}
	b.info.Relations[right].Outer = (r.Kind == "LEFT" || r.Kind == "FULL") && what != "LATERAL relation"
}

// using merges the columns named in USING; like Trino's, they come first and
// have no table.
func (b *binder) using(r *syntax.Join, left, right []field) []field {
	var merged []field
	gone := map[*Column]bool{}
	for i := range r.Using {
		id := &r.Using[i]
		l, rt := b.joinColumn(id, left, "left"), b.joinColumn(id, right, "right")
		if b.err != nil {
			return nil
		}
		t, ok := schema.Common(l.Type, rt.Type)
		if !ok {
			b.failAt(id, typeMismatch, "Column types of left and right are not compatible: %s, %s", l.Type, rt.Type)
			return nil
		}
		b.use(l)
		b.use(rt)
		gone[l], gone[rt] = true, true
		name := strings.ToLower(id.Name)
		c := &Column{Name: name, Type: t, Using: []*Column{l, rt}}
		b.info.Columns[id] = c
		merged = append(merged, field{name: name, column: c})
	}
	for _, f := range append(left[:len(left):len(left)], right...) {
		if !gone[f.column] {
			merged = append(merged, f)
		}
	}
	return merged
}

func (b *binder) joinColumn(id *syntax.Ident, fields []field, side string) *Column {
	found := (&scope{fields: fields}).find([]string{strings.ToLower(id.Name)})
	switch len(found) {
	case 0:
		err := syntax.ErrorAt(id, noColumn, "Column '%s' is missing from %s side of join", id.Name, side)
		var names []string
		for _, f := range fields {
			names = append(names, f.name)
		}
		err.Hint = catalog.DidYouMean(id.Name, names)
		b.fail(err)
		return nil
	case 1:
		return found[0].column
	}
	b.failAt(id, ambiguous, "Column '%s' is ambiguous", id.Name)
	return nil
}
