package ingest

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"logsql/ingest/mirror"
)

// A batch is taken when it is full or old, in files or bytes; what comes
// meanwhile waits, and no more than another batch does.
func TestArrivals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newArrivals()
		put := func(n int, size int64) {
			for range n {
				a.put(mirror.Arrival{Object: Object{Size: size}})
			}
		}
		begun := time.Now()
		put(3, 1)
		if batch, more := a.take(); len(batch) != 3 || !more || time.Since(begun) != batchAge {
			t.Errorf("%d files after %s, %v", len(batch), time.Since(begun), more)
		}
		begun = time.Now()
		put(1, batchBytes)
		if batch, more := a.take(); len(batch) != 1 || !more || time.Since(begun) != 0 {
			t.Errorf("%d large files after %s, %v", len(batch), time.Since(begun), more)
		}
		var come atomic.Int32
		go func() {
			for range 2 * batchFiles {
				put(1, 1)
				come.Add(1)
			}
			a.end()
		}()
		synctest.Wait()
		if come.Load() != batchFiles/2 {
			t.Errorf("%d files wait for one batch", come.Load())
		}
		total, more := 0, true
		for more {
			var batch []mirror.Arrival
			if batch, more = a.take(); len(batch) > batchFiles/2 {
				t.Errorf("a batch of %d", len(batch))
			}
			total += len(batch)
		}
		if total != 2*batchFiles || time.Since(begun) != 0 {
			t.Errorf("%d files were taken after %s", total, time.Since(begun))
		}
	})
}

// Workers come as they are asked for, and never more than may be.
func TestCrew(t *testing.T) {
	var at, most atomic.Int32
	done := make(chan struct{})
	c := crew{most: 5}
	c.work = func() {
		most.Store(max(most.Load(), at.Add(1)))
		c.add()
		<-done
		at.Add(-1)
	}
	c.start(2)
	time.AfterFunc(10*time.Millisecond, func() { close(done) })
	c.wait()
	if most.Load() > 5 || at.Load() != 0 || c.has != 5 {
		t.Errorf("%d at the same time, %d at the end, %d in all", most.Load(), at.Load(), c.has)
	}
}
