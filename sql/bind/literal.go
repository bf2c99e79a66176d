package bind

import (
	"encoding/json"
	"errors"
	"math/big"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"logsql/convert/schema"
	"logsql/sql/catalog"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

func (e *exprs) literal(x syntax.Expr) schema.Type {
	switch x := x.(type) {
	case *syntax.StringLit:
		return textType(x.Value)
	case *syntax.NumberLit:
		t, err := numberType(x.Text)
		if err != nil {
			e.failAt(x, "SYNTAX_ERROR", "Invalid numeric literal: %s", x.Text)
		}
		return t
	case *syntax.BoolLit:
		return schema.Of(schema.Boolean)
	case *syntax.BinaryLit:
		return schema.Of(schema.Varbinary)
	}
	return schema.Type{} // NULL
}

// textType is varchar(n) of a literal.
func textType(s string) schema.Type { return schema.VarcharOf(utf8.RuneCountInString(s)) }

// numberType is the type of a number as written: on Athena, unlike in Trino, a
// decimal literal is a double.
func numberType(text string) (schema.Type, error) {
	text = strings.ReplaceAll(text, "_", "")
	digits := strings.TrimPrefix(text, "-")
	based := len(digits) > 1 && digits[0] == '0' && strings.ContainsRune("xXoObB", rune(digits[1]))
	if !based && strings.ContainsAny(text, ".eE") {
		_, err := strconv.ParseFloat(text, 64)
		if errors.Is(err, strconv.ErrRange) {
			err = nil
		}
		return schema.Of(schema.Double), err
	}
	base := 10
	if based {
		base = 0
	}
	n, err := strconv.ParseInt(text, base, 64)
	if err == nil && int64(int32(n)) == n {
		return schema.Of(schema.Integer), nil
	}
	return schema.Of(schema.BigInt), err
}

// isoTime is a time as logs write it, with T between day and clock.
var isoTime = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}`)

var uuidText = regexp.MustCompile(`^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// typedLiteral is a type before a string; its value is checked here, as Trino
// does before a query runs.
func (e *exprs) typedLiteral(x *syntax.TypedLit) schema.Type {
	t, ok := e.typeOf(x, x.Type)
	if !ok {
		return schema.Type{}
	}
	valid := true
	switch t.Kind {
	case schema.Date, schema.Time, schema.Timestamp, schema.TimestampTZ, schema.TimeTZ:
		if t, valid = e.moment(x, t.Kind); t.Precision > 12 {
			e.failAt(x, "NUMERIC_VALUE_OUT_OF_RANGE", "%s precision must be in range [0, 12]: %d", strings.ToUpper(t.Kind.String()), t.Precision)
		}
	case schema.Char:
		return schema.Type{Kind: schema.Char, Precision: max(1, utf8.RuneCountInString(x.Value))}
	case schema.Decimal:
		t, valid = decimalType(x.Value)
	case schema.Boolean:
		v := strings.ToLower(x.Value)
		valid = v == "true" || v == "false" || v == "t" || v == "f" || v == "1" || v == "0"
	case schema.TinyInt, schema.SmallInt, schema.Integer, schema.BigInt:
		_, err := strconv.ParseInt(strings.TrimPrefix(x.Value, "+"), 10, 8<<(t.Kind-schema.TinyInt))
		valid = err == nil
	case schema.Real, schema.Double:
		valid = funcs.IsFloat(x.Value)
	case schema.IPAddress:
		_, err := netip.ParseAddr(x.Value)
		valid = err == nil
	case schema.UUID:
		valid = uuidText.MatchString(x.Value)
	case schema.JSON:
		valid = json.Valid([]byte(x.Value))
		if valid {
			return e.function(x, "json_parse", &syntax.StringLit{Span: x.Span, Value: x.Value})
		}
	default:
		if _, err := funcs.LowerCast(&syntax.NullLit{}, schema.Text, t, false); err != nil {
			e.failWith(x, err)
		}
	}
	if !valid {
		err := syntax.ErrorAt(x, "INVALID_LITERAL", "'%s' is not a valid %s literal", x.Value, strings.ToUpper(t.Kind.String()))
		if isoTime.MatchString(x.Value) && t.Kind != schema.Date {
			err.Hint = "a time in ISO 8601 is read by from_iso8601_timestamp('" + x.Value + "')"
		}
		e.fail(err)
	}
	return t
}

