package funcs

import (
	"encoding/base64"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"logsql/convert/schema"
)

func goJSONElements(a []any) (any, error) {
	s := scanner{text: a[0].(string)}
	if a[0] == "null" {
		return nil, nil
	}
	if s.peek() != '[' {
		return nil, castError("Cannot cast to %s. Expected a json array, but got %s", a[1], s.text)
	}
	elems, _ := s.elements()
	return texts(elems), nil
}

func castError(format string, args ...any) error {
	return failure("INVALID_CAST_ARGUMENT", format, args...)
}

// goJSONEntries gives the members of an object as pairs of key and JSON text.
func goJSONEntries(a []any) (any, error) {
	s := scanner{text: a[0].(string)}
	if a[0] == "null" {
		return nil, nil
	}
	if s.peek() != '{' {
		return nil, castError("Cannot cast to %s. Expected a json object, but got %s", a[1], s.text)
	}
	pairs := []any{}
	s.object(func(key string) bool {
		s.space()
		start := s.at
		ok := s.skip()
		pairs = append(pairs, []any{key, s.text[start:s.at]})
		return ok
	})
	return pairs, nil
}

// goJSONField is a field of a row: by its name without case in an object, by
// its place in an array.
func goJSONField(a []any) (any, error) {
	s, name, place := scanner{text: a[0].(string)}, a[1].(string), a[2].(int64)
	switch s.peek() {
	case '[':
		elems, _ := s.elements()
		if place >= int64(len(elems)) {
			return nil, castError("Cannot cast to %s.", a[3])
		}
		if fields := len(schema.MustParse(a[3].(string)).Elems); place == 0 && len(elems) > fields {
			return nil, castError("Cannot cast to %s. Expected json array ending, but got %s", a[3], elems[fields])
		}
		return elems[place], nil
	case '{':
		var found any
		var twice error
		s.object(func(key string) bool {
			s.space()
			start := s.at
			ok := s.skip()
			if strings.EqualFold(key, name) {
				if found != nil {
					twice = castError("Cannot cast to %s. Duplicate field: %s", a[3], key)
				}
				found = s.text[start:s.at]
			}
			return ok
		})
		return found, twice
	case 'n':
		return nil, nil
	}
	return nil, castError("Cannot cast to %s. Expected a json array or object, but got %s", a[3], s.text)
}

// goJSONCast reads a scalar as a type: its text, as DuckDB casts it from. Text
// that is too long for its type is an error, as it is in Trino: of its own.
func goJSONCast(a []any) (any, error) {
	value, err := castJSON(a)
	text, ok := value.(string)
	if rest, limited := strings.CutPrefix(a[1].(string), "varchar("); ok && limited {
		n, _ := strconv.Atoi(strings.TrimSuffix(rest, ")"))
		if utf8.RuneCountInString(text) > n {
			return nil, failure("GENERIC_INTERNAL_ERROR", "Character count exceeds length limit %d: base64:%s", n, base64.StdEncoding.EncodeToString([]byte(text)))
		}
	}
	return value, err
}

func castJSON(a []any) (any, error) {
	text, to := a[0].(string), a[1].(string)
	s := scanner{text: text}
	bad := castError("Cannot cast '%s' to %s", text, to)
	switch c := s.peek(); {
	case text == "null":
		return nil, nil
	case c == '[' || c == '{':
		return nil, bad
	case c == '"':
		value, _ := s.str()
		return castJSONText(value, to)
	case c == 't' || c == 'f':
		return castJSONBoolean(c == 't', to)
	}
	f, _ := strconv.ParseFloat(text, 64)
	switch {
	case strings.HasPrefix(to, "varchar") && isFloat(text):
		return castText(f, 64), nil
	case strings.HasPrefix(to, "varchar"), to == "double", to == "real":
		return text, nil
	case to == "boolean":
		return strconv.FormatBool(f != 0), nil
	case strings.HasPrefix(to, "decimal"):
		return jsonDecimal(text, to)
	case isFloat(text):
		n, err := goFloatInteger([]any{f, to, false})
		if err != nil {
			return nil, bad
		}
		return strconv.FormatInt(n.(int64), 10), nil
	}
	bits := map[string]int{"tinyint": 8, "smallint": 16, "integer": 32, "bigint": 64}[to]
	if _, err := strconv.ParseInt(text, 10, bits); err != nil {
		return nil, bad
	}
	return text, nil
}

func castJSONText(value, to string) (any, error) {
	switch {
	case strings.HasPrefix(to, "varchar"):
		return value, nil
	case to == "boolean":
		b, err := goParseBoolean([]any{value})
		if err != nil {
			return nil, err
		}
		return strconv.FormatBool(b.(bool)), nil
	case to == "double" || to == "real":
		f, err := parseFloat(value, strings.ToUpper(to), 64)
		if err != nil {
			return nil, err
		}
		return strconv.FormatFloat(f.(float64), 'g', -1, 64), nil
	case strings.HasPrefix(to, "decimal"):
		return jsonDecimal(value, to)
	}
	name := strings.ToUpper(to)
	if to == "integer" {
		name = "INT"
	}
	n, err := goParseInteger([]any{value, name})
	if err != nil {
		return nil, err
	}
	return strconv.FormatInt(n.(int64), 10), nil
}

func castJSONBoolean(v bool, to string) (any, error) {
	switch {
	case strings.HasPrefix(to, "varchar") || to == "boolean":
		return strconv.FormatBool(v), nil
	case v:
		return "1", nil
	}
	return "0", nil
}

func jsonDecimal(text, to string) (any, error) {
	var p, s int64
	parts := strings.FieldsFunc(to, func(r rune) bool { return r == '(' || r == ')' || r == ',' })
	if len(parts) == 3 {
		p, _ = strconv.ParseInt(parts[1], 10, 64)
		s, _ = strconv.ParseInt(parts[2], 10, 64)
	}
	r, ok := new(big.Rat).SetString(text)
	if ok && decimalPattern.MatchString(text) {
		if out, ok := fitDecimal(r, p, s); ok {
			return out, nil
		}
	}
	return nil, castError("Cannot cast input json to DECIMAL(%d, %d)", p, s)
}
