package mirror

import (
	"context"
	"fmt"
)

const insertVersion = `INSERT INTO versions (bucket, key, path, size, etag, modified, synced, sha256, signature)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`

// Versions are the other objects that were seen under the key of an object and
// are kept beside it, the newest last. Their IDs are their own.
func (m *Mirror) Versions(ctx context.Context, bucket, key string) ([]Object, error) {
	return m.list(ctx, "SELECT "+ObjectColumns+
		" FROM versions o WHERE bucket = ? AND key = ? ORDER BY o.modified, o.id", bucket, key)
}

// Accept makes a version the object under its key; what was it until now
// becomes a version. Files stay where they lie: one transaction is all of it.
// The object has a new ID, so that nothing known of the old one is taken for
// knowledge of it. The caller holds the writer's lock.
func (m *Mirror) Accept(ctx context.Context, version Object) error {
	tx, err := m.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	const columns = "bucket, key, path, size, etag, modified, synced, sha256, signature"
	const is = " WHERE bucket = ?1 AND key = ?2"
	for _, step := range []struct {
		query string
		args  []any
	}{
		{"INSERT INTO versions (" + columns + ") SELECT " + columns + " FROM objects" + is + " AND pruned = 0", []any{version.Bucket, version.Key}},
		{"DELETE FROM objects" + is, []any{version.Bucket, version.Key}},
		{"INSERT INTO objects (id, " + columns + ") SELECT " + nextID + ", " + columns + " FROM versions WHERE id = ?", []any{version.ID}},
		{"DELETE FROM versions WHERE id = ?", []any{version.ID}},
	} {
		if _, err := tx.ExecContext(ctx, step.query, step.args...); err != nil {
			return fmt.Errorf("accept %s: %w", version.URI(), err)
		}
	}
	return tx.Commit()
}
