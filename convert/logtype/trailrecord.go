package logtype

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"logsql/convert/batch"
)

// slot is where the value of a field stands in a record.
type slot struct {
	value uint32 // its node, right after its key's; 0 where the field is absent
	same  bool   // the key is spelled as AWS spells it
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
	kind   *trailKind
	tape   tape
	slots  []slot
	follow []uint8 // by slot: the field that came after it last time
	extras []extra
	batch  *batch.Batch
	leaves []*batch.Leaf
	more   *batch.Leaf // additional_fields
	json   jsonWriter
	text   []byte // the value at hand
}

// read finds the fields of the record on the tape.
func (t *trailRecord) read() {
	if t.slots == nil {
		n := t.kind.root.slots()
		t.slots, t.follow = make([]slot, n), make([]uint8, n)
	}
	t.extras = t.extras[:0]
	t.row(t.kind.root, 0, 0)
}

// row finds the fields of f in object; index is object's place where f is a
// list.
func (t *trailRecord) row(f *field, object uint32, index int) {
	slots, follow := t.slots[f.slot:f.slot+len(f.fields)], t.follow[f.slot:f.slot+len(f.fields)]
	clear(slots)
	hint, last := 0, -1
	end := t.tape.nodes[object].next
	for key := object + 1; key < end; key = t.tape.nodes[key+1].next {
		place, same, ok := f.find(t.name(key), hint)
		if !ok {
			t.extras = append(t.extras, extra{f, index, t.tape.inner(key), t.tape.of(key + 1)})
			continue
		}
		if last >= 0 {
			follow[last] = uint8(place)
		}
		last, hint = place, int(follow[place])
		if s := &slots[place]; s.value == 0 {
			*s = slot{key + 1, same}
		} else {
			t.again(f, index, s, slot{key + 1, same})
		}
	}
}

// again decides between two members of one field.
func (t *trailRecord) again(f *field, index int, s *slot, found slot) {
	if s.same && !found.same {
		*s, found = found, *s
	}
	if key := t.tape.inner(s.value - 1); !bytes.Equal(key, t.tape.inner(found.value-1)) {
		t.extras = append(t.extras, extra{f, index, key, t.tape.of(s.value)})
	}
	*s = found
}

// name is a key without its escapes.
func (t *trailRecord) name(key uint32) []byte {
	if t.tape.nodes[key].plain {
		return t.tape.inner(key)
	}
	return appendPlain(nil, t.tape.inner(key))
}

// own is the value of one of the record's own fields, nil where it is absent.
func (t *trailRecord) own(place int) []byte {
	if n := t.slots[t.kind.root.slot+place].value; n != 0 {
		return t.tape.of(n)
	}
	return nil
}

// textOf is the text of one of the record's own fields; empty where it is
// absent, null or no string.
func (t *trailRecord) textOf(place int) []byte {
	n := t.slots[t.kind.root.slot+place].value
	if n == 0 || t.tape.text[t.tape.nodes[n].from] != '"' {
		return nil
	}
	return t.plain(n)
}

// check says what makes the record one that cannot be stored as what it claims
// to be: no time, or something else than objects where a reader of the columns
// relies on objects. Fields of any other odd type are kept as their text, or as
// additional fields.
func (t *trailRecord) check() (at int64, reason string) {
	for _, place := range t.kind.objects {
		if kind := kindOf(t.own(place)); kind != "absent" && kind != "null" && kind != "an object" {
			return 0, fmt.Sprintf("%s is %s, not an object", t.kind.root.fields[place].name, kind)
		}
	}
	n, kind := t.timeOf()
	if kind != "a string" {
		return 0, t.kind.time.path + " is " + kind
	}
	text := t.plain(n)
	at, ok := parseEventTime(text)
	if !ok {
		return 0, fmt.Sprintf("%s: %q is no time", t.kind.time.path, clip(text))
	}
	return at, ""
}

// timeOf finds the record's time, which may stand in an object.
func (t *trailRecord) timeOf() (n uint32, kind string) {
	within := t.kind.timeIn
	if within != nil {
		n = t.slots[within.slotIn].value
		if n == 0 || t.tape.text[t.tape.nodes[n].from] != '{' {
			return 0, "absent"
		}
		more := len(t.extras)
		t.row(within, n, 0)
		t.extras = t.extras[:more] // they are found once more when the record is appended
	}
	if n = t.slots[t.kind.time.slotIn].value; n == 0 {
		return 0, "absent"
	}
	return n, kindOf(t.tape.of(n))
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
	for _, path := range t.kind.leaves {
		t.leaves = append(t.leaves, b.Leaf(path...))
	}
	t.more = b.Leaf(additionalFields.Name)
}

// append appends the record that was read last.
func (t *trailRecord) append(b *batch.Batch) {
	if b != t.batch {
		t.look(b)
	}
	t.fields(t.kind.root, 0, 0, 0)
	if len(t.extras) > 0 {
		t.more.Text(t.additional())
	}
}

// fields appends the fields of a row that row has found. def is the definition
// level at which the row is there, rep the repetition level.
func (t *trailRecord) fields(f *field, def, rep, index int) {
	for i, child := range f.fields {
		n := t.slots[f.slot+i].value
		if n == 0 { // as most are
			t.null(child, def, rep)
			continue
		}
		switch first := t.tape.text[t.tape.nodes[n].from]; {
		case first == 'n':
			t.null(child, def, rep)
		case child.kind == aText:
			t.leaves[child.leaf].TextAt(t.plain(n), rep)
		case child.kind == aList && first == '[':
			t.list(child, n, def+1, rep)
		case child.kind == aMap && first == '{':
			t.pairs(child, t.tape.of(n), def+1, rep)
		case child.kind == aRow && first == '{':
			t.row(child, n, 0)
			t.fields(child, def+1, rep, 0)
		default:
			t.extras = append(t.extras, extra{f, index, t.tape.inner(n - 1), t.tape.of(n)})
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
func (t *trailRecord) list(f *field, list uint32, def, rep int) {
	index, end := 0, t.tape.nodes[list].next
	for n := list + 1; n < end; n = t.tape.nodes[n].next {
		switch t.tape.text[t.tape.nodes[n].from] {
		case '{':
			t.row(f, n, index)
			t.fields(f, def+2, rep, index)
		case 'n':
			t.null(f, def+1, rep)
		default:
			t.extras = append(t.extras, extra{f, index, nil, t.tape.of(n)})
			t.null(f, def+1, rep)
		}
		index++
		rep = 1
	}
	if index == 0 {
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
			t.text = t.json.text(t.text[:0], value)
			values.TextAt(t.text, rep)
		}
	})
	if n == 0 {
		t.null(f, def, rep)
	}
}

// plain is the text of a value in a text column.
func (t *trailRecord) plain(n uint32) []byte {
	text := t.tape.of(n)
	switch {
	case text[0] == '"' && t.tape.nodes[n].plain:
		return text[1 : len(text)-1]
	case text[0] != '"' && t.tape.ownText(n):
		return text
	}
	t.text = t.json.text(t.text[:0], text)
	return t.text
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
