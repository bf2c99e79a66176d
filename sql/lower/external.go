package lower

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/funcs"
	"logsql/sql/serde"
	"logsql/sql/syntax"
)

// external reads the files of a table over objects: Parquet by DuckDB's own
// reader, one read for each list of columns that files have, all else by the
// table function of package serde.
func (l *lowerer) external(n syntax.Node, s *bind.Scan, columns []schema.Column) syntax.Body {
	var reads []syntax.Body
	switch {
	case len(s.Files) == 0:
	case !s.Table.External.IsParquet():
		reads = append(reads, l.serdeScan(s, columns))
	default:
		for _, group := range filesByColumns(s.Files) {
			reads = append(reads, l.readExternal(s.Table, columns, reading{
				files: group, about: group, key: fileNameColumn, keyOf: l.pathOf,
				value: func(alias string, c schema.Column) syntax.Expr {
					return l.externalColumn(n, s.Table, alias, c, group[0])
				},
			}))
		}
	}
	reads = append(reads, l.lakeReads(s, columns)...)
	if len(reads) == 0 {
		return nothing(columns)
	}
	body := reads[0]
	for _, read := range reads[1:] {
		body = &syntax.SetOp{Op: "UNION", All: true, Left: body, Right: read}
	}
	return body
}

func (l *lowerer) pathOf(f catalog.File) syntax.Expr { return l.file(f.Path, false) }

func filesByColumns(files []catalog.File) [][]catalog.File {
	var groups [][]catalog.File
	for _, f := range files {
		i := slices.IndexFunc(groups, func(g []catalog.File) bool { return sameColumns(g[0].Columns, f.Columns) })
		if i < 0 {
			i = len(groups)
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], f)
	}
	return groups
}

func sameColumns(a, b []schema.Column) bool {
	if len(a) == len(b) && len(a) > 0 && &a[0] == &b[0] {
		return true
	}
	return slices.EqualFunc(a, b, func(x, y schema.Column) bool { return x.Name == y.Name && x.Type.Equal(y.Type) })
}

// fileNameColumn is what DuckDB calls the file a row came from.
const fileNameColumn = "$file"

// reading is one read_parquet of files with the same columns.
type reading struct {
	files []catalog.File
	value func(alias string, c schema.Column) syntax.Expr // of a column that rows hold

	// What is known of a file is joined where a column wants it: about has the
	// files that are known, which key and keyOf find. With only, rows of other
	// files are left out.
	about []catalog.File
	key   string
	keyOf func(catalog.File) syntax.Expr
	only  bool
	lake  bool // rows say themselves which object they are of
}

// readExternal reads files, joined with what is known of each where a column
// wants that.
func (l *lowerer) readExternal(t *catalog.Table, columns []schema.Column, r reading) *syntax.Select {
	alias, about := l.fresh("part"), l.fresh("file")
	out := &syntax.Select{}
	var names []syntax.Ident
	for _, c := range columns {
		var x syntax.Expr
		switch fact := factOf(t, c); {
		case fact == nil, c.Name == catalog.PathColumn && r.lake:
			x = r.value(alias, c)
		case sameFact(r.about, fact):
			x = fact(r.about[0])
		default:
			names = append(names, *ident(c.Name))
			x = column(about, c.Name)
		}
		out.Items = append(out.Items, selected(x, c.Name))
	}
	if len(out.Items) == 0 {
		out.Items = append(out.Items, selected(num(1), "one"))
	}
	paths := &syntax.ArrayLit{}
	for _, f := range r.files {
		paths.Elems = append(paths.Elems, l.file(f.Path, true))
	}
	read := call("read_parquet", paths, &syntax.NamedArg{Name: "hive_partitioning", Value: &syntax.BoolLit{}})
	out.From = &syntax.Aliased{Of: &syntax.TableFunc{Call: read}, Name: *ident(alias)}
	if names == nil && !r.only {
		return out
	}
	if r.key == fileNameColumn {
		read.Args = append(read.Args, &syntax.NamedArg{Name: "filename", Value: str(fileNameColumn)})
	}
	out.From = &syntax.Join{
		Kind: "INNER", Left: out.From, Right: derived(facts(t, columns, names, r), about, append([]syntax.Ident{*ident(r.key)}, names...)...),
		On: &syntax.Binary{Op: "=", X: column(alias, r.key), Y: column(about, r.key)},
	}
	return out
}

