package syntax

// queryAhead reports whether a query begins here, brackets before it left
// aside.
func (p *parser) queryAhead() bool {
	i := 0
	for p.peek(i).is("(") && i <= maxDepth {
		i++
	}
	switch p.peek(i).Sym {
	case "SELECT", "WITH", "VALUES":
		return true
	case "TABLE":
		return p.peek(i + 1).isName()
	}
	return false
}

func (p *parser) query() *Query {
	defer p.deeper()()
	q := &Query{}
	from := p.tok.From
	if p.at("WITH") {
		q.With = p.with()
	}
	q.Body = p.setOps(nil, 1)
	p.queryTail(q, from)
	return q
}

// queryFrom goes on with a query whose first part, in brackets, was read
// before it was known to be one: ((SELECT 1) UNION SELECT 2).
func (p *parser) queryFrom(first *Query, from Pos) *Query {
	q := &Query{}
	q.Body = p.setOps(first, 1)
	p.queryTail(q, from)
	return q
}

// queryGoesOn reports whether what follows can only follow a query.
func (p *parser) queryGoesOn() bool {
	return p.atAny("UNION", "INTERSECT", "EXCEPT") || p.atSeq("ORDER", "BY") ||
		p.atAny("LIMIT", "OFFSET", "FETCH") && p.clauseAhead()
}

func (p *parser) with() *With {
	w := &With{}
	from := p.tok.From
	p.want("WITH")
	w.Recursive = p.got("RECURSIVE")
	w.Parts = append(w.Parts, p.withPart())
	for p.got(",") {
		w.Parts = append(w.Parts, p.withPart())
	}
	w.Span = p.span(from)
	return w
}

func (p *parser) withPart() *WithPart {
	part := &WithPart{}
	from := p.tok.From
	part.Name = p.ident()
	if p.at("(") {
		part.Columns = p.idents()
	}
	p.want("AS")
	p.wantOpen("(")
	part.Query = p.query()
	p.wantClose(")")
	part.Span = p.span(from)
	return part
}

// setPrec is how tightly a set operation binds, 0 for what is none.
func setPrec(op string) int {
	switch op {
	case "UNION", "EXCEPT":
		return 1
	case "INTERSECT":
		return 2
	}
	return 0
}

// setOps reads set operations that bind at least as tightly as prec; left is
// the first operand where it was read already.
func (p *parser) setOps(left Body, prec int) Body {
	if left == nil {
		left = p.queryPrimary()
	}
	for p.err == nil {
		op := p.tok
		bind := setPrec(op.Sym)
		if bind == 0 || bind < prec {
			p.tried = append(p.tried, "'UNION'", "'EXCEPT'", "'INTERSECT'")
			break
		}
		p.next()
		p.link()
		s := &SetOp{Op: op.Sym, OpPos: op.From, Left: left}
		if s.All = p.got("ALL"); !s.All {
			p.got("DISTINCT")
		}
		if s.Corresponding = p.got("CORRESPONDING"); s.Corresponding && p.at("BY") {
			p.notSupported(op, "CORRESPONDING with columns is unsupported")
		}
		s.Right = p.setOps(nil, bind+1)
		s.Span = p.span(left.Pos())
		left = s
	}
	return left
}

func (p *parser) queryPrimary() Body {
	defer p.deeper()()
	from := p.tok.From
	switch {
	case p.at("SELECT"):
		return p.selectBody()
	case p.got("VALUES"):
		rows := p.exprs()
		return &Values{Span: p.span(from), Rows: rows}
	case p.got("TABLE"):
		name := p.name()
		return &TableBody{Span: p.span(from), Name: name}
	case p.at("("):
		p.wantOpen("(")
		q := p.query()
		p.wantClose(")")
		q.Span = p.span(from)
		return q
	}
	p.tried = p.tried[:0]
	p.expected("<query>")
	return &Select{}
}

func (p *parser) selectBody() *Select {
	s := &Select{}
	from := p.tok.From
	p.want("SELECT")
	if s.Distinct = p.got("DISTINCT"); !s.Distinct && p.at("ALL") && !nameFollows(p.peek(1)) {
		p.next()
	}
	s.Items = append(s.Items, p.selectItem())
	for p.got(",") {
		s.Items = append(s.Items, p.selectItem())
	}
	if p.got("FROM") {
		s.From = p.relations()
	}
	if p.got("WHERE") {
		s.Where = p.expr()
	}
	if p.at("GROUP") {
		s.GroupBy = p.groupBy()
	} else {
		p.tried = append(p.tried, "'GROUP'")
	}
	if p.got("HAVING") {
		s.Having = p.expr()
	}
	if p.atWindowClause() {
		s.Windows = p.windowDefs()
	}
	s.Span = p.span(from)
	return s
}

func (p *parser) selectItem() SelectItem {
	it := SelectItem{}
	from := p.tok.From
	if p.at("*") {
		p.next()
		it.Star = true
		it.Span = p.span(from)
		return it
	}
	it.Expr = p.expr()
	switch {
	case p.atSeq(".", "*") && exprPrec(it.Expr) == precPrimary:
		p.next()
		p.next()
		it.Star = true
		if p.got("AS") {
			it.Aliases = p.idents()
		}
	case p.got("AS"):
		name := p.ident()
		it.Alias = &name
	case p.aliasAhead():
		it.Alias = p.bareAlias()
	}
	it.Span = p.span(from)
	return it
}

// bareAlias takes a name given without AS, and remembers it: it may be a
// keyword misspelt.
func (p *parser) bareAlias() *Ident {
	p.alias = p.tok
	name := p.ident()
	return &name
}

