package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"logsql/ingest"
	"logsql/ingest/mirror"
	"logsql/sql"
)

// rounds runs a sync again and again, each --every after the one before began,
// until a signal ends it: that is its proper end. Whatever a round meets is told
// and the next one tries again: networks come back and people sign in again. The
// mirror is locked only while a round works.
func (a *app) rounds(ctx context.Context, every time.Duration, round func(ctx context.Context) error) error {
	ctx, stop := interruptible(ctx)
	defer stop()
	for {
		next := time.Now().Add(every)
		err := round(ctx)
		var usage *usageError
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.As(err, &usage), errors.Is(err, ingest.ErrUsage):
			return err
		case err != nil && !errors.Is(err, errIncomplete):
			printError(a.err, err)
			fmt.Fprintf(a.err, "logsql: the next sync begins at %s\n", next.UTC().Format("2006-01-02 15:04:05 UTC"))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Until(next)):
		}
	}
}

// syncAndConvert is one round: what could be fetched is converted although the
// sync met an error.
func (a *app) syncAndConvert(ctx context.Context, o syncOptions, prices *ingest.Prices, targets []ingest.Target) error {
	err := a.syncOnce(ctx, o, prices, targets)
	var usage *usageError
	if !o.convert || o.dryRun || ctx.Err() != nil || errors.As(err, &usage) || errors.Is(err, ingest.ErrUsage) || errors.Is(err, mirror.ErrLocked) {
		return err
	}
	return worse(err, a.runConvert(ctx, convertOptions{dedupe: o.dedupe, json: o.json, progress: o.progress}), a.loadPartitions(ctx, o.json))
}

// worse is the error that counts most, of those that each step has met.
func worse(errs ...error) error {
	var failed []error
	incomplete := false
	for _, err := range errs {
		switch {
		case errors.Is(err, errIncomplete):
			incomplete = true
		case err != nil:
			failed = append(failed, err)
		}
	}
	switch {
	case len(failed) == 1:
		return failed[0]
	case len(failed) > 1:
		return errors.Join(failed...)
	case incomplete:
		return errIncomplete
	}
	return nil
}

// loadPartitions gives the user's tables the partitions that are new in the
// mirror.
func (a *app) loadPartitions(ctx context.Context, asJSON bool) error {
	m, err := mirror.Open(ctx, a.mirror)
	if err != nil || m.Empty() {
		return err
	}
	defer m.Close()
	s, err := sql.Open(ctx, m, sql.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	loaded, err := s.LoadPartitions(ctx)
	if asJSON {
		return errors.Join(err, writeJSON(a.out, map[string]any{"loaded": append([]sql.Loaded{}, loaded...)}))
	}
	for _, t := range loaded {
		fmt.Fprintf(a.out, "%s: %s: %s\n", t.Table, count(int64(t.Partitions), "new partition"), firstOf(t.Added, partitionsShown))
	}
	return err
}

// partitionsShown is how many new partitions of a table are named.
const partitionsShown = 5

// firstOf is "a, b and 3 more".
func firstOf(names []string, n int) string {
	if len(names) <= n {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:n], ", "), len(names)-n)
}
