package syntax

// Pos is a place in the source: Line and Col count from 1, Col in characters
// as Trino does; Offset is the byte.
type Pos struct {
	Offset, Line, Col int
}

// IsValid reports whether the position is set; nodes made by lowering have none.
func (p Pos) IsValid() bool { return p.Line > 0 }

// Span is what every node embeds: where it begins and where the text after it
// begins.
type Span struct {
	From, To Pos
}

// Pos is the place of the node's first character.
func (s Span) Pos() Pos { return s.From }

// End is the place after the node's last character.
func (s Span) End() Pos { return s.To }

// Node is any part of the tree. The tree is never changed after parsing: bind
// keeps what it learns beside it, lower builds a new one.
type Node interface {
	Pos() Pos
	End() Pos
}

// Statement is one of
//
//	*Query *Explain *Use *Show *Describe *Prepare *Execute *Deallocate *DescribePrepared
//	*CreateDatabase *AlterDatabase *CreateTable *CreateTableAs *CreateView *Drop
//	*AlterTable *Repair *Insert *Unload *Unsupported
type Statement interface {
	Node
	statementNode()
}

func (*Query) statementNode()      {}
func (*Explain) statementNode()    {}
func (*Use) statementNode()        {}
func (*Show) statementNode()       {}
func (*Describe) statementNode()   {}
func (*Prepare) statementNode()    {}
func (*Execute) statementNode()    {}
func (*Deallocate) statementNode() {}

func (*DescribePrepared) statementNode() {}

func (*Unsupported) statementNode() {}

// Unsupported is a statement that logsql knows by name and does not run.
type Unsupported struct {
	Span
	Name string // CREATE TABLE AS, MERGE, …
	Text string // the statement as written
}

// Explain is EXPLAIN [ANALYZE] [(option, …)] statement.
type Explain struct {
	Span
	Analyze bool
	Options string // as written, without brackets
	Of      Statement
}

// Use is USE [catalog.]database.
type Use struct {
	Span
	Catalog  *Ident
	Database Ident
}

// Show is SHOW what [FROM|IN name] [LIKE pattern [ESCAPE escape]]. Athena's
// forms SHOW TABLES IN db 'pattern' and SHOW COLUMNS FROM table IN db are read
// as these.
type Show struct {
	Span
	What   string // DATABASES, TABLES, COLUMNS, FUNCTIONS, CREATE TABLE, …; SCHEMAS is DATABASES
	From   Name   // what it is about; nil where there is none
	Like   *StringLit
	Escape *StringLit
	Key    *StringLit // the property of SHOW TBLPROPERTIES table('key')
}

// Describe is DESCRIBE [EXTENDED|FORMATTED] table [PARTITION (…)] [column], or
// DESCRIBE DATABASE [EXTENDED] name, with the name as Table.
type Describe struct {
	Span
	Database  bool
	Detail    string // EXTENDED, FORMATTED or ""
	Table     Name
	Partition *PartitionSpec
	Column    Name
}

// Prepare is PREPARE name FROM statement.
type Prepare struct {
	Span
	Name Ident
	Of   Statement
}

// Execute is EXECUTE name [USING expression, …], or EXECUTE IMMEDIATE text
// [USING expression, …].
type Execute struct {
	Span
	Name  Ident
	Text  *StringLit // of EXECUTE IMMEDIATE; there is no name then
	Using []Expr
}

// DescribePrepared is DESCRIBE INPUT|OUTPUT name: the parameters or the columns
// of a prepared statement.
type DescribePrepared struct {
	Span
	What string // INPUT, OUTPUT
	Name Ident
}

// Deallocate is DEALLOCATE PREPARE name.
type Deallocate struct {
	Span
	Name Ident
}

// Query is a whole query: what SELECT statements, subqueries and WITH parts are.
type Query struct {
	Span
	With    *With
	Body    Body
	OrderBy []SortItem
	Offset  Expr
	Limit   Expr // nil for none and for LIMIT ALL
	Fetch   Pos  // of FETCH FIRST; none for LIMIT
	Ties    bool // FETCH FIRST … ROWS WITH TIES
}

// With is WITH [RECURSIVE] part, ….
type With struct {
	Span
	Recursive bool
	Parts     []*WithPart
}

