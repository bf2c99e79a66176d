package funcs

import (
	"context"
	"strings"
	"testing"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// Every signature of the table and of the Go functions can be read.
func TestSignatures(t *testing.T) {
	for _, name := range Names() {
		f, _ := Lookup(name)
		if len(f.signatures()) == 0 {
			t.Errorf("%s has no signature", name)
		}
		if notServed[name] {
			t.Errorf("%s is in the table and in the list of those that are not served", name)
		}
	}
	seen := map[string]bool{}
	for _, f := range GoFuncs() {
		f.Types()
		if seen[f.Name] || !strings.HasPrefix(f.Name, "trino_") {
			t.Errorf("Go function %s is there twice or is not called trino_…", f.Name)
		}
		seen[f.Name] = true
	}
}

func args(types ...string) []Arg {
	var list []Arg
	for _, text := range types {
		if body, ok := strings.CutPrefix(text, "->"); ok {
			arity, result := 1, body
			if n, rest, ok := strings.Cut(body, "/"); ok {
				arity, result = int(n[0]-'0'), rest
			}
			list = append(list, Arg{LambdaArity: arity, Lambda: func([]schema.Type) (schema.Type, error) {
				return schema.MustParse(result), nil
			}})
			continue
		}
		list = append(list, Arg{Type: schema.MustParse(text)})
	}
	return list
}

func TestResolve(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want string // parameters and result, or the error
	}{
		{"abs", []string{"integer"}, "integer -> integer"},
		{"abs", []string{"decimal(4,2)"}, "decimal(4,2) -> decimal(4,2)"},
		{"sqrt", []string{"bigint"}, "double -> double"},
		{"substr", []string{"varchar(5)", "integer"}, "varchar(5), bigint -> varchar(5)"},
		{"coalesce", []string{"unknown", "integer", "bigint"}, "bigint, bigint, bigint -> bigint"},
		{"greatest", []string{"integer", "double"}, "double, double -> double"},
		{"sum", []string{"integer"}, "bigint -> bigint"},
		{"sum", []string{"decimal(10,2)"}, "decimal(10,2) -> decimal(38,2)"},
		{"sum", []string{"real"}, "real -> real"},
		{"avg", []string{"tinyint"}, "bigint -> double"},
		{"max", []string{"varchar(3)"}, "varchar(3) -> varchar(3)"},
		{"max", []string{"integer", "integer"}, "integer, bigint -> array(integer)"},
		{"round", []string{"decimal(5,2)"}, "decimal(5,2) -> decimal(4,0)"},
		{"date_trunc", []string{"varchar(3)", "timestamp(6)"}, "varchar(3), timestamp(6) -> timestamp(6)"},
		{"date_diff", []string{"varchar(3)", "date", "timestamp(3)"}, "varchar(3), timestamp(3), timestamp(3) -> bigint"},
		{"contains", []string{"array(bigint)", "integer"}, "array(bigint), bigint -> boolean"},
		{"contains", []string{"varchar(9)", "ipaddress"}, "varchar(9), ipaddress -> boolean"},
		{"element_at", []string{"map(varchar, double)", "varchar(1)"}, "map(varchar, double), varchar -> double"},
		{"transform", []string{"array(integer)", "->varchar"}, "array(integer), function(integer, varchar) -> array(varchar)"},
		{"reduce", []string{"array(integer)", "integer", "->2/bigint", "->double"}, "array(integer), bigint, function(bigint, integer, bigint), function(bigint, double) -> double"},
		{"format", []string{"varchar(2)", "integer", "varchar(1)"}, "varchar(2), integer, varchar(1) -> varchar"},
		{"lag", []string{"date", "integer"}, "date, bigint -> date"},

		{"split_part", []string{"varchar(1)", "varchar(1)"}, "FUNCTION_NOT_FOUND: Unexpected parameters (varchar(1), varchar(1)) for function split_part. Expected: split_part(varchar(x), varchar(y), bigint)"},
		{"parse_datetime", []string{"integer", "varchar(1)"}, "FUNCTION_NOT_FOUND: Unexpected parameters (integer, varchar(1)) for function parse_datetime. Expected: parse_datetime(varchar(x), varchar(y))"},
		{"filter", []string{"array(integer)", "->varchar"}, "FUNCTION_NOT_FOUND: Unexpected parameters (array(integer), <function>) for function filter. Expected: filter(array(t), function(t,boolean)) T"},
		{"approx_set", []string{"array(integer)", "integer"}, "NOT_SUPPORTED: Function 'approx_set' is not supported yet"},
	} {
		f, ok := Lookup(c.name)
		if !ok {
			t.Errorf("no function %s", c.name)
			continue
		}
		if got := resolved(f.Resolve(args(c.args...))); got != c.want {
			t.Errorf("%s(%s)\n got %s\nwant %s", c.name, strings.Join(c.args, ", "), got, c.want)
		}
	}
	if _, ok := Lookup("no_such_function"); ok {
		t.Error("found a function that is not there")
	}
}

