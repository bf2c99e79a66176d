package mirror

import (
	"bytes"
	"context"
	"crypto/md5"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"
)

// Steps are the steps of Admit, in order, for tests to crash at.
var Steps = []string{"sync.fetched", "sync.synced", "sync.renamed", "sync.committed"}

// Arrival is an object that is about to enter the mirror: its bytes are in
// File, or they already lie at Object.Path (see Find) and File is nil. One with
// an ID is in the mirror, its file went lost (see Whole) and comes again.
type Arrival struct {
	Object Object
	File   *File
}

// NewObjectFile starts the file of an object; Admit gives it its place.
func (m *Mirror) NewObjectFile() (*File, error) { return m.newTemp("") }

// Admit takes a batch of objects into the mirror: the files are made durable,
// get their names, and one transaction in state.db records them. Until then
// none of them is there; the objects come back with ID and Path. The caller
// holds the writer's lock. On error the files are dropped.
func (m *Mirror) Admit(ctx context.Context, batch []Arrival) ([]Object, error) {
	a := admission{m: m, batch: batch, taken: map[string]bool{}}
	defer a.drop()
	if err := a.sync(); err != nil {
		return nil, err
	}
	Step("sync.synced")
	if err := a.place(ctx); err != nil {
		return nil, err
	}
	Step("sync.renamed")
	objects, err := a.record(ctx)
	if err != nil {
		return nil, err
	}
	Step("sync.committed")
	return objects, nil
}

type admission struct {
	m     *Mirror
	batch []Arrival
	taken map[string]bool // folded paths of the batch: true for a file, false for a folder above one
	dirs  dirSet
}

// drop removes the temporary files that did not get a place.
func (a *admission) drop() {
	for _, arr := range a.batch {
		if arr.File != nil {
			arr.File.Abort()
		}
	}
}

func (a *admission) sync() error {
	var names []string
	for _, arr := range a.batch {
		if arr.File == nil {
			names = append(names, arr.Object.Path)
			continue
		}
		if err := arr.File.Finish(); err != nil {
			return fmt.Errorf("write %s: %w", arr.Object.URI(), err)
		}
		names = append(names, arr.File.temp)
	}
	Step("sync.fetched")
	return a.m.syncAll(names)
}

func (a *admission) place(ctx context.Context) error {
	for i := range a.batch {
		o := &a.batch[i].Object
		if a.batch[i].File == nil {
			a.take(o.Path)
			a.dirs.add(path.Dir(o.Path))
			continue
		}
		if err := a.placeOne(ctx, &a.batch[i]); err != nil {
			return fmt.Errorf("place %s: %w", o.URI(), err)
		}
	}
	return a.m.syncDirs(&a.dirs)
}

// placeOne moves one file to the plain path of its key or, where that cannot
// be, to the escaped one.
func (a *admission) placeOne(ctx context.Context, arr *Arrival) error {
	o := &arr.Object
	if err := checkBucket(o.Bucket); err != nil {
		return err
	}
	if o.ID != 0 {
		if err := a.m.place(arr.File.temp, o.Path, &a.dirs); err != nil {
			return err
		}
		return a.placed(arr, o.Path)
	}
	rel, ok := plainPath(o.Bucket, o.Key)
	if ok {
		free, err := a.free(ctx, rel)
		if err != nil {
			return err
		}
		if free {
			err := a.m.place(arr.File.temp, rel, &a.dirs)
			if err == nil {
				return a.placed(arr, rel)
			}
			if !inTheWay(err) {
				return err
			}
		}
	}
	rel = escapedPath(o.Bucket, o.Key)
	if err := a.m.place(arr.File.temp, rel, &a.dirs); err != nil {
		return err
	}
	return a.placed(arr, rel)
}

func (a *admission) placed(arr *Arrival, rel string) error {
	arr.File.done = true
	arr.Object.Path = rel
	a.take(rel)
	return nil
}

// take notes that a file lies at rel, and folders above it.
func (a *admission) take(rel string) {
	a.taken[fold(rel)] = true
	for dir := path.Dir(fold(rel)); dir != "."; dir = path.Dir(dir) {
		a.taken[dir] = false
	}
}

// free tells whether no other object's file is at rel, lies above it or below
// it, without regard to case.
func (a *admission) free(ctx context.Context, rel string) (bool, error) {
	rel = fold(rel)
	if _, ok := a.taken[rel]; ok {
		return false, nil
	}
	above := []any{}
	for dir := path.Dir(rel); strings.Count(dir, "/") >= 2; dir = path.Dir(dir) {
		if isFile, ok := a.taken[dir]; isFile {
			return false, nil
		} else if ok {
			break // what is above a folder of this batch has been looked at
		}
		above = append(above, dir)
	}
	return a.m.unrecorded(ctx, rel, above)
}

// unrecorded looks the folded path rel up in state.db, and the paths above it.
func (m *Mirror) unrecorded(ctx context.Context, rel string, above []any) (bool, error) {
	query := "SELECT EXISTS (SELECT 1 FROM objects WHERE lower(path) = ?)" +
		" OR EXISTS (SELECT 1 FROM objects WHERE lower(path) > ? AND lower(path) < ?)"
	if len(above) > 0 {
		query += " OR EXISTS (SELECT 1 FROM objects WHERE lower(path) IN (?" + strings.Repeat(",?", len(above)-1) + "))"
	}
	var found bool
	err := m.db.QueryRowContext(ctx, query, append([]any{rel, rel + "/", rel + "0"}, above...)...).Scan(&found)
	return !found, err
}

