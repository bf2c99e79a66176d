package serde

import (
	"regexp"
	"regexp/syntax"
	"unicode/utf8"
)

// program is a pattern compiled for lines of bytes: mostly runs of one class of
// characters with something between them that the class does not hold. Such a
// run needs no way back, which makes it many times faster than Go's engine. What
// it cannot do, or takes too many steps for, Go's engine does.
type program struct {
	ops    []op
	groups int
	slow   *regexp.Regexp
	at     []int
	saved  []int // places to go back to
	steps  int
}

// op is one step; most run on into the next.
type op struct {
	kind      opKind
	class     *class
	text      string
	least     int
	most      int // -1 for any
	lazy      bool
	firm      bool // a greedy run that never needs to give back
	slot      int
	otherwise int // where to go on else: of a split and of a jump
}

type opKind uint8

const (
	opRun   opKind = iota // from least to most bytes of class
	opText                // text
	opSave                // remember the place in slot
	opSplit               // go on here, or else at otherwise; lazy: the other way round
	opJump                // go on at otherwise
	opEnd                 // only at the end of the line
	opStart               // only at its beginning
)

// class is a set of bytes.
type class [256]bool

// compile makes a program of a plain pattern (see funcs.JavaRegexp) that matches
// whole lines; nil where it has what a program cannot do.
func compile(re *regexp.Regexp) *program {
	tree, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return nil
	}
	p := &program{groups: re.NumSubexp(), slow: re}
	if !p.add(tree.Simplify()) {
		return nil
	}
	p.firm()
	p.at = make([]int, 2*(p.groups+1))
	return p
}

func (p *program) emit(o op) int {
	p.ops = append(p.ops, o)
	return len(p.ops) - 1
}

// add appends the steps of a node; false where there are none for it.
func (p *program) add(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpEmptyMatch:
		return true
	case syntax.OpBeginText:
		p.emit(op{kind: opStart})
		return true
	case syntax.OpEndText:
		p.emit(op{kind: opEnd})
		return true
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 {
			return false
		}
		p.emit(op{kind: opText, text: string(re.Rune)})
		return true
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return p.run(re, 1, 1, false)
	case syntax.OpStar:
		return p.repeat(re, 0, -1)
	case syntax.OpPlus:
		return p.repeat(re, 1, -1)
	case syntax.OpQuest:
		return p.repeat(re, 0, 1)
	case syntax.OpCapture:
		p.emit(op{kind: opSave, slot: 2 * re.Cap})
		ok := p.add(re.Sub[0])
		p.emit(op{kind: opSave, slot: 2*re.Cap + 1})
		return ok
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if !p.add(sub) {
				return false
			}
		}
		return true
	case syntax.OpAlternate:
		return p.alternate(re.Sub)
	}
	return false
}

// run appends a run of a class: one of ASCII's, or one that holds all else, as
// bytes of a longer character are then all in it or none.
func (p *program) run(re *syntax.Regexp, least, most int, lazy bool) bool {
	c, wide := classOf(re)
	if c == nil || wide && (least > 1 || most != -1) {
		return false // counts bytes, not characters
	}
	p.emit(op{kind: opRun, class: c, least: least, most: most, lazy: lazy})
	return true
}

// classOf is a node's set of bytes and whether it holds what is beyond ASCII;
// nil where it holds a part of that.
func classOf(re *syntax.Regexp) (*class, bool) {
	c := new(class)
	if re.Op == syntax.OpAnyChar || re.Op == syntax.OpAnyCharNotNL {
		for i := range c {
			c[i] = re.Op == syntax.OpAnyChar || i != '\n'
		}
		return c, true
	}
	if re.Op == syntax.OpLiteral && len(re.Rune) == 1 && re.Rune[0] < 0x80 && re.Flags&syntax.FoldCase == 0 {
		c[re.Rune[0]] = true
		return c, false
	}
	if re.Op != syntax.OpCharClass {
		return nil, false
	}
	wide := false
	for i := 0; i < len(re.Rune); i += 2 {
		low, high := re.Rune[i], re.Rune[i+1]
		for r := low; r <= min(high, 0x7f); r++ {
			c[r] = true
		}
		if high > 0x7f {
			if low > 0x80 || high != 0x10ffff {
				return nil, false
			}
			wide = true
		}
	}
	for i := 0x80; i < len(c); i++ {
		c[i] = wide
	}
	return c, wide
}

