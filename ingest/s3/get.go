package s3

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"logsql/ingest/mirror"
)

// emptyHash is the SHA-256 of no body.
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// Open starts to read an object, as it was listed: where it has an ETag and
// the bucket's object has another by now, the error is of kind Changed. It
// tries once; errors that are worth another try say so. The body ends with
// io.ErrUnexpectedEOF where the connection ends too soon.
func (s *Source) Open(ctx context.Context, o mirror.Object) (io.ReadCloser, error) {
	for {
		c := s.conn.Load()
		resp, err := s.get(ctx, c, o)
		if err == nil {
			return &Body{ReadCloser: resp.Body, header: resp.Header}, nil
		}
		if !s.move(ctx, c, err) {
			return nil, s.explain("get", o.Key, err)
		}
	}
}

// Body is an object's content on its way.
type Body struct {
	io.ReadCloser
	header http.Header
}

// ETagIsMD5 tells whether an ETag that looks like an MD5 can be one.
func (b *Body) ETagIsMD5() bool {
	sse := b.header.Get("X-Amz-Server-Side-Encryption")
	return (sse == "" || sse == "AES256") && b.header.Get("X-Amz-Server-Side-Encryption-Customer-Algorithm") == ""
}

// Signature is what CloudTrail writes into a digest's metadata, "" for any other
// object.
func (b *Body) Signature() string { return b.header.Get("X-Amz-Meta-Signature") }

func (s *Source) get(ctx context.Context, c *conn, o mirror.Object) (*http.Response, error) {
	req, err := s.request(ctx, c, o)
	if err != nil {
		return nil, err
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer resp.Body.Close()
	st := readStatus(resp)
	if strings.HasPrefix(st.Name, "ExpiredToken") {
		s.forgetCredentials()
	}
	return nil, st
}

func (s *Source) request(ctx context.Context, c *conn, o mirror.Object) (*http.Request, error) {
	u := *c.base
	u.Path, u.RawPath = c.base.Path+o.Key, c.base.EscapedPath()+escapeKey(o.Key)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "", nil)
	if err != nil {
		return nil, err
	}
	req.URL, req.Host = &u, u.Host
	req.Header.Set("X-Amz-Content-Sha256", emptyHash)
	if o.ETag != "" {
		req.Header.Set("If-Match", `"`+o.ETag+`"`)
	}
	if s.cfg.RequestPayer {
		req.Header.Set("X-Amz-Request-Payer", "requester")
	}
	creds, err := s.credentials(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.signer.SignHTTP(ctx, creds, req, emptyHash, "s3", c.region, time.Now()); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return req, nil
}

func (s *Source) credentials(ctx context.Context) (aws.Credentials, error) {
	creds, err := s.aws.Credentials.Retrieve(ctx)
	if err != nil && ctx.Err() == nil {
		err = &credentialsError{err}
	}
	return creds, err
}

// forgetCredentials has them fetched anew for the next request.
func (s *Source) forgetCredentials() {
	if cache, ok := s.aws.Credentials.(*aws.CredentialsCache); ok {
		cache.Invalidate()
	}
}

// escapeKey escapes as SigV4 wants it: all but unreserved characters and
// slashes, whatever the key's segments are.
func escapeKey(key string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(key) {
		c := key[i]
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', strings.IndexByte("-_.~/", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
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
