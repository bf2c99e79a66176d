package catalog_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"logsql/convert/schema"
	"logsql/sql/catalog"
)

// projected is a table with partition columns and properties, given as k=v
// without projection. before them.
func projected(columns []string, properties ...string) *catalog.Table {
	t := &catalog.Table{Database: "d", Name: "t", Partition: columns}
	t.External = &catalog.External{Location: "s3://b/p/", Properties: map[string]string{"projection.enabled": "true"}}
	for _, c := range columns {
		t.Columns = append(t.Columns, schema.Column{Name: c, Type: schema.Text})
	}
	for _, p := range properties {
		k, v, _ := strings.Cut(p, "=")
		if k != "storage.location.template" {
			k = "projection." + k
		}
		t.External.Properties[k] = v
	}
	return t
}

func partitionsOf(t *testing.T, table *catalog.Table, filter catalog.Filter) []catalog.Partition {
	t.Helper()
	var err error
	if table.External.Projection, err = catalog.ProjectionOf(table); err != nil {
		t.Fatal(err)
	}
	list, err := table.AllPartitions(filter)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestProjectedValues(t *testing.T) {
	for _, c := range []struct{ properties, want string }{
		{"c.type=enum;c.values=a, b,c", "a b c"},
		{"c.type=integer;c.range=8,11;c.digits=3", "008 009 010 011"},
		{"c.type=integer;c.range=-1,5;c.interval=3", "-1 2 5"},
		{"c.type=date;c.format=yyyy/MM/dd;c.range=2024/02/28,2024/03/01", "2024/02/28 2024/02/29 2024/03/01"},
		{"c.type=date;c.format=yyyy-MM;c.range=2023-11,2024-01", "2023-11 2023-12 2024-01"},
		{"c.type=date;c.format=yyyy;c.range=2022,2024;c.interval=1;c.interval.unit=YEARS", "2022 2023 2024"},
		{"c.type=date;c.format=yyyy/MM/dd/HH;c.range=2024/01/01/22,2024/01/02/01;c.interval=1;c.interval.unit=HOURS", "2024/01/01/22 2024/01/01/23 2024/01/02/00 2024/01/02/01"},
		{"c.type=date;c.format=yyyyMMdd;c.range=20240101,20240120;c.interval=2;c.interval.unit=WEEKS", "20240101 20240115"},
		{"c.type=date;c.format='d'dd-M-yyyy;c.range=d30-9-2024,d01-10-2024", "d30-9-2024 d01-10-2024"},
	} {
		var got []string
		for _, p := range partitionsOf(t, projected([]string{"c"}, strings.Split(c.properties, ";")...), nil) {
			got = append(got, p.Values[0])
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v; want %s", c.properties, got, c.want)
		}
	}
}

func TestProjectedNow(t *testing.T) {
	list := partitionsOf(t, projected([]string{"c"}, "c.type=date", "c.format=yyyy-MM-dd", "c.range=NOW-2DAYS,NOW+1DAY"), nil)
	today := time.Now().UTC().Format(time.DateOnly)
	if len(list) != 4 || list[2].Values[0] != today {
		t.Errorf("%v; want four days of which the third is %s", list, today)
	}
}

func TestProjectedLocation(t *testing.T) {
	columns := []string{"r", "d"}
	properties := []string{"r.type=enum", "r.values=x", "d.type=enum", "d.values=1/2"}
	if got, want := partitionsOf(t, projected(columns, properties...), nil)[0].Location, "s3://b/p/r=x/d=1%2F2/"; got != want {
		t.Errorf("location %s; want %s", got, want)
	}
	properties = append(properties, "storage.location.template=s3://o/${d}-${R}")
	if got, want := partitionsOf(t, projected(columns, properties...), nil)[0].Location, "s3://o/1/2-x/"; got != want {
		t.Errorf("location %s; want %s", got, want)
	}
}

func TestProjectionErrors(t *testing.T) {
	for properties, want := range map[string]string{
		"":                           "missing projection configuration: [c]",
		"c.type=other":               "'projection.c.type' value 'other' is invalid",
		"c.type=enum":                "Missing required property: 'projection.c.values'",
		"c.type=integer;c.range=1":   "needs to be a list of 2 values",
		"c.type=integer;c.range=5,1": "needs two integers in order",
		"c.type=date;c.range=a,b":    "Missing required property: 'projection.c.format'",
		"c.type=date;c.range=NOW,NOW;c.format=yyyy-MM-dd HH":              "'projection.c.interval.unit' needs to be set",
		"c.type=date;c.range=2024-01-01,NOW-100YEARS;c.format=yyyy-MM-dd": "sequential",
		"c.type=date;c.range=01.01.2024,NOW;c.format=yyyy-MM-dd":          "valid dates formatted as 'yyyy-MM-dd'",
		"c.type=enum;c.values=a;x.type=enum":                              "no partition column 'x'",
		"c.type=enum;c.values=a;storage.location.template=s3://b/":        "must contain all partition columns",
	} {
		_, err := catalog.ProjectionOf(projected([]string{"c"}, strings.Split(properties, ";")...))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %s", properties, err, want)
		}
	}
}

// exactly keeps one value of one column.
type exactly struct {
	i      int
	value  string
	judged *int
}

func (e exactly) Keep(values []string, known []bool) bool {
	*e.judged++
	return !known[e.i] || values[e.i] == e.value
}

func (e exactly) Injected(string) []string { return []string{e.value} }

// TestProjectionPrunesFirst wants a column's values judged by themselves: the
// product of all would be a hundred million.
func TestProjectionPrunesFirst(t *testing.T) {
	judged := 0
	table := projected([]string{"a", "b", "c"}, "a.type=integer", "a.range=1,10000", "b.type=integer", "b.range=1,10000", "c.type=injected")
	list := partitionsOf(t, table, both{exactly{0, "7", &judged}, exactly{1, "7", &judged}})
	if len(list) != 1 || !slices.Equal(list[0].Values, []string{"7", "7", "7"}) || judged > 100_000 {
		t.Errorf("%v after %d judgements", list, judged)
	}
	_, err := table.AllPartitions(nil)
	if err == nil || !strings.Contains(err.Error(), "more than 1000000 values") {
		t.Errorf("without a filter: %v", err)
	}
}

type both struct{ a, b exactly }

func (x both) Keep(values []string, known []bool) bool {
	return x.a.Keep(values, known) && x.b.Keep(values, known)
}

func (x both) Injected(string) []string { return []string{"7"} }
