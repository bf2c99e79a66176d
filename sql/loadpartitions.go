package sql

import (
	"context"
	"errors"
	"slices"
	"strings"

	"logsql/sql/catalog"
)

// LoadPartitions gives external tables the partitions that were mirrored since
// they got their last: where MSCK once found some, all that MSCK would find;
// where they were added by hand in dated folders, those of later days. It does so
// silently, and returns the tables that got some.
func (s *Session) LoadPartitions(ctx context.Context) (loaded []Loaded, err error) {
	cat, err := catalog.Open(ctx, s.mirror)
	if err != nil {
		return nil, internal(err)
	}
	var errs []error
	for _, database := range cat.Databases() {
		for _, name := range cat.Names(database) {
			added, err := s.loadPartitions(ctx, database, name)
			if err != nil {
				errs = append(errs, err)
			}
			if len(added) > 0 {
				loaded = append(loaded, Loaded{database + "." + name, len(added), added})
			}
		}
	}
	return loaded, errors.Join(errs...)
}

// Loaded is a table that got partitions.
type Loaded struct {
	Table      string   `json:"table"`
	Partitions int      `json:"partitions"`
	Added      []string `json:"added"` // as dt=2025-11-20
}

func (s *Session) loadPartitions(ctx context.Context, database, name string) (added []string, err error) {
	err = s.change(ctx, func(tx *catalog.Tx) error {
		t, err := tx.Table(database, name, true)
		if err != nil || t == nil || t.External == nil || t.External.Projection != nil {
			return err
		}
		found, err := missingPartitions(tx, t)
		if err != nil {
			return err
		}
		for _, p := range found {
			if err := tx.PutPartition(t, p); err != nil {
				return err
			}
			added = append(added, catalog.PartitionName(t.Partition, p.Values))
		}
		return nil
	})
	return added, err
}

// missingPartitions are what a table has not and that belongs to it.
func missingPartitions(tx *catalog.Tx, t *catalog.Table) (missing []catalog.Partition, err error) {
	var found []catalog.Partition
	if slices.ContainsFunc(t.External.Partitions, inHiveFolder(t)) {
		if found, err = tx.HivePartitions(t); err != nil {
			return nil, err
		}
		found, _ = fitting(t, found)
	} else {
		for _, c := range continuations(t) {
			more, err := c.find(tx)
			if err != nil {
				return nil, err
			}
			found = append(found, more...)
		}
	}
	have := map[string]bool{}
	for _, p := range t.External.Partitions {
		have[strings.Join(p.Values, "\x00")] = true
	}
	for _, p := range found {
		if values := strings.Join(p.Values, "\x00"); !have[values] {
			have[values] = true
			missing = append(missing, p)
		}
	}
	return missing, nil
}

// inHiveFolder tells of a partition whether it lies where MSCK looks.
func inHiveFolder(t *catalog.Table) func(catalog.Partition) bool {
	base := strings.TrimSuffix(t.External.Location, "/") + "/"
	return func(p catalog.Partition) bool {
		below, ok := strings.CutPrefix(p.Location, base)
		return ok && len(p.Values) > 0 && strings.Count(below, "=") >= len(p.Values)
	}
}
