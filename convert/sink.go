package convert

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"logsql/convert/batch"
	"logsql/convert/lake"
	"logsql/convert/logtype"
	"logsql/convert/schema"
	"logsql/ingest/mirror"
)

const (
	// A row group is full at either.
	rowGroupRecords = 128 << 10
	rowGroupBytes   = 32 << 20
	// What is kept of bad lines; they are counted all.
	maxBadText       = 4 << 10
	maxBadOfObject   = 1000
	maxBadTextOfUnit = 8 << 20
)

// What a worker holds at most, in open parts and in bytes of records in all of
// them: flat access logs and keys without a date can hit very many days.
// Variables for tests.
var (
	maxOpen = 512
	maxHeld = 64 << 20
)

// sink is where a worker's decoder puts records: into the part of their
// partition and columns.
type sink struct {
	lake    *lake.Lake
	strict  bool
	dedupe  bool   // leave duplicates out
	flushed func() // nil, or told of each row group

	// of the unit
	ctx      context.Context
	typ      *logtype.Type
	bucket   string
	day      string // of its keys; most of its records are of that day too
	identity [sha256.Size]byte
	parts    map[string]*openPart // by place
	finished []*lake.PartWriter
	sequence map[string]int // of parts by place
	lists    []columnList
	last     *openPart
	held     int
	clock    int64
	bad      []lake.BadLine
	badText  int
	// Batches that serve the next parts of the same columns: what is large, of the
	// units' days, and what is small, of those beside them.
	spare [2]*openPart
	ids   *idPass // nil where records have no id
	// of the unit's records, those with an id that was there before
	duplicates int64
	unsure     []idKey // ids of records that are still to be looked up
	err        error   // what a call of ours returned to the decoder; it ends the run

	// of the object
	object   mirror.Object
	uri      []byte
	stored   int64
	left     int64 // duplicates left out
	badCount int64
	endedBad bool // the newest call was Bad
}

// openPart collects the records of one partition and column list.
type openPart struct {
	place     string
	partition []string
	columns   []schema.Column // as the decoder gave them
	batch     *batch.Batch
	source    *batch.Leaf
	id        []*batch.Leaf
	writer    *lake.PartWriter // nil before the first row group
	size      int              // of batch, as counted in held
	used      int64            // the sink's clock when it was chosen last
}

type columnList struct {
	columns []schema.Column
	text    string
}

func (s *sink) begin(ctx context.Context, t *logtype.Type, bucket, day string, identity [sha256.Size]byte) {
	s.ctx, s.typ, s.bucket, s.day, s.identity = ctx, t, bucket, day, identity
	s.parts, s.sequence = map[string]*openPart{}, map[string]int{}
	s.finished, s.lists, s.bad = nil, nil, nil
	s.last, s.held, s.badText, s.err = nil, 0, 0, nil
	s.ids, s.duplicates, s.unsure = nil, 0, s.unsure[:0]
}

func (s *sink) open(o mirror.Object) {
	s.object, s.uri = o, []byte(strings.ToValidUTF8(o.URI(), "\ufffd"))
	s.stored, s.badCount, s.left, s.endedBad = 0, 0, 0, false
}

// Batch implements logtype.Sink.
func (s *sink) Batch(partition []string, columns []schema.Column) (*batch.Batch, error) {
	if p := s.last; p != nil && sameColumns(p.columns, columns) && slices.Equal(p.partition, partition) {
		return p.batch, nil
	}
	place := strings.Join(partition, "\x00") + "\x00\x00" + s.listText(columns)
	p := s.parts[place]
	if p == nil {
		if err := s.makeRoom(); err != nil {
			return nil, s.fail(err)
		}
		p = s.newPart(place, partition, columns)
	}
	s.clock++
	p.used, p.columns, s.last = s.clock, columns, p
	return p.batch, nil
}

// sameColumns is only quick: lists that differ in place may still be equal.
func sameColumns(a, b []schema.Column) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// listText tells column lists apart by what is in them.
func (s *sink) listText(columns []schema.Column) string {
	for _, l := range s.lists {
		if sameColumns(l.columns, columns) {
			return l.text
		}
	}
	var text strings.Builder
	for _, c := range columns {
		fmt.Fprintf(&text, "%q %s\n", c.Name, c.Type)
	}
	if len(s.lists) < 64 {
		s.lists = append(s.lists, columnList{columns, text.String()})
	}
	return text.String()
}

func (s *sink) newPart(place string, partition []string, columns []schema.Column) *openPart {
	p := &openPart{place: place, partition: slices.Clone(partition), columns: columns}
	spare := s.spareOf(p)
	if old := *spare; old != nil && slices.EqualFunc(old.batch.Columns[:len(old.batch.Columns)-1], columns, equalColumn) {
		p.batch, *spare = old.batch, nil
	} else {
		source := schema.Column{Name: lake.ObjectColumn, Type: schema.Text}
		p.batch = batch.New(append(slices.Clone(columns), source))
		p.batch.Stage()
	}
	p.source = p.batch.Leaf(lake.ObjectColumn)
	for _, column := range s.typ.ID {
		p.id = append(p.id, p.batch.Leaf(column))
	}
	s.parts[place] = p
	return p
}

func (s *sink) spareOf(p *openPart) **openPart {
	if strings.Join(p.partition[max(0, len(p.partition)-3):], "-") == s.day {
		return &s.spare[0]
	}
	return &s.spare[1]
}

func equalColumn(a, b schema.Column) bool { return a.Name == b.Name && a.Type.Equal(b.Type) }

