package s3_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"logsql/ingest/mirror"
	"logsql/ingest/s3"
	"logsql/ingest/s3/s3test"
)

// TestWhoPaysAndOwns: LIST and GET alike say who pays and who must own the
// bucket, and nothing is signed where nobody signs.
func TestWhoPaysAndOwns(t *testing.T) {
	s3test.SetEnv(t)
	var mu sync.Mutex
	asked := map[string]http.Header{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind := "GET"
		if r.URL.Query().Get("list-type") == "2" {
			kind = "LIST"
		}
		mu.Lock()
		asked[kind] = r.Header
		mu.Unlock()
		io.WriteString(w, "<ListBucketResult></ListBucketResult>")
	}))
	defer srv.Close()
	for _, tt := range []struct {
		cfg          s3.Config
		payer, owner string
		signed       bool
	}{
		{s3.Config{}, "", "", true},
		{s3.Config{RequestPayer: true}, "requester", "", true},
		{s3.Config{Owner: "123456789012"}, "", "123456789012", true},
		{s3.Config{NoSign: true}, "", "", false},
	} {
		tt.cfg.Bucket, tt.cfg.Endpoint = "b", srv.URL
		src, err := s3.Open(t.Context(), tt.cfg)
		if err != nil {
			t.Fatal(err)
		}
		keys(t, src, "", "")
		body, err := src.Open(t.Context(), mirror.Object{Bucket: "b", Key: "k"})
		if err != nil {
			t.Fatal(err)
		}
		body.Close()
		mu.Lock()
		for kind, h := range asked {
			if h.Get("X-Amz-Request-Payer") != tt.payer || h.Get("X-Amz-Expected-Bucket-Owner") != tt.owner || (h.Get("Authorization") != "") != tt.signed {
				t.Errorf("%+v: %s with %v", tt.cfg, kind, h)
			}
		}
		if len(asked) != 2 {
			t.Errorf("asked %v", asked)
		}
		clear(asked)
		mu.Unlock()
	}
}
