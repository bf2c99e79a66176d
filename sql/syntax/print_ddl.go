package syntax

// ddl writes the statements about the catalog: Hive's in Hive's notation, with
// names in back-ticks and backslashes in strings.
func (p *printer) ddl(st Statement) {
	switch st := st.(type) {
	case *CreateDatabase:
		p.createDatabase(st)
	case *AlterDatabase:
		p.say("ALTER DATABASE ")
		p.hiveName(st.Name)
		p.say(" SET DBPROPERTIES ")
		p.properties(st.Properties)
	case *CreateTable:
		p.createTable(st)
	case *CreateTableAs:
		p.createTableAs(st)
	case *CreateView:
		p.createView(st)
	case *Drop:
		p.say("DROP ", st.What, " ")
		p.only(st.IfExists, "IF EXISTS ")
		p.hiveName(st.Name)
		p.only(st.Cascade, " CASCADE")
	case *AlterTable:
		p.say("ALTER TABLE ")
		p.hiveName(st.Table)
		p.say(" ")
		p.alterAction(st.Action)
	case *Repair:
		p.say("MSCK REPAIR TABLE ")
		p.hiveName(st.Table)
	case *Insert:
		p.say("INSERT INTO ")
		p.name(st.Table)
		p.say(" ")
		if st.Columns != nil {
			p.idents(st.Columns)
			p.say(" ")
		}
		p.query(st.Query)
	case *Copy:
		p.copy(st)
	case *Unload:
		p.say("UNLOAD ")
		p.bracketed(st.Query)
		p.say(" TO ", quoteString(st.To.Value))
		p.options(" WITH ", st.Options)
	}
}

// only writes text where is holds.
func (p *printer) only(is bool, text string) {
	if is {
		p.say(text)
	}
}

// clause writes a string of Hive's after its words, nothing where there is
// none.
func (p *printer) clause(words string, s *StringLit) {
	if s != nil {
		p.say(words, quoteHive(s.Value))
	}
}

func (p *printer) hiveName(n Name) {
	for i, part := range n {
		p.only(i > 0, ".")
		if part.Quoted && containsDot(part.Name) { // in back-ticks it would be two
			p.say(quoteName(part.Name))
			continue
		}
		p.hiveIdent(part)
	}
}

func containsDot(name string) bool {
	for i := range len(name) {
		if name[i] == '.' {
			return true
		}
	}
	return false
}

func (p *printer) hiveIdent(id Ident) {
	if id.Quoted || IsReserved(id.Name) || !isPlainName(id.Name) {
		p.say(quoteBackticks(id.Name))
		return
	}
	p.say(id.Name)
}

func (p *printer) hiveIdents(list []Ident) {
	p.say("(")
	p.each(len(list), func(i int) { p.hiveIdent(list[i]) })
	p.say(")")
}

func (p *printer) properties(list []Property) {
	p.say("(")
	p.each(len(list), func(i int) { p.say(quoteHive(list[i].Key.Value), " = ", quoteHive(list[i].Value.Value)) })
	p.say(")")
}

func (p *printer) columnDefs(list []ColumnDef) {
	p.say("(")
	p.each(len(list), func(i int) { p.columnDef(list[i]) })
	p.say(")")
}

func (p *printer) columnDef(c ColumnDef) {
	p.hiveIdent(c.Name)
	p.say(" ", c.Type.Text)
	p.clause(" COMMENT ", c.Comment)
}

func (p *printer) createDatabase(c *CreateDatabase) {
	p.say("CREATE DATABASE ")
	p.only(c.IfNotExists, "IF NOT EXISTS ")
	p.hiveName(c.Name)
	p.clause(" COMMENT ", c.Comment)
	p.clause(" LOCATION ", c.Location)
	if c.Properties != nil {
		p.say(" WITH DBPROPERTIES ")
		p.properties(c.Properties)
	}
}

func (p *printer) createTable(c *CreateTable) {
	p.say("CREATE ")
	p.only(c.External, "EXTERNAL ")
	p.say("TABLE ")
	p.only(c.IfNotExists, "IF NOT EXISTS ")
	p.hiveName(c.Name)
	if c.Columns != nil {
		p.say(" ")
		p.columnDefs(c.Columns)
	}
	p.clause(" COMMENT ", c.Comment)
	if c.PartitionedBy != nil {
		p.say(" PARTITIONED BY ")
		p.columnDefs(c.PartitionedBy)
	}
	if c.ClusteredBy != nil {
		p.say(" CLUSTERED BY ")
		p.hiveIdents(c.ClusteredBy.Columns)
		p.say(" INTO ", c.ClusteredBy.Buckets.Text, " BUCKETS")
	}
	if c.RowFormat != nil {
		p.rowFormat(c.RowFormat)
	}
	p.only(c.StoredAs != "", " STORED AS "+c.StoredAs)
	p.clause(" STORED AS INPUTFORMAT ", c.InputFormat)
	p.clause(" OUTPUTFORMAT ", c.OutputFormat)
	p.clause(" LOCATION ", c.Location)
	if c.Properties != nil {
		p.say(" TBLPROPERTIES ")
		p.properties(c.Properties)
	}
}

