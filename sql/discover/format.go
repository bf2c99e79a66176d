package discover

import (
	"bytes"
	"slices"
	"strings"

	"logsql/convert/batch"
	"logsql/convert/logtype"
	"logsql/convert/schema"
	"logsql/ingest/layout"
	"logsql/sql/catalog"
	"logsql/sql/serde"
)

// format is what a group's objects hold and how a table reads them.
type format struct {
	what       string          // in words
	name       string          // of the table, where the folder is not to name it
	columns    []schema.Column // nil where no table can read them
	byName     bool            // columns are found by name, not by place
	flow       bool            // its columns may end early: the header says which there are
	input      string          // STORED AS
	serde      string
	serdeProps map[string]string
	properties map[string]string
	notes      []string
}

// same reports whether one table reads both: fields that go by their place may
// end early.
func (f format) same(o format) bool {
	if f.what != o.what && !f.flow || f.flow != o.flow || len(f.properties) != len(o.properties) {
		return false
	}
	n := min(len(f.columns), len(o.columns))
	if !f.flow && len(f.columns) != len(o.columns) {
		return false
	}
	return slices.EqualFunc(f.columns[:n], o.columns[:n], func(a, b schema.Column) bool { return a.Name == b.Name && a.Type.Equal(b.Type) })
}

// headSize is how much of an object is looked at.
const headSize = 256 << 10

// classify finds out what a group is: by its keys, else by its samples' heads.
func (l *looker) classify(g *group) {
	m := g.match
	if m.Neighbour != "" && !isParquetFlow(m) {
		g.format = format{what: m.Neighbour}
		return
	}
	var heads [][]byte
	for _, o := range g.samples {
		head, err := serde.Head(l.root, o.Path, headSize)
		if err != nil {
			g.format = format{what: "unreadable: " + err.Error()}
			return
		}
		heads = append(heads, head)
	}
	g.format = l.formatOf(g, heads)
}

func (l *looker) formatOf(g *group, heads [][]byte) format {
	first := heads[0]
	switch {
	case bytes.HasPrefix(first, []byte("PAR1")):
		return l.parquet(g)
	case len(bytes.TrimSpace(first)) == 0:
		return format{what: "empty text"}
	case bytes.HasPrefix(first, []byte{0x1f, 0x8b}):
		return format{what: "gzip in objects whose names do not end in .gz, which Athena does not decompress"}
	}
	typ := logtype.ByName(g.match.Type)
	for _, t := range logtype.Types {
		if typ == nil && t.Sniff(first) {
			typ = t
		}
	}
	if typ != nil {
		return logFormats[typ.Name](first)
	}
	return textFormat(heads)
}

// logFormats are the tables AWS documents for the log types.
var logFormats = map[string]func(head []byte) format{
	layout.FlowLogs: flowFormat, layout.AccessLogs: accessFormat,
	layout.CloudTrail:      trailFormat(layout.CloudTrail, "CloudTrail events"),
	layout.NetworkActivity: trailFormat(layout.NetworkActivity, "CloudTrail network activity events"),
	layout.Insights:        trailFormat(layout.Insights, "CloudTrail insight events"),
	layout.Aggregated:      trailFormat(layout.Aggregated, "CloudTrail aggregated events"),
}

// Tables over raw logs are not called like the built-in ones, which they would
// hide.
const raw = "_raw"

func flowFormat(head []byte) format {
	line, _, _ := bytes.Cut(head, []byte{'\n'})
	columns, said := logtype.FlowFields(bytes.TrimSuffix(line, []byte{'\r'}))
	f := format{
		what: "VPC flow logs", name: layout.FlowLogs + raw, columns: columns, flow: true,
		input: "TEXTFILE", serde: catalog.LazySimpleSerDe, serdeProps: map[string]string{"field.delim": " ", "serialization.format": " "},
		properties: map[string]string{},
	}
	if said {
		f.properties["skip.header.line.count"] = "1"
	} else {
		f.what += " without a header"
	}
	return f
}

func accessFormat([]byte) format {
	return format{
		what: "S3 server access logs", name: layout.AccessLogs + raw, columns: documented(layout.AccessLogs),
		input: "TEXTFILE", serde: "org.apache.hadoop.hive.serde2.RegexSerDe", serdeProps: map[string]string{"input.regex": catalog.AccessRegex},
	}
}

func trailFormat(table, what string) func([]byte) format {
	return func([]byte) format {
		return format{
			what: what, name: table + raw, columns: documented(table), byName: true,
			input: "com.amazon.emr.cloudtrail.CloudTrailInputFormat", serde: "org.apache.hive.hcatalog.data.JsonSerDe",
		}
	}
}

// notInDDL are columns of the built-in tables that AWS's DDL does not have.
var notInDDL = []string{"sourceregion", "managementevent", "eventcontext", "additional_fields", "keyexchange"}

// documented are the columns of a log type as AWS's DDL has them.
func documented(table string) []schema.Column {
	var columns []schema.Column
	for _, c := range logtype.ByName(table).Columns {
		if slices.Contains(notInDDL, c.Name) {
			continue
		}
		if c.Type.Kind == schema.Row {
			c.Type.Elems = slices.DeleteFunc(slices.Clone(c.Type.Elems), func(f schema.Field) bool { return slices.Contains(notInDDL, f.Name) })
		}
		columns = append(columns, c)
	}
	return columns
}

// parquet takes the columns out of footers; a file that lacks one has NULLs.
func (l *looker) parquet(g *group) format {
	f := format{what: "Parquet", byName: true, input: "PARQUET", serde: catalog.Formats[1].Serde}
	if g.match.Type == layout.FlowLogs || isParquetFlow(g.match) {
		f.what, f.name = "VPC flow logs as Parquet", layout.FlowLogs+"_parquet"
	}
	for _, o := range g.samples {
		columns, err := batch.ReadColumns(l.m.Path(o.Path))
		if err != nil {
			return format{what: "Parquet whose footer cannot be read: " + err.Error()}
		}
		for _, c := range columns {
			c.Name = strings.ToLower(c.Name)
			if t, ok := hiveType(c.Type); !ok {
				f.notes = append(f.notes, "column "+c.Name+" of type "+c.Type.String()+" has no type of Hive's and is left out")
			} else if !slices.ContainsFunc(f.columns, func(h schema.Column) bool { return h.Name == c.Name }) {
				f.columns = append(f.columns, schema.Column{Name: c.Name, Type: t})
			}
		}
	}
	slices.Sort(f.notes)
	f.notes = slices.Compact(f.notes)
	return f
}

// hiveType is a type as a table over Hive's formats may have it.
func hiveType(t schema.Type) (schema.Type, bool) {
	switch t.Kind {
	case schema.Timestamp, schema.TimestampTZ:
		return schema.Of(schema.Timestamp), true
	case schema.UUID, schema.JSON:
		return schema.Text, true
	case schema.Time, schema.TimeTZ, schema.Unknown, schema.IntervalDay, schema.IntervalYear:
		return t, false
	}
	elems := slices.Clone(t.Elems)
	for i := range elems {
		var ok bool
		if elems[i].Type, ok = hiveType(elems[i].Type); !ok || t.Kind == schema.Row && !plainField(elems[i].Name) {
			return t, false
		}
		elems[i].Name = strings.ToLower(elems[i].Name)
	}
	t.Elems = elems
	return t, true
}

// plainField reports whether a field's name can stand in struct<…>.
func plainField(name string) bool {
	return name != "" && !notWord.MatchString(strings.ToLower(name)) && !(name[0] >= '0' && name[0] <= '9')
}
