package s3

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// scripted is a server whose nth connection answers its requests with the nth
// list of texts, then closes. "wait" keeps the connection open in silence.
func scripted(t *testing.T, answers ...[]string) (base *url.URL, taken *atomic.Int32) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	taken = new(atomic.Int32)
	done := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			n := int(taken.Add(1)) - 1
			all.Go(func() {
				defer conn.Close()
				r := bufio.NewReader(conn)
				for i := 0; n < len(answers) && i < len(answers[n]); i++ {
					if _, err := http.ReadRequest(r); err != nil {
						return
					}
					text, wait := strings.CutSuffix(answers[n][i], "wait")
					io.WriteString(conn, text)
					if wait {
						<-done
					}
				}
			})
		}
	})
	t.Cleanup(func() { close(done); l.Close(); all.Wait() })
	base, err = url.Parse("http://" + l.Addr().String() + "/b/")
	if err != nil {
		t.Fatal(err)
	}
	return base, taken
}

func plainTransport() *http.Transport {
	return &http.Transport{DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext}
}

func newTestWire(t *testing.T, base *url.URL, stall time.Duration) *wire {
	t.Helper()
	w := newWire(base, plainTransport(), stall, 4)
	if w == nil {
		t.Fatal("there is no wire")
	}
	t.Cleanup(w.Close)
	return w
}

func getBody(ctx context.Context, w *wire) (string, error) {
	resp, err := w.do(ctx, []byte("GET /b/k HTTP/1.1\r\nhost: h\r\n\r\n"))
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return fmt.Sprint(resp.StatusCode, " ", string(body)), err
}

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"

