package serde

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// packed is the text with an encoder of its own for each part, end to end.
func packed(t *testing.T, encoder func(io.Writer) io.WriteCloser, parts ...string) []byte {
	var b bytes.Buffer
	for _, part := range parts {
		w := encoder(&b)
		if _, err := io.WriteString(w, part); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func TestCompression(t *testing.T) {
	gz := func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
	zst := func(w io.Writer) io.WriteCloser { e, _ := zstd.NewWriter(w); return e }
	deflate := func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }
	bz2, err := base64.StdEncoding.DecodeString("QlpoOTFBWSZTWTyFQRIAAAFBAAAQMAAgADDMDHqCcXckU4UJA8hUESBCWmg5MUFZJlNZEBGgBQAAAAEACAAgACEYRoLuSKcKEgICNACg")
	if err != nil {
		t.Fatal(err)
	}
	whole := packed(t, gz, strings.Repeat("x\n", 1000))
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"plain":       {[]byte("a\nb\nc"), "a b c"},
		"x.gz":        {packed(t, gz, "a\nb", "\nc\n"), "a b c"},
		"x.GZ":        {packed(t, gz, "a\nb\nc"), "a b c"},
		"x.bz2":       {bz2, "a b c"},
		"x.zst":       {packed(t, zst, "a\nb", "\nc\n"), "a b c"},
		"x.deflate":   {packed(t, deflate, "a\nb\nc"), "a b c"},
		"empty.gz":    {nil, ""},
		"cut.gz":      {whole[:len(whole)-9], "HIVE_CURSOR_ERROR: Failed to read file at s3://b/cut.gz line 1000: unexpected EOF"},
		"no.gz":       {[]byte("a\n"), "HIVE_CURSOR_ERROR: Failed to read file at s3://b/no.gz: gz: unexpected EOF"},
		"x.snappy":    {[]byte("a"), "NOT_SUPPORTED: s3://b/x.snappy: Text files compressed with snappy are not supported yet"},
		"x.gz.backup": {[]byte("a"), "a"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		spec := &Spec{Columns: []schema.Column{{Name: "a", Type: schema.Text}}, Files: []File{{Path: name, URI: "s3://b/" + name}}}
		rows, err := scanAll(dir, spec)
		got := strings.Join(rows, " ")
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: %s; want %s", name, got, c.want)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		serde, format, columns, property, value, want string
	}{
		{"", "", "a string", "", "", ""},
		{"", "TEXTFILE", "a string", "skip.header.line.count", "-1", "HIVE_INVALID_METADATA: Invalid value for skip.header.line.count property: -1"},
		{"org.x.Own", "", "a string", "", "", "NOT_SUPPORTED: The SerDe org.x.Own is not supported yet"},
		{"", "SEQUENCEFILE", "a string", "", "", "NOT_SUPPORTED: The input format SEQUENCEFILE is not supported yet with SerDe org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"},
		{"org.apache.hadoop.hive.serde2.RegexSerDe", "", "a string", "input.regex", "(a", "INVALID_FUNCTION_ARGUMENT: error parsing regexp: missing closing )"},
		{"org.apache.hadoop.hive.serde2.RegexSerDe", "", "a map<string,int>", "input.regex", "(a)", "NOT_SUPPORTED: RegexSerDe cannot read column 'a' of type map(varchar, integer)"},
		{"org.apache.hadoop.hive.serde2.OpenCSVSerde", "", "a array<int>", "", "", "NOT_SUPPORTED: OpenCSVSerde cannot read column 'a' of type array(integer)"},
		{"org.openx.data.jsonserde.JsonSerDe", "", "a timestamp", "timestamp.formats", "EEEE", "NOT_SUPPORTED: The pattern 'EEEE' of timestamp.formats is not supported yet"},
		{"com.amazonaws.glue.serde.GrokSerDe", "", "a string", "input.format", "%{X:a}", "HIVE_INVALID_METADATA: Grok compilation failure: Pattern X is not defined."},
		{"com.amazonaws.glue.serde.GrokSerDe", "", "a string", "input.format", "%{A=x%{A}}", "NOT_SUPPORTED: Deep recursion pattern compilation of the Grok pattern"},
	} {
		s := &Spec{Serde: c.serde, Format: c.format, Properties: map[string]string{c.property: c.value}}
		for _, e := range schema.MustParse("struct<" + colons(c.columns) + ">").Elems {
			s.Columns = append(s.Columns, schema.Column(e))
		}
		got := ""
		if err := Check(s); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s %s: %s; want %s", c.serde, c.value, got, c.want)
		}
	}
}

