package logtype

import (
	"context"
	"errors"
	"fmt"
	"io"
)

const (
	maxRecord = 64 << 20 // bytes of one JSON record
	maxDepth  = 1000     // of objects and lists in each other
)

// errSyntax is the class of errors that are the text's fault, not the reader's.
var errSyntax = errors.New("no JSON")

// jsonReader walks over JSON text of any size in bounded memory. It checks the
// grammar as it goes, byte by byte and without recursion, so that a mistake is
// seen where it is made and not at the end of the object.
//
// keep marks a place from which on the text is kept for the caller, up to
// maxRecord bytes.
type jsonReader struct {
	ctx    context.Context
	r      io.Reader
	pooled *[]byte
	buf    []byte
	pos    int   // next byte
	end    int   // of what was read
	mark   int   // the kept text begins here; -1 where nothing is kept
	over   bool  // the kept text grew over maxRecord; its beginning alone is left
	gone   int64 // bytes of the object before buf[0]
	err    error // what the reader said last
	stack  []byte
	word   []byte // the scalar at hand
}

func newJSONReader(ctx context.Context, r io.Reader) *jsonReader {
	if text, ok := wholeText(ctx, r); ok {
		return &jsonReader{ctx: ctx, r: r, buf: text, end: len(text), err: io.EOF, mark: -1}
	}
	pooled := buffers.Get().(*[]byte)
	return &jsonReader{ctx: ctx, r: r, pooled: pooled, buf: *pooled, mark: -1}
}

func (j *jsonReader) close() {
	if j.pooled != nil {
		buffers.Put(j.pooled)
	}
}

// keep starts keeping the text from the next byte on.
func (j *jsonReader) keep() { j.mark, j.over = j.pos, false }

// kept ends the keeping and returns the text up to the next byte, valid until
// the reader moves; whole tells whether all of it is there.
func (j *jsonReader) kept() (text []byte, whole bool) {
	text, whole = j.buf[j.mark:j.pos], !j.over
	if !whole {
		text = text[:min(maxBadText, len(text))]
	}
	j.mark = -1
	return text, whole
}

// more reads on when all that was read has been walked over. It returns the
// reader's error, io.EOF at the end.
func (j *jsonReader) more() error {
	if j.err != nil {
		return j.err
	}
	if err := j.ctx.Err(); err != nil {
		return err
	}
	j.makeRoom()
	var n int
	n, j.err = readSome(j.r, j.buf[j.end:])
	j.end += n
	if n > 0 {
		return nil
	}
	return j.err
}

const (
	aheadLow  = 32 << 10 // where fewer bytes are left, ahead reads on
	aheadHigh = 512 << 10
)

// ahead sees to it that the next record lies in the buffer as a whole, if it is
// not a large one. The next byte is there already. What the reader says is for
// more to tell, once all that was read has been walked over.
func (j *jsonReader) ahead() {
	if j.end-j.pos >= aheadLow || j.err != nil || j.ctx.Err() != nil {
		return
	}
	j.gone += int64(j.pos)
	j.end = copy(j.buf, j.buf[j.pos:j.end])
	j.pos = 0
	for j.end < aheadHigh && j.err == nil {
		var n int
		n, j.err = readSome(j.r, j.buf[j.end:])
		j.end += n
	}
}

// makeRoom lets go of what nobody needs any more.
func (j *jsonReader) makeRoom() {
	from := j.pos
	if j.mark >= 0 {
		from = j.mark
	}
	if from > 0 {
		j.gone += int64(from)
		j.end = copy(j.buf, j.buf[from:j.end])
		j.pos -= from
		if j.mark >= 0 {
			j.mark = 0
		}
	}
	if j.end < len(j.buf) {
		return
	}
	if len(j.buf) < maxRecord {
		grown := make([]byte, 2*len(j.buf))
		copy(grown, j.buf)
		j.buf = grown
		return
	}
	j.over = true
	j.gone += int64(j.end - maxBadText)
	j.pos, j.end = maxBadText, maxBadText
}

// peek returns the next byte that is no white space, without walking over it.
func (j *jsonReader) peek() (byte, error) {
	for {
		for ; j.pos < j.end; j.pos++ {
			if c := j.buf[j.pos]; c > ' ' || c != ' ' && c != '\n' && c != '\r' && c != '\t' {
				return c, nil
			}
		}
		if err := j.more(); err != nil {
			return 0, err
		}
	}
}

// want walks over the next token, which must be c.
func (j *jsonReader) want(c byte, where string) error {
	got, err := j.peek()
	if err != nil {
		return err
	}
	if got != c {
		return j.unexpected(got, where)
	}
	j.pos++
	return nil
}

func (j *jsonReader) unexpected(c byte, where string) error {
	return fmt.Errorf("%w: unexpected %q %s", errSyntax, c, where)
}

// offset is the place of the next byte in the object, from 0.
func (j *jsonReader) offset() int64 { return j.gone + int64(j.pos) }

