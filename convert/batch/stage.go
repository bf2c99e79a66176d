package batch

import "slices"

// stageBytes is how many bytes of texts are put aside: as much as stays in the
// processor's cache until it is needed again.
const stageBytes = 64 << 10

// staged is a level of a leaf that is put aside.
type staged struct {
	key      key    // of a short text; else, from where to where it is in the stage, or of nulls how many there are
	hash     uint32 // of the text, once it is known
	def, rep uint8
	kind     stagedKind
}

// stagedKind is what is put aside.
type stagedKind uint8

const (
	short  stagedKind = iota // a text with a key
	long                     // any other, or of a leaf that is plain
	null                     // of the same levels, in one record
	absent                   // whole records that did not touch the leaf
)

// manyLeaves is from where on it pays.
const manyLeaves = 10

// stageLevels bounds what is put aside of records with hardly any text.
const stageLevels = 8 << 10

// Stage makes a batch of many leaves put the texts of some records aside and then
// append them leaf by leaf. Else the memory of all of them would push each other
// out of the processor's cache, record after record. The batch must be empty.
func (b *Batch) Stage() {
	for _, l := range b.leaves {
		l.staged = l.kind.isText() && len(b.leaves) >= manyLeaves
	}
	b.most = max(stageLevels/len(b.leaves), 1)
}

// put puts a text aside.
func (l *Leaf) put(v []byte, rep int) {
	if rep == 0 {
		l.beginStaged()
	}
	p := l.another()
	p.def, p.rep = uint8(l.MaxDef), uint8(rep)
	b := l.batch
	b.aside += len(v)
	if len(v) <= maxKey && !l.texts.plain {
		p.kind = short
		p.key.set(v)
		return
	}
	p.kind, p.key[0] = long, uint64(len(b.stage))
	b.stage = append(b.stage, v...)
	p.key[1] = uint64(len(b.stage))
}

// another is room for one more; all of it is to be set.
func (l *Leaf) another() *staged {
	n := len(l.pending)
	if n == cap(l.pending) {
		l.pending = slices.Grow(l.pending, max(n, 16))
	}
	l.pending = l.pending[:n+1]
	return &l.pending[n]
}

func (l *Leaf) putNull(def, rep int) {
	if rep == 0 {
		l.beginStaged()
	}
	l.gaps = true
	if n := len(l.pending); n > l.mark.levels {
		if p := &l.pending[n-1]; p.kind == null && int(p.def) == def && int(p.rep) == rep {
			p.key[0]++
			return
		}
	}
	p := l.another()
	p.def, p.rep, p.kind, p.key[0] = uint8(def), uint8(rep), null, 1
}

func (l *Leaf) beginStaged() {
	if l.batch.records != l.records {
		l.catchUpStaged()
	}
	l.mark.levels = len(l.pending)
	l.records++
}

func (l *Leaf) catchUpStaged() {
	if n := l.batch.records - l.records; n < 0 {
		l.rewind()
	} else {
		p := l.another()
		p.kind, p.def, p.key[0] = absent, 0, uint64(n)
		l.gaps = true
		l.records += n
	}
}

// newestStaged is Newest of what is put aside.
func (l *Leaf) newestStaged() []byte {
	if len(l.pending) == l.mark.levels {
		return nil
	}
	switch p := &l.pending[len(l.pending)-1]; p.kind {
	case short:
		return p.key.text(&l.room)
	case long:
		return p.in(l.batch.stage)
	}
	return nil
}

// in is a long text.
func (p *staged) in(stage []byte) []byte { return stage[p.key[0]:p.key[1]] }

// settle appends what was put aside of the records that have ended. There must
// be no other.
func (b *Batch) settle() {
	for _, l := range b.leaves {
		if len(l.pending) > 0 {
			l.settle(b.stage)
			l.pending = l.pending[:0]
		}
	}
	b.stage, b.aside, b.waiting = b.stage[:0], 0, 0
}

// farTable is how many entries a table has that is not in the nearest cache any
// more.
const farTable = 2048

// touch hashes the texts and reads the memory where all are looked for. Read
// one after the other, each is waited for; like this they come together.
func (l *Leaf) touch(stage []byte) {
	t := &l.texts
	if t.plain {
		return
	}
	far := len(t.table) >= farTable
	mask, read := uint64(len(t.table)-1), uint64(0)
	for i := range l.pending {
		p := &l.pending[i]
		switch p.kind {
		case short:
			p.hash = uint32(p.key.hash())
		case long:
			p.hash = uint32(hashOf(p.in(stage)))
		default:
			continue
		}
		if far {
			read += t.table[uint64(p.hash)&mask]
		}
	}
	t.read = read
}

func (l *Leaf) settle(stage []byte) {
	l.settleLevels()
	l.touch(stage)
	values, size := 0, 0
	for i := range l.pending {
		switch p := &l.pending[i]; p.kind {
		case short:
			size += l.texts.addKey(&p.key, uint64(p.hash))
			values++
		case long:
			size += l.texts.addLong(p.in(stage), uint64(p.hash))
			values++
		}
	}
	l.values += values
	l.batch.size += size
}

func (l *Leaf) settleLevels() {
	switch {
	case l.MaxRep == 0 && !l.hasDefs && !l.gaps:
		l.levels += len(l.pending)
	case l.MaxRep == 0 && l.hasDefs:
		l.settleDefs()
	default:
		for i := range l.pending {
			l.settleLevel(&l.pending[i])
		}
	}
	l.gaps = false
}

func (l *Leaf) settleLevel(p *staged) {
	switch p.kind {
	case absent:
		l.absent(int(p.key[0]))
	case null:
		for range p.key[0] {
			l.level(int(p.def), int(p.rep))
		}
	default:
		l.level(l.MaxDef, int(p.rep))
	}
}

// settleDefs appends definition levels.
func (l *Leaf) settleDefs() {
	defs, before := l.defs, len(l.defs)
	for i := range l.pending {
		p := &l.pending[i]
		if p.kind <= long {
			defs = append(roomFor(defs), p.def)
			continue
		}
		for range p.key[0] {
			defs = append(roomFor(defs), p.def)
		}
	}
	l.defs = defs
	l.levels += len(defs) - before
	l.batch.size += len(defs) - before
}
