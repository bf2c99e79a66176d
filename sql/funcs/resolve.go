package funcs

import (
	"errors"
	"fmt"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// Resolve chooses the overload for args by Trino's rules: an exact match
// without type variables, then one with, then the most specific that the
// arguments coerce to. The error is a *syntax.Error without a place.
func (f *Func) Resolve(args []Arg) (Resolution, error) {
	if notServed[f.Name] {
		return Resolution{}, unsupported("Function '%s' is not supported yet", f.Name)
	}
	if f.Name == "concat" && len(args) == 1 {
		if err := concatOne(args[0].Type); err != nil {
			return Resolution{}, err
		}
	}
	chosen, err := f.choose(args)
	if err != nil {
		return Resolution{}, err
	}
	if f.Result != nil {
		chosen.Result = f.Result(chosen.Params)
	}
	if f.Check != nil {
		err := f.Check(chosen.Params)
		if errors.Is(err, errUnexpected) {
			return Resolution{}, f.Unexpected(args)
		}
		if err != nil {
			return Resolution{}, err
		}
	}
	return chosen, nil
}

// errUnexpected is what a Check gives for arguments that Trino has no such
// function for.
var errUnexpected = errors.New("unexpected parameters")

func (f *Func) choose(args []Arg) (Resolution, error) {
	sigs := f.signatures()
	for _, generic := range []bool{false, true} {
		for i := range sigs {
			if sigs[i].generic != generic {
				continue
			}
			if res, ok, err := sigs[i].resolve(args, true); err != nil || ok {
				return res, err
			}
		}
	}
	var fits []Resolution
	for i := range sigs {
		res, ok, err := sigs[i].resolve(args, false)
		if err != nil {
			return Resolution{}, err
		}
		if ok {
			fits = append(fits, res)
		}
	}
	if len(fits) == 0 {
		return Resolution{}, f.Unexpected(args)
	}
	return mostSpecific(fits), nil
}

// mostSpecific is the first whose parameters coerce to those of the most
// others.
func mostSpecific(fits []Resolution) Resolution {
	best, wins := 0, -1
	for i := range fits {
		n := 0
		for j := range fits {
			if coercible(fits[i].Params, fits[j].Params) {
				n++
			}
		}
		if n > wins {
			best, wins = i, n
		}
	}
	return fits[best]
}

func coercible(from, to []schema.Type) bool {
	for i := range from {
		if from[i].Kind != schema.Function && !schema.Coercible(from[i], to[i]) {
			return false
		}
	}
	return true
}

// Unexpected is the error of a call with arguments that no overload takes.
func (f *Func) Unexpected(args []Arg) error {
	given := make([]string, len(args))
	for i, a := range args {
		given[i] = typeSignature(a.Type)
		if a.Lambda != nil {
			given[i] = "<function>"
		}
	}
	return &syntax.Error{Code: "FUNCTION_NOT_FOUND", Msg: fmt.Sprintf("Unexpected parameters (%s) for function %s. Expected: %s",
		strings.Join(given, ", "), f.Name, f.overloads())}
}

// errLambda marks a lambda whose body does not bind: no other overload will
// make it right.
type errLambda struct{ error }

func (e errLambda) Unwrap() error { return e.error }

type matcher struct {
	exact bool
	vars  map[string]schema.Type
	first map[string]schema.Type // the first argument of a type with parameters
	text  schema.Type            // varchar of the first parameter's length
}

// resolve tries one signature. The types of lambdas come last, when what they
// are applied to is known.
func (s *signature) resolve(args []Arg, exact bool) (Resolution, bool, error) {
	params, ok := s.expand(len(args))
	if !ok {
		return Resolution{}, false, nil
	}
	m := &matcher{exact: exact, vars: map[string]schema.Type{}, first: map[string]schema.Type{}}
	for i, a := range args {
		isLambda := params[i].name == "function"
		if isLambda != (a.Lambda != nil) || isLambda && len(params[i].args)-1 != a.LambdaArity {
			return Resolution{}, false, nil
		}
		if !isLambda && !m.match(params[i], a.Type) {
			return Resolution{}, false, nil
		}
	}
	if ok, err := m.lambdas(params, args); !ok {
		var bad errLambda
		if errors.As(err, &bad) {
			return Resolution{}, false, bad.error
		}
		return Resolution{}, false, nil
	}
	res := Resolution{Params: make([]schema.Type, len(args))}
	for i, a := range args {
		res.Params[i] = m.param(params[i], a.Type)
	}
	if len(args) > 0 {
		m.text = varcharOf(res.Params[0])
	}
	res.Result = m.build(s.result)
	return res, true, nil
}

// varcharOf is varchar that holds t; a bare NULL has no length.
func varcharOf(t schema.Type) schema.Type {
	if n, bounded := t.Length(); bounded || t.Kind == schema.Unknown {
		return schema.VarcharOf(n)
	}
	return schema.Text
}

// charOf is char that holds varchar.
func charOf(t schema.Type) schema.Type {
	if n, bounded := t.Length(); bounded {
		return schema.Type{Kind: schema.Char, Precision: min(n, schema.MaxChar)}
	}
	return schema.Type{Kind: schema.Char, Precision: schema.MaxChar}
}

// expand gives a pattern for each of n arguments.
func (s *signature) expand(n int) ([]pattern, bool) {
	if !s.variadic {
		return s.params, n == len(s.params)
	}
	fixed := len(s.params) - 1
	if n < fixed {
		return nil, false
	}
	params := append([]pattern(nil), s.params[:fixed]...)
	for len(params) < n {
		params = append(params, s.params[fixed])
	}
	return params, true
}

// match fits a type to a pattern, binding its variables.
func (m *matcher) match(p pattern, t schema.Type) bool {
	switch {
	case p.name == "any":
		return true
	case p.isVar():
		return m.bind(p.name, t)
	case t.Kind == schema.Unknown:
		return !m.exact
	case languages[p.name] != "":
		return t.IsText()
	case p.name == "row" && len(p.args) == 0:
		return t.Kind == schema.Row
	case len(p.args) > 0:
		if t.Kind.String() != p.name || len(t.Elems) != len(p.args) {
			return false
		}
		for i := range p.args {
			if !m.match(p.args[i], t.Elems[i].Type) {
				return false
			}
		}
		return true
	}
	want := schema.MustParse(p.name)
	if t.Kind == want.Kind {
		first, seen := m.first[p.name]
		if !seen || isMoment(t) && t.Precision > first.Precision {
			m.first[p.name] = t
		}
		return true
	}
	return !m.exact && schema.Coercible(t, target(want, t))
}

// target is the member of a family of types that from is coerced to.
func target(want, from schema.Type) schema.Type {
	switch {
	case want.Kind == schema.Decimal:
		if c, ok := schema.Common(schema.DecimalOf(1, 0), from); ok && c.Kind == schema.Decimal {
			return c
		}
	case want.Kind == schema.TimestampTZ && from.Kind == schema.Timestamp, want.Kind == schema.TimeTZ && from.Kind == schema.Time:
		want.Precision = from.Precision
	case want.Kind == schema.Varchar && want.Precision == 0:
		return varcharOf(from)
	case want.Kind == schema.Char && from.Kind == schema.Varchar:
		return charOf(from)
	}
	return want
}

func (m *matcher) bind(name string, t schema.Type) bool {
	have, bound := m.vars[name]
	if !bound {
		m.vars[name] = t
		return true
	}
	if m.exact {
		return have.Equal(t)
	}
	common, ok := schema.Common(have, t)
	if ok {
		m.vars[name] = common
	}
	return ok
}

// lambdas types the lambdas. A variable that a lambda's result widens (the
// state of reduce) is tried again with the wider type.
func (m *matcher) lambdas(params []pattern, args []Arg) (bool, error) {
	for range 4 {
		before := m.snapshot(params)
		for i, a := range args {
			if a.Lambda == nil {
				continue
			}
			given := make([]schema.Type, a.LambdaArity)
			for j := range given {
				given[j] = m.build(params[i].args[j])
			}
			result, err := a.Lambda(given)
			if err != nil {
				return false, errLambda{err}
			}
			exact := m.exact
			m.exact = result.Kind == schema.Unknown // NULL is no boolean here
			ok := m.match(params[i].args[a.LambdaArity], result)
			m.exact = exact
			if !ok {
				return false, nil
			}
		}
		if m.snapshot(params) == before {
			return true, nil
		}
	}
	return false, nil
}

func (m *matcher) snapshot(params []pattern) string {
	var b strings.Builder
	for _, p := range params {
		b.WriteString(m.build(p).String())
		b.WriteByte(';')
	}
	return b.String()
}

// param is what an argument of type t is cast to.
func (m *matcher) param(p pattern, t schema.Type) schema.Type {
	switch {
	case p.name == "any":
		return t
	case p.name == "function" || p.hasVar() || len(p.args) > 0:
		return m.build(p)
	case p.name == "row":
		return t
	case languages[p.name] != "":
		return varcharOf(t)
	}
	want := schema.MustParse(p.name)
	if t.Kind == want.Kind {
		if isMoment(t) {
			return m.first[p.name] // all of one pattern have one precision
		}
		return t
	}
	return target(want, t)
}

func isMoment(t schema.Type) bool { return t.Kind >= schema.Date && t.Kind <= schema.TimestampTZ }

// build is the type a pattern stands for, its variables bound.
func (m *matcher) build(p pattern) schema.Type {
	switch {
	case p.isVar():
		return m.vars[p.name]
	case p.name == "any":
		return schema.Type{}
	case languages[p.name] != "":
		return schema.Text
	case p.name == boundText:
		return m.text
	case p.name == "function":
		t := schema.Type{Kind: schema.Function}
		for _, a := range p.args {
			t.Elems = append(t.Elems, schema.Field{Type: m.build(a)})
		}
		return t
	case p.name == "array":
		return schema.ArrayOf(m.build(p.args[0]))
	case p.name == "map":
		return schema.MapOf(m.build(p.args[0]), m.build(p.args[1]))
	case p.name == "row":
		fields := make([]schema.Field, len(p.args))
		for i, a := range p.args {
			fields[i].Type = m.build(a)
		}
		return schema.RowOf(fields...)
	}
	if t, ok := m.first[p.name]; ok && p.name != "varchar" {
		return t
	}
	return schema.MustParse(p.name)
}
