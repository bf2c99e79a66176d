package logtype

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

const (
	readSize = 1 << 20
	maxLine  = 16 << 20
)

// buffers holds read buffers of readSize: a thousand tiny objects need one.
var buffers = sync.Pool{New: func() any { b := make([]byte, readSize); return &b }}

// wholeBody is a body that may lie in memory as a whole: then nothing is copied.
type wholeBody interface {
	// Whole gives all of the body, if it can, as if it had been read to its end. It
	// is valid as long as the body, and not to be written to.
	Whole() (text []byte, ok bool)
}

func wholeText(ctx context.Context, r io.Reader) (text []byte, ok bool) {
	if w, isWhole := r.(wholeBody); isWhole && ctx.Err() == nil {
		return w.Whole()
	}
	return nil, false
}

// lineReader cuts a text into lines without copying them. A line over maxLine
// is skipped in bounded memory; only its beginning is kept.
type lineReader struct {
	ctx        context.Context
	r          io.Reader
	pooled     *[]byte
	buf        []byte
	start, end int   // what is read but not yet given out
	number     int64 // of the line next gave last, from 1
	err        error // what the reader said last
}

func newLineReader(ctx context.Context, r io.Reader) *lineReader {
	l := new(lineReader)
	l.begin(ctx, r)
	return l
}

func (l *lineReader) begin(ctx context.Context, r io.Reader) {
	if text, ok := wholeText(ctx, r); ok {
		*l = lineReader{ctx: ctx, r: r, buf: text, end: len(text), err: io.EOF}
	} else {
		pooled := buffers.Get().(*[]byte)
		*l = lineReader{ctx: ctx, r: r, pooled: pooled, buf: *pooled}
	}
	l.skipMark()
}

// close gives the buffer back; no line is valid after it.
func (l *lineReader) close() {
	if l.pooled != nil {
		buffers.Put(l.pooled)
	}
	*l = lineReader{}
}

var byteOrderMark = []byte("\xef\xbb\xbf")

func (l *lineReader) skipMark() {
	for l.end < len(byteOrderMark) && l.err == nil {
		l.fill()
	}
	if bytes.HasPrefix(l.buf[:l.end], byteOrderMark) {
		l.start = len(byteOrderMark)
	}
}

// next returns the next line without its line end, valid until the call after.
// long tells that it went over maxLine and only its beginning is there. The
// error is io.EOF at the end; any other is *Unfinished, with the beginning of the
// line that it came in.
func (l *lineReader) next() (line []byte, long bool, err error) {
	searched := 0
	for {
		if i := bytes.IndexByte(l.buf[l.start+searched:l.end], '\n'); i >= 0 {
			line = l.buf[l.start : l.start+searched+i]
			l.start += len(line) + 1
			break
		}
		searched = l.end - l.start
		if l.err != nil {
			if !errors.Is(l.err, io.EOF) {
				return nil, false, &Unfinished{l.err, bytes.Clone(clip(l.buf[l.start:l.end]))}
			}
			if searched == 0 {
				return nil, false, l.err
			}
			line = l.buf[l.start:l.end]
			l.start = l.end
			break
		}
		if searched > maxLine {
			return l.skipLong()
		}
		l.fill()
	}
	l.number++
	if len(line) > maxLine {
		return clip(line), true, nil
	}
	return bytes.TrimSuffix(line, []byte{'\r'}), false, nil
}

// skipLong leaves the beginning of the line in the buffer and reads over the
// rest of it.
func (l *lineReader) skipLong() (line []byte, long bool, err error) {
	keep := l.start + maxBadText
	line = l.buf[l.start:keep:keep]
	l.number++
	for {
		l.start, l.end = keep, keep
		l.read()
		if i := bytes.IndexByte(l.buf[keep:l.end], '\n'); i >= 0 {
			l.start = keep + i + 1
			return line, true, nil
		}
		if l.err != nil {
			l.start = l.end
			if errors.Is(l.err, io.EOF) {
				return line, true, nil
			}
			return nil, false, &Unfinished{l.err, bytes.Clone(line)}
		}
	}
}

// fill makes room after the unread bytes and reads once.
func (l *lineReader) fill() {
	switch {
	case l.start > 0:
		l.end = copy(l.buf, l.buf[l.start:l.end])
		l.start = 0
	case l.end == len(l.buf):
		grown := make([]byte, 2*len(l.buf))
		copy(grown, l.buf)
		l.buf = grown
	}
	l.read()
}

func (l *lineReader) read() {
	if err := l.ctx.Err(); err != nil {
		l.err = err
		return
	}
	n, err := readSome(l.r, l.buf[l.end:])
	l.end += n
	l.err = err
}

// readSome is Read for readers that now and then return nothing at all.
func readSome(r io.Reader, p []byte) (int, error) {
	for range 100 {
		if n, err := r.Read(p); n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// each gives the lines to decode, one after the other, and those that are no
// lines of text to bad.
func (r *lineReader) each(bad func(line []byte, reason string) error, decode func(line []byte) error) error {
	for {
		line, long, err := r.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("after line %d: %w", r.number, err)
		case long:
			err = bad(line, fmt.Sprintf("the line is longer than %d bytes", maxLine))
		case r.number == 1 && bytes.HasPrefix(line, gzipMagic):
			return bad(line, "compressed twice: there is gzip data inside, no text")
		default:
			err = decode(line)
		}
		if err != nil {
			return err
		}
	}
}
