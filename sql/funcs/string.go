package funcs

import (
	"strings"
	"unicode/utf8"

	"logsql/convert/schema"
)

var stringFuncs = []*Func{
	{Name: "length", Signatures: []string{"(varchar) bigint", "(char) bigint", "(varbinary) bigint"}, Emit: emitLength},
	{Name: "lower", Signatures: []string{"(varchar) varchar", "(char) char"}, Result: sameText, Emit: udf("trino_lower")},
	{Name: "upper", Signatures: []string{"(varchar) varchar", "(char) char"}, Result: sameText, Emit: udf("trino_upper")},
	{Name: "substr", Signatures: substrSignatures, Result: sameText, Emit: emitSubstr},
	{Name: "substring", Signatures: substrSignatures, Result: sameText, Emit: emitSubstr},
	{Name: "trim", Signatures: trimSignatures, Result: sameText, Emit: emitTrim("trim")},
	{Name: "ltrim", Signatures: trimSignatures, Result: sameText, Emit: emitTrim("ltrim")},
	{Name: "rtrim", Signatures: trimSignatures, Result: sameText, Emit: emitTrim("rtrim")},
	{Name: "replace", Signatures: []string{"(varchar, varchar) varchar", "(varchar, varchar, varchar) varchar"}, Emit: emitReplace},
	{Name: "reverse", Signatures: []string{"(varchar) varchar", "(array(T)) array(T)", "(varbinary) varbinary"}, Emit: emitReverse},
	{Name: "strpos", Signatures: []string{"(varchar, varchar) bigint", "(varchar, varchar, bigint) bigint"}, Emit: emitStrpos},
	{Name: "position", Signatures: []string{"(varchar, varchar) bigint"}, Emit: build(func(a []expr) expr { return call("strpos", a[1], a[0]) })},
	{Name: "starts_with", Signatures: []string{"(varchar, varchar) boolean"}},
	{Name: "split", Signatures: []string{"(varchar, varchar) array(varchar)", "(varchar, varchar, bigint) array(varchar)"}, Emit: emitSplit},
	{Name: "split_part", Signatures: []string{"(varchar, varchar, bigint) varchar"}, Emit: udf("trino_split_part")},
	{Name: "split_to_map", Signatures: []string{"(varchar, varchar, varchar) map(varchar, varchar)"}, Emit: emitSplitToMap},
	{Name: "split_to_multimap", Signatures: []string{"(varchar, varchar, varchar) map(varchar, array(varchar))"}, Emit: emitSplitToMultimap},
	concatFunc,
	{Name: "concat_ws", Signatures: []string{"(varchar, varchar...) varchar", "(varchar, array(varchar)) varchar"}, Emit: emitConcatWs},
	{Name: "lpad", Signatures: []string{"(varchar, bigint, varchar) varchar"}, Emit: udf("trino_lpad")},
	{Name: "rpad", Signatures: []string{"(varchar, bigint, varchar) varchar"}, Emit: udf("trino_rpad")},
	{Name: "chr", Signatures: []string{"(bigint) varchar"}, Emit: udf("trino_chr")},
	{Name: "codepoint", Signatures: []string{"(varchar) integer"}, Check: oneCharacter, Emit: build(func(a []expr) expr { return call("unicode", a[0]) })},
	{Name: "translate", Signatures: []string{"(varchar, varchar, varchar) varchar"}},
	{Name: "levenshtein_distance", Signatures: []string{"(varchar, varchar) bigint"}, Emit: udf("trino_levenshtein")},
	{Name: "hamming_distance", Signatures: []string{"(varchar, varchar) bigint"}, Emit: udf("trino_hamming")},
	{Name: "soundex", Signatures: []string{"(varchar) varchar"}, Emit: udf("trino_soundex")},
	{Name: "luhn_check", Signatures: []string{"(varchar) boolean"}, Emit: udf("trino_luhn")},
	{Name: "to_utf8", Signatures: []string{"(varchar) varbinary"}, Emit: native("encode")},
	{Name: "from_utf8", Signatures: []string{"(varbinary) varchar", "(varbinary, varchar) varchar"}, Emit: emitFromUTF8},
	{Name: "normalize", Signatures: []string{"(varchar) varchar"}, Emit: native("nfc_normalize")},
	{Name: "format", Signatures: []string{"(varchar, any, any...) varchar"}, Emit: emitFormat},
}

// concatFunc is what || means too.
var concatFunc = &Func{Name: "concat", Signatures: []string{
	"(varchar, varchar, varchar...) varchar", "(char, char) char", "(varbinary, varbinary, varbinary...) varbinary", "(array(T), array(T), array(T)...) array(T)",
	"(array(T), T) array(T)", "(T, array(T)) array(T)",
}, Result: concatResult, Emit: emitConcat}

