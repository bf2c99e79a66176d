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

// idSet is a set of claims in bounded memory: when there are too many, what it has
// becomes a sorted run in a file.
type idSet struct {
	claims []claim  // of different ids, as they came
	slots  []uint32 // open addressing by key[0]: some bits of the key, and a place in claims from 1; 0 is free
	runs   []*idRun
	spill  func() (spillFile, error)

	touched uint32 // so that touching is not for nothing
}

// A slot is small, as most ids are new and nothing else is looked at for those.
const (
	placeBits  = 20 // more than maxLive
	slotPlaces = 1<<placeBits - 1
)

type spillFile interface {
	io.ReaderAt
	io.Writer
	io.Closer
}

// find returns the pass that claimed the id.
func (s *idSet) find(k idKey) (pass uint64, ok bool, err error) {
	if len(s.slots) > 0 {
		if _, c := s.slot(k); c != nil {
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
	if len(s.slots) == 0 {
		return
	}
	mask := uint64(len(s.slots) - 1)
	for _, k := range keys {
		s.touched += s.slots[k[0]>>1&mask]
	}
}

// slot is where the key is, or where it has to go.
func (s *idSet) slot(k idKey) (slot *uint32, c *claim) {
	mask, part := uint64(len(s.slots)-1), uint32(k[1])&^slotPlaces
	for i := k[0] >> 1 & mask; ; i = (i + 1) & mask {
		slot = &s.slots[i]
		if *slot == 0 {
			return slot, nil
		}
		if *slot&^slotPlaces == part {
			if c = &s.claims[*slot&slotPlaces-1]; c.key == k {
				return slot, c
			}
		}
	}
}

// put claims the id for a pass, whoever had it before.
func (s *idSet) put(k idKey, pass uint64) error {
	if len(s.claims) >= maxLive {
		if err := s.flush(); err != nil {
			return err
		}
	}
	if 2*len(s.claims) >= len(s.slots) {
		s.grow()
	}
	slot, c := s.slot(k)
	if c != nil {
		c.pass = pass
		return nil
	}
	s.claims = append(s.claims, claim{k, pass})
	*slot = uint32(k[1])&^slotPlaces | uint32(len(s.claims))
	return nil
}

func (s *idSet) grow() {
	s.slots = make([]uint32, max(1024, 2*len(s.slots)))
	mask := uint64(len(s.slots) - 1)
	for i := range s.claims {
		k := &s.claims[i].key
		at := k[0] >> 1 & mask
		for s.slots[at] != 0 {
			at = (at + 1) & mask
		}
		s.slots[at] = uint32(k[1])&^slotPlaces | uint32(i+1)
	}
}

// flush writes the claims to a file, as the newest run.
func (s *idSet) flush() error {
	slices.SortFunc(s.claims, func(a, b claim) int { return a.key.compare(b.key) })
	r, err := writeRun(s.spill, s.claims)
	if err != nil {
		return err
	}
	s.runs = slices.Insert(s.runs, 0, r)
	s.claims, s.slots = nil, nil
	return nil
}

func (s *idSet) close() error {
	var errs []error
	for _, r := range s.runs {
		errs = append(errs, r.file.Close())
	}
	s.claims, s.slots, s.runs = nil, nil, nil
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
