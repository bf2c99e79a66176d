package s3

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// heads are the headers that mean something here, by their names in lower case:
// those without another name are for net/http to judge.
var heads = map[string]string{
	"content-length": "Content-Length", "connection": "", "proxy-connection": "", "transfer-encoding": "", "trailer": "", "upgrade": "",
	"x-amz-server-side-encryption":                    "X-Amz-Server-Side-Encryption",
	"x-amz-server-side-encryption-customer-algorithm": "X-Amz-Server-Side-Encryption-Customer-Algorithm",
	"x-amz-meta-signature":                            "X-Amz-Meta-Signature",
	"x-amz-checksum-type":                             "X-Amz-Checksum-Type",
	"x-amz-checksum-sha256":                           "X-Amz-Checksum-Sha256",
	"x-amz-checksum-crc64nvme":                        "X-Amz-Checksum-Crc64nvme",
	"x-amz-checksum-sha1":                             "X-Amz-Checksum-Sha1",
	"x-amz-checksum-crc32c":                           "X-Amz-Checksum-Crc32c",
	"x-amz-checksum-crc32":                            "X-Amz-Checksum-Crc32",
}

// usualAnswer is an answer in one piece with what it points to.
type usualAnswer struct {
	http.Response
	body   sized
	values [8]string // of its headers
	n      int
}

// usual is the answer that nearly all are: an object of so many bytes, its head
// within what has come already. Of its headers it has those of heads. It is nil
// for any other, of which nothing is read then.
func (c *link) usual() *http.Response {
	come, _ := c.r.Peek(c.r.Buffered())
	end := bytes.Index(come, []byte("\r\n\r\n"))
	head, ok := bytes.CutPrefix(come[:max(0, end)], []byte("HTTP/1.1 200 OK\r\n"))
	if !ok {
		return nil
	}
	a := &usualAnswer{Response: http.Response{StatusCode: http.StatusOK, ContentLength: -1}}
	lines := string(head)
	for more := true; more; {
		var line string
		line, lines, more = strings.Cut(lines, "\r\n")
		name, value, ok := strings.Cut(line, ":")
		if !ok || !a.take(name, strings.Trim(value, " \t")) {
			return nil
		}
	}
	if a.ContentLength < 0 {
		return nil
	}
	c.r.Discard(end + 4)
	a.body = sized{c.r, a.ContentLength}
	a.Body = &a.body
	return &a.Response
}

// take takes a header, if it is one of the usual kind.
func (a *usualAnswer) take(name, value string) bool {
	var room [64]byte
	lower := room[:0]
	for _, c := range []byte(name) {
		switch {
		case len(lower) == len(room):
			return false
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-':
			return false
		}
		lower = append(lower, c)
	}
	if !printable(value) {
		return false
	}
	as, known := heads[string(lower)]
	switch {
	case !known:
		return len(lower) > 0
	case as == "":
		return string(lower) == "connection" && strings.EqualFold(value, "keep-alive")
	case as == "Content-Length":
		n, err := strconv.ParseUint(value, 10, 63)
		twice := a.ContentLength >= 0
		a.ContentLength = int64(n)
		return err == nil && !twice
	case a.n == len(a.values):
		return false
	case a.Header == nil:
		a.Header = http.Header{}
	}
	if a.Header[as] != nil {
		a.Header[as] = append(a.Header[as], value)
		return true
	}
	a.values[a.n] = value
	a.Header[as] = a.values[a.n : a.n+1 : a.n+1]
	a.n++
	return true
}

// sized is a body of so many bytes.
type sized struct {
	r    *bufio.Reader
	left int64
}

func (b *sized) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.EOF
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	switch {
	case b.left == 0:
		return n, io.EOF
	case errors.Is(err, io.EOF):
		return n, io.ErrUnexpectedEOF
	}
	return n, err
}

func (b *sized) Close() error { return nil }
