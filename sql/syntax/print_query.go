package syntax

func (p *printer) query(q *Query) {
	if q.With != nil {
		p.with(q.With)
		p.say(" ")
	}
	if inner, ok := q.Body.(*Query); ok {
		p.bracketed(inner)
	} else {
		p.body(q.Body)
	}
	p.orderBy(" ORDER BY ", q.OrderBy)
	if p.duck {
		p.limit(q)
		p.offset(q)
		return
	}
	p.offset(q)
	p.limit(q)
}

func (p *printer) offset(q *Query) {
	if q.Offset != nil {
		p.say(" OFFSET ")
		p.operand(q.Offset, precPrimary)
		if !p.duck {
			p.say(" ROWS")
		}
	}
}

func (p *printer) limit(q *Query) {
	switch {
	case q.Limit == nil:
	case q.Ties:
		p.say(" FETCH FIRST ")
		p.expr(q.Limit)
		p.say(" ROWS WITH TIES")
	default:
		p.say(" LIMIT ")
		p.operand(q.Limit, precPrimary)
	}
}

func (p *printer) bracketed(q *Query) {
	p.say("(")
	p.query(q)
	p.say(")")
}

func (p *printer) with(w *With) {
	p.say("WITH ")
	if w.Recursive {
		p.say("RECURSIVE ")
	}
	p.each(len(w.Parts), func(i int) { p.withPart(w.Parts[i]) })
}

func (p *printer) withPart(part *WithPart) {
	p.ident(part.Name)
	if part.Columns != nil {
		p.say(" ")
		p.idents(part.Columns)
	}
	p.say(" AS ")
	p.bracketed(part.Query)
}

func (p *printer) body(b Body) {
	switch b := b.(type) {
	case *Query:
		p.query(b)
	case *Select:
		p.selectBody(b)
	case *SetOp:
		p.side(b.Left, setPrec(b.Op))
		p.say(" ", b.Op)
		if b.All {
			p.say(" ALL")
		}
		if b.Corresponding {
			p.say(" CORRESPONDING")
		}
		p.say(" ")
		p.side(b.Right, setPrec(b.Op)+1)
	case *Values:
		p.say("VALUES ")
		p.each(len(b.Rows), func(i int) { p.valuesRow(b.Rows[i]) })
	case *TableBody:
		p.say("TABLE ")
		p.name(b.Name)
	}
}

// side writes one side of a set operation that binds as prec.
func (p *printer) side(b Body, prec int) {
	q, isQuery := b.(*Query)
	op, isOp := b.(*SetOp)
	switch {
	case isQuery:
		p.bracketed(q)
	case isOp && setPrec(op.Op) < prec:
		p.say("(")
		p.body(b)
		p.say(")")
	default:
		p.body(b)
	}
}

// valuesRow writes a row of VALUES; DuckDB wants each in brackets.
func (p *printer) valuesRow(x Expr) {
	row, isRow := x.(*RowLit)
	_, isParen := x.(*Paren)
	switch {
	case !p.duck || isParen:
		p.expr(x)
	case isRow:
		p.say("(")
		p.exprs(row.Elems)
		p.say(")")
	default:
		p.say("(")
		p.expr(x)
		p.say(")")
	}
}

func (p *printer) selectBody(s *Select) {
	p.say("SELECT ")
	if s.Distinct {
		p.say("DISTINCT ")
	}
	p.each(len(s.Items), func(i int) { p.selectItem(s.Items[i]) })
	if s.From != nil {
		p.say(" FROM ")
		p.relation(s.From, relComma)
	}
	if s.Where != nil {
		p.say(" WHERE ")
		p.expr(s.Where)
	}
	if s.GroupBy != nil {
		p.say(" ")
		p.groupBy(s.GroupBy)
	}
	if s.Having != nil {
		p.say(" HAVING ")
		p.expr(s.Having)
	}
	if len(s.Windows) > 0 {
		p.say(" WINDOW ")
		p.each(len(s.Windows), func(i int) { p.windowDef(s.Windows[i]) })
	}
}

func (p *printer) selectItem(it SelectItem) {
	switch {
	case it.Expr == nil:
		p.say("*")
	case it.Star:
		p.base(it.Expr)
		p.say(".*")
		if it.Aliases != nil {
			p.say(" AS ")
			p.idents(it.Aliases)
		}
	default:
		p.expr(it.Expr)
	}
	if it.Alias != nil {
		p.say(" AS ")
		p.ident(*it.Alias)
	}
}

func (p *printer) groupBy(g *GroupBy) {
	p.say("GROUP BY ")
	if g.Distinct {
		p.say("DISTINCT ")
	}
	p.each(len(g.Elements), func(i int) { p.groupElement(g.Elements[i]) })
}

func (p *printer) groupElement(e GroupElement) {
	switch e.Kind {
	case "":
		p.groupingSet(e.Sets[0])
		return
	case "AUTO":
		p.say(e.Kind)
		return
	}
	p.say(e.Kind, " (")
	p.each(len(e.Sets), func(i int) { p.groupingSet(e.Sets[i]) })
	p.say(")")
}

// groupingSet writes (), (a, b) or a single expression; that stands in brackets
// only where its own would be taken for the set's.
func (p *printer) groupingSet(set []Expr) {
	if len(set) == 1 {
		row, isRow := set[0].(*RowLit)
		_, isParen := set[0].(*Paren)
		if !isParen && (!isRow || row.Keyword) {
			p.expr(set[0])
			return
		}
	}
	p.say("(")
	p.exprs(set)
	p.say(")")
}

func (p *printer) orderBy(intro string, items []SortItem) {
	if len(items) == 0 {
		return
	}
	p.say(intro)
	p.each(len(items), func(i int) { p.sortItem(items[i]) })
}

// sortItem leaves nothing about NULLs to DuckDB's settings.
func (p *printer) sortItem(s SortItem) {
	p.expr(s.Expr)
	if s.Desc {
		p.say(" DESC")
	} else if p.message {
		p.say(" ASC")
	}
	switch {
	case s.Nulls != "":
		p.say(" NULLS ", s.Nulls)
	case p.duck:
		p.say(" NULLS LAST")
	}
}

func (p *printer) windowDef(d WindowDef) {
	p.ident(d.Name)
	p.say(" AS ")
	p.windowSpec(&d.Window)
}

func (p *printer) window(w *Window) {
	if w.Name != nil && !w.Bracketed && w.PartitionBy == nil && w.OrderBy == nil && w.Frame == nil {
		p.ident(*w.Name)
		return
	}
	p.windowSpec(w)
}

func (p *printer) windowSpec(w *Window) {
	p.say("(")
	blank := ""
	if w.Name != nil {
		p.ident(*w.Name)
		blank = " "
	}
	if len(w.PartitionBy) > 0 {
		p.say(blank, "PARTITION BY ")
		p.exprs(w.PartitionBy)
		blank = " "
	}
	if len(w.OrderBy) > 0 {
		p.orderBy(blank+"ORDER BY ", w.OrderBy)
		blank = " "
	}
	if w.Frame != nil {
		p.say(blank)
		p.frame(w.Frame)
	}
	p.say(")")
}

func (p *printer) frame(f *Frame) {
	p.say(f.Unit, " ")
	if f.Last.Kind == "" {
		p.bound(f.Start)
		return
	}
	p.say("BETWEEN ")
	p.bound(f.Start)
	p.say(" AND ")
	p.bound(f.Last)
}

func (p *printer) bound(b Bound) {
	if b.Value != nil {
		p.operand(b.Value, precConcat)
		p.say(" ")
	}
	p.say(b.Kind)
}