// facts are rows of what is known of files, found by the first column.
func facts(t *catalog.Table, columns []schema.Column, names []syntax.Ident, r reading) *syntax.Values {
	rows := &syntax.Values{}
	for _, f := range r.about {
		row := &syntax.RowLit{Elems: []syntax.Expr{r.keyOf(f)}}
		for _, name := range names {
			row.Elems = append(row.Elems, factOf(t, schema.Column{Name: name.Name, Type: typeOf(columns, name.Name)})(f))
		}
		rows.Rows = append(rows.Rows, row)
	}
	return rows
}

// literalPath keeps DuckDB from taking a key's characters for wildcards, by
// which it would read another object's file.
var literalPath = strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]")

func typeOf(columns []schema.Column, name string) schema.Type {
	return columns[slices.IndexFunc(columns, func(c schema.Column) bool { return c.Name == name })].Type
}

// factOf gives a column's value for each file, where it is one of the file
// itself; nil for what its lines hold.
func factOf(t *catalog.Table, c schema.Column) func(catalog.File) syntax.Expr {
	if i := t.PartitionIndex(c.Name); i >= 0 {
		return func(f catalog.File) syntax.Expr { return partitionValue(f.Partition[i], c.Type) }
	}
	switch c.Name {
	case catalog.PathColumn:
		return func(f catalog.File) syntax.Expr { return str(f.URI) }
	case catalog.SizeColumn:
		return func(f catalog.File) syntax.Expr {
			return castTo(&syntax.NumberLit{Text: strconv.FormatInt(f.Size, 10)}, c.Type)
		}
	case catalog.ModifiedColumn:
		return func(f catalog.File) syntax.Expr {
			return inUTC(castTo(str(f.Modified.UTC().Format("2006-01-02 15:04:05.000")), schema.Of(schema.Timestamp)))
		}
	case catalog.PartitionColumn:
		return func(f catalog.File) syntax.Expr { return str(catalog.PartitionName(t.Partition, f.Partition)) }
	}
	return nil
}

func inUTC(t syntax.Expr) syntax.Expr {
	return &syntax.StructLit{Names: []string{"t", "z"}, Elems: []syntax.Expr{t, str("UTC")}}
}

func partitionValue(text string, t schema.Type) syntax.Expr {
	if text == catalog.HiveDefault {
		return castTo(&syntax.NullLit{}, t)
	}
	return castTo(str(text), t)
}

// sameFact reports whether a fact is the same of all files: always that of the
// partition where there is one partition.
func sameFact(files []catalog.File, fact func(catalog.File) syntax.Expr) bool {
	first := syntax.PrintDuckDB(fact(files[0]))
	for _, f := range files[1:] {
		if syntax.PrintDuckDB(fact(f)) != first {
			return false
		}
	}
	return true
}

