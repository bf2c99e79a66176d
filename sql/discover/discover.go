// Package discover does what a Glue crawler is used for: it looks at the
// mirrored objects below a prefix, by their keys and at the heads of some, and
// tells which tables would read them.
package discover

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"logsql/ingest/mirror"
	"logsql/sql/catalog"
)

// Found is objects below the prefix that belong together.
type Found struct {
	Table       *catalog.Table // as CREATE TABLE would make it; nil where none can read them
	What        string         // they are, in words
	Prefix      string         // s3://bucket/folder/ where they lie
	Objects     int
	Bytes       int64
	First, Last time.Time // the days that keys name; zero where they name none
	Repair      bool      // MSCK REPAIR TABLE adds the partitions
	Notes       []string

	group *group
}

func (f *Found) projected() bool { return f.Table.External.Properties["projection.enabled"] != "" }

// Look finds what lies below an s3:// address, a folder. Nothing mirrored there
// is nothing found.
func Look(ctx context.Context, m *mirror.Mirror, uri string) ([]Found, error) {
	bucket, prefix, ok := mirror.SplitURI(uri)
	if !ok {
		return nil, fmt.Errorf("%s is no S3 address: s3://bucket/prefix/", uri)
	}
	if m.Empty() {
		return nil, nil
	}
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}
	root, err := os.OpenRoot(m.Dir())
	if err != nil {
		return nil, err
	}
	defer root.Close()
	groups, err := collect(ctx, m, bucket, prefix)
	if err != nil {
		return nil, err
	}
	l := looker{m: m, root: root, bucket: bucket}
	for _, g := range groups {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		l.classify(g)
	}
	var found []Found
	for _, g := range merge(groups) {
		found = append(found, l.found(g))
	}
	noteHeaders(found)
	nameApart(found)
	noteNeighbours(found)
	return found, nil
}

// looker turns groups of objects into tables.
type looker struct {
	m      *mirror.Mirror
	root   *os.Root
	bucket string
}

// merge puts groups together that one table reads, and those that none reads.
func merge(groups []*group) []*group {
	var out []*group
	for _, g := range groups {
		i := slices.IndexFunc(out, func(o *group) bool { return o.takes(g) })
		if i < 0 {
			out = append(out, g)
			continue
		}
		out[i].absorb(g)
	}
	return out
}

func (l *looker) found(g *group) Found {
	f := Found{
		What: g.format.what, Prefix: mirror.URI(l.bucket, g.root), Objects: g.objects, Bytes: g.bytes,
		First: g.first, Last: g.last, Notes: g.format.notes, group: g,
	}
	if g.format.columns == nil {
		return f
	}
	f.Table, f.Repair = l.table(g), g.shape.hive
	return f
}

// noteHeaders tells where objects of other columns lie in folders of a projected
// table, as flow logs of different headers do: fields go by their place, so that
// one table cannot read both.
func noteHeaders(found []Found) {
	for i := range found {
		for j, other := range found {
			f := &found[i]
			if i == j || f.Table == nil || other.Table == nil || !f.projected() || !other.projected() || !f.group.overlaps(other.group) {
				continue
			}
			f.Notes = append(f.Notes, "some of its folders also hold "+other.What+" with other columns, which it would read as its own; of flow logs the built-in logsql.vpc_flow_logs goes by each object's header")
			break
		}
	}
}

// nameApart gives tables of one name numbers.
func nameApart(found []Found) {
	seen := map[string]int{}
	for _, f := range found {
		if f.Table == nil {
			continue
		}
		name := f.Table.Name
		if seen[name]++; seen[name] > 1 {
			f.Table.Name = fmt.Sprintf("%s_%d", name, seen[name])
		}
	}
}

// noteNeighbours tells where a location holds objects that the table was not
// made for: it reads them all the same.
func noteNeighbours(found []Found) {
	for i := range found {
		f := &found[i]
		if f.Table == nil || f.projected() {
			continue
		}
		for j, other := range found {
			if i == j || !strings.HasPrefix(other.Prefix, f.Table.External.Location) {
				continue
			}
			if f.Repair && other.Prefix != f.Table.External.Location {
				continue
			}
			f.Notes = append(f.Notes, fmt.Sprintf("the location also holds %d of: %s; the table would read them as its own", other.Objects, other.What))
		}
	}
}
