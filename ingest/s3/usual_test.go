package s3

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"testing"
)

// What is taken for a usual answer, net/http reads in the same way; any other is
// left to it untouched.
func FuzzUsual(f *testing.F) {
	for _, text := range []string{
		ok, ok + "more",
		"HTTP/1.1 200 OK\r\nServer: x\r\ndate:Fri\r\nETag: \"e\"\r\nX-AMZ-CHECKSUM-CRC32: AAAA==\r\nx-amz-checksum-crc32: b\r\nContent-Length:  2 \r\nConnection: Keep-Alive\r\n\r\nab",
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na",
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab",
		"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab",
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n folded\r\n\r\nab",
		"HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nab",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab",
		"HTTP/1.1 206 Partial Content\r\nContent-Length: 2\r\n\r\nab",
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n: x\r\n\r\nab",
		"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c := &link{r: bufio.NewReaderSize(bytes.NewReader(text), 16<<10)}
		c.r.Peek(1)
		got := c.usual()
		if got == nil {
			if left, _ := io.ReadAll(c.r); !bytes.Equal(left, text) {
				t.Errorf("%q: something was read of it", text)
			}
			return
		}
		want, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(text)), nil)
		if err != nil || want.StatusCode != got.StatusCode || want.ContentLength != got.ContentLength || want.Close {
			t.Fatalf("%q: %+v; net/http has %+v, %v", text, got, want, err)
		}
		for _, name := range heads {
			if name == "" || name == "Content-Length" {
				continue
			}
			if got, want := got.Header.Get(name), want.Header.Get(name); got != want {
				t.Errorf("%q: %s is %q, net/http has %q", text, name, got, want)
			}
		}
		body, err := io.ReadAll(got.Body)
		wantBody, wantErr := io.ReadAll(want.Body)
		if !bytes.Equal(body, wantBody) || err != wantErr {
			t.Errorf("%q: body %q, %v; net/http has %q, %v", text, body, err, wantBody, wantErr)
		}
	})
}

func TestUsual(t *testing.T) {
	for text, usual := range map[string]bool{
		"HTTP/1.1 200 OK\r\nServer: AmazonS3\r\nx-amz-id-2: a/b+c=\r\nLast-Modified: Fri, 21 Nov 2025 10:00:00 GMT\r\nContent-Type: binary/octet-stream\r\nContent-Length: 2\r\n\r\nab": true,
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nconnection: keep-alive\r\n\r\nab":                                                                                                      true,
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n":                                     false,
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Amz-Meta-Signature: \xff\r\n\r\nab": false,
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab":          false,
		"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nab":              false,
		"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab":                               false,
	} {
		c := &link{r: bufio.NewReaderSize(bytes.NewReader([]byte(text)), 16<<10)}
		c.r.Peek(1)
		if got := c.usual() != nil; got != usual {
			t.Errorf("%q: usual: %t, want %t", text, got, usual)
		}
	}
}
