package verify

import (
	"context"
	"crypto/rsa"
	"database/sql"
	"fmt"

	"logsql/ingest/digest"
	"logsql/ingest/mirror"
)

// migrations are this package's tables: the public keys of CloudTrail that were
// given or fetched, so that the next verification needs neither.
var migrations = []string{
	`CREATE TABLE public_keys (
		fingerprint TEXT PRIMARY KEY,
		der BLOB NOT NULL
	) WITHOUT ROWID;`,
}

// KeepKeys puts public keys into the mirror.
func KeepKeys(ctx context.Context, m *mirror.Mirror, list []digest.Key) error {
	if m.Empty() || m.ReadOnly() || len(list) == 0 {
		return nil
	}
	if err := m.Migrate(ctx, "verify", migrations...); err != nil {
		return err
	}
	for _, k := range list {
		const insert = "INSERT INTO public_keys VALUES (?, ?) ON CONFLICT DO UPDATE SET der = excluded.der"
		if _, err := m.DB().ExecContext(ctx, insert, k.Fingerprint, k.DER); err != nil {
			return err
		}
	}
	return nil
}

// keys are the public keys at hand.
type keys struct {
	v       *verifier
	known   map[string]*rsa.PublicKey
	refused map[string]string // why a fingerprint has no key
}

func (v *verifier) newKeys(ctx context.Context) *keys {
	k := &keys{v: v, known: map[string]*rsa.PublicKey{}, refused: map[string]string{}}
	// Where nobody ever kept a key, there is no table.
	v.each(ctx, "SELECT fingerprint, der FROM public_keys", func(rows *sql.Rows) error {
		var key digest.Key
		err := rows.Scan(&key.Fingerprint, &key.DER)
		k.take(key)
		return err
	})
	for _, key := range v.options.Keys {
		k.take(key)
	}
	return k
}

func (k *keys) take(key digest.Key) {
	public, err := key.RSA()
	if err != nil {
		k.refused[key.Fingerprint] = err.Error()
		return
	}
	delete(k.refused, key.Fingerprint)
	k.known[key.Fingerprint] = public
}

// get is the key that a digest of a region names, else why there is none.
func (k *keys) get(ctx context.Context, region string, l *link) (*rsa.PublicKey, string) {
	if key := k.known[l.Fingerprint]; key != nil {
		return key, ""
	}
	if reason, ok := k.refused[l.Fingerprint]; ok {
		return nil, reason
	}
	k.refused[l.Fingerprint] = fmt.Sprintf("the public key with the fingerprint %s is not in the mirror: --fetch-keys asks CloudTrail for it, --public-keys reads it from a file", l.Fingerprint)
	if k.v.options.Fetch != nil {
		k.fetch(ctx, region, l)
	}
	return k.known[l.Fingerprint], k.refused[l.Fingerprint]
}

func (k *keys) fetch(ctx context.Context, region string, l *link) {
	bucket, _, _ := mirror.SplitURI(l.at)
	list, err := k.v.options.Fetch(ctx, bucket, region, l.Start, l.End)
	if err == nil {
		err = KeepKeys(ctx, k.v.m, list)
	}
	if err != nil {
		k.refused[l.Fingerprint] = fmt.Sprintf("the public key with the fingerprint %s could not be fetched: %v", l.Fingerprint, err)
		return
	}
	for _, key := range list {
		k.take(key)
	}
	if k.known[l.Fingerprint] == nil {
		k.refused[l.Fingerprint] = fmt.Sprintf("ListPublicKeys in %s knows no public key with the fingerprint %s", region, l.Fingerprint)
	}
}
