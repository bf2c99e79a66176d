package syntax

import "strings"

// Print gives n in Trino's SQL, on one line. Parsing that and printing it again
// gives the same text.
func Print(n Node) string { return printNode(n, false) }

// PrintDuckDB gives n in DuckDB's SQL. Only the notation differs: the tree must
// be one that lowering made.
func PrintDuckDB(n Node) string { return printNode(n, true) }

func printNode(n Node, duck bool) string {
	p := &printer{duck: duck}
	p.node(n)
	return p.String()
}

// printer writes a tree. It sets brackets wherever the tree's shape needs them:
// trees that lowering made hold no Paren.
type printer struct {
	strings.Builder
	duck    bool
	message bool // as Trino quotes it in messages
}

// say writes its parts one after another.
func (p *printer) say(parts ...string) {
	for _, s := range parts {
		p.WriteString(s)
	}
}

// each calls f for 0 … n-1 and writes commas between.
func (p *printer) each(n int, f func(i int)) {
	for i := range n {
		if i > 0 {
			p.say(", ")
		}
		f(i)
	}
}

func (p *printer) exprs(list []Expr) {
	p.each(len(list), func(i int) { p.expr(list[i]) })
}

func (p *printer) idents(list []Ident) {
	p.say("(")
	p.each(len(list), func(i int) { p.ident(list[i]) })
	p.say(")")
}

func (p *printer) name(n Name) {
	for i, part := range n {
		if i > 0 {
			p.say(".")
		}
		p.ident(part)
	}
}

func (p *printer) ident(id Ident) {
	known := IsReserved(id.Name)
	if p.duck {
		known = duckReserved[strings.ToUpper(id.Name)]
	}
	if id.Quoted || known || !isPlainName(id.Name) {
		p.say(quoteName(id.Name))
		return
	}
	p.say(id.Name)
}

// duckReserved are DuckDB's words that cannot stand as a column's name. A
// function's name is never quoted for being one.
var duckReserved = wordSet(`ALL ANALYSE ANALYZE AND ANTI ANY ARRAY AS ASC ASOF ASYMMETRIC AUTHORIZATION BINARY BOTH
CASE CAST CHECK COLLATE COLLATION COLUMN CONCURRENTLY CONSTRAINT CREATE CROSS DEFAULT DEFERRABLE DESC DESCRIBE
DISTINCT DO ELSE END EXCEPT FALSE FETCH FOR FOREIGN FREEZE FROM FULL GENERATED GLOB GROUP HAVING ILIKE IN INITIALLY
INNER INTERSECT INTO IS ISNULL JOIN LAMBDA LATERAL LEADING LEFT LIKE LIMIT MAP NATURAL NOT NOTNULL NULL OFFSET ON ONLY
OR ORDER OUTER OVERLAPS PIVOT PIVOT_LONGER PIVOT_WIDER PLACING POSITIONAL PRIMARY QUALIFY REFERENCES RETURNING RIGHT
SELECT SEMI SHOW SIMILAR SOME STRUCT SUMMARIZE SYMMETRIC TABLE TABLESAMPLE THEN TO TRAILING TRUE TRY_CAST UNION UNIQUE
UNPACK UNPIVOT USING VARIADIC VERBOSE WHEN WHERE WINDOW WITH`)

func isPlainName(name string) bool {
	return name != "" && isLetter(name[0]) && wordLen(name) == len(name)
}

func (p *printer) node(n Node) {
	switch n := n.(type) {
	case Statement:
		p.statement(n)
	case Body:
		p.body(n)
	case Expr:
		p.expr(n)
	case Relation:
		p.relation(n, relComma)
	case *With:
		p.with(n)
	case *WithPart:
		p.withPart(n)
	case *SelectItem:
		p.selectItem(*n)
	case *SortItem:
		p.sortItem(*n)
	case *GroupBy:
		p.groupBy(n)
	case *GroupElement:
		p.groupElement(*n)
	case *Window:
		p.window(n)
	case *WindowDef:
		p.windowDef(*n)
	case *Frame:
		p.frame(n)
	case *Bound:
		p.bound(*n)
	case *When:
		p.when(*n)
	case *TypeName:
		p.say(n.Text)
	case Name:
		p.name(n)
	}
}

func (p *printer) statement(st Statement) {
	switch st := st.(type) {
	case *Query:
		p.query(st)
	case *Explain:
		p.explain(st)
	case *Use:
		p.say("USE ")
		if st.Catalog != nil {
			p.ident(*st.Catalog)
			p.say(".")
		}
		p.ident(st.Database)
	case *Show:
		p.show(st)
	case *Describe:
		p.say("DESCRIBE ")
		if st.Database {
			p.say("DATABASE ")
		}
		if st.Detail != "" {
			p.say(st.Detail, " ")
		}
		p.name(st.Table)
		if st.Partition != nil {
			p.say(" ")
			p.partitionSpec(*st.Partition)
		}
		if st.Column != nil {
			p.say(" ")
			p.name(st.Column)
		}
	case *Prepare:
		p.say("PREPARE ")
		p.ident(st.Name)
		p.say(" FROM ")
		p.statement(st.Of)
	case *Execute:
		p.say("EXECUTE ")
		if st.Text != nil {
			p.say("IMMEDIATE ")
			p.expr(st.Text)
		} else {
			p.ident(st.Name)
		}
		if len(st.Using) > 0 {
			p.say(" USING ")
			p.exprs(st.Using)
		}
	case *DescribePrepared:
		p.say("DESCRIBE ", st.What, " ")
		p.ident(st.Name)
	case *Deallocate:
		p.say("DEALLOCATE PREPARE ")
		p.ident(st.Name)
	case *Unsupported:
		p.say(st.Text)
	default:
		p.ddl(st)
	}
}

func (p *printer) explain(e *Explain) {
	p.say("EXPLAIN ")
	if e.Analyze {
		p.say("ANALYZE ")
	}
	switch {
	case e.Options == "VERBOSE":
		p.say("VERBOSE ")
	case e.Options != "":
		p.say("(", e.Options, ") ")
	}
	p.statement(e.Of)
}

func (p *printer) show(s *Show) {
	p.say("SHOW ", s.What)
	if s.From != nil {
		switch s.What {
		case "CREATE TABLE", "CREATE VIEW", "PARTITIONS", "TBLPROPERTIES":
			p.say(" ")
		default:
			p.say(" FROM ")
		}
		p.name(s.From)
	}
	if s.Key != nil {
		p.say("(", quoteString(s.Key.Value), ")")
	}
	if s.Like != nil {
		p.say(" LIKE ", quoteString(s.Like.Value))
	}
	if s.Escape != nil {
		p.say(" ESCAPE ", quoteString(s.Escape.Value))
	}
}
