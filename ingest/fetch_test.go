package ingest

import (
	"context"
	"errors"
	"io"
	"iter"
	"net"
	"syscall"
	"testing"

	"logsql/ingest/s3"
)

// failing is a Source that has every object and gives none of them.
type failing struct {
	err   *Error
	tried int
}

func (f *failing) List(context.Context, string, string) iter.Seq2[Object, error] { return nil }

func (f *failing) Open(context.Context, Object) (io.ReadCloser, error) {
	f.tried++
	return nil, f.err
}

// A store that is not there any more ends the sync; one object that cannot be
// had does not.
func TestFetchGivesUp(t *testing.T) {
	defer func(n, m int) { attempts, attemptsDown = n, m }(attempts, attemptsDown)
	attempts, attemptsDown = 2, 2
	m := newMirror(t)
	tests := []struct {
		name  string
		err   *Error
		kind  s3.Kind
		tried int
	}{
		{"refused", &Error{Temporary: true, Err: &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}}, s3.Fatal, 2},
		{"cut off", &Error{Temporary: true, Err: &net.OpError{Op: "read", Err: syscall.ECONNRESET}}, s3.Failed, 2},
		{"not temporary", &Error{Err: errors.New("no")}, s3.Failed, 1},
	}
	for _, tt := range tests {
		src := &failing{err: tt.err}
		_, _, err := fetcher{m: m, src: src, gate: newGate(1, 1)}.fetch(t.Context(), Object{Bucket: bucket, Key: "a", Size: 1})
		var e *Error
		if !errors.As(err, &e) || e.Kind != tt.kind || src.tried != tt.tried {
			t.Errorf("%s: %+v after %d attempts, want kind %d after %d", tt.name, err, src.tried, tt.kind, tt.tried)
		}
	}
}
