package batch

// blocks are texts by number. They lie in blocks of memory that stay where they
// are: an array of all of them would be copied again and again as it grows, into
// memory that costs more to touch than the texts cost to copy.
type blocks struct {
	parts [][]byte
	ends  []uint64 // of each text: the number of its part, and in the lower half its end in there
	bytes int      // of all texts
}

const (
	firstBlock = 256 // bytes; small, as many batches get only a few records
	maxBlock   = 128 << 10
)

func (b *blocks) len() int { return len(b.ends) }

func (b *blocks) at(i int32) []byte {
	end, from := b.ends[i], uint32(0)
	if i > 0 {
		if before := b.ends[i-1]; before>>32 == end>>32 {
			from = uint32(before)
		}
	}
	return b.parts[end>>32][from:uint32(end)]
}

func (b *blocks) push(v []byte) {
	last := len(b.parts) - 1
	if last < 0 || cap(b.parts[last])-len(b.parts[last]) < len(v) {
		b.another(len(v))
		last++
	}
	part := append(b.parts[last], v...)
	b.parts[last] = part
	b.ends = append(roomFor(b.ends), uint64(last)<<32|uint64(len(part)))
	b.bytes += len(v)
}

// another begins a part with room for n bytes, in memory that reset has kept
// where that is large enough.
func (b *blocks) another(n int) {
	k := len(b.parts)
	if k < cap(b.parts) {
		if kept := b.parts[:k+1][k]; cap(kept) >= max(n, 1) {
			b.parts = append(b.parts, kept[:0])
			return
		}
	}
	size := firstBlock
	if k > 0 {
		size = min(2*cap(b.parts[k-1]), maxBlock)
	}
	b.parts = append(b.parts, make([]byte, 0, max(size, n)))
}

// truncate keeps the first n texts.
func (b *blocks) truncate(n int) {
	for i := n; i < len(b.ends); i++ {
		b.bytes -= len(b.at(int32(i)))
	}
	b.ends = b.ends[:n]
	if n == 0 {
		b.parts = b.parts[:0]
		return
	}
	end := b.ends[n-1]
	b.parts = b.parts[:end>>32+1]
	b.parts[end>>32] = b.parts[end>>32][:uint32(end)]
}

func (b *blocks) reset() { b.parts, b.ends, b.bytes = b.parts[:0], b.ends[:0], 0 }

// roomFor returns s with room for one more. It doubles s; append would clear the
// new room at once, and so touch memory that may never be needed.
func roomFor[T byte | int32 | int64 | uint64 | key](s []T) []T {
	if len(s) < cap(s) {
		return s
	}
	grown := make([]T, len(s), max(2*len(s), 64))
	copy(grown, s)
	return grown
}
