package batch

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
)

// A Picker picks records of a batch, which must not change any more.
type Picker struct {
	batch  *Batch
	levels [][]int32 // by leaf, where each record's levels begin; nil where it is the record's number
	values [][]int32 // by leaf, where its values begin; nil as above
	key    *Leaf
	keys   []int32 // of values, the key's
}

// NewPicker returns a picker of b that compares by a column of plain values.
func NewPicker(b *Batch, column string) (*Picker, error) {
	p := &Picker{batch: b, key: b.Leaf(column)}
	if p.key == nil || p.key.MaxRep > 0 || p.key.MaxDef > 1 {
		return nil, fmt.Errorf("there is no column %s of plain values", column)
	}
	b.Drop()
	b.settle()
	for _, l := range b.leaves {
		l.pad()
		levels, values := l.starts()
		p.levels, p.values = append(p.levels, levels), append(p.values, values)
		if l == p.key {
			p.keys = values
		}
	}
	return p, nil
}

// starts are where records begin, in levels and in values.
func (l *Leaf) starts() (levels, values []int32) {
	if !l.hasDefs && l.MaxRep == 0 {
		return nil, nil
	}
	levels, values = make([]int32, 0, l.records+1), make([]int32, 0, l.records+1)
	value := int32(0)
	for i := range l.levels {
		if l.MaxRep == 0 || l.reps[i] == 0 {
			levels, values = append(levels, int32(i)), append(values, value)
		}
		if !l.hasDefs || l.defs[i] == byte(l.MaxDef) {
			value++
		}
	}
	return append(levels, int32(l.levels)), append(values, value)
}

// Len is the number of records.
func (p *Picker) Len() int { return p.batch.records }

// Order are the records by the column's value, those that are equal as they
// came, nulls last.
func (p *Picker) Order() []int32 {
	order := make([]int32, p.Len())
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return p.Compare(int(a), p, int(b)) })
	return order
}

// Compare compares two records by the column's value.
func (p *Picker) Compare(i int, q *Picker, j int) int {
	a, b := p.keyAt(i), q.keyAt(j)
	if a < 0 || b < 0 {
		return cmp.Compare(b>>31, a>>31) // -1 is a null and comes after
	}
	if p.key.kind.isText() {
		return bytes.Compare(p.key.texts.value(a), q.key.texts.value(b))
	}
	return cmp.Compare(p.key.ints[a], q.key.ints[b])
}

// keyAt is where the column's value of a record lies, -1 of a null.
func (p *Picker) keyAt(record int) int32 {
	if !p.key.hasDefs {
		return int32(record)
	}
	if p.key.defs[record] != byte(p.key.MaxDef) {
		return -1
	}
	return p.keys[record]
}

func (t *texts) value(i int32) []byte {
	if t.plain {
		return t.entry(i)
	}
	return t.entry(t.ids[i])
}

// Pick is a record of a picker's batch.
type Pick struct {
	From   *Picker
	Record int32
}

// AppendPicks appends records of batches of the same columns, column by column.
func (b *Batch) AppendPicks(picks []Pick) {
	for i, l := range b.leaves {
		l.pad()
		for _, p := range picks {
			l.copyRecord(p.From.batch.leaves[i], p.From.levels[i], p.From.values[i], p.Record)
		}
		l.records += len(picks)
	}
	b.records += len(picks)
}

func (l *Leaf) copyRecord(from *Leaf, levels, values []int32, record int32) {
	if levels == nil {
		l.level(l.MaxDef, 0)
		l.copyValue(from, record)
		return
	}
	value := values[record]
	for i := levels[record]; i < levels[record+1]; i++ {
		def, rep := l.MaxDef, 0
		if from.hasDefs {
			def = int(from.defs[i])
		}
		if l.MaxRep > 0 {
			rep = int(from.reps[i])
		}
		l.level(def, rep)
		if def == l.MaxDef {
			l.copyValue(from, value)
			value++
		}
	}
}

func (l *Leaf) copyValue(from *Leaf, at int32) {
	if !l.kind.isText() {
		l.int(from.ints[at])
		return
	}
	l.values++
	l.batch.size += l.texts.add(from.texts.value(at))
}
