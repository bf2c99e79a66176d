package funcs

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// matcherRE is a compiled regular expression: Go's own for what means the same
// there, else ours, which backtracks as Trino's does.
type matcherRE struct {
	plain  *regexp.Regexp
	back   *rxProg
	groups int
	names  map[string]int
}

// matchLimit ends a match that backtracks without end.
const matchLimit = 30 * time.Second

var compiled sync.Map // string → *matcherRE

func compile(pattern string) (*matcherRE, error) {
	if have, ok := compiled.Load(pattern); ok {
		return have.(*matcherRE), nil
	}
	m, err := newMatcher(pattern)
	if err == nil {
		compiled.Store(pattern, m)
	}
	return m, err
}

func newMatcher(pattern string) (*matcherRE, error) {
	tree, p, err := parseRegexp(pattern)
	if err != nil {
		return nil, err
	}
	m := &matcherRE{groups: p.groups, names: p.names}
	// Go leaves out an empty match right after another, Joni does not.
	if plainRegexp(pattern) {
		if m.plain = regexp.MustCompile(pattern); !m.plain.MatchString("") {
			return m, nil
		}
		m.plain = nil
	}
	m.back, err = compileProg(tree, p.groups)
	return m, err
}

// match is one match: byte offsets of each group, -1 for one that took no part.
type match []int

// find calls f for each match in turn until it says no.
func (m *matcherRE) find(ctx context.Context, s string, f func(match) bool) error {
	if m.plain != nil {
		return m.findPlain(s, f)
	}
	r := &rxRun{p: m.back, s: s, regs: make([]int, m.back.regs), ctx: ctx, deadline: time.Now().Add(matchLimit)}
	for from := 0; from <= len(s); {
		at := r.search(from)
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.over {
			return failure("GENERIC_USER_ERROR", "regular expression took more than %s on one value", matchLimit)
		}
		if at == nil || !f(at) {
			return nil
		}
		if from = at[1]; at[0] == at[1] {
			_, n := utf8.DecodeRuneInString(s[from:])
			from += max(n, 1)
		}
	}
	return nil
}

func (m *matcherRE) findPlain(s string, f func(match) bool) error {
	for _, at := range m.plain.FindAllStringSubmatchIndex(s, -1) {
		if !f(at) {
			return nil
		}
	}
	return nil
}

func goRegexpLike(ctx context.Context, a []any) (any, error) {
	m, err := compile(a[1].(string))
	if err != nil {
		return nil, err
	}
	if m.plain != nil {
		return m.plain.MatchString(a[0].(string)), nil
	}
	found := false
	err = m.find(ctx, a[0].(string), func(match) bool { found = true; return false })
	return found, err
}

func (m *matcherRE) group(n int64) (int, error) {
	if n < 0 {
		return 0, invalid("Group cannot be negative")
	}
	if n > int64(m.groups) {
		return 0, invalid("Pattern has %d groups. Cannot access group %d", m.groups, n)
	}
	return int(n), nil
}

func goRegexpExtract(ctx context.Context, a []any) (any, error) {
	s := a[0].(string)
	m, err := compile(a[1].(string))
	if err != nil {
		return nil, err
	}
	group, err := m.group(a[2].(int64))
	if err != nil {
		return nil, err
	}
	var result any
	err = m.find(ctx, s, func(at match) bool {
		result = at.text(s, group)
		return false
	})
	return result, err
}

func (at match) text(s string, group int) any {
	if at[2*group] < 0 {
		return nil
	}
	return s[at[2*group]:at[2*group+1]]
}

func goRegexpExtractAll(ctx context.Context, a []any) (any, error) {
	s := a[0].(string)
	m, err := compile(a[1].(string))
	if err != nil {
		return nil, err
	}
	group, err := m.group(a[2].(int64))
	if err != nil {
		return nil, err
	}
	all := []any{}
	err = m.find(ctx, s, func(at match) bool {
		all = append(all, at.text(s, group))
		return true
	})
	return all, err
}

func goRegexpCount(ctx context.Context, a []any) (any, error) {
	m, err := compile(a[1].(string))
	if err != nil {
		return nil, err
	}
	n := int64(0)
	err = m.find(ctx, a[0].(string), func(match) bool { n++; return true })
	return n, err
}

