package syntax

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// exprPrec is how tightly the outermost part of x binds.
func exprPrec(x Expr) int {
	switch x := x.(type) {
	case *Lambda, *Raw, *NamedArg:
		return precLambda
	case *Logical:
		if x.Op == "OR" {
			return precOr
		}
		return precAnd
	case *Not:
		return precNot
	case *Between, *In, *Like, *IsNull, *IsDistinct, *Quantified:
		return precPredicate
	case *Binary:
		if prec := binaryPrec(x.Op); prec > 0 {
			return prec
		}
		return precPredicate
	case *Unary:
		return precUnary
	case *AtTimeZone:
		return precZone
	case *NumberLit:
		if strings.HasPrefix(x.Text, "-") {
			return precUnary
		}
	}
	return precPrimary
}

// operand writes x, in brackets where it binds less tightly than prec. DuckDB's
// order is not Trino's: there every operand that is one of another operator
// stands in brackets.
func (p *printer) operand(x Expr, prec int) {
	if p.duck {
		prec = precPrimary
	}
	if exprPrec(x) < prec {
		p.say("(")
		p.expr(x)
		p.say(")")
		return
	}
	p.expr(x)
}

// leftOperand is operand for the left side of an operator that groups to the
// left: a chain of the same operators needs no brackets in either dialect.
func (p *printer) leftOperand(x Expr, prec int) {
	if exprPrec(x) == prec {
		p.expr(x)
		return
	}
	p.operand(x, prec)
}

// logicalOperand is operand for AND and OR, below which predicates need no
// brackets in either dialect.
func (p *printer) logicalOperand(x Expr, prec int) {
	if exprPrec(x) == precPredicate {
		p.expr(x)
		return
	}
	p.operand(x, prec)
}

// base writes what a field or subscript is taken of.
func (p *printer) base(x Expr) {
	plain := exprPrec(x) == precPrimary
	switch x.(type) {
	case *NumberLit:
		plain = false // 1.a would begin with the number 1.
	case *Ident, *Deref, *Subscript, *Paren:
	default:
		plain = plain && !p.duck
	}
	if plain {
		p.expr(x)
		return
	}
	p.say("(")
	p.expr(x)
	p.say(")")
}

func (p *printer) expr(x Expr) {
	if !p.message || !p.inMessage(x) {
		p.plainExpr(x)
	}
}

func (p *printer) plainExpr(x Expr) {
	switch x := x.(type) {
	case *Ident:
		p.ident(*x)
	case *Deref:
		p.base(x.Base)
		p.say(".")
		p.ident(x.Field)
	case *StringLit:
		p.stringLit(x.Value)
	case *NumberLit:
		p.say(x.Text)
	case *BoolLit:
		p.say(strings.ToUpper(strconv.FormatBool(x.Value)))
	case *NullLit:
		p.say("NULL")
	case *BinaryLit:
		p.binaryLit(x)
	case *TypedLit:
		p.typedLit(x)
	case *IntervalLit:
		p.interval(x)
	case *Param:
		p.param(x)
	case *Unary:
		p.unary(x)
	case *Binary:
		p.binary(x)
	case *Logical:
		p.logical(x)
	case *Not:
		p.say("NOT ")
		p.operand(x.X, precNot)
	case *Between:
		p.operand(x.X, precConcat)
		p.say(not(x.Not), " BETWEEN ")
		p.operand(x.Low, precConcat)
		p.say(" AND ")
		p.operand(x.High, precConcat)
	case *In:
		p.in(x)
	case *Like:
		p.like(x)
	case *IsNull:
		p.operand(x.X, precConcat)
		p.say(" IS", not(x.Not), " NULL")
	case *IsDistinct:
		p.operand(x.X, precConcat)
		p.say(" IS", not(x.Not), " DISTINCT FROM ")
		p.operand(x.Y, precConcat)
	case *Exists:
		p.say("EXISTS ")
		p.bracketed(x.Query)
	case *Quantified:
		p.quantified(x)
	case *Call:
		p.call(x)
	case *Lambda:
		p.lambda(x)
	case *Cast:
		p.cast(x)
	case *Case:
		p.caseExpr(x)
	case *ArrayLit:
		p.arrayLit(x)
	case *RowLit:
		p.rowLit(x)
	case *Subscript:
		p.base(x.Base)
		p.say("[")
		p.operand(x.Index, precConcat)
		p.say("]")
	case *Extract:
		p.say("EXTRACT(")
		p.ident(x.Field)
		p.say(" FROM ")
		p.operand(x.X, precConcat)
		p.say(")")
	case *Subquery:
		p.bracketed(x.Query)
	case *AtTimeZone:
		p.leftOperand(x.X, precZone)
		p.say(" AT TIME ZONE ")
		p.operand(x.Zone, precPrimary)
	case *Special:
		p.special(x)
	case *Paren:
		p.say("(")
		p.expr(x.X)
		p.say(")")
	case *NamedArg:
		p.namedArg(x)
	case *StructLit:
		p.structLit(x)
	case *Raw:
		p.say(x.Text)
	}
}

func not(is bool) string {
	if is {
		return " NOT"
	}
	return ""
}

// binary does not chain comparisons: a = b = c is no Trino.
func (p *printer) binary(x *Binary) {
	prec := exprPrec(x)
	if isComparison(x.Op) {
		p.operand(x.X, prec+1)
	} else {
		p.leftOperand(x.X, prec)
	}
	p.say(" ", x.Op, " ")
	p.operand(x.Y, prec+1)
}

