// Package s3test has S3 for tests: a fake in this process that does on demand
// what a real store does once a year, and the starter of a real one.
package s3test

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Server is a fake S3 with path-style buckets. Its fields may be set before it
// is used; Do changes it while it serves.
type Server struct {
	URL string

	PageSize int              // keys of a listing's page; 1000 where 0
	Latency  time.Duration    // of every answer
	Region   string           // requests signed for another are sent here; "" takes all
	Redirect bool             // tells the region by a 301, not by the 400
	NoETag   bool             // neither lists nor checks ETags
	KMS      bool             // ETags are no MD5, and answers say the object is encrypted
	Busy     int              // so many requests get 503 SlowDown
	Expired  string           // requests signed with this access key get ExpiredToken
	Denied   []string         // prefixes that may be listed but not read
	Unlisted []string         // prefixes that may not be listed
	Reply    *Reply           // to every request, in place of an answer
	Page     string           // to every request, as XML of a success
	Refused  map[string]Reply // to GETs of keys with a prefix

	// Chances of a request, at random: to get 500, to have its connection reset,
	// to get half of the body.
	Failing, Resets, Shortened float64
	Drip                       time.Duration // between the halves of a body

	// Answered is told after each GET of an object how many there were; like what Do
	// runs, it may change the Server.
	Answered func(gets int)

	mu       sync.Mutex
	gets     int
	objects  map[string]map[string]*Object
	requests []string
}

// Reply is an error answer.
type Reply struct {
	Status        int
	Code, Message string
}

// Object is an object of the fake.
type Object struct {
	Data     []byte
	ETag     string // the MD5 where empty
	Class    string // storage class
	Modified time.Time
	Checksum [2]string         // kept by the store: the header behind X-Amz-Checksum-, and the value
	Restored bool              // out of the archive, for some days
	Short    int               // so many GETs break off halfway
	Garbled  int               // so many GETs have a wrong byte
	Vanish   bool              // listed, but not there for GET
	Meta     map[string]string // user metadata
}

// New starts a fake with the given buckets; it ends with the test. It also
// points the AWS configuration of this process at nothing but test credentials.
func New(t testing.TB, buckets ...string) *Server {
	t.Helper()
	s := &Server{objects: map[string]map[string]*Object{}}
	for _, b := range buckets {
		s.objects[b] = map[string]*Object{}
	}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	s.URL = srv.URL
	SetEnv(t)
	return s
}

// Credentials of the fake and of the real store.
const (
	AccessKey = "test"
	SecretKey = "testtest123"
)

// Environ is what the environment of a program needs that talks to either; what
// the machine has configured for AWS stays out of it.
func Environ() []string {
	return []string{
		"AWS_ACCESS_KEY_ID=" + AccessKey, "AWS_SECRET_ACCESS_KEY=" + SecretKey, "AWS_SESSION_TOKEN=",
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
		"AWS_PROFILE=", "AWS_REGION=", "AWS_DEFAULT_REGION=", "AWS_ENDPOINT_URL=", "AWS_ENDPOINT_URL_S3=",
	}
}

// SetEnv sets Environ for the time of a test.
func SetEnv(t testing.TB) {
	for _, kv := range Environ() {
		name, value, _ := strings.Cut(kv, "=")
		t.Setenv(name, value)
	}
}

// Put stores an object, with changes to it. What it returns may be changed as
// long as no request is served.
func (s *Server) Put(bucket, key, data string, change ...func(*Object)) *Object {
	o := &Object{Data: []byte(data), Modified: time.Date(2025, 11, 20, 1, 2, 3, 0, time.UTC)}
	for _, f := range change {
		f(o)
	}
	s.Do(func() { s.objects[bucket][key] = o })
	return o
}

// Object is one that is stored, for what Do runs to change.
func (s *Server) Object(bucket, key string) *Object { return s.objects[bucket][key] }

// Delete removes an object.
func (s *Server) Delete(bucket, key string) { s.Do(func() { delete(s.objects[bucket], key) }) }

