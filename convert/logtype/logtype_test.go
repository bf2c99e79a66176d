package logtype_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"logsql/convert/batch"
	"logsql/convert/logtype"
	"logsql/convert/schema"
	"logsql/ingest/layout"
	"logsql/ingest/mirror"
)

var update = flag.Bool("update", false, "write the expected rows of testdata/logs anew")

// TestSamples walks the table of log types: each has a sample object in
// testdata/logs with its key, the rows it becomes, and its bad lines.
func TestSamples(t *testing.T) {
	for _, typ := range logtype.Types {
		t.Run(typ.Name, func(t *testing.T) {
			dir := filepath.Join("..", "..", "testdata", "logs", typ.Name)
			object := read(t, filepath.Join(dir, "sample.log"))
			key := strings.TrimSpace(read(t, filepath.Join(dir, "sample.key")))
			if got := layout.Parse(key).Type; got != typ.Name && got != typ.Keys {
				t.Errorf("the key is one of %q", got)
			}
			if !typ.Sniff([]byte(object)) {
				t.Error("Sniff does not know the sample")
			}
			s, err := decode(t, typ.Name, key, object)
			if err != nil {
				t.Error(err)
			}
			golden(t, filepath.Join(dir, "sample.jsonl"), s.rows(t))
			golden(t, filepath.Join(dir, "sample.bad"), s.bad)
		})
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("every log type needs a sample: %v", err)
	}
	return string(data)
}

func golden(t *testing.T, path string, got []string) {
	t.Helper()
	text := strings.Join(got, "\n") + "\n"
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	compare(t, filepath.Base(path), strings.SplitAfter(text, "\n"), strings.SplitAfter(read(t, path), "\n"))
}