// externalColumn reads a column out of a Parquet file: by name without case, or
// by place where the table says so.
func (l *lowerer) externalColumn(n syntax.Node, t *catalog.Table, alias string, c schema.Column, f catalog.File) syntax.Expr {
	i := slices.IndexFunc(f.Columns, func(h schema.Column) bool { return strings.EqualFold(h.Name, c.Name) })
	e := t.External
	if strings.EqualFold(e.SerdeProps["parquet.column.index.access"], "true") || strings.EqualFold(e.Properties["parquet.column.index.access"], "true") {
		i = slices.IndexFunc(t.Columns, func(d schema.Column) bool { return d.Name == c.Name })
	}
	if i < 0 || i >= len(f.Columns) {
		return castTo(&syntax.NullLit{}, c.Type)
	}
	have := f.Columns[i]
	x, ok := l.asDeclared(column(alias, have.Name), have.Type, c.Type)
	if !ok && l.err == nil {
		err := syntax.ErrorAt(n, "HIVE_BAD_DATA", "Field %s's type %s in parquet file %s is incompatible with type %s defined in table schema",
			c.Name, strings.ToUpper(have.Type.String()), f.URI, c.Type)
		err.Hint = "ALTER TABLE " + t.Database + "." + t.Name + " CHANGE COLUMN " + c.Name + " " + c.Name + " " + have.Type.Hive() + " declares it as the file has it"
		l.err = err
	}
	return x
}

// asDeclared makes a file's value one of the declared type, as Trino does: what
// it refuses is false.
func (l *lowerer) asDeclared(x syntax.Expr, from, to schema.Type) (syntax.Expr, bool) {
	switch {
	case from.Kind == schema.Row && to.Kind == schema.Row:
		return l.rowAsDeclared(x, from, to)
	case from.Kind == schema.Array && to.Kind == schema.Array:
		return l.arrayAsDeclared(x, from, to)
	case from.Kind == schema.Map && to.Kind == schema.Map:
		return l.mapAsDeclared(x, from, to)
	}
	return leafAsDeclared(x, from, to)
}

func leafAsDeclared(x syntax.Expr, from, to schema.Type) (syntax.Expr, bool) {
	isText := from.IsText()
	switch {
	case isText && to.Kind == schema.Varchar && to.Precision > 0:
		return call("left", x, num(to.Precision)), true
	case isText && to.IsText(), from.Kind == schema.UUID && to.IsText():
		return castTo(x, to), true
	case isText && to.Kind == schema.Varbinary:
		return call("encode", x), true
	case from.Kind == schema.Varbinary && to.IsText():
		return call("decode", x), true
	case from.Kind == schema.Timestamp && to.Kind == schema.Timestamp:
		return roundTime(castTo(x, to), from.Precision, to.Precision), true
	case from.Kind == schema.Timestamp && to.Kind == schema.Varchar:
		return call("strftime", castTo(x, schema.Of(schema.Timestamp)), str("%Y-%m-%d %H:%M:%S.%g")), true
	case from.IsInteger() && (to.IsNumber() && to.Kind != schema.Real || to.Kind == schema.Varchar),
		from.Kind == schema.Decimal && to.Kind == schema.Decimal,
		from.Kind == schema.Decimal && from.Scale == 0 && to.IsInteger(),
		from.Kind == schema.Real && to.Kind == schema.Double,
		from.Kind == to.Kind:
		return castTo(x, to), true
	}
	return x, false
}

// roundTime rounds what a file has finer than the milliseconds of Hive's type.
func roundTime(x syntax.Expr, have, want int) syntax.Expr {
	if have <= want || want != 3 {
		return x
	}
	return call("date_trunc", str("milliseconds"), &syntax.Binary{Op: "+", X: x, Y: call("to_microseconds", num(500))})
}

func (l *lowerer) rowAsDeclared(x syntax.Expr, from, to schema.Type) (syntax.Expr, bool) {
	if from.Equal(to) && !needsWork(from, to) {
		return castTo(x, to), true
	}
	out := &syntax.StructLit{}
	for i, f := range to.Elems {
		out.Names = append(out.Names, funcs.FieldName(to, i))
		j := slices.IndexFunc(from.Elems, func(h schema.Field) bool { return strings.EqualFold(h.Name, f.Name) })
		if j < 0 {
			out.Elems = append(out.Elems, castTo(&syntax.NullLit{}, f.Type))
			continue
		}
		v, ok := l.asDeclared(extract(x, from.Elems[j].Name), from.Elems[j].Type, f.Type)
		if !ok {
			return x, false
		}
		out.Elems = append(out.Elems, v)
	}
	return unlessNull(x, out, to), true
}

