package syntax

import "strings"

// typeName takes a type and gives it in Trino's own notation: array(bigint),
// row(a varchar, b map(varchar, double)), timestamp(3) with time zone.
func (p *parser) typeName() *TypeName {
	from := p.tok.From
	text := p.typeText()
	return p.asType(from, text)
}

// asType is a type together with what was written from from on.
func (p *parser) asType(from Pos, text string) *TypeName {
	t := &TypeName{Span: p.span(from), Text: text}
	if t.From.Offset < t.To.Offset {
		t.Source = p.scan.src[t.From.Offset:t.To.Offset]
	}
	return t
}

func (p *parser) typeText() string {
	defer p.deeper()()
	text := p.baseType()
	for p.at("ARRAY") { // bigint ARRAY, bigint ARRAY[3]
		p.next()
		defer p.deeper()()
		if p.at("[") {
			p.wantOpen("[")
			p.integer()
			p.wantClose("]")
		}
		text = "array(" + text + ")"
	}
	return text
}

func (p *parser) baseType() string {
	next := p.peek(1)
	switch {
	case p.at("ROW") && next.is("("):
		p.next()
		return "row(" + p.inBrackets(p.rowField) + ")"
	case p.at("INTERVAL"):
		return p.intervalType()
	case p.atAny("TIME", "TIMESTAMP"):
		return p.timeType()
	case p.atSeq("DOUBLE", "PRECISION"):
		p.next()
		p.next()
		return "double"
	case p.atAny("ARRAY", "MAP") && next.is("<"):
		return p.angleType()
	}
	text := p.typeWord()
	if p.at("(") {
		text += "(" + p.inBrackets(p.typeParameter) + ")"
	}
	return text
}

// typeWord takes a type's name: lower case where it is plain.
func (p *parser) typeWord() string {
	if p.err != nil || !p.tok.isName() {
		p.tried = p.tried[:0]
		p.expected("<type>")
		return ""
	}
	return fieldText(p.ident())
}

func fieldText(name Ident) string {
	if name.Quoted {
		return quoteName(name.Name)
	}
	return strings.ToLower(name.Name)
}

// inBrackets takes (part, …) and returns the parts' texts with commas between.
func (p *parser) inBrackets(part func() string) string {
	p.wantOpen("(")
	parts := []string{part()}
	for p.got(",") {
		parts = append(parts, part())
	}
	p.wantClose(")")
	return strings.Join(parts, ", ")
}

// rowField takes name type or, without a name, type.
func (p *parser) rowField() string {
	next := p.peek(1)
	named := p.tok.isName() && next.isName() && !p.timeZoneAhead()
	switch {
	case p.atSeq("DOUBLE", "PRECISION"):
		named = p.peek(2).isName()
	case p.at("INTERVAL") && p.peek(2).is("TO"):
		named = false
	case next.is("ARRAY"):
		after := p.peek(2)
		named = after.is("(") || after.is("<") || after.is("ARRAY")
	}
	if !named {
		return p.typeText()
	}
	name := fieldText(p.ident())
	return name + " " + p.typeText()
}

func (p *parser) timeZoneAhead() bool {
	return p.atAny("TIME", "TIMESTAMP") && p.peek(1).is("WITHOUT") && p.peek(2).is("TIME")
}

func (p *parser) typeParameter() string {
	if p.tok.Kind == TokInteger {
		return p.integer()
	}
	return p.typeText()
}

func (p *parser) intervalType() string {
	p.next()
	text := "interval " + strings.ToLower(p.wantAny(intervalFields...))
	if p.at("TO") {
		p.next()
		text += " to " + strings.ToLower(p.wantAny(intervalFields...))
	}
	return text
}

func (p *parser) timeType() string {
	text := strings.ToLower(p.tok.Sym)
	p.next()
	if p.at("(") {
		text += "(" + p.inBrackets(p.typeParameter) + ")"
	}
	if p.atSeq("WITH", "TIME", "ZONE") {
		text += " with time zone"
	} else if !p.atSeq("WITHOUT", "TIME", "ZONE") {
		return text
	}
	p.next()
	p.next()
	p.next()
	return text
}

// angleType takes array<type> and map<key, value>.
func (p *parser) angleType() string {
	name := strings.ToLower(p.tok.Sym)
	p.next()
	p.wantOpen("<")
	text := name + "(" + p.typeText()
	if name == "map" {
		p.want(",")
		text += ", " + p.typeText()
	}
	p.wantClose(">")
	return text + ")"
}
