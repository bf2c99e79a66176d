package schema

import "testing"

func TestCommon(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"integer", "bigint", "bigint"},
		{"unknown", "date", "date"},
		{"integer", "decimal(3,1)", "decimal(11,1)"},
		{"bigint", "real", "real"},
		{"decimal(3,1)", "double", "double"},
		{"decimal(38,0)", "decimal(38,10)", "decimal(38,10)"},
		{"varchar(3)", "varchar", "varchar"},
		{"varchar(3)", "char(5)", "char(5)"},
		{"date", "timestamp(6)", "timestamp(6)"},
		{"timestamp(6)", "timestamp(3) with time zone", "timestamp(6) with time zone"},
		{"array(integer)", "array(unknown)", "array(integer)"},
		{"map(varchar(1), integer)", "map(varchar(2), double)", "map(varchar(2), double)"},
		{"row(a integer, b integer)", "row(a bigint, c integer)", "row(a bigint, integer)"},
		{"varchar", "integer", ""},
		{"date", "time", ""},
		{"boolean", "integer", ""},
		{"array(integer)", "array(varchar)", ""},
		{"row(integer)", "row(integer, integer)", ""},
	} {
		for _, pair := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			got, ok := Common(MustParse(pair[0]), MustParse(pair[1]))
			if ok != (c.want != "") || ok && !got.Equal(MustParse(c.want)) {
				t.Errorf("Common(%s, %s) = %s, %v; want %s", pair[0], pair[1], got, ok, c.want)
			}
		}
	}
}

func TestCoercible(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"unknown", "map(varchar, integer)", true},
		{"tinyint", "bigint", true},
		{"bigint", "integer", false},
		{"integer", "decimal(10,0)", true},
		{"integer", "decimal(10,1)", false},
		{"double", "real", false},
		{"varchar(3)", "varchar", true},
		{"varchar", "varchar(3)", false},
		{"date", "timestamp(3) with time zone", true},
		{"timestamp(6)", "timestamp(3)", false},
		{"array(integer)", "array(double)", true},
		{"varchar", "bigint", false},
	} {
		if got := Coercible(MustParse(c.from), MustParse(c.to)); got != c.want {
			t.Errorf("Coercible(%s, %s) = %v", c.from, c.to, got)
		}
	}
}
