package syntax

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fail records the first error, about tok, and ends the source.
func (p *parser) fail(tok Token, msg, hint string) {
	if p.err != nil {
		return
	}
	p.err = &Error{
		Code: "SYNTAX_ERROR", From: tok.From, To: tok.To, Msg: msg, Hint: hint,
		Incomplete: tok.Kind == TokEOF || tok.Open,
	}
	p.tok = Token{Kind: TokEOF, From: tok.From, To: tok.From}
	p.ahead = nil
}

// notSupported is the error of what Trino can and logsql cannot.
func (p *parser) notSupported(tok Token, msg string) {
	p.fail(tok, msg, "")
	if p.err.From == tok.From {
		p.err.Code = "NOT_SUPPORTED"
	}
}

// expected is the error of a token that cannot stand where it does; what could
// is what was tried there, and also. What belongs closest to the token before
// was tried first: of a long list the rest is left out.
func (p *parser) expected(also ...string) {
	if p.err != nil {
		return
	}
	var all []string
	for _, what := range append(slices.Clone(p.tried), also...) {
		if !slices.Contains(all, what) {
			all = append(all, what)
		}
	}
	shown := all
	if len(all) > 8 {
		shown = append(slices.Clone(all[:7]), "…")
	}
	tok := p.tok
	if tok.Kind == TokIllegal { // one that Hive's mode let pass
		p.illegal(tok)
		return
	}
	if mark := p.placeholder(); mark != "" {
		tok.To = Pos{tok.From.Offset + len(mark), tok.From.Line, tok.From.Col + utf8.RuneCountInString(mark)}
	}
	msg := fmt.Sprintf("mismatched input '%s'. Expecting: %s", tokenText(tok), strings.Join(shown, ", "))
	p.fail(tok, msg, p.hint(all))
}

func tokenText(tok Token) string {
	if tok.Kind == TokEOF {
		return "<EOF>"
	}
	return shortened(tok.Text)
}

// shortened cuts a text that would drown the message it is part of.
func shortened(text string) string {
	const most = 100
	n := 0
	for i := range text {
		if n++; n > most {
			return text[:i] + "…"
		}
	}
	return text
}

// illegal is the error of what is no token.
func (p *parser) illegal(tok Token) {
	switch {
	case tok.Reason != "":
		p.fail(tok, tok.Reason, "")
	default:
		p.fail(tok, fmt.Sprintf("unrecognized character %s", quoteChar(tok.Text)), charHint(tok.Text))
	}
}

func quoteChar(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError && n == 1 {
		return fmt.Sprintf("byte 0x%02X (not UTF-8)", text[0])
	}
	if unicode.IsGraphic(r) && !unicode.IsSpace(r) {
		return "'" + shortened(text) + "'"
	}
	return fmt.Sprintf("U+%04X", r)
}

func charHint(text string) string {
	r, _ := utf8.DecodeRuneInString(text)
	switch {
	case strings.ContainsRune("‘’‚′´", r):
		return "a typographic quote: strings stand in straight single quotes, 'text'"
	case strings.ContainsRune("“”„″«»", r):
		return "a typographic quote: strings stand in straight single quotes, 'text', names in straight double quotes"
	case strings.ContainsRune("–—−", r):
		return "a typographic dash: write - instead"
	case strings.ContainsRune("，；（）。：＝＊＜＞", r):
		return "a full-width character: write its plain counterpart instead"
	case unicode.IsSpace(r), unicode.Is(unicode.Cf, r), unicode.IsControl(r):
		return "an invisible character: write a plain blank instead, or nothing"
	case r == '&':
		return "the and of conditions is AND; bitwise_and(x, y) is that of bits"
	case r == '!':
		return "not is NOT, and unequal <> or !="
	case unicode.IsLetter(r), strings.ContainsRune("@#~\\", r):
		return "a name of other characters than a-z, 0-9 and _ stands in double quotes"
	}
	return ""
}

