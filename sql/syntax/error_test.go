package syntax

import (
	"errors"
	"testing"
)

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		in, want, hint string
		span           string // the text underlined; "" at the end of the source
	}{
		{"SELEC 1", "SYNTAX_ERROR: line 1:1: mismatched input 'SELEC'. Expecting: <statement>", "did you mean SELECT?", "SELEC"},
		{"FOO", "SYNTAX_ERROR: line 1:1: mismatched input 'FOO'. Expecting: <statement>", "", "FOO"},
		{"SELECT", "SYNTAX_ERROR: line 1:7: mismatched input '<EOF>'. Expecting: <expression>", "", ""},
		{"SELECT a FORM t", "SYNTAX_ERROR: line 1:15: mismatched input 't'. Expecting: ',', 'FROM', 'WHERE', 'GROUP', 'HAVING', 'WINDOW', 'UNION', …", "did you mean FROM?", "t"},
		{"SELECT * FORM t", "SYNTAX_ERROR: line 1:10: mismatched input 'FORM'. Expecting: ',', 'FROM', 'WHERE', 'GROUP', 'HAVING', 'WINDOW', 'UNION', …", "did you mean FROM?", "FORM"},
		{"SELECT a FROM t WERE b = 1", "SYNTAX_ERROR: line 1:22: mismatched input 'b'. Expecting: 'NATURAL', 'CROSS', 'INNER', 'JOIN', ',', 'WHERE', 'GROUP', …", "did you mean WHERE?", "b"},
		{"SELECT a FROM t GRUOP BY a", "SYNTAX_ERROR: line 1:23: mismatched input 'BY'. Expecting: 'NATURAL', 'CROSS', 'INNER', 'JOIN', ',', 'WHERE', 'GROUP', …", "did you mean GROUP?", "BY"},
		{"SELECT a, FROM t", "SYNTAX_ERROR: line 1:11: mismatched input 'FROM'. Expecting: <expression>", "there is a comma too many before it", "FROM"},
		{"SELECT a b c FROM t", "SYNTAX_ERROR: line 1:12: mismatched input 'c'. Expecting: ',', 'FROM', 'WHERE', 'GROUP', 'HAVING', 'WINDOW', 'UNION', …", "", "c"},
		{"SELECT FROM t", "SYNTAX_ERROR: line 1:8: mismatched input 'FROM'. Expecting: <expression>", "", "FROM"},
		{"SELECT end FROM t", "SYNTAX_ERROR: line 1:8: mismatched input 'end'. Expecting: <expression>", "END is a reserved word: as a name it stands in double quotes, \"end\"", "end"},
		{"SELECT a.group FROM t", "SYNTAX_ERROR: line 1:10: mismatched input 'group'. Expecting: <identifier>", "GROUP is a reserved word: as a name it stands in double quotes, \"group\"", "group"},
		{"SELECT a FROM t WHERE end > 1", "SYNTAX_ERROR: line 1:23: mismatched input 'end'. Expecting: <expression>", "END is a reserved word: as a name it stands in double quotes, \"end\"", "end"},
		{"SELECT `a` FROM t", "SYNTAX_ERROR: line 1:8: mismatched input '`a`'. Expecting: <expression>", "in queries names stand in double quotes: \"a\"", "`a`"},
		{"SELECT * FROM `t`", "SYNTAX_ERROR: line 1:15: mismatched input '`t`'. Expecting: <table>", "in queries names stand in double quotes: \"t\"", "`t`"},
		{"SELECT a::bigint", "SYNTAX_ERROR: line 1:9: mismatched input ':'. Expecting: 'AS', ',', 'FROM', 'WHERE', 'GROUP', 'HAVING', 'WINDOW', …", "write CAST(x AS type) instead of x::type", ":"},
		{"SELECT a == b", "SYNTAX_ERROR: line 1:11: mismatched input '='. Expecting: <expression>", "equality is a single =", "="},
		{"SELECT a = b = c", "SYNTAX_ERROR: line 1:14: mismatched input '='. Expecting: 'AS', ',', 'FROM', 'WHERE', 'GROUP', 'HAVING', 'WINDOW', …", "", "="},
		{"SELECT a FROM t LIMIT 1 OFFSET 2", "SYNTAX_ERROR: line 1:25: mismatched input 'OFFSET'. Expecting: ';', <EOF>", "OFFSET stands before LIMIT", "OFFSET"},
		{"SELECT a FROM t LIMIT", "SYNTAX_ERROR: line 1:22: mismatched input '<EOF>'. Expecting: 'ALL', <integer>", "", ""},
		{"SELECT a FROM t LIMIT x", "SYNTAX_ERROR: line 1:23: mismatched input 'x'. Expecting: 'ALL', <integer>", "", "x"},
		{"SELECT * FROM <table name> WHERE a = 1", "SYNTAX_ERROR: line 1:15: mismatched input '<'. Expecting: <table>", "replace the placeholder <table name>", "<table name>"},
		{"SELECT * FROM t WHERE a = <account-id>", "SYNTAX_ERROR: line 1:27: mismatched input '<'. Expecting: <expression>", "replace the placeholder <account-id>", "<account-id>"},
		{"SELECT * FROM ${table}", "SYNTAX_ERROR: line 1:15: mismatched input '$'. Expecting: <table>", "replace the placeholder ${table}", "${table}"},
		{"SELECT * FROM t WHERE regexp_like(a, '^10'", "SYNTAX_ERROR: line 1:43: mismatched input '<EOF>'. Expecting: ',', ')'", "the ( at line 1:34 is not closed", ""},
		{"SELECT * FROM t WHERE (a = 1 AND (b = 2)\nORDER BY a", "SYNTAX_ERROR: line 2:1: mismatched input 'ORDER'. Expecting: ',', ')'", "the ( at line 1:23 is not closed", "ORDER"},
		{"SELECT (1", "SYNTAX_ERROR: line 1:10: mismatched input '<EOF>'. Expecting: ',', ')'", "the ( at line 1:8 is not closed", ""},
		{"SELECT 1)", "SYNTAX_ERROR: line 1:9: mismatched input ')'. Expecting: 'AS', ',', 'FROM', 'WHERE', 'GROUP', 'HAVING', 'WINDOW', …", "there is no ( before this )", ")"},
		{"SELECT a[1", "SYNTAX_ERROR: line 1:11: mismatched input '<EOF>'. Expecting: ']'", "the [ at line 1:9 is not closed", ""},
		{"SELECT ‘x’", "SYNTAX_ERROR: line 1:8: unrecognized character '‘'", "a typographic quote: strings stand in straight single quotes, 'text'", "‘"},
		{"SELECT “x”", "SYNTAX_ERROR: line 1:8: unrecognized character '“'", "a typographic quote: strings stand in straight single quotes, 'text', names in straight double quotes", "“"},
		{"SELECT\u00a01", "SYNTAX_ERROR: line 1:7: unrecognized character U+00A0", "an invisible character: write a plain blank instead, or nothing", "\u00a0"},
		{"SELECT 1\x00", "SYNTAX_ERROR: line 1:9: unrecognized character U+0000", "an invisible character: write a plain blank instead, or nothing", "\x00"},
		{"SELECT \xff", "SYNTAX_ERROR: line 1:8: unrecognized character byte 0xFF (not UTF-8)", "", "\xff"},
		{"SELECT 日期 FROM t", "SYNTAX_ERROR: line 1:8: unrecognized character '日期'", "a name of other characters than a-z, 0-9 and _ stands in double quotes", "日期"},
		{"SELECT 'x", "SYNTAX_ERROR: line 1:8: string is not closed: ' is missing", "", "'x"},
		{"SELECT \"x", "SYNTAX_ERROR: line 1:8: quoted name is not closed: \" is missing", "", "\"x"},
		{"SELECT 1 /* x", "SYNTAX_ERROR: line 1:10: comment is not closed: */ is missing", "", "/* x"},
		{"SELECT \"\"", "SYNTAX_ERROR: line 1:8: Zero-length delimited identifier not allowed", "", "\"\""},
		{"SELECT 1a", "SYNTAX_ERROR: line 1:8: identifiers must not start with a digit; surround the identifier with double quotes", "", "1a"},
		{"SELECT 0x", "SYNTAX_ERROR: line 1:8: identifiers must not start with a digit; surround the identifier with double quotes", "", "0x"},
		{"SELECT X'1'", "SYNTAX_ERROR: line 1:8: Binary literal must contain an even number of digits", "", "X'1'"},
		{"SELECT X'1g'", "SYNTAX_ERROR: line 1:8: Binary literal can only contain hexadecimal digits", "", "X'1g'"},
		{"SELECT U&'\\12'", "SYNTAX_ERROR: line 1:8: Incomplete escape sequence: 12", "", "U&'\\12'"},
		{"SELECT U&'\\D800'", "SYNTAX_ERROR: line 1:8: Invalid escaped character: D800", "", "U&'\\D800'"},
		{"SELECT U&'a' UESCAPE 'ab'", "SYNTAX_ERROR: line 1:22: Invalid Unicode escape character: ab", "", "'ab'"},
		{"SELECT INTERVAL '1' WEEK", "SYNTAX_ERROR: line 1:21: mismatched input 'WEEK'. Expecting: 'YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'", "", "WEEK"},
		{"SELECT CASE 1 END", "SYNTAX_ERROR: line 1:15: mismatched input 'END'. Expecting: 'WHEN'", "", "END"},
		{"SELECT CAST(a bigint)", "SYNTAX_ERROR: line 1:15: mismatched input 'bigint'. Expecting: 'AS'", "write AS before the type: CAST(x AS type)", "bigint"},
		{"SELECT a AT TIME ZONE b", "SYNTAX_ERROR: line 1:23: mismatched input 'b'. Expecting: 'INTERVAL', <string>", "a zone that is no literal goes through at_timezone(value, zone)", "b"},
		{"SELECT * FROM a JOIN b", "SYNTAX_ERROR: line 1:23: mismatched input '<EOF>'. Expecting: 'ON', 'USING'", "", ""},
		{"SELECT * FROM a JOIN b WHERE a.x = b.x", "SYNTAX_ERROR: line 1:24: mismatched input 'WHERE'. Expecting: 'ON', 'USING'", "", "WHERE"},
		{"SELECT * FROM UNNEST(r) AS t(a) AS u", "SYNTAX_ERROR: line 1:33: mismatched input 'AS'. Expecting: 'NATURAL', 'CROSS', 'INNER', 'JOIN', ',', 'WHERE', 'GROUP', …", "", "AS"},
		{"SELECT 1 UNION CORRESPONDING BY (x) SELECT 2", "NOT_SUPPORTED: line 1:10: CORRESPONDING with columns is unsupported", "", "UNION"},
		{"SELECT x OVER w FROM t", "NOT_SUPPORTED: line 1:8: Measures of row patterns are not supported", "", "x"},
		{"SELECT lag(a) IGNORE NULLS FROM t", "SYNTAX_ERROR: line 1:28: mismatched input 'FROM'. Expecting: 'OVER'", "", "FROM"},
		{"SELECT lag(a) IGNORE NULLS OVER", "SYNTAX_ERROR: line 1:32: mismatched input '<EOF>'. Expecting: <identifier>", "", ""},
		{"SELECT a FROM t WHERE b RLIKE 'x'", "SYNTAX_ERROR: line 1:25: mismatched input 'RLIKE'. Expecting: 'GROUP', 'HAVING', 'WINDOW', 'UNION', 'EXCEPT', 'INTERSECT', 'ORDER', …", "write regexp_like(value, pattern)", "RLIKE"},
		{"SELECT b REGEXP 'x' FROM t", "SYNTAX_ERROR: line 1:17: mismatched input ''x''. Expecting: ',', 'FROM', 'WHERE', 'GROUP', 'HAVING', 'WINDOW', 'UNION', …", "write regexp_like(value, pattern)", "'x'"},
		{"SELECT TOP 10 a FROM t", "SYNTAX_ERROR: line 1:12: mismatched input '10'. Expecting: 'AS', ',', 'FROM', 'WHERE', 'GROUP', 'HAVING', 'WINDOW', …", "write LIMIT at the query's end", "10"},
		{"SELECT a + INTERVAL 1 DAY FROM t", "SYNTAX_ERROR: line 1:21: mismatched input '1'. Expecting: 'AS', ',', 'FROM', 'WHERE', 'GROUP', 'HAVING', 'WINDOW', …", "the number stands in quotes: INTERVAL '1' DAY", "1"},
		{"SELECT a FROM t LATERAL VIEW explode(b) u AS c", "SYNTAX_ERROR: line 1:25: mismatched input 'VIEW'. Expecting: 'NATURAL', 'CROSS', 'INNER', 'JOIN', ',', 'WHERE', 'GROUP', …", "write CROSS JOIN UNNEST(array) AS t(column) instead of LATERAL VIEW", "VIEW"},
		{"SELECT 7 DIV 2", "SYNTAX_ERROR: line 1:14: mismatched input '2'. Expecting: ',', 'FROM', 'WHERE', 'GROUP', 'HAVING', 'WINDOW', 'UNION', …", "write / between integers: it divides whole", "2"},
		{"SELECT a FROM t LIMIT 10, 5", "SYNTAX_ERROR: line 1:25: mismatched input ','. Expecting: ';', <EOF>", "LIMIT takes one number; OFFSET n stands before it", ","},
		{"SELECT a FROM t WHERE a = 'it's'", "SYNTAX_ERROR: line 1:31: mismatched input 's'. Expecting: 'GROUP', 'HAVING', 'WINDOW', 'UNION', 'EXCEPT', 'INTERSECT', 'ORDER', …", "a quote inside a string is written twice: ''", "s"},
		{"SELECT * EXCLUDE (a) FROM t", "SYNTAX_ERROR: line 1:10: mismatched input 'EXCLUDE'. Expecting: ',', 'FROM', 'WHERE', 'GROUP', 'HAVING', 'WINDOW', 'UNION', …", "Athena's * takes every column: name those you want", "EXCLUDE"},
		{"SELECT * EXCEPT (a) FROM t", "SYNTAX_ERROR: line 1:18: mismatched input 'a'. Expecting: <query>", "Athena's * takes every column: name those you want", "a"},
		{"SELECT * FROM t PIVOT (sum(a) FOR b IN ('c'))", "SYNTAX_ERROR: line 1:27: mismatched input '('. Expecting: ',', ')'", "Athena has no PIVOT: write sum(value) FILTER (WHERE key = 'a') AS a, a column each, with GROUP BY", "("},
		{"SELECT COUNT DISTINCT a FROM t", "SYNTAX_ERROR: line 1:14: mismatched input 'DISTINCT'. Expecting: 'AS', ',', 'FROM', 'WHERE', 'GROUP', 'HAVING', 'WINDOW', …", "write count(DISTINCT column)", "DISTINCT"},
		{"SELECT LEFT(a, 2) FROM t", "SYNTAX_ERROR: line 1:8: mismatched input 'LEFT'. Expecting: <expression>", "write substr(x, 1, n)", "LEFT"},
		{"SELECT TRY_CAST(a, bigint)", "SYNTAX_ERROR: line 1:18: mismatched input ','. Expecting: 'AS'", "write AS instead of the comma: CAST(x AS type)", ","},
		{"SELECT CASE WHEN a THEN b FROM t", "SYNTAX_ERROR: line 1:27: mismatched input 'FROM'. Expecting: 'WHEN', 'ELSE', 'END'", "CASE ends with END", "FROM"},
		{"SELECT a FROM t WHERE a = 'b' || c = 'd'", "SYNTAX_ERROR: line 1:36: mismatched input '='. Expecting: 'GROUP', 'HAVING', 'WINDOW', 'UNION', 'EXCEPT', 'INTERSECT', 'ORDER', …", "|| joins text: the or of conditions is OR", "="},
		{"SELECT a FROM t WHERE a AND AND b", "SYNTAX_ERROR: line 1:29: mismatched input 'AND'. Expecting: <expression>", "a condition is missing between them", "AND"},
		{"SELECT a FROM t WHERE a IS 'b'", "SYNTAX_ERROR: line 1:28: mismatched input ''b''. Expecting: 'NOT', 'DISTINCT', 'NULL'", "IS is for NULL only: compare with =", "'b'"},
		{"SELECT a && b", "SYNTAX_ERROR: line 1:10: unrecognized character '&'", "the and of conditions is AND; bitwise_and(x, y) is that of bits", "&"},
		{"WITH a AS SELECT 1 SELECT * FROM a", "SYNTAX_ERROR: line 1:11: mismatched input 'SELECT'. Expecting: '('", "the query of a WITH part stands in brackets: WITH name AS (SELECT …)", "SELECT"},
		{"SELECT current_timestamp()", "SYNTAX_ERROR: line 1:26: mismatched input ')'. Expecting: <integer>", "it stands without brackets", ")"},
		{"SELECT * t", "SYNTAX_ERROR: line 1:10: mismatched input 't'. Expecting: ',', 'FROM', 'WHERE', 'GROUP', 'HAVING', 'WINDOW', 'UNION', …", "FROM is missing before the table's name", "t"},
		{"FROM t", "SYNTAX_ERROR: line 1:1: mismatched input 'FROM'. Expecting: <statement>", "a query begins with SELECT: SELECT * FROM …", "FROM"},
		{"SELECT a FROM t ORDER a", "SYNTAX_ERROR: line 1:23: mismatched input 'a'. Expecting: 'BY'", "BY is missing", "a"},
		{"SELECT a FROM t GROUP a", "SYNTAX_ERROR: line 1:23: mismatched input 'a'. Expecting: 'BY'", "BY is missing", "a"},
		{"SELECT a FROM t WHERE a IN ()", "SYNTAX_ERROR: line 1:29: mismatched input ')'. Expecting: <expression>", "", ")"},
		{"SELECT a FROM t WHERE a NOT NULL", "SYNTAX_ERROR: line 1:25: mismatched input 'NOT'. Expecting: 'GROUP', 'HAVING', 'WINDOW', 'UNION', 'EXCEPT', 'INTERSECT', 'ORDER', …", "did you mean IS NOT NULL?", "NOT"},
		{"SELECT a FROM t WHERE a = 1 AND", "SYNTAX_ERROR: line 1:32: mismatched input '<EOF>'. Expecting: <expression>", "", ""},
		{"SELECT a FROM t GROUP BY 1 +", "SYNTAX_ERROR: line 1:29: mismatched input '<EOF>'. Expecting: <expression>", "", ""},
		{"SHOW FOO", "SYNTAX_ERROR: line 1:6: mismatched input 'FOO'. Expecting: 'CREATE', 'CATALOGS', 'COLUMNS', 'DATABASES', 'FUNCTIONS', 'PARTITIONS', 'SCHEMAS', …", "", "FOO"},
		{"SHOW COLUMNS", "SYNTAX_ERROR: line 1:13: mismatched input '<EOF>'. Expecting: 'FROM', 'IN'", "", ""},
		{"EXPLAIN", "SYNTAX_ERROR: line 1:8: mismatched input '<EOF>'. Expecting: 'ANALYZE', <statement>", "", ""},
		{"CREATE TABLE a (b string COMMENT 'it", "SYNTAX_ERROR: line 1:34: string is not closed: ' is missing", "", "'it"},
		{"SELECT 1; SELECT a FROM", "SYNTAX_ERROR: line 1:24: mismatched input '<EOF>'. Expecting: <table>", "", ""},
	} {
		_, err := Parse(c.in)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: no error", c.in)
			continue
		}
		span := c.in[e.From.Offset:e.To.Offset]
		if e.Error() != c.want || e.Hint != c.hint || span != c.span {
			t.Errorf("{%q, %q,\n%q, %q},", c.in, e.Error(), e.Hint, span)
		}
	}
}