// WithPart is name [(columns)] AS (query).
type WithPart struct {
	Span
	Name    Ident
	Columns []Ident
	Query   *Query
}

// Body is what a query is made of before ORDER BY:
//
//	*Select *SetOp *Values *TableBody *Query
//
// A *Query is one in brackets.
type Body interface {
	Node
	bodyNode()
}

func (*Select) bodyNode()    {}
func (*SetOp) bodyNode()     {}
func (*Values) bodyNode()    {}
func (*TableBody) bodyNode() {}
func (*Query) bodyNode()     {}

// Select is SELECT … FROM … WHERE … GROUP BY … HAVING … WINDOW ….
type Select struct {
	Span
	Distinct bool
	Items    []SelectItem
	From     Relation // nil where there is none; a comma is a cross *Join
	Where    Expr
	GroupBy  *GroupBy
	Having   Expr
	Windows  []WindowDef
}

// SelectItem is one of the things selected: an expression with a name or
// without, *, t.*, or expr.* AS (names).
type SelectItem struct {
	Span
	Expr    Expr // nil for a bare *
	Star    bool
	Alias   *Ident
	Aliases []Ident // of expr.*
}

// SetOp is left UNION|INTERSECT|EXCEPT [ALL] [CORRESPONDING] right.
type SetOp struct {
	Span
	Op            string // UNION, INTERSECT, EXCEPT
	OpPos         Pos
	All           bool
	Corresponding bool // columns are matched by name
	Left          Body
	Right         Body
}

// Values is VALUES row, …. A row of one column may stand without brackets; one
// in brackets with more is a *RowLit.
type Values struct {
	Span
	Rows []Expr
}

// TableBody is TABLE name.
type TableBody struct {
	Span
	Name Name
}

// GroupBy is GROUP BY [ALL|DISTINCT] element, ….
type GroupBy struct {
	Span
	Distinct bool
	Elements []GroupElement
}

// GroupElement is one element: plain expressions (Kind "", one set), AUTO, or
// ROLLUP, CUBE, GROUPING SETS with their sets.
type GroupElement struct {
	Span
	Kind string
	Sets [][]Expr
}

// SortItem is expr [ASC|DESC] [NULLS FIRST|LAST].
type SortItem struct {
	Span
	Expr  Expr
	Desc  bool
	Nulls string // FIRST, LAST or "" (Trino's default: last)
}

// Relation is what FROM reads:
//
//	*Table *SubqueryRel *Join *Unnest *JSONTable *Lateral *Aliased *Sample *TableFunc *Unparsed
type Relation interface {
	Node
	relationNode()
}

func (*Table) relationNode()       {}
func (*SubqueryRel) relationNode() {}
func (*Join) relationNode()        {}
func (*Unnest) relationNode()      {}
func (*JSONTable) relationNode()   {}
func (*Lateral) relationNode()     {}
func (*Aliased) relationNode()     {}
func (*Sample) relationNode()      {}
func (*TableFunc) relationNode()   {}
func (*Unparsed) relationNode()    {}

// Table is a table, view or WITH part by name.
type Table struct {
	Span
	Name Name
	AsOf string // VERSION, TIMESTAMP: time travel, refused by bind
	At   Expr   // the version or time of AsOf
}

// SubqueryRel is (query).
type SubqueryRel struct {
	Span
	Query *Query
}

// Join is left kind JOIN right [ON …|USING (…)]; Kind is CROSS, INNER, LEFT,
// RIGHT or FULL. Comma marks FROM a, b.
type Join struct {
	Span
	Kind    string
	Natural bool
	Comma   bool
	Left    Relation
	Right   Relation
	On      Expr
	Using   []Ident
}

// Unnest is UNNEST(expr, …) [WITH ORDINALITY].
type Unnest struct {
	Span
	Exprs      []Expr
	Ordinality bool
}

// Lateral is LATERAL (query).
type Lateral struct {
	Span
	Query *Query
}

// Aliased is relation [AS] name [(columns)].
type Aliased struct {
	Span
	Of      Relation
	Name    Ident
	Columns []Ident
}

// Sample is relation TABLESAMPLE method (percentage).
type Sample struct {
	Span
	Of         Relation
	Method     string // BERNOULLI, SYSTEM
	Percentage Expr
}

