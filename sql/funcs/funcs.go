// Package funcs is the table of functions and operators: what Trino calls
// them, which types they take and give, and how each is said in DuckDB.
//
// A family of functions is one file with one table. A function whose meaning
// DuckDB shares is lowered to DuckDB's; one that it has under another name or
// with other edges becomes an expression; what is left is a Go function
// (GoFuncs) that package duck registers.
package funcs

import (
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// Kind tells where a function may stand.
type Kind uint8

// The kinds of functions. An aggregate may also be used as a window function.
const (
	Scalar Kind = iota
	Aggregate
	Window
)

// Func is one function.
type Func struct {
	Name string
	Kind Kind
	// Signatures are written as "(varchar, bigint) varchar". T, U, K, V, S and
	// R are type variables, "T..." is none or more, function(T, boolean) is a
	// lambda, any a value of any type. varchar, char, decimal, time and timestamp without parameters
	// take any; a result of such a type but varchar has the first such argument's,
	// and varchar(x) is as long as the first parameter is.
	Signatures []string
	// Result computes what a signature cannot say; nil for most.
	Result func(params []schema.Type) schema.Type
	// Check refuses arguments that fit a signature and are not served.
	Check func(params []schema.Type) error
	// Emit says the call in DuckDB; nil is the same name and arguments.
	Emit func(c *Call) (syntax.Expr, error)

	once   sync.Once
	parsed []signature
}

// Arg is one argument of a call as bind knows it. A lambda has no Type: Lambda
// binds its body with these types for its parameters, which it may do more
// than once, and tells the body's type.
type Arg struct {
	Type        schema.Type
	Lambda      func(params []schema.Type) (schema.Type, error)
	LambdaArity int
}

// Resolution is the overload chosen: the types that the arguments are to be
// cast to, and the result's. A lambda's is of kind Function, Elems holding its
// parameters and, last, its result; the body is to be cast to that.
type Resolution struct {
	Params []schema.Type
	Result schema.Type
}

// Call is a resolved call to be lowered. Args are lowered and cast to Params;
// Written are their types before that.
// Out carries what bind and lower made of DISTINCT, ORDER BY, FILTER, OVER and
// NULLS; aggregates and window functions copy it. Node is the call as written.
type Call struct {
	Name    string
	Args    []syntax.Expr
	Params  []schema.Type
	Written []schema.Type
	Result  schema.Type
	Const   func(i int) (string, bool) // the i-th argument's text where it is a literal
	Node    *syntax.Call
	Out     *syntax.Call
	Now     time.Time // the statement's clock; zero to ask DuckDB's
}

var families = [][]*Func{
	conditionalFuncs, stringFuncs, regexpFuncs, datetimeFuncs, jsonFuncs, arrayFuncs, mapFuncs,
	lambdaFuncs, mathFuncs, probabilityFuncs, vectorFuncs, binaryFuncs, urlFuncs, colorFuncs, aggregateFuncs, windowFuncs,
}

var byName = sync.OnceValue(func() map[string]*Func {
	m := make(map[string]*Func)
	for _, family := range families {
		for _, f := range family {
			if m[f.Name] != nil {
				panic("function twice in the table: " + f.Name)
			}
			m[f.Name] = f
		}
	}
	return m
})

// Lookup finds a function by name, without case. A function that Trino has and
// logsql does not serve is found too; its Resolve says so.
func Lookup(name string) (*Func, bool) {
	name = strings.ToLower(name)
	if f, ok := byName()[name]; ok {
		return f, true
	}
	if notServed[name] {
		return &Func{Name: name}, true
	}
	return nil, false
}

// Names lists the functions that are served, in order.
func Names() []string {
	var names []string
	for name := range byName() {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Lower says the call, whose types Resolve gave, in DuckDB.
func (f *Func) Lower(c *Call) (syntax.Expr, error) {
	if f.Emit == nil {
		return native(f.Name)(c)
	}
	return f.Emit(c)
}

func unsupported(format string, args ...any) error {
	return &syntax.Error{Code: "NOT_SUPPORTED", Msg: fmt.Sprintf(format, args...)}
}
