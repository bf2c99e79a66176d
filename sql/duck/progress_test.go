package duck

import (
	"context"
	"testing"
	"time"
)

// TestProgress: how far a statement is can be asked while it runs, and grows; not
// before and behind it.
func TestProgress(t *testing.T) {
	db, err := Open(t.Context(), Options{Progress: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := drained(db.Query(t.Context(), "CREATE TABLE t AS SELECT i FROM range(5000000) AS r(i)")); err != nil {
		t.Fatal(err)
	}
	var p Progress
	if percent, known := p.Percent(); known {
		t.Errorf("%.0f %% of nothing", percent)
	}
	ctx, cancel := context.WithCancel(WithProgress(t.Context(), &p))
	defer cancel()
	ended := make(chan error)
	go func() {
		ended <- drained(db.Query(ctx, "SELECT max(md5(md5(md5(md5(md5(md5(md5(md5(md5(md5(i::VARCHAR))))))))))) FROM t"))
	}()
	var first float64
	deadline := time.Now().Add(30 * time.Second)
	for {
		percent, known := p.Percent()
		if known && first > 0 && percent > first {
			break
		}
		if known && first == 0 {
			first = percent
		}
		if time.Now().After(deadline) {
			t.Fatalf("it stays at %.3f %%", percent)
		}
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	if err := <-ended; err == nil {
		t.Error("the statement was not cancelled")
	}
	if percent, known := p.Percent(); known {
		t.Errorf("%.0f %% of nothing", percent)
	}
}

// drained reads what a query gives.
func drained(rows *Rows, err error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for more := true; more; {
		_, more = rows.Next()
	}
	return rows.Err()
}
