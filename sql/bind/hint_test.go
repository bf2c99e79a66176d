package bind

import (
	"regexp"
	"strings"
	"testing"

	"logsql/convert/schema"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// A hint names only functions that exist, and none is given for one that does.
func TestOtherFunctionsNameWhatExists(t *testing.T) {
	call := regexp.MustCompile(`\b([a-z_0-9]+)\(`)
	for name, here := range otherFunctions {
		if _, ok := funcs.Lookup(name); ok {
			t.Errorf("%s exists here", name)
		}
		for _, m := range call.FindAllStringSubmatch(here, -1) {
			_, ok := funcs.Lookup(m[1])
			if !ok && m[1] != "t" && m[1] != "extract" && m[1] != "row" && m[1] != "decimal" {
				t.Errorf("%s: %s does not exist", name, m[1])
			}
		}
	}
}

func TestOperandHints(t *testing.T) {
	types := map[string]schema.Type{
		"port": schema.Of(schema.Integer), "addr": schema.Text, "day": schema.Of(schema.Date), "at": schema.MustParse("timestamp(3)"),
		"start": schema.Of(schema.BigInt), "j": schema.Of(schema.JSON), "ok": schema.Of(schema.Boolean), "ip": schema.Of(schema.IPAddress),
	}
	for source, want := range map[string]string{
		"port = '443'":             "port is a number: write 443 without quotes",
		"'443' = port":             "port is a number: write 443 without quotes",
		"port = 'https'":           "port is a number: compare CAST(port AS varchar)",
		"start > '2021-12-04'":     "start is a number: if it is seconds since 1970, compare from_unixtime(start) with TIMESTAMP '2021-12-04 00:00:00'",
		"addr = 10":                "addr is text: write the number in quotes, '10', or compare CAST(addr AS bigint)",
		"addr = port":              "both sides need one type: CAST(addr AS integer), or TRY_CAST where it may be no number",
		"day > '2021-12-04'":       "a date is written DATE '2021-12-04'",
		"at > '2021-12-04T10:00Z'": "a time is written TIMESTAMP '2021-12-04 10:00'",
		"addr > at":                "turn the text into a time with from_iso8601_timestamp(addr), or date_parse(addr, '%Y-%m-%d')",
		"start < at":               "seconds since 1970 become a time with from_unixtime(start)",
		"j = 'x'":                  "json_extract_scalar gives text where json_extract gives JSON; or CAST(j AS varchar)",
		"ok = 'true'":              "a boolean is written TRUE or FALSE, without quotes",
		"ip = '10.0.0.1'":          "an address is written IPADDRESS '10.0.0.1', and one of text made by CAST(… AS ipaddress)",
		"addr + 'x'":               "text is joined with ||",
		"day - 7":                  "days are taken off with - INTERVAL '7' DAY, or date_add('day', -7, day)",
		"at + 7":                   "days are added with + INTERVAL '7' DAY, or date_add('day', 7, at)",
		"ok = port":                "",
	} {
		stmts, err := syntax.Parse("SELECT " + source)
		if err != nil {
			t.Fatal(err)
		}
		x := stmts[0].(*syntax.Query).Body.(*syntax.Select).Items[0].Expr.(*syntax.Binary)
		typeOf := func(e syntax.Expr) schema.Type {
			if typ, ok := types[strings.ToLower(syntax.Print(e))]; ok {
				return typ
			}
			if isText(e) {
				return schema.Text
			}
			return schema.Of(schema.Integer)
		}
		if got := operandHint(x.Op, x.X, x.Y, typeOf(x.X), typeOf(x.Y)); got != want {
			t.Errorf("%s\n  got %s\n want %s", source, got, want)
		}
	}
}
