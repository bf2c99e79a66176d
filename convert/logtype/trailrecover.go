package logtype

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

const (
	maxGoBack = 64 << 10
	maxSkip   = 1 << 20 // more than this passed over means that records may be lost
)

// recover reports the record in which the JSON went wrong and looks for the
// next one: inside what was read of it first, as a forgotten quote or bracket
// may have swallowed others, then onwards.
func (d *trailDecoder) recover(cause error) error {
	j := d.json
	for j.end-j.pos < len(d.begin) && j.more() == nil { // the mistake may stand right before the key
	}
	at, from := j.offset(), j.mark
	text, whole := j.kept()
	if size := len(text); whole && size <= maxGoBack && d.goBacks > 0 {
		if next := d.nextStart(j.buf[from:min(j.end, from+size+len(d.begin))]); next > 0 {
			d.goBacks--
			j.pos = from + next
			return d.bad(text[:min(next, size)], cause.Error())
		}
	}
	if err := d.bad(text, cause.Error()); err != nil {
		return err
	}
	found, err := d.search()
	switch {
	case found:
		return nil
	case !errors.Is(err, io.EOF):
		return err
	case j.offset()-at > maxSkip:
		return fmt.Errorf("no record was found in the %d bytes after record %d, which is broken: %w",
			j.offset()-at, d.n, cause)
	}
	d.ended = true
	return nil
}

// nextStart finds the beginning of a second record in text, 0 if there is none.
func (d *trailDecoder) nextStart(text []byte) int {
	for from := 1; from < len(text); {
		i := bytes.Index(text[from:], d.begin)
		if i < 0 {
			return 0
		}
		from += i
		open := from - 1
		for open > 0 && (text[open] == ' ' || text[open] == '\n' || text[open] == '\r' || text[open] == '\t') {
			open--
		}
		if open > 0 && text[open] == '{' {
			return open
		}
		from += len(d.begin)
	}
	return 0
}

// search walks on to the next record, over anything.
func (d *trailDecoder) search() (found bool, err error) {
	j := d.json
	for {
		c, err := j.next()
		if err != nil {
			return false, err
		}
		if c != '{' {
			continue
		}
		j.pos--
		j.keep()
		j.pos++
		found, err := d.startsHere()
		if found && !j.over {
			j.pos = j.mark
			j.mark = -1
			return true, nil
		}
		j.mark = -1
		if err != nil {
			return false, err
		}
	}
}

// startsHere tells whether the key that records begin with comes next.
func (d *trailDecoder) startsHere() (bool, error) {
	if _, err := d.json.peek(); err != nil {
		return false, err
	}
	for _, want := range d.begin {
		c, err := d.json.next()
		if err != nil {
			return false, err
		}
		if c != want {
			d.json.pos--
			return false, nil
		}
	}
	return true, nil
}
