package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"logsql/ingest/layout"
	"logsql/ingest/mirror"
	"logsql/ingest/s3"
)

// Folder is a local folder that stands for a bucket or a part of one: the file
// at path p below it is the object <prefix>/p. Links are not followed. Files
// have no ETag; their identity is size and time.
type Folder struct {
	root   *os.Root
	bucket string
	prefix string // "" or ending in a slash
	except os.FileInfo
}

var _ Source = (*Folder)(nil)

// newFolder opens t's folder. The mirror itself is left out where it lies in
// the folder; a folder in the mirror is refused.
func newFolder(t Target, mirrorDir string) (*Folder, error) {
	if within(t.Folder, mirrorDir) {
		return nil, usageError(fmt.Sprintf("the folder %s lies in the mirror %s: a sync of it would copy the mirror into itself", t.Folder, mirrorDir))
	}
	root, err := os.OpenRoot(t.Folder)
	if err != nil {
		return nil, &Error{
			Op: "open", URI: t.Folder, Kind: s3.Fatal, Err: withoutPath(err),
			Hint: "it stands for " + t.URI() + ": put the folder or its disk back, or name the sources to sync",
		}
	}
	f := &Folder{root: root, bucket: t.Bucket, prefix: t.Prefix}
	if f.prefix != "" && !strings.HasSuffix(f.prefix, "/") {
		f.prefix += "/"
	}
	if st, err := os.Stat(mirrorDir); err == nil {
		f.except = st
	}
	return f, nil
}

// within tells whether folder is dir or lies below it, whatever links lead
// there. Where one of them is missing, it does not.
func within(folder, dir string) bool {
	for _, p := range []*string{&folder, &dir} {
		real, err := filepath.EvalSymlinks(*p)
		if err == nil {
			real, err = filepath.Abs(real)
		}
		if err != nil {
			return false
		}
		*p = real
	}
	rel, err := filepath.Rel(dir, folder)
	return err == nil && filepath.IsLocal(rel)
}

// Close ends the use of the folder.
func (f *Folder) Close() error { return f.root.Close() }

// List is the Source's. It holds the names of one folder a level.
func (f *Folder) List(ctx context.Context, prefix, after string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		w := walk{Folder: f, ctx: ctx, prefix: prefix, after: after, yield: yield}
		w.folder("")
	}
}

// Open is the Source's.
func (f *Folder) Open(_ context.Context, o Object) (io.ReadCloser, error) {
	rel, ok := strings.CutPrefix(o.Key, f.prefix)
	if !ok {
		return nil, f.explain("get", o.Key, fs.ErrNotExist)
	}
	// Without waiting: it may have become a pipe that nobody writes.
	file, err := f.root.OpenFile(rel, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, f.explain("get", o.Key, err)
	}
	body := &folderFile{file, o}
	if err := body.check("since it was listed"); err != nil {
		file.Close()
		return nil, f.explain("get", o.Key, err)
	}
	return body, nil
}

// folderFile is a file being read. Nobody promises that nobody writes it
// meanwhile: what was read is the object only if it still is at the end.
type folderFile struct {
	*os.File
	o Object
}

func (f *folderFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	if errors.Is(err, io.EOF) {
		if changed := f.check("while it was read"); changed != nil {
			return n, changed
		}
	}
	return n, err
}

// WriteTo hides the File's own, which would read without Read.
func (f *folderFile) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{f})
}

// Signature is a digest's, where the program that copied it kept S3's metadata
// as extended attributes: rclone does with --metadata.
func (f *folderFile) Signature() string {
	if !layout.Parse(f.o.Key).Digest() {
		return ""
	}
	value := make([]byte, 4096)
	n, err := unix.Fgetxattr(int(f.Fd()), "user.signature", value)
	if err != nil {
		return ""
	}
	return string(value[:n])
}

// link shares a file with the mirror; where that cannot be it gives nil, and the
// report says why.
func (s *syncer) link(f *os.File) *mirror.File {
	file, err := s.m.LinkObjectFile(f)
	if err == nil {
		return file
	}
	s.rep.add(func(r *Report) { r.NotLinked = err.Error() })
	return nil
}

func (s *syncer) fetcher() fetcher {
	f := fetcher{m: s.m, src: s.src, gate: s.gate, meter: s.meter}
	if s.opts.Link {
		f.link = s.link
	}
	return f
}

func (f *folderFile) check(when string) error {
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if !st.Mode().IsRegular() || st.Size() != f.o.Size || !sameTime(st.ModTime(), f.o.LastModified) {
		return &Error{Op: "get", URI: f.o.URI(), Kind: s3.Changed, Err: errors.New("the file has changed " + when)}
	}
	return nil
}

