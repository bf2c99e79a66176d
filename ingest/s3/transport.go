package s3

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// transport sends the requests of a Source and counts them. A body that is
// silent for longer than stall ends in an error that is worth another try.
type transport struct {
	s    *Source
	next http.RoundTripper
}

// client is how a Source reaches the store: as the user's configuration made it
// (which may have put a CA bundle in), but redirects come back as answers. They
// are judged in move, as one may lead into another partition.
func (s *Source) client(configured aws.HTTPClient) aws.HTTPClient {
	b, ok := configured.(*awshttp.BuildableClient)
	if !ok {
		return configured
	}
	s.direct = b.GetTransport()
	return &http.Client{
		Transport:     &transport{s, s.direct},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.Contains(r.URL.RawQuery, "list-type=") {
		t.s.lists.Add(1)
	} else {
		t.s.gets.Add(1)
	}
	ctx, cancel := context.WithCancel(r.Context())
	resp, err := t.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	timer := time.AfterFunc(t.s.stall, cancel)
	timer.Stop()
	resp.Body = &watched{resp.Body, timer, t.s.stall, r.Context(), cancel}
	return resp, nil
}

// watched is a body that must not be silent for too long.
type watched struct {
	io.ReadCloser
	timer  *time.Timer
	stall  time.Duration
	parent context.Context
	cancel context.CancelFunc
}

func (w *watched) Read(p []byte) (int, error) {
	w.timer.Reset(w.stall)
	n, err := w.ReadCloser.Read(p)
	silent := !w.timer.Stop()
	if err != nil && err != io.EOF && silent && w.parent.Err() == nil {
		err = fmt.Errorf("nothing came for %s", w.stall)
	}
	return n, err
}

func (w *watched) Close() error {
	w.timer.Stop()
	err := w.ReadCloser.Close()
	w.cancel()
	return err
}
