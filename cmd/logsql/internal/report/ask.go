package report

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"logsql/sql"
	"logsql/sql/queries"
	"logsql/sql/syntax"
)

// ask runs questions/<name>.sql for a period.
func ask(ctx context.Context, session *sql.Session, name string, p period) (answer, error) {
	text, err := files.ReadFile("questions/" + name + ".sql")
	if err != nil {
		return answer{}, err
	}
	a, err := askText(ctx, session, string(text), p)
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", name, err)
	}
	return a, nil
}

func askText(ctx context.Context, session *sql.Session, text string, p period) (answer, error) {
	prepared, values, err := p.statement(text)
	if err != nil {
		return answer{}, err
	}
	id := syntax.Ident{Name: "question"}
	if _, err := session.Query(ctx, &syntax.Prepare{Name: id, Of: prepared}); err != nil {
		return answer{}, err
	}
	rows, err := session.Query(ctx, &syntax.Execute{Name: id, Using: values})
	if err != nil {
		return answer{}, err
	}
	defer rows.Close()
	a, err := read(rows)
	if n, ok := prepared.Limit.(*syntax.NumberLit); ok && err == nil {
		a.limit, err = strconv.Atoi(n.Text)
	}
	return a, err
}

// statement is a question's tree and its parameters. Its first line names
// these, or a query of the library that it asks: -- with NAME: QUERY.
func (p period) statement(text string) (*syntax.Query, []syntax.Expr, error) {
	q, err := parse(text)
	if err != nil {
		return nil, nil, err
	}
	line, _, _ := strings.Cut(text, "\n")
	if head, ok := strings.CutPrefix(line, "-- with "); ok {
		name, library, _ := strings.Cut(head, ": ")
		part, err := p.library(library)
		if err != nil {
			return nil, nil, err
		}
		q.With = &syntax.With{Parts: []*syntax.WithPart{{Name: syntax.Ident{Name: name}, Query: part}}}
		return q, nil, nil
	}
	of := map[string]string{"since": p.Since, "until": p.Until, "unit": p.Unit}
	var values []syntax.Expr
	for name := range strings.SplitSeq(strings.TrimPrefix(line, "-- "), ", ") {
		values = append(values, &syntax.StringLit{Value: of[name]})
	}
	return q, values, nil
}

// all is more rows than are counted together.
const all = "1000000"

// library is the tree of a query that comes with the program, about the period
// and with all its rows.
func (p period) library(name string) (*syntax.Query, error) {
	q, ok := queries.Find(queries.Embedded(), name)
	if !ok {
		return nil, fmt.Errorf("there is no query %q", name)
	}
	o := queries.Options{Since: p.Since, Until: p.Until, Table: "logsql." + q.LogType, Values: map[string]string{}}
	for _, param := range q.Parameters {
		if param.Name == "rows" {
			o.Values["rows"] = all
		}
	}
	text, err := q.SQL(o)
	if err != nil {
		return nil, err
	}
	return parse(text)
}

func parse(text string) (*syntax.Query, error) {
	statements, err := syntax.Parse(text)
	if err != nil {
		return nil, err
	}
	q, ok := statements[0].(*syntax.Query)
	if !ok || len(statements) != 1 {
		return nil, fmt.Errorf("a question is one query")
	}
	return q, nil
}
