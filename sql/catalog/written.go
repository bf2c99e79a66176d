package catalog

import (
	"context"
	"regexp"
)

// PutWritten records a file that a statement wrote; from then on it is there.
func (tx *Tx) PutWritten(f File) error {
	const put = "INSERT INTO written (uri, path, size, modified) VALUES (?, ?, ?, ?)"
	_, err := tx.q.ExecContext(tx.ctx, put, f.URI, f.Path, f.Size, f.Modified.UnixMilli())
	return err
}

// writtenName is the end of the names that statements give: other files below
// tables/ are not ours.
var writtenName = regexp.MustCompile(`[0-9]{8}_[0-9]{6}_[0-9a-f]{16}_[0-9]+(\.[a-z]+)?$`)

// SweepWritten removes what statements that died or failed left on disk.
func (s *Store) SweepWritten(ctx context.Context) error {
	return s.m.SweepTables(writtenName.MatchString, func() (map[string]bool, error) {
		return s.m.Paths(ctx, "SELECT path FROM written")
	})
}
