package funcs

import (
	"sort"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// runeSet is a set of characters: pairs of first and last, in order.
type runeSet struct {
	pairs []rune
	ascii [4]uint32
}

func setOf(pairs ...rune) *runeSet { return newSet(pairs) }

// newSet sorts and joins pairs.
func newSet(pairs []rune) *runeSet {
	order := make([][2]rune, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		order = append(order, [2]rune{pairs[i], pairs[i+1]})
	}
	sort.Slice(order, func(i, j int) bool { return order[i][0] < order[j][0] })
	s := &runeSet{}
	for _, p := range order {
		if n := len(s.pairs); n > 0 && p[0] <= s.pairs[n-1]+1 {
			s.pairs[n-1] = max(s.pairs[n-1], p[1])
			continue
		}
		s.pairs = append(s.pairs, p[0], p[1])
	}
	for r := rune(0); r < utf8.RuneSelf; r++ {
		if s.search(r) {
			s.ascii[r>>5] |= 1 << (r & 31)
		}
	}
	return s
}

func (s *runeSet) has(r rune) bool {
	if r < utf8.RuneSelf {
		return s.ascii[r>>5]&(1<<(r&31)) != 0
	}
	return s.search(r)
}

func (s *runeSet) search(r rune) bool {
	i := sort.Search(len(s.pairs)/2, func(i int) bool { return s.pairs[2*i+1] >= r })
	return 2*i < len(s.pairs) && s.pairs[2*i] <= r
}

func (s *runeSet) or(t *runeSet) *runeSet {
	return newSet(append(append([]rune{}, s.pairs...), t.pairs...))
}

func (s *runeSet) not() *runeSet {
	var out []rune
	next := rune(0)
	for i := 0; i < len(s.pairs); i += 2 {
		if s.pairs[i] > next {
			out = append(out, next, s.pairs[i]-1)
		}
		next = s.pairs[i+1] + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, next, unicode.MaxRune)
	}
	return newSet(out)
}

func (s *runeSet) and(t *runeSet) *runeSet { return s.not().or(t.not()).not() }

// folded adds what differs from a member by case alone.
func (s *runeSet) folded() *runeSet {
	pairs := append([]rune{}, s.pairs...)
	for _, orbit := range orbits() {
		for _, r := range orbit {
			if !s.has(r) {
				continue
			}
			for _, other := range orbit {
				pairs = append(pairs, other, other)
			}
			break
		}
	}
	return newSet(pairs)
}

// orbits are the characters that differ by case alone. Joni's tables are older
// than Go's and leave out some.
var orbits = sync.OnceValue(func() [][]rune {
	var all [][]rune
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if o := orbitOf(r); len(o) > 1 && o[0] == r {
			all = append(all, o)
		}
	}
	return all
})

// orbitOf is r with its other cases, in order.
func orbitOf(r rune) []rune {
	if newerCase(r) {
		return []rune{r}
	}
	orbit := []rune{r}
	for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
		if !newerCase(o) {
			orbit = append(orbit, o)
		}
	}
	sort.Slice(orbit, func(i, j int) bool { return orbit[i] < orbit[j] })
	return orbit
}

func newerCase(r rune) bool {
	return r == 0x1E9E || r >= 0x13A0 && r <= 0x13FD || r >= 0xAB70 && r <= 0xABBF || r >= 0x1C80 && r <= 0x1CBF
}

func sameFold(x, y rune) bool {
	if x == y {
		return true
	}
	for _, o := range orbitOf(x) {
		if o == y {
			return true
		}
	}
	return false
}

