package bind

import (
	"strings"

	"logsql/convert/schema"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// selectQuery binds SELECT together with the ORDER BY of its query, which sees
// the select list's names before the columns of FROM.
func (b *binder) selectQuery(sel *syntax.Select, order []syntax.SortItem, q *Query, outer *scope) []Output {
	info := &Select{}
	b.info.Selects[sel] = info
	from := b.from(sel, outer)
	if sel.Where != nil {
		where := b.exprs(from, "WHERE")
		b.boolean(sel.Where, where.expr(sel.Where), "WHERE clause must evaluate to a boolean: actual type %s")
		where.refuse(sel.Where, where.all(), "WHERE clause")
	}
	e := b.exprs(from, "SELECT")
	e.defined = sel.Windows
	b.items(sel, info, e)
	outs := itemOutputs(info.Items)
	b.info.Outputs[sel] = outs
	if b.err != nil {
		return outs
	}
	b.groupBy(sel, info, from)
	having := b.exprs(from, "HAVING")
	if sel.Having != nil {
		b.boolean(sel.Having, having.expr(sel.Having), "HAVING clause must evaluate to a boolean: actual type %s")
		having.refuse(sel.Having, having.windows, "HAVING clause")
	}
	sorted := b.exprs(orderScope(info.Items, from), "ORDER BY")
	sorted.defined = sel.Windows
	for _, item := range order {
		q.Order = append(q.Order, b.order(sorted, item, outs))
	}
	q.Items = info.Items
	calls := len(e.aggregates) + len(having.aggregates) + len(sorted.aggregates)
	info.Aggregated = sel.GroupBy != nil || sel.Having != nil || calls > 0
	if b.err == nil && info.Aggregated {
		b.checkAggregated(sel, info, from, q.Order)
	}
	if b.err == nil && sel.Distinct {
		b.checkDistinct(sel, info, q.Order)
	}
	return outs
}

func (b *binder) from(sel *syntax.Select, outer *scope) *scope {
	s := &scope{parent: outer}
	for i := range sel.Items {
		if alias := sel.Items[i].Alias; alias != nil {
			s.aliases = append(s.aliases, strings.ToLower(alias.Name))
		}
	}
	if sel.From != nil {
		s.fields = b.relation(sel.From, s, "")
	}
	return s
}

// items expands the select list.
func (b *binder) items(sel *syntax.Select, info *Select, e *exprs) {
	for i := range sel.Items {
		item := &sel.Items[i]
		switch {
		case item.Star && item.Expr == nil:
			b.star(item, info, e.scope.fields)
		case item.Star:
			b.starOf(item, info, e)
		default:
			t := e.expr(item.Expr)
			info.Items = append(info.Items, &Item{Expr: item.Expr, Out: Output{Name: itemName(item), Type: t}})
		}
	}
}

// itemName is the name a select item has without or with AS; expressions that
// are not plain names have none.
func itemName(item *syntax.SelectItem) string {
	if item.Alias != nil {
		return strings.ToLower(item.Alias.Name)
	}
	switch e := Unparen(item.Expr).(type) {
	case *syntax.Ident:
		return strings.ToLower(e.Name)
	case *syntax.Deref:
		if _, _, ok := path(e); ok {
			return strings.ToLower(e.Field.Name)
		}
	}
	return ""
}

func (b *binder) star(item *syntax.SelectItem, info *Select, fields []field) {
	n := len(info.Items)
	for _, f := range fields {
		if f.column.Hidden {
			continue
		}
		b.use(f.column)
		info.Items = append(info.Items, &Item{Column: f.column, Out: Output{Name: f.name, Type: f.column.Type}})
	}
	if n == len(info.Items) {
		if len(fields) == 0 {
			b.failAt(item, "COLUMN_NOT_FOUND", "SELECT * not allowed in queries without FROM clause")
			return
		}
		b.failAt(item, "COLUMN_NOT_FOUND", "SELECT * not allowed from relation that has no columns")
	}
}

// starOf expands table.* and row.*; a table's name goes before a column's, and
// a single name can only be a table's.
func (b *binder) starOf(item *syntax.SelectItem, info *Select, e *exprs) {
	start := len(info.Items)
	if name, text, ok := path(item.Expr); ok {
		if fields := qualified(e.scope, name); fields != nil {
			b.star(item, info, fields)
			b.aliasItems(item, info.Items[start:])
			return
		}
		if len(name) == 1 || !e.columnInReach(append(name[:len(name):len(name)], "*")) {
			b.failAt(item.Expr, "TABLE_NOT_FOUND", "Unable to resolve reference %s", text)
			return
		}
	}
	t := e.expr(item.Expr)
	if b.err != nil {
		return
	}
	if t.Kind != schema.Row {
		b.failAt(item.Expr, typeMismatch, "expected expression of type Row")
		return
	}
	for i, f := range t.Elems {
		it := &Item{Expr: item.Expr, Field: funcs.FieldName(t, i), Out: Output{Name: strings.ToLower(f.Name), Type: f.Type}}
		info.Items = append(info.Items, it)
	}
	b.aliasItems(item, info.Items[start:])
}

func (b *binder) aliasItems(item *syntax.SelectItem, items []*Item) {
	if item.Aliases == nil {
		return
	}
	if len(item.Aliases) != len(items) {
		b.failAt(item, "MISMATCHED_COLUMN_ALIASES", "Column alias list has %d entries but relation has %d columns", len(item.Aliases), len(items))
		return
	}
	for i, a := range item.Aliases {
		items[i].Out.Name = strings.ToLower(a.Name)
	}
}

// qualified is the fields of the relation that name means, in the innermost
// scope that has one.
func qualified(s *scope, name []string) []field {
	for ; s != nil; s = s.parent {
		var found []field
		for _, f := range s.fields {
			if f.isOf(name) {
				found = append(found, f)
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}

func itemOutputs(items []*Item) []Output {
	outs := make([]Output, len(items))
	for i, it := range items {
		outs[i] = it.Out
	}
	outputs(outs)
	for i, it := range items {
		it.Out = outs[i]
	}
	return outs
}

// orderScope is where ORDER BY looks: the select list's names, then FROM.
func orderScope(items []*Item, from *scope) *scope {
	s := &scope{parent: from}
	for _, it := range items {
		c := &Column{Name: it.Out.Name, Ref: it.Out.Ref, Type: it.Out.Type, Item: it}
		s.fields = append(s.fields, field{name: c.Name, column: c})
	}
	return s
}

// checkDistinct holds ORDER BY of SELECT DISTINCT to the select list.
func (b *binder) checkDistinct(sel *syntax.Select, info *Select, order []Order) {
	for i, o := range order {
		if o.Ordinal > 0 {
			continue
		}
		for n, it := range info.Items {
			if it.Field == "" && b.info.SameItem(it, o.Expr) {
				order[i].Ordinal = n + 1
			}
		}
		if order[i].Ordinal == 0 {
			b.failAt(sel, notInDistinct, "For SELECT DISTINCT, ORDER BY expressions must appear in select list")
		}
	}
}
