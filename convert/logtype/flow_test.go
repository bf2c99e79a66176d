package logtype_test

import (
	"strings"
	"testing"
)

const (
	flowKey   = "AWSLogs/123456789012/vpcflowlogs/cn-north-1/2026/01/15/123456789012_vpcflowlogs_cn-north-1_fl-0a1b2c3d4e5f60718_20260115T0000Z_abcdef01.log.gz"
	v2Header  = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n"
	v2Line    = "2 123456789012 eni-0a 10.0.0.1 203.0.113.9 49152 443 6 3 180 1768435200 1768435260 ACCEPT OK"
	v2Columns = `"version":2,"account_id":"123456789012","interface_id":"eni-0a","srcaddr":"10.0.0.1","dstaddr":"203.0.113.9","srcport":49152,"dstport":443,"protocol":6,"packets":3,"bytes":180,"start":1768435200,"end":1768435260,"action":"ACCEPT","log_status":"OK"}`
	v2Row     = `{"partition":"2026/01/15",` + v2Columns
)

const gatewayLine = "6 TransitGateway 123456789012 tgw-0a1b tgw-attach-01 111111111111 222222222222 vpc-0a vpc-0b subnet-0a subnet-0b eni-0a eni-0b cnn1-az1 cnn1-az2 tgw-attach-02 10.1.0.5 10.2.0.9 49152 443 6 10 5200 1768435200 1768435260 OK IPv4 1 0 2 0 19 cn-north-1 ingress - S3"

func with(line, old, replacement string) string { return strings.Replace(line, old, replacement, 1) }

