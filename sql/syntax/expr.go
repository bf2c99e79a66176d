package syntax

// How tightly things bind, loosest first: Trino's order.
const (
	precLambda = iota
	precOr
	precAnd
	precNot
	precPredicate
	precConcat
	precSum
	precProduct
	precUnary
	precZone
	precPrimary
)

// binaryPrec is how tightly an operator between two values binds, 0 for what is
// none.
func binaryPrec(op string) int {
	switch op {
	case "||":
		return precConcat
	case "+", "-":
		return precSum
	case "*", "/", "%", "//":
		return precProduct
	}
	return 0
}

func isComparison(op string) bool {
	switch op {
	case "=", "<>", "<", "<=", ">", ">=":
		return true
	}
	return false
}

// exprs takes one or more expressions with commas between.
func (p *parser) exprs() []Expr {
	list := []Expr{p.expr()}
	for p.got(",") {
		list = append(list, p.expr())
	}
	return list
}

// expr takes any expression.
func (p *parser) expr() Expr {
	defer p.deeper()()
	return p.logical("OR")
}

// logical takes a chain of OR, whose parts are chains of AND.
func (p *parser) logical(op string) Expr {
	part := func() Expr {
		if op == "OR" {
			return p.logical("AND")
		}
		return p.not()
	}
	x := part()
	for p.at(op) {
		p.next()
		p.link()
		y := part()
		x = &Logical{Span: p.span(x.Pos()), Op: op, X: x, Y: y}
	}
	return x
}

func (p *parser) not() Expr {
	if !p.at("NOT") {
		return p.predicate()
	}
	defer p.deeper()()
	from := p.tok.From
	p.next()
	x := p.not()
	return &Not{Span: p.span(from), X: x}
}

// predicate takes a value and at most one predicate about it.
func (p *parser) predicate() Expr {
	from := p.tok.From
	x := p.valueExpr(precConcat)
	if isComparison(p.tok.Sym) && p.err == nil {
		return p.comparison(x)
	}
	if p.at("IS") {
		return p.is(x)
	}
	op := p.tok.From
	not := p.at("NOT") && (p.peek(1).is("BETWEEN") || p.peek(1).is("IN") || p.peek(1).is("LIKE"))
	if not {
		p.next()
	}
	switch {
	case p.at("BETWEEN"):
		p.next()
		b := &Between{OpPos: op, Not: not, X: x}
		b.Low = p.valueExpr(precConcat)
		p.want("AND")
		b.High = p.valueExpr(precConcat)
		b.Span = p.span(from)
		return b
	case p.at("IN"):
		return p.in(x, op, not)
	case p.at("LIKE"):
		p.next()
		l := &Like{OpPos: op, Not: not, X: x}
		l.Pattern = p.valueExpr(precConcat)
		if p.got("ESCAPE") {
			l.Escape = p.valueExpr(precConcat)
		}
		l.Span = p.span(from)
		return l
	}
	return x
}

func (p *parser) comparison(x Expr) Expr {
	op := p.tok
	p.next()
	if p.atAny("ALL", "ANY", "SOME") && p.peek(1).is("(") && p.bracketHoldsQuery(1) {
		q := &Quantified{OpPos: op.From, Op: op.Sym, Quantifier: p.tok.Sym, X: x}
		p.next()
		p.wantOpen("(")
		q.Query = p.query()
		p.wantClose(")")
		q.Span = p.span(x.Pos())
		return q
	}
	y := p.valueExpr(precConcat)
	return &Binary{Span: p.span(x.Pos()), Op: op.Sym, OpPos: op.From, X: x, Y: y}
}

// bracketHoldsQuery reports whether in the bracket at token n a query begins.
func (p *parser) bracketHoldsQuery(n int) bool {
	for p.peek(n).is("(") {
		n++
	}
	tok := p.peek(n)
	return tok.is("SELECT") || tok.is("WITH") || tok.is("VALUES") || tok.is("TABLE")
}

func (p *parser) is(x Expr) Expr {
	op := p.tok.From
	p.next()
	not := p.got("NOT")
	if p.got("DISTINCT") {
		p.want("FROM")
		y := p.valueExpr(precConcat)
		return &IsDistinct{Span: p.span(x.Pos()), OpPos: op, Not: not, X: x, Y: y}
	}
	p.want("NULL")
	return &IsNull{Span: p.span(x.Pos()), OpPos: op, Not: not, X: x}
}

func (p *parser) in(x Expr, op Pos, not bool) Expr {
	p.next()
	in := &In{OpPos: op, Not: not, X: x}
	p.wantOpen("(")
	if !p.at("(") && p.queryAhead() {
		in.Query = p.query()
	} else {
		in.List = p.exprs()
		if sub := onlySubquery(in.List); sub != nil && p.queryGoesOn() {
			in.Query, in.List = p.queryFrom(bracketedQuery(sub), sub.From), nil
		}
	}
	p.wantClose(")")
	in.Span = p.span(x.Pos())
	return in
}

func onlySubquery(list []Expr) *Subquery {
	if len(list) != 1 {
		return nil
	}
	sub, _ := list[0].(*Subquery)
	return sub
}

// bracketedQuery is the query of a value (query), as a part of a larger query.
func bracketedQuery(sub *Subquery) *Query {
	q := *sub.Query
	q.Span = sub.Span
	return &q
}

// valueExpr takes a value of operators that bind at least as tightly as prec.
func (p *parser) valueExpr(prec int) Expr {
	x := p.unary()
	for p.err == nil {
		op := p.tok
		bind := binaryPrec(op.Sym)
		if bind == 0 || bind < prec {
			break
		}
		p.next()
		p.link()
		y := p.valueExpr(bind + 1)
		x = &Binary{Span: p.span(x.Pos()), Op: op.Sym, OpPos: op.From, X: x, Y: y}
	}
	return x
}

func (p *parser) unary() Expr {
	if !p.atAny("-", "+") {
		return p.zoned()
	}
	defer p.deeper()()
	op := p.tok
	p.next()
	x := p.unary()
	return &Unary{Span: p.span(op.From), Op: op.Sym, X: x}
}

func (p *parser) zoned() Expr {
	x := p.postfix(p.primary())
	for p.atSeq("AT", "TIME", "ZONE") {
		p.next()
		p.next()
		p.next()
		p.link()
		zone := p.zone()
		x = &AtTimeZone{Span: p.span(x.Pos()), X: x, Zone: zone}
	}
	return x
}

// zone takes a string or an interval, as Trino does; Athena's users also write
// an expression, in brackets or as a call, and are told.
func (p *parser) zone() Expr {
	if p.at("INTERVAL") {
		return p.interval()
	}
	if p.tok.Kind == TokString || p.tok.Kind == TokUnicodeString {
		return p.stringLit()
	}
	p.fail(p.tok, "mismatched input '"+tokenText(p.tok)+"'. Expecting: 'INTERVAL', <string>",
		"a zone that is no literal goes through at_timezone(value, zone)")
	return &NullLit{}
}

// postfix takes the subscripts and fields after x.
func (p *parser) postfix(x Expr) Expr {
	for p.err == nil {
		switch {
		case p.at("["):
			p.link()
			p.wantOpen("[")
			index := p.valueExpr(precConcat)
			p.wantClose("]")
			x = &Subscript{Span: p.span(x.Pos()), Base: x, Index: index}
		case p.at(".") && !p.peek(1).is("*"):
			p.link()
			p.next()
			field := p.ident()
			x = &Deref{Span: p.span(x.Pos()), Base: x, Field: field}
		default:
			return x
		}
	}
	return x
}
