package sql

import (
	"math"
	"testing"
	"time"

	"logsql/convert/schema"
)

func TestText(t *testing.T) {
	at := time.Date(2021, 12, 4, 1, 2, 3, 456789000, time.UTC)
	for _, c := range []struct {
		value any
		typ   string
		want  string
	}{
		{true, "boolean", "true"},
		{int64(-7), "bigint", "-7"},
		{1e7, "double", "1.0E7"},
		{9999999.0, "double", "9999999.0"},
		{0.001, "double", "0.001"},
		{0.0001, "double", "1.0E-4"},
		{math.Copysign(0, -1), "double", "-0.0"},
		{math.Inf(-1), "double", "-Infinity"},
		{math.NaN(), "double", "NaN"},
		{float32(0.1), "real", "0.1"},
		{"12.50", "decimal(4,2)", "12.50"},
		{"a 'b'", "varchar", "a 'b'"},
		{[]byte{0, 0xff}, "varbinary", "00 ff"},
		{at, "date", "2021-12-04"},
		{at, "time(3)", "01:02:03.456"},
		{at, "timestamp(3)", "2021-12-04 01:02:03.456"},
		{at, "timestamp(0)", "2021-12-04 01:02:03"},
		{Zoned{Time: at, Zone: "UTC"}, "timestamp(3) with time zone", "2021-12-04 01:02:03.456 UTC"},
		{Zoned{Time: at, Zone: "+08:00"}, "timestamp(3) with time zone", "2021-12-04 09:02:03.456 +08:00"},
		{Zoned{Time: at, Zone: "America/New_York"}, "timestamp(0) with time zone", "2021-12-03 20:02:03 America/New_York"},
		{Interval{Months: -14}, "interval year to month", "-1-2"},
		{Interval{Micros: 93784005000}, "interval day to second", "1 02:03:04.005"},
		{[]any{"a", nil}, "array(varchar)", "[a, null]"},
		{[]any{int64(1), "x"}, "row(a integer, b varchar)", "{a=1, b=x}"},
		{[]any{int64(1), "x"}, "row(integer, varchar)", "{1, x}"},
		{Map{{int64(10), "b"}, {int64(9), nil}}, "map(bigint, varchar)", "{9=null, 10=b}"},
		{Map{{"b", []any{1.0}}, {"a", []any{}}}, "map(varchar, array(double))", "{a=[], b=[1.0]}"},
	} {
		typ := schema.MustParse(c.typ)
		if got, ok := Text(c.value, typ); got != c.want || !ok {
			t.Errorf("Text(%v, %s) = %q, %v; want %q", c.value, typ, got, ok, c.want)
		}
	}
	if got := value([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, schema.Of(schema.UUID)); got != "01020304-0506-0708-090a-0b0c0d0e0f10" {
		t.Errorf("a UUID becomes %v", got)
	}
	if got, ok := Text(nil, schema.Text); got != "" || ok {
		t.Errorf("Text(nil) = %q, %v", got, ok)
	}
}
