package funcs

import (
	"strings"

	"logsql/convert/schema"
)

var jsonFuncs = []*Func{
	{Name: "json_extract", Signatures: []string{"(varchar, jsonpath) json", "(json, jsonpath) json"}, Emit: emitJSONPath("trino_json_extract")},
	{Name: "json_extract_scalar", Signatures: []string{"(varchar, jsonpath) varchar(x)", "(json, jsonpath) varchar"}, Emit: emitJSONPath("trino_json_extract_scalar")},
	{Name: "json_size", Signatures: []string{"(varchar, jsonpath) bigint", "(json, jsonpath) bigint"}, Emit: emitJSONPath("trino_json_size")},
	{Name: "json_array_length", Signatures: []string{"(varchar) bigint", "(json) bigint"}, Emit: udf("trino_json_array_length")},
	{Name: "json_array_get", Signatures: []string{"(varchar, bigint) json", "(json, bigint) json"}, Emit: udf("trino_json_array_get")},
	{Name: "json_array_contains", Signatures: []string{
		"(varchar, boolean) boolean", "(json, boolean) boolean", "(varchar, bigint) boolean", "(json, bigint) boolean",
		"(varchar, double) boolean", "(json, double) boolean", "(varchar, varchar) boolean", "(json, varchar) boolean",
	}, Emit: emitJSONContains},
	{Name: "json_parse", Signatures: []string{"(varchar) json"}, Emit: udf("trino_json_parse")},
	{Name: "json_format", Signatures: []string{"(json) varchar"}, Emit: build(func(a []expr) expr { return a[0] })},
	{Name: "is_json_scalar", Signatures: []string{"(varchar) boolean", "(json) boolean"}, Emit: udf("trino_is_json_scalar")},
}

// emitJSONPath refuses a literal path that is wrong even where no row comes.
func emitJSONPath(name string) emit {
	return func(c *Call) (expr, error) {
		if path, ok := c.constant(1); ok && !isNullLiteral(c.Args[0]) {
			if _, err := jsonPathOf(path); err != nil {
				return nil, err
			}
		}
		return call(name, c.Args...), nil
	}
}

// emitJSONContains hands the value over as JSON text.
func emitJSONContains(c *Call) (expr, error) {
	value, err := toJSON(c.Args[1], c.Params[1])
	if err != nil {
		return nil, err
	}
	return call("trino_json_contains", c.Args[0], value, str(kindWord(c.Params[1]))), nil
}

func kindWord(t schema.Type) string {
	if t.IsText() {
		return "varchar"
	}
	return t.Kind.String()
}

var jsonGo = []GoFunc{
	{Name: "trino_json_extract", Signature: "(varchar, varchar) varchar", Call: goJSONExtract},
	{Name: "trino_json_extract_scalar", Signature: "(varchar, varchar) varchar", Call: goJSONScalar},
	{Name: "trino_json_size", Signature: "(varchar, varchar) bigint", Call: goJSONSize},
	{Name: "trino_json_array_length", Signature: "(varchar) bigint", Call: goJSONArrayLength},
	{Name: "trino_json_array_get", Signature: "(varchar, bigint) varchar", Call: goJSONArrayGet},
	{Name: "trino_json_contains", Signature: "(varchar, varchar, varchar) boolean", Call: goJSONContains},
	{Name: "trino_json_parse", Signature: "(varchar) varchar", Call: goJSONParse},
	{Name: "trino_is_json_scalar", Signature: "(varchar) boolean", Call: goIsJSONScalar},
	{Name: "trino_json_quote", Signature: "(varchar) varchar", Call: func(a []any) (any, error) { return string(appendQuoted(nil, a[0].(string))), nil }},
	{Name: "trino_json_number", Signature: "(double, boolean) varchar", Call: goJSONNumber},
	{Name: "trino_json_elements", Signature: "(varchar, varchar) array(varchar)", Call: goJSONElements},
	{Name: "trino_json_entries", Signature: "(varchar, varchar) array(array(varchar))", Call: goJSONEntries},
	{Name: "trino_json_field", Signature: "(varchar, varchar, bigint, varchar) varchar", Call: goJSONField},
	{Name: "trino_json_cast", Signature: "(varchar, varchar) varchar", Call: goJSONCast},
}

func goJSONExtract(a []any) (any, error) {
	v, ok, err := extract(a)
	if err != nil || !ok {
		return nil, err
	}
	s := scanner{text: v}
	out, ok := s.appendValue(nil, false)
	if !ok {
		return nil, nil
	}
	return string(out), nil
}

