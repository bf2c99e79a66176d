package jsonpath

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"logsql/convert/schema"
)

// SyntaxError is a fault of a path, in the words of Trino's parser. At counts
// the path's characters from 0; it is negative where Trino names the path as a
// whole.
type SyntaxError struct {
	Code string
	Msg  string
	At   int
}

func (e *SyntaxError) Error() string { return e.Msg }

// What may begin an expression and what may follow one, as Trino lists it.
const (
	modes    = "{'lax', 'strict'}"
	begins   = "{'+', '(', '$', '@', 'false', 'last', '-', 'null', 'true', DECIMAL_VALUE, DOUBLE_VALUE, INTEGER_VALUE, STRING, NAMED_VARIABLE}"
	truths   = "{'+', '(', '$', '@', '!', 'exists', 'false', 'last', '-', 'null', 'true', DECIMAL_VALUE, DOUBLE_VALUE, INTEGER_VALUE, STRING, NAMED_VARIABLE}"
	goesOn   = "'+', '*', '/', '%', '.', '..', '[', '?'"
	maxDepth = 400
)

// parser reads a path. The first error sticks and turns the rest into the end,
// so no method returns one.
type parser struct {
	toks  []token
	tok   token
	depth int
	err   *SyntaxError
}

// Parse reads a path. The error is a *SyntaxError.
func Parse(path string) (*Path, error) {
	p := &parser{toks: tokens(path)}
	p.tok = p.toks[0]
	out := &Path{Strict: p.tok.is("strict")}
	switch {
	case out.Strict, p.tok.is("lax"):
		p.next()
	case p.beginsPath():
		p.fail("missing %s at '%s'", modes, p.tok.text)
	default:
		p.mismatch(modes)
	}
	out.Root = p.path()
	if p.tok.kind != eof && p.err == nil {
		if p.peek().kind == eof {
			p.fail("extraneous input '%s' expecting <EOF>", p.tok.text)
		}
		p.mismatch("{<EOF>, " + goesOn + ", '-'}")
	}
	if p.err != nil {
		return nil, p.err
	}
	return out, nil
}

func (p *parser) next() {
	if len(p.toks) > 1 {
		p.toks = p.toks[1:]
	}
	p.tok = p.toks[0]
}

func (p *parser) peek() token { return p.toks[min(1, len(p.toks)-1)] }

func (p *parser) got(s string) bool {
	if !p.tok.is(s) {
		return false
	}
	p.next()
	return true
}

func (p *parser) want(s string) {
	if !p.got(s) {
		p.mismatch("'" + s + "'")
	}
}

func (p *parser) fail(format string, args ...any) {
	p.report("SYNTAX_ERROR", p.tok.at, fmt.Sprintf(format, args...))
}

func (p *parser) report(code string, at int, msg string) {
	if p.err != nil {
		return
	}
	p.err = &SyntaxError{Code: code, At: at, Msg: msg}
	p.toks = p.toks[len(p.toks)-1:]
	p.tok = p.toks[0]
}

func (p *parser) mismatch(expected string) {
	p.fail("mismatched input '%s' expecting %s", p.tok.text, expected)
}

// noWay is the complaint where several things might have gone on.
func (p *parser) noWay(before string) {
	if p.tok.kind == eof {
		p.fail("no viable alternative at input '%s'", before)
	}
	p.fail("no viable alternative at input '%s%s'", before, p.tok.text)
}

func (p *parser) beginsPath() bool {
	switch p.tok.kind {
	case variable, text, integer, decimal, double:
		return true
	}
	switch p.tok.text {
	case "$", "@", "(", "+", "-", "true", "false", "null", "last":
		return p.tok.kind != strange
	}
	return false
}

// deeper guards against paths that would overflow the stack.
func (p *parser) deeper() func() {
	if p.depth++; p.depth > maxDepth {
		p.report("NOT_SUPPORTED", -1, "The JSON path is nested too deeply")
	}
	return func() { p.depth-- }
}

// path takes an expression outside of predicates.
func (p *parser) path() Node { return p.sum(false) }