// Do runs f while no request is served.
func (s *Server) Do(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// Requests are those since the last call, as "LIST bucket prefix" and "GET
// bucket key", in order of arrival.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.requests
	s.requests = nil
	return r
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var latency time.Duration
	s.Do(func() { latency = s.Latency })
	time.Sleep(latency)
	s.mu.Lock()
	defer s.mu.Unlock()
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if r.Method != http.MethodGet {
		refuse(w, 405, "MethodNotAllowed", r.Method)
		return
	}
	objects, ok := s.objects[bucket]
	switch {
	case rand.Float64() < s.Resets:
		reset(w)
	case rand.Float64() < s.Failing:
		refuse(w, 500, "InternalError", "We encountered an internal error. Please try again.")
	case s.Reply != nil:
		refuse(w, s.Reply.Status, s.Reply.Code, s.Reply.Message)
	case s.Page != "":
		w.Header().Set("Content-Type", "application/xml")
		io.WriteString(w, s.Page)
	case s.Expired != "" && strings.Contains(r.Header.Get("Authorization"), "Credential="+s.Expired+"/"):
		refuse(w, 400, "ExpiredToken", "The provided token has expired.")
	case s.Busy > 0:
		s.Busy--
		refuse(w, 503, "SlowDown", "Please reduce your request rate.")
	case s.elsewhere(w, r):
	case !ok:
		refuse(w, 404, "NoSuchBucket", "The specified bucket does not exist")
	case r.URL.Query().Get("list-type") == "2":
		s.requests = append(s.requests, "LIST "+bucket+" "+r.URL.Query().Get("prefix"))
		s.list(w, r.URL.Query(), bucket, objects)
	default:
		s.requests = append(s.requests, "GET "+bucket+" "+key)
		s.get(w, r, key, objects)
		if s.gets++; s.Answered != nil {
			s.Answered(s.gets)
		}
	}
}

// elsewhere answers requests that are signed for another region.
func (s *Server) elsewhere(w http.ResponseWriter, r *http.Request) bool {
	scope := strings.Split(r.Header.Get("Authorization"), "/")
	if s.Region == "" || len(scope) > 2 && scope[2] == s.Region {
		return false
	}
	w.Header().Set("X-Amz-Bucket-Region", s.Region)
	if s.Redirect {
		refuse(w, 301, "PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified endpoint.")
		return true
	}
	refuse(w, 400, "AuthorizationHeaderMalformed", "the region is wrong; expecting '"+s.Region+"'")
	return true
}

