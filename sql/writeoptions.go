package sql

import (
	"slices"
	"strconv"
	"strings"

	"logsql/sql/catalog"
	"logsql/sql/lower"
	"logsql/sql/syntax"
)

// writeOptions are those of WITH (…), by name.
type writeOptions struct {
	at   syntax.Node
	list map[string]syntax.Option
}

// optionsOf takes options of which known are all there are.
func optionsOf(at syntax.Node, list []syntax.Option, known ...string) (*writeOptions, error) {
	o := &writeOptions{at: at, list: map[string]syntax.Option{}}
	for i, opt := range list {
		name := strings.ToLower(opt.Name.Name)
		if _, twice := o.list[name]; twice {
			return nil, syntax.ErrorAt(&list[i], "SYNTAX_ERROR", "Duplicate property: %s", name)
		}
		if !slices.Contains(known, name) {
			err := syntax.ErrorAt(&list[i], "INVALID_TABLE_PROPERTY", "Table property '%s' does not exist", name)
			err.Hint = catalog.DidYouMean(name, known)
			return nil, err
		}
		o.list[name] = opt
	}
	return o, nil
}

// node is where an option stands, or the statement.
func (o *writeOptions) node(name string) syntax.Node {
	if opt, ok := o.list[name]; ok {
		return &opt
	}
	return o.at
}

func (o *writeOptions) bad(name, what string) error {
	return syntax.ErrorAt(o.node(name), "INVALID_TABLE_PROPERTY", "Invalid value for table property '%s': it is %s", name, what)
}

// text is the value of a string option; false where it is not there.
func (o *writeOptions) text(name string) (string, bool, error) {
	opt, ok := o.list[name]
	if !ok {
		return "", false, nil
	}
	switch x := opt.Value.(type) {
	case *syntax.StringLit:
		return x.Value, true, nil
	case *syntax.NumberLit:
		return x.Text, true, nil
	}
	return "", false, o.bad(name, "a string")
}

// names is the value of an option that is ARRAY['a', 'b'], in lower case.
func (o *writeOptions) names(name string) ([]string, error) {
	opt, ok := o.list[name]
	if !ok {
		return nil, nil
	}
	list, ok := opt.Value.(*syntax.ArrayLit)
	if !ok {
		return nil, o.bad(name, "ARRAY['column', …]")
	}
	var names []string
	for _, x := range list.Elems {
		switch x := x.(type) {
		case *syntax.StringLit:
			names = append(names, strings.ToLower(x.Value))
		case *syntax.Ident:
			names = append(names, strings.ToLower(x.Name))
		default:
			return nil, o.bad(name, "ARRAY['column', …]")
		}
	}
	return names, nil
}

// refused finds what is known and not served.
func (o *writeOptions) refused() error {
	for _, name := range []string{"bucketed_by", "bucket_count"} {
		if _, ok := o.list[name]; ok {
			return syntax.ErrorAt(o.node(name), "NOT_SUPPORTED", "%s: bucketed tables cannot be written", name)
		}
	}
	kind, ok, err := o.text("table_type")
	if err == nil && ok && !strings.EqualFold(kind, "HIVE") {
		return syntax.ErrorAt(o.node("table_type"), "NOT_SUPPORTED", "%s tables cannot be written", kind)
	}
	return err
}

// writeFormats are the formats that can be written, with the compressions of
// each, the first where none is named, and DuckDB's names of them.
var writeFormats = []struct {
	name, stored string // stored is the format of the table
	codecs       [][2]string
}{
	{"PARQUET", "PARQUET", [][2]string{{"SNAPPY", "snappy"}, {"GZIP", "gzip"}, {"ZSTD", "zstd"}, {"NONE", "uncompressed"}, {"UNCOMPRESSED", "uncompressed"}}},
	{"TEXTFILE", "TEXTFILE", [][2]string{{"GZIP", "gzip"}, {"ZSTD", "zstd"}, {"NONE", "none"}}},
	{"JSON", "JSONFILE", [][2]string{{"GZIP", "gzip"}, {"ZSTD", "zstd"}, {"NONE", "none"}}},
	{"CSV", "TEXTFILE", [][2]string{{"GZIP", "gzip"}, {"ZSTD", "zstd"}, {"NONE", "none"}}},
}