// goRegexpPosition is the place of the n-th match from a character on, -1 for
// none.
func goRegexpPosition(ctx context.Context, a []any) (any, error) {
	s, start, occurrence := a[0].(string), a[2].(int64), a[3].(int64)
	if start < 1 {
		return nil, invalid("start position cannot be smaller than 1")
	}
	if occurrence < 1 {
		return nil, invalid("occurrence cannot be smaller than 1")
	}
	m, err := compile(a[1].(string))
	if err != nil {
		return nil, err
	}
	if start > int64(utf8.RuneCountInString(s)) {
		return int64(-1), nil
	}
	from, place := runeOffset(s, start-1), int64(-1)
	err = m.find(ctx, s, func(at match) bool {
		if at[0] < from {
			return true
		}
		occurrence--
		if occurrence == 0 {
			place = int64(utf8.RuneCountInString(s[:at[0]]) + 1)
		}
		return occurrence > 0
	})
	return place, err
}

func goRegexpSplit(ctx context.Context, a []any) (any, error) {
	s := a[0].(string)
	m, err := compile(a[1].(string))
	if err != nil {
		return nil, err
	}
	parts, last := []any{}, 0
	err = m.find(ctx, s, func(at match) bool {
		parts = append(parts, s[last:at[0]])
		last = at[1]
		return true
	})
	return append(parts, s[last:]), err
}

func goRegexpReplace(ctx context.Context, a []any) (any, error) {
	s, with := a[0].(string), a[2].(string)
	m, err := compile(a[1].(string))
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	var pieces []replacement
	var wrong error
	last := 0
	err = m.find(ctx, s, func(at match) bool {
		if pieces == nil { // a replacement is read when it is needed
			pieces, wrong = m.replacement(with)
		}
		b.WriteString(s[last:at[0]])
		for _, p := range pieces {
			if p.group < 0 {
				b.WriteString(p.text)
			} else if text, ok := at.text(s, p.group).(string); ok {
				b.WriteString(text)
			}
		}
		last = at[1]
		if wrong == nil {
			wrong = fits(b.Len())
		}
		return wrong == nil
	})
	if wrong != nil {
		return nil, wrong
	}
	b.WriteString(s[last:])
	return b.String(), err
}

type replacement struct {
	text  string
	group int // -1 for text
}

// replacement reads $1, ${name} and \x in a replacement.
func (m *matcherRE) replacement(text string) ([]replacement, error) {
	out := []replacement{}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			if i++; i == len(text) {
				return nil, invalid("Illegal replacement sequence: %s", text)
			}
			out = withText(out, text[i:i+1])
		case c != '$':
			end := i + 1
			for end < len(text) && text[end] != '$' && text[end] != '\\' {
				end++
			}
			out = withText(out, text[i:end])
			i = end - 1
		case strings.HasPrefix(text[i:], "${"):
			name, _, ok := strings.Cut(text[i+2:], "}")
			group := m.named(name)
			if !ok || group < 0 {
				return nil, invalid("Illegal replacement sequence: unknown group { %s }", name)
			}
			out = append(out, replacement{group: group})
			i += len(name) + 2
		default:
			group, n := m.numbered(text[i+1:])
			if n == 0 {
				return nil, invalid("Illegal replacement sequence: %s", text)
			}
			if group > m.groups {
				return nil, invalid("Illegal replacement sequence: unknown group %d", group)
			}
			out = append(out, replacement{group: group})
			i += n
		}
	}
	return out, nil
}

func withText(out []replacement, text string) []replacement {
	return append(out, replacement{text: text, group: -1})
}

func (m *matcherRE) named(name string) int {
	if n := m.names[name]; n > 0 {
		return n
	}
	return -1
}

// numbered reads as many digits as there are groups for.
func (m *matcherRE) numbered(s string) (group, n int) {
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		next, _ := strconv.Atoi(s[:n+1])
		if n > 0 && next > m.groups {
			break
		}
		group, n = next, n+1
	}
	return group, n
}

// goRegexpPieces cuts a text as replaceBy says.
func goRegexpPieces(ctx context.Context, a []any) (any, error) {
	s := a[0].(string)
	m, err := compile(a[1].(string))
	if err != nil {
		return nil, err
	}
	pieces, last := []any{}, 0
	err = m.find(ctx, s, func(at match) bool {
		piece := []any{s[last:at[0]], ""}
		for group := 1; group <= m.groups; group++ {
			piece = append(piece, at.text(s, group))
		}
		pieces, last = append(pieces, piece), at[1]
		return true
	})
	return append(pieces, []any{s[last:]}), err
}
