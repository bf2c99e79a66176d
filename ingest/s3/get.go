package s3

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/minio/crc64nvme"

	"logsql/ingest/mirror"
)

// emptyHash is the SHA-256 of no body.
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// Open starts to read an object, as it was listed: where it has an ETag and
// the bucket's object has another by now, the error is of kind Changed. It
// tries once; errors that are worth another try say so. The body ends with
// io.ErrUnexpectedEOF where the connection ends too soon.
func (s *Source) Open(ctx context.Context, o mirror.Object) (io.ReadCloser, error) {
	for renewed := false; ; {
		c := s.conn.Load()
		resp, err := s.get(ctx, c, o)
		if err == nil {
			return &Body{ReadCloser: resp.Body, header: resp.Header}, nil
		}
		if !renewed && s.renew(ctx, err) {
			renewed = true
			continue
		}
		if !s.move(ctx, c, err) {
			return nil, s.explain("get", o.Key, err)
		}
	}
}

// Body is an object's content on its way.
type Body struct {
	io.ReadCloser
	header http.Header // what is asked of it must stand in heads
}

// ETagIsMD5 tells whether an ETag that looks like an MD5 can be one.
func (b *Body) ETagIsMD5() bool {
	sse := b.header.Get("X-Amz-Server-Side-Encryption")
	return (sse == "" || sse == "AES256") && b.header.Get("X-Amz-Server-Side-Encryption-Customer-Algorithm") == ""
}

// Signature is what CloudTrail writes into a digest's metadata, "" for any other
// object.
func (b *Body) Signature() string { return b.header.Get("X-Amz-Meta-Signature") }

// Checksum is the strongest checksum of the whole object that S3 has stored, as
// a hash to compute and the sum it must have; nil where there is none. The sums
// of the parts of an upload ("…-3") are none of the whole.
func (b *Body) Checksum() (name string, h hash.Hash, want []byte) {
	for _, c := range checksums {
		value := b.header.Get("X-Amz-Checksum-" + c.name)
		sum, err := base64.StdEncoding.DecodeString(value)
		if err != nil || value == "" || b.header.Get("X-Amz-Checksum-Type") == "COMPOSITE" {
			continue
		}
		if h := c.new(); len(sum) == h.Size() {
			return strings.ToUpper(c.name), h, sum
		}
	}
	return "", nil, nil
}

// checksums are the ones S3 stores, the strongest first.
var checksums = []struct {
	name string
	new  func() hash.Hash
}{
	{"Sha256", sha256.New},
	{"Crc64nvme", func() hash.Hash { return crc64nvme.New() }},
	{"Sha1", sha1.New},
	{"Crc32c", func() hash.Hash { return crc32.New(castagnoli) }},
	{"Crc32", func() hash.Hash { return crc32.NewIEEE() }},
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (s *Source) get(ctx context.Context, c *conn, o mirror.Object) (*http.Response, error) {
	r := requests.Get().(*request)
	defer requests.Put(r)
	if err := s.fill(ctx, r, c, o); err != nil {
		return nil, err
	}
	var resp *http.Response
	var err error
	if c.wire != nil {
		s.gets.Add(1)
		resp, err = c.wire.do(ctx, r.text())
	} else {
		resp, err = s.ask(ctx, c, r)
	}
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, readStatus(resp)
}

// request is a GET: its escaped path, and its headers in the order in which they
// are signed.
type request struct {
	path    string
	headers []header
	room    []byte // to work in
}

var requests = sync.Pool{New: func() any { return new(request) }}

func (r *request) add(name, value string) {
	if value != "" {
		r.headers = append(r.headers, header{name, value})
	}
}

// fill makes r the request for an object.
func (s *Source) fill(ctx context.Context, r *request, c *conn, o mirror.Object) (err error) {
	date := time.Now().UTC().Format(timeFormat)
	r.path, r.headers = escaped(c.path, o.Key), r.headers[:0]
	r.add("host", c.host)
	if o.ETag != "" {
		r.add("if-match", `"`+o.ETag+`"`)
	}
	r.add("x-amz-checksum-mode", "ENABLED")
	r.add("x-amz-content-sha256", emptyHash)
	var creds aws.Credentials
	if !s.cfg.NoSign {
		if creds, err = s.credentials(ctx); err != nil {
			return err
		}
		r.add("x-amz-date", date)
	}
	r.add("x-amz-expected-bucket-owner", s.cfg.Owner)
	if s.cfg.RequestPayer {
		r.add("x-amz-request-payer", "requester")
	}
	r.add("x-amz-security-token", creds.SessionToken)
	for _, h := range r.headers {
		if strings.ContainsFunc(h.value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return &Error{Op: "get", URI: o.URI(), Err: fmt.Errorf("%q cannot be sent as the header %s", h.value, h.name)}
		}
	}
	if !s.cfg.NoSign {
		r.add("authorization", s.signer.authorization(creds, c.region, date, r))
	}
	return nil
}

// text is the request as it goes out.
func (r *request) text() []byte {
	b := append(append(append(r.room[:0], "GET "...), r.path...), " HTTP/1.1\r\n"...)
	for _, h := range r.headers {
		b = append(append(b, h.name...), ": "...)
		b = append(append(b, h.value...), "\r\n"...)
	}
	r.room = append(b, "user-agent: logsql\r\n\r\n"...)
	return r.room
}

// ask sends a request by net/http.
func (s *Source) ask(ctx context.Context, c *conn, r *request) (*http.Response, error) {
	u := *c.base
	u.RawPath = r.path
	var err error
	if u.Path, err = url.PathUnescape(r.path); err != nil {
		return nil, err
	}
	req := (&http.Request{Method: http.MethodGet, URL: &u, Host: c.host, Header: http.Header{}}).WithContext(ctx)
	for _, h := range r.headers[1:] {
		req.Header.Set(h.name, h.value)
	}
	return s.http.Do(req)
}

// escaped is a path with a key behind it that is escaped as SigV4 wants it: all
// but unreserved characters and slashes, whatever the key's segments are.
func escaped(path, key string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(path) + len(key) + 16)
	b.WriteString(path)
	for i := range len(key) {
		c := key[i]
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', strings.IndexByte("-_.~/", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// readStatus reads S3's error document, of which a proxy's page may have
// nothing.
func readStatus(resp *http.Response) *status {
	st := &status{Code: resp.StatusCode, Region: resp.Header.Get("X-Amz-Bucket-Region")}
	var doc struct{ Code, Message, Region string }
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err == nil && xml.Unmarshal(body, &doc) == nil {
		st.Name, st.Message = doc.Code, doc.Message
	}
	if st.Region == "" && st.Name == "AuthorizationHeaderMalformed" {
		st.Region = doc.Region
	}
	return st
}
