package serde

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// strict reads JSON as its standard has it.
type strict struct {
	text  string
	at    int
	depth int
	arena arena
}

func (p *strict) begin(text string) {
	p.text, p.at, p.depth = text, 0, 0
	p.arena.reset()
}

var errTruncated = said("Invalid JSON: object is truncated")

func (p *strict) fail(what string) (node, error) {
	return node{}, said("Invalid JSON: " + what + " at character " + strconv.Itoa(p.at+1))
}

func (p *strict) blanks() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// got takes c where it comes next.
func (p *strict) got(c byte) bool {
	p.blanks()
	if p.at == len(p.text) || p.text[p.at] != c {
		return false
	}
	p.at++
	return true
}

func (p *strict) value() (node, error) {
	p.blanks()
	if p.at == len(p.text) {
		return node{}, errTruncated
	}
	if p.depth++; p.depth > maxDepth {
		return p.fail("nested too deep")
	}
	defer func() { p.depth-- }()
	switch c := p.text[p.at]; {
	case c == '{':
		return p.object()
	case c == '[':
		return p.array()
	case c == '"':
		text, err := p.quoted()
		return node{kind: '"', text: text}, err
	case c == '-' || c-'0' <= 9:
		return p.number()
	}
	for _, word := range words {
		if rest, ok := strings.CutPrefix(p.text[p.at:], word.text); ok && (rest == "" || !isWord(rest[0])) {
			p.at += len(word.text)
			return word, nil
		}
	}
	return p.fail("unexpected character")
}

var words = []node{{kind: 'w', text: "true"}, {kind: 'w', text: "false"}, {kind: 'n', text: "null"}}

func isWord(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c-'0' <= 9 || c == '_' }

func (p *strict) object() (node, error) {
	values, names := p.arena.mark()
	p.at++
	if p.got('}') {
		return node{kind: '{'}, nil
	}
	for {
		p.blanks()
		if p.at == len(p.text) {
			return node{}, errTruncated
		}
		if p.text[p.at] != '"' {
			return p.fail("field name expected")
		}
		name, err := p.quoted()
		if err != nil {
			return node{}, err
		}
		if !p.got(':') {
			return p.fail("colon expected")
		}
		value, err := p.value()
		if err != nil {
			return node{}, err
		}
		p.arena.names, p.arena.open = append(p.arena.names, name), append(p.arena.open, value)
		if p.got('}') {
			return p.arena.end('{', values, names), nil
		}
		if !p.got(',') {
			return node{}, p.separator()
		}
	}
}

func (p *strict) separator() error {
	if p.at == len(p.text) {
		return errTruncated
	}
	_, err := p.fail("comma expected")
	return err
}

func (p *strict) array() (node, error) {
	values, names := p.arena.mark()
	p.at++
	if p.got(']') {
		return node{kind: '['}, nil
	}
	for {
		value, err := p.value()
		if err != nil {
			return node{}, err
		}
		p.arena.open = append(p.arena.open, value)
		if p.got(']') {
			return p.arena.end('[', values, names), nil
		}
		if !p.got(',') {
			return node{}, p.separator()
		}
	}
}

// number takes -?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?
func (p *strict) number() (node, error) {
	start := p.at
	p.skip("-", 1)
	zero := p.at < len(p.text) && p.text[p.at] == '0'
	whole := p.digits()
	ok := whole > 0 && (!zero || whole == 1)
	if ok && p.skip(".", 1) {
		ok = p.digits() > 0
	}
	if ok && p.skip("eE", 1) {
		p.skip("+-", 1)
		ok = p.digits() > 0
	}
	if !ok || p.at < len(p.text) && isWord(p.text[p.at]) {
		return p.fail("not a number")
	}
	return node{kind: 'w', text: p.text[start:p.at]}, nil
}

func (p *strict) skip(any string, most int) bool {
	start := p.at
	for p.at < len(p.text) && p.at-start < most && strings.IndexByte(any, p.text[p.at]) >= 0 {
		p.at++
	}
	return p.at > start
}

func (p *strict) digits() int {
	start := p.at
	for p.at < len(p.text) && p.text[p.at]-'0' <= 9 {
		p.at++
	}
	return p.at - start
}

// quoted takes a string, which begins here.
func (p *strict) quoted() (string, error) {
	p.at++
	start := p.at
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '"':
			p.at++
			return p.text[start : p.at-1], nil
		case c == '\\':
			return p.escaped(p.text[start:p.at])
		case c < ' ':
			_, err := p.fail("control character in a string")
			return "", err
		}
		p.at++
	}
	return "", errTruncated
}

func (p *strict) escaped(head string) (string, error) {
	b := []byte(head)
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch {
		case c == '"':
			return string(b), nil
		case c < ' ':
			_, err := p.fail("control character in a string")
			return "", err
		case c != '\\':
			b = append(b, c)
			continue
		case p.at == len(p.text):
			return "", errTruncated
		}
		c = p.text[p.at]
		p.at++
		if c == 'u' {
			r, n := unicodeEscape(p.text[p.at:])
			if n == 0 {
				_, err := p.fail("invalid escape")
				return "", err
			}
			p.at += n
			b = utf8.AppendRune(b, r)
			continue
		}
		at := strings.IndexByte(`"\/bfnrt`, c)
		if at < 0 {
			_, err := p.fail("invalid escape")
			return "", err
		}
		b = append(b, "\"\\/\b\f\n\r\t"[at])
	}
	return "", errTruncated
}
