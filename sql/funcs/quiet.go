package funcs

import (
	"strings"
	"sync"

	"logsql/sql/syntax"
)

// tries says an expression anew so that it is NULL where it would fail. It is
// stuck where it does not know that all which is made of a value that fails is
// NULL, or what may fail at all.
type tries struct {
	prefix string               // of the twins of Go functions
	given  map[syntax.Node]bool // taken as they are
	fails  bool                 // what was said since may be NULL for an error
	stuck  bool
}

// goByName are the Go functions that are no twins.
var goByName = sync.OnceValue(func() map[string]GoFunc {
	m := map[string]GoFunc{}
	for _, f := range goOriginals() {
		m[f.Name] = f
	}
	return m
})

// strict are functions of DuckDB that never fail where all arguments but one
// are literals, and are NULL where one is.
var strict = namesIn(`ascii date_trunc day dayofyear epoch_us floor hour isodow isoyear last_day left length list_extract lower ltrim
minute month quarter regexp_full_match regexp_matches replace reverse right rtrim second split_part starts_with strftime string_split
strlen struct_extract substring suffix timezone trim try_strptime upper weekofyear year`)

func namesIn(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

var strictOps = namesIn("= <> < <= > >= ||")

func (t *tries) stick(e expr) expr {
	t.stuck = true
	return e
}

// sure is e where it must not fail: what is around it is not NULL for its NULL.
func (t *tries) sure(e expr) expr {
	before := t.fails
	t.fails = false
	q := t.quiet(e)
	t.stuck = t.stuck || t.fails
	t.fails = before
	return q
}

func (t *tries) quiet(e expr) expr {
	if e == nil || t.stuck || t.given[e] {
		return e
	}
	switch e := e.(type) {
	case *syntax.Ident, *syntax.Deref, *syntax.NumberLit, *syntax.StringLit, *syntax.BoolLit, *syntax.NullLit, *syntax.BinaryLit, *syntax.TypedLit:
		return e
	case *syntax.Cast:
		return t.cast(e)
	case *syntax.Call:
		return t.call(e)
	case *syntax.Case:
		return t.choice(e)
	case *syntax.Binary:
		if strictOps[e.Op] {
			return bin(e.Op, t.quiet(e.X), t.quiet(e.Y))
		}
	case *syntax.Not:
		return not(t.quiet(e.X))
	case *syntax.Logical:
		return &syntax.Logical{Op: e.Op, X: t.sure(e.X), Y: t.sure(e.Y)}
	case *syntax.IsNull:
		return &syntax.IsNull{Not: e.Not, X: t.sure(e.X)}
	case *syntax.Between:
		return &syntax.Between{Not: e.Not, X: t.quiet(e.X), Low: t.sure(e.Low), High: t.sure(e.High)}
	case *syntax.In:
		if e.Query == nil {
			return &syntax.In{Not: e.Not, X: t.quiet(e.X), List: t.allSure(e.List)}
		}
	case *syntax.Like:
		return &syntax.Like{Not: e.Not, X: t.quiet(e.X), Pattern: t.sure(e.Pattern), Escape: t.sure(e.Escape)}
	case *syntax.Subscript:
		return at(t.quiet(e.Base), t.quiet(e.Index))
	case *syntax.StructLit:
		return structOf(e.Names, t.allSure(e.Elems)...)
	}
	return t.stick(e)
}

func (t *tries) allSure(es []expr) []expr {
	out := make([]expr, len(es))
	for i, e := range es {
		out[i] = t.sure(e)
	}
	return out
}

// cast is NULL where it fails, but of a nested value, in which the part would be.
func (t *tries) cast(e *syntax.Cast) expr {
	if strings.ContainsAny(e.Type.Text, "[") || strings.HasPrefix(e.Type.Text, "MAP(") || strings.HasPrefix(e.Type.Text, "STRUCT(") {
		return t.stick(e)
	}
	x := t.quiet(e.X)
	if isNullLiteral(x) || isShort(x) || e.Type.Text == "VARCHAR" || e.Type.Text == "DOUBLE" {
		return castTo(x, e.Type.Text)
	}
	t.fails = true
	return &syntax.Cast{Try: true, X: x, Type: e.Type}
}

// isShort tells whether x is a number that most types hold.
func isShort(x expr) bool {
	n, ok := x.(*syntax.NumberLit)
	return ok && len(n.Text) < 3
}

func (t *tries) call(e *syntax.Call) expr {
	name := e.Name[0].Name
	f, ours := goByName()[name]
	switch {
	case name == failName:
		return t.failure(e)
	case name == "coalesce" && len(e.Args) == 2:
		return call(name, t.sure(e.Args[0]), t.quiet(e.Args[1]))
	case ours && f.Total && !f.Nulls:
	case ours && f.twin(t.prefix) != "":
		name = f.twin(t.prefix)
		t.fails = true
	case !strict[name] || varying(e.Args) > 1:
		return t.stick(e)
	}
	args := make([]expr, len(e.Args))
	for i, a := range e.Args {
		args[i] = t.quiet(a)
	}
	return call(name, args...)
}

// failure is NULL for an error that is caught.
func (t *tries) failure(e *syntax.Call) expr {
	code, ok := e.Args[0].(*syntax.StringLit)
	if !ok || t.prefix == tryName && !caught[code.Value] {
		return t.stick(e)
	}
	t.fails = true
	return null()
}

func varying(args []expr) int {
	n := 0
	for _, a := range args {
		if !isLiteral(a) {
			n++
		}
	}
	return n
}

func (t *tries) choice(e *syntax.Case) expr {
	if x, z, ok := zonedParts(e); ok {
		return t.zoned(x, z)
	}
	out := &syntax.Case{}
	if e.Operand != nil {
		out.Operand = t.sure(e.Operand)
	}
	for _, w := range e.Whens {
		out.Whens = append(out.Whens, syntax.When{Cond: t.sure(w.Cond), Result: t.quiet(w.Result)})
	}
	out.Else = t.quiet(e.Else)
	return out
}

// zonedParts are what zoned was called with.
func zonedParts(e *syntax.Case) (x, z expr, ok bool) {
	s, made := e.Else.(*syntax.StructLit)
	if !made || len(e.Whens) != 1 || len(s.Elems) != 2 || s.Names[0] != zonedFields[0] {
		return nil, nil, false
	}
	test, guarded := e.Whens[0].Cond.(*syntax.IsNull)
	if !guarded || test.Not || test.X != s.Elems[0] || !isNullLiteral(e.Whens[0].Result) {
		return nil, nil, false
	}
	return s.Elems[0], s.Elems[1], true
}

// zoned is NULL where the instant or the zone fails. Neither is NULL beside the
// other.
func (t *tries) zoned(x, z expr) expr {
	x = t.quiet(x)
	before := t.fails
	t.fails = false
	z = t.quiet(z)
	if t.fails {
		x = when(notNull(z), x, nil)
	}
	t.fails = t.fails || before
	return zoned(x, z)
}
