package convert

import (
	"crypto/sha256"
	"path/filepath"
	"testing"

	"logsql/convert/lake"
	"logsql/convert/logtype"
	"logsql/ingest/mirror"
)

// A part that cannot be written leaves no temporary file behind.
func TestSinkThatCannotWrite(t *testing.T) {
	m, err := mirror.Create(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	l, err := lake.Open(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	typ := logtype.ByName("vpc_flow_logs")
	s := &sink{lake: l}
	s.begin(t.Context(), typ, "logs", "", [sha256.Size]byte{})
	s.open(mirror.Object{Bucket: "logs", Key: "a"})
	b, err := s.Batch([]string{"2026", "01", "02"}, typ.Columns)
	if err != nil {
		t.Fatal(err)
	}
	b.Leaf("srcaddr").Text([]byte("\xff")) // what no decoder may do
	if err := s.Record(b); err != nil {
		t.Fatal(err)
	}
	const want = `write lake/vpc_flow_logs/year=2026/month=01/day=02/05bf4210d104e29b27cddacf.parquet: column srcaddr: text "\xff" is not UTF-8`
	if _, err := s.finish(); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	s.abort()
	if left, err := filepath.Glob(m.Path("tmp/*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}
