package sql

import (
	"regexp"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

// Param is a value given to a statement from outside: to :name, or to the ? whose
// turn it is. It is bound as a value of the type that its place asks for and
// never becomes part of the statement's text.
type Param struct{ Name, Value string }

// Unnamed reports whether the parameters of a statement are ?, which take values
// in turn; of one without any it is false.
func Unnamed(stmt syntax.Statement) bool {
	all := params(stmt)
	return len(all) > 0 && all[0].Name == ""
}

// ParamNames are the names of the parameters :name in a statement, in the order
// of the text.
func ParamNames(stmt syntax.Statement) []string {
	var names []string
	for _, p := range params(stmt) {
		if p.Name != "" {
			names = append(names, p.Name)
		}
	}
	return names
}

// bound are the expressions that stand for the parameters of a statement. PREPARE
// keeps its own for EXECUTE.
func (s *Session) bound(stmt syntax.Statement, given []Param, cat *catalog.Catalog) ([]syntax.Expr, error) {
	if _, prepares := stmt.(*syntax.Prepare); prepares || len(given) == 0 && len(ParamNames(stmt)) == 0 {
		return nil, nil
	}
	wanted := params(stmt)
	values := make([]syntax.Expr, len(wanted))
	if len(wanted) == 0 {
		return nil, nil
	}
	types := s.paramTypes(stmt, wanted, cat)
	for _, p := range wanted {
		text, err := valueOf(p, len(wanted), given)
		if err != nil {
			return nil, err
		}
		if values[p.Index], err = typed(p, text, types[p]); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func valueOf(p *syntax.Param, wanted int, given []Param) (string, error) {
	if p.Name == "" {
		if len(given) != wanted {
			return "", syntax.ErrorAt(p, "INVALID_PARAMETER_USAGE", "Incorrect number of parameters: expected %d but found %d", wanted, len(given))
		}
		return given[p.Index].Value, nil
	}
	for _, g := range given {
		if strings.EqualFold(g.Name, p.Name) {
			return g.Value, nil
		}
	}
	err := syntax.ErrorAt(p, "INVALID_PARAMETER_USAGE", "No value is given for parameter :%s", p.Name)
	err.Hint = "--param " + p.Name + "=VALUE gives it one"
	return "", err
}

// paramTypes are the types that the places of parameters ask for, of varchar
// where they ask for none. Numbers of rows, which cannot be left open, are integers.
func (s *Session) paramTypes(stmt syntax.Statement, wanted []*syntax.Param, cat *catalog.Catalog) map[*syntax.Param]schema.Type {
	types := map[*syntax.Param]schema.Type{}
	open := make([]syntax.Expr, len(wanted))
	for i := range open {
		open[i] = &syntax.NullLit{}
	}
	syntax.Walk(stmt, func(n syntax.Node) bool {
		if q, ok := n.(*syntax.Query); ok {
			for _, x := range []syntax.Expr{q.Limit, q.Offset} {
				if p, ok := x.(*syntax.Param); ok {
					open[p.Index], types[p] = &syntax.NumberLit{Text: "1"}, schema.Of(schema.BigInt)
				}
			}
		}
		return true
	})
	q, ok := stmt.(*syntax.Query)
	if x, explains := stmt.(*syntax.Explain); explains {
		q, ok = x.Of.(*syntax.Query)
		stmt = x.Of
	}
	if !ok {
		q = written(stmt)
	}
	if q == nil {
		return types
	}
	info, err := bind.Analyze(q, cat, s.database, open...)
	if err != nil {
		return types // the values' own binding finds it again
	}
	for _, p := range wanted {
		if _, known := types[p]; !known {
			types[p] = info.Type(p)
		}
	}
	return types
}

var numberText = regexp.MustCompile(`^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$`)

// typed is a text as a value of the type. A number may be of another type than
// the one asked for: an operator finds the common one.
func typed(p *syntax.Param, text string, t schema.Type) (syntax.Expr, error) {
	lit := &syntax.StringLit{Span: p.Span, Value: text}
	switch {
	case t.IsNumber():
		if !numberText.MatchString(text) {
			return nil, syntax.ErrorAt(p, "INVALID_PARAMETER_USAGE", "The value of parameter %s is no %s: '%s'", paramName(p), t, text)
		}
		return number(p, text), nil
	case t.IsText(), t.Kind == schema.Unknown:
		return lit, nil
	}
	return &syntax.Cast{Span: p.Span, X: lit, Type: &syntax.TypeName{Span: p.Span, Text: t.String()}}, nil
}

func number(p *syntax.Param, text string) syntax.Expr {
	digits := strings.TrimLeft(text, "+-")
	lit := &syntax.NumberLit{Span: p.Span, Text: digits}
	if strings.HasPrefix(text, "-") {
		return &syntax.Unary{Span: p.Span, Op: "-", X: lit}
	}
	return lit
}

func paramName(p *syntax.Param) string {
	if p.Name == "" {
		return "?"
	}
	return ":" + p.Name
}
