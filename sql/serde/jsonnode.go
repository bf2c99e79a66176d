package serde

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// node is a JSON value. Its text is a string's without escapes, or a literal's
// (number, true, an unquoted word) as written.
type node struct {
	kind    byte // one of '"', 'w' for a literal, 'n' for null, '[', '{'
	text    string
	kids    []node   // of an array, or the values of an object
	members []string // an object's names
}

// isText tells that n is a string or a literal.
func (n *node) isText() bool { return n.kind == '"' || n.kind == 'w' }

// arena holds the values and names of one line's JSON.
type arena struct {
	kids    []node
	members []string
	open    []node // those whose array or object has not ended
	names   []string
}

func (a *arena) reset() {
	a.kids, a.members, a.open, a.names = a.kids[:0], a.members[:0], a.open[:0], a.names[:0]
}

// mark is where an array or an object begins.
func (a *arena) mark() (values, names int) { return len(a.open), len(a.names) }

// end makes an array or an object of what came after a mark.
func (a *arena) end(kind byte, values, names int) node {
	n := node{kind: kind}
	from := len(a.kids)
	a.kids = append(a.kids, a.open[values:]...)
	n.kids = a.kids[from:len(a.kids):len(a.kids)]
	from = len(a.members)
	a.members = append(a.members, a.names[names:]...)
	n.members = a.members[from:len(a.members):len(a.members)]
	a.open, a.names = a.open[:values], a.names[:names]
	return n
}

// replace takes back a member that came after a mark and has the same name: the
// last counts, and comes last.
func (a *arena) replace(name string, values, names int, same func(a, b string) bool) {
	for i, have := range a.names[names:] {
		if same(have, name) {
			a.names = slices.Delete(a.names, names+i, names+i+1)
			a.open = slices.Delete(a.open, values+i, values+i+1)
			return
		}
	}
}

// appendText writes n without blanks, members in order; quoted writes names,
// leaf everything that is neither object nor array.
func (n *node) appendText(b []byte, quoted func([]byte, string) []byte, leaf func([]byte, *node) []byte) []byte {
	if n.kind != '{' && n.kind != '[' {
		return leaf(b, n)
	}
	b = append(b, n.kind)
	for i := range n.kids {
		if i > 0 {
			b = append(b, ',')
		}
		if n.kind == '{' {
			b = append(quoted(b, n.members[i]), ':')
		}
		b = n.kids[i].appendText(b, quoted, leaf)
	}
	return append(b, n.kind+2) // } and ]
}

// appendJSON writes n as openx's SerDe does: numbers in their plain form.
func (n *node) appendJSON(b []byte) []byte {
	return n.appendText(b, appendJSONString, func(b []byte, n *node) []byte {
		switch n.kind {
		case 'n':
			return append(b, "null"...)
		case 'w':
			if text, ok := canonical(n.text); ok {
				return append(b, text...)
			}
		}
		return appendJSONString(b, n.text)
	})
}

func appendJSONString(b []byte, text string) []byte {
	b = append(b, '"')
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '/' && i > 0 && text[i-1] == '<':
			b = append(b, `\/`...)
		case c < ' ':
			b = appendControl(b, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

func appendControl(b []byte, c byte) []byte {
	if at := strings.IndexByte("\b\f\n\r\t", c); at >= 0 {
		return append(b, '\\', "bfnrt"[at])
	}
	const hex = "0123456789abcdef"
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}

// canonical is an unquoted literal in its plain form: true, a decimal number.
func canonical(text string) (string, bool) {
	switch {
	case strings.EqualFold(text, "true"):
		return "true", true
	case strings.EqualFold(text, "false"):
		return "false", true
	}
	if n, ok := octalOrHex(text); ok {
		return strconv.FormatInt(n, 10), true
	}
	if n, scale, ok := bigDecimal(text); ok {
		return javaDecimal(n, scale), true
	}
	return "", false
}

// octalOrHex reads a decimal integer, a hexadecimal one after 0x or an octal one
// after 0.
func octalOrHex(text string) (int64, bool) {
	base := 10
	switch {
	case strings.Contains(text, "_"):
		return 0, false
	case len(text) > 2 && text[0] == '0' && text[1]|0x20 == 'x':
		base, text = 16, text[2:]
	case len(text) > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '8':
		base, text = 8, text[1:]
	}
	if base != 10 && (text[0] == '-' || text[0] == '+') {
		return 0, false
	}
	n, err := strconv.ParseInt(text, base, 64)
	return n, err == nil
}

// bigDecimal reads what java.math.BigDecimal does: an unscaled value and its
// scale.
func bigDecimal(text string) (n *big.Int, scale int, ok bool) {
	mantissa, exponent := text, 0
	if at := strings.IndexAny(text, "eE"); at >= 0 {
		e, err := strconv.ParseInt(text[at+1:], 10, 32)
		if err != nil {
			return nil, 0, false
		}
		mantissa, exponent = text[:at], int(e)
	}
	unsigned := strings.TrimLeft(mantissa, "+-")
	whole, fraction, _ := strings.Cut(unsigned, ".")
	digits := whole + fraction
	if len(mantissa)-len(unsigned) > 1 || digits == "" || !allDigits([]byte(digits)) {
		return nil, 0, false
	}
	n, ok = new(big.Int).SetString(digits, 10)
	if ok && mantissa[0] == '-' {
		n.Neg(n)
	}
	return n, len(fraction) - exponent, ok
}

// javaDecimal is BigDecimal.toString().
func javaDecimal(n *big.Int, scale int) string {
	digits, sign := n.String(), ""
	if n.Sign() < 0 {
		digits, sign = digits[1:], "-"
	}
	exponent := len(digits) - 1 - scale
	switch {
	case scale == 0:
		return sign + digits
	case scale > 0 && exponent >= -6:
		if missing := scale + 1 - len(digits); missing > 0 {
			digits = strings.Repeat("0", missing) + digits
		}
		return sign + digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if len(digits) > 1 {
		digits = digits[:1] + "." + digits[1:]
	}
	if exponent == 0 {
		return sign + digits
	}
	plus := ""
	if exponent > 0 {
		plus = "+"
	}
	return sign + digits + "E" + plus + strconv.Itoa(exponent)
}