func (p *printer) rowFormat(f *RowFormat) {
	p.clause(" ROW FORMAT SERDE ", f.Serde)
	if f.Delimited {
		p.say(" ROW FORMAT DELIMITED")
		for _, d := range f.delimiters() {
			if *d.value == nil {
				continue
			}
			for _, word := range d.words {
				p.say(" ", word)
			}
			p.clause(" ", *d.value)
		}
	}
	if f.Properties != nil {
		p.say(" WITH SERDEPROPERTIES ")
		p.properties(f.Properties)
	}
}

func (p *printer) options(intro string, list []Option) {
	if list == nil {
		return
	}
	p.say(intro, "(")
	p.each(len(list), func(i int) {
		p.ident(list[i].Name)
		p.say(" = ")
		p.expr(list[i].Value)
	})
	p.say(")")
}

func (p *printer) createTableAs(c *CreateTableAs) {
	p.say("CREATE TABLE ")
	p.only(c.IfNotExists, "IF NOT EXISTS ")
	p.name(c.Name)
	if c.Columns != nil {
		p.say(" ")
		p.idents(c.Columns)
	}
	p.comment(c.Comment)
	p.options(" WITH ", c.Options)
	p.say(" AS ")
	p.query(c.Query)
	p.only(c.NoData, " WITH NO DATA")
}

func (p *printer) createView(c *CreateView) {
	p.say("CREATE ")
	p.only(c.OrReplace, "OR REPLACE ")
	p.say("VIEW ")
	p.name(c.Name)
	p.comment(c.Comment)
	p.only(c.Security != "", " SECURITY "+c.Security)
	p.say(" AS ")
	p.query(c.Query)
}

// comment is a query statement's, without backslashes.
func (p *printer) comment(c *StringLit) {
	if c != nil {
		p.say(" COMMENT ", quoteString(c.Value))
	}
}

func (p *printer) alterAction(a AlterAction) {
	switch a := a.(type) {
	case *AddPartitions:
		p.say("ADD")
		p.only(a.IfNotExists, " IF NOT EXISTS")
		for _, spec := range a.Partitions {
			p.say(" ")
			p.partitionSpec(spec)
			p.clause(" LOCATION ", spec.Location)
		}
	case *DropPartitions:
		p.say("DROP ")
		p.only(a.IfExists, "IF EXISTS ")
		p.each(len(a.Partitions), func(i int) { p.partitionSpec(a.Partitions[i]) })
	case *RenamePartition:
		p.partitionSpec(a.Old)
		p.say(" RENAME TO ")
		p.partitionSpec(a.New)
	case *AddColumns:
		p.ofPartition(a.Partition, "ADD COLUMNS ")
		p.columnDefs(a.Columns)
	case *ReplaceColumns:
		p.ofPartition(a.Partition, "REPLACE COLUMNS ")
		p.columnDefs(a.Columns)
	case *ChangeColumn:
		p.changeColumn(a)
	case *SetLocation:
		p.ofPartition(a.Partition, "SET LOCATION "+quoteHive(a.Location.Value))
	case *SetProperties:
		p.say("SET TBLPROPERTIES ")
		p.properties(a.Properties)
	}
}

func (p *printer) changeColumn(c *ChangeColumn) {
	p.say("CHANGE COLUMN ")
	p.hiveIdent(c.Old)
	p.say(" ")
	p.columnDef(c.New)
	p.only(c.First, " FIRST")
	if c.After != nil {
		p.say(" AFTER ")
		p.hiveIdent(*c.After)
	}
}

// ofPartition writes what works on a table, or on one of its partitions.
func (p *printer) ofPartition(spec *PartitionSpec, action string) {
	if spec != nil {
		p.partitionSpec(*spec)
		p.say(" ")
	}
	p.say(action)
}

func (p *printer) partitionSpec(s PartitionSpec) {
	p.say("PARTITION (")
	p.each(len(s.Values), func(i int) {
		v := s.Values[i]
		p.hiveIdent(v.Column)
		p.say(" ", v.Op, " ")
		switch x := v.Value.(type) {
		case *NumberLit:
			p.say(x.Text)
		case *TypedLit:
			p.say(x.Type.Text, " ", quoteHive(x.Value))
		default:
			p.say(quoteHive(v.Text))
		}
	})
	p.say(")")
}

// copy is DuckDB's: an option's list of names stands in brackets.
func (p *printer) copy(c *Copy) {
	p.say("COPY ")
	p.bracketed(c.Query)
	p.say(" TO ", quoteString(c.To), " (")
	p.each(len(c.Options), func(i int) {
		p.say(c.Options[i].Name, " ")
		if list, ok := c.Options[i].Value.(*RowLit); ok {
			p.say("(")
			p.exprs(list.Elems)
			p.say(")")
			return
		}
		p.expr(c.Options[i].Value)
	})
	p.say(")")
}