// TableFunc is TABLE(name(arguments)); in lowered SQL also a bare
// name(arguments), such as read_parquet.
type TableFunc struct {
	Span
	Call *Call
}

// JSONTable is JSON_TABLE(value, path … COLUMNS (…) …). Call has the value, the
// path, its name and what is passed to it.
type JSONTable struct {
	Span
	Call    *Call
	Columns []JSONColumn
	Plan    *JSONPlan // nil for none
	OnError string    // ERROR, EMPTY or ""
}

// JSONColumn is a column of JSON_TABLE, or with Nested the columns of a path
// below it.
type JSONColumn struct {
	Span
	Name       Ident
	Ordinality bool         // FOR ORDINALITY: nothing follows
	JSON       *JSONClauses // of a value: Returning is its type
	Path       *StringLit   // nil for the member of the column's name
	PathName   *Ident
	Nested     []JSONColumn
}

// JSONPlan is PLAN: a path, or Left joined to Right by Op (OUTER and INNER to
// what is nested, UNION and CROSS to what stands beside it), or Default.
type JSONPlan struct {
	Span
	Path        *Ident
	Op          string
	Left, Right *JSONPlan
	Default     []string
}

// Unparsed is a construct that is recognised, skipped over and refused by bind:
// MATCH_RECOGNIZE.
type Unparsed struct {
	Span
	Of   Relation // what it applies to, nil where nothing
	What string
	Text string // its brackets, as written
}

// Expr is an expression:
//
//	*Ident *Deref *StringLit *NumberLit *BoolLit *NullLit *BinaryLit *TypedLit
//	*IntervalLit *Param *Unary *Binary *Logical *Not *Between *In *Like *IsNull
//	*IsDistinct *Exists *Quantified *Call *Lambda *Cast *Case *ArrayLit *RowLit
//	*Subscript *Extract *Subquery *AtTimeZone *Special *Paren
//
// and, in a table function's arguments, *NamedArg; in lowered SQL *StructLit and
// *Raw too.
type Expr interface {
	Node
	exprNode()
}

func (*Ident) exprNode()       {}
func (*Deref) exprNode()       {}
func (*StringLit) exprNode()   {}
func (*NumberLit) exprNode()   {}
func (*BoolLit) exprNode()     {}
func (*NullLit) exprNode()     {}
func (*BinaryLit) exprNode()   {}
func (*TypedLit) exprNode()    {}
func (*IntervalLit) exprNode() {}
func (*Param) exprNode()       {}
func (*Unary) exprNode()       {}
func (*Binary) exprNode()      {}
func (*Logical) exprNode()     {}
func (*Not) exprNode()         {}
func (*Between) exprNode()     {}
func (*In) exprNode()          {}
func (*Like) exprNode()        {}
func (*IsNull) exprNode()      {}
func (*IsDistinct) exprNode()  {}
func (*Exists) exprNode()      {}
func (*Quantified) exprNode()  {}
func (*Call) exprNode()        {}
func (*Lambda) exprNode()      {}
func (*Cast) exprNode()        {}
func (*Case) exprNode()        {}
func (*ArrayLit) exprNode()    {}
func (*RowLit) exprNode()      {}
func (*Subscript) exprNode()   {}
func (*Extract) exprNode()     {}
func (*Subquery) exprNode()    {}
func (*AtTimeZone) exprNode()  {}
func (*Special) exprNode()     {}
func (*Paren) exprNode()       {}
func (*NamedArg) exprNode()    {}
func (*StructLit) exprNode()   {}
func (*Raw) exprNode()         {}

// Ident is an identifier as written; names compare without case whether quoted
// or not, results show them in lower case.
type Ident struct {
	Span
	Name   string // without quotes
	Quoted bool
}

// Name is a dotted name: table, database.table or catalog.database.table.
type Name []Ident

// Pos is the place of the first part.
func (n Name) Pos() Pos { return n[0].From }

// End is the place after the last part.
func (n Name) End() Pos { return n[len(n)-1].To }

// Deref is base.field: a field of a row, or a column of a table. Which, bind
// decides.
type Deref struct {
	Span
	Base  Expr
	Field Ident
}

// StringLit is a string; Value has no quotes and no escapes left. Unicode marks
// U&'…'.
type StringLit struct {
	Span
	Value   string
	Unicode bool
}

