package ingest

import (
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
	Workers      int          // objects fetched at a time; 0 is for us to choose
	Accept       bool         // take objects that changed in place of those that the mirror has
	DryRun       bool         // only tell what would be fetched
	Progress     func(Report) // called a few times a second, if not nil
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

func syncAll(ctx context.Context, m *mirror.Mirror, targets []Target, o Options, rep *reporter) (err error) {
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

func syncTarget(ctx context.Context, m *mirror.Mirror, t Target, o Options, rep *reporter) error {
	if o.Workers <= 0 {
		o.Workers = 32 // S3 is far away: it is time that is waited for, not cores
		if t.Folder != "" {
			o.Workers = min(32, 2*runtime.NumCPU())
		}
	}
	src, err := t.open(ctx, m, o.Workers)
	if err != nil {
		return err
	}
	if c, ok := src.(io.Closer); ok {
		defer c.Close()
	}
	s := &syncer{m: m, src: src, target: t, opts: o, rep: rep}
	if s.pruned, err = PrunedBefore(ctx, m, t.Bucket); err != nil {
		return err
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

	tasks    chan task
	arrivals chan mirror.Arrival
	stop     context.CancelCauseFunc
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
}

func (s *syncer) run(parent context.Context) error {
	ctx, stop := context.WithCancelCause(parent)
	defer stop(nil)
	s.stop = stop
	s.tasks = make(chan task, 4*s.opts.Workers)
	// A batch's worth: fetching goes on while one is made durable.
	s.arrivals = make(chan mirror.Arrival, batchFiles)
	var listErr error
	go func() {
		defer close(s.tasks)
		listErr = s.list(ctx)
	}()
	var workers sync.WaitGroup
	for range s.opts.Workers {
		workers.Go(func() {
			for t := range s.tasks {
				if ctx.Err() == nil {
					s.do(ctx, t)
				}
			}
		})
	}
	go func() {
		workers.Wait()
		close(s.arrivals)
	}()
	// What has arrived is kept although the user interrupts.
	s.admitAll(context.WithoutCancel(ctx))
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return listErr
}

// list hands what is to be fetched to the workers.
func (s *syncer) list(ctx context.Context) error {
	w := wish{s.opts.Since, s.opts.Until, s.opts.Types}
	known := known{m: s.m, bucket: s.target.Bucket}
	remembered := s.opts.DryRun
	for o, err := range list(ctx, s.src, s.target.Bucket, s.prefix(), w) {
		if err != nil && o.Key == "" {
			return err
		}
		if !remembered {
			if err := remember(ctx, s.m, s.target); err != nil {
				return err
			}
			remembered = true
		}
		s.rep.add(func(r *Report) { r.Listed++ })
		if err != nil {
			s.rep.failed(o.URI(), err)
			continue
		}
		if err := s.sort(ctx, o, w, &known); err != nil {
			return err
		}
	}
	if !remembered {
		return remember(ctx, s.m, s.target)
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

// sort decides what to do about a listed object.
func (s *syncer) sort(ctx context.Context, o Object, w wish, known *known) error {
	m := layout.Parse(o.Key)
	switch {
	case !w.logType(m):
		s.rep.add(func(r *Report) { r.OtherType++ })
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
	t := task{o: o}
	if ok {
		t.have, t.lost = &have, !s.m.Whole(have)
		if stays, err := s.staysPruned(ctx, t); stays || err != nil {
			return err
		}
		switch is := compare(have, o); {
		case is == mutated:
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
		s.rep.note(o.URI(), s3.Archived, "its storage class is "+o.StorageClass, s3.RestoreHint(o))
		return nil
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
			s.arrivals <- mirror.Arrival{Object: t.o}
			return
		}
	}
	o, file, err := fetcher{s.m, s.src}.fetch(ctx, t.o)
	var e *Error
	switch {
	case err == nil && t.mutated:
		s.keepBeside(*t.have, o, file)
	case err == nil && t.lost:
		if err := s.again(ctx, *t.have, o, file); err != nil {
			s.stop(err)
		}
	case err == nil && t.have != nil:
		s.settle(ctx, *t.have, o, file)
	case err == nil:
		s.arrivals <- mirror.Arrival{Object: o, File: file}
	case ctx.Err() != nil:
		// It is fetched the next time.
	case errors.As(err, &e) && e.Kind == s3.Fatal:
		s.stop(err)
	default:
		s.rep.failed(t.o.URI(), err)
	}
}

// settle compares by content an object whose identity cannot be compared.
func (s *syncer) settle(ctx context.Context, have, o Object, file *mirror.File) {
	same, err := s.m.SameContent(have.Path, file)
	if err != nil || same {
		defer file.Abort()
	}
	switch {
	case err != nil:
		s.rep.failed(o.URI(), err)
	case !same:
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

// A batch is admitted when it is this large or this old.
const (
	batchFiles = 512
	batchBytes = 256 << 20
	batchAge   = time.Second
)

// admitAll admits arrivals until there are no more. After an error the rest is
// dropped.
func (s *syncer) admitAll(ctx context.Context) {
	var batch []mirror.Arrival
	var bytes int64
	failed := false
	flush := func() {
		if len(batch) > 0 {
			failed = !s.admit(ctx, batch) || failed
		}
		batch, bytes = nil, 0
	}
	timer := time.NewTimer(batchAge)
	defer timer.Stop()
	for {
		select {
		case a, more := <-s.arrivals:
			switch {
			case !more:
				flush()
				return
			case failed:
				drop(a)
				continue
			case len(batch) == 0:
				timer.Reset(batchAge)
			}
			batch, bytes = append(batch, a), bytes+a.Object.Size
			if len(batch) >= batchFiles || bytes >= batchBytes {
				flush()
			}
		case <-timer.C:
			flush()
		}
	}
}

func drop(a mirror.Arrival) {
	if a.File != nil {
		a.File.Abort()
	}
}

func (s *syncer) admit(ctx context.Context, batch []mirror.Arrival) bool {
	if _, err := s.m.Admit(ctx, batch); err != nil {
		s.stop(fmt.Errorf("write to the mirror: %w", err))
		return false
	}
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
		}
	})
	return true
}
