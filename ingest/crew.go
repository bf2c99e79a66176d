package ingest

import "sync"

// crew are the workers: as many as may be at work at the same time, so that
// whoever has done with an object goes on with the next. Where more than those
// wait for their turn each object goes to another, whose memory is cold.
type crew struct {
	most int
	work func()

	mu  sync.Mutex
	has int
	all sync.WaitGroup
}

func (c *crew) start(n int) {
	for range n {
		c.add()
	}
}

// add takes one more, up to the most. But for start only workers call it.
func (c *crew) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.has < c.most {
		c.has++
		c.all.Go(c.work)
	}
}

func (c *crew) wait() { c.all.Wait() }
