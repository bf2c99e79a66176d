package ingest

import (
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// processors are those on which Go runs goroutines. To fetch small objects is to
// wait and to do a little, again and again: of several processors each would be
// woken to look for work that another has done already: an eighth of the CPU.
// So a fetch begins with one, and gets more as long as it keeps busy what it has,
// or where files are slow: a call takes its processor along for a while.
type processors struct {
	mu    sync.Mutex
	users int
	most  int         // what it was before
	slow  func() bool // whether files are, asks who came first
	done  chan struct{}
}

// goProcessors is one for all fetches: the setting is the process's.
var goProcessors processors

// begin takes all processors but one away, unless $GOMAXPROCS tells how many to
// use. The last to leave gives them back.
func (p *processors) begin(slow func() bool) (leave func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users++
	if p.users == 1 && os.Getenv("GOMAXPROCS") == "" {
		p.most, p.slow, p.done = runtime.GOMAXPROCS(1), slow, make(chan struct{})
		go p.watch(p.done)
	}
	return p.leave
}

func (p *processors) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users--
	if p.users == 0 && p.done != nil {
		close(p.done)
		p.done = nil
		runtime.GOMAXPROCS(p.most)
	}
}

// watch has as many processors as are needed.
func (p *processors) watch(done chan struct{}) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	at, used := time.Now(), cpuTime()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
		}
		now, cpu := time.Now(), cpuTime()
		p.set(done, (cpu-used).Seconds()/now.Sub(at).Seconds())
		at, used = now, cpu
	}
}

// set is for the one who watches; another may have begun to.
func (p *processors) set(done chan struct{}, busy float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done != done {
		return
	}
	has := runtime.GOMAXPROCS(0)
	n := enough(has, p.most, busy)
	if p.slow() {
		n = p.most
	}
	if n != has { // as everything stops for that
		runtime.GOMAXPROCS(n)
	}
}

// enough is how many of most processors suffice where of those that there are so
// many were busy.
func enough(has, most int, busy float64) int {
	switch {
	case busy > 0.8*float64(has):
		return min(2*has, most)
	case has > 1 && busy < 0.35*float64(has):
		return has / 2
	}
	return has
}

// cpuTime is what the process has used until now.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
