package funcs

import (
	"fmt"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// zonedFields are the fields of a timestamp with time zone.
var zonedFields = []string{"t", "z"}

// DuckType is the DuckDB type that holds t's values; ARCHITECTURE.md has the
// table.
func DuckType(t schema.Type) string {
	switch t.Kind {
	case schema.Unknown:
		return `"NULL"`
	case schema.Varchar, schema.Char, schema.JSON, schema.Color:
		return "VARCHAR"
	case schema.Varbinary, schema.IPAddress:
		return "BLOB"
	case schema.Date, schema.Time, schema.Timestamp, schema.TimeTZ, schema.TimestampTZ:
		return momentType(t)
	case schema.IntervalDay, schema.IntervalYear:
		return "INTERVAL"
	case schema.Decimal:
		return fmt.Sprintf("DECIMAL(%d,%d)", t.Precision, t.Scale)
	case schema.Array:
		return DuckType(t.Elem()) + "[]"
	case schema.Map:
		return "MAP(" + DuckType(t.Key()) + ", " + DuckType(t.Value()) + ")"
	case schema.Row:
		parts := make([]string, len(t.Elems))
		for i, e := range t.Elems {
			parts[i] = `"` + strings.ReplaceAll(FieldName(t, i), `"`, `""`) + `" ` + DuckType(e.Type)
		}
		return "STRUCT(" + strings.Join(parts, ", ") + ")"
	}
	return strings.ToUpper(t.Kind.String())
}

// momentType holds times of more than 6 digits as integers, see fine.go.
func momentType(t schema.Type) string {
	fine := IsFine(t)
	switch {
	case t.Kind == schema.TimeTZ:
		return "STRUCT(t BIGINT, z BIGINT)"
	case t.Kind == schema.TimestampTZ && fine:
		return "STRUCT(t HUGEINT, z VARCHAR)"
	case t.Kind == schema.TimestampTZ:
		return "STRUCT(t TIMESTAMP, z VARCHAR)"
	case t.Kind == schema.Time && fine:
		return "BIGINT"
	case fine:
		return "HUGEINT"
	}
	return strings.ToUpper(t.Kind.String())
}

// FieldName is the name of a row's i-th field (from 0) in DuckDB: its own, or
// f1, f2 … where it has none or one before it has the same.
func FieldName(t schema.Type, i int) string {
	name := t.Elems[i].Name
	for _, e := range t.Elems[:i] {
		if strings.EqualFold(e.Name, name) {
			name = ""
		}
	}
	if name == "" {
		return fmt.Sprintf("f%d", i+1)
	}
	return name
}

// LowerCast casts x, which is lowered, from one type to another as CAST does,
// or with try as TRY_CAST. The error is TYPE_MISMATCH where Trino has no such
// cast, NOT_SUPPORTED where logsql has none; it has no place.
func LowerCast(x syntax.Expr, from, to schema.Type, try bool) (syntax.Expr, error) {
	e, err := castExpr(x, from, to)
	if bad, ok := err.(*syntax.Error); ok && bad.Code == "TYPE_MISMATCH" {
		err = cannotCast(from, to) // the whole, not the part of it that is to blame
	}
	if err != nil || !try || e == x {
		return e, err
	}
	if from.Kind == schema.Unknown || neverFails(from, to) {
		return e, nil
	}
	return tryCastOf(e, x), nil
}

// neverFails reports whether every value can be cast: TRY around such a cast
// would only hide what fails inside it, which TRY_CAST lets through.
func neverFails(from, to schema.Type) bool {
	_, bounded := to.Length()
	text := to.Kind == schema.Varchar && !bounded && len(from.Elems) == 0 && from.Kind != schema.JSON
	return text || from.IsInteger() && to.IsInteger() && from.Kind < to.Kind || from.IsInteger() && to.Kind == schema.Double
}

func castExpr(x expr, from, to schema.Type) (expr, error) {
	switch {
	case from.Equal(to):
		return x, nil
	case from.Kind == schema.Unknown:
		return castTo(x, DuckType(to)), nil
	case from.Kind == to.Kind && (to.Kind == schema.Array || to.Kind == schema.Map || to.Kind == schema.Row):
		return castNested(x, from, to)
	case from.Kind == schema.Row && to.Kind == schema.Row, from.Kind == schema.Varchar && to.Kind == schema.Varchar && to.Precision == 0:
		return x, nil
	case from.Kind == schema.Color, to.Kind == schema.Color:
		return nil, cannotCast(from, to)
	case to.Kind == schema.JSON:
		return toJSON(x, from)
	case from.Kind == schema.JSON:
		return fromJSON(x, to)
	case from.Kind == schema.Char && !to.IsText(), to.Kind == schema.Char && !from.IsText():
		return nil, cannotCast(from, to)
	case to.IsText():
		return toText(x, from, to)
	case from.IsText():
		return fromText(x, from, to)
	case from.IsNumber() || from.Kind == schema.Boolean:
		return fromNumber(x, from, to)
	case from.Kind >= schema.Date && from.Kind <= schema.TimestampTZ:
		return fromMoment(x, from, to)
	case from.Kind == schema.IPAddress || to.Kind == schema.IPAddress:
		return fromAddress(x, from, to)
	}
	return nil, cannotCast(from, to)
}

func cannotCast(from, to schema.Type) error {
	return &syntax.Error{Code: "TYPE_MISMATCH", Msg: fmt.Sprintf("Cannot cast %s to %s", from, to)}
}

// castNested casts the parts of an array, a map or a row.
func castNested(x expr, from, to schema.Type) (expr, error) {
	if DuckType(from) == DuckType(to) && !needsCast(from, to) {
		return x, nil
	}
	switch to.Kind {
	case schema.Array:
		of, err := castExpr(elem(), from.Elem(), to.Elem())
		if err != nil {
			return nil, err
		}
		return typed(call("list_transform", x, lambda(of, elemVar)), to), nil
	case schema.Map:
		key, err := castExpr(field(elem(), "key"), from.Key(), to.Key())
		if err != nil {
			return nil, err
		}
		value, err := castExpr(field(elem(), "value"), from.Value(), to.Value())
		if err != nil {
			return nil, err
		}
		entry := structOf([]string{"key", "value"}, key, value)
		return typed(call("map_from_entries", call("list_transform", call("map_entries", x), lambda(entry, elemVar))), to), nil
	}
	return castRow(x, from, to)
}

// castRow goes by position: DuckDB's own cast goes by name.
func castRow(x expr, from, to schema.Type) (expr, error) {
	if len(from.Elems) != len(to.Elems) {
		return nil, cannotCast(from, to)
	}
	names, elems := make([]string, len(to.Elems)), make([]expr, len(to.Elems))
	for i := range to.Elems {
		e, err := castExpr(field(x, FieldName(from, i)), from.Elems[i].Type, to.Elems[i].Type)
		if err != nil {
			return nil, err
		}
		names[i], elems[i] = FieldName(to, i), typed(e, to.Elems[i].Type)
	}
	if _, literal := x.(*syntax.StructLit); literal {
		return structOf(names, elems...), nil
	}
	return when(isNull(x), null(), structOf(names, elems...)), nil
}

// needsCast tells types apart that DuckDB holds in one: varchar(3) is not
// varchar(5), JSON is not text.
func needsCast(from, to schema.Type) bool {
	if from.Kind != to.Kind {
		return true
	}
	if from.IsText() && (to.Precision != 0 && (from.Precision == 0 || from.Precision > to.Precision) || to.Kind == schema.Char) {
		return !from.Equal(to)
	}
	if from.Kind >= schema.Time && from.Kind <= schema.TimestampTZ && from.Precision > to.Precision {
		return true
	}
	for i := range from.Elems {
		if i < len(to.Elems) && needsCast(from.Elems[i].Type, to.Elems[i].Type) {
			return true
		}
	}
	return false
}

// toText casts to varchar or char, cut or padded to its length.
func toText(x expr, from, to schema.Type) (expr, error) {
	text, err := plainText(x, from)
	if err != nil {
		return nil, err
	}
	if to.Kind == schema.Char {
		return call("rpad", text, num(to.Precision), str(" ")), nil
	}
	length, bounded := to.Length()
	if !bounded || from.IsText() && schema.Fits(from, to) {
		return text, nil
	}
	if from.IsText() {
		return call("substring", text, num(1), num(length)), nil
	}
	shown := text
	if from.Kind == schema.Real || from.Kind == schema.Double {
		plain := call("replace", call("format", str("{}"), castTo(x, "DOUBLE")), str("nan"), str("NaN"))
		shown = bin("||", bin("||", plain, str(" (")), bin("||", text, str(")")))
	}
	msg := bin("||", bin("||", str("Value "), shown), str(" cannot be represented as "+to.String()))
	return when(bin(">", call("length", text), num(length)), fail(schema.Text, "INVALID_CAST_ARGUMENT", msg), text), nil
}

func plainText(x expr, from schema.Type) (expr, error) {
	if IsFine(from) || from.Kind == schema.TimeTZ {
		return fineText(x, from), nil
	}
	switch from.Kind {
	case schema.Varchar, schema.Char:
		return x, nil
	case schema.Double, schema.Real:
		return call("trino_float_text", castTo(x, "DOUBLE"), boolean(from.Kind == schema.Real)), nil
	case schema.Timestamp:
		return timestampText(x, from.Precision), nil
	case schema.TimestampTZ:
		return call("trino_zoned_text", instant(x), zone(x), num(from.Precision)), nil
	case schema.Time:
		return call("trino_timestamp_text", bin("+", castTo(str("1970-01-01"), "DATE"), x), num(from.Precision), boolean(true)), nil
	case schema.IPAddress:
		return call("trino_ip_text", x), nil
	case schema.IntervalDay:
		return call("trino_interval_text", call("epoch_us", x), boolean(true)), nil
	case schema.IntervalYear:
		return call("trino_interval_text", intervalMonths(x), boolean(false)), nil
	case schema.Decimal:
		if from.Precision == from.Scale && from.Scale < 38 { // DuckDB leaves out the 0 before the point
			x = typed(x, schema.DecimalOf(from.Precision+1, from.Scale))
		}
		return castTo(x, "VARCHAR"), nil
	case schema.Date:
		slow := call("split_part", call("trino_timestamp_text", castTo(x, "TIMESTAMP"), num(0), boolean(false)), str(" "), num(1))
		return when(bin("<", x, dayOne("DATE")), slow, castTo(x, "VARCHAR")), nil
	case schema.Boolean, schema.TinyInt, schema.SmallInt, schema.Integer, schema.BigInt, schema.UUID:
		return castTo(x, "VARCHAR"), nil
	}
	return nil, cannotCast(from, schema.Text)
}

// timestampText is strftime's text, but for years that have a sign in Trino's.
func timestampText(x expr, precision int) expr {
	slow := call("trino_timestamp_text", x, num(precision), boolean(false))
	format, ok := map[int]string{0: "%Y-%m-%d %H:%M:%S", 3: "%Y-%m-%d %H:%M:%S.%g", 6: "%Y-%m-%d %H:%M:%S.%f"}[precision]
	if !ok {
		return slow
	}
	return when(fourDigits(x, "TIMESTAMP"), call("strftime", x, str(format)), slow)
}

// fourDigits is true of the years 1 to 9999.
func fourDigits(x expr, kind string) expr {
	end := &syntax.TypedLit{Type: &syntax.TypeName{Text: kind}, Value: "10000-01-01"}
	return and(bin(">=", x, dayOne(kind)), bin("<", x, end))
}

// dayOne is the first day whose year DuckDB writes as Trino does.
func dayOne(kind string) expr {
	return &syntax.TypedLit{Type: &syntax.TypeName{Text: kind}, Value: "0001-01-01"}
}

// fromText parses. DuckDB takes more than Trino does (blanks, 1.5 as an
// integer, 1_000), so a pattern guards the common form and Go does the rest.
func fromText(x expr, from, to schema.Type) (expr, error) {
	if IsFine(to) || to.Kind == schema.TimeTZ {
		return fineFromText(x, to), nil
	}
	switch to.Kind {
	case schema.TinyInt, schema.SmallInt, schema.Integer, schema.BigInt:
		return guarded(x, `[+-]?[0-9]{1,18}`, to, "trino_parse_integer"), nil
	case schema.Double:
		return guarded(x, `[+-]?[0-9]{1,15}(\.[0-9]{1,15})?`, to, "trino_parse_double"), nil
	case schema.Real:
		return castTo(call("trino_parse_real", x), "FLOAT"), nil
	case schema.Decimal:
		return typed(call("trino_parse_decimal", x, num(to.Precision), num(to.Scale)), to), nil
	case schema.Boolean:
		return call("trino_parse_boolean", x), nil
	case schema.Date:
		return guarded(x, `[0-9]{4}-(0[1-9]|1[0-2])-([01][0-9]|2[0-8])`, to, "trino_parse_date"), nil
	case schema.Timestamp:
		return call("trino_parse_timestamp", x, num(to.Precision)), nil
	case schema.TimestampTZ:
		return call("trino_parse_zoned", x, num(to.Precision)), nil
	case schema.Time:
		return castTo(call("trino_parse_time", x, num(to.Precision)), "TIME"), nil
	case schema.Varbinary:
		return call("encode", x), nil
	case schema.IPAddress:
		return call("trino_parse_ip", x), nil
	case schema.UUID:
		return castTo(call("trino_parse_uuid", x), "UUID"), nil
	}
	return nil, cannotCast(from, to)
}

// guarded casts natively what matches the pattern, the rest in Go, where the
// error is made too.
func guarded(x expr, pattern string, to schema.Type, goFunc string) expr {
	args := []expr{x}
	if to.IsInteger() {
		args = append(args, str(trinoName(to.Kind)))
	}
	slow := typed(call(goFunc, args...), to)
	if isLiteral(x) {
		return slow
	}
	fast := typed(x, to)
	if to.IsInteger() && to.Kind != schema.BigInt {
		pattern = strings.Replace(pattern, "{1,18}", map[schema.Kind]string{
			schema.TinyInt: "{1,2}", schema.SmallInt: "{1,4}", schema.Integer: "{1,9}",
		}[to.Kind], 1)
	}
	return when(call("regexp_full_match", x, str(pattern)), fast, slow)
}

// trinoName is how Trino's cast errors call a type.
func trinoName(k schema.Kind) string {
	if k == schema.Integer {
		return "INT"
	}
	return strings.ToUpper(k.String())
}

func fromNumber(x expr, from, to schema.Type) (expr, error) {
	isFloat := from.Kind == schema.Double || from.Kind == schema.Real
	switch {
	case from.Kind == schema.Boolean && to.Kind == schema.Boolean:
		return x, nil
	case to.Kind == schema.Boolean:
		return bin("<>", x, num(0)), nil
	case isFloat && to.IsInteger():
		return typed(call("trino_float_integer", castTo(x, "DOUBLE"), str(to.Kind.String()), boolean(from.Kind == schema.Real)), to), nil
	case isFloat && to.Kind == schema.Decimal:
		return typed(call("trino_float_decimal", castTo(x, "DOUBLE"), num(to.Precision), num(to.Scale), boolean(from.Kind == schema.Real)), to), nil
	case to.Kind == schema.Decimal && from.Kind == schema.Boolean:
		return typed(castTo(x, "INTEGER"), to), nil
	case to.IsNumber():
		return typed(x, to), nil
	}
	return nil, cannotCast(from, to)
}

func zoned(t, z expr) expr {
	if isLiteral(t) && !isNullLiteral(t) {
		return structOf(zonedFields, t, z)
	}
	return when(isNull(t), null(), structOf(zonedFields, t, z))
}

// local is the wall clock of a timestamp with time zone.
func local(x expr) expr {
	if AlwaysUTC(x) {
		return instant(x)
	}
	return when(bin("=", zone(x), str("UTC")), instant(x), call("trino_local", instant(x), zone(x)))
}

// AlwaysUTC tells whether a timestamp with time zone has UTC written in it.
func AlwaysUTC(x expr) bool {
	z := zone(x)
	if c, ok := z.(*syntax.Case); ok && len(c.Whens) == 1 && isNullLiteral(c.Whens[0].Result) {
		z = c.Else
	}
	s, ok := z.(*syntax.StringLit)
	return ok && s.Value == "UTC"
}

func fromAddress(x expr, from, to schema.Type) (expr, error) {
	switch {
	case from.Kind == schema.Varbinary && to.Kind == schema.IPAddress:
		return call("trino_ip_from_bytes", x), nil
	case from.Kind == schema.IPAddress && to.Kind == schema.Varbinary:
		return x, nil
	}
	return nil, cannotCast(from, to)
}
