package bind

import (
	"errors"
	"fmt"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/funcs"
	"logsql/sql/jsonpath"
	"logsql/sql/syntax"
)

// JSON is what bind knows of a SQL/JSON function: what is to be done, as text
// for the Go function that does it, and the values it is done with.
type JSON struct {
	Spec    string
	Inputs  []JSONInput // the document and what is passed; the members of an object or array
	Output  string      // the encoding of a varbinary result; "" for text
	Result  schema.Type
	OnEmpty syntax.Expr // the defaults of JSON_VALUE; nil for none
	OnError syntax.Expr
}

// JSONInput is a value that goes in as text; one with an Encoding is bytes.
type JSONInput struct {
	Expr     syntax.Expr
	Encoding string
}

// sqlJSON binds JSON_EXISTS, JSON_VALUE, JSON_QUERY, JSON_OBJECT and JSON_ARRAY.
func (e *exprs) sqlJSON(x *syntax.Call) schema.Type {
	name := strings.ToUpper(x.Name[0].Name)
	out := &JSON{}
	if name == "JSON_OBJECT" || name == "JSON_ARRAY" {
		e.jsonBuild(x, name, out)
	} else {
		e.jsonPathCall(x, name, out)
	}
	if e.err != nil {
		return schema.Type{}
	}
	e.info.JSON[x] = out
	return out.Result
}

func (e *exprs) jsonPathCall(x *syntax.Call, name string, out *JSON) {
	j := x.JSON
	spec := &funcs.JSONPath{Func: name, Path: x.Args[1].(*syntax.StringLit).Value, OnEmpty: j.OnEmpty, OnError: j.OnError}
	out.Inputs = append(out.Inputs, e.jsonInput(x.Args[0], formatOf(j, 0)))
	var passed []JSONInput
	spec.Params, passed = e.passing(x, j.Passing)
	out.Inputs = append(out.Inputs, passed...)
	e.jsonPath(x.Args[1], spec.Path, spec.Params)
	switch name {
	case "JSON_EXISTS":
		spec.OnError = or(j.OnError, "FALSE")
		out.Result = schema.Of(schema.Boolean)
	case "JSON_QUERY":
		e.jsonQuery(x, j, spec, out)
	default:
		e.jsonValue(x, j, spec, out)
	}
	out.Spec = funcs.JSONSpec(spec)
}

func formatOf(j *syntax.JSONClauses, i int) string {
	if j.Formats == nil {
		return ""
	}
	return j.Formats[i]
}

// jsonInput is a document: text, or bytes in an encoding.
func (e *exprs) jsonInput(x syntax.Expr, format string) JSONInput {
	t := e.expr(x)
	encoding, _ := strings.CutPrefix(format, "JSON ENCODING ")
	switch {
	case e.err != nil:
	case t.Kind == schema.Unknown:
		e.coerce(x, schema.Text)
	case t.Kind == schema.Varbinary:
		if format == "" || format == "JSON" {
			encoding = "UTF8"
			if inner := e.jsonMade(x); inner != nil {
				encoding = inner.Output
			}
		}
		return JSONInput{Expr: x, Encoding: encoding}
	case !t.IsText() || strings.HasPrefix(format, "JSON ENCODING"):
		e.failAt(x, typeMismatch, "Cannot read input of type %s as JSON using formatting %s", t, or(format, "JSON"))
	}
	return JSONInput{Expr: x}
}

// jsonMade is what bind knows of x where it makes JSON: nested in others, that
// is JSON and not text.
func (e *exprs) jsonMade(x syntax.Expr) *JSON {
	c, ok := Unparen(x).(*syntax.Call)
	if !ok || c.JSON == nil {
		return nil
	}
	switch strings.ToUpper(c.Name[0].Name) {
	case "JSON_OBJECT", "JSON_ARRAY", "JSON_QUERY":
		return e.info.JSON[c]
	}
	return nil
}

