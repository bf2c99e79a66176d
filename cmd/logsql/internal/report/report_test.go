package report

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// TestQuestions parses every statement, and holds that each file is asked and
// that its first line names as many parameters as it takes.
func TestQuestions(t *testing.T) {
	asked := map[string]bool{}
	for _, c := range chapters {
		asked[c.days] = true
		for _, q := range c.questions {
			asked[q.name] = true
			if q.shape != tiles && q.empty == "" {
				t.Errorf("%s does not say what it means that nothing is there", q.name)
			}
		}
	}
	entries, err := files.ReadDir("questions")
	if err != nil || len(entries) != len(asked) {
		t.Fatalf("%d files, %d questions, %v", len(entries), len(asked), err)
	}
	for name := range asked {
		text, err := files.ReadFile("questions/" + name + ".sql")
		if err != nil {
			t.Fatal(err)
		}
		p := period{Since: "2021-12-04", Until: "2021-12-06", Unit: "hour"}
		q, values, err := p.statement(string(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		takes := 0
		syntax.Walk(q, func(n syntax.Node) bool {
			if _, ok := n.(*syntax.Param); ok {
				takes++
			}
			return true
		})
		if len(values) != takes {
			t.Errorf("%s takes %d parameters, its first line names %d", name, takes, len(values))
		}
		for _, v := range values {
			if v.(*syntax.StringLit).Value == "" {
				t.Errorf("%s: the first line names a parameter that there is not", name)
			}
		}
	}
}

func TestCellOf(t *testing.T) {
	count, text := schema.Of(schema.BigInt), schema.Text
	for _, c := range []struct {
		v            any
		t            schema.Type
		c            column
		shown, exact string
	}{
		{int64(1234567), count, column{Number: true}, "1,234,567", ""},
		{int64(-1234), count, column{Number: true}, "-1,234", ""},
		{int64(1288490188), count, column{Number: true, bytes: true}, "1.2 GiB", "1,288,490,188 bytes"},
		{int64(1023), count, column{Number: true, bytes: true}, "1,023", ""},
		{int64(3389), schema.Of(schema.Integer), column{}, "3389", ""},
		{nil, count, column{Number: true}, "–", ""},
		{"a\x00b\u202egpj.exe", text, column{}, "a�b�gpj.exe", "a�b�gpj.exe"},
		{strings.Repeat("日", 200), text, column{}, strings.Repeat("日", 160) + "…", strings.Repeat("日", 200)},
	} {
		got := cellOf(c.v, c.t, c.c)
		if got.Text != c.shown || got.Exact != c.exact || got.Null != (c.v == nil) {
			t.Errorf("%v: %q, %q", c.v, got.Text, got.Exact)
		}
	}
}

func TestRuns(t *testing.T) {
	for days, want := range map[string]string{
		"":                      "",
		"2021-12-31":            "2021-12-31",
		"2021-12-31 2022-01-01": "2021-12-31 to 2022-01-01",
		"2022-01-01 2022-01-03": "2022-01-01, 2022-01-03",
		"2024-02-28 2024-02-29 2024-03-01 2024-03-09": "2024-02-28 to 2024-03-01, 2024-03-09",
	} {
		if got := runs(strings.Fields(days)); got != want {
			t.Errorf("%s: %s", days, got)
		}
	}
}

func TestNiceTop(t *testing.T) {
	for v, want := range map[float64]float64{0: 4, 3: 4, 5: 8, 9: 10, 11: 20, 21: 40, 81: 100, 2000: 2000, 2001: 4000} {
		if got := niceTop(v, false); got != want {
			t.Errorf("%v: %v, want %v", v, got, want)
		}
	}
	if got := niceTop(13e9, true); got != 1<<34 {
		t.Errorf("bytes: %v", got)
	}
}

// TestPlotKeepsTime holds that an hour without records is a gap, and that a
// clock far off does not squeeze the others.
func TestPlotKeepsTime(t *testing.T) {
	at := func(s string, v float64) []cell {
		when, err := time.Parse("2006-01-02 15", s)
		if err != nil {
			t.Fatal(err)
		}
		return []cell{{Text: s, at: when}, {Text: "n", value: v}, {value: math.NaN()}}
	}
	a := answer{
		columns: []column{{Name: "time"}, {Name: "reads"}, {Name: "errors"}},
		rows:    [][]cell{at("1970-01-01 00", 9), at("2021-12-04 00", 1), at("2021-12-04 12", 4), {{Null: true}, {value: 1}, {value: 1}}},
	}
	p := newPlot(a, period{Since: "2021-12-04", Until: "2021-12-04", Unit: "hour"})
	inside := 0
	for _, b := range p.Bars {
		if b.X >= plotLeft {
			inside++
		}
	}
	each := (plotWidth - plotLeft - plotRight) / 24
	if inside != 2 || math.Abs(p.Bars[len(p.Bars)-1].X-(plotLeft+12.08*each)) > 0.1 {
		t.Errorf("%+v", p.Bars)
	}
}

func TestPeriod(t *testing.T) {
	m := Mirror{Tables: []Table{{Name: "vpc_flow_logs", FirstDay: "2021-12-04", LastDay: "2021-12-06"}, {Name: "s3_access_logs", FirstDay: "2021-11-30", LastDay: "2021-12-05"}, {Name: "cloudtrail_logs"}}}
	if got := newPeriod(m, Options{}); got != (period{"2021-11-30", "2021-12-06", "hour"}) {
		t.Error(got)
	}
	since := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	after := time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)
	if got := newPeriod(m, Options{Since: after}); got != (period{"2022-01-01", "2022-01-01", "hour"}) {
		t.Error(got)
	}
	if got := newPeriod(m, Options{Until: since}); got != (period{"2021-01-01", "2021-01-01", "hour"}) {
		t.Error(got)
	}
	if got := newPeriod(m, Options{Since: since}); got != (period{"2021-01-01", "2021-12-06", "day"}) {
		t.Error(got)
	}
}

// TestHostile puts markup into every text of a page.
func TestHostile(t *testing.T) {
	const bad = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`
	p := page{
		Period: period{bad, bad, bad}, Days: 1, Made: bad,
		Mirror:   Mirror{Dir: bad, Program: bad, Skipped: []Skipped{{bad, 1}}},
		Warnings: []string{bad}, Coverage: []coverage{{Table: bad, Missing: bad, Days: 1, First: bad, Last: bad}},
		Chapters: []chapter{{ID: bad, Title: bad, Parts: []part{{
			ID: bad, Title: bad, About: bad, Empty: bad, Folded: true, Tiles: []tile{{bad, bad, bad}},
			Chart:   &plot{Label: bad, Legend: []string{bad}, Bars: []bar{{Title: bad}}, Lines: []tick{{Text: bad}}, Times: []tick{{Text: bad}}},
			Heat:    &heatmap{Rows: []heatRow{{bad, []heatCell{{bad, 1}}, bad}}},
			Columns: []column{{Name: bad}}, Rows: [][]cell{{{Text: bad, Exact: bad, Bar: true}}, {{Text: bad, Null: true}}},
		}}}},
	}
	var b bytes.Buffer
	if err := layout.Execute(&b, p); err != nil {
		t.Fatal(err)
	}
	if s := b.String(); strings.Contains(s, "<script") || strings.Contains(s, "<img") || strings.Count(s, "&lt;script&gt;") < 25 {
		t.Errorf("%d escaped\n%s", strings.Count(s, "&lt;script&gt;"), s)
	}
}