func resolved(r Resolution, err error) string {
	if err != nil {
		return err.Error()
	}
	var parts []string
	for _, p := range r.Params {
		parts = append(parts, p.String())
		if p.Kind == schema.Function {
			var of []string
			for _, e := range p.Elems {
				of = append(of, e.Type.String())
			}
			parts[len(parts)-1] = "function(" + strings.Join(of, ", ") + ")"
		}
	}
	return strings.Join(parts, ", ") + " -> " + r.Result.String()
}

func TestBinaryType(t *testing.T) {
	for _, c := range []struct{ op, x, y, want string }{
		{"+", "integer", "bigint", "bigint, bigint -> bigint"},
		{"/", "integer", "double", "double, double -> double"},
		{"/", "decimal(4,1)", "decimal(10,0)", "decimal(4,1), decimal(10,0) -> decimal(4,1)"},
		{"*", "decimal(4,1)", "integer", "decimal(4,1), decimal(10,0) -> decimal(14,1)"},
		{"+", "decimal(38,2)", "decimal(38,2)", "decimal(38,2), decimal(38,2) -> decimal(38,2)"},
		{"%", "decimal(4,1)", "decimal(3,2)", "decimal(4,1), decimal(3,2) -> decimal(3,2)"},
		{"+", "real", "integer", "real, real -> real"},
		{"-", "date", "interval day to second", "date, interval day to second -> date"},
		{"+", "interval day to second", "timestamp(0)", "interval day to second, timestamp(0) -> timestamp(3)"},
		{"-", "timestamp(3)", "timestamp(6)", "timestamp(6), timestamp(6) -> interval day to second"},
		{"=", "varchar(3)", "varchar", "varchar, varchar -> boolean"},
		{"<", "date", "timestamp(3)", "timestamp(3), timestamp(3) -> boolean"},
		{"||", "varchar(1)", "varchar(2)", "varchar(1), varchar(2) -> varchar"},
		{"||", "array(integer)", "integer", "array(integer), integer -> array(integer)"},
		{"=", "varchar", "integer", "TYPE_MISMATCH: Cannot apply operator: varchar = integer"},
		{"+", "varchar(1)", "integer", "TYPE_MISMATCH: Cannot apply operator: varchar(1) + integer"},
		{"<", "map(integer, integer)", "map(integer, integer)", "TYPE_MISMATCH: Cannot apply operator: map(integer, integer) < map(integer, integer)"},
		{"||", "varchar(1)", "integer", "FUNCTION_NOT_FOUND: Unexpected parameters (varchar(1), integer) for function concat. Expected: " +
			"concat(E, array(E)) E, concat(array(E)) E, concat(array(E), E) E, concat(char(x), char(y)), concat(varbinary), concat(varchar)"},
	} {
		if got := resolved(BinaryType(c.op, schema.MustParse(c.x), schema.MustParse(c.y))); got != c.want {
			t.Errorf("%s %s %s\n got %s\nwant %s", c.x, c.op, c.y, got, c.want)
		}
	}
}

func TestLowerCast(t *testing.T) {
	x := &syntax.Ident{Name: "x", Quoted: true}
	for _, c := range []struct {
		from, to string
		try      bool
		want     string
	}{
		{"bigint", "bigint", false, `"x"`},
		{"integer", "bigint", false, `CAST("x" AS BIGINT)`},
		{"varchar", "varchar(3)", false, `substring("x", 1, 3)`},
		{"date", "timestamp(3)", false, `CAST("x" AS TIMESTAMP)`},
		{"timestamp(3) with time zone", "varchar", false, `trino_zoned_text(struct_extract("x", 't'), struct_extract("x", 'z'), 3)`},
		{"double", "varchar", true, `trino_float_text(CAST("x" AS DOUBLE), FALSE)`},
		{"date", "bigint", false, "TYPE_MISMATCH: Cannot cast date to bigint"},
		{"timestamp(3)", "timestamp(9)", false, `CAST(epoch_us("x") AS HUGEINT) * 1000000`},
	} {
		e, err := LowerCast(x, schema.MustParse(c.from), schema.MustParse(c.to), c.try)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = syntax.PrintDuckDB(e)
		}
		if got != c.want {
			t.Errorf("CAST %s AS %s\n got %s\nwant %s", c.from, c.to, got, c.want)
		}
	}
}

