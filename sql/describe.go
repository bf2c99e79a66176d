package sql

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

// What Hive prints of tables, to the blank: scripts read it. Fields are padded
// to 20 characters.

func pad(s string) string { return fmt.Sprintf("%-20s", s) }

var (
	describeColumns = []string{"col_name", "data_type", "comment"}
	blankLine       = []string{"", " ", " "}
)

func (s *Session) describe(stmt *syntax.Describe, cat *catalog.Catalog) (*Rows, error) {
	t, err := s.tableOrFailed(stmt, stmt.Table, cat)
	if err != nil {
		return nil, err
	}
	if stmt.Partition != nil {
		if err := describedPartition(stmt.Partition, t); err != nil {
			return nil, err
		}
	}
	columns := t.Columns
	if len(stmt.Column) > 0 {
		name := strings.ToLower(stmt.Column[0].Name)
		i := slices.IndexFunc(columns, func(c schema.Column) bool { return c.Name == name })
		if i < 0 {
			err := failedTask(&stmt.Column[0], "Invalid column reference %s", name)
			err.Hint = catalog.DidYouMean(name, columnNames(columns))
			return nil, err
		}
		return plainRows(describeColumns, columnLines(t, columns[i:i+1])), nil
	}
	if stmt.Detail != "" {
		return plainRows(describeColumns, formatted(t)), nil
	}
	lines := columnLines(t, columns)
	if len(t.Partition) > 0 {
		lines = append(lines, blankLine)
		lines = append(lines, partitionLines(t)...)
	}
	return plainRows(describeColumns, lines), nil
}

// describeDatabase is Hive's DESCRIBE DATABASE; EXTENDED adds the properties.
func (s *Session) describeDatabase(ctx context.Context, stmt *syntax.Describe, cat *catalog.Catalog) (*Rows, error) {
	at := lastIdent(stmt.Table)
	name := strings.ToLower(at.Name)
	if !cat.HasDatabase(name) {
		return nil, noDatabase(at, name)
	}
	store, err := catalog.OpenStore(ctx, s.mirror)
	if err != nil {
		return nil, internal(err)
	}
	d, err := store.Database(ctx, name)
	if err != nil {
		return nil, internal(err)
	}
	parameters := ""
	if stmt.Detail != "" && len(d.Properties) > 0 {
		var list []string
		for _, k := range slices.Sorted(maps.Keys(d.Properties)) {
			list = append(list, k+"="+d.Properties[k])
		}
		parameters = "{" + strings.Join(list, ", ") + "}"
	}
	columns := []string{"db_name", "comment", "location", "owner_name", "owner_type", "parameters"}
	return plainRows(columns, [][]string{{name, d.Comment, d.Location, "hadoop", "USER", parameters}}), nil
}

// describedPartition holds DESCRIBE t PARTITION (…) to a partition there is; its
// columns are the table's.
func describedPartition(spec *syntax.PartitionSpec, t *catalog.Table) error {
	a := alteration{t: t, at: spec}
	values, given, err := a.values(spec)
	if err != nil {
		return err
	}
	have := [][]string{}
	if t.External != nil {
		for _, p := range t.External.Partitions {
			have = append(have, p.Values)
		}
	}
	for _, p := range t.Parts {
		have = append(have, p.Partition)
	}
	if slices.Contains(given, false) || !slices.ContainsFunc(have, func(v []string) bool { return slices.Equal(v, values) }) {
		return partitionNotFound(spec)
	}
	return nil
}

func columnLines(t *catalog.Table, columns []schema.Column) (lines [][]string) {
	for _, c := range columns {
		lines = append(lines, []string{pad(c.Name), pad(c.Type.Hive()), pad(commentOf(t, c))})
	}
	return lines
}

// commentOf is a column's comment; a SerDe that finds the columns itself says
// so for those without.
func commentOf(t *catalog.Table, c schema.Column) string {
	comment := t.Comments[c.Name]
	if comment == "" && t.External != nil && t.PartitionIndex(c.Name) < 0 && fromDeserializer(t.External.Serde) {
		return "from deserializer"
	}
	return comment
}

// fromDeserializer reports whether Hive takes the columns from the SerDe: all
// but its own that keep them in the metastore.
func fromDeserializer(class string) bool {
	for _, known := range []string{"LazySimpleSerDe", "ParquetHiveSerDe", "OrcSerde", "ColumnarSerDe", "LazyBinarySerDe", "LazyBinaryColumnarSerDe", "MetadataTypedColumnsetSerDe"} {
		if strings.HasSuffix(class, "."+known) {
			return false
		}
	}
	return true
}

func partitionLines(t *catalog.Table) [][]string {
	lines := [][]string{{"# Partition Information", " ", " "}, columnHeader(), blankLine}
	return append(lines, columnLines(t, partitionColumns(t))...)
}

func columnHeader() []string {
	return []string{"# " + pad("col_name"), pad("data_type"), pad("comment")}
}

