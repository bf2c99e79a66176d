package mirror

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"iter"
	"time"
)

// migrations are this package's tables.
//
// objects has a row for each object whose file is whole in the mirror, and for
// those whose file prune removed while the lake keeps their records (pruned).
// path is relative to the mirror, with slashes. modified, synced and pruned are
// Unix milliseconds.
var migrations = []string{
	`CREATE TABLE objects (
		id INTEGER PRIMARY KEY,
		bucket TEXT NOT NULL,
		key TEXT NOT NULL,
		path TEXT NOT NULL UNIQUE,
		size INTEGER NOT NULL,
		etag TEXT NOT NULL,
		modified INTEGER NOT NULL,
		synced INTEGER NOT NULL,
		UNIQUE (bucket, key)
	);`,
	// Two files may not differ by case alone; see Admit.
	`CREATE UNIQUE INDEX objects_path ON objects (lower(path));`,
	// buckets sums objects up: going through half a million rows each time
	// somebody asks takes a second.
	`CREATE TABLE buckets (
		bucket TEXT PRIMARY KEY,
		objects INTEGER NOT NULL,
		bytes INTEGER NOT NULL
	) WITHOUT ROWID;
	INSERT INTO buckets SELECT bucket, count(*), sum(size) FROM objects GROUP BY bucket;
	CREATE TRIGGER objects_added AFTER INSERT ON objects BEGIN
		INSERT INTO buckets VALUES (new.bucket, 1, new.size)
		ON CONFLICT (bucket) DO UPDATE SET objects = objects + 1, bytes = bytes + excluded.bytes;
	END;
	CREATE TRIGGER objects_removed AFTER DELETE ON objects BEGIN
		UPDATE buckets SET objects = objects - 1, bytes = bytes - old.size WHERE bucket = old.bucket;
	END;`,
	// sha256 is the file's, NULL where it came before this column; signature is
	// a CloudTrail digest's, NULL where nobody asked. An id is never given twice
	// (ids): what other packages keep by it is about this object or none. gone
	// are the ids that the lake has yet to forget. versions are other objects
	// that were seen under a key, kept beside. doomed are the files that a
	// committed prune has yet to remove, and prunes the first day that it left.
	`ALTER TABLE objects ADD COLUMN sha256 BLOB;
	ALTER TABLE objects ADD COLUMN signature TEXT;
	ALTER TABLE objects ADD COLUMN pruned INTEGER NOT NULL DEFAULT 0;
	CREATE TABLE ids (last INTEGER NOT NULL);
	INSERT INTO ids SELECT coalesce(max(id), 0) FROM objects;
	CREATE TABLE gone (object INTEGER PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL);
	CREATE TABLE versions (
		id INTEGER PRIMARY KEY,
		bucket TEXT NOT NULL,
		key TEXT NOT NULL,
		path TEXT NOT NULL UNIQUE,
		size INTEGER NOT NULL,
		etag TEXT NOT NULL,
		modified INTEGER NOT NULL,
		synced INTEGER NOT NULL,
		sha256 BLOB,
		signature TEXT
	);
	CREATE INDEX versions_by_key ON versions (bucket, key);
	CREATE TABLE doomed (path TEXT PRIMARY KEY) WITHOUT ROWID;
	CREATE TABLE prunes (bucket TEXT PRIMARY KEY, before TEXT NOT NULL) WITHOUT ROWID;
	DROP TRIGGER objects_removed;
	CREATE TRIGGER objects_removed AFTER DELETE ON objects BEGIN
		UPDATE buckets SET objects = objects - 1, bytes = bytes - iif(old.pruned, 0, old.size) WHERE bucket = old.bucket;
		UPDATE ids SET last = max(last, old.id);
		INSERT OR IGNORE INTO gone VALUES (old.id, old.bucket, old.key);
	END;
	CREATE TRIGGER objects_pruned AFTER UPDATE OF pruned ON objects BEGIN
		UPDATE buckets SET bytes = bytes + iif(old.pruned, old.size, 0) - iif(new.pruned, new.size, 0) WHERE bucket = old.bucket;
	END;`,
	// A doomed file stays for readers of older generations of the lake. What comes
	// back under its name meanwhile is spared.
	`ALTER TABLE doomed ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
	CREATE TRIGGER objects_spared AFTER INSERT ON objects BEGIN DELETE FROM doomed WHERE path = new.path; END;
	CREATE TRIGGER objects_back AFTER UPDATE OF pruned ON objects WHEN NOT new.pruned BEGIN DELETE FROM doomed WHERE path = new.path; END;
	CREATE TRIGGER versions_spared AFTER INSERT ON versions BEGIN DELETE FROM doomed WHERE path = new.path; END;`,
}

