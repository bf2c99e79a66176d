package funcs

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"
)

// rxFrame is what to go back to: an instruction with a place, a register's old
// value (pc is its complement), or the rest of a run (low is its other end).
type rxFrame struct {
	pc, at, low int
	run         bool
}

// rxRun is one search.
type rxRun struct {
	p        *rxProg
	s        string
	start    int // where the search began, which is \G
	regs     []int
	stack    []rxFrame
	steps    int
	ctx      context.Context
	deadline time.Time
	over     bool
	seen     []uint64 // what has been tried from where, once it takes long
}

// memoAfter is the number of steps after which tries are kept in mind, memoBits
// how many of them.
const (
	memoAfter = 20_000
	memoBits  = 1 << 26
)

// search is the first match from a place on, nil for none.
func (r *rxRun) search(from int) match {
	if r.p.must != "" && !strings.Contains(r.s[from:], r.p.must) {
		return nil
	}
	r.start, r.seen = from, nil
	for at := from; ; {
		if at = r.p.skipTo(r.s, at); at < 0 || r.p.bol && at > 0 {
			return nil
		}
		for i := range r.regs {
			r.regs[i] = -1
		}
		r.stack = r.stack[:0]
		if end, ok := r.run(0, at); ok {
			r.regs[0], r.regs[1] = at, end
			return append(match{}, r.regs[:2*(r.p.groups+1)]...)
		}
		if r.over || at >= len(r.s) {
			return nil
		}
		_, n := utf8.DecodeRuneInString(r.s[at:])
		at += n
	}
}

// run goes from an instruction to opEnd. What is on the stack below stays.
func (r *rxRun) run(pc, at int) (int, bool) {
	base := len(r.stack)
	for {
		r.steps++
		if r.steps&(1<<18-1) == 0 && r.late() {
			return 0, false
		}
		i := &r.p.insts[pc]
		ok := true
		switch i.op {
		case opEnd:
			return at, true
		case opText:
			ok = strings.HasPrefix(r.s[at:], i.text)
			at += len(i.text)
		case opSet:
			c, n := r.rune(at)
			ok = n > 0 && i.set.has(c)
			at += n
		case opRun:
			at, ok = r.repeat(i, pc, at)
		case opSplit:
			if ok = !r.tried(pc, at); ok {
				r.push(rxFrame{pc: i.y, at: at})
				pc = i.x - 1
			}
		case opJump:
			pc = i.x - 1
		case opSave:
			r.keep(i.x, at)
		case opEmpty:
			if r.regs[i.y] == at {
				pc = i.x - 1
			}
		case opAssert:
			at, ok = r.assert(i, at)
		case opBack:
			at, ok = r.back(i, at)
		case opLook, opAtomic:
			at, ok = r.inner(i, pc, at)
			pc = i.x - 1
		}
		pc++
		if ok {
			continue
		}
		if pc, at, ok = r.pop(base); !ok {
			return 0, false
		}
	}
}

func (r *rxRun) late() bool {
	r.over = r.over || r.ctx.Err() != nil || time.Now().After(r.deadline)
	return r.over
}

func (r *rxRun) rune(at int) (rune, int) {
	if at >= len(r.s) {
		return 0, 0
	}
	if c := r.s[at]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(r.s[at:])
}

func (r *rxRun) push(f rxFrame) { r.stack = append(r.stack, f) }

func (r *rxRun) keep(reg, at int) {
	r.push(rxFrame{pc: ^reg, at: r.regs[reg]})
	r.regs[reg] = at
}

// tried reports whether an instruction has been tried from a place, in vain.
func (r *rxRun) tried(pc, at int) bool {
	if !r.p.memo || r.steps < memoAfter {
		return false
	}
	width := len(r.s) + 1
	if r.seen == nil {
		if width*len(r.p.insts) > memoBits {
			return false
		}
		r.seen = make([]uint64, width*len(r.p.insts)/64+1)
	}
	bit := pc*width + at
	if r.seen[bit/64]&(1<<(bit%64)) != 0 {
		return true
	}
	r.seen[bit/64] |= 1 << (bit % 64)
	return false
}

// pop goes back to the last choice above base.
func (r *rxRun) pop(base int) (pc, at int, ok bool) {
	for len(r.stack) > base {
		top := len(r.stack) - 1
		f := &r.stack[top]
		switch {
		case f.pc < 0:
			r.regs[^f.pc] = f.at
			r.stack = r.stack[:top]
		case !f.run:
			pc, at = f.pc, f.at
			r.stack = r.stack[:top]
			return pc, at, true
		default:
			if pc, at, ok = r.another(f); ok {
				return pc, at, true
			}
			r.stack = r.stack[:top]
		}
	}
	return 0, 0, false
}

