package funcs

import (
	"strings"
	"unicode/utf8"
)

// rxOp is an instruction of the matcher.
type rxOp uint8

const (
	opText   rxOp = iota // text
	opSet                // one of set
	opRun                // min to max of set, at once
	opSplit              // go on at x, or else at y
	opJump               // to x
	opSave               // keep the place in register x
	opAssert             // text
	opBack               // what group x was
	opLook               // the instructions that follow, then on at x
	opAtomic             // the same, and taken as found
	opEmpty              // leave for x where nothing was matched since register y
	opEnd
)

type rxInst struct {
	op               rxOp
	x, y             int
	text             string
	set              *runeSet
	min, max         int
	lazy, possessive bool
	negated, foldR   bool
}

// rxProg is a compiled pattern.
type rxProg struct {
	insts  []rxInst
	groups int
	regs   int // two a group, the whole match being 0, and one a loop
	memo   bool
	first  *runeSet // what a match begins with; nil where not known
	must   string   // what a text holds that matches
	prefix bool     // and begins with
	bol    bool     // matches at the beginning alone
}

// maxInsts bounds what repetitions of repetitions are written out to.
const maxInsts = 50_000

func compileProg(n *rxNode, groups int) (*rxProg, error) {
	c := &rxCompiler{prog: &rxProg{groups: groups, regs: 2 * (groups + 1), memo: true}}
	c.node(n)
	c.add(rxInst{op: opEnd})
	if len(c.prog.insts) > maxInsts {
		return nil, unsupported("Regular expressions that repeat as much as this one are not supported yet")
	}
	p := c.prog
	if set, empty := beginsAs(n); !empty {
		p.first = set
	}
	p.must, p.prefix = mustHold(n)
	p.bol = beginsWith(n, "^")
	return p, nil
}

type rxCompiler struct{ prog *rxProg }

func (c *rxCompiler) add(i rxInst) int {
	if len(c.prog.insts) <= maxInsts {
		c.prog.insts = append(c.prog.insts, i)
	}
	return len(c.prog.insts) - 1
}

func (c *rxCompiler) here() int { return len(c.prog.insts) }

func (c *rxCompiler) node(n *rxNode) {
	switch n.kind {
	case rxText:
		c.add(rxInst{op: opText, text: n.text})
	case rxSet:
		c.add(rxInst{op: opSet, set: n.set})
	case rxCat:
		for _, sub := range n.subs {
			c.node(sub)
		}
	case rxAlt:
		c.alternatives(n.subs)
	case rxRepeat:
		c.repeat(n)
	case rxGroup:
		c.add(rxInst{op: opSave, x: 2 * n.n})
		c.node(n.subs[0])
		c.add(rxInst{op: opSave, x: 2*n.n + 1})
	case rxLook:
		c.inner(rxInst{op: opLook, negated: n.negated}, n.subs[0])
	case rxAtomic:
		c.inner(rxInst{op: opAtomic}, n.subs[0])
	case rxBack:
		c.prog.memo = false
		c.add(rxInst{op: opBack, x: n.n, foldR: n.fold})
	case rxAssert:
		c.add(rxInst{op: opAssert, text: n.text, x: n.n})
	}
}

// inner is code that is run by itself.
func (c *rxCompiler) inner(i rxInst, n *rxNode) {
	c.prog.memo = false
	at := c.add(i)
	c.node(n)
	c.add(rxInst{op: opEnd})
	c.prog.insts[at].x = c.here()
}

func (c *rxCompiler) alternatives(subs []*rxNode) {
	var ends []int
	for i, sub := range subs {
		if i == len(subs)-1 {
			c.node(sub)
			break
		}
		split := c.add(rxInst{op: opSplit})
		c.prog.insts[split].x = c.here()
		c.node(sub)
		ends = append(ends, c.add(rxInst{op: opJump}))
		c.prog.insts[split].y = c.here()
	}
	for _, end := range ends {
		c.prog.insts[end].x = c.here()
	}
}

func (c *rxCompiler) repeat(n *rxNode) {
	sub := n.subs[0]
	if set := oneRune(sub); set != nil {
		c.add(rxInst{op: opRun, set: set, min: n.min, max: n.max, lazy: n.lazy, possessive: n.possessive})
		return
	}
	if n.possessive {
		greedy := *n
		greedy.possessive = false
		c.inner(rxInst{op: opAtomic}, &greedy)
		return
	}
	if n.max == infinite {
		for range n.min - 1 {
			c.node(sub)
		}
		c.loop(sub, n.min > 0, n.lazy)
		return
	}
	for range n.min {
		c.node(sub)
	}
	var splits []int
	for range n.max - n.min {
		if c.here() > maxInsts {
			return
		}
		splits = append(splits, c.split(n.lazy))
		c.node(sub)
	}
	for _, s := range splits {
		c.leave(s, c.here())
	}
}

