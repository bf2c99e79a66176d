package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

const flowV2 = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"

// flowFormats are the formats of the example's flow logs: the default, a custom
// order with fields up to version 5, and one with a field nobody knows.
var flowFormats = []struct {
	name, header string
}{
	{"default", flowV2},
	{"custom", "vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status version region az-id pkt-src-aws-service flow-direction traffic-path"},
	{"newer", flowV2 + " reject-reason shop-colour"},
}

var (
	flowInside  = []string{"10.0.1.10", "10.0.1.11", "10.0.1.20", "10.0.2.30"}
	flowOutside = []string{"203.0.113.20", "203.0.113.77", "198.51.100.5", "192.0.2.44"}
	flowPorts   = []string{"443", "22", "3306", "3389", "53"}
)

func flowObjects(objects tree) {
	r := source(1)
	for n := range 3 {
		for _, hour := range []int{1, 13} {
			at := dayN(n).Add(time.Duration(hour) * time.Hour)
			objects[flowKey("AWSLogs/123456789012/vpcflowlogs/cn-north-1/"+datePath(at), "123456789012", "cn-north-1", "fl-0a1b2c3d4e5f60718", at, r)] = zipped(flowFile(r, flowFormats[0].header, true, "123456789012", at, 40))
		}
		at := dayN(n).Add(6 * time.Hour)
		objects[flowKey("AWSLogs/111122223333/vpcflowlogs/cn-northwest-1/"+datePath(at)+"/06", "111122223333", "cn-northwest-1", "fl-0f9e8d7c6b5a43210", at, r)] = zipped(flowFile(r, flowFormats[1].header, true, "111122223333", at, 30))
	}
	at := dayN(2).Add(8 * time.Hour)
	hive := fmt.Sprintf("hive/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=cn-northwest-1/year=%04d/month=%02d/day=%02d", at.Year(), at.Month(), at.Day())
	objects[flowKey(hive, "123456789012", "cn-northwest-1", "fl-00112233445566778", at, r)] = zipped(flowFile(r, flowFormats[2].header, true, "123456789012", at, 20))
	at = dayN(1).Add(20 * time.Hour)
	objects["exported/AWSLogs/123456789012/vpcflowlogs/cn-north-1/"+datePath(at)+"/123456789012_vpcflowlogs_cn-north-1_fl-0aa0bb0cc0dd0ee01_20211205T2000Z_77aa88bb.log"] = flowFile(r, flowV2, false, "123456789012", at, 15)
}

func flowKey(dir, account, region, id string, at time.Time, r *rand.Rand) string {
	return fmt.Sprintf("%s/%s_vpcflowlogs_%s_%s_%s_%s.log.gz", dir, account, region, id, at.Format("20060102T1504Z"), random(r, 8, hexDigits))
}

func flowFile(r *rand.Rand, header string, withHeader bool, account string, at time.Time, records int) []byte {
	var b strings.Builder
	if withHeader {
		b.WriteString(header + "\n")
	}
	fields := strings.Fields(header)
	for n := range records {
		record := flowRecord(r, account, at.Add(time.Duration(n)*7*time.Second), n)
		for i, field := range fields {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(record[field])
		}
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

// flowRecord is the n-th record of a file: the first two say NODATA and
// SKIPDATA, each ninth is IPv6, each fifth was rejected.
func flowRecord(r *rand.Rand, account string, at time.Time, n int) map[string]string {
	start := at.Unix()
	record := map[string]string{
		"version": "2", "account-id": account, "interface-id": "eni-0" + random(r, 1, "abcd") + "00000000000001",
		"start": strconv.FormatInt(start, 10), "end": strconv.FormatInt(start+59, 10), "log-status": "OK",
		"vpc-id": "vpc-0123456789abcdef0", "subnet-id": "subnet-0aaaabbbbccccdddd", "instance-id": "i-0fedcba987654321f",
		"region": "cn-northwest-1", "az-id": "cnnw1-az1", "shop-colour": pick(r, []string{"red", "green", "-"}),
	}
	if n < 2 {
		record["log-status"] = []string{"NODATA", "SKIPDATA"}[n]
		return dashed(record)
	}
	src, dst, kind := pick(r, flowInside), pick(r, flowOutside), "IPv4"
	if n%9 == 0 {
		src, dst, kind = "2001:db8:1::10", "2001:db8:ffff::"+random(r, 1, "123"), "IPv6"
	}
	if r.IntN(2) == 0 {
		src, dst = dst, src
	}
	packets := 1 + r.IntN(40)
	record["srcaddr"], record["dstaddr"], record["pkt-srcaddr"], record["pkt-dstaddr"], record["type"] = src, dst, src, dst, kind
	record["srcport"], record["dstport"] = strconv.Itoa(32768+r.IntN(20000)), pick(r, flowPorts)
	record["protocol"] = pick(r, []string{"6", "6", "6", "17"})
	record["packets"], record["bytes"] = strconv.Itoa(packets), strconv.Itoa(packets*(40+r.IntN(1400)))
	record["action"], record["tcp-flags"], record["flow-direction"] = "ACCEPT", "19", "egress"
	if n%5 == 0 {
		record["action"], record["tcp-flags"], record["flow-direction"] = "REJECT", "2", "ingress"
	}
	return dashed(record)
}

// dashed fills the fields that a record does not have as AWS does.
func dashed(record map[string]string) map[string]string {
	for _, format := range flowFormats {
		for field := range strings.FieldsSeq(format.header) {
			if record[field] == "" {
				record[field] = "-"
			}
		}
	}
	return record
}
