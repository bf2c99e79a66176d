package bind

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"logsql/convert/lake"
	"logsql/convert/schema"
	"logsql/sql/catalog"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// prune leaves out the parts of the tables of a SELECT's FROM whose partition
// values no row of the WHERE clause can have. What it cannot judge it keeps; the
// condition itself stays in the query.
func (b *binder) prune(sel *syntax.Select) {
	if b.err != nil {
		return
	}
	for _, t := range tablesOf(sel.From, false) {
		rel := b.info.Relations[t.table]
		if rel == nil || rel.Scan == nil || len(rel.Scan.Table.Partition) == 0 {
			continue
		}
		p := &pruner{info: b.info, rel: rel, where: sel.Where}
		if t.nullable && p.truth(sel.Where).has(isTrue) {
			continue // a row without a match may pass: fewer parts would make more of those
		}
		p.present = true
		if rel.Scan.Table.External != nil {
			b.choosePartitions(t.table, rel.Scan, p)
			continue
		}
		rel.Scan.Parts = p.filter(sel.Where, rel.Scan.Parts)
	}
}

type fromTable struct {
	table    *syntax.Table
	nullable bool // on the side of an outer join that is filled with NULLs
}

func tablesOf(r syntax.Relation, nullable bool) []fromTable {
	switch r := r.(type) {
	case *syntax.Table:
		return []fromTable{{r, nullable}}
	case *syntax.Aliased:
		return tablesOf(r.Of, nullable)
	case *syntax.Join:
		left := tablesOf(r.Left, nullable || r.Kind == "RIGHT" || r.Kind == "FULL")
		return append(left, tablesOf(r.Right, nullable || r.Kind == "LEFT" || r.Kind == "FULL")...)
	}
	return nil
}

// truth is the set of outcomes a condition may have on the rows of a part.
type truth uint8

const (
	isTrue truth = 1 << iota
	isFalse
	isNull
	anything = isTrue | isFalse | isNull
)

func (t truth) has(v truth) bool { return t&v != 0 }

func is(v bool) truth {
	if v {
		return isTrue
	}
	return isFalse
}

// pruner judges conditions about one relation for one tuple of partition
// values; without present, for the NULLs of an outer join.
type pruner struct {
	info    *Info
	rel     *Relation
	where   syntax.Expr
	present bool
	values  []string
	known   []bool // which of values are meant; nil for all
}

func (p *pruner) filter(where syntax.Expr, parts []lake.Part) []lake.Part {
	judged := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(parts), func(part lake.Part) bool {
		key := strings.Join(part.Partition, "\x00")
		keep, ok := judged[key]
		if !ok {
			p.values = part.Partition
			keep = p.truth(where).has(isTrue)
			judged[key] = keep
		}
		return !keep
	})
}

func (p *pruner) truth(x syntax.Expr) truth {
	switch x := x.(type) {
	case *syntax.Paren:
		return p.truth(x.X)
	case *syntax.BoolLit:
		return is(x.Value)
	case *syntax.Not:
		return negate(p.truth(x.X))
	case *syntax.Logical:
		l, r := p.truth(x.X), p.truth(x.Y)
		if x.Op == "OR" {
			return negate(both(negate(l), negate(r)))
		}
		return both(l, r)
	case *syntax.Binary:
		return p.compare(x.Op, x.X, x.Y)
	case *syntax.Between:
		t := both(p.compare(">=", x.X, x.Low), p.compare("<=", x.X, x.High))
		return negateIf(x.Not, t)
	case *syntax.In:
		return p.in(x)
	case *syntax.IsNull:
		if v, ok := p.value(x.X); ok {
			return is((v == nil) != x.Not)
		}
	case *syntax.Like:
		return p.like(x)
	}
	return anything
}

func negateIf(not bool, t truth) truth {
	if not {
		return negate(t)
	}
	return t
}

func negate(t truth) truth {
	out := t & isNull
	if t.has(isTrue) {
		out |= isFalse
	}
	if t.has(isFalse) {
		out |= isTrue
	}
	return out
}

// both is AND over sets of outcomes.
func both(l, r truth) truth {
	var out truth
	if l.has(isFalse) || r.has(isFalse) {
		out |= isFalse
	}
	if l.has(isTrue) && r.has(isTrue) {
		out |= isTrue
	}
	if l.has(isNull) && r.has(isNull|isTrue) || r.has(isNull) && l.has(isTrue) {
		out |= isNull
	}
	return out
}