// oneRune is the set of a node that always matches one character.
func oneRune(n *rxNode) *runeSet {
	switch {
	case n.kind == rxSet:
		return n.set
	case n.kind == rxCat && len(n.subs) == 1 && n.text == "":
		return oneRune(n.subs[0])
	case n.kind == rxText && utf8.RuneCountInString(n.text) == 1:
		if r, size := utf8.DecodeRuneInString(n.text); r != utf8.RuneError || size > 1 {
			return setOf(r, r)
		}
	}
	return nil
}

// split enters what follows it or leaves, to where leave will say.
func (c *rxCompiler) split(lazy bool) int {
	at := c.add(rxInst{op: opSplit, lazy: lazy})
	if i := &c.prog.insts[at]; lazy {
		i.y = c.here()
	} else {
		i.x = c.here()
	}
	return at
}

func (c *rxCompiler) leave(split, to int) {
	if i := &c.prog.insts[split]; i.lazy {
		i.x = to
	} else {
		i.y = to
	}
}

// loop is none or more, or with once one or more, of n.
func (c *rxCompiler) loop(n *rxNode, once, lazy bool) {
	_, empty := beginsAs(n)
	start := c.here()
	split := -1
	if !once {
		split = c.split(lazy)
	}
	check := -1
	if empty {
		c.prog.memo = false
		reg := c.prog.regs
		c.prog.regs++
		c.add(rxInst{op: opSave, x: reg})
		c.node(n)
		check = c.add(rxInst{op: opEmpty, y: reg})
	} else {
		c.node(n)
	}
	if once {
		again := c.split(lazy)
		c.leave(again, c.here())
		if i := &c.prog.insts[again]; lazy {
			i.y = start
		} else {
			i.x = start
		}
	} else {
		c.add(rxInst{op: opJump, x: start})
		c.leave(split, c.here())
	}
	if check >= 0 {
		c.prog.insts[check].x = c.here()
	}
}

var everyRune = setOf(0, utf8.MaxRune)

// beginsAs is what a match of n can begin with; empty where it may be none.
func beginsAs(n *rxNode) (set *runeSet, empty bool) {
	switch n.kind {
	case rxText:
		r, size := utf8.DecodeRuneInString(n.text)
		if r == utf8.RuneError && size < 2 {
			return everyRune, size == 0
		}
		return setOf(r, r), false
	case rxSet:
		return n.set, false
	case rxGroup, rxAtomic:
		return beginsAs(n.subs[0])
	case rxRepeat:
		set, empty = beginsAs(n.subs[0])
		return set, empty || n.min == 0
	case rxAlt:
		set = newSet(nil)
		for _, sub := range n.subs {
			s, e := beginsAs(sub)
			set, empty = set.or(s), empty || e
		}
		return set, empty
	case rxCat:
		set = newSet(nil)
		for _, sub := range n.subs {
			s, e := beginsAs(sub)
			if set = set.or(s); !e {
				return set, false
			}
		}
		return set, true
	case rxBack:
		return everyRune, true
	}
	return newSet(nil), true
}

// mustHold is a text that each match holds, the longest that is easy to see.
func mustHold(n *rxNode) (text string, prefix bool) {
	switch n.kind {
	case rxText:
		return n.text, true
	case rxGroup, rxAtomic:
		return mustHold(n.subs[0])
	case rxRepeat:
		if n.min > 0 {
			return mustHold(n.subs[0])
		}
	case rxCat:
		for i, sub := range n.subs {
			if t, begins := mustHold(sub); len(t) > len(text) {
				text, prefix = t, begins && i == 0
			}
		}
	}
	return text, prefix
}

func beginsWith(n *rxNode, assert string) bool {
	switch n.kind {
	case rxAssert:
		return n.text == assert
	case rxGroup, rxAtomic, rxCat:
		return beginsWith(n.subs[0], assert)
	case rxAlt:
		for _, sub := range n.subs {
			if !beginsWith(sub, assert) {
				return false
			}
		}
		return true
	}
	return false
}

func (p *rxProg) skipTo(s string, at int) int {
	if p.prefix {
		next := strings.Index(s[at:], p.must)
		if next < 0 {
			return -1
		}
		return at + next
	}
	if p.first == nil {
		return at
	}
	for i, r := range s[at:] {
		if p.first.has(r) {
			return at + i
		}
	}
	return -1
}
