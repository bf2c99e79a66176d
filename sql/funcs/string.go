package funcs

import (
	"math"
	"strconv"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

var stringFuncs = []*Func{
	{Name: "length", Signatures: []string{"(varchar) bigint", "(char) bigint", "(varbinary) bigint"}, Emit: emitLength},
	{Name: "lower", Signatures: []string{"(varchar) varchar(x)", "(char) char"}, Emit: udf("trino_lower")},
	{Name: "upper", Signatures: []string{"(varchar) varchar(x)", "(char) char"}, Emit: udf("trino_upper")},
	{Name: "substr", Signatures: substrSignatures, Emit: emitSubstr},
	{Name: "substring", Signatures: substrSignatures, Emit: emitSubstr},
	{Name: "trim", Signatures: trimSignatures, Emit: emitTrim("trim")},
	{Name: "ltrim", Signatures: trimSignatures, Emit: emitTrim("ltrim")},
	{Name: "rtrim", Signatures: trimSignatures, Emit: emitTrim("rtrim")},
	{Name: "replace", Signatures: []string{"(varchar, varchar) varchar(x)", "(varchar, varchar, varchar) varchar"}, Result: replaceResult, Emit: emitReplace},
	{Name: "reverse", Signatures: []string{"(varchar) varchar(x)", "(char) char", "(array(T)) array(T)", "(varbinary) varbinary"}, Emit: emitReverse},
	{Name: "strpos", Signatures: []string{"(varchar, varchar) bigint", "(varchar, varchar, bigint) bigint"}, Emit: emitStrpos},
	{Name: "position", Signatures: []string{"(varchar, varchar) bigint"}, Emit: build(func(a []expr) expr { return call("strpos", a[1], a[0]) })},
	{Name: "starts_with", Signatures: []string{"(varchar, varchar) boolean"}},
	{Name: "split", Signatures: []string{"(varchar, varchar) array(varchar(x))", "(varchar, varchar, bigint) array(varchar(x))"}, Emit: emitSplit},
	{Name: "split_part", Signatures: []string{"(varchar, varchar, bigint) varchar(x)"}, Emit: emitSplitPart},
	{Name: "split_to_map", Signatures: []string{"(varchar, varchar, varchar) map(varchar, varchar)"}, Emit: emitSplitToMap},
	{Name: "split_to_multimap", Signatures: []string{"(varchar, varchar, varchar) map(varchar, array(varchar))"}, Emit: emitSplitToMultimap},
	concatFunc,
	{Name: "concat_ws", Signatures: []string{"(varchar, varchar...) varchar", "(varchar, array(varchar)) varchar"}, Emit: emitConcatWs},
	{Name: "lpad", Signatures: append([]string{"(char, bigint, varchar) varchar"}, padSignatures...), Emit: emitPad("trino_lpad")},
	{Name: "rpad", Signatures: padSignatures, Emit: emitPad("trino_rpad")},
	{Name: "chr", Signatures: []string{"(bigint) varchar"}, Result: func([]schema.Type) schema.Type { return schema.VarcharOf(1) }, Emit: udf("trino_chr")},
	{Name: "codepoint", Signatures: []string{"(varchar) integer"}, Check: oneCharacter, Emit: udf("trino_codepoint")},
	{Name: "translate", Signatures: []string{"(varchar, varchar, varchar) varchar"}},
	{Name: "levenshtein_distance", Signatures: []string{"(varchar, varchar) bigint"}, Emit: udf("trino_levenshtein")},
	{Name: "hamming_distance", Signatures: []string{"(varchar, varchar) bigint"}, Emit: udf("trino_hamming")},
	{Name: "soundex", Signatures: []string{"(varchar) varchar"}, Result: func([]schema.Type) schema.Type { return schema.VarcharOf(4) }, Emit: udf("trino_soundex")},
	{Name: "luhn_check", Signatures: []string{"(varchar) boolean"}, Emit: udf("trino_luhn")},
	{Name: "to_utf8", Signatures: []string{"(varchar) varbinary", "(char) varbinary"}, Emit: native("encode")},
	{Name: "from_utf8", Signatures: []string{"(varbinary) varchar", "(varbinary, varchar) varchar", "(varbinary, bigint) varchar"}, Emit: emitFromUTF8},
	{Name: "normalize", Signatures: []string{"(varchar) varchar", "(varchar, varchar) varchar"}, Emit: emitNormalize},
	{Name: "word_stem", Signatures: []string{"(varchar) varchar(x)", "(varchar, varchar) varchar(x)"}, Check: shortLanguage, Emit: emitWordStem},
	{Name: "parse_data_size", Signatures: []string{"(varchar) decimal"}, Result: func([]schema.Type) schema.Type { return schema.DecimalOf(38, 0) }, Emit: emitParseDataSize},
	{Name: "parse_presto_data_size", Signatures: []string{"(varchar) decimal"}, Result: func([]schema.Type) schema.Type { return schema.DecimalOf(38, 0) }, Emit: emitParseDataSize},
	{Name: "format", Signatures: []string{"(varchar, any, any...) varchar"}, Emit: emitFormat},
}

// concatFunc is what || means too.
var concatFunc = &Func{Name: "concat", Signatures: []string{
	"(varchar, varchar, varchar...) varchar", "(char, char) char", "(varbinary, varbinary, varbinary...) varbinary", "(array(T), array(T), array(T)...) array(T)",
	"(array(T), T) array(T)", "(T, array(T)) array(T)",
}, Result: concatResult, Check: charsFit, Emit: emitConcat}

var (
	substrSignatures = []string{
		"(varchar, bigint) varchar(x)", "(varchar, bigint, bigint) varchar(x)", "(char, bigint) varchar(x)",
		"(char, bigint, bigint) varchar(x)", "(varbinary, bigint) varbinary", "(varbinary, bigint, bigint) varbinary",
	}
	trimSignatures = []string{"(varchar) varchar(x)", "(char) varchar(x)", "(varchar, codepoints) varchar(x)", "(char, codepoints) varchar(x)"}
)

var padSignatures = []string{"(varchar, bigint, varchar) varchar", "(varbinary, bigint, varbinary) varbinary"}

func emitPad(name string) emit {
	return func(c *Call) (expr, error) {
		if c.Params[0].Kind == schema.Varbinary {
			return call(name+"_bytes", c.Args...), nil
		}
		return call(name, c.Args...), nil
	}
}

// emitNormalize has a form other than NFC as its second argument.
func emitNormalize(c *Call) (expr, error) {
	if len(c.Args) == 1 {
		return call("nfc_normalize", c.Args[0]), nil
	}
	return call("trino_normalize", c.Args...), nil
}

// shortLanguage holds the second argument to varchar(2).
func shortLanguage(params []schema.Type) error {
	if len(params) == 2 && !schema.Fits(params[1], schema.VarcharOf(2)) {
		return unexpectedType("word_stem", params, "word_stem(varchar(x)), word_stem(varchar(x), varchar(2))")
	}
	return nil
}

func emitWordStem(c *Call) (expr, error) {
	language := str("en")
	if len(c.Args) == 2 {
		language = c.Args[1]
	}
	return call("trino_word_stem", c.Args[0], language), nil
}

func emitParseDataSize(c *Call) (expr, error) {
	return typed(call("trino_data_size", c.Args[0]), c.Result), nil
}

// emitSplitPart: DuckDB's own is an empty text past the end.
func emitSplitPart(c *Call) (expr, error) {
	sep, _ := c.constant(1)
	text, _ := c.constant(2)
	n, err := strconv.Atoi(text)
	if sep == "" || err != nil || n < 1 || n > math.MaxInt32 {
		return udf("trino_split_part")(c)
	}
	return at(call("string_split", c.Args[0], c.Args[1]), c.Args[2]), nil
}

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

// replaceResult: what is put in may stand before and after each character.
func replaceResult(params []schema.Type) schema.Type {
	return grown(params, func(x, z int) int { return x + z*(x+1) })
}

// grown is varchar of a length that hangs on the first and third parameter's;
// the first's where there are but two.
func grown(params []schema.Type, length func(x, z int) int) schema.Type {
	if len(params) == 2 {
		return params[0]
	}
	x, bounded := params[0].Length()
	z, limited := params[2].Length()
	if !bounded || !limited {
		return schema.Text
	}
	return schema.VarcharOf(length(x, z))
}

func oneCharacter(params []schema.Type) error {
	if !schema.Fits(params[0], schema.VarcharOf(1)) {
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

// positive tells whether argument i is a literal above zero, and not beyond
// what DuckDB takes.
func positive(c *Call, i int) (yes, literal bool) {
	if c.Const == nil {
		return false, false
	}
	text, ok := c.Const(i)
	return ok && text != "" && len(text) < 10 && text[0] >= '1' && text[0] <= '9', ok
}

// Trino trims every Unicode space unless told which characters.
func emitTrim(name string) emit {
	return func(c *Call) (expr, error) {
		args := append([]expr{}, c.Args...)
		if c.Params[0].Kind == schema.Char { // has blanks at its end only when it is read
			args[0] = call("rtrim", args[0])
		}
		if len(args) == 1 {
			return call("trino_"+name, args[0]), nil
		}
		return call(name, args...), nil
	}
}

// emitReplace: an empty search text stands before every character.
func emitReplace(c *Call) (expr, error) {
	args := append([]expr{}, c.Args...)
	if len(args) == 2 {
		args = append(args, str(""))
	}
	if c.Const != nil {
		if text, ok := c.Const(1); ok && text != "" && !grows(args[0]) && !grows(args[2]) {
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

// whole is the argument as a bigint where it is of an integer type and was cast
// to another.
func (c *Call) whole(i int) (expr, bool) {
	cast, ok := c.Args[i].(*syntax.Cast)
	switch {
	case !ok || i >= len(c.Written) || !c.Written[i].IsInteger():
		return nil, false
	case c.Written[i].Kind == schema.BigInt:
		return cast.X, true
	}
	return castTo(cast.X, "BIGINT"), true
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
	case len(params) > 1 && params[1].Kind == schema.Array && !params[1].Equal(x) && params[1].Elem().Equal(x):
		return params[1]
	case x.Kind == schema.Array:
		return x
	case x.Kind == schema.Char && len(params) == 2 && params[1].Kind == schema.Char:
		return schema.Type{Kind: schema.Char, Precision: x.Precision + params[1].Precision}
	case x.Kind == schema.Varbinary:
		return x
	}
	return schema.Text
}

// charsFit refuses chars that together are longer than a char may be.
func charsFit(params []schema.Type) error {
	if t := concatResult(params); t.Kind == schema.Char && t.Precision > schema.MaxChar {
		return failure("TYPE_NOT_FOUND", "Unknown type: %s", t)
	}
	return nil
}

// concatOne is what Trino says of one argument alone.
func concatOne(t schema.Type) error {
	switch t.Kind {
	case schema.Array:
		return invalid("There must be two or more arguments to concat")
	case schema.Varchar, schema.Varbinary:
		return invalid("There must be two or more concatenation arguments")
	}
	return nil
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
		return when(isNull(c.Args[0]), castTo(null(), "VARCHAR"), call("trino_array_join", c.Args[1], c.Args[0])), nil
	}
	return when(isNull(c.Args[0]), castTo(null(), "VARCHAR"), call("concat_ws", c.Args...)), nil
}

func emitFromUTF8(c *Call) (expr, error) {
	switch {
	case len(c.Args) == 1:
		return call("trino_from_utf8", c.Args[0], str("\uFFFD")), nil
	case c.Params[1].Kind == schema.BigInt:
		return call("trino_from_utf8_code", c.Args...), nil
	}
	return call("trino_from_utf8", c.Args...), nil
}

// emitFormat hands Java's Formatter its arguments as text, with their types.
func emitFormat(c *Call) (expr, error) {
	var kinds []string
	values := make([]expr, 0, len(c.Args))
	for i, x := range c.Args[1:] {
		t := c.Params[i+1]
		if t.Kind >= schema.IPAddress && !t.IsText() && t.Kind != schema.UUID {
			return nil, unsupported("format of %s is not supported yet", t)
		}
		text, err := javaText(x, t)
		if err != nil {
			text, err = castTo(x, "VARCHAR"), nil
		}
		kinds, values = append(kinds, strings.ReplaceAll(t.Kind.String(), " ", "_")), append(values, typed(text, schema.Text))
	}
	return call("trino_format", c.Args[0], str(strings.Join(kinds, " ")), array(values...)), nil
}
