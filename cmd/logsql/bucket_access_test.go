package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

const accessOwner = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"

// accessAgents are user agents as clients send them. S3 does not escape their
// quotes.
var accessAgents = []string{
	"S3Console/0.4",
	"aws-cli/2.4.5 Python/3.8.8 Linux/5.4.0 exe/x86_64.ubuntu.20 prompt/off command/s3.cp",
	`My "quoted" browser 1.0`,
	`""Mozilla/5.0 (Windows NT 10.0)`,
	"-",
}

var accessKeys = []string{"reports/2021/11.csv", "images/logo.png", "backups/db%2Bfull.dump", "%E6%97%A5%E5%BF%97/a%2520b.txt"}

var accessPeers = []string{"203.0.113.20", "203.0.113.77", "198.51.100.5", "2001:db8::7"}

func accessObjects(objects tree) {
	r := source(2)
	for n := range 3 {
		for _, hour := range []int{2, 9, 17} {
			at := dayN(n).Add(time.Duration(hour)*time.Hour + 21*time.Minute + 30*time.Second)
			objects["access/"+at.Format("2006-01-02-15-04-05-")+accessID(r)] = accessFile(r, at, 8)
		}
		at := dayN(n).Add(11 * time.Hour)
		objects["access-by-date/123456789012/cn-north-1/example-data/"+datePath(at)+"/"+at.Format("2006-01-02-15-04-05-")+accessID(r)] = accessFile(r, at, 10)
	}
}

func accessID(r *rand.Rand) string { return random(r, 16, "0123456789ABCDEF") }

func accessFile(r *rand.Rand, at time.Time, lines int) []byte {
	var b strings.Builder
	for n := range lines {
		when := at.Add(-time.Duration(lines-n) * 97 * time.Second)
		switch {
		case n == 3:
			b.WriteString(lifecycleLine(r, when))
		case n == 5:
			b.WriteString(copyLine(r, when))
		default:
			b.WriteString(accessLine(r, when, 18+n%10))
		}
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

// accessLine is a GET or PUT with the first fields of the 27 there are today;
// lines of 18 fields were written until 2018.
func accessLine(r *rand.Rand, at time.Time, fields int) string {
	if fields > 18 && fields < 24 {
		fields = 24
	}
	key, op, size := pick(r, accessKeys), pick(r, []string{"GET", "GET", "PUT", "HEAD"}), 100+r.IntN(1_000_000)
	status, code, sent := "200", "-", strconv.Itoa(size)
	if op != "GET" {
		sent = "-"
	}
	if r.IntN(7) == 0 {
		status, code, sent = "403", "AccessDenied", "243"
	}
	uri := fmt.Sprintf(`"%s /%s?name="a%d.csv" HTTP/1.1"`, op, key, r.IntN(9))
	if r.IntN(4) > 0 {
		uri = fmt.Sprintf(`"%s /%s HTTP/1.1"`, op, key)
	}
	referrer := pick(r, []string{`"-"`, "-", `"https://console.amazonaws.cn/s3/home"`})
	all := []string{
		accessOwner, "example-data", at.Format("[02/Jan/2006:15:04:05 -0700]"), pick(r, accessPeers),
		pick(r, []string{"-", "arn:aws-cn:iam::123456789012:user/alice", "arn:aws-cn:sts::123456789012:assumed-role/etl/job-7"}),
		accessID(r), "REST." + op + ".OBJECT", key, uri, status, code, sent, strconv.Itoa(size),
		strconv.Itoa(5 + r.IntN(90)), strconv.Itoa(1 + r.IntN(50)), referrer, `"` + pick(r, accessAgents) + `"`, "-",
		random(r, 20, hexDigits) + "=", "SigV4", "ECDHE-RSA-AES128-GCM-SHA256", "AuthHeader", "example-data.s3.cn-north-1.amazonaws.com.cn", "TLSv1.2",
		"-", "Yes", "cn-north-1",
	}
	return strings.Join(all[:fields], " ")
}

func lifecycleLine(r *rand.Rand, at time.Time) string {
	return strings.Join([]string{
		accessOwner, "example-data", at.Format("[02/Jan/2006:15:04:05 -0700]"), "-", "AmazonS3", accessID(r),
		"S3.EXPIRE.OBJECT", pick(r, accessKeys), `"-"`, "-", "-", "-", strconv.Itoa(r.IntN(5000)), "-", "-", `"-"`, `"-"`, "-",
		random(r, 20, hexDigits) + "=", "-", "-", "-", "-", "-",
	}, " ")
}

func copyLine(r *rand.Rand, at time.Time) string {
	return strings.Join([]string{
		accessOwner, "example-data", at.Format("[02/Jan/2006:15:04:05 -0700]"), pick(r, accessPeers),
		"arn:aws-cn:iam::123456789012:user/alice", accessID(r), "REST.COPY.OBJECT_GET", pick(r, accessKeys), "-", "200", "-", "-",
		strconv.Itoa(r.IntN(500_000)), "-", "-", "-", "-", "-", random(r, 20, hexDigits) + "=", "SigV4", "ECDHE-RSA-AES128-GCM-SHA256",
		"AuthHeader", "s3.cn-north-1.amazonaws.com.cn", "TLSv1.2", "-", "-",
	}, " ")
}
