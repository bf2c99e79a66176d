package syntax

import (
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"
)

// stringLit takes a string, U&'…' with its UESCAPE decoded.
func (p *parser) stringLit() *StringLit {
	tok := p.tok
	if p.err != nil || !isString(tok) {
		p.expected("<string>")
		return &StringLit{}
	}
	p.next()
	if tok.Kind == TokString {
		return &StringLit{Span: Span{tok.From, tok.To}, Value: tok.value()}
	}
	escape := '\\'
	if p.at("UESCAPE") {
		p.next()
		mark := p.tok
		char := p.stringLit()
		escape = p.escapeChar(mark, char.Value)
	}
	value := p.unescape(tok, escape)
	return &StringLit{Span: p.span(tok.From), Value: value, Unicode: true}
}

// escapeChar checks UESCAPE's character, at token mark.
func (p *parser) escapeChar(mark Token, text string) rune {
	r, n := utf8.DecodeRuneInString(text)
	switch {
	case p.err != nil:
	case n == 0:
		p.fail(mark, "Empty Unicode escape character", "")
	case n != len(text):
		p.fail(mark, "Invalid Unicode escape character: "+text, "")
	case r < 0x20 || r > 0x7e || strings.ContainsRune(`+'"0123456789abcdefABCDEF `, r):
		p.fail(mark, "Invalid Unicode escape character: "+text, "")
	}
	return r
}

// unescape decodes \XXXX, \+XXXXXX and \\ in U&'…'.
func (p *parser) unescape(tok Token, escape rune) string {
	var b strings.Builder
	rest := tok.value()
	for rest != "" {
		r, n := utf8.DecodeRuneInString(rest)
		if r != escape {
			b.WriteString(rest[:n])
			rest = rest[n:]
			continue
		}
		rest = rest[n:]
		if strings.HasPrefix(rest, string(escape)) {
			b.WriteRune(escape)
			rest = rest[n:]
			continue
		}
		digits := 4
		if strings.HasPrefix(rest, "+") {
			rest, digits = rest[1:], 6
		}
		if len(rest) < digits {
			p.fail(tok, "Incomplete escape sequence: "+rest, "")
			return ""
		}
		code, err := strconv.ParseUint(rest[:digits], 16, 32)
		if err != nil || !utf8.ValidRune(rune(code)) {
			p.fail(tok, "Invalid escaped character: "+rest[:digits], "")
			return ""
		}
		b.WriteRune(rune(code))
		rest = rest[digits:]
	}
	return b.String()
}

func (p *parser) binaryLit() Expr {
	tok := p.tok
	text := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n", r) {
			return -1
		}
		return r
	}, tok.value())
	p.next()
	if len(text)%2 != 0 {
		p.fail(tok, "Binary literal must contain an even number of digits", "")
	}
	value, err := hex.DecodeString(text)
	if err != nil {
		p.fail(tok, "Binary literal can only contain hexadecimal digits", "")
	}
	return &BinaryLit{Span: Span{tok.From, tok.To}, Value: value}
}

// typedLit takes a type's name and a string.
func (p *parser) typedLit() Expr {
	from := p.tok.From
	text := p.typeWord()
	if p.got("PRECISION") {
		text = "double"
	}
	name := p.asType(from, text)
	value := p.stringLit()
	return &TypedLit{Span: p.span(from), Type: name, Value: value.Value}
}

var intervalFields = []string{"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"}

func (p *parser) interval() Expr {
	i := &IntervalLit{}
	from := p.tok.From
	p.want("INTERVAL")
	if i.Negative = p.at("-"); i.Negative || p.at("+") {
		p.next()
	}
	i.Value = p.stringLit().Value
	i.Field = p.wantAny(intervalFields...)
	if p.at("TO") {
		p.next()
		i.To = p.wantAny(intervalFields...)
	}
	i.Span = p.span(from)
	return i
}
