package discover

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"logsql/ingest/layout"
	"logsql/ingest/mirror"
)

// step is one folder of a shape, or the three of a date.
type step struct {
	name    string // of the partition column; "" for a folder that is always called literal
	literal string
	date    bool // YYYY/MM/DD
}

// shape is how folders lie below a table's root.
type shape struct {
	name  string
	steps []step
	hive  bool // folders k=v; steps are their names
}

// datedShapes are the layouts with a date in their keys, by layout's name; the
// last is for objects of no known layout. Names are those of AWS's DDL.
var datedShapes = map[string]shape{
	"vpcflow":      {name: "vpcflow", steps: []step{{name: "accid"}, {literal: "vpcflowlogs"}, {name: "region"}, {name: "day", date: true}}},
	"cloudtrail":   trailShape("CloudTrail"),
	"access-dated": {name: "access-dated", steps: []step{{name: "account"}, {name: "region"}, {name: "source_bucket"}, {name: "timestamp", date: true}}},
	"":             {name: "dated", steps: []step{{name: "day", date: true}}},

	"cloudtrail-network-activity": trailShape("CloudTrail-NetworkActivity"),
	"cloudtrail-insight":          trailShape("CloudTrail-Insight"),
	"cloudtrail-aggregated":       trailShape("CloudTrail-Aggregated"),
}

func trailShape(folder string) shape {
	return shape{name: folder, steps: []step{{name: "account"}, {literal: folder}, {name: "region"}, {name: "timestamp", date: true}}}
}

// group is objects that lie alike and, until they were looked at, seem to be
// alike.
type group struct {
	shape       shape
	root        string // the key's prefix that the shape begins below
	match       layout.Match
	apart       string            // what else tells groups apart
	values      []map[string]bool // of each step
	samples     []mirror.Object   // some of the objects
	objects     int               //
	bytes       int64             //
	first, last time.Time         //
	format      format            // what looking at samples told
}

// maxSamples is how many objects of a group are looked at.
const maxSamples = 6

// collect goes through the objects below a prefix, in order of their keys.
func collect(ctx context.Context, m *mirror.Mirror, bucket, prefix string) ([]*group, error) {
	const atOnce = 4096
	groups := map[string]*group{}
	var order []*group
	for from := prefix; ; {
		objects, err := m.ObjectsFrom(ctx, bucket, from, atOnce)
		if err != nil {
			return nil, err
		}
		for _, o := range objects {
			if !strings.HasPrefix(o.Key, prefix) {
				return order, nil
			}
			if o.Size == 0 || hidden(o.Key[len(prefix):]) {
				continue
			}
			g, values := place(o.Key)
			key := g.shape.name + "\x00" + g.root + "\x00" + g.apart
			have := groups[key]
			if have == nil {
				have = g
				groups[key] = g
				order = append(order, g)
			}
			have.add(o, g.match, values)
		}
		if len(objects) < atOnce {
			return order, nil
		}
		from = objects[len(objects)-1].Key + "\x00"
	}
}

// hidden are the names that Hive passes over.
func hidden(below string) bool {
	for name := range strings.SplitSeq(below, "/") {
		if strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") {
			return true
		}
	}
	return false
}

// place is the group of a key, and the values of its steps.
func place(key string) (*group, []string) {
	m := layout.Parse(key)
	segs := strings.Split(key, "/")
	folders, name := segs[:len(segs)-1], segs[len(segs)-1]
	g := &group{match: m, apart: m.Type + "\x00" + m.Neighbour}
	switch {
	case m.Layout == "vpcflow", m.Layout == "vpcflow-hive":
		g.apart += "\x00" + m.Account + m.Region + flowID(name)
	case m.Type == "" && m.Neighbour == "":
		g.apart += "\x00" + kindOfName(name)
	}
	if values, ok := g.hive(folders); ok {
		return g, values
	}
	if values, ok := g.dated(folders, m); ok {
		return g, values
	}
	g.shape, g.root = shape{name: "flat"}, slash(folders)
	return g, nil
}

// flowID is the flow log that a file of its is of: all of one have one header.
func flowID(name string) string {
	if parts := strings.Split(name, "_"); len(parts) > 3 {
		return parts[3]
	}
	return ""
}

// kindOfName is a name's ending without that of a compression: .csv of a.csv.gz.
func kindOfName(name string) string {
	ending := path.Ext(name)
	switch ending {
	case ".gz", ".bz2", ".zst":
		return path.Ext(strings.TrimSuffix(name, ending))
	}
	return ending
}

