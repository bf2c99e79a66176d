// Package digesttest makes CloudTrail logs and digests with a key of its own, as
// CloudTrail delivers them.
package digesttest

import (
	"bytes"
	"compress/gzip"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"testing"
	"time"

	"logsql/ingest/digest"
)

// Signer has the key.
type Signer struct {
	key *rsa.PrivateKey
	der []byte
}

// NewSigner makes a key.
func NewSigner(t testing.TB) *Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return &Signer{key, x509.MarshalPKCS1PublicKey(&key.PublicKey)}
}

// Fingerprint is that of the public key.
func (s *Signer) Fingerprint() string { return digest.Fingerprint(s.der) }

// PublicKeys is the key as ListPublicKeys answers.
func (s *Signer) PublicKeys() string {
	text, _ := json.Marshal(map[string]any{"PublicKeyList": []any{map[string]any{
		"Value": s.der, "Fingerprint": s.Fingerprint(), "ValidityStartTime": 1.6e9, "ValidityEndTime": 1.9e9,
	}}})
	return string(text)
}

// Sign signs text.
func (s *Signer) Sign(text string) string {
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(nil, s.key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return hex.EncodeToString(sig)
}

// Object is what is delivered.
type Object struct {
	Key, Body string // Body is gzip
	Signature string // of a digest, for its metadata
}

// Chain is the logs and digests of one trail, hour by hour.
type Chain struct {
	Bucket, Account, Region, Trail string
	Signer                         *Signer
	Begin                          time.Time

	Logs, Digests []Object
	doc           map[string]any // of the last digest
}

// NewChain is a trail of one account in China whose first digest begins at 10:00.
func NewChain(s *Signer) *Chain {
	return &Chain{
		Bucket: "logs", Account: "111122223333", Region: "cn-north-1", Trail: "audit", Signer: s,
		Begin: time.Date(2025, 11, 20, 10, 0, 0, 0, time.UTC),
	}
}

// Hour adds an hour of two logs and its digest. change may alter what the digest
// says before it is signed.
func (c *Chain) Hour(change ...func(doc map[string]any)) {
	n := len(c.Digests)
	start := c.Begin.Add(time.Duration(n) * time.Hour)
	end := start.Add(time.Hour)
	files := []any{}
	for i := range 2 {
		files = append(files, c.log(start.Add(time.Duration(5+20*i)*time.Minute), i))
	}
	key := fmt.Sprintf("AWSLogs/%s/CloudTrail-Digest/%s/%s/%s_CloudTrail-Digest_%s_%s_%s_%s.json.gz", c.Account, c.Region,
		end.Format("2006/01/02"), c.Account, c.Region, c.Trail, c.Region, end.Format("20060102T150405Z"))
	doc := map[string]any{
		"awsAccountId": c.Account, "digestStartTime": start.Format(time.RFC3339), "digestEndTime": end.Format(time.RFC3339),
		"digestS3Bucket": c.Bucket, "digestS3Object": key, "digestPublicKeyFingerprint": c.Signer.Fingerprint(),
		"digestSignatureAlgorithm": digest.SignatureAlgorithm, "logFiles": files,
		"previousDigestS3Bucket": nil, "previousDigestS3Object": nil, "previousDigestHashValue": nil,
		"previousDigestHashAlgorithm": nil, "previousDigestSignature": nil,
	}
	if n > 0 {
		last := c.Digests[n-1]
		text, _ := json.Marshal(c.doc)
		doc["previousDigestS3Bucket"], doc["previousDigestS3Object"] = c.Bucket, last.Key
		doc["previousDigestHashValue"], doc["previousDigestHashAlgorithm"] = hash(text), "SHA-256"
		doc["previousDigestSignature"] = last.Signature
	}
	for _, f := range change {
		f(doc)
	}
	c.doc = doc
	text, _ := json.Marshal(doc)
	previous := "null"
	if s, ok := doc["previousDigestSignature"].(string); ok {
		previous = s
	}
	signature := c.Signer.Sign(fmt.Sprintf("%s\n%s/%s\n%s\n%s", doc["digestEndTime"], c.Bucket, key, hash(text), previous))
	c.Digests = append(c.Digests, Object{key, Gzip(string(text)), signature})
}

func (c *Chain) log(at time.Time, n int) map[string]any {
	key := fmt.Sprintf("AWSLogs/%s/CloudTrail/%s/%s/%s_CloudTrail_%s_%s_%016d.json.gz", c.Account, c.Region,
		at.Format("2006/01/02"), c.Account, c.Region, at.Format("20060102T1504Z"), n)
	text := fmt.Sprintf(`{"Records":[{"eventVersion":"1.08","eventTime":%q,"eventName":"GetObject","eventID":"%s-%d"}]}`,
		at.Format(time.RFC3339), at.Format("150405"), n)
	c.Logs = append(c.Logs, Object{Key: key, Body: Gzip(text)})
	return map[string]any{"s3Bucket": c.Bucket, "s3Object": key, "hashValue": hash([]byte(text)), "hashAlgorithm": "SHA-256"}
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Gzip packs text.
func Gzip(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return b.String()
}

// Gunzip unpacks what Gzip packed.
func Gunzip(r io.Reader) (string, error) {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(zip)
	return string(text), err
}
