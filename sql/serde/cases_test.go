package serde

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"logsql/convert/schema"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

const casesDir = "../../testdata/sql/serde"

// table is one case of testdata/sql/serde: lines "serde CLASS", "columns name
// type, …" in Hive's notation, "property NAME VALUE", "format CLASS", "file
// NAME", "ours" where no Trino was asked and "diverges REASON" where ours is
// knowingly another answer, which then follows after another ----. In it and in
// the file's text control pictures (U+2401 …) stand for their characters,
// U+2417 before the end of a line takes that away, U+FFFD is a byte that is no
// UTF-8.
type table struct {
	spec           Spec
	file, diverges string
}

func readTable(t *testing.T, text string) table {
	c := table{file: "in.txt", spec: Spec{Properties: map[string]string{}}}
	for _, line := range strings.Split(text, "\n") {
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "serde":
			c.spec.Serde = rest
		case "format":
			c.spec.Format = rest
		case "file":
			c.file = rest
		case "diverges":
			c.diverges = rest
		case "property":
			name, value, _ := strings.Cut(rest, " ")
			c.spec.Properties[name] = pictured(value)
		case "columns":
			for _, f := range schema.MustParse("struct<" + colons(rest) + ">").Elems {
				c.spec.Columns = append(c.spec.Columns, schema.Column(f))
			}
		case "ours":
		default:
			t.Fatalf("unknown line %q", line)
		}
	}
	return c
}

// colons writes a column list as a struct's fields.
func colons(list string) string {
	var b strings.Builder
	depth, name := 0, true
	for _, c := range list {
		switch {
		case c == '<' || c == '(':
			depth++
		case c == '>' || c == ')':
			depth--
		case c == ',' && depth == 0:
			name = true
		case c == ' ' && depth == 0 && name && !strings.HasSuffix(b.String(), ",") && b.Len() > 0:
			name = false
			c = ':'
		}
		b.WriteRune(c)
	}
	return strings.ReplaceAll(b.String(), ", ", ",")
}

func pictured(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\u2417':
		case r >= '\u2400' && r < '\u2420':
			r -= '\u2400'
			b.WriteByte(byte(r))
		case r == '\ufffd':
			b.WriteByte(0xff)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func fileText(text string) string {
	if strings.HasSuffix(text, "\u2417") {
		return pictured(text)
	}
	return pictured(text + "\n")
}

func TestCases(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(casesDir, "*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases in %s: %v", casesDir, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i, block := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n====\n") {
			t.Run(fmt.Sprintf("%s/%d", strings.TrimSuffix(filepath.Base(path), ".txt"), i+1), func(t *testing.T) {
				testCase(t, block)
			})
		}
	}
}

func testCase(t *testing.T, block string) {
	parts := strings.Split(block+"\n", "\n----\n")
	if len(parts) < 3 {
		t.Fatalf("no answer in %q", block)
	}
	c := readTable(t, parts[0])
	want := strings.TrimSuffix(parts[2], "\n")
	if c.diverges != "" {
		want = strings.TrimSuffix(parts[3], "\n")
	}
	got := c.answer(t, fileText(parts[1]))
	if strings.HasPrefix(want, "error ") { // the code is Trino's, the words are ours
		want, _, _ = strings.Cut(want, ":")
		got, _, _ = strings.Cut(got, ":")
	}
	if got != want {
		t.Errorf("%s\n----\n%s\n---- got\n%s\n---- want\n%s", parts[0], parts[1], got, want)
	}
}

