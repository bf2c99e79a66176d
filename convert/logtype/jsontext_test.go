package logtype

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestJSONText(t *testing.T) {
	many := func(last string) string {
		var b strings.Builder
		for i := range 40 {
			fmt.Fprintf(&b, `"k%d":%d,`, i, i)
		}
		return "{" + b.String() + last + "}"
	}
	for _, c := range []struct{ in, want string }{
		{"1", "1"},
		{"-1.50E+400", "-1.50E+400"},
		{"null", "null"},
		{`""`, `""`},
		{`"a\/b\u003c\u4e2d"`, `"a/b<中"`},
		{`"\"\\\b\f\n\r\t\u0001\u001F\u007f"`, `"\"\\\b\f\n\r\t\u0001\u001F` + "\x7f" + `"`},
		{"\"a\tb\"", `"a\tb"`},
		{`"\ud83d\ude00"`, `"😀"`},
		{`"\ud83d"`, "\"\ufffd\""},
		{`"\ud83d\u0041"`, "\"\ufffdA\""},
		{`"\ude00\ud83d\ude00"`, "\"\ufffd😀\""},
		{"[ ]", "[]"},
		{"{ }", "{}"},
		{"[ 1 ,\n[ 2 ] , {\t} ]", "[1,[2],{}]"},
		{`{ "b" : 1 , "a" : [ { "x" : null } ] }`, `{"b":1,"a":[{"x":null}]}`},
		{`{"a":1,"b":2,"a":{"c":1,"c":[2]}}`, `{"a":{"c":[2]},"b":2}`},
		{`{"a":1,"\u0061":2,"A":3}`, `{"a":2,"A":3}`},
		{many(`"z":1`), many(`"z":1`)},
		{many(`"k3":{"x":1}`), strings.Replace(many(`"z":1`), `"k3":3`, `"k3":{"x":1}`, 1)[:len(many(""))-2+len(`{"x":1}`)-1] + "}"},
	} {
		var w jsonWriter
		if got := string(w.append(nil, []byte(c.in))); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.in, got, c.want)
		}
		if len(w.keys) != 0 {
			t.Errorf("%s: %d keys left over", c.in, len(w.keys))
		}
	}
}

// FuzzJSONText holds the reader and the writer to encoding/json: they take the
// same texts, and what is written means the same.
func FuzzJSONText(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-2.5e3,"x\u00e9\n",null,true],"a":{}}`, `"\ud800"`, "[[[]]]", "01", `{"a" 1}`, "nul", "[1,]", `"\x"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > maxScalar {
			return // a number may be too long for us
		}
		j := newJSONReader(t.Context(), bytes.NewReader(data))
		defer j.close()
		var text []byte
		_, err := j.peek()
		if err == nil {
			j.keep()
			_, err = j.value()
			text, _ = j.kept()
		}
		if err != nil {
			if json.Valid(data) {
				t.Fatalf("refused: %v", err)
			}
			return
		}
		if !json.Valid(text) {
			if bytes.IndexFunc(text, func(r rune) bool { return r < ' ' }) < 0 {
				t.Fatalf("taken: %q", text)
			}
			return
		}
		var w jsonWriter
		written := w.append(nil, text)
		if have, want := meaning(t, written), meaning(t, text); !reflect.DeepEqual(have, want) {
			t.Errorf("%q became %q", text, written)
		}
	})
}

// meaning is what encoding/json makes of text, numbers as written.
func meaning(t *testing.T, text []byte) (v any) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return v
}

// What takes eight bytes at a time stops where one byte at a time would.
func TestRuns(t *testing.T) {
	stops := func(text string, stop func(c byte) bool) int {
		for i := range len(text) {
			if stop(text[i]) {
				return i
			}
		}
		return len(text)
	}
	for c := range 256 {
		for length := range 20 {
			for at := range length {
				for _, fill := range []byte{'a', ' ', '!', '#', '\x7f', '\x80', '\xff', '\t' + 0x80, ']'} {
					raw := bytes.Repeat([]byte{fill}, length)
					raw[at] = byte(c)
					if at+2 < length {
						raw[at+2] = '\\'
					}
					text := string(raw)
					if have, want := stringRun(raw), stops(text, func(c byte) bool { return c == '"' || c == '\\' || c == '\n' }); have != want {
						t.Fatalf("stringRun(%q) = %d, want %d", text, have, want)
					}
					if have, want := plainPrefix(raw), stops(text, func(c byte) bool { return c < ' ' || c == '\\' }); have != want {
						t.Fatalf("plainPrefix(%q) = %d, want %d", text, have, want)
					}
					if have, want := wordRun(raw), stops(text, func(c byte) bool { return c <= ' ' }); have != want {
						t.Fatalf("wordRun(%q) = %d, want %d", text, have, want)
					}
				}
			}
		}
	}
}
