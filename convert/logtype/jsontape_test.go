package logtype

import (
	"context"
	"strings"
	"testing"
)

func TestStringEnd(t *testing.T) {
	for c := range 256 {
		text := `"a` + "ab" + string([]byte{byte(c)}) + `é\u00e9 and so on to its end"`
		end, _ := stringEnd([]byte(text), 0)
		want := len(text)
		switch {
		case c == '"':
			want = 5
		case c == '\n' || c == '\\':
			want = 0
		}
		if end != want {
			t.Errorf("%q: the string ends at %d, want %d", text, end, want)
		}
	}
}

// FuzzTape sees to it that the tape and jsonReader take the same texts, and that
// a text it calls plain is what jsonWriter writes.
func FuzzTape(f *testing.F) {
	for _, text := range []string{
		`{}`, `{"a":1}`, `{"a":{"b":[1,2.5e3,true,null,"x\u00e9\ud83d\ude00"]},"a":2}`, "{ \"a\" :\n\"b\" , \"c\":[ ] }", `{"a":1,}`, `{,}`, `{"a" 1}`, `{"a"::1}`, `{]`,
		`{"a":[1,]}`, `{"a":01}`, `{"a":tru}`, `{"a":"\x"}`, `{"a":"` + "\n" + `"}`, `{"a":"` + "\x01" + `"}`, `{"a":-}`, `{"a":1 2}`, `{"a":"b" "c"}`, `{1:2}`, `{"a"`, `{"a":1`, `{"a":"b`,
		strings.Repeat(`{"a":`, maxDepth) + "1" + strings.Repeat("}", maxDepth), strings.Repeat(`{"a":[`, maxDepth),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" || text[0] != '{' {
			return
		}
		j := newJSONReader(context.Background(), strings.NewReader(text))
		defer j.close()
		j.keep()
		deepest, err := j.value()
		kept, whole := j.kept()
		var tp tape
		end, ok := tp.read([]byte(text))
		if ok != (err == nil && deepest <= maxDepth && whole) || ok && end != len(kept) {
			t.Fatalf("tape %v %d, reader %v %d %q", ok, end, err, deepest, kept)
		}
		if !ok {
			return
		}
		for n := range uint32(min(len(tp.nodes), 50)) {
			var w jsonWriter
			if written := string(w.append(nil, tp.of(n))); tp.ownText(n) && written != string(tp.of(n)) {
				t.Errorf("%q is not its own text but %q", tp.of(n), written)
			}
		}
	})
}
