// Package batch holds records as columns and writes them as Parquet. It is the
// only package that knows parquet-go, of which it uses the encodings and the
// footer; columns are buffered here, typed, because which columns there are is
// known only when an object's header has been read.
package batch

import (
	"fmt"
	"strings"

	"logsql/convert/schema"
)

// A Batch is records as columns; it becomes one row group. Values are appended
// to its leaves, EndRecord closes a record. It is used by one goroutine.
type Batch struct {
	Columns []schema.Column

	leaves  []*Leaf
	byPath  map[string]*Leaf
	records int
	size    int
	stage   []byte // texts put aside
	aside   int    // bytes of all that is put aside
	waiting int    // records that are
	most    int    // of those; 0 where nothing is put aside
}

// New returns an empty batch of these columns, each nullable. It panics on a
// type that logs do not have (see physicalOf): columns come from the table of
// log types, not from data.
func New(columns []schema.Column) *Batch {
	b := &Batch{Columns: columns, byPath: map[string]*Leaf{}}
	for _, c := range columns {
		b.addLeaves(place{names: []string{c.Name}, path: []string{c.Name}}, c.Type)
	}
	return b
}

// place is where in the schema a type stands: names as callers of Leaf say it,
// path as Parquet has it, with the repeated groups of lists and maps.
type place struct {
	names, path []string
	def, rep    int
	required    bool
}

func (p place) down(name string, path ...string) place {
	p.names = append(p.names[:len(p.names):len(p.names)], name)
	p.path = append(p.path[:len(p.path):len(p.path)], path...)
	return p
}

func (p place) repeated() place {
	p.def++
	p.rep++
	return p
}

func (b *Batch) addLeaves(p place, t schema.Type) {
	if !p.required {
		p.def++
	}
	switch t.Kind {
	case schema.Row:
		for _, f := range t.Elems {
			b.addLeaves(p.down(f.Name, f.Name), f.Type)
		}
	case schema.Array:
		b.addLeaves(p.repeated().down("element", "list", "element"), t.Elem())
	case schema.Map:
		key := p.repeated().down("key", "key_value", "key")
		key.required = true
		b.addLeaves(key, t.Key())
		b.addLeaves(p.repeated().down("value", "key_value", "value"), t.Value())
	default:
		l := &Leaf{MaxDef: p.def, MaxRep: p.rep, batch: b, kind: physicalOf(t), path: p.path}
		l.texts.last = -1
		b.leaves = append(b.leaves, l)
		b.byPath[strings.Join(p.names, "\x00")] = l
	}
}

// Leaf is the column of plain values at path: a column's name, then the fields
// of rows, "element" of an array, "key" and "value" of a map. It is nil where
// there is none.
func (b *Batch) Leaf(path ...string) *Leaf {
	if len(path) == 1 {
		return b.byPath[path[0]]
	}
	return b.byPath[strings.Join(path, "\x00")]
}

// EndRecord closes the record. Leaves not touched in it are null at definition
// level 0.
func (b *Batch) EndRecord() {
	b.records++
	if b.waiting++; b.waiting == b.most || b.aside >= stageBytes {
		b.settle()
	}
}

// Drop forgets what was appended since the last EndRecord.
func (b *Batch) Drop() {
	for _, l := range b.leaves {
		if l.records > b.records {
			l.rewind()
		}
	}
}

// Len is the number of whole records.
func (b *Batch) Len() int { return b.records }

// Size is about how many bytes the values take in memory.
func (b *Batch) Size() int { return b.size + b.aside }

// Reset empties the batch and keeps its memory for the next records.
func (b *Batch) Reset() {
	for _, l := range b.leaves {
		l.reset()
	}
	b.records, b.size, b.stage, b.aside, b.waiting = 0, 0, b.stage[:0], 0, 0
}

// Release empties the batch and gives its memory back.
func (b *Batch) Release() {
	for _, l := range b.leaves {
		l.release()
	}
	b.records, b.size, b.stage, b.aside, b.waiting = 0, 0, b.stage[:0], 0, 0
}

// physical is how a leaf's values lie in memory and in the file.
type physical uint8

const (
	physBool physical = iota
	physInt32
	physInt64
	physFloat
	physDouble
	physText
	physBytes
)

func physicalOf(t schema.Type) physical {
	switch t.Kind {
	case schema.Boolean:
		return physBool
	case schema.TinyInt, schema.SmallInt, schema.Integer, schema.Date:
		return physInt32
	case schema.BigInt, schema.Timestamp:
		return physInt64
	case schema.Real:
		return physFloat
	case schema.Double:
		return physDouble
	case schema.Varchar, schema.Char, schema.JSON:
		return physText
	case schema.Varbinary:
		return physBytes
	}
	panic(fmt.Sprintf("batch: no Parquet layout for type %s", t))
}
