package syntax

import (
	"errors"
	"reflect"
	"testing"
)

var ddlCases = append(same(
	"CREATE DATABASE logs",
	`CREATE DATABASE IF NOT EXISTS logs COMMENT 'it\'s' LOCATION 's3://b/' WITH DBPROPERTIES ('a' = 'b', 'c' = '')`,
	"ALTER DATABASE logs SET DBPROPERTIES ('a' = 'b')",
	"CREATE EXTERNAL TABLE a (b int) LOCATION 's3://b/'",
	"CREATE EXTERNAL TABLE IF NOT EXISTS `a`.`b c` (`end` bigint COMMENT 'last', d struct<a:int,b:array<map<string,decimal(10,2)>>>, e varchar(3)) "+
		`COMMENT 'it\'s; here' PARTITIONED BY (day string, `+"`date`"+` date) CLUSTERED BY (b, c) INTO 4 BUCKETS `+
		`ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\001' ESCAPED BY '\\' COLLECTION ITEMS TERMINATED BY ',' MAP KEYS TERMINATED BY ':' LINES TERMINATED BY ';' NULL DEFINED AS '-' `+
		`STORED AS TEXTFILE LOCATION 's3://b/${day}/' TBLPROPERTIES ('a' = 'b')`,
	"CREATE EXTERNAL TABLE a ROW FORMAT SERDE 'x.Y' WITH SERDEPROPERTIES ('input.regex' = '^(\\\\d+) \\\\[(.*)') STORED AS INPUTFORMAT 'x.In' OUTPUTFORMAT 'x.Out' TBLPROPERTIES ()",
	"CREATE EXTERNAL TABLE a (b struct<`x-y`:int,type:string>) STORED AS INPUTFORMAT 'x.In'",
	"CREATE TABLE a (b int) WITH SERDEPROPERTIES ('c' = 'd') LOCATION 's3://b/'",
	"CREATE TABLE a AS SELECT 1",
	"CREATE TABLE IF NOT EXISTS a.b (c, d) COMMENT 'it''s' WITH (format = 'PARQUET', bucket_count = 3, partitioned_by = ARRAY['c', 'd'], is_external = FALSE) AS (SELECT 1, '\\') WITH NO DATA",
	`CREATE TABLE "a b" AS WITH c AS (SELECT 1) SELECT * FROM c`,
	"CREATE VIEW v AS SELECT 1",
	"CREATE OR REPLACE VIEW logs.v COMMENT 'x' SECURITY INVOKER AS SELECT \"a\" FROM t",
	"DROP DATABASE IF EXISTS logs CASCADE",
	"DROP TABLE IF EXISTS logs.flow",
	"DROP VIEW v",
	"MSCK REPAIR TABLE flow",
	"MSCK REPAIR TABLE `a b`.`from`",
	"INSERT INTO a SELECT split(b, '\\')",
	"INSERT INTO a.b (c, d) VALUES (1, 2), (3, 4)",
	"INSERT INTO a (SELECT 1)",
	"UNLOAD (SELECT 1) TO 's3://bucket/x/'",
	"UNLOAD (SELECT 1 ORDER BY 1) TO 's3://bucket/x/' WITH (format = 'PARQUET', compression_level = 4, partitioned_by = ARRAY['a'])",
	"ALTER TABLE a ADD PARTITION (`date` = '2021-01-01')",
	"ALTER TABLE a.b ADD IF NOT EXISTS PARTITION (y = 2021, z = -1, d = date '2021-01-01') LOCATION 's3://b/x/' PARTITION (y = 'it\\'s', z = 1, d = '\\\\')",
	"ALTER TABLE a DROP IF EXISTS PARTITION (y = '1'), PARTITION (y > '2', z <> 3)",
	"ALTER TABLE a PARTITION (y = '1') RENAME TO PARTITION (y = '2')",
	"ALTER TABLE a PARTITION (y = '1') ADD COLUMNS (b int, c struct<d:string>)",
	"ALTER TABLE a ADD COLUMNS (b int COMMENT 'x')",
	"ALTER TABLE a REPLACE COLUMNS (b int)",
	"ALTER TABLE a CHANGE COLUMN b c int COMMENT 'x' AFTER d",
	"ALTER TABLE a CHANGE COLUMN `column` b int FIRST",
	"ALTER TABLE a SET LOCATION 's3://b/'",
	"ALTER TABLE a PARTITION (y = '1', z = 2) SET LOCATION 's3://b/'",
	"ALTER TABLE a SET TBLPROPERTIES ('a' = 'b')",
	"DESCRIBE FORMATTED flow PARTITION (day = '01') srcaddr",
	"EXPLAIN CREATE TABLE a AS SELECT 1",
	"PREPARE q FROM INSERT INTO a SELECT ?",
),
	parseCase{
		"create external table `a.b` (`end` bigint) location 's3://bucket/it\\'s;here/'",
		"CREATE EXTERNAL TABLE `a`.`b` (`end` bigint) LOCATION 's3://bucket/it\\'s;here/'",
	},
	parseCase{"CREATE TABLE a COMMENT 'x' AS SELECT '\\'", "CREATE TABLE a COMMENT 'x' AS SELECT '\\'"},
	parseCase{
		"CREATE EXTERNAL TABLE a (start bigint, End bigint, timestamp STRING, date DATE, Table Double Precision, b STRUCT < type : string, end:array<int> COMMENT 'x' >)",
		"CREATE EXTERNAL TABLE a (start bigint, `End` bigint, timestamp string, date date, `Table` double, b struct<type:string,end:array<int>>)",
	},
	parseCase{
		"CREATE EXTERNAL TABLE a (b int) LOCATION \"s3://b/\" tblproperties (\"x\"=\"it's \\\"\") stored as parquet with serdeproperties ('a'='b') comment 'c' row format delimited",
		"CREATE EXTERNAL TABLE a (b int) COMMENT 'c' ROW FORMAT DELIMITED WITH SERDEPROPERTIES ('a' = 'b') STORED AS PARQUET LOCATION 's3://b/' TBLPROPERTIES ('x' = 'it\\'s \"')",
	},
	parseCase{"create schema a comment \"b\"", "CREATE DATABASE a COMMENT 'b'"},
	parseCase{`CREATE EXTERNAL TABLE "a.b" (c int)`, `CREATE EXTERNAL TABLE "a.b" (c int)`},
	parseCase{"drop schema a restrict", "DROP DATABASE a"},
	parseCase{"drop table `a.b` purge", "DROP TABLE `a`.`b`"},
	parseCase{"alter table a add partition (y='1'), partition (y=\"2\")", "ALTER TABLE a ADD PARTITION (y = '1') PARTITION (y = '2')"},
	parseCase{"alter table a change b b int", "ALTER TABLE a CHANGE COLUMN b b int"},
	parseCase{"insert into a\nselect 1\nmsck repair table b", "INSERT INTO a SELECT 1;\nMSCK REPAIR TABLE b"},
	parseCase{"create table a as\nselect 1\ncreate view b as\nselect 2", "CREATE TABLE a AS SELECT 1;\nCREATE VIEW b AS SELECT 2"},
	parseCase{
		"alter table a add partition (b='c') location 's3://d/'\nselect \"e\"",
		"ALTER TABLE a ADD PARTITION (b = 'c') LOCATION 's3://d/';\nSELECT \"e\"",
	},
)

