package sql

import (
	"context"
	"strings"

	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

// repair is MSCK REPAIR TABLE: it looks for k=v/ folders below the location and
// adds those that are no partitions yet. It tells, as Hive does, first what it
// found and then what it did.
func (s *Session) repair(ctx context.Context, stmt *syntax.Repair, cat *catalog.Catalog) (*Rows, error) {
	at := nameSpan(stmt.Table)
	database, name, err := s.target(at, stmt.Table)
	if err != nil {
		return nil, err
	}
	var lines [][]string
	var notes []string
	err = s.change(ctx, func(tx *catalog.Tx) error {
		t, err := tx.Table(database, name, true)
		switch {
		case err != nil:
			return err
		case t == nil || t.External == nil:
			return s.noTable(cat, stmt.Table)
		case len(t.Partition) == 0:
			return nil
		}
		found, err := tx.HivePartitions(t)
		if err != nil {
			return err
		}
		fit, odd := fitting(t, found)
		lines, err = addFound(tx, t, fit, dotted(stmt.Table))
		notes = append(repairNotes(t, found), odd...)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows := plainRows([]string{"result"}, lines)
	if lines == nil {
		rows = noRows()
	}
	rows.Notes = notes
	return rows, nil
}

// fitting leaves out partitions whose values are none of their columns' types:
// with one of them no statement could read the table. It tells of each.
func fitting(t *catalog.Table, found []catalog.Partition) (fit []catalog.Partition, notes []string) {
	columns := partitionColumns(t)
next:
	for _, p := range found {
		for i, c := range columns {
			if _, ok := bind.PartitionText(p.Values[i], c.Type); !ok {
				notes = append(notes, "not added: "+t.Name+":"+catalog.PartitionName(t.Partition, p.Values)+", as '"+p.Values[i]+"' is no "+c.Type.Hive())
				continue next
			}
		}
		fit = append(fit, p)
	}
	return fit, notes
}

func addFound(tx *catalog.Tx, t *catalog.Table, found []catalog.Partition, as string) (lines [][]string, err error) {
	have := map[string]bool{}
	for _, p := range t.External.Partitions {
		have[strings.Join(p.Values, "\x00")] = true
	}
	var missing []catalog.Partition
	for _, p := range found {
		if !have[strings.Join(p.Values, "\x00")] {
			missing = append(missing, p)
		}
	}
	if len(missing) == 0 {
		return nil, nil
	}
	first := []string{"Partitions not in metastore:"}
	for _, p := range missing {
		first = append(first, t.Name+":"+catalog.PartitionName(t.Partition, p.Values))
	}
	lines = append(lines, []string{strings.Join(first, "\t")})
	for _, p := range missing {
		if err := tx.PutPartition(t, p); err != nil {
			return nil, err
		}
		lines = append(lines, []string{"Repair: Added partition to metastore " + strings.ToLower(as) + ":" + catalog.PartitionName(t.Partition, p.Values)})
	}
	return lines, nil
}

func repairNotes(t *catalog.Table, found []catalog.Partition) []string {
	name := t.Database + "." + t.Name
	switch {
	case strings.EqualFold(t.External.Properties["projection.enabled"], "true"):
		return []string{name + " is projected: its partitions are those of its projection.* properties, and those that were found are not read"}
	case len(found) == 0 && len(t.External.Partitions) == 0:
		return []string{"no folder " + strings.Join(t.Partition, "=…/") + "=…/ is mirrored below " + t.External.Location +
			": MSCK finds such folders only; ALTER TABLE " + name + " ADD PARTITION takes any other, logsql sync " + t.External.Location + " fetches what is not mirrored"}
	}
	return nil
}
