package funcs

import (
	"strings"

	"logsql/convert/schema"
)

// signature is a parsed text of Func.Signatures.
type signature struct {
	text     string
	params   []pattern
	variadic bool // the last parameter stands for none or more
	result   pattern
	generic  bool // has type variables
}

// pattern is a type with variables. Name is a variable, a type's name, or
// array, map, row and function, which have Args (row may have none: any row).
type pattern struct {
	name string
	args []pattern
}

// languages are the types of texts in a language of their own, by what Trino
// calls them. Any varchar or char is one.
var languages = map[string]string{"regexp": "joniregexp", "jsonpath": "jsonpath", "codepoints": "codepoints"}

func (p pattern) isVar() bool { return len(p.name) == 1 && p.name[0] >= 'A' && p.name[0] <= 'Z' }

func (p pattern) hasVar() bool {
	for _, a := range p.args {
		if a.hasVar() {
			return true
		}
	}
	return p.isVar()
}

// String is the pattern as Trino lists it in an error.
func (p pattern) String() string {
	switch {
	case languages[p.name] != "":
		return languages[p.name]
	case p.name == "decimal":
		return "decimal(p,s)"
	case p.name == "varchar", p.name == "char":
		return p.name + "(x)"
	case p.name == "timestamp", p.name == "time":
		return p.name + "(p)"
	case p.name == "timestamp with time zone", p.name == "time with time zone":
		return strings.Replace(p.name, " ", "(p) ", 1)
	case len(p.args) == 0:
		return p.name
	}
	return p.name + "(" + joinPatterns(p.args, ",") + ")"
}

func joinPatterns(ps []pattern, sep string) string {
	parts := make([]string, len(ps))
	for i, p := range ps {
		parts[i] = p.String()
	}
	return strings.Join(parts, sep)
}

// String is the parameter list as Trino shows it.
func (s *signature) String() string {
	parts, letters := make([]string, len(s.params)), "xyzuvw"
	for i, p := range s.params {
		parts[i] = p.String()
		if (p.name == "varchar" || p.name == "char") && letters != "" {
			parts[i], letters = p.name+"("+letters[:1]+")", letters[1:]
		}
	}
	text := strings.Join(parts, ", ")
	if s.variadic {
		text += "..."
	}
	return "(" + text + ")"
}

func (f *Func) signatures() []signature {
	f.once.Do(func() {
		for _, text := range f.Signatures {
			f.parsed = append(f.parsed, parseSignature(text))
		}
	})
	return f.parsed
}

// parseSignature panics on a broken text: those are written in the source, and
// a test reads them all.
func parseSignature(text string) signature {
	s := signature{text: text}
	p := patternParser{rest: text}
	p.want("(")
	for !p.got(")") {
		s.params = append(s.params, p.pattern())
		s.variadic = p.got("...")
		if !p.got(",") {
			p.want(")")
			break
		}
	}
	s.result = p.pattern()
	if p.rest != "" {
		panic("signature " + text + ": unexpected " + p.rest)
	}
	for _, param := range s.params {
		s.generic = s.generic || param.hasVar()
	}
	return s
}

type patternParser struct{ rest string }

func (p *patternParser) got(tok string) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeft(p.rest, " "), tok)
	if ok {
		p.rest = rest
	}
	return ok
}

func (p *patternParser) want(tok string) {
	if !p.got(tok) {
		panic("signature: expected " + tok + " before " + p.rest)
	}
}

// boundText is varchar as long as the first argument is.
const boundText = "varchar(x)"

// longNames are the types of more than one word.
var longNames = []string{
	"timestamp with time zone", "time with time zone", "interval day to second", "interval year to month",
}

func (p *patternParser) pattern() pattern {
	p.rest = strings.TrimLeft(p.rest, " ")
	for _, name := range longNames {
		if p.got(name) {
			return pattern{name: name}
		}
	}
	n := strings.IndexAny(p.rest+" ", " (),.")
	q := pattern{name: p.rest[:n]}
	p.rest = p.rest[n:]
	if q.name == "varchar" && p.got("(x)") {
		q.name = boundText
		return q
	}
	if p.got("(") {
		for {
			q.args = append(q.args, p.pattern())
			if !p.got(",") {
				break
			}
		}
		p.want(")")
	}
	if !q.isVar() && languages[q.name] == "" && q.name != "any" && q.name != "function" && q.name != "row" && len(q.args) == 0 {
		schema.MustParse(q.name)
	}
	return q
}

// typeSignature is a type as Trino lists it among a call's parameters.
func typeSignature(t schema.Type) string {
	parts := make([]string, len(t.Elems))
	for i, f := range t.Elems {
		parts[i] = typeSignature(f.Type)
		if t.Kind == schema.Row && f.Name != "" {
			parts[i] = `"` + f.Name + `" ` + parts[i]
		}
	}
	switch t.Kind {
	case schema.Array, schema.Map, schema.Row:
		return t.Kind.String() + "(" + strings.Join(parts, ",") + ")"
	case schema.Decimal:
		return strings.ReplaceAll(t.String(), ", ", ",")
	}
	return t.String()
}