func unlessNull(x, y syntax.Expr, t schema.Type) syntax.Expr {
	return &syntax.Case{
		Whens: []syntax.When{{Cond: &syntax.IsNull{X: x}, Result: castTo(&syntax.NullLit{}, t)}},
		Else:  castTo(y, t),
	}
}

func (l *lowerer) arrayAsDeclared(x syntax.Expr, from, to schema.Type) (syntax.Expr, bool) {
	if from.Equal(to) && !needsWork(from, to) {
		return castTo(x, to), true
	}
	name := l.fresh("elem")
	v, ok := l.asDeclared(ident(name), from.Elem(), to.Elem())
	each := &syntax.Lambda{Params: []syntax.Ident{*ident(name)}, Body: v}
	return castTo(call("list_transform", x, each), to), ok
}

func (l *lowerer) mapAsDeclared(x syntax.Expr, from, to schema.Type) (syntax.Expr, bool) {
	if from.Equal(to) && !needsWork(from, to) {
		return castTo(x, to), true
	}
	name := l.fresh("entry")
	k, ok1 := l.asDeclared(extract(ident(name), "key"), from.Key(), to.Key())
	v, ok2 := l.asDeclared(extract(ident(name), "value"), from.Value(), to.Value())
	each := &syntax.Lambda{Params: []syntax.Ident{*ident(name)}, Body: &syntax.StructLit{Names: []string{"key", "value"}, Elems: []syntax.Expr{k, v}}}
	made := call("map_from_entries", call("list_transform", call("map_entries", x), each))
	return unlessNull(x, made, to), ok1 && ok2
}

// needsWork reports whether types that are equal by name want their values
// looked at: a text may be longer than the type allows, a time finer.
func needsWork(from, to schema.Type) bool {
	if len(from.Elems) != len(to.Elems) {
		return true
	}
	for i := range from.Elems {
		if from.Elems[i].Name != to.Elems[i].Name || needsWork(from.Elems[i].Type, to.Elems[i].Type) {
			return true
		}
	}
	return from.Precision != to.Precision
}

// serdeScan reads files through the table function of package serde.
func (l *lowerer) serdeScan(s *bind.Scan, columns []schema.Column) *syntax.Select {
	alias := l.fresh("line")
	text, err := json.Marshal(SpecOf(s.Table, s.Files))
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	scan := call(serde.Function, str(string(text)))
	out := &syntax.Select{From: &syntax.Aliased{Of: &syntax.TableFunc{Call: scan}, Name: *ident(alias)}}
	for _, c := range columns {
		x := column(alias, c.Name)
		switch {
		case s.Table.PartitionIndex(c.Name) >= 0:
			x = castTo(call("nullif", x, str(catalog.HiveDefault)), c.Type)
		case c.Name == catalog.ModifiedColumn:
			x = inUTC(x)
		}
		out.Items = append(out.Items, selected(x, c.Name))
	}
	if len(out.Items) == 0 {
		out.Items = append(out.Items, selected(num(1), "one"))
	}
	return out
}

// SpecOf is how package serde reads a table's files.
func SpecOf(t *catalog.Table, files []catalog.File) serde.Spec {
	e := t.External
	spec := serde.Spec{Serde: e.Serde, Format: e.Format, Properties: map[string]string{}, Partition: t.Partition}
	for k, v := range e.Properties {
		spec.Properties[k] = v
	}
	for k, v := range e.SerdeProps {
		spec.Properties[k] = v
	}
	for _, c := range t.Columns {
		if t.PartitionIndex(c.Name) < 0 {
			spec.Columns = append(spec.Columns, c)
		}
	}
	for _, f := range files {
		spec.Files = append(spec.Files, serde.File{Path: f.Path, URI: f.URI, Size: f.Size, Modified: f.Modified.Truncate(time.Millisecond), Partition: f.Partition, Pruned: f.Pruned})
	}
	return spec
}
