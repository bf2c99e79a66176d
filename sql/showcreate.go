package sql

import (
	"context"
	"maps"
	"slices"
	"strings"

	"logsql/convert/lake"
	"logsql/convert/schema"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

// showCreateTable prints the DDL that would make the table again, line by line
// and blank by blank as Athena does.
func showCreateTable(stmt *syntax.Show, t *catalog.Table) (*Rows, error) {
	if t.View != nil {
		return nil, syntax.ErrorAt(nameSpan(stmt.From), "NOT_SUPPORTED", "Relation '%s' is a view, not a table: SHOW CREATE VIEW %s", t.FullName(), dotted(stmt.From))
	}
	return createLines(t), nil
}

func createLines(t *catalog.Table) *Rows {
	var lines [][]string
	for line := range strings.SplitSeq(ddl("`"+t.Name+"`", t, commentOf), "\n") {
		lines = append(lines, []string{line})
	}
	return plainRows([]string{"createtab_stmt"}, lines)
}

// showBuiltin prints a built-in table as DDL over the objects that it was made
// from.
func (s *Session) showBuiltin(ctx context.Context, stmt *syntax.Show, t *catalog.Table) (*Rows, error) {
	if t.Database != catalog.Builtin {
		return nil, syntax.ErrorAt(nameSpan(stmt.From), "NOT_SUPPORTED", "Relation '%s' lies over no objects: DESCRIBE %s", t.FullName(), dotted(stmt.From))
	}
	made := builtinDDL(t)
	folders, err := s.sources(ctx, t.Name)
	if err != nil {
		return nil, internal(err)
	}
	notes := []string{t.Name + " is built in: this is what it would be as a table over its objects; logsql tables discover prints DDL that reads them"}
	switch len(folders) {
	case 0:
		notes = append(notes, "nothing is converted to it yet: the LOCATION is as AWS documents it")
	case 1:
		made.External.Location = folders[0]
	default:
		made.External.Location = folders[0]
		notes = append(notes, "it was made from objects below "+strings.Join(folders, ", ")+"; a table over objects has one LOCATION")
	}
	rows := createLines(made)
	rows.Notes = notes
	return rows, nil
}

func (s *Session) sources(ctx context.Context, table string) ([]string, error) {
	if s.mirror.Empty() {
		return nil, nil
	}
	l, err := lake.Open(ctx, s.mirror)
	if err != nil {
		return nil, err
	}
	return l.Sources(ctx, table)
}

// DDL is the statement that makes a table over objects, under a name that is
// quoted as it need be.
func DDL(name string, t *catalog.Table) string {
	return ddl(name, t, func(t *catalog.Table, c schema.Column) string { return t.Comments[c.Name] })
}

func ddl(name string, t *catalog.Table, comment func(*catalog.Table, schema.Column) string) string {
	var b strings.Builder
	e := t.External
	b.WriteString("CREATE EXTERNAL TABLE " + name + "(\n" + definitions(t, dataColumns(t), comment) + ")")
	if t.Comment != "" {
		b.WriteString("\nCOMMENT '" + hiveText(t.Comment) + "'")
	}
	if len(t.Partition) > 0 {
		b.WriteString("\nPARTITIONED BY ( \n" + definitions(t, partitionColumns(t), comment) + ")")
	}
	b.WriteString("\nROW FORMAT " + rowFormat(e))
	input, output := e.Classes()
	b.WriteString("STORED AS INPUTFORMAT \n  '" + input + "' \nOUTPUTFORMAT \n  '" + output + "'")
	b.WriteString("\nLOCATION\n  '" + hiveText(e.Location) + "'")
	var list [][2]string
	for _, p := range properties(t) {
		if p[0] != "EXTERNAL" && p[0] != "comment" {
			list = append(list, p)
		}
	}
	if list != nil {
		b.WriteString("\nTBLPROPERTIES (\n" + pairs(list) + ")")
	}
	return b.String()
}

func definitions(t *catalog.Table, columns []schema.Column, comment func(*catalog.Table, schema.Column) string) string {
	lines := make([]string, len(columns))
	for i, c := range columns {
		lines[i] = "  `" + c.Name + "` " + c.Type.Hive()
		if text := comment(t, c); text != "" {
			lines[i] += " COMMENT '" + hiveText(text) + "'"
		}
	}
	return strings.Join(lines, ", \n")
}

func pairs(list [][2]string) string {
	lines := make([]string, len(list))
	for i, p := range list {
		lines[i] = "  '" + hiveText(p[0]) + "'='" + hiveText(p[1]) + "'"
	}
	return strings.Join(lines, ", \n")
}

func rowFormat(e *catalog.External) string {
	_, hasDelimiter := e.SerdeProps["field.delim"]
	if e.Serde == catalog.LazySimpleSerDe && hasDelimiter {
		out := "DELIMITED \n"
		for _, d := range delimiters {
			if s, ok := e.SerdeProps[d.key]; ok {
				out += "  " + d.clause + " '" + hiveText(s) + "' \n"
			}
		}
		return out
	}
	out := "SERDE \n  '" + e.Serde + "' \n"
	var list [][2]string
	for _, k := range slices.Sorted(maps.Keys(e.SerdeProps)) {
		list = append(list, [2]string{k, e.SerdeProps[k]})
	}
	if list != nil {
		out += "WITH SERDEPROPERTIES ( \n" + pairs(list) + ") \n"
	}
	return out
}

// hiveText is a text between quotes, as Hive escapes it.
func hiveText(s string) string {
	return strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\t", `\t`, "\r", `\r`, "\x01", `\u0001`, "\x02", `\u0002`, "\x03", `\u0003`).Replace(s)
}

type builtinSource struct {
	serde, input, location string
	properties             map[string]string
}

func trailSource(folder string) builtinSource {
	return builtinSource{
		serde: "org.apache.hive.hcatalog.data.JsonSerDe", input: "com.amazon.emr.cloudtrail.CloudTrailInputFormat",
		location: "s3://BUCKET/AWSLogs/ACCOUNT_ID/" + folder + "/",
	}
}

// builtinSources are how the objects of the built-in tables lie, as AWS's
// documentation declares them.
var builtinSources = map[string]builtinSource{
	"cloudtrail_logs":             trailSource("CloudTrail"),
	"cloudtrail_network_activity": trailSource("CloudTrail-NetworkActivity"),
	"cloudtrail_insights":         trailSource("CloudTrail-Insight"),
	"cloudtrail_aggregated":       trailSource("CloudTrail-Aggregated"),
	"s3_access_logs": {
		serde: "org.apache.hadoop.hive.serde2.RegexSerDe", location: "s3://BUCKET/PREFIX/",
		properties: map[string]string{"input.regex": catalog.AccessRegex},
	},
	"vpc_flow_logs": {
		serde: catalog.LazySimpleSerDe, location: "s3://BUCKET/AWSLogs/ACCOUNT_ID/vpcflowlogs/REGION/",
		properties: map[string]string{"field.delim": " "},
	},
}

// builtinDDL is a built-in table as DDL over its objects would make it.
func builtinDDL(t *catalog.Table) *catalog.Table {
	source := builtinSources[t.Name]
	made := *t
	made.External = &catalog.External{
		Location: source.location, Format: "TEXTFILE", Serde: source.serde, SerdeProps: source.properties,
		Properties: map[string]string{},
	}
	if source.input != "" {
		made.External.Format = source.input
	}
	if t.Name == "vpc_flow_logs" {
		made.External.Properties["skip.header.line.count"] = "1"
	}
	return &made
}
