package logtype

import (
	"bytes"
	"fmt"

	"logsql/convert/schema"
)

// trailDecoder decodes one object with events of a trail.
type trailDecoder struct {
	in      *Input
	out     Sink
	json    *jsonReader
	record  trailRecord
	columns []schema.Column

	n        int64  // records so far, bad ones too
	rest     []byte // the beginning of the record in which the reader failed
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
	}
	if _, ok := d.record.tape.read(text); !ok {
		return d.bad(text, errSyntax.Error())
	}
	return d.event(text)
}

// event stores the record on the tape, or reports it.
func (d *trailDecoder) event(text []byte) error {
	if !validText(text) {
		return d.bad(text, "the record is not UTF-8")
	}
	defer d.record.forget()
	d.record.read()
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
		account = d.own(d.record.kind.account, d.account)
	}
	if region == "" {
		region = d.own(d.record.kind.region, d.region)
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
