package logtype_test

import (
	"strings"
	"testing"
)

const (
	flatKey   = "access/2026-01-16-01-00-00-0123456789ABCDEF"
	datedKey  = "access/123456789012/cn-north-1/amzn-s3-demo-bucket/2026/01/15/2026-01-15-01-00-00-0123456789ABCDEF"
	accessOld = `79a5 amzn-s3-demo-bucket [16/Jan/2026:01:00:00 +0000] 203.0.113.9 - 3E57427F3EXAMPLE REST.GET.OBJECT a/b.txt "GET /a/b.txt HTTP/1.1" 200 - 10 20 5 4 "-" "curl/8" -`
	access24  = accessOld + ` hostid= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader s3.cn-north-1.amazonaws.com.cn TLSv1.2`

	accessColumnsOld = `"bucketowner":"79a5","bucket_name":"amzn-s3-demo-bucket","requestdatetime":"16/Jan/2026:01:00:00 +0000","remoteip":"203.0.113.9","requester":"-","requestid":"3E57427F3EXAMPLE","operation":"REST.GET.OBJECT","key":"a/b.txt","request_uri":"\"GET /a/b.txt HTTP/1.1\"","httpstatus":"200","errorcode":"-","bytessent":10,"objectsize":20,"totaltime":"5","turnaroundtime":"4","referrer":"\"-\"","useragent":"\"curl/8\"","versionid":"-"`
	accessColumns24  = accessColumnsOld + `,"hostid":"hostid=","sigv":"SigV4","ciphersuite":"ECDHE-RSA-AES128-GCM-SHA256","authtype":"AuthHeader","endpoint":"s3.cn-north-1.amazonaws.com.cn","tlsversion":"TLSv1.2"`
	accessRow        = `{"partition":"2026/01/16",` + accessColumns24
)

func TestAccess(t *testing.T) {
	for _, d := range []decoded{
		{name: "24 fields", text: access24 + "\n", rows: []string{accessRow + "}"}},
		{name: "no line end", text: access24, rows: []string{accessRow + "}"}},
		{name: "18 fields", text: accessOld, rows: []string{`{"partition":"2026/01/16",` + accessColumnsOld + "}"}},
		{
			name: "25, 26 and 27 fields", text: access24 + " -\n" + access24 + " arn:aws-cn:s3:cn-north-1:123456789012:accesspoint/ap Yes \n" + access24 + " - - cn-north-1\n",
			rows: []string{
				accessRow + `,"accesspointarn":"-"}`, accessRow + `,"accesspointarn":"arn:aws-cn:s3:cn-north-1:123456789012:accesspoint/ap","aclrequired":"Yes"}`,
				accessRow + `,"accesspointarn":"-","aclrequired":"-","sourceregion":"cn-north-1"}`,
			},
		},
		{
			name: "fields of tomorrow", text: access24 + " - - - x  y\n",
			rows: []string{accessRow + `,"accesspointarn":"-","aclrequired":"-","sourceregion":"-","additional_fields":"x  y"}`},
		},
		{
			name: "dates", text: access24 + "\n" + with(access24, "01:00:00 +0000", "01:00:00 +0800") + "\n" + with(access24, "01:00:00 +0000", "23:00:00 -0500") + "\n" + with(access24, "16/Jan/2026", "29/Feb/2024"),
			rows: []string{
				accessRow + "}", with(with(accessRow, "/16", "/15"), "01:00:00 +0000", "01:00:00 +0800") + "}",
				with(with(accessRow, "/16", "/17"), "01:00:00 +0000", "23:00:00 -0500") + "}", with(with(accessRow, "2026/01/16", "2024/02/29"), "16/Jan/2026", "29/Feb/2024") + "}",
			},
		},
		{name: "the key's day", key: datedKey, text: access24, rows: []string{with(accessRow, "/16", "/15") + "}"}},
		{
			name: "no times", text: with(access24, "/Jan/", "/Foo/") + "\n" + with(access24, "[16/", "[99/") + "\n" + with(access24, " +0000]", "]") + "\n" + with(access24, "16/Jan", "30/Feb") + "\n" + with(access24, "+0000", "+00x0") + "\n" + with(access24, "01:00:00", "25:00:00"),
			bad: []string{
				`1: requestdatetime: "16/Foo/2026:01:00:00 +0000" is no time`, `2: requestdatetime: "99/Jan/2026:01:00:00 +0000" is no time`, `3: requestdatetime: "16/Jan/2026:01:00:00" is no time`,
				`4: requestdatetime: "30/Feb/2026:01:00:00 +0000" is no time`, `5: requestdatetime: "16/Jan/2026:01:00:00 +00x0" is no time`, `6: requestdatetime: "16/Jan/2026:25:00:00 +0000" is no time`,
			},
		},
		{
			name: "dashes", text: with(with(access24, " 200 - 10 20 5 4 ", " - - - - - - "), `"GET /a/b.txt HTTP/1.1"`, "-"),
			rows: []string{strings.NewReplacer(`"\"GET /a/b.txt HTTP/1.1\""`, `"-"`, `"200"`, `"-"`, `"bytessent":10,"objectsize":20,`, "", `"totaltime":"5","turnaroundtime":"4"`, `"totaltime":"-","turnaroundtime":"-"`).Replace(accessRow) + "}"},
		},
		{
			name: "numbers", text: with(access24, " 10 20 ", " 9223372036854775807 5497558138880 ") + "\n" + with(access24, " 10 ", " 99999999999999999999 ") + "\n" + with(access24, " 10 ", " -1 ") + "\n" + with(access24, " 20 ", " ten ") + "\n" + with(access24, " 20 ", " 2.5 "),
			rows: []string{with(accessRow, `"bytessent":10,"objectsize":20`, `"bytessent":9223372036854775807,"objectsize":5497558138880`) + "}"},
			bad:  []string{"2: bytessent: 99999999999999999999 is over 64 bits", `3: bytessent: "-1" is no number`, `4: objectsize: "ten" is no number`, `5: objectsize: "2.5" is no number`},
		},
		{
			name: "bytes", text: with(access24, "curl/8", "\xff\xfe中") + "\r\n\r\n" + with(access24, "curl/8", "a\x00b") + "\n",
			rows: []string{with(accessRow, "curl/8", "\ufffd\ufffd中") + "}", with(accessRow, "curl/8", `a\u0000b`) + "}"},
		},
		{
			name: "bad lines", text: "a b c\n" + access24 + "\n" + accessOld[:len(accessOld)-2] + "\n79a5 b [16/Jan/2026:01:00:00 +0000] 192.0.2.1 - X REST.GET.OBJECT k \"GET /k\n79a5 b [16/Jan/2026:01:00:00 192.0.2.1 - X REST.GET.OBJECT k \"GET /k HTTP/1.1\" 200\n79a5 b [16/Jan/2026:01:00:00 +0000] x\n" +
				`79a5 b [16/Jan/2026:01:00:00 +0000] 192.0.2.1 - X REST.GET.OBJECT k "GET /k HTTP/1.1" 200 - 1 2 3 4 "never closed`,
			rows: []string{accessRow + "}"},
			bad: []string{
				"1: no [time] in brackets in the third place", "3: fewer than 18 fields", "4: no end of the quoted request can be found", "5: no [time] in brackets in the third place",
				"6: fewer than 18 fields", "7: no end of the quoted referrer and user agent can be found",
			},
		},
	} {
		if d.key == "" {
			d.key = flatKey
		}
		d.run(t, "s3_access_logs")
	}
}