// goJSONScalar gives a string without quotes and a number as it is written.
func goJSONScalar(a []any) (any, error) {
	v, ok, err := extract(a)
	if err != nil || !ok {
		return nil, err
	}
	switch v[0] {
	case '"':
		s := scanner{text: v}
		text, ok := s.str()
		if !ok {
			return nil, nil
		}
		return text, nil
	case '{', '[', 'n':
		return nil, nil
	}
	s := scanner{text: v}
	if !s.skip() {
		return nil, nil
	}
	return v[:s.at], nil
}

// extract finds the value at a path: the text that begins with it.
func extract(a []any) (string, bool, error) {
	path, err := jsonPathOf(a[1].(string))
	if err != nil {
		return "", false, err
	}
	s := scanner{text: a[0].(string)}
	if !s.find(path) {
		return "", false, nil
	}
	s.space()
	return s.text[s.at:], s.at < len(s.text), nil
}

func goJSONSize(a []any) (any, error) {
	v, ok, err := extract(a)
	if err != nil || !ok {
		return nil, err
	}
	s := scanner{text: v}
	n, ok := s.count()
	if !ok {
		return nil, nil
	}
	return n, nil
}

func goJSONArrayLength(a []any) (any, error) {
	s := scanner{text: a[0].(string)}
	s.space()
	if s.peek() != '[' {
		return nil, nil
	}
	n, ok := s.count()
	if !ok {
		return nil, nil
	}
	return n, nil
}

// arrayElements is the text of each element of a JSON array; ok is false for
// all other text.
func arrayElements(text string) (elems []string, ok bool) {
	s := scanner{text: text}
	s.space()
	if s.peek() != '[' {
		return nil, false
	}
	return s.elements()
}

func goJSONArrayGet(a []any) (any, error) {
	index := a[1].(int64)
	elems, ok := arrayElements(a[0].(string))
	if !ok {
		return nil, nil
	}
	if index < 0 {
		index += int64(len(elems))
	}
	if index < 0 || index >= int64(len(elems)) {
		return nil, nil
	}
	e := scanner{text: elems[index]}
	switch e.peek() {
	case 'n':
		return nil, nil
	case '"':
		text, _ := e.str()
		return text, nil
	}
	out, ok := e.appendValue(nil, false)
	if !ok {
		return nil, nil
	}
	return string(out), nil
}

func goJSONContains(a []any) (any, error) {
	if strings.HasPrefix(a[1].(string), `"`) && a[2] == "double" { // NaN or an infinity
		return false, nil
	}
	elems, ok := arrayElements(a[0].(string))
	for _, e := range elems { // what comes before text that is broken counts
		if jsonEqual(e, a[1].(string), a[2].(string)) {
			return true, nil
		}
	}
	if !ok {
		return nil, nil
	}
	return false, nil
}

// jsonEqual compares an element with a value of a kind: an integer is only
// found as one, a double among those with a point.
func jsonEqual(elem, value, kind string) bool {
	s := scanner{text: elem}
	switch kind {
	case "varchar":
		if s.peek() != '"' {
			return false
		}
		x, _ := s.str()
		v := scanner{text: value}
		y, _ := v.str()
		return x == y
	case "double":
		return isFloat(elem) && canonicalNumber(elem) == canonicalNumber(value)
	case "bigint":
		return !isFloat(elem) && canonicalNumber(elem) == canonicalNumber(value)
	}
	return elem == value
}

func goJSONParse(a []any) (any, error) {
	out, ok := canonicalJSON(a[0].(string))
	if !ok {
		return nil, invalid("Cannot convert value to JSON: '%s'", a[0])
	}
	return out, nil
}

// canonicalJSON is text as Trino keeps JSON: no blanks, keys in order, the last
// of several values of a key, numbers as Java writes them.
func canonicalJSON(text string) (string, bool) {
	s := scanner{text: text}
	out, ok := s.appendValue(nil, true)
	s.space()
	return string(out), ok && s.at == len(text)
}

func goIsJSONScalar(a []any) (any, error) {
	s := scanner{text: a[0].(string)}
	s.space()
	c := s.peek()
	if !s.skip() {
		return nil, invalid("Invalid JSON value: %s", a[0])
	}
	if s.space(); s.at < len(s.text) {
		return nil, invalid("Invalid JSON value: %s", a[0])
	}
	return c != '{' && c != '[', nil
}

func goJSONNumber(a []any) (any, error) {
	text := FloatText(a[0].(float64), bitsOf(a[1]))
	if c := text[len(text)-1]; c < '0' || c > '9' {
		return `"` + text + `"`, nil
	}
	return text, nil
}