// aliasAhead reports whether the token is a name given without AS. Words such
// as LIMIT are names for Trino too: what follows decides.
func (p *parser) aliasAhead() bool {
	return p.err == nil && p.tok.isName() && !p.clauseAhead() && !p.lineStartsStatement()
}

// clauseAhead reports whether the token, that could be a name, begins a clause.
func (p *parser) clauseAhead() bool {
	next := p.peek(1)
	switch p.tok.Sym {
	case "LIMIT", "OFFSET":
		return !next.is(",") && !next.is(")") && !next.is("FROM") && !next.is("AS")
	case "FETCH":
		return next.is("FIRST") || next.is("NEXT")
	case "WINDOW":
		return p.atWindowClause()
	case "TABLESAMPLE":
		return next.is("BERNOULLI") || next.is("SYSTEM")
	case "MATCH_RECOGNIZE":
		return next.is("(")
	}
	return false
}

func (p *parser) atWindowClause() bool {
	if p.at("WINDOW") && p.peek(1).isName() && p.peek(2).is("AS") {
		return true
	}
	p.tried = append(p.tried, "'WINDOW'")
	return false
}

func (p *parser) windowDefs() []WindowDef {
	p.want("WINDOW")
	var defs []WindowDef
	for {
		d := WindowDef{}
		from := p.tok.From
		d.Name = p.ident()
		p.want("AS")
		d.Window = *p.windowSpec()
		d.Span = p.span(from)
		defs = append(defs, d)
		if !p.got(",") {
			return defs
		}
	}
}

func (p *parser) groupBy() *GroupBy {
	g := &GroupBy{}
	from := p.tok.From
	p.want("GROUP")
	p.want("BY")
	if g.Distinct = p.got("DISTINCT"); !g.Distinct && p.at("ALL") && !nameFollows(p.peek(1)) {
		p.next()
	}
	g.Elements = append(g.Elements, p.groupElement())
	for p.got(",") {
		g.Elements = append(g.Elements, p.groupElement())
	}
	g.Span = p.span(from)
	return g
}

func (p *parser) groupElement() GroupElement {
	e := GroupElement{}
	from := p.tok.From
	switch {
	case p.at("AUTO") && !p.peek(1).is("(") && !p.peek(1).is("."):
		e.Kind = "AUTO"
		p.next()
		e.Span = p.span(from)
		return e
	case p.atAny("ROLLUP", "CUBE"):
		e.Kind = p.tok.Sym
		p.next()
	case p.atSeq("GROUPING", "SETS"):
		e.Kind = "GROUPING SETS"
		p.next()
		p.next()
	default:
		e.Sets = [][]Expr{p.groupingSet()}
		e.Span = p.span(from)
		return e
	}
	p.wantOpen("(")
	if !p.at(")") {
		e.Sets = append(e.Sets, p.groupingSet())
		for p.got(",") {
			e.Sets = append(e.Sets, p.groupingSet())
		}
	}
	p.wantClose(")")
	e.Span = p.span(from)
	return e
}

// groupingSet takes (), (a, b) or one expression.
func (p *parser) groupingSet() []Expr {
	if p.atSeq("(", ")") {
		p.next()
		p.next()
		return []Expr{}
	}
	switch x := p.expr().(type) {
	case *RowLit:
		if !x.Keyword {
			return x.Elems
		}
		return []Expr{x}
	case *Paren:
		return []Expr{x.X}
	default:
		return []Expr{x}
	}
}

func (p *parser) sortItems() []SortItem {
	list := []SortItem{p.sortItem()}
	for p.got(",") {
		list = append(list, p.sortItem())
	}
	return list
}

func (p *parser) sortItem() SortItem {
	s := SortItem{}
	from := p.tok.From
	s.Expr = p.expr()
	if s.Desc = p.got("DESC"); !s.Desc {
		p.got("ASC")
	}
	if p.got("NULLS") {
		s.Nulls = p.wantAny("FIRST", "LAST")
	}
	s.Span = p.span(from)
	return s
}

// queryTail takes ORDER BY, OFFSET and LIMIT or FETCH.
func (p *parser) queryTail(q *Query, from Pos) {
	if p.got("ORDER") {
		p.want("BY")
		q.OrderBy = p.sortItems()
	}
	if p.got("OFFSET") {
		q.Offset = p.rowCount()
		if !p.got("ROW") {
			p.got("ROWS")
		}
	}
	switch {
	case p.got("LIMIT"):
		if !p.got("ALL") {
			q.Limit = p.rowCount()
		}
	case p.at("FETCH"):
		p.fetch(q)
	}
	q.Span = p.span(from)
}

func (p *parser) fetch(q *Query) {
	q.Fetch = p.tok.From
	p.want("FETCH")
	p.wantAny("FIRST", "NEXT")
	if p.atAny("ROW", "ROWS") {
		q.Limit = &NumberLit{Span: Span{p.tok.From, p.tok.From}, Text: "1"}
	} else {
		q.Limit = p.rowCount()
	}
	p.wantAny("ROW", "ROWS")
	if !p.got("ONLY") {
		p.want("WITH")
		p.want("TIES")
		q.Ties = true
	}
}

// rowCount takes a whole number or a parameter.
func (p *parser) rowCount() Expr {
	if p.tok.Kind == TokInteger || p.at("?") || p.withNames && p.at(":") {
		return p.primary()
	}
	p.expected("<integer>")
	return &NullLit{}
}