// sum takes + and -, product * / %. With truth a bracket may hold a predicate.
func (p *parser) sum(truth bool) Node {
	x := p.product(truth)
	for !isPredicate(x) && (p.tok.is("+") || p.tok.is("-")) {
		op := p.tok.text
		p.next()
		x = &Binary{Op: op, X: x, Y: p.operand(p.product(truth))}
	}
	return x
}

func (p *parser) product(truth bool) Node {
	x := p.signed(truth)
	for !isPredicate(x) && (p.tok.is("*") || p.tok.is("/") || p.tok.is("%")) {
		op := p.tok.text
		p.next()
		x = &Binary{Op: op, X: x, Y: p.operand(p.signed(truth))}
	}
	return x
}

func (p *parser) signed(truth bool) Node {
	defer p.deeper()()
	if p.tok.is("+") || p.tok.is("-") {
		op := p.tok.text
		p.next()
		return &Unary{Op: op, X: p.operand(p.signed(truth))}
	}
	return p.accessors(p.primary(truth))
}

// operand refuses a predicate where only an expression can stand.
func (p *parser) operand(x Node) Node {
	if isPredicate(x) {
		p.mismatch("{" + goesOn + ", '-'}")
	}
	return x
}

func (p *parser) primary(truth bool) Node {
	tok := p.tok
	if tok.is("(") {
		p.next()
		return p.bracketed(truth)
	}
	if !p.beginsPath() {
		expected := begins
		if truth {
			expected = truths
		}
		p.mismatch(expected)
		return &Context{}
	}
	p.next()
	switch tok.kind {
	case variable:
		return &Variable{Name: tok.text[1:]}
	case text:
		return &Literal{Item: TextItem(unquote(tok.text))}
	case integer, decimal, double:
		return p.number(tok)
	}
	switch tok.text {
	case "@":
		return &Current{}
	case "last":
		return &Last{}
	case "null":
		return &Literal{Item: Null}
	case "true", "false":
		return &Literal{Item: BoolItem(tok.text == "true")}
	}
	return &Context{}
}

func (p *parser) bracketed(truth bool) Node {
	var x Node
	if truth {
		x = p.predicate()
	} else {
		x = p.path()
	}
	if !p.got(")") {
		p.mismatch("{" + goesOn + ", ')', '-'}")
	}
	if isPredicate(x) && p.got("is") {
		p.want("unknown")
		return &IsUnknown{X: x}
	}
	return x
}

func (p *parser) number(tok token) Node {
	invalid := func() Node {
		p.report("SYNTAX_ERROR", -1, "Invalid numeric literal: "+tok.text)
		return &Context{}
	}
	switch tok.kind {
	case integer:
		n, err := strconv.ParseInt(tok.text, 10, 64)
		if err != nil {
			return invalid()
		}
		return &Literal{Item: IntItem(n)}
	case double:
		f, err := strconv.ParseFloat(tok.text, 64)
		if err != nil && !math.IsInf(f, 0) {
			return invalid()
		}
		return &Literal{Item: FloatItem(f, schema.Double)}
	}
	whole, fraction, _ := strings.Cut(tok.text, ".")
	whole = strings.TrimLeft(whole, "0")
	unscaled, _ := new(big.Int).SetString("0"+whole+fraction, 10)
	precision := max(1, len(whole)+len(fraction))
	if precision > 38 {
		return invalid()
	}
	return &Literal{Item: DecimalItem(unscaled, precision, len(fraction))}
}

// accessors takes what follows a primary.
func (p *parser) accessors(x Node) Node {
	for !isPredicate(x) {
		switch {
		case p.got("."):
			x = p.member(x)
		case p.got(".."):
			x = &Descendant{Of: x, Name: p.name("..")}
		case p.got("["):
			x = p.elements(x)
		case p.got("?"):
			p.want("(")
			x = &Filter{Of: x, Pred: p.truth()}
			p.want(")")
		default:
			return x
		}
	}
	return x
}