// What a server may answer, twice on one connection or not.
func TestWireAnswers(t *testing.T) {
	tests := []struct {
		name    string
		answers [][]string
		want    []string // of each request: status and body, or the error
		conns   int32
	}{
		{"kept", [][]string{{ok, ok, ok}}, []string{"200 abc", "200 abc", "200 abc"}, 1},
		{"closed without a word", [][]string{{ok}, {ok}}, []string{"200 abc", "200 abc"}, 2},
		{"closed as said", [][]string{{"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc", ok}, {ok}}, []string{"200 abc", "200 abc"}, 2},
		{"HTTP/1.0, to the end", [][]string{{"HTTP/1.0 200 OK\r\n\r\nabc"}, {ok}}, []string{"200 abc", "200 abc"}, 2},
		{"chunks", [][]string{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", ok}}, []string{"200 abc", "200 abc"}, 1},
		{"informational", [][]string{{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok, ok}}, []string{"200 abc", "200 abc"}, 1},
		{"no body", [][]string{{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 304 Not Modified\r\n\r\n", ok}}, []string{"200 ", "304 ", "200 abc"}, 1},
		{"an error is an answer", [][]string{{"HTTP/1.1 503 Slow Down\r\nContent-Length: 4\r\n\r\nslow", ok}}, []string{"503 slow", "200 abc"}, 1},
		{"more than was said", [][]string{{ok + "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad"}, {ok}}, []string{"200 abc", "200 abc"}, 2},
		{"less than was said", [][]string{{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"}, {ok}}, []string{"unexpected EOF", "200 abc"}, 2},
		{"half a head", [][]string{{"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"}, {ok}}, []string{"read the answer: unexpected EOF", "200 abc"}, 2},
		{"no HTTP", [][]string{{"SSH-2.0-OpenSSH_9.2\r\n\r\n"}, {ok}}, []string{`read the answer: malformed HTTP response "SSH-2.0-OpenSSH_9.2"`, "200 abc"}, 2},
		{"two lengths", [][]string{{"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"}, {ok}}, []string{`read the answer: http: message cannot contain multiple Content-Length headers; got ["3" "4"]`, "200 abc"}, 2},
		{"an endless head", [][]string{{"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 2<<20)}, {ok}}, []string{"read the answer: unexpected EOF", "200 abc"}, 2},
		{"silence", [][]string{{"wait"}, {ok}}, []string{"nothing came for 1s", "200 abc"}, 2},
		{"silence in the body", [][]string{{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabcwait"}, {ok}}, []string{"nothing came for 1s", "200 abc"}, 2},
		{"silence on a kept connection", [][]string{{ok, "wait"}, {ok}}, []string{"200 abc", "nothing came for 1s", "200 abc"}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			base, conns := scripted(t, tt.answers...)
			stall := time.Minute
			if strings.HasPrefix(tt.name, "silence") {
				stall = time.Second
			}
			w := newTestWire(t, base, stall)
			for i, want := range tt.want {
				got, err := getBody(t.Context(), w)
				if err != nil {
					got = err.Error()
				}
				if got != want {
					t.Errorf("request %d: %s, want %s", i, got, want)
				}
			}
			if n := conns.Load(); n != tt.conns {
				t.Errorf("%d connections, want %d", n, tt.conns)
			}
		})
	}
}

// A connection that was refused or reset before it had answered anything is an
// error of the network; one that was kept costs no error at all, however many.
func TestWireTakesAnotherConnection(t *testing.T) {
	base, conns := scripted(t, []string{ok}, []string{ok}, []string{ok}, []string{}, []string{ok})
	w := newTestWire(t, base, time.Minute)
	var opened []*http.Response
	for range 3 {
		resp, err := w.do(t.Context(), []byte("GET /b/k HTTP/1.1\r\nhost: h\r\n\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		opened = append(opened, resp)
	}
	for _, resp := range opened {
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	time.Sleep(20 * time.Millisecond) // the server has closed all three
	if got, err := getBody(t.Context(), w); err == nil {
		t.Errorf("a new connection that closes answers %q", got)
	}
	if got, err := getBody(t.Context(), w); got != "200 abc" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if n := conns.Load(); n != 5 {
		t.Errorf("%d connections, want 5", n)
	}
}

// What is cancelled ends at once, wherever it is, and its connection with it.
func TestWireCancelled(t *testing.T) {
	for _, answer := range []string{"wait", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabcwait"} {
		base, conns := scripted(t, []string{answer}, []string{ok})
		w := newTestWire(t, base, time.Minute)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		begun := time.Now()
		if _, err := getBody(ctx, w); !errors.Is(err, context.Canceled) || time.Since(begun) > 10*time.Second {
			t.Errorf("%q: %v after %s", answer, err, time.Since(begun))
		}
		if _, err := getBody(ctx, w); !errors.Is(err, context.Canceled) {
			t.Errorf("a request after the end: %v", err)
		}
		if got, err := getBody(t.Context(), w); got != "200 abc" || err != nil || conns.Load() < 2 {
			t.Errorf("%q, %v over %d connections", got, err, conns.Load())
		}
	}
}

// A connection that is not kept long, and no more of them than are wanted.
func TestWireKeepsFew(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "abc") }))
	defer s.Close()
	base, _ := url.Parse(s.URL)
	w := newTestWire(t, base, time.Minute)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 20 {
				if got, err := getBody(t.Context(), w); got != "200 abc" || err != nil {
					t.Errorf("%q, %v", got, err)
				}
			}
		})
	}
	all.Wait()
	if n := len(w.idle); n == 0 || n > 4 {
		t.Errorf("%d connections are kept, want 1 to 4", n)
	}
	w.idle[len(w.idle)-1].used = time.Now().Add(-maxIdle)
	if got, err := getBody(t.Context(), w); got != "200 abc" || err != nil || len(w.idle) != 1 {
		t.Errorf("%q, %v, %d connections", got, err, len(w.idle))
	}
}

func TestWireTLS(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Proto)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	base, _ := url.Parse(s.URL)
	trusting := plainTransport()
	trusting.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool(), NextProtos: []string{"h2"}}
	trusting.TLSClientConfig.RootCAs.AddCert(s.Certificate())
	w := newWire(base, trusting, time.Minute, 4)
	for range 2 {
		if got, err := getBody(t.Context(), w); got != "200 HTTP/1.1" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	}
	var unknown x509.UnknownAuthorityError
	if _, err := getBody(t.Context(), newWire(base, plainTransport(), time.Minute, 4)); !errors.As(err, &unknown) {
		t.Errorf("a certificate of nobody: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") // and nobody accepts
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	silent := &url.URL{Scheme: "https", Host: l.Addr().String()}
	hasty := plainTransport()
	hasty.TLSHandshakeTimeout = 50 * time.Millisecond
	if _, err := getBody(t.Context(), newWire(silent, hasty, time.Minute, 4)); err == nil || err.Error() != "the TLS handshake takes too long" {
		t.Errorf("a server that says nothing: %v", err)
	}
}

// What net/http alone knows is left to it.
func TestWireIsNotForAll(t *testing.T) {
	base := &url.URL{Scheme: "http", Host: "store", Path: "/b/"}
	proxied := plainTransport()
	proxied.Proxy = func(r *http.Request) (*url.URL, error) {
		if r.URL.Host == "near" {
			return nil, nil
		}
		return &url.URL{Scheme: "http", Host: "proxy:3128"}, nil
	}
	dialing := plainTransport()
	dialing.DialTLSContext = dialing.DialContext
	for _, tt := range []struct {
		what string
		t    *http.Transport
		base *url.URL
		wire bool
	}{
		{"nothing known", nil, base, false},
		{"a proxy", proxied, base, false},
		{"no proxy for this one", proxied, &url.URL{Scheme: "https", Host: "near"}, true},
		{"TLS of the user's own", dialing, base, false},
		{"nothing in between", plainTransport(), base, true},
	} {
		if w := newWire(tt.base, tt.t, time.Minute, 4); (w != nil) != tt.wire {
			t.Errorf("%s: %v", tt.what, w)
		}
	}
}