// NumberLit is a number as written: integer, decimal (1.5) or double (1e0).
type NumberLit struct {
	Span
	Text string
}

// BoolLit is TRUE or FALSE.
type BoolLit struct {
	Span
	Value bool
}

// NullLit is NULL.
type NullLit struct{ Span }

// BinaryLit is X'…'.
type BinaryLit struct {
	Span
	Value []byte
}

// TypedLit is a type's name before a string: DATE '2021-12-01', DECIMAL '1.5'.
type TypedLit struct {
	Span
	Type  *TypeName
	Value string
}

// IntervalLit is INTERVAL [+|-] 'value' from [TO to].
type IntervalLit struct {
	Span
	Negative bool
	Value    string
	Field    string // YEAR, MONTH, DAY, HOUR, MINUTE, SECOND (WEEK is not Trino's)
	To       string
}

// Param is ? or, where ParseNamed read it, :name; the index-th from 0.
type Param struct {
	Span
	Index int
	Name  string // "" for ?
}

// Unary is + or - before an expression.
type Unary struct {
	Span
	Op string
	X  Expr
}

// Binary is an arithmetic operator, || or a comparison between two
// expressions: + - * / % || = <> < <= > >=. <> also stands for !=. In lowered
// SQL // too.
type Binary struct {
	Span
	Op    string
	OpPos Pos
	X, Y  Expr
}

// Logical is AND or OR over two expressions.
type Logical struct {
	Span
	Op   string
	X, Y Expr
}

// Not is NOT x.
type Not struct {
	Span
	X Expr
}

// Between is x [NOT] BETWEEN low AND high.
type Between struct {
	Span
	OpPos     Pos
	Not       bool
	X         Expr
	Low, High Expr
}

// In is x [NOT] IN (list) or x [NOT] IN (query).
type In struct {
	Span
	OpPos Pos
	Not   bool
	X     Expr
	List  []Expr
	Query *Query
}

// Like is x [NOT] LIKE pattern [ESCAPE escape].
type Like struct {
	Span
	OpPos   Pos
	Not     bool
	X       Expr
	Pattern Expr
	Escape  Expr
}

// IsNull is x IS [NOT] NULL.
type IsNull struct {
	Span
	OpPos Pos
	Not   bool
	X     Expr
}

// IsDistinct is x IS [NOT] DISTINCT FROM y.
type IsDistinct struct {
	Span
	OpPos Pos
	Not   bool
	X, Y  Expr
}

// Exists is EXISTS (query).
type Exists struct {
	Span
	Query *Query
}

// Quantified is x op ALL|ANY|SOME (query).
type Quantified struct {
	Span
	OpPos      Pos
	Op         string
	Quantifier string
	X          Expr
	Query      *Query
}

// Call is name([DISTINCT] arguments [ORDER BY …]) with what may follow it.
// Forms with a grammar of their own are calls by their plain name, with Args in
// the order a function has them, and Clause holds what has no place in Args:
//
//	position(a IN b)              Args a, b; Clause IN
//	substring(a FROM b FOR c)     Args a, b, c
//	trim(LEADING c FROM a)        Args a, c; Clause LEADING, TRAILING or BOTH
//	normalize(a, NFC)             Args a; Clause NFC
//	listagg(a, ',' ON OVERFLOW …) Args a, ','; Clause ON OVERFLOW, ERROR or
//	                              TRUNCATE, its filler (quoted), WITH|WITHOUT COUNT
//	json_value(a, path …)         Args a, path; JSON
//	json_object(k : v, …)         Args k, v, …; JSON
//	json_array(a, …)              Args a, …; JSON
type Call struct {
	Span
	Name     Name
	Distinct bool
	Star     bool // count(*)
	Args     []Expr
	OrderBy  []SortItem // in the brackets, or WITHIN GROUP
	Within   bool
	Filter   Expr
	Nulls    string // IGNORE, RESPECT or ""
	Over     *Window
	Clause   []string
	JSON     *JSONClauses // of json_exists, _value, _query, _object, _array; else nil
}

