package bind

import (
	"slices"
	"strings"

	"logsql/sql/syntax"
)

// scope is what names can mean at a place: the columns of a FROM clause, a
// lambda's parameters or the columns of a result, and the WITH parts of a
// query. Names not found in it are looked for in the parent.
type scope struct {
	parent *scope
	fields []field
	with   map[string]*CTE

	aliases []string // names of the select list, which are no columns here

	// onlyLeft is the kind of the join whose right side is being bound, where
	// that must not see the left one.
	onlyLeft string
}

// field is a column under the name it has here: an alias can rename a relation
// and its columns.
type field struct {
	qualifier []string // catalog, database, table or an alias; none after JOIN USING
	name      string
	column    *Column
}

// matches reports whether the dotted name may mean the field.
func (f field) matches(name []string) bool {
	last := len(name) - 1
	return f.name != "" && f.name == name[last] && f.isOf(name[:last])
}

// find is the columns of this scope alone that a dotted name may mean.
func (s *scope) find(name []string) []field {
	var found []field
	for _, f := range s.fields {
		if f.matches(name) {
			found = append(found, f)
		}
	}
	return found
}

// isPrefix reports whether some leading part of name is a column here, which
// hides outer columns of the whole name.
func (s *scope) isPrefix(name []string) bool {
	for n := 1; n < len(name); n++ {
		if len(s.find(name[:n])) > 0 {
			return true
		}
	}
	return false
}

// resolve finds the column that a dotted name means in the innermost scope that
// knows it; nil where none does.
func (b *binder) resolve(n syntax.Node, s *scope, name []string, text string) *Column {
	for ; s != nil; s = s.parent {
		found := s.find(name)
		if len(found) > 1 {
			b.failAt(n, ambiguous, "Column '%s' is ambiguous", text)
			return nil
		}
		if len(found) > 0 && s.onlyLeft != "" {
			b.failAt(n, badColumnRef, "LATERAL reference not allowed in %s JOIN", s.onlyLeft)
			return nil
		}
		if len(found) > 0 {
			b.use(found[0].column)
			return found[0].column
		}
		if s.isPrefix(name) {
			return nil
		}
	}
	return nil
}

func (b *binder) use(c *Column) {
	if c.used != nil {
		*c.used = true
	}
	for _, u := range c.Using {
		b.use(u)
	}
}

// lookupWith finds a WITH part by its plain name.
func (s *scope) lookupWith(name string) *CTE {
	for ; s != nil; s = s.parent {
		if cte, ok := s.with[name]; ok {
			return cte
		}
	}
	return nil
}

// path is an expression such as a.b.c as lower-case parts and as written;
// false where it is anything else.
func path(e syntax.Expr) (parts []string, text string, ok bool) {
	switch e := e.(type) {
	case *syntax.Ident:
		return []string{strings.ToLower(e.Name)}, e.Name, true
	case *syntax.Deref:
		parts, text, ok = path(e.Base)
		return append(parts, strings.ToLower(e.Field.Name)), text + "." + e.Field.Name, ok
	}
	return nil, "", false
}

// unresolved reports a name that is no column, with the nearest that is: for
// table.column the column of that name elsewhere, else one of that table.
func (b *binder) unresolved(n syntax.Node, s *scope, parts []string, text string) {
	err := syntax.ErrorAt(n, noColumn, "Column '%s' cannot be resolved", strings.ToLower(text))
	err.Hint = b.columnHint(n, s, parts)
	b.fail(err)
}

func (f field) fullName() string {
	if len(f.qualifier) == 0 {
		return f.name
	}
	return f.qualifier[len(f.qualifier)-1] + "." + f.name
}

// isOf reports whether the field's relation may be called by the dotted name.
func (f field) isOf(relation []string) bool {
	first := len(f.qualifier) - len(relation)
	return first >= 0 && slices.Equal(f.qualifier[first:], relation)
}
