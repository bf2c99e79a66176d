package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestManyPartitions holds a table of ten thousand partitions, and one of ten
// projected years of days, to their rows; -v tells what processor time each
// statement took, which is to stay below a second.
func TestManyPartitions(t *testing.T) {
	dir := t.TempDir()
	mirror, bucket := filepath.Join(dir, "mirror"), filepath.Join(dir, "bucket")
	if err := writeFile(filepath.Join(bucket, "r1/2025/04/05/a.txt"), strings.NewReader("1 x\n2 y\n")); err != nil {
		t.Fatal(err)
	}
	logsql(t, "--mirror", mirror, "sync", bucket, "--as", "s3://many")
	const columns = " (n int, what string) PARTITIONED BY (region string, day string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' LOCATION 's3://many/'"
	var add strings.Builder
	for r := range 28 {
		for d := range 360 {
			day := fmt.Sprintf("2025/%02d/%02d", d/30+1, d%30+1)
			fmt.Fprintf(&add, " PARTITION (region = 'r%d', day = '%s') LOCATION 's3://many/r%d/%s/'", r, day, r, day)
		}
	}
	script := filepath.Join(dir, "named.sql")
	if err := writeFile(script, strings.NewReader("CREATE EXTERNAL TABLE named"+columns+"; ALTER TABLE named ADD"+add.String())); err != nil {
		t.Fatal(err)
	}
	logsql(t, "--mirror", mirror, "sql", "-f", script)
	logsql(t, "--mirror", mirror, "sql", "-c", "CREATE EXTERNAL TABLE projected"+columns+` TBLPROPERTIES ('projection.enabled' = 'true',
		'projection.region.type' = 'enum', 'projection.region.values' = 'r0,r1,r2,r3,r4,r5,r6,r7,r8,r9', 'projection.day.type' = 'date',
		'projection.day.format' = 'yyyy/MM/dd', 'projection.day.range' = '2016/01/01,2025/12/31', 'storage.location.template' = 's3://many/${region}/${day}/')`)
	for query, lines := range map[string]int{
		"SHOW PARTITIONS named":                        28 * 360,
		"SELECT * FROM named WHERE day = '2025/04/05'": 2,
		"SELECT * FROM named":                          2,
		"SELECT n FROM named WHERE date_parse(day, '%Y/%m/%d') > DATE '2025-04-04'": 2,
		"SELECT * FROM projected WHERE day = '2025/04/05'":                          2,
		"SELECT * FROM projected WHERE region = 'r1' AND day > '2016'":              2,
		"SELECT * FROM projected":                                                   2,
	} {
		res := run{}.logsql(t, "--mirror", mirror, "sql", "-c", query)
		if got := strings.Count(res.stdout, "\n") - 1; got != lines {
			t.Errorf("%s: %d rows, want %d\n%s", query, got, lines, res.stderr)
		}
		t.Logf("%s: %s of processor time", query, res.cpu)
	}
}
