package main

import (
	"path/filepath"
	"testing"

	"logsql/ingest/s3/s3test"
)

const (
	partitionHint = "accounts and buckets of China (aws-cn) and of the rest of the world (aws) do not know each other: check --region (cn-north-1, cn-northwest-1) and --profile"
	regionHint    = "give the bucket's region with --region; a bucket of another partition (aws, aws-cn) is not asked for with these credentials"
	signInHint    = "sign in again and run the same command: what has been fetched is kept"
	acrossHint    = "; across accounts the bucket policy must allow it too, and the object's owner; a bucket whose reader pays needs --request-payer"
	listHint      = "the caller needs s3:ListBucket on arn:aws-cn:s3:::logs" + acrossHint
	getHint       = "the caller needs s3:GetObject on arn:aws-cn:s3:::logs/*" + acrossHint
	trailLog      = "AWSLogs/1/CloudTrail/cn-north-1/2021/12/04/1_CloudTrail_cn-north-1_20211204T0000Z_a.json.gz"
)

// TestSyncErrors: what people read when S3 refuses something, to the letter, and
// the exit status; what can be had is had all the same.
func TestSyncErrors(t *testing.T) {
	all := func(status int, code, message string) func(*s3test.Server) {
		return func(s *s3test.Server) { s.Reply = &s3test.Reply{Status: status, Code: code, Message: message} }
	}
	object := func(status int, code, message string) func(*s3test.Server) {
		return func(s *s3test.Server) {
			s.Refused = map[string]s3test.Reply{"AWSLogs/": {Status: status, Code: code, Message: message}}
		}
	}
	is := func(change func(*s3test.Object)) func(*s3test.Server) {
		return func(s *s3test.Server) { change(s.Object("logs", trailLog)) }
	}
	const ends, incomplete = 1, 4
	for _, tt := range []struct {
		name   string
		fault  func(s *s3test.Server)
		args   []string
		status int
		sums   string // of what was listed; "" where nothing was
		said   string
		hint   string
	}{
		{"may not list", all(403, "AccessDenied", "Access Denied"), nil, ends, "", "list s3://logs/: AccessDenied: Access Denied", listHint},
		{"a bare 403", all(403, "", ""), nil, ends, "", "list s3://logs/: HTTP status 403 Forbidden", listHint},
		{
			"not the owner", all(403, "AccessDenied", "Access Denied"),
			[]string{"--expected-bucket-owner", "123456789012"},
			ends, "",
			"list s3://logs/: AccessDenied: Access Denied", listHint + "; S3 also denies a bucket that is not owned by 123456789012, as --expected-bucket-owner says",
		},
		{
			"not public", all(403, "AccessDenied", "Access Denied"),
			[]string{"--no-sign-request"},
			ends, "",
			"list s3://logs/: AccessDenied: Access Denied", listHint + "; with --no-sign-request only what is public can be read",
		},
		{"an expired token", all(400, "ExpiredToken", "It has expired."), nil, ends, "", "list s3://logs/: ExpiredToken: It has expired.", signInHint},
		{"an invalid token", all(400, "InvalidToken", "It is invalid."), nil, ends, "", "list s3://logs/: InvalidToken: It is invalid.", signInHint + "; " + partitionHint},
		{"a wrong clock", all(403, "RequestTimeTooSkewed", "Too large."), nil, ends, "", "list s3://logs/: RequestTimeTooSkewed: Too large.", "check the clock of this machine"},
		{
			"a wrong secret", all(403, "SignatureDoesNotMatch", "Check your key."), nil, ends, "", "list s3://logs/: SignatureDoesNotMatch: Check your key.",
			"the secret key does not belong to the access key, or a proxy changed the request",
		},
		{"a key of elsewhere", all(403, "InvalidAccessKeyId", "Not in our records."), nil, ends, "", "list s3://logs/: InvalidAccessKeyId: Not in our records.", partitionHint},
		{"no bucket", all(404, "NoSuchBucket", "It does not exist."), nil, ends, "", "list s3://logs/: NoSuchBucket: It does not exist.", "no such bucket where we asked: " + partitionHint},
		{"elsewhere, 301", all(301, "PermanentRedirect", "Elsewhere."), nil, ends, "", "list s3://logs/: PermanentRedirect: Elsewhere.", regionHint},
		{"elsewhere, 400", all(400, "AuthorizationHeaderMalformed", "Elsewhere."), nil, ends, "", "list s3://logs/: AuthorizationHeaderMalformed: Elsewhere.", regionHint},
		{"no S3", all(418, "", ""), nil, ends, "", "list s3://logs/: HTTP status 418 I'm a teapot", ""},
		{
			"may not list a folder", func(s *s3test.Server) { s.Unlisted = []string{"AWSLogs/1/CloudTrail/"} }, nil, incomplete, ", 1 denied",
			"denied s3://logs/AWSLogs/1/CloudTrail/: AccessDenied: Access Denied", listHint,
		},
		{"may not read", object(403, "AccessDenied", "Access Denied"), nil, incomplete, ", 1 denied", "denied s3://logs/" + trailLog + ": AccessDenied: Access Denied", getHint},
		{
			"may not decrypt", object(403, "AccessDenied", "not authorized to perform: kms:Decrypt"), nil, incomplete, ", 1 denied",
			"denied s3://logs/" + trailLog + ": AccessDenied: not authorized to perform: kms:Decrypt", "the caller needs kms:Decrypt on the key that encrypts it",
		},
		{
			"in the archive", is(func(o *s3test.Object) { o.Class = "DEEP_ARCHIVE" }), nil, incomplete, ", 1 archived",
			"archived s3://logs/" + trailLog + ": its storage class is DEEP_ARCHIVE", "restore it first: aws s3api restore-object --bucket logs --key '" + trailLog + "' --restore-request Days=7",
		},
		{
			"in an archive that the listing does not tell", object(403, "InvalidObjectState", "Not valid for its access tier."), nil, incomplete, ", 1 archived",
			"archived s3://logs/" + trailLog + ": InvalidObjectState: Not valid for its access tier.", "restore it first: aws s3api restore-object --bucket logs --key '" + trailLog + "' --restore-request Days=7",
		},
		{"gone", is(func(o *s3test.Object) { o.Vanish = true }), nil, 0, ", 1 gone since they were listed", "gone s3://logs/" + trailLog + ": NoSuchKey: The specified key does not exist.", ""},
		{"of a kind nobody knows", object(400, "Teapot", "short"), nil, incomplete, ", 1 failed", "failed s3://logs/" + trailLog + ": Teapot: short", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := s3test.New(t, "logs")
			s.Put("logs", trailLog, "x")
			s.Put("logs", "other", "x")
			s.Do(func() { tt.fault(s) }) // as one process asks and another answers
			args := append([]string{"--mirror", filepath.Join(t.TempDir(), "m"), "sync", "s3://logs", "--region", "cn-north-1", "--endpoint-url", s.URL}, tt.args...)
			got := run{env: s3test.Environ()}.logsql(t, args...)
			stdout, stderr := "", "logsql: "+tt.said+"\n"
			if tt.hint != "" {
				stderr += "hint: " + tt.hint + "\n"
			}
			if tt.sums != "" {
				stdout, stderr = "s3://logs/: 2 objects listed: 1 fetched (1 B), 0 in the mirror already"+tt.sums+"\n  "+tt.said+"\n", ""
				if tt.hint != "" {
					stdout += "    hint: " + tt.hint + "\n"
				}
			}
			if got.status != tt.status || got.stdout != stdout || got.stderr != stderr {
				t.Errorf("exit status %d, want %d\n%s%swant\n%s%s", got.status, tt.status, got.stdout, got.stderr, stdout, stderr)
			}
		})
	}
}

