package funcs

import (
	"regexp/syntax"
	"strings"
)

// groupInMatch reports whether a pattern means the same in RE2 and each of its
// matches has its n-th group, which DuckDB else gives as an empty text where
// Trino has NULL. A $ may only end the pattern, outside of its groups.
func groupInMatch(pattern string, n int) bool {
	body := strings.TrimSuffix(pattern, "$")
	if strings.HasSuffix(body, `\`) || !plainRegexp(body) {
		return false
	}
	re, err := syntax.Parse(body, syntax.Perl)
	return err == nil && hasGroup(re, n)
}

// hasGroup reports whether the n-th group takes part in each match of re.
func hasGroup(re *syntax.Regexp, n int) bool {
	switch re.Op {
	case syntax.OpCapture:
		return re.Cap == n || hasGroup(re.Sub[0], n)
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if hasGroup(sub, n) {
				return true
			}
		}
	}
	return false
}

// matchesEmpty reports whether a pattern may match no text at all: how a
// replacement goes on after such a match differs.
func matchesEmpty(pattern string) bool {
	re, err := syntax.Parse(pattern, syntax.Perl)
	return err != nil || shortest(re) == 0
}

// shortest is a bound from below of how much re matches, 0 or 1.
func shortest(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass, syntax.OpAnyCharNotNL, syntax.OpAnyChar:
		return 1
	case syntax.OpCapture, syntax.OpPlus:
		return shortest(re.Sub[0])
	case syntax.OpRepeat:
		return min(re.Min, 1) * shortest(re.Sub[0])
	case syntax.OpConcat:
		longest := 0
		for _, sub := range re.Sub {
			longest = max(longest, shortest(sub))
		}
		return longest
	case syntax.OpAlternate:
		least := 1
		for _, sub := range re.Sub {
			least = min(least, shortest(sub))
		}
		return least
	}
	return 0
}