func (f *Folder) explain(op, key string, err error) error {
	var done *Error
	if errors.As(err, &done) {
		return err
	}
	e := &Error{Op: op, URI: mirror.URI(f.bucket, key), Err: withoutPath(err)}
	what := "file"
	if op == "list" {
		what = "folder"
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		e.Kind, e.Hint = s3.Denied, "this user may not read the "+what
	case errors.Is(err, fs.ErrNotExist):
		e.Kind = s3.Gone
	}
	return e
}

// withoutPath takes the machine's path off an error: what it is about is named
// beside it.
func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// walk is one listing.
type walk struct {
	*Folder
	ctx           context.Context
	prefix, after string
	yield         func(Object, error) bool
}

// folder yields what lies below dir, "" or ending in a slash, and reports
// whether to go on.
func (w *walk) folder(dir string) bool {
	names, err := w.names(dir)
	if err != nil {
		// Of the folder itself nothing can be listed; below it, the rest can.
		o := Object{Bucket: w.bucket, Key: w.Folder.prefix + dir}
		if dir == "" {
			o = Object{}
		}
		return w.yield(o, w.explain("list", w.Folder.prefix+dir, err))
	}
	for _, name := range names {
		if err := w.ctx.Err(); err != nil {
			w.yield(Object{}, err)
			return false
		}
		if !w.entry(dir + name) {
			return false
		}
	}
	return true
}

// entry yields the file rel, or what is below the folder rel, which ends in a
// slash.
func (w *walk) entry(rel string) bool {
	key := w.Folder.prefix + rel
	if strings.HasSuffix(rel, "/") {
		outside := !strings.HasPrefix(key, w.prefix) && !strings.HasPrefix(w.prefix, key)
		past := key < w.after && !strings.HasPrefix(w.after, key)
		return outside || past || w.folder(rel)
	}
	if !strings.HasPrefix(key, w.prefix) || key <= w.after {
		return true
	}
	o := Object{Bucket: w.bucket, Key: key}
	st, err := w.root.Lstat(rel)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true // it went away meanwhile
	case err != nil:
		return w.yield(o, w.explain("list", key, err))
	case !st.Mode().IsRegular():
		err := &Error{Op: "list", URI: o.URI(), Kind: s3.Skipped, Err: errors.New(irregular(st.Mode()))}
		return w.yield(o, err)
	}
	if by := unfinishedBy(rel); by != "" {
		return w.yield(o, &Error{
			Op: "list", URI: o.URI(), Err: fmt.Errorf("it looks like a download that %s did not finish", by),
			Hint: "copy it again, or remove it; a log that really has this name can be renamed",
		})
	}
	o.Size, o.LastModified = st.Size(), st.ModTime().UTC()
	return w.yield(o, nil)
}

// names are the entries of dir in key order; those of folders end in a slash,
// which is what makes the order that of keys.
func (w *walk) names(dir string) ([]string, error) {
	at := strings.TrimSuffix(dir, "/")
	if at == "" {
		at = "."
	}
	d, err := w.root.Open(at)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	if st, err := d.Stat(); err == nil && w.except != nil && os.SameFile(st, w.except) {
		return nil, nil
	}
	var names []string
	for {
		entries, err := d.ReadDir(1000)
		for _, e := range entries {
			name := e.Name()
			if e.IsDir() {
				name += "/"
			}
			names = append(names, name)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(names)
	return names, nil
}

var (
	awsTemp    = regexp.MustCompile(`\.[0-9A-Fa-f]{8}$`)
	rcloneTemp = regexp.MustCompile(`\.[0-9a-f]{8}\.partial$`)
)

// unfinishedBy tells which program was still writing a file of this name, or "".
// Half a log would be converted beside the whole one. Eight digits are a date.
func unfinishedBy(name string) string {
	switch {
	case awsTemp.MatchString(name) && strings.ContainsAny(name[len(name)-8:], "abcdefABCDEF"):
		return "aws s3"
	case rcloneTemp.MatchString(name):
		return "rclone"
	}
	return ""
}

func irregular(mode fs.FileMode) string {
	if mode&fs.ModeSymlink != 0 {
		return "it is a symbolic link; links are not followed"
	}
	return "it is no regular file"
}

// sameTime compares as precisely as state.db keeps times.
func sameTime(a, b time.Time) bool { return a.UnixMilli() == b.UnixMilli() }
