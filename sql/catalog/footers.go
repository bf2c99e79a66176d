package catalog

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"logsql/convert/batch"
	"logsql/convert/schema"
)

// ReadColumns fills in what Parquet files hold. Footers that were read are kept
// in state.db where it can be written.
func (s *Store) ReadColumns(ctx context.Context, files []File) error {
	lists := map[string][]schema.Column{}
	var read []int
	for i := range files {
		text, err := s.footer(ctx, &files[i])
		if err != nil {
			return err
		}
		if text == "" {
			read = append(read, i)
			continue
		}
		if files[i].Columns, err = columnList(lists, text); err != nil {
			return err
		}
	}
	for _, i := range read {
		if err := ctx.Err(); err != nil {
			return err
		}
		columns, err := batch.ReadColumns(s.m.Path(files[i].Path))
		if files[i].Pruned && err != nil {
			err = errors.New(Pruned)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", files[i].URI, err)
		}
		if files[i].Columns, err = columnList(lists, schema.ColumnsText(columns)); err != nil {
			return err
		}
	}
	return s.keepFooters(ctx, files, read)
}

// columnList reads a list; files with the same share it.
func columnList(lists map[string][]schema.Column, text string) ([]schema.Column, error) {
	if columns, ok := lists[text]; ok {
		return columns, nil
	}
	columns, err := schema.ParseColumns(text)
	if err != nil {
		return nil, err
	}
	lists[text] = columns
	return columns, nil
}

// footer is the kept list of a file's columns, "" where there is none.
func (s *Store) footer(ctx context.Context, f *File) (string, error) {
	if s.absent {
		return "", nil
	}
	rows, err := s.m.DB().QueryContext(ctx, "SELECT columns FROM footers WHERE path = ? AND version = ?", f.Path, fileVersion(f))
	if err != nil {
		return "", err
	}
	defer rows.Close()
	text := ""
	for rows.Next() {
		if err := rows.Scan(&text); err != nil {
			return "", err
		}
	}
	return text, rows.Err()
}

func fileVersion(f *File) string {
	return f.version + " " + strconv.FormatInt(f.Size, 10) + " " + strconv.FormatInt(f.Modified.UnixMilli(), 10)
}

// keepFooters is a service: where state.db cannot be written, the footers are
// read again next time.
func (s *Store) keepFooters(ctx context.Context, files []File, read []int) error {
	if len(read) == 0 || s.absent || s.m.ReadOnly() {
		return nil
	}
	return s.Update(ctx, func(tx *Tx) error {
		for _, i := range read {
			f := &files[i]
			if _, err := tx.q.ExecContext(ctx, "INSERT OR REPLACE INTO footers VALUES (?, ?, ?)", f.Path, fileVersion(f), schema.ColumnsText(f.Columns)); err != nil {
				return err
			}
		}
		return nil
	})
}
