package jsonpath

import (
	"errors"
	"strings"
	"testing"

	"logsql/convert/schema"
)

// document is {"a": [1, 2.5, "x"], "b": {"a": null}}.
func document() *Item {
	text := func(s string) *Item { it := TextItem(s); it.JSON = true; return it }
	number := func(n int64) *Item { it := IntItem(n); it.JSON = true; return it }
	double := FloatItem(2.5, schema.Double)
	double.JSON = true
	list := &Item{Kind: KindArray, JSON: true, Elems: []*Item{number(1), double, text("x")}}
	inner := &Item{Kind: KindObject, JSON: true, Keys: []string{"a"}, Elems: []*Item{Null}}
	return &Item{Kind: KindObject, JSON: true, Keys: []string{"a", "b"}, Elems: []*Item{list, inner}}
}

func found(path string) string {
	p, err := Parse(path)
	if err != nil {
		return "error " + err.Error()
	}
	seq, err := p.Eval(document(), map[string][]*Item{"n": {IntItem(2)}})
	if err != nil {
		return "error " + err.Error()
	}
	words := make([]string, len(seq))
	for i, it := range seq {
		words[i] = it.describe()
	}
	return strings.Join(words, " ")
}

func TestEval(t *testing.T) {
	for path, want := range map[string]string{
		"lax $":                         "OBJECT",
		"lax $.a":                       "ARRAY",
		"lax $.a[*]":                    "NUMBER NUMBER STRING",
		"lax $.a[last, 0 to 1]":         "STRING NUMBER NUMBER",
		"lax $.a[$n]":                   "STRING",
		"lax $..a":                      "ARRAY NULL",
		"lax $.*":                       "ARRAY OBJECT",
		"lax $.a?(@ > 1)":               "NUMBER",
		"lax $.a?((@ > 1) is unknown)":  "STRING",
		"lax $.a?(@ starts with \"x\")": "STRING",
		"lax $?(exists(@.c))":           "",
		"lax $.a[0] + 1.5":              "decimal(12,1)",
		"lax -$.a[1]":                   "double",
		"lax $.a.size()":                "integer",
		"lax $.b.keyvalue()":            "OBJECT",
		"strict $.c":                    "error structural error: missing member 'c' in JSON object",
		"strict $.a.b":                  "error invalid item type. Expected: OBJECT, actual: ARRAY",
		"strict $.a[3]":                 "error structural error: invalid array subscript: [3, 3] for array of size 3",
		"lax $.a + 1":                   "error arithmetic binary expression requires singleton operands",
		"lax last":                      "error accessing the last array index with no enclosing array",
		"$":                             "error missing {'lax', 'strict'} at '$'",
		"lax $.":                        "error no viable alternative at input '.'",
		"lax $ $":                       "error extraneous input '$' expecting <EOF>",
		"lax $?($ == 1 && $)":           "error no viable alternative at input ')'",
	} {
		if got := found(path); got != want {
			t.Errorf("%s: %s, not %s", path, got, want)
		}
	}
}

func TestCheck(t *testing.T) {
	unknown := func(name string) error {
		if name == "n" {
			return nil
		}
		return errors.New("no " + name)
	}
	for path, want := range map[string]string{
		"lax $n":          "",
		"lax $m":          "no m",
		"lax 1 + \"a\"":   "invalid operand types (integer and varchar(1)) in JSON path arithmetic binary expression: Cannot apply operator: integer + varchar(1)",
		"lax \"a\".abs()": "cannot perform JSON path abs() method with varchar(1) argument",
	} {
		p, err := Parse(path)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := p.Check(unknown); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, not %q", path, got, want)
		}
	}
}

// TestBounded holds paths that grow without end to an error.
func TestBounded(t *testing.T) {
	for _, path := range []string{
		"lax 1" + strings.Repeat("[0,0,0,0]", 40),
		"lax " + strings.Repeat("(", 10_000) + "1",
		"lax " + strings.Repeat("-", 10_000) + "1",
		"lax $?" + strings.Repeat("(", 10_000) + "@ == 1",
	} {
		if got := found(path); !strings.HasPrefix(got, "error ") {
			t.Errorf("%.20s…: %s", path, got)
		}
	}
}

func FuzzPath(f *testing.F) {
	for _, seed := range []string{
		"lax $.a[0 to last]?(@ > 1 && !(exists(@.b)) || (@ == \"x\") is unknown)", "strict -$..\"a\".abs() * .5e3 % 2.",
		"lax $n.keyvalue().name starts", "lax $.a?(@ starts with $n)", "lax ((1)) + last", "strict $.*[*].type()",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err != nil {
			var bad *SyntaxError
			if !errors.As(err, &bad) || bad.Code == "" {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if err := p.Check(func(string) error { return nil }); err != nil {
			return
		}
		if _, err := p.Eval(document(), map[string][]*Item{"n": {IntItem(2)}}); err != nil {
			return
		}
	})
}
