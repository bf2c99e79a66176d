package s3

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// header is one of a request, its name in lower case.
type header struct{ name, value string }

// signer signs GETs without a query as Signature Version 4 has it. The SDK's own
// signer, which the tests hold it to, takes ten times as long for what does not
// change between two objects.
type signer struct {
	last atomic.Pointer[signingKey]
}

// signingKey is good for a day, a region and a secret.
type signingKey struct {
	day, region, secret string
	key                 []byte
}

const timeFormat = "20060102T150405Z"

// authorization is the header that signs a request at a date in timeFormat.
func (s *signer) authorization(creds aws.Credentials, region, date string, r *request) string {
	b := append(append(append(r.room[:0], "GET\n"...), r.path...), "\n\n"...)
	for _, h := range r.headers {
		b = append(append(b, h.name...), ':')
		b = append(append(b, oneSpace(h.value)...), '\n')
	}
	b = append(b, '\n')
	names := len(b)
	for _, h := range r.headers {
		b = append(append(b, h.name...), ';')
	}
	b[len(b)-1] = '\n'
	end := len(b) - 1
	b = append(b, emptyHash...)
	sum := sha256.Sum256(b)
	// What is to be signed, then the header, behind what must be kept of that.
	begin := len(b)
	b = append(append(append(b, "AWS4-HMAC-SHA256\n"...), date...), '\n')
	scope := len(b)
	b = append(append(append(append(b, date[:8]...), '/'), region...), "/s3/aws4_request"...)
	scopeEnd := len(b)
	b = hex.AppendEncode(append(b, '\n'), sum[:])
	signature := hmacSHA256(s.key(creds.SecretAccessKey, date[:8], region), b[begin:])
	begin = len(b)
	b = append(append(append(b, "AWS4-HMAC-SHA256 Credential="...), creds.AccessKeyID...), '/')
	b = append(append(b, b[scope:scopeEnd]...), ", SignedHeaders="...)
	b = append(append(b, b[names:end]...), ", Signature="...)
	b = hex.AppendEncode(b, signature[:])
	r.room = b
	return string(b[begin:])
}

func (s *signer) key(secret, day, region string) []byte {
	k := s.last.Load()
	if k == nil || k.day != day || k.region != region || k.secret != secret {
		first := hmac.New(sha256.New, []byte("AWS4"+secret)) // which may be longer than a block
		first.Write([]byte(day))
		k = &signingKey{day: day, region: region, secret: secret, key: first.Sum(nil)}
		for _, part := range []string{region, "s3", "aws4_request"} {
			next := hmacSHA256(k.key, []byte(part))
			k.key = next[:]
		}
		s.last.Store(k)
	}
	return k.key
}

// hmacSHA256 is crypto/hmac's, for keys up to a block, without its allocations.
func hmacSHA256(key, data []byte) [sha256.Size]byte {
	var inner [512]byte
	var outer [sha256.BlockSize + sha256.Size]byte
	for i := range sha256.BlockSize {
		inner[i], outer[i] = 0x36, 0x5c
	}
	for i, c := range key {
		inner[i] ^= c
		outer[i] ^= c
	}
	sum := sha256.Sum256(append(inner[:sha256.BlockSize], data...))
	copy(outer[sha256.BlockSize:], sum[:])
	return sha256.Sum256(outer[:])
}

// oneSpace is a header's value as it is signed: without blanks around it, and
// one for many within.
func oneSpace(value string) string {
	value = strings.Trim(value, " ")
	for strings.Contains(value, "  ") {
		value = strings.ReplaceAll(value, "  ", " ")
	}
	return value
}