// jsonArg is a value for a path or a member: JSON, or a value of its type.
func (e *exprs) jsonArg(call syntax.Node, x syntax.Expr, format, what string, keep func(schema.Type) bool) (funcs.JSONParam, JSONInput) {
	t := e.expr(x)
	if e.err != nil {
		return funcs.JSONParam{}, JSONInput{}
	}
	if format != "" || e.jsonMade(x) != nil {
		return funcs.JSONParam{JSON: true}, e.jsonInput(x, format)
	}
	if t.Kind == schema.Unknown || !keep(t) {
		_, err := funcs.LowerCast(x, t, schema.Text, false)
		switch {
		case t.Kind == schema.Varbinary:
			e.failAt(x, notSupported, "Unsupported type of %s: %s", what, t)
		case err != nil:
			e.failAt(call, notSupported, "Unsupported type of %s: %s", what, t)
		}
		e.coerce(x, schema.Text)
		t = schema.Text
	}
	return funcs.JSONParam{Type: t.String()}, JSONInput{Expr: x}
}

func isPlain(t schema.Type) bool { return t.IsText() || t.IsNumber() || t.Kind == schema.Boolean }

func isMoment(t schema.Type) bool { return t.Kind >= schema.Date && t.Kind <= schema.TimestampTZ }

func (e *exprs) passing(call syntax.Node, list []syntax.JSONArg) (params []funcs.JSONParam, inputs []JSONInput) {
	seen := map[string]bool{}
	for i := range list {
		a := &list[i]
		param, input := e.jsonArg(call, a.Value, a.Format, "JSON path parameter", func(t schema.Type) bool { return isPlain(t) || isMoment(t) })
		param.Name = jsonName(&a.Name)
		if seen[param.Name] {
			e.failAt(&a.Name, "DUPLICATE_PARAMETER_NAME", "%s JSON path parameter is specified more than once", param.Name)
		}
		seen[param.Name] = true
		params, inputs = append(params, param), append(inputs, input)
	}
	return params, inputs
}

// jsonName is a name as a path knows it: without quotes it is in upper case.
func jsonName(id *syntax.Ident) string {
	if id.Quoted {
		return id.Name
	}
	return strings.ToUpper(id.Name)
}

// jsonPath reads a path and checks what can be checked before there is a
// document.
func (e *exprs) jsonPath(lit syntax.Expr, text string, params []funcs.JSONParam) {
	if e.err != nil {
		return
	}
	path, err := jsonpath.Parse(text)
	if err == nil {
		err = path.Check(func(name string) error { return passed(name, params) })
	}
	var bad *jsonpath.SyntaxError
	if !errors.As(err, &bad) {
		return
	}
	from := lit.Pos()
	if bad.At >= 0 {
		from.Offset += 1 + bad.At
		from.Col += 1 + bad.At
	}
	e.failAt(opSpan{from, lit.End()}, bad.Code, "%s", bad.Msg)
}

func passed(name string, params []funcs.JSONParam) error {
	hint := ""
	for _, p := range params {
		if p.Name == name {
			return nil
		}
		if strings.EqualFold(p.Name, name) {
			hint = fmt.Sprintf(`. Try quoting "%s" in the PASSING clause to match case`, name)
		}
	}
	return fmt.Errorf("no value passed for parameter %s%s", name, hint)
}

func (e *exprs) jsonQuery(x syntax.Node, j *syntax.JSONClauses, spec *funcs.JSONPath, out *JSON) {
	spec.OnEmpty, spec.OnError = or(j.OnEmpty, "NULL"), or(j.OnError, "NULL")
	if j.Wrapper != "WITHOUT" {
		spec.Wrapper = j.Wrapper
	}
	spec.Unquoted = j.Quotes == "OMIT"
	if spec.Unquoted && spec.Wrapper != "" {
		e.failAt(x, "INVALID_FUNCTION_ARGUMENT", "OMIT QUOTES behavior specified with WITH %s ARRAY WRAPPER behavior", spec.Wrapper)
	}
	e.jsonReturning(x, j, out)
}

