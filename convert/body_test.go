package convert

import (
	"bytes"
	"compress/gzip"
	"fmt"
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
				"read": strings.NewReader(c.in), "whole": strings.NewReader(c.in), "bytes": iotest.OneByteReader(strings.NewReader(c.in)),
				"data and EOF": iotest.DataErrReader(strings.NewReader(c.in)),
			} {
				b.reset(in, nil)
				got, err := readBody(b, name)
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

// readBody takes all of b at once, if it can and the name of the case is "whole".
func readBody(b *body, name string) ([]byte, error) {
	if name == "whole" {
		if text, ok := b.Whole(); ok {
			if n, err := b.Read(make([]byte, 1)); n != 0 || err != io.EOF {
				return nil, fmt.Errorf("after all of it: %d bytes, %w", n, err)
			}
			return text, nil
		}
	}
	return io.ReadAll(b)
}

// TestWhole checks which streams are inflated in one piece, where a library for
// it is built in; TestBody has what they, and all others, become.
func TestWhole(t *testing.T) {
	if !wholeMembers {
		t.Skip("built without libdeflate")
	}
	text := strings.Repeat("2 123456789012 eni-1 10.0.0.1\n", 2000)
	long := gz(t, strings.Repeat("0", maxWholeOutput+1))
	lies := []byte(gz(t, text) + gz(t, "a short one")) // its last bytes tell of the second member
	for _, c := range []struct {
		name, in string
		whole    bool
	}{
		{"a member", gz(t, text), true},
		{"members", string(lies), true},
		{"of nothing", gz(t, ""), true},
		{"as long as may be", gz(t, strings.Repeat("0", maxWholeOutput)), true},
		{"longer", long, false},
		{"cut", gz(t, text)[:50], false},
		{"garbage after it", gz(t, text) + "oops", false},
	} {
		b := newBody(strings.NewReader(c.in))
		n, _ := io.Copy(io.Discard, b)
		if got := b.plain == &b.whole; got != c.whole {
			t.Errorf("%s: in one piece: %v", c.name, got)
		}
		if c.name == "longer" && n != maxWholeOutput+1 {
			t.Errorf("%s: %d bytes", c.name, n)
		}
		b.reset(strings.NewReader(c.in), nil)
		if text, ok := b.Whole(); ok != c.whole || ok && int64(len(text)) != n {
			t.Errorf("%s: %d bytes at once, %v", c.name, len(text), ok)
		}
		if cap(b.whole.out) > maxWholeOutput {
			t.Errorf("%s: took %d bytes", c.name, cap(b.whole.out))
		}
	}
}

func FuzzBody(f *testing.F) {
	f.Add([]byte("plain"))
	f.Add([]byte(gz(f, "one") + gz(f, "two")))
	f.Add([]byte(gz(f, "one") + "\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b := newBody(bytes.NewReader(data))
		got, err := io.ReadAll(io.LimitReader(b, 1<<20))
		bitByBit := newBody(bytes.NewReader(data))
		bitByBit.doubt = &doubt{sound: 1 << 62} // none, but it keeps from reading at once
		want, wantErr := io.ReadAll(io.LimitReader(bitByBit, 1<<20))
		if !bytes.Equal(got, want) || (err == nil) != (wantErr == nil) {
			t.Errorf("at once: %d bytes, %v; bit by bit: %d bytes, %v", len(got), err, len(want), wantErr)
		}
		again := newBody(bytes.NewReader(data))
		if text, err := readBody(again, "whole"); len(text) <= 1<<20 && (!bytes.Equal(text, want) || (err == nil) != (wantErr == nil)) {
			t.Errorf("as a whole: %d bytes, %v; bit by bit: %d bytes, %v", len(text), err, len(want), wantErr)
		}
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
