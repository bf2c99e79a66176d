package syntax

// relations takes what FROM lists; commas are cross joins.
func (p *parser) relations() Relation {
	left := p.relation()
	for p.got(",") {
		p.link()
		right := p.relation()
		left = &Join{Span: p.span(left.Pos()), Kind: "CROSS", Comma: true, Left: left, Right: right}
	}
	return left
}

func (p *parser) relation() Relation {
	defer p.deeper()()
	left := p.sampled()
	for p.err == nil {
		j := p.joinKind()
		if j == nil {
			break
		}
		p.link()
		j.Left = left
		p.joinRight(j)
		j.Span = p.span(left.Pos())
		left = j
	}
	return left
}

// joinKind takes the words of a join up to JOIN; nil where there are none.
func (p *parser) joinKind() *Join {
	j := &Join{Kind: "INNER"}
	natural := p.got("NATURAL")
	j.Natural = natural
	switch {
	case !natural && p.got("CROSS"):
		j.Kind = "CROSS"
	case p.got("INNER"):
	case p.atAny("LEFT", "RIGHT", "FULL"):
		j.Kind = p.tok.Sym
		p.next()
		p.got("OUTER")
	case p.at("JOIN"):
	case natural:
		p.want("JOIN")
	default:
		p.tried = append(p.tried, "'JOIN'")
		return nil
	}
	p.want("JOIN")
	return j
}

// joinRight takes a join's right side and its condition. With a condition to
// come the right side may be joins itself: a JOIN b JOIN c ON … ON ….
func (p *parser) joinRight(j *Join) {
	if j.Natural || j.Kind == "CROSS" {
		j.Right = p.sampled()
		return
	}
	j.Right = p.relation()
	p.tried = p.tried[:0]
	switch {
	case p.got("ON"):
		j.On = p.expr()
	case p.got("USING"):
		j.Using = p.idents()
	default:
		p.expected()
	}
}

func (p *parser) sampled() Relation {
	r := p.matched()
	if !p.at("TABLESAMPLE") {
		return r
	}
	p.next()
	s := &Sample{Of: r}
	s.Method = p.wantAny("BERNOULLI", "SYSTEM")
	p.wantOpen("(")
	s.Percentage = p.expr()
	p.wantClose(")")
	s.Span = p.span(r.Pos())
	return s
}

// matched takes a relation with its name and, unread, MATCH_RECOGNIZE.
func (p *parser) matched() Relation {
	r := p.aliased(p.relationPrimary())
	if !p.atSeq("MATCH_RECOGNIZE", "(") {
		return r
	}
	p.next()
	u := &Unparsed{Of: r, What: "MATCH_RECOGNIZE", Text: p.brackets()}
	u.Span = p.span(r.Pos())
	return p.aliased(u)
}

// aliased takes [AS] name [(columns)] after r.
func (p *parser) aliased(r Relation) Relation {
	a := &Aliased{Of: r}
	switch {
	case p.got("AS"):
		a.Name = p.ident()
	case p.aliasAhead():
		a.Name = *p.bareAlias()
	default:
		return r
	}
	if p.at("(") {
		a.Columns = p.idents()
	}
	a.Span = p.span(r.Pos())
	return a
}

func (p *parser) relationPrimary() Relation {
	from := p.tok.From
	switch {
	case p.at("("):
		return p.bracketed()
	case p.at("UNNEST"):
		return p.unnest()
	case p.atSeq("LATERAL", "("):
		p.next()
		p.wantOpen("(")
		q := p.query()
		p.wantClose(")")
		return &Lateral{Span: p.span(from), Query: q}
	case p.atSeq("TABLE", "("):
		p.next()
		p.wantOpen("(")
		call := p.tableCall()
		p.wantClose(")")
		return &TableFunc{Span: p.span(from), Call: call}
	case p.atSeq("JSON_TABLE", "("):
		return p.jsonTable()
	case p.tok.isName():
		return p.table()
	}
	p.tried = p.tried[:0]
	p.expected("<table>")
	return &Table{}
}

// bracketed takes (query) or (relation).
func (p *parser) bracketed() Relation {
	from := p.tok.From
	p.wantOpen("(")
	if !p.at("(") && p.queryAhead() {
		q := p.query()
		p.wantClose(")")
		return &SubqueryRel{Span: p.span(from), Query: q}
	}
	r := p.relation()
	if sub, ok := r.(*SubqueryRel); ok && (p.queryGoesOn() || p.at(")")) {
		sub.Query.Span = sub.Span
		q := p.queryFrom(sub.Query, sub.From)
		p.wantClose(")")
		return &SubqueryRel{Span: p.span(from), Query: q}
	}
	p.wantClose(")")
	return r
}

func (p *parser) unnest() Relation {
	u := &Unnest{}
	from := p.tok.From
	p.want("UNNEST")
	p.wantOpen("(")
	u.Exprs = p.exprs()
	p.wantClose(")")
	u.Ordinality = p.gotSeq("WITH", "ORDINALITY")
	u.Span = p.span(from)
	return u
}

// table takes a name and, to be refused later, the time travelled to.
func (p *parser) table() Relation {
	t := &Table{}
	from := p.tok.From
	t.Name = p.name()
	if p.at("FOR") {
		p.next()
		t.AsOf = p.wantAny("VERSION", "TIMESTAMP")
		p.want("AS")
		p.want("OF")
		t.At = p.valueExpr(precConcat)
	}
	t.Span = p.span(from)
	return t
}

// tableCall takes name(argument, …), where an argument may be given by name.
func (p *parser) tableCall() *Call {
	c := &Call{}
	from := p.tok.From
	c.Name = p.name()
	p.wantOpen("(")
	if !p.at(")") {
		c.Args = append(c.Args, p.tableArg())
		for p.got(",") {
			c.Args = append(c.Args, p.tableArg())
		}
	}
	p.wantClose(")")
	c.Span = p.span(from)
	return c
}

func (p *parser) tableArg() Expr {
	from := p.tok.From
	if p.tok.isName() && p.peek(1).is("=>") {
		name := p.ident()
		p.next()
		value := p.tableArgValue()
		return &NamedArg{Span: p.span(from), Name: name.Name, Value: value}
	}
	return p.tableArgValue()
}

// tableArgValue takes an expression, TABLE(name) or TABLE(query).
func (p *parser) tableArgValue() Expr {
	if !p.atSeq("TABLE", "(") {
		return p.expr()
	}
	from := p.tok.From
	p.next()
	p.wantOpen("(")
	var q *Query
	if p.queryAhead() {
		q = p.query()
	} else {
		at := p.tok.From
		name := p.name()
		q = &Query{Span: p.span(at), Body: &TableBody{Span: p.span(at), Name: name}}
	}
	p.wantClose(")")
	return &Subquery{Span: p.span(from), Query: q, Table: true}
}
