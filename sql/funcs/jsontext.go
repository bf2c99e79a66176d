package funcs

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads JSON text from the left and no further than it must: a text
// that breaks off after the value asked for is good enough, as in Trino.
type scanner struct {
	text  string
	at    int
	depth int
}

// maxDepth bounds recursion; Jackson's own limit.
const maxDepth = 1000

func (s *scanner) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// peek is the next byte, 0 at the end.
func (s *scanner) peek() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

func (s *scanner) got(c byte) bool {
	s.space()
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

// find moves to the value at path.
func (s *scanner) find(path []step) bool {
	for _, p := range path {
		s.space()
		var ok bool
		switch s.peek() {
		case '{':
			ok = s.findKey(p.key)
		case '[':
			ok = p.index >= 0 && s.findIndex(p.index)
		}
		if !ok {
			return false
		}
	}
	s.space()
	return true
}

func (s *scanner) findKey(key string) bool {
	s.at++
	if s.got('}') {
		return false
	}
	for {
		s.space()
		name, ok := s.str()
		if !ok || !s.got(':') {
			return false
		}
		if name == key {
			return true
		}
		if !s.skip() || !s.got(',') {
			return false
		}
	}
}

func (s *scanner) findIndex(n int) bool {
	s.at++
	if s.got(']') {
		return false
	}
	for ; n > 0; n-- {
		if !s.skip() || !s.got(',') {
			return false
		}
	}
	return true
}

// skip passes over a value and tells whether it is sound.
func (s *scanner) skip() bool {
	s.space()
	switch s.peek() {
	case '{':
		return s.object(func(string) bool { return s.skip() })
	case '[':
		return s.array(s.skip)
	case '"':
		return s.skipString()
	}
	return s.bare()
}

// bare passes over true, false, null or a number.
func (s *scanner) bare() bool {
	for _, word := range []string{"true", "false", "null"} {
		if strings.HasPrefix(s.text[s.at:], word) {
			s.at += len(word)
			return s.delimited()
		}
	}
	digits := func() bool {
		start := s.at
		for s.peek() >= '0' && s.peek() <= '9' {
			s.at++
		}
		return s.at > start
	}
	if s.peek() == '-' {
		s.at++
	}
	zero := s.peek() == '0'
	start := s.at
	if !digits() || zero && s.at > start+1 {
		return false
	}
	if s.peek() == '.' {
		s.at++
		if !digits() {
			return false
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.at++
		if c := s.peek(); c == '+' || c == '-' {
			s.at++
		}
		if !digits() {
			return false
		}
	}
	return s.delimited()
}

// delimited tells whether a bare value ends where it seems to.
func (s *scanner) delimited() bool {
	switch s.peek() {
	case 0, ',', ']', '}', ' ', '\t', '\n', '\r', ':':
		return true
	}
	return false
}

func (s *scanner) object(value func(key string) bool) bool {
	s.at++
	if s.depth++; s.depth > maxDepth {
		return false
	}
	defer func() { s.depth-- }()
	if s.got('}') {
		return true
	}
	for {
		s.space()
		key, ok := s.str()
		if !ok || !s.got(':') || !value(key) {
			return false
		}
		if s.got('}') {
			return true
		}
		if !s.got(',') {
			return false
		}
	}
}

func (s *scanner) array(value func() bool) bool {
	s.at++
	if s.depth++; s.depth > maxDepth {
		return false
	}
	defer func() { s.depth-- }()
	if s.got(']') {
		return true
	}
	for {
		if !value() {
			return false
		}
		if s.got(']') {
			return true
		}
		if !s.got(',') {
			return false
		}
	}
}

func (s *scanner) skipString() bool {
	_, ok := s.str()
	return ok
}

// str reads a string.
func (s *scanner) str() (string, bool) {
	if s.peek() != '"' {
		return "", false
	}
	rest := s.text[s.at+1:]
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '"':
			s.at += i + 2
			return rest[:i], true
		case c < ' ':
			return "", false
		case c == '\\':
			return s.escaped(i)
		}
	}
	return "", false
}

