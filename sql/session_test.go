package sql

import (
	"context"
	"errors"
	"strings"
	"testing"

	"logsql/sql/syntax"
)

func TestStatements(t *testing.T) {
	s := emptySession(t)
	for _, c := range []struct{ sql, want string }{
		{"SHOW DATABASES", "varchar\ndefault\ninformation_schema\nlogsql"},
		{"SHOW TABLES IN logsql LIKE '*flow*'", "varchar\ntransit_gateway_flow_logs\nvpc_flow_logs"},
		{"SHOW TABLES IN nowhere", "error FAILED"},
		{"SHOW FUNCTIONS LIKE 'regexp_like'", "varchar\nregexp_like"},
		{"USE nowhere", "error SCHEMA_NOT_FOUND"},
		{"USE logsql", ""},
		{"PREPARE p FROM SELECT 1 + 1", ""},
		{"EXECUTE p", "integer\n2"},
		{"PREPARE q FROM SELECT x, ? FROM (VALUES 1, 2) t(x) WHERE x = ? AND 'ab' LIKE ?", ""},
		{"EXECUTE q USING date '2021-12-04', 2, 'a%'", "integer, date\n2\t2021-12-04"},
		{"EXECUTE q USING 1 + 1, 5e-1, 'a%'", "integer, integer"},
		{"EXECUTE q USING x, 2, 'a'", "error COLUMN_NOT_FOUND"},
		{"EXECUTE q USING count(*), 2, 'a'", "error EXPRESSION_NOT_SCALAR"},
		{"EXECUTE q USING 1, 2", "error INVALID_PARAMETER_USAGE"},
		{"EXECUTE q USING 1, 'x', 'a'", "error TYPE_MISMATCH"},
		{"EXECUTE p USING 1", "error INVALID_PARAMETER_USAGE"},
		{"SELECT ?", "error INVALID_PARAMETER_USAGE"},
		{"DEALLOCATE PREPARE p", ""},
		{"EXECUTE p", "error NOT_FOUND"},
		{"MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE", "error NOT_SUPPORTED"},
		{"SELECT count(*) FROM vpc_flow_logs", "bigint\n0"},
	} {
		if got := answer(s, c.sql); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.sql, got, c.want)
		}
	}
	if s.Database() != "logsql" {
		t.Errorf("the database after USE is %s", s.Database())
	}
}

func TestDescribe(t *testing.T) {
	s := emptySession(t)
	got := answer(s, "DESCRIBE s3_access_logs")
	for _, want := range []string{"requestdatetime     \tstring              \t", "# Partition Information", "year                \tstring              \t"} {
		if !strings.Contains(got, want) {
			t.Errorf("DESCRIBE has no line %q:\n%s", want, got)
		}
	}
	if got := answer(s, "DESCRIBE nothing"); got != "error FAILED" {
		t.Error(got)
	}
}

func TestExplain(t *testing.T) {
	got := answer(emptySession(t), "EXPLAIN SELECT count(*) FROM cloudtrail_logs")
	for _, want := range []string{"cloudtrail_logs: 0 of 0 parts", "count(*)"} {
		if !strings.Contains(got, want) {
			t.Errorf("EXPLAIN has no %q:\n%s", want, got)
		}
	}
}

// What reads or writes files, loads code or changes settings in DuckDB is not
// there for a statement.
func TestFence(t *testing.T) {
	s := emptySession(t)
	for _, sql := range []string{
		"SELECT * FROM TABLE(read_csv('/etc/passwd'))",
		"SELECT read_text('/etc/passwd')",
		"SELECT * FROM \"/etc/passwd\"",
		"SELECT getenv('HOME')",
		"SELECT trino_fail('X', 'y')",
		"SELECT current_setting('threads')",
		"COPY (SELECT 1) TO '/tmp/x'",
		"INSTALL httpfs",
		"ATTACH '/tmp/x.db'",
		"PRAGMA version",
		"SELECT * FROM duckdb_settings",
	} {
		if got := answer(s, sql); !strings.HasPrefix(got, "error ") || strings.HasPrefix(got, "error GENERIC") {
			t.Errorf("%s: %s", sql, got)
		}
	}
}

func TestErrorsHaveTrinosWords(t *testing.T) {
	s := emptySession(t)
	for sql, want := range map[string]string{
		"SELECT 1/0":                                "DIVISION_BY_ZERO: Division by zero",
		"SELECT cast('x' AS integer)":               "INVALID_CAST_ARGUMENT: Cannot cast 'x' to INT",
		"SELECT cast(300 AS tinyint)":               "NUMERIC_VALUE_OUT_OF_RANGE: Out of range for tinyint: 300",
		"SELECT (SELECT x FROM (VALUES 1, 2) t(x))": "SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows",
		"SELECT date_parse('x', '%Y')":              `INVALID_FUNCTION_ARGUMENT: Invalid format: "x"`,
		"SELECT abs('x')": "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (varchar(1)) for function abs. " +
			"Expected: abs(bigint), abs(decimal(p,s)), abs(double), abs(integer), abs(real), abs(smallint), abs(tinyint)",
		"SELECT approx_set(1)":           "NOT_SUPPORTED: line 1:8: Function 'approx_set' is not supported yet",
		"SELECT frobnicate(1)":           "FUNCTION_NOT_FOUND: line 1:8: Function 'frobnicate' not registered",
		"SELECT 'a' + 1":                 "TYPE_MISMATCH: line 1:12: Cannot apply operator: varchar(1) + integer",
		"SELECT json_extract('{}', 'a')": "INVALID_FUNCTION_ARGUMENT: Invalid JSON path: 'a'",
	} {
		_, err := tryAnswer(s, sql)
		if err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", sql, err, want)
		}
	}
}

func TestCancel(t *testing.T) {
	s := emptySession(t)
	if got := answer(s, "SELECT 1"); got != "integer\n1" {
		t.Fatal(got)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	statements, err := syntax.Parse("SELECT 1")
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Query(ctx, statements[0])
	var known *Error
	if !errors.As(err, &known) && !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled query gives %v", err)
	}
}