// jsonReturning is the type of what is written as JSON.
func (e *exprs) jsonReturning(n syntax.Node, j *syntax.JSONClauses, out *JSON) {
	out.Result = e.returning(n, j)
	encoding, encoded := strings.CutPrefix(j.ReturningFormat, "JSON ENCODING ")
	switch t := out.Result; {
	case t.Kind == schema.Varbinary && encoded:
		out.Output = encoding
	case t.Kind == schema.Varbinary:
		out.Output = "UTF8"
	case !t.IsText() || encoded:
		e.failAt(n, typeMismatch, "Cannot output JSON value as %s using formatting %s", t, or(j.ReturningFormat, "JSON"))
	}
}

func (e *exprs) returning(n syntax.Node, j *syntax.JSONClauses) schema.Type {
	if j.Returning == nil {
		return schema.Text
	}
	t, err := schema.Parse(j.Returning.Text)
	if err != nil {
		e.failAt(n, typeMismatch, "Unknown type: %s", j.Returning.Text)
	}
	return t
}

// jsonValue is a scalar of the type it is asked for. That the result says which
// default it wants is only so where there are any.
func (e *exprs) jsonValue(n syntax.Node, j *syntax.JSONClauses, spec *funcs.JSONPath, out *JSON) {
	out.Result = e.returning(n, j)
	if t := out.Result; !isPlain(t) && !isMoment(t) {
		e.failAt(n, typeMismatch, "Invalid return type of function JSON_VALUE: %s", t)
	}
	spec.Returning = out.Result.String()
	spec.OnEmpty, spec.OnError = or(j.OnEmpty, "NULL"), or(j.OnError, "NULL")
	spec.Marked = j.DefaultEmpty != nil || j.DefaultError != nil
	out.OnEmpty, out.OnError = j.DefaultEmpty, j.DefaultError
	e.jsonDefault(j.DefaultEmpty, "EMPTY", out.Result)
	e.jsonDefault(j.DefaultError, "ERROR", out.Result)
}

func (e *exprs) jsonDefault(x syntax.Expr, event string, t schema.Type) {
	if x == nil {
		return
	}
	before := len(e.all())
	have := e.expr(x)
	if calls := e.all(); e.clause == "JSON_TABLE" && len(calls) > before {
		e.refuse(x, calls[before:], "default expression for JSON_TABLE column")
	}
	if e.err == nil && !schema.Coercible(have, t) {
		e.failAt(x, typeMismatch, "Function JSON_VALUE default ON %s result must evaluate to a %s (actual: %s)", event, t, have)
	}
	e.coerce(x, t)
}

func (e *exprs) jsonBuild(x *syntax.Call, name string, out *JSON) {
	spec := &funcs.JSONBuild{Object: name == "JSON_OBJECT", Unique: x.JSON.Unique == "WITH"}
	spec.Absent = x.JSON.OnNull == "ABSENT" || x.JSON.OnNull == "" && !spec.Object
	what, json := "value passed to "+name+" function", false
	for i, a := range x.Args {
		if spec.Object && i%2 == 0 {
			key := funcs.JSONParam{Type: e.jsonKey(a).String()}
			spec.Members, out.Inputs = append(spec.Members, key), append(out.Inputs, JSONInput{Expr: a})
			continue
		}
		param, input := e.jsonArg(x, a, formatOf(x.JSON, i), what, isPlain)
		spec.Members, out.Inputs = append(spec.Members, param), append(out.Inputs, input)
		json = json || param.JSON
	}
	if spec.Unique && json {
		e.failAt(x, notSupported, "WITH UNIQUE KEYS behavior is not supported for JSON_OBJECT function when input expression has FORMAT")
	}
	e.jsonReturning(x, x.JSON, out)
	out.Spec = funcs.JSONSpec(spec)
}

func (e *exprs) jsonKey(x syntax.Expr) schema.Type {
	t := e.expr(x)
	if e.err == nil && !t.IsText() {
		e.failAt(x, "INVALID_FUNCTION_ARGUMENT", "Invalid type of JSON object key: %s", t)
	}
	return t
}
