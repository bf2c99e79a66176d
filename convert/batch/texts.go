package batch

import (
	"hash/maphash"
	"slices"
)

// texts are the values of a text column. They begin as a dictionary, built
// while they are appended: entries are the distinct values, ids tell which one
// each value is. Where nearly every value is a new one it turns plain: entries
// are then the values themselves.
type texts struct {
	arena []byte
	ends  []uint32 // of each entry in arena
	ids   []int32  // not when plain
	table []uint64 // open addressing; an entry's hash and its number+1, 0 is free
	last  int32    // the newest value's entry, -1 where there is none
	total int      // bytes of all values, repeats included
	plain bool
	stale bool // a taken-back value may have left an entry nobody uses
}

const (
	firstTable = 32 // entries; small, as many batches get only a few records
	// maxDictionary bounds a dictionary's bytes: beyond, the reader pays more
	// for the dictionary page than the repeats save.
	maxDictionary = 8 << 20
)

var hashSeed = maphash.MakeSeed()

// add appends a value and returns about how many bytes it took.
func (t *texts) add(v []byte) int {
	t.total += len(v)
	if t.plain {
		t.push(v)
		return len(v) + 4
	}
	if t.last >= 0 && string(t.entry(t.last)) == string(v) {
		t.ids = append(t.ids, t.last)
		return 4
	}
	before := len(t.ends)
	t.last = t.find(v)
	t.ids = append(t.ids, t.last)
	if len(t.ends) == before {
		return 4
	}
	size := len(v) + 20
	n := len(t.ends)
	if (n >= 2048 && n&(n-1) == 0 && t.wasteful(n) || len(t.arena) > maxDictionary) && t.mayBePlain() {
		size += t.toPlain()
	}
	return size
}

// mayBePlain tells whether the values take about as much room as the entries. A
// few long texts repeated very often would not.
func (t *texts) mayBePlain() bool { return t.total <= 2*len(t.arena)+1<<20 }

// wasteful judges the dictionary each time its number of entries doubles. At
// the beginning everything is new, so the bar is high there.
func (t *texts) wasteful(entries int) bool {
	if entries < 16384 {
		return entries*10 > len(t.ids)*9
	}
	return entries*10 > len(t.ids)*6
}

func (t *texts) entry(id int32) []byte {
	var from uint32
	if id > 0 {
		from = t.ends[id-1]
	}
	return t.arena[from:t.ends[id]]
}

// push appends an entry. The arena doubles, as copying it is what costs.
func (t *texts) push(v []byte) {
	if cap(t.arena)-len(t.arena) < len(v) {
		t.arena = slices.Grow(t.arena, max(len(t.arena), len(v)))
	}
	t.arena = append(t.arena, v...)
	t.ends = append(t.ends, uint32(len(t.arena)))
}

func (t *texts) find(v []byte) int32 {
	if len(t.ends)*2 >= len(t.table) {
		t.grow()
	}
	h := maphash.Bytes(hashSeed, v) >> 32
	mask := uint64(len(t.table) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		found := t.table[i]
		if found == 0 {
			t.push(v)
			t.table[i] = h<<32 | uint64(len(t.ends))
			return int32(len(t.ends)) - 1
		}
		if id := int32(uint32(found)) - 1; found>>32 == h && string(t.entry(id)) == string(v) {
			return id
		}
	}
}

func (t *texts) grow() {
	old := t.table
	t.table = make([]uint64, max(firstTable, 2*len(old)))
	mask := uint64(len(t.table) - 1)
	for _, found := range old {
		if found == 0 {
			continue
		}
		i := found >> 32 & mask
		for t.table[i] != 0 {
			i = (i + 1) & mask
		}
		t.table[i] = found
	}
}

// toPlain writes the values out and returns by how many bytes they grew.
func (t *texts) toPlain() int {
	arena := make([]byte, 0, t.total+t.total/2)
	ends := make([]uint32, 0, len(t.ids)+len(t.ids)/2)
	for _, id := range t.ids {
		arena = append(arena, t.entry(id)...)
		ends = append(ends, uint32(len(arena)))
	}
	grown := t.total - len(t.arena)
	t.arena, t.ends = arena, ends
	t.ids = t.ids[:0]
	t.plain, t.stale, t.last = true, false, -1
	return grown
}

func (t *texts) newest() []byte {
	if t.plain {
		return t.entry(int32(len(t.ends)) - 1)
	}
	return t.entry(t.ids[len(t.ids)-1])
}

// truncate keeps the first n values.
func (t *texts) truncate(n int) {
	if !t.plain {
		for _, id := range t.ids[n:] {
			t.total -= len(t.entry(id))
		}
		t.ids = t.ids[:n]
		t.stale = true
		return
	}
	t.ends = t.ends[:n]
	t.arena = t.arena[:end(t.ends)]
	t.total = len(t.arena)
}

func end(ends []uint32) int {
	if len(ends) == 0 {
		return 0
	}
	return int(ends[len(ends)-1])
}

// compact removes the entries that no value uses, so that the file's
// dictionary and statistics tell of values that are there.
func (t *texts) compact() {
	if t.plain || !t.stale {
		return
	}
	moved := make([]int32, len(t.ends))
	for _, id := range t.ids {
		moved[id] = 1
	}
	var (
		arena []byte
		ends  []uint32
	)
	for id := range moved {
		if moved[id] == 1 {
			arena = append(arena, t.entry(int32(id))...)
			ends = append(ends, uint32(len(arena)))
			moved[id] = int32(len(ends)) - 1
		}
	}
	for i, id := range t.ids {
		t.ids[i] = moved[id]
	}
	// The hash table is not kept up: a batch that is written gets no more values.
	t.arena, t.ends, t.stale = arena, ends, false
}

func (t *texts) reset() {
	if len(t.table) > 8*max(len(t.ends), firstTable) { // cleared for nothing, if the next are as few
		t.table = nil
	}
	clear(t.table)
	t.arena, t.ends, t.ids = t.arena[:0], t.ends[:0], t.ids[:0]
	t.last, t.total, t.plain, t.stale = -1, 0, false, false
}
