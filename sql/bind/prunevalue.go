package bind

import (
	"strconv"
	"time"

	"logsql/convert/schema"
	"logsql/sql/catalog"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// value is what an expression is on every row of the part: nil for NULL, a
// string, an int64, a day, a stamp or a span; false where that is not known.
func (p *pruner) value(x syntax.Expr) (any, bool) {
	v, ok := p.plain(x)
	if !ok || v == nil {
		return v, ok
	}
	if to, cast := p.info.Coerce[x]; cast {
		return convert(v, to)
	}
	return v, ok
}

func (p *pruner) plain(x syntax.Expr) (any, bool) {
	if c := p.info.Columns[x]; c != nil {
		return p.column(c)
	}
	if c := p.info.Calls[x]; c != nil {
		return p.call(c)
	}
	switch x := x.(type) {
	case *syntax.Paren:
		return p.value(x.X)
	case *syntax.Param:
		return p.value(p.info.Params[x])
	case *syntax.Unary:
		return p.arithmetic(x.Op, &syntax.NumberLit{Text: "0"}, x.X)
	case *syntax.NullLit:
		return nil, true
	case *syntax.StringLit:
		return x.Value, true
	case *syntax.NumberLit:
		n, err := strconv.ParseInt(x.Text, 10, 64)
		return n, err == nil
	case *syntax.TypedLit:
		return typedLiteral(x.Value, p.info.Types[x])
	case *syntax.IntervalLit:
		months, millis, ok := ParseInterval(x)
		return span{months, millis}, ok
	case *syntax.Binary:
		if x.Op == "||" {
			return p.concat(x.X, x.Y)
		}
		return p.arithmetic(x.Op, x.X, x.Y)
	case *syntax.Cast:
		v, ok := p.value(x.X)
		if !ok || v == nil {
			return v, ok
		}
		return convert(v, p.info.Types[x])
	}
	return nil, false
}

func typedLiteral(text string, t schema.Type) (any, bool) {
	switch t.Kind {
	case schema.Date:
		return funcs.ParseDay(text)
	case schema.Timestamp:
		m, _, ok := ParseMoment(t.Kind, text)
		return funcs.Stamp{Time: m.Time}, ok && m.Zone == "" && m.Picos == 0 && m.Digits <= t.Precision
	}
	return nil, false
}

// arithmetic is that of integers too small to overflow.
func (p *pruner) arithmetic(op string, x, y syntax.Expr) (any, bool) {
	xv, xok := p.value(x)
	yv, yok := p.value(y)
	if iv, ok := yv.(span); ok && xok {
		return iv.moved(op, xv)
	}
	l, lint := xv.(int64)
	r, rint := yv.(int64)
	const most = 1 << 30
	if !xok || !yok || !lint || !rint || max(l, -l, r, -r) >= most {
		return nil, false
	}
	switch op {
	case "+":
		return l + r, true
	case "-":
		return l - r, true
	case "*":
		return l * r, max(l, -l, r, -r) < 1<<15
	}
	return nil, false
}

// span is an interval.
type span struct{ months, millis int64 }

// moved adds an interval to a moment or takes it off.
func (iv span) moved(op string, v any) (any, bool) {
	const day = 24 * 60 * 60 * 1000
	unit, n := "second", iv.millis/1000
	switch {
	case iv.months != 0:
		unit, n = "month", iv.months
	case iv.millis%day == 0:
		unit, n = "day", iv.millis/day
	case iv.millis%1000 != 0:
		return nil, false
	}
	switch op {
	case "+":
	case "-":
		n = -n
	default:
		return nil, false
	}
	return funcs.Fold("date_add", []any{unit, n, v})
}

// now are the functions of the statement's clock.
func (p *pruner) now(c *Call) (any, bool) {
	switch now := p.info.Now; {
	case now.IsZero():
	case c.Func.Name == "current_date":
		return now.Truncate(24 * time.Hour), true
	case c.Result.Precision == 3:
		return funcs.Stamp{Time: now.Truncate(time.Millisecond)}, true
	}
	return nil, false
}

func (p *pruner) call(c *Call) (any, bool) {
	if c.Func == nil {
		return nil, false
	}
	switch c.Func.Name {
	case "concat":
		return p.concat(c.Args...)
	case "now", "current_timestamp", "localtimestamp", "current_date":
		return p.now(c)
	}
	if !funcs.Folds(c.Func.Name) {
		return nil, false
	}
	args := make([]any, len(c.Args))
	for i, x := range c.Args {
		v, ok := p.value(x)
		if !ok || v == nil {
			return nil, false
		}
		args[i] = v
	}
	return funcs.Fold(c.Func.Name, args)
}

func (p *pruner) concat(args ...syntax.Expr) (any, bool) {
	text := ""
	for _, a := range args {
		v, ok := p.value(a)
		s, isText := v.(string)
		if !ok || !isText {
			return nil, false
		}
		text += s
	}
	return text, true
}

func (p *pruner) column(c *Column) (any, bool) {
	if p.rel == nil || c.Relation == nil || c.Item != nil {
		return nil, false
	}
	if c.Relation == p.absent {
		return nil, true
	}
	if it := p.path.behind(p.info, c); it != nil {
		return p.item(it, c.Type)
	}
	i := -1
	if c.Relation == p.rel {
		i = p.rel.Scan.Table.PartitionIndex(c.Ref)
	}
	if i < 0 || i >= len(p.values) || p.values[i] == catalog.HiveDefault || p.known != nil && !p.known[i] {
		return nil, false
	}
	return convert(p.values[i], c.Type)
}

// item is what a derived table selects, as the type its column has outside.
func (p *pruner) item(it *Item, to schema.Type) (v any, ok bool) {
	switch {
	case it.Column != nil:
		v, ok = p.column(it.Column)
	case it.Field == "":
		v, ok = p.value(it.Expr)
	}
	if !ok || v == nil || it.Out.Type.Equal(to) {
		return v, ok
	}
	return convert(v, to)
}

// convert is the casts that pruning follows; one that could fail is not known,
// so that the query itself complains.
func convert(v any, to schema.Type) (any, bool) {
	switch v := v.(type) {
	case string:
		return convertText(v, to)
	case int64:
		return convertText(strconv.FormatInt(v, 10), to)
	case time.Time:
		return convertDay(v, to)
	case funcs.Stamp:
		return convertStamp(v, to)
	}
	return nil, false
}

func convertText(text string, to schema.Type) (any, bool) {
	switch {
	case to.Kind == schema.Varchar && schema.Fits(schema.VarcharOf(len(text)), to):
		return text, true
	case to.IsInteger():
		n, err := strconv.ParseInt(text, 10, 8<<(to.Kind-schema.TinyInt))
		return n, err == nil
	case to.Kind == schema.Date, to.Kind == schema.Timestamp:
		return typedLiteral(text, to)
	}
	return nil, false
}

func convertDay(v time.Time, to schema.Type) (any, bool) {
	switch to.Kind {
	case schema.Date:
		return v, true
	case schema.Timestamp, schema.TimestampTZ:
		return funcs.Stamp{Time: v}, true
	case schema.Varchar:
		if y := v.Year(); y > 0 && y < 10_000 {
			return convertText(v.Format(time.DateOnly), to)
		}
	}
	return nil, false
}

func convertStamp(v funcs.Stamp, to schema.Type) (any, bool) {
	switch to.Kind {
	case schema.Date:
		return v.Truncate(24 * time.Hour), v.Unix() >= 0
	case schema.Timestamp, schema.TimestampTZ:
		unit := time.Second
		for range to.Precision {
			unit /= 10
		}
		return v, unit == 0 || v.Equal(v.Truncate(unit))
	}
	return nil, false
}
