package s3

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
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

// usual is the answer that nearly all are: an object of so many bytes, its head
// within what has come already. Of its headers it has those of heads. It is nil
// for any other, of which nothing is read then.
func (c *link) usual() *http.Response {
	come, _ := c.r.Peek(c.r.Buffered())
	end := bytes.Index(come, []byte("\r\n\r\n"))
	lines, ok := bytes.CutPrefix(come[:max(0, end)], []byte("HTTP/1.1 200 OK\r\n"))
	if !ok {
		return nil
	}
	resp := &http.Response{StatusCode: http.StatusOK, ContentLength: -1}
	for more := true; more; {
		var line []byte
		line, lines, more = bytes.Cut(lines, []byte("\r\n"))
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || !usualHeader(resp, name, bytes.Trim(value, " \t")) {
			return nil
		}
	}
	if resp.ContentLength < 0 {
		return nil
	}
	c.r.Discard(end + 4)
	resp.Body = &sized{c.r, resp.ContentLength}
	return resp
}

// usualHeader takes a header to an answer, if it is one of the usual kind.
func usualHeader(resp *http.Response, name, value []byte) bool {
	var room [64]byte
	lower := room[:0]
	for _, c := range name {
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
		return bytes.Equal(lower, []byte("connection")) && bytes.EqualFold(value, []byte("keep-alive"))
	case as == "Content-Length":
		n, err := strconv.ParseUint(string(value), 10, 63)
		twice := resp.ContentLength >= 0
		resp.ContentLength = int64(n)
		return err == nil && !twice
	case resp.Header == nil:
		resp.Header = http.Header{}
	}
	resp.Header[as] = append(resp.Header[as], string(value))
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