func (p *program) repeat(re *syntax.Regexp, least, most int) bool {
	lazy := re.Flags&syntax.NonGreedy != 0
	sub := re.Sub[0]
	if c, wide := classOf(sub); c != nil && !(wide && most == 1) {
		return p.run(sub, least, most, lazy)
	}
	if most != 1 {
		return false // loops over more than a class are Go's
	}
	split := p.emit(op{kind: opSplit, lazy: lazy})
	ok := p.add(sub)
	p.ops[split].otherwise = len(p.ops)
	return ok
}

func (p *program) alternate(subs []*syntax.Regexp) bool {
	var jumps []int
	for i, sub := range subs {
		last := i == len(subs)-1
		split := 0
		if !last {
			split = p.emit(op{kind: opSplit})
		}
		if !p.add(sub) {
			return false
		}
		if !last {
			jumps = append(jumps, p.emit(op{kind: opJump}))
			p.ops[split].otherwise = len(p.ops)
		}
	}
	for _, at := range jumps {
		p.ops[at].otherwise = len(p.ops)
	}
	return true
}

// firm marks the runs that are followed by what their class does not hold: with
// one byte less the rest could not match.
func (p *program) firm() {
	for i := range p.ops {
		o := &p.ops[i]
		if o.kind != opRun || o.lazy || o.most != -1 {
			continue
		}
		next := i + 1
		for next < len(p.ops) && p.ops[next].kind == opSave {
			next++
		}
		if next == len(p.ops) {
			continue
		}
		switch n := p.ops[next]; n.kind {
		case opEnd:
			o.firm = true
		case opText:
			o.firm = !o.class[n.text[0]]
		case opRun:
			o.firm = n.least > 0 && disjoint(o.class, n.class)
		}
	}
}

func disjoint(a, b *class) bool {
	for i := range a {
		if a[i] && b[i] {
			return false
		}
	}
	return true
}

// maxSteps bounds the ways that are tried on one line.
const maxSteps = 20_000

func (p *program) find(line []byte) ([]int, error) {
	if !utf8.Valid(line) {
		return p.slow.FindSubmatchIndex(line), nil
	}
	for i := range p.at {
		p.at[i] = -1
	}
	p.steps = 0
	found := p.match(line, 0, 0)
	switch {
	case p.steps > maxSteps:
		return p.slow.FindSubmatchIndex(line), nil
	case !found:
		return nil, nil
	}
	p.at[0], p.at[1] = 0, len(line)
	return p.at, nil
}

// match runs the steps from pc on at the byte i.
func (p *program) match(line []byte, pc, i int) bool {
	for ; pc < len(p.ops); pc++ {
		o := &p.ops[pc]
		switch o.kind {
		case opText:
			if len(line)-i < len(o.text) || string(line[i:i+len(o.text)]) != o.text {
				return false
			}
			i += len(o.text)
		case opRun:
			if !o.firm {
				return p.ways(line, pc, i)
			}
			start := i
			for i < len(line) && o.class[line[i]] {
				i++
			}
			if i-start < o.least {
				return false
			}
		case opSave:
			p.at[o.slot] = i // a split undoes it
		case opSplit:
			if p.steps++; p.steps > maxSteps {
				return false
			}
			first, second := pc+1, o.otherwise
			if o.lazy {
				first, second = second, first
			}
			height := len(p.saved)
			p.saved = append(p.saved, p.at...)
			found := p.match(line, first, i)
			if !found {
				copy(p.at, p.saved[height:])
			}
			p.saved = p.saved[:height]
			if found {
				return true
			}
			pc = second - 1
		case opJump:
			pc = o.otherwise - 1
		case opEnd:
			if i != len(line) {
				return false
			}
		case opStart:
			if i != 0 {
				return false
			}
		}
	}
	return true
}

// ways tries a run's lengths, the longest first or, lazy, the shortest.
func (p *program) ways(line []byte, pc, i int) bool {
	o := &p.ops[pc]
	end := i
	for end < len(line) && o.class[line[end]] && (o.most < 0 || end-i < o.most) {
		end++
	}
	from, to, step := end, i+o.least, -1
	if o.lazy {
		from, to, step = to, end, 1
	}
	if end-i < o.least {
		return false
	}
	for at := from; ; at += step {
		if p.steps++; p.steps > maxSteps {
			return false
		}
		if (at == len(line) || utf8.RuneStart(line[at])) && p.match(line, pc+1, at) {
			return true
		}
		if at == to {
			return false
		}
	}
}
