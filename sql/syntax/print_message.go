package syntax

import "strings"

// PrintMessage gives an expression as Trino's messages quote one: every
// operator in brackets, those of the source gone, and some of Trino's functions
// under other names.
func PrintMessage(n Node) string {
	p := &printer{message: true}
	p.node(n)
	return p.String()
}

// upperCalls are the functions that are expressions of their own in Trino.
var upperCalls = map[string]bool{"coalesce": true, "if": true, "nullif": true, "try": true}

// inMessage writes x where Trino's messages have another form than its SQL, and
// reports whether that is so.
func (p *printer) inMessage(x Expr) bool {
	switch x := x.(type) {
	case *Paren:
		p.expr(x.X)
	case *Binary:
		if x.Op == "||" {
			p.called("concat", x.X, x.Y)
			break
		}
		p.around(false, func() { p.expr(x.X); p.say(" ", x.Op, " "); p.expr(x.Y) })
	case *Logical:
		p.around(false, func() { p.terms(x, x.Op) })
	case *Not:
		p.around(true, func() { p.expr(x.X) })
	case *Unary:
		p.say(x.Op, "(")
		p.expr(x.X)
		p.say(")")
	case *IsNull:
		p.around(false, func() { p.expr(x.X); p.say(" IS", not(x.Not), " NULL") })
	case *Lambda:
		p.idents(x.Params)
		p.say(" -> ")
		p.expr(x.Body)
	case *ArrayLit:
		p.say("ARRAY[")
		for i, e := range x.Elems {
			if i > 0 {
				p.say(",")
			}
			p.expr(e)
		}
		p.say("]")
	case *RowLit:
		p.called("ROW ", x.Elems...)
	case *Extract:
		p.say("EXTRACT(", strings.ToUpper(x.Field.Name), " FROM ")
		p.expr(x.X)
		p.say(")")
	case *Call:
		return p.callInMessage(x)
	default:
		return p.predicateInMessage(x)
	}
	return true
}

// predicateInMessage writes the predicates, whose NOT stands before them, and CASE.
func (p *printer) predicateInMessage(x Expr) bool {
	var negated bool
	plain := x
	switch x := x.(type) {
	case *Between:
		bare := *x
		bare.Not, negated, plain = false, x.Not, &bare
	case *In:
		bare := *x
		bare.Not, negated, plain = false, x.Not, &bare
	case *Like:
		bare := *x
		bare.Not, negated, plain = false, x.Not, &bare
	case *IsDistinct:
		bare := *x
		bare.Not, negated, plain = false, x.Not, &bare
	case *Case:
	default:
		return false
	}
	if negated {
		p.around(true, func() { p.expr(plain) })
		return true
	}
	p.around(false, func() { p.plainExpr(plain) })
	return true
}

func (p *printer) callInMessage(x *Call) bool {
	name := strings.ToLower(x.Name[len(x.Name)-1].Name)
	switch {
	case len(x.Name) > 1:
		return false
	case upperCalls[name]:
		p.called(strings.ToUpper(name), x.Args...)
	case name == "position" && x.Clause != nil:
		p.called("strpos", x.Args[1], x.Args[0])
	case name == "trim" && x.Clause == nil && len(x.Args) == 1:
		p.say("trim(BOTH FROM ")
		p.expr(x.Args[0])
		p.say(")")
	default:
		return false
	}
	return true
}

func (p *printer) called(name string, args ...Expr) {
	p.say(name, "(")
	p.exprs(args)
	p.say(")")
}

func (p *printer) around(negated bool, inner func()) {
	p.say("(")
	if negated {
		p.say("NOT ")
	}
	inner()
	p.say(")")
}

// terms writes a chain of AND or of OR as the one list that it is in Trino.
func (p *printer) terms(x Expr, op string) {
	l, ok := x.(*Logical)
	if !ok || l.Op != op {
		p.expr(x)
		return
	}
	p.terms(l.X, op)
	p.say(" ", op, " ")
	p.terms(l.Y, op)
}
