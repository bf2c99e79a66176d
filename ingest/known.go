package ingest

import (
	"context"
	"slices"
	"strings"

	"logsql/ingest/mirror"
)

// known walks the mirror's objects of a bucket beside a listing, a page at a
// time; as long as the listing is in key order each page is read once.
type known struct {
	m      *mirror.Mirror
	bucket string
	from   string // the key the page was read from
	page   []Object
	size   int // of the page that was asked for
	loaded bool
}

// The first page is small: of many short listings each has its own.
const firstKnown, knownPage = 50, 1000

// find is the mirror's object with this key.
func (k *known) find(ctx context.Context, key string) (Object, bool, error) {
	if !k.covers(key) {
		k.size = min(max(firstKnown, k.size*5), knownPage)
		page, err := k.m.ObjectsFrom(ctx, k.bucket, key, k.size)
		if err != nil {
			return Object{}, false, err
		}
		k.from, k.page, k.loaded = key, page, true
	}
	i, ok := slices.BinarySearchFunc(k.page, key, func(o Object, key string) int {
		return strings.Compare(o.Key, key)
	})
	if !ok {
		return Object{}, false, nil
	}
	return k.page[i], true, nil
}

func (k *known) covers(key string) bool {
	if !k.loaded || key < k.from {
		return false
	}
	return len(k.page) < k.size || key <= k.page[len(k.page)-1].Key
}

// match is what a listed object is to the one that the mirror has.
type match int

const (
	same    match = iota
	mutated       // another object under the same key
	unsure        // only the content can tell
)

// compare goes by identity: ETags where both have one, else size and time.
func compare(have, listed Object) match {
	switch {
	case have.Size != listed.Size:
		return mutated
	case have.ETag != "" && listed.ETag != "":
		if have.ETag == listed.ETag {
			return same
		}
		return mutated
	case sameTime(have.LastModified, listed.LastModified):
		return same
	}
	return unsure
}
