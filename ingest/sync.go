package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"

	"logsql/ingest/layout"
	"logsql/ingest/mirror"
	"logsql/ingest/s3"
)

// Options are what sync may be told.
type Options struct {
	Since, Until time.Time    // days, UTC, both included; zero is open
	Types        []string     // log types by key; none is everything, logs or not
	Accounts     []string     // that keys name; none is all
	Regions      []string     // that keys name; none is all
	Audit        bool         // list sealed days again
	Link         bool         // share the bytes of a folder's files where the file system can
	Accept       bool         // take objects that changed in place of those that the mirror has
	Workers      int          // objects fetched at a time, at most; 0 is for us to choose
	Bandwidth    int64        // bytes a second, at most; 0 is no limit
	DryRun       bool         // only tell what would be fetched
	Prices       *Prices      // of requests; nil is what AWS publishes
	Progress     func(Report) // called a few times a second, if not nil

	// MFACode asks the user for the code that a role of a profile wants.
	MFACode func() (string, error)
}

// Sync copies what the targets have and the mirror has not. An object that
// cannot be had is counted and told in the Report, the others go on; an error
// means that a target was left before its end. What was fetched until then is
// kept, and not fetched again. The mirror is written under the writer's lock,
// in a dry run not at all.
func Sync(ctx context.Context, m *mirror.Mirror, targets []Target, o Options) (Report, error) {
	begun := time.Now()
	rep := &reporter{r: Report{Sources: []string{}, Failures: []Failure{}, DryRun: o.DryRun}}
	err := m.Explain(syncAll(ctx, m, targets, o, rep))
	r := rep.snapshot()
	r.Seconds = time.Since(begun).Seconds()
	return r, err
}

// now is a variable for tests.
var now = time.Now

// ballast is memory that is never touched. What lives in a sync is little, and
// collecting garbage as often as that doubles would be a tenth of the work.
const ballast = 12 << 20

func syncAll(ctx context.Context, m *mirror.Mirror, targets []Target, o Options, rep *reporter) (err error) {
	defer runtime.KeepAlive(make([]byte, ballast))
	if !o.DryRun {
		release, err := m.Lock("logsql sync")
		if err != nil {
			return err
		}
		defer release()
		if err := m.Migrate(ctx, "ingest", migrations...); err != nil {
			return err
		}
	}
	if o.Progress != nil {
		defer every(200*time.Millisecond, func() { o.Progress(rep.snapshot()) })()
	}
	var errs []error
	for _, t := range targets {
		rep.add(func(r *Report) { r.Sources = append(r.Sources, t.URI()) })
		if err := syncTarget(ctx, m, t, o, rep); err != nil {
			errs = append(errs, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(errs...)
}

// every calls f again and again, and once more when the returned function ends
// that.
func every(d time.Duration, f func()) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(d)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				f()
			case <-done:
				f()
				return
			}
		}
	}()
	return func() { close(done); <-ended }
}

// S3 is far away: it is time that is waited for, not cores. So many objects are
// fetched at the same time to begin with, and at most.
const firstWorkers, mostWorkers = 32, 256

func syncTarget(ctx context.Context, m *mirror.Mirror, t Target, o Options, rep *reporter) error {
	start := firstWorkers
	if t.Folder != "" {
		start = min(firstWorkers, 2*runtime.NumCPU())
	}
	if o.Workers <= 0 {
		o.Workers = mostWorkers
		if t.Folder != "" {
			o.Workers = start
		}
	}
	src, err := t.open(ctx, m, o)
	if err != nil {
		return err
	}
	if c, ok := src.(io.Closer); ok {
		defer c.Close()
	}
	s := &syncer{m: m, src: src, target: t, opts: o, rep: rep, gate: newGate(start, o.Workers), meter: &meter{rate: o.Bandwidth}}
	if s.pruned, err = PrunedBefore(ctx, m, t.Bucket); err != nil {
		return err
	}
	if src, ok := src.(*s3.Source); ok {
		defer goProcessors.begin(m.Slow)()
		before := rep.snapshot()
		defer func() { rep.requests(src, o, before) }()
	}
	return s.run(ctx)
}

// syncer is the sync of one target: one goroutine lists, some fetch, one
// admits what came to the mirror, in batches.
type syncer struct {
	m      *mirror.Mirror
	src    Source
	target Target
	opts   Options
	rep    *reporter
	pruned time.Time // the first day that prune left; zero where it never was

	gate       *gate
	meter      *meter
	tasks      chan task
	arrivals   *arrivals
	stop       context.CancelCauseFunc
	remembered sync.Once
	incomplete bool // an object that was there is not recorded
}

