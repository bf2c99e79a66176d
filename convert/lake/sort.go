package lake

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"os"
	"path"

	"logsql/convert/batch"
	"logsql/convert/schema"
	"logsql/ingest/mirror"
)

const (
	// runBytes is how much is sorted in memory; pieceBytes is how much of each
	// such run the merge holds.
	runBytes   = 64 << 20
	pieceBytes = 1 << 20
	// picksAtOnce is how many records are copied column by column.
	picksAtOnce = 1 << 10
)

// sortInto sorts by the part's column: sorted runs are written to a folder and
// merged. One run alone goes into the part at once.
func (l *Lake) sortInto(ctx context.Context, w *PartWriter, parts []Part, columns []schema.Column) error {
	folder, err := l.m.NewFolder()
	if err != nil {
		return err
	}
	defer folder.Close()
	s := &sorter{lake: l, folder: folder, columns: columns, by: w.part.Sorted, batch: batch.New(columns)}
	err = l.eachGroup(ctx, parts, columns, func(r *batch.Reader, group int) error {
		if err := r.Append(s.batch, group); err != nil {
			return err
		}
		if s.batch.Size() < runBytes {
			return nil
		}
		return s.endRun()
	})
	if err != nil {
		return err
	}
	if len(s.runs) == 0 {
		return s.writeBatch(w.out, groupBytes)
	}
	if err := s.endRun(); err != nil {
		return err
	}
	s.batch.Release()
	return s.merge(ctx, w.out)
}

type sorter struct {
	lake    *Lake
	folder  *mirror.Folder
	columns []schema.Column
	by      string
	batch   *batch.Batch // the run in work
	runs    []string
}

func (s *sorter) endRun() error {
	if s.batch.Len() == 0 {
		return nil
	}
	name := path.Join(s.folder.Rel(), fmt.Sprint(len(s.runs)))
	f, err := os.Create(s.lake.m.Path(name))
	if err != nil {
		return err
	}
	defer f.Close()
	out := batch.NewWriter(f, s.columns)
	if err := s.writeBatch(out, pieceBytes); err != nil {
		return err
	}
	s.runs = append(s.runs, name)
	s.batch.Reset()
	return out.Close()
}

// writeBatch writes the batch sorted, in row groups of about size bytes.
func (s *sorter) writeBatch(out *batch.Writer, size int) error {
	p, err := batch.NewPicker(s.batch, s.by)
	if err != nil {
		return err
	}
	t := &picked{out: out, batch: batch.New(s.columns), size: size}
	for _, record := range p.Order() {
		if err := t.add(batch.Pick{From: p, Record: record}); err != nil {
			return err
		}
	}
	return t.flush(true)
}

// picked writes records in the order they are picked.
type picked struct {
	out   *batch.Writer
	batch *batch.Batch
	size  int
	picks []batch.Pick
}

func (t *picked) add(p batch.Pick) error {
	if t.picks = append(t.picks, p); len(t.picks) < picksAtOnce {
		return nil
	}
	return t.flush(false)
}

// flush takes the picks over, after which what they were picked from may
// change. The end writes what there is.
func (t *picked) flush(end bool) error {
	t.batch.AppendPicks(t.picks)
	t.picks = t.picks[:0]
	if !end && t.batch.Len() < groupRecords && t.batch.Size() < t.size {
		return nil
	}
	if err := t.out.WriteRowGroup(t.batch); err != nil {
		return err
	}
	t.batch.Reset()
	return nil
}

func (s *sorter) merge(ctx context.Context, out *batch.Writer) error {
	var h runHeap
	defer func() {
		for _, r := range h {
			r.file.Close()
		}
	}()
	for i, name := range s.runs {
		r, err := s.openRun(name, i)
		if err != nil {
			return err
		}
		h = append(h, r)
		if err := r.next(); err != nil {
			return err
		}
	}
	heap.Init(&h)
	t := &picked{out: out, batch: batch.New(s.columns), size: groupBytes}
	for len(h) > 0 {
		r := h[0]
		if err := t.add(batch.Pick{From: r.picker, Record: int32(r.at)}); err != nil {
			return err
		}
		if r.at++; r.at == r.picker.Len() {
			if err := t.flush(false); err != nil { // before the piece changes
				return err
			}
			if r.group == r.reader.Groups() {
				r.file.Close()
				heap.Pop(&h)
				continue
			}
			if err := cmp.Or(ctx.Err(), r.next()); err != nil {
				return err
			}
		}
		heap.Fix(&h, 0)
	}
	return t.flush(true)
}

func (s *sorter) openRun(name string, place int) (*sortedRun, error) {
	f, err := os.Open(s.lake.m.Path(name))
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		var r *batch.Reader
		if r, err = batch.NewReader(f, info.Size(), s.columns); err == nil {
			return &sortedRun{file: f, reader: r, by: s.by, place: place, batch: batch.New(s.columns)}, nil
		}
	}
	f.Close()
	return nil, err
}

// sortedRun is a run being merged, one row group of it in memory.
type sortedRun struct {
	file   *os.File
	reader *batch.Reader
	by     string
	place  int
	group  int // the next
	batch  *batch.Batch
	picker *batch.Picker
	at     int
}

func (r *sortedRun) next() (err error) {
	r.batch.Reset()
	if err := r.reader.Append(r.batch, r.group); err != nil {
		return err
	}
	r.group++
	r.at = 0
	r.picker, err = batch.NewPicker(r.batch, r.by)
	return err
}

type runHeap []*sortedRun

func (h runHeap) Len() int      { return len(h) }
func (h runHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *runHeap) Push(x any)   { *h = append(*h, x.(*sortedRun)) }

func (h runHeap) Less(i, j int) bool {
	if c := h[i].picker.Compare(h[i].at, h[j].picker, h[j].at); c != 0 {
		return c < 0
	}
	return h[i].place < h[j].place
}

func (h *runHeap) Pop() any {
	old := *h
	r := old[len(old)-1]
	*h = old[:len(old)-1]
	return r
}
