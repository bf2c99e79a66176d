package funcs

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// group reads what follows an opening bracket.
func (p *rxParser) group() (*rxNode, error) {
	outer := p.flags
	switch {
	case p.got("?#"):
		_, after, ok := strings.Cut(p.rest(), ")")
		if !ok {
			return nil, invalid("end pattern in group")
		}
		p.at = len(p.src) - len(after)
		return nil, nil
	case p.got("?:"):
		return p.closed(outer, func(n *rxNode) *rxNode { return plainGroup(n) })
	case p.got("?="):
		return p.look(outer, false, false)
	case p.got("?!"):
		return p.look(outer, false, true)
	case p.got("?<="):
		return p.look(outer, true, false)
	case p.got("?<!"):
		return p.look(outer, true, true)
	case p.got("?>"):
		return p.closed(outer, func(n *rxNode) *rxNode { return &rxNode{kind: rxAtomic, subs: []*rxNode{n}} })
	case p.got("?<"):
		return p.named(outer, ">")
	case p.got("?'"):
		return p.named(outer, "'")
	case p.got("?"):
		return p.options(outer)
	}
	p.groups++
	return p.capture(outer, p.groups)
}

// plainGroup keeps text apart from its neighbours, which fold with it only side
// by side.
func plainGroup(n *rxNode) *rxNode {
	if n.kind == rxText {
		return &rxNode{kind: rxCat, subs: []*rxNode{n}}
	}
	return n
}

// optionGroup marks a group that a look-behind does not take.
func optionGroup(n *rxNode) *rxNode { return &rxNode{kind: rxCat, text: "(?", subs: []*rxNode{n}} }

func (p *rxParser) capture(outer rxFlags, number int) (*rxNode, error) {
	return p.closed(outer, func(n *rxNode) *rxNode { return &rxNode{kind: rxGroup, n: number, subs: []*rxNode{n}} })
}

// closed reads a group's inside and its closing bracket.
func (p *rxParser) closed(outer rxFlags, wrap func(*rxNode) *rxNode) (*rxNode, error) {
	n, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if !p.got(")") {
		return nil, invalid("end pattern with unmatched parenthesis")
	}
	p.flags = outer
	return wrap(n), nil
}

func (p *rxParser) look(outer rxFlags, behind, negated bool) (*rxNode, error) {
	n, err := p.closed(outer, func(n *rxNode) *rxNode {
		return &rxNode{kind: rxLook, behind: behind, negated: negated, subs: []*rxNode{n}}
	})
	if err != nil || !behind {
		return n, err
	}
	body := n.subs[0]
	branches := []*rxNode{body}
	if body.kind == rxAlt {
		branches = body.subs
	}
	for i, b := range branches {
		size, ok := fixedLength(b, negated)
		if !ok {
			return nil, invalid("invalid pattern in look-behind")
		}
		branches[i] = cat(&rxNode{kind: rxAssert, text: "back", n: size}, b)
	}
	n.subs[0] = alt(branches...)
	return n, nil
}

// fixedLength is how many characters a node of a look-behind matches; false
// where that is not always the same, or the node may not stand there.
func fixedLength(n *rxNode, negated bool) (int, bool) {
	switch n.kind {
	case rxText:
		return utf8.RuneCountInString(n.text), true
	case rxSet:
		return 1, true
	case rxEmpty:
		return 0, true
	case rxAssert:
		return 0, n.text != "$" && n.text != "m$"
	case rxLook:
		return 0, n.behind
	case rxGroup:
		if negated {
			return 0, false
		}
		return fixedLength(n.subs[0], negated)
	case rxRepeat:
		size, ok := fixedLength(n.subs[0], negated)
		return size * n.min, ok && n.min == n.max && !n.possessive
	case rxCat:
		if n.text != "" {
			return 0, false
		}
		total := 0
		for _, sub := range n.subs {
			size, ok := fixedLength(sub, negated)
			if !ok {
				return 0, false
			}
			total += size
		}
		return total, true
	case rxAlt:
		if n.fold {
			n.subs = n.subs[:1]
		}
		first, ok := fixedLength(n.subs[0], negated)
		for _, sub := range n.subs[1:] {
			size, fixed := fixedLength(sub, negated)
			ok = ok && fixed && size == first
		}
		return first, ok
	}
	return 0, false
}

