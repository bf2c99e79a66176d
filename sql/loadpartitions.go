package sql

import (
	"context"
	"errors"
	"slices"
	"strings"

	"logsql/sql/catalog"
)

// LoadPartitions does MSCK REPAIR TABLE, silently, for every external table
// that has partitions which MSCK would find: they are what was mirrored since.
// It returns the tables that got some, each with how many.
func (s *Session) LoadPartitions(ctx context.Context) (loaded []Loaded, err error) {
	cat, err := catalog.Open(ctx, s.mirror)
	if err != nil {
		return nil, internal(err)
	}
	var errs []error
	for _, database := range cat.Databases() {
		for _, name := range cat.Names(database) {
			n, err := s.loadPartitions(ctx, database, name)
			if err != nil {
				errs = append(errs, err)
			}
			if n > 0 {
				loaded = append(loaded, Loaded{database + "." + name, n})
			}
		}
	}
	return loaded, errors.Join(errs...)
}

// Loaded is a table that got partitions.
type Loaded struct {
	Table      string `json:"table"`
	Partitions int    `json:"partitions"`
}

func (s *Session) loadPartitions(ctx context.Context, database, name string) (n int, err error) {
	err = s.change(ctx, func(tx *catalog.Tx) error {
		t, err := tx.Table(database, name, true)
		if err != nil || t == nil || t.External == nil || t.External.Projection != nil || !slices.ContainsFunc(t.External.Partitions, inHiveFolder(t)) {
			return err
		}
		found, err := tx.HivePartitions(t)
		if err != nil {
			return err
		}
		before := len(t.External.Partitions)
		if _, err := addFound(tx, t, found, t.Name); err != nil {
			return err
		}
		after, err := tx.Table(database, name, true)
		if err == nil {
			n = len(after.External.Partitions) - before
		}
		return err
	})
	return n, err
}

// inHiveFolder tells of a partition whether it lies where MSCK looks.
func inHiveFolder(t *catalog.Table) func(catalog.Partition) bool {
	base := strings.TrimSuffix(t.External.Location, "/") + "/"
	return func(p catalog.Partition) bool {
		below, ok := strings.CutPrefix(p.Location, base)
		return ok && len(p.Values) > 0 && strings.Count(below, "=") >= len(p.Values)
	}
}
