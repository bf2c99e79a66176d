package syntax

// jsonCall takes what stands in the brackets of a SQL/JSON function.
func (p *parser) jsonCall(c *Call, name string) {
	c.JSON = &JSONClauses{}
	switch name {
	case "JSON_OBJECT":
		p.jsonObject(c)
	case "JSON_ARRAY":
		p.jsonArray(c)
	default:
		p.jsonPath(c, name)
	}
}

// jsonValue takes a value with its FORMAT as c's next argument.
func (p *parser) jsonValue(c *Call) {
	x := p.expr()
	p.jsonArg(c, x, p.jsonFormat())
}

func (p *parser) jsonArg(c *Call, x Expr, format string) {
	c.Args = append(c.Args, x)
	if format != "" && c.JSON.Formats == nil {
		c.JSON.Formats = make([]string, len(c.Args)-1)
	}
	if c.JSON.Formats != nil {
		c.JSON.Formats = append(c.JSON.Formats, format)
	}
}

func (p *parser) jsonFormat() string {
	if !p.got("FORMAT") {
		return ""
	}
	p.want("JSON")
	if !p.got("ENCODING") {
		return "JSON"
	}
	return "JSON ENCODING " + p.wantAny("UTF8", "UTF16", "UTF32")
}

// jsonPath takes a value, a path and the clauses of JSON_EXISTS, JSON_VALUE
// and JSON_QUERY.
func (p *parser) jsonPath(c *Call, name string) {
	p.jsonInvocation(c)
	p.jsonResult(c.JSON, name)
}

// jsonInvocation takes a value, a path and what is passed to it.
func (p *parser) jsonInvocation(c *Call) {
	p.jsonValue(c)
	p.want(",")
	p.jsonArg(c, p.stringLit(), "")
	j := c.JSON
	if p.got("AS") {
		path := p.ident()
		j.PathName = &path
	}
	if p.got("PASSING") {
		j.Passing = append(j.Passing, p.passing())
		for p.got(",") {
			j.Passing = append(j.Passing, p.passing())
		}
	}
}

func (p *parser) jsonResult(j *JSONClauses, name string) {
	switch name {
	case "JSON_EXISTS":
		if j.OnError = p.gotAny("TRUE", "FALSE", "UNKNOWN", "ERROR"); j.OnError != "" {
			p.want("ON")
			p.want("ERROR")
		}
		return
	case "JSON_QUERY":
		p.jsonReturning(j)
		p.jsonWrapper(j)
	default:
		if p.got("RETURNING") {
			j.Returning = p.typeName()
		}
	}
	p.jsonBehaviors(j, name)
}

func (p *parser) passing() JSONArg {
	a := JSONArg{}
	from := p.tok.From
	a.Value = p.expr()
	a.Format = p.jsonFormat()
	p.want("AS")
	a.Name = p.ident()
	a.Span = p.span(from)
	return a
}

func (p *parser) jsonReturning(j *JSONClauses) {
	if p.got("RETURNING") {
		j.Returning = p.typeName()
		j.ReturningFormat = p.jsonFormat()
	}
}

func (p *parser) jsonWrapper(j *JSONClauses) {
	switch {
	case p.got("WITHOUT"):
		j.Wrapper = "WITHOUT"
	case p.got("WITH"):
		if j.Wrapper = p.gotAny("CONDITIONAL", "UNCONDITIONAL"); j.Wrapper == "" {
			j.Wrapper = "UNCONDITIONAL"
		}
	}
	if j.Wrapper != "" {
		p.got("ARRAY")
		p.want("WRAPPER")
	}
	if j.Quotes = p.gotAny("KEEP", "OMIT"); j.Quotes == "" {
		return
	}
	p.want("QUOTES")
	if p.at("ON") {
		p.next()
		p.want("SCALAR")
		p.want("STRING")
		j.OnScalar = true
	}
}

// jsonBehaviors takes … ON EMPTY and … ON ERROR.
func (p *parser) jsonBehaviors(j *JSONClauses, name string) {
	for range 2 {
		what, value := p.jsonBehavior(name)
		if what == "" {
			return
		}
		p.want("ON")
		if j.OnEmpty == "" && j.OnError == "" && p.got("EMPTY") {
			j.OnEmpty, j.DefaultEmpty = what, value
			continue
		}
		p.want("ERROR")
		j.OnError, j.DefaultError = what, value
		return
	}
}

func (p *parser) jsonBehavior(name string) (string, Expr) {
	switch {
	case p.got("NULL"):
		return "NULL", nil
	case p.got("ERROR"):
		return "ERROR", nil
	case name == "JSON_QUERY" && p.got("EMPTY"):
		return "EMPTY " + p.wantAny("ARRAY", "OBJECT"), nil
	case name == "JSON_VALUE" && p.got("DEFAULT"):
		return "DEFAULT", p.expr()
	}
	return "", nil
}

func (p *parser) jsonObject(c *Call) {
	if !p.jsonEmpty() {
		p.jsonMember(c)
		for p.got(",") {
			p.jsonMember(c)
		}
		p.jsonOnNull(c.JSON)
		if c.JSON.Unique = p.gotAny("WITH", "WITHOUT"); c.JSON.Unique != "" {
			p.want("UNIQUE")
			p.got("KEYS")
		}
	}
	p.jsonReturning(c.JSON)
}

// jsonMember takes [KEY] key VALUE value or key : value.
func (p *parser) jsonMember(c *Call) {
	if p.at("KEY") && beginsValue(p.peek(1)) {
		p.next()
	}
	p.jsonArg(c, p.expr(), "")
	if !p.got(":") {
		p.want("VALUE")
	}
	p.jsonValue(c)
}

// beginsValue reports whether tok can follow the word KEY, where a column named
// key cannot be meant.
func beginsValue(tok Token) bool {
	switch tok.Sym {
	case "VALUE", "IS", "IN", "LIKE", "BETWEEN", "AND", "OR", "NOT", "AT":
		return false
	case "(", "?":
		return true
	}
	return tok.Kind != TokOp && tok.Kind != TokEOF
}

func (p *parser) jsonArray(c *Call) {
	if !p.jsonEmpty() {
		p.jsonValue(c)
		for p.got(",") {
			p.jsonValue(c)
		}
		p.jsonOnNull(c.JSON)
	}
	p.jsonReturning(c.JSON)
}

// jsonEmpty reports whether an object or array without members begins here.
func (p *parser) jsonEmpty() bool {
	return p.at(")") || p.at("RETURNING") && (p.peek(1).isName() && !p.peek(1).is("VALUE") && !p.peek(1).is("FORMAT"))
}

func (p *parser) jsonOnNull(j *JSONClauses) {
	if j.OnNull = p.gotAny("NULL", "ABSENT"); j.OnNull != "" {
		p.want("ON")
		p.want("NULL")
	}
}
