package syntax

import "strings"

// script reads statements up to the end or the first error.
func (p *parser) script() {
	for {
		for p.at(";") {
			p.next()
		}
		if p.tok.Kind == TokEOF {
			return
		}
		p.params, p.links, p.alias = 0, 0, Token{}
		st := p.statement()
		missing := p.tok
		if !p.at(";") && p.tok.Kind != TokEOF && !p.lineStartsStatement() {
			p.expected("';'", "<EOF>")
		}
		if p.err != nil {
			return
		}
		p.out.Statements = append(p.out.Statements, st)
		if missing.Kind != TokEOF && !missing.is(";") {
			p.out.Warnings = append(p.out.Warnings, Warning{
				missing.From,
				"a ; is missing before " + strings.ToUpper(missing.Text),
			})
		}
	}
}

// lineStarts are the words that, first on a line, begin a statement even
// without a ';' before them, if one of the words after them follows; "" stands
// for any name.
var lineStarts = map[string][]string{
	"ALTER":      {"TABLE", "VIEW", "DATABASE", "SCHEMA"},
	"CREATE":     {"TABLE", "EXTERNAL", "OR", "DATABASE", "SCHEMA", "VIEW", "PROTECTED", "TEMPORARY"},
	"DEALLOCATE": {"PREPARE"},
	"DELETE":     {"FROM"},
	"DESCRIBE":   {""},
	"DROP":       {"TABLE", "VIEW", "DATABASE", "SCHEMA"},
	"EXECUTE":    {""},
	"EXPLAIN":    {"SELECT", "WITH", "ANALYZE"},
	"INSERT":     {"INTO"},
	"MERGE":      {"INTO"},
	"MSCK":       {"REPAIR"},
	"OPTIMIZE":   {""},
	"PREPARE":    {""},
	"SHOW":       {"CREATE", "COLUMNS", "DATABASES", "FUNCTIONS", "PARTITIONS", "SCHEMAS", "TABLES", "TBLPROPERTIES", "VIEWS"},
	"UNLOAD":     {"("},
	"USE":        {""},
	"VACUUM":     {""},
}

// lineStartsStatement reports whether the token is the first of a line and of a
// statement.
func (p *parser) lineStartsStatement() bool {
	if !p.tok.NewLine || p.err != nil {
		return false
	}
	if p.at("SELECT") || p.at("WITH") && p.peek(1).isName() {
		return true
	}
	for _, follows := range lineStarts[p.tok.Sym] {
		after := p.peek(1)
		if follows == "" && (after.isName() || after.Kind == TokBackquoted) || follows != "" && after.is(follows) {
			return true
		}
	}
	return false
}

func (p *parser) statement() Statement {
	defer p.deeper()()
	switch p.tok.Sym {
	case "SELECT", "WITH", "VALUES", "TABLE", "(":
		if p.atSeq("WITH", "FUNCTION") || p.atSeq("WITH", "SESSION") {
			return p.unsupported("WITH " + p.peek(1).Sym)
		}
		return p.query()
	case "EXPLAIN":
		return p.explain()
	case "USE":
		return p.use()
	case "SHOW":
		return p.show()
	case "DESCRIBE", "DESC":
		return p.describe()
	case "PREPARE":
		return p.prepare()
	case "EXECUTE":
		return p.execute()
	case "DEALLOCATE":
		from := p.tok.From
		p.next()
		p.want("PREPARE")
		name := p.ident()
		return &Deallocate{Span: p.span(from), Name: name}
	}
	if read := p.ddl(); read != nil {
		return read()
	}
	if name := p.unsupportedName(); name != "" {
		return p.unsupported(name)
	}
	p.tried = append(p.tried, "<statement>")
	p.noStatement()
	return &Unsupported{}
}

// ddl returns what reads the statement about the catalog that begins here, nil
// for none.
func (p *parser) ddl() func() Statement {
	switch p.tok.Sym {
	case "CREATE":
		return p.create
	case "ALTER":
		return p.alter
	case "DROP":
		return p.drop
	case "MSCK":
		return p.repair
	case "INSERT":
		return p.insert
	case "UNLOAD":
		return p.unload
	}
	return nil
}

// noStatement is the error of a source that begins with no statement's word.
func (p *parser) noStatement() {
	hint := ""
	for _, word := range []string{"SELECT", "WITH", "SHOW", "DESCRIBE", "EXPLAIN", "CREATE", "DROP", "ALTER", "INSERT", "VALUES"} {
		if p.tok.Kind == TokWord && nearly(strings.ToUpper(p.tok.Text), word) {
			hint = "did you mean " + word + "?"
		}
	}
	if hint == "" {
		p.expected()
		return
	}
	p.fail(p.tok, "mismatched input '"+tokenText(p.tok)+"'. Expecting: <statement>", hint)
}

func (p *parser) explain() Statement {
	e := &Explain{}
	from := p.tok.From
	p.next()
	e.Analyze = p.got("ANALYZE")
	if p.at("(") && !p.queryAhead() {
		text := p.brackets()
		e.Options = strings.TrimSpace(text[1 : len(text)-1])
	} else if e.Analyze && p.tok.Kind == TokWord && strings.EqualFold(p.tok.Text, "VERBOSE") {
		e.Options = "VERBOSE"
		p.next()
	}
	e.Of = p.statement()
	e.Span = p.span(from)
	return e
}

