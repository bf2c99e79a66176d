package jsonpath

import (
	"strings"
	"unicode/utf8"
)

type kind uint8

const (
	eof kind = iota
	symbol
	word     // a name or a keyword: which, the place decides
	variable // $name
	text     // "…"
	integer
	decimal
	double
	strange // what no token begins with
)

// token is one of the path's words; at counts characters from 0.
type token struct {
	kind kind
	text string // as written
	at   int
}

func (t token) is(s string) bool { return (t.kind == symbol || t.kind == word) && t.text == s }

// tokens cuts a path up. The last token is of kind eof.
func tokens(path string) []token {
	var list []token
	at := 0
	for rest := path; rest != ""; {
		if n := len(rest) - len(strings.TrimLeft(rest, " \t\r\n")); n > 0 {
			rest, at = rest[n:], at+n
			continue
		}
		k, n := next(rest)
		list = append(list, token{kind: k, text: rest[:n], at: at})
		at += utf8.RuneCountInString(rest[:n])
		rest = rest[n:]
	}
	return append(list, token{kind: eof, text: "<EOF>", at: at})
}

// next is the kind and the length of s's first token; s has one.
func next(s string) (kind, int) {
	switch c := s[0]; {
	case isLetter(c):
		return word, nameLen(s)
	case c == '$' && len(s) > 1 && isLetter(s[1]):
		return variable, 1 + nameLen(s[1:])
	case isDigit(c), c == '.' && len(s) > 1 && isDigit(s[1]):
		return number(s)
	case c == '"':
		return quoted(s)
	}
	for _, two := range []string{"..", "==", "<>", "!=", "<=", ">=", "&&", "||"} {
		if strings.HasPrefix(s, two) {
			return symbol, 2
		}
	}
	if strings.IndexByte("$@.*+-/%()[],?!<>", s[0]) >= 0 {
		return symbol, 1
	}
	_, n := utf8.DecodeRuneInString(s)
	return strange, n
}

func isLetter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func nameLen(s string) int {
	n := 0
	for n < len(s) && (isLetter(s[n]) || isDigit(s[n])) {
		n++
	}
	return n
}

func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// number reads 12, 1.5, 5., .5 and any of these with an exponent.
func number(s string) (kind, int) {
	k, n := integer, digits(s)
	if n < len(s) && s[n] == '.' {
		k = decimal
		n += 1 + digits(s[n+1:])
	}
	if n < len(s) && s[n]|0x20 == 'e' {
		exp := n + 1
		if exp < len(s) && (s[exp] == '+' || s[exp] == '-') {
			exp++
		}
		if d := digits(s[exp:]); d > 0 {
			return double, exp + d
		}
	}
	return k, n
}

// quoted reads a text, in which "" stands for a quote.
func quoted(s string) (kind, int) {
	for i := 1; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '"' {
			i++
			continue
		}
		return text, i + 1
	}
	return strange, 1
}

func unquote(s string) string { return strings.ReplaceAll(s[1:len(s)-1], `""`, `"`) }
