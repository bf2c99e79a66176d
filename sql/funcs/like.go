package funcs

import (
	"strings"
	"unicode/utf8"

	"logsql/sql/syntax"
)

var likeGo = []GoFunc{
	{Name: "trino_like_pattern", Signature: "(varchar, varchar) varchar", Call: func(a []any) (any, error) {
		pattern, err := likePattern(a[0].(string), a[1].(string))
		return pattern, err
	}},
}

// LikePattern is a pattern of LIKE with an ESCAPE as one whose escape is a
// backslash. The error is that of a pattern known now; it has no place.
func LikePattern(pattern, escape syntax.Expr) (syntax.Expr, error) {
	p, ok := pattern.(*syntax.StringLit)
	e, known := escape.(*syntax.StringLit)
	if !ok || !known {
		return call("trino_like_pattern", pattern, escape), nil
	}
	text, err := likePattern(p.Value, e.Value)
	return str(text), err
}

func likePattern(pattern, escape string) (string, error) {
	mark, n := utf8.DecodeRuneInString(escape)
	if n == 0 || n != len(escape) {
		return "", invalid("Escape string must be a single character")
	}
	var b strings.Builder
	escaped := false
	for _, r := range pattern {
		switch {
		case escaped:
			if r != '%' && r != '_' && r != mark {
				return "", invalid("Escape character must be followed by '%%', '_' or the escape character itself")
			}
			b.WriteByte('\\')
			b.WriteRune(r)
			escaped = false
		case r == mark:
			escaped = true
		case r == '\\':
			b.WriteString(`\\`)
		default:
			b.WriteRune(r)
		}
	}
	if escaped {
		return "", invalid("Escape character must be followed by '%%', '_' or the escape character itself")
	}
	return b.String(), nil
}
