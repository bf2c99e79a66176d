package shell

import (
	"strings"

	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// The colours of a terminal's own palette, so that they fit its background.
const (
	reset   = "\x1b[0m"
	dim     = "\x1b[2m"
	red     = "\x1b[31m"
	green   = "\x1b[32m"
	blue    = "\x1b[1;34m"
	magenta = "\x1b[35m"
	cyan    = "\x1b[36m"
)

// highlight is src with colours: keywords, functions, texts, numbers, comments,
// and what is no SQL.
func highlight(src string) string {
	if isCommand(src) {
		name, rest, _ := strings.Cut(src, " ")
		return cyan + name + reset + src[len(name):len(src)-len(rest)] + rest
	}
	var b strings.Builder
	at := 0
	tokens := tokensOf(src)
	for i, tok := range tokens {
		b.WriteString(src[at:tok.From.Offset])
		at = tok.To.Offset
		color := colorOf(tok, i+1 < len(tokens) && tokens[i+1].Text == "(")
		if color == "" {
			b.WriteString(tok.Text)
			continue
		}
		// Each line its own: the editor puts something before every line.
		b.WriteString(color + strings.ReplaceAll(tok.Text, "\n", reset+"\n"+color) + reset)
	}
	b.WriteString(src[at:])
	return b.String()
}

// paint colours the lines that a statement answers: the SQL of SHOW CREATE and of
// EXPLAIN, and dim before it what EXPLAIN says is read. The title is the column's.
func paint(title, text string) string {
	switch title {
	case "createtab_stmt", "create view":
		return highlight(text)
	case "Query Plan":
		head, plan, _ := strings.Cut(text, "\n\n")
		head = dim + strings.ReplaceAll(head, "\n", reset+"\n"+dim) + reset
		if isQuery(plan) {
			plan = highlight(plan)
		}
		return head + "\n\n" + plan
	}
	return text
}

// isQuery reports whether text is SQL, not the steps of EXPLAIN ANALYZE.
func isQuery(text string) bool {
	for tok := range syntax.Tokens(text) {
		return tok.Sym == "SELECT" || tok.Sym == "WITH" || tok.Text == "("
	}
	return false
}

func tokensOf(src string) []syntax.Token {
	var tokens []syntax.Token
	for tok := range syntax.Tokens(src) {
		tokens = append(tokens, tok)
	}
	return tokens
}

func colorOf(tok syntax.Token, called bool) string {
	switch tok.Kind {
	case syntax.TokComment:
		return dim
	case syntax.TokString, syntax.TokUnicodeString, syntax.TokBinary:
		return green
	case syntax.TokInteger, syntax.TokDecimal, syntax.TokDouble:
		return magenta
	case syntax.TokIllegal:
		switch {
		case tok.Open && strings.HasPrefix(tok.Text, "/*"):
			return dim
		case tok.Open:
			return green
		}
		return red
	case syntax.TokWord:
		if _, known := funcs.Lookup(tok.Text); known && called {
			return cyan
		}
		if syntax.IsReserved(tok.Text) || alwaysKeyword[tok.Sym] {
			return blue
		}
	}
	return ""
}

// alwaysKeyword are words that may be names and hardly ever are.
var alwaysKeyword = set(`ALL ANY ASC DESC EXPLAIN ANALYZE FILTER FIRST LAST LIMIT OFFSET FETCH NULLS OVER PARTITION
PARTITIONED RANGE ROWS SHOW TABLES DATABASES SCHEMAS COLUMNS IF VIEW EXTERNAL LOCATION STORED SERDE
TBLPROPERTIES SERDEPROPERTIES MSCK REPAIR ADD REPLACE RENAME EXECUTE UNLOAD LATERAL ORDINALITY WITHIN
TABLESAMPLE INTERVAL TRY_CAST WINDOW USE MATERIALIZED PRECEDING FOLLOWING UNBOUNDED ARRAY`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
