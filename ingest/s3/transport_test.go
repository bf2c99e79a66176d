package s3

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"logsql/ingest/mirror"
	"logsql/ingest/s3/s3test"
)

// A body that is silent for too long ends; one that only comes slowly does not,
// however long it takes.
func TestSlowBodies(t *testing.T) {
	s3test.SetEnv(t)
	defer func(d time.Duration) { stall = d }(stall)
	stall = 300 * time.Millisecond
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "10")
		for n := range 10 {
			if n == 5 && r.URL.Path == "/b/silent" {
				<-r.Context().Done()
				return
			}
			io.WriteString(w, "x")
			w.(http.Flusher).Flush()
			time.Sleep(stall / 5)
		}
	}))
	defer srv.Close()
	src, err := Open(t.Context(), Config{Bucket: "b", Endpoint: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"slow": "", "silent": "nothing came for 300ms"} {
		body, err := src.Open(t.Context(), mirror.Object{Bucket: "b", Key: key})
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(body)
		body.Close()
		if got := errorText(err); got != want || want == "" && len(data) != 10 || want != "" && len(data) != 5 {
			t.Errorf("%s: %d bytes, %q, want %q", key, len(data), got, want)
		}
	}
}

// A name that nobody knows is wrong where nothing ever answered; later it is the
// network that is away.
func TestUnknownHost(t *testing.T) {
	s := &Source{cfg: Config{Bucket: "b"}}
	lost := &url.Error{Op: "Get", URL: "https://b.s3.cn-north-9.amazonaws.com.cn/?list-type=2", Err: &net.OpError{
		Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "b.s3.cn-north-9.amazonaws.com.cn", IsNotFound: true},
	}}
	for _, tt := range []struct {
		heard     bool
		kind      Kind
		temporary bool
		hint      string
	}{
		{false, Fatal, false, "no such host: check --region, --endpoint-url and the network; what has been fetched is kept"},
		{true, Failed, true, "nothing answers there: check the network, a proxy, --region and --endpoint-url; what has been fetched is kept"},
	} {
		s.heard.Store(tt.heard)
		var e *Error
		if err := s.explain("list", "", lost); !errors.As(err, &e) || e.Kind != tt.kind || e.Temporary != tt.temporary || e.Hint != tt.hint ||
			e.Error() != "list s3://b/: dial tcp: lookup b.s3.cn-north-9.amazonaws.com.cn: no such host" {
			t.Errorf("%v: %+v", tt.heard, e)
		}
		if got := s.newRetryer().IsErrorRetryable(lost); got != tt.heard {
			t.Errorf("tried again: %v, want %v", got, tt.heard)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
