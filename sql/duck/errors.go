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

// translation is what an error of DuckDB's is for Trino. $1 … are the pattern's
// groups; types are put in Trino's names.
type translation struct {
	pattern         *regexp.Regexp
	code, msg, hint string
}

const (
	outOfRange  = "NUMERIC_VALUE_OUT_OF_RANGE"
	badCast     = "INVALID_CAST_ARGUMENT"
	badArgument = "INVALID_FUNCTION_ARGUMENT"
	badFile     = "HIVE_BAD_DATA"

	fileHint   = "move that file away, then logsql sync and logsql convert-parquet make it again"
	memoryHint = "filter by the partition columns, read fewer columns or group by fewer values: what is kept in memory is what counts"
)

func when(pattern, code, msg string) translation {
	return translation{pattern: regexp.MustCompile(pattern), code: code, msg: msg}
}

func hinted(pattern, code, msg, hint string) translation {
	t := when(pattern, code, msg)
	t.hint = hint
	return t
}

// translations are DuckDB's errors that a statement can still cause, the first
// that fits counts. The last are whole classes: what DuckDB adds is left out.
var translations = []translation{
	when(`More than one row returned by a subquery`, "SUBQUERY_MULTIPLE_ROWS", "Scalar sub-query has returned multiple rows"),

	when(`Overflow in \w+ of DECIMAL`, outOfRange, "Decimal overflow"),
	when(`Overflow in (addition|subtraction|multiplication) of (\w+) \((.*)\)!`, outOfRange, "$2 $1 overflow: $3"),
	when(`Overflow in division of (-9223372036854775808 / -1)`, outOfRange, "bigint division overflow: $1"),
	when(`Overflow in negation of`, outOfRange, "bigint negation overflow"),
	when(`Overflow on abs\((-?\d+)\)`, outOfRange, "Value $1 is out of range for abs"),
	when(`(?i)sum is out of range|Overflow in HUGEINT`, outOfRange, "bigint addition overflow"),
	when(`Overflow in (\w+) of (\w+)`, outOfRange, "$2 $1 overflow"),
	when(`Type \w+ with value (\S+) can't be cast because the value is out of range for the destination type (\w+)`, outOfRange, "Out of range for $2: $1"),
	when(`Failed to cast decimal value (\S+) to type (\w+)`, badCast, "Cannot cast '$1' to ${upper}$2"),
	when(`Could not cast value (\S+) to DECIMAL\((\d+),(\d+)\)`, badCast, "Cannot cast '$1' to DECIMAL($2, $3)"),
	when(`Casting value "([^"]*)" to type DECIMAL\((\d+),(\d+)\) failed`, badCast, "Cannot cast DECIMAL '$1' to DECIMAL($2, $3)"),
	when(`Could not convert string "([^"]*)" to DECIMAL\(38,`, outOfRange, "decimal overflow: $1"),
	when(`Could not convert string "([^"]*)" to DECIMAL\((\d+),(\d+)\)`, badCast, "Cannot cast VARCHAR '$1' to DECIMAL($2, $3)"),
	when(`Could not convert string '([^']*)' to (\w+)`, badCast, "Cannot cast '$1' to ${upper}$2"),
	when(`invalid (date|timestamp|time) field format: "([^"]*)"`, badCast, "Value cannot be cast to $1: $2"),
	when(`(Date|Timestamp microseconds|Timestamp|Time) out of range: (\S+)`, badArgument, "$1 out of range: $2"),

	when(`DECIMAL type width must be`, badArgument, "DECIMAL precision must be in range [1, 38]"),
	when(`DECIMAL type scale cannot`, badArgument, "DECIMAL scale must be in range [0, precision]"),
	when(`Map keys must be unique`, badArgument, "Duplicate map keys are not allowed"),
	when(`Map keys can not be NULL`, badArgument, "map key cannot be null"),
	when(`map key list does not align`, badArgument, "Key and value arrays must be the same length"),
	when(`Invalid (RANGE|ROWS|GROUPS) (PRECEDING|FOLLOWING) value`, "INVALID_WINDOW_FRAME", "Window frame offset value must not be negative or null"),
	when(`Argument for ntile must be`, badArgument, "Buckets must be greater than 0"),
	when(`(?i)maximum (supported )?string size|Lists larger than|list.*maximum (supported )?size`, badArgument, "The result is larger than a value can be"),

	hinted(`(?i)max_temp_directory_size|No space left on device|disk quota`, "EXCEEDED_SPILL_LIMIT",
		"Query exceeded the space there is for what does not fit in memory", "make room on the disk of the temporary folder ($$TMPDIR), or let the query keep less: "+memoryHint),
	hinted(`(?i)^Out of Memory|failed to (allocate|pin)|std::bad_alloc`, "EXCEEDED_LOCAL_MEMORY_LIMIT",
		"Query exceeded the memory it may use, and could not go on from disk", memoryHint),

	hinted(`^Not implemented Error: |^Binder Error: `, "NOT_SUPPORTED", "This is not supported yet", reportHint),

	hinted(`No files found that match the pattern "([^"]*)"`, "HIVE_FILE_NOT_FOUND", "$1 is not in the mirror any more", fileHint),
	hinted(`(?i)Cannot open file "([^"]*)": No such file`, "HIVE_FILE_NOT_FOUND", "$1 is not in the mirror any more", fileHint),
	hinted(`(?i)Cannot open file "([^"]*)": ([^\n]*)`, "HIVE_CANNOT_OPEN_SPLIT", "$1 cannot be opened: $2", "the user who runs logsql needs to read the mirror's files"),
	hinted(`No magic bytes found at end of file '([^']*)'`, badFile, "$1 is not a valid Parquet file: its end is missing", fileHint),
	hinted(`File '([^']*)' too small to be a Parquet file`, badFile, "$1 is not a valid Parquet file: it is too short", fileHint),
	hinted(`(?i)file '([^']*)'.*(footer|thrift|parquet)|Failed to read Parquet file ["']([^"']*)`, badFile, "$1$2 is not a valid Parquet file", fileHint),
	hinted(`(?i)TProtocol|thrift|Snappy|decompress|Parquet|corrupt`, badFile, "A file of the table is not a valid Parquet file",
		"logsql status shows what is damaged; "+fileHint),
	hinted(`^IO Error|^Permission Error`, "HIVE_CANNOT_OPEN_SPLIT", "A file of the table cannot be read", fileHint),

	hinted(`Max expression depth limit`, "NOT_SUPPORTED", "The expression is nested too deeply", "split the query with WITH"),
	when(`database/sql/driver: MAP key type not supported`, "NOT_SUPPORTED", "Maps with keys of this type are not supported yet"),
	when(`^Conversion Error`, badCast, "Value cannot be cast"),
	when(`^Out of Range Error`, outOfRange, "Value is out of range"),
	when(`^Invalid Input Error`, badArgument, "An argument of a function is not valid"),
}