// brackets takes what stands in brackets, unread, and returns its text with
// them.
func (p *parser) brackets() string {
	from := p.tok.From.Offset
	p.wantOpen("(")
	for depth := 1; depth > 0 && p.err == nil; {
		switch {
		case p.at("("):
			depth++
		case p.at(")"):
			depth--
		}
		if depth > 0 {
			if p.tok.Kind == TokEOF {
				p.want(")")
				break
			}
			p.next()
		}
	}
	p.wantClose(")")
	if p.err != nil {
		return "()"
	}
	return p.scan.src[from:p.prev.To.Offset]
}

func (p *parser) use() Statement {
	u := &Use{}
	from := p.tok.From
	p.next()
	name := p.hiveName()
	u.Database = name[len(name)-1]
	if len(name) > 1 {
		u.Catalog = &name[len(name)-2]
	}
	u.Span = p.span(from)
	return u
}

// showForms are the things to show, with what may follow: F FROM|IN name, L
// LIKE pattern or a bare pattern, N a name, K ('key').
var showForms = []struct {
	words []string
	what  string
	takes string
}{
	{[]string{"CREATE", "TABLE"}, "CREATE TABLE", "N"},
	{[]string{"CREATE", "VIEW"}, "CREATE VIEW", "N"},
	{[]string{"CATALOGS"}, "CATALOGS", "L"},
	{[]string{"COLUMNS"}, "COLUMNS", "FL"},
	{[]string{"DATABASES"}, "DATABASES", "FL"},
	{[]string{"FUNCTIONS"}, "FUNCTIONS", "FL"},
	{[]string{"PARTITIONS"}, "PARTITIONS", "N"},
	{[]string{"SCHEMAS"}, "DATABASES", "FL"},
	{[]string{"SESSION"}, "SESSION", "L"},
	{[]string{"TABLES"}, "TABLES", "FL"},
	{[]string{"TBLPROPERTIES"}, "TBLPROPERTIES", "NK"},
	{[]string{"VIEWS"}, "VIEWS", "FL"},
}

func (p *parser) show() Statement {
	for _, form := range showForms {
		for i, word := range form.words {
			if !p.peek(i + 1).is(word) {
				break
			}
			if i+1 == len(form.words) {
				return p.showForm(form.words, form.what, form.takes)
			}
		}
	}
	if name := p.unsupportedShow(); name != "" {
		return p.unsupported(name)
	}
	p.next()
	for _, form := range showForms {
		p.tried = append(p.tried, "'"+form.words[0]+"'")
	}
	p.expected()
	return &Show{}
}

func (p *parser) unsupportedShow() string {
	switch next := p.peek(1); next.Sym {
	case "STATS", "GRANTS", "ROLE", "ROLES", "CREATE", "CURRENT":
		return "SHOW " + next.Sym
	}
	return ""
}

func (p *parser) showForm(words []string, what, takes string) Statement {
	s := &Show{What: what}
	from := p.tok.From
	p.next()
	for range words {
		p.next()
	}
	if strings.Contains(takes, "N") || strings.Contains(takes, "F") && p.gotAny("FROM", "IN") != "" {
		s.From = p.hiveName()
	}
	if what == "COLUMNS" && s.From == nil {
		p.expected()
	}
	if what == "COLUMNS" && len(s.From) == 1 && p.gotAny("FROM", "IN") != "" {
		s.From = append(p.hiveName(), s.From...)
	}
	if strings.Contains(takes, "L") && (p.got("LIKE") || p.tok.Kind == TokString) {
		s.Like = p.stringLit()
		if p.got("ESCAPE") {
			s.Escape = p.stringLit()
		}
	}
	if strings.Contains(takes, "K") && p.at("(") {
		p.wantOpen("(")
		s.Key = p.stringLit()
		p.wantClose(")")
	}
	s.Span = p.span(from)
	return s
}

func (p *parser) describe() Statement {
	d := &Describe{}
	first := p.tok
	switch next := p.peek(1); next.Sym {
	case "INPUT", "OUTPUT":
		if p.peek(2).isName() {
			p.next()
			p.next()
			name := p.ident()
			return &DescribePrepared{Span: p.span(first.From), What: next.Sym, Name: name}
		}
	case "FUNCTION":
		if p.peek(2).isName() {
			return p.unsupported("DESCRIBE " + next.Sym)
		}
	case "DATABASE", "SCHEMA":
		if d.Database = p.peek(2).isName() || p.peek(2).Kind == TokBackquoted; d.Database {
			p.next()
		}
	}
	p.next()
	if p.atAny("EXTENDED", "FORMATTED") && (p.peek(1).isName() || p.peek(1).Kind == TokBackquoted) {
		d.Detail = p.tok.Sym
		p.next()
	}
	d.Table = p.hiveName()
	if d.Database {
		d.Span = p.span(first.From)
		return d
	}
	if p.atSeq("PARTITION", "(") {
		p.hive(func() {
			spec := p.partitionSpec(false)
			d.Partition = &spec
		})
	}
	if (p.tok.isName() || p.tok.Kind == TokBackquoted) && !p.lineStartsStatement() {
		d.Column = p.hiveName()
	}
	d.Span = p.span(first.From)
	return d
}

func (p *parser) prepare() Statement {
	s := &Prepare{}
	from := p.tok.From
	p.next()
	s.Name = p.ident()
	p.want("FROM")
	s.Of = p.statement()
	s.Span = p.span(from)
	return s
}

func (p *parser) execute() Statement {
	s := &Execute{}
	from := p.tok.From
	immediate := p.peek(1).is("IMMEDIATE") && p.peek(2).Kind == TokString
	p.next()
	if immediate {
		p.next()
		s.Text = p.stringLit()
	} else {
		s.Name = p.ident()
	}
	if p.got("USING") {
		s.Using = p.exprs()
	}
	s.Span = p.span(from)
	return s
}
