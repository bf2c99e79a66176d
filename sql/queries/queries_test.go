package queries

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"logsql/sql/syntax"
)

func load(t *testing.T, files map[string]string) []Query {
	t.Helper()
	folder := fstest.MapFS{}
	for name, text := range files {
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	list, err := Load(folder, "mine")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

const ports = `-- title: Records to a port
-- log_type: vpc_flow_logs
-- columns: dstport, action
-- parameter: port: the port
-- parameter: action: ACCEPT or REJECT
SELECT f.dstport /* no parameter */ FROM VPC_FLOW_LOGS f JOIN vpc_flow_logs ON true
WHERE f.dstport = /* port */ 22 AND f.action = /* action */ 'it''s' OR f.dstport > /*port*/ 22`

func TestHead(t *testing.T) {
	q := load(t, map[string]string{"by-port.sql": ports, "other.txt": "SELECT 1"})[0]
	want := []Parameter{{"port", "bigint", "22", "the port"}, {"action", "varchar", "it's", "ACCEPT or REJECT"}}
	if q.Err != nil || q.Name != "by-port" || q.Title != "Records to a port" || q.LogType != "vpc_flow_logs" || q.Folder != "mine" ||
		strings.Join(q.Columns, "|") != "dstport|action" || len(q.Parameters) != 2 || q.Parameters[0] != want[0] || q.Parameters[1] != want[1] {
		t.Errorf("%+v", q)
	}
	for text, want := range map[string]string{
		"-- parameter: a: x\nSELECT 1":                                  "parameter a stands nowhere in the statement: write /* a */ before its default",
		"-- parameter: a: x\nSELECT /* a */ 1, /* a */ 2":               "line 2: parameter a has two defaults, 1 and 2",
		"-- parameter: a: x\nSELECT /* a */ 1.5":                        "line 2: behind /* a */ there is 1.5, a parameter's default is a string or a whole number",
		"SELECT 1; SELECT 2":                                            "a named query is one statement, this file has 2",
		"CREATE TABLE t AS SELECT 1 x":                                  "a named query is a SELECT: it must change nothing",
		"-- only a comment":                                             "a named query is one statement, this file has 0",
		"-- parameter: a: x\nSELECT 'no /* a */ ', /* a */ /* b */ '1'": "line 2: behind /* a */ there is /* b */, a parameter's default is a string or a whole number",
	} {
		if q := load(t, map[string]string{"q.sql": text})[0]; q.Err == nil || q.Err.Error() != want {
			t.Errorf("%q: %v, want %q", text, q.Err, want)
		}
	}
}

// TestValues has a value that would be SQL come back as the value it is.
func TestValues(t *testing.T) {
	q := load(t, map[string]string{"q.sql": ports})[0]
	for _, hostile := range []string{"", "'", "''", "' OR 1=1 --", "/* port */ 1", "\\", "日志\n", "';DROP TABLE x;'", "\x00"} {
		text, err := q.SQL(Options{Values: map[string]string{"ACTION": hostile, "port": "0443"}})
		if err != nil {
			t.Fatal(err)
		}
		var values []string
		statements, err := syntax.Parse(text)
		if err != nil || len(statements) != 1 {
			t.Fatalf("%q: %v", text, err)
		}
		syntax.Walk(statements[0], func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.StringLit:
				values = append(values, n.Value)
			case *syntax.NumberLit:
				values = append(values, n.Text)
			}
			return true
		})
		if got, want := strings.Join(values, "|"), "443|"+hostile+"|443"; got != want {
			t.Errorf("%q: literals %q, want %q", text, got, want)
		}
	}
	for value, want := range map[string]string{"-1": `parameter port: "-1" is no whole number from 0`, "1 OR 1": `parameter port: "1 OR 1" is no whole number from 0`} {
		var refused *OptionError
		if _, err := q.SQL(Options{Values: map[string]string{"port": value}}); !errors.As(err, &refused) || refused.Msg != want {
			t.Errorf("%q: %v, want %q", value, err, want)
		}
	}
}

func TestTables(t *testing.T) {
	q := load(t, map[string]string{"q.sql": "SELECT vpc_flow_logs.a FROM vpc_flow_logs, other.vpc_flow_logs WHERE EXISTS (SELECT 1 FROM vpc_flow_logs AS v)"})[0]
	q.LogType = "vpc_flow_logs"
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{}, "SELECT vpc_flow_logs.a FROM vpc_flow_logs, other.vpc_flow_logs WHERE EXISTS (SELECT 1 FROM vpc_flow_logs AS v)"},
		{Options{Table: `d."my ""t"`}, `SELECT vpc_flow_logs.a FROM d."my ""t" AS vpc_flow_logs, other.vpc_flow_logs WHERE EXISTS (SELECT 1 FROM d."my ""t" AS v)`},
		{Options{Since: "2021-12-04"}, `SELECT vpc_flow_logs.a FROM (SELECT * FROM vpc_flow_logs WHERE year || '-' || month || '-' || day >= '2021-12-04') AS vpc_flow_logs, other.vpc_flow_logs WHERE EXISTS (SELECT 1 FROM (SELECT * FROM vpc_flow_logs WHERE year || '-' || month || '-' || day >= '2021-12-04') AS v)`},
	} {
		if got, err := q.SQL(c.o); err != nil || got != c.want {
			t.Errorf("%+v: %v\n%s\nwant\n%s", c.o, err, got, c.want)
		}
	}
	for _, name := range []string{"x; DROP TABLE y", "a.b.c.d", "a.", ".a", "select", "a b", `""`, "1a", "a--b"} {
		if text, err := q.SQL(Options{Table: name}); err == nil {
			t.Errorf("table %q gives %s", name, text)
		}
	}
}

func TestOwnQueriesComeFirst(t *testing.T) {
	own := load(t, map[string]string{"FLOW-gaps.sql": "SELECT 1 x", "mine.sql": "SELECT 2 x"})
	all := Together(own, Embedded())
	if q, _ := Find(all, "flow-gaps"); q.Folder != "mine" || len(all) != len(Embedded())+1 {
		t.Errorf("%+v, %d queries", q, len(all))
	}
	if last := all[len(all)-1]; last.Name != "mine" {
		t.Errorf("what has no log type comes last, not %s", last.Name)
	}
}
