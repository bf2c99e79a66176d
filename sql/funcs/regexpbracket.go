package funcs

import (
	"strings"
	"unicode/utf8"
)

// ccState is where a class stands when the next member comes.
type ccState uint8

const (
	ccStart    ccState = iota
	ccValue            // a character is held, which may begin a range
	ccRange            // and - after it
	ccComplete         // after a range, where - is lost
	ccClass            // after \d or its like, where - begins a range at the last character before
)

// bracket is a class being read.
type bracket struct {
	p     *rxParser
	state ccState
	held  rune
	pairs []rune
	set   *runeSet // what classes inside added
	prev  *runeSet // what stood before &&
}

// class reads a class, whose opening bracket has been read.
func (p *rxParser) class() (*rxNode, error) {
	set, negated, err := p.bracketSet()
	if err != nil {
		return nil, err
	}
	var whole []*rxNode
	if p.flags.fold {
		if !negated {
			whole = foldedTexts(set)
		}
		p.odd = p.odd || len(set.pairs) > 0 && set.pairs[len(set.pairs)-1] >= utf8.RuneSelf
		set = set.folded()
	}
	if negated {
		set = set.not()
	}
	return alt(append([]*rxNode{{kind: rxSet, set: set}}, whole...)...), nil
}

func (p *rxParser) bracketSet() (set *runeSet, negated bool, err error) {
	negated = p.got("^")
	b := &bracket{p: p, set: newSet(nil)}
	if p.has("]") {
		if !strings.Contains(p.rest()[1:], "]") {
			return nil, false, invalid("empty char-class")
		}
		p.at++
		b.hold(']')
	}
	for {
		if p.at == len(p.src) {
			return nil, false, invalid("premature end of char-class")
		}
		if p.got("]") {
			return b.close(), negated, nil
		}
		if err := b.member(); err != nil {
			return nil, false, err
		}
	}
}

func (b *bracket) member() error {
	p := b.p
	switch {
	case p.has("[:") && b.isPosix():
		return b.posix()
	case p.got("["):
		return b.nested()
	case p.got("&&"):
		b.intersect()
		return nil
	case p.has("-"):
		return b.dash()
	case p.has(`\`):
		return b.escape()
	}
	return b.value(p.rune())
}

func (b *bracket) add(lo, hi rune) { b.pairs = append(b.pairs, lo, hi) }

func (b *bracket) hold(r rune) { b.state, b.held = ccValue, r }

func (b *bracket) flush() {
	if b.state == ccValue {
		b.add(b.held, b.held)
	}
}

func (b *bracket) value(r rune) error {
	if b.state == ccRange {
		if r < b.held {
			return invalid("empty range in char class")
		}
		b.add(b.held, r)
		b.held, b.state = r, ccComplete
		return nil
	}
	b.flush()
	b.hold(r)
	return nil
}

func (b *bracket) classOf(set *runeSet) error {
	if b.state == ccRange {
		return invalid("char-class value at end of range")
	}
	b.flush()
	b.set, b.state = b.set.or(set), ccClass
	return nil
}

// dash is the one character whose meaning hangs on its neighbours.
func (b *bracket) dash() error {
	p := b.p
	p.at++
	last := p.has("]") || p.has("&&")
	switch {
	case b.state == ccRange:
		return b.value('-')
	case last:
		b.flush()
		b.hold('-')
	case b.state == ccValue:
		b.state = ccRange
	case b.state == ccClass:
		p.odd = true
		b.state = ccRange
	case b.state == ccStart:
		b.hold('-')
	default:
		p.odd = true
		if p.at < len(p.src)-1 && p.src[p.at] == '\\' && shorthand(p.src[p.at+1]) != nil {
			return invalid("Index %d out of bounds for length %d", len(p.src), len(p.src))
		}
	}
	return nil
}

func (b *bracket) nested() error {
	set, negated, err := b.p.bracketSet()
	if err != nil {
		return err
	}
	if negated {
		set = set.not()
	}
	b.flush()
	b.set, b.p.odd = b.set.or(set), true
	if b.state != ccStart {
		b.state = ccComplete
	}
	return nil
}

func (b *bracket) intersect() {
	b.prev = b.close()
	b.state, b.pairs, b.set = ccStart, nil, newSet(nil)
}

func (b *bracket) close() *runeSet {
	b.flush()
	set := b.set.or(newSet(b.pairs))
	if b.prev != nil {
		set = set.and(b.prev)
	}
	return set
}

func (b *bracket) isPosix() bool {
	end := strings.Index(b.p.rest(), ":]")
	return end > 0 && end <= 22 && !strings.ContainsAny(b.p.rest()[2:end], "[]")
}

func (b *bracket) posix() error {
	p := b.p
	end := strings.Index(p.rest(), ":]")
	name, negated := strings.CutPrefix(p.rest()[2:end], "^")
	if !strings.Contains(posixNames, " "+name+" ") {
		return invalid("invalid POSIX bracket type")
	}
	p.at += end + 2
	set := properties()[name]
	if negated {
		set = set.not()
	}
	return b.classOf(set)
}

func (b *bracket) escape() error {
	p := b.p
	if p.at+1 == len(p.src) {
		return invalid("end pattern at escape")
	}
	c := p.src[p.at+1]
	switch {
	case shorthand(c) != nil:
		p.at += 2
		return b.classOf(shorthand(c))
	case c == 'p' || c == 'P':
		set, err := p.propertySet()
		if err != nil {
			return err
		}
		return b.classOf(set)
	case c == 'b':
		p.at += 2
		return b.value('\b')
	case c == 'Q':
		return b.quoted()
	case p.has(`\x`) && !p.has(`\x{`):
		return b.bytes()
	}
	r, err := p.escapedRune()
	if err != nil {
		return err
	}
	if r > utf8.MaxRune {
		return unsupported("\\x{…} above 10FFFF in [] of a regular expression is not supported yet")
	}
	return b.value(r)
}

func (b *bracket) quoted() error {
	p := b.p
	text, _, closed := strings.Cut(p.src[p.at+2:], `\E`)
	if !closed {
		return invalid("premature end of char-class")
	}
	p.at += len(text) + 4
	for _, r := range text {
		if err := b.value(r); err != nil {
			return err
		}
	}
	return nil
}

// bytes reads \x41, or the bytes of one character.
func (b *bracket) bytes() error {
	p := b.p
	var raw []byte
	for len(raw) == 0 || !utf8.FullRune(raw) && p.has(`\x`) {
		p.at += 2
		n := p.digits(16, 2)
		raw = append(raw, byte(n))
	}
	r, size := utf8.DecodeRune(raw)
	if size != len(raw) || r == utf8.RuneError {
		return unsupported("Bytes in [] of a regular expression are not supported yet")
	}
	return b.value(r)
}
