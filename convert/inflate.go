package convert

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"
)

// What is inflated in one piece at most. Beyond, a stream goes through memory
// bit by bit, whatever it costs.
const (
	maxWholeInput  = 8 << 20
	maxWholeOutput = 64 << 20
)

// whole inflates gzip streams in one piece, where the program was built with a
// library that does (wholeMembers). It only ever answers for streams that are
// sound to their last byte: the reader that goes bit by bit says what is wrong
// with the others, and how far they are right.
type whole struct {
	inflater inflater
	in, out  []byte
	given    int
}

// read takes up to maxWholeInput bytes of r. more tells that there may be more.
func (w *whole) read(r io.Reader) (more bool, err error) {
	w.in = slices.Grow(w.in[:0], 64<<10)
	for len(w.in) < maxWholeInput {
		if len(w.in) == cap(w.in) {
			w.in = slices.Grow(w.in, len(w.in))
		}
		n, err := r.Read(w.in[len(w.in):cap(w.in)])
		w.in = w.in[:len(w.in)+n]
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return false, err
		}
	}
	return true, nil
}

// inflate reports whether all that was read is gzip members and nothing else.
func (w *whole) inflate() bool {
	w.out, w.given = w.out[:0], 0
	for in := w.in; len(in) > 0; {
		n, ok := w.member(in)
		if !ok {
			return false
		}
		in = in[n:]
	}
	return true
}

// member inflates the first member of in. A stream tells its length in its last
// bytes: true if it has one member and is under 4 GiB, else a first guess.
func (w *whole) member(in []byte) (read int, ok bool) {
	const trailer = 8
	if len(in) < trailer {
		return 0, false
	}
	told := int(binary.LittleEndian.Uint32(in[len(in)-4:]))
	room := min(told+1, 64*len(in), maxWholeOutput-len(w.out))
	for {
		w.makeRoom(max(room, 1))
		n, written, result := w.inflater.member(w.out[len(w.out):cap(w.out)], in)
		switch {
		case result == inflated:
			w.out = w.out[:len(w.out)+written]
			return n, true
		case result == unsound || cap(w.out) >= maxWholeOutput:
			return 0, false
		}
		room = 2 * (cap(w.out) - len(w.out))
	}
}

// makeRoom makes room for n more bytes, if it may.
func (w *whole) makeRoom(n int) {
	size := min(len(w.out)+n, maxWholeOutput)
	if cap(w.out) < size {
		w.out = append(make([]byte, 0, size), w.out...)
	}
}

// Read gives what was inflated.
func (w *whole) Read(p []byte) (int, error) {
	if w.given == len(w.out) {
		return 0, io.EOF
	}
	n := copy(p, w.out[w.given:])
	w.given += n
	return n, nil
}

// rest is all that Read has not given yet.
func (w *whole) rest() []byte {
	given := w.given
	w.given = len(w.out)
	return w.out[given:]
}

// result is what became of a member.
type result uint8

const (
	inflated result = iota
	tooLong         // for the room there is
	unsound
)
