package cli

import (
	"testing"
	"time"

	"logsql/convert"
)

func TestConvertProgress(t *testing.T) {
	half := convert.Progress{Objects: 1000, AllObjects: 8384, Bytes: 64 << 20, AllBytes: 128 << 20, Stored: 2_330_000, Bad: 1}
	found, merging := half, half
	found.Bytes = 0
	merging.Merged, merging.AllMerged = 3, 10
	for _, c := range []struct {
		p     convert.Progress
		after time.Duration
		want  string
	}{
		{found, 0, "8,384 objects to convert found, 128.0 MiB"},
		{half, time.Second / 2, "50 %, 1 bad line, 64.0 MiB of 128.0 MiB, 2,330,001 records, 1,000 of 8,384 objects"},
		{half, 10 * time.Second, "50 %, 10 s left, 1 bad line, 64.0 MiB of 128.0 MiB, 233,000 records/s, 2,330,001 records, 1,000 of 8,384 objects"},
		{half, 10 * time.Hour, "50 %, 10 h 0 min left, 1 bad line, 64.0 MiB of 128.0 MiB, 64 records/s, 2,330,001 records, 1,000 of 8,384 objects"},
		{merging, time.Hour, "merging parts: 3 of 10 days"},
	} {
		if got := convertProgress(c.p, c.after); got != c.want {
			t.Errorf("after %s: %s, want %s", c.after, got, c.want)
		}
	}
}
