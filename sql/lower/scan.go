package lower

import (
	"strings"

	"logsql/convert/lake"
	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

// scan reads the parts of a table that pruning left, one read for each list of
// columns that parts have; only the columns that the statement reads are taken.
func (l *lowerer) scan(n syntax.Node, s *bind.Scan) syntax.Body {
	var columns []schema.Column
	for i, c := range s.Table.All() {
		if s.Used[i] {
			columns = append(columns, c)
		}
	}
	switch {
	case s.Table.Rows != nil:
		return l.constantRows(s.Table, columns)
	case s.Table.External != nil:
		return l.external(n, s, columns)
	}
	var body syntax.Body
	for _, group := range byColumns(s.Parts) {
		read := l.read(n, s.Table, columns, group)
		if body == nil {
			body = read
		} else {
			body = &syntax.SetOp{Op: "UNION", All: true, Left: body, Right: read}
		}
	}
	if body == nil {
		return nothing(columns)
	}
	return body
}

// byColumns groups parts by their list of columns, in order of the first of
// each.
func byColumns(parts []lake.Part) [][]lake.Part {
	var groups [][]lake.Part
	place := map[string]int{}
	var key strings.Builder
	for _, p := range parts {
		key.Reset()
		for _, c := range p.Columns {
			key.WriteString(c.Name)
			key.WriteByte(' ')
			key.WriteString(c.Type.String())
			key.WriteByte('\n')
		}
		i, ok := place[key.String()]
		if !ok {
			i = len(groups)
			place[key.String()] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], p)
	}
	return groups
}

// read is one read_parquet of parts with the same columns. A partition column
// that is the same in all of them is a literal; any other comes from the paths,
// as text.
func (l *lowerer) read(n syntax.Node, t *catalog.Table, columns []schema.Column, parts []lake.Part) *syntax.Select {
	paths := &syntax.ArrayLit{}
	for _, p := range parts {
		paths.Elems = append(paths.Elems, l.file(p.Path, false))
	}
	alias := l.fresh("part")
	hive := false
	out := &syntax.Select{}
	for _, c := range columns {
		var x syntax.Expr
		if i := t.PartitionIndex(c.Name); i >= 0 {
			x = constantPartition(parts, i)
			if x == nil {
				x, hive = column(alias, c.Name), true
			}
		} else {
			x = l.fileColumn(n, alias, c, parts[0].Columns)
		}
		out.Items = append(out.Items, selected(x, c.Name))
	}
	if len(out.Items) == 0 {
		out.Items = append(out.Items, selected(num(1), "one"))
	}
	read := call("read_parquet", paths, &syntax.NamedArg{Name: "hive_partitioning", Value: &syntax.BoolLit{Value: hive}})
	if hive {
		types := &syntax.StructLit{}
		for _, p := range t.Partition {
			types.Names = append(types.Names, p)
			types.Elems = append(types.Elems, str("VARCHAR"))
		}
		read.Args = append(read.Args,
			&syntax.NamedArg{Name: "hive_types", Value: types},
			&syntax.NamedArg{Name: "hive_types_autocast", Value: &syntax.BoolLit{}})
	}
	out.From = &syntax.Aliased{Of: &syntax.TableFunc{Call: read}, Name: *ident(alias)}
	return out
}

// constantPartition is the value of the i-th partition column where all parts
// have the same, else nil.
func constantPartition(parts []lake.Part, i int) syntax.Expr {
	value := parts[0].Partition[i]
	for _, p := range parts {
		if p.Partition[i] != value {
			return nil
		}
	}
	return str(value)
}

// fileColumn reads a column out of a file: cast where the file has it in
// another type, a typed NULL where the file has none.
func (l *lowerer) fileColumn(n syntax.Node, alias string, c schema.Column, have []schema.Column) syntax.Expr {
	if c.Name == catalog.ObjectColumn || c.Name == catalog.PathColumn {
		return column(alias, catalog.SourceColumn)
	}
	for _, h := range have {
		if !strings.EqualFold(h.Name, c.Name) {
			continue
		}
		x := column(alias, h.Name)
		if sameInDuck(h.Type, c.Type) {
			return x
		}
		return castTo(x, c.Type)
	}
	return castTo(&syntax.NullLit{}, c.Type)
}

// nothing is a table without parts.
func nothing(columns []schema.Column) *syntax.Select {
	out := &syntax.Select{Where: &syntax.BoolLit{}}
	for _, c := range columns {
		out.Items = append(out.Items, selected(castTo(&syntax.NullLit{}, c.Type), c.Name))
	}
	if len(columns) == 0 {
		out.Items = append(out.Items, selected(num(1), "one"))
	}
	return out
}

// constantRows is a table of information_schema.
func (l *lowerer) constantRows(t *catalog.Table, columns []schema.Column) syntax.Body {
	if len(t.Rows) == 0 {
		return nothing(columns)
	}
	alias := l.fresh("listed")
	rows := &syntax.Values{}
	for _, r := range t.Rows {
		row := &syntax.RowLit{}
		for _, cell := range r {
			var x syntax.Expr = str(cell)
			if cell == "" {
				x = &syntax.NullLit{}
			}
			row.Elems = append(row.Elems, x)
		}
		rows.Rows = append(rows.Rows, row)
	}
	var names []syntax.Ident
	for _, c := range t.Columns {
		names = append(names, *ident(c.Name))
	}
	out := &syntax.Select{From: derived(rows, alias, names...)}
	for _, c := range columns {
		out.Items = append(out.Items, selected(castTo(column(alias, c.Name), c.Type), c.Name))
	}
	if len(columns) == 0 {
		out.Items = append(out.Items, selected(num(1), "one"))
	}
	return out
}