func (p *printer) stringLit(text string) {
	if !p.duck || !strings.Contains(text, "\x00") {
		p.say(quoteString(text))
		return
	}
	// DuckDB reads a statement up to its first NUL.
	parts := strings.Split(text, "\x00")
	for i := range parts {
		parts[i] = quoteString(parts[i])
	}
	p.say("(", strings.Join(parts, " || chr(0) || "), ")")
}

func (p *printer) binaryLit(x *BinaryLit) {
	if !p.duck {
		p.say("X'", strings.ToUpper(hex.EncodeToString(x.Value)), "'")
		return
	}
	p.say("CAST('")
	for _, b := range x.Value {
		fmt.Fprintf(p, `\x%02X`, b)
	}
	p.say("' AS BLOB)")
}

func (p *printer) typedLit(x *TypedLit) {
	if p.duck {
		p.say("CAST(")
		p.stringLit(x.Value)
		p.say(" AS ", x.Type.Text, ")")
		return
	}
	name := x.Type.Text
	if isPlainName(name) {
		name = strings.ToUpper(name)
	}
	p.say(name, " ", quoteString(x.Value))
}

func (p *printer) interval(x *IntervalLit) {
	p.say("INTERVAL ")
	if x.Negative {
		p.say("-")
	}
	p.say(quoteString(x.Value), " ", x.Field)
	if x.To != "" {
		p.say(" TO ", x.To)
	}
}

func (p *printer) param(x *Param) {
	if p.duck {
		p.say("$", strconv.Itoa(x.Index+1))
		return
	}
	if x.Name != "" {
		p.say(":", x.Name)
		return
	}
	p.say("?")
}

// unary never lets two signs meet: -- begins a comment.
func (p *printer) unary(x *Unary) {
	p.say(x.Op)
	p.operand(x.X, precUnary+1)
}

func (p *printer) logical(x *Logical) {
	prec := exprPrec(x)
	if exprPrec(x.X) == prec {
		p.expr(x.X)
	} else {
		p.logicalOperand(x.X, prec)
	}
	p.say(" ", x.Op, " ")
	p.logicalOperand(x.Y, prec+1)
}

func (p *printer) in(x *In) {
	p.operand(x.X, precConcat)
	p.say(not(x.Not), " IN ")
	if x.Query != nil {
		p.bracketed(x.Query)
		return
	}
	p.say("(")
	p.exprs(x.List)
	p.say(")")
}

func (p *printer) like(x *Like) {
	p.operand(x.X, precConcat)
	p.say(not(x.Not), " LIKE ")
	p.operand(x.Pattern, precConcat)
	if x.Escape != nil {
		p.say(" ESCAPE ")
		p.operand(x.Escape, precConcat)
	}
}

func (p *printer) quantified(x *Quantified) {
	p.operand(x.X, precConcat)
	quantifier := x.Quantifier
	if p.duck && quantifier == "SOME" {
		quantifier = "ANY"
	}
	p.say(" ", x.Op, " ", quantifier, " ")
	p.bracketed(x.Query)
}

func (p *printer) lambda(x *Lambda) {
	if p.duck {
		p.say("lambda ")
		p.each(len(x.Params), func(i int) { p.ident(x.Params[i]) })
		p.say(": ")
		p.expr(x.Body)
		return
	}
	if len(x.Params) == 1 {
		p.ident(x.Params[0])
	} else {
		p.idents(x.Params)
	}
	p.say(" -> ")
	p.expr(x.Body)
}

func (p *printer) cast(x *Cast) {
	if x.Try {
		p.say("TRY_")
	}
	p.say("CAST(")
	p.expr(x.X)
	p.say(" AS ", x.Type.Text, ")")
}

func (p *printer) caseExpr(x *Case) {
	p.say("CASE ")
	if x.Operand != nil {
		p.expr(x.Operand)
		p.say(" ")
	}
	for _, w := range x.Whens {
		p.when(w)
		p.say(" ")
	}
	if x.Else != nil {
		p.say("ELSE ")
		p.expr(x.Else)
		p.say(" ")
	}
	p.say("END")
}

func (p *printer) when(w When) {
	p.say("WHEN ")
	p.expr(w.Cond)
	p.say(" THEN ")
	p.expr(w.Result)
}

func (p *printer) arrayLit(x *ArrayLit) {
	if !p.duck {
		p.say("ARRAY")
	}
	p.say("[")
	p.exprs(x.Elems)
	p.say("]")
}

func (p *printer) rowLit(x *RowLit) {
	if x.Keyword || len(x.Elems) < 2 {
		p.say("ROW")
	}
	p.say("(")
	p.exprs(x.Elems)
	p.say(")")
}

func (p *printer) special(x *Special) {
	p.say(x.Name)
	if x.Precision >= 0 && !p.duck {
		p.say("(", strconv.Itoa(x.Precision), ")")
	}
}

func (p *printer) namedArg(x *NamedArg) {
	p.ident(Ident{Name: x.Name})
	if p.duck {
		p.say(" = ")
	} else {
		p.say(" => ")
	}
	p.expr(x.Value)
}

func (p *printer) structLit(x *StructLit) {
	p.say("{")
	p.each(len(x.Names), func(i int) {
		p.say(quoteString(x.Names[i]), ": ")
		p.expr(x.Elems[i])
	})
	p.say("}")
}
