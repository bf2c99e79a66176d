package verify

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"iter"
	"sync"

	"logsql/ingest/mirror"
)

// File is a file of the mirror and what state.db says of it.
type File struct {
	Area, Name string
	Path       string // relative to the mirror
	Size       int64
	Sum        [sha256.Size]byte // zero where it was not kept
	ETag       string
	Pruned     bool
	// Still tells whether state.db still names the file: somebody may have
	// written while it was read.
	Still func(context.Context) (bool, error)
}

// files compares files with what state.db says, several at a time.
func (v *verifier) files(ctx context.Context, list iter.Seq2[File, error], counts func(r *Report) *Counts) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	tasks := make(chan File)
	var workers sync.WaitGroup
	for range v.workers {
		workers.Go(func() {
			buf := make([]byte, 256<<10)
			for f := range tasks {
				if ctx.Err() != nil {
					continue
				}
				if err := v.file(ctx, f, buf, counts); err != nil {
					stop(err)
				}
			}
		})
	}
	for f, err := range list {
		if err != nil {
			stop(err)
			break
		}
		select {
		case tasks <- f:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
	}
	close(tasks)
	workers.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return v.rep.failed()
}

// file looks at one file.
func (v *verifier) file(ctx context.Context, f File, buf []byte, counts func(r *Report) *Counts) error {
	kind, reason, bytes := "", "", int64(0)
	if f.Pruned {
		kind = pruned
	} else if kind, reason, bytes = v.compare(ctx, f, buf); kind != "" {
		if still, err := f.Still(ctx); err != nil || !still {
			return err
		}
		v.rep.find(f.Area, kind, f.Name, reason)
	} else {
		v.valid(f.Area, f.Name)
	}
	v.rep.add(func(r *Report) { counts(r).count(kind, bytes) })
	v.progress()
	return ctx.Err()
}

func (v *verifier) compare(ctx context.Context, f File, buf []byte) (kind, reason string, bytes int64) {
	want, isMD5 := mirror.MD5OfETag(f.ETag)
	known := f.Sum != [sha256.Size]byte{}
	h := sha256.New()
	if !known && isMD5 {
		h = md5.New()
	}
	bytes, err := v.hash(ctx, f.Path, h, buf)
	sum := h.Sum(nil)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Missing, "its file " + f.Path + " is not there", 0
	case err != nil:
		return Unproven, "its file cannot be read: " + err.Error(), bytes
	case bytes != f.Size:
		return Altered, fmt.Sprintf("its file has %d bytes, recorded are %d", bytes, f.Size), bytes
	case known && [sha256.Size]byte(sum) != f.Sum:
		return Altered, fmt.Sprintf("its file has the SHA-256 %x, recorded is %x", sum, f.Sum), bytes
	case known:
		return "", "", bytes
	case isMD5 && hex.EncodeToString(sum) == want:
		return "", "", bytes
	case isMD5:
		return Unproven, "it was synced by a logsql that kept no checksum, and its MD5 is not its ETag, which need not be one", bytes
	}
	return Unproven, "it was written by a logsql that kept no checksum: only its size could be compared", bytes
}

func (v *verifier) hash(ctx context.Context, rel string, h hash.Hash, buf []byte) (n int64, err error) {
	f, err := v.m.OpenFile(rel)
	if err != nil {
		return 0, withoutPath(err)
	}
	defer f.Close()
	for {
		k, err := f.Read(buf)
		h.Write(buf[:k])
		n += int64(k)
		switch {
		case errors.Is(err, io.EOF):
			return n, nil
		case err != nil:
			return n, withoutPath(err)
		case ctx.Err() != nil:
			return n, ctx.Err()
		}
	}
}

func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// objects are the files of objects, then of the versions kept beside them.
func (v *verifier) objects(ctx context.Context) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		for _, table := range []struct{ name, pruned, what string }{
			{"objects", "pruned <> 0", ""}, {"versions", "0", ", another version of it"},
		} {
			query := "SELECT id, bucket, key, path, size, etag, sha256, " + table.pruned + " FROM " + table.name + " WHERE id > ? ORDER BY id LIMIT 1000"
			for last := int64(0); ; {
				var page []File
				err := v.each(ctx, query, func(rows *sql.Rows) error {
					f := File{Area: "mirror"}
					var bucket, key string
					var sum []byte
					err := rows.Scan(&last, &bucket, &key, &f.Path, &f.Size, &f.ETag, &sum, &f.Pruned)
					id := last
					copy(f.Sum[:], sum)
					f.Name = mirror.URI(bucket, key) + table.what
					f.Still = func(ctx context.Context) (still bool, err error) {
						const query = "SELECT EXISTS (SELECT 1 FROM %s WHERE id = ? AND path = ? AND %s = ?)"
						err = v.m.DB().QueryRowContext(ctx, fmt.Sprintf(query, table.name, table.pruned), id, f.Path, f.Pruned).Scan(&still)
						return still, err
					}
					page = append(page, f)
					return err
				}, last)
				if err != nil {
					yield(File{}, err)
					return
				}
				for _, f := range page {
					if !yield(f, nil) {
						return
					}
				}
				if len(page) == 0 {
					break
				}
			}
		}
	}
}

func (v *verifier) each(ctx context.Context, query string, do func(*sql.Rows) error, args ...any) error {
	rows, err := v.m.DB().QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := do(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
