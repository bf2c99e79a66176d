// Package convert turns what is mirrored into the lake: which objects are new,
// who decodes them, and where their records go.
package convert

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"logsql/convert/lake"
	"logsql/convert/logtype"
	"logsql/ingest/mirror"
)

// Options narrow and steer a run. The zero value converts everything.
type Options struct {
	Types        []string  // names of log types; all where empty
	Since, Until time.Time // days, UTC, inclusive; the zero time is open
	Workers      int       // one a core where 0
	Strict       bool      // the first bad line or broken object ends the run with a *BadLineError
	Again        Again     // what was converted and is to be converted once more
	Dedupe       bool      // leave records out whose id was there before; takes one worker
	Progress     func(Progress)
}

// Again is what a run takes besides the new objects. Units are done again as a
// whole, in one commit: their records are in the lake once at any moment.
type Again uint8

const (
	OnlyNew    Again = iota
	WhatWasBad       // units with a bad line or a broken object, and objects that were no logs
	Everything       // every unit, and objects that were no logs
)

// Progress is how far a run is, objects that are being read counted as far as
// they were. Until the first is read, AllObjects and AllBytes are those found so
// far. At the end days are merged. Calls come one at a time.
type Progress struct {
	Objects, AllObjects int64
	Bytes, AllBytes     int64 // of files
	Stored, Bad         int64
	Merged, AllMerged   int // days of a bucket
}

// Report is what a run did. Its JSON is what --json prints.
type Report struct {
	Tables  map[string]*Table `json:"tables"`
	Missing int64             `json:"missing"` // objects whose file could not be read; they stay to be converted
	Skips   int64             `json:"skipped_objects"`
	Skipped []Skipped         `json:"skipped"` // the first of those two kinds
	Seconds float64           `json:"seconds"`

	Broken int64 `json:"-"` // objects of all tables
}

// Table counts what the run converted into one table: Records = Stored + Bad +
// Left.
type Table struct {
	Objects int64 `json:"objects"`
	Broken  int64 `json:"broken"` // of Objects
	Records int64 `json:"records"`
	Stored  int64 `json:"stored"`
	Bad     int64 `json:"bad"`
	Left    int64 `json:"left_out"` // duplicates, with Options.Dedupe

	// Duplicates are records with the id of another that came before: stored,
	// or left out.
	Duplicates int64 `json:"duplicates"`

	Parts   int64   `json:"parts"`
	Read    int64   `json:"bytes_read"` // of the objects' files
	Written int64   `json:"bytes_written"`
	Seconds float64 `json:"worker_seconds"`
}

// maxSkipped bounds Report.Skipped: a bucket can hold a million strangers.
const maxSkipped = 10_000

// Skipped is an object that is no log.
type Skipped struct {
	Object string `json:"object"`
	Reason string `json:"reason"`
}

// Flawed reports whether the run met bad lines, broken objects or files it
// could not read. Objects that are simply no logs do not count.
func (r Report) Flawed() bool {
	flawed := r.Broken > 0 || r.Missing > 0
	for _, t := range r.Tables {
		flawed = flawed || t.Bad > 0
	}
	return flawed
}

// BadLineError ends a strict run.
type BadLineError struct {
	Object string // its s3:// URI
	Line   int64
	Reason string
}

func (e *BadLineError) Error() string {
	return fmt.Sprintf("%s: line %d: %s", e.Object, e.Line, e.Reason)
}

// MissingError ends a strict run where the file of an object cannot be read.
type MissingError struct {
	Object string
	Err    error
}

func (e *MissingError) Error() string { return e.Object + ": cannot be read: " + e.Err.Error() }
func (e *MissingError) Unwrap() error { return e.Err }

// Run converts the mirrored objects that were not converted yet. It takes the
// writer's lock. Everything is committed unit by unit: after an error or a
// cancelled context the report tells what is in the lake, and the next run goes
// on from there.
func Run(ctx context.Context, m *mirror.Mirror, o Options) (Report, error) {
	defer limitMemory(o.workers())()
	r := &run{m: m, options: o, started: time.Now(), reading: map[*worker]Progress{}}
	r.report = Report{Tables: map[string]*Table{}, Skipped: []Skipped{}}
	err := m.Explain(r.run(ctx))
	r.report.Seconds = time.Since(r.started).Round(time.Millisecond).Seconds()
	for _, t := range r.report.Tables {
		t.Seconds = math.Round(t.Seconds*1000) / 1000
	}
	slices.SortFunc(r.report.Skipped, func(a, b Skipped) int { return strings.Compare(a.Object, b.Object) })
	return r.report, err
}

type run struct {
	m       *mirror.Mirror
	lake    *lake.Lake
	ids     *duplicates
	options Options
	types   []*logtype.Type
	started time.Time

	mu       sync.Mutex // guards what is below
	report   Report
	progress Progress             // of the objects that were read to their end
	reading  map[*worker]Progress // of those that are being read
}

func (r *run) run(ctx context.Context) (err error) {
	if r.types, err = typesByName(r.options.Types); err != nil {
		return err
	}
	if r.m.Empty() {
		return nil
	}
	release, err := r.m.Lock("convert-parquet")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	if r.lake, err = lake.Open(ctx, r.m); err != nil {
		return err
	}
	if err := r.lake.Sweep(ctx); err != nil {
		return fmt.Errorf("sweep the lake: %w", err)
	}
	p, err := r.plan(ctx)
	if err != nil {
		return fmt.Errorf("plan the conversion: %w", err)
	}
	err = r.convertPlan(ctx, p)
	p.close()
	if err != nil {
		return err
	}
	return r.compactSealed(ctx)
}

