package funcs

import (
	"math/big"
	"strconv"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/jsonpath"
)

// castItem is the text of a scalar cast to a type, in a form that CAST of text
// reads; false where the value or its type has no such cast.
func castItem(it *jsonpath.Item, to string) (string, bool) {
	t := schema.MustParse(to)
	switch from := it.Type; {
	case from.IsText():
		return castItemText(strings.TrimRight(it.Text, padding(from)), it.Text, t)
	case t.IsText():
		text := itemText(it)
		return text, t.Kind == schema.Varchar && schema.Coercible(schema.VarcharOf(len(text)), t)
	case from.Kind == schema.Boolean:
		n := map[bool]string{true: "1", false: "0"}[it.Bool]
		if t.Kind == schema.Boolean {
			return strconv.FormatBool(it.Bool), true
		}
		return n, t.IsNumber()
	case from.IsNumber():
		return castItemNumber(it, t)
	}
	return castItemMoment(it, t)
}

func padding(t schema.Type) string {
	if t.Kind == schema.Char {
		return " "
	}
	return ""
}

// itemText is a value of SQL cast to varchar.
func itemText(it *jsonpath.Item) string {
	switch t := it.Type; {
	case t.Kind == schema.Boolean:
		return strconv.FormatBool(it.Bool)
	case t.IsInteger():
		return strconv.FormatInt(it.Int, 10)
	case t.Kind == schema.Decimal:
		return plainDecimal(it.Big, t.Scale)
	case t.Kind == schema.Double || t.Kind == schema.Real:
		return castText(it.Float, floatBits(t.Kind))
	}
	return it.Text
}

// castItemText lets the functions that CAST goes by judge a text; trimmed is it
// without a char's padding.
func castItemText(trimmed, text string, t schema.Type) (string, bool) {
	var err error
	digits := int64(t.Precision)
	switch t.Kind {
	case schema.Varchar, schema.Char:
		return text, true
	case schema.TinyInt, schema.SmallInt, schema.Integer, schema.BigInt:
		_, err = goParseInteger([]any{trimmed, trinoName(t.Kind)})
	case schema.Double, schema.Real:
		_, err = parseFloat(trimmed, trinoName(t.Kind), floatBits(t.Kind))
	case schema.Decimal:
		_, err = goParseDecimal([]any{trimmed, digits, int64(t.Scale)})
	case schema.Boolean:
		_, err = goParseBoolean([]any{trimmed})
	case schema.Date:
		_, err = goParseDate([]any{trimmed})
	case schema.Time:
		_, err = goParseClock([]any{trimmed, digits})
	case schema.TimeTZ:
		_, err = goParseZonedClock([]any{trimmed, digits})
	case schema.Timestamp:
		_, err = stampCast(trimmed, t.Precision)
	case schema.TimestampTZ:
		_, err = zonedCast(trimmed, t.Precision)
	default:
		return "", false
	}
	return trimmed, err == nil
}

func castItemNumber(it *jsonpath.Item, t schema.Type) (string, bool) {
	isFloat := it.Type.Kind == schema.Double || it.Type.Kind == schema.Real
	switch {
	case t.Kind == schema.Boolean && isFloat:
		return strconv.FormatBool(it.Float != 0), true
	case t.Kind == schema.Boolean:
		return strconv.FormatBool(strings.Trim(itemText(it), "-0.") != ""), true
	case t.Kind == schema.Double || t.Kind == schema.Real:
		return itemText(it), true
	case !t.IsNumber():
		return "", false
	case isFloat && t.IsInteger():
		n, err := goFloatInteger([]any{it.Float, t.Kind.String(), it.Type.Kind == schema.Real})
		if err != nil {
			return "", false
		}
		return strconv.FormatInt(n.(int64), 10), true
	case isFloat:
		text, err := goFloatDecimal([]any{it.Float, int64(t.Precision), int64(t.Scale), it.Type.Kind == schema.Real})
		if err != nil {
			return "", false
		}
		return text.(string), true
	}
	r, _ := new(big.Rat).SetString(itemText(it))
	if t.Kind == schema.Decimal {
		return fitDecimal(r, int64(t.Precision), int64(t.Scale))
	}
	text := r.FloatString(0)
	_, err := strconv.ParseInt(text, 10, integerBits[trinoName(t.Kind)])
	return text, err == nil
}

func castItemMoment(it *jsonpath.Item, t schema.Type) (string, bool) {
	from := it.Type.Kind
	if from == t.Kind {
		return it.Text, true
	}
	if from == schema.Time || from == schema.TimeTZ {
		return "", false // Trino takes the day from the clock
	}
	wall, ok := wallClock(it)
	day, clock, _ := strings.Cut(wall, " ")
	switch t.Kind {
	case schema.Date:
		return day, ok
	case schema.Time:
		return clock, ok && from != schema.Date
	case schema.Timestamp, schema.TimestampTZ:
		return wall, ok
	}
	return "", false
}
