package mirror

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
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
// an ID is in the mirror, its file went lost (see Whole) and comes again. One to
// keep Beside is another object than the mirror's under its key; see Versions.
type Arrival struct {
	Object Object
	File   *File
	Beside bool
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
	if err := a.look(ctx); err != nil {
		return nil, err
	}
	if err := a.place(); err != nil {
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
	plain []plain         // of each arrival, where a new one has a plain path
	dirs  dirSet

	// What state.db has in the way: the folded paths at or below which it has a
	// file, and the folders that are files of it.
	clash, clashAbove map[string]bool

	open map[string]*os.File // folders that files are moved from and to; "." is the mirror's
}

// plain is the plain path of a key, and folded.
type plain struct{ rel, folded string }

// maxOpen is how many folders a batch keeps open.
const maxOpen = 64

// move is place with folders kept open: finding each anew, level by level, takes
// most of the time of a rename. What does not work that way is left to place.
func (a *admission) move(temp, rel string) error {
	from, to := a.folder(above(temp)), a.folder(above(rel))
	if from == nil || to == nil || a.m.calls.renameat(int(from.Fd()), temp[len(above(temp))+1:], int(to.Fd()), rel[len(above(rel))+1:]) != nil {
		a.leave(above(rel)) // it may be gone, and another there in its place
		return a.m.place(temp, rel, &a.dirs)
	}
	a.dirs.add(above(rel))
	return nil
}

// above is the folder of a clean path of several levels.
func above(rel string) string { return rel[:max(0, strings.LastIndexByte(rel, '/'))] }

// folder opens a folder, nil where that cannot be.
func (a *admission) folder(dir string) *os.File {
	if f := a.open[dir]; f != nil {
		return f
	}
	f, err := a.find(dir)
	if err != nil {
		return nil
	}
	for other := range a.open {
		if len(a.open) >= maxOpen && other != tmpDir && other != "." {
			a.leave(other)
		}
	}
	a.open[dir] = f
	return f
}

func (a *admission) leave(dir string) {
	if f := a.open[dir]; f != nil {
		f.Close()
		delete(a.open, dir)
	}
}

// syncDirs makes the new names durable. Few folders are synced one by one, those
// that are open without being found again.
func (a *admission) syncDirs() error {
	if len(a.dirs.names) >= manyFiles {
		return a.m.syncDirs(&a.dirs)
	}
	for _, dir := range a.dirs.names {
		sync := func() error { return a.m.syncOne(dir) }
		if f := a.open[dir]; f != nil {
			sync = f.Sync
		}
		if err := sync(); err != nil {
			return fmt.Errorf("sync %s: %w", dir, err)
		}
	}
	return nil
}

// find opens a folder in one call where the system has one for that: level by
// level, as Root does, it takes as many as there are levels.
func (a *admission) find(dir string) (f *os.File, err error) {
	if a.open == nil {
		if f, err = a.m.root.Open("."); err != nil {
			return nil, err
		}
		a.open = map[string]*os.File{".": f}
	}
	if f, err = openBeneath(a.open["."], dir); err == nil {
		return f, nil
	}
	return a.m.root.Open(dir)
}

// drop removes the temporary files that did not get a place.
func (a *admission) drop() {
	for _, f := range a.open {
		f.Close()
	}
	for _, arr := range a.batch {
		if arr.File != nil {
			arr.File.Abort()
		}
	}
}

func (a *admission) sync() error {
	var names []string
	for i := range a.batch {
		arr := &a.batch[i]
		if arr.File == nil {
			var err error
			if arr.Object.Sum, err = a.m.SHA256(arr.Object.Path); err != nil {
				return err
			}
			names = append(names, arr.Object.Path)
			continue
		}
		if err := arr.File.Finish(); err != nil {
			return fmt.Errorf("write %s: %w", arr.Object.URI(), err)
		}
		arr.Object.Sum = arr.File.Sum()
		names = append(names, arr.File.temp)
	}
	Step("sync.fetched")
	return a.m.syncAll(names)
}

func (a *admission) place() error {
	for i := range a.batch {
		o := &a.batch[i].Object
		if a.batch[i].File == nil {
			a.take(fold(o.Path))
			a.dirs.add(above(o.Path))
			continue
		}
		if err := a.placeOne(&a.batch[i], a.plain[i]); err != nil {
			return fmt.Errorf("place %s: %w", o.URI(), err)
		}
	}
	return a.syncDirs()
}

// placeOne moves one file to the plain path of its key or, where that cannot
// be, to the escaped one.
func (a *admission) placeOne(arr *Arrival, plain plain) error {
	o := &arr.Object
	if arr.Beside {
		o.ID, o.Path = 0, besidePath(*o)
	}
	if o.ID != 0 || arr.Beside {
		if err := a.move(arr.File.temp, o.Path); err != nil {
			return err
		}
		a.take(fold(o.Path))
		arr.placed(o.Path)
		return nil
	}
	if plain.rel != "" && a.free(plain.folded) {
		err := a.move(arr.File.temp, plain.rel)
		if err == nil {
			a.take(plain.folded)
			arr.placed(plain.rel)
			return nil
		}
		if !inTheWay(err) {
			return err
		}
	}
	rel := escapedPath(o.Bucket, o.Key)
	if err := a.move(arr.File.temp, rel); err != nil {
		return err
	}
	a.take(fold(rel))
	arr.placed(rel)
	return nil
}

func (arr *Arrival) placed(rel string) {
	arr.File.done = true
	arr.Object.Path = rel
}

// take notes that a file lies at rel, folded, and folders above it.
func (a *admission) take(rel string) {
	a.taken[rel] = true
	for dir := above(rel); dir != ""; dir = above(dir) {
		if isFile, ok := a.taken[dir]; ok && !isFile {
			break // so are those above
		}
		a.taken[dir] = false
	}
}

// free tells whether no other object's file is at rel, folded, lies above it or
// below it.
func (a *admission) free(rel string) bool {
	if _, ok := a.taken[rel]; ok || a.clash[rel] {
		return false
	}
	for dir := above(rel); dir != ""; dir = above(dir) {
		isFile, ok := a.taken[dir]
		if isFile || a.clashAbove[dir] {
			return false
		}
		if ok {
			break // what is above a folder of this batch is none of a file's
		}
	}
	return true
}

// look finds the plain paths of the batch, and in state.db what is in the way of
// each: all at once, as a query for each takes longer than to place it.
func (a *admission) look(ctx context.Context) error {
	a.plain = make([]plain, len(a.batch))
	var files, folders []string
	seen := map[string]bool{}
	for i, arr := range a.batch {
		o := arr.Object
		if arr.File == nil {
			continue
		}
		if err := checkBucket(o.Bucket); err != nil {
			return fmt.Errorf("place %s: %w", o.URI(), err)
		}
		rel, ok := plainPath(o.Bucket, o.Key)
		if !ok || o.ID != 0 || arr.Beside {
			continue
		}
		a.plain[i] = plain{rel, fold(rel)}
		rel = a.plain[i].folded
		files = append(files, rel)
		for dir := above(rel); strings.Count(dir, "/") >= 2 && !seen[dir]; dir = above(dir) {
			seen[dir] = true
			folders = append(folders, dir)
		}
	}
	var err, errAbove error
	a.clash, err = a.m.whichOf(ctx, files, "EXISTS (SELECT 1 FROM objects WHERE lower(path) = value)"+
		" OR EXISTS (SELECT 1 FROM objects WHERE lower(path) > value || '/' AND lower(path) < value || '0')")
	a.clashAbove, errAbove = a.m.whichOf(ctx, folders, "EXISTS (SELECT 1 FROM objects WHERE lower(path) = value)")
	return errors.Join(err, errAbove)
}

// whichOf is the set of those values for which a condition holds.
func (m *Mirror) whichOf(ctx context.Context, values []string, condition string) (map[string]bool, error) {
	if len(values) == 0 {
		return nil, nil
	}
	list, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	return m.paths(ctx, "SELECT value FROM json_each(?) WHERE "+condition, string(list))
}

// fold is SQLite's lower: of ASCII only, which plainRune makes enough.
func fold(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func (a *admission) record(ctx context.Context) ([]Object, error) {
	conn, err := a.m.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	// What SQLite notes to take back one row of many would go to a file, page by page.
	if _, err := conn.ExecContext(ctx, "PRAGMA temp_store = MEMORY"); err != nil {
		return nil, err
	}
	defer conn.ExecContext(ctx, "PRAGMA temp_store = DEFAULT")
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	r := recording{ctx: ctx, tx: tx, now: time.Now().UnixMilli(), batch: a.batch}
	if err := r.all(); err != nil {
		return nil, err
	}
	objects := make([]Object, 0, len(a.batch))
	for _, arr := range a.batch {
		if arr.Object.ID != 0 || arr.Beside {
			objects = append(objects, arr.Object)
		}
	}
	return objects, tx.Commit()
}

// Whole tells whether the file of an object that state.db has is there with
// the object's size, to stay.
func (m *Mirror) Whole(o Object) bool {
	st, err := os.Lstat(m.Path(o.Path))
	return err == nil && st.Mode().IsRegular() && st.Size() == o.Size && !(m.waiting && m.isDoomed(o.Path))
}

// Find looks for the file of an object that state.db does not know, as a crash
// between rename and commit leaves it. It is taken only where size and MD5
// prove it: path is then good for an Arrival without File.
func (m *Mirror) Find(o Object) (rel string, ok bool) {
	want, isMD5 := MD5OfETag(o.ETag)
	if !isMD5 || checkBucket(o.Bucket) != nil || m.root == nil {
		return "", false
	}
	var paths []string
	if !m.fresh(path.Join(ObjectsDir, o.Bucket, escapeDir)) {
		paths = append(paths, escapedPath(o.Bucket, o.Key))
	}
	if plain, ok := plainPath(o.Bucket, o.Key); ok && !m.fresh(above(plain)) {
		paths = append(paths, plain)
	}
	for _, rel := range paths {
		if m.fresh(above(rel)) {
			continue
		}
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

// fresh tells whether a folder was not there when it was first asked for: then
// nothing lies in it but what this process has put there.
func (m *Mirror) fresh(dir string) bool {
	if fresh, ok := m.folders.Load(dir); ok {
		return fresh.(bool)
	}
	_, err := m.root.Lstat(dir)
	fresh, _ := m.folders.LoadOrStore(dir, errors.Is(err, fs.ErrNotExist))
	return fresh.(bool)
}

// MD5 is the hash of a file of the mirror, in hexadecimal digits.
func (m *Mirror) MD5(rel string) (string, error) {
	sum, err := m.hash(rel, md5.New())
	return hex.EncodeToString(sum), err
}

// SHA256 is the hash of a file of the mirror.
func (m *Mirror) SHA256(rel string) (sum [sha256.Size]byte, err error) {
	bytes, err := m.hash(rel, sha256.New())
	copy(sum[:], bytes)
	return sum, err
}

func (m *Mirror) hash(rel string, h hash.Hash) ([]byte, error) {
	f, err := m.OpenFile(rel)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, err := io.Copy(h, f); err != nil {
		return nil, err
	}
	return h.Sum(nil), nil
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

// Confirm notes what a second look at an object of the mirror has shown, once
// its content has been compared: the ETag and the signature that it came
// without, and the sum. asked tells that the source would know a signature.
func (m *Mirror) Confirm(ctx context.Context, id int64, o Object, asked bool) error {
	none := any(nil)
	if asked {
		none = ""
	}
	_, err := m.db.ExecContext(ctx, `UPDATE objects SET etag = iif(etag = '', ?, etag),
		sha256 = coalesce(sha256, ?), signature = coalesce(?, signature, ?) WHERE id = ?`,
		o.ETag, o.sumValue(), o.signatureValue(), none, id)
	return err
}

// Facts are what state.db knows of an object besides an Object's fields.
type Facts struct {
	Pruned bool   // its file was removed, its records are kept
	Asked  bool   // for its signature
	Sum    []byte // SHA-256 of its file; nil where it is not known
}

// FactsOf looks up an object by its ID.
func (m *Mirror) FactsOf(ctx context.Context, id int64) (f Facts, err error) {
	const query = "SELECT pruned <> 0, signature IS NOT NULL, sha256 FROM objects WHERE id = ?"
	err = m.db.QueryRowContext(ctx, query, id).Scan(&f.Pruned, &f.Asked, &f.Sum)
	return f, err
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