func TestDuckType(t *testing.T) {
	for in, want := range map[string]string{
		"array(map(varchar, timestamp(3)))": "MAP(VARCHAR, TIMESTAMP)[]",
		"row(a integer, b array(varchar))":  `STRUCT("a" INTEGER, "b" VARCHAR[])`,
		"row(integer, integer)":             `STRUCT("f1" INTEGER, "f2" INTEGER)`,
		"row(a integer, a integer)":         `STRUCT("a" INTEGER, "f2" INTEGER)`,
		"timestamp(3) with time zone":       "STRUCT(t TIMESTAMP, z VARCHAR)",
		"decimal(10,2)":                     "DECIMAL(10,2)",
		"json":                              "VARCHAR",
		"ipaddress":                         "BLOB",
		"interval year to month":            "INTERVAL",
	} {
		if got := DuckType(schema.MustParse(in)); got != want {
			t.Errorf("DuckType(%s) = %s; want %s", in, got, want)
		}
	}
}

// What RE2 reads as Trino does goes to DuckDB, nothing else.
func TestPlainRegexp(t *testing.T) {
	for pattern, want := range map[string]bool{
		`^10\.192\.`: true, `(?i)error`: true, `[a-z0-9_]+`: true, `a{2,3}?`: true, `\d+(?:x|y)`: true, `arn:aws-cn:.*`: true,
		`a++`: false, `[a-z&&[^x]]`: false, `(?=a)`: false, `\1`: false, `\p{Alpha}`: false, `\bword`: false, `a$`: false,
		`[[:alpha:]]`: false, `(?<n>a)`: false, `\Qa\E`: false, `\s`: false, `a\$`: true,
	} {
		if got := plainRegexp(pattern); got != want {
			t.Errorf("plainRegexp(%q) = %v", pattern, got)
		}
	}
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.50,"x"]}`, `[1e400]`, `"\ud83d\ude00"`, `{"a":{"b":null}} x`, `{"a"`} {
		f.Add(s, "$.a[0]")
	}
	f.Fuzz(func(t *testing.T, text, path string) {
		for _, call := range []func([]any) (any, error){goJSONExtract, goJSONScalar, goJSONSize} {
			_, _ = call([]any{text, path})
		}
		first, ok := canonicalJSON(text)
		if !ok {
			return
		}
		if strings.Contains(first, "Infinity") {
			return // a number beyond double; Trino writes it so, too
		}
		if again, ok := canonicalJSON(first); !ok || again != first {
			t.Errorf("%q becomes %q and then %q", text, first, again)
		}
	})
}

func FuzzPatterns(f *testing.F) {
	f.Add("dd/MMM/yyyy:HH:mm:ss Z", "04/Dec/2021:01:02:03 +0800")
	f.Add("yyyy-'x'DDD hh a ZZZ", "2021-x120 11 PM Asia/Shanghai")
	f.Fuzz(func(_ *testing.T, pattern, text string) {
		if pieces, err := jodaPattern(pattern); err == nil && len(pattern) < 100 {
			_, _ = parseMoment(text, pieces)
		}
		_, _ = mysqlPattern(pattern)
		_, _ = parseISO(text)
		_, _ = ParseStamp(text)
		_, _ = ParseClock(text)
	})
}

func FuzzRegexp(f *testing.F) {
	f.Add(`[a-z]+\d`, "abc1")
	f.Add(`\p{Alpha}\Q.\E(?<n>x)`, "a.x")
	f.Fuzz(func(_ *testing.T, pattern, text string) {
		if len(pattern) > 20 || len(text) > 20 {
			return
		}
		if m, err := newMatcher(pattern); err == nil {
			_ = m.find(context.Background(), text, func(match) bool { return true })
		}
	})
}

func FuzzURL(f *testing.F) {
	f.Add("https://u@a.b:80/c%20d?x=1#f")
	f.Fuzz(func(_ *testing.T, text string) {
		_, _ = parseURI(text)
		_, _ = goURLParameter([]any{text, "x"})
		_, _ = urlDecoded(text)
	})
}