// task is an object to fetch. Where the mirror has one under its key, have, it
// is fetched only to compare; where the mirror's file went lost, to have it
// again.
type task struct {
	o    Object
	have *Object
	lost bool
	// mutated: it is another than the mirror's, to be kept beside that
	mutated bool
	in      *scope
}

func (s *syncer) run(parent context.Context) error {
	ctx, stop := context.WithCancelCause(parent)
	defer stop(nil)
	s.stop = stop
	s.tasks = make(chan task, 4*s.opts.Workers)
	s.arrivals = newArrivals()
	var p *planner
	var listErr error
	go func() {
		defer close(s.tasks)
		p, listErr = s.list(ctx)
	}()
	crew := crew{most: s.opts.Workers, work: func() { s.work(ctx) }}
	s.gate.more = crew.add
	crew.start(s.gate.limit)
	go func() {
		crew.wait()
		s.arrivals.end()
	}()
	// What has arrived is kept although the user interrupts.
	s.admitAll(context.WithoutCancel(ctx))
	if err := cmp.Or(context.Cause(ctx), listErr); err != nil {
		return err
	}
	return s.seal(ctx, p)
}

// work fetches until there is nothing more.
func (s *syncer) work(ctx context.Context) {
	for t := range s.tasks {
		if ctx.Err() == nil {
			s.do(ctx, t)
		}
	}
}

// list hands what is to be fetched to the workers.
func (s *syncer) list(ctx context.Context) (*planner, error) {
	o := s.opts
	p := &planner{
		list: s.src, wish: wish{o.Since, o.Until, o.Types, o.Accounts, o.Regions}, begun: now(),
		fresh: func() *known { return &known{m: s.m, bucket: s.target.Bucket} },
	}
	p.days = p.wish.days()
	p.src, _ = s.src.(folderLister)
	if p.src != nil {
		var err error
		if p.seals, err = readSeals(ctx, s.m, s.target.Bucket); err != nil {
			return nil, fmt.Errorf("read which days are sealed: %w", err)
		}
		p.audit = o.Audit
		taken, err := s.prunedDays(ctx)
		if err != nil {
			return nil, err
		}
		p.seals.unseal(taken)
		if o.Since.IsZero() {
			p.days = p.days.minus(taken) // they come back when they are asked for
		}
	}
	p.take = func(ctx context.Context, o Object, c *scope, known *known) error {
		if err := s.remember(ctx); err != nil {
			return err
		}
		s.rep.add(func(r *Report) { r.Listed++ })
		return s.sort(ctx, o, p.wish, c, known)
	}
	p.deny = func(prefix string, err error) {
		s.rep.add(func(r *Report) { r.Listed++ })
		s.rep.failed(mirror.URI(s.target.Bucket, prefix), err)
	}
	err := p.run(ctx, s.prefix())
	if p.spared.Load() {
		s.rep.add(func(r *Report) { r.Spared = true })
	}
	if err != nil {
		return p, err
	}
	return p, s.remember(ctx)
}

// remember keeps the target once its bucket has answered.
func (s *syncer) remember(ctx context.Context) (err error) {
	if !s.opts.DryRun {
		s.remembered.Do(func() { err = remember(ctx, s.m, s.target) })
	}
	return err
}

// seal notes which days need not be listed again.
func (s *syncer) seal(ctx context.Context, p *planner) error {
	src, ok := s.src.(*s3.Source)
	if !ok || s.opts.DryRun || s.incomplete {
		return nil
	}
	behind := time.Since(src.Time()) // the server's clock counts
	p.top.close(p.seals, p.begun.Add(-max(0, behind)))
	p.top.reopen(p.seals)
	if err := p.seals.write(ctx, s.m, s.target.Bucket); err != nil {
		return fmt.Errorf("write which days are sealed: %w", err)
	}
	return nil
}

// prefix is where the listing begins; a folder's file at p is prefix/p.
func (s *syncer) prefix() string {
	if s.target.Folder != "" {
		return ""
	}
	return s.target.Prefix
}

