package duck

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"logsql/convert/schema"
	"logsql/sql/serde"
)

// call is the table function's call over files of dir, made with their content.
func call(t testing.TB, dir string, spec serde.Spec, contents ...string) string {
	t.Helper()
	for i, content := range contents {
		name := fmt.Sprintf("f%d.txt", i)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		values := make([]string, len(spec.Partition))
		for k := range values {
			values[k] = fmt.Sprint("p", i)
		}
		spec.Files = append(spec.Files, serde.File{Path: name, URI: "s3://b/" + name, Size: int64(len(content)), Partition: values})
	}
	text, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	return serde.Function + "('" + strings.ReplaceAll(string(text), "'", "''") + "')"
}

func columns(text string) (list []schema.Column) {
	for _, f := range schema.MustParse("row(" + text + ")").Elems {
		list = append(list, schema.Column(f))
	}
	return list
}

func all(t testing.TB, d *DB, statement string) (list [][]any, err error) {
	t.Helper()
	rows, err := d.Query(context.Background(), statement)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for {
		row, ok := rows.Next()
		if !ok {
			return list, rows.Err()
		}
		list = append(list, row)
	}
}

func delimited(cols string) serde.Spec {
	return serde.Spec{Columns: columns(cols), Properties: map[string]string{"field.delim": ","}, Partition: []string{"p"}}
}

func TestScanTypes(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	spec := delimited(`a varchar, b tinyint, c smallint, d integer, e bigint, f real, g double, h boolean, i date, j timestamp(3),
		k decimal(4,1), l decimal(9,1), m decimal(18,1), n decimal(38,2), o array(varchar), q map(varchar, integer), r row(x integer, y array(varchar)), s varbinary`)
	from := call(t, dir, spec, "a text of more than twelve bytes,1,2,3,4,1.5,2.5,true,2021-12-04,2021-12-04 01:02:03.5,1.5,-2.5,3.5,12345678901234567890123456789012345.67,u\x02\x02a longer element\x02\\N,k\x031\x02l\x032,7\x02y1\x03y2,aGk=\n"+
		"short\n", "éé,x\n")
	got, err := all(t, d, "SELECT * FROM "+from+" ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprint(got)
	want := `[[a text of more than twelve bytes 1 2 3 4 1.5 2.5 true 2021-12-04 00:00:00 +0000 UTC 2021-12-04 01:02:03.5 +0000 UTC 1.5 -2.5 3.5 12345678901234567890123456789012345.67 [u  a longer element <nil>] {[k l] [1 2]} map[x:7 y:[y1 y2]] [104 105] p0 s3://b/f0.txt 189 0001-01-01 00:00:00 +0000 UTC p=p0] ` +
		`[short <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> p0 s3://b/f0.txt 189 0001-01-01 00:00:00 +0000 UTC p=p0] ` +
		`[éé <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> p1 s3://b/f1.txt 7 0001-01-01 00:00:00 +0000 UTC p=p1]]`
	if text != want {
		t.Errorf("%s\nwant\n%s", text, want)
	}
}

func TestScanProjection(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	from := call(t, dir, delimited("a varchar, b integer"), strings.Repeat("x,1\n", 5000), strings.Repeat("y,2\n", 3000))
	for sql, want := range map[string][]any{
		"SELECT count(*) FROM " + from:                                                                 {int64(8000)},
		"SELECT sum(b)::BIGINT, max(p) FROM " + from:                                                   {int64(11000), "p1"},
		"SELECT max(\"$path\"), min(a) FROM " + from:                                                   {"s3://b/f1.txt", "x"},
		"WITH c AS (SELECT * FROM " + from + ") SELECT (SELECT count(*) FROM c), count(b) FROM c":      {int64(8000), int64(8000)},
		"SELECT count(*) FROM " + from + " x JOIN " + from + " y USING (a) WHERE x.b = 2 AND y.b = 1":  {int64(0)},
		"SELECT count(*) FROM (SELECT * FROM " + from + " LIMIT 10)":                                   {int64(10)},
		"SELECT count(*) FROM range(3) r(i), LATERAL (SELECT b FROM " + from + " WHERE b > i LIMIT 1)": {int64(2)},
	} {
		got, err := all(t, d, sql)
		if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], want) {
			t.Errorf("%s = %v, %v; want %v", sql[:40], got, err, want)
		}
	}
	for _, bad := range []string{"../x", "/etc/passwd", "missing"} {
		spec := delimited("a varchar")
		spec.Files = []serde.File{{Path: bad, URI: "s3://b/k", Partition: []string{""}}}
		if _, err := all(t, d, "SELECT * FROM "+call(t, dir, spec)); err == nil || !strings.HasPrefix(err.Error(), "HIVE_CANNOT_OPEN_SPLIT: s3://b/k") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// A query that ends early leaves no file open.
func TestScanCloses(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	from := call(t, dir, delimited("a varchar"), strings.Repeat("x\n", 1<<20), strings.Repeat("x\n", 1<<20))
	for range 3 {
		if _, err := all(t, d, "SELECT a FROM "+from+" LIMIT 3"); err != nil {
			t.Fatal(err)
		}
		if left := openFiles(t, dir); left != 0 {
			t.Fatalf("%d files are open", left)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := d.Query(ctx, "SELECT count(*) FROM "+from); err == nil || !strings.HasPrefix(err.Error(), "USER_CANCELED") {
		t.Errorf("cancelled: %v", err)
	}
}

func openFiles(t *testing.T, dir string) (n int) {
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	for _, fd := range fds {
		if to, _ := os.Readlink("/proc/self/fd/" + fd.Name()); strings.HasPrefix(to, dir+"/") {
			n++
		}
	}
	return n
}

func BenchmarkScan(b *testing.B) {
	dir := b.TempDir()
	d := open(b, dir)
	line := "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK\n"
	spec := delimited("version integer, account varchar, eni varchar, src varchar, dst varchar, sport integer, dport integer, proto bigint, packets bigint, bytes bigint, st bigint, en bigint, action varchar, status varchar")
	spec.Properties["field.delim"] = " "
	content := strings.Repeat(line, 200_000)
	from := call(b, dir, spec, content)
	for name, sql := range map[string]string{"all": "SELECT max(account||eni||src||dst||action||status), sum(version+sport+dport+proto+packets+bytes+st+en) FROM ", "two": "SELECT max(dst), sum(bytes) FROM ", "count": "SELECT count(*) FROM "} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			for b.Loop() {
				if _, err := all(b, d, sql+from); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
