// Parquetgo prints, for each table of a lake and each leaf of its files, how
// many values parquet-go reads and their sum: of numbers as they are, of texts
// their bytes. See ../readers.py.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/parquet-go/parquet-go"
)

func main() {
	sums := map[string]map[string][2]int64{}
	err := filepath.WalkDir(os.Args[1], func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".parquet") {
			return err
		}
		rel, err := filepath.Rel(os.Args[1], path)
		if err != nil {
			return err
		}
		table, _, _ := strings.Cut(rel, string(filepath.Separator))
		if sums[table] == nil {
			sums[table] = map[string][2]int64{}
		}
		return read(path, sums[table])
	})
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(sums)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(path string, sums map[string][2]int64) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	p, err := parquet.OpenFile(f, info.Size())
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	paths := p.Schema().Columns()
	for _, g := range p.RowGroups() {
		for _, c := range g.ColumnChunks() {
			name := strings.Join(paths[c.Column()], ".")
			sum := sums[name]
			if err := readChunk(c, &sum); err != nil {
				return fmt.Errorf("%s: %s: %w", path, name, err)
			}
			sums[name] = sum
		}
	}
	return nil
}

func readChunk(c parquet.ColumnChunk, sum *[2]int64) error {
	pages := c.Pages()
	defer pages.Close()
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		values := make([]parquet.Value, page.NumValues())
		n, err := page.Values().ReadValues(values)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		for _, v := range values[:n] {
			if v.IsNull() {
				continue
			}
			sum[0]++
			switch v.Kind() {
			case parquet.ByteArray:
				sum[1] += int64(len(v.ByteArray()))
			case parquet.Int32, parquet.Int64:
				sum[1] += v.Int64()
			}
		}
	}
}
