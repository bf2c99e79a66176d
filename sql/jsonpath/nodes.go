// Package jsonpath is the path language of SQL/JSON, as Trino has it: what
// JSON_VALUE, JSON_QUERY, JSON_EXISTS and JSON_TABLE look for. It is another
// language than the paths of json_extract, which are in package funcs.
//
// Parse reads a path, Path.Eval finds what it stands for in a document.
package jsonpath

// Path is a path that has been read. It may be used by many at once.
type Path struct {
	Strict bool
	Root   Node
}

// Node is a part of a path: an expression that gives a sequence of items, or a
// predicate inside a filter.
type Node interface{ node() }

// The expressions. Of is what an accessor or a method is applied to.
type (
	// Literal is a number, a text, true, false or null.
	Literal struct{ Item *Item }
	// Context is $, Current is @, Last is last.
	Context struct{}
	Current struct{}
	Last    struct{}
	// Variable is $name, handed over by PASSING.
	Variable struct{ Name string }
	// Member is .name, or .* where All.
	Member struct {
		Of   Node
		Name string
		All  bool
	}
	// Descendant is ..name.
	Descendant struct {
		Of   Node
		Name string
	}
	// Elements is [a, b to c], or [*] where Subscripts is empty.
	Elements struct {
		Of         Node
		Subscripts []Subscript
	}
	// Filter is ?(predicate).
	Filter struct {
		Of   Node
		Pred Node
	}
	// Method is .abs() and its like.
	Method struct {
		Of   Node
		Name string
	}
	// Unary is + or - before an expression.
	Unary struct {
		Op string
		X  Node
	}
	// Binary is + - * / %.
	Binary struct {
		Op   string
		X, Y Node
	}
)

// Subscript is one index, or a range where To is not nil.
type Subscript struct{ From, To Node }

// The predicates.
type (
	// Compare is == <> < <= > >=.
	Compare struct {
		Op   string
		X, Y Node
	}
	// And and Or are && and ||, Not is !.
	And struct{ X, Y Node }
	Or  struct{ X, Y Node }
	Not struct{ X Node }
	// Exists is exists(path).
	Exists struct{ X Node }
	// StartsWith is path starts with text.
	StartsWith struct{ X, Prefix Node }
	// IsUnknown is (predicate) is unknown.
	IsUnknown struct{ X Node }
)

func (*Literal) node()    {}
func (*Context) node()    {}
func (*Current) node()    {}
func (*Last) node()       {}
func (*Variable) node()   {}
func (*Member) node()     {}
func (*Descendant) node() {}
func (*Elements) node()   {}
func (*Filter) node()     {}
func (*Method) node()     {}
func (*Unary) node()      {}
func (*Binary) node()     {}
func (*Compare) node()    {}
func (*And) node()        {}
func (*Or) node()         {}
func (*Not) node()        {}
func (*Exists) node()     {}
func (*StartsWith) node() {}
func (*IsUnknown) node()  {}

func isPredicate(n Node) bool {
	switch n.(type) {
	case *Compare, *And, *Or, *Not, *Exists, *StartsWith, *IsUnknown:
		return true
	}
	return false
}
