package sql

import (
	"context"
	"fmt"

	"logsql/sql/bind"
	"logsql/sql/cost"
	"logsql/sql/syntax"
)

// ScanLimitCode is the code of an error that Options.ScanLimit is the cause of.
const ScanLimitCode = "EXCEEDED_SCAN_LIMIT"

// scanned tells how much a located statement reads. It keeps nothing that lower
// may change later.
func (s *Session) scanned(info *bind.Info) func(context.Context) (cost.Scanned, error) {
	scans := make([]*bind.Scan, len(info.Scans))
	for i, scan := range info.Scans {
		same := *scan
		scans[i] = &same
	}
	return func(ctx context.Context) (cost.Scanned, error) {
		n, err := cost.Of(ctx, s.mirror, scans)
		return n, asError(err)
	}
}

// withinLimit refuses a located statement that would scan more than the session
// allows, before anything is read.
func (s *Session) withinLimit(ctx context.Context, stmt syntax.Node, info *bind.Info) error {
	if s.options.ScanLimit <= 0 {
		return nil
	}
	n, err := s.scanned(info)(ctx)
	if err != nil {
		return err
	}
	if n.AsIs <= s.options.ScanLimit {
		return nil
	}
	e := &Error{Code: ScanLimitCode, Msg: fmt.Sprintf("Bytes scanned limit was exceeded: the statement scans %d bytes, the limit is %d", n.AsIs, s.options.ScanLimit)}
	e.Hint = "a filter on the partition columns, such as year, month and day, or fewer columns make it less"
	return e
}
