package funcs

import (
	"strings"

	"logsql/convert/schema"
)

var javaTimeGo = []GoFunc{
	{Name: "trino_java_clock", Signature: "(varchar) varchar", Total: true, Call: func(a []any) (any, error) { return javaClock(a[0].(string)), nil }},
	{Name: "trino_java_zone", Signature: "(bigint, varchar) varchar", Total: true, Call: goJavaZone},
}

// javaText is a value as Java's toString writes it.
func javaText(x expr, t schema.Type) (expr, error) {
	switch t.Kind {
	case schema.Time, schema.Timestamp:
		text, err := plainText(x, t)
		return call("trino_java_clock", text), err
	case schema.TimestampTZ:
		plain := schema.Type{Kind: schema.Timestamp, Precision: t.Precision}
		wall := when(bin("=", zone(x), str("UTC")), instant(x), localOf(x, t))
		text, err := plainText(wall, plain)
		offset := bin("//", bin("-", call("epoch_us", coarse(wall, plain)), call("epoch_us", instant(coarse(x, t)))), num(1_000_000))
		return bin("||", call("trino_java_clock", text), call("trino_java_zone", offset, zone(x))), err
	}
	return castExpr(x, t, schema.Text)
}

// javaClock turns a time of ours, after a date or not, into Java's: seconds are
// left out where they are 0, their fraction has 0, 3, 6 or 9 digits.
func javaClock(text string) string {
	text, fraction, _ := strings.Cut(strings.Replace(text, " ", "T", 1), ".")
	fraction = (fraction + "000000000")[:9]
	for strings.HasSuffix(fraction, "000") {
		fraction = strings.TrimSuffix(fraction, "000")
	}
	if fraction != "" {
		return text + "." + fraction
	}
	return strings.TrimSuffix(text, ":00")
}

func goJavaZone(a []any) (any, error) {
	seconds, zone := a[0].(int64), a[1].(string)
	if zone[0] == '+' || zone[0] == '-' {
		return zone, nil
	}
	if zone == "UTC" {
		return "Z[UTC]", nil
	}
	return javaOffsetText(seconds) + "[" + zone + "]", nil
}

// javaOffsetText is +hh:mm, with seconds where there are any.
func javaOffsetText(seconds int64) string {
	text := offsetText(seconds / 60)
	if seconds < 0 && seconds > -60 {
		text = "-00:00"
	}
	if left := max(seconds, -seconds) % 60; left != 0 {
		text += ":" + two(int(left))
	}
	return text
}
