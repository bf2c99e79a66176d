package logtype_test

import (
	"strings"
	"testing"
)

const (
	trailKey = "AWSLogs/123456789012/CloudTrail/cn-north-1/2026/01/15/123456789012_CloudTrail_cn-north-1_20260115T0100Z_abcdefghijklmnop.json.gz"
	orgKey   = "AWSLogs/o-exampleorg/123456789012/CloudTrail/cn-north-1/2026/01/15/123456789012_CloudTrail_cn-north-1_20260115T0100Z_abcdefghijklmnop.json.gz"
	trailAt  = `"eventTime":"2026-01-15T01:00:00Z"`
	trailRow = `{"partition":"123456789012/cn-north-1/2026/01/15","eventtime":"2026-01-15T01:00:00Z"`
)

// event is a record with these members besides its time; shown is its row.
func event(members string) string { return `{"eventVersion":"1.11",` + trailAt + members + `}` }

func shown(columns string) string {
	return `{"partition":"123456789012/cn-north-1/2026/01/15","eventversion":"1.11"` + columns + `}`
}

func records(events ...string) string { return `{"Records":[` + strings.Join(events, ",") + `]}` }

const (
	eventA   = `{"eventVersion":"1.11","eventTime":"2026-01-15T01:00:00Z","eventName":"A"}`
	eventB   = `{"eventVersion":"1.11","eventTime":"2026-01-15T01:00:00Z","eventName":"B"}`
	reversed = `{"eventName":"B","eventTime":"2026-01-15T01:00:00Z","eventVersion":"1.11"}`
	rowA     = `{"partition":"123456789012/cn-north-1/2026/01/15","eventversion":"1.11","eventtime":"2026-01-15T01:00:00Z","eventname":"A"}`
	rowB     = `{"partition":"123456789012/cn-north-1/2026/01/15","eventversion":"1.11","eventtime":"2026-01-15T01:00:00Z","eventname":"B"}`
)

func TestCloudTrailDocuments(t *testing.T) {
	for _, d := range []decoded{
		{name: "records", text: records(eventA, eventB), rows: []string{rowA, rowB}},
		{name: "no records", text: `{"Records":[]}`},
		{name: "null", text: `{"Records":null}`},
		{name: "nothing", text: ""},
		{name: "blanks", text: " \n\t\r\n"},
		{name: "mark and blanks", text: "\xef\xbb\xbf \n" + records(eventA) + "\n\n", rows: []string{rowA}},
		{name: "other members, pretty", text: "{\n \"meta\": {\"Records\": [1, {}]},\n \"Records\" : [\n" + eventA + "\n,\n" + eventB + "\n ], \"more\": true }\n", rows: []string{rowA, rowB}},
		{name: "Records twice", text: `{"Records":[` + eventA + `],"Records":[` + eventB + `]}`, rows: []string{rowA, rowB}},
		{name: "two documents", text: records(eventA) + records(eventB), rows: []string{rowA, rowB}},
		{name: "a list", text: "[" + eventA + "," + eventB + "]", rows: []string{rowA, rowB}},
		{name: "a record a line", text: eventA + "\n" + eventB + "\n", rows: []string{rowA, rowB}},
		{name: "a pretty record", text: strings.ReplaceAll(eventA, ",", " ,\n\t"), rows: []string{rowA}},
		{name: "a comma too many", text: records(eventA, eventB+","), rows: []string{rowA, rowB}},
		{name: "a comma too few", text: records(eventA + eventB), rows: []string{rowA, rowB}},
		{name: "another document", text: `{"foo":[1,2,3]}`, err: "a JSON document without Records: no log of this type"},
		{name: "null alone", text: "null", err: "a JSON document without Records: no log of this type"},
		{name: "no JSON", text: "oops", err: `after 0 records, at byte 0: no JSON: unexpected 'o' where a value should be`},
		{name: "text after it", text: records(eventA) + "oops", rows: []string{rowA}, err: `after 1 records, at byte 88: no JSON: unexpected 'o' where a value should be`},
		{name: "cut in a record", text: records(eventA, eventB)[:150], rows: []string{rowA}, err: "the JSON ends early, after 2 records: unexpected EOF"},
		{name: "cut after a record", text: `{"Records":[` + eventA, rows: []string{rowA}, err: "the JSON ends early, after 1 records: unexpected EOF"},
		{
			name: "no records in the list", text: records(eventA, "42", "null", `"x"`, "[]", "true", eventB), rows: []string{rowA, rowB},
			bad: []string{"2: the record is a number, not an object", "3: the record is null, not an object", "4: the record is a string, not an object", "5: the record is a list, not an object", "6: the record is a boolean, not an object"},
		},
		{
			name: "too deep", text: records(eventA, event(`,"requestParameters":`+strings.Repeat(`{"a":`, 100_000)+"1"+strings.Repeat("}", 100_000)), eventB), rows: []string{rowA, rowB},
			bad: []string{"2: the record is nested deeper than 1000 levels"},
		},
		{name: "all depth", text: strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), bad: []string{"1: the record is nested deeper than 1000 levels"}},
		{name: "depth cut", text: strings.Repeat("[{\"a\":", 100_000), err: "the JSON ends early, after 1 records: unexpected EOF"},
	} {
		d.key = trailKey
		d.run(t, "cloudtrail_logs")
	}
}

