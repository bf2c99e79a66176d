package ingest

import (
	"sync"
	"time"

	"logsql/ingest/mirror"
)

// A batch is admitted when it is half of this or this old; the other half waits
// meanwhile. So a kill costs a batch at most, and what the workers have in hand.
const (
	batchFiles = 512
	batchBytes = 256 << 20
	batchAge   = time.Second
)

// arrivals are the objects on their way from the workers to who admits them, who
// is woken once a batch: for each it would be most of the way.
type arrivals struct {
	mu    sync.Mutex
	room  *sync.Cond
	list  []mirror.Arrival
	bytes int64
	ended bool

	due chan struct{} // a batch is complete
	old *time.Timer   // a batch has waited for long enough
}

func newArrivals() *arrivals {
	a := &arrivals{due: make(chan struct{}, 1), old: time.NewTimer(batchAge)}
	a.room = sync.NewCond(&a.mu)
	return a
}

// put waits as long as a batch waits for another that is being admitted.
func (a *arrivals) put(arr mirror.Arrival) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.list) >= batchFiles/2 {
		a.room.Wait()
	}
	if len(a.list) == 0 {
		a.old.Reset(batchAge)
	}
	a.list, a.bytes = append(a.list, arr), a.bytes+arr.Object.Size
	if len(a.list) >= batchFiles/2 || a.bytes >= batchBytes {
		a.tell()
	}
}

func (a *arrivals) tell() {
	select {
	case a.due <- struct{}{}:
	default:
	}
}

// end tells that nothing more comes.
func (a *arrivals) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended = true
	a.tell()
}

// take waits for a batch; the last may be empty.
func (a *arrivals) take() (batch []mirror.Arrival, more bool) {
	select {
	case <-a.due:
	case <-a.old.C:
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	batch, a.list, a.bytes = a.list, nil, 0
	a.room.Broadcast()
	return batch, !a.ended
}
