package serde

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"logsql/convert/schema"
)

// fuzzSpecs has a table per decoder.
var fuzzSpecs = []struct {
	name, serde, columns string
	properties           map[string]string
}{
	{"simple", "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", everyType, map[string]string{"field.delim": ",", "collection.delim": "|", "mapkey.delim": ":", "escape.delim": `\`, "skip.footer.line.count": "1"}},
	{"regex", "org.apache.hadoop.hive.serde2.RegexSerDe", "a string, b int, c timestamp", map[string]string{"input.regex": `(\S+) ?(?:([0-9]+)|-)? ?(.*?)x?`}},
	{"csv", "org.apache.hadoop.hive.serde2.OpenCSVSerde", "a string, b string, c string", nil},
	{"openx", "org.openx.data.jsonserde.JsonSerDe", everyType, map[string]string{"dots.in.keys": "true", "mapping.a": "k"}},
	{"json", "org.apache.hive.hcatalog.data.JsonSerDe", everyType, nil},
	{"trail", "com.amazon.emr.hive.serde.CloudTrailSerde", "eventname string, useridentity struct<type:string>, requestparameters string", nil},
	{"grok", "com.amazonaws.glue.serde.GrokSerDe", "a string, b int", map[string]string{"input.format": "%{WORD:a} %{NUMBER:b}"}},
}

const everyType = "a string, b tinyint, c smallint, d int, e bigint, f float, g double, h boolean, i date, j timestamp, k decimal(4,1), l decimal(38,3), m binary, n varchar(2), o char(2), p array<int>, q map<string,int>, r struct<x:int,y:array<string>>"

func fuzzSpec(i int) *Spec {
	f := fuzzSpecs[i]
	s := &Spec{Serde: f.serde, Properties: f.properties}
	for _, e := range schema.MustParse("struct<" + colons(f.columns) + ">").Elems {
		s.Columns = append(s.Columns, schema.Column(e))
	}
	return s
}

// fuzz holds a decoder to rows whose columns are all as long as the batch, with
// or without an error, and to the same rows when a column is left out.
func fuzz(f *testing.F, i int) {
	for _, text := range seedTexts(f, fuzzSpecs[i].name) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s := fuzzSpec(i)
		all, err := fuzzRead(s, text, -1)
		for without := range min(3, len(s.Columns)) {
			some, err2 := fuzzRead(s, text, without)
			if err == nil && (err2 != nil || some != all) {
				t.Fatalf("%d rows, %v; without column %d %d rows, %v", all, err, without, some, err2)
			}
		}
	})
}

func seedTexts(f *testing.F, name string) (list []string) {
	content, err := os.ReadFile(filepath.Join(casesDir, name+".txt"))
	if err != nil {
		f.Fatal(err)
	}
	for _, block := range strings.Split(string(content), "\n====\n") {
		list = append(list, fileText(strings.Split(block, "\n----\n")[1]))
	}
	return list
}

func fuzzRead(s *Spec, text []byte, without int) (int, error) {
	d, err := newDecoder(s)
	if err != nil {
		return 0, err
	}
	b := &Batch{}
	for i, c := range s.Columns {
		var v *Vector
		if i != without {
			v = newVector(c.Type)
		}
		b.Columns = append(b.Columns, v)
	}
	r, err := s.records(bytes.NewReader(text), make([]byte, 16))
	for err == nil {
		var record []byte
		if record, err = r.next(); err != nil {
			break
		}
		err = d.decode(record, b)
		if err != nil {
			b.nullRow(len(s.Columns))
		}
		b.Rows++
		if bad := uneven(b); bad != nil {
			panic(bad)
		}
	}
	if err == io.EOF {
		err = nil
	}
	return b.Rows, err
}

func uneven(b *Batch) error {
	for i, v := range b.Columns {
		if v != nil {
			if err := v.check(b.Rows); err != nil {
				return fmt.Errorf("column %d: %w", i, err)
			}
		}
	}
	return nil
}

// check tells whether a vector holds n values, in all its parts.
func (v *Vector) check(n int) error {
	if v.Len() != n {
		return fmt.Errorf("%d values of %s, not %d", v.Len(), v.Type, n)
	}
	have := len(v.Ints) + len(v.Reals) + len(v.Wide) + len(v.Ends)
	if v.Type.Kind != schema.Row && have != n {
		return fmt.Errorf("%d filled of %d values of %s", have, n, v.Type)
	}
	for _, e := range v.Elems {
		length := v.lastEnd()
		if v.Type.Kind == schema.Row {
			length = n
		}
		if err := e.check(length); err != nil {
			return err
		}
	}
	return nil
}

func FuzzSimple(f *testing.F) { fuzz(f, 0) }
func FuzzRegex(f *testing.F)  { fuzz(f, 1) }
func FuzzCSV(f *testing.F)    { fuzz(f, 2) }
func FuzzOpenX(f *testing.F)  { fuzz(f, 3) }
func FuzzJSON(f *testing.F)   { fuzz(f, 4) }
func FuzzTrail(f *testing.F)  { fuzz(f, 5) }
func FuzzGrok(f *testing.F)   { fuzz(f, 6) }

// BenchmarkDecode reads lines of each SerDe, all columns.
func BenchmarkDecode(b *testing.B) {
	for _, c := range []struct{ name, serde, columns, line, key, value string }{
		{"simple", "", "version int, account_id string, interface_id string, srcaddr string, dstaddr string, srcport int, dstport int, protocol bigint, packets bigint, bytes bigint, start bigint, end bigint, action string, log_status string", flowLine, "field.delim", " "},
		{"regex", "org.apache.hadoop.hive.serde2.RegexSerDe", accessColumns, accessLine, "input.regex", accessRegex},
		{"grok", "com.amazonaws.glue.serde.GrokSerDe", "time string, level string, rest string", "2021-12-04T01:02:03.456Z [INFO] some text of a message that goes on", "input.format", `%{TIMESTAMP_ISO8601:time} \[%{LOGLEVEL:level}\] %{GREEDYDATA:rest}`},
		{"csv", "org.apache.hadoop.hive.serde2.OpenCSVSerde", "a string, b string, c string, d string", `"2021-12-04T01:02:03.456Z","some, text",1234567890,"10.0.0.1"`, "", ""},
		{"openx", "org.openx.data.jsonserde.JsonSerDe", jsonColumns, jsonLine, "", ""},
		{"json", "org.apache.hive.hcatalog.data.JsonSerDe", jsonColumns, jsonLine, "", ""},
	} {
		b.Run(c.name, func(b *testing.B) { benchmark(b, c.serde, c.columns, c.line, map[string]string{c.key: c.value}) })
	}
}

const (
	flowLine      = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"
	accessLine    = `79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be awsexamplebucket1 [06/Feb/2019:00:00:38 +0000] 192.0.2.3 79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be 3E57427F3EXAMPLE REST.GET.VERSIONING - "GET /awsexamplebucket1?versioning HTTP/1.1" 200 - 113 - 7 - "-" "S3Console/0.4" - s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader awsexamplebucket1.s3.us-west-1.amazonaws.com TLSV1.2 - -`
	accessColumns = "a string, b string, c string, d string, e string, f string, g string, h string, i string, j string, k string, l string, m string, n string, o string, p string, q string, r string, s string, t string, u string, v string, w string, x string, y string, z string"
	accessRegex   = `([^ ]*) ([^ ]*) \[(.*?)\] ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ("[^"]*"|-) (-|[0-9]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ("[^"]*"|-) ([^ ]*)(?: ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*))?.*$`
	jsonColumns   = "timestamp bigint, formatversion int, webaclid string, action string, httprequest struct<clientip:string,country:string,headers:array<struct<name:string,value:string>>,uri:string>"
	jsonLine      = `{"timestamp":1576280412771,"formatVersion":1,"webaclId":"arn:aws:wafv2:ap-southeast-2:111122223333:regional/webacl/STMTest/1EXAMPLE","terminatingRuleId":"STMTest_SQLi_XSS","action":"BLOCK","ruleGroupList":[],"httpRequest":{"clientIp":"1.1.1.1","country":"AU","headers":[{"name":"Host","value":"localhost:1989"},{"name":"User-Agent","value":"curl/7.61.1"}],"uri":"/foo","args":"","httpVersion":"HTTP/1.1"}}`
)

func benchmark(b *testing.B, serde, columns, line string, properties map[string]string) {
	dir := b.TempDir()
	text := strings.Repeat(line+"\n", 20_000)
	if err := os.WriteFile(filepath.Join(dir, "f"), []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		b.Fatal(err)
	}
	defer root.Close()
	s := &Spec{Serde: serde, Properties: properties, Files: []File{{Path: "f"}}}
	for _, e := range schema.MustParse("struct<" + colons(columns) + ">").Elems {
		s.Columns = append(s.Columns, schema.Column(e))
	}
	wanted := make([]bool, len(s.All()))
	for i := range s.Columns {
		wanted[i] = true
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		scan, err := NewScan(context.Background(), root, s)
		if err != nil {
			b.Fatal(err)
		}
		r, err := scan.Reader(wanted)
		for err == nil {
			var batch *Batch
			if batch, err = r.Next(); err == nil && batch.Rows == 0 {
				break
			}
		}
		if err != nil {
			b.Fatal(err)
		}
		scan.Close()
	}
}
