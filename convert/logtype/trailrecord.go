package logtype

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"logsql/convert/batch"
	"logsql/convert/schema"
)

// slot is where the value of a field stands in a record.
type slot struct {
	key, value []byte // as written; value is nil where the field is absent
	same       bool   // key is spelled as AWS spells it
}

// extra is a member that has no place in the columns.
type extra struct {
	in    *field // the row or list that holds it
	index int    // of the element, where in is a list
	key   []byte // nil where the element itself is meant
	value []byte
}

// trailRecord takes one record apart and appends it to a batch. Values stay
// where they are in the record's text until they are appended, so that of a key
// that comes twice the last one counts.
//
// A field is known by its name in any case; where several spellings are there,
// AWS's own is the field and the others are kept as additional fields.
type trailRecord struct {
	slots  []slot
	extras []extra
	batch  *batch.Batch
	leaves []*batch.Leaf
	more   *batch.Leaf // additional_fields
	json   jsonWriter
	text   []byte // the value at hand
}

var trailSlots = trailRoot.slots()

var (
	trailEventTime  = trailPlace("eventTime")
	trailAccount    = trailPlace("recipientAccountId")
	trailRegion     = trailPlace("awsRegion")
	trailIdentity   = trailPlace("userIdentity")
	trailParameters = trailPlace("requestParameters")
)

func trailPlace(name string) int {
	place, ok := trailRoot.places[name]
	if !ok {
		panic("no CloudTrail field " + name)
	}
	return place
}

// read finds the fields of a record, an object that jsonReader has walked over.
func (t *trailRecord) read(record []byte) {
	if t.slots == nil {
		t.slots = make([]slot, trailSlots)
	}
	clear(t.slots)
	t.extras = t.extras[:0]
	t.row(trailRoot, record, 0)
}

// row finds the fields of f in object; index is object's place where f is a
// list.
func (t *trailRecord) row(f *field, object []byte, index int) {
	slots := t.slots[f.slot : f.slot+len(f.fields)]
	clear(slots)
	hint := 0
	members(object, func(key, value []byte) {
		name := key
		if bytes.IndexByte(key, '\\') >= 0 {
			name = appendPlain(nil, key)
		}
		place, same, ok := f.find(name, hint)
		if !ok {
			t.extras = append(t.extras, extra{f, index, key, value})
			return
		}
		hint = place + 1
		s := &slots[place]
		found := slot{key, value, same}
		if s.same && !same {
			*s, found = found, *s
		}
		if s.value != nil && !bytes.Equal(s.key, found.key) {
			t.extras = append(t.extras, extra{f, index, s.key, s.value})
		}
		*s = found
	})
}

// textOf is the text of one of the record's own fields; empty where it is
// absent, null or no string.
func (t *trailRecord) textOf(place int) []byte {
	value := t.slots[trailRoot.slot+place].value
	if len(value) == 0 || value[0] != '"' {
		return nil
	}
	t.text = appendPlain(t.text[:0], value[1:len(value)-1])
	return t.text
}

// check says what makes the record one that cannot be stored as what it claims
// to be: no time, or something else than objects where a reader of the columns
// relies on objects. Fields of any other odd type are kept as their text, or as
// additional fields.
func (t *trailRecord) check() (at int64, reason string) {
	for _, place := range []int{trailIdentity, trailParameters} {
		value := t.slots[trailRoot.slot+place].value
		if kind := kindOf(value); kind != "absent" && kind != "null" && kind != "an object" {
			return 0, fmt.Sprintf("%s is %s, not an object", trailRoot.fields[place].name, kind)
		}
	}
	value := t.slots[trailRoot.slot+trailEventTime].value
	if kind := kindOf(value); kind != "a string" {
		return 0, "eventTime is " + kind
	}
	text := t.textOf(trailEventTime)
	at, ok := parseEventTime(text)
	if !ok {
		return 0, fmt.Sprintf("eventTime: %q is no time", clip(text))
	}
	return at, ""
}

func kindOf(value []byte) string {
	if len(value) == 0 {
		return "absent"
	}
	switch value[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	}
	return "a number"
}

// look finds the leaves of b, all of one order.
func (t *trailRecord) look(b *batch.Batch) {
	t.batch, t.leaves = b, t.leaves[:0]
	for _, path := range trailRoot.leafPaths(nil) {
		t.leaves = append(t.leaves, b.Leaf(path...))
	}
	t.more = b.Leaf(additionalFields.Name)
}

// append appends the record that was read last.
func (t *trailRecord) append(b *batch.Batch) {
	if b != t.batch {
		t.look(b)
	}
	t.fields(trailRoot, 0, 0, 0)
	if len(t.extras) > 0 {
		t.more.Text(t.additional())
	}
}

