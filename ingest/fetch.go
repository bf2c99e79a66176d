package ingest

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"time"

	"logsql/ingest/mirror"
	"logsql/ingest/s3"
)

// fetcher brings objects into temporary files of the mirror.
type fetcher struct {
	m   *mirror.Mirror
	src Source
}

// attempts is how often an object is tried. A variable for tests.
var attempts = s3.Attempts

// fetch gets the whole of an object, as often as it takes. The object that
// comes back is the one that was got: where the listed one was replaced
// meanwhile, it is listed again, once.
func (f fetcher) fetch(ctx context.Context, o Object) (Object, *mirror.File, error) {
	t := transfer{fetcher: f, o: o}
	relisted := false
	for n := 0; ; n++ {
		file, err := t.try(ctx)
		if err == nil {
			return t.o, file, nil
		}
		var e *Error
		switch {
		case ctx.Err() != nil || !errors.As(err, &e):
			return t.o, nil, err
		case e.Kind == s3.Changed && !relisted:
			relisted = true
			if t.o, err = f.relist(ctx, o); err != nil {
				return o, nil, err
			}
			continue
		case e.Temporary && n+1 >= attempts && e.Down():
			down := *e
			down.Kind = s3.Fatal // the rest would take as long, each object
			return t.o, nil, &down
		case !e.Temporary || n+1 >= attempts:
			return t.o, nil, err
		}
		select {
		case <-ctx.Done():
			return t.o, nil, ctx.Err()
		case <-time.After(s3.Backoff(n)):
		}
	}
}

// relist asks for the object that is at o's key now.
func (f fetcher) relist(ctx context.Context, o Object) (Object, error) {
	for now, err := range f.src.List(ctx, o.Key, "") {
		if err != nil {
			return o, err
		}
		if now.Key == o.Key {
			return now, nil
		}
		break
	}
	return o, &Error{Op: "get", URI: o.URI(), Kind: s3.Gone, Err: errors.New("it went away after it was listed")}
}

// transfer is the attempts at one object.
type transfer struct {
	fetcher
	o   Object
	sum string // MD5 of the last attempt, where it was not the ETag
}

func (t *transfer) try(ctx context.Context) (*mirror.File, error) {
	body, err := t.src.Open(ctx, t.o)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	if b, ok := body.(interface{ Signature() string }); ok {
		t.o.Signature = b.Signature()
	}
	file, err := t.m.NewObjectFile()
	if err != nil {
		return nil, t.local(err)
	}
	if err := t.copy(file, interruptible{ctx, body}); err != nil {
		file.Abort()
		return nil, err
	}
	if err := file.Finish(); err != nil {
		file.Abort()
		return nil, t.local(err)
	}
	return file, nil
}

func (t *transfer) copy(file *mirror.File, body interruptible) error {
	want, check := mirror.MD5OfETag(t.o.ETag)
	if b, ok := body.ReadCloser.(interface{ ETagIsMD5() bool }); ok {
		check = check && b.ETagIsMD5()
	}
	var h hash.Hash
	r := io.LimitReader(body, t.o.Size+1)
	if check {
		h = md5.New()
		r = io.TeeReader(r, h)
	}
	w := &writer{file: file}
	n, err := io.Copy(w, r)
	switch {
	case w.err != nil:
		return t.local(w.err)
	case err != nil:
		return t.broken(fmt.Errorf("after %d of %d bytes: %w", n, t.o.Size, err))
	case n < t.o.Size:
		return t.broken(fmt.Errorf("it ended after %d of %d bytes", n, t.o.Size))
	case n > t.o.Size:
		return t.broken(fmt.Errorf("it is longer than the %d bytes it was listed with", t.o.Size))
	case h != nil:
		return t.verify(hex.EncodeToString(h.Sum(nil)), want)
	}
	return nil
}

// verify compares the MD5 of what came with the ETag. The same bytes twice are
// the object's: then its ETag is something else, as an ETag may be.
func (t *transfer) verify(sum, want string) error {
	if sum == want || sum == t.sum {
		return nil
	}
	t.sum = sum
	return t.broken(fmt.Errorf("its bytes have the MD5 %s, its ETag is %s", sum, want))
}

func (t *transfer) broken(err error) error {
	var path *fs.PathError // a disk that cannot be read does not get better
	return &Error{Op: "get", URI: t.o.URI(), Temporary: !errors.As(err, &path), Err: err}
}

// local is an error of the mirror: no other object can be written either.
func (t *transfer) local(err error) error {
	return &Error{Op: "write", URI: t.o.URI(), Kind: s3.Fatal, Err: err}
}

// interruptible ends with its context: a large file of a folder would be read
// to its end.
type interruptible struct {
	ctx context.Context
	io.ReadCloser
}

func (r interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.ReadCloser.Read(p)
}

// writer tells errors of the file from those of the body.
type writer struct {
	file *mirror.File
	err  error
}

func (w *writer) Write(p []byte) (int, error) {
	n, err := w.file.Write(p)
	if err != nil {
		w.err = err
	}
	return n, err
}
