package convert

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// body reads an object's content: decompressed where it begins as gzip,
// whatever its name says, all members of it. It counts lines, so that a break
// can be placed.
type body struct {
	file  io.Reader
	raw   *bufio.Reader
	again bytes.Reader // what was read of file in vain
	plain io.Reader    // raw, gz or whole; nil before the first Read
	gz    gzip.Reader
	isGz  bool // plain is gz
	whole whole

	onlyHead bool // little of it will be read

	given int64  // bytes given out
	sound int64  // of them, those before the end of the last member whose checksum held
	doubt *doubt // nil, or where to stop

	lines int64 // line ends given out
	first byte  // the first byte that is no blank
	err   error // the first that was not nil
	tail  []byte
}

const readSize = 128 << 10

func newBody(r io.Reader) *body { return &body{file: r, raw: bufio.NewReaderSize(r, readSize)} }

// doubt says that a gzip member's bytes are not those that were written: after
// the first sound bytes of the content nothing is to be believed.
type doubt struct {
	sound int64
	err   error
}

func (d *doubt) Error() string {
	return d.err.Error() + ": nothing of this gzip member is kept, its bytes are not what was written"
}

// reset makes b read another object, with the same buffers. It reads no further
// than where d begins, if that is not nil.
func (b *body) reset(r io.Reader, d *doubt) {
	b.file = r
	b.raw.Reset(r)
	b.plain, b.isGz, b.lines, b.first, b.err, b.tail = nil, false, 0, 0, nil, nil
	b.given, b.sound, b.doubt, b.onlyHead = 0, 0, d, false
}

// doubted tells whether what was read turned out not to be what was written. A
// member that merely ends early is not in doubt: as far as it goes it is right.
func (b *body) doubted() *doubt {
	var corrupt flate.CorruptInputError
	if b.doubt != nil || !errors.Is(b.err, gzip.ErrChecksum) && !errors.As(b.err, &corrupt) {
		return nil
	}
	return &doubt{b.sound, b.err}
}

var gzipMagic = []byte{0x1f, 0x8b}

// trailingError tells of bytes after a whole gzip stream. Everything before
// them was given out.
type trailingError struct{ what string }

func (e *trailingError) Error() string { return e.what + " after the end of the gzip stream" }

func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.doubt != nil {
		p = p[:min(int64(len(p)), b.doubt.sound-b.given)]
		if len(p) == 0 {
			b.err = b.doubt
			return 0, b.err
		}
	}
	n, err := b.read(p)
	b.count(p[:n])
	if err != nil && b.isGz {
		err = gzipError(err)
	}
	b.err = err
	return n, err
}

// Whole gives a stream that was inflated in one piece, as if it had been read to
// its end. ok is false where it was not, and the body is to be read.
func (b *body) Whole() (text []byte, ok bool) {
	if b.err != nil || b.doubt != nil {
		return nil, false
	}
	if b.plain == nil {
		if b.err = b.begin(); b.err != nil {
			if b.isGz {
				b.err = gzipError(b.err)
			}
			return nil, false
		}
	}
	if b.plain != &b.whole {
		return nil, false
	}
	text = b.whole.rest()
	b.count(text)
	b.err = io.EOF
	return text, true
}

func (b *body) count(text []byte) {
	b.given += int64(len(text))
	if b.first == 0 {
		b.first = firstByte(text)
	}
	if !b.isJSON() { // of which nobody counts lines
		b.lines += int64(bytes.Count(text, []byte{'\n'}))
	}
}

// gzipError says that it is the compression that is broken, where the error
// itself does not.
func gzipError(err error) error {
	trailing := new(trailingError)
	if errors.Is(err, io.EOF) || errors.As(err, &trailing) || strings.HasPrefix(err.Error(), "gzip: ") {
		return err
	}
	return fmt.Errorf("gzip: %w", err)
}

func firstByte(p []byte) byte {
	p = bytes.TrimLeft(p, " \t\r\n\ufeff")
	if len(p) == 0 {
		return 0
	}
	return p[0]
}

func (b *body) read(p []byte) (int, error) {
	if b.plain == nil {
		if err := b.begin(); err != nil {
			return 0, err
		}
	}
	for {
		n, err := b.plain.Read(p)
		if !b.isGz || !errors.Is(err, io.EOF) {
			return n, err
		}
		b.sound = b.given + int64(n) // the end of a member
		if err := b.nextMember(); err != nil || n > 0 {
			return n, err
		}
	}
}

func (b *body) begin() error {
	head, err := b.raw.Peek(len(gzipMagic))
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if !bytes.Equal(head, gzipMagic) {
		b.plain = b.raw
		return nil
	}
	if wholeMembers && b.doubt == nil && !b.onlyHead {
		if done, err := b.atOnce(); done || err != nil {
			return err
		}
	}
	b.plain, b.isGz = &b.gz, true
	return b.member()
}

// atOnce inflates the whole stream, if it is sound and not too long. If not, raw
// begins anew.
func (b *body) atOnce() (done bool, err error) {
	more, err := b.whole.read(b.raw)
	if err != nil {
		return false, err
	}
	if !more && b.whole.inflate() {
		b.plain = &b.whole
		return true, nil
	}
	b.again.Reset(b.whole.in)
	b.raw.Reset(io.MultiReader(&b.again, b.file))
	return false, nil
}

func (b *body) nextMember() error {
	head, err := b.raw.Peek(len(gzipMagic))
	if bytes.Equal(head, gzipMagic) {
		return b.member()
	}
	if len(head) == 0 {
		return err // io.EOF: the end, as it should be
	}
	return b.trailing()
}

func (b *body) member() error {
	if err := b.gz.Reset(b.raw); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	b.gz.Multistream(false)
	return nil
}

// trailing counts what follows the last member and keeps its beginning.
func (b *body) trailing() error {
	buf := make([]byte, 32<<10)
	var n int64
	zeros := true
	for {
		k, err := b.raw.Read(buf)
		if n == 0 {
			b.tail = bytes.Clone(buf[:min(k, 256)])
		}
		n += int64(k)
		zeros = zeros && len(bytes.Trim(buf[:k], "\x00")) == 0
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	if zeros {
		return &trailingError{fmt.Sprintf("%d zero bytes", n)}
	}
	return &trailingError{fmt.Sprintf("%d bytes of something else", n)}
}

// isJSON reports whether what was read begins as JSON does.
func (b *body) isJSON() bool { return b.first == '{' || b.first == '[' }

// broken reports whether the content could not be read to its end.
func (b *body) broken() bool { return b.err != nil && !errors.Is(b.err, io.EOF) }

// failed is the error of the file system, if that is what ended the reading.
func (b *body) failed() error {
	var p *os.PathError
	if errors.As(b.err, &p) {
		return p.Err
	}
	return nil
}
