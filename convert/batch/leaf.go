package batch

import (
	"bytes"
	"math"
)

// A Leaf takes the values of one column of plain values, record after record.
//
// Text, Int, Double, Bool and Null give the record's one value, at repetition
// level 0; said twice in a record, the last one stays. Below an array or a map
// TextAt, IntAt and NullAt say the levels, as Parquet defines them: a value is
// at definition level MaxDef.
type Leaf struct {
	MaxDef, MaxRep int

	batch *Batch
	path  []string
	kind  physical

	records int // begun: levels at repetition 0
	levels  int // values and nulls
	values  int
	mark    struct{ levels, values int } // before the newest record

	defs  []byte // by level, once hasDefs; before, all are MaxDef
	reps  []byte // by level, where MaxRep > 0
	ints  []int64
	texts texts

	hasDefs bool

	staged  bool     // texts and nulls are put aside first
	gaps    bool     // of what is put aside, something may be no text
	pending []staged // mark.levels counts these then
	room    [24]byte // of the newest text
}

// Text appends a text. The bytes must be valid UTF-8 (WriteRowGroup checks);
// they are copied.
func (l *Leaf) Text(v []byte) { l.TextAt(v, 0) }

// Newest is the text that the record that is being made has, nil where it has
// none. It is valid until the next value.
func (l *Leaf) Newest() []byte {
	switch {
	case l.records <= l.batch.records:
		return nil
	case l.staged:
		return l.newestStaged()
	case l.values == l.mark.values:
		return nil
	}
	return l.texts.newest()
}

// Int appends an integer, a date (days since 1970-01-01) or a timestamp
// (microseconds since then, UTC).
func (l *Leaf) Int(v int64) {
	if l.records != l.batch.records || l.MaxRep > 0 || len(l.ints) == cap(l.ints) || l.hasDefs && len(l.defs) == cap(l.defs) {
		l.IntAt(v, 0)
		return
	}
	// The same for nearly every value, without calls.
	l.mark.levels, l.mark.values = l.levels, l.values
	n := len(l.ints)
	l.ints = l.ints[:n+1]
	l.ints[n] = v
	size := 8
	if l.hasDefs {
		n := len(l.defs)
		l.defs = l.defs[:n+1]
		l.defs[n] = byte(l.MaxDef)
		size++
	}
	l.records++
	l.levels++
	l.values++
	l.batch.size += size
}

// Double appends a double or a real.
func (l *Leaf) Double(v float64) { l.Int(int64(math.Float64bits(v))) }

// Bool appends a boolean.
func (l *Leaf) Bool(v bool) {
	if v {
		l.Int(1)
	} else {
		l.Int(0)
	}
}

// Null makes the record's value null, the outermost struct included.
func (l *Leaf) Null() { l.NullAt(0, 0) }

// TextAt appends a text at a repetition level.
func (l *Leaf) TextAt(v []byte, rep int) {
	if l.staged {
		l.put(v, rep)
		return
	}
	if rep == 0 {
		l.begin()
	}
	l.level(l.MaxDef, rep)
	l.values++
	l.batch.size += l.texts.add(v)
}

// IntAt appends what Int does, at a repetition level.
func (l *Leaf) IntAt(v int64, rep int) {
	if rep == 0 {
		l.begin()
	}
	l.level(l.MaxDef, rep)
	l.int(v)
}

// NullAt appends a null: def tells which of the structs, lists and maps around
// it are there.
func (l *Leaf) NullAt(def, rep int) {
	if l.staged {
		l.putNull(def, rep)
		return
	}
	if rep == 0 {
		l.begin()
	}
	l.level(def, rep)
}

func (l *Leaf) int(v int64) {
	l.ints = append(roomFor(l.ints), v)
	l.values++
	l.batch.size += 8
}

// begin starts the leaf's part of the current record.
func (l *Leaf) begin() {
	if l.records != l.batch.records {
		l.catchUp()
	}
	l.mark.levels, l.mark.values = l.levels, l.values
	l.records++
}

func (l *Leaf) catchUp() {
	if l.records > l.batch.records {
		l.rewind()
		return
	}
	l.pad()
}

// pad adds a null for each whole record that did not touch the leaf.
func (l *Leaf) pad() {
	if n := l.batch.records - l.records; n > 0 {
		l.absent(n)
		l.records += n
	}
}

// absent appends a null for each of n records.
func (l *Leaf) absent(n int) {
	l.needDefs()
	l.defs = append(l.defs, make([]byte, n)...)
	if l.MaxRep > 0 {
		l.reps = append(l.reps, make([]byte, n)...)
	}
	l.levels += n
	l.batch.size += n
}

func (l *Leaf) level(def, rep int) {
	if def != l.MaxDef && !l.hasDefs {
		l.needDefs()
	}
	if l.hasDefs {
		l.defs = append(roomFor(l.defs), byte(def))
		l.batch.size++
	}
	if l.MaxRep > 0 {
		l.reps = append(roomFor(l.reps), byte(rep))
		l.batch.size++
	}
	l.levels++
}

func (l *Leaf) needDefs() {
	if l.hasDefs {
		return
	}
	l.hasDefs = true
	l.defs = append(l.defs[:0], bytes.Repeat([]byte{byte(l.MaxDef)}, l.levels)...)
	l.batch.size += l.levels
}

// rewind takes back what the newest record appended.
func (l *Leaf) rewind() {
	l.records--
	if l.staged {
		l.pending = l.pending[:l.mark.levels]
		return
	}
	if l.hasDefs {
		l.defs = l.defs[:l.mark.levels]
	}
	if l.MaxRep > 0 {
		l.reps = l.reps[:l.mark.levels]
	}
	l.levels, l.values = l.mark.levels, l.mark.values
	if l.kind.isText() {
		l.texts.truncate(l.values)
	} else {
		l.ints = l.ints[:l.values]
	}
}

func (l *Leaf) reset() {
	l.records, l.levels, l.values, l.hasDefs = 0, 0, 0, false
	l.defs, l.reps, l.ints, l.pending = l.defs[:0], l.reps[:0], l.ints[:0], l.pending[:0]
	l.texts.reset()
}

func (l *Leaf) release() {
	l.reset()
	l.defs, l.reps, l.ints, l.texts, l.pending = nil, nil, nil, texts{last: -1}, nil
}

func (k physical) isText() bool { return k >= physText }
