package sql

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"logsql/ingest/mirror"
	"logsql/sql/bind"
	"logsql/sql/catalog"
)

// locate finds the files of the external tables that a bound statement reads,
// what Parquet files hold, and which of the files are read where the lake has
// them; with compare some more are tried for that. Its notes say of which table
// there are none, or none of some days any more.
func (s *Session) locate(ctx context.Context, info *bind.Info, compare bool) ([]string, error) {
	var notes []string
	var store *catalog.Store
	for _, scan := range info.Scans {
		if of := scan.Table.Of; of != nil && of.External != nil {
			note, err := s.prunedPartitions(ctx, of)
			if err != nil {
				return nil, err
			}
			if note != "" {
				notes = append(notes, note)
			}
		}
		if scan.Table.External == nil {
			continue
		}
		var err error
		if store == nil {
			if store, err = catalog.OpenStore(ctx, s.mirror); err != nil {
				return nil, internal(err)
			}
		}
		if scan.Files, err = store.Locate(ctx, scan.Partitions); err != nil {
			return nil, internal(err)
		}
		pruned, err := s.prunedDays(ctx, scan.Partitions)
		if err != nil {
			return nil, err
		}
		lacks := pruned.note(scan.Table, scan.Files)
		if scan.Table.External.IsParquet() {
			if err := store.ReadColumns(ctx, scan.Files); err != nil {
				return nil, &Error{Code: "HIVE_CANNOT_OPEN_SPLIT", Msg: "Error opening Hive split " + err.Error(), Err: err}
			}
		}
		if !s.options.Raw {
			if err := s.fromLake(ctx, store, scan, compare); err != nil {
				return nil, asError(err)
			}
		}
		if note := cmp.Or(lacks, emptyNote(scan)); note != "" && !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	return notes, nil
}

// emptyNote says why a table over objects gives no rows, and what would fill
// it.
func emptyNote(scan *bind.Scan) string {
	t := scan.Table
	name := t.Database + "." + t.Name
	switch {
	case len(scan.Files)+len(scan.Lake.Units) > 0, strings.HasPrefix(t.External.Location, "s3://"+tablesBucket+"/"):
		return ""
	case len(scan.Partitions) > 0:
		return nothingMirrored(name, scan.Partitions[0].Location)
	case t.External.Projection != nil:
		return "WHERE leaves no projected partition of " + name + ": its values are those of the projection in TBLPROPERTIES" + likeThis(t)
	case len(t.External.Partitions) == 0:
		return name + " has no partitions yet: MSCK REPAIR TABLE " + name + ", or ALTER TABLE " + name + " ADD PARTITION"
	}
	return "WHERE leaves no partition of " + name + ": there are " + valuesThere(t) + "; SHOW PARTITIONS " + name + " lists them"
}

// maxListed is how many values of a partition column a note lists.
const maxListed = 5

// valuesThere tells of each partition column which values there are.
func valuesThere(t *catalog.Table) string {
	var columns []string
	for i, name := range t.Partition {
		var values []string
		for _, p := range t.External.Partitions {
			values = append(values, "'"+p.Values[i]+"'")
		}
		slices.Sort(values)
		values = slices.Compact(values)
		text := strings.Join(values, ", ")
		if n := len(values); n > maxListed {
			text = values[0] + " to " + values[n-1]
		}
		columns = append(columns, name+" "+text)
	}
	return strings.Join(columns, "; ")
}

// likeThis shows how the values of a projection are written.
func likeThis(t *catalog.Table) string {
	values := t.External.Projection.First(time.Now().UTC())
	if values == nil {
		return ""
	}
	return ", written as in " + partitionName(t, values)
}

func partitionName(t *catalog.Table, values []string) string {
	pairs := make([]string, len(values))
	for i, name := range t.Partition {
		pairs[i] = name + " = '" + values[i] + "'"
	}
	return strings.Join(pairs, " AND ")
}

func nothingMirrored(table, location string) string {
	return "nothing is mirrored below the location of " + table + ": logsql sync " + location
}

func internal(err error) error {
	return &Error{Code: "GENERIC_INTERNAL_ERROR", Msg: err.Error(), Err: err}
}

// store is the catalog to be changed; a missing mirror is made.
func (s *Session) store(ctx context.Context) (*catalog.Store, error) {
	if s.mirror.Empty() {
		m, err := mirror.Create(ctx, s.mirror.Dir())
		if err != nil {
			return nil, internal(err)
		}
		s.mirror, s.made = m, m
		if err := s.closeDuck(); err != nil { // it was opened without a folder to read
			return nil, internal(err)
		}
	}
	if s.mirror.ReadOnly() {
		return nil, &Error{Code: "PERMISSION_DENIED", Msg: "the mirror " + s.mirror.Dir() + " cannot be written"}
	}
	store, err := catalog.OpenStore(ctx, s.mirror)
	if err != nil {
		return nil, internal(err)
	}
	return store, nil
}

// ChangeSteps are the steps of a statement that changes the catalog and writes
// no files, in order, as mirror.Step calls them.
var ChangeSteps = []string{"ddl.changed", "ddl.committed"}

// change runs a change of the catalog as one transaction; errors are *Error.
func (s *Session) change(ctx context.Context, f func(*catalog.Tx) error) error {
	store, err := s.store(ctx)
	if err != nil {
		return err
	}
	err = store.Update(ctx, func(tx *catalog.Tx) error {
		err := f(tx)
		mirror.Step(ChangeSteps[0])
		return err
	})
	if err != nil {
		return asError(err)
	}
	mirror.Step(ChangeSteps[1])
	return nil
}
