package ingest

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// gate lets as many requests go on at the same time as the store bears: one
// more for each that is answered as soon as ever, half as many when it asks to
// slow down. Where answers take several times as long as the fastest did, more
// of them would only wait for each other.
type gate struct {
	mu         sync.Mutex
	wake       *sync.Cond
	limit, max int
	busy       int
	credit     int           // answers since the limit was raised
	cautious   bool          // the store has complained
	best, now  time.Duration // until an answer comes: at its fastest, of late
	slowed     time.Time
	more       func() // the limit was raised, or a worker waits before it tries again; nil is nobody's business
}

const fewest = 4

func newGate(start, most int) *gate {
	g := &gate{limit: min(start, most), max: most}
	g.wake = sync.NewCond(&g.mu)
	return g
}

// enter waits until one more request may go out.
func (g *gate) enter() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.busy >= g.limit {
		g.wake.Wait()
	}
	g.busy++
}

// leave ends a request that was answered, well or not, after took.
func (g *gate) leave(took time.Duration, err error) {
	if g.left(took, err) && g.more != nil {
		g.more()
	}
}

func (g *gate) left(took time.Duration, err error) (more bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.busy--
	var e *Error
	switch {
	case err != nil && errors.As(err, &e) && e.Busy():
		g.slow()
	case err == nil && took > 0 && g.answered(took):
		more = true
		g.wake.Signal() // for the place that is new
	}
	g.wake.Signal()
	return more
}

// slow halves the limit, not twice for one burst.
func (g *gate) slow() {
	if time.Since(g.slowed) > 500*time.Millisecond {
		g.slowed, g.cautious, g.credit = time.Now(), true, 0
		g.limit = max(min(fewest, g.max), g.limit/2)
	}
}

// answered counts an answer and tells whether one more may be waited for.
func (g *gate) answered(took time.Duration) (more bool) {
	if g.best == 0 || took < g.best {
		g.best = took
	}
	g.best += g.best / 4096 // what was fast long ago does not count for ever
	if g.now == 0 {
		g.now = took
	}
	g.now += (took - g.now) / 16
	if g.now > 4*g.best+time.Millisecond {
		return false
	}
	if g.credit++; !g.cautious || g.credit >= g.limit {
		g.credit = 0
		g.limit = min(g.max, g.limit+1)
		return true
	}
	return false
}

// meter lets bytes through at a rate.
type meter struct {
	rate int64 // bytes a second; 0 is no limit
	mu   sync.Mutex
	free time.Time // when all that was let through would have passed
}

// pass waits until n bytes more may have come.
func (m *meter) pass(ctx context.Context, n int) error {
	if m == nil || m.rate <= 0 || n <= 0 {
		return nil
	}
	m.mu.Lock()
	now := time.Now()
	if m.free.Before(now) {
		m.free = now
	}
	m.free = m.free.Add(time.Duration(float64(n) / float64(m.rate) * float64(time.Second)))
	wait := m.free.Sub(now)
	m.mu.Unlock()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(wait):
		return nil
	}
}

// paced is a body that comes at the meter's rate and ends with its context: a
// large file of a folder would be read to its end.
type paced struct {
	ctx   context.Context
	meter *meter
	io.ReadCloser
}

func (r paced) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.ReadCloser.Read(p)
	if wait := r.meter.pass(r.ctx, n); wait != nil {
		return n, wait
	}
	return n, err
}
