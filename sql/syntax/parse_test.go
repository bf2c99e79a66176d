package syntax

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// parseCase is source and how it prints; want is empty where that is the same.
type parseCase struct{ in, want string }

func same(texts ...string) []parseCase {
	cases := make([]parseCase, len(texts))
	for i, text := range texts {
		cases[i] = parseCase{text, text}
	}
	return cases
}

// reprints parses src, prints it, and parses and prints that again, which must
// not change it.
func reprints(src string) error {
	first, err := Parse(src)
	if err != nil {
		return err
	}
	once := printAll(first)
	second, err := Parse(once)
	if err != nil {
		return fmt.Errorf("printed as %s: %w", once, err)
	}
	if twice := printAll(second); twice != once {
		return fmt.Errorf("printed as\n%s\nthen as\n%s", once, twice)
	}
	return nil
}

func printAll(list []Statement) string {
	texts := make([]string, len(list))
	for i, st := range list {
		texts[i] = Print(st)
	}
	return strings.Join(texts, ";\n")
}

func allCases() []parseCase {
	return slices.Concat(statementCases, ddlCases, queryCases, relationCases, exprStatements())
}

func exprStatements() []parseCase {
	var cases []parseCase
	for _, c := range exprCases {
		cases = append(cases, parseCase{"SELECT " + c.in, "SELECT " + c.want})
	}
	return cases
}

var statementCases = append(same(
	"SELECT 1;\nSELECT 2",
	"EXPLAIN SELECT 1",
	"EXPLAIN ANALYZE SELECT 1",
	"EXPLAIN ANALYZE VERBOSE SELECT 1",
	"EXPLAIN (TYPE LOGICAL, FORMAT JSON) SELECT 1",
	"EXPLAIN (SELECT 1)",
	"USE logs",
	"USE awsdatacatalog.logs",
	"SHOW DATABASES",
	"SHOW DATABASES LIKE 'a%'",
	"SHOW TABLES FROM logs LIKE 'a$%' ESCAPE '$'",
	"SHOW COLUMNS FROM logs.flow",
	"SHOW CREATE TABLE logs.flow",
	"SHOW CREATE VIEW v",
	"SHOW PARTITIONS flow",
	"SHOW TBLPROPERTIES flow('classification')",
	"SHOW FUNCTIONS LIKE 'json%'",
	"SHOW SESSION",
	"SHOW STATS FOR t",
	"DESCRIBE flow",
	"DESCRIBE DATABASE logs",
	"DESCRIBE DATABASE EXTENDED logs",
	"DESCRIBE FORMATTED logs.flow",
	"DESCRIBE EXTENDED flow useridentity.arn",
	"DESCRIBE OUTPUT q",
	"PREPARE q FROM SELECT * FROM t WHERE a = ?",
	"EXECUTE q",
	"EXECUTE q USING 1, 'two'",
	"EXECUTE IMMEDIATE 'SELECT 1'",
	"DEALLOCATE PREPARE q",
	"MSCK REPAIR TABLE flow",
	"DROP TABLE IF EXISTS logs.flow",
	"UNLOAD (SELECT 1) TO 's3://bucket/x/' WITH (format = 'PARQUET')",
	"MERGE INTO a USING b ON a.i = b.i WHEN MATCHED THEN\nUPDATE SET x = 1",
	"WITH FUNCTION f(x bigint) RETURNS bigint RETURN x SELECT f(1)",
),
	parseCase{"", ""},
	parseCase{" ;; -- nothing\n;", ""},
	parseCase{"\ufeffselect 1;", "SELECT 1"},
	parseCase{"show schemas in x", "SHOW DATABASES FROM x"},
	parseCase{"SHOW TABLES IN `logs` '*flow*'", `SHOW TABLES FROM "logs" LIKE '*flow*'`},
	parseCase{"SHOW COLUMNS IN flow IN logs", "SHOW COLUMNS FROM logs.flow"},
	parseCase{"DESC `logs.flow`", `DESCRIBE "logs"."flow"`},
	parseCase{"select 1 -- one\n;/* two */ select 2", "SELECT 1;\nSELECT 2"},
	parseCase{"SELECT a FROM t\nSELECT b", "SELECT a FROM t;\nSELECT b"},
	parseCase{"SELECT a FROM t\nSHOW TABLES", "SELECT a FROM t;\nSHOW TABLES"},
	parseCase{"create database logs\n\nCREATE\nEXTERNAL TABLE a (b int)", "CREATE DATABASE logs;\nCREATE EXTERNAL TABLE a (b int)"},
	parseCase{"MSCK REPAIR TABLE a\nSELECT 1", "MSCK REPAIR TABLE a;\nSELECT 1"},
)

