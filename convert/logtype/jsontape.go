package logtype

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// node is a key or a value of a record, by its place in the record's text. The
// nodes of an object are its keys and values in turn, those of a list its
// elements.
type node struct {
	from, to uint32
	next     uint32 // the node after it and all in it
	plain    bool   // without escapes, control characters and blanks between tokens: the text is the value
}

// tape is the nodes of one record in the order of its text, the record itself
// the first. It is made in the one walk that also checks the grammar, so that
// nobody has to look for the ends of values again.
type tape struct {
	text  []byte
	nodes []node
	open  []uint32 // the containers that have not ended
}

// expected is what may come next in a walk.
type expected uint8

const (
	aValue expected = iota
	firstValue
	aKey
	firstKey
	aColon
	anEnd // of a value: a comma or a bracket
)

// read walks over the object that text begins with; there may be more behind
// it. It is not ok where the text ends too early, is no JSON or is nested deeper
// than maxDepth: then jsonReader.value, which takes the very same texts, says
// what is wrong with it.
func (t *tape) read(text []byte) (end int, ok bool) {
	t.text = text
	nodes, open, want, odd, within := t.nodes[:0], t.open[:0], aValue, uint32(0), byte(0)
	for at := 0; at < len(text); {
		if cap(nodes)-len(nodes) < 2 {
			nodes = slices.Grow(nodes, max(len(nodes), 64))
		}
		switch c := text[at]; c {
		case '"':
			if want >= aColon {
				return 0, false
			}
			if want >= aKey {
				end, plain := stringEnd(text, at)
				if end == 0 {
					return 0, false
				}
				if !plain {
					odd++
				}
				nodes = appendNode(nodes, at, end, plain)
				if at, want = end, aColon; at+1 >= len(text) || text[at] != ':' {
					continue
				}
				if at, want = at+1, aValue; text[at] != '"' {
					continue
				}
			}
			end, plain := stringEnd(text, at)
			if end == 0 {
				return 0, false
			}
			if !plain {
				odd++
			}
			nodes = appendNode(nodes, at, end, plain)
			if at, want = end, anEnd; at < len(text) && text[at] == ',' {
				at, want = at+1, afterComma(within)
			}
		case ',':
			if want != anEnd {
				return 0, false
			}
			at, want = at+1, afterComma(within)
		case '{', '[':
			if want > firstValue || len(open) == maxDepth {
				return 0, false
			}
			// Until it ends, next is what odd was when it began.
			open, within = append(open, uint32(len(nodes))), c
			nodes = appendNode(nodes, at, 0, false)
			nodes[len(nodes)-1].next = odd
			if want = firstValue; c == '{' {
				want = firstKey
			}
			at++
		case '}', ']':
			if len(open) == 0 || c != closing(within) || want != anEnd && want != firstValue && want != firstKey {
				return 0, false
			}
			at++
			n := &nodes[open[len(open)-1]]
			n.to, n.plain, n.next = uint32(at), n.next == odd, uint32(len(nodes))
			if open = open[:len(open)-1]; len(open) == 0 {
				t.nodes, t.open = nodes, open
				return at, true
			}
			within, want = text[nodes[open[len(open)-1]].from], anEnd
		case ':':
			if want != aColon {
				return 0, false
			}
			at, want = at+1, aValue
		case ' ', '\n', '\r', '\t':
			at++
			odd++
		default:
			end := scalarEnd(text, at)
			if end == 0 || want > firstValue {
				return 0, false
			}
			nodes = appendNode(nodes, at, end, true)
			at, want = end, anEnd
		}
	}
	return 0, false
}

// appendNode appends a node with nothing in it, for which there is room. It writes
// where the node will be: to make one and to copy it takes several times as long.
func appendNode(nodes []node, from, to int, plain bool) []node {
	nodes = nodes[:len(nodes)+1]
	n := &nodes[len(nodes)-1]
	n.from, n.to, n.next, n.plain = uint32(from), uint32(to), uint32(len(nodes)), plain
	return nodes
}