func (s *Server) get(w http.ResponseWriter, r *http.Request, key string, objects map[string]*Object) {
	o := objects[key]
	switch {
	case hasPrefix(key, s.Denied):
		refuse(w, 403, "AccessDenied", "Access Denied")
		return
	case o == nil || o.Vanish:
		refuse(w, 404, "NoSuchKey", "The specified key does not exist.")
		return
	case (o.Class == "GLACIER" || o.Class == "DEEP_ARCHIVE") && !o.Restored:
		refuse(w, 403, "InvalidObjectState", "The operation is not valid for the object's storage class")
		return
	}
	for prefix, reply := range s.Refused {
		if strings.HasPrefix(key, prefix) {
			refuse(w, reply.Status, reply.Code, reply.Message)
			return
		}
	}
	if want := r.Header.Get("If-Match"); want != "" && !s.NoETag && want != s.etag(o) {
		refuse(w, 412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
		return
	}
	if s.KMS {
		w.Header().Set("X-Amz-Server-Side-Encryption", "aws:kms")
	}
	if o.Checksum[0] != "" && r.Header.Get("X-Amz-Checksum-Mode") == "ENABLED" {
		w.Header().Set("X-Amz-Checksum-"+o.Checksum[0], o.Checksum[1])
	}
	data := o.Data
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	for name, value := range o.Meta {
		w.Header().Set("X-Amz-Meta-"+name, value)
	}
	switch {
	case o.Short > 0:
		o.Short--
		data = data[:len(data)/2]
	case o.Garbled > 0:
		o.Garbled--
		data = bytes.Clone(data)
		data[0] ^= 1
	}
	if rand.Float64() < s.Shortened {
		data = data[:len(data)/2]
	}
	if s.Drip > 0 {
		w.Write(data[:len(data)/2])
		w.(http.Flusher).Flush()
		data = data[len(data)/2:]
		s.mu.Unlock()
		time.Sleep(s.Drip)
		s.mu.Lock()
	}
	w.Write(data)
}

// reset ends the connection without an answer.
func reset(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

func (s *Server) etag(o *Object) string {
	if o.ETag != "" {
		return `"` + o.ETag + `"`
	}
	sum := md5.Sum(o.Data)
	if s.KMS {
		sum[0] ^= 1
	}
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

type listing struct {
	XMLName               xml.Name `xml:"ListBucketResult"`
	Name                  string
	IsTruncated           bool
	EncodingType          string `xml:",omitempty"`
	NextContinuationToken string `xml:",omitempty"`
	Contents              []content
	CommonPrefixes        []commonPrefix
}

type content struct {
	Key, ETag, StorageClass string
	LastModified            string
	Size                    int
	RestoreStatus           *restoreStatus
}

type restoreStatus struct {
	IsRestoreInProgress bool
	RestoreExpiryDate   string
}

type commonPrefix struct{ Prefix string }

func (s *Server) list(w http.ResponseWriter, q url.Values, bucket string, objects map[string]*Object) {
	prefix, delimiter := q.Get("prefix"), q.Get("delimiter")
	if hasPrefix(prefix, s.Unlisted) {
		refuse(w, 403, "AccessDenied", "Access Denied")
		return
	}
	after := q.Get("start-after")
	if token, err := base64.StdEncoding.DecodeString(q.Get("continuation-token")); err == nil && len(token) > 0 {
		after = string(token)
	}
	limit := s.PageSize
	if limit == 0 {
		limit = 1000
	}
	encode := func(key string) string { return key }
	out := listing{Name: bucket, EncodingType: q.Get("encoding-type")}
	if out.EncodingType == "url" {
		encode = func(key string) string { return strings.ReplaceAll(url.QueryEscape(key), "%2F", "/") }
	}
	var keys []string
	for key := range objects {
		if strings.HasPrefix(key, prefix) && key > after {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	last, n := "", 0
	for _, key := range keys {
		folder := folderOf(key, prefix, delimiter)
		if folder != "" && (folder == last || strings.HasPrefix(after, folder)) {
			continue
		}
		if n == limit {
			out.IsTruncated = true
			out.NextContinuationToken = base64.StdEncoding.EncodeToString([]byte(last))
			break
		}
		n++
		if folder != "" {
			last = folder
			out.CommonPrefixes = append(out.CommonPrefixes, commonPrefix{encode(folder)})
			continue
		}
		last = key
		out.Contents = append(out.Contents, s.content(encode(key), objects[key]))
	}
	w.Header().Set("Content-Type", "application/xml")
	xml.NewEncoder(w).Encode(out)
}

func folderOf(key, prefix, delimiter string) string {
	if delimiter == "" {
		return ""
	}
	if i := strings.Index(key[len(prefix):], delimiter); i >= 0 {
		return key[:len(prefix)+i+len(delimiter)]
	}
	return ""
}

func (s *Server) content(key string, o *Object) content {
	c := content{
		Key: key, ETag: s.etag(o), StorageClass: o.Class, Size: len(o.Data),
		LastModified: o.Modified.UTC().Format("2006-01-02T15:04:05.000Z"),
	}
	if s.NoETag {
		c.ETag = ""
	}
	if c.StorageClass == "" {
		c.StorageClass = "STANDARD"
	}
	if o.Restored {
		c.RestoreStatus = &restoreStatus{RestoreExpiryDate: "2030-01-01T00:00:00.000Z"}
	}
	return c
}

func hasPrefix(key string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	if code != "" {
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, message)
	}
}
