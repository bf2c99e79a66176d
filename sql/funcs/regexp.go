package funcs

import (
	"regexp"
	"strings"

	"logsql/convert/schema"
)

var regexpFuncs = []*Func{
	{Name: "regexp_like", Signatures: []string{"(varchar, regexp) boolean"}, Emit: emitRegexpLike},
	{Name: "regexp_extract", Signatures: []string{"(varchar, regexp) varchar(x)", "(varchar, regexp, bigint) varchar(x)"}, Emit: emitRegexpExtract},
	{Name: "regexp_extract_all", Signatures: []string{"(varchar, regexp) array(varchar(x))", "(varchar, regexp, bigint) array(varchar(x))"}, Emit: emitGroup("trino_regexp_extract_all")},
	{Name: "regexp_replace", Signatures: []string{"(varchar, regexp) varchar", "(varchar, regexp, varchar) varchar", "(varchar, regexp, function(array(varchar), varchar)) varchar"}, Result: regexpReplaceResult, Emit: emitRegexpReplace},
	{Name: "regexp_count", Signatures: []string{"(varchar, regexp) bigint"}, Emit: emitPattern("trino_regexp_count")},
	{Name: "regexp_position", Signatures: []string{"(varchar, regexp) integer", "(varchar, regexp, integer) integer", "(varchar, regexp, integer, integer) integer"}, Emit: emitRegexpPosition},
	{Name: "regexp_split", Signatures: []string{"(varchar, regexp) array(varchar(x))"}, Emit: emitPattern("trino_regexp_split")},
}

// checkPattern refuses a literal pattern that is wrong or not served, with or
// without rows.
func checkPattern(c *Call) (pattern string, literal bool, err error) {
	pattern, literal = c.constant(1)
	if literal {
		_, err = compile(pattern)
	}
	return pattern, literal, err
}

// emitRegexpLike lets DuckDB match what RE2 reads as Trino does.
func emitRegexpLike(c *Call) (expr, error) {
	pattern, literal, err := checkPattern(c)
	if err != nil {
		return nil, err
	}
	if literal && plainRegexp(strings.ReplaceAll(pattern, "$", "")) {
		return call("regexp_matches", c.Args[0], str(endBeforeNewline(searched(pattern)))), nil
	}
	return call("trino_regexp_like", c.Args...), nil
}

