package jsonpath

import (
	"cmp"
	"math"
	"strings"

	"logsql/convert/schema"
)

// truth has three values; an error inside a predicate is unknown, too.
type truth uint8

const (
	unknown truth = iota
	no
	yes
)

func truthOf(v bool) truth {
	if v {
		return yes
	}
	return no
}

// truth is the one switch over predicates.
func (e *evaluation) truth(n Node, at place) truth {
	switch n := n.(type) {
	case *And:
		x := e.truth(n.X, at)
		if x == no {
			return no
		}
		y := e.truth(n.Y, at)
		if y == no || x == yes {
			return y
		}
		return unknown
	case *Or:
		x := e.truth(n.X, at)
		if x == yes {
			return yes
		}
		y := e.truth(n.Y, at)
		if y == yes || x == no {
			return y
		}
		return unknown
	case *Not:
		x := e.truth(n.X, at)
		if x == unknown {
			return unknown
		}
		return truthOf(x == no)
	case *IsUnknown:
		return truthOf(e.truth(n.X, at) == unknown)
	case *Exists:
		seq, err := e.eval(n.X, at)
		if err != nil {
			return unknown
		}
		return truthOf(len(seq) > 0)
	case *StartsWith:
		return e.startsWith(n, at)
	case *Compare:
		return e.compare(n, at)
	}
	return unknown
}

func (e *evaluation) startsWith(n *StartsWith, at place) truth {
	seq, err := e.eval(n.X, at)
	if err != nil {
		return unknown
	}
	prefix, err := e.eval(n.Prefix, at)
	if err != nil || len(prefix) != 1 || !prefix[0].isText() {
		return unknown
	}
	return e.any(e.unwrap(seq), func(it *Item) truth {
		if !it.isText() {
			return unknown
		}
		return truthOf(strings.HasPrefix(it.Text, prefix[0].Text))
	})
}

// any is yes where test is for one of seq. Lax stops at the first; strict goes
// on, for one that is unknown makes all so.
func (e *evaluation) any(seq []*Item, test func(*Item) truth) truth {
	found := no
	for _, it := range seq {
		switch test(it) {
		case unknown:
			return unknown
		case yes:
			if found = yes; !e.strict {
				return yes
			}
		}
	}
	return found
}

// holds tells which sorts of items a sequence has.
type holds struct{ null, container bool }

func sorts(seq []*Item) (h holds, scalars []*Item) {
	for _, it := range seq {
		switch it.Kind {
		case KindNull:
			h.null = true
		case KindScalar:
			scalars = append(scalars, it)
		default:
			h.container = true
		}
	}
	return h, scalars
}

func (e *evaluation) compare(n *Compare, at place) truth {
	x, err := e.eval(n.X, at)
	if err != nil {
		return unknown
	}
	y, err := e.eval(n.Y, at)
	if err != nil {
		return unknown
	}
	x, y = e.unwrap(x), e.unwrap(y)
	if len(x) == 0 || len(y) == 0 {
		return no
	}
	xs, left := sorts(x)
	ys, right := sorts(y)
	if xs.container && (ys.container || len(right) > 0) || ys.container && len(left) > 0 {
		return unknown
	}
	found := xs.null && ys.null && n.Op == "==" ||
		n.Op == "<>" && (xs.null && (ys.container || len(right) > 0) || ys.null && (xs.container || len(left) > 0))
	if found && !e.strict {
		return yes
	}
	pairs := e.any(left, func(a *Item) truth {
		if e.items += len(right); e.items > maxItems {
			return unknown
		}
		return e.any(right, func(b *Item) truth { return Compared(n.Op, a, b) })
	})
	if found && pairs == no {
		return yes
	}
	return pairs
}

// Compared is a comparison of two scalars; unknown where they are of types that
// have none.
func Compared(op string, x, y *Item) truth {
	var c int
	switch {
	case x.isNumber() && y.isNumber():
		return compareNumbers(op, x, y)
	case x.isText() && y.isText():
		a, b := x.Text, y.Text
		if x.Type.Kind == schema.Char || y.Type.Kind == schema.Char {
			a, b = strings.TrimRight(a, " "), strings.TrimRight(b, " ")
		}
		c = strings.Compare(a, b)
	case x.Type.Kind == schema.Boolean && y.Type.Kind == schema.Boolean:
		c = cmp.Compare(bit(x.Bool), bit(y.Bool))
	case moment(x) != 0 && moment(x) == moment(y):
		c = x.Big.Cmp(y.Big)
	default:
		return unknown
	}
	return truthOf(ordered(op, c))
}

func bit(v bool) int {
	if v {
		return 1
	}
	return 0
}

// moment is the family of a date or time: 1 for days and instants, 2 for times
// of the day; 0 for anything else.
func moment(it *Item) int {
	switch it.Type.Kind {
	case schema.Date, schema.Timestamp, schema.TimestampTZ:
		return 1
	case schema.Time, schema.TimeTZ:
		return 2
	}
	return 0
}

func compareNumbers(op string, x, y *Item) truth {
	if x.Huge() || y.Huge() {
		return unknown
	}
	switch numberKind(x, y) {
	case schema.Double:
		return compareFloats(op, x.float(), y.float())
	case schema.Real:
		return compareFloats(op, float64(float32(x.float())), float64(float32(y.float())))
	}
	return truthOf(ordered(op, x.rat().Cmp(y.rat())))
}

func compareFloats(op string, x, y float64) truth {
	if math.IsNaN(x) || math.IsNaN(y) {
		return truthOf(op == "<>")
	}
	return truthOf(ordered(op, cmp.Compare(x, y)))
}

func ordered(op string, c int) bool {
	switch op {
	case "==":
		return c == 0
	case "<>":
		return c != 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}
