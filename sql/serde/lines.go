package serde

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// records gives a file's records one by one. A record is valid until the next
// is asked for; the error at the end is io.EOF.
type records interface {
	next() ([]byte, error)
	place() int64 // of the record that next gave last, from 1
}

const (
	readSize = 256 << 10
	maxLine  = 100 << 20 // Trino's
)

// lines cuts a text at \n, \r and \r\n.
type lines struct {
	r          io.Reader
	buf        []byte
	start, end int
	number     int64
	err        error // what r said last
	cr         bool  // the line before ended with \r at the end of the buffer
}

var byteOrderMark = []byte("\xef\xbb\xbf")

func newLines(r io.Reader, buf []byte) *lines {
	l := &lines{r: r, buf: buf}
	for l.end < len(byteOrderMark) && l.err == nil {
		l.fill()
	}
	if bytes.HasPrefix(l.buf[:l.end], byteOrderMark) {
		l.start = len(byteOrderMark)
	}
	return l
}

func (l *lines) place() int64 { return l.number }

// fill reads more behind what is there, making room first.
func (l *lines) fill() {
	if l.start > 0 {
		l.end = copy(l.buf, l.buf[l.start:l.end])
		l.start = 0
	}
	if l.end == len(l.buf) {
		l.buf = append(l.buf, make([]byte, len(l.buf))...)
	}
	n, err := l.r.Read(l.buf[l.end:])
	l.end += n
	l.err = err
}

var errLongLine = said("Line too long in text file")

func (l *lines) next() ([]byte, error) {
	searched := 0
	for {
		rest := l.buf[l.start:l.end]
		if l.cr && len(rest) > 0 {
			l.cr = false
			if rest[0] == '\n' {
				l.start++
				continue
			}
		}
		if at := lineEnd(rest[searched:]); at >= 0 {
			return l.take(searched + at), nil
		}
		searched = len(rest)
		if l.err != nil {
			return l.last(rest)
		}
		if searched > maxLine {
			return nil, errLongLine
		}
		l.fill()
	}
}

func lineEnd(b []byte) int {
	at := bytes.IndexByte(b, '\n')
	if at >= 0 {
		b = b[:at]
	}
	if cr := bytes.IndexByte(b, '\r'); cr >= 0 {
		return cr
	}
	return at
}

// take gives the n bytes before a line's end and goes past it.
func (l *lines) take(n int) []byte {
	line := l.buf[l.start : l.start+n]
	l.cr = l.buf[l.start+n] == '\r'
	l.start += n + 1
	if l.cr && l.start < l.end {
		l.cr = false
		if l.buf[l.start] == '\n' {
			l.start++
		}
	}
	l.number++
	return line
}

// last is what follows the last line's end, if anything does.
func (l *lines) last(rest []byte) ([]byte, error) {
	if !errors.Is(l.err, io.EOF) || len(rest) == 0 {
		return nil, l.err
	}
	l.start = l.end
	l.number++
	return rest, nil
}

// withoutFooter holds back the last lines.
type withoutFooter struct {
	records
	held [][]byte
	at   int
	out  []byte
}

func skipFooter(r records, count int) (records, error) {
	w := &withoutFooter{records: r}
	for range count {
		line, err := r.next()
		if errors.Is(err, io.EOF) {
			return nothing{}, nil
		}
		if err != nil {
			return nil, err
		}
		w.held = append(w.held, bytes.Clone(line))
	}
	return w, nil
}

func (w *withoutFooter) next() ([]byte, error) {
	line, err := w.records.next()
	if err != nil {
		return nil, err
	}
	w.out = append(w.out[:0], w.held[w.at]...)
	w.held[w.at] = append(w.held[w.at][:0], line...)
	w.at = (w.at + 1) % len(w.held)
	return w.out, nil
}

func (w *withoutFooter) place() int64 { return w.records.place() - int64(len(w.held)) }

type nothing struct{}

func (nothing) next() ([]byte, error) { return nil, io.EOF }
func (nothing) place() int64          { return 0 }

// said is an error in Trino's own words, capital letters and all.
type said string

func (s said) Error() string { return string(s) }

// refusal is said with values in it.
func refusal(format string, args ...any) error { return said(fmt.Sprintf(format, args...)) }
