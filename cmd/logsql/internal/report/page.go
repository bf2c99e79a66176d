package report

import (
	"context"
	"embed"
	"fmt"
	"html/template"
	"slices"
	"time"

	"logsql/sql"
)

//go:embed page.html style.css
var pageFiles embed.FS

var layout = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"style":   func() (template.CSS, error) { b, err := pageFiles.ReadFile("style.css"); return template.CSS(b), err },
	"grouped": grouped,
}).ParseFS(pageFiles, "page.html"))

// page is what the template shows.
type page struct {
	Period   period
	Days     int
	Made     string
	Mirror   Mirror
	Coverage []coverage
	Chapters []chapter
	Warnings []string
	notes    []string // of the answers
}

// coverage is what the period's answers rest on, by table.
type coverage struct {
	Table   string
	Records int64 // in the period
	Days    int   // of the period that have records
	Of      int
	Missing string // the days that have none
	Bad     int64  // in all
	Broken  int64
	First   string
	Last    string
}

type chapter struct {
	ID, Title string
	Parts     []part
}

// part is an answered question.
type part struct {
	ID, Title, About, Empty string
	Tiles                   []tile
	Chart                   *plot
	Heat                    *heatmap
	Columns                 []column
	Rows                    [][]cell
	First                   int  // rows, where the statement's LIMIT left out what may be there
	Folded                  bool // the chart says it; the table is for reading out and for paper
}

type tile struct{ Name, Text, Exact string }

func gather(ctx context.Context, session *sql.Session, m Mirror, o Options) (page, error) {
	p := page{Period: newPeriod(m, o), Mirror: m, Made: o.Now.UTC().Format("2006-01-02 15:04 UTC")}
	p.Days = len(daysOf(p.Period))
	for _, c := range chapters {
		days, err := ask(ctx, session, c.days, p.Period)
		if err != nil {
			return p, err
		}
		p.note(c.table, days)
		p.Coverage = append(p.Coverage, cover(p.Period, tableOf(m, c.table), days))
		if len(days.rows) == 0 {
			continue
		}
		ch := chapter{ID: c.table, Title: c.title}
		for _, q := range c.questions {
			a, err := ask(ctx, session, q.name, p.Period)
			if err != nil {
				return p, err
			}
			p.note(c.table, a)
			ch.Parts = append(ch.Parts, q.shown(a, p.Period))
		}
		p.Chapters = append(p.Chapters, ch)
	}
	p.Warnings = append(p.notes, warnings(p)...)
	return p, nil
}

// note keeps what an answer says it may lack. That a table is empty stands in
// the coverage.
func (p *page) note(table string, a answer) {
	for _, n := range a.notes {
		if n != table+" is empty" && !slices.Contains(p.notes, n) {
			p.notes = append(p.notes, n)
		}
	}
}

func tableOf(m Mirror, name string) Table {
	i := slices.IndexFunc(m.Tables, func(t Table) bool { return t.Name == name })
	if i < 0 {
		return Table{Name: name}
	}
	return m.Tables[i]
}

// shown is an answer in its question's shape.
func (q question) shown(a answer, p period) part {
	out := part{ID: q.name, Title: q.title, About: q.about}
	if len(a.rows) == 0 {
		out.Empty = q.empty
		return out
	}
	switch q.shape {
	case tiles:
		for i, c := range a.columns {
			out.Tiles = append(out.Tiles, tile{c.Name, a.rows[0][i].Text, a.rows[0][i].Exact})
		}
		return out
	case heat:
		out.Heat = newHeatmap(a)
		return out
	case series:
		out.Chart, out.Folded = newPlot(a, p), true
	case ranked:
		a.rank()
	}
	out.Columns, out.Rows = a.columns, a.rows
	if len(a.rows) == a.limit {
		out.First = a.limit
	}
	return out
}

// daysOf are the days of a period.
func daysOf(p period) (days []string) {
	from, err := time.Parse(time.DateOnly, p.Since)
	until, err2 := time.Parse(time.DateOnly, p.Until)
	if err != nil || err2 != nil || p.Since == zeroDay {
		return nil
	}
	for d := from; !d.After(until); d = d.AddDate(0, 0, 1) {
		days = append(days, d.Format(time.DateOnly))
	}
	return days
}

func cover(p period, t Table, days answer) coverage {
	c := coverage{Table: t.Name, Bad: t.Bad, Broken: t.Broken, First: t.FirstDay, Last: t.LastDay, Days: len(days.rows)}
	has := map[string]bool{}
	for _, row := range days.rows {
		has[row[0].Text] = true
		c.Records += int64(row[1].value)
	}
	var missing []string
	for _, d := range daysOf(p) {
		c.Of++
		if !has[d] {
			missing = append(missing, d)
		}
	}
	if c.Days > 0 {
		c.Missing = runs(missing)
	}
	return c
}

// runs writes days as spans: 2026-01-02 to 2026-01-05, 2026-01-09.
func runs(days []string) string {
	out := ""
	for i := 0; i < len(days); {
		j := i
		for j+1 < len(days) && nextDay(days[j]) == days[j+1] {
			j++
		}
		if out != "" {
			out += ", "
		}
		out += days[i]
		if j > i {
			out += " to " + days[j]
		}
		i = j + 1
	}
	return out
}

func nextDay(day string) string {
	t, _ := time.Parse(time.DateOnly, day)
	return t.AddDate(0, 0, 1).Format(time.DateOnly)
}

// warnings are what a reader must know before believing the numbers.
func warnings(p page) (list []string) {
	say := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	for _, c := range p.Coverage {
		if c.Missing != "" {
			say("%s has no record of %s: the logs were off, were not synced, or nothing happened.", c.Table, c.Missing)
		}
		if c.Bad > 0 {
			say("%s has %s in all (of any day): they are in no answer; logsql bad lists them.", c.Table, counted(c.Bad, "bad line"))
		}
		if c.Broken > 0 {
			say("%s has %s: what could not be read of them is in no answer.", c.Table, counted(c.Broken, "broken object"))
		}
	}
	return list
}

func counted(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(n) + " " + noun + "s"
}
