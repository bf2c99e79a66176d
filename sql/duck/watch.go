package duck

import (
	"bytes"
	"context"
	"os"
	"strconv"
	"strings"
	"time"

	"logsql/sql/syntax"
)

// What DuckDB's memory limit does not count, such as long texts on their way
// through functions, is watched from outside: a statement that makes the
// process too large is interrupted.
const (
	watchEvery = 100 * time.Millisecond
	unlimited  = 3 << 30 // how much more than DuckDB's limit the process may take
)

var errMemory = &syntax.Error{
	Code: "EXCEEDED_LOCAL_MEMORY_LIMIT",
	Msg:  "Query needs more memory than it may use",
	Hint: "make less at once: smaller texts and arrays, or fewer rows",
}

// watched is ctx until stop is called or the process takes more than limit
// bytes.
func watched(ctx context.Context, limit int64) (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-done:
				return
			case <-tick.C:
				if resident() > limit {
					cancel(errMemory)
				}
			}
		}
	}()
	return ctx, func() {
		select {
		case <-done:
		default:
			close(done)
			cancel(nil)
		}
	}
}

// resident is how much memory the process has, 0 where that is not told.
func resident() int64 {
	text, _ := os.ReadFile("/proc/self/statm")
	fields := bytes.Fields(text)
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(string(fields[1]), 10, 64)
	return pages * int64(os.Getpagesize())
}

var units = []struct {
	name  string
	bytes float64
}{{"GIB", 1 << 30}, {"MIB", 1 << 20}, {"KIB", 1 << 10}, {"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"TB", 1e12}, {"B", 1}}

// memoryBytes reads a limit as DuckDB writes it.
func memoryBytes(text string) int64 {
	text = strings.ToUpper(strings.TrimSpace(text))
	for _, u := range units {
		if number, ok := strings.CutSuffix(text, u.name); ok {
			n, _ := strconv.ParseFloat(strings.TrimSpace(number), 64)
			return int64(n * u.bytes)
		}
	}
	return 0
}