// sort decides what to do about an object that was listed in c.
func (s *syncer) sort(ctx context.Context, o Object, w wish, c *scope, known *known) error {
	m := layout.Parse(o.Key)
	c.saw(m)
	switch {
	case !w.logType(m.Type, m.Digest()):
		c.miss(o)
		s.rep.add(func(r *Report) { r.OtherType++ })
		return nil
	case !w.place(m.Account, m.Region):
		c.miss(o)
		s.rep.add(func(r *Report) { r.OtherPlace++ })
		return nil
	case !w.day(o, m):
		s.rep.add(func(r *Report) { r.OtherDay++ })
		return nil
	}
	have, ok, err := known.find(ctx, o.Key)
	if err != nil {
		return fmt.Errorf("look up %s: %w", o.URI(), err)
	}
	if !ok && s.prunedDay(o, m) {
		s.rep.add(func(r *Report) { r.Pruned++ })
		return nil
	}
	t := task{o: o, in: c}
	if ok {
		t.have, t.lost = &have, !s.m.Whole(have)
		if stays, err := s.staysPruned(ctx, t); stays || err != nil {
			return err
		}
		switch is := compare(have, o); {
		case is == mutated:
			c.miss(o) // it is told again each time
			return s.mutated(ctx, t)
		case is == same && !t.lost:
			if again, err := s.wantsSignature(ctx, have, m); again || err != nil {
				return errors.Join(err, s.plan(ctx, t))
			}
			s.rep.add(func(r *Report) { r.Present++ })
			return nil
		}
	}
	if s3.IsArchive(o.StorageClass) && (!ok || t.lost) {
		c.miss(o)
		s.rep.note(o.URI(), s3.Archived, "its storage class is "+o.StorageClass, s3.RestoreHint(o))
		return nil
	}
	if day, dated := dayOf(o); s.opts.Audit && dated && c.was.has(day) {
		s.rep.add(func(r *Report) { r.Late++ })
	}
	return s.plan(ctx, t)
}

func (s *syncer) plan(ctx context.Context, t task) error {
	s.rep.add(func(r *Report) { r.Planned++; r.PlannedBytes += t.o.Size })
	if s.opts.DryRun {
		return nil
	}
	select {
	case s.tasks <- t:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// do fetches one object. It ends everything where nothing else could be
// fetched either.
func (s *syncer) do(ctx context.Context, t task) {
	if t.have == nil {
		if rel, ok := s.m.Find(t.o); ok {
			t.o.Path = rel
			s.arrivals.put(mirror.Arrival{Object: t.o})
			return
		}
	}
	o, file, err := s.fetcher().fetch(ctx, t.o)
	var e *Error
	switch {
	case err == nil && t.mutated:
		s.keepBeside(*t.have, o, file)
	case err == nil && t.lost:
		if err := s.again(ctx, t, o, file); err != nil {
			s.stop(err)
		}
	case err == nil && t.have != nil:
		s.settle(ctx, t, o, file)
	case err == nil:
		s.arrivals.put(mirror.Arrival{Object: o, File: file})
	case ctx.Err() != nil:
		// It is fetched the next time.
	case errors.As(err, &e) && e.Kind == s3.Fatal:
		s.stop(err)
	default:
		if !errors.As(err, &e) || e.Kind != s3.Gone {
			t.in.miss(t.o)
		}
		s.rep.failed(t.o.URI(), err)
	}
}

// settle compares by content an object whose identity cannot be compared.
func (s *syncer) settle(ctx context.Context, t task, o Object, file *mirror.File) {
	have := *t.have
	same, err := s.sameContent(ctx, have, file)
	if err != nil || same {
		defer file.Abort()
	}
	switch {
	case err != nil:
		t.in.miss(o)
		s.rep.failed(o.URI(), err)
	case !same:
		t.in.miss(o)
		s.keepBeside(have, o, file)
	default:
		o.Sum = file.Sum()
		if err := s.m.Confirm(ctx, have.ID, o, s.target.Folder == ""); err != nil {
			s.stop(err)
			return
		}
		s.rep.add(func(r *Report) { r.Present++ })
	}
}

// admitAll admits arrivals until there are no more. After an error the rest is
// dropped.
func (s *syncer) admitAll(ctx context.Context) {
	for failed := false; ; {
		batch, more := s.arrivals.take()
		switch {
		case failed:
			drop(batch)
		case len(batch) > 0:
			failed = !s.admit(ctx, batch)
		}
		if !more {
			return
		}
	}
}

func drop(batch []mirror.Arrival) {
	for _, a := range batch {
		if a.File != nil {
			a.File.Abort()
		}
	}
}

func (s *syncer) admit(ctx context.Context, batch []mirror.Arrival) bool {
	objects, err := s.m.Admit(ctx, batch)
	if err != nil {
		s.stop(fmt.Errorf("write to the mirror: %w", err))
		return false
	}
	s.incomplete = s.incomplete || len(objects) < len(batch)
	for _, a := range batch {
		if !a.Beside {
			continue
		}
		if err := s.settleBeside(ctx, a.Object); err != nil {
			s.stop(err)
			return false
		}
	}
	s.rep.add(func(r *Report) {
		for _, a := range batch {
			if a.Beside {
				continue
			}
			if a.File == nil {
				r.Adopted++
				continue
			}
			r.Fetched++
			r.Bytes += a.Object.Size
			if a.File.Linked() {
				r.Linked++
			}
		}
	})
	return true
}
