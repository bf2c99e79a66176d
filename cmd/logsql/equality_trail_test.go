package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
)

// TestTrailEquality holds every column of every CloudTrail record of the lake to
// what encoding/json makes of the same objects.
func TestTrailEquality(t *testing.T) {
	program := generator(t)
	trail := []string{"--days", "1", "--files-per-day", "6", "--records-per-file", "200"}
	for name, args := range map[string][]string{
		"one account":  trail,
		"organization": append(trail, "--org", "o-exampleorg1", "--seed", "2"),
		"twice":        append(trail, "--dup-files", "500", "--seed", "3", "--gzip", "0"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bucket := filepath.Join(t.TempDir(), "bucket")
			generate(t, program, "trail", bucket, args...)
			compareLake(t, map[string]string{"generated": bucket}, addTrail, trailRows, 0)
		})
	}
	t.Run("odd", func(t *testing.T) {
		bucket := filepath.Join(t.TempDir(), "bucket")
		const name = "AWSLogs/1/CloudTrail/cn-north-1/2026/01/02/1_CloudTrail_cn-north-1_20260102T0100Z_x.json"
		if err := writeFile(filepath.Join(bucket, name), strings.NewReader(oddTrail)); err != nil {
			t.Fatal(err)
		}
		compareLake(t, map[string]string{"odd": bucket}, addTrail, trailRows, 0)
	})
	t.Run("real", func(t *testing.T) {
		root := t.TempDir()
		loadObjects(t, filepath.Join(shared(t), "data", "open.tar.gz"), root)
		compareLake(t, map[string]string{"trail-bucket": filepath.Join(root, "trail-bucket")}, addTrail, trailRows, 0, 4)
	})
}

const oddTrail = `{"Records":[
{"eventVersion":"1.08","eventTime":"2026-01-02T01:00:00Z","EVENTNAME":"a","eventname":"b","eventName":"c","requestParameters":{"n":1.50,"big":12345678901234567890123,"e":1E5,"s":"\u65e5\/\u001f\"\\","l":[ {} , [] , null ]},"unheard":{"a":[1,2]}},
{"eventVersion":1.11,"eventTime":"2026-01-02T01:00:00Z","readOnly":false,"resources":[{"arn":"x","more":1},null,"text",{}],"tlsDetails":"none","addendum":{"reason":{"a":1},"other":null},"errorCode":["a"]},
{"eventVersion":"1.11","eventTime":"2026-01-02T01:00:00Z","resources":[],"userIdentity":{"sessionContext":{"webIdFederationData":{"attributes":{"Key":"v","N":1,"Null":null,"O":{"a":true}}},"sessionIssuer":{},"attributes":7}}},
{"eventVersion":"1.11","eventTime":"2026-01-02T01:00:00Z","eventID":"","userAgent":"日志 \ud83d\ude00","requestParameters":null,"resources":{"ARN":"x"}}
]}`

// trailShape is AWS's table: 0 is a text, "map" a map of texts, [{…}] a list.
const trailShape = `{"eventVersion":0,
"userIdentity":{"type":0,"principalId":0,"arn":0,"accountId":0,"invokedBy":0,"accessKeyId":0,"userName":0,
	"onBehalfOf":{"userId":0,"identityStoreArn":0},
	"sessionContext":{"attributes":{"mfaAuthenticated":0,"creationDate":0},
		"sessionIssuer":{"type":0,"principalId":0,"arn":0,"accountId":0,"userName":0},
		"ec2RoleDelivery":0,"webIdFederationData":{"federatedProvider":0,"attributes":"map"}}},
"eventTime":0,"eventSource":0,"eventName":0,"awsRegion":0,"sourceIPAddress":0,"userAgent":0,"errorCode":0,"errorMessage":0,
"requestParameters":0,"responseElements":0,"additionalEventData":0,"requestID":0,"eventID":0,
"resources":[{"ARN":0,"accountId":0,"type":0}],
"eventType":0,"apiVersion":0,"readOnly":0,"recipientAccountId":0,"serviceEventDetails":0,"sharedEventID":0,"vpcEndpointId":0,
"vpcEndpointAccountId":0,"managementEvent":0,"eventCategory":0,
"addendum":{"reason":0,"updatedFields":0,"originalRequestID":0,"originalEventID":0},
"sessionCredentialFromConsole":0,"edgeDeviceDetails":0,
"tlsDetails":{"tlsVersion":0,"cipherSuite":0,"clientProvidedHostHeader":0,"keyExchange":0},"eventContext":0}`

const insightShape = `{"eventVersion":0,"eventTime":0,"awsRegion":0,"eventID":0,"eventType":0,"recipientAccountId":0,"sharedEventID":0,
"insightDetails":{"state":0,"eventSource":0,"eventName":0,"errorCode":0,"insightType":0,"insightContext":0},"eventCategory":0,
"addendum":{"reason":0,"updatedFields":0,"originalRequestID":0,"originalEventID":0}}`

func addTrail(t *testing.T, bucket, dir string, rows map[string]int) {
	eachObject(t, dir, func(key string, data []byte) {
		if strings.Contains(key, "/CloudTrail-Digest/") {
			return
		}
		shape := map[string]any{}
		text := trailShape
		if strings.Contains(key, "/CloudTrail-Insight/") {
			text = insightShape
		}
		if err := json.Unmarshal([]byte(text), &shape); err != nil {
			t.Fatal(err)
		}
		for _, record := range trailRecords(t, key, data) {
			r := trailRow{extras: map[string]string{}}
			row := r.row(shape, record, "")
			row["source_object"] = "s3://" + bucket + "/" + key
			if _, rest, ok := strings.Cut(key, "AWSLogs/o-"); ok {
				org, _, _ := strings.Cut(rest, "/")
				row["organization"] = "o-" + org
			}
			if len(r.extras) > 0 {
				row["additional_fields"] = r.extras
			}
			rows[canonical(t, row)]++
		}
	})
}