var queryCases = append(same(
	"SELECT day_of_week(date) AS day, date, interfaceid FROM vpc_flow_logs",
	"SELECT *",
	"SELECT t.*, a.b.* AS (c, d) FROM t",
	"SELECT DISTINCT a AS b FROM t",
	"SELECT a FROM t WHERE b > 1 GROUP BY a HAVING count(*) > 1 ORDER BY 1 DESC NULLS FIRST, 2 NULLS LAST OFFSET 2 ROWS LIMIT 3",
	"SELECT a FROM t FETCH FIRST 3 ROWS WITH TIES",
	"SELECT a FROM t OFFSET ? ROWS LIMIT ?",
	"SELECT 1 UNION SELECT 2 INTERSECT SELECT 3",
	"SELECT 1 UNION ALL SELECT 2 EXCEPT SELECT 3",
	"(SELECT 1 UNION SELECT 2) INTERSECT SELECT 3",
	"SELECT 1 EXCEPT (SELECT 2 EXCEPT SELECT 3)",
	"(SELECT 1 ORDER BY 1 LIMIT 1) UNION (SELECT 2) ORDER BY 1",
	"((SELECT 1))",
	"SELECT 1 AS x UNION ALL CORRESPONDING SELECT 2 AS x",
	"VALUES 1, (2), (3, 'x'), ROW(4, 'y')",
	"TABLE logs.flow",
	"WITH a AS (SELECT 1), b (x, y) AS (VALUES (1, 2)) SELECT * FROM a, b",
	"WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 9) SELECT sum(n) FROM t",
	"SELECT a FROM t GROUP BY AUTO",
	"SELECT a FROM t GROUP BY DISTINCT a, (b, c), ()",
	"SELECT a FROM t GROUP BY ROLLUP (a, (b, c)), CUBE (a), GROUPING SETS ((), (a, b), c)",
	"SELECT a FROM t GROUP BY ((a, b)), ROW(a, b)",
	"SELECT sum(a) OVER w FROM t WINDOW w AS (PARTITION BY b ORDER BY c DESC), v AS (w ROWS 2 PRECEDING)",
	"SELECT a.b FROM t LIMIT 1",
),
	parseCase{"select all a from t", "SELECT a FROM t"},
	parseCase{"select a b, c \"d e\" from t", `SELECT a AS b, c AS "d e" FROM t`},
	parseCase{"select 1 limit, 2 as offset from t fetch", "SELECT 1 AS limit, 2 AS offset FROM t AS fetch"},
	parseCase{"select a from t fetch next row only", "SELECT a FROM t LIMIT 1"},
	parseCase{"select a from t offset 1 limit all", "SELECT a FROM t OFFSET 1 ROWS"},
	parseCase{"select a from t group by all a, (b)", "SELECT a FROM t GROUP BY a, b"},
	parseCase{"((select 1) union select 2) limit 3", "((SELECT 1) UNION SELECT 2) LIMIT 3"},
	parseCase{"select 1 union distinct select 2", "SELECT 1 UNION SELECT 2"},
	parseCase{"select a\nfrom t\nlimit 5", "SELECT a FROM t LIMIT 5"},
)

