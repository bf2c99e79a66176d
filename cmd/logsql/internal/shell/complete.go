package shell

import (
	"slices"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// Names is what completion knows of the catalog.
type Names interface {
	Current() string // the database of unqualified names
	Databases() []string
	Tables(database string) []string
	// Columns are a table's; none where there is no such table.
	Columns(database, table string) []schema.Column
	// Partitions are the values that a partition column has, in order.
	Partitions(database, table, column string) []string
}

// candidate is one way to go on.
type candidate struct {
	text  string // what replaces the word that was begun
	about string
	group string
}

// completion is the ways to go on at the cursor; each replaces the text from
// byte from up to the cursor.
type completion struct {
	from       int
	candidates []candidate
	usage      string // of the function whose argument is next
}

// begun is where in a statement the cursor is.
type begun struct {
	names  Names
	before []syntax.Token // of the statement, up to the word that is begun
	all    []syntax.Token // of the statement
	path   []string       // the names before the word, dotted
	word   string
	from   int // where the word begins
	quoted bool
}

// completeSQL finds what can follow in src at byte cursor.
func completeSQL(src string, cursor int, names Names) completion {
	b := begin(src, cursor, names)
	if b == nil {
		return completion{from: cursor}
	}
	var found []candidate
	switch {
	case b.inText():
		found = b.values()
	case len(b.path) > 0:
		found = b.members()
	default:
		found = b.words()
	}
	return completion{from: b.from, candidates: b.matching(found), usage: b.usage()}
}

// begin cuts src at the cursor; nil inside a comment.
func begin(src string, cursor int, names Names) *begun {
	b := &begun{names: names, from: cursor}
	head := tokensOf(src[:cursor])
	if n := len(head); n > 0 && head[n-1].To.Offset == cursor {
		last := head[n-1]
		switch {
		case last.Kind == syntax.TokComment, last.Open && strings.HasPrefix(last.Text, "/*"):
			return nil
		case last.Kind == syntax.TokWord, last.Kind == syntax.TokIllegal && last.Open:
			b.word, b.from = last.Text, last.From.Offset
			head = head[:n-1]
		}
	}
	if strings.HasPrefix(b.word, `"`) {
		b.word, b.quoted = b.word[1:], true
	}
	b.before = lastStatement(head)
	tail := tokensOf(src[cursor:])
	if end := slices.IndexFunc(tail, func(t syntax.Token) bool { return t.Text == ";" }); end >= 0 {
		tail = tail[:end]
	}
	b.all = append(slices.Clip(b.before), tail...)
	b.takePath()
	return b
}

// lastStatement is what stands behind the last semicolon, comments left out.
func lastStatement(tokens []syntax.Token) []syntax.Token {
	var out []syntax.Token
	for _, t := range tokens {
		switch {
		case t.Text == ";":
			out = nil
		case t.Kind != syntax.TokComment:
			out = append(out, t)
		}
	}
	return out
}

func (b *begun) inText() bool { return strings.HasPrefix(b.word, "'") }

func isName(t syntax.Token) bool {
	return t.Kind == syntax.TokQuoted || t.Kind == syntax.TokBackquoted || t.Kind == syntax.TokWord && !syntax.IsReserved(t.Text)
}

func nameOf(t syntax.Token) string {
	if t.Kind != syntax.TokQuoted && t.Kind != syntax.TokBackquoted {
		return strings.ToLower(t.Text)
	}
	return strings.ToLower(t.Text[1 : len(t.Text)-1])
}

// matching are those of found that go on from the word, in order: what begins
// with it as written first.
func (b *begun) matching(found []candidate) []candidate {
	typed := strings.ToLower(b.word)
	var out []candidate
	seen := map[string]bool{}
	for _, c := range found {
		plain := strings.ToLower(strings.TrimPrefix(c.text, `"`))
		if !strings.HasPrefix(plain, strings.TrimPrefix(typed, `"`)) || seen[c.text] {
			continue
		}
		seen[c.text] = true
		if b.quoted && !strings.HasPrefix(c.text, `"`) {
			c.text = `"` + c.text + `"`
		}
		out = append(out, c)
	}
	return out
}

// quotedName is name as it has to be written in a query.
func quotedName(name string) string {
	plain := name != "" && !syntax.IsReserved(name)
	for i, r := range name {
		plain = plain && (r >= 'a' && r <= 'z' || r == '_' || i > 0 && r >= '0' && r <= '9')
	}
	if plain {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// words are the ways to go on with a word that stands alone.
func (b *begun) words() []candidate {
	prev := b.prev(1)
	switch clause := b.clause(); {
	case len(b.before) == 0:
		return b.keywords(statements)
	case b.prev(1) == "USE":
		return b.databases("")
	case prev == "SHOW":
		return b.keywords("TABLES|DATABASES|COLUMNS FROM|PARTITIONS|CREATE TABLE|CREATE VIEW|FUNCTIONS|TBLPROPERTIES|VIEWS")
	case takesTable[prev], b.wantsTable(clause):
		return slices.Concat(b.ctes(), b.tables(b.names.Current()), b.builtins(), b.databases("."))
	case clause == "FROM" && b.afterName():
		return b.keywords(afterTable)
	case b.quoted:
		return slices.Concat(b.columns(), b.aliases())
	default:
		return slices.Concat(b.columns(), b.aliases(), b.functions(), b.keywords(""))
	}
}

const (
	statements = "SELECT|WITH|EXPLAIN|SHOW|DESCRIBE|CREATE EXTERNAL TABLE|CREATE TABLE|CREATE VIEW|CREATE DATABASE|INSERT INTO|UNLOAD|DROP TABLE|DROP VIEW|ALTER TABLE|MSCK REPAIR TABLE|USE|PREPARE|EXECUTE|VALUES"
	afterTable = "WHERE|JOIN|LEFT JOIN|RIGHT JOIN|FULL JOIN|INNER JOIN|CROSS JOIN|ON|USING|GROUP BY|ORDER BY|HAVING|LIMIT|OFFSET|UNION|UNION ALL|INTERSECT|EXCEPT|AS|TABLESAMPLE|WINDOW|CROSS JOIN UNNEST"
	// phrases go on where an expression or the next clause may stand.
	phrases = "FROM|WHERE|GROUP BY|ORDER BY|HAVING|LIMIT|AND|OR|NOT|AS|IN|IS NULL|IS NOT NULL|LIKE|BETWEEN|CASE|WHEN|THEN|ELSE|END|DISTINCT|ASC|DESC|NULLS LAST|NULLS FIRST|OVER|PARTITION BY|FILTER|EXISTS|NULL|TRUE|FALSE|CAST|TRY_CAST|INTERVAL|DATE|TIMESTAMP|CURRENT_DATE|CURRENT_TIMESTAMP|UNION|UNION ALL|INTERSECT|EXCEPT|JOIN|LEFT JOIN|CROSS JOIN|ON|USING|UNNEST|WITH|VALUES|ROWS|RANGE|ESCAPE|EXTRACT|ARRAY|MAP|ROW|SELECT"
)

var takesTable = set("FROM JOIN INTO TABLE DESCRIBE DESC UPDATE VIEW TBLPROPERTIES")

// keywords are those of list, or where that is empty, once a letter is typed,
// the phrases and all words of the grammar.
func (b *begun) keywords(list string) []candidate {
	words := strings.Split(list, "|")
	if list == "" {
		if b.word == "" {
			return nil
		}
		words = strings.Split(phrases, "|")
		for w, isReserved := range syntax.Keywords() {
			if isReserved && !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
		slices.Sort(words)
	}
	var out []candidate
	lower := b.word != "" && strings.ToUpper(b.word) != b.word
	for _, w := range words {
		if lower {
			w = strings.ToLower(w)
		}
		out = append(out, candidate{text: w, group: "keywords"})
	}
	return out
}

func (b *begun) functions() []candidate {
	if b.word == "" {
		return nil
	}
	var out []candidate
	for _, name := range funcs.Names() {
		if f, ok := funcs.Lookup(name); ok && len(f.Signatures) > 0 && quotedName(name) == name {
			out = append(out, candidate{text: name + "(", about: strings.Join(f.Signatures, "  "), group: "functions"})
		}
	}
	return out
}

// usage is how the function is called whose arguments the cursor is in, "" while
// a word is typed.
func (b *begun) usage() string {
	depth := 0
	for i := len(b.before) - 1; i > 0 && b.word == "" && len(b.path) == 0; i-- {
		switch b.before[i].Text {
		case ")":
			depth++
		case "(":
			if depth--; depth < 0 {
				return signatures(nameOf(b.before[i-1]))
			}
		}
	}
	return ""
}

func signatures(name string) string {
	f, ok := funcs.Lookup(name)
	if !ok || len(f.Signatures) == 0 {
		return ""
	}
	return f.Name + strings.Join(f.Signatures, "\n"+f.Name)
}

func (b *begun) databases(behind string) []candidate {
	var out []candidate
	for _, name := range b.names.Databases() {
		out = append(out, candidate{text: quotedName(name) + behind, group: "databases"})
	}
	return out
}

func (b *begun) tables(database string) []candidate {
	var out []candidate
	for _, name := range b.names.Tables(database) {
		out = append(out, candidate{text: quotedName(name), about: database, group: "tables"})
	}
	return out
}

// builtins are the tables that are found unqualified in any database.
func (b *begun) builtins() []candidate {
	if b.names.Current() == builtin {
		return nil
	}
	return b.tables(builtin)
}

// builtin is the database of the built-in tables.
const builtin = "logsql"

// columns are those of the tables in the statement; of one that no table of
// several has alone, the table is told.
func (b *begun) columns() []candidate {
	var out []candidate
	for _, r := range b.sources() {
		for _, c := range b.columnsOf(r) {
			if !strings.HasPrefix(c.Name, "$") || strings.HasPrefix(b.word, "$") {
				out = append(out, candidate{text: quotedName(c.Name), about: c.Type.String(), group: "columns"})
			}
		}
	}
	return out
}

// sources are the tables whose columns can be meant: those of the statement, or
// while there are none, as SELECT is typed before FROM, all.
func (b *begun) sources() []relation {
	out := b.relations()
	if len(out) > 0 || b.word == "" && len(b.path) == 0 {
		return out
	}
	for _, c := range slices.Concat(b.tables(b.names.Current()), b.builtins()) {
		out = append(out, relation{database: c.about, table: strings.Trim(c.text, `"`)})
	}
	return out
}

func (b *begun) aliases() []candidate {
	var out []candidate
	for _, r := range b.relations() {
		if r.alias != "" {
			out = append(out, candidate{text: quotedName(r.alias), about: r.table, group: "tables"})
		}
	}
	return out
}

// values are the partition values that can stand in the text that is begun.
func (b *begun) values() []candidate {
	column := b.compared()
	if column == "" {
		return nil
	}
	var out []candidate
	for _, r := range b.relations() {
		for _, v := range b.names.Partitions(r.database, r.table, column) {
			out = append(out, candidate{text: "'" + strings.ReplaceAll(v, "'", "''") + "'", group: column})
		}
	}
	return out
}

// compared is the column that the text at the cursor is compared with, "" where
// that is none: col = '…', col IN ('…', '…', col BETWEEN '…' AND '….
func (b *begun) compared() string {
	for i := len(b.before) - 1; i >= 0; i-- {
		switch t := b.before[i]; {
		case isName(t):
			return nameOf(t)
		case t.Kind == syntax.TokString, strings.Contains(" = <> < > <= >= ( , ", " "+t.Sym+" "):
		case t.Sym == "IN", t.Sym == "NOT", t.Sym == "BETWEEN", t.Sym == "AND", t.Sym == "LIKE":
		default:
			return ""
		}
	}
	return ""
}
