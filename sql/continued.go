package sql

import (
	"slices"
	"strings"
	"time"

	"logsql/sql/bind"
	"logsql/sql/catalog"
)

// Partitions added by hand, a day each, lie in folders that have the date in
// their names: dt='2025-11-20' at …/2025/11/20/. Where all partitions of a table
// tell by one rule which values belong to which place, the days after its last
// are partitions like them. What follows no rule, or several that do not agree,
// is left to who made the table.

// dateForm is a way to write a date, and which parts of it that has: year,
// month, day, hour.
type dateForm struct{ form, has string }

// placeForms are how folders tell a date, the longest first.
var placeForms = []dateForm{
	{"2006/01/02/15", "ymdh"},
	{"2006-01-02/15", "ymdh"},
	{"20060102/15", "ymdh"},
	{"2006-01-02-15", "ymdh"},
	{"2006010215", "ymdh"},
	{"2006/01/02", "ymd"},
	{"2006-01-02", "ymd"},
	{"20060102", "ymd"},
	{"2006/01", "ym"},
	{"2006-01", "ym"},
	{"200601", "ym"},
}

// valueForms are how the values of columns tell it.
var valueForms = append([]dateForm{{"2006", "y"}, {"01", "m"}, {"1", "m"}, {"02", "d"}, {"2", "d"}, {"15", "h"}}, placeForms...)

// partOf is which part of a date a column of such a name may have alone.
var partOf = map[string]string{"year": "y", "month": "m", "day": "d", "hour": "h"}

// dating is where in a location the date stands, and how.
type dating struct {
	dateForm
	at     int      // of its first folder
	labels []string // before the values, as year= in year=2025, by folder
}

// read finds the date in a location; what surrounds it is before and after.
func (d dating) read(location string) (before, after string, day time.Time, ok bool) {
	folders := strings.SplitAfter(location, "/")
	if len(folders) < d.at+len(d.labels) {
		return "", "", day, false
	}
	var text []string
	for i, label := range d.labels {
		value, ok := strings.CutPrefix(strings.TrimSuffix(folders[d.at+i], "/"), label)
		if !ok {
			return "", "", day, false
		}
		text = append(text, value)
	}
	day, err := time.Parse(d.form, strings.Join(text, "/"))
	ok = err == nil && day.Format(d.form) == strings.Join(text, "/")
	return strings.Join(folders[:d.at], ""), strings.Join(folders[d.at+len(d.labels):], ""), day, ok
}

// datings are the ways to read the date of all partitions, by place, the longest
// first.
func datings(partitions []catalog.Partition) (list []dating) {
	folders := strings.Split(slash(partitions[0].Location), "/")
	for at := 3; at < len(folders); at++ { // behind s3://bucket/
		for _, form := range placeForms {
			d := dating{dateForm: form, at: at}
			n := 1 + strings.Count(form.form, "/")
			for _, name := range folders[at:min(at+n, len(folders))] {
				d.labels = append(d.labels, name[:strings.IndexByte(name, '=')+1])
			}
			if len(d.labels) == n && d.readsAll(partitions) {
				list = append(list, d)
			}
		}
	}
	return list
}

func (d dating) readsAll(partitions []catalog.Partition) bool {
	return !slices.ContainsFunc(partitions, func(p catalog.Partition) bool {
		_, _, _, ok := d.read(slash(p.Location))
		return !ok
	})
}

func slash(location string) string { return strings.TrimSuffix(location, "/") + "/" }

// row is a table's partitions that differ in the date only.
type row struct {
	before, after string
	values        []string // of its first partition
	last          time.Time
}

// rule is how to tell the values of a place: by columns the form that a date is
// written in, "" for a value that all of a row have.
type rule []dateForm

// continuation is what is known of a table's partitions.
type continuation struct {
	dating
	types func(column int, text string) (string, bool) // text as a value of the column, where it can be one
	rows  []*row
	rules []rule
}

func (c *continuation) write(column int, form dateForm, day time.Time) string {
	text, _ := c.types(column, day.Format(form.form))
	return text
}

// values are those of a place of a row.
func (c *continuation) values(r rule, of *row, day time.Time) []string {
	values := slices.Clone(of.values)
	for i, form := range r {
		if form.form != "" {
			values[i] = c.write(i, form, day)
		}
	}
	return values
}