// members are those of a JSON object in their order; values are members, []any,
// string, json.Number, bool or nil.
type members []struct {
	key   string
	value any
}

// trailRecords are the records of {"Records":[…]}, of a list, or one after the
// other.
func trailRecords(t *testing.T, key string, data []byte) (records []members) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	for {
		v, err := readJSONValue(dec)
		if errors.Is(err, io.EOF) {
			return records
		}
		if err != nil {
			t.Logf("%s: %v", key, err)
			return records
		}
		list, isList := v.([]any)
		if object, ok := v.(members); ok {
			list = []any{object}
			for _, m := range object {
				if l, ok := m.value.([]any); ok && m.key == "Records" && !isList {
					list = l
				}
			}
		}
		for _, r := range list {
			if r, ok := r.(members); ok {
				records = append(records, r)
			}
		}
	}
}

func readJSONValue(dec *json.Decoder) (any, error) {
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch tok {
	case json.Delim('{'):
		object := members{}
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return nil, err
			}
			value, err := readJSONValue(dec)
			if err != nil {
				return nil, err
			}
			object = append(object, struct {
				key   string
				value any
			}{key.(string), value})
		}
		_, err = dec.Token()
		return object, err
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			value, err := readJSONValue(dec)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		_, err = dec.Token()
		return list, err
	}
	return tok, nil
}

// jsonText is a value as JSON without blanks.
func jsonText(v any) string {
	switch v := v.(type) {
	case members:
		list := make([]string, len(v))
		for i, m := range v {
			list[i] = jsonText(m.key) + ":" + jsonText(m.value)
		}
		return "{" + strings.Join(list, ",") + "}"
	case []any:
		list := make([]string, len(v))
		for i, e := range v {
			list[i] = jsonText(e)
		}
		return "[" + strings.Join(list, ",") + "]"
	}
	if s, ok := v.(string); ok {
		return `"` + escapes.Replace(s) + `"`
	}
	text, _ := json.Marshal(v)
	return string(text)
}

// escapes writes what JSON cannot do without, as Jackson does; encoding/json
// escapes more.
var escapes = func() *strings.Replacer {
	pairs := []string{`"`, `\"`, `\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "\b", `\b`, "\f", `\f`}
	for c := range rune(' ') {
		pairs = append(pairs, string(c), fmt.Sprintf(`\u%04X`, c))
	}
	return strings.NewReplacer(pairs...)
}()

// trailRow makes the row of a record; extras are what has no column, by path.
type trailRow struct{ extras map[string]string }

func (r *trailRow) row(shape map[string]any, object members, path string) map[string]any {
	names, found := map[string]string{}, map[string]int{}
	for name := range shape {
		names[strings.ToLower(name)] = name
	}
	below := strings.TrimPrefix(path+".", ".")
	for i, m := range object {
		name, ok := names[strings.ToLower(m.key)]
		before, again := found[name]
		switch {
		case !ok:
			r.extras[below+m.key] = jsonText(m.value)
		case again && object[before].key == name && m.key != name: // AWS's spelling is the field
			r.extras[below+m.key] = jsonText(m.value)
		default:
			if again && object[before].key != m.key {
				r.extras[below+object[before].key] = jsonText(object[before].value)
			}
			found[name] = i
		}
	}
	row := map[string]any{}
	for name, i := range found {
		row[strings.ToLower(name)] = r.value(shape[name], object[i].value, below+object[i].key, below+name)
	}
	return row
}

// value is v in a column of a shape; written is its path as the record has it.
func (r *trailRow) value(shape, v any, written, path string) any {
	switch object, isObject := v.(members); shape := shape.(type) {
	case float64:
		if s, ok := v.(string); ok || v == nil {
			return map[bool]any{true: s, false: nil}[ok]
		}
		return jsonText(v)
	case map[string]any:
		if isObject {
			return r.row(shape, object, path)
		}
	case string:
		if isObject {
			row := map[string]any{}
			for _, m := range object {
				row[m.key] = r.value(float64(0), m.value, "", "")
			}
			return row
		}
	case []any:
		if list, ok := v.([]any); ok {
			rows := make([]any, len(list))
			for i, e := range list {
				at := fmt.Sprintf("%s[%d]", path, i)
				rows[i] = r.value(shape[0], e, at, at)
			}
			return rows
		}
	}
	if v != nil {
		r.extras[written] = jsonText(v)
	}
	return nil
}

// trailRows are the rows of a table of the lake.
func trailRows(t *testing.T, dir string) (all []string) {
	rowsOfLake(t, dir, func(row map[string]any) {
		if text, ok := row["additional_fields"].(string); ok {
			dec := json.NewDecoder(strings.NewReader(text))
			dec.UseNumber()
			v, err := readJSONValue(dec)
			if err != nil {
				t.Errorf("additional_fields %s: %v", text, err)
				return
			}
			extras := map[string]string{}
			for _, m := range v.(members) {
				extras[m.key] = jsonText(m.value)
			}
			row["additional_fields"] = extras
		}
		all = append(all, canonical(t, row))
	})
	return all
}

// canonical is a row as text, without its NULLs.
func canonical(t *testing.T, row map[string]any) string {
	withoutNulls(row)
	text, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func withoutNulls(v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			if value == nil {
				delete(v, name)
			}
			withoutNulls(value)
		}
	case []any:
		for _, e := range v {
			withoutNulls(e)
		}
	}
}
