package serde

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// loose reads JSON as leniently as openx's SerDe does: comments, names and
// strings without quotes or in single ones, = and => for a colon, ; for a comma,
// elements left out as nulls.
type loose struct {
	text  string
	at    int
	depth int
	same  func(a, b string) bool // whether two names are one
	arena arena
}

func (p *loose) begin(text string) {
	p.text, p.at, p.depth = text, 0, 0
	p.arena.reset()
}

// maxDepth bounds the stack.
const maxDepth = 1000

func (p *loose) fail(what string) (node, error) {
	return node{}, errors.New(what + " at character " + strconv.Itoa(p.at))
}

// token goes past blanks and comments and takes a character, 0 at the end.
func (p *loose) token() (byte, error) {
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		rest := p.text[p.at:]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		case c == '#' || c == '/' && strings.HasPrefix(rest, "/"):
			p.at = len(p.text)
		case c == '/' && strings.HasPrefix(rest, "*"):
			end := strings.Index(rest[1:], "*/")
			if end < 0 {
				return 0, errors.New("Unterminated comment at character " + strconv.Itoa(p.at))
			}
			p.at += end + 3
		default:
			return c, nil
		}
	}
	return 0, nil
}

func (p *loose) value() (node, error) {
	c, err := p.token()
	if err != nil {
		return node{}, err
	}
	if p.depth++; p.depth > maxDepth {
		return p.fail("Nested too deep")
	}
	defer func() { p.depth-- }()
	switch c {
	case 0:
		return p.fail("End of input")
	case '{':
		return p.object()
	case '[':
		return p.array()
	case '"', '\'':
		return p.quoted(c)
	}
	p.at--
	return p.literal()
}

func (p *loose) object() (node, error) {
	values, names := p.arena.mark()
	c, err := p.token()
	if err != nil || c == '}' {
		return node{kind: '{'}, err
	}
	if c != 0 {
		p.at--
	}
	for {
		if err := p.member(values, names); err != nil {
			return node{}, err
		}
		c, err := p.token()
		switch {
		case err != nil || c == '}':
			return p.arena.end('{', values, names), err
		case c != ',' && c != ';':
			return p.fail("Unterminated object")
		}
	}
}

func (p *loose) member(values, names int) error {
	name, err := p.value()
	if err != nil {
		return err
	}
	if !name.isText() {
		_, err := p.fail("Names must be strings")
		return err
	}
	c, err := p.token()
	if err != nil {
		return err
	}
	if c != ':' && c != '=' {
		_, err := p.fail("Expected ':' after field " + name.text)
		return err
	}
	if c == '=' && strings.HasPrefix(p.text[p.at:], ">") {
		p.at++
	}
	value, err := p.value()
	if err == nil {
		p.arena.replace(name.text, values, names, p.same)
		p.arena.names = append(p.arena.names, name.text)
		p.arena.open = append(p.arena.open, value)
	}
	return err
}

func (p *loose) array() (node, error) {
	values, names := p.arena.mark()
	add := func(n node) { p.arena.open = append(p.arena.open, n) }
	for separated := false; ; separated = true {
		c, err := p.token()
		switch {
		case err != nil:
			return node{}, err
		case c == 0:
			return p.fail("Unterminated array")
		case c == ']':
			if separated {
				add(node{kind: 'n'})
			}
			return p.arena.end('[', values, names), nil
		case c == ',' || c == ';':
			add(node{kind: 'n'})
			continue
		}
		p.at--
		value, err := p.value()
		if err != nil {
			return node{}, err
		}
		add(value)
		if c, err = p.token(); err != nil || c == ']' {
			return p.arena.end('[', values, names), err
		}
		if c != ',' && c != ';' {
			return p.fail("Unterminated array")
		}
	}
}

func (p *loose) quoted(quote byte) (node, error) {
	start := p.at
	for p.at < len(p.text) && p.text[p.at] != quote && p.text[p.at] != '\\' {
		p.at++
	}
	text := p.text[start:p.at]
	if p.at < len(p.text) && p.text[p.at] == '\\' {
		return p.escaped(text, quote)
	}
	if p.at == len(p.text) {
		return p.fail("Unterminated string")
	}
	p.at++
	return node{kind: '"', text: text}, nil
}

func (p *loose) escaped(head string, quote byte) (node, error) {
	b := []byte(head)
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch {
		case c == quote:
			return node{kind: '"', text: string(b)}, nil
		case c != '\\':
			b = append(b, c)
			continue
		case p.at == len(p.text):
			return p.fail("Unterminated escape sequence")
		}
		c = p.text[p.at]
		p.at++
		if c != 'u' {
			b = append(b, looseEscape(c))
			continue
		}
		r, n := unicodeEscape(p.text[p.at:])
		if n == 0 {
			return p.fail("Invalid escape sequence")
		}
		p.at += n
		b = utf8.AppendRune(b, r)
	}
	return p.fail("Unterminated string")
}

func looseEscape(c byte) byte {
	if at := strings.IndexByte("tbnrfav", c); at >= 0 {
		return "\t\b\n\r\f\a\t"[at]
	}
	return c
}

// unicodeEscape reads four hexadecimal digits, and a low surrogate after a high
// one. A lone one is what Java writes as UTF-8 for it, a question mark.
func unicodeEscape(s string) (r rune, n int) {
	high, ok := hex4(s)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(high) {
		return high, 4
	}
	if strings.HasPrefix(s[4:], `\u`) {
		if low, ok := hex4(s[6:]); ok {
			if r := utf16.DecodeRune(high, low); r != utf8.RuneError {
				return r, 10
			}
		}
	}
	return '?', 4
}

func hex4(s string) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(s[:4], 16, 16)
	return rune(n), err == nil
}

// literal reads a word without quotes.
func (p *loose) literal() (node, error) {
	end := strings.IndexAny(p.text[p.at:], " \r\n\t\f{}[]/\\:,=;#")
	if end < 0 {
		end = len(p.text) - p.at
	}
	if end == 0 {
		return p.fail("Expected literal value")
	}
	word := p.text[p.at : p.at+end]
	p.at += end
	if strings.EqualFold(word, "null") {
		return node{kind: 'n'}, nil
	}
	return node{kind: 'w', text: word}, nil
}
