package syntax

import (
	"fmt"
	"strings"
	"testing"
)

func TestTokens(t *testing.T) {
	names := map[Kind]string{
		TokIllegal: "illegal", TokComment: "comment", TokWord: "word", TokQuoted: "quoted", TokBackquoted: "backquoted",
		TokString: "string", TokUnicodeString: "unicode", TokBinary: "binary", TokInteger: "integer",
		TokDecimal: "decimal", TokDouble: "double", TokOp: "op",
	}
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"Select a", "word:Select word:a"},
		{`"a""b" 'c''d' ` + "`e``f`", `quoted:"a""b" string:'c''d' backquoted:` + "`e``f`"},
		{"x'00' X'' u&'a' U&'b' x u", "binary:x'00' binary:X'' unicode:u&'a' unicode:U&'b' word:x word:u"},
		{"1 1_0 0xF_f 0o7 0b1", "integer:1 integer:1_0 integer:0xF_f integer:0o7 integer:0b1"},
		{"1. 1.5 .5 1_0.2_5", "decimal:1. decimal:1.5 decimal:.5 decimal:1_0.2_5"},
		{"1e5 1E+5 1.e-5 .5e1 1.5e05", "double:1e5 double:1E+5 double:1.e-5 double:.5e1 double:1.5e05"},
		{"1a 1_ 1__0 0x 0b2 1e 1e_", "illegal:1a illegal:1_ illegal:1__0 illegal:0x illegal:0b2 illegal:1e illegal:1e_"},
		{"1e+ 1.x t.1", "illegal:1e op:+ decimal:1. word:x word:t decimal:.1"},
		{"a<>b!=c<=d>=e||f->g=>h", "word:a op:<> word:b op:!= word:c op:<= word:d op:>= word:e op:|| word:f op:-> word:g op:=> word:h"},
		{"a-- b\nc /* d\n */e", "word:a comment:-- b word:c comment:/* d\n */ word:e"},
		{"a--", "word:a comment:--"},
		{"[a]{b}?;", "op:[ word:a op:] op:{ word:b op:} op:? op:;"},
		{"'a", "illegal:'a"},
		{"/*", "illegal:/*"},
		{"é1@\xff", "illegal:é1 illegal:@ illegal:\xff"},
	} {
		var got []string
		for tok := range Tokens(c.in) {
			got = append(got, names[tok.Kind]+":"+tok.Text)
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%q\ngot  %s\nwant %s", c.in, text, c.want)
		}
	}
}

func TestTokenPlaces(t *testing.T) {
	var got []string
	for tok := range Tokens("\ufeffa '日\n本' b\r\n\tc") {
		got = append(got, fmt.Sprintf("%d:%d-%d:%d %v", tok.From.Line, tok.From.Col, tok.To.Line, tok.To.Col, tok.NewLine))
	}
	want := "1:1-1:2 true, 1:3-2:3 false, 2:4-2:5 false, 3:2-3:3 true"
	if text := strings.Join(got, ", "); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

func TestKeywords(t *testing.T) {
	words := Keywords()
	for _, word := range []string{"SELECT", "FROM", "END", "TABLE", "ORDER"} {
		if !words[word] || !IsReserved(strings.ToLower(word)) {
			t.Errorf("%s is not reserved", word)
		}
	}
	for _, word := range []string{"DATE", "DAY", "YEAR", "KEY", "VALUE", "TYPE", "START", "USER", "COUNT"} {
		if words[word] || IsReserved(word) {
			t.Errorf("%s is reserved", word)
		}
	}
}
