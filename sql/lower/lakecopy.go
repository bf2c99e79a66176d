package lower

import (
	"maps"
	"slices"
	"strings"

	"logsql/convert/lake"
	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

// lakeReads reads files of a table over objects where the lake has their
// records. Parts that hold nothing else are read as if they were the files;
// from any other part only the records of the files are taken.
func (l *lowerer) lakeReads(s *bind.Scan, columns []schema.Column) []syntax.Body {
	var plain, ruled []catalog.LakeUnit
	for _, u := range s.Lake.Units {
		if u.Ruled {
			ruled = append(ruled, u)
		} else {
			plain = append(plain, u)
		}
	}
	return append(l.lakeUnits(s, columns, plain, nil), l.lakeUnits(s, columns, ruled, s.Lake.Rule)...)
}

func (l *lowerer) lakeUnits(s *bind.Scan, columns []schema.Column, units []catalog.LakeUnit, rule map[string]string) []syntax.Body {
	var whole []catalog.File
	var others []catalog.LakeUnit
	ofObjects := slices.ContainsFunc(columns, func(c schema.Column) bool { return c.Name == catalog.SizeColumn || c.Name == catalog.ModifiedColumn })
	for _, u := range units {
		if !u.Whole || ofObjects || !samePartition(u.Files) {
			others = append(others, u)
			continue
		}
		for _, p := range u.Parts {
			whole = append(whole, partFile(p, u.Files[0]))
		}
	}
	var reads []syntax.Body
	for _, group := range filesByColumns(whole) {
		reads = append(reads, l.readExternal(s.Table, columns, reading{
			files: group, about: group, key: fileNameColumn, keyOf: l.pathOf, value: l.lakeColumns(s, group[0], rule), lake: true,
		}))
	}
	return append(reads, l.lakeRecords(s, columns, others, rule)...)
}

// lakeRecords takes the records of some objects out of parts.
func (l *lowerer) lakeRecords(s *bind.Scan, columns []schema.Column, units []catalog.LakeUnit, rule map[string]string) []syntax.Body {
	var parts, objects []catalog.File
	for _, u := range units {
		for _, p := range u.Parts {
			parts = append(parts, partFile(p, u.Files[0]))
		}
		objects = append(objects, u.Files...)
	}
	var reads []syntax.Body
	for _, group := range filesByColumns(parts) {
		reads = append(reads, l.readExternal(s.Table, columns, reading{
			files: group, value: l.lakeColumns(s, group[0], rule), only: true, lake: true,
			about: objects, key: catalog.SourceColumn, keyOf: func(f catalog.File) syntax.Expr { return str(f.URI) },
		}))
	}
	return reads
}

func samePartition(files []catalog.File) bool {
	return !slices.ContainsFunc(files, func(f catalog.File) bool { return !slices.Equal(f.Partition, files[0].Partition) })
}

// partFile is a part as a file of the table, with what is known of an object in
// it.
func partFile(p lake.Part, of catalog.File) catalog.File {
	of.Path, of.Columns = p.Path, p.Columns
	return of
}

// lakeColumns reads the table's columns out of parts like f, NULL in rows that do
// not keep to the rule.
func (l *lowerer) lakeColumns(s *bind.Scan, f catalog.File, rule map[string]string) func(alias string, c schema.Column) syntax.Expr {
	return func(alias string, c schema.Column) syntax.Expr {
		if c.Name == catalog.PathColumn {
			return column(alias, catalog.SourceColumn)
		}
		i, last := columnIndex(f.Columns, s.Lake.Names[c.Name]), 0
		of, tailed := s.Lake.Tail[c.Name]
		if tailed {
			last = columnIndex(f.Columns, of)
		}
		if i < 0 || last < 0 {
			return castTo(&syntax.NullLit{}, c.Type)
		}
		// What cannot be had in this type was never seen to agree.
		x, ok := l.asDeclared(column(alias, f.Columns[i].Name), f.Columns[i].Type, c.Type)
		if !ok {
			return castTo(&syntax.NullLit{}, c.Type)
		}
		if tailed {
			x = ifNotNull(column(alias, f.Columns[last].Name), x)
		}
		if len(rule) > 0 {
			x = &syntax.Case{Whens: []syntax.When{{Cond: keepsTo(rule, alias, f), Result: x}}}
		}
		return castTo(x, c.Type)
	}
}

// keepsTo tells whether a record of a part matches all patterns of the rule.
func keepsTo(rule map[string]string, alias string, f catalog.File) syntax.Expr {
	var all syntax.Expr = &syntax.BoolLit{Value: true}
	for _, name := range slices.Sorted(maps.Keys(rule)) {
		if i := columnIndex(f.Columns, name); i >= 0 {
			all = and(all, call("regexp_full_match", column(alias, f.Columns[i].Name), str(rule[name])))
		}
	}
	return all
}

func columnIndex(columns []schema.Column, name string) int {
	return slices.IndexFunc(columns, func(c schema.Column) bool { return strings.EqualFold(c.Name, name) })
}

// Fingerprints is a query that gives, of each object of a scan, its address, how
// many rows it has and a sum of hashes of them. Equal ones are of the same rows
// in any order.
func Fingerprints(s *bind.Scan) *Tree {
	l := &lowerer{aliases: map[string]bool{}}
	alias := l.fresh("row")
	var columns []schema.Column
	hash := call("hash")
	for _, c := range s.Table.Columns {
		if s.Table.PartitionIndex(c.Name) < 0 {
			columns = append(columns, c)
			hash.Args = append(hash.Args, l.marks(castTo(column(alias, c.Name), c.Type), c.Type)...)
		}
	}
	columns = append(columns, schema.Column{Name: catalog.PathColumn, Type: schema.Text})
	uri := column(alias, catalog.PathColumn)
	sum := castTo(call("sum", hash), schema.Text)
	q := &syntax.Query{Body: &syntax.Select{
		Items:   []syntax.SelectItem{selected(uri, "uri"), selected(call("count", uri), "rows"), selected(sum, "sum")},
		From:    derived(l.external(&syntax.Ident{}, s, columns), alias),
		GroupBy: &syntax.GroupBy{Elements: []syntax.GroupElement{{Sets: [][]syntax.Expr{{uri}}}}},
	}}
	return &Tree{Query: q, files: l.files}
}

// marks are the values that tell x from any other: DuckDB's hash does not tell a
// NULL that is a row from a row of NULLs.
func (l *lowerer) marks(x syntax.Expr, t schema.Type) []syntax.Expr {
	isNull := &syntax.IsNull{X: x}
	switch t.Kind {
	case schema.Row:
		all := []syntax.Expr{isNull}
		for _, f := range t.Elems {
			all = append(all, l.marks(extract(x, f.Name), f.Type)...)
		}
		return all
	case schema.Array:
		name := l.fresh("elem")
		each := &syntax.Lambda{Params: []syntax.Ident{*ident(name)}, Body: call("hash", l.marks(ident(name), t.Elem())...)}
		return []syntax.Expr{isNull, call("len", x), call("list_transform", x, each)}
	case schema.Map:
		entries := schema.ArrayOf(schema.RowOf(schema.Field{Name: "key", Type: t.Key()}, schema.Field{Name: "value", Type: t.Value()}))
		return l.marks(call("map_entries", x), entries)
	}
	return []syntax.Expr{isNull, x}
}
