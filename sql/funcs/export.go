package funcs

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// JodaParser reads texts by a pattern of Joda's, as parse_datetime does; the
// instants are in UTC.
func JodaParser(pattern string) (func(string) (time.Time, bool), error) {
	pieces, err := jodaPattern(pattern)
	if err != nil {
		return nil, err
	}
	return func(text string) (time.Time, bool) {
		z, err := parseMoment(text, pieces)
		return z.Time.UTC(), err == nil
	}, nil
}

// Regexp is a compiled regular expression of Java's: Go's own for what means the
// same there, else one that backtracks.
type Regexp struct {
	plain  *regexp.Regexp
	java   *regexp2.Regexp
	groups int
}

// JavaRegexp compiles a pattern that is to match whole lines (whole), or to be
// found in them. A dot matches line ends when dotAll.
func JavaRegexp(pattern string, whole, dotAll, foldCase bool) (*Regexp, error) {
	re, err := javaRegexp(pattern, whole, dotAll, foldCase)
	if err != nil {
		// The error is better of the pattern as it was written.
		if _, alone := javaRegexp(pattern, false, false, false); alone != nil {
			return nil, alone
		}
	}
	return re, err
}

func javaRegexp(pattern string, whole, dotAll, foldCase bool) (*Regexp, error) {
	flags := ""
	if foldCase {
		flags += "i"
	}
	if dotAll {
		flags += "s"
	}
	wrapped := pattern
	if whole {
		wrapped = `\A(?:` + pattern + `)\z`
	}
	if flags != "" {
		wrapped = "(?" + flags + ")" + wrapped
	}
	if plain, ok := toRE2(wrapped); ok {
		if re, err := regexp.Compile(plain); err == nil {
			return &Regexp{plain: re, groups: re.NumSubexp()}, nil
		}
	}
	translated, err := toDotNet(wrapped)
	if err != nil {
		return nil, err
	}
	re, err := regexp2.Compile(translated, regexp2.None)
	if err != nil {
		what, _, _ := strings.Cut(err.Error(), " in `") // and not what we put around it
		return nil, invalid("%s", what)
	}
	re.MatchTimeout = matchLimit
	return &Regexp{java: re, groups: len(re.GetGroupNumbers()) - 1}, nil
}

// javaSpace is what Java's \\s matches.
const javaSpace = `\t\n\x0B\f\r `

// toRE2 writes a pattern for text without line ends so that Go's engine reads it
// as Java does; false where it might not.
func toRE2(pattern string) (string, bool) {
	if possessive.MatchString(pattern) || strings.Contains(pattern, "&&") {
		return "", false
	}
	var b strings.Builder
	inClass := false
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c == '\\' && i+1 < len(pattern):
			i++
			text, ok := escapeRE2(pattern[i], inClass)
			if !ok {
				return "", false
			}
			b.WriteString(text)
			continue
		case c == '[':
			if inClass || strings.HasPrefix(pattern[i+1:], "]") || strings.HasPrefix(pattern[i+1:], "^]") {
				return "", false
			}
			inClass = true
		case c == ']':
			inClass = false
		case c == '(' && !inClass && strings.HasPrefix(pattern[i+1:], "?") && !bothGroups.MatchString(pattern[i:]):
			return "", false
		}
		b.WriteByte(c)
	}
	return b.String(), true
}

// bothGroups is a group that begins with (? in both.
var bothGroups = regexp.MustCompile(`^\(\?(?:[is]*[):]|<[A-Za-z][A-Za-z0-9]*>)`)

// escapeRE2 is the escape of c in Go's notation.
func escapeRE2(c byte, inClass bool) (string, bool) {
	switch {
	case c == 's' && inClass:
		return javaSpace, true
	case c == 's':
		return "[" + javaSpace + "]", true
	case c == 'S' && !inClass:
		return "[^" + javaSpace + "]", true
	case c == 'S':
		return "", false
	case strings.IndexByte("dDwWtnrf", c) >= 0, !inClass && strings.IndexByte("Abz", c) >= 0:
		return `\` + string(c), true
	case c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= utf8.RuneSelf:
		return "", false
	case c == ' ':
		return " ", true
	}
	return `\` + string(c), true
}

// Groups is how many groups the pattern has.
func (r *Regexp) Groups() int { return r.groups }

// Plain is the pattern where Go's engine reads it as Java does, else nil.
func (r *Regexp) Plain() *regexp.Regexp { return r.plain }

// Find gives where the first match and its groups begin and end, -1 for a group
// that took no part; nil where there is none.
func (r *Regexp) Find(text string) ([]int, error) {
	if r.plain != nil {
		return r.plain.FindStringSubmatchIndex(text), nil
	}
	found, err := r.java.FindStringMatch(text)
	if err != nil {
		return nil, failure("GENERIC_USER_ERROR", "regular expression took more than %s on one value", matchLimit)
	}
	if found == nil {
		return nil, nil
	}
	var at []int
	offsets := runeOffsets(text)
	for _, g := range found.Groups() {
		if len(g.Captures) == 0 {
			at = append(at, -1, -1)
			continue
		}
		at = append(at, offsets[g.Index], offsets[g.Index+g.Length])
	}
	return at, nil
}

func runeOffsets(s string) []int {
	offsets := make([]int, 0, len(s)+1)
	for i := range s {
		offsets = append(offsets, i)
	}
	return append(offsets, len(s))
}
