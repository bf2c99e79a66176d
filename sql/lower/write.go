package lower

import (
	"maps"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/syntax"
)

// Writing says how the rows of a query become files.
type Writing struct {
	Columns   []schema.Column // the files' and then the partition columns
	Places    []int           // of each column among the query's; -1 for NULL
	Partition int             // how many of Columns, the last, are in the folders' names
	Format    string          // PARQUET, TEXTFILE, JSON, CSV
	Codec     string          // DuckDB's name
	Level     int             // of ZSTD; 0 for its own choice
	Text      TextFormat
}

// TextFormat is how Hive's delimited text is written.
type TextFormat struct {
	Separators [8]string // of fields, items, map keys and what is nested deeper
	Null       string
	Escape     string // "" for none
}

// Write is the COPY that writes a query's rows into a folder, which is set when
// it is known.
func Write(q *syntax.Query, info *bind.Info, w Writing) (*Tree, error) {
	l := &lowerer{info: info, aliases: maps.Clone(info.Aliases), steps: map[*bind.CTE]string{}}
	body := l.query(q)
	alias := l.fresh("written")
	sel := &syntax.Select{From: derived(body, alias)}
	values := make([]syntax.Expr, len(w.Columns))
	for i, c := range w.Columns {
		if at := w.Places[i]; at < 0 {
			values[i] = castTo(&syntax.NullLit{}, c.Type)
		} else {
			out := info.Outputs[q][at]
			values[i] = l.assigned(q, column(alias, out.Ref), out.Type, c.Type)
		}
	}
	files := len(values) - w.Partition
	sel.Items = l.written(w, values[:files])
	for i := files; i < len(values); i++ {
		text := call("nullif", l.delimited(values[i], w.Columns[i].Type, TextFormat{}, 0), str(""))
		sel.Items = append(sel.Items, selected(text, w.Columns[i].Name))
	}
	out := &syntax.Query{Body: sel}
	if l.err != nil {
		return nil, l.err
	}
	guard(out)
	return &Tree{Query: out, Copy: &syntax.Copy{Query: out, Options: w.options()}, files: l.files}, nil
}

// assigned is x as a value of a column of type to; text that is too long is an
// error but for blanks.
func (l *lowerer) assigned(n syntax.Node, x syntax.Expr, from, to schema.Type) syntax.Expr {
	if _, bounded := to.Length(); !bounded || from.IsText() && schema.Fits(from, to) {
		return l.cast(n, x, from, to)
	}
	long := &syntax.Binary{Op: ">", X: call("length", call("rtrim", x)), Y: num(to.Precision)}
	msg := str("Cannot truncate non-space characters when casting from " + from.String() + " to " + to.String() + " on INSERT")
	return &syntax.Case{
		Whens: []syntax.When{{Cond: long, Result: fail(to, "INVALID_CAST_ARGUMENT", msg)}},
		Else:  call("left", x, num(to.Precision)),
	}
}

// written are the columns of the files: Parquet's own, or one with the line.
func (l *lowerer) written(w Writing, values []syntax.Expr) []syntax.SelectItem {
	var items []syntax.SelectItem
	switch w.Format {
	case "PARQUET":
		for i, x := range values {
			if t := w.Columns[i].Type; t.Kind == schema.TimestampTZ { // the instant
				x = &syntax.Cast{X: extract(x, "t"), Type: &syntax.TypeName{Text: "TIMESTAMPTZ"}}
			} else {
				x = castTo(x, t)
			}
			items = append(items, selected(x, w.Columns[i].Name))
		}
		return items
	case "JSON":
		object := &syntax.StructLit{}
		for i, x := range values {
			object.Names = append(object.Names, w.Columns[i].Name)
			object.Elems = append(object.Elems, l.jsonValue(x, w.Columns[i].Type))
		}
		return append(items, selected(castTo(call("to_json", object), schema.Text), "line"))
	}
	if w.Format == "CSV" {
		return append(items, selected(csvLine(values), "line"))
	}
	fields := &syntax.ArrayLit{}
	for i, x := range values {
		text := l.delimited(x, w.Columns[i].Type, w.Text, 1)
		fields.Elems = append(fields.Elems, call("coalesce", text, str(w.Text.Null)))
	}
	return append(items, selected(call("array_to_string", fields, str(w.Text.Separators[0])), "line"))
}

// csvLine is a line as OpenCSVSerde writes it: texts in quotes, nothing for
// NULL.
func csvLine(values []syntax.Expr) syntax.Expr {
	fields := &syntax.ArrayLit{}
	for _, x := range values {
		quoted := &syntax.Binary{Op: "||", X: str(`"`), Y: call("replace", x, str(`"`), str(`""`))}
		fields.Elems = append(fields.Elems, call("coalesce", &syntax.Binary{Op: "||", X: quoted, Y: str(`"`)}, str("")))
	}
	return call("array_to_string", fields, str(","))
}

func (w Writing) options() []syntax.NamedArg {
	option := func(name string, x syntax.Expr) syntax.NamedArg { return syntax.NamedArg{Name: name, Value: x} }
	list := []syntax.NamedArg{option("FORMAT", str("csv")), option("COMPRESSION", str(w.Codec))}
	if w.Format == "PARQUET" {
		list[0].Value = str("parquet")
		if w.Level > 0 {
			list = append(list, option("COMPRESSION_LEVEL", num(w.Level)))
		}
	} else { // lines as they are
		list = append(list, option("HEADER", &syntax.BoolLit{}), option("QUOTE", str("")), option("ESCAPE", str("")), option("DELIMITER", str("\x1f")))
	}
	if w.Partition == 0 {
		return list
	}
	names := &syntax.RowLit{}
	for _, c := range w.Columns[len(w.Columns)-w.Partition:] {
		names.Elems = append(names.Elems, ident(c.Name))
	}
	return append(list, option("PARTITION_BY", names))
}

