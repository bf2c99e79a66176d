package lake

import (
	"context"
	"fmt"
	"path"
	"slices"

	"logsql/convert/batch"
	"logsql/convert/schema"
)

const (
	// A row group is full at either, as those that a conversion writes.
	groupRecords = 128 << 10
	groupBytes   = 32 << 20
	// A row group of half of that is copied as it is encoded.
	copyRecords = groupRecords / 2
	copyBytes   = 4 << 20 // in the file
)

// merge writes one part of the records of parts.
func (l *Lake) merge(ctx context.Context, parts []Part, sortBy string) (*PartWriter, error) {
	p := parts[0]
	p.Path = path.Dir(p.Path) + "/" + mergedName(parts, sortBy) + ".parquet"
	if p.Sorted = sortBy; !hasColumn(p, sortBy) {
		p.Sorted = ""
	}
	columns := append(slices.Clone(p.Columns), schema.Column{Name: ObjectColumn, Type: schema.Text})
	w, err := l.writePart(p, columns)
	if err != nil {
		return nil, err
	}
	if p.Sorted != "" {
		err = l.sortInto(ctx, w, parts, columns)
	} else {
		err = l.appendInto(ctx, w, parts, columns)
	}
	if err == nil {
		err = w.Finish()
	}
	if err == nil {
		err = w.file.Finish() // there may be very many
	}
	var rows int64
	for _, p := range parts {
		rows += p.Rows
	}
	if err == nil && w.Rows() != rows {
		err = fmt.Errorf("merge %s: %d records of %d parts became %d", path.Dir(p.Path), rows, len(parts), w.Rows())
	}
	if err != nil {
		w.Abort()
		return nil, err
	}
	return w, nil
}

// eachGroup calls do with each row group of parts.
func (l *Lake) eachGroup(ctx context.Context, parts []Part, columns []schema.Column, do func(*batch.Reader, int) error) error {
	for _, p := range parts {
		err := l.readPart(p.Path, columns, func(r *batch.Reader) error {
			for group := range r.Groups() {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := do(r, group); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("merge %s: %w", p.Path, err)
		}
	}
	return nil
}

func (l *Lake) readPart(path string, columns []schema.Column, do func(*batch.Reader) error) error {
	f, size, err := batch.OpenFile(l.m.Path(path))
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := batch.NewReader(f, size, columns)
	if err != nil {
		return err
	}
	return do(r)
}

// appendInto copies large row groups as they are and makes large ones of the
// small; records have no order that this could break.
func (l *Lake) appendInto(ctx context.Context, w *PartWriter, parts []Part, columns []schema.Column) error {
	b := batch.New(columns)
	err := l.eachGroup(ctx, parts, columns, func(r *batch.Reader, group int) error {
		if r.Rows(group) >= copyRecords || r.Size(group) >= copyBytes {
			if done, err := w.out.Copy(r, group); done || err != nil {
				return err
			}
		}
		if err := r.Append(b, group); err != nil {
			return err
		}
		return writeFull(w, b)
	})
	if err != nil {
		return err
	}
	return w.Write(b)
}

func writeFull(w *PartWriter, b *batch.Batch) error {
	if b.Len() < groupRecords && b.Size() < groupBytes {
		return nil
	}
	defer b.Reset()
	return w.Write(b)
}