// searched is a pattern without the .* at its ends, which says nothing where a
// match may be anywhere and costs RE2 most of its time.
func searched(pattern string) string {
	flags := ""
	if rest, ok := strings.CutPrefix(pattern, "(?i)"); ok {
		flags, pattern = "(?i)", rest
	}
	for _, any := range []string{".*?", ".*"} {
		pattern = strings.TrimPrefix(pattern, any)
	}
	for _, any := range []string{".*?", ".*"} {
		rest, ok := strings.CutSuffix(pattern, any)
		slashes := len(rest) - len(strings.TrimRight(rest, `\`))
		if ok && slashes%2 == 0 {
			pattern = rest
		}
	}
	return flags + pattern
}

// endBeforeNewline writes out what $ means in Trino: the end, or a newline
// there.
func endBeforeNewline(pattern string) string {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			b.WriteByte('\\')
			if i++; i < len(pattern) {
				b.WriteByte(pattern[i])
			}
		case '[':
			end := classEnd(pattern, i)
			b.WriteString(pattern[i:end])
			i = end - 1
		case '$':
			b.WriteString(`(?:\n?\z)`)
		default:
			b.WriteByte(pattern[i])
		}
	}
	return b.String()
}

func classEnd(pattern string, i int) int {
	for j := i + 1; j < len(pattern); j++ {
		switch {
		case pattern[j] == '\\':
			j++
		case pattern[j] == ']' && j > i+1 && !(j == i+2 && pattern[i+1] == '^'):
			return j + 1
		}
	}
	return len(pattern)
}

// emitRegexpExtract: DuckDB gives an empty text where nothing matches.
func emitRegexpExtract(c *Call) (expr, error) {
	pattern, literal, err := checkPattern(c)
	if err != nil {
		return nil, err
	}
	group := "0"
	if len(c.Args) == 3 {
		group, _ = c.constant(2)
	}
	if literal && group == "0" && plainRegexp(pattern) {
		p := str(pattern)
		return when(call("regexp_matches", c.Args[0], p), call("regexp_extract", c.Args[0], p), nil), nil
	}
	if literal && len(group) == 1 && group > "0" && groupInMatch(pattern, int(group[0]-'0')) {
		p := str(endBeforeNewline(pattern))
		return when(call("regexp_matches", c.Args[0], p), call("regexp_extract", c.Args[0], p, num(int(group[0]-'0'))), nil), nil
	}
	return emitGroup("trino_regexp_extract")(c)
}

// emitGroup passes group 0 where none is given.
func emitGroup(name string) emit {
	return func(c *Call) (expr, error) {
		if _, _, err := checkPattern(c); err != nil {
			return nil, err
		}
		args := append([]expr{}, c.Args...)
		if len(args) == 2 {
			args = append(args, num(0))
		}
		return call(name, args...), nil
	}
}

func emitPattern(name string) emit {
	return func(c *Call) (expr, error) {
		if _, _, err := checkPattern(c); err != nil {
			return nil, err
		}
		return call(name, c.Args...), nil
	}
}

// regexpReplaceResult reckons that half of the replacement may be groups.
func regexpReplaceResult(params []schema.Type) schema.Type {
	return grown(params, func(x, y int) int { return x + min(max(x*y/2, y), schema.MaxVarchar)*(x+1) })
}

func emitRegexpReplace(c *Call) (expr, error) {
	pattern, literal, err := checkPattern(c)
	if err != nil {
		return nil, err
	}
	args := append([]expr{}, c.Args...)
	with, fixed := c.constant(2)
	if literal && (fixed || len(args) == 2) && !strings.ContainsAny(with, `$\`) && plainRegexp(pattern) && !matchesEmpty(pattern) {
		return call("regexp_replace", args[0], str(pattern), str(with), str("g")), nil
	}
	if len(args) == 2 {
		args = append(args, str(""))
	} else if c.Params[2].Kind == schema.Function {
		return replaceBy(c), nil
	}
	return call("trino_regexp_replace", args...), nil
}

// replaceBy cuts the text at its matches: each piece is the text before a
// match, something, and the match's groups; the last one has the rest alone.
func replaceBy(c *Call) expr {
	pieces := call("trino_regexp_pieces", c.Args[0], c.Args[1])
	groups := call("list_slice", elem(), num(3), call("len", elem()))
	replaced := when(bin(">", call("len", elem()), num(1)), apply(c.Args[2], groups), str(""))
	text := bin("||", at(elem(), num(1)), replaced)
	texts := call("list_transform", pieces, lambda(text, elemVar))
	return when(hasNull(texts), castTo(null(), "VARCHAR"), call("array_to_string", texts, str("")))
}

func emitRegexpPosition(c *Call) (expr, error) {
	if _, _, err := checkPattern(c); err != nil {
		return nil, err
	}
	args := append([]expr{}, c.Args...)
	for len(args) < 4 {
		args = append(args, num(1))
	}
	return castTo(call("trino_regexp_position", args...), "INTEGER"), nil
}

// plainPattern is the part of the syntax that RE2, Java and Joni read alike.
var plainPattern = regexp.MustCompile(`^(?:\(\?i\))?(?:[^\\\[\](){}*+?|^$]|\\[dDwWtnrf.\\/\-()\[\]{}*+?|^"'$:,;=<>@!#%&_~]|\(\?:|\(|\)|\||\^|\$` +
	`|\[\^?(?:[^\\\[\]&^]|\\[dDwWtnrf.\\/\-()\[\]{}*+?|^"'$])+\]|(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})\??)*$`)

// possessive finds quantifiers that Java does not read as RE2 does.
var possessive = regexp.MustCompile(`[*+?}][+*]|[?]{3}|\?\{|\}\{`)

// plainRegexp tells whether a pattern means the same in RE2. The end of text is
// not plain: in Trino it may be before a last newline.
func plainRegexp(pattern string) bool {
	if !plainPattern.MatchString(pattern) || strings.Contains(pattern, "$") && strings.Contains(strings.ReplaceAll(pattern, `\$`, ""), "$") {
		return false
	}
	if possessive.MatchString(strings.NewReplacer(`\\`, "", `\*`, "", `\+`, "", `\?`, "", `\}`, "").Replace(pattern)) {
		return false
	}
	if strings.Contains(strings.NewReplacer(`\\`, "", `\(`, "", "(?:", "").Replace(strings.TrimPrefix(pattern, "(?i)")), "(?") {
		return false // flags and named groups differ
	}
	_, p, err := parseRegexp(pattern)
	if err != nil || p.odd {
		return false
	}
	_, err = regexp.Compile(pattern)
	return err == nil
}

var regexpGo = []GoFunc{
	{Name: "trino_regexp_like", Signature: "(varchar, varchar) boolean", Long: goRegexpLike},
	{Name: "trino_regexp_extract", Signature: "(varchar, varchar, bigint) varchar", Long: goRegexpExtract},
	{Name: "trino_regexp_extract_all", Signature: "(varchar, varchar, bigint) array(varchar)", Long: goRegexpExtractAll},
	{Name: "trino_regexp_replace", Signature: "(varchar, varchar, varchar) varchar", Long: goRegexpReplace},
	{Name: "trino_regexp_pieces", Signature: "(varchar, varchar) array(array(varchar))", Long: goRegexpPieces},
	{Name: "trino_regexp_count", Signature: "(varchar, varchar) bigint", Long: goRegexpCount},
	{Name: "trino_regexp_position", Signature: "(varchar, varchar, bigint, bigint) bigint", Long: goRegexpPosition},
	{Name: "trino_regexp_split", Signature: "(varchar, varchar) array(varchar)", Long: goRegexpSplit},
}