func TestTable(t *testing.T) {
	if typ := logtype.ByName("s3_access_logs"); typ == nil || typ.Name != "s3_access_logs" {
		t.Errorf("ByName found %v", typ)
	}
	if typ := logtype.ByName("nothing"); typ != nil {
		t.Errorf("ByName(nothing) found %s", typ.Name)
	}
	for name, want := range map[string]string{
		"cloudtrail_insights":   "eventversion string,eventtime string,awsregion string,eventid string,eventtype string,recipientaccountid string,sharedeventid string,insightdetails struct<state:string,eventsource:string,eventname:string,errorcode:string,insighttype:string,insightcontext:string>,eventcategory string,addendum struct<reason:string,updatedfields:string,originalrequestid:string,originaleventid:string>,additional_fields string",
		"cloudtrail_aggregated": "eventversion string,accountid string,eventid string,eventcategory string,eventtype string,awsregion string,eventsource string,timewindow struct<windowstart:string,windowend:string,windowsize:string>,summary string,additional_fields string",
		"vpc_flow_logs":         "version int,account_id string,interface_id string,srcaddr string,dstaddr string,srcport int,dstport int,protocol bigint,packets bigint,bytes bigint,start bigint,end bigint,action string,log_status string,vpc_id string,subnet_id string,instance_id string,tcp_flags int,type string,pkt_srcaddr string,pkt_dstaddr string,region string,az_id string,sublocation_type string,sublocation_id string,pkt_src_aws_service string,pkt_dst_aws_service string,flow_direction string,traffic_path int",
		"s3_access_logs":        "bucketowner string,bucket_name string,requestdatetime string,remoteip string,requester string,requestid string,operation string,key string,request_uri string,httpstatus string,errorcode string,bytessent bigint,objectsize bigint,totaltime string,turnaroundtime string,referrer string,useragent string,versionid string,hostid string,sigv string,ciphersuite string,authtype string,endpoint string,tlsversion string,accesspointarn string,aclrequired string,sourceregion string,additional_fields string",
		"cloudtrail_logs":       "eventversion string,useridentity struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,accesskeyid:string,username:string,onbehalfof:struct<userid:string,identitystorearn:string>,sessioncontext:struct<attributes:struct<mfaauthenticated:string,creationdate:string>,sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>,ec2roledelivery:string,webidfederationdata:struct<federatedprovider:string,attributes:map<string,string>>>>,eventtime string,eventsource string,eventname string,awsregion string,sourceipaddress string,useragent string,errorcode string,errormessage string,requestparameters string,responseelements string,additionaleventdata string,requestid string,eventid string,resources array<struct<arn:string,accountid:string,type:string>>,eventtype string,apiversion string,readonly string,recipientaccountid string,serviceeventdetails string,sharedeventid string,vpcendpointid string,vpcendpointaccountid string,managementevent string,eventcategory string,addendum struct<reason:string,updatedfields:string,originalrequestid:string,originaleventid:string>,sessioncredentialfromconsole string,edgedevicedetails string,tlsdetails struct<tlsversion:string,ciphersuite:string,clientprovidedhostheader:string,keyexchange:string>,eventcontext string,additional_fields string",
	} {
		var columns []string
		for _, c := range logtype.ByName(name).Columns {
			columns = append(columns, c.Name+" "+c.Type.Hive())
		}
		if got := strings.Join(columns, ","); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}

func TestSniff(t *testing.T) {
	for _, c := range []struct{ name, head, want string }{
		{"flow header", "interface-id srcaddr dstaddr bytes\n", "vpc_flow_logs"},
		{"flow without header", v2Line + "\n", "vpc_flow_logs"},
		{"flow without data", "2 123456789012 eni-0a - - - - - - - 1768435200 1768435260 - NODATA\n", "vpc_flow_logs"},
		{"gateway header", "tgw-id srcaddr dstaddr bytes\n", "transit_gateway_flow_logs"},
		{"gateway without header", gatewayLine + "\n", "transit_gateway_flow_logs"},
		{"gateway without data", "6 TransitGateway 123456789012 tgw-0a" + strings.Repeat(" -", 32) + "\n", "transit_gateway_flow_logs"},
		{"somebody else's with as many fields", "6 TransitGateway 123456789012 x" + strings.Repeat(" -", 32) + "\n", ""},
		{"access", access24 + "\n", "s3_access_logs"},
		{"access, the first line cut", access24[:120], "s3_access_logs"},
		{"access of old", accessOld, "s3_access_logs"},
		{"trail", records(eventA), "cloudtrail_logs"},
		{"trail, pretty", "\xef\xbb\xbf\n{ \"Records\" : [\n {\"eventVersion\": \"1.11\", \"userIdentity\": {", "cloudtrail_logs"},
		{"trail as a list", "[" + eventA + "]", "cloudtrail_logs"},
		{"insight", `{"Records":[{"eventVersion":"1.08","eventTime":"2026-01-15T01:00:00Z","eventType":"AwsCloudTrailInsight"}]}`, "cloudtrail_insights"},
		{"network activity", records(event(`,"eventType":"AwsVpceEvent"`)), "cloudtrail_network_activity"},
		{"network activity among others", records(event(`,"eventType":"AwsVpceEvent"`), event(`,"eventType":"AwsApiCall"`)), "cloudtrail_logs"},
		{"aggregated", `[{"eventVersion":"1.0","eventType":"AwsAggregatedEvent"}]`, "cloudtrail_aggregated"},
		{"digest", `{"awsAccountId":"123456789012","digestStartTime":"2026-01-15T00:00:00Z","eventVersion":1,"eventTime":2}`, ""},
		{"S3's notifications", `{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"cn-north-1","eventTime":"2026-01-15T01:00:00.000Z","eventName":"ObjectCreated:Put","userIdentity":{"principalId":"x"}}]}`, ""},
		{"JSON", `{"version":1}`, ""},
		{"a load balancer's", "http 2026-01-01T01:00:00.000000Z app/x 10.0.0.1:1 10.0.0.2:80 0.000 0.001 0.000 200 200 34 366 \"GET http://x:80/ HTTP/1.1\"\n", ""},
		{"a web server's", "203.0.113.9 - alice [16/Jan/2026:01:00:00 +0000] \"GET / HTTP/1.1\" 200 5\n", ""},
		{"prose", "start at the end of the type\n", ""},
		{"nothing", "", ""},
		{"zeros", strings.Repeat("\x00", 4096), ""},
	} {
		got := ""
		for _, typ := range logtype.Types {
			if typ.Sniff([]byte(c.head)) {
				got += typ.Name
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestReadError takes an object whose reader fails in the middle of a record:
// what came before is stored, and the unfinished record is not made up.
func TestReadError(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"vpc_flow_logs":   {v2Header + v2Line + "\n" + v2Line[:80], "after line 2: unexpected EOF"},
		"s3_access_logs":  {access24 + "\n" + access24[:100], "after line 1: unexpected EOF"},
		"cloudtrail_logs": {records(eventA, eventB)[:150], "after 2 records: unexpected EOF"},
	} {
		s := &sink{}
		body := io.MultiReader(strings.NewReader(c.text), iotest.ErrReader(io.ErrUnexpectedEOF))
		err := logtype.ByName(name).Decode(t.Context(), &logtype.Input{Object: mirror.Object{LastModified: day}, Body: body}, s)
		if s.stored != 1 || len(s.bad) != 0 || errText(err) != c.want {
			t.Errorf("%s: %d stored, bad %q, error %v", name, s.stored, s.bad, err)
		}
	}
}

func TestStops(t *testing.T) {
	for name, text := range map[string]string{
		"vpc_flow_logs": v2Line + "\n" + v2Line, "s3_access_logs": access24 + "\n" + access24, "cloudtrail_logs": records(eventA, eventB),
	} {
		s := &sink{failAt: 2}
		if err := decodeTo(t, s, name, "x", text); !errors.Is(err, errSink) || s.stored != 2 {
			t.Errorf("%s: the sink's error: %v", name, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := logtype.ByName(name).Decode(ctx, &logtype.Input{Body: strings.NewReader(text)}, &sink{})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: cancelled: %v", name, err)
		}
	}
}

// reset empties every batch and keeps it, as the driver does with full ones.
type reset struct{ sink }

func (r *reset) Batch(partition []string, columns []schema.Column) (*batch.Batch, error) {
	if len(r.parts) == 1 && &r.parts[0].columns[0] == &columns[0] {
		return r.parts[0].batch, nil
	}
	return r.sink.Batch(partition, columns)
}

func (r *reset) Record(b *batch.Batch) error {
	b.EndRecord()
	r.stored++
	if b.Len() == 1000 {
		b.Reset()
	}
	return nil
}

// repeat is text n times over.
type repeat struct {
	text string
	n    int
	at   int
}

func (r *repeat) Read(p []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.text[r.at:])
	if r.at += n; r.at == len(r.text) {
		r.at = 0
		r.n--
	}
	return n, nil
}

func BenchmarkDecode(b *testing.B) {
	event := eventA[:len(eventA)-1] + `,"userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE","arn":"arn:aws-cn:iam::123456789012:user/alice","accountId":"123456789012","userName":"alice","sessionContext":{"attributes":{"mfaAuthenticated":"false","creationDate":"2026-01-15T00:00:00Z"}}},"eventSource":"ec2.amazonaws.com","awsRegion":"cn-north-1","sourceIPAddress":"203.0.113.9","userAgent":"aws-cli/2","requestParameters":{"instancesSet":{"items":[{"instanceId":"i-0a1b2c3d4e5f60718"}]},"filterSet":{}},"responseElements":null,"requestID":"11111111-2222-4333-8444-555555555555","eventID":"11111111-2222-4333-8444-555555555556","readOnly":true,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"123456789012","eventCategory":"Management"}`
	for _, c := range []struct{ typ, key, record string }{
		{"vpc_flow_logs", flowKey, v2Line + "\n"},
		{"s3_access_logs", datedKey, access24 + "\n"},
		{"cloudtrail_logs", trailKey, event + "\n"},
	} {
		b.Run(c.typ, func(b *testing.B) {
			b.SetBytes(int64(len(c.record)))
			b.ReportAllocs()
			in := &logtype.Input{Object: mirror.Object{LastModified: day}, Match: layout.Parse(c.key), Body: &repeat{text: c.record, n: b.N}}
			if err := logtype.ByName(c.typ).Decode(b.Context(), in, &reset{}); err != nil {
				b.Fatal(err)
			}
		})
	}
}
