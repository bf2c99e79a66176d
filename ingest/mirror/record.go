package mirror

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// nextID is an id that no object ever had.
const nextID = "(SELECT max(last, coalesce((SELECT max(id) FROM objects), 0)) + 1 FROM ids)"

const insertInto = "INSERT INTO objects (id, bucket, key, path, size, etag, modified, synced, sha256, signature) VALUES"

const insertObject = insertInto + " (" + nextID + ", ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"

const againObject = `UPDATE objects SET pruned = 0, synced = ?, sha256 = ?, signature = coalesce(?, signature) WHERE id = ?`

// together is how many new objects one statement takes: what a statement costs
// by itself is more than what a row does.
const together = 32

// recording writes a batch into state.db; what is new gets its ID.
type recording struct {
	ctx   context.Context
	tx    *sql.Tx
	now   int64
	batch []Arrival

	single, rows *sql.Stmt // for one, for so many as together
	fresh        []*Arrival
	nextID       int64
}

func (r *recording) all() error {
	for i := range r.batch {
		arr := &r.batch[i]
		var err error
		switch {
		case arr.Beside:
			_, err = r.tx.ExecContext(r.ctx, insertVersion, arr.Object.values(r.now)...)
		case arr.Object.ID != 0:
			_, err = r.tx.ExecContext(r.ctx, againObject, r.now, arr.Object.sumValue(), arr.Object.signatureValue(), arr.Object.ID)
		case arr.File == nil:
			err = r.one(arr)
		default:
			r.fresh = append(r.fresh, arr)
		}
		if err != nil {
			return fmt.Errorf("record %s: %w", arr.Object.URI(), err)
		}
	}
	// In their order they lie side by side in every index, and fill its pages.
	slices.SortFunc(r.fresh, func(a, b *Arrival) int {
		return cmp.Or(strings.Compare(a.Object.Bucket, b.Object.Bucket), strings.Compare(a.Object.Key, b.Object.Key))
	})
	for ; len(r.fresh) >= together; r.fresh = r.fresh[together:] {
		if err := r.many(r.fresh[:together]); err != nil {
			return err
		}
	}
	return r.each(r.fresh)
}

// many records new objects by one statement. Where one of them cannot be, that
// has done nothing.
func (r *recording) many(list []*Arrival) error {
	if err := r.prepare(); err != nil {
		return err
	}
	args := make([]any, 0, 10*together)
	for i, arr := range list {
		args = append(append(args, r.nextID+int64(i)), arr.Object.values(r.now)...)
	}
	_, err := r.rows.ExecContext(r.ctx, args...)
	var e sqlite3.Error
	switch {
	case errors.As(err, &e) && e.Code == sqlite3.ErrConstraint:
		return r.each(list) // which tells whose fault it is
	case err != nil:
		return fmt.Errorf("record %s: %w", list[0].Object.URI(), err)
	}
	for _, arr := range list {
		arr.Object.ID = r.nextID
		r.nextID++
	}
	return nil
}

func (r *recording) prepare() (err error) {
	if r.rows != nil {
		return nil
	}
	const row = ", (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	r.rows, err = r.tx.PrepareContext(r.ctx, insertInto+strings.Repeat(row, together)[1:]) // the transaction closes it
	if err != nil {
		return err
	}
	return r.tx.QueryRowContext(r.ctx, "SELECT "+nextID).Scan(&r.nextID)
}

func (r *recording) each(list []*Arrival) error {
	for _, arr := range list {
		if err := r.one(arr); err != nil {
			return fmt.Errorf("record %s: %w", arr.Object.URI(), err)
		}
	}
	return nil
}

// one records a new object. The ID stays 0 for a found file that turns out to be
// another object's (the file system does not tell case apart): it is left to the
// next sync.
func (r *recording) one(arr *Arrival) (err error) {
	if r.single == nil {
		if r.single, err = r.tx.PrepareContext(r.ctx, insertObject); err != nil {
			return err
		}
	}
	res, err := r.single.ExecContext(r.ctx, arr.Object.values(r.now)...)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	switch {
	case err != nil:
		return err
	case n == 0 && arr.File != nil:
		return errors.New("the mirror has this key already")
	case n == 0:
		return nil
	}
	arr.Object.ID, err = res.LastInsertId()
	r.nextID = arr.Object.ID + 1
	return err
}

// values are those that a row of objects or versions has.
func (o Object) values(synced int64) []any {
	return []any{o.Bucket, o.Key, o.Path, o.Size, o.ETag, o.LastModified.UnixMilli(), synced, o.sumValue(), o.signatureValue()}
}

func (o Object) sumValue() any {
	if o.Sum == [sha256.Size]byte{} {
		return nil
	}
	return o.Sum[:]
}

func (o Object) signatureValue() any {
	if o.Signature == "" {
		return nil
	}
	return o.Signature
}
