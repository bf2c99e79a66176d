package syntax

import (
	"errors"
	"fmt"
)

// A statement nested deeper, or a chain of operators longer, than these is
// refused: the tree is walked by recursion.
const (
	maxDepth = 1000
	maxLinks = 100_000
)

// maxNameParts is how long a function's dotted name can be: how far to look for
// its bracket.
const maxNameParts = 8

// Script is what a source holds: its statements and what was tolerated in it.
type Script struct {
	Statements []Statement
	Warnings   []Warning
}

// Warning is something about the source that does not stop it from running.
type Warning struct {
	Pos Pos
	Msg string
}

// Parse reads statements separated by ';' (after the last one it may be
// missing). On an error it returns the statements before the broken one and an
// *Error.
func Parse(src string) ([]Statement, error) {
	script, err := ParseScript(src)
	return script.Statements, err
}

// ParseScript is Parse with its warnings: a ';' may be missing before a line
// that begins with a statement's first words.
func ParseScript(src string) (Script, error) {
	p := newParser(src)
	p.script()
	if p.err != nil {
		return p.out, p.err
	}
	return p.out, nil
}

// ParseNamed is ParseScript of a source in which :name stands for a value that is
// given with the statement; Trino knows only ?.
func ParseNamed(src string) (Script, error) {
	p := newParser(src)
	p.withNames = true
	p.script()
	if p.err != nil {
		return p.out, p.err
	}
	return p.out, nil
}

// ParseExpr reads one expression; the error is an *Error.
func ParseExpr(src string) (Expr, error) {
	p := newParser(src)
	x := p.expr()
	if p.err == nil && p.tok.Kind != TokEOF {
		p.expected("<EOF>")
	}
	if p.err != nil {
		return nil, p.err
	}
	return x, nil
}

// IsIncomplete reports whether err is of a statement that more input could
// complete.
func IsIncomplete(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Incomplete
}

// parser holds one token and reads ahead as far as it is asked to. The first
// error sticks and turns the token into the end of the source, so parsing
// methods return none: they come to their end by themselves.
type parser struct {
	scan  *Scanner
	tok   Token
	prev  Token   // before tok
	ahead []Token // after tok
	out   Script
	err   *Error

	tried []string // what was looked for at tok in vain
	open  []Token  // brackets not closed yet
	alias Token    // the last name given without AS
	// limited is whether prev is LIMIT's number; only hints ask.
	limited   bool
	depth     int
	links     int
	params    int
	withNames bool // :name is a parameter
}

func newParser(src string) *parser {
	p := &parser{scan: NewScanner(src)}
	p.tok = p.scanToken()
	p.checkLegal()
	return p
}

func (p *parser) scanToken() Token {
	tok := p.scan.Next()
	for tok.Kind == TokComment {
		tok = p.scan.Next()
	}
	return tok
}

// next moves to the next token.
func (p *parser) next() {
	if p.err != nil {
		return
	}
	p.tried = p.tried[:0]
	p.limited = p.prev.is("LIMIT") && p.tok.Kind == TokInteger
	p.prev = p.tok
	if len(p.ahead) > 0 {
		p.tok = p.ahead[0]
		p.ahead = p.ahead[1:]
	} else {
		p.tok = p.scanToken()
	}
	p.checkLegal()
}

func (p *parser) checkLegal() {
	if p.tok.Kind == TokIllegal && !p.scan.hive {
		p.illegal(p.tok)
	}
}

// peek returns the n-th token after the current one; peek(0) is the current.
func (p *parser) peek(n int) Token {
	if n == 0 || p.err != nil {
		return p.tok
	}
	for len(p.ahead) < n {
		p.ahead = append(p.ahead, p.scanToken())
	}
	return p.ahead[n-1]
}

// at reports whether the token is keyword or operator sym.
func (p *parser) at(sym string) bool { return p.err == nil && p.tok.Sym == sym }

// atAny reports whether the token is one of syms.
func (p *parser) atAny(syms ...string) bool {
	for _, sym := range syms {
		if p.at(sym) {
			return true
		}
	}
	return false
}

// atSeq reports whether the tokens from here on are syms.
func (p *parser) atSeq(syms ...string) bool {
	for i, sym := range syms {
		if p.err != nil || !p.peek(i).is(sym) {
			return false
		}
	}
	return true
}

// got takes the token if it is sym; if not, sym is remembered as something that
// could have stood there.
func (p *parser) got(sym string) bool {
	if !p.at(sym) {
		p.tried = append(p.tried, "'"+sym+"'")
		return false
	}
	p.next()
	return true
}

// gotSeq takes the next tokens if they are syms.
func (p *parser) gotSeq(syms ...string) bool {
	if !p.atSeq(syms...) {
		p.tried = append(p.tried, "'"+syms[0]+"'")
		return false
	}
	for range syms {
		p.next()
	}
	return true
}

// gotAny takes the token if it is one of syms and returns it, else "".
func (p *parser) gotAny(syms ...string) string {
	for _, sym := range syms {
		if p.got(sym) {
			return sym
		}
	}
	return ""
}

// want takes sym, which must be there.
func (p *parser) want(sym string) {
	if !p.got(sym) {
		p.expected()
	}
}

// wantAny takes one of syms, which must be there.
func (p *parser) wantAny(syms ...string) string {
	sym := p.gotAny(syms...)
	if sym == "" {
		p.expected()
	}
	return sym
}

// wantOpen takes an opening bracket; wantClose its other half.
func (p *parser) wantOpen(sym string) {
	tok := p.tok
	p.want(sym)
	p.open = append(p.open, tok)
}

func (p *parser) wantClose(sym string) {
	p.want(sym)
	p.open = p.open[:len(p.open)-1]
}

// span is from a place to the end of the last token taken.
func (p *parser) span(from Pos) Span { return Span{From: from, To: p.prev.To} }

// deeper counts a level of nesting; the returned function ends it.
func (p *parser) deeper() func() {
	p.depth++
	if p.depth > maxDepth {
		p.fail(p.tok, fmt.Sprintf("statement is nested deeper than %d levels", maxDepth), "")
	}
	return func() { p.depth-- }
}

// link counts an operator that makes the tree a level deeper on its left.
func (p *parser) link() {
	p.links++
	if p.links > maxLinks {
		p.fail(p.tok, fmt.Sprintf("statement has more than %d operators", maxLinks), "")
	}
}

// ident takes a name.
func (p *parser) ident() Ident {
	tok := p.tok
	if p.err != nil || !tok.isName() {
		p.expected("<identifier>")
		return Ident{}
	}
	if tok.Kind == TokQuoted && tok.value() == "" {
		p.fail(tok, "Zero-length delimited identifier not allowed", "")
	}
	p.next()
	return Ident{Span: Span{tok.From, tok.To}, Name: tok.value(), Quoted: tok.Kind == TokQuoted}
}

// idents takes (name, …).
func (p *parser) idents() []Ident {
	p.wantOpen("(")
	list := []Ident{p.ident()}
	for p.got(",") {
		list = append(list, p.ident())
	}
	p.wantClose(")")
	return list
}

// name takes a dotted name.
func (p *parser) name() Name {
	n := Name{p.ident()}
	for p.at(".") {
		p.next()
		n = append(n, p.ident())
	}
	return n
}
