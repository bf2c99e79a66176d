package shell

import (
	"slices"
	"strings"
	"testing"

	"logsql/convert/schema"
)

// fakeNames is a small catalog.
type fakeNames struct{}

func (fakeNames) Current() string { return "default" }

func (fakeNames) Databases() []string { return []string{"default", "logsql", "web"} }

func (fakeNames) Tables(database string) []string {
	return map[string][]string{
		"default": {"alb", "odd name"},
		"logsql":  {"cloudtrail_logs", "vpc_flow_logs"},
		"web":     {"hits"},
	}[database]
}

func (fakeNames) Columns(database, table string) []schema.Column {
	issuer := schema.RowOf(schema.Field{Name: "arn", Type: schema.Text}, schema.Field{Name: "username", Type: schema.Text})
	return map[string][]schema.Column{
		"default.alb":            {{Name: "client_ip", Type: schema.Text}, {Name: "day", Type: schema.Text}},
		"default.odd name":       {{Name: "Upper", Type: schema.Text}},
		"logsql.vpc_flow_logs":   {{Name: "srcaddr", Type: schema.Text}, {Name: "end", Type: schema.Of(schema.BigInt)}, {Name: "day", Type: schema.Text}, {Name: "$path", Type: schema.Text}},
		"logsql.cloudtrail_logs": {{Name: "useridentity", Type: schema.RowOf(schema.Field{Name: "sessionissuer", Type: issuer}, schema.Field{Name: "type", Type: schema.Text})}, {Name: "resources", Type: schema.ArrayOf(issuer)}},
		"web.hits":               {{Name: "hit_url", Type: schema.Text}},
	}[database+"."+table]
}

func (fakeNames) Partitions(database, table, column string) []string {
	if column != "day" || table == "" {
		return nil
	}
	return []string{"04", "05", "17"}
}

// TestComplete: | is the cursor; what Tab offers, in order. "…" at the end means
// that more is offered.
func TestComplete(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		// tables
		{"SELECT * FROM v|", "vpc_flow_logs"},
		{"SELECT * FROM |", `alb "odd name" cloudtrail_logs vpc_flow_logs default. logsql. web.`},
		{"select * from a join c|", "cloudtrail_logs"},
		{"SELECT * FROM alb, v|", "vpc_flow_logs"},
		{"SELECT * FROM web.|", "hits"},
		{"SELECT * FROM awsdatacatalog.web.h|", "hits"},
		{`SELECT * FROM "odd|`, `"odd name"`},
		{"DESCRIBE v|", "vpc_flow_logs"},
		{"SHOW CREATE TABLE al|", "alb"},
		{"DROP TABLE al|", "alb"},
		{"WITH recent AS (SELECT 1) SELECT * FROM re|", "recent"},
		{"SELECT 1; SELECT * FROM v|", "vpc_flow_logs"},
		{"USE w|", "web"},
		{"INSERT INTO al|", "alb"},
		// columns of the statement's tables, also where they come after
		{"SELECT src| FROM vpc_flow_logs", "srcaddr"},
		{"SELECT cl|", "client_ip…"},
		{"SELECT * FROM vpc_flow_logs WHERE s|", "srcaddr…"},
		{"SELECT * FROM vpc_flow_logs WHERE en|", `"end"…`},
		{`SELECT "$p| FROM vpc_flow_logs`, `"$path"`},
		{`SELECT "U| FROM "odd name"`, `"Upper"`},
		{"SELECT * FROM alb a JOIN vpc_flow_logs v ON a.|", "client_ip day"},
		{"SELECT v.s| FROM alb a, vpc_flow_logs AS v", "srcaddr"},
		{"SELECT vpc_flow_logs.s| FROM vpc_flow_logs", "srcaddr"},
		{"SELECT h| FROM web.hits", "hit_url…"},
		{"SELECT count(*) FROM alb GROUP BY cl|", "client_ip…"},
		{"SELECT * FROM (SELECT cl| FROM alb) t", "client_ip…"},
		{"SELECT SRC| FROM vpc_flow_logs", "srcaddr"},
		// nested fields
		{"SELECT useridentity.s| FROM cloudtrail_logs", "sessionissuer"},
		{"SELECT useridentity.sessionissuer.| FROM cloudtrail_logs", "arn username"},
		{"SELECT c.useridentity.sessionissuer.a| FROM cloudtrail_logs c", "arn"},
		{"SELECT useridentity.nothing.| FROM cloudtrail_logs", ""},
		{"SELECT resources[1].| FROM cloudtrail_logs", "arn username"},
		{"SELECT c.resources[cardinality(c.resources)].u| FROM cloudtrail_logs c", "username"},
		{"SELECT resources.| FROM cloudtrail_logs", ""},
		{"SELECT useridentity[1].| FROM cloudtrail_logs", ""},
		// partition values
		{"SELECT * FROM alb WHERE day = '|", "'04' '05' '17'"},
		{"SELECT * FROM alb WHERE day='0|", "'04' '05'"},
		{"SELECT * FROM alb WHERE day IN ('04', '|", "'04' '05' '17'"},
		{"SELECT * FROM alb WHERE day BETWEEN '04' AND '1|", "'17'"},
		{"SELECT * FROM alb WHERE client_ip = '|", ""},
		{"SELECT '|", ""},
		// functions and keywords
		{"SELECT regexp_l|", "regexp_like("},
		{"SELECT * FROM alb wh|", "where"},
		{"SELECT * FROM alb GRO|", "GROUP BY"},
		{"SEL|", "SELECT"},
		{"sel|", "select"},
		{"SHOW TAB|", "TABLES"},
		{"SELECT 1 FROM alb ORDER BY client_ip DES|", "DESC…"},
		// nowhere
		{"SELECT 1 -- fr|", ""},
		{"SELECT /* fr|", ""},
	} {
		cursor := strings.Index(c.src, "|")
		got := completeSQL(strings.Replace(c.src, "|", "", 1), cursor, fakeNames{})
		var texts []string
		for _, x := range got.candidates {
			texts = append(texts, x.text)
		}
		have := strings.Join(texts, " ")
		want, open := strings.CutSuffix(c.want, "…")
		if have != want && !(open && strings.HasPrefix(have, want+" ")) {
			t.Errorf("%s\n  offers %s\n  want   %s", c.src, have, c.want)
		}
	}
}

