package batch

import (
	"hash/maphash"
)

// texts are the values of a text column. They begin as a dictionary, built
// while they are appended: entries are the distinct values, ids tell which one
// each value is. Where nearly every value is a new one it turns plain: entries
// are then the values themselves.
type texts struct {
	entries blocks
	ids     []int32  // not when plain
	table   []uint64 // open addressing; an entry's hash and its number+1, 0 is free
	last    int32    // the newest value's entry, -1 where there is none
	total   int      // bytes of all values, repeats included
	read    uint64   // so that touching is not for nothing
	plain   bool
	stale   bool // a taken-back value may have left an entry nobody uses
}

const (
	firstTable = 32 // entries; small, as many batches get only a few records
	// maxDictionary bounds a dictionary's bytes: beyond, the reader pays more
	// for the dictionary page than the repeats save.
	maxDictionary = 8 << 20
)

var hashSeed = maphash.MakeSeed()

// add appends a value and returns about how many bytes it took.
func (t *texts) add(v []byte) int { return t.addHashed(v, 0) }

// addHashed is add of a value with its hash, 0 where that is not known.
func (t *texts) addHashed(v []byte, h uint64) int {
	t.total += len(v)
	if t.plain {
		t.entries.push(v)
		return len(v) + 4
	}
	if t.last >= 0 && string(t.entry(t.last)) == string(v) {
		t.ids = append(roomFor(t.ids), t.last)
		return 4
	}
	before := t.entries.len()
	if h == 0 {
		h = hashOf(v)
	}
	t.last = t.find(v, h)
	t.ids = append(roomFor(t.ids), t.last)
	if t.entries.len() == before {
		return 4
	}
	size := len(v) + 20
	n := t.entries.len()
	if (n >= 2048 && n&(n-1) == 0 && t.wasteful(n) || t.entries.bytes > maxDictionary) && t.mayBePlain() {
		size += t.toPlain()
	}
	return size
}

// mayBePlain tells whether the values take about as much room as the entries. A
// few long texts repeated very often would not.
func (t *texts) mayBePlain() bool { return t.total <= 2*t.entries.bytes+1<<20 }

// wasteful judges the dictionary each time its number of entries doubles. At
// the beginning everything is new, so the bar is high there.
func (t *texts) wasteful(entries int) bool {
	if entries < 16384 {
		return entries*10 > len(t.ids)*9
	}
	return entries*10 > len(t.ids)*6
}

func (t *texts) entry(id int32) []byte { return t.entries.at(id) }

func hashOf(v []byte) uint64 { return maphash.Bytes(hashSeed, v) >> 32 }

func (t *texts) find(v []byte, h uint64) int32 {
	if t.entries.len()*2 >= len(t.table) {
		t.grow()
	}
	mask := uint64(len(t.table) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		found := t.table[i]
		if found == 0 {
			t.entries.push(v)
			t.table[i] = h<<32 | uint64(t.entries.len())
			return int32(t.entries.len()) - 1
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
	grown := t.total - t.entries.bytes
	if !t.inOrder() {
		var values blocks
		for _, id := range t.ids {
			values.push(t.entry(id))
		}
		t.entries = values
	}
	t.ids = t.ids[:0]
	t.plain, t.stale, t.last = true, false, -1
	return grown
}

// inOrder tells whether the entries are the values already, none of them twice.
func (t *texts) inOrder() bool {
	if len(t.ids) != t.entries.len() {
		return false
	}
	for i, id := range t.ids {
		if id != int32(i) {
			return false
		}
	}
	return true
}

func (t *texts) newest() []byte {
	if t.plain {
		return t.entry(int32(t.entries.len()) - 1)
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
	t.entries.truncate(n)
	t.total = t.entries.bytes
}

// compact removes the entries that no value uses, so that the file's
// dictionary and statistics tell of values that are there.
func (t *texts) compact() {
	if t.plain || !t.stale {
		return
	}
	moved := make([]int32, t.entries.len())
	for _, id := range t.ids {
		moved[id] = 1
	}
	var used blocks
	for id := range moved {
		if moved[id] == 1 {
			moved[id] = int32(used.len())
			used.push(t.entry(int32(id)))
		}
	}
	for i, id := range t.ids {
		t.ids[i] = moved[id]
	}
	// The hash table is not kept up: a batch that is written gets no more values.
	t.entries, t.stale = used, false
}

func (t *texts) reset() {
	if len(t.table) > 8*max(t.entries.len(), firstTable) { // cleared for nothing, if the next are as few
		t.table = nil
	}
	clear(t.table)
	t.entries.reset()
	t.ids = t.ids[:0]
	t.last, t.total, t.plain, t.stale = -1, 0, false, false
}