func (r *run) convertPlan(ctx context.Context, p *plan) (err error) {
	r.ids = newDuplicates(r.m, r.lake, r.options.Dedupe)
	defer func() { err = errors.Join(err, r.ids.close()) }()
	if r.ids.replaced, err = p.replaced(ctx); err != nil {
		return fmt.Errorf("plan the conversion: %w", err)
	}
	return r.convert(ctx, p)
}

func (o Options) workers() int {
	switch {
	case o.Dedupe:
		return 1 // who is the first hangs on the order
	case o.Workers > 0:
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// memoryPerWorker is from where on garbage is collected more often. Lines and
// records of many MiB leave a lot of it: two workers took 860 MiB without.
const memoryPerWorker = 160 << 20

// limitMemory does that, unless $GOMEMLIMIT has it otherwise, until undo.
func limitMemory(workers int) (undo func()) {
	before := debug.SetMemoryLimit(-1)
	if before != math.MaxInt64 {
		return func() {}
	}
	debug.SetMemoryLimit(max(2, int64(workers)) * memoryPerWorker)
	return func() { debug.SetMemoryLimit(before) }
}

// spareProcessor lets Go run one goroutine more than there are workers, until
// undo. While none is idle, its monitor takes the processor from every worker
// that is longer than 20 us in the file system or in libdeflate, and for that
// wakes at short intervals: 3 % of a run.
func spareProcessor(workers int) (undo func()) {
	before := runtime.GOMAXPROCS(0)
	if workers != before {
		return func() {}
	}
	runtime.GOMAXPROCS(before + 1)
	return func() { runtime.GOMAXPROCS(before) }
}

func typesByName(names []string) ([]*logtype.Type, error) {
	if len(names) == 0 {
		return logtype.Types, nil
	}
	var types []*logtype.Type
	for _, name := range names {
		t := logtype.ByName(name)
		if t == nil {
			var known []string
			for _, t := range logtype.Types {
				known = append(known, t.Name)
			}
			return nil, fmt.Errorf("unknown log type %q: there are %s", name, strings.Join(known, ", "))
		}
		if !slices.Contains(types, t) {
			types = append(types, t)
		}
	}
	return types, nil
}

// convert hands the plan's units to the workers. The first error stops all.
func (r *run) convert(ctx context.Context, p *plan) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	units := make(chan *unit)
	var workers sync.WaitGroup
	n := r.options.workers()
	defer spareProcessor(n)()
	for range n {
		workers.Go(func() {
			w := newWorker(r)
			defer w.folder.close()
			for u := range units {
				if ctx.Err() != nil {
					continue
				}
				if err := w.convert(ctx, u); err != nil {
					stop(err)
				}
			}
		})
	}
	for u, err := range p.units(ctx) {
		if err != nil {
			stop(err)
			break
		}
		select {
		case units <- u:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
	}
	close(units)
	workers.Wait()
	return context.Cause(ctx)
}

// count adds a committed unit to the report: what it read, what it wrote, and
// how long a worker was at it.
func (r *run) count(u lake.Unit, skipped []Skipped, read int64, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.skip(skipped...)
	t := r.report.Tables[u.Table]
	if t == nil {
		t = new(Table)
	}
	for _, o := range u.Objects {
		if o.Outcome == lake.Skipped {
			continue
		}
		r.report.Tables[u.Table] = t
		t.Objects++
		t.Stored += o.Stored
		t.Bad += o.Bad
		t.Records += o.Stored + o.Bad
		if o.Outcome == lake.Broken {
			t.Broken++
			r.report.Broken++
		}
	}
	for _, p := range u.Parts {
		t.Parts++
		t.Written += p.Bytes()
	}
	t.Read += read
	t.Seconds += took.Seconds()
}

// skip notes objects that are no logs. The caller holds r.mu, or
// is alone.
func (r *run) skip(skipped ...Skipped) {
	r.report.Skips += int64(len(skipped))
	room := maxSkipped - len(r.report.Skipped)
	r.report.Skipped = append(r.report.Skipped, skipped[:min(room, len(skipped))]...)
}

// countDuplicates adds the duplicates of a committed unit to the report, those
// that were left out apart.
func (r *run) countDuplicates(table string, duplicates, left int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t := r.report.Tables[table]; t != nil {
		t.Duplicates += duplicates
		t.Left += left
		t.Records += left
	}
}

// missing notes an object whose file cannot be read. It is not recorded, so
// that the next run tries again.
func (r *run) missing(o mirror.Object, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.skip(Skipped{o.URI(), "cannot be read: " + err.Error()})
	r.report.Missing++
	r.report.Skips--
}

// advance tells of an object that was read.
func (r *run) advance(w *worker, size, stored, bad int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.reading, w)
	r.progress.Objects++
	r.progress.Bytes += size
	r.progress.Stored += stored
	r.progress.Bad += bad
	r.tell()
}

// within tells how far a worker is in an object that takes long.
func (r *run) within(w *worker, read, stored, bad int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reading[w] = Progress{Bytes: read, Stored: stored, Bad: bad}
	r.tell()
}

func (r *run) tell() {
	if r.options.Progress == nil {
		return
	}
	p := r.progress
	for _, o := range r.reading {
		p.Bytes += o.Bytes
		p.Stored += o.Stored
		p.Bad += o.Bad
	}
	r.options.Progress(p)
}
