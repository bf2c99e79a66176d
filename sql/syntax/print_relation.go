package syntax

// How much a relation may be put into without brackets, least first.
const (
	relComma = iota
	relJoin
	relSample
	relMatchedName
	relMatched
	relName
	relPrimary
)

func relLevel(r Relation) int {
	switch r := r.(type) {
	case *Join:
		if r.Comma {
			return relComma
		}
		return relJoin
	case *Sample:
		return relSample
	case *Aliased:
		if u, ok := r.Of.(*Unparsed); ok && u.Of != nil {
			return relMatchedName
		}
		return relName
	case *Unparsed:
		if r.Of != nil {
			return relMatched
		}
	}
	return relPrimary
}

// relation writes r, in brackets where it is less than level.
func (p *printer) relation(r Relation, level int) {
	own := relLevel(r)
	if own == relComma && level > relComma {
		own = relJoin // written as CROSS JOIN
	}
	if own < level {
		p.say("(")
		p.relation(r, relJoin)
		p.say(")")
		return
	}
	switch r := r.(type) {
	case *Table:
		p.table(r)
	case *SubqueryRel:
		p.bracketed(r.Query)
	case *Join:
		p.join(r, level)
	case *Unnest:
		p.say("UNNEST(")
		p.exprs(r.Exprs)
		p.say(")")
		if r.Ordinality {
			p.say(" WITH ORDINALITY")
		}
	case *JSONTable:
		p.jsonTable(r)
	case *Lateral:
		p.say("LATERAL ")
		p.bracketed(r.Query)
	case *Aliased:
		p.aliased(r)
	case *Sample:
		p.sample(r)
	case *TableFunc:
		p.tableFunc(r)
	case *Unparsed:
		if r.Of != nil {
			p.relation(r.Of, relName)
			p.say(" ")
		}
		p.say(r.What, " ", r.Text)
	}
}

func (p *printer) table(t *Table) {
	p.name(t.Name)
	if t.AsOf != "" {
		p.say(" FOR ", t.AsOf, " AS OF ")
		p.operand(t.At, precConcat)
	}
}

func (p *printer) join(j *Join, level int) {
	left := relJoin
	if j.Comma && level == relComma {
		left = relComma
	}
	p.relation(j.Left, left)
	switch {
	case left == relComma:
		p.say(", ")
		p.relation(j.Right, relJoin)
		return
	case j.Natural:
		p.say(" NATURAL")
	}
	p.say(" ", j.Kind, " JOIN ")
	p.relation(j.Right, relSample)
	switch {
	case j.On != nil:
		p.say(" ON ")
		p.expr(j.On)
	case j.Using != nil:
		p.say(" USING ")
		p.idents(j.Using)
	}
}

func (p *printer) aliased(a *Aliased) {
	if relLevel(a.Of) == relMatched {
		p.relation(a.Of, relMatched)
	} else {
		p.relation(a.Of, relPrimary)
	}
	p.say(" AS ")
	p.ident(a.Name)
	if a.Columns != nil {
		p.say(" ")
		p.idents(a.Columns)
	}
}

func (p *printer) sample(s *Sample) {
	p.relation(s.Of, relMatchedName)
	p.say(" TABLESAMPLE ", s.Method, " (")
	p.expr(s.Percentage)
	if p.duck {
		p.say(" PERCENT")
	}
	p.say(")")
}

func (p *printer) tableFunc(f *TableFunc) {
	if p.duck {
		p.expr(f.Call)
		return
	}
	p.say("TABLE(")
	p.name(f.Call.Name)
	p.say("(")
	p.each(len(f.Call.Args), func(i int) {
		arg := f.Call.Args[i]
		if named, ok := arg.(*NamedArg); ok {
			p.ident(Ident{Name: named.Name})
			p.say(" => ")
			arg = named.Value
		}
		p.tableArg(arg)
	})
	p.say("))")
}

// tableArg writes a table argument as TABLE(…), whose tree is a query.
func (p *printer) tableArg(x Expr) {
	sub, ok := x.(*Subquery)
	if !ok || !sub.Table {
		p.expr(x)
		return
	}
	p.say("TABLE(")
	if body, ok := sub.Query.Body.(*TableBody); ok {
		p.name(body.Name)
	} else {
		p.query(sub.Query)
	}
	p.say(")")
}
