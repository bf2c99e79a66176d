package syntax

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestHostile: no source, however long or deep, takes long or ends the process;
// it parses or gets an error.
func TestHostile(t *testing.T) {
	const mega = 1 << 20
	deep := func(open, inner, end string) string {
		return strings.Repeat(open, 10_000) + inner + strings.Repeat(end, 10_000)
	}
	huge := func(text string) string { return strings.Repeat(text, 10*mega/len(text)) }
	long := func(text string) string { return strings.Repeat(text, mega/len(text)) }
	for name, src := range map[string]string{
		"brackets":           "SELECT " + deep("(", "1", ")"),
		"brackets open":      "SELECT " + huge("("),
		"brackets close":     "SELECT 1" + long(")"),
		"subqueries":         deep("SELECT * FROM (", "t", ")"),
		"scalar subqueries":  deep("SELECT (", "1", ")"),
		"exists":             deep("SELECT EXISTS (", "1", ")"),
		"WITH":               deep("WITH a AS (", "SELECT 1", ")"),
		"joins in brackets":  "SELECT * FROM " + deep("(a JOIN ", "b", " ON x)"),
		"joins":              "SELECT * FROM a" + strings.Repeat(" CROSS JOIN a", 100_000),
		"right joins":        "SELECT * FROM " + strings.Repeat("a JOIN ", 100_000),
		"arrays":             "SELECT " + deep("ARRAY[", "1", "]"),
		"subscripts":         "SELECT a" + strings.Repeat("[1]", 200_000),
		"fields":             "SELECT a" + strings.Repeat(".b", 200_000),
		"calls":              "SELECT " + deep("f(", "1", ")"),
		"CASE":               "SELECT " + deep("CASE WHEN a THEN ", "1", " END"),
		"CAST":               "SELECT " + deep("CAST(", "1", " AS int)"),
		"lambdas":            "SELECT f(" + strings.Repeat("x -> ", 10_000) + "1)",
		"lambda heads":       "SELECT f(" + strings.Repeat("(a, ", 10_000),
		"types":              "SELECT CAST(1 AS " + deep("row(a ", "int", ")") + ")",
		"array types":        "SELECT CAST(1 AS int" + strings.Repeat(" array", 200_000) + ")",
		"signs":              "SELECT " + long("- ") + "1",
		"dashes":             "SELECT " + long("-"),
		"NOT":                "SELECT " + long("NOT "),
		"AND":                "SELECT a" + strings.Repeat(" AND a = 1", 5000),
		"OR":                 "SELECT a" + strings.Repeat(" OR a = 1", 90_000),
		"IN":                 "SELECT a IN (0" + strings.Repeat(", 1", 100_000) + ")",
		"VALUES":             "VALUES (0)" + strings.Repeat(", (1, 'a')", 100_000),
		"names in brackets":  "SELECT (a" + strings.Repeat(", a", 100_000) + ")",
		"UNION":              "SELECT 1" + strings.Repeat(" UNION SELECT 1", 90_000),
		"AT TIME ZONE":       "SELECT a" + strings.Repeat(" AT TIME ZONE 'UTC'", 200_000),
		"string":             "SELECT '" + huge("a") + "'",
		"string open":        "SELECT '" + huge("a"),
		"quotes":             "SELECT " + long("'"),
		"name":               "SELECT " + huge("a"),
		"quoted name":        `SELECT "` + huge("a") + `"`,
		"number":             "SELECT " + long("1"),
		"decimal":            "SELECT 1." + long("1"),
		"exponent":           "SELECT 1e" + long("1"),
		"comment":            "SELECT 1 -- " + long("a"),
		"comments":           "SELECT 1 " + long("/**/"),
		"lines":              "SELECT 1" + long("\n"),
		"semicolons":         long(";"),
		"statements":         long("SELECT 1;\n"),
		"statements without": strings.Repeat("SELECT 1\n", 100_000),
		"NUL":                huge("\x00"),
		"letters":            long("日"),
		"bytes":              long("\xff"),
		"placeholder":        "SELECT * FROM " + long("<"),
		"placeholder open":   "SELECT * FROM <" + long("a"),
		"EXPLAIN":            long("EXPLAIN "),
		"EXPLAIN options":    "EXPLAIN " + long("("),
		"PREPARE":            long("PREPARE a FROM "),
		"MERGE":              "MERGE INTO a " + long("( "),
		"MATCH_RECOGNIZE":    "SELECT * FROM t MATCH_RECOGNIZE " + long("("),

		"columns":          "CREATE EXTERNAL TABLE a (b int" + strings.Repeat(", b int", 100_000) + ")",
		"struct":           "CREATE EXTERNAL TABLE a (b " + deep("struct<a:", "int", ">") + ")",
		"struct open":      "CREATE EXTERNAL TABLE a (b " + long("struct<a:"),
		"array":            "ALTER TABLE a ADD COLUMNS (b " + deep("array<", "int", ">") + ")",
		"partitions":       "ALTER TABLE a ADD" + strings.Repeat(" PARTITION (b = 'c') LOCATION 'd'", 100_000),
		"properties":       "CREATE DATABASE a WITH DBPROPERTIES ('a' = 'b'" + strings.Repeat(", 'a' = 'b'", 100_000) + ")",
		"backslashes":      "CREATE DATABASE a COMMENT '" + long(`\\`) + "'",
		"backslashes open": "CREATE DATABASE a COMMENT '" + long(`\`),
		"hive quotes":      "CREATE DATABASE a COMMENT " + long("'"),
		"illegal after":    "CREATE DATABASE a COMMENT 'b' " + long("'"),
		"dotted name":      "DROP TABLE a" + strings.Repeat(".a", 100_000),
		"back-ticks":       "DROP TABLE `" + long("a.") + "a`",
		"dashed name":      "DROP TABLE a" + long("-a"),
		"delimiters":       "CREATE TABLE a ROW FORMAT DELIMITED " + long("FIELDS "),
	} {
		start := cpuTime(t)
		list, err := Parse(src)
		if took := cpuTime(t) - start; took > 2*time.Second {
			t.Errorf("%s takes %v", name, took)
		}
		if err == nil && len(list) < 5 {
			if err := reprints(src); err != nil {
				t.Errorf("%s: %.200v", name, err)
			}
		}
		if err != nil && len(err.Error()) > 1<<10 {
			t.Errorf("%s: an error of %d bytes", name, len(err.Error()))
		}
	}
}

// cpuTime is what the process used so far, which other processes do not change.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		t.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