// delimited is a value as LazySimpleSerDe writes it, NULL where it is NULL;
// depth is the separator that items of it have.
func (l *lowerer) delimited(x syntax.Expr, t schema.Type, f TextFormat, depth int) syntax.Expr {
	switch t.Kind {
	case schema.Varchar, schema.Char:
		return f.escaped(x)
	case schema.Real, schema.Double:
		return &syntax.Case{Whens: []syntax.When{
			{Cond: call("isnan", x), Result: str("NaN")},
			{Cond: call("isinf", x), Result: &syntax.Case{
				Whens: []syntax.When{{Cond: &syntax.Binary{Op: ">", X: x, Y: num(0)}, Result: str("Infinity")}}, Else: str("-Infinity"),
			}},
		}, Else: castTo(x, schema.Text)}
	case schema.Timestamp:
		return call("strftime", x, str("%Y-%m-%d %H:%M:%S.%g"))
	case schema.Varbinary:
		return call("to_base64", x)
	case schema.Array, schema.Map, schema.Row:
		if depth >= len(f.Separators)-1 {
			l.failAt(&syntax.Ident{}, "Values nested deeper than %d levels cannot be written as text", len(f.Separators)-1)
			return x
		}
		return l.delimitedItems(x, t, f, depth)
	}
	return castTo(x, schema.Text)
}

func (l *lowerer) delimitedItems(x syntax.Expr, t schema.Type, f TextFormat, depth int) syntax.Expr {
	text := func(x syntax.Expr, t schema.Type, depth int) syntax.Expr {
		return call("coalesce", l.delimited(x, t, f, depth), str(f.Null))
	}
	switch t.Kind {
	case schema.Array:
		items := l.each(x, func(e syntax.Expr) syntax.Expr { return text(e, t.Elem(), depth+1) })
		return call("array_to_string", items, str(f.Separators[depth]))
	case schema.Map:
		entries := l.each(call("map_entries", x), func(e syntax.Expr) syntax.Expr {
			key, value := text(extract(e, "key"), t.Key(), depth+2), text(extract(e, "value"), t.Value(), depth+2)
			return &syntax.Binary{Op: "||", X: &syntax.Binary{Op: "||", X: key, Y: str(f.Separators[depth+1])}, Y: value}
		})
		return call("array_to_string", entries, str(f.Separators[depth]))
	}
	fields := &syntax.ArrayLit{}
	for _, e := range t.Elems {
		fields.Elems = append(fields.Elems, text(extract(x, e.Name), e.Type, depth+1))
	}
	return ifNotNull(x, call("array_to_string", fields, str(f.Separators[depth])))
}

// escaped puts the escape before separators, where the table has one.
func (f TextFormat) escaped(x syntax.Expr) syntax.Expr {
	if f.Escape == "" {
		return x
	}
	x = call("replace", x, str(f.Escape), str(f.Escape+f.Escape))
	for _, s := range f.Separators {
		if s != "" && s != f.Escape {
			x = call("replace", x, str(s), str(f.Escape+s))
		}
	}
	return x
}

// each is a list with f applied to its elements.
func (l *lowerer) each(list syntax.Expr, f func(syntax.Expr) syntax.Expr) syntax.Expr {
	name := l.fresh("e")
	return call("list_transform", list, &syntax.Lambda{Params: []syntax.Ident{*ident(name)}, Body: f(ident(name))})
}

func ifNotNull(x, then syntax.Expr) syntax.Expr {
	return &syntax.Case{Whens: []syntax.When{{Cond: &syntax.IsNull{X: x, Not: true}, Result: then}}}
}

// jsonValue is a value that to_json writes as Hive's JSON SerDe does.
func (l *lowerer) jsonValue(x syntax.Expr, t schema.Type) syntax.Expr {
	switch t.Kind {
	case schema.Timestamp:
		return l.delimited(x, t, TextFormat{}, 0)
	case schema.Real, schema.Double:
		odd := &syntax.Logical{Op: "OR", X: call("isnan", x), Y: call("isinf", x)}
		no := fail(t, notSupported, str("NaN and Infinity cannot be written as JSON"))
		return &syntax.Case{Whens: []syntax.When{{Cond: odd, Result: no}}, Else: x}
	case schema.Varbinary: // the SerDes differ in what they make of a text
		l.failAt(&syntax.Ident{}, "varbinary cannot be written as JSON")
		return x
	case schema.Array:
		return l.each(x, func(e syntax.Expr) syntax.Expr { return l.jsonValue(e, t.Elem()) })
	case schema.Map:
		keys := l.each(call("map_keys", x), func(e syntax.Expr) syntax.Expr { return l.delimited(e, t.Key(), TextFormat{}, 0) })
		values := l.each(call("map_values", x), func(e syntax.Expr) syntax.Expr { return l.jsonValue(e, t.Value()) })
		return ifNotNull(x, call("map", keys, values))
	case schema.Row:
		object := &syntax.StructLit{}
		for _, e := range t.Elems {
			object.Names = append(object.Names, strings.ToLower(e.Name))
			object.Elems = append(object.Elems, l.jsonValue(extract(x, e.Name), e.Type))
		}
		return ifNotNull(x, object)
	}
	return x
}
