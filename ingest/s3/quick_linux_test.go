package s3

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// pair are both ends of a connection, the first of them quick.
func pair(t *testing.T) (q, far net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	near, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if far, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close(); far.Close() })
	return quick(near), far
}

// Whatever is sent comes, also more than the buffers between both hold.
func TestQuickConn(t *testing.T) {
	q, far := pair(t)
	sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<20)
	go func() {
		io.Copy(far, far)
		far.Close()
	}()
	go func() {
		if n, err := q.Write(sent); n != len(sent) || err != nil {
			t.Errorf("%d bytes written, %v", n, err)
		}
		q.(interface{ CloseWrite() error }).CloseWrite()
	}()
	got, err := io.ReadAll(q)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d bytes of %d came back, %v", len(got), len(sent), err)
	}
}

// An answer is had, however soon or late it comes and however long the request.
func TestQuickConnAsk(t *testing.T) {
	for _, length := range []int{1, 16 << 20} {
		q, far := pair(t)
		ask, ok := q.(*quickConn)
		if !ok {
			t.Fatalf("%T", q)
		}
		for n := range 200 {
			go func() {
				io.CopyN(io.Discard, far, int64(length))
				if n%50 == 1 {
					time.Sleep(5 * time.Millisecond)
				}
				far.Write([]byte{byte(n)})
			}()
			if err := ask.Ask(bytes.Repeat([]byte("q"), length)); err != nil {
				t.Fatal(err)
			}
			var got [2]byte
			if k, err := q.Read(got[:]); k != 1 || got[0] != byte(n) || err != nil {
				t.Fatalf("answer %d: %v, %v", n, got[:k], err)
			}
			if length > 1 && n == 2 {
				break
			}
		}
	}
}

// The errors are those of net.
func TestQuickConnErrors(t *testing.T) {
	q, far := pair(t)
	q.SetDeadline(time.Now().Add(-time.Second))
	_, err := q.Read(make([]byte, 1))
	if !errors.Is(err, os.ErrDeadlineExceeded) || !strings.HasPrefix(err.Error(), "read tcp 127.0.0.1:") || !strings.HasSuffix(err.Error(), ": i/o timeout") {
		t.Errorf("after the deadline: %v", err)
	}
	if _, err = q.Write([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) || !strings.HasPrefix(err.Error(), "write tcp ") {
		t.Errorf("a write after the deadline: %v", err)
	}
	if err = q.(*quickConn).Ask([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a request after the deadline: %v", err)
	}
	q.SetDeadline(time.Time{})
	far.(*net.TCPConn).SetLinger(0)
	far.Close() // which resets the connection
	if _, err = q.Read(make([]byte, 1)); err == nil || !strings.HasSuffix(err.Error(), ": read: connection reset by peer") {
		t.Errorf("of a connection that was reset: %v", err)
	}
	q.Close()
	if _, err = q.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) || !strings.HasSuffix(err.Error(), ": use of closed network connection") {
		t.Errorf("of a closed connection: %v", err)
	}

	if q, far = pair(t); far.Close() != nil {
		t.Fatal()
	}
	if n, err := q.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("at the end: %d, %v", n, err)
	}
}

// One that waits for an answer is woken when somebody else closes the connection.
func TestQuickConnClosed(t *testing.T) {
	q, _ := pair(t)
	time.AfterFunc(20*time.Millisecond, func() { q.Close() })
	if err := q.(*quickConn).Ask([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v", err)
	}
}
