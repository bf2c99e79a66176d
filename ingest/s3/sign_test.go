package s3

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"logsql/ingest/mirror"
)

// Whatever is asked for, the signature is the one that the SDK makes of the same
// request.
func FuzzSign(f *testing.F) {
	for _, key := range []string{"a/b", "../x//y/.", "%41 +?&=#", "日本/é", "\xff\x00", "a\nb", strings.Repeat("k", 1024)} {
		f.Add(key, "d41d8cd98f00b204e9800998ecf8427e", "", "secret")
	}
	f.Add("k", "  two  blanks ", "token/+==", "s3cr/t")
	f.Add("k", "", "  a   b ", "")
	at := time.Date(2025, 11, 21, 23, 59, 59, 0, time.FixedZone("", 8*3600))
	f.Fuzz(func(t *testing.T, key, etag, token, secret string) {
		creds := aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: secret, SessionToken: token}
		s := &Source{cfg: Config{RequestPayer: true, Owner: "123456789012"}}
		s.aws.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return creds, nil })
		c := &conn{region: "cn-north-1", path: "/bucket/", host: "store:7070"}
		var r request
		if err := s.fill(t.Context(), &r, c, mirror.Object{Bucket: "bucket", Key: key, ETag: etag}); err != nil {
			if !strings.Contains(err.Error(), " cannot be sent as the header ") {
				t.Error(err)
			}
			return
		}
		r.headers = dated(r.headers, at)
		got := s.signer.authorization(creds, c.region, at.UTC().Format(timeFormat), &r)
		plain, err := url.PathUnescape(r.path)
		if err != nil {
			t.Fatal(err)
		}
		req := &http.Request{Method: "GET", URL: &url.URL{Scheme: "http", Host: c.host, Path: plain, RawPath: r.path}, Host: c.host, Header: http.Header{}}
		for _, h := range r.headers[1:] {
			if h.name != "x-amz-date" && h.name != "x-amz-security-token" {
				req.Header.Set(h.name, h.value)
			}
		}
		sdk := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
		if err := sdk.SignHTTP(t.Context(), creds, req, emptyHash, "s3", c.region, at); err != nil {
			t.Fatal(err)
		}
		if want := req.Header.Get("Authorization"); got != want {
			t.Errorf("%q, %q, %q:\n%s\nwant\n%s", key, etag, token, got, want)
		}
	})
}

// dated is what is signed of headers, as of another time.
func dated(headers []header, at time.Time) (signed []header) {
	for _, h := range headers {
		if h.name == "x-amz-date" {
			h.value = at.UTC().Format(timeFormat)
		}
		if h.name != "authorization" {
			signed = append(signed, h)
		}
	}
	return signed
}

// The key of one day, region or secret does not sign for another.
func TestSigningKeyChanges(t *testing.T) {
	var s signer
	day := time.Date(2025, 11, 21, 12, 0, 0, 0, time.UTC)
	sign := func(s *signer, secret, region string, at time.Time) string {
		return s.authorization(aws.Credentials{AccessKeyID: "a", SecretAccessKey: secret}, region, at.Format(timeFormat), &request{path: "/k", headers: []header{{"host", "h"}}})
	}
	for _, tt := range []struct {
		secret, region string
		at             time.Time
	}{
		{"a", "cn-north-1", day}, {"b", "cn-north-1", day}, {"b", "cn-northwest-1", day}, {"b", "cn-northwest-1", day.AddDate(0, 0, 1)}, {"a", "cn-north-1", day},
	} {
		if got, want := sign(&s, tt.secret, tt.region, tt.at), sign(new(signer), tt.secret, tt.region, tt.at); got != want {
			t.Errorf("%+v: %s, want %s", tt, got, want)
		}
	}
}
