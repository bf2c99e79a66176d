package catalog_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"logsql/convert/lake"
	"logsql/convert/schema"
	"logsql/ingest/mirror"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

func names(columns []schema.Column) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = c.Name
	}
	return strings.Join(list, " ")
}

func text(columns ...string) []schema.Column {
	list := make([]schema.Column, len(columns))
	for i, c := range columns {
		list[i] = schema.Column{Name: c, Type: schema.Text}
	}
	return list
}

func TestBuiltinTable(t *testing.T) {
	parts := []lake.Part{
		{Columns: text("srcaddr", "new_b", "additional_fields")},
		{Columns: text("New_A", "new_b", "year", "source_object")},
	}
	table := catalog.BuiltinTable("flow", text("version", "srcaddr"), []string{"year", "day"}, parts)
	if got, want := names(table.Columns), "version srcaddr new_b new_a additional_fields year day"; got != want {
		t.Errorf("columns %s; want %s", got, want)
	}
	if got, want := names(table.Hidden), "$object $path"; got != want {
		t.Errorf("hidden %s; want %s", got, want)
	}
	if i := table.PartitionIndex("day"); i != 1 {
		t.Errorf("day is partition column %d; want 1", i)
	}
}

// TestMissingMirror has the built-in tables with their documented columns, and
// makes nothing on disk.
func TestMissingMirror(t *testing.T) {
	m, err := mirror.Open(context.Background(), filepath.Join(t.TempDir(), "none"))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	c, err := catalog.Open(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(c.Databases(), " "), "default information_schema logsql"; got != want {
		t.Errorf("databases %s; want %s", got, want)
	}
	var tables []string
	list, err := c.Tables("LogSQL")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range list {
		tables = append(tables, table.Name)
		if len(table.Parts) != 0 || len(table.Columns) < 10 {
			t.Errorf("%s has %d parts and %d columns", table.Name, len(table.Parts), len(table.Columns))
		}
	}
	if got, want := strings.Join(tables, " "), "cloudtrail_aggregated cloudtrail_insights cloudtrail_logs cloudtrail_network_activity s3_access_logs transit_gateway_flow_logs vpc_flow_logs"; got != want {
		t.Errorf("tables %s; want %s", got, want)
	}
}

func TestResolve(t *testing.T) {
	builtin := catalog.BuiltinTable("vpc_flow_logs", text("a"), nil, nil)
	own := &catalog.Table{Catalog: catalog.Name, Database: "mine", Name: "vpc_flow_logs", Columns: text("b")}
	c := catalog.New(builtin, own)
	for _, test := range []struct{ database, name, want string }{
		{"default", "vpc_flow_logs", "awsdatacatalog.logsql.vpc_flow_logs"},
		{"default", "VPC_Flow_Logs", "awsdatacatalog.logsql.vpc_flow_logs"},
		{"mine", "vpc_flow_logs", "awsdatacatalog.mine.vpc_flow_logs"},
		{"mine", "logsql.vpc_flow_logs", "awsdatacatalog.logsql.vpc_flow_logs"},
		{"default", "AwsDataCatalog.mine.vpc_flow_logs", "awsdatacatalog.mine.vpc_flow_logs"},
		{"default", "information_schema.Tables", "awsdatacatalog.information_schema.tables"},
		{"default", "vpc_flow_log", "TABLE_NOT_FOUND: Table 'awsdatacatalog.default.vpc_flow_log' does not exist; did you mean vpc_flow_logs?"},
		{"default", "default.vpc_flow_logs", "TABLE_NOT_FOUND: Table 'awsdatacatalog.default.vpc_flow_logs' does not exist; did you mean logsql.vpc_flow_logs?"},
		{"default", "mien.x", "SCHEMA_NOT_FOUND: Schema 'mien' does not exist; did you mean mine?"},
		{"default", "hive.mine.x", "CATALOG_NOT_FOUND: Catalog 'hive' not found; the only catalog is awsdatacatalog"},
		{"default", "zzz", "TABLE_NOT_FOUND: Table 'awsdatacatalog.default.zzz' does not exist; "},
	} {
		var name syntax.Name
		for _, part := range strings.Split(test.name, ".") {
			name = append(name, syntax.Ident{Name: part})
		}
		got := ""
		if table, err := c.Table(test.database, name); err == nil {
			got = table.FullName()
		} else {
			got = err.Error() + "; " + err.(*syntax.Error).Hint
		}
		if got != test.want {
			t.Errorf("%s in %s: %s; want %s", test.name, test.database, got, test.want)
		}
	}
}

func TestInformationSchema(t *testing.T) {
	c := catalog.New(catalog.BuiltinTable("flow", text("a"), []string{"day"}, nil))
	columns, err := c.Lookup("INFORMATION_SCHEMA", "columns")
	if columns == nil || err != nil {
		t.Fatal("no information_schema.columns", err)
	}
	var got []string
	for _, r := range columns.Rows {
		if r[2] == "flow" {
			got = append(got, strings.Join(r, ","))
		}
	}
	want := "awsdatacatalog,logsql,flow,a,1,,YES,varchar,, awsdatacatalog,logsql,flow,day,2,,YES,varchar,,partition key"
	if strings.Join(got, " ") != want {
		t.Errorf("got %s; want %s", got, want)
	}
}

func TestDidYouMean(t *testing.T) {
	known := []string{"eventtime", "eventname", "sourceipaddress", "a", "bytes"}
	for name, want := range map[string]string{
		"evnttime":        "did you mean eventtime?",
		"EventNmae":       "did you mean eventname?",
		"sourceipadress":  "did you mean sourceipaddress?",
		"byte":            "did you mean bytes?",
		"x":               "",
		"somethingelse":   "",
		"":                "",
		"sourceipaddress": "did you mean sourceipaddress?",
	} {
		if got := catalog.DidYouMean(name, known); got != want {
			t.Errorf("DidYouMean(%q) = %q; want %q", name, got, want)
		}
	}
}
