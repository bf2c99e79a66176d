package catalog

import (
	"context"
	"database/sql"
	"slices"
	"sort"
	"strings"
	"time"

	"logsql/ingest/mirror"
)

// Locate lists the files of partitions, by partition and address: the mirror's
// objects and what statements wrote. Like Hive it goes below subfolders and
// passes over empty files and names that begin with _ or a dot.
func (s *Store) Locate(ctx context.Context, partitions []Partition) ([]File, error) {
	var files []File
	for _, group := range disjoint(partitions) {
		for _, list := range s.listers() {
			found, err := walk(ctx, list, group)
			if err != nil {
				return nil, err
			}
			files = append(files, found...)
		}
	}
	return files, nil
}

// lister gives up to limit files from an address on, in order of addresses;
// false when there are no more.
type lister func(ctx context.Context, from string, limit int) ([]File, bool, error)

// listers are the mirror's objects and what statements wrote.
func (s *Store) listers() []lister {
	if s.absent {
		return []lister{objectsOf(s.m.DB())}
	}
	return []lister{objectsOf(s.m.DB()), writtenOf(s.m.DB())}
}

func objectsOf(q querier) lister {
	const query = "SELECT " + mirror.ObjectColumns + ", o.pruned <> 0 FROM objects o WHERE bucket = ? AND key >= ? ORDER BY key LIMIT ?"
	return func(ctx context.Context, from string, limit int) ([]File, bool, error) {
		bucket, key, ok := mirror.SplitURI(from)
		if !ok {
			return nil, false, nil
		}
		return list(ctx, q, scanObject, limit, query, bucket, key, limit)
	}
}

func writtenOf(q querier) lister {
	const query = "SELECT uri, path, size, modified FROM written WHERE uri >= ? AND uri < ? ORDER BY uri LIMIT ?"
	return func(ctx context.Context, from string, limit int) ([]File, bool, error) {
		bucket, _, _ := mirror.SplitURI(from)
		return list(ctx, q, scanWritten, limit, query, from, "s3://"+bucket+"0", limit) // 0 follows /
	}
}

func list(ctx context.Context, q querier, scan func(*sql.Rows) (File, error), limit int, query string, args ...any) ([]File, bool, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	var files []File
	for rows.Next() {
		f, err := scan(rows)
		if err != nil {
			return nil, false, err
		}
		files = append(files, f)
	}
	return files, len(files) == limit, rows.Err()
}

func scanObject(rows *sql.Rows) (File, error) {
	var f File
	o, err := mirror.ScanObject(rows, &f.Pruned)
	f.URI, f.Path, f.Size, f.Modified, f.version, f.object = o.URI(), o.Path, o.Size, o.LastModified, o.ETag, o.ID
	return f, err
}

func scanWritten(rows *sql.Rows) (File, error) {
	var f File
	var modified int64
	err := rows.Scan(&f.URI, &f.Path, &f.Size, &modified)
	f.Modified = time.UnixMilli(modified).UTC()
	return f, err
}

// disjoint sorts partitions by location into groups in which none lies below
// another; nearly always it is one group.
func disjoint(partitions []Partition) [][]Partition {
	sorted := slices.Clone(partitions)
	slices.SortStableFunc(sorted, func(a, b Partition) int { return strings.Compare(folder(a.Location), folder(b.Location)) })
	var groups [][]Partition
	for _, p := range sorted {
		i := 0
		for i < len(groups) && strings.HasPrefix(folder(p.Location), folder(groups[i][len(groups[i])-1].Location)) {
			i++
		}
		if i == len(groups) {
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], p)
	}
	return groups
}

// walk goes through the files and the partitions side by side, both in order
// of addresses, and jumps over files that are in no partition as over
// partitions without files.
func walk(ctx context.Context, list lister, partitions []Partition) ([]File, error) {
	var files []File
	c := cursor{ctx: ctx, list: list}
	for len(partitions) > 0 {
		p := partitions[0]
		location := folder(p.Location)
		c.seek(location)
		for ; c.err == nil && len(c.files) > 0 && strings.HasPrefix(c.files[0].URI, location); c.next() {
			f := c.files[0]
			if f.Size > 0 && !hidden(f.URI[len(location):]) {
				f.Partition, f.Location = p.Values, p.Location
				files = append(files, f)
			}
		}
		if c.err != nil {
			return nil, c.err
		}
		partitions = c.ahead(partitions[1:])
	}
	return files, nil
}

// hidden reports whether a path below a location is one Hive passes over.
func hidden(below string) bool {
	for name := range strings.SplitSeq(below, "/") {
		if strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") {
			return true
		}
	}
	return false
}

// cursor is a place in a list of files, of which it holds some that follow.
type cursor struct {
	ctx   context.Context
	list  lister
	files []File // from the place on
	from  string // where to go on after files
	over  string // the bucket, as s3://bucket/, of which there is no more after files
	fresh int    // files asked for at a time; more where they are all wanted
	err   error
}

// seek goes forward to an address.
func (c *cursor) seek(uri string) {
	n := sort.Search(len(c.files), func(i int) bool { return c.files[i].URI >= uri })
	c.files = c.files[n:]
	if len(c.files) == 0 && (c.over == "" || !strings.HasPrefix(uri, c.over)) {
		c.fresh = 64
		c.fetch(uri)
	}
}

func (c *cursor) next() {
	c.files = c.files[1:]
	if len(c.files) == 0 && c.over == "" {
		c.fresh = min(4*c.fresh, 4096)
		c.fetch(c.from)
	}
}

func (c *cursor) fetch(from string) {
	files, more, err := c.list(c.ctx, from, c.fresh)
	c.files, c.over, c.err = files, "", err
	if !more {
		bucket, _, _ := mirror.SplitURI(from)
		c.over = mirror.URI(bucket, "")
		return
	}
	c.from = files[len(files)-1].URI + "\x00"
}

// ahead drops the partitions that end before the cursor's place.
func (c *cursor) ahead(partitions []Partition) []Partition {
	if len(c.files) == 0 {
		if c.over == "" {
			return partitions
		}
		n := sort.Search(len(partitions), func(i int) bool {
			return partitions[i].Location > c.over && !strings.HasPrefix(partitions[i].Location, c.over)
		})
		return partitions[n:]
	}
	uri := c.files[0].URI
	n := sort.Search(len(partitions), func(i int) bool { return folder(partitions[i].Location) > uri })
	if n > 0 && strings.HasPrefix(uri, folder(partitions[n-1].Location)) {
		n--
	}
	return partitions[n:]
}