func afterComma(within byte) expected {
	if within == '{' {
		return aKey
	}
	return aValue
}

// stringEnd returns the end of the string that begins at at, 0 where there is
// none.
func stringEnd(text []byte, at int) (end int, plain bool) {
	for i := at + 1; i+8 <= len(text); i += 8 {
		if hit := specialBytes(binary.LittleEndian.Uint64(text[i:])); hit != 0 {
			if i += bits.TrailingZeros64(hit) / 8; text[i] == '"' {
				return i + 1, true
			}
			break
		}
	}
	return oddStringEnd(text, at)
}

// oddStringEnd is stringEnd of any string.
func oddStringEnd(text []byte, at int) (end int, plain bool) {
	plain = true
	for at++; ; at++ {
		for at+8 <= len(text) {
			hit := specialBytes(binary.LittleEndian.Uint64(text[at:]))
			if hit != 0 {
				at += bits.TrailingZeros64(hit) / 8
				break
			}
			at += 8
		}
		for at < len(text) && text[at] >= ' ' && text[at] != '"' && text[at] != '\\' {
			at++
		}
		if at >= len(text) {
			return 0, false
		}
		switch c := text[at]; {
		case c == '"':
			return at + 1, plain
		case c == '\n':
			return 0, false
		case c == '\\':
			if at = escapeEnd(text, at); at == 0 {
				return 0, false
			}
		}
		plain = false
	}
}

// specialBytes sets the highest bit of the lowest byte of word that is a quote,
// a backslash or a control character, and of none below it. To change bit 1
// puts the quote right above the control characters: all of them are below 0x21
// then, and nothing else is.
func specialBytes(word uint64) uint64 {
	quote := (word ^ everyByte*2) - everyByte*0x21
	backslash := (word ^ everyByte*'\\') - everyByte
	return (quote | backslash) &^ word & (everyByte << 7)
}

// escapeEnd is the place of the last byte of an escape, 0 where it is none.
func escapeEnd(text []byte, at int) int {
	if at+1 >= len(text) {
		return 0
	}
	switch text[at+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return at + 1
	case 'u':
		if at+5 >= len(text) {
			return 0
		}
		for _, c := range text[at+2 : at+6] {
			if hexDigit(c) < 0 {
				return 0
			}
		}
		return at + 5
	}
	return 0
}

// scalarEnd returns the end of the number or literal that begins at at, 0 where
// there is none or where it may go on behind the text.
func scalarEnd(text []byte, at int) int {
	end := at
	for end < len(text) && scalarByte(text[end]) {
		end++
	}
	if end == len(text) || end-at > maxScalar || !isScalar(text[at:end]) {
		return 0
	}
	return end
}

func scalarByte(c byte) bool {
	return c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '-' || c == '+' || c == '.'
}

// of is the text of a node as written.
func (t *tape) of(n uint32) []byte { return t.text[t.nodes[n].from:t.nodes[n].to] }

// inner is the text between the quotes of a string.
func (t *tape) inner(n uint32) []byte { return t.text[t.nodes[n].from+1 : t.nodes[n].to-1] }

// ownText tells whether the text of n is also what jsonWriter would write for
// it: it is plain, and no object in it has a key twice.
func (t *tape) ownText(n uint32) bool {
	end := t.nodes[n].next
	if !t.nodes[n].plain {
		return false
	}
	for ; n < end; n++ {
		if t.text[t.nodes[n].from] == '{' && t.repeats(n) {
			return false
		}
	}
	return true
}

// manyKeys is how many keys are compared each with each.
const manyKeys = 32

// repeats tells whether an object may have a key twice.
func (t *tape) repeats(object uint32) bool {
	var keys [manyKeys][]byte
	count, end := 0, t.nodes[object].next
	for n := object + 1; n < end; n = t.nodes[n+1].next {
		if count == manyKeys {
			return true
		}
		key := t.of(n)
		for _, other := range keys[:count] {
			if string(other) == string(key) {
				return true
			}
		}
		keys[count] = key
		count++
	}
	return false
}
