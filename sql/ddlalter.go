package sql

import (
	"context"
	"slices"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/catalog"
	"logsql/sql/lower"
	"logsql/sql/serde"
	"logsql/sql/syntax"
)

func (s *Session) alterTable(ctx context.Context, stmt *syntax.AlterTable, cat *catalog.Catalog) (*Rows, error) {
	at := nameSpan(stmt.Table)
	database, name, err := s.target(at, stmt.Table)
	if err != nil {
		return nil, err
	}
	if err := s.refuseOurs(at, database); err != nil {
		return nil, err
	}
	rows := noRows()
	err = s.change(ctx, func(tx *catalog.Tx) error {
		t, err := tx.Table(database, name, false)
		switch {
		case err != nil:
			return err
		case t == nil:
			return s.noTable(cat, stmt.Table)
		case t.View != nil:
			return failed(at, "SemanticException [Error 10131]: To alter a view you need to use the ALTER VIEW command.")
		}
		a := alteration{tx: tx, t: t, at: at}
		if err := a.do(stmt.Action); err != nil {
			return err
		}
		rows.Notes = a.notes
		return nil
	})
	return rows, err
}

// alteration is the work of one ALTER TABLE.
type alteration struct {
	tx    *catalog.Tx
	t     *catalog.Table
	at    syntax.Node
	notes []string
}

func (a *alteration) do(action syntax.AlterAction) error {
	switch x := action.(type) {
	case *syntax.AddPartitions:
		return a.addPartitions(x)
	case *syntax.DropPartitions:
		return a.dropPartitions(x)
	case *syntax.RenamePartition:
		return a.renamePartition(x)
	case *syntax.AddColumns:
		if x.Partition != nil {
			return a.ofPartition(x.Partition)
		}
		return a.addColumns(x.Columns)
	case *syntax.ReplaceColumns:
		if x.Partition != nil {
			return syntax.ErrorAt(x.Partition, "NOT_SUPPORTED", "Columns of one partition are not kept: ALTER TABLE %s REPLACE COLUMNS changes those of all", a.t.Name)
		}
		a.dropColumns()
		return a.addColumns(x.Columns)
	case *syntax.ChangeColumn:
		return a.changeColumn(x)
	case *syntax.SetLocation:
		return a.setLocation(x)
	case *syntax.SetProperties:
		a.t.External.Properties = merged(a.t.External.Properties, propertyMap(x.Properties))
		takeComment(a.t)
		if _, err := catalog.ProjectionOf(a.t); err != nil {
			return placed(x, err)
		}
		return a.put(x)
	}
	return syntax.ErrorAt(action, "NOT_SUPPORTED", "This ALTER TABLE is not supported yet")
}

// ofPartition is for columns that are added to one partition alone: the table's
// stay, and each partition is read by those.
func (a *alteration) ofPartition(spec *syntax.PartitionSpec) error {
	p, err := a.wholePartition(spec)
	if err != nil {
		return err
	}
	a.notes = append(a.notes, "a partition is read by the table's columns: ALTER TABLE "+a.t.Name+" ADD COLUMNS, without PARTITION, is what adds them")
	return a.mustHave(spec, p)
}

// put stores the table if it can still be read.
func (a *alteration) put(n syntax.Node) error {
	if !a.t.External.IsParquet() {
		spec := lower.SpecOf(a.t, nil)
		if err := serde.Check(&spec); err != nil {
			return placed(n, err)
		}
	}
	return a.tx.PutTable(a.t)
}

// dataColumns are the columns but the partition columns.
func dataColumns(t *catalog.Table) []schema.Column {
	return t.Columns[:len(t.Columns)-len(t.Partition)]
}

func (a *alteration) dropColumns() {
	for _, c := range dataColumns(a.t) {
		delete(a.t.Comments, c.Name)
	}
	a.t.Columns = a.t.Columns[len(dataColumns(a.t)):]
}

func (a *alteration) addColumns(defs []syntax.ColumnDef) error {
	n := len(dataColumns(a.t))
	for i, def := range defs {
		c, err := columnOf(&def)
		if err != nil {
			return err
		}
		if a.index(c.Name) >= 0 {
			return failedTask(&def, "Duplicate column name: %s", c.Name)
		}
		a.t.Columns = slices.Insert(a.t.Columns, n+i, c)
		a.comment(c.Name, def.Comment)
	}
	return a.put(a.at)
}

func (a *alteration) comment(column string, text *syntax.StringLit) {
	if text != nil && text.Value != "" {
		a.t.Comments[column] = text.Value
	}
}

func (a *alteration) index(column string) int {
	return slices.IndexFunc(a.t.Columns, func(c schema.Column) bool { return strings.EqualFold(c.Name, column) })
}

func (a *alteration) changeColumn(x *syntax.ChangeColumn) error {
	i := a.index(x.Old.Name)
	if i < 0 || i >= len(dataColumns(a.t)) {
		err := failedTask(&x.Old, "Invalid column reference %s", strings.ToLower(x.Old.Name))
		err.Hint = catalog.DidYouMean(x.Old.Name, columnNames(dataColumns(a.t)))
		return err
	}
	c, err := columnOf(&x.New)
	if err != nil {
		return err
	}
	if j := a.index(c.Name); j >= 0 && j != i {
		return failedTask(&x.New, "Duplicate column name: %s", c.Name)
	}
	comment := a.t.Comments[a.t.Columns[i].Name]
	delete(a.t.Comments, a.t.Columns[i].Name)
	a.t.Columns = slices.Delete(a.t.Columns, i, i+1)
	to := i
	switch {
	case x.First:
		to = 0
	case x.After != nil:
		if to = a.index(x.After.Name) + 1; to == 0 || to > len(dataColumns(a.t)) {
			return failedTask(x.After, "Invalid column reference %s", strings.ToLower(x.After.Name))
		}
	}
	a.t.Columns = slices.Insert(a.t.Columns, to, c)
	if x.New.Comment == nil && comment != "" {
		a.t.Comments[c.Name] = comment
	}
	a.comment(c.Name, x.New.Comment)
	return a.put(&x.New)
}

func columnNames(columns []schema.Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

func (a *alteration) setLocation(x *syntax.SetLocation) error {
	location, err := checkLocation(&x.Location)
	if err != nil {
		return err
	}
	if x.Partition == nil {
		a.t.External.Location = location
		return a.tx.PutTable(a.t)
	}
	p, err := a.wholePartition(x.Partition)
	if err != nil {
		return err
	}
	if err := a.mustHave(x.Partition, p); err != nil {
		return err
	}
	p.Location = location
	return a.tx.PutPartition(a.t, p)
}