// makeRoom ends the part that was not used for longest, if there are too many.
func (s *sink) makeRoom() error {
	if len(s.parts) < maxOpen {
		return nil
	}
	var oldest *openPart
	for _, p := range s.parts {
		if oldest == nil || p.used < oldest.used {
			oldest = p
		}
	}
	return s.end(oldest)
}

// Record implements logtype.Sink.
func (s *sink) Record(b *batch.Batch) error {
	p := s.last
	if p == nil || p.batch != b {
		return s.fail(fmt.Errorf("decoder of %s: a record for a batch that is not the newest", s.typ.Name))
	}
	if duplicate, err := s.duplicate(p); err != nil {
		return s.fail(err)
	} else if duplicate && s.dedupe {
		s.left++
		s.endedBad = false
		b.Drop()
		return nil
	}
	p.source.Text(s.uri)
	b.EndRecord()
	s.stored++
	s.endedBad = false
	size := b.Size()
	s.held += size - p.size
	p.size = size
	switch {
	case size >= rowGroupBytes || b.Len() >= rowGroupRecords:
		if err := s.flush(p); err != nil {
			return s.fail(err)
		}
		b.Reset()
		return s.fail(s.ctx.Err())
	case s.held > maxHeld:
		return s.fail(s.relieve())
	}
	return nil
}

// unsureIDs is how many ids are looked up together.
const unsureIDs = 256

// duplicate tells whether the record that is being made has the id of another,
// and counts it. Where that makes no difference to the record, it is counted
// later and not told.
func (s *sink) duplicate(p *openPart) (bool, error) {
	if s.ids == nil {
		return false, nil
	}
	var k idKey
	for i, leaf := range p.id {
		k.add(leaf.Newest(), i == 0)
	}
	if k.none() {
		return false, nil
	}
	s.unsure = append(s.unsure, k)
	if !s.dedupe && len(s.unsure) < unsureIDs {
		return false, nil
	}
	n, err := s.lookUp()
	return n > 0, err
}

// lookUp counts the duplicates among the ids that are still to be looked up.
func (s *sink) lookUp() (duplicates int64, err error) {
	if len(s.unsure) == 0 {
		return 0, nil
	}
	duplicates, err = s.ids.seen(s.unsure...)
	s.duplicates += duplicates
	s.unsure = s.unsure[:0]
	return duplicates, err
}

// relieve writes the largest batch out and gives its memory back.
func (s *sink) relieve() error {
	largest := s.last
	for _, p := range s.parts {
		if p.size > largest.size {
			largest = p
		}
	}
	if err := s.flush(largest); err != nil {
		return err
	}
	largest.batch.Release()
	return nil
}

// flush writes the part's batch as a row group. The caller empties the batch.
func (s *sink) flush(p *openPart) error {
	s.held -= p.size
	p.size = 0
	if p.batch.Len() == 0 {
		return nil
	}
	if p.writer == nil {
		name := partName(s.identity, p.place, s.sequence[p.place])
		s.sequence[p.place]++
		w, err := s.lake.NewPart(s.typ.Name, s.typ.Partition, p.partition, s.bucket, p.batch.Columns, name)
		if err != nil {
			return err
		}
		p.writer = w
	}
	if s.flushed != nil {
		s.flushed()
	}
	return p.writer.Write(p.batch)
}

// end writes the rest of the part. A part that got no record leaves nothing.
func (s *sink) end(p *openPart) error {
	delete(s.parts, p.place)
	if s.last == p {
		s.last = nil
	}
	p.batch.Drop()
	if err := s.flush(p); err != nil {
		if p.writer != nil {
			p.writer.Abort() // abort does not know it any more
		}
		return err
	}
	p.batch.Reset()
	*s.spareOf(p) = p
	if p.writer == nil {
		return nil
	}
	s.finished = append(s.finished, p.writer)
	p.writer = nil
	return s.finished[len(s.finished)-1].Finish()
}

// Bad implements logtype.Sink.
func (s *sink) Bad(line int64, reason string, text []byte) error {
	s.badCount++
	s.endedBad = true
	if s.strict {
		return s.fail(&BadLineError{s.object.URI(), line, reason})
	}
	if s.badCount > maxBadOfObject {
		return nil
	}
	if text = text[:min(len(text), maxBadText)]; s.badText+len(text) > maxBadTextOfUnit {
		text = nil
	}
	s.badText += len(text)
	s.bad = append(s.bad, lake.BadLine{ObjectID: s.object.ID, Line: line, Reason: reason, Text: bytes.Clone(text)})
	return nil
}

// fail remembers an error of ours, so that it is not taken for the object's.
func (s *sink) fail(err error) error {
	if err != nil && s.err == nil {
		s.err = err
	}
	return err
}

// drop forgets records that a broken object left half made.
func (s *sink) drop() {
	for _, p := range s.parts {
		p.batch.Drop()
	}
}

// finish ends all parts, in the order of their places.
func (s *sink) finish() ([]*lake.PartWriter, error) {
	if _, err := s.lookUp(); err != nil {
		return nil, err
	}
	open := make([]*openPart, 0, len(s.parts))
	for _, p := range s.parts {
		open = append(open, p)
	}
	flushed := s.flushed // is about the object that is read, and none is any more
	s.flushed = nil
	defer func() { s.flushed = flushed }()
	slices.SortFunc(open, func(a, b *openPart) int { return strings.Compare(a.place, b.place) })
	for _, p := range open {
		if err := s.end(p); err != nil {
			return nil, err
		}
	}
	return s.finished, nil
}

// abort drops everything that was not committed.
func (s *sink) abort() {
	for _, p := range s.parts {
		if p.writer != nil {
			p.writer.Abort()
		}
	}
	for _, w := range s.finished {
		w.Abort()
	}
	s.parts, s.finished, s.last, s.bad = nil, nil, nil, nil
}