// TestSyncWithoutAnAnswer: what they read where nobody answers at all.
func TestSyncWithoutAnAnswer(t *testing.T) {
	const away = "hint: nothing answers there: check the network, a proxy, --region and --endpoint-url; what has been fetched is kept\n"
	for _, tt := range []struct {
		name   string
		env    []string
		stderr string
	}{
		{
			"a proxy that is away",
			[]string{"HTTPS_PROXY=http://127.0.0.1:1", "https_proxy=http://127.0.0.1:1", "NO_PROXY=", "no_proxy="},
			"logsql: list s3://logs/: proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused\n" + away,
		},
		{"a gateway that is away", []string{"AWS_ENDPOINT_URL_S3=http://127.0.0.1:1"}, "logsql: list s3://logs/: dial tcp 127.0.0.1:1: connect: connection refused\n" + away},
		{
			"no credentials",
			[]string{"AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY="},
			"logsql: list s3://logs/: no credentials: neither the environment nor the profile has any, and this machine has no role\n" +
				"hint: give a --profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY\n",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := run{env: append(s3test.Environ(), tt.env...)}.logsql(t, "--mirror", filepath.Join(t.TempDir(), "m"), "sync", "s3://logs", "--region", "cn-north-1")
			if got.status != 1 || got.stdout != "" || got.stderr != tt.stderr {
				t.Errorf("exit status %d after %s: %s%s", got.status, got.took, got.stdout, got.stderr)
			}
		})
	}
}

// TestSyncSeveral: a source that cannot be read does not keep the others from
// being synced, and each that fails is told.
func TestSyncSeveral(t *testing.T) {
	s := s3test.New(t, "logs", "more")
	s.Put("logs", trailLog, "x")
	s.Put("more", "other", "x")
	got := run{env: s3test.Environ()}.logsql(t, "--mirror", filepath.Join(t.TempDir(), "m"), "sync", "s3://none", "s3://logs", "s3://nowhere", "s3://more", "--region", "cn-north-1", "--endpoint-url", s.URL)
	stdout := "s3://none/, s3://logs/, s3://nowhere/, s3://more/: 2 objects listed: 2 fetched (2 B), 0 in the mirror already\n"
	stderr := "logsql: list s3://none/: NoSuchBucket: The specified bucket does not exist\n" +
		"list s3://nowhere/: NoSuchBucket: The specified bucket does not exist\nhint: no such bucket where we asked: " + partitionHint + "\n"
	if got.status != 1 || got.stdout != stdout || got.stderr != stderr {
		t.Errorf("exit status %d\n%s%s", got.status, got.stdout, got.stderr)
	}
}
