package batch

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/parquet-go/parquet-go"
)

// TextGroup is a row group of which the texts of some columns are read.
type TextGroup struct {
	Rows  int
	file  *parquet.File
	group parquet.RowGroup
}

// TextGroups yields the row groups of a file.
func TextGroups(in io.ReaderAt, size int64) iter.Seq2[TextGroup, error] {
	return func(yield func(TextGroup, error) bool) {
		f, err := parquet.OpenFile(in, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
		if err != nil {
			yield(TextGroup{}, err)
			return
		}
		for _, g := range f.RowGroups() {
			if !yield(TextGroup{int(g.NumRows()), f, g}, nil) {
				return
			}
		}
	}
}

// Each calls do for every row with the text of a column of plain values, nil
// where it is null. The text is valid during the call.
func (g TextGroup) Each(column string, do func(row int, text []byte)) error {
	leaf, ok := g.file.Schema().Lookup(column)
	if !ok {
		return fmt.Errorf("no column %s", column)
	}
	pages := g.group.ColumnChunks()[leaf.ColumnIndex].Pages()
	defer pages.Close()
	row := 0
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("column %s: %w", column, err)
		}
		n, err := eachText(page, row, do)
		parquet.Release(page)
		if err != nil {
			return fmt.Errorf("column %s: %w", column, err)
		}
		row += n
	}
}

func eachText(page parquet.Page, row int, do func(row int, text []byte)) (rows int, err error) {
	var buffer [256]parquet.Value
	values := page.Values()
	for {
		n, err := values.ReadValues(buffer[:])
		for _, v := range buffer[:n] {
			if v.IsNull() {
				do(row+rows, nil)
			} else {
				do(row+rows, v.ByteArray())
			}
			rows++
		}
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
	}
}
