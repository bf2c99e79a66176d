package syntax

import "strings"

// create takes the statements that begin with CREATE; the others are known by
// name only.
func (p *parser) create() Statement {
	switch next := p.peek(1); {
	case next.is("DATABASE"), next.is("SCHEMA"):
		return p.createDatabase()
	case next.is("TABLE"), next.is("EXTERNAL") && p.peek(2).is("TABLE"):
		return p.createTable()
	case next.is("VIEW"), next.is("OR") && p.peek(2).is("REPLACE") && p.peek(3).is("VIEW"):
		return p.createView()
	case next.is("PROTECTED"):
		return p.unsupported("CREATE PROTECTED MULTI DIALECT VIEW")
	case next.is("EXTERNAL"):
		p.next()
		p.next()
		p.want("TABLE")
		return &CreateTable{}
	}
	if name := p.unsupportedName(); name != "CREATE" {
		return p.unsupported(name)
	}
	p.next()
	for _, what := range []string{"DATABASE", "EXTERNAL", "OR", "SCHEMA", "TABLE", "VIEW"} {
		p.tried = append(p.tried, "'"+what+"'")
	}
	p.expected()
	return &CreateTable{}
}

func (p *parser) ifNotExists() bool {
	if !p.got("IF") {
		return false
	}
	p.want("NOT")
	p.want("EXISTS")
	return true
}

func (p *parser) ifExists() bool {
	if !p.got("IF") {
		return false
	}
	p.want("EXISTS")
	return true
}

func (p *parser) createDatabase() Statement {
	c := &CreateDatabase{}
	from := p.tok.From
	p.next()
	p.next()
	c.IfNotExists = p.ifNotExists()
	c.Name = p.hiveName()
	p.hive(func() {
		for p.err == nil {
			switch {
			case c.Comment == nil && p.got("COMMENT"):
				c.Comment = p.hiveString()
			case c.Location == nil && p.got("LOCATION"):
				c.Location = p.hiveString()
			case c.Properties == nil && p.gotSeq("WITH", "DBPROPERTIES"):
				c.Properties = p.properties()
			default:
				return
			}
		}
	})
	c.Span = p.span(from)
	return c
}

// createTable takes CREATE TABLE, Hive's and CREATE TABLE AS: which of them it
// is shows after the name and a comment.
func (p *parser) createTable() Statement {
	c := &CreateTable{}
	first := p.tok
	p.next()
	c.External = p.got("EXTERNAL")
	p.want("TABLE")
	c.IfNotExists = p.ifNotExists()
	c.Name = p.tableName()
	switch {
	case p.at("LIKE"):
		return p.insteadUnsupported(first, "CREATE TABLE LIKE")
	case !c.External && p.queryFollows():
		return p.createTableAs(first, c)
	}
	refused := ""
	p.hive(func() { refused = p.tableClauses(c) })
	switch {
	case refused != "":
		return p.insteadUnsupported(first, refused)
	case !c.External && p.queryFollows() && onlyComment(c):
		return p.createTableAs(first, c)
	case p.at("AS"):
		p.fail(p.tok, "mismatched input 'AS'. Expecting: ';', <EOF>",
			"CREATE TABLE … AS has WITH (format = 'PARQUET', …) before AS and none of Hive's clauses")
	}
	c.Span = p.span(first.From)
	return c
}

// tableName takes the name of a table to make; in single quotes, as one guide
// has it, it is none.
func (p *parser) tableName() Name {
	if p.tok.Kind == TokString && p.err == nil {
		p.fail(p.tok, "mismatched input '"+tokenText(p.tok)+"'. Expecting: <identifier>",
			"a table's name stands in back-ticks or without quotes: "+quoteBackticks(shortened(p.tok.value())))
	}
	return p.hiveName()
}

// queryFollows reports whether CREATE TABLE is one with AS.
func (p *parser) queryFollows() bool {
	if p.at("AS") || p.atSeq("WITH", "(") {
		return true
	}
	if !p.at("(") || !p.peek(1).isName() {
		return false
	}
	return p.peek(2).is(",") || p.peek(2).is(")") // names without types
}

func onlyComment(c *CreateTable) bool {
	return c.Columns == nil && c.PartitionedBy == nil && c.ClusteredBy == nil && c.RowFormat == nil &&
		c.StoredAs == "" && c.InputFormat == nil && c.Location == nil && c.Properties == nil
}

// tableClauses takes the columns and clauses of CREATE TABLE, each once, in any
// order. It returns the name of what is known and not taken, "" for none.
func (p *parser) tableClauses(c *CreateTable) string {
	if p.at("(") {
		c.Columns = p.columnDefs()
	}
	for p.err == nil {
		switch {
		case c.Comment == nil && p.got("COMMENT"):
			c.Comment = p.hiveString()
		case c.PartitionedBy == nil && p.got("PARTITIONED"):
			p.want("BY")
			if p.transformAhead() {
				return "CREATE TABLE with partition transforms (Iceberg)"
			}
			c.PartitionedBy = p.columnDefs()
		case c.ClusteredBy == nil && p.at("CLUSTERED"):
			c.ClusteredBy = p.clustering()
		case !c.hasFormat() && p.gotSeq("ROW", "FORMAT"):
			p.rowFormat(c)
		case !c.hasFormat() && p.at("ROW") && p.peek(1).is("FORMATSERDE"):
			p.next()
			p.warn(p.tok, "a blank is missing in FORMATSERDE")
			p.next()
			p.serde(c)
		case p.gotSeq("WITH", "SERDEPROPERTIES"):
			f := c.format()
			f.Properties = append(f.Properties, p.properties()...)
			f.To = p.prev.To
		case c.StoredAs == "" && c.InputFormat == nil && p.got("STORED"):
			if p.at("BY") {
				return "CREATE TABLE STORED BY"
			}
			p.storedAs(c)
		case c.Location == nil && p.got("LOCATION"):
			c.Location = p.hiveString()
		case c.Properties == nil && p.got("TBLPROPERTIES"):
			c.Properties = p.properties()
		default:
			p.notTwice()
			return ""
		}
	}
	return ""
}

