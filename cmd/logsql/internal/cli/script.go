package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"logsql/sql"
	"logsql/sql/syntax"
)

// script runs the statements of src in turn, up to the first that fails. What
// stands before a syntax error runs.
func (a *app) script(ctx context.Context, session *sql.Session, src, name string, out *output) error {
	parsed, parseErr := parse(src, out.params)
	a.tolerated(parsed)
	if err := checkParams(parsed.Statements, out.params, parseErr); err != nil {
		return err
	}
	out.src = src
	failed := 0
	for _, statement := range parsed.Statements {
		err := inSource(a.answer(ctx, session, statement, out), src, name)
		if err != nil && !a.goesOn(ctx, err, out) {
			return err
		}
		if err != nil {
			failed++
		}
	}
	err := inSource(parseErr, src, name)
	if err != nil && a.goesOn(ctx, err, out) {
		failed++
		err = a.script(ctx, session, afterError(src, parseErr), name, out)
	}
	if err == nil && failed > 0 {
		return errStatements
	}
	return err
}

// errStatements ends a run with --keep-going in which statements failed, whose
// errors have been reported.
var errStatements = errors.New("statements failed")

// goesOn reports an error that does not end the run.
func (a *app) goesOn(ctx context.Context, err error, out *output) bool {
	if !out.keepGoing || ctx.Err() != nil {
		return false
	}
	var e *syntax.Error
	if !errors.As(err, &e) {
		return false // such as a full disk: the next statement meets it as well
	}
	printError(a.err, err)
	return true
}

// afterError is src with all blank up to the end of the statement that a syntax
// error stands in, so that places in the rest stay as they are.
func afterError(src string, err error) string {
	var e *syntax.Error
	end := len(src)
	if errors.As(err, &e) {
		for tok := range syntax.Tokens(src) {
			if tok.Text == ";" && tok.Kind == syntax.TokOp && tok.From.Offset >= e.From.Offset {
				end = tok.To.Offset
				break
			}
		}
	}
	blanked := strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return ' '
	}, src[:end])
	return blanked + strings.Repeat(" ", end-len(blanked)) + src[end:]
}

// parse reads src, in which :name stands for a parameter where there are any.
func parse(src string, given []sql.Param) (syntax.Script, error) {
	if len(given) > 0 {
		return syntax.ParseNamed(src)
	}
	parsed, err := syntax.ParseScript(src)
	if err == nil {
		return parsed, nil
	}
	named, namedErr := syntax.ParseNamed(src)
	var e *syntax.Error
	if namedErr != nil || len(named.Statements) == 0 || !errors.As(err, &e) {
		return parsed, err
	}
	for _, s := range named.Statements {
		if names := sql.ParamNames(s); len(names) > 0 {
			hinted := *e
			hinted.Hint = "--param " + names[0] + "=VALUE gives :" + names[0] + " a value"
			return parsed, &hinted
		}
	}
	return parsed, err
}

// checkParams refuses values that no statement takes: a name may be mistyped.
func checkParams(statements []syntax.Statement, given []sql.Param, parseErr error) error {
	if len(given) == 0 || parseErr != nil {
		return nil
	}
	var names []string
	for _, s := range statements {
		if sql.Unnamed(s) {
			return nil // in turn, whatever their names are
		}
		names = append(names, sql.ParamNames(s)...)
	}
	for _, g := range given {
		if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, g.Name) }) {
			continue
		}
		hint := "a statement takes it as :" + g.Name + ", or values in turn as ?"
		if len(names) > 0 {
			hint = "there is :" + strings.Join(slices.Compact(names), ", :")
		}
		return usagef(hint, "--param %s: no statement has a parameter of that name", g.Name)
	}
	return nil
}

// parseParams reads the values of --param.
func parseParams(texts []string) ([]sql.Param, error) {
	var list []sql.Param
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		if !ok || strings.TrimSpace(name) == "" {
			return nil, usagef("for example --param srcaddr=10.0.0.1", "--param %s: it is name=value", text)
		}
		name = strings.TrimPrefix(strings.TrimSpace(name), ":")
		for _, p := range list {
			if strings.EqualFold(p.Name, name) {
				return nil, usagef("", "--param %s is given twice", name)
			}
		}
		list = append(list, sql.Param{Name: name, Value: value})
	}
	return list, nil
}

// tolerated tells what Athena would not have taken as it stands.
func (a *app) tolerated(parsed syntax.Script) {
	for _, w := range parsed.Warnings {
		fmt.Fprintf(a.err, "note: line %d:%d: %s\n", w.Pos.Line, w.Pos.Col, w.Msg)
	}
}
