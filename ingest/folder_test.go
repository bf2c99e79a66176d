package ingest

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"logsql/ingest/s3"
	"logsql/ingest/s3/s3test"
)

// export makes a folder with the given files, each holding its own path.
func export(t testing.TB, paths ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "export")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		at := filepath.Join(dir, filepath.FromSlash(p))
		if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o755), os.WriteFile(at, []byte(p), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFolderListsInKeyOrder(t *testing.T) {
	dir := export(t, "a", "a.txt", "a-b", "b/c", "b.txt", "b0", "b/a/x", "z")
	if err := os.Symlink("a", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := newFolder(Target{Bucket: bucket, Prefix: "p", Folder: dir}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tests := []struct {
		prefix, after string
		want          []string
	}{
		{"", "", []string{"p/a", "p/a-b", "p/a.txt", "p/b.txt", "p/b/a/x", "p/b/c", "p/b0", "p/z"}},
		{"p/b", "", []string{"p/b.txt", "p/b/a/x", "p/b/c", "p/b0"}},
		{"p/b/", "", []string{"p/b/a/x", "p/b/c"}},
		{"", "p/b/a/x", []string{"p/b/c", "p/b0", "p/z"}},
		{"q", "", nil},
	}
	for _, tt := range tests {
		var got, skipped []string
		for o, err := range f.List(t.Context(), tt.prefix, tt.after) {
			if err != nil {
				skipped = append(skipped, o.Key+": "+errors.Unwrap(err).Error())
				continue
			}
			if data := strings.TrimPrefix(o.Key, "p/"); o.Size != int64(len(data)) || o.LastModified.IsZero() {
				t.Errorf("%+v", o)
			}
			got = append(got, o.Key)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("below %q after %q: %q, want %q", tt.prefix, tt.after, got, tt.want)
		}
		wantSkipped := []string{"p/link: it is a symbolic link; links are not followed", "p/pipe: it is no regular file"}
		if tt.prefix == "" && !slices.Equal(skipped, wantSkipped) {
			t.Errorf("skipped %q, want %q", skipped, wantSkipped)
		}
	}
}

func folderTarget(t testing.TB, dir, as string) Target {
	t.Helper()
	targets, err := ParseTargets([]string{dir}, []string{as})
	if err != nil {
		t.Fatal(err)
	}
	return targets[0]
}

func TestSyncFolder(t *testing.T) {
	names := []string{flowKey("2025-11-19", "1"), "..dots", "new\nline", "latin1-\xe9", "a.txt"}
	dir := export(t, names...)
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	m := newMirror(t)
	r := mustSync(t, m, Options{}, folderTarget(t, dir, "s3://cn-logs/in"))
	if r.Fetched != 5 || r.NoObject != 1 || r.Trouble() || len(r.Failures) != 1 {
		t.Errorf("report: %+v", r)
	}
	want := map[string]string{}
	for _, name := range names {
		want["in/"+name] = name
	}
	wantContents(t, m, want)
	targets, err := Targets(t.Context(), m)
	if err != nil || len(targets) != 1 || targets[0].Folder != dir {
		t.Fatalf("targets %+v, %v", targets, err)
	}
	if r := mustSync(t, m, Options{}, targets...); r.Present != 5 {
		t.Errorf("second sync: %+v", r)
	}
}

func TestSyncFolderThatHoldsTheMirror(t *testing.T) {
	dir := export(t, "a.txt")
	m, err := newMirrorAt(t, filepath.Join(dir, "logsql-mirror"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		mustSync(t, m, Options{}, folderTarget(t, dir, "s3://cn-logs"))
	}
	wantContents(t, m, map[string]string{"a.txt": "a.txt"})
}

func TestSyncComparesContentWhereIdentityCannot(t *testing.T) {
	s := s3test.New(t, bucket)
	same, forged := flowKey("2025-11-19", "same"), flowKey("2025-11-19", "forged")
	dir := export(t, same, forged)
	s.Put(bucket, same, same)
	s.Put(bucket, forged, strings.Replace(forged, "A", "B", 1))
	m := newMirror(t)
	mustSync(t, m, Options{}, folderTarget(t, dir, "s3://cn-logs"))
	r := mustSync(t, m, Options{}, target(s))
	if r.Present != 1 || r.Mutated != 1 {
		t.Errorf("from S3 after the folder: %+v", r)
	}
	gets(s)
	if r := mustSync(t, m, Options{}, target(s)); r.Present != 1 || r.Mutated != 1 || gets(s) != 1 {
		t.Errorf("once more: %+v", r)
	}
	// Carried in once more, with other times.
	for _, key := range []string{same, forged} {
		if err := os.Chtimes(filepath.Join(dir, key), time.Now(), time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if r := mustSync(t, m, Options{}, folderTarget(t, dir, "s3://cn-logs")); r.Present != 2 || r.Fetched != 0 {
		t.Errorf("from the folder with other times: %+v", r)
	}
	wantContents(t, m, map[string]string{same: same, forged: forged})
}

func TestSyncFolderThatMayNotBeRead(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read everything")
	}
	dir := export(t, "open/a", "closed/b")
	if err := os.Chmod(filepath.Join(dir, "closed"), 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(filepath.Join(dir, "closed"), 0o755)
	r := mustSync(t, newMirror(t), Options{}, folderTarget(t, dir, "s3://cn-logs"))
	if r.Fetched != 1 || r.Denied != 1 {
		t.Errorf("report: %+v", r)
	}
}

// A file that is written while it is read is not taken for what was listed.
func TestFolderFileThatChanges(t *testing.T) {
	changes := map[string]func(at string) error{
		"grows": func(at string) error { return os.WriteFile(at, []byte("longer than before"), 0o644) },
		"same size, later": func(at string) error {
			return errors.Join(os.WriteFile(at, []byte("B"), 0o644), os.Chtimes(at, time.Now(), time.Now().Add(time.Hour)))
		},
		"becomes a pipe": func(at string) error { return errors.Join(os.Remove(at), syscall.Mkfifo(at, 0o600)) },
	}
	for name, change := range changes {
		dir := export(t, "a")
		f, err := newFolder(folderTarget(t, dir, "s3://cn-logs"), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		var o Object
		for o, err = range f.List(t.Context(), "", "") {
			if err != nil {
				t.Fatal(err)
			}
		}
		body, err := f.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer body.Close()
		if err := change(filepath.Join(dir, "a")); err != nil {
			t.Fatal(err)
		}
		if name != "becomes a pipe" { // the open file is the old one
			wantChanged(t, name, "the file has changed while it was read", func() error { _, err := io.Copy(io.Discard, body); return err })
		}
		wantChanged(t, name, "the file has changed since it was listed", func() error { _, err := f.Open(t.Context(), o); return err })
	}
}

func wantChanged(t *testing.T, name, want string, do func() error) {
	t.Helper()
	var e *Error
	if err := do(); !errors.As(err, &e) || e.Kind != s3.Changed || e.Err.Error() != want {
		t.Errorf("%s: error %v, want %s", name, err, want)
	}
}

func TestFolderErrorsNameNoPlaceOfTheMachine(t *testing.T) {
	f := &Folder{bucket: bucket}
	tests := []struct {
		op         string
		err        error
		want, hint string
		kind       s3.Kind
	}{
		{"get", &fs.PathError{Op: "openat", Path: "/somewhere/a", Err: syscall.EACCES}, "permission denied", "this user may not read the file", s3.Denied},
		{"list", &fs.PathError{Op: "fstatat", Path: "/somewhere", Err: syscall.EACCES}, "permission denied", "this user may not read the folder", s3.Denied},
		{"get", &fs.PathError{Op: "openat", Path: "a", Err: syscall.ENOENT}, "no such file or directory", "", s3.Gone},
		{"get", syscall.EIO, "input/output error", "", s3.Failed},
	}
	for _, tt := range tests {
		var e *Error
		if !errors.As(f.explain(tt.op, "a", tt.err), &e) || e.Err.Error() != tt.want || e.Hint != tt.hint || e.Kind != tt.kind {
			t.Errorf("%s %v: %+v", tt.op, tt.err, e)
		}
	}
}

func TestSyncFolderInTheMirror(t *testing.T) {
	dir := t.TempDir()
	m, err := newMirrorAt(t, filepath.Join(dir, "mirror"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("mirror/s3", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"mirror", "mirror/s3", "link"} {
		folder = filepath.Join(dir, folder)
		_, err := Sync(t.Context(), m, []Target{folderTarget(t, folder, "s3://cn-logs")}, Options{})
		want := "the folder " + folder + " lies in the mirror " + m.Dir() + ": a sync of it would copy the mirror into itself"
		if err == nil || err.Error() != want || !errors.Is(err, ErrUsage) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	if targets, err := Targets(t.Context(), m); err != nil || len(targets) != 0 {
		t.Errorf("remembered %+v, %v", targets, err)
	}
}

// A file that went lost in the mirror, or part of it, is fetched again; the
// object stays the one it was.
func TestSyncBringsBackLostFiles(t *testing.T) {
	paths := []string{"gone", "cut", "other time", "kept", "p//q"}
	s := s3test.New(t, bucket)
	for _, p := range paths {
		s.Put(bucket, p, p)
	}
	m := newMirror(t)
	mustSync(t, m, Options{}, target(s))
	before := map[string]Object{}
	for o, err := range m.Objects(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		before[o.Key] = o
	}
	err := errors.Join(
		os.Remove(m.Path(before["gone"].Path)), os.Truncate(m.Path(before["cut"].Path), 1),
		os.Remove(m.Path(before["other time"].Path)), os.Remove(m.Path(before["p//q"].Path)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.DB().Exec("UPDATE objects SET etag = '', modified = 0 WHERE key = 'other time'"); err != nil {
		t.Fatal(err)
	}
	if r := mustSync(t, m, Options{}, target(s)); r.Fetched != 4 || r.Present != 1 || r.Trouble() {
		t.Errorf("report: %+v", r)
	}
	want := map[string]string{}
	for _, p := range paths {
		want[p] = p
	}
	wantContents(t, m, want)
	for o := range m.Objects(t.Context()) {
		if was := before[o.Key]; o.ID != was.ID || o.Path != was.Path {
			t.Errorf("%+v was %+v", o, was)
		}
	}
	if r := mustSync(t, m, Options{}, target(s)); r.Present != 5 {
		t.Errorf("once more: %+v", r)
	}
}

func TestSyncFolderThatIsGone(t *testing.T) {
	dir := export(t, "a")
	target := folderTarget(t, dir, "s3://cn-logs/in")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	_, err := Sync(t.Context(), newMirror(t), []Target{target}, Options{})
	var e *Error
	want := "open " + dir + ": no such file or directory"
	wantHint := "it stands for s3://cn-logs/in/: put the folder or its disk back, or name the sources to sync"
	if !errors.As(err, &e) || err.Error() != want || e.Hint != wantHint {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestFolderSignature: rclone --metadata keeps S3's metadata as extended
// attributes; a digest's signature is taken from there.
func TestFolderSignature(t *testing.T) {
	dir := t.TempDir()
	const name = "AWSLogs/1/CloudTrail-Digest/cn-north-1/2025/11/20/1_CloudTrail-Digest_cn-north-1_t_cn-north-1_20251120T010000Z.json.gz"
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte("x"), 0o644)); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setxattr(file, "user.signature", []byte("abcd"), 0); errors.Is(err, unix.ENOTSUP) {
		t.Skip("this file system has no extended attributes")
	} else if err != nil {
		t.Fatal(err)
	}
	m := newMirror(t)
	mustSync(t, m, Options{}, Target{Bucket: bucket, Folder: dir})
	var signature string
	if err := m.DB().QueryRow("SELECT signature FROM objects WHERE key = ?", name).Scan(&signature); err != nil || signature != "abcd" {
		t.Errorf("signature %q, %v", signature, err)
	}
}
