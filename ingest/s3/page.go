package s3

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"logsql/ingest/mirror"
)

// listing is a page of a listing. Keys and prefixes are plain.
type listing struct {
	objects []mirror.Object
	folders []string
	token   string // of the next page
	more    bool
}

// withPages has an operation's answers read by readPage where that can, in a
// tenth of the time that the SDK takes.
func withPages(bucket string) func(*s3.Options) {
	read := middleware.DeserializeMiddlewareFunc("readPage", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleDeserialize(ctx, in)
		resp, ok := out.RawResponse.(*smithyhttp.Response)
		if err == nil && ok && resp.StatusCode == http.StatusOK {
			err = takePage(resp, bucket, &metadata)
		}
		return out, metadata, err
	})
	return func(o *s3.Options) {
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			return stack.Deserialize.Insert(read, "OperationDeserializer", middleware.After)
		})
	}
}

type listingKey struct{}

var pageBuffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// takePage puts the page of an answer into metadata and leaves the SDK nothing to
// read; or it leaves the answer as it is, when that is more than readPage knows.
// What is no listing at all would be an empty one to the SDK.
func takePage(resp *smithyhttp.Response, bucket string, metadata *middleware.Metadata) error {
	buf := pageBuffers.Get().(*bytes.Buffer)
	buf.Reset()
	_, err := buf.ReadFrom(resp.Body)
	resp.Body.Close()
	if err == nil {
		if page, ok := readPage(buf.Bytes(), bucket); ok {
			metadata.Set(listingKey{}, page)
			resp.Body = http.NoBody
			pageBuffers.Put(buf)
			return nil
		}
		if !bytes.Contains(buf.Bytes(), []byte("ListBucketResult")) {
			return &status{Code: 200, Name: "BadListing", Message: "the answer is no listing"}
		}
	}
	resp.Body = io.NopCloser(io.MultiReader(buf, failing{err}))
	return nil
}

// failing is the end of a body that broke off.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}

// listingOf is the page that an operation has brought.
func (s *Source) listingOf(page *s3.ListObjectsV2Output) *listing {
	if l, ok := page.ResultMetadata.Get(listingKey{}).(*listing); ok {
		return l
	}
	l := &listing{token: aws.ToString(page.NextContinuationToken), more: aws.ToBool(page.IsTruncated)}
	for _, o := range page.Contents {
		l.objects = append(l.objects, s.object(page, o))
	}
	for _, p := range page.CommonPrefixes {
		l.folders = append(l.folders, decode(page, aws.ToString(p.Prefix)))
	}
	return l
}

// readPage reads ListObjectsV2's answer as S3 and what speaks its protocol write
// it: elements and ASCII text, no comments, no CDATA, no prefixes of namespaces.
// ok is false where it is anything else; then the SDK reads it, and finds the
// error if there is one.
func readPage(doc []byte, bucket string) (page *listing, ok bool) {
	p := pageParser{scanner: scanner{rest: doc}, bucket: bucket, page: &listing{}}
	p.onObject = p.objectElement
	p.prolog()
	if name := p.open(); string(name) != "ListBucketResult" {
		return nil, false
	}
	p.elements("ListBucketResult", pageElements, p.element)
	p.blank()
	if p.bad || len(p.rest) > 0 {
		return nil, false
	}
	// Only now is it known whether keys are encoded.
	for i := range p.page.objects {
		p.page.objects[i].Key = plainKey(p.page.objects[i].Key, p.encoded)
	}
	for i := range p.page.folders {
		p.page.folders[i] = plainKey(p.page.folders[i], p.encoded)
	}
	return p.page, true
}

// pageParser reads a page, an object at a time.
type pageParser struct {
	scanner
	bucket   string
	page     *listing
	encoded  bool
	o        mirror.Object
	copied   bool // the object is archived and has a copy that can be read
	onObject func(name []byte)
}

// Names of elements that mean something: others are passed over, where they hold
// nothing but text.
var (
	pageElements    = []string{"CommonPrefixes", "Contents", "EncodingType", "IsTruncated", "KeyCount", "MaxKeys", "Name", "NextContinuationToken", "Prefix", "Delimiter", "StartAfter", "ContinuationToken"}
	prefixElements  = []string{"Prefix"}
	objectElements  = []string{"Key", "LastModified", "ETag", "Size", "StorageClass", "RestoreStatus", "Owner", "ChecksumAlgorithm", "ChecksumType"}
	restoreElements = []string{"IsRestoreInProgress", "RestoreExpiryDate"}
	ownerElements   = []string{"DisplayName", "ID"}
)

func (p *pageParser) element(name []byte) {
	switch string(name) {
	case "Contents":
		p.o, p.copied = mirror.Object{Bucket: p.bucket}, false
		p.elements("Contents", objectElements, p.onObject)
		if p.copied {
			p.o.StorageClass = ""
		}
		p.page.objects = append(p.page.objects, p.o)
	case "CommonPrefixes":
		prefix := ""
		p.elements("CommonPrefixes", prefixElements, func(name []byte) {
			if text := p.text(name); string(name) == "Prefix" {
				prefix = string(text)
			}
		})
		p.page.folders = append(p.page.folders, prefix)
	case "EncodingType":
		p.encoded = string(p.text(name)) == "url"
	case "IsTruncated":
		p.page.more = p.boolean(name)
	case "NextContinuationToken":
		p.page.token = string(p.text(name))
	case "KeyCount", "MaxKeys":
		n, err := strconv.ParseInt(string(p.text(name)), 10, 32)
		p.must(err == nil)
		if p.page.objects == nil && n > 0 {
			p.page.objects = make([]mirror.Object, 0, min(n, 1000))
		}
	default:
		p.text(name)
	}
}