// reportHint ends with what whoever mends the fault needs to know.
const reportHint = "if Athena runs it, please report the statement, with: ${text}"

// typeNames are Trino's names of DuckDB's types in errors.
var typeNames = strings.NewReplacer("INT64", "bigint", "INT32", "integer", "INT16", "smallint", "INT8", "tinyint", "INT128", "decimal")

// trinoError is err as a *syntax.Error with Trino's code and words. What nothing
// is known about is a fault of ours, to be reported.
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
			return t.error(text, m, err)
		}
	}
	return &syntax.Error{
		Code: "GENERIC_INTERNAL_ERROR", Msg: "logsql met a fault of its own in this statement",
		Hint: "please report the statement, with: " + firstLine(text), Err: err,
	}
}

func (t translation) error(text string, match []int, err error) error {
	head, tail, upper := strings.Cut(t.msg, "${upper}")
	expand := func(template string) string {
		return typeNames.Replace(string(t.pattern.ExpandString(nil, template, text, match)))
	}
	msg := expand(head)
	if upper {
		msg += strings.ToUpper(expand(tail))
	}
	hint := strings.ReplaceAll(strings.ReplaceAll(t.hint, "$$", "$"), "${text}", firstLine(text))
	return &syntax.Error{Code: t.code, Msg: msg, Hint: hint, Err: err}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
