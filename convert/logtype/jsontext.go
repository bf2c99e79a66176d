package logtype

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// The functions of this file work on JSON that jsonReader has walked over: they
// do not check it again. Depth is at most maxDepth.

func skipBlanks(text []byte, at int) int {
	for text[at] <= ' ' {
		at++
	}
	return at
}

func skipString(text []byte, at int) int {
	for at++; ; at++ {
		at += stringRun(text[at:])
		switch text[at] {
		case '"':
			return at + 1
		case '\\':
			at++
		}
	}
}

// stringRun is how many bytes of a string need no look: up to a quote, a
// backslash or the end of a line. Half of the time goes into the insides of
// strings, so it takes eight bytes at a time.
func stringRun(text []byte) int {
	n := 0
	for ; len(text)-n >= 8; n += 8 {
		word := binary.LittleEndian.Uint64(text[n:])
		if hit := zeroBytes(word^everyByte*'"') | zeroBytes(word^everyByte*'\\') | zeroBytes(word^everyByte*'\n'); hit != 0 {
			return n + bits.TrailingZeros64(hit)/8
		}
	}
	for n < len(text) && text[n] != '"' && text[n] != '\\' && text[n] != '\n' {
		n++
	}
	return n
}

const everyByte = 0x0101010101010101

// zeroBytes sets the highest bit of the lowest byte of word that is 0, and of
// none below it.
func zeroBytes(word uint64) uint64 { return (word - everyByte) &^ word & (everyByte << 7) }

// skipValue returns the end of the value that begins at at.
func skipValue(text []byte, at int) int {
	switch text[at] {
	case '"':
		return skipString(text, at)
	case '{', '[':
	default:
		for at < len(text) && text[at] > ' ' && text[at] != ',' && text[at] != '}' && text[at] != ']' {
			at++
		}
		return at
	}
	for open := 0; ; {
		switch text[at] {
		case '"':
			at = skipString(text, at)
			continue
		case '{', '[':
			open++
		case '}', ']':
			if open--; open == 0 {
				return at + 1
			}
		}
		at++
	}
}

// members walks over the members of the object that begins at text[0]. key is
// as written, without its quotes.
func members(text []byte, yield func(key, value []byte)) {
	at := skipBlanks(text, 1)
	for text[at] != '}' {
		end := skipString(text, at)
		key := text[at+1 : end-1]
		at = skipBlanks(text, end)
		at = skipBlanks(text, at+1)
		end = skipValue(text, at)
		yield(key, text[at:end])
		if at = skipBlanks(text, end); text[at] == ',' {
			at = skipBlanks(text, at+1)
		}
	}
}

// elements walks over the elements of the list that begins at text[0].
func elements(text []byte, yield func(value []byte)) {
	at := skipBlanks(text, 1)
	for text[at] != ']' {
		end := skipValue(text, at)
		yield(text[at:end])
		if at = skipBlanks(text, end); text[at] == ',' {
			at = skipBlanks(text, at+1)
		}
	}
}

// appendPlain appends the text a JSON string stands for. inner is what is
// between its quotes. Half a surrogate pair becomes U+FFFD.
func appendPlain(dst, inner []byte) []byte {
	for {
		i := bytes.IndexByte(inner, '\\')
		if i < 0 {
			return append(dst, inner...)
		}
		dst = append(dst, inner[:i]...)
		var r rune
		r, inner = unescape(inner[i+1:])
		dst = utf8.AppendRune(dst, r)
	}
}

// unescape reads an escape of which the backslash is gone.
func unescape(text []byte) (rune, []byte) {
	switch text[0] {
	case 'b':
		return '\b', text[1:]
	case 'f':
		return '\f', text[1:]
	case 'n':
		return '\n', text[1:]
	case 'r':
		return '\r', text[1:]
	case 't':
		return '\t', text[1:]
	case 'u':
		r := hexRune(text[1:])
		text = text[5:]
		if !utf16.IsSurrogate(r) {
			return r, text
		}
		if len(text) >= 6 && text[0] == '\\' && text[1] == 'u' {
			if pair := utf16.DecodeRune(r, hexRune(text[2:])); pair != utf8.RuneError {
				return pair, text[6:]
			}
		}
		return utf8.RuneError, text
	}
	return rune(text[0]), text[1:]
}

func hexRune(text []byte) rune {
	var r rune
	for _, c := range text[:4] {
		r = r<<4 | rune(hexDigit(c))
	}
	return r
}

// jsonWriter writes JSON values as Athena's SerDe gives them out as text.
type jsonWriter struct {
	keys []uint64 // hashes of the keys of the objects that are open
}

// append appends value without insignificant blanks, in its own order, with
// characters in place of their escapes and numbers as written. Of a key that
// comes again in an object the last value stays, in the place of the first.
func (w *jsonWriter) append(dst, value []byte) []byte {
	switch value[0] {
	case '"':
		return appendString(dst, value[1:len(value)-1])
	case '{':
		return w.object(dst, value)
	case '[':
		dst = append(dst, '[')
		begin := len(dst)
		elements(value, func(e []byte) {
			if len(dst) > begin {
				dst = append(dst, ',')
			}
			dst = w.append(dst, e)
		})
		return append(dst, ']')
	}
	return append(dst, value...)
}

