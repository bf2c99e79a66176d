package queries

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

// Options are what a query is run with instead of its defaults.
type Options struct {
	Since, Until string            // days, 2021-12-04; empty for no bound
	Table        string            // a table to ask instead of the built-in one
	Values       map[string]string // by parameter
}

// OptionError is an option that the query cannot be run with.
type OptionError struct{ Msg, Hint string }

func (e *OptionError) Error() string { return e.Msg }

// edit puts text in the place of a span of the source.
type edit struct {
	from, to int
	text     string
}

// SQL is the query's statement with the options in it, comments and all: what
// it says is what runs, here and on Athena. Values come in as literals that the
// printer of syntax wrote, never as they were given.
func (q Query) SQL(o Options) (string, error) {
	if q.Err != nil {
		return "", q.Err
	}
	edits, err := q.values(o)
	if err != nil {
		return "", err
	}
	tables, err := q.tables(o)
	if err != nil {
		return "", err
	}
	edits = append(edits, tables...)
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Compare(a.from, b.from) })
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(q.Text[at:e.from] + e.text)
		at = e.to
	}
	b.WriteString(q.Text[at:])
	return b.String(), nil
}

func (q Query) values(o Options) ([]edit, error) {
	for name := range o.Values {
		if !slices.ContainsFunc(q.Parameters, func(p Parameter) bool { return strings.EqualFold(p.Name, name) }) {
			return nil, q.unknown(name)
		}
	}
	var edits []edit
	for _, place := range q.places() {
		value, given := valueOf(o.Values, place.parameter.Name)
		if !given {
			continue
		}
		literal, err := place.parameter.literal(value)
		if err != nil {
			return nil, err
		}
		edits = append(edits, edit{place.token.From.Offset, place.token.To.Offset, syntax.Print(literal)})
	}
	return edits, nil
}

func valueOf(values map[string]string, name string) (string, bool) {
	for n, v := range values {
		if strings.EqualFold(n, name) {
			return v, true
		}
	}
	return "", false
}

func (q Query) unknown(name string) error {
	var names []string
	for _, p := range q.Parameters {
		names = append(names, p.Name)
	}
	e := &OptionError{Msg: fmt.Sprintf("%s has no parameter %q", q.Name, name), Hint: "it has none"}
	if len(names) > 0 {
		e.Hint = "it has " + strings.Join(names, ", ")
	}
	if near := catalog.DidYouMean(name, names); near != "" {
		e.Hint = near
	}
	return e
}

func (p *Parameter) literal(value string) (syntax.Expr, error) {
	if p.Type == "varchar" {
		return &syntax.StringLit{Value: value}, nil
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 0 {
		return nil, &OptionError{Msg: fmt.Sprintf("parameter %s: %q is no whole number from 0", p.Name, value), Hint: "for example: --param " + p.Name + "=" + p.Default}
	}
	return &syntax.NumberLit{Text: strconv.FormatInt(n, 10)}, nil
}

// tables are the edits that put another table, or only its days since and until,
// in the place of the built-in one.
func (q Query) tables(o Options) ([]edit, error) {
	if o.Table == "" && o.Since == "" && o.Until == "" {
		return nil, nil
	}
	var name syntax.Name
	if o.Table != "" {
		var err error
		if name, err = tableName(o.Table); err != nil {
			return nil, err
		}
	}
	statements, err := syntax.Parse(q.Text)
	if err != nil {
		return nil, err
	}
	var edits []edit
	named := map[syntax.Relation]bool{} // those that have an alias
	syntax.Walk(statements[0], func(n syntax.Node) bool {
		if a, ok := n.(*syntax.Aliased); ok {
			named[a.Of] = true
		}
		if t, ok := n.(*syntax.Table); ok && len(t.Name) == 1 && strings.EqualFold(t.Name[0].Name, q.LogType) {
			edits = append(edits, edit{t.Name.Pos().Offset, t.Name.End().Offset, o.relation(t, name, named[t])})
		}
		return true
	})
	if len(edits) == 0 {
		return nil, &OptionError{Msg: q.Name + " names no table that --table, --since and --until could be about", Hint: "its head names one with -- log_type: vpc_flow_logs, and its FROM the same"}
	}
	return edits, nil
}

// relation is what stands for the built-in table. It keeps that one's name, by
// which the query may call it.
func (o Options) relation(t *syntax.Table, name syntax.Name, named bool) string {
	if name == nil {
		name = t.Name
	}
	var rel syntax.Relation = &syntax.Table{Name: name}
	if where := o.days(); where != nil {
		rel = &syntax.SubqueryRel{Query: &syntax.Query{Body: &syntax.Select{
			Items: []syntax.SelectItem{{Star: true}},
			From:  rel,
			Where: where,
		}}}
	}
	if !named {
		rel = &syntax.Aliased{Of: rel, Name: t.Name[0]}
	}
	return syntax.Print(rel)
}

// days is the condition that year, month and day are since … until; nil for all.
func (o Options) days() syntax.Expr {
	day := func() syntax.Expr {
		column := func(name string) syntax.Expr { return &syntax.Ident{Name: name} }
		dash := &syntax.StringLit{Value: "-"}
		x := column("year")
		for _, y := range []syntax.Expr{dash, column("month"), dash, column("day")} {
			x = &syntax.Binary{Op: "||", X: x, Y: y}
		}
		return x
	}
	since, until := &syntax.StringLit{Value: o.Since}, &syntax.StringLit{Value: o.Until}
	switch {
	case o.Since != "" && o.Until != "":
		return &syntax.Between{X: day(), Low: since, High: until}
	case o.Since != "":
		return &syntax.Binary{Op: ">=", X: day(), Y: since}
	case o.Until != "":
		return &syntax.Binary{Op: "<=", X: day(), Y: until}
	}
	return nil
}

// tableName reads a name of up to three parts, quoted or not, as SQL has them.
func tableName(text string) (syntax.Name, error) {
	refused := &OptionError{Msg: fmt.Sprintf("--table: %q is no table's name", text), Hint: `for example: --table vpc_flow_logs, --table mydb.flow or --table '"my-table"'`}
	var name syntax.Name
	dot := false
	for tok := range syntax.Tokens(text) {
		switch {
		case dot && tok.Text == ".":
		case !dot && tok.Kind == syntax.TokWord && !syntax.IsReserved(tok.Text):
			name = append(name, syntax.Ident{Name: tok.Text})
		case !dot && tok.Kind == syntax.TokQuoted && len(tok.Text) > 2:
			name = append(name, syntax.Ident{Name: strings.ReplaceAll(tok.Text[1:len(tok.Text)-1], `""`, `"`), Quoted: true})
		default:
			return nil, refused
		}
		dot = !dot
	}
	if len(name) == 0 || len(name) > 3 || !dot {
		return nil, refused
	}
	return name, nil
}
