package s3

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"logsql/ingest/mirror"
)

// Kind is what an Error means for the object it is about and for the rest.
type Kind int

const (
	Failed   Kind = iota
	Denied        // the caller may not read it
	Archived      // it must be restored first
	Gone          // it is not there any more
	Changed       // it is not the object that was listed
	Skipped       // it is no object: a link, a socket
	Fatal         // nothing else will work either: credentials, clock, bucket
)

// Error is what went wrong with an object or a prefix.
type Error struct {
	Op        string // list or get
	URI       string // of the object or prefix
	Kind      Kind
	Temporary bool // worth trying again
	Err       error
	Hint      string // what the user can do, or ""
}

func (e *Error) Error() string { return e.Op + " " + e.URI + ": " + e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// status is an answer of S3 that is no success.
type status struct {
	Code    int    // of HTTP
	Name    string // of S3; "" for a bare status
	Message string
	Region  string // of the bucket, where the answer tells
}

func (s *status) Error() string {
	switch {
	case s.Name != "" && s.Message != "":
		return s.Name + ": " + s.Message
	case s.Name != "":
		return s.Name
	}
	return fmt.Sprintf("HTTP status %d %s", s.Code, http.StatusText(s.Code))
}

// statusOf takes the answer out of an error of the SDK.
func statusOf(err error) *status {
	var own *status
	if errors.As(err, &own) {
		return own
	}
	var resp *awshttp.ResponseError
	if !errors.As(err, &resp) || resp.Response == nil || resp.Response.Response == nil || resp.HTTPStatusCode() == 0 {
		return nil // there was no answer
	}
	s := &status{Code: resp.HTTPStatusCode(), Region: resp.Response.Header.Get("X-Amz-Bucket-Region")}
	var api interface {
		ErrorCode() string
		ErrorMessage() string
	}
	if errors.As(err, &api) {
		s.Name, s.Message = api.ErrorCode(), api.ErrorMessage()
	}
	if text := http.StatusText(s.Code); s.Message == text && s.Name == strings.ReplaceAll(text, " ", "") { // the SDK's words for an answer without any
		s.Name, s.Message = "", ""
	}
	return s
}

// rule says what an answer of S3 means.
type rule struct {
	kind      Kind
	temporary bool
	hint      string
}

const partitionHint = "accounts and buckets of China (aws-cn) and of the rest of the world (aws) do not know each other: check --region (cn-north-1, cn-northwest-1) and --profile"

const (
	regionHint = "give the bucket's region with --region; a bucket of another partition (aws, aws-cn) is not asked for with these credentials"
	busyHint   = "the store wants fewer requests: run the same command again later, with fewer --workers; what has been fetched is kept"
	resumeHint = "sign in again and run the same command: what has been fetched is kept"
)

// rules are by S3's error code, else by HTTP status.
var rules = map[string]rule{
	"AccessDenied":                       {kind: Denied},
	"AllAccessDisabled":                  {kind: Denied},
	"AccountProblem":                     {kind: Denied},
	"403":                                {kind: Denied},
	"InvalidObjectState":                 {kind: Archived},
	"NoSuchKey":                          {kind: Gone},
	"404":                                {kind: Gone},
	"PreconditionFailed":                 {kind: Changed},
	"412":                                {kind: Changed},
	"NoSuchBucket":                       {kind: Fatal, hint: "no such bucket where we asked: " + partitionHint},
	"InvalidAccessKeyId":                 {kind: Fatal, hint: partitionHint},
	"SignatureDoesNotMatch":              {kind: Fatal, hint: "the secret key does not belong to the access key, or a proxy changed the request"},
	"ExpiredToken":                       {kind: Fatal, hint: resumeHint},
	"ExpiredTokenException":              {kind: Fatal, hint: resumeHint},
	"TokenRefreshRequired":               {kind: Fatal, hint: resumeHint},
	"InvalidToken":                       {kind: Fatal, hint: resumeHint + "; " + partitionHint},
	"RequestTimeTooSkewed":               {kind: Fatal, hint: "check the clock of this machine"},
	"PermanentRedirect":                  {kind: Fatal, hint: regionHint},
	"AuthorizationHeaderMalformed":       {kind: Fatal, hint: regionHint},
	"IllegalLocationConstraintException": {kind: Fatal, hint: regionHint},
	"301":                                {kind: Fatal, hint: regionHint},
	"307":                                {temporary: true},
	"SlowDown":                           {temporary: true, hint: busyHint},
	"InternalError":                      {temporary: true},
	"ServiceUnavailable":                 {temporary: true, hint: busyHint},
	"RequestTimeout":                     {temporary: true},
	"OperationAborted":                   {temporary: true},
	"429":                                {temporary: true, hint: busyHint},
	"500":                                {temporary: true},
	"502":                                {temporary: true},
	"503":                                {temporary: true, hint: busyHint},
	"504":                                {temporary: true},
}

// explain makes err an *Error with the meaning and the hint its cause has.
func (s *Source) explain(op, key string, err error) error {
	var done *Error
	if err == nil || errors.As(err, &done) {
		return err
	}
	e := &Error{Op: op, URI: "s3://" + s.cfg.Bucket + "/" + key, Err: err}
	if errors.Is(err, context.Canceled) {
		return e
	}
	if creds := credentialsErrorOf(err); creds != nil {
		e.Kind, e.Err, e.Hint = Fatal, creds, creds.hint()
		return e
	}
	st := statusOf(err)
	if st == nil {
		s.explainLocal(e)
		return e
	}
	e.Err = st
	r, ok := rules[st.Name]
	if !ok {
		r = rules[fmt.Sprint(st.Code)]
	}
	e.Kind, e.Temporary, e.Hint = r.kind, r.temporary, r.hint
	switch e.Kind {
	case Denied:
		e.Hint = s.denied(op, st)
	case Archived:
		e.Hint = RestoreHint(mirror.Object{Bucket: s.cfg.Bucket, Key: key})
	}
	return e
}

// explainLocal is for what did not come from S3: the network.
func (s *Source) explainLocal(e *Error) {
	var dns *net.DNSError
	var request *url.Error
	if errors.As(e.Err, &request) {
		e.Err = request.Err // what is around it says at length which request it was
	}
	switch {
	case errors.As(e.Err, &dns) && dns.IsNotFound && !s.heard.Load():
		e.Kind = Fatal
		e.Hint = "no such host: check --region, --endpoint-url and the network; what has been fetched is kept"
	case e.Down():
		e.Temporary = true
		e.Hint = "nothing answers there: check the network, a proxy, --region and --endpoint-url; what has been fetched is kept"
	default:
		e.Temporary = true
	}
}

// Down tells whether no connection could be made: then other objects cannot be
// had either.
func (e *Error) Down() bool {
	var op *net.OpError
	return errors.As(e, &op) && (op.Op == "dial" || op.Op == "proxyconnect")
}

// Busy tells whether the store asks to be asked less.
func (e *Error) Busy() bool {
	var st *status
	return errors.As(e.Err, &st) && (st.Code == 429 || st.Code >= 500)
}

func (s *Source) denied(op string, st *status) string {
	if strings.Contains(strings.ToLower(st.Message), "kms") {
		return "the caller needs kms:Decrypt on the key that encrypts it"
	}
	bucket := fmt.Sprintf("arn:%s:s3:::%s", s.partition(), s.cfg.Bucket)
	action := "s3:ListBucket on " + bucket
	if op == "get" {
		action = "s3:GetObject on " + bucket + "/*"
	}
	return "the caller needs " + action +
		"; across accounts the bucket policy must allow it too, and the object's owner; a bucket whose reader pays needs --request-payer" + s.unlikely()
}

// unlikely is why S3 may deny what the flags ask for.
func (s *Source) unlikely() string {
	switch {
	case s.cfg.Owner != "":
		return "; S3 also denies a bucket that is not owned by " + s.cfg.Owner + ", as --expected-bucket-owner says"
	case s.cfg.NoSign:
		return "; with --no-sign-request only what is public can be read"
	}
	return ""
}

// IsArchive tells whether objects of a storage class must be restored before
// they can be read.
func IsArchive(class string) bool { return class == "GLACIER" || class == "DEEP_ARCHIVE" }

// RestoreHint says how to get an object out of the archive.
func RestoreHint(o mirror.Object) string {
	quoted := "'" + strings.ReplaceAll(o.Key, "'", `'\''`) + "'"
	return "restore it first: aws s3api restore-object --bucket " + o.Bucket + " --key " + quoted + " --restore-request Days=7"
}