func (c *table) answer(t testing.TB, text string) string {
	dir := t.TempDir()
	if strings.HasSuffix(c.file, ".gz") {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		text = b.String()
	}
	if err := os.WriteFile(filepath.Join(dir, c.file), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c.spec.Files = []File{{Path: c.file, URI: "s3://b/" + c.file}}
	rows, err := scanAll(dir, &c.spec)
	var known *syntax.Error
	if errors.As(err, &known) {
		return "error " + known.Error()
	}
	if err != nil {
		return err.Error()
	}
	return strings.Join(rows, "\n")
}

// scanAll reads the columns of a table as texts, tab by tab.
func scanAll(dir string, spec *Spec) ([]string, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	scan, err := NewScan(context.Background(), root, spec)
	if err != nil {
		return nil, err
	}
	defer scan.Close()
	wanted := make([]bool, len(spec.All()))
	for i := range spec.Columns {
		wanted[i] = true
	}
	r, err := scan.Reader(wanted)
	if err != nil {
		return nil, err
	}
	var out []string
	for {
		b, err := r.Next()
		if err != nil || b.Rows == 0 {
			return out, err
		}
		for i := range b.Rows {
			var cells []string
			for _, v := range b.Columns[:len(spec.Columns)] {
				if v.Len() != b.Rows {
					return nil, fmt.Errorf("%d values in %d rows", v.Len(), b.Rows)
				}
				cells = append(cells, cell(v, i))
			}
			out = append(out, strings.Join(cells, "\t"))
		}
	}
}

func cell(v *Vector, i int) string {
	if !v.Valid[i] {
		return `\N`
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return r + '\u2400'
		}
		return r
	}, show(v, i))
}

// show is a value as Athena writes it.
func show(v *Vector, i int) string {
	if !v.Valid[i] {
		return "null"
	}
	from := 0
	if i > 0 && i-1 < len(v.Ends) {
		from = v.Ends[i-1]
	}
	switch v.Type.Kind {
	case schema.Boolean:
		return fmt.Sprint(v.Ints[i] == 1)
	case schema.Real:
		return funcs.FloatText(v.Reals[i], 32)
	case schema.Double:
		return funcs.FloatText(v.Reals[i], 64)
	case schema.Decimal:
		return decimalText(v, i)
	case schema.Date:
		return funcs.DateText(time.Unix(v.Ints[i]*secondsOfDay, 0).UTC())
	case schema.Timestamp:
		return funcs.TimestampText(time.UnixMicro(v.Ints[i]).UTC(), v.Type.Precision)
	case schema.Varchar:
		return string(v.Bytes[from:v.Ends[i]])
	case schema.Char:
		text := string(v.Bytes[from:v.Ends[i]])
		return text + strings.Repeat(" ", v.Type.Precision-len([]rune(text)))
	case schema.Varbinary:
		return fmt.Sprintf("% x", v.Bytes[from:v.Ends[i]])
	case schema.Array:
		var parts []string
		for k := from; k < v.Ends[i]; k++ {
			parts = append(parts, show(v.Elems[0], k))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case schema.Map:
		var parts []string
		for k := from; k < v.Ends[i]; k++ {
			parts = append(parts, show(v.Elems[0], k)+"="+show(v.Elems[1], k))
		}
		sort.Strings(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	case schema.Row:
		var parts []string
		for k, e := range v.Elems {
			parts = append(parts, v.Type.Elems[k].Name+"="+show(e, i))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v.Ints[i])
}

func decimalText(v *Vector, i int) string {
	n := wideInt(v, i)
	text := n.String()
	sign := ""
	if n.Sign() < 0 {
		sign, text = "-", text[1:]
	}
	if missing := v.Type.Scale + 1 - len(text); missing > 0 {
		text = strings.Repeat("0", missing) + text
	}
	if v.Type.Scale > 0 {
		text = text[:len(text)-v.Type.Scale] + "." + text[len(text)-v.Type.Scale:]
	}
	return sign + text
}

func wideInt(v *Vector, i int) *big.Int {
	if !v.isWide() {
		return big.NewInt(v.Ints[i])
	}
	n := new(big.Int).Lsh(big.NewInt(v.Wide[i].High), 64)
	return n.Add(n, new(big.Int).SetUint64(v.Wide[i].Low))
}
