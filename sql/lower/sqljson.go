package lower

import (
	"strings"

	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// sqlJSON lowers a SQL/JSON function to the Go function that does it and a cast
// of its text to what is asked for.
func (l *lowerer) sqlJSON(x *syntax.Call, j *bind.JSON) syntax.Expr {
	if name := x.Name[0].Name; strings.EqualFold(name, "json_object") || strings.EqualFold(name, "json_array") {
		return l.jsonOutput(x, call("trino_json_build", str(j.Spec), l.jsonList(j.Inputs)), j)
	}
	found := call("trino_json_path", str(j.Spec), l.jsonInput(j.Inputs[0]), l.jsonList(j.Inputs[1:]))
	if j.OnEmpty != nil || j.OnError != nil {
		return l.jsonDefaults(x, found, j)
	}
	return l.jsonOutput(x, found, j)
}

// jsonInput is a value as text.
func (l *lowerer) jsonInput(in bind.JSONInput) syntax.Expr {
	x := l.expr(in.Expr)
	if in.Encoding != "" {
		return call("trino_json_decode", x, str(in.Encoding))
	}
	return castTo(l.cast(in.Expr, x, l.info.Type(in.Expr), schema.Text), schema.Text)
}

func (l *lowerer) jsonList(inputs []bind.JSONInput) syntax.Expr {
	list := &syntax.ArrayLit{}
	for _, in := range inputs {
		list.Elems = append(list.Elems, l.jsonInput(in))
	}
	return castTo(list, schema.ArrayOf(schema.Text))
}

// jsonOutput is the text that a Go function gave, as the type asked for.
func (l *lowerer) jsonOutput(n syntax.Node, text syntax.Expr, j *bind.JSON) syntax.Expr {
	if j.Output != "" {
		return call("trino_json_encode", text, str(j.Output))
	}
	out, err := funcs.LowerCast(text, schema.Text, j.Result, false)
	l.check(n, err)
	return out
}

// jsonDefaults reads the mark before the text: a value, or which default.
func (l *lowerer) jsonDefaults(n syntax.Node, found syntax.Expr, j *bind.JSON) syntax.Expr {
	out := &syntax.Case{Operand: call("substring", found, num(1), num(1))}
	when := func(mark string, x syntax.Expr) {
		out.Whens = append(out.Whens, syntax.When{Cond: str(mark), Result: x})
	}
	when(funcs.JSONFound, l.jsonOutput(n, call("substring", found, num(2)), j))
	if j.OnEmpty != nil {
		when(funcs.JSONEmpty, castTo(l.expr(j.OnEmpty), j.Result))
	}
	if j.OnError != nil {
		when(funcs.JSONError, castTo(l.expr(j.OnError), j.Result))
	}
	return out
}
