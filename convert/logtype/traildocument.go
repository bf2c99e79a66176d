package logtype

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// documents reads one JSON document after the other.
func (d *trailDecoder) documents() error {
	err := d.byteOrderMark()
	for err == nil && !d.ended {
		var c byte
		if c, err = d.json.peek(); errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = d.any(c)
		}
	}
	if err = d.broken(err); err != nil && d.rest != nil {
		return &Unfinished{err, d.rest}
	}
	return err
}

// unfinished ends the keeping of a record that the reader failed.
func (d *trailDecoder) unfinished() {
	if d.json.mark >= 0 {
		text, _ := d.json.kept()
		d.rest = bytes.Clone(clip(text))
	}
}

func (d *trailDecoder) any(c byte) error {
	d.seen = true
	switch c {
	case '{':
		return d.document()
	case '[':
		d.found = true
		return d.list()
	}
	return d.json.scalar(c)
}

// broken says how far the decoder came when the text or its reader failed it.
func (d *trailDecoder) broken(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF) && d.seen:
		return fmt.Errorf("the JSON ends early, after %d records: %w", d.n, io.ErrUnexpectedEOF)
	case errors.Is(err, io.EOF):
		return nil
	case errors.Is(err, errSyntax):
		return fmt.Errorf("after %d records, at byte %d: %w", d.n, d.json.offset(), err)
	case d.json.err != nil && errors.Is(err, d.json.err):
		return fmt.Errorf("after %d records: %w", d.n, err)
	}
	return err
}

func (d *trailDecoder) byteOrderMark() error {
	c, err := d.json.peek()
	if err != nil || c != byteOrderMark[0] || d.json.offset() > 0 {
		return err
	}
	for _, c := range byteOrderMark {
		if got, err := d.json.next(); err != nil {
			return err
		} else if got != c {
			return d.json.unexpected(got, "at the beginning")
		}
	}
	return nil
}

// document reads an object: the wrapper of records, or a record by itself. The
// reader keeps it until it is clear which.
func (d *trailDecoder) document() error {
	j := d.json
	j.keep()
	j.pos++
	wrapper, event := false, false
	c, err := j.peek()
	for err == nil && c != '}' {
		var key keyKind
		if key, err = d.key(); err != nil {
			break
		}
		if key == recordsKey {
			wrapper, d.found = true, true
			j.mark = -1
			err = d.records()
		} else {
			event = event || key == eventKey
			_, err = j.value()
		}
		if err != nil || d.ended {
			break
		}
		if c, err = j.peek(); err == nil && c == ',' {
			j.pos++
			c, err = j.peek()
		} else if err == nil && c != '}' {
			err = j.unexpected(c, "after a value")
		}
	}
	return d.documentEnd(wrapper, event, err)
}

func (d *trailDecoder) documentEnd(wrapper, event bool, err error) error {
	j := d.json
	switch {
	case d.ended:
		return nil
	case wrapper && err == nil:
		j.pos++
		return nil
	case wrapper || !event && errors.Is(err, errSyntax):
		j.mark = -1
		return err
	case errors.Is(err, errSyntax):
		d.begins()
		return d.recover(err)
	case err != nil:
		d.unfinished()
		return err
	}
	j.pos++
	if !event {
		j.mark = -1
		return nil
	}
	return d.again()
}

// again walks once more over the record that was just kept, now as a record.
func (d *trailDecoder) again() error {
	d.begins()
	if !d.json.over {
		d.json.pos = d.json.mark
		deepest, err := d.json.value()
		if err != nil {
			return err
		}
		return d.take(deepest)
	}
	return d.take(0)
}

func (d *trailDecoder) begins() {
	d.found = true
	d.n++
}

// keyKind is what a key at the top of a document tells.
type keyKind uint8

const (
	anyKey     keyKind = iota
	recordsKey         // of the wrapper: Records
	eventKey           // of a record
)

func keyKindOf(key []byte) keyKind {
	for _, name := range []string{`"eventVersion"`, `"eventTime"`, `"eventName"`, `"eventSource"`, `"eventID"`} {
		if len(key) == len(name) && bytes.EqualFold(key, []byte(name)) {
			return eventKey
		}
	}
	if bytes.EqualFold(key, []byte(`"Records"`)) {
		return recordsKey
	}
	return anyKey
}

// key reads a key of the document and the colon after it.
func (d *trailDecoder) key() (kind keyKind, err error) {
	j := d.json
	c, err := j.peek()
	if err != nil {
		return anyKey, err
	}
	if c != '"' {
		return anyKey, j.unexpected(c, "where a key should be")
	}
	own := j.mark < 0
	if own {
		j.keep()
	}
	at := j.pos - j.mark
	if err := j.text(); err != nil {
		return anyKey, err
	}
	if at < j.pos-j.mark {
		kind = keyKindOf(j.buf[j.mark+at : j.pos])
	}
	if own {
		j.mark = -1
	}
	return kind, j.want(':', "after a key")
}

// records reads the value of Records: a list, or null.
func (d *trailDecoder) records() error {
	c, err := d.json.peek()
	if err != nil {
		return err
	}
	if c != '[' {
		_, err := d.json.value()
		return err
	}
	return d.list()
}

// list reads a list of records.
func (d *trailDecoder) list() error {
	d.json.pos++
	for {
		c, err := d.json.peek()
		if err != nil {
			return err
		}
		if c == ']' {
			d.json.pos++
			return nil
		}
		if err := d.element(); err != nil || d.ended {
			return err
		}
		c, err = d.json.peek()
		switch {
		case err != nil:
			return err
		case c == ',':
			d.json.pos++
		case c != ']':
			if err := d.between(c); err != nil || d.ended {
				return err
			}
		}
	}
}

// between goes on where a record is not followed by what should follow it.
func (d *trailDecoder) between(c byte) error {
	if c == '{' { // the comma is missing, nothing else
		return nil
	}
	d.begins()
	d.json.keep()
	return d.recover(d.json.unexpected(c, "after a record"))
}

func (d *trailDecoder) element() error {
	d.begins()
	d.json.ahead()
	if text := d.json.buf[d.json.pos:d.json.end]; text[0] == '{' {
		if end, ok := d.record.tape.read(text); ok {
			d.json.pos += end
			return d.event(text[:end])
		}
	}
	d.json.keep()
	deepest, err := d.json.value()
	if errors.Is(err, errSyntax) {
		return d.recover(err)
	}
	if err != nil {
		d.unfinished()
		return err
	}
	return d.take(deepest)
}
