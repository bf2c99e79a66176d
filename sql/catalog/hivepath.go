package catalog

import (
	"context"
	"slices"
	"strings"
)

// HasFiles reports whether any file is mirrored below a location.
func (s *Store) HasFiles(ctx context.Context, location string) (bool, error) {
	return hasFiles(ctx, location, s.listers())
}

// HasFiles is Store.HasFiles within the transaction.
func (tx *Tx) HasFiles(location string) (bool, error) {
	return hasFiles(tx.ctx, location, []lister{objectsOf(tx.q), writtenOf(tx.q)})
}

func hasFiles(ctx context.Context, location string, lists []lister) (bool, error) {
	for _, list := range lists {
		c := cursor{ctx: ctx, list: list}
		c.seek(folder(location))
		if c.err != nil {
			return false, c.err
		}
		if len(c.files) > 0 && strings.HasPrefix(c.files[0].URI, folder(location)) {
			return true, nil
		}
	}
	return false, nil
}

// HivePartitions finds the folders k=v/k2=v2/ below t's location that hold
// files, in order of their values.
func (tx *Tx) HivePartitions(t *Table) ([]Partition, error) {
	location := folder(t.External.Location)
	seen := map[string]bool{}
	var found []Partition
	for _, list := range []lister{objectsOf(tx.q), writtenOf(tx.q)} {
		c := cursor{ctx: tx.ctx, list: list}
		for c.seek(location); c.err == nil && len(c.files) > 0 && strings.HasPrefix(c.files[0].URI, location); {
			below := c.files[0].URI[len(location):]
			values, path, ok := hiveValues(t.Partition, below)
			if !ok || hidden(below) {
				c.next()
				continue
			}
			if !seen[path] {
				seen[path] = true
				found = append(found, Partition{Values: values, Location: location + path})
			}
			c.seek(pastFolder(location + path))
		}
		if c.err != nil {
			return nil, c.err
		}
	}
	slices.SortFunc(found, func(a, b Partition) int { return slices.Compare(a.Values, b.Values) })
	return slices.CompactFunc(found, func(a, b Partition) bool { return slices.Equal(a.Values, b.Values) }), nil
}

// hiveValues takes k=v/k2=v2/ from the beginning of a path; the columns' names
// match without case.
func hiveValues(columns []string, path string) (values []string, folder string, ok bool) {
	rest := path
	for _, c := range columns {
		name, after, found := strings.Cut(rest, "/")
		key, value, is := strings.Cut(name, "=")
		if !found || !is || !strings.EqualFold(UnescapePath(key), c) {
			return nil, "", false
		}
		values = append(values, UnescapePath(value))
		rest = after
	}
	return values, path[:len(path)-len(rest)], true
}

// FoldersAfter lists what lies depth folders below base, comes after the folder
// last there and holds files, in order.
func (tx *Tx) FoldersAfter(base, last string, depth int) ([]string, error) {
	var found []string
	for _, list := range []lister{objectsOf(tx.q), writtenOf(tx.q)} {
		c := cursor{ctx: tx.ctx, list: list}
		for c.seek(pastFolder(last)); c.err == nil && len(c.files) > 0 && strings.HasPrefix(c.files[0].URI, base); {
			folders := strings.SplitAfterN(c.files[0].URI[len(base):], "/", depth+1)
			if len(folders) <= depth {
				c.next()
				continue
			}
			found = append(found, base+strings.Join(folders[:depth], ""))
			c.seek(pastFolder(found[len(found)-1]))
		}
		if c.err != nil {
			return nil, c.err
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// pastFolder is the first address behind all that is in a folder: what follows
// the slash.
func pastFolder(folder string) string { return folder[:len(folder)-1] + "0" }