// methods are the words that are one before ().
var methods = map[string]bool{
	"abs": true, "ceiling": true, "datetime": true, "double": true, "floor": true, "keyvalue": true, "size": true, "type": true,
}

func (p *parser) member(x Node) Node {
	if p.got("*") {
		return &Member{Of: x, All: true}
	}
	if p.tok.kind == word && methods[p.tok.text] && p.peek().is("(") {
		m := &Method{Of: x, Name: p.tok.text}
		p.next()
		p.next()
		if m.Name == "datetime" {
			if p.tok.kind == text {
				p.next()
			}
			p.want(")")
			p.report("NOT_SUPPORTED", -1, "datetime method in JSON path is not yet supported")
			return m
		}
		p.want(")")
		return m
	}
	return &Member{Of: x, Name: p.name(".")}
}

func (p *parser) name(before string) string {
	tok := p.tok
	switch tok.kind {
	case word:
		p.next()
		return tok.text
	case text:
		p.next()
		return unquote(tok.text)
	}
	p.noWay(before)
	return ""
}

func (p *parser) elements(x Node) Node {
	e := &Elements{Of: x}
	if p.got("*") {
		p.want("]")
		return e
	}
	if p.tok.is("]") {
		p.noWay("[")
	}
	for {
		s := Subscript{From: p.path()}
		if p.got("to") {
			s.To = p.path()
		}
		e.Subscripts = append(e.Subscripts, s)
		if p.err != nil || !p.got(",") {
			break
		}
	}
	if !p.got("]") {
		p.mismatch("{',', " + goesOn + ", ']', 'to', '-'}")
	}
	return e
}

// truth takes a predicate and nothing else.
func (p *parser) truth() Node {
	from := p.tok
	x := p.predicate()
	if !isPredicate(x) {
		p.noWay(from.text)
	}
	return x
}

// predicate takes || over && over what has a truth value; in brackets it may
// turn out to be an expression.
func (p *parser) predicate() Node {
	x := p.conjunction()
	for isPredicate(x) && p.got("||") {
		x = &Or{X: x, Y: p.must(p.conjunction())}
	}
	return x
}

func (p *parser) conjunction() Node {
	x := p.comparison()
	for isPredicate(x) && p.got("&&") {
		x = &And{X: x, Y: p.must(p.comparison())}
	}
	return x
}

func (p *parser) must(x Node) Node {
	if !isPredicate(x) {
		p.noWay("")
	}
	return x
}

func (p *parser) comparison() Node {
	switch {
	case p.got("!"):
		if p.tok.is("exists") {
			return &Not{X: p.exists()}
		}
		if !p.got("(") {
			p.mismatch("{'(', 'exists'}")
		}
		x := &Not{X: p.truth()}
		p.want(")")
		return x
	case p.tok.is("exists"):
		return p.exists()
	}
	from := p.tok.text
	x := p.sum(true)
	if isPredicate(x) {
		return x
	}
	switch op := p.tok.text; {
	case p.tok.kind == symbol && (op == "==" || op == "<>" || op == "!=" || op == "<" || op == "<=" || op == ">" || op == ">="):
		p.next()
		if op == "!=" {
			op = "<>"
		}
		return &Compare{Op: op, X: x, Y: p.operand(p.sum(true))}
	case p.got("starts"):
		p.want("with")
		return &StartsWith{X: x, Prefix: p.prefix()}
	case p.tok.is("like_regex"):
		p.report("NOT_SUPPORTED", -1, "like_regex predicate in JSON path is not yet supported")
	case !p.tok.is(")"):
		p.noWay(from)
	}
	return x
}

func (p *parser) exists() Node {
	p.next()
	if !p.got("(") {
		p.fail("missing '(' at '%s'", p.tok.text)
	}
	x := &Exists{X: p.path()}
	p.want(")")
	return x
}

func (p *parser) prefix() Node {
	if p.tok.kind != text && p.tok.kind != variable {
		p.mismatch("{STRING, NAMED_VARIABLE}")
		return &Context{}
	}
	return p.primary(false)
}

func runes(s string) int { return max(1, utf8.RuneCountInString(s)) }