var relationCases = append(same(
	"SELECT * FROM a, b.c, d.e.f",
	`SELECT * FROM "a b" AS "c d" ("e f", g)`,
	"SELECT * FROM a INNER JOIN b ON a.x = b.x LEFT JOIN c USING (y, z)",
	"SELECT * FROM a CROSS JOIN b NATURAL FULL JOIN c RIGHT JOIN d ON TRUE",
	"SELECT * FROM a INNER JOIN (b INNER JOIN c ON x) ON y",
	"SELECT * FROM (a CROSS JOIN b) AS c",
	"SELECT * FROM a, b INNER JOIN c ON x",
	"SELECT * FROM (SELECT 1) AS t (a)",
	"SELECT * FROM ((SELECT 1) UNION (SELECT 2)) AS t",
	"SELECT * FROM t CROSS JOIN UNNEST(a, b) WITH ORDINALITY AS u (x, y, n)",
	"SELECT * FROM t, LATERAL (SELECT t.a) AS u",
	"SELECT * FROM t AS u TABLESAMPLE BERNOULLI (10)",
	"SELECT * FROM TABLE(sequence(start => 1, stop => 3))",
	"SELECT * FROM TABLE(f(TABLE(logs.flow), TABLE(SELECT 1), DESCRIPTOR(a, b), x => 'y'))",
	"SELECT * FROM t FOR VERSION AS OF 12",
	"SELECT * FROM t FOR TIMESTAMP AS OF TIMESTAMP '2021-12-01 00:00:00' AS u",
	"SELECT * FROM t AS x MATCH_RECOGNIZE (PATTERN (A B+) DEFINE B AS true) AS m (c)",
	"SELECT * FROM JSON_TABLE('[1]', 'lax $[*]' COLUMNS (a int PATH 'lax $'))",
	"SELECT * FROM a, JSON_TABLE(b FORMAT JSON, 'lax $' AS p PASSING 1 AS x COLUMNS (o FOR ORDINALITY, c int DEFAULT 1 ON EMPTY NULL ON ERROR, d varchar FORMAT JSON PATH 'lax $.d' WITH UNCONDITIONAL ARRAY WRAPPER KEEP QUOTES EMPTY ARRAY ON ERROR, NESTED PATH 'lax $.e' AS e COLUMNS (f int), NESTED PATH 'lax $.g' AS g COLUMNS (h int)) PLAN (p OUTER (e UNION g)) EMPTY ON ERROR) AS t",
	"SELECT * FROM JSON_TABLE(a, 'lax $' COLUMNS (b int) PLAN DEFAULT (INNER, CROSS) ERROR ON ERROR)",
	`SELECT "$path" FROM "flow$partitions"`,
),
	parseCase{"select * from a join b join c on x on y", "SELECT * FROM a INNER JOIN (b INNER JOIN c ON x) ON y"},
	parseCase{"select * from (a join b on x) left outer join c on y", "SELECT * FROM a INNER JOIN b ON x LEFT JOIN c ON y"},
	parseCase{"select * from ((select 1) t)", "SELECT * FROM (SELECT 1) AS t"},
	parseCase{"select * from (((select 1)))", "SELECT * FROM (((SELECT 1)))"},
	parseCase{"select * from ((select 1) limit 2) t", "SELECT * FROM ((SELECT 1) LIMIT 2) AS t"},
	parseCase{"select * from (values (1, 2)) as t(a, b)", "SELECT * FROM (VALUES (1, 2)) AS t (a, b)"},
	parseCase{"select * from (table t)", "SELECT * FROM (TABLE t)"},
	parseCase{"select * from t tablesample, u", "SELECT * FROM t AS tablesample, u"},
)

