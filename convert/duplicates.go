package convert

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"logsql/convert/batch"
	"logsql/convert/lake"
	"logsql/convert/logtype"
	"logsql/ingest/mirror"
)

// duplicates knows the ids of the records that a run converts and, of the days
// near to them, of those that the lake has. AWS delivers at least once: an
// object may come twice, and so may a record, each at most a day after the
// other. Ids are compared within a table, a day and its neighbours.
//
// What the lake has comes before what a run converts. How many duplicates a run
// has does not hang on the order of its units; which of them is the first does,
// so that a run that leaves the others out has one worker.
type duplicates struct {
	m      *mirror.Mirror
	lake   *lake.Lake
	dedupe bool

	mu       sync.Mutex
	replaced map[int64]bool // units of the lake that the run is to do once more: they do not count
	sets     map[tableDay]*idSet
	pass     uint64 // the newest; 0 is the lake
	void     map[uint64]bool
	busy     map[uint64]tableDay
}

// tableDay says which records a set has: those of objects of that day.
type tableDay struct {
	table string
	day   time.Time
}

func (t tableDay) plus(days int) tableDay {
	t.day = t.day.AddDate(0, 0, days)
	return t
}

func newDuplicates(m *mirror.Mirror, l *lake.Lake, dedupe bool) *duplicates {
	return &duplicates{
		m: m, lake: l, dedupe: dedupe, replaced: map[int64]bool{},
		sets: map[tableDay]*idSet{}, void: map[uint64]bool{}, busy: map[uint64]tableDay{},
	}
}

// idPass is one pass over a unit.
type idPass struct {
	d    *duplicates
	id   uint64
	sets [3]*idSet // of the unit's day, and of those around it
}

// begin prepares for a unit of the day; nil where records of the type have no
// id. The caller ends the pass.
func (d *duplicates) begin(ctx context.Context, t *logtype.Type, day time.Time) (*idPass, error) {
	if len(t.ID) == 0 {
		return nil, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	at := tableDay{t.Name, day}
	d.pass++
	p := &idPass{d: d, id: d.pass}
	d.busy[p.id] = at
	if err := d.evict(); err != nil {
		return nil, err
	}
	for i, days := range [3]int{0, -1, 1} {
		var err error
		if p.sets[i], err = d.set(ctx, t, at.plus(days)); err != nil {
			return nil, fmt.Errorf("read the ids of %s in the lake: %w", t.Name, err)
		}
	}
	return p, nil
}

// evict lets go of the days that no pass needs. What they knew is in the lake by
// now.
func (d *duplicates) evict() error {
	var errs []error
	for at, set := range d.sets {
		needed := false
		for _, b := range d.busy {
			needed = needed || b == at || b.plus(-1) == at || b.plus(1) == at
		}
		if !needed {
			errs = append(errs, set.close())
			delete(d.sets, at)
		}
	}
	return errors.Join(errs...)
}

// set is the set of a day; a new one begins with the ids in the lake.
func (d *duplicates) set(ctx context.Context, t *logtype.Type, at tableDay) (*idSet, error) {
	if s := d.sets[at]; s != nil {
		return s, nil
	}
	s := &idSet{spill: d.spill}
	for part, err := range d.lake.DayParts(ctx, at.table, at.day.Format(time.DateOnly)) {
		if err != nil {
			return nil, errors.Join(err, s.close())
		}
		if d.replaced[part.Unit] {
			continue
		}
		// A damaged part is verify's to tell: it keeps new logs out of the lake
		// only where they are left out by it.
		if err := s.load(d.m.Path(part.Path), t.ID); err != nil && d.dedupe {
			return nil, errors.Join(fmt.Errorf("%s: %w", part.Path, err), s.close())
		}
	}
	d.sets[at] = s
	return s, nil
}

// load claims the ids of a part for the lake.
func (s *idSet) load(path string, columns []string) error {
	f, size, err := batch.OpenFile(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for g, err := range batch.TextGroups(f, size) {
		if err != nil {
			return err
		}
		keys := make([]idKey, g.Rows)
		for i, column := range columns {
			if err := g.Each(column, func(row int, text []byte) { keys[row].add(text, i == 0) }); err != nil {
				return err
			}
		}
		for _, k := range keys {
			if k.none() {
				continue
			}
			if err := s.put(k, 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// spill makes a file that is gone when it is closed, or when the process ends.
func (d *duplicates) spill() (spillFile, error) {
	dir := d.m.Path("tmp")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, "ids-*")
	if err != nil {
		return nil, err
	}
	return f, os.Remove(f.Name())
}

// seen claims ids and tells how many of them somebody had before.
func (p *idPass) seen(keys ...idKey) (duplicates int64, err error) {
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	for _, s := range p.sets {
		s.touch(keys)
	}
	for _, k := range keys {
		if seen, err := p.claim(k); err != nil {
			return duplicates, err
		} else if seen {
			duplicates++
		}
	}
	return duplicates, nil
}

func (p *idPass) claim(k idKey) (seen bool, err error) {
	for _, s := range p.sets {
		pass, ok, err := s.find(k)
		if err != nil || ok && !p.d.void[pass] {
			return ok, err
		}
	}
	return false, p.sets[0].put(k, p.id)
}

// end ends the pass; where it was not committed, nothing it saw counts. Where it
// was, the unit that it replaced is no more, and the lake may give its id again.
func (p *idPass) end(committed bool, replaced int64) {
	if p == nil {
		return
	}
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	delete(p.d.busy, p.id)
	if committed {
		delete(p.d.replaced, replaced)
	} else {
		p.d.void[p.id] = true
	}
}

func (d *duplicates) close() error {
	var errs []error
	for _, s := range d.sets {
		errs = append(errs, s.close())
	}
	return errors.Join(errs...)
}