// OpenCSVSerde reads typed columns on Athena, not in Trino.
func TestTypedCSV(t *testing.T) {
	for line, want := range map[string]string{
		`7,"2.5",true,18965,1638579723456`: "7\t2.5\ttrue\t2021-12-04\t2021-12-04 01:02:03.456",
		`,2.5,true,1,1`:                    `HIVE_BAD_DATA: s3://b/in.txt line 1: Error parsing field value '' for field 0: For input string: ""`,
		`1,2.5,true,2021-12-04,1`:          `HIVE_BAD_DATA: s3://b/in.txt line 1: Error parsing field value '2021-12-04' for field 3: For input string: "2021-12-04"`,
	} {
		c := readTable(t, "serde org.apache.hadoop.hive.serde2.OpenCSVSerde\ncolumns a int, b double, c boolean, d date, e timestamp")
		if got := strings.TrimPrefix(c.answer(t, line), "error "); got != want {
			t.Errorf("%s: %s; want %s", line, got, want)
		}
	}
}

// A file of any size takes a buffer's memory.
func TestMemoryOfLines(t *testing.T) {
	l := newLines(io.MultiReader(strings.NewReader(strings.Repeat("x", 3*readSize)+"\n"), &endless{left: 64 << 20}), make([]byte, readSize))
	n := 0
	for {
		if _, err := l.next(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 1+32<<20 || len(l.buf) > 4*readSize {
		t.Errorf("%d lines, a buffer of %d bytes", n, len(l.buf))
	}
}

// endless gives "x\n" over and over.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	n := min(len(p)&^1, e.left)
	if n == 0 {
		return 0, io.EOF
	}
	for i := range n {
		p[i] = "x\n"[i&1]
	}
	e.left -= n
	return n, nil
}

// Files are shared out among readers, and a scan that is closed gives no more.
func TestReaders(t *testing.T) {
	dir := t.TempDir()
	spec := &Spec{Columns: []schema.Column{{Name: "a", Type: schema.Text}}}
	for i := range 10 {
		name := fmt.Sprint(i)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.Repeat(name+"\n", 1000)), 0o600); err != nil {
			t.Fatal(err)
		}
		spec.Files = append(spec.Files, File{Path: name, URI: name})
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	ctx, cancel := context.WithCancel(context.Background())
	scan, err := NewScan(ctx, root, spec)
	if err != nil {
		t.Fatal(err)
	}
	rows := make(chan int)
	for range 3 {
		go func() {
			n := 0
			r, err := scan.Reader(make([]bool, len(spec.All())))
			for err == nil {
				var b *Batch
				if b, err = r.Next(); err != nil || b.Rows == 0 {
					break
				}
				n += b.Rows
			}
			rows <- n
		}()
	}
	if n := <-rows + <-rows + <-rows; n != 10_000 {
		t.Errorf("%d rows; want 10000", n)
	}
	scan.cursor.Store(0)
	r, err := scan.Reader(make([]bool, len(spec.All())))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	var known *syntax.Error
	if _, err := r.Next(); !errors.Is(err, context.Canceled) || errors.As(err, &known) {
		t.Errorf("cancelled: %v", err)
	}
	scan.Close()
	if b, err := r.Next(); err != nil || b.Rows != 0 {
		t.Errorf("closed: %d rows, %v", b.Rows, err)
	}
}
