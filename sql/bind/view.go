package bind

import (
	"strings"

	"logsql/convert/schema"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

// view binds a view's query, parsed anew for each place that names it, as if it
// stood alone in the database it was made in.
func (b *binder) view(r *syntax.Table, t *catalog.Table, hint string) []field {
	if b.err != nil {
		return nil // it is not the view's
	}
	if len(b.views) == 0 {
		b.viewAt = r
	}
	if _, ok := b.info.Views[t.FullName()]; !ok {
		b.info.Views[t.FullName()] = b.viewAt
	}
	if b.views[t.FullName()] {
		b.failAt(r, "VIEW_IS_RECURSIVE", "View is recursive")
		return nil
	}
	q, err := viewQuery(t)
	if err != nil {
		b.failWith(r, invalidView(t, err))
		return nil
	}
	outs := b.viewOutputs(t, q)
	if b.err != nil {
		b.err = At(r, invalidView(t, b.err))
		return nil
	}
	rel := &Relation{Alias: b.alias(hint, t.Name), View: q, Columns: columnsOf(outs)}
	if stale := b.viewColumns(t, rel.Columns); stale != nil {
		b.failWith(r, stale)
		return nil
	}
	return b.add(r, rel, t.Catalog, t.Database, t.Name)
}

func (b *binder) viewOutputs(t *catalog.Table, q *syntax.Query) []Output {
	database, params := b.database, b.params
	b.database, b.params, b.views[t.FullName()] = t.View.Database, nil, true
	defer func() {
		b.database, b.params = database, params
		delete(b.views, t.FullName())
	}()
	return b.query(q, nil)
}

func viewQuery(t *catalog.Table) (*syntax.Query, error) {
	list, err := syntax.Parse(t.View.Text)
	if err != nil {
		return nil, err
	}
	if len(list) == 1 {
		if q, ok := list[0].(*syntax.Query); ok {
			return q, nil
		}
	}
	return nil, &syntax.Error{Code: "INVALID_VIEW", Msg: "its text is not a query"}
}

// invalidView is the error of a view whose query does not bind any more.
func invalidView(t *catalog.Table, err error) error {
	e, ok := err.(*syntax.Error)
	if !ok {
		return err
	}
	code := "INVALID_VIEW"
	if e.Code == notSupported || e.Code == "VIEW_IS_RECURSIVE" {
		code = e.Code
	}
	return &syntax.Error{Code: code, Msg: "Failed analyzing stored view '" + t.FullName() + "': " + e.Message(), Hint: e.Hint, Err: err}
}

// viewColumns gives columns the names and types that the view had when it was
// made; what its query gives now must be coercible to them.
func (b *binder) viewColumns(t *catalog.Table, columns []*Column) error {
	stale := func(format string, args ...any) error {
		return placeless("VIEW_IS_STALE", "View '%s' is stale or in invalid state: "+format, append([]any{t.FullName()}, args...)...)
	}
	if len(columns) != len(t.Columns) {
		return stale("stored view column count (%d) does not match column count derived from the view query analysis (%d)", len(t.Columns), len(columns))
	}
	for i, c := range columns {
		want := t.Columns[i]
		if !c.Type.Equal(want.Type) && !schema.Coercible(c.Type, want.Type) {
			return stale("column [%s] of type %s projected from query view at position %d cannot be coerced to column [%s] of type %s stored in view definition",
				c.Name, c.Type, i, want.Name, want.Type)
		}
		c.Name, c.Type = want.Name, want.Type
	}
	return nil
}

// NamedColumns are the columns of a table or view that is made of a query's:
// each has a name of its own and a type. n is the statement.
func NamedColumns(n syntax.Node, q *syntax.Query, names []syntax.Ident, info *Info) ([]schema.Column, error) {
	outs := info.Outputs[q]
	if names != nil && len(names) != len(outs) {
		return nil, syntax.ErrorAt(&names[0], "MISMATCHED_COLUMN_ALIASES", "Column alias list has %d entries but relation has %d columns", len(names), len(outs))
	}
	var columns []schema.Column
	seen := map[string]bool{}
	for i, out := range outs {
		name := out.Name
		if names != nil {
			name = strings.ToLower(names[i].Name)
		}
		switch {
		case name == "":
			err := syntax.ErrorAt(n, "MISSING_COLUMN_NAME", "Column name not specified at position %d", i+1)
			err.Hint = "name it: … AS name"
			return nil, err
		case seen[name]:
			return nil, syntax.ErrorAt(n, "DUPLICATE_COLUMN_NAME", "Column name '%s' specified more than once", name)
		case out.Type.Kind == schema.Unknown:
			return nil, syntax.ErrorAt(n, "COLUMN_TYPE_UNKNOWN", "Column type is unknown: %s", name)
		}
		seen[name] = true
		columns = append(columns, schema.Column{Name: name, Type: out.Type})
	}
	return columns, nil
}

func placeless(code, format string, args ...any) error {
	err := syntax.ErrorAt(&syntax.Ident{}, code, format, args...)
	return err
}