// moment is the type of a date, time or timestamp literal, and whether it is
// one.
func (e *exprs) moment(x *syntax.TypedLit, kind schema.Kind) (schema.Type, bool) {
	m, t, ok := ParseMoment(kind, x.Value)
	if !ok && kind >= schema.Timestamp && funcs.IsUnknownZone(m.Zone) {
		e.failAt(x, notSupported, "Time zone not supported: %s", m.Zone)
	}
	if !ok {
		t.Kind = kind
		t.Precision = 0
	}
	return t, ok
}

// decimalType is the type of DECIMAL '…': as many digits as are written.
func decimalType(text string) (schema.Type, bool) {
	digits := strings.TrimLeft(strings.TrimSpace(text), "+-")
	if _, ok := new(big.Rat).SetString(digits); !ok || strings.ContainsAny(digits, "eE/_xX") {
		return schema.Type{Kind: schema.Decimal}, false
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	whole = strings.TrimLeft(whole, "0")
	precision := max(1, len(whole)+len(fraction))
	return schema.DecimalOf(precision, len(fraction)), precision <= 38
}

func (e *exprs) interval(x *syntax.IntervalLit) schema.Type {
	fields := x.Field
	if x.To != "" {
		fields += " TO " + x.To
	}
	if !validQualifier(x) {
		e.failAt(x, "INVALID_LITERAL", "Invalid interval qualifier: %s", fields)
	} else if _, _, ok := ParseInterval(x); !ok {
		e.failAt(x, "INVALID_LITERAL", "Invalid INTERVAL %s value: %s", fields, x.Value)
	}
	if x.Field == "YEAR" || x.Field == "MONTH" {
		return schema.Of(schema.IntervalYear)
	}
	return schema.Of(schema.IntervalDay)
}

// special is a value without brackets.
func (e *exprs) special(x *syntax.Special) schema.Type {
	switch x.Name {
	case "CURRENT_CATALOG":
		return e.constant(x, catalog.Name)
	case "CURRENT_SCHEMA":
		return e.constant(x, e.database)
	case "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP":
		t := e.function(x, strings.ToLower(x.Name))
		if call := e.info.Calls[x]; call != nil && x.Precision >= 0 {
			t.Precision = x.Precision
			call.Result = t
		}
		return t
	}
	e.failAt(x, notSupported, "%s is not supported", x.Name)
	return schema.Type{}
}

func (e *exprs) constant(x syntax.Expr, text string) schema.Type {
	e.info.Texts[x] = text
	return schema.Text
}

// extractFunctions are the functions that the fields of EXTRACT stand for.
var extractFunctions = map[string]string{
	"year": "year", "quarter": "quarter", "month": "month", "week": "week", "day": "day",
	"day_of_month": "day", "day_of_week": "day_of_week", "dow": "day_of_week",
	"day_of_year": "day_of_year", "doy": "day_of_year", "year_of_week": "year_of_week", "yow": "year_of_week",
	"hour": "hour", "minute": "minute", "second": "second",
	"timezone_hour": "timezone_hour", "timezone_minute": "timezone_minute",
}

func (e *exprs) extract(x *syntax.Extract) schema.Type {
	name, ok := extractFunctions[strings.ToLower(x.Field.Name)]
	if !ok {
		e.failAt(x, "SYNTAX_ERROR", "Invalid EXTRACT field %s, valid fields are: %s", x.Field.Name, "YEAR, QUARTER, MONTH, WEEK, DAY, DAY_OF_MONTH, "+
			"DAY_OF_WEEK, DOW, DAY_OF_YEAR, DOY, YEAR_OF_WEEK, YOW, HOUR, MINUTE, SECOND, TIMEZONE_MINUTE, TIMEZONE_HOUR")
		return schema.Type{}
	}
	t := e.expr(x.X)
	if e.err == nil && t.Kind != schema.Unknown && !extractable(name, t.Kind) {
		e.failAt(x.X, typeMismatch, "Cannot extract %s from %s", strings.ToUpper(x.Field.Name), t)
		return schema.Type{}
	}
	return e.function(x, name, x.X)
}

// extractable reports whether EXTRACT takes a field from a kind of value; the
// function of the field's name may take more.
func extractable(name string, k schema.Kind) bool {
	switch name {
	case "timezone_hour", "timezone_minute":
		return k == schema.TimestampTZ || k == schema.TimeTZ
	case "hour", "minute", "second":
		return k == schema.IntervalDay || k >= schema.Time && k <= schema.TimestampTZ
	case "year", "month":
		return k == schema.IntervalYear || isDay(k)
	case "day":
		return k == schema.IntervalDay || isDay(k)
	}
	return isDay(k)
}

func isDay(k schema.Kind) bool {
	return k == schema.Date || k == schema.Timestamp || k == schema.TimestampTZ
}
