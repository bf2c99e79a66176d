package queries

import (
	"fmt"
	"strings"

	"logsql/sql/syntax"
)

// read fills q from its text.
func (q *Query) read() {
	q.head()
	if q.Err = q.defaults(); q.Err == nil {
		q.Err = q.check()
	}
}

// head reads the comments before the statement. A file without any is a query
// all the same: its first comment, if there is one, is the title.
func (q *Query) head() {
	for line := range strings.Lines(q.Text) {
		comment, ok := strings.CutPrefix(strings.TrimSpace(line), "--")
		if !ok {
			return
		}
		q.headLine(strings.TrimSpace(comment))
	}
}

func (q *Query) headLine(line string) {
	key, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	switch key {
	case "title":
		q.Title = value
	case "log_type":
		q.LogType = value
	case "columns":
		for name := range strings.SplitSeq(value, ",") {
			q.Columns = append(q.Columns, strings.TrimSpace(name))
		}
	case "parameter":
		name, about, _ := strings.Cut(value, ":")
		q.Parameters = append(q.Parameters, Parameter{Name: strings.TrimSpace(name), About: strings.TrimSpace(about)})
	default:
		if q.Title == "" {
			q.Title = line
		}
	}
}

// types of the literals that a parameter can have.
var types = map[syntax.Kind]string{syntax.TokString: "varchar", syntax.TokInteger: "bigint"}

// defaults takes type and default of each parameter from the statement.
func (q *Query) defaults() error {
	for _, place := range q.places() {
		p := place.parameter
		kind, known := types[place.token.Kind]
		value := place.token.Text
		if kind == "varchar" {
			value = strings.ReplaceAll(value[1:len(value)-1], "''", "'")
		}
		switch {
		case !known:
			return fmt.Errorf("line %d: behind /* %s */ there is %s, a parameter's default is a string or a whole number", place.token.From.Line, p.Name, place.token.Text)
		case p.Type == "":
			p.Type, p.Default = kind, value
		case p.Type != kind || p.Default != value:
			return fmt.Errorf("line %d: parameter %s has two defaults, %s and %s", place.token.From.Line, p.Name, p.Default, value)
		}
	}
	for _, p := range q.Parameters {
		if p.Type == "" {
			return fmt.Errorf("parameter %s stands nowhere in the statement: write /* %s */ before its default", p.Name, p.Name)
		}
	}
	return nil
}

// place is a literal that a parameter's value takes the place of.
type place struct {
	parameter *Parameter
	token     syntax.Token
}

// places are those behind comments with a parameter's name.
func (q *Query) places() []place {
	var found []place
	var marked *Parameter
	for tok := range syntax.Tokens(q.Text) {
		if marked != nil {
			found = append(found, place{marked, tok})
		}
		marked = q.marked(tok)
	}
	return found
}

func (q *Query) marked(tok syntax.Token) *Parameter {
	if tok.Kind != syntax.TokComment || !strings.HasPrefix(tok.Text, "/*") {
		return nil
	}
	name := strings.TrimSpace(strings.Trim(tok.Text, "/*"))
	for i := range q.Parameters {
		if strings.EqualFold(q.Parameters[i].Name, name) {
			return &q.Parameters[i]
		}
	}
	return nil
}

// check says whether the text is one query.
func (q *Query) check() error {
	statements, err := syntax.Parse(q.Text)
	if err != nil {
		return err
	}
	if len(statements) != 1 {
		return fmt.Errorf("a named query is one statement, this file has %d", len(statements))
	}
	if _, ok := statements[0].(*syntax.Query); !ok {
		return fmt.Errorf("a named query is a SELECT: it must change nothing")
	}
	return nil
}
