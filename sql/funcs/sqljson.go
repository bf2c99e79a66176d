package funcs

import (
	"encoding/json"
	"errors"
	"sync"

	"logsql/sql/jsonpath"
)

// JSONPath says what JSON_EXISTS, JSON_VALUE or JSON_QUERY is to do. It goes to
// trino_json_path as text, beside the document and what is passed to the path.
type JSONPath struct {
	Func      string // JSON_EXISTS, JSON_VALUE, JSON_QUERY
	Path      string
	Params    []JSONParam
	Returning string // the type that JSON_VALUE gives
	Wrapper   string // CONDITIONAL, UNCONDITIONAL or ""
	Unquoted  bool
	OnEmpty   string // NULL, ERROR, DEFAULT, EMPTY ARRAY, EMPTY OBJECT
	OnError   string // the same; of JSON_EXISTS TRUE, FALSE, UNKNOWN, ERROR
	Marked    bool   // the result begins with one of the marks

	once sync.Once
	path *jsonpath.Path
	err  error
}

// JSONParam is a value that SQL hands over: JSON text, or a value of a type as
// its text.
type JSONParam struct {
	Name string
	Type string
	JSON bool
}

// The marks of a JSON_VALUE with DEFAULT: a value follows, or one of the
// defaults is wanted.
const (
	JSONFound = "v"
	JSONEmpty = "e"
	JSONError = "x"
)

// JSONSpec is a *JSONPath, *JSONBuild or *JSONTable as its Go function takes it.
func JSONSpec(spec any) string {
	text, err := json.Marshal(spec)
	if err != nil {
		panic(err) // strings and booleans are always fit for JSON
	}
	return string(text)
}

var jsonSpecs sync.Map // text → what it says

// specOf reads a text that JSONSpec made, once.
func specOf[T any](text string) (*T, error) {
	if have, ok := jsonSpecs.Load(text); ok {
		return have.(*T), nil
	}
	spec := new(T)
	if err := json.Unmarshal([]byte(text), spec); err != nil {
		return nil, err
	}
	jsonSpecs.Store(text, spec)
	return spec, nil
}

var sqlJSONGo = []GoFunc{
	{Name: "trino_json_path", Signature: "(varchar, varchar, array(varchar)) varchar", Nulls: true, Call: goJSONPath},
	{Name: "trino_json_table", Signature: "(varchar, varchar, array(varchar)) array(array(varchar))", Nulls: true, Call: goJSONTable},
	{Name: "trino_json_build", Signature: "(varchar, array(varchar)) varchar", Call: goJSONBuild},
	{Name: "trino_json_decimal", Signature: "(varchar, bigint) varchar", Call: goJSONDecimal, Total: true},
	{Name: "trino_json_decode", Signature: "(varbinary, varchar) varchar", Call: goJSONDecode, Total: true},
	{Name: "trino_json_encode", Signature: "(varchar, varchar) varbinary", Call: goJSONEncode, Total: true},
}

func goJSONPath(a []any) (any, error) {
	if a[1] == nil {
		return nil, nil
	}
	j, err := specOf[JSONPath](a[0].(string))
	if err != nil {
		return nil, err
	}
	params, _ := a[2].([]any)
	return j.answer(j.find(a[1].(string), params))
}

// answer is the result for what was found, or for the error on the way.
func (j *JSONPath) answer(found []*jsonpath.Item, err error) (any, error) {
	if err != nil {
		return j.onError(err)
	}
	switch j.Func {
	case "JSON_EXISTS":
		if len(found) > 0 {
			return "true", nil
		}
		return "false", nil
	case "JSON_VALUE":
		return j.value(found)
	}
	return j.query(found)
}

// find is the items that the path stands for in a document.
func (j *JSONPath) find(document string, values []any) ([]*jsonpath.Item, error) {
	root, err := jsonItem(document)
	if err != nil {
		return nil, err
	}
	params, err := jsonParams(j.Params, values)
	if err != nil {
		return nil, err
	}
	return j.within(root, params)
}

