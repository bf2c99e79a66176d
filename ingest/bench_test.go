package ingest

import (
	"fmt"
	"strings"
	"testing"

	"logsql/ingest/s3/s3test"
)

// BenchmarkSync is the first sync of 5,000 objects of 4 KB from the fake.
func BenchmarkSync(b *testing.B) {
	s := s3test.New(b, bucket)
	for i := range 5000 {
		s.Put(bucket, flowKey(fmt.Sprintf("2025-11-%02d", 1+i%28), fmt.Sprint(i)), strings.Repeat("x", 4096))
	}
	for b.Loop() {
		if r := mustSync(b, newMirror(b), Options{}, target(s)); r.Fetched != 5000 {
			b.Fatalf("report: %+v", r)
		}
	}
	b.ReportMetric(5000*float64(b.N)/b.Elapsed().Seconds(), "objects/s")
}
