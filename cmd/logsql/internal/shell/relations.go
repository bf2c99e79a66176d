package shell

import (
	"slices"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// relation is a table that a statement reads.
type relation struct {
	database, table, alias string
	used                   int // how many names of a path were it
}

// prev is the n-th token before the word, as the grammar knows it.
func (b *begun) prev(n int) string {
	if len(b.before) < n {
		return ""
	}
	t := b.before[len(b.before)-n]
	if t.Sym == "" {
		return t.Text
	}
	return t.Sym
}

var clauses = set("SELECT FROM WHERE GROUP ORDER HAVING LIMIT ON USING UNION INTERSECT EXCEPT WITH VALUES SET")

// clause is the word that begins the clause the cursor is in, at its own depth
// of brackets.
func (b *begun) clause() string {
	depth := 0
	for _, t := range slices.Backward(b.before) {
		switch {
		case t.Text == ")":
			depth++
		case t.Text == "(" && depth > 0:
			depth--
		case depth == 0 && t.Sym == "JOIN":
			return "FROM"
		case depth == 0 && clauses[t.Sym]:
			return t.Sym
		}
	}
	return ""
}

func (b *begun) wantsTable(clause string) bool { return clause == "FROM" && b.prev(1) == "," }

// afterName reports whether a name stands before the word: a table's, in FROM.
func (b *begun) afterName() bool {
	n := len(b.before)
	return n > 0 && (isName(b.before[n-1]) || b.before[n-1].Text == ")")
}

// relations are the tables of the statement, those after the cursor too.
func (b *begun) relations() []relation {
	var out []relation
	for i := 0; i < len(b.all); i++ {
		t := b.all[i]
		if takesTable[t.Sym] || t.Text == "," && len(out) > 0 && inFrom(b.all[:i]) {
			r, n := b.relationAt(b.all[i+1:])
			if n > 0 {
				out = append(out, r)
				i += n
			}
		}
	}
	return out
}

func inFrom(before []syntax.Token) bool { return (&begun{before: before}).clause() == "FROM" }

// relationAt reads [database.]table [[AS] alias] and tells how many tokens it
// is.
func (b *begun) relationAt(tokens []syntax.Token) (r relation, n int) {
	var path []string
	for n < len(tokens) && isName(tokens[n]) {
		path = append(path, nameOf(tokens[n]))
		n++
		if n+1 >= len(tokens) || tokens[n].Text != "." {
			break
		}
		n++
	}
	if len(path) == 0 {
		return r, 0
	}
	r.table = path[len(path)-1]
	r.database = b.home(path)
	rest := tokens[n:]
	if len(rest) > 1 && rest[0].Sym == "AS" {
		rest = rest[1:]
		n++
	}
	if len(rest) > 0 && isName(rest[0]) && !notAlias[rest[0].Sym] {
		r.alias = nameOf(rest[0])
		n++
	}
	return r, n
}

// notAlias are the words that follow a table and are not reserved.
var notAlias = set("LIMIT OFFSET FETCH TABLESAMPLE WINDOW PARTITION SET ADD RENAME REPLACE LOCATION")

// home is the database that a table's name is found in.
func (b *begun) home(path []string) string {
	if len(path) > 1 {
		return path[len(path)-2]
	}
	current := b.names.Current()
	if slices.Contains(b.names.Tables(current), path[0]) {
		return current
	}
	return builtin
}

// relation is the one that a path begins with: by alias, table or database.table.
func (b *begun) relation(path []string) (relation, bool) {
	for _, r := range b.relations() {
		switch {
		case r.alias == path[0], r.alias == "" && r.table == path[0]:
			r.used = 1
			return r, true
		case r.alias == "" && len(path) > 1 && r.database == path[0] && r.table == path[1]:
			r.used = 2
			return r, true
		}
	}
	return relation{}, false
}

func (b *begun) columnsOf(r relation) []schema.Column {
	return b.names.Columns(r.database, r.table)
}

// ctes are the names that WITH gives: name AS (.
func (b *begun) ctes() []candidate {
	var out []candidate
	for i := 2; i < len(b.all); i++ {
		if b.all[i].Text == "(" && b.all[i-1].Sym == "AS" && isName(b.all[i-2]) && !strings.EqualFold(b.all[i-2].Text, "VIEW") {
			out = append(out, candidate{text: quotedName(nameOf(b.all[i-2])), about: "WITH", group: "tables"})
		}
	}
	return out
}
