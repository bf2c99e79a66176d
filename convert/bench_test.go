package convert_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"logsql/convert"
	"logsql/convert/batch"
	"logsql/convert/logtype"
	"logsql/convert/schema"
	"logsql/ingest/layout"
	"logsql/ingest/mirror"
)

// discard is the shortest way from a decoder to Parquet: one batch, one file,
// written to nothing.
type discard struct {
	columns []schema.Column
	batch   *batch.Batch
	out     *batch.Writer
	records int64
}

func (d *discard) Batch(_ []string, columns []schema.Column) (*batch.Batch, error) {
	if d.batch == nil || len(d.columns) != len(columns) {
		d.columns, d.batch = columns, batch.New(columns)
		d.batch.Stage()
		d.out = batch.NewWriter(io.Discard, columns)
	}
	return d.batch, nil
}

func (d *discard) Record(b *batch.Batch) error {
	b.EndRecord()
	d.records++
	if b.Len() < 128<<10 {
		return nil
	}
	return d.flush()
}

func (d *discard) flush() error {
	err := d.out.WriteRowGroup(d.batch)
	d.batch.Reset()
	return err
}

func (d *discard) Bad(line int64, reason string, text []byte) error {
	return fmt.Errorf("line %d: %s: %.80q", line, reason, text)
}

// samples are objects of each log type, in memory and not compressed.
var samples = []struct{ table, key, text string }{
	{layout.FlowLogs, flowKey(1, 1), flowHeader + flowLines(100_000, day1)},
	{layout.AccessLogs, "logs/2026-01-01-05-00-00-0123456789ABCDEF", strings.Repeat(accessLine(1, "curl/8")+accessLine(1, "Mozilla/5.0 (X11; Linux x86_64)"), 10_000)},
	{layout.CloudTrail, trailKey(1), trailRecords(20_000)},
}

// BenchmarkDecode is decoding plus encoding, without gunzip and without disk.
func BenchmarkDecode(b *testing.B) {
	for _, s := range samples {
		b.Run(s.table, func(b *testing.B) {
			typ := logtype.ByName(s.table)
			b.SetBytes(int64(len(s.text)))
			b.ReportAllocs()
			sink := new(discard)
			for b.Loop() {
				in := &logtype.Input{Object: mirror.Object{Bucket: "logs", Key: s.key}, Match: layout.Parse(s.key), Body: strings.NewReader(s.text)}
				if err := typ.Decode(b.Context(), in, sink); err != nil {
					b.Fatal(err)
				}
				if err := sink.flush(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(sink.records)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkEncode is encoding alone: columns of few, many and only distinct
// values.
func BenchmarkEncode(b *testing.B) {
	const n = 128 << 10
	columns := []schema.Column{{Name: "v", Type: schema.Text}}
	ints := []schema.Column{{Name: "v", Type: schema.Of(schema.BigInt)}}
	for _, c := range []struct {
		name    string
		columns []schema.Column
		put     func(l *batch.Leaf, i int, buf []byte)
	}{
		{"few texts", columns, func(l *batch.Leaf, i int, buf []byte) { l.Text(fmt.Appendf(buf, "status-%d", i%5)) }},
		{"many texts", columns, func(l *batch.Leaf, i int, buf []byte) { l.Text(fmt.Appendf(buf, "10.0.%d.%d", i%40, i%250)) }},
		{"distinct texts", columns, func(l *batch.Leaf, i int, buf []byte) { l.Text(fmt.Appendf(buf, "id-%d", i)) }},
		{"times", ints, func(l *batch.Leaf, i int, _ []byte) { l.Int(day1 + int64(i/7)) }},
		{"ports", ints, func(l *batch.Leaf, i int, _ []byte) { l.Int(int64(i * 31 % 65536)) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			data := batch.New(c.columns)
			leaf, buf := data.Leaf("v"), make([]byte, 0, 64)
			size := 0
			b.ReportAllocs()
			for b.Loop() {
				var out bytes.Buffer
				for i := range n {
					c.put(leaf, i, buf)
					data.EndRecord()
				}
				w := batch.NewWriter(&out, c.columns)
				if err := w.WriteRowGroup(data); err != nil {
					b.Fatal(err)
				}
				data.Reset()
				size = out.Len()
			}
			b.ReportMetric(float64(size)/n, "bytes/record")
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkRun is a whole run over a thousand tiny objects, disk and state
// database included.
func BenchmarkRun(b *testing.B) {
	objects := make([]object, 1000)
	for i := range objects {
		objects[i] = object{fmt.Sprintf("access/2026-01-01-05-00-00-%016d", i), accessLine(1, "curl/8")}
	}
	for b.Loop() {
		b.StopTimer()
		m := newMirror(b, objects...)
		b.StartTimer()
		if r := run(b, m, convert.Options{}); r.Tables[layout.AccessLogs].Stored != 1000 {
			b.Fatalf("stored %+v", r.Tables)
		}
	}
}
