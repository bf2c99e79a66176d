package syntax

// Walk visits n and what it is made of, parents first, in the order of the
// source. Where visit returns false, the node's parts are left out. Names that
// are no expressions (of tables, aliases, fields, types) are not visited.
func Walk(n Node, visit func(Node) bool) {
	if !visit(n) {
		return
	}
	w := walker(visit)
	switch n := n.(type) {
	case *Explain:
		Walk(n.Of, visit)
	case *Prepare:
		Walk(n.Of, visit)
	case *Execute:
		w.exprs(n.Using...)
	case *Describe, *CreateTableAs, *CreateView, *Insert, *Copy, *Unload, *AlterTable:
		w.ddl(n)
	case *Query:
		if n.With != nil {
			Walk(n.With, visit)
		}
		Walk(n.Body, visit)
		w.sort(n.OrderBy)
		w.exprs(n.Offset, n.Limit)
	case *With:
		for _, part := range n.Parts {
			Walk(part, visit)
		}
	case *WithPart:
		Walk(n.Query, visit)
	case *Select:
		w.selectBody(n)
	case *SelectItem:
		w.exprs(n.Expr)
	case *SetOp:
		Walk(n.Left, visit)
		Walk(n.Right, visit)
	case *Values:
		w.exprs(n.Rows...)
	case *GroupBy:
		for i := range n.Elements {
			Walk(&n.Elements[i], visit)
		}
	case *GroupElement:
		for _, set := range n.Sets {
			w.exprs(set...)
		}
	case *SortItem:
		w.exprs(n.Expr)
	case *Table:
		w.exprs(n.At)
	case *SubqueryRel:
		Walk(n.Query, visit)
	case *Join:
		Walk(n.Left, visit)
		Walk(n.Right, visit)
		w.exprs(n.On)
	case *Unnest:
		w.exprs(n.Exprs...)
	case *JSONTable:
		Walk(n.Call, visit)
		w.jsonColumns(n.Columns)
	case *Lateral:
		Walk(n.Query, visit)
	case *Aliased:
		Walk(n.Of, visit)
	case *Sample:
		Walk(n.Of, visit)
		w.exprs(n.Percentage)
	case *TableFunc:
		Walk(n.Call, visit)
	case *Unparsed:
		if n.Of != nil {
			Walk(n.Of, visit)
		}
	case *Window:
		w.exprs(n.PartitionBy...)
		w.sort(n.OrderBy)
		if n.Frame != nil {
			Walk(n.Frame, visit)
		}
	case *WindowDef:
		Walk(&n.Window, visit)
	case *Frame:
		w.exprs(n.Start.Value, n.Last.Value)
	case *When:
		w.exprs(n.Cond, n.Result)
	case Expr:
		w.expr(n)
	}
}

// walker is Walk's visit, for the parts that many nodes have.
type walker func(Node) bool

// exprs visits those that are there.
func (w walker) exprs(list ...Expr) {
	for _, x := range list {
		if x != nil {
			Walk(x, w)
		}
	}
}

// jsonColumns visits the defaults of columns.
func (w walker) jsonColumns(list []JSONColumn) {
	for i := range list {
		if j := list[i].JSON; j != nil {
			w.exprs(j.DefaultEmpty, j.DefaultError)
		}
		w.jsonColumns(list[i].Nested)
	}
}

// ddl visits the parts of the statements about the catalog that have some.
func (w walker) ddl(n Node) {
	switch n := n.(type) {
	case *Describe:
		w.partition(n.Partition)
	case *CreateTableAs:
		w.options(n.Options)
		Walk(n.Query, w)
	case *CreateView:
		Walk(n.Query, w)
	case *Insert:
		Walk(n.Query, w)
	case *Copy:
		Walk(n.Query, w)
	case *Unload:
		Walk(n.Query, w)
		w.options(n.Options)
	case *AlterTable:
		w.alter(n.Action)
	}
}

func (w walker) options(list []Option) {
	for _, o := range list {
		w.exprs(o.Value)
	}
}

// alter visits an action and the values of its partitions.
func (w walker) alter(a AlterAction) {
	if !w(a) {
		return
	}
	switch a := a.(type) {
	case *AddPartitions:
		w.partitions(a.Partitions)
	case *DropPartitions:
		w.partitions(a.Partitions)
	case *RenamePartition:
		w.partition(&a.Old)
		w.partition(&a.New)
	case *AddColumns:
		w.partition(a.Partition)
	case *ReplaceColumns:
		w.partition(a.Partition)
	case *SetLocation:
		w.partition(a.Partition)
	}
}

func (w walker) partitions(specs []PartitionSpec) {
	for i := range specs {
		w.partition(&specs[i])
	}
}

func (w walker) partition(spec *PartitionSpec) {
	if spec == nil {
		return
	}
	for _, v := range spec.Values {
		w.exprs(v.Value)
	}
}

func (w walker) sort(items []SortItem) {
	for i := range items {
		Walk(&items[i], w)
	}
}

func (w walker) selectBody(s *Select) {
	for i := range s.Items {
		Walk(&s.Items[i], w)
	}
	if s.From != nil {
		Walk(s.From, w)
	}
	w.exprs(s.Where)
	if s.GroupBy != nil {
		Walk(s.GroupBy, w)
	}
	w.exprs(s.Having)
	for i := range s.Windows {
		Walk(&s.Windows[i], w)
	}
}

// expr visits the parts of an expression.
func (w walker) expr(x Expr) {
	switch x := x.(type) {
	case *Deref:
		w.exprs(x.Base)
	case *Unary:
		w.exprs(x.X)
	case *Binary:
		w.exprs(x.X, x.Y)
	case *Logical:
		w.exprs(x.X, x.Y)
	case *Not:
		w.exprs(x.X)
	case *Between:
		w.exprs(x.X, x.Low, x.High)
	case *In:
		w.exprs(x.X)
		w.exprs(x.List...)
		w.query(x.Query)
	case *Like:
		w.exprs(x.X, x.Pattern, x.Escape)
	case *IsNull:
		w.exprs(x.X)
	case *IsDistinct:
		w.exprs(x.X, x.Y)
	case *Exists:
		w.query(x.Query)
	case *Quantified:
		w.exprs(x.X)
		w.query(x.Query)
	case *Call:
		w.call(x)
	case *Lambda:
		w.exprs(x.Body)
	case *Cast:
		w.exprs(x.X)
	case *Case:
		w.exprs(x.Operand)
		for i := range x.Whens {
			Walk(&x.Whens[i], w)
		}
		w.exprs(x.Else)
	case *ArrayLit:
		w.exprs(x.Elems...)
	case *RowLit:
		w.exprs(x.Elems...)
	case *Subscript:
		w.exprs(x.Base, x.Index)
	case *Extract:
		w.exprs(x.X)
	case *Subquery:
		w.query(x.Query)
	case *AtTimeZone:
		w.exprs(x.X, x.Zone)
	case *Paren:
		w.exprs(x.X)
	case *NamedArg:
		w.exprs(x.Value)
	case *StructLit:
		w.exprs(x.Elems...)
	}
}

func (w walker) query(q *Query) {
	if q != nil {
		Walk(q, w)
	}
}

func (w walker) call(c *Call) {
	w.exprs(c.Args...)
	if j := c.JSON; j != nil {
		for i := range j.Passing {
			w.exprs(j.Passing[i].Value)
		}
		w.exprs(j.DefaultEmpty, j.DefaultError)
	}
	w.sort(c.OrderBy)
	w.exprs(c.Filter)
	if c.Over != nil {
		Walk(c.Over, w)
	}
}
