package logtype

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"logsql/convert/schema"
)

// cloudTrail are CloudTrail events: JSON documents {"Records":[…]}, whatever
// else stands around Records; also, as tools write them, a bare list of records
// or one record after the other.
//
// A record is bad where it is no object, is larger than maxRecord or nested
// deeper than maxDepth, is no UTF-8, has no eventTime that is a time, or where
// userIdentity or requestParameters is something else than an object. The
// records around it are kept: after a mistake in the JSON the decoder looks for
// the next object that begins as records do.
var cloudTrail = &Type{
	Name:      "cloudtrail_logs",
	Partition: append([]string{"account", "region"}, dated...),
	Columns:   trailColumns,
	Version:   1,
	Sniff:     sniffTrail,
	Decode:    decodeTrail,
}

type trailDecoder struct {
	in      *Input
	out     Sink
	json    *jsonReader
	record  trailRecord
	columns []schema.Column

	n        int64  // records so far, bad ones too
	seen     bool   // a JSON document was there
	found    bool   // a place for records was there
	ended    bool   // a search for the next record came to the end of the object
	begin    []byte // the key that records begin with, in quotes
	learnt   bool   // begin is this object's
	goBacks  int    // how often a search may still begin before the mistake
	account  string // of the partition at hand
	region   string
	days     *days
	prefixed bool // days is there for account and region
}

func decodeTrail(ctx context.Context, in *Input, out Sink) error {
	d := trailDecoder{
		in: in, out: out, json: newJSONReader(ctx, in.Body), columns: trailColumns,
		begin: []byte(`"eventVersion"`), goBacks: 1000,
	}
	if in.Match.Organization != "" {
		d.columns = orgColumns
	}
	defer d.json.close()
	if err := d.documents(); err != nil {
		return err
	}
	if d.seen && !d.found {
		return fmt.Errorf("a JSON document without Records: %w", ErrNotLog)
	}
	return nil
}

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
	return d.broken(err)
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
	case wrapper || !event && err != nil:
		j.mark = -1
		return err
	case errors.Is(err, errSyntax):
		d.begins()
		return d.recover(err)
	case err != nil:
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
	d.json.keep()
	deepest, err := d.json.value()
	if errors.Is(err, errSyntax) {
		return d.recover(err)
	}
	if err != nil {
		d.json.mark = -1
		return err
	}
	return d.take(deepest)
}

// take stores the record the reader has kept, or reports it.
func (d *trailDecoder) take(deepest int) error {
	text, whole := d.json.kept()
	switch {
	case !whole:
		return d.bad(text, fmt.Sprintf("the record is larger than %d bytes", maxRecord))
	case deepest > maxDepth:
		return d.bad(text, fmt.Sprintf("the record is nested deeper than %d levels", maxDepth))
	case text[0] != '{':
		return d.bad(text, fmt.Sprintf("the record is %s, not an object", kindOf(text)))
	case !utf8.Valid(text):
		return d.bad(text, "the record is not UTF-8")
	}
	defer d.record.forget()
	d.record.read(text)
	at, reason := d.record.check()
	if reason != "" {
		return d.bad(text, reason)
	}
	return d.store(text, at)
}

func (d *trailDecoder) bad(text []byte, reason string) error {
	return d.out.Bad(d.n, reason, clip(text))
}

func (d *trailDecoder) store(record []byte, at int64) error {
	d.learn(record)
	b, err := d.out.Batch(d.partition(at), d.columns)
	if err != nil {
		return err
	}
	d.record.append(b)
	if d.in.Match.Organization != "" {
		b.Leaf("organization").Text([]byte(d.in.Match.Organization))
	}
	return d.out.Record(b)
}

// learn remembers the key that this object's records begin with.
func (d *trailDecoder) learn(record []byte) {
	if d.learnt {
		return
	}
	d.learnt = true
	from := skipBlanks(record, 1)
	if key := record[from:skipString(record, from)]; keyKindOf(key) == eventKey {
		d.begin = bytes.Clone(key)
	}
}

// unknown is the account or region of a record that does not say.
const unknown = "unknown"

// partition takes what the key does not say from the record.
func (d *trailDecoder) partition(at int64) []string {
	m := d.in.Match
	if d.prefixed && m.Account != "" && m.Region != "" {
		return d.days.at(at)
	}
	account, region := m.Account, m.Region
	if account == "" {
		account = d.own(trailAccount, d.account)
	}
	if region == "" {
		region = d.own(trailRegion, d.region)
	}
	if !d.prefixed || account != d.account || region != d.region {
		d.account, d.region, d.prefixed = account, region, true
		d.days = newDays(d.in, account, region)
	}
	return d.days.at(at)
}

// own is the text of a field of the record; last saves making it anew.
func (d *trailDecoder) own(place int, last string) string {
	text := d.record.textOf(place)
	switch {
	case len(text) == 0:
		return unknown
	case string(text) == last:
		return last
	}
	return string(text)
}

// sniffTrail takes JSON that speaks of CloudTrail events. S3's and others'
// notifications look alike but for their eventSource; digests and insights are
// no events.
func sniffTrail(head []byte) bool {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, byteOrderMark), " \t\r\n")
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return false
	}
	has := func(s string) bool { return bytes.Contains(text, []byte(s)) }
	if has(`"digestStartTime"`) || has("AwsCloudTrailInsight") || has(`"aws:`) && has(`"eventSource"`) && !has(".amazonaws.com") {
		return false
	}
	return has(`"eventVersion"`) && (has(`"eventTime"`) || has(`"userIdentity"`))
}