// exprCases also parse as expressions alone.
var exprCases = append(same(
	"a OR b AND NOT c = d",
	"(a OR b) AND c",
	"NOT NOT a",
	"a + b * c - d / e % f || 'g'",
	"(a + b) * c",
	"a - (b - c)",
	"-a * +b",
	"-(-a)",
	"a <> b",
	"(a = b) = c",
	"a BETWEEN 1 AND 2 AND b NOT BETWEEN c + 1 AND d",
	"a IN (1, 2) OR b NOT IN (SELECT c FROM t)",
	"a IN ((SELECT 1))",
	"a IN ((SELECT 1) UNION SELECT 2)",
	"a LIKE 'x%' AND b NOT LIKE 'y$_' ESCAPE '$'",
	"a IS NULL AND b IS NOT NULL AND c IS DISTINCT FROM d AND e IS NOT DISTINCT FROM f",
	"a = ANY (SELECT 1) AND b < ALL (VALUES 1) AND c >= SOME ((SELECT 1))",
	"EXISTS (SELECT 1)",
	"((SELECT 1) UNION SELECT 2)",
	"(SELECT 1) + 1",
	"CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END",
	"CASE a WHEN 1 THEN 'x' END",
	"CAST(a AS varchar(10))",
	"TRY_CAST(a AS decimal(10, 2))",
	"CAST(a AS row(x bigint, \"y Z\" array(varchar), map(varchar, double)))",
	"CAST(a AS timestamp(3) with time zone)",
	"CAST(a AS interval day to second)",
	"TRY(a / b)",
	"x -> x + 1",
	"(x, y) -> x + y",
	"() -> 1",
	"transform(a, x -> x = 1)",
	"1 + (x -> x)",
	"ARRAY[1, ARRAY[], ARRAY[NULL]]",
	"ROW(1, 'a')",
	"(1, 'a', TRUE)",
	"a[1]['k'].b.c[d + 1]",
	"f(x).y",
	"(a.b).c",
	"(1).a",
	"useridentity.sessioncontext.attributes.mfaauthenticated",
	"date, year, month, day, key, value, type, start, count, user, row, array, interval, position, zone, limit",
	`"end", "select", "a""b"`,
	"DATE '2021-12-01' + INTERVAL '1' DAY - INTERVAL -'1-2' YEAR TO MONTH",
	"TIMESTAMP '2021-12-01 00:00:00' AT TIME ZONE 'Asia/Shanghai' AT TIME ZONE INTERVAL '8' HOUR",
	"TIME '10:00'",
	"DECIMAL '1.5', CHAR 'x', JSON '{}', DOUBLE '1', \"Own\" 'x'",
	"X'00FF', 'it''s', ''",
	"1, 1_000, 0x1F, 0o17, 0b101, 1.5, .5, 1., 1e5, 1.5E-3",
	"?",
	"EXTRACT(year FROM a)",
	"position('a' IN b)",
	"substring(a, 1, 2)",
	"trim(LEADING 'x' FROM a)",
	"trim(a, 'x')",
	"normalize(a, NFC)",
	"CURRENT_DATE, CURRENT_TIMESTAMP(6), LOCALTIME, CURRENT_USER",
	"count(*), count(DISTINCT a), sum(a) FILTER (WHERE b), array_agg(a ORDER BY b DESC, c)",
	"listagg(a, ',') WITHIN GROUP (ORDER BY a)",
	"listagg(DISTINCT a, ',' ON OVERFLOW TRUNCATE '...' WITH COUNT) WITHIN GROUP (ORDER BY a) FILTER (WHERE b)",
	"listagg(a ON OVERFLOW ERROR) WITHIN GROUP (ORDER BY a)",
	"row_number() OVER (), rank() OVER w, rank() OVER (w ORDER BY a)",
	"lag(a, 1) IGNORE NULLS OVER (PARTITION BY b ORDER BY c)",
	"sum(a) OVER (ORDER BY b ROWS BETWEEN 1 + 1 PRECEDING AND UNBOUNDED FOLLOWING)",
	"sum(a) OVER (ORDER BY b RANGE UNBOUNDED PRECEDING)",
	"sum(a) OVER (ORDER BY b GROUPS BETWEEN CURRENT ROW AND 2 FOLLOWING)",
	"grouping(a, t.b)",
	"json_value(a, 'lax $.x' RETURNING bigint DEFAULT 0 ON EMPTY ERROR ON ERROR)",
	"json_query(a FORMAT JSON ENCODING UTF8, 'lax $[*]' PASSING b AS \"c\" RETURNING varchar FORMAT JSON WITH CONDITIONAL ARRAY WRAPPER OMIT QUOTES ON SCALAR STRING EMPTY ARRAY ON EMPTY NULL ON ERROR)",
	"json_exists(a, 'strict $.x' UNKNOWN ON ERROR)",
	"json_object(KEY 'a' VALUE 1, KEY b VALUE c FORMAT JSON ABSENT ON NULL WITH UNIQUE KEYS RETURNING varchar)",
	"json_object(RETURNING varchar)",
	"json_array(1, NULL, a FORMAT JSON NULL ON NULL)",
	"json_array()",
),
	parseCase{"a != b", "a <> b"},
	parseCase{"- - 1", "-(-1)"},
	parseCase{"a is not /* x */ null -- y", "a IS NOT NULL"},
	parseCase{"[1, [2]]", "ARRAY[1, ARRAY[2]]"},
	parseCase{"((select 1))", "((SELECT 1))"},
	parseCase{"cast(a as bigint array)", "CAST(a AS array(bigint))"},
	parseCase{"cast(a as array<map<varchar, row(x int)>>)", "CAST(a AS array(map(varchar, row(x int))))"},
	parseCase{"cast(a as DOUBLE precision)", "CAST(a AS double)"},
	parseCase{"cast(a as timestamp without time zone)", "CAST(a AS timestamp)"},
	parseCase{"double precision '1'", "DOUBLE '1'"},
	parseCase{"date'2021-12-01'", "DATE '2021-12-01'"},
	parseCase{"x'00 f f'", "X'00FF'"},
	parseCase{`U&'d\0061t\+000061\\', U&'d!0061' UESCAPE '!'`, `'data\', 'da'`},
	parseCase{"substring(a from 1 for 2)", "substring(a, 1, 2)"},
	parseCase{"substring(a from 2)", "substring(a, 2)"},
	parseCase{"trim('x' from a), trim(from a), trim(both from a)", "trim(BOTH 'x' FROM a), trim(BOTH FROM a), trim(BOTH FROM a)"},
	parseCase{"json_object('a' : 1, key 'b' value 2)", "json_object(KEY 'a' VALUE 1, KEY 'b' VALUE 2)"},
	parseCase{"json_object(+a value 0, value : 1, f(a) : 2)", "json_object(KEY (+a) VALUE 0, KEY (value) VALUE 1, KEY (f(a)) VALUE 2)"},
	parseCase{"json_object(key : value)", "json_object(KEY key VALUE value)"},
	parseCase{"json_query(a, 'lax $' with array wrapper)", "json_query(a, 'lax $' WITH UNCONDITIONAL ARRAY WRAPPER)"},
	parseCase{"count(all a)", "count(a)"},
	parseCase{"interval + '1' day", "INTERVAL '1' DAY"},
)

