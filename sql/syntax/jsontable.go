package syntax

// jsonTable takes JSON_TABLE(value, path … COLUMNS (…) [PLAN …] [… ON ERROR]).
func (p *parser) jsonTable() Relation {
	from := p.tok.From
	name := Name{{Span: Span{from, p.tok.To}, Name: p.tok.Text}}
	p.next()
	t := &JSONTable{Call: &Call{Name: name, JSON: &JSONClauses{}}}
	p.wantOpen("(")
	p.jsonInvocation(t.Call)
	t.Call.Span = p.span(from)
	t.Columns = p.jsonColumns()
	if p.at("PLAN") {
		t.Plan = p.jsonPlan()
	}
	if t.OnError = p.gotAny("ERROR", "EMPTY"); t.OnError != "" {
		p.want("ON")
		p.want("ERROR")
	}
	p.wantClose(")")
	t.Span = p.span(from)
	return t
}

func (p *parser) jsonColumns() []JSONColumn {
	p.want("COLUMNS")
	p.wantOpen("(")
	list := []JSONColumn{p.jsonColumn()}
	for p.got(",") {
		list = append(list, p.jsonColumn())
	}
	p.wantClose(")")
	return list
}

func (p *parser) jsonColumn() JSONColumn {
	defer p.deeper()()
	c := JSONColumn{}
	from := p.tok.From
	if p.at("NESTED") && (p.peek(1).is("PATH") || p.peek(1).Kind == TokString || p.peek(1).Kind == TokUnicodeString) {
		p.next()
		p.got("PATH")
		c.Path = p.stringLit()
		if p.got("AS") {
			name := p.ident()
			c.PathName = &name
		}
		c.Nested = p.jsonColumns()
		c.Span = p.span(from)
		return c
	}
	c.Name = p.ident()
	if p.got("FOR") {
		p.want("ORDINALITY")
		c.Ordinality = true
		c.Span = p.span(from)
		return c
	}
	c.JSON = &JSONClauses{Returning: p.typeName(), ReturningFormat: p.jsonFormat()}
	if p.got("PATH") {
		c.Path = p.stringLit()
	}
	if c.JSON.ReturningFormat == "" {
		p.jsonBehaviors(c.JSON, "JSON_VALUE")
	} else {
		p.jsonWrapper(c.JSON)
		p.jsonBehaviors(c.JSON, "JSON_QUERY")
	}
	c.Span = p.span(from)
	return c
}

// jsonPlan takes PLAN (…) or PLAN DEFAULT (…).
func (p *parser) jsonPlan() *JSONPlan {
	from := p.tok.From
	p.want("PLAN")
	if p.got("DEFAULT") {
		out := &JSONPlan{}
		p.wantOpen("(")
		out.Default = []string{p.wantAny("OUTER", "INNER", "UNION", "CROSS")}
		if p.got(",") {
			if out.Default[0] == "OUTER" || out.Default[0] == "INNER" {
				out.Default = append(out.Default, p.wantAny("UNION", "CROSS"))
			} else {
				out.Default = append(out.Default, p.wantAny("OUTER", "INNER"))
			}
		}
		p.wantClose(")")
		out.Span = p.span(from)
		return out
	}
	p.wantOpen("(")
	out := p.jsonPlanJoin()
	p.wantClose(")")
	return out
}

// jsonPlanJoin takes a path with what is joined to it, or siblings.
func (p *parser) jsonPlanJoin() *JSONPlan {
	defer p.deeper()()
	from := p.tok.From
	left := p.jsonPlanPart()
	op := p.gotAny("OUTER", "INNER", "UNION", "CROSS")
	switch {
	case op == "":
		return left
	case left.Op != "" && (op == "OUTER" || op == "INNER"):
		p.expected()
	}
	left = &JSONPlan{Op: op, Left: left, Right: p.jsonPlanPart()}
	left.Span = p.span(from)
	for (op == "UNION" || op == "CROSS") && p.got(op) {
		left = &JSONPlan{Op: op, Left: left, Right: p.jsonPlanPart()}
		left.Span = p.span(from)
	}
	return left
}

func (p *parser) jsonPlanPart() *JSONPlan {
	if p.at("(") {
		p.wantOpen("(")
		out := p.jsonPlanJoin()
		p.wantClose(")")
		return out
	}
	name := p.ident()
	return &JSONPlan{Span: name.Span, Path: &name}
}