// continuations are the ways to go on with t's partitions.
func continuations(t *catalog.Table) (list []*continuation) {
	if len(t.External.Partitions) == 0 {
		return nil
	}
	columns := partitionColumns(t)
	for _, d := range datings(t.External.Partitions) {
		if n := len(list); n > 0 && list[n-1].at == d.at {
			continue
		}
		c := &continuation{dating: d, types: func(i int, text string) (string, bool) { return bind.PartitionText(text, columns[i].Type) }}
		c.learn(t)
		if len(c.rules) > 0 {
			list = append(list, c)
		}
	}
	return list
}

// learn finds the rows of t's partitions and the rules that all of them follow.
func (c *continuation) learn(t *catalog.Table) {
	rows := map[[2]string]*row{}
	choices := make([][]dateForm, len(t.Partition))
	same := make([]bool, len(t.Partition))
	for i, name := range t.Partition {
		same[i] = true
		for _, f := range valueForms {
			if part := partOf[name]; strings.Trim(f.has, c.has) == "" && (part == "" || part == f.has || len(f.has) > 1) {
				choices[i] = append(choices[i], f)
			}
		}
	}
	for _, p := range t.External.Partitions {
		before, after, day, _ := c.read(slash(p.Location))
		r := rows[[2]string{before, after}]
		if r == nil {
			r = &row{before: before, after: after, values: p.Values}
			rows[[2]string{before, after}] = r
			c.rows = append(c.rows, r)
		}
		if day.After(r.last) {
			r.last = day
		}
		for i, v := range p.Values {
			choices[i] = slices.DeleteFunc(choices[i], func(f dateForm) bool { return c.write(i, f, day) != v })
			same[i] = same[i] && v == r.values[i]
		}
	}
	for i := range choices {
		choices[i] = asPlaces(choices[i])
		if same[i] && partOf[t.Partition[i]] == "" {
			choices[i] = append(choices[i], dateForm{})
		}
	}
	c.rules = c.sound(choices)
}

// asPlaces prefers 01 to 1 where a column has only had two digits so far: it is
// what places have.
func asPlaces(forms []dateForm) []dateForm {
	return slices.DeleteFunc(slices.Clone(forms), func(f dateForm) bool {
		return len(f.form) == 1 && slices.Contains(forms, dateForm{"0" + f.form, f.has})
	})
}

// maxRules is how many rules are tried at most; more are not one.
const maxRules = 256

// sound are the rules of a form for each column by which no two places have the
// same values.
func (c *continuation) sound(choices [][]dateForm) (rules []rule) {
	all := []rule{nil}
	for _, forms := range choices {
		var longer []rule
		for _, r := range all {
			for _, f := range forms {
				longer = append(longer, append(slices.Clone(r), f))
			}
		}
		if all = longer; len(all) > maxRules {
			return nil
		}
	}
	for _, r := range all {
		has, places := "", map[string]bool{}
		for _, f := range r {
			has += f.has
		}
		for _, of := range c.rows {
			places[strings.Join(c.values(r, of, time.Time{}), "\x00")] = true
		}
		if strings.Trim(c.has, has) == "" && len(places) == len(c.rows) {
			rules = append(rules, r)
		}
	}
	return rules
}

// find lists the partitions that come after the last of each row and hold files,
// where all rules agree about their values.
func (c *continuation) find(tx *catalog.Tx) (found []catalog.Partition, err error) {
	for _, of := range c.rows {
		last := of.before + c.place(of.last)
		places, err := tx.FoldersAfter(of.before, last, len(c.labels))
		if err != nil {
			return nil, err
		}
		for _, place := range places {
			_, _, day, ok := c.read(place)
			if !ok {
				continue
			}
			if has, err := tx.HasFiles(place + of.after); err != nil {
				return nil, err
			} else if values := c.agreed(of, day); has && values != nil {
				found = append(found, catalog.Partition{Values: values, Location: place + of.after})
			}
		}
	}
	return found, nil
}

// place is how the folders of a day are called.
func (c *continuation) place(day time.Time) (folders string) {
	for i, text := range strings.Split(day.Format(c.form), "/") {
		folders += c.labels[i] + text + "/"
	}
	return folders
}

// agreed are the values that all rules give to a place, nil where they differ.
func (c *continuation) agreed(of *row, day time.Time) []string {
	values := c.values(c.rules[0], of, day)
	for _, r := range c.rules[1:] {
		if !slices.Equal(values, c.values(r, of, day)) {
			return nil
		}
	}
	return values
}