func (p *rxParser) named(outer rxFlags, closer string) (*rxNode, error) {
	name, _, ok := strings.Cut(p.rest(), closer)
	switch {
	case !ok:
		return nil, invalid("end pattern with unmatched parenthesis")
	case name == "":
		return nil, invalid("group name is empty")
	case name[0] >= '0' && name[0] <= '9' || strings.ContainsAny(name, ")"):
		return nil, invalid("invalid group name <%s>", name)
	case p.names[name] > 0:
		return nil, invalid("multiplex defined name <%s>", name)
	}
	p.at += len(name) + 1
	p.groups++
	p.names[name] = p.groups
	return p.capture(outer, p.groups)
}

// options reads (?i-m) and (?i-m:…). Without a colon they hold to the end of
// the group around, alternatives included.
func (p *rxParser) options(outer rxFlags) (*rxNode, error) {
	on, start := true, p.at
	for ; p.at < len(p.src); p.at++ {
		switch p.src[p.at] {
		case 'i':
			p.flags.fold = on
		case 'm':
			p.flags.lines = on
		case 's':
			p.flags.dotAll = on
		case 'x':
			p.flags.spaced = on
		case '-':
			on = false
		case ':':
			p.at++
			return p.closed(outer, optionGroup)
		case ')':
			if p.at == start {
				return nil, invalid("undefined group option")
			}
			p.at++
			n, err := p.alternatives()
			p.flags = outer
			if err != nil {
				return nil, err
			}
			return optionGroup(n), nil
		default:
			return nil, invalid("undefined group option")
		}
	}
	return nil, invalid("end pattern in group")
}

// controls are the escapes of one control character.
var controls = map[byte]rune{'t': '\t', 'n': '\n', 'r': '\r', 'f': '\f', 'v': '\v', 'a': 7, 'e': 27}

// shorthand is the set of \d and its like.
func shorthand(c byte) *runeSet {
	sets := map[byte]*runeSet{'d': digitSet, 'w': wordSet, 's': spaceSet}
	if set := sets[c]; set != nil {
		return set
	}
	if set := sets[c|0x20]; set != nil {
		return set.not()
	}
	return nil
}

// escape reads a backslash and what it makes of the next.
func (p *rxParser) escape() (*rxNode, error) {
	if p.at+1 == len(p.src) {
		return nil, invalid("end pattern at escape")
	}
	c := p.src[p.at+1]
	switch {
	case shorthand(c) != nil:
		p.at += 2
		return &rxNode{kind: rxSet, set: shorthand(c)}, nil
	case c == 'p' || c == 'P':
		set, err := p.propertySet()
		return &rxNode{kind: rxSet, set: set}, err
	case strings.IndexByte("bBAzZG", c) >= 0:
		p.at += 2
		text := string(c)
		if c == 'Z' {
			text = "$"
		}
		return &rxNode{kind: rxAssert, text: text}, nil
	case c == 'Q':
		p.at += 2
		return p.literal(), nil
	case c == 'k' && p.at+2 < len(p.src) && (p.src[p.at+2] == '<' || p.src[p.at+2] == '\''):
		return p.namedBack()
	case c >= '1' && c <= '9':
		if n := p.numberedBack(); n != nil {
			return n, nil
		}
	}
	return p.escapedText()
}

// literal reads up to \E.
func (p *rxParser) literal() *rxNode {
	text, _, closed := strings.Cut(p.rest(), `\E`)
	p.at += len(text)
	if closed {
		p.at += 2
	}
	var chars []*rxNode
	for _, r := range text {
		chars = append(chars, p.char(r))
	}
	if len(chars) == 0 {
		return &rxNode{kind: rxEmpty}
	}
	chars, _ = p.joined(chars)
	return cat(chars...)
}

