package syntax

import "strings"

// clauses are the words that begin a line in laid-out SQL.
var clauses = map[string]bool{
	"SELECT": true, "FROM": true, "WHERE": true, "GROUP": true, "HAVING": true, "ORDER": true, "LIMIT": true,
	"UNION": true, "INTERSECT": true, "EXCEPT": true, "WITH": true, "WINDOW": true, "OFFSET": true,
	"INNER": true, "LEFT": true, "RIGHT": true, "FULL": true, "CROSS": true,
}

// Layout breaks printed SQL into lines: one for each clause, those of a query in
// brackets further in. What is in quotes and in other brackets stays as it is.
func Layout(sql string) string {
	l := layout{src: sql, open: []bool{true}}
	for l.at < len(sql) {
		l.step()
	}
	return l.out.String()
}

type layout struct {
	src  string
	at   int
	open []bool // brackets that are open: whether each holds a query
	deep int    // how many do
	out  strings.Builder
}

func (l *layout) step() {
	switch c := l.src[l.at]; {
	case c == '\'' || c == '"':
		end := l.at + 1
		for end < len(l.src)-1 && l.src[end] != c {
			end++
		}
		l.take(end + 1 - l.at)
	case c == '(':
		query := clauseAt(l.src[l.at+1:])
		l.open = append(l.open, query)
		l.take(1)
		if query {
			l.deep++
			l.newLine()
		}
	case c == ')' && len(l.open) > 1:
		query := l.open[len(l.open)-1]
		l.open = l.open[:len(l.open)-1]
		if query {
			l.deep--
			l.newLine()
		}
		l.take(1)
	case c == ' ' && l.open[len(l.open)-1] && clauseWord(l.src[l.at+1:]):
		l.at++
		l.newLine()
		l.take(len(word(l.src[l.at:])))
	default:
		l.take(1)
	}
}

func (l *layout) take(n int) {
	l.out.WriteString(l.src[l.at:min(l.at+n, len(l.src))])
	l.at += n
}

func (l *layout) newLine() { l.out.WriteString("\n" + strings.Repeat("  ", l.deep)) }

func word(s string) string {
	end := 0
	for end < len(s) && s[end] >= 'A' && s[end] <= 'Z' {
		end++
	}
	return s[:end]
}

func clauseWord(s string) bool { return clauses[word(s)] }

// clauseAt reports whether a query begins s.
func clauseAt(s string) bool {
	switch word(s) {
	case "SELECT", "WITH", "VALUES":
		return true
	}
	return false
}
