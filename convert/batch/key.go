package batch

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
)

// key is a text of at most maxKey bytes, and which no other text has: its first
// and last bytes, and its length in the highest byte of the last word. Most texts
// of logs are that short, and words are compared faster than memory.
type key [3]uint64

const (
	maxKey   = 23
	keyShift = 56          // of the length
	longKey  = 1<<64 - 256 // in the last word, of an entry that is no key
)

// keyOf is the key of a text of at most maxKey bytes.
func keyOf(v []byte) (k key) {
	k.set(v)
	return k
}

// set makes k the key of a text. It writes word by word, which reading is spared
// to wait for.
func (k *key) set(v []byte) {
	n := len(v)
	first, second, last := uint64(0), uint64(0), uint64(n)<<keyShift
	switch {
	case n >= 8:
		first, second = binary.LittleEndian.Uint64(v), binary.LittleEndian.Uint64(v[n-8:])
		if n > 16 {
			last |= second >> (8 * (24 - n) & 63)
			second = binary.LittleEndian.Uint64(v[8:])
		}
	case n >= 4:
		first, second = uint64(binary.LittleEndian.Uint32(v)), uint64(binary.LittleEndian.Uint32(v[n-4:]))
	case n > 0:
		first = uint64(v[0]) | uint64(v[n/2])<<8 | uint64(v[n-1])<<16
	}
	k[0], k[1], k[2] = first, second, last
}

// text is what k is the key of, in the memory of room.
func (k *key) text(room *[24]byte) []byte {
	n := int(k[2] >> keyShift)
	switch {
	case n > 16:
		binary.LittleEndian.PutUint64(room[16:], k[2])
		binary.LittleEndian.PutUint64(room[8:], k[1])
		binary.LittleEndian.PutUint64(room[:], k[0])
	case n >= 8:
		binary.LittleEndian.PutUint64(room[n-8:], k[1])
		binary.LittleEndian.PutUint64(room[:], k[0])
	case n >= 4:
		binary.LittleEndian.PutUint32(room[n-4:], uint32(k[1]))
		binary.LittleEndian.PutUint32(room[:], uint32(k[0]))
	case n > 0:
		room[n-1], room[n/2], room[0] = byte(k[0]>>16), byte(k[0]>>8), byte(k[0])
	}
	return room[:n]
}

// keySeeds are known to nobody outside of the process: texts cannot be chosen to
// have one hash.
var keySeeds = [3]uint64{rand.Uint64(), rand.Uint64(), rand.Uint64() | 1}

func (k *key) hash() uint64 {
	high, low := bits.Mul64(k[0]^keySeeds[0], k[1]^keySeeds[1])
	high, low = bits.Mul64(high^low^k[2], keySeeds[2])
	return (high ^ low) & (1<<32 - 1)
}