var (
	substrSignatures = []string{
		"(varchar, bigint) varchar", "(varchar, bigint, bigint) varchar", "(char, bigint) varchar",
		"(char, bigint, bigint) varchar", "(varbinary, bigint) varbinary", "(varbinary, bigint, bigint) varbinary",
	}
	trimSignatures = []string{"(varchar) varchar", "(char) char", "(varchar, varchar) varchar", "(char, varchar) char"}
)

// udf calls the Go function of this name, whose result may be narrower or
// wider than the call's.
func udf(name string) emit {
	return func(c *Call) (expr, error) {
		e := expr(call(name, c.Args...))
		if k := c.Result.Kind; k == schema.Integer || k == schema.Real {
			e = typed(e, c.Result)
		}
		return e, nil
	}
}

// sameText is the first argument's type: these functions do not lengthen text.
func sameText(params []schema.Type) schema.Type { return params[0] }

func oneCharacter(params []schema.Type) error {
	if params[0].Precision != 1 {
		return unexpectedType("codepoint", params, "codepoint(varchar(1))")
	}
	return nil
}

func emitLength(c *Call) (expr, error) {
	if c.Params[0].Kind == schema.Varbinary {
		return call("octet_length", c.Args[0]), nil
	}
	return call("length", c.Args[0]), nil
}

// emitSubstr: a start of 0 or before the first character gives nothing.
func emitSubstr(c *Call) (expr, error) {
	if c.Params[0].Kind == schema.Varbinary {
		args := append([]expr{}, c.Args...)
		if len(args) == 2 {
			args = append(args, num(1<<31-1))
		}
		return call("trino_substr_bytes", args...), nil
	}
	if n, ok := positive(c, 1); ok && len(c.Args) == 2 && n {
		return call("substring", c.Args...), nil
	}
	if n, ok := positive(c, 1); ok && n {
		if m, ok := positive(c, 2); ok && m {
			return call("substring", c.Args...), nil
		}
	}
	args := append([]expr{}, c.Args...)
	if len(args) == 2 {
		args = append(args, num(1<<31-1))
	}
	return call("trino_substr", args...), nil
}

// positive tells whether argument i is a literal above zero.
func positive(c *Call, i int) (yes, literal bool) {
	if c.Const == nil {
		return false, false
	}
	text, ok := c.Const(i)
	return ok && text != "" && text[0] >= '1' && text[0] <= '9', ok
}

// Trino trims every Unicode space unless told which characters.
func emitTrim(name string) emit {
	return func(c *Call) (expr, error) {
		if len(c.Args) == 1 {
			return call("trino_"+name, c.Args[0]), nil
		}
		return call(name, c.Args...), nil
	}
}

// emitReplace: an empty search text stands before every character.
func emitReplace(c *Call) (expr, error) {
	args := append([]expr{}, c.Args...)
	if len(args) == 2 {
		args = append(args, str(""))
	}
	if c.Const != nil {
		if text, ok := c.Const(1); ok && text != "" {
			return call("replace", args...), nil
		}
	}
	return call("trino_replace", args...), nil
}

func emitReverse(c *Call) (expr, error) {
	switch c.Params[0].Kind {
	case schema.Array:
		return call("list_reverse", c.Args[0]), nil
	case schema.Varbinary:
		return call("trino_reverse_bytes", c.Args[0]), nil
	}
	return call("trino_reverse", c.Args[0]), nil
}

func emitStrpos(c *Call) (expr, error) {
	if len(c.Args) == 3 {
		return call("trino_strpos", c.Args...), nil
	}
	return when(bin("=", c.Args[1], str("")), castTo(num(1), "BIGINT"), call("strpos", c.Args...)), nil
}

func emitSplit(c *Call) (expr, error) {
	if text, ok := c.constant(1); ok && text != "" && len(c.Args) == 2 {
		return call("string_split", c.Args...), nil
	}
	args := append([]expr{}, c.Args...)
	if len(args) == 2 {
		args = append(args, num(1<<31-1))
	}
	return call("trino_split", args...), nil
}

// constant is the literal text of argument i.
func (c *Call) constant(i int) (string, bool) {
	if c.Const == nil || i >= len(c.Args) {
		return "", false
	}
	return c.Const(i)
}

// Maps cross to Go and back as an array of pairs.
func emitSplitToMap(c *Call) (expr, error) {
	entry := structOf([]string{"key", "value"}, at(elem(), num(1)), at(elem(), num(2)))
	return call("map_from_entries", call("list_transform", call("trino_split_to_map", c.Args...), lambda(entry, elemVar))), nil
}

