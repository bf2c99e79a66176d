package logtype

import (
	"bytes"
	"context"
	"fmt"
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
	if !utf8.Valid(text) {
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