func tables(list ...*unicode.RangeTable) *runeSet {
	var pairs []rune
	add := func(lo, hi, stride rune) {
		if stride == 1 {
			pairs = append(pairs, lo, hi)
			return
		}
		for r := lo; r <= hi; r += stride {
			pairs = append(pairs, r, r)
		}
	}
	for _, t := range list {
		for _, r := range t.R16 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return newSet(pairs)
}

// The classes of one letter are of ASCII, those with a name of Unicode.
var (
	digitSet = setOf('0', '9')
	wordSet  = setOf('0', '9', 'A', 'Z', '_', '_', 'a', 'z')
	spaceSet = setOf('\t', '\r', ' ', ' ')
)

// wordChars is what \b goes by.
var wordChars = sync.OnceValue(func() *runeSet { return properties()["word"] })

// posixNames are those that [: :] takes.
const posixNames = " alnum alpha ascii blank cntrl digit graph lower print punct space upper xdigit word "

// properties are the sets by name, in lower case and without separators.
var properties = sync.OnceValue(func() map[string]*runeSet {
	m := map[string]*runeSet{}
	for name, t := range unicode.Scripts {
		m[propertyKey(name)] = tables(t)
	}
	for name, t := range unicode.Properties {
		m[propertyKey(name)] = tables(t)
	}
	for name, t := range unicode.Categories {
		m[propertyKey(name)] = tables(t)
	}
	for name, pairs := range blocks {
		m[propertyKey(name)] = newSet(pairs)
	}
	derived(m)
	for alias, name := range propertyAliases {
		m[alias] = m[name]
	}
	return m
})

func propertyKey(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

func derived(m map[string]*runeSet) {
	assigned := tables(unicode.C, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z)
	m["any"], m["assigned"], m["cn"] = setOf(0, unicode.MaxRune), assigned, assigned.not()
	m["c"] = tables(unicode.C).or(m["cn"])
	m["lc"] = tables(unicode.Lu, unicode.Ll, unicode.Lt)
	m["alpha"] = tables(unicode.L, unicode.Nl, unicode.Other_Alphabetic)
	m["lower"] = tables(unicode.Ll, unicode.Other_Lowercase)
	m["upper"] = tables(unicode.Lu, unicode.Other_Uppercase)
	m["digit"] = tables(unicode.Nd)
	m["alnum"] = m["alpha"].or(m["digit"])
	m["word"] = m["alnum"].or(tables(unicode.M, unicode.Pc))
	m["space"] = tables(unicode.White_Space)
	m["blank"] = tables(unicode.Zs).or(setOf('\t', '\t'))
	m["cntrl"] = tables(unicode.Cc)
	m["punct"] = tables(unicode.P)
	m["ascii"] = setOf(0, unicode.MaxASCII)
	m["xdigit"] = setOf('0', '9', 'A', 'F', 'a', 'f')
	m["graph"] = m["space"].or(tables(unicode.Cc, unicode.Cs)).or(m["cn"]).not()
	m["print"] = m["graph"].or(tables(unicode.Zs))
	m["idstart"] = tables(unicode.L, unicode.Nl, unicode.Other_ID_Start)
	m["idcontinue"] = m["idstart"].or(tables(unicode.M, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue))
}

var propertyAliases = map[string]string{
	"alphabetic": "alpha", "lowercase": "lower", "uppercase": "upper", "javalowercase": "lower", "javauppercase": "upper",
	"letter": "l", "uppercaseletter": "lu", "lowercaseletter": "ll", "titlecaseletter": "lt", "casedletter": "lc",
	"modifierletter": "lm", "otherletter": "lo", "mark": "m", "nonspacingmark": "mn", "spacingmark": "mc", "enclosingmark": "me",
	"number": "n", "decimalnumber": "nd", "letternumber": "nl", "othernumber": "no", "punctuation": "p",
	"connectorpunctuation": "pc", "dashpunctuation": "pd", "openpunctuation": "ps", "closepunctuation": "pe",
	"initialpunctuation": "pi", "finalpunctuation": "pf", "otherpunctuation": "po", "symbol": "s", "mathsymbol": "sm",
	"currencysymbol": "sc", "modifiersymbol": "sk", "othersymbol": "so", "separator": "z", "spaceseparator": "zs",
	"lineseparator": "zl", "paragraphseparator": "zp", "other": "c", "control": "cc", "format": "cf", "surrogate": "cs",
	"privateuse": "co", "unassigned": "cn",
	"latn": "latin", "grek": "greek", "cyrl": "cyrillic", "hani": "han", "hira": "hiragana", "kana": "katakana",
	"arab": "arabic", "hebr": "hebrew", "hang": "hangul", "armn": "armenian", "geor": "georgian", "deva": "devanagari",
	"zyyy": "common", "zinh": "inherited",
}

// blocks are the ranges that \p{In…} names; the rest is refused.
var blocks = map[string][]rune{
	"InBasicLatin": {0, 0x7F}, "InLatin1Supplement": {0x80, 0xFF}, "InLatinExtendedA": {0x100, 0x17F},
	"InLatinExtendedB": {0x180, 0x24F}, "InGreekAndCoptic": {0x370, 0x3FF}, "InGreek": {0x370, 0x3FF},
	"InCyrillic": {0x400, 0x4FF}, "InArmenian": {0x530, 0x58F}, "InHebrew": {0x590, 0x5FF}, "InArabic": {0x600, 0x6FF},
	"InGeneralPunctuation": {0x2000, 0x206F}, "InHiragana": {0x3040, 0x309F}, "InKatakana": {0x30A0, 0x30FF},
	"InCJKUnifiedIdeographs": {0x4E00, 0x9FFF}, "InHangulSyllables": {0xAC00, 0xD7AF},
}

func property(name string) (*runeSet, error) {
	if set := properties()[strings.ToLower(name)]; set != nil {
		return set, nil
	}
	return nil, invalid("invalid character property name <%s>", name)
}
