package funcs

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// What follows is for the patterns of RegexSerDe, which are Java's own; those of
// queries are Joni's (regexpparse.go).

// posixClasses are the classes of one byte that \p and [: :] name.
var posixClasses = map[string]string{
	"alpha": "a-zA-Z", "lower": "a-z", "upper": "A-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "space": `\t\n\x0B\f\r `,
	"xdigit": "0-9a-fA-F", "blank": ` \t`, "cntrl": `\x00-\x1F\x7F`, "punct": `!-/:-@\[-` + "`" + `{-~`, "graph": "!-~",
	"print": " -~", "ascii": `\x00-\x7F`, "word": `a-zA-Z0-9_`,
}

// toDotNet writes a Java pattern for regexp2: \d, \w and \s of ASCII, classes
// by name, \Q…\E, possessive quantifiers as atomic groups. What it cannot say
// is refused rather than guessed.
func toDotNet(pattern string) (string, error) {
	var b strings.Builder
	inClass := 0
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c == '\\':
			n, text, err := dotNetEscape(pattern[i:], inClass > 0)
			if err != nil {
				return "", err
			}
			b.WriteString(text)
			i += n - 1
		case c == '[' && inClass > 0 && strings.HasPrefix(pattern[i:], "[:"):
			end := strings.Index(pattern[i:], ":]")
			if end < 0 || posixClasses[pattern[i+2:i+end]] == "" {
				return "", refused(pattern)
			}
			b.WriteString(posixClasses[pattern[i+2:i+end]])
			i += end + 1
		case c == '[' && inClass > 0, c == '&' && inClass > 0 && strings.HasPrefix(pattern[i:], "&&"):
			return "", refused(pattern)
		case c == '[':
			inClass++
			b.WriteByte(c)
			if strings.HasPrefix(pattern[i+1:], "^") {
				b.WriteByte('^')
				i++
			}
			if strings.HasPrefix(pattern[i+1:], "]") {
				return "", refused(pattern)
			}
		case c == ']' && inClass > 0:
			inClass--
			b.WriteByte(c)
		case inClass == 0 && c == '+' && i > 0 && strings.IndexByte("*+?}", pattern[i-1]) >= 0 && (i < 2 || pattern[i-2] != '\\'):
			return "", refused(pattern)
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), nil
}

func refused(pattern string) error {
	return unsupported("The regular expression '%s' uses nested classes, class intersections or possessive quantifiers, which are not supported yet", pattern)
}

// dotNetEscape translates the escape that s begins with.
func dotNetEscape(s string, inClass bool) (int, string, error) {
	if len(s) < 2 {
		return 0, "", invalid("end pattern at escape")
	}
	wrap := func(class string, negated bool) string {
		switch {
		case inClass && negated:
			return ""
		case inClass:
			return class
		case negated:
			return "[^" + class + "]"
		}
		return "[" + class + "]"
	}
	plain := map[byte]string{'d': "0-9", 'w': "a-zA-Z0-9_", 's': `\t\n\x0B\f\r `, 'h': "0-9a-fA-F"}
	lower := s[1] | 0x20
	if class, ok := plain[lower]; ok && (s[1] == lower || s[1] == lower-0x20) {
		text := wrap(class, s[1] != lower)
		if text == "" {
			return 0, "", unsupported("\\%c inside [] of a regular expression is not supported yet", s[1])
		}
		return 2, text, nil
	}
	switch s[1] {
	case 'Q':
		text, _, found := strings.Cut(s[2:], `\E`)
		n := len(text) + 2
		if found {
			n += 2
		}
		return n, regexp.QuoteMeta(text), nil
	case 'p', 'P':
		end := strings.IndexByte(s, '}')
		if !strings.HasPrefix(s[2:], "{") || end < 0 {
			return 0, "", invalid("invalid character property name {%s}", s[:min(len(s), 3)])
		}
		name := s[3:end]
		if class := posixClasses[strings.ToLower(name)]; class != "" {
			text := wrap(class, s[1] == 'P')
			if text == "" {
				return 0, "", unsupported("\\P inside [] of a regular expression is not supported yet")
			}
			return end + 1, text, nil
		}
		if len(name) > 2 {
			return 0, "", invalid("invalid character property name <%s>", name)
		}
		return end + 1, s[:end+1], nil
	case 'Z', 'z', 'A', 'b', 'B', 'G', 't', 'n', 'r', 'f', 'a', 'e', 'x', 'u', 'c', 'k', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return 2, s[:2], nil
	}
	if r, _ := utf8.DecodeRuneInString(s[1:]); r < utf8.RuneSelf && (lower < 'a' || lower > 'z') {
		return 2, s[:2], nil
	}
	return 0, "", unsupported("\\%c of a regular expression is not supported yet", s[1])
}