// within is find where the document is read.
func (j *JSONPath) within(root *jsonpath.Item, params map[string][]*jsonpath.Item) ([]*jsonpath.Item, error) {
	j.once.Do(func() { j.path, j.err = jsonpath.Parse(j.Path) })
	if j.err != nil {
		return nil, failure("INVALID_PATH", "%s", j.err)
	}
	return evalPath(j.path, root, params)
}

func jsonParams(list []JSONParam, values []any) (map[string][]*jsonpath.Item, error) {
	params := make(map[string][]*jsonpath.Item, len(list))
	for i, p := range list {
		it, err := p.item(values[i])
		if err != nil {
			return nil, err
		}
		params[p.Name] = nil
		if it != nil {
			params[p.Name] = []*jsonpath.Item{it}
		}
	}
	return params, nil
}

func evalPath(path *jsonpath.Path, root *jsonpath.Item, params map[string][]*jsonpath.Item) ([]*jsonpath.Item, error) {
	found, err := path.Eval(root, params)
	switch {
	case errors.Is(err, jsonpath.ErrTooMuch):
		return nil, failure("EXCEEDED_LOCAL_MEMORY_LIMIT", "%s", err)
	case err != nil:
		return nil, failure("PATH_EVALUATION_ERROR", "path evaluation failed: %s", err)
	}
	return found, nil
}

func (j *JSONPath) onError(err error) (any, error) {
	switch j.OnError {
	case "TRUE":
		return "true", nil
	case "FALSE":
		return "false", nil
	case "ERROR":
		return nil, err
	}
	return j.fallback(j.OnError, JSONError), nil
}

func (j *JSONPath) onEmpty(err error) (any, error) {
	if j.OnEmpty == "ERROR" {
		return nil, err
	}
	return j.fallback(j.OnEmpty, JSONEmpty), nil
}

// fallback is what comes in the place of a result, nil for NULL.
func (j *JSONPath) fallback(what, mark string) any {
	switch what {
	case "DEFAULT":
		return mark
	case "EMPTY ARRAY":
		return "[]"
	case "EMPTY OBJECT":
		return "{}"
	}
	return nil
}

func (j *JSONPath) value(found []*jsonpath.Item) (any, error) {
	bad := func(format string, args ...any) error {
		return failure("JSON_VALUE_RESULT_ERROR", "cannot extract SQL scalar from JSON: "+format, args...)
	}
	if len(found) == 0 {
		return j.onEmpty(bad("JSON path found no items"))
	}
	it := found[0]
	switch {
	case len(found) > 1:
		return j.onError(bad("JSON path found multiple items"))
	case it.Kind == jsonpath.KindNull:
		return nil, nil
	case it.Kind != jsonpath.KindScalar || it.Huge():
		return j.onError(bad("JSON path found an item that cannot be converted to an SQL value"))
	}
	text, ok := castItem(it, j.Returning)
	if !ok {
		have := it.Type.String()
		if it.JSON && it.Type.IsText() {
			have = "varchar"
		}
		return j.onError(bad("Cannot cast value of type %s to declared return type of function JSON_VALUE: %s", have, j.Returning))
	}
	if j.Marked {
		text = JSONFound + text
	}
	return text, nil
}

func (j *JSONPath) query(found []*jsonpath.Item) (any, error) {
	bad := func(format string, args ...any) error {
		return failure("JSON_OUTPUT_CONVERSION_ERROR", "conversion from JSON failed: "+format, args...)
	}
	if len(found) == 0 {
		return j.onEmpty(bad("JSON path found no items"))
	}
	for _, it := range found {
		if !writable(it) {
			return j.onError(bad("JSON path returned a scalar SQL value of type %s that cannot be represented as JSON", it.Type))
		}
	}
	container := found[0].Kind == jsonpath.KindArray || found[0].Kind == jsonpath.KindObject
	switch {
	case j.Wrapper == "UNCONDITIONAL", j.Wrapper == "CONDITIONAL" && (len(found) > 1 || !container):
		return string(appendItem(nil, &jsonpath.Item{Kind: jsonpath.KindArray, Elems: found})), nil
	case len(found) > 1:
		return j.onError(bad("JSON path found multiple items"))
	case j.Unquoted && found[0].Kind == jsonpath.KindScalar && found[0].Type.IsText():
		return found[0].Text, nil
	}
	return string(appendItem(nil, found[0])), nil
}
