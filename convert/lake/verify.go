package lake

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"iter"
)

// PartFile is what state.db says of a part's file.
type PartFile struct {
	ID    int64
	Path  string
	Bytes int64
	Sum   [sha256.Size]byte // zero where it was not kept
}

// PartFiles yields the files of all parts, a page at a time: no transaction
// stays open while the caller works.
func (l *Lake) PartFiles(ctx context.Context) iter.Seq2[PartFile, error] {
	const query = "SELECT id, path, bytes, sha256 FROM parts WHERE id > ? ORDER BY id LIMIT 1000"
	return func(yield func(PartFile, error) bool) {
		if l.absent != nil {
			return
		}
		for last, more := int64(0), true; more; {
			var page []PartFile
			err := each(ctx, l.m.DB(), query, func(rows *sql.Rows) (bool, error) {
				var p PartFile
				var sum []byte
				err := rows.Scan(&p.ID, &p.Path, &p.Bytes, &sum)
				copy(p.Sum[:], sum)
				page = append(page, p)
				return true, err
			}, last)
			if err != nil {
				yield(PartFile{}, err)
				return
			}
			for _, p := range page {
				last = p.ID
				if !yield(p, nil) {
					return
				}
			}
			more = len(page) > 0
		}
	}
}

// HasPart tells whether a part is still one: a conversion may have gone on
// while somebody looked at its file.
func (l *Lake) HasPart(ctx context.Context, id int64) (has bool, err error) {
	err = l.m.DB().QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM parts WHERE id = ?)", id).Scan(&has)
	return has, err
}