func (p *pageParser) objectElement(name []byte) {
	switch string(name) {
	case "Key":
		p.o.Key = string(p.text(name))
	case "LastModified":
		p.o.LastModified = p.time(name)
	case "ETag":
		p.o.ETag = string(bytes.Trim(p.text(name), `"`))
	case "Size":
		var err error
		p.o.Size, err = strconv.ParseInt(string(p.text(name)), 10, 64)
		p.must(err == nil)
	case "StorageClass":
		if class := p.text(name); string(class) == "STANDARD" {
			p.o.StorageClass = "STANDARD" // without a text of its own for each
		} else {
			p.o.StorageClass = string(class)
		}
	case "RestoreStatus":
		p.copied = p.restored()
	case "Owner":
		p.elements("Owner", ownerElements, func(name []byte) { p.text(name) })
	default:
		p.text(name)
	}
}

// restored tells whether an archived object has a copy that can be read.
func (p *pageParser) restored() bool {
	running, expires := false, false
	p.elements("RestoreStatus", restoreElements, func(name []byte) {
		switch string(name) {
		case "IsRestoreInProgress":
			running = p.boolean(name)
		case "RestoreExpiryDate":
			p.time(name)
			expires = true
		default:
			p.text(name)
		}
	})
	return expires && !running
}

func (p *pageParser) boolean(name []byte) bool {
	text := string(p.text(name))
	p.must(text == "true" || text == "false")
	return text == "true"
}

func (p *pageParser) time(name []byte) time.Time {
	at, err := time.Parse(time.RFC3339, string(p.text(name)))
	p.must(err == nil)
	return at.UTC()
}

// scanner goes through a document. It turns bad at what it does not know, and
// then finds nothing more.
type scanner struct {
	rest []byte
	bad  bool
	shut bool   // the element that was opened has ended with its start: <a/>
	room []byte // of texts with entities in them
}

func (s *scanner) must(ok bool) {
	if !ok {
		s.bad, s.rest = true, nil
	}
}

func (s *scanner) blank() { s.rest = bytes.TrimLeft(s.rest, " \t\n") }

// prolog passes the XML declaration.
func (s *scanner) prolog() {
	for _, known := range []string{`<?xml version="1.0" encoding="UTF-8"?>`, `<?xml version="1.0" encoding="utf-8"?>`} {
		if after, ok := bytes.CutPrefix(s.rest, []byte(known)); ok {
			s.rest = after
			break
		}
	}
	s.blank()
}

// open passes a start tag.
func (s *scanner) open() (name []byte) {
	end := bytes.IndexByte(s.rest, '>')
	if s.must(end > 1 && s.rest[0] == '<'); s.bad {
		return nil
	}
	tag := s.rest[1:end]
	s.rest = s.rest[end+1:]
	tag, s.shut = bytes.CutSuffix(tag, []byte("/"))
	name, attributes, some := bytes.Cut(tag, []byte(" "))
	s.must(isName(name) && (!some || isNamespace(attributes)))
	return name
}

// isNamespace tells whether an element's attributes are xmlns="…" and no more.
func isNamespace(a []byte) bool {
	value, ok := bytes.CutPrefix(a, []byte(`xmlns="`))
	return ok && bytes.IndexByte(value, '"') == len(value)-1 && printable(value) && !bytes.ContainsAny(value, "<&")
}

func isName(name []byte) bool {
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return len(name) > 0
}

func printable[T string | []byte](text T) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// elements calls f behind the start tag of each element in one that is open, and
// passes its end. f must pass its element. A name that is nearly a known one is
// the SDK's to judge.
func (s *scanner) elements(in string, known []string, f func(name []byte)) {
	for {
		if s.blank(); s.closed([]byte(in)) || s.bad {
			return
		}
		name := s.open()
		if !slices.Contains(known, string(name)) {
			s.must(!slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, string(name)) }))
		}
		if s.bad {
			return
		}
		f(name)
	}
}

// closed passes the end of an element where it is next.
func (s *scanner) closed(name []byte) bool {
	if s.shut {
		s.shut = false
		return true
	}
	after, ok := bytes.CutPrefix(s.rest, []byte("</"))
	if !ok {
		return false
	}
	after, ok = bytes.CutPrefix(after, name)
	s.must(ok && len(after) > 0 && after[0] == '>')
	if !s.bad {
		s.rest = after[1:]
	}
	return true
}

// text passes an element that holds only text, and gives it. It is good until
// the next one is asked for.
func (s *scanner) text(name []byte) (text []byte) {
	if !s.shut {
		text = s.rest[:max(0, bytes.IndexByte(s.rest, '<'))]
		s.rest = s.rest[len(text):]
		s.must(printable(text) && bytes.IndexByte(text, '>') < 0)
	}
	if bytes.IndexByte(text, '&') >= 0 {
		text = s.plain(text)
	}
	s.must(s.closed(name))
	return text
}

// plain is a text without its entities.
func (s *scanner) plain(text []byte) []byte {
	s.room = s.room[:0]
	for !s.bad {
		before, rest, found := bytes.Cut(text, []byte("&"))
		s.room = append(s.room, before...)
		if !found {
			break
		}
		name, rest, _ := bytes.Cut(rest, []byte(";"))
		c, ok := entities[string(name)]
		s.must(ok)
		s.room, text = append(s.room, c), rest
	}
	return s.room
}

var entities = map[string]byte{"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\'', "#34": '"', "#39": '\''}
