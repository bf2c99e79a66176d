package serde

import (
	"encoding/json"
	"errors"
	"io"
)

// trail gives the records of CloudTrail's documents, {"Records": […]}, as lines
// of JSON, in memory for one record.
type trail struct {
	d      *json.Decoder
	inside bool // in Records
	number int64
	out    []byte
	err    error
}

func newTrail(r io.Reader) *trail { return &trail{d: json.NewDecoder(r)} }

func (t *trail) place() int64 { return t.number }

func (t *trail) next() ([]byte, error) {
	for t.err == nil {
		if !t.inside {
			t.err = t.enter()
			continue
		}
		if !t.d.More() {
			t.err = t.leave()
			continue
		}
		t.number++
		var raw json.RawMessage
		if t.err = unexpected(t.d.Decode(&raw)); t.err == nil {
			return t.record(raw)
		}
	}
	if !errors.Is(t.err, io.EOF) {
		return nil, said("CloudTrail document: " + t.err.Error())
	}
	return nil, t.err
}

// enter goes to the records of the next document. A document without any, such
// as a digest, has none.
func (t *trail) enter() error {
	opening, err := t.d.Token()
	if err != nil {
		return err
	}
	if opening != json.Delim('{') {
		return errors.New("an object was expected")
	}
	for t.d.More() {
		name, err := t.d.Token()
		if err != nil {
			return unexpected(err)
		}
		if name != "Records" {
			if err := t.d.Decode(new(json.RawMessage)); err != nil {
				return unexpected(err)
			}
			continue
		}
		if opening, err = t.d.Token(); err != nil {
			return unexpected(err)
		}
		if t.inside = opening == json.Delim('['); t.inside {
			return nil
		}
		if opening != nil {
			return said("Records are no array")
		}
	}
	_, err = t.d.Token()
	return unexpected(err)
}

// leave goes past the records' end and that of their document.
func (t *trail) leave() error {
	t.inside = false
	if _, err := t.d.Token(); err != nil {
		return unexpected(err)
	}
	for t.d.More() {
		if _, err := t.d.Token(); err != nil {
			return unexpected(err)
		}
		if err := t.d.Decode(new(json.RawMessage)); err != nil {
			return unexpected(err)
		}
	}
	_, err := t.d.Token()
	return unexpected(err)
}

// unexpected makes an end of the file amid a document an error.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// asText are members that come as the text of their JSON, whatever it holds.
var asText = map[string]bool{"requestParameters": true, "responseElements": true, "additionalEventData": true, "serviceEventDetails": true}

// record writes the members that have no fixed shape as text, and userIdentity
// once more so. NULL is as if it was not there.
func (t *trail) record(raw json.RawMessage) ([]byte, error) {
	p := strict{text: string(raw)}
	n, err := p.value()
	if err != nil || n.kind != '{' {
		return nil, said("CloudTrail document: a record is no object")
	}
	b := append(t.out[:0], '{')
	member := func(name string, value *node, text bool) {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(appendPlainString(b, name), ':')
		if text {
			b = appendPlainString(b, string(value.appendPlain(nil)))
		} else {
			b = value.appendPlain(b)
		}
	}
	for i, name := range n.members {
		value := &n.kids[i]
		text := asText[name]
		if text && value.kind == 'n' {
			continue
		}
		member(name, value, text)
		if name == "userIdentity" && value.kind != 'n' {
			member(name+"_as_string", value, true)
		}
	}
	t.out = append(b, '}')
	return t.out, nil
}

// appendPlain writes n as it was read, without blanks.
func (n *node) appendPlain(b []byte) []byte {
	return n.appendText(b, appendPlainString, func(b []byte, n *node) []byte {
		if n.kind == '"' {
			return appendPlainString(b, n.text)
		}
		return append(b, n.text...)
	})
}

func appendPlainString(b []byte, text string) []byte {
	b = append(b, '"')
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = appendControl(b, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
