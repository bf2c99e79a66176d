package discover

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"logsql/convert/schema"
	"logsql/ingest/mirror"
	"logsql/sql/catalog"
)

// table is the table that reads a group.
func (l *looker) table(g *group) *catalog.Table {
	f := g.format
	t := &catalog.Table{Catalog: catalog.Name, Name: f.name, Columns: slices.Clone(f.columns), Comments: map[string]string{}}
	if t.Name == "" {
		t.Name = nameOf(l.bucket, g.root)
	}
	t.External = &catalog.External{
		Location: mirror.URI(l.bucket, g.root), Format: f.input, Serde: f.serde,
		SerdeProps: maps.Clone(f.serdeProps), Properties: maps.Clone(f.properties),
	}
	if t.External.Properties == nil {
		t.External.Properties = map[string]string{}
	}
	switch {
	case g.shape.hive:
		for _, s := range g.shape.steps {
			makeRoom(t, s.name, f.byName)
			addPartition(t, s.name)
		}
	case len(g.shape.steps) > 0:
		project(t, g)
	}
	return t
}

var notWord = regexp.MustCompile(`[^a-z0-9_]+`)

// nameOf is the name of the innermost folder, as Glue names tables.
func nameOf(bucket, root string) string {
	folders := strings.Split(strings.TrimSuffix(bucket+"/"+root, "/"), "/")
	name := strings.Trim(notWord.ReplaceAllString(strings.ToLower(folders[len(folders)-1]), "_"), "_")
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		return "t_" + name
	}
	return name
}

// project makes the date and the folders that vary projected partitions; a
// folder that is always the same becomes part of the location, but in flow
// logs, whose documented table has all.
func project(t *catalog.Table, g *group) {
	p := t.External.Properties
	p["projection.enabled"] = "true"
	template, fixed := t.External.Location, true
	for i, s := range g.shape.steps {
		values := slices.Sorted(maps.Keys(g.values[i]))
		switch {
		case s.date && g.tooMany():
			continue // all days of a folder are read: more than Athena likes would be projected
		case s.date:
			name := addPartition(t, s.name)
			p["projection."+name+".type"] = "date"
			p["projection."+name+".format"] = "yyyy/MM/dd"
			p["projection."+name+".range"] = g.first.Format("2006/01/02") + ",NOW"
			p["projection."+name+".interval"] = "1"
			p["projection."+name+".interval.unit"] = "DAYS"
			template += "${" + name + "}"
			continue
		case s.name == "":
			template += s.literal + "/"
		case len(values) == 1 && g.shape.name != "vpcflow":
			template += values[0] + "/"
		default:
			name := addPartition(t, s.name)
			p["projection."+name+".type"] = "enum"
			p["projection."+name+".values"] = strings.Join(values, ",")
			template += "${" + name + "}/"
			fixed = false
		}
		if fixed {
			t.External.Location = template
		}
	}
	p["storage.location.template"] = template
}

// maxProjected is how many partitions are well projected, as of today.
const maxProjected = 200_000

// tooMany reports whether a partition for each day would be too many: accounts
// and regions of an organisation multiply.
func (g *group) tooMany() bool {
	n := int(time.Since(g.first).Hours()/24) + 1
	for i, s := range g.shape.steps {
		if s.name != "" && !s.date {
			n *= len(g.values[i])
		}
	}
	return n > maxProjected && len(g.shape.steps) > 1
}

// makeRoom lets a folder's name be a partition column's: a column of the records
// that has it is left out, or called otherwise where columns go by their place.
func makeRoom(t *catalog.Table, name string, byName bool) {
	i := slices.IndexFunc(t.Columns, func(c schema.Column) bool { return c.Name == name })
	switch {
	case i < 0:
	case byName:
		t.Columns = slices.Delete(t.Columns, i, i+1)
	default:
		t.Columns[i].Name = name + "_in_file"
	}
}

// addPartition adds a partition column, under another name where the records
// have a column of this one.
func addPartition(t *catalog.Table, name string) string {
	for slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return c.Name == name }) {
		name = "partition_" + name
	}
	t.Columns = append(t.Columns, schema.Column{Name: name, Type: schema.Text})
	t.Partition = append(t.Partition, name)
	return name
}
