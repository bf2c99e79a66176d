package s3

import (
	"io"
	"net/http"
	"net/http/httptest"
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

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
