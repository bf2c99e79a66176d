package funcs

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// rxKind is what a node of a regular expression is.
type rxKind uint8

const (
	rxEmpty  rxKind = iota
	rxText          // text, as it is
	rxSet           // one character of set
	rxCat           // subs, one after the other
	rxAlt           // one of subs, the first that leads on
	rxRepeat        // subs[0], min to max times
	rxGroup         // subs[0], kept as group n
	rxLook          // subs[0] ahead or, if behind, before; not, if negated
	rxAtomic        // subs[0], taken as it is found first
	rxBack          // what group n was
	rxAssert        // a place, by text: ^ $ m^ m$ b B A z G
)

// infinite is the max of a repetition without one.
const infinite = -1

// rxNode is one node. Text that matches in any case is one node a character
// until the parser is through, as a repetition takes the last one only.
type rxNode struct {
	kind             rxKind
	text             string
	set              *runeSet
	subs             []*rxNode
	n, min, max      int
	lazy, possessive bool
	behind, negated  bool
	fold             bool
}

func cat(subs ...*rxNode) *rxNode {
	if len(subs) == 1 {
		return subs[0]
	}
	return &rxNode{kind: rxCat, subs: subs}
}

func alt(subs ...*rxNode) *rxNode {
	if len(subs) == 1 {
		return subs[0]
	}
	return &rxNode{kind: rxAlt, subs: subs}
}

// rxFlags are (?imsx).
type rxFlags struct{ fold, lines, dotAll, spaced bool }

// rxParser reads the syntax that Joni calls Java's, which is not Java's: of its
// own are what ] and - mean in a class, what \h and its like do not mean, and
// that (?i) holds for the alternatives after it.
type rxParser struct {
	src    string
	at     int
	flags  rxFlags
	groups int
	names  map[string]int
	backs  []*rxNode
	odd    bool // means something else in RE2
}

// parseRegexp reads a pattern; names are its groups by name.
func parseRegexp(pattern string) (*rxNode, *rxParser, error) {
	p := &rxParser{src: pattern, names: map[string]int{}}
	n, err := p.alternatives()
	if err == nil && p.at < len(p.src) {
		err = invalid("unmatched close parenthesis")
	}
	if err != nil {
		return nil, nil, err
	}
	for _, b := range p.backs {
		if err := p.settle(b); err != nil {
			return nil, nil, err
		}
	}
	return n, p, nil
}

// settle finds the group of a reference by name.
func (p *rxParser) settle(b *rxNode) error {
	if b.text != "" {
		n, ok := p.names[b.text]
		if !ok {
			return invalid("undefined name <%s> reference", b.text)
		}
		b.n = n
	}
	if b.n < 1 || b.n > p.groups {
		return invalid("invalid backref number/name")
	}
	return nil
}

func (p *rxParser) rest() string { return p.src[p.at:] }

func (p *rxParser) has(text string) bool { return strings.HasPrefix(p.rest(), text) }

func (p *rxParser) got(text string) bool {
	if !p.has(text) {
		return false
	}
	p.at += len(text)
	return true
}

func (p *rxParser) rune() rune {
	r, n := utf8.DecodeRuneInString(p.rest())
	p.at += n
	return r
}

// alternatives reads up to a closing bracket, which it leaves.
func (p *rxParser) alternatives() (*rxNode, error) {
	var branches []*rxNode
	for {
		b, err := p.branch()
		if err != nil {
			return nil, err
		}
		branches = append(branches, b)
		if !p.got("|") {
			return alt(branches...), nil
		}
	}
}

func (p *rxParser) branch() (*rxNode, error) {
	var parts []*rxNode
	for {
		p.skip()
		if p.at == len(p.src) || p.has("|") || p.has(")") {
			break
		}
		n, err := p.atom()
		if err == nil && n != nil {
			n, err = p.quantified(n)
		}
		if err != nil {
			return nil, err
		}
		if n != nil {
			parts = append(parts, n)
		}
	}
	parts, err := p.joined(parts)
	if err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return &rxNode{kind: rxEmpty}, nil
	}
	return cat(parts...), nil
}

// skip passes comments and, under (?x), blanks.
func (p *rxParser) skip() {
	for p.at < len(p.src) && p.flags.spaced {
		switch c := p.src[p.at]; {
		case c == '#':
			end := strings.IndexByte(p.rest(), '\n')
			if end < 0 {
				end = len(p.rest()) - 1
			}
			p.at += end + 1
		case c == ' ' || c >= '\t' && c <= '\r':
			p.at++
		default:
			return
		}
	}
}