// hint finds what the author of the source may have meant at the current token.
func (p *parser) hint(expected []string) string {
	for _, find := range []func() string{p.slip, p.foreign} {
		if hint := find(); hint != "" {
			return hint
		}
	}
	if word := p.misspelt(expected); word != "" {
		return "did you mean " + word + "?"
	}
	if hint := p.habit(); hint != "" {
		return hint
	}
	tok := p.tok
	if tok.isReserved() && nameFollows(p.peek(1)) {
		return fmt.Sprintf("%s is a reserved word: as a name it stands in double quotes, \"%s\"",
			tok.Sym, strings.ToLower(tok.Text))
	}
	if p.scan.hive && tok.Kind == TokWord && slices.Contains(expected, "<string>") {
		return "a string stands in quotes: 'text'"
	}
	if tok.is(")") && len(p.open) == 0 {
		return "there is no ( before this )"
	}
	if len(p.open) > 0 && slices.Contains(expected, closer[p.open[len(p.open)-1].Sym]) {
		open := p.open[len(p.open)-1]
		return fmt.Sprintf("the %s at line %d:%d is not closed", open.Text, open.From.Line, open.From.Col)
	}
	return ""
}

// slip finds small mistakes that the tokens at hand give away.
func (p *parser) slip() string {
	tok := p.tok
	switch {
	case p.scan.hive && tok.Kind == TokString && tok.Text[0] == '"':
		return "in DDL names stand in back-ticks: " + quoteBackticks(strings.Trim(tok.Text, `"`))
	case tok.Kind == TokBackquoted && !p.scan.hive:
		return `in queries names stand in double quotes: "` + shortened(tok.value()) + `"`
	case p.placeholder() != "":
		return "replace the placeholder " + p.placeholder()
	case tok.is("=") && p.prev.is("=") && adjacent(p.prev, tok):
		return "equality is a single ="
	case tok.is(":") && p.peek(1).is(":"):
		return "write CAST(x AS type) instead of x::type"
	case tok.is("OFFSET") && p.prev.Kind == TokInteger:
		return "OFFSET stands before LIMIT"
	case tok.is(",") && p.prev.Kind == TokInteger && p.limited:
		return "LIMIT takes one number; OFFSET n stands before it"
	case tok.is("NOT") && p.peek(1).is("NULL"), tok.is("NULL") && p.prev.is("NOT"):
		return "did you mean IS NOT NULL?"
	case tok.Kind == TokWord && isString(p.prev) && adjacent(p.prev, tok):
		return "a quote inside a string is written twice: ''"
	case tok.is("LEFT") && p.peek(1).is("("):
		return "write substr(x, 1, n)"
	case tok.is("RIGHT") && p.peek(1).is("("):
		return "write substr(x, -n)"
	case p.prev.is(",") && (tok.isReserved() || tok.is(")") || tok.is(";") || tok.Kind == TokEOF):
		return "there is a comma too many before it"
	}
	return ""
}

var closer = map[string]string{"(": "')'", "[": "']'", "<": "'>'"}

func adjacent(a, b Token) bool { return a.To.Offset == b.From.Offset }

// placeholder returns <table name>, ${table} or the like, where a guide's
// statement still has one at the current token.
func (p *parser) placeholder() string {
	rest := p.scan.src[p.tok.From.Offset:]
	for _, b := range []struct{ open, end string }{{"<", ">"}, {"${", "}"}, {"{{", "}}"}, {"{", "}"}, {"[", "]"}} {
		if !strings.HasPrefix(rest, b.open) {
			continue
		}
		end := strings.Index(rest, b.end)
		if end < 0 {
			return ""
		}
		inner := rest[len(b.open):end]
		if inner == "" || strings.ContainsFunc(inner, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" _-.", r)
		}) || !isLetter(inner[0]) {
			return ""
		}
		return rest[:end+len(b.end)]
	}
	return ""
}

// nameFollows reports whether tok can stand after a column's name.
func nameFollows(tok Token) bool {
	switch tok.Sym {
	case ",", ")", ".", "=", "<>", "<", ">", "<=", ">=", "AS", "FROM", "IS", "IN", "LIKE", "BETWEEN", "AND", "OR":
		return true
	}
	return false
}

// foreignWords belong to other dialects; each has what Trino has for it. before
// is the kind of token that follows where the word was taken for a name.
var foreignWords = map[string]struct {
	before Kind
	hint   string
}{
	"DIV":       {TokInteger, "write / between integers: it divides whole"},
	"ILIKE":     {TokString, "write lower(value) LIKE pattern"},
	"INTERVAL":  {TokInteger, "the number stands in quotes: INTERVAL '1' DAY"},
	"OVERWRITE": {TokEOF, "Athena has no INSERT OVERWRITE: drop the partition, then INSERT INTO"},
	"QUALIFY":   {TokWord, "filter in a query around this one: SELECT … FROM (…) WHERE …"},
	"REGEXP":    {TokString, "write regexp_like(value, pattern)"},
	"RLIKE":     {TokString, "write regexp_like(value, pattern)"},
	"TOP":       {TokInteger, "write LIMIT at the query's end"},
	"VIEW":      {TokEOF, "write CROSS JOIN UNNEST(array) AS t(column) instead of LATERAL VIEW"},
}

