package sql

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"logsql/convert/schema"
	"logsql/sql/funcs"
)

// Text is a value as Athena's GetQueryResults writes it; false for NULL.
// Doubles are written as Java does, timestamps with their type's digits and
// zone, arrays as [a, b], maps as {k=v} in the order of their keys, rows as
// {name=a, b} and binary values as pairs of hexadecimal digits.
func Text(v any, t schema.Type) (string, bool) {
	if v == nil {
		return "", false
	}
	return string(appendText(nil, v, t)), true
}

// appendText appends the text of v, null for NULL, which only stands inside
// arrays, maps and rows.
func appendText(b []byte, v any, t schema.Type) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case float32:
		return append(b, funcs.FloatText(float64(v), 32)...)
	case float64:
		return append(b, funcs.FloatText(v, 64)...)
	case string:
		return append(b, v...)
	case []byte:
		return appendBytes(b, v, t)
	case time.Time:
		return appendTime(b, v, t)
	case Zoned:
		return append(b, funcs.ZonedText(v, t.Precision)...)
	case Interval:
		return append(b, intervalText(v, t)...)
	case []any:
		return appendList(b, v, t)
	case Map:
		return appendMap(b, v, t)
	}
	return fmt.Append(b, v)
}

func appendBytes(b, v []byte, t schema.Type) []byte {
	if t.Kind == schema.IPAddress {
		return append(b, funcs.AddressText(v)...)
	}
	for i, c := range v {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
	}
	return b
}

func appendTime(b []byte, v time.Time, t schema.Type) []byte {
	switch t.Kind {
	case schema.Date:
		return append(b, funcs.DateText(v)...)
	case schema.Time:
		return v.AppendFormat(b, "15:04:05"+fraction(t.Precision))
	}
	return append(b, funcs.TimestampText(v, t.Precision)...)
}

func fraction(precision int) string {
	if precision == 0 {
		return ""
	}
	return "." + strings.Repeat("0", precision)
}

func intervalText(v Interval, t schema.Type) string {
	if t.Kind == schema.IntervalYear {
		return funcs.MonthsText(v.Months)
	}
	return funcs.MillisText(v.Micros / 1000)
}

// appendList writes an array or a row, whose fields' names come of the type.
func appendList(b []byte, list []any, t schema.Type) []byte {
	isRow := t.Kind == schema.Row
	open, closer := byte('['), byte(']')
	if isRow {
		open, closer = '{', '}'
	}
	b = append(b, open)
	for i, v := range list {
		if i > 0 {
			b = append(b, ", "...)
		}
		if !isRow {
			b = appendText(b, v, t.Elem())
			continue
		}
		if name := t.Elems[i].Name; name != "" {
			b = append(append(b, name...), '=')
		}
		b = appendText(b, v, t.Elems[i].Type)
	}
	return append(b, closer)
}

// appendMap writes entries by key, numbers by their value: Athena does so,
// whatever order they came in.
func appendMap(b []byte, m Map, t schema.Type) []byte {
	entries := slices.Clone(m)
	slices.SortStableFunc(entries, func(x, y Entry) int { return compareKeys(x.Key, y.Key, t.Key()) })
	b = append(b, '{')
	for i, e := range entries {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = appendText(b, e.Key, t.Key())
		b = append(b, '=')
		b = appendText(b, e.Value, t.Value())
	}
	return append(b, '}')
}

func compareKeys(x, y any, t schema.Type) int {
	switch x := x.(type) {
	case int64:
		if y, ok := y.(int64); ok {
			return cmp.Compare(x, y)
		}
	case float64:
		if y, ok := y.(float64); ok {
			return cmp.Compare(x, y)
		}
	}
	a, _ := Text(x, t)
	c, _ := Text(y, t)
	return strings.Compare(a, c)
}
