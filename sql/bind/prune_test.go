package bind_test

import (
	"strings"
	"testing"

	"logsql/convert/lake"
	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

// TestPruneOddPartitions keeps what cannot be judged: the partition of NULL,
// and values that a cast would refuse.
func TestPruneOddPartitions(t *testing.T) {
	var parts []lake.Part
	for _, day := range []string{"01", "2", "x", "__HIVE_DEFAULT_PARTITION__", ""} {
		parts = append(parts, lake.Part{Partition: []string{day}})
	}
	columns := []schema.Column{{Name: "n", Type: schema.Of(schema.BigInt)}}
	cat := catalog.New(catalog.BuiltinTable("logs", columns, []string{"day"}, parts))
	for where, want := range map[string]string{
		"day = '01'":                         "01 __HIVE_DEFAULT_PARTITION__",
		"day IS NULL":                        "__HIVE_DEFAULT_PARTITION__",
		"day IS NOT NULL":                    "01 2 x __HIVE_DEFAULT_PARTITION__ ",
		"CAST(day AS integer) = 2":           "2 x __HIVE_DEFAULT_PARTITION__ ",
		"day > '1' AND n = 1":                "2 x __HIVE_DEFAULT_PARTITION__",
		"NOT (day = '01' OR n = 1)":          "2 x __HIVE_DEFAULT_PARTITION__ ",
		"day LIKE '0%'":                      "01 __HIVE_DEFAULT_PARTITION__",
		"day LIKE '_'":                       "01 2 x __HIVE_DEFAULT_PARTITION__ ",
		"day NOT IN ('01', 'x')":             "2 __HIVE_DEFAULT_PARTITION__ ",
		"day IN ('01', NULL)":                "01 __HIVE_DEFAULT_PARTITION__",
		"day <> (SELECT '01')":               "01 2 x __HIVE_DEFAULT_PARTITION__ ",
		"CASE WHEN day = '01' THEN true END": "01 2 x __HIVE_DEFAULT_PARTITION__ ",
	} {
		stmts, err := syntax.Parse("SELECT n FROM logs WHERE " + where)
		if err != nil {
			t.Fatal(err)
		}
		info, err := bind.Bind(stmts[0], cat, "default")
		if err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		var kept []string
		for _, p := range info.Scans[0].Parts {
			kept = append(kept, p.Partition[0])
		}
		if got := strings.Join(kept, " "); got != want {
			t.Errorf("%s keeps %q; want %q", where, got, want)
		}
	}
}
