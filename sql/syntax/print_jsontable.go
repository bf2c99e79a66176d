package syntax

import "strings"

func (p *printer) jsonTable(t *JSONTable) {
	p.say("JSON_TABLE(")
	p.jsonArgs(t.Call)
	p.jsonColumns(t.Columns)
	if t.Plan != nil {
		p.say(" PLAN ")
		if t.Plan.Default != nil {
			p.say("DEFAULT (", strings.Join(t.Plan.Default, ", "), ")")
		} else {
			p.say("(")
			p.jsonPlan(t.Plan)
			p.say(")")
		}
	}
	if t.OnError != "" {
		p.say(" ", t.OnError, " ON ERROR")
	}
	p.say(")")
}

func (p *printer) jsonColumns(list []JSONColumn) {
	p.say(" COLUMNS (")
	p.each(len(list), func(i int) { p.jsonColumn(&list[i]) })
	p.say(")")
}

func (p *printer) jsonColumn(c *JSONColumn) {
	if c.Nested != nil {
		p.say("NESTED PATH ")
		p.expr(c.Path)
		if c.PathName != nil {
			p.say(" AS ")
			p.ident(*c.PathName)
		}
		p.jsonColumns(c.Nested)
		return
	}
	p.ident(c.Name)
	if c.Ordinality {
		p.say(" FOR ORDINALITY")
		return
	}
	p.say(" ", c.JSON.Returning.Text)
	p.format(c.JSON.ReturningFormat)
	if c.Path != nil {
		p.say(" PATH ")
		p.expr(c.Path)
	}
	p.jsonWrapping(c.JSON)
	p.onEvent(c.JSON.OnEmpty, c.JSON.DefaultEmpty, "EMPTY")
	p.onEvent(c.JSON.OnError, c.JSON.DefaultError, "ERROR")
}

func (p *printer) jsonPlan(plan *JSONPlan) {
	if plan.Path != nil {
		p.ident(*plan.Path)
		return
	}
	p.jsonPlanPart(plan.Left)
	p.say(" ", plan.Op, " ")
	p.jsonPlanPart(plan.Right)
}

func (p *printer) jsonPlanPart(plan *JSONPlan) {
	if plan.Path != nil {
		p.ident(*plan.Path)
		return
	}
	p.say("(")
	p.jsonPlan(plan)
	p.say(")")
}
