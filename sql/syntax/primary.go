package syntax

import "strconv"

// primary takes an expression without operators.
func (p *parser) primary() Expr {
	from := p.tok.From
	switch p.tok.Kind {
	case TokString, TokUnicodeString:
		return p.stringLit()
	case TokBinary:
		return p.binaryLit()
	case TokInteger, TokDecimal, TokDouble:
		text := p.tok.Text
		p.next()
		return &NumberLit{Span: p.span(from), Text: text}
	case TokOp:
		switch p.tok.Sym {
		case "(":
			return p.bracketedExpr()
		case "[":
			return p.arrayLit()
		case "?":
			p.next()
			p.params++
			return &Param{Span: p.span(from), Index: p.params - 1}
		case ":":
			if x := p.namedParam(); x != nil {
				return x
			}
		}
	case TokQuoted:
		return p.named()
	case TokWord:
		return p.word()
	}
	return p.noExpr()
}

// namedParam takes :name, nil where there is none.
func (p *parser) namedParam() Expr {
	name := p.peek(1)
	if !p.withNames || name.Kind != TokWord || name.From.Offset != p.tok.To.Offset {
		return nil
	}
	from := p.tok.From
	p.next()
	p.next()
	p.params++
	return &Param{Span: p.span(from), Index: p.params - 1, Name: name.Text}
}

func (p *parser) noExpr() Expr {
	p.tried = p.tried[:0]
	p.expected("<expression>")
	return &NullLit{}
}

// word takes an expression that begins with a word: a keyword's own form where
// it has one, else a name.
func (p *parser) word() Expr {
	if x := p.reservedWord(); x != nil {
		return x
	}
	if p.tok.isReserved() {
		return p.noExpr()
	}
	if x := p.softWord(); x != nil {
		return x
	}
	return p.named()
}

// reservedWord takes the forms of reserved words; nil where the word has none.
func (p *parser) reservedWord() Expr {
	from := p.tok.From
	switch p.tok.Sym {
	case "NULL":
		p.next()
		return &NullLit{Span: p.span(from)}
	case "TRUE", "FALSE":
		value := p.at("TRUE")
		p.next()
		return &BoolLit{Span: p.span(from), Value: value}
	case "CASE":
		return p.caseExpr()
	case "CAST":
		return p.cast()
	case "EXISTS":
		p.next()
		p.wantOpen("(")
		q := p.query()
		p.wantClose(")")
		return &Exists{Span: p.span(from), Query: q}
	case "EXTRACT":
		return p.extract()
	case "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP", "CURRENT_USER",
		"CURRENT_CATALOG", "CURRENT_SCHEMA", "CURRENT_PATH":
		return p.special()
	case "GROUPING", "LISTAGG", "NORMALIZE", "TRIM", "JSON_EXISTS", "JSON_VALUE", "JSON_QUERY", "JSON_OBJECT",
		"JSON_ARRAY":
		return p.specialCall()
	}
	return nil
}

// softWord takes the forms of words that may also be names, where what follows
// shows that the form is meant; else nil.
func (p *parser) softWord() Expr {
	next := p.peek(1)
	switch p.tok.Sym {
	case "INTERVAL":
		sign := next.is("+") || next.is("-")
		if isString(next) || sign && isString(p.peek(2)) {
			return p.interval()
		}
	case "TRY_CAST":
		if next.is("(") {
			return p.cast()
		}
	case "ARRAY":
		if next.is("[") {
			return p.arrayLit()
		}
	case "ROW":
		if next.is("(") {
			return p.rowLit()
		}
	case "POSITION", "SUBSTRING":
		if next.is("(") {
			return p.specialCall()
		}
	case "DOUBLE":
		if next.is("PRECISION") && isString(p.peek(2)) {
			return p.typedLit()
		}
	}
	if isString(next) {
		return p.typedLit()
	}
	if next.is("OVER") && (p.peek(2).is("(") || p.peek(2).isName()) {
		p.notSupported(p.tok, "Measures of row patterns are not supported")
	}
	return nil
}

func isString(tok Token) bool { return tok.Kind == TokString || tok.Kind == TokUnicodeString }

// named takes a name, a lambda with one parameter, or a call.
func (p *parser) named() Expr {
	if p.peek(1).is("->") {
		from := p.tok.From
		return p.lambda(from, []Ident{p.ident()})
	}
	if p.tok.Kind == TokQuoted && isString(p.peek(1)) {
		return p.typedLit()
	}
	n := 0
	for n <= maxNameParts*2 && p.peek(n).isName() && p.peek(n+1).is(".") && p.peek(n+2).isName() {
		n += 2
	}
	if p.peek(n + 1).is("(") {
		return p.call(p.name())
	}
	name := p.ident()
	return &name
}