func TestWhole(t *testing.T) {
	for src, want := range map[string]bool{
		"": true, "  \n": true, ".help": true, `\d x`: true, "quit": true, "EXIT;": true,
		"SELECT 1": false, "SELECT 1;": true, "SELECT 1; -- why": true, "SELECT 1 -- why;": false,
		"SELECT ';": false, "SELECT ';'": false, "SELECT ';';": true, "/* ; */": false, "SELECT (1;": true,
		"SELECT 1; SELECT 2": false, "SELECT \"a;\nb\";": true,
	} {
		if whole(src) != want {
			t.Errorf("whole(%q) is %v", src, !want)
		}
	}
}

func TestPieces(t *testing.T) {
	parts, lines := pieces("-- head\n.mode csv\nSELECT 1,\n 2;\n\n\\x on\nSELECT 3")
	want := []string{".mode csv\n", "SELECT 1,\n 2;\n", "\\x on\n", "SELECT 3"}
	if !slices.Equal(parts, want) || !slices.Equal(lines, []int{1, 2, 5, 6}) {
		t.Errorf("%q %v", parts, lines)
	}
}

func TestArguments(t *testing.T) {
	for line, want := range map[string]string{
		`.read a.sql`: ".read|a.sql", `.read 'a b.sql'  x`: ".read|a b.sql|x", `.nullvalue ""`: ".nullvalue|", ".help": ".help",
	} {
		if got := strings.Join(arguments(line), "|"); got != want {
			t.Errorf("%s: %s", line, got)
		}
	}
}

// TestFitting: what is shown has room, and begins with no more than all do.
func TestFitting(t *testing.T) {
	var all []candidate
	for _, name := range []string{"aa1", "aa2", "aa3", "aa4", "ab", "b"} {
		all = append(all, candidate{text: name, group: "g"})
	}
	some, left := fitting(all, 7, 4)
	if len(some) != 4 || left != 2 || beginning(some) != "a" && beginning(some) != "" {
		t.Errorf("%v, %d left", some, left)
	}
	if some, left := fitting(all, 80, 10); len(some) != 6 || left != 0 {
		t.Errorf("%v, %d left", some, left)
	}
}

// TestHighlight: colours come and go, the text stays.
func TestHighlight(t *testing.T) {
	for _, src := range []string{"SELECT 'a', 1.5 -- c\nFROM t WHERE x = 'open", ".mode csv", "count(*) limit(3) §", "\"q\" /* a\nb */ x"} {
		painted := highlight(src)
		plain := painted
		for _, color := range []string{reset, dim, red, green, blue, magenta, cyan} {
			plain = strings.ReplaceAll(plain, color, "")
		}
		if plain != src || painted == src {
			t.Errorf("%q became %q", src, painted)
		}
	}
}
