package lower

import (
	"math"
	"strconv"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// expr lowers x with its implicit cast.
func (l *lowerer) expr(x syntax.Expr) syntax.Expr {
	if l.err != nil {
		return x
	}
	out := l.uncast(x)
	if to, ok := l.info.Coerce[x]; ok {
		return l.cast(x, out, l.info.Types[x], to)
	}
	return out
}

// uncast lowers x without its implicit cast.
func (l *lowerer) uncast(x syntax.Expr) syntax.Expr {
	out := l.bare(x)
	c := l.info.Columns[x]
	for _, k := range l.grouped {
		if (c == nil || c.Item == nil) && l.info.SameItem(k, x) {
			return picked(out, l.info.Types[x])
		}
	}
	return out
}

// picked is a value of those that a group key takes for one; the key itself says
// it where they have no zone but UTC.
func picked(x syntax.Expr, t schema.Type) syntax.Expr {
	if t.Kind == schema.TimestampTZ && funcs.AlwaysUTC(x) {
		return x
	}
	return call("any_value", x)
}

func (l *lowerer) exprs(xs []syntax.Expr) []syntax.Expr {
	out := make([]syntax.Expr, len(xs))
	for i, x := range xs {
		out[i] = l.expr(x)
	}
	return out
}

// cast is an implicit cast, which never fails and never cuts text.
func (l *lowerer) cast(n syntax.Node, x syntax.Expr, from, to schema.Type) syntax.Expr {
	if sameInDuck(from, to) {
		return x
	}
	out, err := funcs.LowerCast(x, from, to, false)
	l.check(n, err)
	return out
}

// bare is the one switch over expressions.
func (l *lowerer) bare(x syntax.Expr) syntax.Expr {
	if out, ok := l.apart[x]; ok {
		return out
	}
	if c := l.info.Columns[x]; c != nil {
		return l.column(c)
	}
	if c := l.info.Calls[x]; c != nil {
		return l.call(x, c)
	}
	if x, ok := x.(*syntax.Call); ok && l.info.JSON[x] != nil {
		return l.sqlJSON(x, l.info.JSON[x])
	}
	if text, ok := l.info.Texts[x]; ok {
		return str(text)
	}
	switch x := x.(type) {
	case *syntax.Paren:
		return l.expr(x.X)
	case *syntax.Param:
		return l.expr(l.info.Params[x])
	case *syntax.StringLit:
		return str(x.Value)
	case *syntax.BoolLit:
		return &syntax.BoolLit{Value: x.Value}
	case *syntax.NullLit:
		return &syntax.NullLit{}
	case *syntax.BinaryLit:
		return &syntax.BinaryLit{Value: x.Value}
	case *syntax.NumberLit:
		return l.number(x)
	case *syntax.TypedLit:
		return l.typedLiteral(x)
	case *syntax.IntervalLit:
		return interval(x)
	case *syntax.Deref:
		return l.deref(x)
	case *syntax.Unary:
		return l.unary(x)
	case *syntax.Binary:
		return l.binary(x)
	case *syntax.Logical:
		return &syntax.Logical{Op: x.Op, X: l.expr(x.X), Y: l.expr(x.Y)}
	case *syntax.Not:
		return &syntax.Not{X: l.expr(x.X)}
	case *syntax.Between:
		return l.between(x)
	case *syntax.In:
		return l.in(x)
	case *syntax.Like:
		return l.like(x)
	case *syntax.IsNull:
		return &syntax.IsNull{Not: x.Not, X: l.expr(x.X)}
	case *syntax.IsDistinct:
		return &syntax.IsDistinct{Not: x.Not, X: l.key(x.X), Y: l.key(x.Y)}
	case *syntax.Exists:
		return &syntax.Exists{Query: l.query(x.Query)}
	case *syntax.Subquery:
		return l.subquery(x)
	case *syntax.Quantified:
		return l.quantified(x)
	case *syntax.Cast:
		return l.explicitCast(x)
	case *syntax.Case:
		return l.caseOf(x)
	case *syntax.ArrayLit:
		return &syntax.ArrayLit{Elems: l.exprs(x.Elems)}
	case *syntax.RowLit:
		return l.row(x)
	case *syntax.Subscript:
		return l.subscript(x)
	}
	l.failAt(x, "%T is not supported yet", x)
	return x
}

// operand is expr where DuckDB may widen an integer literal by itself.
func (l *lowerer) operand(x syntax.Expr) syntax.Expr {
	if n, ok := bind.Unparen(x).(*syntax.NumberLit); ok && l.info.Types[n].IsInteger() && l.info.Type(x).IsInteger() {
		return l.number(n)
	}
	return l.expr(x)
}

// key is x as it is compared with = and its like.
func (l *lowerer) key(x syntax.Expr) syntax.Expr {
	return funcs.Comparable(l.operand(x), l.info.Type(x))
}

func (l *lowerer) binary(x *syntax.Binary) syntax.Expr {
	if (x.Op == "=" || x.Op == "<>") && isRow(x.X) && isRow(x.Y) {
		equal := l.rowsEqual(x.X, x.Y)
		if x.Op == "<>" {
			return &syntax.Not{X: equal}
		}
		return equal
	}
	left, right := l.expr, l.expr
	if l.info.Types[x].Kind == schema.Boolean {
		left, right = l.operand, l.operand
	}
	return funcs.LowerBinary(x.Op, left(x.X), right(x.Y), l.info.Type(x.X), l.info.Type(x.Y), l.info.Types[x])
}

func (l *lowerer) compare(op string, x, y syntax.Expr, t schema.Type) syntax.Expr {
	return funcs.LowerBinary(op, x, y, t, t, schema.Of(schema.Boolean))
}

// number writes decimals as doubles, which they are on Athena; DuckDB takes
// 1.5 for a decimal.
func (l *lowerer) number(x *syntax.NumberLit) syntax.Expr {
	text := strings.ReplaceAll(x.Text, "_", "")
	if l.info.Types[x].Kind == schema.Double {
		if !strings.ContainsAny(text, "eE") {
			text += "e0"
		}
		return &syntax.NumberLit{Text: text}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return &syntax.NumberLit{Text: strconv.FormatInt(n, 10)}
	}
	n, err := strconv.ParseInt(text, 0, 64)
	if err != nil {
		return &syntax.NumberLit{Text: text} // 9223372036854775808 behind a minus
	}
	return &syntax.NumberLit{Text: strconv.FormatInt(n, 10)}
}

func (l *lowerer) unary(x *syntax.Unary) syntax.Expr {
	t := l.info.Types[x]
	out := funcs.LowerUnary(x.Op, l.expr(x.X), t)
	if n, ok := x.X.(*syntax.NumberLit); ok && t.IsInteger() {
		// DuckDB gives the number a type before it sees the minus.
		if strings.HasSuffix(n.Text, "2147483648") || strings.HasSuffix(n.Text, "9223372036854775808") {
			return castTo(out, t)
		}
	}
	return out
}

func (l *lowerer) typedLiteral(x *syntax.TypedLit) syntax.Expr {
	t := l.info.Types[x]
	switch t.Kind {
	case schema.Date, schema.Time, schema.Timestamp, schema.TimeTZ, schema.TimestampTZ:
		m, _, _ := bind.ParseMoment(t.Kind, x.Value)
		return funcs.MomentLiteral(t, m)
	case schema.Varchar:
		return str(x.Value)
	case schema.Decimal, schema.Boolean, schema.TinyInt, schema.SmallInt, schema.Integer, schema.BigInt:
		return castTo(str(strings.TrimSpace(x.Value)), t)
	case schema.Real, schema.Double:
		if strings.Trim(x.Value, "0123456789.-") == "" {
			return castTo(str(x.Value), t)
		}
	}
	out, err := funcs.LowerCast(str(x.Value), schema.Text, t, false)
	l.check(x, err)
	return out
}

func interval(x *syntax.IntervalLit) syntax.Expr {
	months, millis, _ := bind.ParseInterval(x)
	if x.Field == "YEAR" || x.Field == "MONTH" {
		return &syntax.IntervalLit{Value: strconv.FormatInt(months, 10), Field: "MONTH"}
	}
	if millis > math.MaxInt64/1000 || millis < -math.MaxInt64/1000 {
		return &syntax.IntervalLit{Value: strconv.FormatInt(millis, 10), Field: "MILLISECOND"}
	}
	return &syntax.IntervalLit{Value: strconv.FormatInt(millis*1000, 10), Field: "MICROSECOND"}
}

func (l *lowerer) between(x *syntax.Between) syntax.Expr {
	t := l.info.Type(x.X)
	if t.Kind == schema.Double || t.Kind == schema.Real {
		value, low, high := l.expr(x.X), l.expr(x.Low), l.expr(x.High)
		if isNumber(low) && isNumber(high) {
			return &syntax.Between{Not: x.Not, X: value, Low: low, High: high} // NaN is above any literal
		}
		both := &syntax.Logical{Op: "AND", X: l.compare(">=", value, low, t), Y: l.compare("<=", value, high, t)}
		if x.Not {
			return &syntax.Not{X: both}
		}
		return both
	}
	return &syntax.Between{Not: x.Not, X: l.key(x.X), Low: l.key(x.Low), High: l.key(x.High)}
}

func (l *lowerer) in(x *syntax.In) syntax.Expr {
	if x.Query == nil && len(l.info.Type(x.X).Elems) > 0 {
		return l.inNested(x)
	}
	if x.Query != nil {
		return l.inQuery(x)
	}
	out := &syntax.In{Not: x.Not, X: l.key(x.X)}
	for _, item := range x.List {
		out.List = append(out.List, l.key(item))
	}
	return out
}

func (l *lowerer) like(x *syntax.Like) syntax.Expr {
	if x.Escape == nil {
		return &syntax.Like{Not: x.Not, X: l.expr(x.X), Pattern: l.expr(x.Pattern)}
	}
	pattern, err := funcs.LikePattern(l.expr(x.Pattern), l.expr(x.Escape))
	l.check(x, err)
	return &syntax.Like{Not: x.Not, X: l.expr(x.X), Pattern: pattern, Escape: str(`\`)}
}

func (l *lowerer) explicitCast(x *syntax.Cast) syntax.Expr {
	out, err := funcs.LowerCast(l.expr(x.X), l.info.Type(x.X), l.info.Types[x], x.Try)
	l.check(x, err)
	return out
}

func (l *lowerer) caseOf(x *syntax.Case) syntax.Expr {
	out := &syntax.Case{}
	if x.Operand != nil {
		out.Operand = l.key(x.Operand)
	}
	for i := range x.Whens {
		w := &x.Whens[i]
		cond := l.expr(w.Cond)
		if x.Operand != nil {
			cond = funcs.Comparable(cond, l.info.Type(w.Cond))
		}
		out.Whens = append(out.Whens, syntax.When{Cond: cond, Result: l.expr(w.Result)})
	}
	if x.Else != nil {
		out.Else = l.expr(x.Else)
	}
	return out
}

// isNumber reports whether x is a number as written, which NaN is not.
func isNumber(x syntax.Expr) bool {
	switch x := x.(type) {
	case *syntax.NumberLit:
		return true
	case *syntax.Cast:
		return isNumber(x.X)
	case *syntax.Unary:
		return isNumber(x.X)
	}
	return false
}