func partitionColumns(t *catalog.Table) []schema.Column {
	return t.Columns[len(t.Columns)-len(t.Partition):]
}

// formatted is DESCRIBE FORMATTED.
func formatted(t *catalog.Table) [][]string {
	lines := append([][]string{columnHeader(), blankLine}, columnLines(t, dataColumns(t))...)
	lines = append(lines, blankLine)
	if len(t.Partition) > 0 {
		lines = append(append(lines, partitionLines(t)...), blankLine)
	}
	fact := func(name, value string) { lines = append(lines, []string{pad(name), pad(value), ""}) }
	lines = append(lines, []string{"# Detailed Table Information", " ", " "})
	fact("Database:", t.Database)
	fact("Owner:", "hadoop")
	fact("CreateTime:", t.Created.UTC().Format("Mon Jan 02 15:04:05 UTC 2006"))
	e := t.External
	if e == nil {
		fact("Table Type:", map[bool]string{false: "EXTERNAL_TABLE", true: "VIRTUAL_VIEW"}[t.View != nil])
		return lines
	}
	fact("Location:", e.Location)
	fact("Table Type:", "EXTERNAL_TABLE")
	lines = append(lines, []string{pad("Table Parameters:"), " ", " "})
	for _, p := range properties(t) {
		lines = append(lines, []string{"", pad(p[0]), pad(p[1])})
	}
	input, output := e.Classes()
	lines = append(lines, blankLine, []string{"# Storage Information", " ", " "})
	fact("SerDe Library:", e.Serde)
	fact("InputFormat:", input)
	fact("OutputFormat:", output)
	lines = append(lines, []string{pad("Storage Desc Params:"), " ", " "})
	for _, k := range slices.Sorted(maps.Keys(e.SerdeProps)) {
		lines = append(lines, []string{"", pad(k), pad(hiveText(e.SerdeProps[k]))})
	}
	return lines
}

// properties are a table's properties as Hive lists them, in order of name.
func properties(t *catalog.Table) (list [][2]string) {
	all := map[string]string{"EXTERNAL": "TRUE"}
	if t.External != nil {
		maps.Copy(all, t.External.Properties)
	}
	if t.Comment != "" {
		all["comment"] = t.Comment
	}
	if !t.Created.IsZero() {
		all["transient_lastDdlTime"] = strconv.FormatInt(t.Created.Unix(), 10)
	}
	for _, k := range slices.Sorted(maps.Keys(all)) {
		list = append(list, [2]string{k, all[k]})
	}
	return list
}

func showColumns(_ *syntax.Show, t *catalog.Table) (*Rows, error) {
	var lines [][]string
	for _, c := range t.Columns {
		lines = append(lines, []string{pad(c.Name)})
	}
	return textRows([]string{"field"}, lines), nil
}

func showProperties(stmt *syntax.Show, t *catalog.Table) (*Rows, error) {
	list := properties(t)
	if stmt.Key == nil {
		var lines [][]string
		for _, p := range list {
			lines = append(lines, []string{p[0], p[1]})
		}
		return textRows([]string{"prpt_name", "prpt_value"}, lines), nil
	}
	value := "Table " + t.Database + "." + t.Name + " does not have property: " + stmt.Key.Value
	for _, p := range list {
		if p[0] == stmt.Key.Value {
			value = p[1]
		}
	}
	return textRows([]string{"prpt_value"}, [][]string{{value}}), nil
}

// showPartitions lists k=v/k2=v2; those of a projection are not listed, as on
// Athena.
func showPartitions(stmt *syntax.Show, t *catalog.Table) (*Rows, error) {
	if len(t.Partition) == 0 {
		return nil, failedTask(nameSpan(stmt.From), "Table %s is not a partitioned table", t.Name)
	}
	var names []string
	if t.External != nil {
		for _, p := range t.External.Partitions {
			names = append(names, catalog.PartitionName(t.Partition, p.Values))
		}
	}
	for _, p := range t.Parts {
		names = append(names, catalog.PartitionName(t.Partition, p.Partition))
	}
	slices.Sort(names)
	rows := textRows([]string{"partition"}, oneColumn(slices.Compact(names), func(string) bool { return true }))
	if t.External != nil && t.External.Projection != nil {
		rows.Notes = []string{t.Name + ` is projected, and projected partitions are not listed here: SELECT * FROM "` + t.Name + `$partitions" makes them`}
	}
	return rows, nil
}

func showCreateView(stmt *syntax.Show, t *catalog.Table) (*Rows, error) {
	if t.View == nil {
		return nil, syntax.ErrorAt(nameSpan(stmt.From), "NOT_SUPPORTED", "Relation '%s' is a table, not a view", t.FullName())
	}
	lines := [][]string{{"CREATE VIEW " + t.Name + " AS "}}
	for line := range strings.SplitSeq(t.View.Text, "\n") {
		lines = append(lines, []string{line})
	}
	return plainRows([]string{"create view"}, lines), nil
}
