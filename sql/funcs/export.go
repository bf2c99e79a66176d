package funcs

import (
	"regexp"
	"time"

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
	if plainLine(pattern) {
		if re, err := regexp.Compile(wrapped); err == nil {
			return &Regexp{plain: re, groups: re.NumSubexp()}, nil
		}
	}
	translated, err := toDotNet(wrapped)
	if err != nil {
		return nil, err
	}
	re, err := regexp2.Compile(translated, regexp2.None)
	if err != nil {
		return nil, invalid("%s", err)
	}
	re.MatchTimeout = matchLimit
	return &Regexp{java: re, groups: len(re.GetGroupNumbers()) - 1}, nil
}

// plainLine is plainRegexp for text without line ends, where $ is the end.
func plainLine(pattern string) bool {
	plain := []byte(pattern)
	inClass := false
	for i := 0; i < len(plain); i++ {
		switch plain[i] {
		case '\\':
			i++
		case '[':
			inClass = true
		case ']':
			inClass = false
		case '$':
			if !inClass {
				plain[i] = '^'
			}
		}
	}
	return plainRegexp(string(plain))
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
