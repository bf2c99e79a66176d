package s3

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"
)

// wire asks one host for objects, over connections that it keeps. net/http has
// two goroutines a connection, and every answer goes from one to the other and
// on to who waits for it: for small objects that is most of the work. Here who
// asks writes and reads. Answers that are not the usual one are left to net/http's
// parser.
type wire struct {
	addr  string
	dial  func(ctx context.Context, network, addr string) (net.Conn, error)
	tls   *tls.Config // nil for plain HTTP
	shake time.Duration
	stall time.Duration
	most  int

	mu   sync.Mutex
	idle []*link // the one used last at the end
}

// link is a connection of a wire.
type link struct {
	net.Conn
	r     *bufio.Reader
	limit io.LimitedReader // what r reads from; a head may not be endless
	armed time.Time        // when the deadline was set
	used  time.Time
	ctx   context.Context // whose end closes the connection
	stop  func() bool     // ends that
}

// watch has the end of ctx close the connection. All requests of a sync have the
// same one, which it is told once.
func (c *link) watch(ctx context.Context) {
	if c.ctx == ctx {
		return
	}
	if c.stop != nil {
		c.stop()
	}
	c.ctx, c.stop = ctx, context.AfterFunc(ctx, func() { c.Conn.Close() })
}

func (c *link) Close() error {
	if c.stop != nil {
		c.stop()
	}
	return c.Conn.Close()
}

// maxIdle is how long a connection is kept unused; stores close theirs after 5
// to 60 seconds, which a request then finds out.
const maxIdle = 10 * time.Second

// maxHead is how many bytes the headers of an answer may have.
const maxHead = 1 << 20

// newWire is nil where the way to base is one that net/http alone knows: through
// a proxy, or by a transport of the user's.
func newWire(base *url.URL, t *http.Transport, stall time.Duration, most int) *wire {
	if t == nil || t.DialContext == nil || t.DialTLSContext != nil {
		return nil
	}
	if t.Proxy != nil {
		if proxy, err := t.Proxy(&http.Request{URL: base}); proxy != nil || err != nil {
			return nil
		}
	}
	w := &wire{dial: t.DialContext, shake: t.TLSHandshakeTimeout, stall: stall, most: most}
	port := "80"
	if base.Scheme == "https" {
		port = "443"
		w.tls = t.TLSClientConfig.Clone()
		if w.tls == nil {
			w.tls = &tls.Config{}
		}
		w.tls.ServerName, w.tls.NextProtos = base.Hostname(), nil
	}
	if base.Port() != "" {
		port = base.Port()
	}
	w.addr = net.JoinHostPort(base.Hostname(), port)
	return w
}

// do sends a whole request without a body and gives the answer, whose body must
// be closed. Where a kept connection turns out to be closed it takes another.
func (w *wire) do(ctx context.Context, request []byte) (*http.Response, error) {
	for {
		c, kept, err := w.take(ctx)
		if err != nil {
			return nil, w.why(ctx, err)
		}
		c.watch(ctx)
		answered, err := c.ask(request, w.stall)
		if err == nil {
			var resp *http.Response
			if resp, err = c.answer(); err == nil {
				resp.Body = &wireBody{resp.Body, ctx, w, c, resp.Close, false}
				return resp, nil
			}
		}
		c.Close()
		if !kept || ctx.Err() != nil || answered || errors.Is(err, os.ErrDeadlineExceeded) {
			return nil, w.why(ctx, err)
		}
	}
}

// ask sends a request and waits for the first byte of the answer.
func (c *link) ask(request []byte, stall time.Duration) (answered bool, err error) {
	if err := c.arm(stall); err != nil {
		return false, err
	}
	if q, ok := c.Conn.(*quickConn); ok {
		err = q.Ask(request)
	} else {
		_, err = c.Write(request)
	}
	if err != nil {
		return false, err
	}
	_, err = c.r.Peek(1)
	return err == nil, err
}