// escaped reads on from the first escape, n bytes into the string.
func (s *scanner) escaped(n int) (string, bool) {
	rest := s.text[s.at+1:]
	b := []byte(rest[:n])
	for i := n; i < len(rest); i++ {
		c := rest[i]
		switch {
		case c == '"':
			s.at += i + 2
			return string(b), true
		case c < ' ':
			return "", false
		case c != '\\':
			b = append(b, c)
			continue
		}
		i++
		if i == len(rest) {
			return "", false
		}
		if k := strings.IndexByte(`"\/bfnrt`, rest[i]); k >= 0 {
			b = append(b, "\"\\/\b\f\n\r\t"[k])
			continue
		}
		r, used := unicodeEscape(rest[i-1:])
		if used == 0 {
			return "", false
		}
		b = utf8.AppendRune(b, r)
		i += used - 2
	}
	return "", false
}

// unicodeEscape reads \uXXXX, or two of them that make one character.
func unicodeEscape(s string) (rune, int) {
	one := func(s string) (rune, bool) {
		if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
			return 0, false
		}
		n, err := strconv.ParseUint(s[2:6], 16, 16)
		return rune(n), err == nil
	}
	r, ok := one(s)
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(r) {
		if low, ok := one(s[6:]); ok {
			if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
				return both, 12
			}
		}
	}
	return r, 6
}

// count is how many members a value has, 0 for a scalar.
func (s *scanner) count() (int64, bool) {
	n := int64(0)
	s.space()
	switch s.peek() {
	case '{':
		ok := s.object(func(string) bool { n++; return s.skip() })
		return n, ok
	case '[':
		ok := s.array(func() bool { n++; return s.skip() })
		return n, ok
	}
	return 0, s.skip()
}

// elements are the texts of an array's elements.
func (s *scanner) elements() ([]string, bool) {
	elems := []string{}
	ok := s.array(func() bool {
		s.space()
		start := s.at
		ok := s.skip()
		elems = append(elems, s.text[start:s.at])
		return ok
	})
	return elems, ok
}

// appendValue appends the value without blanks, its numbers as Java writes
// them, with sorted its keys in order.
func (s *scanner) appendValue(b []byte, sorted bool) ([]byte, bool) {
	s.space()
	switch s.peek() {
	case '{':
		return s.appendObject(b, sorted)
	case '[':
		b = append(b, '[')
		first := true
		ok := s.array(func() (ok bool) {
			if !first {
				b = append(b, ',')
			}
			first = false
			b, ok = s.appendValue(b, sorted)
			return ok
		})
		return append(b, ']'), ok
	case '"':
		text, ok := s.str()
		return appendQuoted(b, text), ok
	}
	start := s.at
	if !s.bare() {
		return b, false
	}
	return append(b, canonicalNumber(s.text[start:s.at])...), true
}

func (s *scanner) appendObject(b []byte, sorted bool) ([]byte, bool) {
	if !sorted {
		b = append(b, '{')
		first := true
		ok := s.object(func(key string) (ok bool) {
			if !first {
				b = append(b, ',')
			}
			first = false
			b, ok = s.appendValue(append(appendQuoted(b, key), ':'), false)
			return ok
		})
		return append(b, '}'), ok
	}
	members := map[string]string{}
	ok := s.object(func(key string) bool {
		value, ok := s.appendValue(nil, true)
		members[key] = string(value)
		return ok
	})
	keys := make([]string, 0, len(members))
	for key := range members {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	b = append(b, '{')
	for i, key := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(appendQuoted(b, key), ':'), members[key]...)
	}
	return append(b, '}'), ok
}

func isFloat(number string) bool {
	return number != "" && (number[0] == '-' || number[0] >= '0' && number[0] <= '9') && strings.ContainsAny(number, ".eE")
}

// canonicalNumber writes a number as Trino keeps it; words stay.
func canonicalNumber(text string) string {
	switch {
	case text == "-0":
		return "0"
	case isFloat(text):
		f, _ := strconv.ParseFloat(text, 64)
		if math.IsInf(f, 0) {
			return `"` + FloatText(f, 64) + `"`
		}
		return FloatText(f, 64)
	}
	return text
}

// appendQuoted writes a JSON string as Jackson does.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= 0xf0: // Jackson writes what is beyond 16 bits as two
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError {
				b = append(b, c)
				continue
			}
			high, low := utf16.EncodeRune(r)
			b = fmt.Appendf(b, `\u%04X\u%04X`, high, low)
			i += n - 1
		case c >= ' ':
			b = append(b, c)
		case strings.IndexByte("\b\f\n\r\t", c) >= 0:
			b = append(b, '\\', "bfnrt"[strings.IndexByte("\b\f\n\r\t", c)])
		default:
			b = append(b, '\\', 'u', '0', '0', "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
		}
	}
	return append(b, '"')
}
