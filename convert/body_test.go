package convert

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func gz(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestBody(t *testing.T) {
	text := strings.Repeat("2 123456789012 eni-1 10.0.0.1\n", 2000)
	member := gz(t, text)
	badSum := []byte(member)
	badSum[len(badSum)-5] ^= 1
	for _, c := range []struct {
		name, in, want, err string
	}{
		{"nothing", "", "", ""},
		{"one byte", "\x1f", "\x1f", ""},
		{"plain", text, text, ""},
		{"a member", member, text, ""},
		{"members", gz(t, "ab") + gz(t, "") + gz(t, "c\n"), "abc\n", ""},
		{"of nothing", gz(t, ""), "", ""},
		{"twice compressed", gz(t, gz(t, "x")), gz(t, "x"), ""},
		{"zeros", member + strings.Repeat("\x00", 512), text, "512 zero bytes after the end of the gzip stream"},
		{"garbage", gz(t, "ab\n") + "oops", "ab\n", "4 bytes of something else after the end of the gzip stream"},
		{"one garbage byte", gz(t, "ab\n") + "\x1f", "ab\n", "1 bytes of something else after the end of the gzip stream"},
		{"cut in the header", member[:5], "", "gzip: unexpected EOF"},
		{"only magic", member[:2], "", "gzip: unexpected EOF"},
		{"cut in the checksum", member[:len(member)-3], text, "gzip: unexpected EOF"},
		{"second member cut", member + member[:12], text, "gzip: unexpected EOF"},
		{"checksum", string(badSum), text, "gzip: invalid checksum"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBody(strings.NewReader("left from before"))
			io.Copy(io.Discard, b)
			for name, in := range map[string]io.Reader{
				"whole": strings.NewReader(c.in), "bytes": iotest.OneByteReader(strings.NewReader(c.in)),
				"data and EOF": iotest.DataErrReader(strings.NewReader(c.in)),
			} {
				b.reset(in, nil)
				got, err := io.ReadAll(b)
				if string(got) != c.want {
					t.Errorf("%s: read %.60q, want %.60q", name, got, c.want)
				}
				if (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
					t.Errorf("%s: error %v, want %q", name, err, c.err)
				}
				if n := int64(strings.Count(c.want, "\n")); b.lines != n {
					t.Errorf("%s: %d line ends, want %d", name, b.lines, n)
				}
			}
		})
	}
}

func FuzzBody(f *testing.F) {
	f.Add([]byte("plain"))
	f.Add([]byte(gz(f, "one") + gz(f, "two")))
	f.Add([]byte(gz(f, "one") + "\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b := newBody(bytes.NewReader(data))
		got, err := io.ReadAll(io.LimitReader(b, 1<<20))
		if !bytes.HasPrefix(data, gzipMagic) && (err != nil || !bytes.Equal(got, data[:min(len(data), 1<<20)])) {
			t.Errorf("plain bytes are changed: %v", err)
		}
		if b.err != nil && b.err != io.EOF {
			if _, again := b.Read(make([]byte, 1)); again != b.err {
				t.Errorf("after %v came %v", b.err, again)
			}
		}
	})
}
