package syntax

// alter takes ALTER DATABASE and ALTER TABLE.
func (p *parser) alter() Statement {
	switch next := p.peek(1); next.Sym {
	case "DATABASE", "SCHEMA":
		return p.alterDatabase()
	case "TABLE":
		return p.alterTable()
	}
	if name := p.unsupportedName(); name != "ALTER" {
		return p.unsupported(name)
	}
	p.next()
	p.expected("'DATABASE'", "'SCHEMA'", "'TABLE'")
	return &AlterTable{}
}

func (p *parser) alterDatabase() Statement {
	a := &AlterDatabase{}
	first := p.tok
	p.next()
	p.next()
	a.Name = p.hiveName()
	if p.at("SET") && !p.peek(1).is("DBPROPERTIES") {
		return p.insteadUnsupported(first, "ALTER DATABASE SET "+p.peek(1).Sym)
	}
	p.want("SET")
	p.want("DBPROPERTIES")
	p.hive(func() { a.Properties = p.properties() })
	a.Span = p.span(first.From)
	return a
}

func (p *parser) alterTable() Statement {
	a := &AlterTable{}
	first := p.tok
	p.next()
	p.next()
	a.Table = p.hiveName()
	refused := ""
	p.hive(func() {
		if refused = p.unsupportedAction(); refused == "" {
			a.Action = p.alterAction()
		}
	})
	if refused != "" {
		return p.insteadUnsupported(first, "ALTER TABLE "+refused)
	}
	a.Span = p.span(first.From)
	return a
}

// unsupportedAction names an action of Hive's or Iceberg's that Athena or
// logsql does not have, "" for none.
func (p *parser) unsupportedAction() string {
	for _, words := range [][]string{
		{"RENAME", "TO"},
		{"RENAME", "COLUMN"},
		{"ADD", "COLUMN"},
		{"DROP", "COLUMN"},
		{"SET", "SERDE"},
		{"SET", "SERDEPROPERTIES"},
	} {
		if p.atSeq(words...) {
			return words[0] + " " + words[1]
		}
	}
	return ""
}

func (p *parser) alterAction() AlterAction {
	from := p.tok.From
	if p.at("PARTITION") {
		return p.partitionAction(from)
	}
	if action := p.columnsOrLocation(from, nil); action != nil {
		return action
	}
	switch {
	case p.got("ADD"):
		return p.addPartitions(from)
	case p.got("DROP"):
		return p.dropPartitions(from)
	case p.got("CHANGE"):
		return p.changeColumn(from)
	case p.gotSeq("SET", "TBLPROPERTIES"):
		list := p.properties()
		return &SetProperties{Span: p.span(from), Properties: list}
	}
	p.expected("'PARTITION'")
	return &SetProperties{}
}

// partitionAction takes what works on one partition.
func (p *parser) partitionAction(from Pos) AlterAction {
	spec := p.partitionSpec(false)
	if action := p.columnsOrLocation(from, &spec); action != nil {
		return action
	}
	p.want("RENAME")
	p.want("TO")
	to := p.partitionSpec(false)
	return &RenamePartition{Span: p.span(from), Old: spec, New: to}
}

// columnsOrLocation takes what works on a table or on one of its partitions,
// nil where it does not begin here.
func (p *parser) columnsOrLocation(from Pos, spec *PartitionSpec) AlterAction {
	switch {
	case p.gotSeq("ADD", "COLUMNS"):
		list := p.columnDefs()
		return &AddColumns{Span: p.span(from), Partition: spec, Columns: list}
	case p.gotSeq("REPLACE", "COLUMNS"):
		list := p.columnDefs()
		return &ReplaceColumns{Span: p.span(from), Partition: spec, Columns: list}
	case p.gotSeq("SET", "LOCATION"):
		to := p.hiveString()
		return &SetLocation{Span: p.span(from), Partition: spec, Location: *to}
	}
	return nil
}

func (p *parser) addPartitions(from Pos) AlterAction {
	a := &AddPartitions{IfNotExists: p.ifNotExists()}
	for p.at("PARTITION") {
		spec := p.partitionSpec(false)
		if p.got("LOCATION") {
			spec.Location = p.hiveString()
			spec.To = p.prev.To
		}
		a.Partitions = append(a.Partitions, spec)
		if p.at(",") && p.peek(1).is("PARTITION") { // Hive has none between them
			p.warn(p.tok, "there is a comma too many before PARTITION")
			p.next()
		}
	}
	if a.Partitions == nil {
		p.expected("'COLUMNS'", "'PARTITION'")
	}
	a.Span = p.span(from)
	return a
}

func (p *parser) dropPartitions(from Pos) AlterAction {
	d := &DropPartitions{IfExists: p.ifExists()}
	d.Partitions = append(d.Partitions, p.partitionSpec(true))
	for p.got(",") {
		d.Partitions = append(d.Partitions, p.partitionSpec(true))
	}
	p.got("PURGE") // there is no trash
	d.Span = p.span(from)
	return d
}

func (p *parser) changeColumn(from Pos) AlterAction {
	c := &ChangeColumn{}
	if p.at("COLUMN") && p.peek(2).Kind != TokOp {
		p.next()
	}
	c.Old = p.hiveIdent()
	c.New = p.columnDef()
	if c.First = p.got("FIRST"); !c.First && p.got("AFTER") {
		after := p.hiveIdent()
		c.After = &after
	}
	c.Span = p.span(from)
	return c
}

// partitionSpec takes PARTITION (column = value, …); compare allows other
// comparisons, too.
func (p *parser) partitionSpec(compare bool) PartitionSpec {
	s := PartitionSpec{}
	from := p.tok.From
	p.want("PARTITION")
	p.hiveList(func() { s.Values = append(s.Values, p.partitionValue(compare)) })
	s.Span = p.span(from)
	return s
}

func (p *parser) partitionValue(compare bool) PartitionValue {
	v := PartitionValue{}
	from := p.tok.From
	v.Column = p.hiveIdent()
	if compare {
		v.Op = p.wantAny("=", "<>", "<", "<=", ">", ">=")
	} else {
		p.want("=")
		v.Op = "="
	}
	v.Value, v.Text = p.partitionLiteral()
	v.Span = p.span(from)
	return v
}

// partitionLiteral takes a partition column's value and its text.
func (p *parser) partitionLiteral() (Expr, string) {
	from, sign := p.tok.From, ""
	switch {
	case p.tok.Kind == TokWord && p.peek(1).Kind == TokString: // DATE '2021-12-01'
		name := p.hiveType()
		text := p.hiveString().Value
		return &TypedLit{Span: p.span(from), Type: &name, Value: text}, text
	case p.at("-"):
		p.next()
		sign = "-"
	}
	switch p.tok.Kind {
	case TokInteger, TokDecimal, TokDouble:
		text := sign + p.tok.Text
		p.next()
		return &NumberLit{Span: p.span(from), Text: text}, text
	}
	if sign != "" || p.tok.Kind != TokString {
		p.expected("<string>", "<number>")
	}
	s := p.hiveString()
	return s, s.Value
}