// notTwice refuses a clause that was there before.
func (p *parser) notTwice() {
	if p.atAny("COMMENT", "PARTITIONED", "CLUSTERED", "ROW", "STORED", "LOCATION", "TBLPROPERTIES") {
		p.fail(p.tok, p.tok.Sym+" stands twice", "")
	}
}

// transformAhead reports whether PARTITIONED BY has Iceberg's form: columns
// without types, bucket(16, id).
func (p *parser) transformAhead() bool {
	after := p.peek(2)
	return p.at("(") && (after.is(",") || after.is(")") || after.is("("))
}

func (p *parser) clustering() *Clustering {
	c := &Clustering{}
	from := p.tok.From
	p.next()
	p.want("BY")
	c.Columns = p.hiveIdents()
	p.want("INTO")
	at := p.tok.From
	text := p.integer()
	c.Buckets = NumberLit{Span: p.span(at), Text: text}
	p.want("BUCKETS")
	c.Span = p.span(from)
	return c
}

func (p *parser) storedAs(c *CreateTable) {
	p.want("AS")
	if p.got("INPUTFORMAT") {
		c.InputFormat = p.hiveString()
		if p.got("OUTPUTFORMAT") { // a guide leaves it out
			c.OutputFormat = p.hiveString()
		}
		return
	}
	c.StoredAs = strings.ToUpper(p.hiveWord("<format>"))
}

// hiveWord takes a word that is no name.
func (p *parser) hiveWord(what string) string {
	text := p.tok.Text
	if p.err != nil || p.tok.Kind != TokWord {
		p.expected(what)
		return ""
	}
	p.next()
	return text
}

// format is the table's row format, a new one where there is none yet.
func (c *CreateTable) format() *RowFormat {
	if c.RowFormat == nil {
		c.RowFormat = &RowFormat{}
	}
	return c.RowFormat
}

func (c *CreateTable) hasFormat() bool {
	return c.RowFormat != nil && (c.RowFormat.Delimited || c.RowFormat.Serde != nil)
}

// rowFormat goes on after ROW FORMAT.
func (p *parser) rowFormat(c *CreateTable) {
	if !p.got("DELIMITED") {
		p.want("SERDE")
		p.serde(c)
		return
	}
	f := c.format()
	f.From, f.Delimited = p.prev.From, true
	for p.err == nil {
		clause := p.delimiter(f)
		if clause == nil {
			break
		}
		*clause = p.hiveString()
	}
	f.To = p.prev.To
}

func (p *parser) serde(c *CreateTable) {
	f := c.format()
	f.From = p.prev.From
	f.Serde = p.hiveString()
	f.To = p.prev.To
}

// delimiter takes the words of a clause of ROW FORMAT DELIMITED and returns
// where its string goes, nil for no clause.
func (p *parser) delimiter(f *RowFormat) **StringLit {
	for _, d := range f.delimiters() {
		if *d.value != nil || !p.got(d.words[0]) {
			continue
		}
		for _, word := range d.words[1:] {
			p.want(word)
		}
		return d.value
	}
	return nil
}

// delimiterClause is a clause of ROW FORMAT DELIMITED.
type delimiterClause struct {
	words []string
	value **StringLit
}

func (f *RowFormat) delimiters() []delimiterClause {
	return []delimiterClause{
		{[]string{"FIELDS", "TERMINATED", "BY"}, &f.Fields},
		{[]string{"ESCAPED", "BY"}, &f.Escaped},
		{[]string{"COLLECTION", "ITEMS", "TERMINATED", "BY"}, &f.Collection},
		{[]string{"MAP", "KEYS", "TERMINATED", "BY"}, &f.MapKeys},
		{[]string{"LINES", "TERMINATED", "BY"}, &f.Lines},
		{[]string{"NULL", "DEFINED", "AS"}, &f.Null},
	}
}

// drop takes DROP DATABASE, TABLE and VIEW.
func (p *parser) drop() Statement {
	d := &Drop{}
	from := p.tok.From
	switch next := p.peek(1); next.Sym {
	case "DATABASE", "TABLE", "VIEW":
		d.What = next.Sym
	case "SCHEMA":
		d.What = "DATABASE"
	default:
		if name := p.unsupportedName(); name != "DROP" {
			return p.unsupported(name)
		}
		p.next()
		p.expected("'DATABASE'", "'SCHEMA'", "'TABLE'", "'VIEW'")
		return d
	}
	p.next()
	p.next()
	d.IfExists = p.ifExists()
	d.Name = p.hiveName()
	switch d.What {
	case "DATABASE":
		if d.Cascade = p.got("CASCADE"); !d.Cascade {
			p.got("RESTRICT")
		}
	case "TABLE":
		p.got("PURGE") // there is no trash
	}
	d.Span = p.span(from)
	return d
}

func (p *parser) repair() Statement {
	from := p.tok.From
	p.next()
	p.want("REPAIR")
	p.want("TABLE")
	name := p.hiveName()
	return &Repair{Span: p.span(from), Table: name}
}
