package bind

import (
	"cmp"
	"strings"
	"time"

	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

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

// pruner judges conditions for one tuple of a relation's partition values.
type pruner struct {
	info   *Info
	rel    *Relation
	path   chain
	absent *Relation // is filled with NULLs by an outer join
	values []string
	known  []bool // which of values are meant; nil for all
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
	case funcs.Stamp:
		if r, ok := r.(funcs.Stamp); ok {
			return l.Compare(r.Time), true
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
