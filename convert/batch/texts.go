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
	keys    []key    // of the entries; not when plain
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
func (t *texts) add(v []byte) int {
	switch {
	case t.plain:
		return t.addPlain(v)
	case len(v) <= maxKey:
		k := keyOf(v)
		return t.addKey(&k, k.hash())
	}
	return t.addLong(v, hashOf(v))
}

func (t *texts) addPlain(v []byte) int {
	t.total += len(v)
	t.entries.push(v)
	return len(v) + 4
}

// addKey is add of the text of a key, with the key's hash.
func (t *texts) addKey(k *key, h uint64) int {
	if t.plain {
		return t.addNew(k, h)
	}
	t.total += int(k[2] >> keyShift)
	if t.last < 0 || t.keys[t.last] != *k {
		if t.last = t.findKey(k, h); t.last < 0 {
			return t.addNew(k, h)
		}
	}
	t.ids = append(roomFor(t.ids), t.last)
	return 4
}

// addNew is addKey where the text itself is needed. Room for it in addKey would
// be cleared for each value, and slowly where a page of the stack ends in it.
//
//go:noinline
func (t *texts) addNew(k *key, h uint64) int {
	var room [24]byte
	if t.plain {
		return t.addPlain(k.text(&room))
	}
	return t.addEntry(k.text(&room), *k, h)
}

// addLong is add of a text that is too long for a key, with its hash.
func (t *texts) addLong(v []byte, h uint64) int {
	if t.plain {
		return t.addPlain(v)
	}
	t.total += len(v)
	if t.last < 0 || string(t.entry(t.last)) != string(v) {
		if t.last = t.findLong(v, h); t.last < 0 {
			return t.addEntry(v, key{2: longKey}, h)
		}
	}
	t.ids = append(roomFor(t.ids), t.last)
	return 4
}

// addEntry appends a value that was not there before.
func (t *texts) addEntry(v []byte, k key, h uint64) int {
	t.entries.push(v)
	t.keys = append(roomFor(t.keys), k)
	n := t.entries.len()
	if n*2 > len(t.table) {
		t.grow()
	}
	t.insert(h<<32 | uint64(n))
	t.last = int32(n - 1)
	t.ids = append(roomFor(t.ids), t.last)
	size := len(v) + 20
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

// findKey is the number of the entry with this key, -1 where there is none.
func (t *texts) findKey(k *key, h uint64) int32 {
	if len(t.table) == 0 {
		return -1
	}
	mask := uint64(len(t.table) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		found := t.table[i]
		if found == 0 {
			return -1
		}
		if id := int32(uint32(found)) - 1; found>>32 == h && t.keys[id] == *k {
			return id
		}
	}
}

// findLong is findKey of a text that is too long for a key.
func (t *texts) findLong(v []byte, h uint64) int32 {
	if len(t.table) == 0 {
		return -1
	}
	mask := uint64(len(t.table) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		found := t.table[i]
		if found == 0 {
			return -1
		}
		if id := int32(uint32(found)) - 1; found>>32 == h && string(t.entry(id)) == string(v) {
			return id
		}
	}
}

func (t *texts) grow() {
	old := t.table
	t.table = make([]uint64, max(firstTable, 2*len(old)))
	for _, found := range old {
		if found != 0 {
			t.insert(found)
		}
	}
}

// insert puts what belongs to an entry into the table.
func (t *texts) insert(slot uint64) {
	mask := uint64(len(t.table) - 1)
	i := slot >> 32 & mask
	for t.table[i] != 0 {
		i = (i + 1) & mask
	}
	t.table[i] = slot
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
	t.ids, t.keys = t.ids[:0], t.keys[:0]
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
	t.ids, t.keys = t.ids[:0], t.keys[:0]
	t.last, t.total, t.plain, t.stale = -1, 0, false, false
}