// TestAccessQuotes puts quotes where clients put them, and looks whether each
// field and those after it are still right.
func TestAccessQuotes(t *testing.T) {
	uri, agents := `"GET /a/b.txt HTTP/1.1"`, `"-" "curl/8"`
	for _, c := range []struct{ old, request, referrer, agent string }{
		{agents, uri, `"-"`, `""Mozilla/5.0 (Windows NT 10.0)"`},
		{agents, uri, `"-"`, `"My "quoted" agent"`},
		{agents, uri, `"-"`, `"a\"b"`},
		{agents, uri, `"-"`, `"a" "b" "c"`},
		{agents, uri, `"-"`, `"a" - hostid SigV4 - - - - "b"`},
		{agents, uri, `"-"`, `""`},
		{agents, uri, `"-"`, `" HTTP/1.1" 200 - 1 1 1 1 "-" "x"`},
		{agents, uri, `"http://example.com/?id=452""`, `"curl/8"`},
		{agents, uri, `"http://example.com/"quoted"/"`, `"curl/8"`},
		{agents, uri, `"http://example.com/"`, `-`},
		{agents, uri, `-`, `"curl/8"`},
		{agents, uri, `-`, `-`},
		{agents, uri, `""`, `""`},
		{uri, `"GET /a/b.txt?disposition=attachment;%20filename="r.xlsx"&x=1 HTTP/1.1"`, `"-"`, `"curl/8"`},
		{uri, `"GET /a" b" HTTP/1.1"`, `"-"`, `"curl/8"`},
		{uri, `"-"`, `"-"`, `"curl/8"`},
		{uri, `-`, `"-"`, `"curl/8"`},
	} {
		replacement := c.request
		if c.old == agents {
			replacement = c.referrer + " " + c.agent
		}
		line := with(access24, c.old, replacement)
		want := strings.NewReplacer(`"\"GET /a/b.txt HTTP/1.1\""`, quoted(c.request), `"\"-\""`, quoted(c.referrer), `"\"curl/8\""`, quoted(c.agent)).Replace(accessRow) + "}"
		decoded{name: replacement, key: flatKey, text: line, rows: []string{want}}.run(t, "s3_access_logs")
	}
}

func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
