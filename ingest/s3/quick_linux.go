package s3

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// quickConn reads and writes without telling Go's scheduler: what is there is
// copied, which takes microseconds, and where nothing is there it waits as ever.
// The scheduler would set a thread to watch each call, and that thread wakes up
// fifty thousand times a second.
type quickConn struct {
	*net.TCPConn
	raw      syscall.RawConn
	in, out  transit
	read     func(fd uintptr) bool
	write    func(fd uintptr) bool
	exchange func(fd uintptr) bool
}

// transit is what a call has to do, and has done.
type transit struct {
	p   []byte
	n   int
	err error
}

// quick makes a connection quick, if it is one of TCP.
func quick(c net.Conn) net.Conn {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return c
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return c
	}
	q := &quickConn{TCPConn: tcp, raw: raw}
	q.read = func(fd uintptr) bool { return q.in.once(readNow, fd) }
	q.write = func(fd uintptr) bool { return q.out.all(fd) }
	q.exchange = q.sendAndWait
	return q
}

// once does one call; false is to wait.
func (t *transit) once(call func(fd uintptr, p []byte) (int, error), fd uintptr) bool {
	for {
		n, err := call(fd, t.p)
		switch err {
		case nil:
			t.n += n
			return true
		case syscall.EINTR:
		case syscall.EAGAIN:
			return false
		default:
			t.err = err
			return true
		}
	}
}

// all writes all that is to be written.
func (t *transit) all(fd uintptr) bool {
	for len(t.p) > 0 {
		before := t.n
		if !t.once(writeNow, fd) {
			return false
		}
		if t.err != nil {
			return true
		}
		t.p = t.p[t.n-before:]
	}
	return true
}

func (q *quickConn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	q.in = transit{p: p}
	err := q.raw.Read(q.read)
	n, failed := q.in.n, q.in.err
	q.in = transit{}
	switch {
	case err != nil:
		return 0, q.failed("read", err)
	case failed != nil:
		return 0, q.failed("read", os.NewSyscallError("read", failed))
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

func (q *quickConn) Write(p []byte) (int, error) {
	q.out = transit{p: p}
	err := q.raw.Write(q.write)
	return q.written(err)
}

func (q *quickConn) written(err error) (int, error) {
	n, failed := q.out.n, q.out.err
	q.out = transit{}
	switch {
	case failed != nil:
		return n, q.failed("write", os.NewSyscallError("write", failed))
	case err != nil:
		return n, q.failed("write", err)
	}
	return n, nil
}

// Ask writes a request and waits until something comes: to try at once would be
// in vain. What waits is told before the request goes out, so that no answer is
// missed.
func (q *quickConn) Ask(request []byte) error {
	q.out = transit{p: request}
	err := q.raw.Read(q.exchange)
	if len(q.out.p) > 0 && q.out.err == nil && err == nil { // the buffers are full
		_, err = q.Write(q.out.p)
		return err
	}
	_, err = q.written(err)
	return err
}

// sendAndWait is true when there is nothing more to wait for.
func (q *quickConn) sendAndWait(fd uintptr) bool {
	if len(q.out.p) == 0 {
		return true
	}
	return !q.out.all(fd) || q.out.err != nil
}

// ReadFrom would be the TCPConn's.
func (q *quickConn) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{q}, r)
}

// failed is an error as net has it.
func (q *quickConn) failed(op string, err error) error {
	var inner *net.OpError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return &net.OpError{Op: op, Net: "tcp", Source: q.LocalAddr(), Addr: q.RemoteAddr(), Err: err}
}
