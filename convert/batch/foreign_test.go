package batch_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"logsql/convert/batch"
	"logsql/convert/schema"
)

// written is a file of three row groups.
func written(t testing.TB, records int) []byte {
	t.Helper()
	columns := []schema.Column{
		{Name: "n", Type: schema.Of(schema.Integer)},
		{Name: "big", Type: schema.Of(schema.BigInt)},
		{Name: "text", Type: schema.Text},
		{Name: "flag", Type: schema.Of(schema.Boolean)},
		{Name: "ratio", Type: schema.Of(schema.Double)},
	}
	var file bytes.Buffer
	w, b := batch.NewWriter(&file, columns), batch.New(columns)
	for group := range 3 {
		b.Reset()
		for i := range records {
			if i%7 != 0 {
				b.Leaf("n").Int(int64(i))
				b.Leaf("text").Text(fmt.Appendf(nil, "text %d", i%3))
			}
			b.Leaf("big").Int(int64(group) << 40)
			b.Leaf("flag").Bool(i%2 == 0)
			b.Leaf("ratio").Double(float64(i) / 4)
			b.EndRecord()
		}
		if err := w.WriteRowGroup(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestForeign(t *testing.T) {
	const records = 1000
	file := written(t, records)
	r, err := batch.OpenForeign(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got := strings.Join(r.Names, " "); got != "n big text flag ratio" {
		t.Errorf("columns %s", got)
	}
	for i := range 3 * records {
		record, err := r.Next()
		if err != nil {
			t.Fatalf("record %d: %v", i, err)
		}
		group, i := i/records, i%records
		n, text := fmt.Sprint(i), fmt.Sprintf("text %d", i%3)
		if i%7 == 0 {
			n, text = "", ""
		}
		want := fmt.Sprintf("%s|%d|%s|%t|%v", n, int64(group)<<40, text, i%2 == 0, float64(i)/4)
		var got []string
		for _, v := range record {
			got = append(got, string(v.AppendText(nil)))
		}
		if strings.Join(got, "|") != want || record[0].IsNull() != (n == "") {
			t.Fatalf("record %d: %s, want %s", i, strings.Join(got, "|"), want)
		}
	}
	if _, err := r.Next(); err != io.EOF {
		t.Errorf("after the last record: %v", err)
	}
}

// FuzzForeign reads what is nearly Parquet: it ends, with an error or not.
func FuzzForeign(f *testing.F) {
	f.Add(written(f, 20))
	f.Add([]byte("PAR1PAR1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := batch.OpenForeign(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		defer r.Close()
		for n := 0; ; n++ {
			record, err := r.Next()
			if errors.Is(err, io.EOF) || err != nil || n > 1<<16 {
				return
			}
			for _, v := range record {
				v.AppendText(nil)
			}
		}
	})
}