func (p *pruner) in(x *syntax.In) truth {
	if x.Query != nil {
		return anything
	}
	result := isFalse
	for _, item := range x.List {
		result = negate(both(negate(result), negate(p.compare("=", x.X, item))))
	}
	return negateIf(x.Not, result)
}

func (p *pruner) compare(op string, x, y syntax.Expr) truth {
	l, ok := p.value(x)
	if !ok {
		return anything
	}
	r, ok := p.value(y)
	if !ok {
		return anything
	}
	if l == nil || r == nil {
		return isNull
	}
	c, ok := order(l, r)
	if !ok {
		return anything
	}
	switch op {
	case "=":
		return is(c == 0)
	case "<>":
		return is(c != 0)
	case "<":
		return is(c < 0)
	case "<=":
		return is(c <= 0)
	case ">":
		return is(c > 0)
	case ">=":
		return is(c >= 0)
	}
	return anything
}

// order compares two values of one kind.
func order(l, r any) (int, bool) {
	switch l := l.(type) {
	case string:
		if r, ok := r.(string); ok {
			return strings.Compare(l, r), true
		}
	case int64:
		if r, ok := r.(int64); ok {
			return cmp.Compare(l, r), true
		}
	case time.Time:
		if r, ok := r.(time.Time); ok {
			return l.Compare(r), true
		}
	}
	return 0, false
}

// like judges patterns that are a plain beginning and then %.
func (p *pruner) like(x *syntax.Like) truth {
	v, ok := p.value(x.X)
	if !ok || x.Escape != nil {
		return anything
	}
	pattern, ok := p.value(x.Pattern)
	if !ok || v == nil || pattern == nil {
		return anything
	}
	prefix, percent := strings.CutSuffix(pattern.(string), "%")
	if strings.ContainsAny(prefix, "%_") {
		return anything
	}
	text := v.(string)
	return negateIf(x.Not, is(text == prefix || percent && strings.HasPrefix(text, prefix)))
}

// value is what an expression is on every row of the part: nil for NULL, a
// string, an int64 or a day; false where that is not known.
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
		day, ok := funcs.ParseDay(x.Value)
		return day, ok && p.info.Types[x].Kind == schema.Date
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
	case *syntax.Call:
		return p.call(x)
	}
	return nil, false
}

// arithmetic is that of integers too small to overflow.
func (p *pruner) arithmetic(op string, x, y syntax.Expr) (any, bool) {
	xv, xok := p.value(x)
	yv, yok := p.value(y)
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

func (p *pruner) call(x *syntax.Call) (any, bool) {
	if p.info.Calls[x] == nil || len(x.Name) > 1 {
		return nil, false
	}
	switch strings.ToLower(x.Name[0].Name) {
	case "concat":
		return p.concat(x.Args...)
	case "date":
		if v, ok := p.value(x.Args[0]); ok && v != nil {
			return convert(v, schema.Of(schema.Date))
		}
	}
	return nil, false
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
	if p.rel == nil || c.Relation != p.rel || c.Item != nil {
		return nil, false
	}
	if !p.present {
		return nil, true
	}
	i := p.rel.Scan.Table.PartitionIndex(c.Ref)
	if i < 0 || i >= len(p.values) || p.values[i] == catalog.HiveDefault || p.known != nil && !p.known[i] {
		return nil, false
	}
	return convert(p.values[i], c.Type)
}

// convert is the casts that pruning follows; one that could fail is not known,
// so that the query itself complains.
func convert(v any, to schema.Type) (any, bool) {
	text, isText := v.(string)
	switch {
	case to.Kind == schema.Varchar && isText && (to.Precision == 0 || len(text) <= to.Precision):
		return v, true
	case to.IsInteger() && isText:
		n, err := strconv.ParseInt(text, 10, 8<<(to.Kind-schema.TinyInt))
		return n, err == nil
	case to.IsInteger():
		n, ok := v.(int64)
		return n, ok
	case to.Kind == schema.Date && isText:
		return funcs.ParseDay(text)
	}
	_, isDay := v.(time.Time)
	return v, isDay && to.Kind == schema.Date
}