// value walks over one value of any kind. deepest is how many objects and lists
// stood in each other in it; below maxDepth brackets are only counted.
func (j *jsonReader) value() (deepest int, err error) {
	j.stack = j.stack[:0]
	for {
		c, err := j.peek()
		if err != nil {
			return deepest, err
		}
		switch {
		case c == '{' || c == '[':
			j.pos++
			j.stack = append(j.stack, c)
			deepest = max(deepest, len(j.stack))
			if len(j.stack) > maxDepth {
				if err := j.abyss(); err != nil {
					return deepest, err
				}
				j.stack = j.stack[:len(j.stack)-1]
				break
			}
			empty, err := j.first(c)
			if err != nil {
				return deepest, err
			}
			if !empty {
				continue
			}
		case c == '"':
			err = j.text()
		default:
			err = j.scalar(c)
		}
		if err != nil {
			return deepest, err
		}
		if done, err := j.after(); done || err != nil {
			return deepest, err
		}
	}
}

// first begins an object or list: it reads the first key, or the closing
// bracket of an empty one.
func (j *jsonReader) first(open byte) (empty bool, err error) {
	c, err := j.peek()
	if err != nil {
		return false, err
	}
	if c == closing(open) {
		j.pos++
		j.stack = j.stack[:len(j.stack)-1]
		return true, nil
	}
	if open == '{' {
		return false, j.key()
	}
	return false, nil
}

// after goes on behind a value: to the next value of the innermost object or
// list, or out of those that end here. done means that the outermost value has
// ended.
func (j *jsonReader) after() (done bool, err error) {
	for len(j.stack) > 0 {
		open := j.stack[len(j.stack)-1]
		c, err := j.peek()
		if err != nil {
			return false, err
		}
		switch c {
		case ',':
			j.pos++
			if open == '{' {
				return false, j.key()
			}
			return false, nil
		case closing(open):
			j.pos++
			j.stack = j.stack[:len(j.stack)-1]
		default:
			return false, j.unexpected(c, "after a value")
		}
	}
	return true, nil
}

func closing(open byte) byte { return open + 2 } // of [ and of {

func (j *jsonReader) key() error {
	c, err := j.peek()
	if err != nil {
		return err
	}
	if c != '"' {
		return j.unexpected(c, "where a key should be")
	}
	if err := j.text(); err != nil {
		return err
	}
	return j.want(':', "after a key")
}

// text walks over a string; the next byte is its first quote. Control
// characters in it are let pass, but not the end of a line: there somebody
// forgot a quote.
func (j *jsonReader) text() error {
	j.pos++
	for {
		rest := j.buf[j.pos:j.end]
		n := stringRun(rest)
		j.pos += n
		if n == len(rest) {
			if err := j.more(); err != nil {
				return err
			}
			continue
		}
		j.pos++
		switch rest[n] {
		case '"':
			return nil
		case '\n':
			return fmt.Errorf("%w: a line ends inside a string", errSyntax)
		}
		if err := j.escape(); err != nil {
			return err
		}
	}
}

func (j *jsonReader) escape() error {
	c, err := j.next()
	if err != nil {
		return err
	}
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return nil
	case 'u':
		for range 4 {
			if c, err = j.next(); err != nil {
				return err
			}
			if hexDigit(c) < 0 {
				return j.unexpected(c, `after \u`)
			}
		}
		return nil
	}
	return j.unexpected(c, `after \`)
}

func (j *jsonReader) next() (byte, error) {
	for j.pos == j.end {
		if err := j.more(); err != nil {
			return 0, err
		}
	}
	j.pos++
	return j.buf[j.pos-1], nil
}

// maxScalar bounds a number or literal.
const maxScalar = 4096

// scalar walks over a number, true, false or null.
func (j *jsonReader) scalar(c byte) error {
	if c != '-' && c-'0' > 9 && c != 't' && c != 'f' && c != 'n' {
		return j.unexpected(c, "where a value should be")
	}
	word := j.word[:0]
	for {
		if j.pos == j.end {
			if err := j.more(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return err
			}
		}
		c := j.buf[j.pos]
		if !(c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '-' || c == '+' || c == '.') {
			break
		}
		if len(word) == maxScalar {
			return fmt.Errorf("%w: a number of more than %d digits", errSyntax, maxScalar)
		}
		word = append(word, c)
		j.pos++
	}
	if j.word = word; !isScalar(word) {
		return fmt.Errorf("%w: unexpected %q", errSyntax, word[:min(len(word), 40)])
	}
	return nil
}

// abyss leaves a value that is nested too deep: it counts brackets, whatever
// their kind, and passes over strings.
func (j *jsonReader) abyss() error {
	for open := int64(1); open > 0; {
		c, err := j.peek()
		if err != nil {
			return err
		}
		switch c {
		case '"':
			if err := j.text(); err != nil {
				return err
			}
			continue
		case '{', '[':
			open++
		case '}', ']':
			open--
		}
		j.pos++
	}
	return nil
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