func TestFlow(t *testing.T) {
	for _, d := range []decoded{
		{name: "version 2", text: v2Header + v2Line + "\n", rows: []string{v2Row}},
		{name: "no header", text: v2Line + "\n" + v2Line, rows: []string{v2Row, v2Row}},
		{name: "header only", text: v2Header},
		{name: "nothing", text: ""},
		{name: "blank lines", text: "\n\r\n  \n" + v2Header + "\n\n"},
		{
			name: "any order", text: "bytes dstaddr action start version\n180 203.0.113.9 REJECT 1768435200 5\n",
			rows: []string{`{"partition":"2026/01/15","version":5,"dstaddr":"203.0.113.9","bytes":180,"start":1768435200,"action":"REJECT"}`},
		},
		{
			name: "no data", text: v2Header + "2 123456789012 eni-0a - - - - - - - 1768435200 1768435260 - NODATA\n",
			rows: []string{`{"partition":"2026/01/15","version":2,"account_id":"123456789012","interface_id":"eni-0a","srcaddr":"-","dstaddr":"-","start":1768435200,"end":1768435260,"action":"-","log_status":"NODATA"}`},
		},
		{
			name: "a field of tomorrow", text: "srcaddr brand-new-field bytes\n10.0.0.1 x-y 7\n10.0.0.1 - -\n",
			rows: []string{`{"partition":"2026/01/15","srcaddr":"10.0.0.1","bytes":7,"brand_new_field":"x-y"}`, `{"partition":"2026/01/15","srcaddr":"10.0.0.1","brand_new_field":"-"}`},
		},
		{
			name: "a field of tomorrow first", text: "brand-new-field srcaddr\nq 10.0.0.1\n",
			rows: []string{`{"partition":"2026/01/15","srcaddr":"10.0.0.1","brand_new_field":"q"}`},
		},
		{
			name: "a field twice", text: "srcaddr srcaddr bytes bytes\n10.0.0.1 10.0.0.9 1 2\n",
			rows: []string{`{"partition":"2026/01/15","srcaddr":"10.0.0.1","bytes":1,"srcaddr_2":"10.0.0.9","bytes_2":"2"}`},
		},
		{
			name: "twice beside a name like it", text: "instance-tag-2 instance-tag instance-tag\na b c\n",
			rows: []string{`{"partition":"2026/01/15","instance_tag":"b","instance_tag_2":"a","instance_tag_3":"c"}`},
		},
		{name: "names of the table's own", text: "srcaddr day source-object\n10.0.0.1 x y\n", rows: []string{`{"partition":"2026/01/15","srcaddr":"10.0.0.1","day_2":"x","source_object_2":"y"}`}},
		{
			name: "names in capitals", text: "SRCADDR ACCOUNT_ID\n10.0.0.1 123456789012\n",
			rows: []string{`{"partition":"2026/01/15","account_id":"123456789012","srcaddr":"10.0.0.1"}`},
		},
		{name: "header again", text: v2Header + v2Line + "\n" + v2Header + v2Line + "\n", rows: []string{v2Row, v2Row}},
		{name: "words between", text: v2Header + "start of the end\n" + v2Line, rows: []string{v2Row}, bad: []string{"2: 4 of the header's 14 fields"}},
		{
			name: "another header", text: v2Header + v2Line + "\nbytes srcaddr\n77 10.0.0.2\n",
			rows: []string{v2Row, `{"partition":"2026/01/15","srcaddr":"10.0.0.2","bytes":77}`},
		},
		{
			name: "versions 5 to 11", text: "traffic-path tcp-flags ecs-task-id reject-reason encryption-status next-hop-vpc-id packets-lost-blackhole\n8 19 t BPA 1 vpc-0a 4\n",
			rows: []string{`{"partition":"2026/01/15","tcp_flags":19,"traffic_path":8,"packets_lost_blackhole":4,"ecs_task_id":"t","reject_reason":"BPA","encryption_status":"1","next_hop_vpc_id":"vpc-0a"}`},
		},
		{name: "words as values", text: "action log-status\nACCEPT OK\n", rows: []string{`{"partition":"2026/01/15","action":"ACCEPT","log_status":"OK"}`}},
		{
			name: "mark, tabs, blanks, CR", text: "\xef\xbb\xbf" + with(v2Header, "\n", "\r\n") + " " + with(v2Line, " ", "\t") + " \r\n" + with(v2Line, " ", "  "),
			rows: []string{v2Row, v2Row},
		},
		{
			name: "numbers", text: "srcport bytes\n70000 9223372036854775807\n3000000000 1\n12.5 0.9\n0 0\n",
			rows: []string{`{"partition":"2026/01/15","srcport":70000,"bytes":9223372036854775807}`, `{"partition":"2026/01/15","bytes":1}`, `{"partition":"2026/01/15","srcport":12,"bytes":0}`, `{"partition":"2026/01/15","srcport":0,"bytes":0}`},
		},
		{
			name: "no numbers", text: "srcaddr bytes\n10.0.0.1 9223372036854775808\n10.0.0.1 0x10\n10.0.0.1 -5\n10.0.0.1 1e3\n10.0.0.1 .5\n10.0.0.1 5\n",
			rows: []string{`{"partition":"2026/01/15","srcaddr":"10.0.0.1","bytes":5}`},
			bad: []string{
				"2: bytes: 9223372036854775808 is over 64 bits", `3: bytes: "0x10" is no number`, `4: bytes: "-5" is no number`,
				`5: bytes: "1e3" is no number`, `6: bytes: ".5" is no number`,
			},
		},
		{
			name: "wrong counts", text: v2Header + "2 123456789012\n" + v2Line + " extra\n" + v2Line + " # a remark\n...\n",
			bad: []string{"2: 2 of the header's 14 fields", "3: more than the 14 fields of the header", "4: more than the 14 fields of the header", "5: 1 of the header's 14 fields"},
		},
		{name: "cut at the end", text: v2Header + v2Line + "\n" + v2Line[:60], rows: []string{v2Row}, bad: []string{"3: 10 of the header's 14 fields"}},
		{
			name: "bytes", text: v2Header + with(v2Line, "eni-0a", "eni-\xff") + "\n" + with(v2Line, "eni-0a", "eni-\x00") + "\n" + v2Line,
			rows: []string{v2Row}, bad: []string{"2: the line is not UTF-8", "3: the line holds a zero byte"},
		},
		{name: "gzip inside", text: "\x1f\x8b\x08\x00\n\n\n", bad: []string{"1: compressed twice: there is gzip data inside, no text"}},
		{
			name: "no day in the key: its own", key: "export/flow.log", text: v2Header + v2Line + "\n" + with(v2Line, "1768435200", "1768348799"),
			rows: []string{v2Row, with(with(v2Row, "01/15", "01/13"), "1768435200", "1768348799")},
		},
		{
			name: "no day in the key, no good start", key: "export/flow.log", text: "srcaddr start\n10.0.0.1 -\n10.0.0.2 0\n10.0.0.3 1768435200000\n",
			rows: []string{`{"partition":"2026/01/20","srcaddr":"10.0.0.1"}`, `{"partition":"2026/01/20","srcaddr":"10.0.0.2","start":0}`, `{"partition":"2026/01/20","srcaddr":"10.0.0.3","start":1768435200000}`},
		},
		{
			name: "no day anywhere", key: "export/flow.log", text: "srcaddr dstaddr\n10.0.0.1 10.0.0.2\n",
			rows: []string{`{"partition":"2026/01/20","srcaddr":"10.0.0.1","dstaddr":"10.0.0.2"}`},
		},
	} {
		if d.key == "" {
			d.key = flowKey
		}
		d.run(t, "vpc_flow_logs")
	}
}
