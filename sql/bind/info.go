// Package bind resolves the names of a statement against the catalog and gives
// every expression its Trino type. It reads the tree and never changes it: what
// it learns is kept beside the tree, in an Info, for lower. It does no I/O.
package bind

import (
	"time"

	"logsql/convert/lake"
	"logsql/convert/schema"
	"logsql/sql/catalog"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// Info is what bind learns about one statement, as side tables keyed by the
// tree's nodes. A node that is bound has its entry; the maps are never nil.
type Info struct {
	Types     map[syntax.Expr]schema.Type
	Coerce    map[syntax.Node]schema.Type // implicit casts, around an expression or a one-column query
	Columns   map[syntax.Expr]*Column     // *Ident and *Deref that read a column
	Calls     map[syntax.Expr]*Call       // *Call, *Extract, *AtTimeZone, *Special and *TypedLit that are functions
	JSON      map[*syntax.Call]*JSON      // the SQL/JSON functions
	JSONRows  map[*syntax.JSONTable]*JSON // JSON_TABLE, without a Result
	Relations map[syntax.Relation]*Relation
	Outputs   map[syntax.Body][]Output
	Selects   map[*syntax.Select]*Select
	Queries   map[*syntax.Query]*Query
	Expanded  map[*syntax.TableBody]*syntax.Select // the SELECT * that TABLE stands for
	Texts     map[syntax.Expr]string               // values known now: CURRENT_SCHEMA
	Params    map[*syntax.Param]syntax.Expr        // what ? stands for
	Matched   map[*syntax.SetOp][2][]int           // places of the columns that CORRESPONDING matched
	Counts    map[syntax.Expr]string               // rows of LIMIT, OFFSET and the percentage of TABLESAMPLE, known now
	Windows   map[*syntax.Window]*syntax.Window    // the WINDOW definition that an OVER names
	Lambdas   map[*syntax.Lambda][]string          // names of the parameters, unique in the statement
	Now       time.Time                            // the statement's clock, in UTC; zero where it has none
	Aliases   map[string]bool                      // taken by relations and lambdas
	Views     map[string]*syntax.Table             // the views it reads, by full name, each where the statement reads it first
	Scans     []*Scan                              // in the order of the text

	// Output is the result's columns as the user sees them.
	Output []schema.Column
}

// Relation is what one item of FROM gives and what carries an alias in lowered
// SQL.
type Relation struct {
	Alias   string        // unique in the statement
	Scan    *Scan         // a table of the catalog
	CTE     *CTE          // a WITH part by name
	View    *syntax.Query // a view's query
	Columns []*Column
	Outer   bool // an UNNEST that gives a row of NULLs where it has none: LEFT JOIN

	subquery *syntax.Query // of a derived table
	Series   *[3]int64     // what TABLE(sequence(…)) counts: from, to and by
	Input    *syntax.Query // the table of TABLE(exclude_columns(…))
}

// Column is one column in reach of a name.
type Column struct {
	Relation *Relation
	Name     string // lower case; "" where it has none
	Ref      string // its name in the relation's lowered SQL
	Field    string // the field of Ref it is, where UNNEST takes rows or map entries apart
	Type     schema.Type
	Hidden   bool
	JSON     *JSON // a column of JSON_TABLE: how it comes from the text at At, from 0, of Ref
	At       int

	Using  []*Column // the left and right column that JOIN USING merged
	Item   *Item     // the thing selected that ORDER BY names
	Lambda bool      // a lambda's parameter; Ref is its name
	used   *bool     // set when a scan's column is read
}

// Scan is a table read in FROM, and how much of it.
type Scan struct {
	Table *catalog.Table
	Used  []bool      // which of Table.All() are read, in that order
	Parts []lake.Part // what pruning left

	// Of an external table: the partitions that pruning left, and their files,
	// which the session finds after bind.
	Partitions []catalog.Partition
	Files      []catalog.File
	Lake       catalog.LakeCopy // further files, to be read where the lake has them
	at         *syntax.Table

	// Times is how often Athena reads it: once for each time that a WITH part around
	// it is named.
	Times  int64
	within *CTE
}

// CTE is one part of WITH.
type CTE struct {
	Name    string // unique in the statement
	Outputs []Output
	Steps   []string    // of a recursive part: names for what it starts from and each step in turn
	Step    syntax.Body // what each step reads the one before with
	Union   *syntax.SetOp

	query   *syntax.Query // of a part that is not recursive
	reads   int           // how often it is named
	readers []*CTE        // the part in which each of those stands, nil for none
}

// Output is one column of a query's body.
type Output struct {
	Name string // lower case; "" for an expression without a name
	Ref  string // unique in the body, its name in lowered SQL
	Type schema.Type
}

// Item is one thing selected after * has been expanded: an expression, a column
// of *, or a field of expr.*.
type Item struct {
	Expr   syntax.Expr // nil for a column of *
	Column *Column
	Field  string // of Expr, for expr.*
	Out    Output
}

// Select is what bind knows of a *syntax.Select.
type Select struct {
	Items      []*Item
	Groups     []Group
	Aggregated bool // there is a GROUP BY or an aggregate
}

// Group is a GROUP BY element with its ordinals resolved.
type Group struct {
	Kind string // as syntax.GroupElement.Kind
	Sets [][]*Item
}

// Query is what bind knows of a *syntax.Query.
type Query struct {
	CTEs    []*CTE
	Order   []Order
	Outputs []Output
	Items   []*Item // where the body is a SELECT
}

// Order is one ORDER BY item: the place of an output column from 1, or else an
// expression.
type Order struct {
	Ordinal int
	Expr    syntax.Expr
	Type    schema.Type
}

// Call is a function with its overload chosen.
type Call struct {
	Func   *funcs.Func
	Args   []syntax.Expr
	Params []schema.Type
	Result schema.Type
}

func newInfo() *Info {
	return &Info{
		Types:     map[syntax.Expr]schema.Type{},
		Coerce:    map[syntax.Node]schema.Type{},
		Columns:   map[syntax.Expr]*Column{},
		Calls:     map[syntax.Expr]*Call{},
		JSON:      map[*syntax.Call]*JSON{},
		JSONRows:  map[*syntax.JSONTable]*JSON{},
		Relations: map[syntax.Relation]*Relation{},
		Outputs:   map[syntax.Body][]Output{},
		Selects:   map[*syntax.Select]*Select{},
		Queries:   map[*syntax.Query]*Query{},
		Expanded:  map[*syntax.TableBody]*syntax.Select{},
		Texts:     map[syntax.Expr]string{},
		Params:    map[*syntax.Param]syntax.Expr{},
		Matched:   map[*syntax.SetOp][2][]int{},
		Counts:    map[syntax.Expr]string{},
		Lambdas:   map[*syntax.Lambda][]string{},
		Aliases:   reserved(),
		Windows:   map[*syntax.Window]*syntax.Window{},
		Views:     map[string]*syntax.Table{},
	}
}

// Type is the type of e after its implicit cast: what the expression around it
// sees.
func (in *Info) Type(e syntax.Expr) schema.Type {
	if t, ok := in.Coerce[e]; ok {
		return t
	}
	return in.Types[e]
}