func TestCloudTrailBroken(t *testing.T) {
	for _, d := range []decoded{
		{name: "in the middle", text: records(eventA, with(eventA, ":", ""), eventB), rows: []string{rowA, rowB}, bad: []string{`2: no JSON: unexpected '"' after a key`}},
		{name: "first", text: records(with(eventA, `:"A"`, ":"), eventB), rows: []string{rowB}, bad: []string{`1: no JSON: unexpected '}' where a value should be`}},
		{name: "last", text: records(eventA, with(eventB, `"B"`, "B")), rows: []string{rowA}, bad: []string{`2: no JSON: unexpected 'B' where a value should be`}},
		{name: "a quote missing", text: records(eventA, with(eventA, `"A"`, `"A`), eventB), rows: []string{rowA, rowB}, bad: []string{`2: no JSON: unexpected 'e' after a value`}},
		{
			name: "a bracket missing", text: records(eventA, `{"eventVersion":"1.11","userIdentity":{"type":"x",`+trailAt+`}`, eventB), rows: []string{rowA, rowB},
			bad: []string{`2: no JSON: unexpected '{' where a key should be`},
		},
		{name: "garbage between", text: records(eventA+"xyz", eventB), rows: []string{rowA, rowB}, bad: []string{`2: no JSON: unexpected 'x' after a record`}},
		{name: "a line end in a string", text: records(eventA, with(eventA, `"A"`, "\"A\n"), eventB), rows: []string{rowA, rowB}, bad: []string{"2: no JSON: a line ends inside a string"}},
		{name: "lines", text: eventA + "\n" + with(eventA, `"A"`, "A") + "\n" + eventB + "\n", rows: []string{rowA, rowB}, bad: []string{`2: no JSON: unexpected 'A' where a value should be`}},
		{name: "another first key", text: records(reversed, with(reversed, `"B"`, `"B`), reversed), rows: []string{rowB, rowB}, bad: []string{`2: no JSON: unexpected 'e' after a value`}},
		{
			name: "numbers", text: records(event(`,"x":01`), event(`,"x":1.`), event(`,"x":-`), event(`,"x":+1`), event(`,"x":1e`), event(`,"x":nul`), eventB), rows: []string{rowB},
			bad: []string{`1: no JSON: unexpected "01"`, `2: no JSON: unexpected "1."`, `3: no JSON: unexpected "-"`, `4: no JSON: unexpected '+' where a value should be`, `5: no JSON: unexpected "1e"`, `6: no JSON: unexpected "nul"`},
		},
		{
			name: "escapes", text: records(event(`,"x":"\x"`), event(`,"x":"\u12G4"`), eventB), rows: []string{rowB},
			bad: []string{`1: no JSON: unexpected 'x' after \`, `2: no JSON: unexpected 'G' after \u`},
		},
	} {
		d.key = trailKey
		d.run(t, "cloudtrail_logs")
	}
}

func TestCloudTrailValues(t *testing.T) {
	at := `,"eventtime":"2026-01-15T01:00:00Z"`
	for _, c := range []struct{ name, members, columns string }{
		{
			"texts", `,"eventName":"a\/b\u4e2d\ud83d\ude00\"\n\\","errorCode":"","errorMessage":null,"readOnly":true,"managementEvent":false,"apiVersion":2.10`,
			at + `,"eventname":"a/b中😀\"\n\\","errorcode":"","apiversion":"2.10","readonly":"true","managementevent":"false"`,
		},
		{"odd strings", `,"userAgent":"\ud800 \ud800\u0041 \u0000 \u2028"`, at + `,"useragent":"` + "\ufffd \ufffdA" + ` \u0000 ` + "\u2028" + `"`},
		{
			"JSON text", `,"requestParameters":{ "b" : [ 1 , { } , [ ] , null ],` + "\n" + `"a":"x\u003c\/\u00e9\n\u0001\"", "n":1.10, "e":1E400, "z":-0, "d":1234567890123456789012345678901234567890},"additionalEventData":"text","responseElements":null,"serviceEventDetails":[1, 2]`,
			at + `,"requestparameters":"{\"b\":[1,{},[],null],\"a\":\"x</é\\n\\u0001\\\"\",\"n\":1.10,\"e\":1E400,\"z\":-0,\"d\":1234567890123456789012345678901234567890}","additionaleventdata":"text","serviceeventdetails":"[1,2]"`,
		},
		{"the last of a key", `,"eventName":"A","eventName":"B","requestParameters":{"a":1,"b":2,"a":{"c":1,"c":2},"A":3}`, at + `,"eventname":"B","requestparameters":"{\"a\":{\"c\":2},\"b\":2,\"A\":3}"`},
		{"other cases", `,"EVENTNAME":"Y","eventName":"A","EventName":"X"`, at + `,"eventname":"A","additional_fields":"{\"EVENTNAME\":\"Y\",\"EventName\":\"X\"}"`},
		{
			"another case alone", `,"eventname":"Y","useridentity":{"ARN":"a","Type":"t"},"event\u004eame":"Z"`,
			`,"useridentity":{"type":"t","principalid":null,"arn":"a","accountid":null,"invokedby":null,"accesskeyid":null,"username":null,"onbehalfof":null,"sessioncontext":null}` + at + `,"eventname":"Z","additional_fields":"{\"eventname\":\"Y\"}"`,
		},
		{
			"identity", `,"userIdentity":{"type":"AssumedRole","accountId":123456789012,"sessionContext":{"attributes":{"mfaAuthenticated":"false","creationDate":"2026-01-15T00:00:00Z"},"sessionIssuer":{},"webIdFederationData":{"federatedProvider":"p","attributes":{"k":"v","n":null,"k":"w"}}},"onBehalfOf":null}`,
			`,"useridentity":{"type":"AssumedRole","principalid":null,"arn":null,"accountid":"123456789012","invokedby":null,"accesskeyid":null,"username":null,"onbehalfof":null,"sessioncontext":{"attributes":{"mfaauthenticated":"false","creationdate":"2026-01-15T00:00:00Z"},"sessionissuer":{"type":null,"principalid":null,"arn":null,"accountid":null,"username":null},"ec2roledelivery":null,"webidfederationdata":{"federatedprovider":"p","attributes":{"k":"w","n":null}}}}` + at,
		},
		{
			"an empty map", `,"userIdentity":{"sessionContext":{"webIdFederationData":{"attributes":{}}}}`,
			`,"useridentity":{"type":null,"principalid":null,"arn":null,"accountid":null,"invokedby":null,"accesskeyid":null,"username":null,"onbehalfof":null,"sessioncontext":{"attributes":null,"sessionissuer":null,"ec2roledelivery":null,"webidfederationdata":{"federatedprovider":null,"attributes":{}}}}` + at,
		},
		{
			"resources", `,"resources":[{"ARN":"a","type":"t"},null,{},{"accountId":"1","ARNPrefix":"p"}]`,
			at + `,"resources":[{"arn":"a","accountid":null,"type":"t"},null,{"arn":null,"accountid":null,"type":null},{"arn":null,"accountid":"1","type":null}],"additional_fields":"{\"resources[3].ARNPrefix\":\"p\"}"`,
		},
		{"no resources", `,"resources":[]`, at + `,"resources":[]`},
		{"of other types", `,"resources":{"a":1},"tlsDetails":"none","addendum":[1]`, at + `,"additional_fields":"{\"resources\":{\"a\":1},\"addendum\":[1],\"tlsDetails\":\"none\"}"`},
		{"odd resources", `,"resources":["x"]`, at + `,"resources":[null],"additional_fields":"{\"resources[0]\":\"x\"}"`},
		{
			"structs", `,"tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"c"},"addendum":{"reason":"r"},"eventContext":{"a":[1]},"edgeDeviceDetails":{"x":1}`,
			at + `,"addendum":{"reason":"r","updatedfields":null,"originalrequestid":null,"originaleventid":null},"edgedevicedetails":"{\"x\":1}","tlsdetails":{"tlsversion":"TLSv1.3","ciphersuite":"c","clientprovidedhostheader":null,"keyexchange":null},"eventcontext":"{\"a\":[1]}"`,
		},
		{
			"fields of tomorrow", `,"brandNew":{"a": null},"userIdentity":{"identityProvider":"x","sessionContext":{"assumedRoot":true}}`,
			`,"useridentity":{"type":null,"principalid":null,"arn":null,"accountid":null,"invokedby":null,"accesskeyid":null,"username":null,"onbehalfof":null,"sessioncontext":{"attributes":null,"sessionissuer":null,"ec2roledelivery":null,"webidfederationdata":null}}` + at + `,"additional_fields":"{\"brandNew\":{\"a\":null},\"userIdentity.identityProvider\":\"x\",\"userIdentity.sessionContext.assumedRoot\":true}"`,
		},
	} {
		decoded{name: c.name, key: trailKey, text: records(event(c.members)), rows: []string{shown(c.columns)}}.run(t, "cloudtrail_logs")
	}
}

func TestCloudTrailRecords(t *testing.T) {
	for _, d := range []decoded{
		{
			name: "wrong types", key: trailKey, text: records(`{`+trailAt+`,"userIdentity":"root"}`, `{`+trailAt+`,"requestParameters":"text"}`, `{`+trailAt+`,"requestParameters":[1,2]}`,
				`{"eventName":"C"}`, `{"eventTime":"yesterday"}`, `{"eventTime":1767225600}`, `{"eventTime":null}`, `{"eventTime":"2026-02-30T00:00:00Z"}`, `{"eventTime":"2026-01-15 01:00:00"}`),
			bad: []string{
				"1: userIdentity is a string, not an object", "2: requestParameters is a string, not an object", "3: requestParameters is a list, not an object", "4: eventTime is absent",
				`5: eventTime: "yesterday" is no time`, "6: eventTime is a number", "7: eventTime is null", `8: eventTime: "2026-02-30T00:00:00Z" is no time`, `9: eventTime: "2026-01-15 01:00:00" is no time`,
			},
		},
		{name: "not UTF-8", key: trailKey, text: records(eventA, event(`,"userAgent":"`+"\xff"+`"`), eventB), rows: []string{rowA, rowB}, bad: []string{"2: the record is not UTF-8"}},
		{name: "an organization", key: orgKey, text: records(`{` + trailAt + `,"x":1}`), rows: []string{trailRow + `,"organization":"o-exampleorg","additional_fields":"{\"x\":1}"}`}},
		{
			name: "times, without a key", key: "export.json", text: records(
				`{"eventTime":"2026-01-15T23:59:59.999Z","awsRegion":"cn-north-1","recipientAccountId":"123456789012"}`, `{"eventTime":"2026-01-15T01:00:00+08:00"}`, `{"eventTime":"20260116T010000Z","awsRegion":null}`, `{"eventTime":"1970-01-01T00:00:00Z","recipientAccountId":"1"}`),
			rows: []string{
				`{"partition":"123456789012/cn-north-1/2026/01/15","eventtime":"2026-01-15T23:59:59.999Z","awsregion":"cn-north-1","recipientaccountid":"123456789012"}`,
				`{"partition":"unknown/unknown/2026/01/14","eventtime":"2026-01-15T01:00:00+08:00"}`, `{"partition":"unknown/unknown/2026/01/16","eventtime":"20260116T010000Z"}`,
				`{"partition":"1/unknown/1970/01/01","eventtime":"1970-01-01T00:00:00Z","recipientaccountid":"1"}`,
			},
		},
	} {
		d.run(t, "cloudtrail_logs")
	}
}
