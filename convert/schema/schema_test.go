package schema

import "testing"

func TestParse(t *testing.T) {
	for _, c := range []struct{ in, trino, hive string }{
		{"string", "varchar", "string"},
		{"INT", "integer", "int"},
		{"decimal(10, 2)", "decimal(10,2)", "decimal(10,2)"},
		{"varchar(25)", "varchar(25)", "varchar(25)"},
		{"timestamp", "timestamp(3)", "timestamp"},
		{"timestamp(6) with time zone", "timestamp(6) with time zone", "timestamp(6) with time zone"},
		{"struct<a:int,B:array<string>>", "row(a integer, b array(varchar))", "struct<a:int,b:array<string>>"},
		{"row(a integer, \"b c\" row(x varchar))", `row(a integer, "b c" row(x varchar))`, "struct<a:int,b c:struct<x:string>>"},
		{"row(integer, varchar(3))", "row(integer, varchar(3))", "struct<:int,:varchar(3)>"},
		{"map<string,array<int>>", "map(varchar, array(integer))", "map<string,array<int>>"},
		{"interval day to second", "interval day to second", "interval day to second"},
	} {
		got, err := Parse(c.in)
		if err != nil {
			t.Errorf("Parse(%q): %v", c.in, err)
			continue
		}
		if got.String() != c.trino || got.Hive() != c.hive {
			t.Errorf("Parse(%q) = %s, %s; want %s, %s", c.in, got, got.Hive(), c.trino, c.hive)
		}
		again, err := Parse(got.String())
		if err != nil || !again.Equal(got) {
			t.Errorf("Parse(%q) printed as %q reads back as %s, %v", c.in, got, again, err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for in, want := range map[string]string{
		"strin":         `type "strin": unknown type "strin"`,
		"array<int":     `type "array<int": expected ">"`,
		"int int":       `type "int int": unexpected "int"`,
		"decimal(x)":    `type "decimal(x)": expected a number, found "x"`,
		"struct<a int>": `type "struct<a int>": unknown type "a"`,
	} {
		_, err := Parse(in)
		if err == nil || err.Error() != want {
			t.Errorf("Parse(%q): %v; want %s", in, err, want)
		}
	}
}

func TestEqual(t *testing.T) {
	a, b := MustParse("struct<a:int>"), MustParse("row(A integer)")
	if !a.Equal(b) {
		t.Errorf("%s and %s differ", a, b)
	}
	if a.Equal(MustParse("row(b integer)")) || Text.Equal(VarcharOf(1)) {
		t.Error("different types are equal")
	}
}
