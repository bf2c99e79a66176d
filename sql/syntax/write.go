package syntax

// The statements that keep a query or write its rows.

func (p *parser) createTableAs(first Token, head *CreateTable) Statement {
	c := &CreateTableAs{IfNotExists: head.IfNotExists, Name: head.Name, Comment: head.Comment}
	if p.at("(") {
		c.Columns = p.idents()
	}
	if p.at("COMMENT") && c.Comment == nil {
		p.next()
		c.Comment = p.stringLit()
	}
	if p.at("WITH") {
		p.next()
		c.Options = p.options()
	}
	p.want("AS")
	c.Query = p.query()
	if p.got("WITH") {
		c.NoData = p.got("NO")
		p.want("DATA")
	}
	c.Span = p.span(first.From)
	return c
}

// options takes (name = value, …).
func (p *parser) options() []Option {
	var list []Option
	p.wantOpen("(")
	for {
		o := Option{}
		from := p.tok.From
		o.Name = p.ident()
		p.want("=")
		o.Value = p.expr()
		o.Span = p.span(from)
		list = append(list, o)
		if !p.got(",") {
			break
		}
	}
	p.wantClose(")")
	return list
}

func (p *parser) createView() Statement {
	c := &CreateView{}
	from := p.tok.From
	p.next()
	if c.OrReplace = p.got("OR"); c.OrReplace {
		p.want("REPLACE")
	}
	p.want("VIEW")
	c.Name = p.hiveName()
	if p.got("COMMENT") {
		c.Comment = p.stringLit()
	}
	if p.got("SECURITY") {
		c.Security = p.wantAny("DEFINER", "INVOKER")
	}
	p.want("AS")
	c.Query = p.query()
	c.Span = p.span(from)
	if p.err == nil {
		c.Text = p.scan.src[c.Query.From.Offset:c.Query.To.Offset]
	}
	return c
}

func (p *parser) insert() Statement {
	i := &Insert{}
	from := p.tok.From
	p.next()
	p.want("INTO")
	i.Table = p.hiveName()
	if p.at("(") && !p.queryAhead() {
		i.Columns = p.idents()
	}
	i.Query = p.query()
	i.Span = p.span(from)
	return i
}

func (p *parser) unload() Statement {
	u := &Unload{}
	from := p.tok.From
	p.next()
	p.wantOpen("(")
	u.Query = p.query()
	p.wantClose(")")
	p.want("TO")
	u.To = *p.stringLit()
	if p.got("WITH") {
		u.Options = p.options()
	}
	u.Span = p.span(from)
	return u
}
