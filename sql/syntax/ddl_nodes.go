package syntax

// The statements that make and change what the catalog knows.

func (*CreateDatabase) statementNode() {}
func (*AlterDatabase) statementNode()  {}
func (*CreateTable) statementNode()    {}
func (*CreateTableAs) statementNode()  {}
func (*CreateView) statementNode()     {}
func (*Drop) statementNode()           {}
func (*AlterTable) statementNode()     {}
func (*Repair) statementNode()         {}
func (*Insert) statementNode()         {}
func (*Unload) statementNode()         {}
func (*Copy) statementNode()           {}

// CreateDatabase is CREATE DATABASE|SCHEMA [IF NOT EXISTS] name [COMMENT c]
// [LOCATION l] [WITH DBPROPERTIES (…)].
type CreateDatabase struct {
	Span
	Name        Name
	IfNotExists bool
	Comment     *StringLit
	Location    *StringLit
	Properties  []Property
}

// AlterDatabase is ALTER DATABASE name SET DBPROPERTIES (…).
type AlterDatabase struct {
	Span
	Name       Name
	Properties []Property
}

// Property is 'key' = 'value', as in TBLPROPERTIES.
type Property struct {
	Key, Value StringLit
}

// ColumnDef is name type [COMMENT c].
type ColumnDef struct {
	Span
	Name    Ident
	Type    TypeName // Hive's notation, as schema.Parse reads it: struct<a:int,b:array<string>>
	Comment *StringLit
}

// CreateTable is CREATE [EXTERNAL] TABLE with columns; its clauses may come in
// any order.
type CreateTable struct {
	Span
	External      bool
	IfNotExists   bool
	Name          Name
	Columns       []ColumnDef
	Comment       *StringLit
	PartitionedBy []ColumnDef
	ClusteredBy   *Clustering
	RowFormat     *RowFormat
	StoredAs      string // PARQUET, TEXTFILE, …, in upper case; "" where not said
	InputFormat   *StringLit
	OutputFormat  *StringLit
	Location      *StringLit
	Properties    []Property // TBLPROPERTIES
}

// Clustering is CLUSTERED BY (columns) INTO n BUCKETS.
type Clustering struct {
	Span
	Columns []Ident
	Buckets NumberLit
}

// RowFormat is ROW FORMAT SERDE 'class', or ROW FORMAT DELIMITED with its
// clauses, where Serde is nil, and [WITH SERDEPROPERTIES (…)], which may also
// stand alone. A clause that is not there is nil.
type RowFormat struct {
	Span
	Serde      *StringLit
	Delimited  bool
	Properties []Property

	Fields, Escaped, Collection, MapKeys, Lines, Null *StringLit
}

// Option is name = expression, as in WITH (format = 'PARQUET').
type Option struct {
	Span
	Name  Ident
	Value Expr
}

// CreateTableAs is CREATE TABLE [IF NOT EXISTS] name [(columns)] [COMMENT c]
// [WITH (…)] AS query [WITH [NO] DATA].
type CreateTableAs struct {
	Span
	IfNotExists bool
	Name        Name
	Columns     []Ident // new names for the query's columns
	Comment     *StringLit
	Options     []Option
	Query       *Query
	NoData      bool
}

// CreateView is CREATE [OR REPLACE] VIEW name [COMMENT c] [SECURITY DEFINER |
// INVOKER] AS query.
type CreateView struct {
	Span
	OrReplace bool
	Name      Name
	Comment   *StringLit
	Security  string // DEFINER, INVOKER or ""
	Query     *Query
	Text      string // the query as written
}

// Drop is DROP DATABASE|TABLE|VIEW [IF EXISTS] name [CASCADE|RESTRICT].
type Drop struct {
	Span
	What     string // DATABASE, TABLE, VIEW
	IfExists bool
	Name     Name
	Cascade  bool
}

// AlterTable is ALTER TABLE table action.
type AlterTable struct {
	Span
	Table  Name
	Action AlterAction
}

// AlterAction is one of
//
//	*AddPartitions *DropPartitions *RenamePartition *AddColumns *ReplaceColumns
//	*ChangeColumn *SetLocation *SetProperties
type AlterAction interface {
	Node
	alterNode()
}

func (*AddPartitions) alterNode()   {}
func (*DropPartitions) alterNode()  {}
func (*RenamePartition) alterNode() {}
func (*AddColumns) alterNode()      {}
func (*ReplaceColumns) alterNode()  {}
func (*ChangeColumn) alterNode()    {}
func (*SetLocation) alterNode()     {}
func (*SetProperties) alterNode()   {}

// PartitionSpec is PARTITION (column = value, …) [LOCATION l]. Op is = but in
// DROP PARTITION, which takes comparisons.
type PartitionSpec struct {
	Span
	Values   []PartitionValue
	Location *StringLit
}

// PartitionValue is column op value; the value is a string, a number or DATE
// '…', Text its text.
type PartitionValue struct {
	Span
	Column Ident
	Op     string
	Text   string
	Value  Expr
}

// AddPartitions is ADD [IF NOT EXISTS] PARTITION (…) [LOCATION l] ….
type AddPartitions struct {
	Span
	IfNotExists bool
	Partitions  []PartitionSpec
}

// DropPartitions is DROP [IF EXISTS] PARTITION (…), ….
type DropPartitions struct {
	Span
	IfExists   bool
	Partitions []PartitionSpec
}

// RenamePartition is PARTITION (…) RENAME TO PARTITION (…).
type RenamePartition struct {
	Span
	Old, New PartitionSpec
}

// AddColumns is [PARTITION (…)] ADD COLUMNS (…).
type AddColumns struct {
	Span
	Partition *PartitionSpec
	Columns   []ColumnDef
}

// ReplaceColumns is [PARTITION (…)] REPLACE COLUMNS (…).
type ReplaceColumns struct {
	Span
	Partition *PartitionSpec
	Columns   []ColumnDef
}

// ChangeColumn is CHANGE [COLUMN] old new type [COMMENT c] [FIRST | AFTER
// column].
type ChangeColumn struct {
	Span
	Old   Ident
	New   ColumnDef
	First bool
	After *Ident
}

// SetLocation is [PARTITION (…)] SET LOCATION 's3://…'.
type SetLocation struct {
	Span
	Partition *PartitionSpec
	Location  StringLit
}

// SetProperties is SET TBLPROPERTIES (…).
type SetProperties struct {
	Span
	Properties []Property
}

// Repair is MSCK REPAIR TABLE table.
type Repair struct {
	Span
	Table Name
}

// Insert is INSERT INTO table [(columns)] query.
type Insert struct {
	Span
	Table   Name
	Columns []Ident
	Query   *Query
}

// Unload is UNLOAD (query) TO 's3://…' [WITH (…)].
type Unload struct {
	Span
	Query   *Query
	To      StringLit
	Options []Option
}

// Copy is DuckDB's COPY (query) TO 'path' (option value, …), in lowered SQL
// only.
type Copy struct {
	Span
	Query   *Query
	To      string
	Options []NamedArg
}
