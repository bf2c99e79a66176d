// Package ingest brings objects into the mirror.
//
//   - An object is what a Source lists: a key, a size, an identity.
//   - A source is where objects come from: a bucket of S3 or a local folder that
//     was carried in; either is known by the s3:// address it stands for.
//   - A target is a source as the user names it, kept in the mirror so that
//     sync can be repeated without naming it again.
//   - A file is an object's copy in the mirror, whole or absent.
//   - The identity of an object is its ETag; where there is none, size and time.
//     Log objects never change: one that has another identity than its file is
//     reported as mutated, and the file is kept.
package ingest

import (
	"context"
	"io"
	"iter"

	"logsql/ingest/mirror"
	"logsql/ingest/s3"
)

// Object is an object as a source lists it.
type Object = mirror.Object

// Error is what went wrong with an object or a prefix, with a hint for the user.
type Error = s3.Error

// Source is where objects come from.
type Source interface {
	// List yields the objects whose keys begin with prefix and come after the
	// key after, in key order. An error with an Object that has a key is about
	// that one, and the listing goes on; any other ends it.
	List(ctx context.Context, prefix, after string) iter.Seq2[Object, error]
	// Open starts to read an object. It tries once.
	Open(ctx context.Context, o Object) (io.ReadCloser, error)
}

// folderLister is a Source that can list level by level, which spares days
// that are not wanted. ListFolder yields pages of what lies right below a
// prefix and comes after a key, in key order. Folders come as objects of size
// -1 whose keys end in a slash.
type folderLister interface {
	ListFolder(ctx context.Context, prefix, after string) iter.Seq2[s3.Page, error]
}