// fields appends the fields of a row that row has found. def is the definition
// level at which the row is there, rep the repetition level.
func (t *trailRecord) fields(f *field, def, rep, index int) {
	for i, child := range f.fields {
		s := t.slots[f.slot+i]
		if len(s.value) == 0 { // as most are
			t.null(child, def, rep)
			continue
		}
		switch kind := kindOf(s.value); {
		case child.kind == aText && kind != "null":
			t.leaves[child.leaf].TextAt(t.plain(s.value), rep)
		case child.kind == aList && kind == "a list":
			t.list(child, s.value, def+1, rep)
		case child.kind == aMap && kind == "an object":
			t.pairs(child, s.value, def+1, rep)
		case child.kind == aRow && kind == "an object":
			t.row(child, s.value, 0)
			t.fields(child, def+1, rep, 0)
		default:
			if kind != "null" {
				t.extras = append(t.extras, extra{f, index, s.key, s.value})
			}
			t.null(child, def, rep)
		}
	}
}

// null makes f null where what is around it is there up to def. Leaves of an
// absent column stay untouched, which says the same.
func (t *trailRecord) null(f *field, def, rep int) {
	if def == 0 {
		return
	}
	for _, leaf := range t.leaves[f.leaf : f.leaf+f.leaves] {
		leaf.NullAt(def, rep)
	}
}

// list appends a list of rows; def is the level of a list that is there.
func (t *trailRecord) list(f *field, value []byte, def, rep int) {
	n := 0
	elements(value, func(e []byte) {
		if n > 0 {
			rep = 1
		}
		n++
		switch kindOf(e) {
		case "an object":
			t.row(f, e, n-1)
			t.fields(f, def+2, rep, n-1)
			return
		case "null":
		default:
			t.extras = append(t.extras, extra{f, n - 1, nil, e})
		}
		t.null(f, def+1, rep)
	})
	if n == 0 {
		t.null(f, def, rep)
	}
}

// pairs appends a map; def is the level of a map that is there.
func (t *trailRecord) pairs(f *field, object []byte, def, rep int) {
	keys, values := t.leaves[f.leaf], t.leaves[f.leaf+1]
	n := 0
	members(t.json.append(nil, object), func(key, value []byte) {
		if n++; n > 1 {
			rep = 1
		}
		keys.TextAt(appendPlain(nil, key), rep)
		if kindOf(value) == "null" {
			values.NullAt(def+1, rep)
		} else {
			values.TextAt(t.plain(value), rep)
		}
	})
	if n == 0 {
		t.null(f, def, rep)
	}
}

// plain is the text of a value in a text column.
func (t *trailRecord) plain(value []byte) []byte {
	switch value[0] {
	case '"':
		inner := value[1 : len(value)-1]
		if bytes.IndexByte(inner, '\\') < 0 {
			return inner
		}
		t.text = appendPlain(t.text[:0], inner)
		return t.text
	case '{', '[':
		t.text = t.json.append(t.text[:0], value)
		return t.text
	}
	return value
}

// additional is a JSON object of the extras; the key of a nested one is its
// whole path.
func (t *trailRecord) additional() []byte {
	object := []byte{'{'}
	for i, e := range t.extras {
		if i > 0 {
			object = append(object, ',')
		}
		object = append(e.appendPath(append(object, '"')), e.key...)
		object = append(append(object, `":`...), e.value...)
	}
	t.text = t.json.append(t.text[:0], append(object, '}'))
	return t.text
}

// appendPath appends where the extra is, up to its key.
func (e extra) appendPath(dst []byte) []byte {
	dst = append(dst, e.in.path...)
	if e.in.kind == aList {
		dst = append(strconv.AppendInt(append(dst, '['), int64(e.index), 10), ']')
	}
	if e.key != nil && e.in.path != "" {
		dst = append(dst, '.')
	}
	return dst
}

// forget lets go of memory that one large record needed.
func (t *trailRecord) forget() {
	if cap(t.text) > 4*readSize {
		t.text = nil
	}
}

// trailColumns are the columns of records from an account's own trail,
// orgColumns those from a trail of an organization.
var (
	trailColumns = append(documentedTrail(), additionalFields)
	orgColumns   = append(documentedTrail(), schema.Column{Name: "organization", Type: schema.Text}, additionalFields)
)

func documentedTrail() []schema.Column {
	fields := trailRoot.typ().Elems
	columns := make([]schema.Column, 0, len(fields)+2)
	for _, f := range fields {
		columns = append(columns, schema.Column(f))
	}
	return columns
}

// eventTimes are the ways a time is written in records.
var eventTimes = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "20060102T150405Z07:00", "20060102T150405Z0700",
}

// parseEventTime reads a time of a record as seconds since 1970. Fractions of a
// second are let pass.
func parseEventTime(text []byte) (seconds int64, ok bool) {
	const usual = "0000-00-00T00:00:00Z"
	if len(text) == len(usual) && text[10] == 'T' && text[19] == 'Z' {
		return parseUsualTime(text)
	}
	if len(text) > 64 {
		return 0, false
	}
	for _, layout := range eventTimes {
		if t, err := time.Parse(layout, string(text)); err == nil {
			return t.Unix(), true
		}
	}
	return 0, false
}

func parseUsualTime(text []byte) (seconds int64, ok bool) {
	var n [7]int
	for i, at := range [7]int{0, 2, 5, 8, 11, 14, 17} {
		if n[i], ok = twoDigits(text[at:]); !ok {
			return 0, false
		}
	}
	if text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':' {
		return 0, false
	}
	return civilSeconds(n[0]*100+n[1], n[2], n[3], n[4], n[5], n[6])
}