func (p *rxParser) atom() (*rxNode, error) {
	switch c := p.src[p.at]; c {
	case '(':
		p.at++
		return p.group()
	case '[':
		p.at++
		return p.class()
	case '.':
		p.at++
		if p.flags.dotAll {
			return &rxNode{kind: rxSet, set: setOf(0, utf8.MaxRune)}, nil
		}
		return &rxNode{kind: rxSet, set: setOf('\n', '\n').not()}, nil
	case '^', '$':
		p.at++
		text := string(c)
		if p.flags.lines {
			text = "m" + text
		}
		return &rxNode{kind: rxAssert, text: text}, nil
	case '\\':
		return p.escape()
	case '*', '+', '?':
		return nil, invalid("target of repeat operator is not specified")
	case '{':
		if _, _, n, _ := p.interval(); n > 0 {
			return nil, invalid("target of repeat operator is not specified")
		}
	}
	return p.char(p.rune()), nil
}

func (p *rxParser) char(r rune) *rxNode {
	return &rxNode{kind: rxText, text: string(r), fold: p.flags.fold}
}

// interval reads {n}, {n,} or {n,m}; n is its length, 0 where it is none.
func (p *rxParser) interval() (low, high, n int, err error) {
	body, _, ok := strings.Cut(p.rest()[1:], "}")
	from, to, ranged := strings.Cut(body, ",")
	if !ok || !allDigits(from) || from == "" || !allDigits(to) {
		return 0, 0, 0, nil
	}
	low, err = repeatCount(from)
	high = low
	if ranged && to == "" {
		high = infinite
	} else if ranged && err == nil {
		high, err = repeatCount(to)
	}
	if err == nil && high != infinite && high < low {
		err = invalid("upper is smaller than lower in repeat range")
	}
	return low, high, len(body) + 2, err
}

func allDigits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

func repeatCount(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n > 100_000 {
		return 0, invalid("too big number for repeat range")
	}
	return n, nil
}

// quantified reads the repetitions behind an atom.
func (p *rxParser) quantified(n *rxNode) (*rxNode, error) {
	for {
		p.skip()
		r := &rxNode{kind: rxRepeat, subs: []*rxNode{n}, max: infinite}
		switch {
		case p.got("*"):
		case p.got("+"):
			r.min = 1
		case p.got("?"):
			r.max = 1
		case p.has("{"):
			low, high, length, err := p.interval()
			if err != nil {
				return nil, err
			}
			if length == 0 {
				return n, nil
			}
			p.at += length
			r.min, r.max = low, high
		default:
			return n, nil
		}
		if p.got("?") {
			r.lazy = true
		} else if p.got("+") {
			r.possessive = true
		}
		if _, empty := beginsAs(n); empty {
			p.odd = true
		}
		n = reduced(n, r)
	}
}

// simpleRepeat is the place of ? * + ?? *? +? in reductions, -1 for others.
func simpleRepeat(n *rxNode) int {
	if n.kind != rxRepeat || n.possessive {
		return -1
	}
	i := -1
	switch [2]int{n.min, n.max} {
	case [2]int{0, 1}:
		i = 0
	case [2]int{0, infinite}:
		i = 1
	case [2]int{1, infinite}:
		i = 2
	}
	if i >= 0 && n.lazy {
		i += 3
	}
	return i
}

// reductions is what Joni makes of one repetition of another: the inner by row,
// the outer by column. - keeps the inner alone, = both.
var reductions = [6]string{"-**1A=", "---22-", "**-=2-", "-AA-AA", "------", "=3-AA-"}

func reduced(inner, outer *rxNode) *rxNode {
	i, o := simpleRepeat(inner), simpleRepeat(outer)
	if i < 0 || o < 0 {
		return outer
	}
	body := inner.subs
	switch reductions[i][o] {
	case '-':
		return inner
	case '*':
		return &rxNode{kind: rxRepeat, subs: body, max: infinite}
	case 'A':
		return &rxNode{kind: rxRepeat, subs: body, max: infinite, lazy: true}
	case '1':
		return &rxNode{kind: rxRepeat, subs: body, max: 1, lazy: true}
	case '2':
		plus := &rxNode{kind: rxRepeat, subs: body, min: 1, max: infinite}
		return &rxNode{kind: rxRepeat, subs: []*rxNode{plus}, max: 1, lazy: true}
	case '3':
		plus := &rxNode{kind: rxRepeat, subs: body, min: 1, max: infinite, lazy: true}
		return &rxNode{kind: rxRepeat, subs: []*rxNode{plus}, max: 1}
	}
	return outer
}
