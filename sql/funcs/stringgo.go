package funcs

import (
	"bytes"
	"math"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

var stringGo = []GoFunc{
	{Name: "trino_fail", Signature: "(varchar, varchar) varchar", Call: goFail},
	{Name: "trino_lower", Signature: "(varchar) varchar", Call: func(a []any) (any, error) { return javaLower(a[0].(string)), nil }},
	{Name: "trino_upper", Signature: "(varchar) varchar", Call: func(a []any) (any, error) { return javaUpper(a[0].(string)), nil }},
	{Name: "trino_substr", Signature: "(varchar, bigint, bigint) varchar", Call: goSubstr},
	{Name: "trino_substr_bytes", Signature: "(varbinary, bigint, bigint) varbinary", Call: goSubstrBytes},
	{Name: "trino_trim", Signature: "(varchar) varchar", Call: func(a []any) (any, error) {
		return strings.TrimFunc(a[0].(string), isSpace), nil
	}},
	{Name: "trino_ltrim", Signature: "(varchar) varchar", Call: func(a []any) (any, error) {
		return strings.TrimLeftFunc(a[0].(string), isSpace), nil
	}},
	{Name: "trino_rtrim", Signature: "(varchar) varchar", Call: func(a []any) (any, error) {
		return strings.TrimRightFunc(a[0].(string), isSpace), nil
	}},
	{Name: "trino_replace", Signature: "(varchar, varchar, varchar) varchar", Call: goReplace},
	{Name: "trino_concat", Signature: "(varchar, varchar) varchar", Call: goConcat},
	{Name: "trino_reverse", Signature: "(varchar) varchar", Call: goReverse},
	{Name: "trino_reverse_bytes", Signature: "(varbinary) varbinary", Call: goReverseBytes},
	{Name: "trino_strpos", Signature: "(varchar, varchar, bigint) bigint", Call: goStrpos},
	{Name: "trino_split", Signature: "(varchar, varchar, bigint) array(varchar)", Call: goSplit},
	{Name: "trino_split_part", Signature: "(varchar, varchar, bigint) varchar", Call: goSplitPart},
	{Name: "trino_split_to_map", Signature: "(varchar, varchar, varchar) array(array(varchar))", Call: goSplitToMap},
	{Name: "trino_split_to_multimap", Signature: "(varchar, varchar, varchar) array(array(varchar))", Call: goSplitToMultimap},
	{Name: "trino_lpad", Signature: "(varchar, bigint, varchar) varchar", Call: func(a []any) (any, error) { return goPad(a, "lpad") }},
	{Name: "trino_rpad", Signature: "(varchar, bigint, varchar) varchar", Call: func(a []any) (any, error) { return goPad(a, "rpad") }},
	{Name: "trino_lpad_bytes", Signature: "(varbinary, bigint, varbinary) varbinary", Call: func(a []any) (any, error) { return goPadBytes(a, true) }},
	{Name: "trino_rpad_bytes", Signature: "(varbinary, bigint, varbinary) varbinary", Call: func(a []any) (any, error) { return goPadBytes(a, false) }},
	{Name: "trino_codepoint", Signature: "(varchar) bigint", Call: goCodepoint},
	{Name: "trino_normalize", Signature: "(varchar, varchar) varchar", Total: true, Call: goNormalize},
	{Name: "trino_word_stem", Signature: "(varchar, varchar) varchar", Call: goWordStem},
	{Name: "trino_data_size", Signature: "(varchar) varchar", Call: goParseDataSize},
	{Name: "trino_chr", Signature: "(bigint) varchar", Call: goChr},
	{Name: "trino_levenshtein", Signature: "(varchar, varchar) bigint", Call: goLevenshtein},
	{Name: "trino_hamming", Signature: "(varchar, varchar) bigint", Call: goHamming},
	{Name: "trino_soundex", Signature: "(varchar) varchar", Call: goSoundex},
	{Name: "trino_luhn", Signature: "(varchar) boolean", Call: goLuhn},
	{Name: "trino_from_utf8", Signature: "(varbinary, varchar) varchar", Call: goFromUTF8},
	{Name: "trino_from_utf8_code", Signature: "(varbinary, bigint) varchar", Call: goFromUTF8Code},
	{Name: "trino_format", Signature: "(varchar, varchar, array(varchar)) varchar", Call: goFormat},
}

func goFail(a []any) (any, error) { return nil, failure(a[0].(string), "%s", a[1].(string)) }

func goSubstr(a []any) (any, error) {
	s, start, length := a[0].(string), a[1].(int64), a[2].(int64)
	n := int64(utf8.RuneCountInString(s))
	start, length = window(n, start, length)
	from := runeOffset(s, start)
	return s[from : from+runeOffset(s[from:], length)], nil
}

func goSubstrBytes(a []any) (any, error) {
	b := a[0].([]byte)
	start, length := window(int64(len(b)), a[1].(int64), a[2].(int64))
	return append([]byte{}, b[start:start+length]...), nil
}

// window turns SQL's start (from 1, or from the end) and length into an offset
// and a length within n; both 0 where there is nothing.
func window(n, start, length int64) (int64, int64) {
	if start < 0 {
		start += n + 1
	}
	if start <= 0 || start > n || length <= 0 {
		return 0, 0
	}
	return start - 1, min(length, n-start+1)
}

// runeOffset is the byte where the n-th character of s begins.
func runeOffset(s string, n int64) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

func goReverse(a []any) (any, error) {
	s := a[0].(string)
	out := make([]byte, len(s))
	for i := 0; i < len(s); {
		_, n := utf8.DecodeRuneInString(s[i:])
		copy(out[len(s)-i-n:], s[i:i+n])
		i += n
	}
	return string(out), nil
}

func goReverseBytes(a []any) (any, error) {
	b := a[0].([]byte)
	out := make([]byte, len(b))
	for i, c := range b {
		out[len(b)-1-i] = c
	}
	return out, nil
}

// goStrpos finds the n-th occurrence, from the end for a negative n.
func goStrpos(a []any) (any, error) {
	s, sub, n := a[0].(string), a[1].(string), a[2].(int64)
	if n == 0 || n == math.MinInt64 { // that has no counterpart
		return nil, invalid("'instance' must be a positive or negative number.")
	}
	if sub == "" {
		return int64(1), nil
	}
	at := -1
	for range max(n, -n) {
		var next int
		if n > 0 {
			next = strings.Index(s[at+1:], sub)
			if next >= 0 {
				next += at + 1
			}
		} else {
			end := len(s)
			if at >= 0 {
				end = at + len(sub) - 1
			}
			next = strings.LastIndex(s[:end], sub)
		}
		if next < 0 {
			return int64(0), nil
		}
		at = next
	}
	return int64(utf8.RuneCountInString(s[:at]) + 1), nil
}

func goSplit(a []any) (any, error) {
	s, sep, limit := a[0].(string), a[1].(string), a[2].(int64)
	if limit <= 0 {
		return nil, invalid("Limit must be positive")
	}
	if limit > 1<<31-1 {
		return nil, invalid("Limit is too large")
	}
	if sep == "" {
		return nil, invalid("The delimiter may not be the empty string")
	}
	return texts(strings.SplitN(s, sep, int(min(limit, 1<<31-1)))), nil
}

func texts(parts []string) []any {
	out := make([]any, len(parts))
	for i, p := range parts {
		out[i] = p
	}
	return out
}

func goSplitPart(a []any) (any, error) {
	s, sep, n := a[0].(string), a[1].(string), a[2].(int64)
	if n <= 0 {
		return nil, invalid("Index must be greater than zero")
	}
	if sep == "" {
		if n > int64(utf8.RuneCountInString(s)) {
			return nil, nil
		}
		from := runeOffset(s, n-1)
		return s[from : from+runeOffset(s[from:], 1)], nil
	}
	for ; n > 1; n-- {
		_, rest, found := strings.Cut(s, sep)
		if !found {
			return nil, nil
		}
		s = rest
	}
	part, _, _ := strings.Cut(s, sep)
	return part, nil
}

// splitEntries calls f for each entry of a=b,c=d.
func splitEntries(a []any, f func(key, value string) error) error {
	s, entrySep, keySep := a[0].(string), a[1].(string), a[2].(string)
	switch {
	case entrySep == "":
		return invalid("entryDelimiter is empty")
	case keySep == "":
		return invalid("keyValueDelimiter is empty")
	case entrySep == keySep:
		return invalid("entryDelimiter and keyValueDelimiter must not be the same")
	}
	for s != "" {
		entry, rest, _ := strings.Cut(s, entrySep)
		s = rest
		key, value, ok := strings.Cut(entry, keySep)
		if !ok {
			return invalid("Key-value delimiter must appear exactly once in each entry. Bad input: '%s'", entry)
		}
		if err := f(key, value); err != nil {
			return err
		}
	}
	return nil
}

func goSplitToMap(a []any) (any, error) {
	pairs, seen := []any{}, map[string]bool{}
	err := splitEntries(a, func(key, value string) error {
		if strings.Contains(value, a[2].(string)) {
			return invalid("Key-value delimiter must appear exactly once in each entry. Bad input: '%s'", key+a[2].(string)+value)
		}
		if seen[key] {
			return invalid("Duplicate keys (%s) are not allowed", key)
		}
		seen[key] = true
		pairs = append(pairs, []any{key, value})
		return nil
	})
	return pairs, err
}

func goSplitToMultimap(a []any) (any, error) {
	var keys []string
	values := map[string][]any{}
	err := splitEntries(a, func(key, value string) error {
		if strings.Contains(value, a[2].(string)) {
			return invalid("Key-value delimiter must appear exactly once in each entry. Bad input: %s", key+a[2].(string)+value)
		}
		if values[key] == nil {
			keys = append(keys, key)
			values[key] = []any{key}
		}
		values[key] = append(values[key], value)
		return nil
	})
	lists := make([]any, len(keys))
	for i, key := range keys {
		lists[i] = values[key]
	}
	return lists, err
}

func goPad(a []any, name string) (any, error) {
	s, size, pad := a[0].(string), a[1].(int64), a[2].(string)
	if size < 0 || size > 1<<31-1 {
		return nil, invalid("Target length must be in the range [0..2147483647]")
	}
	if pad == "" {
		return nil, invalid("Padding string must not be empty")
	}
	have := int64(utf8.RuneCountInString(s))
	if have >= size {
		return s[:runeOffset(s, size)], nil
	}
	missing := size - have
	each := int64(utf8.RuneCountInString(pad))
	if err := fits(len(s) + int(missing/each+1)*len(pad)); err != nil {
		return nil, err
	}
	fill := strings.Repeat(pad, int(missing/each)) + pad[:runeOffset(pad, missing%each)]
	if name == "lpad" {
		return fill + s, nil
	}
	return s + fill, nil
}

func goPadBytes(a []any, left bool) (any, error) {
	b, size, pad := a[0].([]byte), a[1].(int64), a[2].([]byte)
	if size < 0 || size > 1<<31-1 {
		return nil, invalid("Target length must be in the range [0..2147483647]")
	}
	if len(pad) == 0 {
		return nil, invalid("Padding bytes must not be empty")
	}
	missing := int(size) - len(b)
	if missing <= 0 {
		return append([]byte{}, b[:size]...), nil
	}
	if err := fits(int(size)); err != nil {
		return nil, err
	}
	fill := bytes.Repeat(pad, missing/len(pad)+1)[:missing]
	if left {
		return append(fill, b...), nil
	}
	return append(append([]byte{}, b...), fill...), nil
}

func goCodepoint(a []any) (any, error) {
	r, n := utf8.DecodeRuneInString(a[0].(string))
	if n == 0 || n != len(a[0].(string)) {
		return nil, invalid("Input string must be a single character string")
	}
	return int64(r), nil
}

var normalForms = map[string]norm.Form{"NFD": norm.NFD, "NFKC": norm.NFKC, "NFKD": norm.NFKD}

func goNormalize(a []any) (any, error) {
	return normalForms[a[1].(string)].String(a[0].(string)), nil
}

func goChr(a []any) (any, error) {
	n := a[0].(int64)
	if n < 0 || n > utf8.MaxRune || n >= 0xD800 && n < 0xE000 {
		return nil, invalid("Not a valid Unicode code point: %d", n)
	}
	return string(rune(n)), nil
}

// goFromUTF8 replaces what is not UTF-8, one replacement for each broken
// sequence's longest valid beginning.
func goFromUTF8(a []any) (any, error) {
	with := a[1].(string)
	if utf8.RuneCountInString(with) > 1 {
		return nil, invalid("Replacement character string must empty or a single character")
	}
	b := a[0].([]byte)
	var out strings.Builder
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r != utf8.RuneError || n > 1 {
			out.Write(b[:n])
			b = b[n:]
			continue
		}
		out.WriteString(with)
		b = b[brokenLen(b):]
	}
	return out.String(), nil
}

func goFromUTF8Code(a []any) (any, error) {
	with, err := goChr(a[1:])
	if err != nil {
		return nil, invalid("Invalid replacement character")
	}
	return goFromUTF8([]any{a[0], with})
}

func brokenLen(b []byte) int {
	want := 1
	switch {
	case b[0] >= 0xF0 && b[0] < 0xF8:
		want = 4
	case b[0] >= 0xE0 && b[0] < 0xF0:
		want = 3
	case b[0] >= 0xC0 && b[0] < 0xE0:
		want = 2
	}
	n := 1
	for n < want && n < len(b) && b[n]&0xC0 == 0x80 {
		n++
	}
	return n
}
