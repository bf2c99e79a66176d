package sql

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"logsql/convert/schema"
	"logsql/sql/catalog"
)

// TestContinuations: what the partitions of a table say about later days. A case
// has the columns, the partitions there are (values and place), and of some
// places the values they get; none where it is not for us to say.
func TestContinuations(t *testing.T) {
	for _, tt := range []struct {
		name, columns string
		have          []string
		want          map[string]string
	}{
		{
			"a day", "dt",
			[]string{"2025-11-20 at flow/2025/11/20/"},
			map[string]string{"flow/2025/11/21/": "2025-11-21", "flow/2026/01/02/": "2026-01-02"},
		},
		{
			"a day, typed", "dt:date",
			[]string{"2025-11-20 at flow/2025/11/20/"},
			map[string]string{"flow/2025/12/01/": "2025-12-01"},
		},
		{
			"a column called day", "day",
			[]string{"2025/11/20 at flow/2025/11/20/"},
			map[string]string{"flow/2025/11/21/": "2025/11/21"},
		},
		{
			"three columns", "year,month,day",
			[]string{"2025,11,11 at flow/2025/11/11/"},
			map[string]string{"flow/2025/11/12/": "2025,11,12", "flow/2026/01/02/": "2026,01,02"},
		},
		{
			"three numbers", "year:int,month:int,day:int",
			[]string{"2025,11,9 at flow/2025/11/09/"},
			map[string]string{"flow/2025/11/10/": "2025,11,10", "flow/2026/01/02/": "2026,1,2"},
		},
		{
			"columns that tell nothing by their names", "a,b,c",
			[]string{"2025,11,20 at flow/2025/11/20/"},
			map[string]string{"flow/2025/11/21/": "2025,11,21", "flow/2026/01/01/": "2026,01,01"},
		},
		{
			"a column more, which may be the month or not", "dt,version",
			[]string{"2025-11-20,11 at flow/2025/11/20/"},
			map[string]string{"flow/2025/11/21/": "2025-11-21,11", "flow/2025/12/01/": ""},
		},
		{
			"one digit", "y,m,d",
			[]string{"2025,9,8 at flow/2025/09/08/"},
			map[string]string{"flow/2025/10/01/": "2025,10,1"},
		},
		{
			"day or month", "a,b,c",
			[]string{"2025,11,11 at flow/2025/11/11/"},
			map[string]string{"flow/2025/11/12/": "", "flow/2025/12/12/": "2025,12,12"},
		},
		{
			"regions", "region,year,month,day",
			[]string{"cn-north-1,2025,11,20 at CloudTrail/cn-north-1/2025/11/20/", "cn-northwest-1,2025,11,19 at CloudTrail/cn-northwest-1/2025/11/19/"},
			map[string]string{
				"CloudTrail/cn-north-1/2025/11/21/": "cn-north-1,2025,11,21", "CloudTrail/cn-northwest-1/2025/11/20/": "cn-northwest-1,2025,11,20",
				"CloudTrail/cn-north-1/2025/11/19/": "", "CloudTrail/eu-west-1/2025/11/21/": "",
			},
		},
		{
			"behind the date", "dt,kind",
			[]string{"20251120,a at x/2025-11-20/a/", "20251120,b at x/2025-11-20/b/"},
			map[string]string{"x/2025-11-21/a/": "20251121,a", "x/2025-11-21/b/": "20251121,b", "x/2025-11-21/c/": ""},
		},
		{
			"hours", "dt,hour",
			[]string{"2025-11-20,07 at flow/2025/11/20/07/", "2025-11-20,08 at flow/2025/11/20/08/"},
			map[string]string{"flow/2025/11/20/09/": "2025-11-20,09", "flow/2025/11/21/00/": "2025-11-21,00", "flow/2025/11/20/24/": ""},
		},
		{
			"months", "month",
			[]string{"2025-11 at flow/2025/11/"},
			map[string]string{"flow/2025/12/": "2025-12", "flow/2025/13/": ""},
		},
		{
			"Hive's folders elsewhere", "dt",
			[]string{"2025-11-20 at o/year=2025/month=11/day=20/"},
			map[string]string{"o/year=2025/month=11/day=21/": "2025-11-21", "o/2025/11/21/": ""},
		},
		{
			"no slash at the end", "dt",
			[]string{"2025-11-20 at flow/2025/11/20"},
			map[string]string{"flow/2025/11/21/": "2025-11-21"},
		},
		{
			"one that does not obey", "dt",
			[]string{"2025-11-19 at flow/2025/11/19/", "2025-11-20 at flow/2025/11/21/"},
			map[string]string{"flow/2025/11/22/": ""},
		},
		{
			"one in another kind of place", "dt",
			[]string{"2025-11-19 at flow/2025/11/19/", "2025-11-20 at copy/20251120/"},
			map[string]string{"flow/2025/11/22/": "", "copy/20251122/": ""},
		},
		{
			"the date is not in the values", "country",
			[]string{"cn at flow/2025/11/19/", "de at flow/2025/11/20/"},
			map[string]string{"flow/2025/11/22/": ""},
		},
		{
			"half the date is not in the values", "month,day",
			[]string{"11,20 at flow/2025/11/20/"},
			map[string]string{"flow/2025/11/21/": ""},
		},
		{
			"two places of the same values", "dt",
			[]string{"2025-11-19 at a/2025/11/19/", "2025-11-20 at b/2025/11/20/"},
			map[string]string{"a/2025/11/21/": "", "b/2025/11/21/": ""},
		},
		{
			"no date at all", "n",
			[]string{"1 at a/1/"},
			map[string]string{"a/2/": ""},
		},
		{"no partitions", "dt", nil, map[string]string{"flow/2025/11/21/": ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table := &catalog.Table{External: &catalog.External{}}
			for c := range strings.SplitSeq(tt.columns, ",") {
				name, typ, _ := strings.Cut(c+":string", ":")
				typ, _, _ = strings.Cut(typ, ":")
				table.Partition = append(table.Partition, name)
				column := schema.Column{Name: name, Type: schema.Text}
				if typ != "string" {
					column.Type = map[string]schema.Type{"int": schema.Of(schema.Integer), "date": schema.Of(schema.Date)}[typ]
				}
				table.Columns = append(table.Columns, column)
			}
			for _, p := range tt.have {
				values, place, _ := strings.Cut(p, " at ")
				table.External.Partitions = append(table.External.Partitions, catalog.Partition{Values: strings.Split(values, ","), Location: "s3://b/" + place})
			}
			list := continuations(table)
			for place, want := range tt.want {
				if got := said(list, "s3://b/"+place); got != want {
					t.Errorf("%s: %q, want %q", place, got, want)
				}
			}
		})
	}
}

// said is what find makes of a place that holds files.
func said(list []*continuation, place string) string {
	var all []string
	for _, c := range list {
		before, after, day, ok := c.read(place)
		for _, of := range c.rows {
			if ok && of.before == before && of.after == after && day.After(of.last) {
				all = append(all, strings.Join(c.agreed(of, day), ","))
			}
		}
	}
	return strings.Join(all, "; ")
}

// A place is written as it is read.
func TestDatingPlaces(t *testing.T) {
	day := time.Date(2025, 1, 2, 3, 0, 0, 0, time.UTC)
	for _, f := range placeForms {
		c := continuation{dating: dating{dateForm: f, at: 3, labels: make([]string, 1+strings.Count(f.form, "/"))}}
		place := "s3://b/" + c.place(day)
		before, after, got, ok := c.read(place + "x/")
		if want := day.Format(f.form); !ok || before != "s3://b/" || after != "x/" || got.Format(f.form) != want || fmt.Sprintf("s3://b/%s/", want) != place {
			t.Errorf("%s: %s is %q %q %s", f.form, place, before, after, got)
		}
	}
}
