// Package digest reads what CloudTrail writes to prove its logs: digests, each
// with the hashes of an hour's logs and of the digest before it, signed by keys
// that ListPublicKeys gives. It does no I/O beyond the readers it is handed.
package digest

import (
	"compress/gzip"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"logsql/ingest/mirror"
)

// Digest is the content of a digest.
type Digest struct {
	Account     string    `json:"awsAccountId"`
	Start       time.Time `json:"digestStartTime"`
	EndText     string    `json:"digestEndTime"` // as it is signed
	Bucket      string    `json:"digestS3Bucket"`
	Key         string    `json:"digestS3Object"`
	Fingerprint string    `json:"digestPublicKeyFingerprint"`
	Algorithm   string    `json:"digestSignatureAlgorithm"`
	Logs        []Log     `json:"logFiles"`

	// Of the digest before it; nil where the chain begins.
	PreviousBucket    *string `json:"previousDigestS3Bucket"`
	PreviousKey       *string `json:"previousDigestS3Object"`
	PreviousHash      *string `json:"previousDigestHashValue"`
	PreviousSignature *string `json:"previousDigestSignature"`

	End time.Time `json:"-"`
	Sum string    `json:"-"` // SHA-256 of the digest, unpacked, in hexadecimal digits
}

// Log is a log that a digest vouches for.
type Log struct {
	Bucket    string `json:"s3Bucket"`
	Key       string `json:"s3Object"`
	Hash      string `json:"hashValue"`
	Algorithm string `json:"hashAlgorithm"`
}

// URI is the address of the log.
func (l Log) URI() string { return mirror.URI(l.Bucket, l.Key) }

// URI is the address at which the digest was delivered, as it says.
func (d *Digest) URI() string { return mirror.URI(d.Bucket, d.Key) }

// Previous is the address of the digest before it, "" where the chain begins.
func (d *Digest) Previous() string {
	if d.PreviousBucket == nil || d.PreviousKey == nil {
		return ""
	}
	return mirror.URI(*d.PreviousBucket, *d.PreviousKey)
}

// maxSize bounds what a digest may unpack to: an hour with a hundred thousand
// logs has 40 MiB.
const maxSize = 256 << 20

// Read reads a digest from its gzip file.
func Read(r io.Reader) (*Digest, error) {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return nil, brokenGzip(err)
	}
	text, err := io.ReadAll(io.LimitReader(zip, maxSize+1))
	switch {
	case err != nil:
		return nil, brokenGzip(err)
	case len(text) > maxSize:
		return nil, fmt.Errorf("it unpacks to more than %d MiB", maxSize>>20)
	}
	d := new(Digest)
	if err := json.Unmarshal(text, d); err != nil {
		return nil, fmt.Errorf("it is no digest: %w", err)
	}
	if d.End, err = time.Parse(time.RFC3339, d.EndText); err != nil || d.Bucket == "" || d.Key == "" {
		return nil, errors.New("it is no digest: it does not say where and when it was delivered")
	}
	sum := sha256.Sum256(text)
	d.Sum = hex.EncodeToString(sum[:])
	return d, nil
}

// HashLog is the SHA-256 of a log, unpacked, in hexadecimal digits.
func HashLog(r io.Reader) (string, error) {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return "", brokenGzip(err)
	}
	h := sha256.New()
	if _, err := io.Copy(h, zip); err != nil {
		return "", brokenGzip(err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func brokenGzip(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("its gzip is broken: %w", err)
}

// signed is the text that CloudTrail signs.
func (d *Digest) signed() string {
	previous := "null"
	if d.PreviousSignature != nil {
		previous = *d.PreviousSignature
	}
	return strings.Join([]string{d.EndText, d.Bucket + "/" + d.Key, d.Sum, previous}, "\n")
}

// SignatureAlgorithm is the one there is.
const SignatureAlgorithm = "SHA256withRSA"

// Verify tells whether signature, in hexadecimal digits, is the key's of d.
func (d *Digest) Verify(key *rsa.PublicKey, signature string) error {
	if d.Algorithm != SignatureAlgorithm {
		return fmt.Errorf("it is signed by %q, which is not known", d.Algorithm)
	}
	sig, err := hex.DecodeString(signature)
	if err != nil {
		return errors.New("its signature is not made of hexadecimal digits")
	}
	sum := sha256.Sum256([]byte(d.signed()))
	if rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], sig) != nil {
		return errors.New("its signature does not hold: the digest, its signature or the digest before it was changed")
	}
	return nil
}