// JSONClauses is what follows the arguments of the SQL/JSON functions. Each
// field is empty where its clause is missing; the defaults are bind's matter.
type JSONClauses struct {
	Formats         []string // of Args: "" or JSON, JSON ENCODING UTF8, …; nil where none has one
	PathName        *Ident
	Passing         []JSONArg
	Returning       *TypeName
	ReturningFormat string
	Wrapper         string // WITHOUT, CONDITIONAL, UNCONDITIONAL (also for a plain WITH)
	Quotes          string // KEEP, OMIT
	OnScalar        bool   // QUOTES ON SCALAR STRING
	OnEmpty         string // ERROR, NULL, DEFAULT, EMPTY ARRAY, EMPTY OBJECT
	DefaultEmpty    Expr
	OnError         string // the same; of JSON_EXISTS TRUE, FALSE, UNKNOWN, ERROR
	DefaultError    Expr
	OnNull          string // NULL, ABSENT
	Unique          string // WITH, WITHOUT: UNIQUE KEYS
}

// JSONArg is value AS name in PASSING.
type JSONArg struct {
	Span
	Value  Expr
	Format string
	Name   Ident
}

// Window is OVER name or OVER (…).
type Window struct {
	Span
	Name        *Ident // the whole of it, or the window it starts from
	Bracketed   bool   // OVER (…), not OVER name
	PartitionBy []Expr
	OrderBy     []SortItem
	Frame       *Frame
}

// WindowDef is name AS (…) in WINDOW.
type WindowDef struct {
	Span
	Name   Ident
	Window Window
}

// Frame is ROWS|RANGE|GROUPS [BETWEEN] start [AND end].
type Frame struct {
	Span
	Unit        string
	Start, Last Bound // Last.Kind is "" without BETWEEN
}

// Bound is one end of a frame: UNBOUNDED PRECEDING, PRECEDING, CURRENT ROW,
// FOLLOWING, UNBOUNDED FOLLOWING.
type Bound struct {
	Span
	Kind  string
	Value Expr // of PRECEDING and FOLLOWING
}

// Lambda is x -> body or (x, y) -> body.
type Lambda struct {
	Span
	Params []Ident
	Body   Expr
}

// Cast is CAST or TRY_CAST(x AS type).
type Cast struct {
	Span
	Try  bool
	X    Expr
	Type *TypeName
}

// TypeName is a type as written: Text can be read by schema.Parse where it is a
// Trino type; lowered SQL holds DuckDB's names in it.
type TypeName struct {
	Span
	Text   string
	Source string // as written
}

// Case is CASE [operand] WHEN … THEN … [ELSE …] END.
type Case struct {
	Span
	Operand Expr
	Whens   []When
	Else    Expr
}

// When is WHEN cond THEN result.
type When struct {
	Span
	Cond, Result Expr
}

// ArrayLit is ARRAY[…] or […].
type ArrayLit struct {
	Span
	Elems []Expr
}

// RowLit is ROW(…) or (a, b).
type RowLit struct {
	Span
	Keyword bool
	Elems   []Expr
}

// Subscript is base[index].
type Subscript struct {
	Span
	Base, Index Expr
}

// Extract is EXTRACT(field FROM x).
type Extract struct {
	Span
	Field Ident
	X     Expr
}

// Subquery is (query) as a value.
type Subquery struct {
	Span
	Query *Query
	Table bool // TABLE(…), an argument of a table function
}

// AtTimeZone is x AT TIME ZONE zone.
type AtTimeZone struct {
	Span
	X, Zone Expr
}

// Special is a value without brackets: CURRENT_DATE, CURRENT_TIMESTAMP(3),
// LOCALTIME, CURRENT_USER, CURRENT_CATALOG, CURRENT_SCHEMA, CURRENT_PATH.
type Special struct {
	Span
	Name      string
	Precision int // -1 for none
}

// Paren is an expression in brackets, kept so that it prints as it was.
type Paren struct {
	Span
	X Expr
}

// NamedArg is name => value in a table function's arguments; in lowered SQL
// name = value.
type NamedArg struct {
	Span
	Name  string
	Value Expr
}

// StructLit is DuckDB's {'name': value, …}.
type StructLit struct {
	Span
	Names []string
	Elems []Expr
}

// Raw is DuckDB text that has no node: a parameter of a pivot, an operator.
// Nothing a user wrote ever gets into it.
type Raw struct {
	Span
	Text string
}