// text appends what value is in a text column: a string without its quotes and
// escapes, anything else as append has it.
func (w *jsonWriter) text(dst, value []byte) []byte {
	if value[0] == '"' {
		return appendPlain(dst, value[1:len(value)-1])
	}
	return w.append(dst, value)
}

func (w *jsonWriter) object(dst, value []byte) []byte {
	begin, first := len(dst), len(w.keys)
	dst = append(dst, '{')
	members(value, func(key, v []byte) {
		if len(dst) > begin+1 {
			dst = append(dst, ',')
		}
		at := len(dst)
		dst = appendString(dst, key)
		w.keys = append(w.keys, hash(dst[at:]))
		dst = append(dst, ':')
		dst = w.append(dst, v)
	})
	dst = append(dst, '}')
	if repeats(w.keys[first:]) {
		dst = lastOfEach(dst, begin)
	}
	w.keys = w.keys[:first]
	return dst
}

// hash is FNV-1a.
func hash(text []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range text {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

// repeats tells whether a number is there twice. It may sort keys.
func repeats(keys []uint64) bool {
	if len(keys) > 16 {
		slices.Sort(keys)
		for i := 1; i < len(keys); i++ {
			if keys[i] == keys[i-1] {
				return true
			}
		}
		return false
	}
	for i := range keys {
		if slices.Contains(keys[:i], keys[i]) {
			return true
		}
	}
	return false
}

// lastOfEach rewrites the compact object dst[begin:] with each key once.
func lastOfEach(dst []byte, begin int) []byte {
	object := bytes.Clone(dst[begin:])
	place := map[string]int{}
	var pairs [][2][]byte
	members(object, func(key, value []byte) {
		if i, ok := place[string(key)]; ok {
			pairs[i][1] = value
			return
		}
		place[string(key)] = len(pairs)
		pairs = append(pairs, [2][]byte{key, value})
	})
	dst = append(dst[:begin], '{')
	for i, p := range pairs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, '"'), p[0]...), `":`...)
		dst = append(dst, p[1]...)
	}
	return append(dst, '}')
}

// appendString appends a JSON string, with escapes only where JSON must have
// them. inner is what is between its quotes.
func appendString(dst, inner []byte) []byte {
	dst = append(dst, '"')
	for len(inner) > 0 {
		n := plainPrefix(inner)
		dst = append(dst, inner[:n]...)
		if inner = inner[n:]; len(inner) == 0 {
			break
		}
		r := rune(inner[0])
		if r == '\\' {
			r, inner = unescape(inner[1:])
		} else {
			inner = inner[1:]
		}
		dst = appendEscaped(dst, r)
	}
	return append(dst, '"')
}

func plainPrefix(text []byte) int {
	n := 0
	for ; len(text)-n >= 8; n += 8 {
		word := binary.LittleEndian.Uint64(text[n:])
		below := (word - everyByte*' ') &^ word & (everyByte << 7)
		if hit := below | zeroBytes(word^everyByte*'\\'); hit != 0 {
			return n + bits.TrailingZeros64(hit)/8
		}
	}
	for n < len(text) && text[n] >= ' ' && text[n] != '\\' {
		n++
	}
	return n
}

func appendEscaped(dst []byte, r rune) []byte {
	const hex = "0123456789ABCDEF"
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	if r < ' ' {
		return append(dst, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
	}
	return utf8.AppendRune(dst, r)
}

func isScalar(word []byte) bool {
	switch string(word) {
	case "true", "false", "null":
		return true
	}
	word = bytes.TrimPrefix(word, []byte("-"))
	whole := digits(word)
	if whole == 0 || whole > 1 && word[0] == '0' {
		return false
	}
	word = word[whole:]
	if len(word) > 0 && word[0] == '.' {
		n := digits(word[1:])
		if n == 0 {
			return false
		}
		word = word[1+n:]
	}
	if len(word) > 0 && word[0]|0x20 == 'e' {
		word = word[1:]
		if len(word) > 0 && (word[0] == '+' || word[0] == '-') {
			word = word[1:]
		}
		return len(word) > 0 && allDigits(word)
	}
	return len(word) == 0
}

func digits(text []byte) int {
	for i, c := range text {
		if c-'0' > 9 {
			return i
		}
	}
	return len(text)
}

// validText is utf8.Valid of a long text that mostly is ASCII.
func validText(text []byte) bool {
	for len(text) >= 32 {
		t := (*[32]byte)(text)
		if (binary.LittleEndian.Uint64(t[:])|binary.LittleEndian.Uint64(t[8:])|binary.LittleEndian.Uint64(t[16:])|
			binary.LittleEndian.Uint64(t[24:]))&(everyByte<<7) != 0 {
			break
		}
		text = text[32:]
	}
	return utf8.Valid(text)
}