// openCSV is the SerDe of CSV, which Hive has no STORED AS for.
const openCSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"

// setFormat finds format, compression and delimiters; the table that is written
// is described by what it returns.
func (o *writeOptions) setFormat(w *lower.Writing) (*catalog.External, error) {
	name, given, err := o.text("format")
	if err != nil {
		return nil, err
	}
	if !given {
		name = "PARQUET"
	}
	for _, f := range writeFormats {
		if !strings.EqualFold(f.name, name) {
			continue
		}
		stored, _ := catalog.FormatOf(f.stored)
		w.Format = f.name
		e := &catalog.External{Format: stored.Name, Serde: stored.Serde, SerdeProps: map[string]string{}, Properties: map[string]string{}}
		switch w.Format { // lines, which the SerDe takes apart
		case "JSON":
			e.Format = "TEXTFILE"
		case "CSV":
			e.Serde = openCSV
		}
		if err := o.setCodec(w, f.codecs); err != nil {
			return nil, err
		}
		return e, o.setText(w, e)
	}
	return nil, syntax.ErrorAt(o.node("format"), "NOT_SUPPORTED", "Writing %s is not supported: PARQUET, TEXTFILE, JSON and CSV are", strings.ToUpper(name))
}

func (o *writeOptions) setCodec(w *lower.Writing, codecs [][2]string) error {
	w.Codec = codecs[0][1]
	for _, name := range []string{"write_compression", "compression", "parquet_compression", "orc_compression"} {
		codec, given, err := o.text(name)
		if err != nil {
			return err
		}
		if !given {
			continue
		}
		i := slices.IndexFunc(codecs, func(c [2]string) bool { return strings.EqualFold(c[0], codec) })
		if i < 0 {
			return syntax.ErrorAt(o.node(name), "NOT_SUPPORTED", "Writing %s with compression %s is not supported", w.Format, strings.ToUpper(codec))
		}
		w.Codec = codecs[i][1]
	}
	level, given, err := o.text("compression_level")
	if err != nil || !given {
		return err
	}
	w.Level, err = strconv.Atoi(level)
	if err != nil || w.Codec != "zstd" || w.Level < 1 || w.Level > 22 {
		return o.bad("compression_level", "1 to 22, with ZSTD")
	}
	return nil
}

func (o *writeOptions) setText(w *lower.Writing, e *catalog.External) error {
	delimiter, given, err := o.text("field_delimiter")
	if err != nil {
		return err
	}
	if given {
		if w.Format != "TEXTFILE" || delimiter == "" {
			return o.bad("field_delimiter", "one character, with TEXTFILE")
		}
		e.SerdeProps["field.delim"], e.SerdeProps["serialization.format"] = delimiter, delimiter
	}
	w.Text = textFormat(e.SerdeProps)
	return nil
}

// textFormat is how LazySimpleSerDe writes a table with these properties.
func textFormat(properties map[string]string) lower.TextFormat {
	f := lower.TextFormat{Separators: [8]string{"\x01", "\x02", "\x03", "\x04", "\x05", "\x06", "\x07", "\x08"}, Null: `\N`}
	for i, keys := range [][]string{{"field.delim", "serialization.format"}, {"colelction.delim", "collection.delim"}, {"mapkey.delim"}} {
		for _, key := range keys {
			if s := properties[key]; s != "" {
				f.Separators[i] = separator(s)
				break
			}
		}
	}
	if s, ok := properties["serialization.null.format"]; ok {
		f.Null = s
	}
	f.Escape = properties["escape.delim"]
	return f
}

// separator is a delimiter as Hive reads it: a number is a character's code.
func separator(s string) string {
	if n, err := strconv.ParseInt(s, 10, 8); err == nil && len(s) > 0 {
		return string(rune(byte(n)))
	}
	return s
}
