package shell

import (
	"context"
	"slices"
	"time"

	"logsql/convert/schema"
	"logsql/sql"
	"logsql/sql/catalog"
)

// catalogNames answers completion from the catalog as it was a moment ago: one
// press of Tab asks many times.
type catalogNames struct {
	session *sql.Session
	read    time.Time
	cat     *catalog.Catalog
}

const stale = 2 * time.Second

func (n *catalogNames) catalog() *catalog.Catalog {
	if n.cat != nil && time.Since(n.read) < stale {
		return n.cat
	}
	cat, err := n.session.Catalog(context.Background())
	if err != nil {
		cat = catalog.New() // completion is no place for an error: the statement will tell
	}
	n.cat, n.read = cat, time.Now()
	return cat
}

func (n *catalogNames) Current() string { return n.session.Database() }

func (n *catalogNames) Databases() []string { return n.catalog().Databases() }

func (n *catalogNames) Tables(database string) []string { return n.catalog().Names(database) }

func (n *catalogNames) table(database, name string) *catalog.Table {
	if !n.catalog().Has(database, name) {
		return nil
	}
	t, err := n.catalog().Lookup(database, name)
	if err != nil {
		return nil
	}
	return t
}

func (n *catalogNames) Columns(database, name string) []schema.Column {
	t := n.table(database, name)
	if t == nil {
		return nil
	}
	return t.All()
}

func (n *catalogNames) Partitions(database, name, column string) []string {
	t := n.table(database, name)
	if t == nil {
		return nil
	}
	i := t.PartitionIndex(column)
	if i < 0 {
		return nil
	}
	var values []string
	for _, p := range t.Parts {
		values = append(values, p.Partition[i])
	}
	if t.External != nil && t.External.Projection != nil {
		return t.External.Projection.Values(column, time.Now().UTC())
	}
	if t.External != nil {
		for _, p := range t.External.Partitions {
			values = append(values, p.Values[i])
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}