func TestPrint(t *testing.T) {
	for _, c := range allCases() {
		list, err := Parse(c.in)
		if err != nil {
			t.Errorf("%s\n%v", c.in, err)
			continue
		}
		if got := printAll(list); got != c.want {
			t.Errorf("%s\nprints as %s\nwant      %s", c.in, got, c.want)
		}
		if err := reprints(c.in); err != nil {
			t.Errorf("%s\n%v", c.in, err)
		}
	}
}

func TestParseExpr(t *testing.T) {
	for _, c := range exprCases {
		x, err := ParseExpr(c.in)
		if strings.Contains(c.want, ", ") && err != nil {
			continue // a list of them
		}
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
		} else if got := Print(x); got != c.want {
			t.Errorf("%s prints as %s", c.in, got)
		}
	}
	if _, err := ParseExpr("a b"); err == nil || err.Error() != "SYNTAX_ERROR: line 1:3: mismatched input 'b'. Expecting: <EOF>" {
		t.Errorf("a b: %v", err)
	}
}

// TestSeeds parses the guides' statements, each file's count known: a forgotten
// ; must neither join two nor cut one.
func TestSeeds(t *testing.T) {
	for file, want := range map[string]int{"queries.sql": 7, "ddl.sql": 5} {
		src, err := os.ReadFile(filepath.Join("testdata/seeds", file))
		if err != nil {
			t.Fatal(err)
		}
		list, err := Parse(string(src))
		if err != nil || len(list) != want {
			t.Errorf("%s: %d statements, want %d (%v)", file, len(list), want, err)
		}
		if err := reprints(string(src)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestUnsupported: what is known by name only is kept as written.
func TestUnsupported(t *testing.T) {
	for in, want := range map[string]string{
		"SHOW STATS FOR a":      "SHOW STATS",
		"create table a like b": "CREATE TABLE LIKE",
		"CREATE TABLE a (b int) PARTITIONED BY (bucket(4, b))":  "CREATE TABLE with partition transforms (Iceberg)",
		"CREATE EXTERNAL TABLE a (b int) STORED BY 'x.Y'":       "CREATE TABLE STORED BY",
		"CREATE PROTECTED MULTI DIALECT VIEW a AS SELECT 1":     "CREATE PROTECTED MULTI DIALECT VIEW",
		"CREATE TEMPORARY TABLE a (b int)":                      "CREATE TEMPORARY",
		"CREATE MATERIALIZED VIEW a AS SELECT 1":                "CREATE MATERIALIZED VIEW",
		"ALTER TABLE a RENAME TO b":                             "ALTER TABLE RENAME TO",
		"ALTER TABLE a SET SERDEPROPERTIES ('it\\'s;' = \"x\")": "ALTER TABLE SET SERDEPROPERTIES",
		"ALTER VIEW a AS SELECT 1":                              "ALTER VIEW",
		"DROP FUNCTION f":                                       "DROP FUNCTION",
		"MERGE INTO a USING b ON x WHEN MATCHED THEN\nDELETE":   "MERGE",
		"UPDATE a SET b = 1":                                    "UPDATE",
		"DELETE FROM a":                                         "DELETE",
		"OPTIMIZE a REWRITE DATA USING BIN_PACK":                "OPTIMIZE",
		"VACUUM a":                                              "VACUUM",
		"GRANT SELECT ON a TO b":                                "GRANT",
	} {
		list, err := Parse(in)
		if err != nil || len(list) != 1 {
			t.Errorf("%s: %d statements, %v", in, len(list), err)
			continue
		}
		got, ok := list[0].(*Unsupported)
		if !ok || got.Name != want || got.Text != in {
			t.Errorf("%s: %T %s", in, list[0], Print(list[0]))
		}
	}
}

func TestWarnings(t *testing.T) {
	script, err := ParseScript("SELECT 1\n  SELECT 2;\nMSCK REPAIR TABLE a\nSELECT 3")
	if err != nil {
		t.Fatal(err)
	}
	want := []Warning{
		{Pos{11, 2, 3}, "a ; is missing before SELECT"},
		{Pos{41, 4, 1}, "a ; is missing before SELECT"},
	}
	if !reflect.DeepEqual(script.Warnings, want) || len(script.Statements) != 4 {
		t.Errorf("%d statements, %+v", len(script.Statements), script.Warnings)
	}
}

// TestSpans checks that each node's span is the text it was read from.
func TestSpans(t *testing.T) {
	const src = "SELECT '日本',\n  f(a.b, 1) x FROM t u JOIN v ON NOT a = 1 -- c"
	list, err := Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	Walk(list[0], func(n Node) bool {
		texts = append(texts, fmt.Sprintf("%T %d:%d %s", n, n.Pos().Line, n.Pos().Col, src[n.Pos().Offset:n.End().Offset]))
		return true
	})
	want := `*syntax.Query 1:1 ` + src[:len(src)-5] + `
*syntax.Select 1:1 ` + src[:len(src)-5] + `
*syntax.SelectItem 1:8 '日本'
*syntax.StringLit 1:8 '日本'
*syntax.SelectItem 2:3 f(a.b, 1) x
*syntax.Call 2:3 f(a.b, 1)
*syntax.Deref 2:5 a.b
*syntax.Ident 2:5 a
*syntax.NumberLit 2:10 1
*syntax.Join 2:20 t u JOIN v ON NOT a = 1
*syntax.Aliased 2:20 t u
*syntax.Table 2:20 t
*syntax.Table 2:29 v
*syntax.Not 2:34 NOT a = 1
*syntax.Binary 2:38 a = 1
*syntax.Ident 2:38 a
*syntax.NumberLit 2:42 1`
	if got := strings.Join(texts, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if end := list[0].End(); end != (Pos{len(src) - 5, 2, 43}) {
		t.Errorf("query ends at %+v", end)
	}
}

func TestDepth(t *testing.T) {
	for _, c := range []struct {
		in, want string
	}{
		{"SELECT " + strings.Repeat("(", 5000) + "1" + strings.Repeat(")", 5000), "nested deeper than 1000 levels"},
		{"SELECT " + strings.Repeat("- ", 5000) + "1", "nested deeper than 1000 levels"},
		{"SELECT " + strings.Repeat("NOT ", 5000) + "a", "nested deeper than 1000 levels"},
		{strings.Repeat("(", 5000) + "SELECT 1", "nested deeper than 1000 levels"},
		{"SELECT * FROM " + strings.Repeat("(", 5000) + "t", "nested deeper than 1000 levels"},
		{"SELECT CAST(a AS " + strings.Repeat("array(", 5000) + "x", "nested deeper than 1000 levels"},
		{strings.Repeat("EXPLAIN ", 5000) + "SELECT 1", "nested deeper than 1000 levels"},
		{"SELECT 1" + strings.Repeat("+1", 200_000), "more than 100000 operators"},
		{"SELECT 1" + strings.Repeat("+1", 50_000), ""},
		{"SELECT a FROM t WHERE a = 1" + strings.Repeat(" OR a = 1", 20_000), ""},
	} {
		err := reprints(c.in)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%.20s…: %.100v", c.in, err)
		}
	}
}