func (p *parser) lambda(from Pos, params []Ident) Expr {
	p.want("->")
	body := p.expr()
	return &Lambda{Span: p.span(from), Params: params, Body: body}
}

// bracketedExpr takes (x), a row (a, b), (query) and lambdas of other than one
// parameter.
func (p *parser) bracketedExpr() Expr {
	from := p.tok.From
	if p.lambdaAhead() {
		var params []Ident
		if p.atSeq("(", ")") {
			p.next()
			p.next()
		} else {
			params = p.idents()
		}
		return p.lambda(from, params)
	}
	p.wantOpen("(")
	if !p.at("(") && p.queryAhead() {
		q := p.query()
		p.wantClose(")")
		return &Subquery{Span: p.span(from), Query: q}
	}
	list := p.exprs()
	if sub := onlySubquery(list); sub != nil && (p.queryGoesOn() || p.at(")")) {
		q := p.queryFrom(bracketedQuery(sub), sub.From)
		p.wantClose(")")
		return &Subquery{Span: p.span(from), Query: q}
	}
	p.wantClose(")")
	if len(list) > 1 {
		return &RowLit{Span: p.span(from), Elems: list}
	}
	return &Paren{Span: p.span(from), X: list[0]}
}

// lambdaAhead reports whether (a, b) -> or () -> begins here.
func (p *parser) lambdaAhead() bool {
	if !p.peek(1).is(")") && !p.peek(1).isName() {
		return false
	}
	n := 1
	for p.peek(n).isName() && n <= maxDepth {
		n++
		if !p.peek(n).is(",") {
			break
		}
		n++
	}
	return p.peek(n).is(")") && p.peek(n+1).is("->")
}

func (p *parser) caseExpr() Expr {
	c := &Case{}
	from := p.tok.From
	p.next()
	if !p.at("WHEN") {
		c.Operand = p.expr()
	}
	for {
		w := When{}
		at := p.tok.From
		p.want("WHEN")
		w.Cond = p.expr()
		p.want("THEN")
		w.Result = p.expr()
		w.Span = p.span(at)
		c.Whens = append(c.Whens, w)
		if !p.at("WHEN") {
			p.tried = append(p.tried, "'WHEN'")
			break
		}
	}
	if p.got("ELSE") {
		c.Else = p.expr()
	}
	p.want("END")
	c.Span = p.span(from)
	return c
}

func (p *parser) cast() Expr {
	c := &Cast{Try: p.at("TRY_CAST")}
	from := p.tok.From
	p.next()
	p.wantOpen("(")
	c.X = p.expr()
	p.want("AS")
	c.Type = p.typeName()
	p.wantClose(")")
	c.Span = p.span(from)
	return c
}

func (p *parser) extract() Expr {
	e := &Extract{}
	from := p.tok.From
	p.next()
	p.wantOpen("(")
	e.Field = p.ident()
	p.want("FROM")
	e.X = p.valueExpr(precConcat)
	p.wantClose(")")
	e.Span = p.span(from)
	return e
}

func (p *parser) arrayLit() Expr {
	a := &ArrayLit{}
	from := p.tok.From
	if p.at("ARRAY") {
		p.next()
	}
	p.wantOpen("[")
	if !p.at("]") {
		a.Elems = p.exprs()
	}
	p.wantClose("]")
	a.Span = p.span(from)
	return a
}

func (p *parser) rowLit() Expr {
	r := &RowLit{Keyword: true}
	from := p.tok.From
	p.next()
	p.wantOpen("(")
	r.Elems = p.exprs()
	p.wantClose(")")
	r.Span = p.span(from)
	return r
}

// special takes CURRENT_DATE and its like, with a precision where one can be.
func (p *parser) special() Expr {
	s := &Special{Name: p.tok.Sym, Precision: -1}
	from := p.tok.From
	p.next()
	switch s.Name {
	case "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP":
		if p.at("(") {
			p.wantOpen("(")
			digits := p.integer()
			p.wantClose(")")
			s.Precision, _ = strconv.Atoi(digits)
		}
	}
	s.Span = p.span(from)
	return s
}

// integer takes a whole number's text.
func (p *parser) integer() string {
	text := p.tok.Text
	if p.err != nil || p.tok.Kind != TokInteger {
		p.expected("<integer>")
		return "0"
	}
	p.next()
	return text
}