// answer reads the head of an answer.
func (c *link) answer() (*http.Response, error) {
	if resp := c.usual(); resp != nil {
		return resp, nil
	}
	c.limit.N = maxHead
	defer func() { c.limit.N = math.MaxInt64 }()
	for range 10 {
		resp, err := http.ReadResponse(c.r, nil)
		if err != nil {
			return nil, fmt.Errorf("read the answer: %w", err)
		}
		if resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols {
			return resp, nil
		}
	}
	return nil, errors.New("read the answer: it does not begin")
}

// arm sets the deadline anew where it is not fresh.
func (c *link) arm(stall time.Duration) error {
	now := time.Now()
	if now.Sub(c.armed) < stall/16 {
		return nil
	}
	c.armed = now
	return c.SetDeadline(now.Add(stall))
}

// why makes an error say what it means that comes of the end of ctx, which a
// connection may see first, or of a passed deadline.
func (w *wire) why(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if at, ok := ctx.Deadline(); ok && !time.Now().Before(at) {
		return context.DeadlineExceeded
	}
	var op *net.OpError
	if errors.Is(err, os.ErrDeadlineExceeded) && !(errors.As(err, &op) && op.Op == "dial") {
		return fmt.Errorf("nothing came for %s", w.stall)
	}
	return err
}

// take is a connection that was kept, or a new one.
func (w *wire) take(ctx context.Context) (c *link, kept bool, err error) {
	w.mu.Lock()
	n := len(w.idle) - 1
	if n >= 0 {
		c, w.idle = w.idle[n], w.idle[:n]
	}
	w.mu.Unlock()
	if c != nil && time.Since(c.used) < maxIdle {
		return c, true, nil
	}
	if c != nil {
		c.Close()
		w.Close() // the others are older still
	}
	conn, err := w.dial(ctx, "tcp", w.addr)
	if err != nil {
		return nil, false, err
	}
	conn = quick(conn)
	if w.tls != nil {
		if conn, err = w.handshake(ctx, conn); err != nil {
			return nil, false, err
		}
	}
	c = &link{Conn: conn, limit: io.LimitedReader{R: conn, N: math.MaxInt64}}
	c.r = bufio.NewReaderSize(&c.limit, 16<<10)
	return c, false, nil
}

func (w *wire) handshake(ctx context.Context, conn net.Conn) (net.Conn, error) {
	if w.shake > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, w.shake, errors.New("the TLS handshake takes too long"))
		defer cancel()
	}
	secure := tls.Client(conn, w.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		if errors.Is(err, context.DeadlineExceeded) {
			err = context.Cause(ctx)
		}
		return nil, err
	}
	return secure, nil
}

// keep takes back a connection whose answer was read to its end.
func (w *wire) keep(c *link) {
	c.used = time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.idle) >= w.most {
		c.Close()
		return
	}
	w.idle = append(w.idle, c)
}

// Close closes the connections that nobody uses.
func (w *wire) Close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.idle {
		c.Close()
	}
	w.idle = nil
}

// wireBody is the body of an answer. It must not be silent for too long.
type wireBody struct {
	io.ReadCloser
	ctx   context.Context
	w     *wire
	c     *link
	last  bool // of the connection
	ended bool
}

func (b *wireBody) Read(p []byte) (int, error) {
	if err := b.c.arm(b.w.stall); err != nil {
		return 0, b.w.why(b.ctx, err)
	}
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		b.ended = true
	} else if err != nil {
		err = b.w.why(b.ctx, err)
	}
	return n, err
}

// Close may be called twice.
func (b *wireBody) Close() error {
	if b.c == nil {
		return nil
	}
	c := b.c
	b.c = nil
	if b.ctx.Err() == nil && b.ended && !b.last && c.r.Buffered() == 0 {
		b.w.keep(c)
		return nil
	}
	return c.Close()
}
