package convert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"logsql/convert/lake"
	"logsql/convert/logtype"
	"logsql/ingest"
	"logsql/ingest/layout"
	"logsql/ingest/mirror"
)

const (
	// What a compaction leaves as it is: a part of this size is large enough.
	largePart = 256 << 20
	// The compaction that a conversion does by itself: of a day that is sealed it
	// merges this many parts, smaller than that, none of which was merged before.
	// So late objects add parts, and never is a day written again for them.
	sealedLeast = 8
	sealedPart  = 64 << 20
	// A day that no listing seals counts as sealed so long after its end; one that
	// a listing might, but does not, as an object can never be had, after that.
	sealedAfter  = 24 * time.Hour
	givenUpAfter = 14 * 24 * time.Hour
)

// CompactOptions narrow and steer a compaction. The zero value merges what can
// be merged.
type CompactOptions struct {
	Tables       []string  // all where empty
	Since, Until time.Time // days of objects as Options has them
	Sort         string    // a column to sort by
	Progress     func(CompactProgress)
}

// CompactProgress is how far a compaction is, in days of a bucket.
type CompactProgress struct{ Done, All int }

// CompactReport is what a compaction did. Its JSON is what --json prints.
type CompactReport struct {
	Tables  map[string]*CompactTable `json:"tables"`
	Seconds float64                  `json:"seconds"`
}

// CompactTable counts the parts of a table that were merged and what they
// became.
type CompactTable struct {
	PartsBefore int   `json:"parts_before"`
	PartsAfter  int   `json:"parts_after"`
	BytesBefore int64 `json:"bytes_before"`
	BytesAfter  int64 `json:"bytes_after"`
}

// Compact merges the parts that the conversions of a day have left. It takes the
// writer's lock; readers go on. After an error or a cancelled context what the
// report tells is done, and the next run goes on from there.
func Compact(ctx context.Context, m *mirror.Mirror, o CompactOptions) (CompactReport, error) {
	defer limitMemory(1)()
	started := time.Now()
	report := CompactReport{Tables: map[string]*CompactTable{}}
	err := m.Explain(compact(ctx, m, o, &report))
	report.Seconds = time.Since(started).Round(time.Millisecond).Seconds()
	return report, err
}

func compact(ctx context.Context, m *mirror.Mirror, o CompactOptions, report *CompactReport) (err error) {
	types, err := typesByName(o.Tables)
	if err == nil {
		err = checkSort(types, o)
	}
	if err != nil || m.Empty() {
		return err
	}
	release, err := m.Lock("compact")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	l, err := lake.Open(ctx, m)
	if err != nil {
		return err
	}
	if err := l.Sweep(ctx); err != nil {
		return fmt.Errorf("sweep the lake: %w", err)
	}
	days := Options{Since: o.Since, Until: o.Until}
	wanted := func(_ mirror.Object, day time.Time) bool { return days.wantsDay(day) }
	classes, err := classesOf(l.UnitHeads(ctx, o.Tables, 0, 0), wanted)
	if err != nil {
		return err
	}
	err = compactClasses(ctx, l, classes, lake.Merging{Sort: o.Sort, Least: 2, Below: largePart}, report, o.Progress)
	return errors.Join(err, l.Sweep(context.WithoutCancel(ctx)))
}

func checkSort(types []*logtype.Type, o CompactOptions) error {
	if o.Sort == "" {
		return nil
	}
	for _, t := range types {
		for _, c := range t.Columns {
			if c.Name == o.Sort && len(c.Type.Elems) == 0 {
				return nil
			}
		}
	}
	if len(o.Tables) == 0 {
		return fmt.Errorf("no table has a column %q of plain values", o.Sort)
	}
	return fmt.Errorf("%s has no column %q of plain values", o.Tables[0], o.Sort)
}

// unitClass is the units of one log type, bucket and day.
type unitClass struct {
	table, bucket string
	day           time.Time
	units         []int64
}

func classesOf(heads func(func(lake.UnitHead, error) bool), wanted func(o mirror.Object, day time.Time) bool) ([]*unitClass, error) {
	type key struct {
		table, bucket, day string
		pruned             bool // those that can be made again stay so
	}
	byKey := map[key]*unitClass{}
	var classes []*unitClass
	for h, err := range heads {
		if err != nil {
			return nil, err
		}
		day := dayOf(h.Object, layout.Parse(h.Object.Key))
		if !wanted(h.Object, day) {
			continue
		}
		k := key{h.Table, h.Object.Bucket, day.Format(time.DateOnly), h.Pruned}
		if byKey[k] == nil {
			byKey[k] = &unitClass{table: h.Table, bucket: h.Object.Bucket, day: day}
			classes = append(classes, byKey[k])
		}
		byKey[k].units = append(byKey[k].units, h.Unit)
	}
	slices.SortStableFunc(classes, func(a, b *unitClass) int {
		return cmp.Or(cmp.Compare(a.table, b.table), a.day.Compare(b.day), cmp.Compare(a.bucket, b.bucket))
	})
	return classes, nil
}

func compactClasses(ctx context.Context, l *lake.Lake, classes []*unitClass, how lake.Merging, report *CompactReport, progress func(CompactProgress)) error {
	for i, c := range classes {
		done, err := l.Compact(ctx, c.units, how)
		if err != nil {
			return fmt.Errorf("compact %s of %s: %w", c.table, c.day.Format(time.DateOnly), err)
		}
		if done.Before > 0 {
			report.add(c.table, done)
		}
		if progress != nil {
			progress(CompactProgress{i + 1, len(classes)})
		}
	}
	return nil
}

func (r *CompactReport) add(table string, m lake.Merged) {
	t := r.Tables[table]
	if t == nil {
		t = new(CompactTable)
		r.Tables[table] = t
	}
	t.PartsBefore += m.Before
	t.PartsAfter += m.After
	t.BytesBefore += m.BytesBefore
	t.BytesAfter += m.BytesAfter
}

func isSealed(s *ingest.Sealing, o mirror.Object, day time.Time) bool {
	over := time.Since(day.AddDate(0, 0, 1))
	switch sealed, known := s.Day(o); {
	case sealed:
		return true
	case known:
		return over >= givenUpAfter
	}
	return over >= sealedAfter
}

// compactSealed merges the parts of days to which nothing is expected to come
// any more, where there are many.
func (r *run) compactSealed(ctx context.Context) error {
	sealing, err := ingest.ReadSealing(ctx, r.m)
	if err != nil {
		return err
	}
	wanted := func(o mirror.Object, day time.Time) bool { return isSealed(sealing, o, day) }
	classes, err := classesOf(r.lake.UnitHeads(ctx, r.options.Types, sealedLeast, sealedPart), wanted)
	if err != nil {
		return err
	}
	report := CompactReport{Tables: map[string]*CompactTable{}}
	how := lake.Merging{Least: sealedLeast, Below: sealedPart}
	progress := func(p CompactProgress) {
		r.progress.Merged, r.progress.AllMerged = p.Done, p.All
		r.tell()
	}
	err = compactClasses(ctx, r.lake, classes, how, &report, progress)
	if err != nil || len(report.Tables) == 0 && r.options.Again == OnlyNew {
		return err // nothing was replaced
	}
	return r.lake.Sweep(context.WithoutCancel(ctx))
}
