package syntax

import "strings"

// call takes the brackets of a function's call and what may follow them.
func (p *parser) call(name Name) Expr {
	c := &Call{Name: name}
	p.wantOpen("(")
	switch {
	case p.atSeq("*", ")"):
		p.next()
		c.Star = true
	case p.tok.isName() && p.peek(1).is(".") && p.peek(2).is("*"):
		p.fail(p.tok, "count of label.* belongs to MATCH_RECOGNIZE", "count(*) counts rows")
	case p.at(")"):
	default:
		p.arguments(c)
	}
	p.wantClose(")")
	p.callTail(c)
	c.Span = p.span(name.Pos())
	return c
}

func (p *parser) arguments(c *Call) {
	if p.at("ORDER") {
		p.orderBy(c)
		return
	}
	if c.Distinct = p.got("DISTINCT"); !c.Distinct && p.at("ALL") && !nameFollows(p.peek(1)) {
		p.next()
	}
	c.Args = p.exprs()
	if p.at("ORDER") {
		p.orderBy(c)
	}
}

func (p *parser) orderBy(c *Call) {
	p.want("ORDER")
	p.want("BY")
	c.OrderBy = p.sortItems()
}

// callTail takes FILTER, IGNORE|RESPECT NULLS and OVER.
func (p *parser) callTail(c *Call) {
	if p.atSeq("FILTER", "(") {
		p.next()
		p.wantOpen("(")
		p.want("WHERE")
		c.Filter = p.expr()
		p.wantClose(")")
	}
	if p.atAny("IGNORE", "RESPECT") && p.peek(1).is("NULLS") {
		c.Nulls = p.tok.Sym
		p.next()
		p.next()
		p.want("OVER")
		c.Over = p.window()
	} else if p.at("OVER") && (p.peek(1).is("(") || p.peek(1).isName()) {
		p.next()
		c.Over = p.window()
	}
}

// window takes the name of a window or its definition.
func (p *parser) window() *Window {
	if p.at("(") {
		return p.windowSpec()
	}
	name := p.ident()
	return &Window{Span: name.Span, Name: &name}
}

func (p *parser) windowSpec() *Window {
	w := &Window{}
	from := p.tok.From
	p.wantOpen("(")
	if p.tok.isName() && !p.atSeq("PARTITION", "BY") && !p.frameAhead() && !patternWords[strings.ToUpper(p.tok.Text)] {
		name := p.ident()
		w.Name = &name
	}
	if p.got("PARTITION") {
		p.want("BY")
		w.PartitionBy = p.exprs()
	}
	if p.got("ORDER") {
		p.want("BY")
		w.OrderBy = p.sortItems()
	}
	if p.frameAhead() {
		w.Frame = p.frame()
	}
	if word := strings.ToUpper(p.tok.Text); p.tok.Kind == TokWord && patternWords[word] {
		p.notSupported(p.tok, "Row patterns in a window are not supported")
	}
	p.wantClose(")")
	w.Bracketed = true
	w.Span = p.span(from)
	return w
}

// patternWords begin the parts of a row pattern in a window.
var patternWords = wordSet("MEASURES AFTER INITIAL SEEK PATTERN SUBSET DEFINE")

func (p *parser) frameAhead() bool {
	return p.atAny("ROWS", "RANGE", "GROUPS") && !p.peek(1).is(")") && !p.peek(1).is("PARTITION") &&
		!p.peek(1).is("ORDER")
}

func (p *parser) frame() *Frame {
	f := &Frame{Unit: p.tok.Sym}
	from := p.tok.From
	p.next()
	if p.at("BETWEEN") {
		p.next()
		f.Start = p.bound()
		p.want("AND")
		f.Last = p.bound()
	} else {
		f.Start = p.bound()
	}
	f.Span = p.span(from)
	return f
}

func (p *parser) bound() Bound {
	b := Bound{}
	from := p.tok.From
	switch {
	case p.at("UNBOUNDED") && (p.peek(1).is("PRECEDING") || p.peek(1).is("FOLLOWING")):
		p.next()
		b.Kind = "UNBOUNDED " + p.tok.Sym
		p.next()
	case p.atSeq("CURRENT", "ROW"):
		p.next()
		p.next()
		b.Kind = "CURRENT ROW"
	default:
		b.Value = p.expr()
		b.Kind = p.wantAny("PRECEDING", "FOLLOWING")
	}
	b.Span = p.span(from)
	return b
}

