package funcs

import (
	"encoding/binary"
	"math/bits"
)

func digest(name string, f func([]byte) []byte) GoFunc {
	return GoFunc{Name: name, Signature: "(varbinary) varbinary", Total: true, Call: func(a []any) (any, error) { return f(a[0].([]byte)), nil }}
}

var hashGo = []GoFunc{
	digest("trino_murmur3", murmur3),
	digest("trino_spooky_32", func(b []byte) []byte { return bigEndian(spooky(b)&0xFFFFFFFF, 4) }),
	digest("trino_spooky_64", func(b []byte) []byte { return bigEndian(spooky(b), 8) }),
}

// word reads up to 8 bytes, the last first.
func word(b []byte) uint64 {
	var padded [8]byte
	copy(padded[:], b)
	return binary.LittleEndian.Uint64(padded[:])
}

const (
	murmur1 uint64 = 0x87c37b91114253d5
	murmur2 uint64 = 0x4cf5ad432745937f
)

// murmur3 is MurmurHash3 x64 128 with seed 0.
func murmur3(b []byte) []byte {
	n := uint64(len(b))
	var h1, h2 uint64
	k1 := func(k uint64) { h1 ^= bits.RotateLeft64(k*murmur1, 31) * murmur2 }
	k2 := func(k uint64) { h2 ^= bits.RotateLeft64(k*murmur2, 33) * murmur1 }
	for ; len(b) >= 16; b = b[16:] {
		k1(word(b[:8]))
		h1 = (bits.RotateLeft64(h1, 27)+h2)*5 + 0x52dce729
		k2(word(b[8:16]))
		h2 = (bits.RotateLeft64(h2, 31)+h1)*5 + 0x38495ab5
	}
	if len(b) > 8 {
		k2(word(b[8:]))
	}
	k1(word(b[:min(8, len(b))]))
	h1, h2 = h1^n, h2^n
	h1 += h2
	h2 += h1
	h1, h2 = murmurMix(h1), murmurMix(h2)
	h1 += h2
	h2 += h1
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, h1), h2)
}

func murmurMix(k uint64) uint64 {
	k = (k ^ k>>33) * 0xff51afd7ed558ccd
	k = (k ^ k>>33) * 0xc4ceb9fe1a85ec53
	return k ^ k>>33
}

const (
	spookyConst uint64 = 0xdeadbeefdeadbeef
	spookyBlock int    = 96
)

// The rotations of SpookyHash V2, in the order of its steps.
var (
	spookyShortMix = []int{50, 52, 30, 41, 54, 48, 38, 37, 62, 34, 5, 36}
	spookyShortEnd = []int{15, 52, 26, 51, 28, 9, 47, 54, 32, 25, 63}
	spookyLongMix  = []int{11, 32, 43, 31, 17, 28, 39, 57, 55, 54, 22, 46}
	spookyLongEnd  = []int{44, 15, 34, 21, 38, 33, 10, 13, 38, 53, 42, 54}
)

// spooky is the first 64 bits of SpookyHash V2 with seed 0.
func spooky(b []byte) uint64 {
	if len(b) >= 2*spookyBlock {
		return spookyLong(b)
	}
	n := uint64(len(b))
	h := [4]uint64{0, 0, spookyConst, spookyConst}
	for ; len(b) >= 32; b = b[32:] {
		h[2], h[3] = h[2]+word(b[:8]), h[3]+word(b[8:16])
		shortMix(&h)
		h[0], h[1] = h[0]+word(b[16:24]), h[1]+word(b[24:32])
	}
	if len(b) >= 16 {
		h[2], h[3] = h[2]+word(b[:8]), h[3]+word(b[8:16])
		shortMix(&h)
		b = b[16:]
	}
	h[3] += n << 56
	if len(b) == 0 {
		h[2], h[3] = h[2]+spookyConst, h[3]+spookyConst
	} else {
		h[2] += word(b[:min(8, len(b))])
		h[3] += word(b[min(8, len(b)):])
	}
	for i, by := range spookyShortEnd {
		x, y := (i+3)%4, (i+2)%4
		h[x] ^= h[y]
		h[y] = bits.RotateLeft64(h[y], by)
		h[x] += h[y]
	}
	return h[0]
}

func shortMix(h *[4]uint64) {
	for i, by := range spookyShortMix {
		x := (i + 2) % 4
		h[x] = bits.RotateLeft64(h[x], by) + h[(x+1)%4]
		h[(x+2)%4] ^= h[x]
	}
}

func spookyLong(b []byte) uint64 {
	var h [12]uint64
	for i := 2; i < 12; i += 3 {
		h[i] = spookyConst
	}
	for ; len(b) >= spookyBlock; b = b[spookyBlock:] {
		for i, by := range spookyLongMix {
			h[i] += word(b[8*i : 8*i+8])
			h[(i+2)%12] ^= h[(i+10)%12]
			h[(i+11)%12] ^= h[i]
			h[i] = bits.RotateLeft64(h[i], by)
			h[(i+11)%12] += h[(i+1)%12]
		}
	}
	var last [spookyBlock]byte
	copy(last[:], b)
	last[spookyBlock-1] = byte(len(b))
	for i := range h {
		h[i] += word(last[8*i : 8*i+8])
	}
	for range 3 {
		for i, by := range spookyLongEnd {
			h[(i+11)%12] += h[(i+1)%12]
			h[(i+2)%12] ^= h[(i+11)%12]
			h[(i+1)%12] = bits.RotateLeft64(h[(i+1)%12], by)
		}
	}
	return h[0]
}
