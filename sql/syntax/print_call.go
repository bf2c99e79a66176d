package syntax

import "strings"

func (p *printer) call(c *Call) {
	if len(c.Name) == 1 && !c.Name[0].Quoted {
		p.say(c.Name[0].Name) // also trim and others, reserved for their own form
	} else {
		p.name(c.Name)
	}
	p.say("(")
	switch {
	case c.Star:
		p.say("*")
	case c.JSON != nil && !p.duck:
		p.jsonArgs(c)
	case c.Clause != nil && !p.duck:
		p.clauseArgs(c)
	default:
		p.arguments(c)
	}
	p.say(")")
	if c.Within {
		p.orderBy(" WITHIN GROUP (ORDER BY ", c.OrderBy)
		p.say(")")
	}
	if c.Filter != nil {
		p.say(" FILTER (WHERE ")
		p.expr(c.Filter)
		p.say(")")
	}
	if c.Nulls != "" && !p.duck {
		p.say(" ", c.Nulls, " NULLS")
	}
	if c.Over != nil {
		p.say(" OVER ")
		p.window(c.Over)
	}
}

// arguments writes what stands in the brackets; in DuckDB IGNORE NULLS does
// too.
func (p *printer) arguments(c *Call) {
	if c.Distinct {
		p.say("DISTINCT ")
	}
	p.exprs(c.Args)
	if !c.Within {
		intro := " ORDER BY "
		if len(c.Args) == 0 {
			intro = "ORDER BY "
		}
		p.orderBy(intro, c.OrderBy)
	}
	if c.Nulls != "" && p.duck {
		p.say(" ", c.Nulls, " NULLS")
	}
}

// clauseArgs writes the arguments of the calls whose Clause is not empty.
func (p *printer) clauseArgs(c *Call) {
	switch c.Clause[0] {
	case "IN":
		p.operand(c.Args[0], precConcat)
		p.say(" IN ")
		p.operand(c.Args[1], precConcat)
	case "LEADING", "TRAILING", "BOTH":
		p.say(c.Clause[0], " ")
		if len(c.Args) > 1 {
			p.operand(c.Args[1], precConcat)
			p.say(" ")
		}
		p.say("FROM ")
		p.operand(c.Args[0], precConcat)
	case "ON OVERFLOW":
		p.arguments(c)
		p.say(" ", strings.Join(c.Clause, " "))
	default:
		p.arguments(c)
		p.say(", ", strings.Join(c.Clause, " "))
	}
}

func (p *printer) jsonArgs(c *Call) {
	j := c.JSON
	switch {
	case !strings.EqualFold(c.Name[len(c.Name)-1].Name, "json_object"):
		p.each(len(c.Args), func(i int) { p.jsonArg(c, i) })
	default:
		p.each(len(c.Args)/2, func(i int) {
			p.say("KEY ")
			p.jsonKey(c.Args[2*i])
			p.say(" VALUE ")
			p.jsonArg(c, 2*i+1)
		})
	}
	if j.PathName != nil {
		p.say(" AS ")
		p.ident(*j.PathName)
	}
	if len(j.Passing) > 0 {
		p.say(" PASSING ")
		p.each(len(j.Passing), func(i int) {
			p.expr(j.Passing[i].Value)
			p.format(j.Passing[i].Format)
			p.say(" AS ")
			p.ident(j.Passing[i].Name)
		})
	}
	p.jsonClauses(c)
}

// jsonKey sets brackets wherever KEY could be read as the key itself, a column:
// before an operator, or the words VALUE and AT.
func (p *printer) jsonKey(x Expr) {
	bare := false
	switch x := x.(type) {
	case *StringLit, *NumberLit, *Paren, *Subquery, *Param:
		bare = true
	case *Ident:
		word := keyword(x.Name)
		bare = word != "VALUE" && word != "AT"
	}
	if bare {
		p.expr(x)
		return
	}
	p.say("(")
	p.expr(x)
	p.say(")")
}

func (p *printer) jsonArg(c *Call, i int) {
	p.operand(c.Args[i], precOr)
	if c.JSON.Formats != nil {
		p.format(c.JSON.Formats[i])
	}
}

func (p *printer) format(f string) {
	if f != "" {
		p.say(" FORMAT ", f)
	}
}

// jsonClauses writes the clauses in the order of the grammar, which is not the
// same for all: RETURNING comes last where an object or array is made.
func (p *printer) jsonClauses(c *Call) {
	j := c.JSON
	// words between a blank and what follows them, where there are any
	clause := func(before, what, after string) {
		if what != "" {
			p.say(before, what, after)
		}
	}
	blank := " "
	if len(c.Args) == 0 {
		blank = "" // then RETURNING is all there can be
	}
	clause(" ", j.OnNull, " ON NULL")
	clause(" ", j.Unique, " UNIQUE KEYS")
	if j.Returning != nil {
		p.say(blank, "RETURNING ", j.Returning.Text)
		p.format(j.ReturningFormat)
	}
	p.jsonWrapping(j)
	p.onEvent(j.OnEmpty, j.DefaultEmpty, "EMPTY")
	p.onEvent(j.OnError, j.DefaultError, "ERROR")
}

func (p *printer) jsonWrapping(j *JSONClauses) {
	switch j.Wrapper {
	case "":
	case "WITHOUT":
		p.say(" WITHOUT ARRAY WRAPPER")
	default:
		p.say(" WITH ", j.Wrapper, " ARRAY WRAPPER")
	}
	if j.Quotes != "" {
		p.say(" ", j.Quotes, " QUOTES")
	}
	if j.OnScalar {
		p.say(" ON SCALAR STRING")
	}
}

func (p *printer) onEvent(what string, value Expr, event string) {
	if what == "" {
		return
	}
	p.say(" ", what)
	if value != nil {
		p.say(" ")
		p.operand(value, precOr)
	}
	p.say(" ON ", event)
}
