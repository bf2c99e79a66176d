package mirror

import (
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// brisk makes, fills and renames small files. On a disk of one's own that takes
// microseconds, and Go's scheduler is not told of it: to have it watch a call
// costs as much again. Where calls take long, on a file system of a network, it
// is told, or nothing else would go on meanwhile.
type brisk struct{ score atomic.Int32 }

// A call longer than slowCall may only have met a busy processor: from the fourth
// of some hundred on the next ones are made the ordinary way, which no longer
// tells how long they take.
const (
	slowCall         = time.Millisecond
	perSlow, tooSlow = 50, 200
	ordinaryCalls    = 2000

	briskBytes = 256 << 10 // what is written in microseconds
)

// Slow tells whether the mirror's files are slow to make and to write, as on a file
// system of a network.
func (m *Mirror) Slow() bool { return m.calls.slow() }

func (b *brisk) slow() bool { return b.score.Load() >= tooSlow }

// begin tells when a call began that may go on unseen; ok is false for one that
// must not.
func (b *brisk) begin() (at time.Time, ok bool) {
	if b.slow() {
		b.score.Add(-1)
		return at, false
	}
	return time.Now(), true
}

func (b *brisk) end(at time.Time) {
	score := b.score.Load()
	switch slow := time.Since(at) > slowCall; {
	case slow && score+perSlow >= tooSlow:
		b.score.Store(tooSlow + ordinaryCalls)
	case slow:
		b.score.Add(perSlow)
	case score > 0:
		b.score.Add(-1)
	}
}

func (b *brisk) openat(dir int, name string, flags int, mode uint32) (int, error) {
	at, ok := b.begin()
	if !ok {
		return unix.Openat(dir, name, flags, mode)
	}
	defer b.end(at)
	return rawOpenat(dir, name, flags, mode)
}

func (b *brisk) write(fd int, p []byte) (int, error) {
	if len(p) == 0 || len(p) > briskBytes {
		return unix.Write(fd, p)
	}
	at, ok := b.begin()
	if !ok {
		return unix.Write(fd, p)
	}
	defer b.end(at)
	return rawWrite(fd, p)
}

func (b *brisk) close(fd int) error {
	at, ok := b.begin()
	if !ok {
		return unix.Close(fd)
	}
	defer b.end(at)
	return rawClose(fd)
}

func (b *brisk) renameat(from int, old string, to int, name string) error {
	at, ok := b.begin()
	if !ok {
		return unix.Renameat(from, old, to, name)
	}
	defer b.end(at)
	return rawRenameat(from, old, to, name)
}