// specialCall takes the calls with a grammar of their own.
func (p *parser) specialCall() Expr {
	tok := p.tok
	name := Name{{Span: Span{tok.From, tok.To}, Name: tok.Text}}
	switch tok.Sym {
	case "POSITION", "SUBSTRING":
		return p.keywordArgs(name, tok.Sym)
	}
	p.next()
	c := &Call{Name: name}
	p.wantOpen("(")
	switch tok.Sym {
	case "GROUPING":
		p.groupingArgs(c)
	case "LISTAGG":
		p.listagg(c)
	case "NORMALIZE":
		p.normalize(c)
	case "TRIM":
		p.trim(c)
	default:
		p.jsonCall(c, tok.Sym)
	}
	p.wantClose(")")
	if tok.Sym == "LISTAGG" {
		p.withinGroup(c)
	}
	c.Span = p.span(tok.From)
	return c
}

// keywordArgs takes position(a IN b) and substring(a FROM b FOR c), whose words
// may also be called as plain functions.
func (p *parser) keywordArgs(name Name, word string) Expr {
	p.next()
	if p.peek(1).is(")") || p.peek(1).is("*") {
		return p.call(name)
	}
	c := &Call{Name: name}
	p.wantOpen("(")
	if word == "POSITION" && !p.atAny("DISTINCT", "ALL") {
		c.Args = append(c.Args, p.valueExpr(precConcat))
		if p.got("IN") {
			c.Args = append(c.Args, p.valueExpr(precConcat))
			c.Clause = []string{"IN"}
		} else {
			p.want(",")
			c.Args = append(c.Args, p.exprs()...)
		}
		p.wantClose(")")
		c.Span = p.span(name.Pos())
		return c
	}
	p.arguments(c)
	if len(c.Args) == 1 && p.got("FROM") {
		c.Args = append(c.Args, p.valueExpr(precConcat))
		if p.got("FOR") {
			c.Args = append(c.Args, p.valueExpr(precConcat))
		}
	}
	p.wantClose(")")
	p.callTail(c)
	c.Span = p.span(name.Pos())
	return c
}

func (p *parser) groupingArgs(c *Call) {
	if p.at(")") {
		return
	}
	for {
		name := p.name()
		var x Expr = &name[0]
		for _, field := range name[1:] {
			x = &Deref{Span: Span{name.Pos(), field.To}, Base: x, Field: field}
		}
		c.Args = append(c.Args, x)
		if !p.got(",") {
			return
		}
	}
}

func (p *parser) normalize(c *Call) {
	c.Args = []Expr{p.valueExpr(precConcat)}
	if p.got(",") {
		c.Clause = []string{p.wantAny("NFC", "NFD", "NFKC", "NFKD")}
	}
}

// trim takes trim([LEADING|TRAILING|BOTH] [c] FROM a), trim(a) and trim(a, c).
func (p *parser) trim(c *Call) {
	side := "BOTH"
	explicit := p.atAny("LEADING", "TRAILING", "BOTH") && !p.peek(1).is(")") && !p.peek(1).is(",") &&
		!p.peek(1).is(".")
	if explicit {
		side = p.tok.Sym
		p.next()
	}
	if p.got("FROM") {
		c.Args = []Expr{p.valueExpr(precConcat)}
		c.Clause = []string{side}
		return
	}
	first := p.valueExpr(precConcat)
	switch {
	case p.got("FROM"):
		c.Args = []Expr{p.valueExpr(precConcat), first}
		c.Clause = []string{side}
	case explicit:
		p.expected()
	case p.got(","):
		c.Args = []Expr{first, p.valueExpr(precConcat)}
	default:
		c.Args = []Expr{first}
	}
}

// listagg takes listagg([DISTINCT] a [, separator] [ON OVERFLOW …]).
func (p *parser) listagg(c *Call) {
	if c.Distinct = p.got("DISTINCT"); !c.Distinct {
		p.got("ALL")
	}
	c.Args = []Expr{p.expr()}
	if p.got(",") {
		c.Args = append(c.Args, p.stringLit())
	}
	if !p.got("ON") {
		return
	}
	p.want("OVERFLOW")
	if p.got("ERROR") {
		c.Clause = []string{"ON OVERFLOW", "ERROR"}
		return
	}
	p.want("TRUNCATE")
	c.Clause = []string{"ON OVERFLOW", "TRUNCATE"}
	if p.tok.Kind == TokString || p.tok.Kind == TokUnicodeString {
		c.Clause = append(c.Clause, quoteString(p.stringLit().Value))
	}
	c.Clause = append(c.Clause, p.wantAny("WITH", "WITHOUT")+" COUNT")
	if !strings.EqualFold(p.tok.Text, "COUNT") {
		p.expected("'COUNT'")
	}
	p.next()
}

func (p *parser) withinGroup(c *Call) {
	p.want("WITHIN")
	p.want("GROUP")
	p.wantOpen("(")
	p.orderBy(c)
	p.wantClose(")")
	c.Within = true
	p.callTail(c)
}