// fold is SQLite's lower: of ASCII only, which plainRune makes enough.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

const insertObject = `INSERT INTO objects (bucket, key, path, size, etag, modified, synced)
	VALUES (?, ?, ?, ?, ?, ?, ?)`

func (a *admission) record(ctx context.Context) ([]Object, error) {
	tx, err := a.m.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	insert, err := tx.PrepareContext(ctx, insertObject+" ON CONFLICT DO NOTHING")
	if err != nil {
		return nil, err
	}
	defer insert.Close()
	now := time.Now().UnixMilli()
	objects := make([]Object, 0, len(a.batch))
	for _, arr := range a.batch {
		o := arr.Object
		if o.ID != 0 {
			objects = append(objects, o)
			continue
		}
		res, err := insert.ExecContext(ctx, o.Bucket, o.Key, o.Path, o.Size, o.ETag, o.LastModified.UnixMilli(), now)
		if err == nil {
			o.ID, err = recordedID(res, arr)
		}
		if err != nil {
			return nil, fmt.Errorf("record %s: %w", o.URI(), err)
		}
		if o.ID != 0 {
			objects = append(objects, o)
		}
	}
	return objects, tx.Commit()
}

// recordedID is 0 for a found file that turns out to be another object's (the
// file system does not tell case apart): it is left to the next sync.
func recordedID(res sql.Result, arr Arrival) (int64, error) {
	n, err := res.RowsAffected()
	if err != nil {
		return 0, err
	}
	if n == 0 && arr.File != nil {
		return 0, errors.New("the mirror has this key already")
	}
	if n == 0 {
		return 0, nil
	}
	return res.LastInsertId()
}

// Whole tells whether the file of an object that state.db has is there with
// the object's size.
func (m *Mirror) Whole(o Object) bool {
	st, err := os.Lstat(m.Path(o.Path))
	return err == nil && st.Mode().IsRegular() && st.Size() == o.Size
}

// Find looks for the file of an object that state.db does not know, as a crash
// between rename and commit leaves it. It is taken only where size and MD5
// prove it: path is then good for an Arrival without File.
func (m *Mirror) Find(o Object) (rel string, ok bool) {
	want, isMD5 := MD5OfETag(o.ETag)
	if !isMD5 || checkBucket(o.Bucket) != nil || m.root == nil {
		return "", false
	}
	paths := []string{escapedPath(o.Bucket, o.Key)}
	if plain, ok := plainPath(o.Bucket, o.Key); ok {
		paths = append(paths, plain)
	}
	for _, rel := range paths {
		st, err := m.root.Lstat(rel)
		if err != nil || !st.Mode().IsRegular() || st.Size() != o.Size {
			continue
		}
		if sum, err := m.MD5(rel); err == nil && sum == want {
			return rel, true
		}
	}
	return "", false
}

// MD5 is the hash of a file of the mirror, in hexadecimal digits.
func (m *Mirror) MD5(rel string) (string, error) {
	f, err := m.OpenFile(rel)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := md5.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// MD5OfETag is the MD5 that an ETag looks like; it need not be one (KMS).
func MD5OfETag(etag string) (string, bool) {
	etag = strings.ToLower(strings.Trim(etag, `"`))
	if len(etag) != 32 {
		return "", false
	}
	_, err := hex.DecodeString(etag)
	return etag, err == nil
}

// SetETag notes the ETag of an object that came without one, once its content
// has been compared.
func (m *Mirror) SetETag(ctx context.Context, id int64, etag string) error {
	_, err := m.db.ExecContext(ctx, "UPDATE objects SET etag = ? WHERE id = ? AND etag = ''", etag, id)
	return err
}

// OpenFile opens a file of the mirror for reading; it never follows a link out
// of the mirror.
func (m *Mirror) OpenFile(rel string) (io.ReadCloser, error) {
	if m.root == nil {
		return nil, fmt.Errorf("open %s: %w", rel, fs.ErrNotExist)
	}
	f, err := m.root.Open(rel)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// SameContent compares a file of the mirror with one that was just written.
func (m *Mirror) SameContent(rel string, f *File) (bool, error) {
	have, err := m.OpenFile(rel)
	if err != nil {
		return false, err
	}
	defer have.Close()
	fresh, err := m.OpenFile(f.temp)
	if err != nil {
		return false, err
	}
	defer fresh.Close()
	return sameBytes(have, fresh)
}

func sameBytes(a, b io.Reader) (bool, error) {
	x, y := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, errA := readFull(a, x)
		m, errB := readFull(b, y)
		switch {
		case errA != nil || errB != nil:
			return false, errors.Join(errA, errB)
		case !bytes.Equal(x[:n], y[:m]):
			return false, nil
		case n < len(x):
			return true, nil
		}
	}
}

// readFull fills p, but for the end of r.
func readFull(r io.Reader, p []byte) (int, error) {
	n, err := io.ReadFull(r, p)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return n, err
}