func emitSplitToMultimap(c *Call) (expr, error) {
	rest := call("list_slice", elem(), num(2), call("len", elem()))
	entry := structOf([]string{"key", "value"}, at(elem(), num(1)), rest)
	return call("map_from_entries", call("list_transform", call("trino_split_to_multimap", c.Args...), lambda(entry, elemVar))), nil
}

// concatResult adds the lengths of chars.
func concatResult(params []schema.Type) schema.Type {
	switch x := params[0]; {
	case x.Kind == schema.Array:
		return x
	case params[1].Kind == schema.Array:
		return params[1]
	case x.Kind == schema.Char && len(params) == 2 && params[1].Kind == schema.Char:
		return schema.Type{Kind: schema.Char, Precision: x.Precision + params[1].Precision}
	case x.Kind == schema.Varbinary:
		return x
	}
	return schema.Text
}

func emitConcat(c *Call) (expr, error) {
	e, t := c.Args[0], c.Params[0]
	for i, x := range c.Args[1:] {
		e = lowerConcat(e, x, t, c.Params[i+1])
		t = c.Result
	}
	return e, nil
}

func emitConcatWs(c *Call) (expr, error) {
	if len(c.Params) == 2 && c.Params[1].Kind == schema.Array {
		return when(isNull(c.Args[0]), castTo(null(), "VARCHAR"), call("array_to_string", c.Args[1], c.Args[0])), nil
	}
	return when(isNull(c.Args[0]), castTo(null(), "VARCHAR"), call("concat_ws", c.Args...)), nil
}

func emitFromUTF8(c *Call) (expr, error) {
	args := append([]expr{}, c.Args...)
	if len(args) == 1 {
		args = append(args, str("\uFFFD"))
	}
	return call("trino_from_utf8", args...), nil
}

// emitFormat hands Java's Formatter its arguments as text, with their types.
func emitFormat(c *Call) (expr, error) {
	var kinds []string
	values := make([]expr, 0, len(c.Args))
	for i, x := range c.Args[1:] {
		t := c.Params[i+1]
		if t.Kind >= schema.Date && !t.IsText() && t.Kind != schema.JSON && t.Kind != schema.UUID && t.Kind != schema.Date {
			return nil, unsupported("format of %s is not supported yet", t)
		}
		text, err := castExpr(x, t, schema.Text)
		if err != nil {
			text, err = castTo(x, "VARCHAR"), nil
		}
		kinds, values = append(kinds, t.Kind.String()), append(values, typed(text, schema.Text))
	}
	return call("trino_format", c.Args[0], str(strings.Join(kinds, " ")), array(values...)), nil
}

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
	{Name: "trino_replace", Signature: "(varchar, varchar, varchar) varchar", Call: func(a []any) (any, error) {
		return strings.ReplaceAll(a[0].(string), a[1].(string), a[2].(string)), nil
	}},
	{Name: "trino_reverse", Signature: "(varchar) varchar", Call: goReverse},
	{Name: "trino_reverse_bytes", Signature: "(varbinary) varbinary", Call: goReverseBytes},
	{Name: "trino_strpos", Signature: "(varchar, varchar, bigint) bigint", Call: goStrpos},
	{Name: "trino_split", Signature: "(varchar, varchar, bigint) array(varchar)", Call: goSplit},
	{Name: "trino_split_part", Signature: "(varchar, varchar, bigint) varchar", Call: goSplitPart},
	{Name: "trino_split_to_map", Signature: "(varchar, varchar, varchar) array(array(varchar))", Call: goSplitToMap},
	{Name: "trino_split_to_multimap", Signature: "(varchar, varchar, varchar) array(array(varchar))", Call: goSplitToMultimap},
	{Name: "trino_lpad", Signature: "(varchar, bigint, varchar) varchar", Call: func(a []any) (any, error) { return goPad(a, "lpad") }},
	{Name: "trino_rpad", Signature: "(varchar, bigint, varchar) varchar", Call: func(a []any) (any, error) { return goPad(a, "rpad") }},
	{Name: "trino_chr", Signature: "(bigint) varchar", Call: goChr},
	{Name: "trino_levenshtein", Signature: "(varchar, varchar) bigint", Call: goLevenshtein},
	{Name: "trino_hamming", Signature: "(varchar, varchar) bigint", Call: goHamming},
	{Name: "trino_soundex", Signature: "(varchar) varchar", Call: goSoundex},
	{Name: "trino_luhn", Signature: "(varchar) boolean", Call: goLuhn},
	{Name: "trino_from_utf8", Signature: "(varbinary, varchar) varchar", Call: goFromUTF8},
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
	if n == 0 {
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
	fill := strings.Repeat(pad, int(missing)/utf8.RuneCountInString(pad)+1)
	fill = fill[:runeOffset(fill, missing)]
	if name == "lpad" {
		return fill + s, nil
	}
	return s + fill, nil
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