func TestHiveStrings(t *testing.T) {
	for in, want := range map[string]string{
		`'a\'b'`:                                "a'b",
		`"a'b\"c"`:                              `a'b"c`,
		`'it''s'`:                               "its",
		`'\\s\s\.\(\t\n\r\b'`:                   "\\ss.(\t\n\r\b",
		`'\0\Z\001\101\181'`:                    "\x00\x1a\x01A181",
		`'\%\_\\%'`:                             `\%\_\%`,
		`'\u0041\u00e9\uD83D\uDE00\uD800x\u00'`: "Aé😀\uFFFDxu00",
		`'\é'`:                                  "é",
	} {
		list, err := Parse("CREATE DATABASE a COMMENT " + in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got := list[0].(*CreateDatabase).Comment.Value; got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestDDLWarnings(t *testing.T) {
	script, err := ParseScript("CREATE EXTERNAL TABLE a (b int,)\nROW FORMATSERDE 'c'\nSHOW TABLES")
	if err != nil {
		t.Fatal(err)
	}
	want := []Warning{
		{Pos{30, 1, 31}, "there is a comma too many before )"},
		{Pos{37, 2, 5}, "a blank is missing in FORMATSERDE"},
		{Pos{53, 3, 1}, "a ; is missing before SHOW"},
	}
	if !reflect.DeepEqual(script.Warnings, want) {
		t.Errorf("%+v", script.Warnings)
	}
}

func TestDDLErrors(t *testing.T) {
	for _, c := range []struct{ in, want, hint string }{
		{"CREATE FOO", "SYNTAX_ERROR: line 1:8: mismatched input 'FOO'. Expecting: 'DATABASE', 'EXTERNAL', 'OR', 'SCHEMA', 'TABLE', 'VIEW'", ""},
		{"CREATE", "SYNTAX_ERROR: line 1:7: mismatched input '<EOF>'. Expecting: 'DATABASE', 'EXTERNAL', 'OR', 'SCHEMA', 'TABLE', 'VIEW'", ""},
		{"CREATE EXTERNAL VIEW a", "SYNTAX_ERROR: line 1:17: mismatched input 'VIEW'. Expecting: 'TABLE'", ""},
		{"CREATE EXTERNAL TABLE", "SYNTAX_ERROR: line 1:22: mismatched input '<EOF>'. Expecting: 'IF', <identifier>", ""},
		{"CREATE EXTERNAL TABLE 'a' (b int)", "SYNTAX_ERROR: line 1:23: mismatched input ''a''. Expecting: <identifier>", "a table's name stands in back-ticks or without quotes: `a`"},
		{"CREATE EXTERNAL TABLE <table name> (b int)", "SYNTAX_ERROR: line 1:23: mismatched input '<'. Expecting: 'IF', <identifier>", "replace the placeholder <table name>"},
		{"CREATE EXTERNAL TABLE a.b-c_1-d (b int)", "SYNTAX_ERROR: line 1:25: mismatched input '-'. Expecting: a name without it", "a name with - in it stands in back-ticks: `b-c_1-d`"},
		{"CREATE EXTERNAL TABLE a (b)", "SYNTAX_ERROR: line 1:27: mismatched input ')'. Expecting: <type>", ""},
		{"CREATE EXTERNAL TABLE a (b int", "SYNTAX_ERROR: line 1:31: mismatched input '<EOF>'. Expecting: 'COMMENT', ',', ')'", "the ( at line 1:25 is not closed"},
		{"CREATE EXTERNAL TABLE a (b int c int)", "SYNTAX_ERROR: line 1:32: mismatched input 'c'. Expecting: 'COMMENT', ',', ')'", "the ( at line 1:25 is not closed"},
		{"CREATE EXTERNAL TABLE a (\"b\" int)", "SYNTAX_ERROR: line 1:26: mismatched input '\"b\"'. Expecting: <column name>", "in DDL names stand in back-ticks: `b`"},
		{"CREATE EXTERNAL TABLE a (b array<int)", "SYNTAX_ERROR: line 1:37: mismatched input ')'. Expecting: ',', '>'", "the < at line 1:33 is not closed"},
		{"CREATE EXTERNAL TABLE a (b struct<c int>)", "SYNTAX_ERROR: line 1:37: mismatched input 'int'. Expecting: ':'", ""},
		{"CREATE EXTERNAL TABLE a (b int) LOCATON 's3://b/'", "SYNTAX_ERROR: line 1:33: mismatched input 'LOCATON'. Expecting: 'COMMENT', 'PARTITIONED', 'ROW', 'WITH', 'STORED', 'LOCATION', 'TBLPROPERTIES', …", "did you mean LOCATION?"},
		{"CREATE EXTERNAL TABLE a (b int) LOCATION 's3://b/' LOCATION 's3://c/'", "SYNTAX_ERROR: line 1:52: LOCATION stands twice", ""},
		{"CREATE EXTERNAL TABLE a (b int) LOCATION s3://b/", "SYNTAX_ERROR: line 1:42: mismatched input 's3'. Expecting: <string>", "a string stands in quotes: 'text'"},
		{"CREATE EXTERNAL TABLE a (b int) ROW FORMAT 'c'", "SYNTAX_ERROR: line 1:44: mismatched input ''c''. Expecting: 'DELIMITED', 'SERDE'", ""},
		{"CREATE EXTERNAL TABLE a (b int) ROW FORMAT DELIMITED FIELDS TERMINATED ','", "SYNTAX_ERROR: line 1:72: mismatched input '',''. Expecting: 'BY'", ""},
		{"CREATE EXTERNAL TABLE a (b int) TBLPROPERTIES (a = 'b')", "SYNTAX_ERROR: line 1:48: mismatched input 'a'. Expecting: <string>", "a string stands in quotes: 'text'"},
		{"CREATE EXTERNAL TABLE a (b int) TBLPROPERTIES ('a' 'b')", "SYNTAX_ERROR: line 1:52: mismatched input ''b''. Expecting: '='", ""},
		{"CREATE EXTERNAL TABLE a (b int) STORED AS", "SYNTAX_ERROR: line 1:42: mismatched input '<EOF>'. Expecting: 'INPUTFORMAT', <format>", ""},
		{"CREATE EXTERNAL TABLE a (b int) PARTITIONED BY (c string", "SYNTAX_ERROR: line 1:57: mismatched input '<EOF>'. Expecting: 'COMMENT', ',', ')'", "the ( at line 1:48 is not closed"},
		{"CREATE EXTERNAL TABLE a (b int) AS SELECT 1", "SYNTAX_ERROR: line 1:33: mismatched input 'AS'. Expecting: ';', <EOF>", "CREATE TABLE … AS has WITH (format = 'PARQUET', …) before AS and none of Hive's clauses"},
		{"CREATE TABLE a STORED AS PARQUET AS SELECT 1", "SYNTAX_ERROR: line 1:34: mismatched input 'AS'. Expecting: ';', <EOF>", "CREATE TABLE … AS has WITH (format = 'PARQUET', …) before AS and none of Hive's clauses"},
		{"CREATE TABLE a WITH (format PARQUET) AS SELECT 1", "SYNTAX_ERROR: line 1:29: mismatched input 'PARQUET'. Expecting: '='", ""},
		{"CREATE TABLE a AS FOO", "SYNTAX_ERROR: line 1:19: mismatched input 'FOO'. Expecting: <query>", ""},
		{"CREATE VIEW v (a) AS SELECT 1", "SYNTAX_ERROR: line 1:15: mismatched input '('. Expecting: 'COMMENT', 'SECURITY', 'AS'", ""},
		{"CREATE VIEW v SELECT 1", "SYNTAX_ERROR: line 1:15: mismatched input 'SELECT'. Expecting: 'COMMENT', 'SECURITY', 'AS'", ""},
		{"ALTER TABLE a", "SYNTAX_ERROR: line 1:14: mismatched input '<EOF>'. Expecting: 'ADD', 'REPLACE', 'SET', 'DROP', 'CHANGE', 'PARTITION'", ""},
		{"ALTER TABLE <table> ADD PARTITION (a = 'b')", "SYNTAX_ERROR: line 1:13: mismatched input '<'. Expecting: <identifier>", "replace the placeholder <table>"},
		{"ALTER TABLE a ADD (b int)", "SYNTAX_ERROR: line 1:19: mismatched input '('. Expecting: 'IF', 'COLUMNS', 'PARTITION'", ""},
		{"ALTER TABLE a ADD PARTITION (b)", "SYNTAX_ERROR: line 1:31: mismatched input ')'. Expecting: '='", ""},
		{"ALTER TABLE a ADD PARTITION (b > 'c')", "SYNTAX_ERROR: line 1:32: mismatched input '>'. Expecting: '='", ""},
		{"ALTER TABLE a ADD PARTITION (b = c)", "SYNTAX_ERROR: line 1:34: mismatched input 'c'. Expecting: <string>, <number>", "a string stands in quotes: 'text'"},
		{"ALTER TABLE a ADD PARTITION (b = <day>)", "SYNTAX_ERROR: line 1:34: mismatched input '<'. Expecting: <string>, <number>", "replace the placeholder <day>"},
		{"ALTER TABLE a DROP PARTITION b = 'c'", "SYNTAX_ERROR: line 1:30: mismatched input 'b'. Expecting: '('", ""},
		{"ALTER FOO", "SYNTAX_ERROR: line 1:7: mismatched input 'FOO'. Expecting: 'DATABASE', 'SCHEMA', 'TABLE'", ""},
		{"DROP FOO a", "SYNTAX_ERROR: line 1:6: mismatched input 'FOO'. Expecting: 'DATABASE', 'SCHEMA', 'TABLE', 'VIEW'", ""},
		{"DROP TABLE IF a", "SYNTAX_ERROR: line 1:15: mismatched input 'a'. Expecting: 'EXISTS'", ""},
		{"MSCK TABLE a", "SYNTAX_ERROR: line 1:6: mismatched input 'TABLE'. Expecting: 'REPAIR'", ""},
		{"INSERT a VALUES 1", "SYNTAX_ERROR: line 1:8: mismatched input 'a'. Expecting: 'INTO'", ""},
		{"INSERT OVERWRITE a SELECT 1", "SYNTAX_ERROR: line 1:8: mismatched input 'OVERWRITE'. Expecting: 'INTO'", "Athena has no INSERT OVERWRITE: drop the partition, then INSERT INTO"},
		{"UNLOAD SELECT 1 TO 's3://b/'", "SYNTAX_ERROR: line 1:8: mismatched input 'SELECT'. Expecting: '('", ""},
		{"UNLOAD (SELECT 1)", "SYNTAX_ERROR: line 1:18: mismatched input '<EOF>'. Expecting: 'TO'", ""},
	} {
		_, err := Parse(c.in)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: no error", c.in)
			continue
		}
		if e.Error() != c.want || e.Hint != c.hint {
			t.Errorf("{%q, %q, %q},", c.in, e.Error(), e.Hint)
		}
	}
}
