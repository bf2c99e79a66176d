package duck

import (
	"context"
	"regexp"
	"strings"

	"logsql/sql/syntax"
)

// mark stands around the code and the message of an error made by a Go
// function or by trino_fail.
const mark = "\x1f"

// translations are DuckDB's errors that Trino has too, in its words. $1 … are
// the pattern's groups; types are put in Trino's names.
var translations = []struct {
	pattern *regexp.Regexp
	code    string
	msg     string
}{
	{regexp.MustCompile(`More than one row returned by a subquery`), "SUBQUERY_MULTIPLE_ROWS", "Scalar sub-query has returned multiple rows"},
	{regexp.MustCompile(`Overflow in (addition|subtraction|multiplication) of (\w+) \((.*)\)!`), "NUMERIC_VALUE_OUT_OF_RANGE", "$2 $1 overflow: $3"},
	{regexp.MustCompile(`Overflow in negation of (?:\w+)`), "NUMERIC_VALUE_OUT_OF_RANGE", "bigint negation overflow"},
	{regexp.MustCompile(`Overflow in (\w+) of (\w+)`), "NUMERIC_VALUE_OUT_OF_RANGE", "$2 $1 overflow"},
	{regexp.MustCompile(`Type \w+ with value (\S+) can't be cast because the value is out of range for the destination type (\w+)`), "NUMERIC_VALUE_OUT_OF_RANGE", "Out of range for $2: $1"},
	{regexp.MustCompile(`Failed to cast decimal value (\S+) to type (\w+)`), "INVALID_CAST_ARGUMENT", "Cannot cast '$1' to $2"},
	{regexp.MustCompile(`Could not convert string "([^"]*)" to DECIMAL`), "NUMERIC_VALUE_OUT_OF_RANGE", "decimal overflow: $1"},
	{regexp.MustCompile(`Could not cast value (\S+) to DECIMAL\((\d+),(\d+)\)`), "INVALID_CAST_ARGUMENT", "Cannot cast '$1' to DECIMAL($2, $3)"},
	{regexp.MustCompile(`Casting value "([^"]*)" to type DECIMAL\((\d+),(\d+)\) failed`), "INVALID_CAST_ARGUMENT", "Cannot cast DECIMAL '$1' to DECIMAL($2, $3)"},
	{regexp.MustCompile(`Could not convert string '([^']*)' to (\w+)`), "INVALID_CAST_ARGUMENT", "Cannot cast '$1' to $2"},
	{regexp.MustCompile(`Map keys must be unique`), "INVALID_FUNCTION_ARGUMENT", "Duplicate map keys are not allowed"},
	{regexp.MustCompile(`Map keys can not be NULL`), "INVALID_FUNCTION_ARGUMENT", "map key cannot be null"},
	{regexp.MustCompile(`^Not implemented Error: (?s:(.*))$`), "NOT_SUPPORTED", "This is not supported yet: $1"},
	{regexp.MustCompile(`Max expression depth limit`), "NOT_SUPPORTED", "The expression is nested too deeply"},
	{regexp.MustCompile(`^Binder Error: (.*)`), "NOT_SUPPORTED", "This is not supported yet: $1"},
	{regexp.MustCompile(`database/sql/driver: (MAP key type not supported).*$`), "NOT_SUPPORTED", "This is not supported yet: $1"},
	{regexp.MustCompile(`(?i)out of memory`), "EXCEEDED_LOCAL_MEMORY_LIMIT", "Query needs more memory than it may use and could not spill"},
	{regexp.MustCompile(`(?i)sum is out of range|Overflow in HUGEINT`), "NUMERIC_VALUE_OUT_OF_RANGE", "bigint addition overflow"},
}

// typeNames are Trino's names of DuckDB's types in errors.
var typeNames = strings.NewReplacer("INT64", "bigint", "INT32", "integer", "INT16", "smallint", "INT8", "tinyint", "INT128", "decimal")

// trinoError is err as a *syntax.Error with Trino's code. What Trino has no
// word for is GENERIC_INTERNAL_ERROR with DuckDB's own text.
func trinoError(ctx context.Context, err error) error {
	text := err.Error()
	if known, ok := context.Cause(ctx).(*syntax.Error); ok {
		return known
	}
	if ctx.Err() != nil || strings.Contains(text, "INTERRUPT Error") {
		return &syntax.Error{Code: "USER_CANCELED", Msg: "Query was canceled", Err: context.Canceled}
	}
	if parts := strings.SplitN(text, mark, 4); len(parts) == 4 {
		return &syntax.Error{Code: parts[1], Msg: parts[2]}
	}
	for _, t := range translations {
		if m := t.pattern.FindStringSubmatchIndex(text); m != nil {
			return &syntax.Error{Code: t.code, Msg: typeNames.Replace(string(t.pattern.ExpandString(nil, t.msg, text, m)))}
		}
	}
	return &syntax.Error{Code: "GENERIC_INTERNAL_ERROR", Msg: text, Err: err}
}
