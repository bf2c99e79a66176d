package syntax

import "strings"

// unsupportedStarts are the first words of statements known by name only, each
// with the words that may name what it works on.
var unsupportedStarts = map[string]string{
	"ALTER":    "VIEW MATERIALIZED_VIEW",
	"ANALYZE":  "",
	"CALL":     "",
	"COMMENT":  "",
	"COMMIT":   "",
	"CREATE":   "FUNCTION ROLE MATERIALIZED_VIEW TEMPORARY",
	"DELETE":   "",
	"DENY":     "",
	"DROP":     "FUNCTION ROLE MATERIALIZED_VIEW",
	"GRANT":    "",
	"MERGE":    "",
	"OPTIMIZE": "",
	"REFRESH":  "MATERIALIZED_VIEW",
	"RESET":    "SESSION",
	"REVOKE":   "",
	"ROLLBACK": "",
	"SET":      "SESSION ROLE PATH TIME_ZONE",
	"START":    "TRANSACTION",
	"TRUNCATE": "TABLE",
	"UPDATE":   "",
	"VACUUM":   "",
}

// unsupportedName is the name of the statement that begins here, "" for none.
func (p *parser) unsupportedName() string {
	first := p.tok.Sym
	objects, known := unsupportedStarts[first]
	if !known {
		return ""
	}
	for i := 1; i <= 5; i++ {
		word, after := strings.ToUpper(p.peek(i).Text), strings.ToUpper(p.peek(i+1).Text)
		for _, object := range strings.Fields(objects) {
			if object == word || object == word+"_"+after {
				return first + " " + strings.ReplaceAll(object, "_", " ")
			}
		}
		if p.peek(i).Kind != TokWord {
			break
		}
	}
	return first
}

// unsupported takes a statement by name, unread, up to its ';' or to a line
// that begins another one. Where it cannot hold a query its strings are Hive's:
// backslashes escape.
func (p *parser) unsupported(name string) Statement {
	u := &Unsupported{Name: name}
	from := p.tok.From
	p.rescan(!holdsQuery(name))
	depth := 0
	for first := true; p.err == nil && p.tok.Kind != TokEOF; first = false {
		if depth <= 0 && (p.at(";") || !first && p.endsUnsupported(u.Name)) {
			break
		}
		switch {
		case p.tok.Open: // an illegal token that Hive mode lets pass
			p.illegal(p.tok)
		case p.at("("):
			depth++
		case p.at(")"):
			depth--
		}
		p.next()
	}
	if p.err == nil {
		p.rescan(false)
	}
	u.Span = p.span(from)
	u.Text = p.scan.src[from.Offset:u.To.Offset]
	return u
}

// insteadUnsupported goes back to first, a statement's, and takes that by name.
func (p *parser) insteadUnsupported(first Token, name string) Statement {
	if p.err != nil {
		return &Unsupported{}
	}
	p.tok, p.open = first, nil
	return p.unsupported(name)
}

// endsUnsupported reports whether another statement begins here, where the ';'
// before it was forgotten. A query does only where the statement cannot hold
// one.
func (p *parser) endsUnsupported(name string) bool {
	if !p.lineStartsStatement() || p.prev.is("AS") || p.prev.is("THEN") || p.prev.is("FROM") {
		return false
	}
	switch p.tok.Sym {
	case "SELECT":
		return !holdsQuery(name)
	case "WITH":
		return !holdsQuery(name) && (p.peek(2).is("AS") || p.peek(2).is("(")) &&
			!strings.HasSuffix(strings.ToUpper(p.peek(1).Text), "PROPERTIES")
	}
	return true
}

func holdsQuery(name string) bool {
	switch name {
	case "CREATE MATERIALIZED VIEW", "CREATE PROTECTED MULTI DIALECT VIEW", "MERGE", "UPDATE", "DELETE",
		"WITH FUNCTION", "WITH SESSION":
		return true
	}
	return false
}
