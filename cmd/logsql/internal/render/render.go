// Package render writes the rows of a result in the formats people and programs
// read. Formats is the table of them: a format is one function and one line in
// it.
package render

import (
	"bufio"
	"fmt"
	"io"
	"iter"

	"logsql/convert/schema"
	"logsql/sql"
)

// Result is what a statement answers.
type Result struct {
	Columns []schema.Column
	Rows    iter.Seq2[[]any, error] // values as package sql documents them
}

// Options are what a format may heed.
type Options struct {
	Color  bool   // NULLs are dim
	Null   string // what stands for NULL in tables; "" is NULL
	Width  int    // a table that is wider is written a column a line; 0 for any width
	Screen bool   // a terminal shows it: control characters, which it would obey, are written as escapes
}

// Format is one way to write a result.
type Format struct {
	Name  string
	About string
	write func(w *bufio.Writer, r Result, o Options) error
}

// Formats are all formats, in the order in which help shows them.
var Formats = []Format{
	{"box", "a table drawn with lines: what a terminal gets", writeBox},
	{"table", "a table in plain ASCII", writeTable},
	{"csv", "comma-separated, quoted where needed, NULL empty: what a pipe gets", writeCSV},
	{"tsv", `tab-separated; tab, newline and backslash as \t, \n and \\, NULL empty`, writeTSV},
	{"json", "one array of objects", writeJSON},
	{"jsonl", "one JSON object a line", writeJSONLines},
	{"markdown", "a Markdown table", writeMarkdown},
	{"line", "one column a line", writeLine},
	{"athena-csv", `as Athena's result files: every value quoted, NULL an empty field without quotes`, writeAthenaCSV},
}

// ByName returns the format called name.
func ByName(name string) (Format, bool) {
	for _, f := range Formats {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// Write writes r to w. The error is the rows' own or w's; rows before it may
// have been written.
func (f Format) Write(w io.Writer, r Result, o Options) error {
	b := bufio.NewWriterSize(w, 64<<10)
	err := f.write(b, r, o)
	if flushErr := b.Flush(); err == nil && flushErr != nil {
		err = fmt.Errorf("write the result: %w", flushErr)
	}
	return err
}

// cells are the texts of one row; a NULL has none. The slices are reused from
// row to row.
type cells struct {
	text []string
	set  []bool
}

// eachRow calls f with the texts of every row.
func eachRow(r Result, f func(cells) error) error {
	c := cells{text: make([]string, len(r.Columns)), set: make([]bool, len(r.Columns))}
	for row, err := range r.Rows {
		if err != nil {
			return err
		}
		for i, v := range row {
			c.text[i], c.set[i] = sql.Text(v, r.Columns[i].Type)
		}
		if err := f(c); err != nil {
			return err
		}
	}
	return nil
}