// Object is an S3 object as the mirror knows it. ID and Path are set once its
// file is there.
type Object struct {
	ID           int64
	Bucket       string
	Key          string
	Path         string // of its file, relative to the mirror, with slashes
	Size         int64
	ETag         string // opaque; empty where the store gives none
	LastModified time.Time
	StorageClass string // only from a listing

	// Of an object on its way into the mirror.
	Sum       [sha256.Size]byte // SHA-256 of its file; zero where it is not known
	Signature string            // of a CloudTrail digest, in its metadata
}

// URI is the object's s3:// address.
func (o Object) URI() string { return URI(o.Bucket, o.Key) }

// ObjectColumns are the columns ScanObject reads, for queries that join objects
// (under the name o) with a package's own tables.
const ObjectColumns = "o.id, o.bucket, o.key, o.path, o.size, o.etag, o.modified"

// ScanObject reads ObjectColumns, then into the further destinations given.
func ScanObject(rows *sql.Rows, more ...any) (Object, error) {
	var o Object
	var modified int64
	dest := append([]any{&o.ID, &o.Bucket, &o.Key, &o.Path, &o.Size, &o.ETag, &modified}, more...)
	err := rows.Scan(dest...)
	o.LastModified = time.UnixMilli(modified).UTC()
	return o, err
}

// Objects yields every object whose file is in the mirror, by bucket and key.
func (m *Mirror) Objects(ctx context.Context) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		rows, err := m.db.QueryContext(ctx, "SELECT "+ObjectColumns+" FROM objects o ORDER BY bucket, key")
		if err != nil {
			yield(Object{}, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			o, err := ScanObject(rows)
			if !yield(o, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Object{}, err)
		}
	}
}

// ObjectsFrom yields up to limit of bucket's objects whose keys are from or
// come after it, in key order. It holds no transaction open while the caller
// works, as Objects does.
func (m *Mirror) ObjectsFrom(ctx context.Context, bucket, from string, limit int) ([]Object, error) {
	return m.list(ctx, "SELECT "+ObjectColumns+
		" FROM objects o WHERE bucket = ? AND key >= ? ORDER BY key LIMIT ?", bucket, from, limit)
}

func (m *Mirror) list(ctx context.Context, query string, args ...any) ([]Object, error) {
	rows, err := m.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Object
	for rows.Next() {
		o, err := ScanObject(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, rows.Err()
}

// BucketSums is how much of a bucket is in the mirror.
type BucketSums struct {
	Bucket  string `json:"bucket"`
	Objects int64  `json:"objects"`
	Bytes   int64  `json:"bytes"`
}

// Buckets are the buckets that have objects in the mirror, by name. It takes no
// longer for many objects than for few.
func (m *Mirror) Buckets(ctx context.Context) ([]BucketSums, error) {
	rows, err := m.db.QueryContext(ctx, "SELECT bucket, objects, bytes FROM buckets WHERE objects > 0 ORDER BY bucket")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sums := []BucketSums{}
	for rows.Next() {
		var s BucketSums
		if err := rows.Scan(&s.Bucket, &s.Objects, &s.Bytes); err != nil {
			return nil, err
		}
		sums = append(sums, s)
	}
	return sums, rows.Err()
}

// Paths is the set of paths that a query of one column gives.
func (m *Mirror) Paths(ctx context.Context, query string) (map[string]bool, error) {
	return m.paths(ctx, query)
}

func (m *Mirror) paths(ctx context.Context, query string, args ...any) (map[string]bool, error) {
	rows, err := m.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	paths := map[string]bool{}
	for rows.Next() {
		var path string
		if err := rows.Scan(&path); err != nil {
			return nil, err
		}
		paths[path] = true
	}
	return paths, rows.Err()
}
