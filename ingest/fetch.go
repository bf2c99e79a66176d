package ingest

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"logsql/ingest/mirror"
	"logsql/ingest/s3"
)

// fetcher brings objects into temporary files of the mirror.
type fetcher struct {
	m     *mirror.Mirror
	src   Source
	gate  *gate
	meter *meter
	link  func(*os.File) *mirror.File // nil, or shares a folder's file; it may give nil
}

// How often an object is tried, and how often where no connection can be made.
// Variables for tests.
var attempts, attemptsDown = s3.Attempts, s3.AttemptsDown

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
		case e.Temporary && n+1 >= attemptsDown && e.Down():
			down := *e
			down.Kind = s3.Fatal // the rest would take as long, each object
			return t.o, nil, &down
		case !e.Temporary || n+1 >= attempts:
			return t.o, nil, err
		}
		if f.gate.more != nil {
			f.gate.more()
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
	sum []byte // of the last attempt, where it was not the one it must have
}

func (t *transfer) try(ctx context.Context) (*mirror.File, error) {
	t.gate.enter()
	var answered time.Duration
	var err error
	defer func() { t.gate.leave(answered, err) }()
	asked := time.Now()
	body, err := t.src.Open(ctx, t.o)
	if err != nil {
		return nil, err
	}
	answered = time.Since(asked)
	defer body.Close()
	if b, ok := body.(interface{ Signature() string }); ok {
		t.o.Signature = b.Signature()
	}
	file, err := t.newFile(body)
	if err != nil {
		return nil, t.local(err)
	}
	if err := t.copy(file, paced{ctx, t.meter, body}); err != nil {
		file.Abort()
		return nil, err
	}
	if err := file.Finish(); err != nil {
		file.Abort()
		return nil, t.local(err)
	}
	return file, nil
}

func (t *transfer) newFile(body io.ReadCloser) (*mirror.File, error) {
	if f, ok := body.(*folderFile); ok && t.link != nil {
		if file := t.link(f.File); file != nil {
			return file, nil
		}
	}
	return t.m.NewObjectFile()
}

func (t *transfer) copy(file *mirror.File, body paced) error {
	sum := checksumOf(t.o, body.ReadCloser)
	w := &writer{file: file, hash: sum.hash}
	buffers := &small
	if t.o.Size > smallBuffer {
		buffers = &large
	}
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	n, err := io.CopyBuffer(w, io.LimitReader(body, t.o.Size+1), *buf)
	switch {
	case w.err != nil:
		return t.local(w.err)
	case err != nil:
		return t.broken(fmt.Errorf("after %d of %d bytes: %w", n, t.o.Size, err))
	case n < t.o.Size:
		return t.broken(fmt.Errorf("it ended after %d of %d bytes", n, t.o.Size))
	case n > t.o.Size:
		return t.broken(fmt.Errorf("it is longer than the %d bytes it was listed with", t.o.Size))
	case sum.hash != nil:
		return t.verify(sum)
	}
	return nil
}

// smallBuffer is what nearly all log objects fit into; of larger ones much is
// taken at a time, as every turn of reading and writing costs the same.
const smallBuffer, largeBuffer = 32 << 10, 256 << 10

// small and large hold what is on its way from a body to a file.
var (
	small = sync.Pool{New: func() any { b := make([]byte, smallBuffer); return &b }}
	large = sync.Pool{New: func() any { b := make([]byte, largeBuffer); return &b }}
)

// checksum is what the bytes of an object are verified by.
type checksum struct {
	name string
	hash hash.Hash // nil where there is nothing to verify by
	want []byte
	sure bool // it can be nothing else
}

// checksumOf is the checksum that the store keeps of an object, else the MD5 that its
// ETag seems to be.
func checksumOf(o Object, body io.ReadCloser) checksum {
	kept, ok := body.(interface {
		Checksum() (string, hash.Hash, []byte)
		ETagIsMD5() bool
	})
	if ok {
		if name, h, want := kept.Checksum(); h != nil {
			return checksum{name, h, want, true}
		}
	}
	sum, isMD5 := mirror.MD5OfETag(o.ETag)
	want, err := hex.DecodeString(sum)
	if !isMD5 || err != nil || ok && !kept.ETagIsMD5() {
		return checksum{}
	}
	return checksum{"MD5", md5.New(), want, false}
}

// verify compares the sum of what came with the one it must have. The same bytes
// twice are the object's where that one was the ETag: it is something else then,
// as an ETag may be.
func (t *transfer) verify(sum checksum) error {
	got := sum.hash.Sum(nil)
	if bytes.Equal(got, sum.want) || !sum.sure && bytes.Equal(got, t.sum) {
		return nil
	}
	t.sum = got
	if sum.sure {
		return t.broken(fmt.Errorf("its bytes have the %s %x, the store says %x", sum.name, got, sum.want))
	}
	return t.broken(fmt.Errorf("its bytes have the MD5 %x, its ETag is %x", got, sum.want))
}

func (t *transfer) broken(err error) error {
	var path *fs.PathError // a disk that cannot be read does not get better
	return &Error{Op: "get", URI: t.o.URI(), Temporary: !errors.As(err, &path), Err: err}
}

// local is an error of the mirror: no other object can be written either.
func (t *transfer) local(err error) error {
	return &Error{Op: "write", URI: t.o.URI(), Kind: s3.Fatal, Err: err}
}

// writer tells errors of the file from those of the body.
type writer struct {
	file *mirror.File
	hash hash.Hash
	err  error
}

func (w *writer) Write(p []byte) (int, error) {
	n, err := w.file.Write(p)
	if err != nil {
		w.err = err
	}
	if w.hash != nil {
		w.hash.Write(p[:n])
	}
	return n, err
}