// another takes one character less of a run, or of a lazy one one more.
func (r *rxRun) another(f *rxFrame) (pc, at int, ok bool) {
	i := &r.p.insts[f.pc]
	if i.lazy {
		c, n := r.rune(f.at)
		if n == 0 || f.low == 0 || !i.set.has(c) {
			return 0, 0, false
		}
		f.at += n
		if f.low > 0 {
			f.low--
		}
		return f.pc + 1, f.at, true
	}
	if f.at <= f.low {
		return 0, 0, false
	}
	_, n := utf8.DecodeLastRuneInString(r.s[:f.at])
	f.at -= n
	return f.pc + 1, f.at, true
}

// repeat matches a run of characters; the frame it leaves tries other lengths.
func (r *rxRun) repeat(i *rxInst, pc, at int) (int, bool) {
	least := at
	count := 0
	for most := i.max; most < 0 || count < most; count++ {
		if count == i.min {
			least = at
			if i.lazy {
				break
			}
		}
		c, n := r.rune(at)
		if n == 0 || !i.set.has(c) {
			break
		}
		at += n
	}
	r.steps += count >> 3
	switch {
	case count < i.min:
		return at, false
	case count == i.min:
		least = at
	}
	if i.lazy {
		left := infinite
		if i.max >= 0 {
			left = i.max - count
		}
		r.push(rxFrame{pc: pc, at: at, low: left, run: true})
	} else if !i.possessive && at > least {
		r.push(rxFrame{pc: pc, at: at, low: least, run: true})
	}
	return at, true
}

// inner runs what is looked for ahead or behind, or taken as found.
func (r *rxRun) inner(i *rxInst, pc, at int) (int, bool) {
	base := len(r.stack)
	end, ok := r.run(pc+1, at)
	if r.over {
		return at, false
	}
	if i.negated {
		if ok {
			r.undo(base)
		}
		return at, !ok
	}
	if !ok {
		return at, false
	}
	r.commit(base)
	if i.op == opLook {
		end = at
	}
	return end, true
}

// undo takes back what was kept above base.
func (r *rxRun) undo(base int) {
	for k := len(r.stack) - 1; k >= base; k-- {
		if f := r.stack[k]; f.pc < 0 {
			r.regs[^f.pc] = f.at
		}
	}
	r.stack = r.stack[:base]
}

// commit forgets the choices above base and keeps how to undo.
func (r *rxRun) commit(base int) {
	kept := r.stack[:base]
	for _, f := range r.stack[base:] {
		if f.pc < 0 {
			kept = append(kept, f)
		}
	}
	r.stack = kept
}

func (r *rxRun) back(i *rxInst, at int) (int, bool) {
	from, to := r.regs[2*i.x], r.regs[2*i.x+1]
	if from < 0 || to < from {
		return at, false
	}
	if text := r.s[from:to]; !i.foldR {
		return at + len(text), strings.HasPrefix(r.s[at:], text)
	}
	for _, want := range r.s[from:to] {
		c, n := r.rune(at)
		if n == 0 || !sameFold(c, want) {
			return at, false
		}
		at += n
	}
	return at, true
}

func (r *rxRun) assert(i *rxInst, at int) (int, bool) {
	switch i.text {
	case "^", "A":
		return at, at == 0
	case "m^":
		return at, at == 0 || r.s[at-1] == '\n' && at < len(r.s)
	case "$":
		return at, at == len(r.s) || at == len(r.s)-1 && r.s[at] == '\n'
	case "m$":
		return at, at == len(r.s) || r.s[at] == '\n'
	case "z":
		return at, at == len(r.s)
	case "G":
		return at, at == r.start
	case "b", "B":
		return at, r.boundary(at) == (i.text == "b")
	}
	for range i.x { // back
		_, n := utf8.DecodeLastRuneInString(r.s[:at])
		if n == 0 {
			return at, false
		}
		at -= n
	}
	return at, true
}

func (r *rxRun) boundary(at int) bool {
	before, n := utf8.DecodeLastRuneInString(r.s[:at])
	after, m := utf8.DecodeRuneInString(r.s[at:])
	return (n > 0 && wordChars().has(before)) != (m > 0 && wordChars().has(after))
}
