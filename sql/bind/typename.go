package bind

import (
	"regexp"
	"strconv"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

// typeOf is the type that a query names at n.
func (e *exprs) typeOf(n syntax.Node, name *syntax.TypeName) (schema.Type, bool) {
	t, err := schema.Parse(name.Text)
	foreign := foreignType.FindString(name.Text)
	if err != nil || foreign != "" || tooLong(t) {
		unknown := syntax.ErrorAt(n, typeMismatch, "Unknown type: %s", name.Source)
		unknown.Hint = typeHint(name.Text, foreign)
		e.fail(unknown)
		return schema.Type{}, false
	}
	if err := badDecimal(t); err != nil {
		e.failWith(n, err)
		return schema.Type{}, false
	}
	return t, true
}

// foreignType finds what is a type in Hive's DDL only; in a row it may be a
// field's name, and then a type follows.
var foreignType = regexp.MustCompile(`(^|[(, ])(string|float|binary)($|[),(])`)

// otherTypes are types of other dialects, and Hive's, with Trino's for them.
var otherTypes = map[string]string{
	"string": "varchar", "text": "varchar", "nvarchar": "varchar", "varchar2": "varchar", "clob": "varchar",
	"float": "real, or double", "float4": "real", "float8": "double", "float64": "double", "float32": "real", "number": "decimal(p,s) or bigint",
	"binary": "varbinary", "bytes": "varbinary", "blob": "varbinary", "bytea": "varbinary",
	"datetime": "timestamp", "timestamptz": "timestamp with time zone", "datetime2": "timestamp",
	"bool": "boolean", "int64": "bigint", "int32": "integer", "int8": "tinyint", "int16": "smallint", "int4": "integer", "long": "bigint",
	"short": "smallint", "byte": "tinyint", "signed": "bigint", "unsigned": "bigint", "struct": "row(name type, …)",
	"list": "array(type)", "inet": "ipaddress", "jsonb": "json", "variant": "json",
}

func typeHint(text, foreign string) string {
	name := strings.Trim(foreign, "(), ")
	if name == "" {
		name, _, _ = strings.Cut(text, "(")
	}
	if other := otherTypes[name]; other != "" {
		return "in queries this type is " + other
	}
	return catalog.DidYouMean(name, schema.TypeNames())
}

func tooLong(t schema.Type) bool { return t.Kind == schema.Char && t.Precision > 65536 }

// badDecimal is Trino's complaint about a decimal that cannot be.
func badDecimal(t schema.Type) error {
	bad := &syntax.Error{Code: "INVALID_FUNCTION_ARGUMENT"}
	switch {
	case t.Kind != schema.Decimal:
		return nil
	case t.Precision < 1 || t.Precision > 38:
		bad.Msg = "DECIMAL precision must be in range [1, 38]: " + strconv.Itoa(t.Precision)
	case t.Scale > t.Precision:
		bad.Msg = "DECIMAL scale must be in range [0, precision (" + strconv.Itoa(t.Precision) + ")]: " + strconv.Itoa(t.Scale)
	default:
		return nil
	}
	return bad
}
