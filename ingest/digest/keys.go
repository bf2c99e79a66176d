package digest

import (
	"crypto/md5"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Key is a public key of CloudTrail's.
type Key struct {
	Fingerprint string
	DER         []byte // PKCS #1
}

// ReadKeys reads what ListPublicKeys answers, as `aws cloudtrail
// list-public-keys` prints it. A key whose fingerprint is another's is refused.
func ReadKeys(r io.Reader) ([]Key, error) {
	var list struct {
		PublicKeyList []struct {
			Value       []byte
			Fingerprint string
		}
	}
	if err := json.NewDecoder(r).Decode(&list); err != nil {
		return nil, fmt.Errorf("not what aws cloudtrail list-public-keys prints: %w", err)
	}
	if len(list.PublicKeyList) == 0 {
		return nil, errors.New("no public key is in it: give list-public-keys the --start-time and --end-time of the digests")
	}
	var keys []Key
	for _, k := range list.PublicKeyList {
		key := Key{k.Fingerprint, k.Value}
		if _, err := key.RSA(); err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// Fingerprint is CloudTrail's: the MD5 of the key in PKCS #1.
func Fingerprint(der []byte) string {
	sum := md5.Sum(der)
	return hex.EncodeToString(sum[:])
}

// RSA is the key to verify with.
func (k Key) RSA() (*rsa.PublicKey, error) {
	if is := Fingerprint(k.DER); is != k.Fingerprint {
		return nil, fmt.Errorf("the public key given for the fingerprint %s has the fingerprint %s: it is another key", k.Fingerprint, is)
	}
	key, err := x509.ParsePKCS1PublicKey(k.DER)
	if err != nil {
		return nil, fmt.Errorf("public key %s: %w", k.Fingerprint, err)
	}
	return key, nil
}