func TestIsIncomplete(t *testing.T) {
	for src, want := range map[string]bool{
		"SELECT":                 true,
		"SELECT a FROM":          true,
		"SELECT f(a":             true,
		"SELECT 'a":              true,
		"SELECT 1 /* a":          true,
		"CREATE TABLE a ('b":     true,
		"SELECT 1; SELECT 2 +":   true,
		"SELECT a FROM t LIMIT":  true,
		"SELECT FROM t":          false,
		"SELECT 1a":              false,
		"SELECT a b c":           false,
		"SELECT (1; SELECT 2":    false,
		"SELECT x OVER w FROM t": false,
	} {
		_, err := Parse(src)
		if got := IsIncomplete(err); err == nil || got != want {
			t.Errorf("%s: %v (%v)", src, got, err)
		}
	}
	if IsIncomplete(nil) || IsIncomplete(errors.New("x")) {
		t.Error("other errors are incomplete")
	}
}

// TestBefore: what stands before the broken statement is returned with the
// error.
func TestBefore(t *testing.T) {
	list, err := Parse("SELECT 1; SHOW TABLES; SELECT FROM t; SELECT 2")
	if err == nil || printAll(list) != "SELECT 1;\nSHOW TABLES" {
		t.Errorf("%q, %v", printAll(list), err)
	}
}
