package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"
)

type object = map[string]any

func trailObjects(objects tree) {
	r := source(3)
	for n := range 3 {
		for _, hour := range []int{0, 10, 22} {
			at := dayN(n).Add(time.Duration(hour)*time.Hour + 5*time.Minute)
			objects[trailKey(r, "123456789012", "CloudTrail", "123456789012", "cn-north-1", at)] = zipped(trailFile(r, "123456789012", "cn-north-1", at, 12, n == 1))
		}
		at := dayN(n).Add(15 * time.Hour)
		objects[trailKey(r, "o-exampleorg1/111122223333", "CloudTrail", "111122223333", "cn-northwest-1", at)] = zipped(trailFile(r, "111122223333", "cn-northwest-1", at, 8, false))
	}
	at := dayN(0).Add(time.Hour)
	objects[trailKey(r, "123456789012", "CloudTrail-Digest", "123456789012", "cn-north-1", at)] = zipped(encode(object{
		"awsAccountId": "123456789012", "digestStartTime": "2021-12-04T00:00:00Z", "digestEndTime": "2021-12-04T01:00:00Z", "logFiles": []any{},
	}, false))
	objects[trailKey(r, "123456789012", "CloudTrail-Insight", "123456789012", "cn-north-1", at)] = zipped(encode(object{
		"Records": []any{object{
			"eventVersion": "1.08", "eventTime": "2021-12-04T01:00:00Z", "awsRegion": "cn-north-1", "eventType": "AwsCloudTrailInsight",
			"insightDetails": object{"state": "Start", "eventName": "DeleteObject"},
		}},
	}, false))
}

func trailKey(r *rand.Rand, folder, kind, account, region string, at time.Time) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	return fmt.Sprintf("AWSLogs/%s/%s/%s/%s/%s_%s_%s_%s_%s.json.gz", folder, kind, region, datePath(at), account, kind, region,
		at.Format("20060102T1504Z"), random(r, 16, letters))
}

func trailFile(r *rand.Rand, account, region string, at time.Time, records int, pretty bool) []byte {
	list := make([]any, records)
	for n := range list {
		list[n] = trailRecord(r, account, region, at.Add(-time.Duration(records-n)*23*time.Second), n)
	}
	return encode(object{"Records": list}, pretty)
}

// trailRecord is the n-th record of a file: mostly S3 data events, as the
// guides ask about, and some of other services, with and without an error.
func trailRecord(r *rand.Rand, account, region string, at time.Time, n int) object {
	record := object{
		"eventVersion": "1.08", "userIdentity": trailIdentity(r, account), "eventTime": at.Format(time.RFC3339),
		"eventSource": "s3.amazonaws.com", "eventName": pick(r, []string{"GetObject", "GetObject", "PutObject", "HeadObject", "DeleteObject"}),
		"awsRegion": region, "sourceIPAddress": pick(r, []string{"203.0.113.20", "198.51.100.5", "AWS Internal", "athena.amazonaws.com"}),
		"userAgent": `[aws-cli/2.4.5 "prompt/off" 日志]`,
		"requestParameters": object{
			"bucketName": "example-data", "Host": "example-data.s3." + region + ".amazonaws.com.cn",
			"key": pick(r, []string{"reports/2021/11.csv", "images/logo.png", "日志/a b.txt"}),
		},
		"responseElements": nil,
		"additionalEventData": object{
			"SignatureVersion": "SigV4", "CipherSuite": "ECDHE-RSA-AES128-GCM-SHA256",
			"bytesTransferredIn": 0, "bytesTransferredOut": r.IntN(900_000), "AuthenticationMethod": "AuthHeader",
		},
		"requestID": accessID(r), "eventID": trailUUID(r), "readOnly": true, "eventType": "AwsApiCall", "managementEvent": false,
		"resources": []any{
			object{"type": "AWS::S3::Object", "ARN": "arn:aws-cn:s3:::example-data/reports/2021/11.csv"},
			object{"accountId": account, "type": "AWS::S3::Bucket", "ARN": "arn:aws-cn:s3:::example-data"},
		},
		"recipientAccountId": account, "eventCategory": "Data",
		"tlsDetails": object{"tlsVersion": "TLSv1.2", "cipherSuite": "ECDHE-RSA-AES128-GCM-SHA256", "clientProvidedHostHeader": "example-data.s3." + region + ".amazonaws.com.cn"},
	}
	switch n % 6 {
	case 4:
		record["errorCode"], record["errorMessage"] = "AccessDenied", "Access Denied"
	case 5:
		record["eventSource"], record["eventName"], record["eventCategory"], record["managementEvent"] = "ec2.amazonaws.com", "DescribeInstances", "Management", true
		record["requestParameters"] = object{"instancesSet": object{}, "filterSet": object{"items": []any{object{"name": "tag:shop", "valueSet": object{"items": []any{object{"value": "蓝"}}}}}}}
		delete(record, "resources")
		delete(record, "additionalEventData")
		record["brandNewField"] = object{"since": 2026}
	}
	return record
}

func trailIdentity(r *rand.Rand, account string) object {
	switch r.IntN(3) {
	case 0:
		return object{
			"type": "IAMUser", "principalId": "AIDAEXAMPLE" + random(r, 4, "ABCD"), "arn": "arn:aws-cn:iam::" + account + ":user/alice",
			"accountId": account, "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "userName": "alice",
		}
	case 1:
		return object{"type": "AWSService", "invokedBy": "cloudtrail.amazonaws.com"}
	}
	return object{
		"type": "AssumedRole", "principalId": "AROAEXAMPLE:job-7", "arn": "arn:aws-cn:sts::" + account + ":assumed-role/etl/job-7",
		"accountId": account, "accessKeyId": "ASIAIOSFODNN7EXAMPLE", "sessionContext": object{
			"sessionIssuer":       object{"type": "Role", "principalId": "AROAEXAMPLE", "arn": "arn:aws-cn:iam::" + account + ":role/etl", "accountId": account, "userName": "etl"},
			"webIdFederationData": object{}, "attributes": object{"creationDate": "2021-12-04T00:00:00Z", "mfaAuthenticated": "false"},
		},
	}
}

func trailUUID(r *rand.Rand) string {
	return fmt.Sprintf("%s-%s-4%s-8%s-%s", random(r, 8, hexDigits), random(r, 4, hexDigits), random(r, 3, hexDigits), random(r, 3, hexDigits), random(r, 12, hexDigits))
}

func encode(v any, pretty bool) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if pretty {
		e.SetIndent("", "  ")
	}
	if err := e.Encode(v); err != nil {
		panic(err) // only values of this file come here
	}
	return b.Bytes()
}
