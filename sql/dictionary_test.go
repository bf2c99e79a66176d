package sql

import (
	"context"
	"fmt"
	"testing"

	"logsql/convert/lake"
	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/duck"
	"logsql/sql/lower"
	"logsql/sql/syntax"
)

// A Parquet column with few values is read as a dictionary, for which DuckDB
// would run a function of ours on values that no row asks for: see
// lower/guard.go.
func TestFunctionsOfDictionaries(t *testing.T) {
	ctx := context.Background()
	db, err := duck.Open(ctx, duck.Options{Dir: t.TempDir(), Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const values = `SELECT CASE i % 4 WHEN 0 THEN '10.0.0.1' WHEN 1 THEN 'ec2.amazonaws.com' WHEN 2 THEN '-' ELSE '5' END AS a,
		i % 4 AS n, CASE WHEN i % 4 = 0 THEN 0 ELSE i % 4 END AS d FROM range(10000) t(i)`
	rows, err := db.Query(ctx, "COPY ("+values+") TO '"+db.Path("p.parquet")+"' (FORMAT parquet)")
	if err != nil {
		t.Fatal(err)
	}
	rows.Close()
	big := schema.Of(schema.BigInt)
	columns := []schema.Column{{Name: "a", Type: schema.Text}, {Name: "n", Type: big}, {Name: "d", Type: big}}
	cat := catalog.New()
	cat.Add(&catalog.Table{
		Catalog: catalog.Name, Database: catalog.Default, Name: "p", Columns: columns,
		Parts: []lake.Part{{Path: "p.parquet", Columns: columns}},
	})
	for _, c := range []struct{ sql, want string }{
		{"SELECT count(try_cast(a AS ipaddress)), count(try_cast(a AS bigint)), count(try(from_iso8601_date(a))) FROM p", "[[2500 2500 2500]]"},
		{"SELECT try_cast(a AS integer) AS x, count(*) FROM p GROUP BY 1 ORDER BY 2", "[[5 2500] [<nil> 7500]]"},
		{"SELECT a, try_cast(a AS ipaddress) IS NULL AS x, count(*) FROM p GROUP BY 1, 2 ORDER BY 1", "[[- true 2500] [10.0.0.1 false 2500] [5 true 2500] [ec2.amazonaws.com true 2500]]"},
		{"SELECT DISTINCT cast(a AS bigint) FROM p WHERE a NOT LIKE '%.%' AND a <> '-'", "[[5]]"},
		{"SELECT min(cast(cast(a AS ipaddress) AS varchar)) FROM p WHERE a LIKE '10.%'", "[[10.0.0.1]]"},
		{"SELECT count(*) FROM p WHERE a = '5' AND cast(a AS bigint) = 5", "[[2500]]"},
		{"SELECT count(*), count(try(n / d)) FROM p WHERE d <> 0 AND n / d = 1", "[[7500 7500]]"},
		{"SELECT count(try(n / d)) FROM p", "[[7500]]"},
		{"SELECT cast(a AS bigint) FROM p", "INVALID_CAST_ARGUMENT: Cannot cast '10.0.0.1' to BIGINT"},
	} {
		if got := queryOn(t, db, cat, c.sql); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.sql, got, c.want)
		}
	}
}

func queryOn(t *testing.T, db *duck.DB, cat *catalog.Catalog, statement string) string {
	t.Helper()
	parsed, err := syntax.Parse(statement)
	if err != nil {
		t.Fatal(err)
	}
	info, err := bind.Bind(parsed[0], cat, catalog.Default)
	if err != nil {
		t.Fatal(err)
	}
	text, err := lower.Lower(parsed[0], info, db.Path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(context.Background(), text)
	if err != nil {
		return err.Error()
	}
	defer rows.Close()
	var all [][]any
	for row, ok := rows.Next(); ok; row, ok = rows.Next() {
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		return err.Error()
	}
	return fmt.Sprint(all)
}
