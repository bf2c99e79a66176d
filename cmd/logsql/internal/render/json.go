package render

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"

	"logsql/convert/schema"
	"logsql/sql"
)

func writeJSON(w *bufio.Writer, r Result, _ Options) error {
	keys := jsonKeys(r.Columns)
	n := 0
	var line []byte
	for row, err := range r.Rows {
		if err != nil {
			return err
		}
		separator := ",\n"
		if n == 0 {
			separator = "[\n"
		}
		n++
		line = appendObject(append(line[:0], separator...), row, r.Columns, keys)
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	if n == 0 {
		_, err := w.WriteString("[]\n")
		return err
	}
	_, err := w.WriteString("\n]\n")
	return err
}

func writeJSONLines(w *bufio.Writer, r Result, _ Options) error {
	keys := jsonKeys(r.Columns)
	var line []byte
	for row, err := range r.Rows {
		if err != nil {
			return err
		}
		line = append(appendObject(line[:0], row, r.Columns, keys), '\n')
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// jsonKeys are the columns' names as JSON, each once: an object with two values
// under one key loses one of them, so the second x is x_1.
func jsonKeys(columns []schema.Column) []string {
	taken := map[string]bool{}
	for _, c := range columns {
		taken[c.Name] = true
	}
	seen := map[string]bool{}
	keys := make([]string, len(columns))
	for i, c := range columns {
		name := c.Name
		for n := 1; seen[name] || n > 1 && taken[name]; n++ {
			name = c.Name + "_" + strconv.Itoa(n)
		}
		seen[name] = true
		keys[i] = string(appendString(nil, name))
	}
	return keys
}

func appendObject(b []byte, row []any, columns []schema.Column, keys []string) []byte {
	b = append(b, '{')
	for i, v := range row {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, keys[i]...), ':')
		b = appendValue(b, v, columns[i].Type)
	}
	return append(b, '}')
}

// appendValue writes numbers, truth values and nested values as JSON has them
// and everything else as its text. A decimal keeps all its digits.
func appendValue(b []byte, v any, t schema.Type) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case float32:
		return appendFloat(b, float64(v), 32)
	case float64:
		return appendFloat(b, v, 64)
	case []any:
		return appendList(b, v, t)
	case sql.Map:
		return appendMap(b, v, t)
	case string:
		if t.Kind == schema.Decimal {
			return append(b, v...)
		}
		if t.Kind == schema.JSON && json.Valid([]byte(v)) {
			return appendCompact(b, v)
		}
		return appendString(b, v)
	}
	text, _ := sql.Text(v, t)
	return appendString(b, text)
}

func appendFloat(b []byte, v float64, bits int) []byte {
	switch {
	case math.IsNaN(v):
		return append(b, `"NaN"`...)
	case math.IsInf(v, 1):
		return append(b, `"Infinity"`...)
	case math.IsInf(v, -1):
		return append(b, `"-Infinity"`...)
	}
	return strconv.AppendFloat(b, v, 'g', -1, bits)
}

// appendList writes an array, or a row as an object by its fields' names; a row
// without names is an array too.
func appendList(b []byte, list []any, t schema.Type) []byte {
	named := t.Kind == schema.Row && len(t.Elems) > 0 && t.Elems[0].Name != ""
	if named {
		fields := make([]schema.Column, len(t.Elems))
		for i, f := range t.Elems {
			fields[i] = schema.Column(f)
		}
		return appendObject(b, list, fields, jsonKeys(fields))
	}
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		elem := t.Elems[0].Type
		if t.Kind == schema.Row {
			elem = t.Elems[i].Type
		}
		b = appendValue(b, v, elem)
	}
	return append(b, ']')
}

func appendMap(b []byte, m sql.Map, t schema.Type) []byte {
	b = append(b, '{')
	for i, e := range m {
		if i > 0 {
			b = append(b, ',')
		}
		key, _ := sql.Text(e.Key, t.Key())
		b = append(appendString(b, key), ':')
		b = appendValue(b, e.Value, t.Value())
	}
	return append(b, '}')
}

func appendCompact(b []byte, text string) []byte {
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(text)); err != nil {
		return appendString(b, text)
	}
	return append(b, compact.Bytes()...)
}

// appendString writes s as JSON text. Characters outside ASCII stay as they
// are; what is no UTF-8 becomes U+FFFD, which is all that JSON can say of it.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\t':
			b = append(b, '\\', 't')
		case r == '\r':
			b = append(b, '\\', 'r')
		case r < 0x20:
			b = append(b, '\\', 'u', '0', '0', "0123456789abcdef"[r>>4], "0123456789abcdef"[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
