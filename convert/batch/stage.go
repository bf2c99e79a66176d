package batch

// stageBytes is how many bytes of texts are put aside: as much as stays in the
// processor's cache until it is needed again.
const stageBytes = 64 << 10

// staged is a level of a leaf that is put aside.
type staged struct {
	from     uint32 // of a text in the stage; of absent, how many records
	length   int32
	hash     uint32 // 0 where it is not known
	def, rep uint8
}

// What a length says where there is no text.
const (
	null   = -1
	absent = -2 // whole records that did not touch the leaf
)

// manyLeaves is from where on it pays.
const manyLeaves = 20

// Stage makes a batch of many leaves put the texts of some records aside and then
// append them leaf by leaf. Else the memory of all of them would push each other
// out of the processor's cache, record after record. The batch must be empty.
func (b *Batch) Stage() {
	for _, l := range b.leaves {
		l.staged = l.kind.isText() && len(b.leaves) >= manyLeaves
	}
}

// put puts a text aside.
func (l *Leaf) put(v []byte, rep int) {
	if rep == 0 {
		l.beginStaged()
	}
	b := l.batch
	l.pending = append(l.pending, staged{uint32(len(b.stage)), int32(len(v)), 0, uint8(l.MaxDef), uint8(rep)})
	b.stage = append(b.stage, v...)
}

func (l *Leaf) putNull(def, rep int) {
	if rep == 0 {
		l.beginStaged()
	}
	l.pending = append(l.pending, staged{0, null, 0, uint8(def), uint8(rep)})
}

func (l *Leaf) beginStaged() {
	if n := l.batch.records - l.records; n != 0 {
		if n < 0 {
			l.rewind()
		} else {
			l.pending = append(l.pending, staged{from: uint32(n), length: absent})
			l.records += n
		}
	}
	l.mark.levels = len(l.pending)
	l.records++
}

// newestStaged is Newest of what is put aside.
func (l *Leaf) newestStaged() []byte {
	if len(l.pending) == l.mark.levels {
		return nil
	}
	p := l.pending[len(l.pending)-1]
	if p.length < 0 {
		return nil
	}
	return l.batch.stage[p.from:][:p.length]
}

// settle appends what was put aside of the records that have ended. There must
// be no other.
func (b *Batch) settle() {
	for _, l := range b.leaves {
		if len(l.pending) > 0 {
			l.settle(b.stage)
			l.pending = l.pending[:0]
		}
	}
	b.stage = b.stage[:0]
}

// farTable is how many entries a table has that is not in the nearest cache any
// more.
const farTable = 2048

// touch hashes the texts and reads the memory where they are looked for. Read one
// after the other, each is waited for; like this they come together.
func (l *Leaf) touch(stage []byte) {
	t := &l.texts
	if t.plain || len(t.table) < farTable {
		return
	}
	mask, read := uint64(len(t.table)-1), uint64(0)
	for i := range l.pending {
		if p := &l.pending[i]; p.length >= 0 {
			h := hashOf(stage[p.from:][:p.length])
			p.hash = uint32(h)
			read += t.table[h&mask]
		}
	}
	t.read = read
}

func (l *Leaf) settle(stage []byte) {
	l.settleLevels()
	l.touch(stage)
	size := 0
	for i := range l.pending {
		if p := &l.pending[i]; p.length >= 0 {
			l.values++
			size += l.texts.addHashed(stage[p.from:][:p.length], uint64(p.hash))
		}
	}
	l.batch.size += size
}

func (l *Leaf) settleLevels() {
	if !l.hasDefs && l.MaxRep == 0 && l.noNulls() {
		l.levels += len(l.pending)
		return
	}
	for _, p := range l.pending {
		if p.length == absent {
			l.absent(int(p.from))
		} else {
			l.level(int(p.def), int(p.rep))
		}
	}
}

func (l *Leaf) noNulls() bool {
	for i := range l.pending {
		if l.pending[i].length < 0 {
			return false
		}
	}
	return true
}
