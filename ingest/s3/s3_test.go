package s3_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"logsql/ingest/mirror"
	"logsql/ingest/s3"
	"logsql/ingest/s3/s3test"
)

func open(t testing.TB, s *s3test.Server) *s3.Source {
	t.Helper()
	src, err := s3.Open(t.Context(), s3.Config{Bucket: "b", Endpoint: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func keys(t testing.TB, src *s3.Source, prefix, after string) (list []string) {
	t.Helper()
	for o, err := range src.List(t.Context(), prefix, after) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, o.Key)
	}
	return list
}

func TestList(t *testing.T) {
	s := s3test.New(t, "b")
	s.PageSize = 2
	for _, key := range []string{"a/1", "a/2", "a/b/3", "a/b/4", "a+ %2F", "a/\x01", "z"} {
		s.Put("b", key, key)
	}
	src := open(t, s)
	tests := []struct {
		prefix, after string
		want          []string
	}{
		{"", "", []string{"a+ %2F", "a/\x01", "a/1", "a/2", "a/b/3", "a/b/4", "z"}},
		{"a/b", "", []string{"a/b/3", "a/b/4"}},
		{"", "a/b/3", []string{"a/b/4", "z"}},
		{"none", "", nil},
	}
	for _, tt := range tests {
		if got := keys(t, src, tt.prefix, tt.after); !slices.Equal(got, tt.want) {
			t.Errorf("below %q after %q: %q, want %q", tt.prefix, tt.after, got, tt.want)
		}
	}
	var folder []string
	for page, err := range src.ListFolder(t.Context(), "a/", "") {
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page.Objects {
			folder = append(folder, fmt.Sprint(o.Key, " ", o.Size))
		}
	}
	if want := []string{"a/\x01 3", "a/1 3", "a/2 3", "a/b/ -1"}; !slices.Equal(folder, want) {
		t.Errorf("the folder a/ has %q, want %q", folder, want)
	}
}

func TestOpenReadsEveryKey(t *testing.T) {
	s := s3test.New(t, "b")
	for _, key := range []string{"a b+c", "../x", "//", "a/./b/..", "%2e", "日志?x=1#y", "\x01\n", "~-_.", "'\"<>"} {
		s.Put("b", key, "data of "+key)
	}
	src := open(t, s)
	for o, err := range src.List(t.Context(), "", "") {
		if err != nil {
			t.Fatal(err)
		}
		body, err := src.Open(t.Context(), o)
		if err != nil {
			t.Errorf("%q: %v", o.Key, err)
			continue
		}
		if data, err := io.ReadAll(body); string(data) != "data of "+o.Key || err != nil {
			t.Errorf("%q holds %q, %v", o.Key, data, err)
		}
		body.Close()
	}
}

func TestOpenErrors(t *testing.T) {
	tests := []struct {
		reply     s3test.Reply
		want      string
		kind      s3.Kind
		temporary bool
		hint      string
	}{
		{s3test.Reply{Status: 503, Code: "SlowDown", Message: "slow"}, "get s3://b/k: SlowDown: slow", s3.Failed, true, "run the same command again later, with fewer --workers"},
		{s3test.Reply{Status: 500, Code: "InternalError"}, "get s3://b/k: InternalError", s3.Failed, true, ""},
		{s3test.Reply{Status: 502}, "get s3://b/k: HTTP status 502 Bad Gateway", s3.Failed, true, ""},
		{s3test.Reply{Status: 400, Code: "RequestTimeout", Message: "idle"}, "get s3://b/k: RequestTimeout: idle", s3.Failed, true, ""},
		{s3test.Reply{Status: 403}, "get s3://b/k: HTTP status 403 Forbidden", s3.Denied, false, "s3:GetObject on arn:aws:s3:::b/*"},
		{s3test.Reply{Status: 403, Code: "AccessDenied", Message: "no kms:Decrypt"}, "get s3://b/k: AccessDenied: no kms:Decrypt", s3.Denied, false, "kms:Decrypt on the key"},
		{s3test.Reply{Status: 403, Code: "InvalidObjectState", Message: "archived"}, "get s3://b/k: InvalidObjectState: archived", s3.Archived, false, "aws s3api restore-object --bucket b --key 'k' --restore-request Days=7"},
		{s3test.Reply{Status: 404, Code: "NoSuchKey", Message: "none"}, "get s3://b/k: NoSuchKey: none", s3.Gone, false, ""},
		{s3test.Reply{Status: 412, Code: "PreconditionFailed", Message: "other"}, "get s3://b/k: PreconditionFailed: other", s3.Changed, false, ""},
		{s3test.Reply{Status: 403, Code: "RequestTimeTooSkewed", Message: "skew"}, "get s3://b/k: RequestTimeTooSkewed: skew", s3.Fatal, false, "check the clock"},
		{s3test.Reply{Status: 403, Code: "SignatureDoesNotMatch", Message: "no"}, "get s3://b/k: SignatureDoesNotMatch: no", s3.Fatal, false, "secret key"},
		{s3test.Reply{Status: 400, Code: "ExpiredToken", Message: "old"}, "get s3://b/k: ExpiredToken: old", s3.Fatal, false, "sign in again"},
		{s3test.Reply{Status: 301, Code: "PermanentRedirect", Message: "elsewhere"}, "get s3://b/k: PermanentRedirect: elsewhere", s3.Fatal, false, "--region"},
		{s3test.Reply{Status: 418, Code: "Teapot", Message: "short"}, "get s3://b/k: Teapot: short", s3.Failed, false, ""},
	}
	s := s3test.New(t, "b")
	src := open(t, s)
	for _, tt := range tests {
		s.Do(func() { s.Reply = &tt.reply })
		_, err := src.Open(t.Context(), mirror.Object{Bucket: "b", Key: "k"})
		var e *s3.Error
		if !errors.As(err, &e) || e.Error() != tt.want || e.Kind != tt.kind || e.Temporary != tt.temporary ||
			!strings.Contains(e.Hint, tt.hint) || tt.hint == "" && e.Hint != "" {
			t.Errorf("%+v: %#v, want %+v", tt.reply, err, tt)
		}
	}
}

func TestNetworkErrorsAreTemporary(t *testing.T) {
	s := s3test.New(t, "b")
	src := open(t, s)
	o := mirror.Object{Bucket: "b", Key: "k"}
	s.Latency = 300 * time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := src.Open(ctx, o)
	var e *s3.Error
	if !errors.As(err, &e) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	src, err = s3.Open(t.Context(), s3.Config{Bucket: "b", Endpoint: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := src.Open(t.Context(), o); !errors.As(err, &e) || !e.Temporary || !e.Down() {
		t.Errorf("%v", err)
	}
}

// An address where nobody ever answered is told at once, in few words.
func TestListWhereNothingAnswers(t *testing.T) {
	s3test.SetEnv(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	src, err := s3.Open(t.Context(), s3.Config{Bucket: "b", Endpoint: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	for _, err := range src.List(t.Context(), "", "") {
		var e *s3.Error
		if !errors.As(err, &e) || e.Error() != "list s3://b/: dial tcp 127.0.0.1:1: connect: connection refused" || !strings.HasPrefix(e.Hint, "nothing answers there: ") {
			t.Errorf("%v", err)
		}
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestRegion(t *testing.T) {
	tests := []struct {
		name        string
		cfg         s3.Config
		env         map[string]string
		region, err string
	}{
		{name: "flag", cfg: s3.Config{Bucket: "b", Region: "cn-northwest-1"}, env: map[string]string{"AWS_REGION": "us-east-2"}, region: "cn-northwest-1"},
		{name: "environment", cfg: s3.Config{Bucket: "b"}, env: map[string]string{"AWS_REGION": "cn-north-1"}, region: "cn-north-1"},
		{name: "prefix", cfg: s3.Config{Bucket: "b", Prefix: "AWSLogs/1/CloudTrail/cn-north-1/2025/"}, region: "cn-north-1"},
		{name: "bucket", cfg: s3.Config{Bucket: "flow-logs-cn-northwest-1"}, region: "cn-northwest-1"},
		{name: "endpoint", cfg: s3.Config{Bucket: "b", Endpoint: "http://127.0.0.1:1"}, region: "us-east-1"},
		{name: "endpoint of the environment", cfg: s3.Config{Bucket: "b"}, env: map[string]string{"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"}, region: "us-east-1"},
		{name: "nothing", cfg: s3.Config{Bucket: "b"}, err: "open s3://b/: no region is configured"},
		{name: "no such profile", cfg: s3.Config{Bucket: "b", Profile: "nobody"}, err: "open s3://b/: read the AWS configuration: failed to get shared config profile, nobody"},
		{name: "no URL", cfg: s3.Config{Bucket: "b", Endpoint: "localhost:9000"}, err: `open s3://b/: the endpoint "localhost:9000" is no URL such as https://host:port`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s3test.SetEnv(t)
			for name, value := range tt.env {
				t.Setenv(name, value)
			}
			src, err := s3.Open(t.Context(), tt.cfg)
			if tt.err != "" {
				var e *s3.Error
				if !errors.As(err, &e) || e.Error() != tt.err || e.Hint == "" {
					t.Errorf("error %v, want %s", err, tt.err)
				}
				return
			}
			if err != nil || src.Region() != tt.region {
				t.Errorf("%v, want region %s", err, tt.region)
			}
		})
	}
}

func TestNoCredentials(t *testing.T) {
	s := s3test.New(t, "b")
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	src := open(t, s)
	for _, err := range src.List(t.Context(), "", "") {
		var e *s3.Error
		if !errors.As(err, &e) || e.Kind != s3.Fatal || e.Error() != "list s3://b/: no credentials: neither the environment nor the profile has any, and this machine has no role" || !strings.Contains(e.Hint, "--profile") {
			t.Errorf("%v", err)
		}
	}
}

func TestFollowsTheBucketOnce(t *testing.T) {
	s := s3test.New(t, "b")
	s.Put("b", "k", "x")
	s.Region, s.Redirect = "cn-north-1", true
	src := open(t, s)
	body, err := src.Open(t.Context(), mirror.Object{Bucket: "b", Key: "k", Size: 1})
	if err != nil || src.Region() != "cn-north-1" {
		t.Fatalf("%v, region %s", err, src.Region())
	}
	body.Close()
	s.Do(func() { s.Region = "cn-northwest-1" })
	if _, err := src.Open(t.Context(), mirror.Object{Bucket: "b", Key: "k"}); err == nil {
		t.Error("it followed the bucket a second time")
	}
}

// A listing that goes round in circles, as some gateways' do, ends.
func TestListingThatDoesNotEnd(t *testing.T) {
	s := s3test.New(t)
	for _, token := range []string{"", "<NextContinuationToken>same</NextContinuationToken>"} {
		s.Page = "<ListBucketResult><IsTruncated>true</IsTruncated>" + token + "</ListBucketResult>"
		src := open(t, s)
		n := 0
		for _, err := range src.List(t.Context(), "", "") {
			var e *s3.Error
			if n++; !errors.As(err, &e) || !strings.Contains(e.Error(), "BadListing") {
				t.Errorf("%v", err)
			}
		}
		if n != 1 {
			t.Errorf("%d errors", n)
		}
	}
}

func TestBodyThatEndsTooSoon(t *testing.T) {
	s := s3test.New(t, "b")
	s.Put("b", "k", "0123456789").Short = 1
	body, err := open(t, s).Open(t.Context(), mirror.Object{Bucket: "b", Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if data, err := io.ReadAll(body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%q, %v", data, err)
	}
}
