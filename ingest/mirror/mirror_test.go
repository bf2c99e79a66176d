package mirror

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestOpenMissing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	m, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for o, err := range m.Objects(t.Context()) {
		t.Errorf("an empty mirror has %+v, %v", o, err)
	}
	if _, err := os.Stat(dir); !m.Empty() || !os.IsNotExist(err) {
		t.Errorf("empty is %t, the folder: %v", m.Empty(), err)
	}
	if err := m.Migrate(t.Context(), "test", "CREATE TABLE t (a)"); err != nil {
		t.Error(err)
	}
}

func TestMigrate(t *testing.T) {
	m := newMirror(t)
	steps := []string{"CREATE TABLE t (a)", "ALTER TABLE t ADD b"}
	for n := range 3 {
		if err := m.Migrate(t.Context(), "test", steps[:min(n+1, 2)]...); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := m.DB().Exec("INSERT INTO t (a, b) VALUES (1, 2)"); err != nil {
		t.Error(err)
	}
	err := m.Migrate(t.Context(), "test", steps[0])
	want := "the mirror was written by a newer logsql (test tables are at version 2, this one knows 1): update logsql"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if err := m.Migrate(t.Context(), "bad", "CREATE NONSENSE"); err == nil || !strings.HasPrefix(err.Error(), "migrate bad: ") {
		t.Errorf("error %v", err)
	}
}

// A closed mirror is complete in its files, and opens where nothing can be
// written.
func TestReadOnlyMedia(t *testing.T) {
	m := newMirror(t)
	admit(t, m, "a")
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(m.Path("state.db-wal")); !os.IsNotExist(err) {
		t.Errorf("the write-ahead log is still there: %v", err)
	}
	if os.Getuid() == 0 {
		t.Skip("root may write everything")
	}
	for _, p := range []string{"state.db", "."} {
		if err := os.Chmod(m.Path(p), 0o555); err != nil {
			t.Fatal(err)
		}
	}
	defer os.Chmod(m.Path("."), 0o755)
	ro, err := Open(t.Context(), m.Dir())
	if err != nil {
		t.Fatal(err)
	}
	defer ro.Close()
	n := 0
	for _, err := range ro.Objects(t.Context()) {
		if err != nil {
			t.Error(err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d objects", n)
	}
	if _, err := ro.NewFile("lake/x"); err == nil || !strings.HasSuffix(err.Error(), "it is on read-only media") {
		t.Errorf("error %v", err)
	}
}

func TestSplitURI(t *testing.T) {
	tests := []struct {
		uri, bucket, key string
		ok               bool
	}{
		{"s3://b", "b", "", true},
		{"s3://b/", "b", "", true},
		{"s3://b/k/l", "b", "k/l", true},
		{"s3://b//k", "b", "/k", true},
		{"s3:///k", "", "k", false},
		{"s3://", "", "", false},
		{"/b/k", "", "", false},
		{"S3://b", "", "", false},
	}
	for _, tt := range tests {
		if b, k, ok := SplitURI(tt.uri); b != tt.bucket || k != tt.key || ok != tt.ok {
			t.Errorf("SplitURI(%q) = %q, %q, %t", tt.uri, b, k, ok)
		}
	}
}

// The sums by bucket are those of the objects: of a mirror from before there
// were sums, of what is admitted again, of what is removed.
func TestBuckets(t *testing.T) {
	m := newMirror(t)
	check := func(when string, want ...BucketSums) {
		t.Helper()
		if have, err := m.Buckets(t.Context()); err != nil || !slices.Equal(have, want) {
			t.Errorf("%s: %+v, %v, want %+v", when, have, err, want)
		}
	}
	exec := func(stmts ...string) {
		t.Helper()
		for _, stmt := range stmts {
			if _, err := m.DB().Exec(stmt); err != nil {
				t.Fatalf("%s: %v", stmt, err)
			}
		}
	}
	check("empty")
	admit(t, m, "a", "bc")
	bucket := ""
	for o := range m.Objects(t.Context()) {
		bucket = o.Bucket
	}
	check("admitted", BucketSums{bucket, 2, 3})
	exec("INSERT INTO objects (bucket, key, path, size, etag, modified, synced) SELECT bucket, key, 'x', 7, '', 0, 0 FROM objects WHERE key = 'a' ON CONFLICT DO NOTHING")
	check("admitted again", BucketSums{bucket, 2, 3})
	exec("DROP TRIGGER objects_added", "DROP TRIGGER objects_removed", "DROP TRIGGER objects_pruned", "DROP TRIGGER objects_spared", "DROP TRIGGER objects_back",
		"DROP TABLE buckets", "DROP TABLE ids", "DROP TABLE gone", "DROP TABLE versions", "DROP TABLE doomed", "DROP TABLE prunes",
		"ALTER TABLE objects DROP COLUMN sha256", "ALTER TABLE objects DROP COLUMN signature", "ALTER TABLE objects DROP COLUMN pruned",
		"UPDATE migrations SET version = 2 WHERE owner = 'mirror'")
	if err := m.Migrate(t.Context(), "mirror", migrations...); err != nil {
		t.Fatal(err)
	}
	check("brought up to date", BucketSums{bucket, 2, 3})
	exec("DELETE FROM objects WHERE key = 'bc'")
	check("removed", BucketSums{bucket, 1, 1})
	exec("DELETE FROM objects")
	check("all removed")
}