func slash(folders []string) string {
	if len(folders) == 0 {
		return ""
	}
	return strings.Join(folders, "/") + "/"
}

// hive takes folders k=v from the first on; those that follow are just below.
func (g *group) hive(folders []string) ([]string, bool) {
	i := slices.IndexFunc(folders, isPair)
	if i < 0 {
		return nil, false
	}
	var values []string
	g.shape, g.root = shape{hive: true, name: "hive"}, slash(folders[:i])
	for _, f := range folders[i:] {
		if !isPair(f) {
			break
		}
		k, v, _ := strings.Cut(f, "=")
		g.shape.steps = append(g.shape.steps, step{name: strings.ToLower(k)})
		g.shape.name += "/" + strings.ToLower(k)
		values = append(values, v)
	}
	return values, true
}

func isPair(folder string) bool {
	k, v, ok := strings.Cut(folder, "=")
	return ok && k != "" && v != ""
}

// dated finds the date among the folders, and before it what the layout has
// there.
func (g *group) dated(folders []string, m layout.Match) ([]string, bool) {
	if m.Neighbour != "" && !isParquetFlow(m) {
		return nil, false
	}
	sh, known := datedShapes[m.Layout]
	if !known || m.Layout != "" && !m.DayFromKey {
		sh = datedShapes[""]
	}
	at := dateIn(folders, len(sh.steps)-1)
	if at < 0 {
		return nil, false
	}
	from := at - (len(sh.steps) - 1)
	g.shape, g.root = sh, slash(folders[:from])
	return append(slices.Clone(folders[from:at]), strings.Join(folders[at:at+3], "/")), true
}

func isParquetFlow(m layout.Match) bool { return m.Layout == "vpcflow" || m.Layout == "vpcflow-hive" }

// dateIn is the place of the last YYYY/MM/DD, at from or behind it.
func dateIn(folders []string, from int) int {
	for i := len(folders) - 3; i >= from; i-- {
		if _, err := time.Parse("2006/01/02", strings.Join(folders[i:i+3], "/")); err == nil {
			return i
		}
	}
	return -1
}

func (g *group) add(o mirror.Object, m layout.Match, values []string) {
	g.objects, g.bytes = g.objects+1, g.bytes+o.Size
	if len(g.samples) < maxSamples {
		g.samples = append(g.samples, o)
	} else {
		g.samples[maxSamples-1] = o // the latest so far
	}
	for len(g.values) < len(values) {
		g.values = append(g.values, map[string]bool{})
	}
	for i, v := range values {
		g.values[i][v] = true
	}
	g.days(dayOf(g.shape, values, m))
}

// dayOf is the day that a key's folders name, else that of its file's name.
func dayOf(sh shape, values []string, m layout.Match) time.Time {
	if n := len(sh.steps); n > 0 && sh.steps[n-1].date {
		day, _ := time.Parse("2006/01/02", values[n-1])
		return day
	}
	day, _ := m.Date()
	return day
}

func (g *group) days(day time.Time) {
	if day.IsZero() {
		return
	}
	if g.first.IsZero() || day.Before(g.first) {
		g.first = day
	}
	if day.After(g.last) {
		g.last = day
	}
}

// takes reports whether g's table reads the objects of o too.
func (g *group) takes(o *group) bool {
	if g.format.columns == nil && o.format.columns == nil {
		return g.format.what == o.format.what
	}
	return g.shape.name == o.shape.name && g.root == o.root && g.format.same(o.format)
}

func (g *group) absorb(o *group) {
	g.objects, g.bytes = g.objects+o.objects, g.bytes+o.bytes
	if g.root != o.root {
		g.root = commonFolder(g.root, o.root)
	} else {
		for i := range min(len(g.values), len(o.values)) {
			maps.Copy(g.values[i], o.values[i])
		}
	}
	g.days(o.first)
	g.days(o.last)
	if len(o.format.columns) > len(g.format.columns) {
		g.format = o.format
	}
}

func commonFolder(a, b string) string {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return a[:strings.LastIndexByte(a[:n], '/')+1]
}

// overlaps reports whether some folders may hold objects of both, but for the
// date.
func (g *group) overlaps(o *group) bool {
	if g.root != o.root || g.shape.name != o.shape.name {
		return false
	}
	for i, s := range g.shape.steps {
		common := func(v string) bool { return o.values[i][v] }
		if s.name != "" && !s.date && !slices.ContainsFunc(slices.Collect(maps.Keys(g.values[i])), common) {
			return false
		}
	}
	return true
}
