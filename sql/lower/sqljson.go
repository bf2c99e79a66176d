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
	return l.jsonResult(x, found, j)
}

func (l *lowerer) jsonResult(n syntax.Node, found syntax.Expr, j *bind.JSON) syntax.Expr {
	if j.OnEmpty != nil || j.OnError != nil {
		return l.jsonDefaults(n, found, j)
	}
	return l.jsonOutput(n, found, j)
}

// jsonTable is JSON_TABLE: a Go function gives the texts of each row. They are
// cast where a column is read: DuckDB keeps the rows' order only where the
// lateral query is an unnest and nothing more.
func (l *lowerer) jsonTable(r *syntax.JSONTable) syntax.Relation {
	t, rel := l.info.JSONRows[r], l.info.Relations[r]
	var rows syntax.Expr = call("trino_json_table", str(t.Spec), l.jsonInput(t.Inputs[0]), l.jsonList(t.Inputs[1:]))
	if rel.Outer {
		none := &syntax.Binary{Op: "=", X: call("len", rows), Y: num(0)}
		null := castTo(&syntax.ArrayLit{Elems: []syntax.Expr{&syntax.NullLit{}}}, schema.ArrayOf(schema.ArrayOf(schema.Text)))
		rows = &syntax.Case{Whens: []syntax.When{{Cond: none, Result: null}}, Else: rows}
	}
	out := &syntax.Select{Items: []syntax.SelectItem{selected(call("unnest", rows), bind.JSONRef)}}
	return l.lateral(&syntax.Query{Body: out}, rel.Alias)
}

// jsonColumn reads a column of JSON_TABLE out of the row's texts.
func (l *lowerer) jsonColumn(c *bind.Column) syntax.Expr {
	text := &syntax.Subscript{Base: column(c.Relation.Alias, c.Ref), Index: num(c.At + 1)}
	return l.jsonResult(&syntax.Ident{}, text, c.JSON)
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