func (p *rxParser) namedBack() (*rxNode, error) {
	closer := map[byte]string{'<': ">", '\'': "'"}[p.src[p.at+2]]
	name, _, ok := strings.Cut(p.src[p.at+3:], closer)
	if !ok || name == "" {
		return nil, invalid("group name is empty")
	}
	p.at += len(name) + 4
	b := &rxNode{kind: rxBack, text: name, fold: p.flags.fold}
	if n, err := strconv.Atoi(name); err == nil {
		b.text, b.n = "", n
		if n < 0 {
			b.n = p.groups + 1 + n
		}
	}
	p.backs = append(p.backs, b)
	return b, nil
}

// numberedBack is nil where the digits are no reference but an octal number.
func (p *rxParser) numberedBack() *rxNode {
	digits := 0
	for p.at+1+digits < len(p.src) && p.src[p.at+1+digits] >= '0' && p.src[p.at+1+digits] <= '9' {
		digits++
	}
	n, err := strconv.Atoi(p.src[p.at+1 : p.at+1+digits])
	if err != nil || n > 9 && n > p.groups {
		return nil
	}
	p.at += 1 + digits
	b := &rxNode{kind: rxBack, n: n, fold: p.flags.fold}
	p.backs = append(p.backs, b)
	return b
}

// escapedText reads a character by its number, or bytes as \xC3\xA9.
func (p *rxParser) escapedText() (*rxNode, error) {
	var raw []byte
	for p.has(`\x`) && !p.has(`\x{`) {
		before := p.at
		p.at += 2
		n := p.digits(16, 2)
		if n < utf8.RuneSelf {
			if raw == nil {
				return p.char(rune(n)), nil
			}
			p.at = before
			break
		}
		raw = append(raw, byte(n))
	}
	if raw != nil {
		return &rxNode{kind: rxText, text: string(raw)}, nil
	}
	r, err := p.escapedRune()
	if err != nil {
		return nil, err
	}
	if r > utf8.MaxRune {
		return &rxNode{kind: rxSet, set: newSet(nil)}, nil
	}
	return p.char(r), nil
}

func (p *rxParser) digits(base, most int) int {
	n := 0
	for ; most > 0 && p.at < len(p.src); most-- {
		d, err := strconv.ParseUint(p.src[p.at:p.at+1], base, 8)
		if err != nil {
			break
		}
		n = n*base + int(d)
		p.at++
	}
	return n
}

// escapedRune reads the escapes that are a character in a class too.
func (p *rxParser) escapedRune() (rune, error) {
	start := p.at
	p.at++
	if p.at == len(p.src) {
		return 0, invalid("end pattern at escape")
	}
	r := p.rune()
	if r < utf8.RuneSelf && controls[byte(r)] != 0 {
		return controls[byte(r)], nil
	}
	switch {
	case r == 'x' && p.got("{"):
		n, before := p.digits(16, 8), p.at
		if p.src[before-1] == '{' || !p.got("}") {
			return 0, unsupported("%s of a regular expression is not supported yet", p.src[start:before])
		}
		return rune(min(n, utf8.MaxRune+1)), nil
	case r == 'u':
		before := p.at
		n := p.digits(16, 4)
		if p.at-before < 4 || n >= 0xD800 && n < 0xE000 {
			return 0, unsupported("%s of a regular expression is not supported yet", p.src[start:p.at])
		}
		return rune(n), nil
	case r == 'c':
		if p.at == len(p.src) {
			return 0, invalid("end pattern at control")
		}
		return p.rune() & 0x1F, nil
	case r == '0':
		return rune(p.digits(8, 2)), nil
	case r >= '1' && r <= '7':
		p.at--
		return rune(p.digits(8, 3)), nil
	}
	return r, nil
}

// propertySet reads \p{Name}, \P{Name} and \pL.
func (p *rxParser) propertySet() (*runeSet, error) {
	negated := p.src[p.at+1] == 'P'
	p.at += 2
	if p.at == len(p.src) {
		return nil, invalid("Index %d out of bounds for length %d", p.at, p.at)
	}
	var name string
	if p.got("{") {
		end := strings.IndexByte(p.rest(), '}')
		if end < 0 {
			return nil, invalid("internal parser error (bug)")
		}
		name = p.rest()[:end]
		p.at += end + 1
	} else {
		name = string(p.rune())
	}
	set, err := property(name)
	if err == nil && negated {
		set = set.not()
	}
	return set, err
}