// foreign finds a word of another dialect at the current token or before it.
func (p *parser) foreign() string {
	if w, ok := foreignWords[strings.ToUpper(p.tok.Text)]; ok && !p.tok.is("VIEW") || p.prev.is("LATERAL") && ok {
		return w.hint
	}
	if w, ok := foreignWords[strings.ToUpper(p.prev.Text)]; ok && w.before == p.tok.Kind {
		return w.hint
	}
	return ""
}

// habits are other dialects' ways to say something, found in what was read up to
// the token that cannot stand there, this included.
var habits = []struct {
	pattern *regexp.Regexp
	hint    string
}{
	{regexp.MustCompile(`(?i)\*\s*(EXCLUDE|EXCEPT\s*\(\s*[\w"]+|REPLACE)$`), "Athena's * takes every column: name those you want"},
	{regexp.MustCompile(`(?i)\b(UN)?PIVOT\b.*$`), "Athena has no PIVOT: write sum(value) FILTER (WHERE key = 'a') AS a, a column each, with GROUP BY"},
	{regexp.MustCompile(`(?i)\bcount\s+DISTINCT$`), "write count(DISTINCT column)"},
	{regexp.MustCompile(`(?i)\bAS\s+SELECT$`), "the query of a WITH part stands in brackets: WITH name AS (SELECT …)"},
	{regexp.MustCompile(`(?i)CAST\s*\([^()]+,$`), "write AS instead of the comma: CAST(x AS type)"},
	{regexp.MustCompile(`(?i)CAST\s*\([^(),]+\s\w+$`), "write AS before the type: CAST(x AS type)"},
	{regexp.MustCompile(`(?is)\bCASE\b.*\bFROM$`), "CASE ends with END"},
	{regexp.MustCompile(`(?i)\b(CURRENT_\w+|LOCALTIME\w*)\s*\(\s*\)$`), "it stands without brackets"},
	{regexp.MustCompile(`(?is)\|\|[^|]*=$`), "|| joins text: the or of conditions is OR"},
	{regexp.MustCompile(`(?i)^\s*FROM$`), "a query begins with SELECT: SELECT * FROM …"},
	{regexp.MustCompile(`(?i)(\b(ORDER|GROUP)|\(\s*PARTITION)\s+\w+$`), "BY is missing"},
	{regexp.MustCompile(`(?i)\bTABLESAMPLE\s+\d+$`), "write TABLESAMPLE BERNOULLI (10)"},
	{regexp.MustCompile(`(?i)\bIS\s+'[^']*'$`), "IS is for NULL only: compare with ="},
	{regexp.MustCompile(`(?i)\b(AND|OR)\s+(AND|OR)$`), "a condition is missing between them"},
	{regexp.MustCompile(`(?i)\bSELECT\s+\*\s+\w+$`), "FROM is missing before the table's name"},
}

// habit looks no further back than people write such things, however long the
// source is.
func (p *parser) habit() string {
	read := p.scan.src[:p.tok.To.Offset]
	read = read[max(0, len(read)-500):]
	if p.tok.Kind == TokEOF {
		return ""
	}
	for _, h := range habits {
		if h.pattern.MatchString(read) {
			return h.hint
		}
	}
	return ""
}

// misspelt finds the expected keyword that the token, or a name before it that
// was given without AS, was meant to be.
func (p *parser) misspelt(expected []string) string {
	for _, tok := range []Token{p.tok, p.alias} {
		if tok.Kind != TokWord || tok.Sym != "" || tok != p.tok && tok.To != p.prev.To {
			continue
		}
		for _, e := range append(slices.Clone(expected), p.afterAlias(tok)...) {
			word := strings.Trim(e, "'")
			if len(word) > 2 && isLetter(word[0]) && nearly(strings.ToUpper(tok.Text), word) {
				return word
			}
		}
	}
	return ""
}

func (p *parser) afterAlias(tok Token) []string {
	if tok == p.tok {
		return nil
	}
	return []string{"FROM", "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "JOIN", "UNION", "INNER", "CROSS"}
}

// nearly reports whether one slip of the keyboard lies between a and b: a letter
// changed, missing, too many, or two exchanged.
func nearly(a, b string) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	switch {
	case len(a)+len(b) <= 1:
		return true
	case len(a) == 1 && len(b) == 1:
		return true
	}
	return len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
}
