package convert

import (
	"encoding/binary"
	"errors"
	"hash/maphash"
	"io"
	"math/bits"
	"slices"
	"sort"
)

// idKey stands for the id of a record: 128 bits of it, by hashes that nobody
// outside of the process can know.
type idKey [2]uint64

var idSeeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// add puts a column of the id into the key, in the order of the columns. Without
// the first there is no id.
func (k *idKey) add(text []byte, first bool) {
	if first && (len(text) == 0 || string(text) == "-") {
		*k = idKey{}
		return
	}
	if !first && k.none() {
		return
	}
	for i, seed := range idSeeds {
		k[i] = k[i]*0x9e3779b97f4a7c15 + maphash.Bytes(seed, text)
	}
	k[0] |= 1 // never none
}

func (k idKey) none() bool { return k == idKey{} }

// claim is an id and the pass over a unit that came with it first. A pass that
// is given up takes its claims back by its number alone.
type claim struct {
	key  idKey
	pass uint64
}

const claimSize = 24 // in a file

// maxLive is how many claims a set holds in memory; a variable for tests.
var maxLive = 512 << 10

// idSet is a set of claims in bounded memory: when the table is full, what is in
// it becomes a sorted run in a file.
type idSet struct {
	table []claim // open addressing by key[0]
	live  int
	runs  []*idRun
	spill func() (spillFile, error)

	touched uint64 // so that touching is not for nothing
}

type spillFile interface {
	io.ReaderAt
	io.Writer
	io.Closer
}

// find returns the pass that claimed the id.
func (s *idSet) find(k idKey) (pass uint64, ok bool, err error) {
	if len(s.table) > 0 {
		if c := s.slot(k); c.key == k {
			return c.pass, true, nil
		}
	}
	for _, r := range s.runs {
		if pass, ok, err = r.find(k); ok || err != nil {
			return pass, ok, err
		}
	}
	return 0, false, nil
}

// touch reads the memory that keys are looked for in. Read one after the other,
// each is waited for; like this they come together.
func (s *idSet) touch(keys []idKey) {
	if len(s.table) == 0 {
		return
	}
	mask := uint64(len(s.table) - 1)
	for _, k := range keys {
		s.touched += s.table[k[0]>>1&mask].pass
	}
}

// slot is where the key is, or where it has to go.
func (s *idSet) slot(k idKey) *claim {
	mask := uint64(len(s.table) - 1)
	for i := k[0] >> 1 & mask; ; i = (i + 1) & mask {
		if c := &s.table[i]; c.key == k || c.key.none() {
			return c
		}
	}
}

// put claims the id for a pass, whoever had it before.
func (s *idSet) put(k idKey, pass uint64) error {
	if s.live >= maxLive {
		if err := s.flush(); err != nil {
			return err
		}
	}
	if 2*s.live >= len(s.table) {
		s.grow()
	}
	c := s.slot(k)
	if c.key != k {
		s.live++
	}
	*c = claim{k, pass}
	return nil
}

func (s *idSet) grow() {
	old := s.table
	s.table = make([]claim, max(1024, 2*len(old)))
	for _, c := range old {
		if !c.key.none() {
			*s.slot(c.key) = c
		}
	}
}

// flush writes the table to a file, as the newest run.
func (s *idSet) flush() error {
	claims := slices.DeleteFunc(s.table, func(c claim) bool { return c.key.none() })
	slices.SortFunc(claims, func(a, b claim) int { return a.key.compare(b.key) })
	r, err := writeRun(s.spill, claims)
	if err != nil {
		return err
	}
	s.runs = slices.Insert(s.runs, 0, r)
	s.table, s.live = nil, 0
	return nil
}

func (s *idSet) close() error {
	var errs []error
	for _, r := range s.runs {
		errs = append(errs, r.file.Close())
	}
	s.table, s.runs = nil, nil
	return errors.Join(errs...)
}

func (k idKey) compare(o idKey) int {
	for i := range k {
		if k[i] < o[i] {
			return -1
		} else if k[i] > o[i] {
			return 1
		}
	}
	return 0
}

// idRun is sorted claims in a file. The filter says of most ids that they are
// not in it, fences in which of the blocks one must be.
type idRun struct {
	file   spillFile
	count  int
	fences []idKey // the first key of each block
	filter []uint64
}

const (
	blockClaims = 128
	filterBits  = 10 // for each claim
	filterHits  = 4
)

func writeRun(create func() (spillFile, error), claims []claim) (*idRun, error) {
	file, err := create()
	if err != nil {
		return nil, err
	}
	r := &idRun{file: file, count: len(claims), filter: make([]uint64, len(claims)*filterBits/64+1)}
	var block []byte
	for chunk := range slices.Chunk(claims, blockClaims) {
		r.fences = append(r.fences, chunk[0].key)
		block = block[:0]
		for _, c := range chunk {
			r.mark(c.key)
			block = binary.LittleEndian.AppendUint64(block, c.key[0])
			block = binary.LittleEndian.AppendUint64(block, c.key[1])
			block = binary.LittleEndian.AppendUint64(block, c.pass)
		}
		if _, err := file.Write(block); err != nil {
			return nil, errors.Join(err, file.Close())
		}
	}
	return r, nil
}

func (r *idRun) mark(k idKey) {
	for i := range uint64(filterHits) {
		word, bit := r.place(k, i)
		r.filter[word] |= bit
	}
}

// place spreads a key's probes evenly over the filter.
func (r *idRun) place(k idKey, probe uint64) (word, bit uint64) {
	word, low := bits.Mul64(k[0]+probe*(k[1]|1), uint64(len(r.filter)))
	return word, 1 << (low >> 58)
}

func (r *idRun) find(k idKey) (pass uint64, ok bool, err error) {
	for i := range uint64(filterHits) {
		if word, bit := r.place(k, i); r.filter[word]&bit == 0 {
			return 0, false, nil
		}
	}
	block := sort.Search(len(r.fences), func(i int) bool { return r.fences[i].compare(k) > 0 }) - 1
	if block < 0 {
		return 0, false, nil
	}
	var buf [blockClaims * claimSize]byte
	n := min(blockClaims, r.count-block*blockClaims)
	if _, err := r.file.ReadAt(buf[:n*claimSize], int64(block*blockClaims*claimSize)); err != nil {
		return 0, false, err
	}
	for at := 0; at < n*claimSize; at += claimSize {
		if binary.LittleEndian.Uint64(buf[at:]) == k[0] && binary.LittleEndian.Uint64(buf[at+8:]) == k[1] {
			return binary.LittleEndian.Uint64(buf[at+16:]), true, nil
		}
	}
	return 0, false, nil
}
