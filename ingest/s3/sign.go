package s3

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync/atomic"
	"time"

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

// authorization is the header that signs a request for an escaped path. headers
// are in order, with host and x-amz-date among them.
func (s *signer) authorization(creds aws.Credentials, region string, at time.Time, path string, headers []header) string {
	date := at.UTC().Format(timeFormat)
	b := make([]byte, 0, 1024)
	b = append(append(append(b, "GET\n"...), path...), "\n\n"...)
	for _, h := range headers {
		b = append(append(b, h.name...), ':')
		b = append(append(b, oneSpace(h.value)...), '\n')
	}
	b = append(b, '\n')
	names := len(b)
	for i, h := range headers {
		if i > 0 {
			b = append(b, ';')
		}
		b = append(b, h.name...)
	}
	signed := string(b[names:])
	b = append(append(b, '\n'), emptyHash...)
	sum := sha256.Sum256(b)
	scope := date[:8] + "/" + region + "/s3/aws4_request"
	b = append(b[:0], "AWS4-HMAC-SHA256\n"+date+"\n"+scope+"\n"...)
	b = hex.AppendEncode(b, sum[:])
	signature := hmacSHA256(s.key(creds.SecretAccessKey, date[:8], region), b)
	return "AWS4-HMAC-SHA256 Credential=" + creds.AccessKeyID + "/" + scope +
		", SignedHeaders=" + signed + ", Signature=" + hex.EncodeToString(signature)
}

func (s *signer) key(secret, day, region string) []byte {
	k := s.last.Load()
	if k == nil || k.day != day || k.region != region || k.secret != secret {
		k = &signingKey{day: day, region: region, secret: secret, key: []byte("AWS4" + secret)}
		for _, part := range []string{day, region, "s3", "aws4_request"} {
			k.key = hmacSHA256(k.key, []byte(part))
		}
		s.last.Store(k)
	}
	return k.key
}

func hmacSHA256(key, data []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(data)
	return h.Sum(nil)
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
