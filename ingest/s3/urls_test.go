package s3

import (
	"net/url"
	"slices"
	"testing"

	"logsql/ingest/mirror"
)

// Requests go to the bucket's own region and partition, and nowhere else.
func TestRequestURL(t *testing.T) {
	tests := []struct {
		bucket, region, endpoint, key, want string
	}{
		{"logs-1", "cn-north-1", "", "a/b", "https://logs-1.s3.cn-north-1.amazonaws.com.cn/a/b"},
		{"logs-1", "cn-northwest-1", "", "a b", "https://logs-1.s3.cn-northwest-1.amazonaws.com.cn/a%20b"},
		{"b.dots", "cn-north-1", "", "k", "https://s3.cn-north-1.amazonaws.com.cn/b.dots/k"},
		{"logs-1", "eu-west-1", "", "/x//", "https://logs-1.s3.eu-west-1.amazonaws.com//x//"},
		{"logs-1", "us-east-1", "", "k", "https://logs-1.s3.us-east-1.amazonaws.com/k"},
		{"logs-1", "us-east-1", "http://127.0.0.1:7070", "../k", "http://127.0.0.1:7070/logs-1/../k"},
		{"logs-1", "us-east-1", "https://host/base/", "k+%", "https://host/base/logs-1/k%2B%25"},
		{"B_odd", "us-east-1", "http://127.0.0.1:7070", "日", "http://127.0.0.1:7070/B_odd/%E6%97%A5"},
	}
	for _, name := range []string{"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	t.Setenv("AWS_ACCESS_KEY_ID", "a")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "s")
	for _, tt := range tests {
		s, err := Open(t.Context(), Config{Bucket: tt.bucket, Region: tt.region, Endpoint: tt.endpoint, RequestPayer: true})
		if err != nil {
			t.Errorf("%+v: %v", tt, err)
			continue
		}
		c := s.conn.Load()
		var r request
		if err := s.fill(t.Context(), &r, c, mirror.Object{Key: tt.key, ETag: "e"}); err != nil {
			t.Errorf("%+v: %v", tt, err)
			continue
		}
		got := c.base.Scheme + "://" + c.host + r.path
		if got != tt.want || !slices.Contains(r.headers, header{"if-match", `"e"`}) || !slices.Contains(r.headers, header{"x-amz-request-payer", "requester"}) {
			t.Errorf("%s, want %s; headers %v", got, tt.want, r.headers)
		}
	}
}

func FuzzEscapeKey(f *testing.F) {
	for _, key := range []string{"a/b", "..", "//", "%", "+ ", "日", "\xff\x00"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		escaped := escaped("", key)
		u := url.URL{Scheme: "http", Host: "h", Path: "/" + key, RawPath: "/" + escaped}
		if u.EscapedPath() != "/"+escaped {
			t.Errorf("%q goes out as %q, signed as %q", key, u.EscapedPath(), escaped)
		}
		if back, err := url.PathUnescape(escaped); back != key || err != nil {
			t.Errorf("%q comes back as %q, %v", key, back, err)
		}
	})
}
