package funcs

import (
	"strings"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// maxText is how many bytes a text may have that a function makes of little,
// such as lpad. Trino's end is its heap.
const maxText = 1 << 28

// fits refuses a text of n bytes that is too long.
func fits(n int) error {
	if n >= 0 && n <= maxText {
		return nil
	}
	return failure("EXCEEDED_FUNCTION_MEMORY_LIMIT", "The text is too long: a function makes no more than %d bytes", maxText)
}

// maxConcat is how long Trino's concat makes a text.
const maxConcat = 1 << 20

func goConcat(a []any) (any, error) {
	s := a[0].(string) + a[1].(string)
	if len(s) > maxConcat {
		return nil, invalid("Concatenated string is too large")
	}
	return s, nil
}

func goReplace(a []any) (any, error) {
	s, old, with := a[0].(string), a[1].(string), a[2].(string)
	if grow := len(with) - len(old); grow > 0 {
		if err := fits(len(s) + strings.Count(s, old)*grow); err != nil {
			return nil, err
		}
	}
	return strings.ReplaceAll(s, old, with), nil
}

// grows tells whether an expression may be a text far longer than those of
// logs: DuckDB checks no length, so that such texts are left to functions of
// ours that do. A lambda's parameter may be what the lambda gave before.
func grows(x expr) bool {
	found := false
	syntax.Walk(x, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Ident:
			found = found || n.Quoted
		case *syntax.Deref:
			return false
		case *syntax.Call:
			found = found || growing[n.Name[0].Name]
		}
		return !found
	})
	return found
}

var growing = map[string]bool{
	"trino_lpad": true, "trino_rpad": true, "trino_concat": true, "trino_replace": true, "trino_regexp_replace": true,
	"trino_format": true, "array_to_string": true, "concat_ws": true,
}

// maxRepeated is how many bytes Trino's repeat makes.
const maxRepeated = 1_000_000

// elementSize is how many bytes Trino counts for an element of an array, nil
// where that is too little to matter.
func elementSize(x expr, t schema.Type) expr {
	if s, text := x.(*syntax.StringLit); isLiteral(x) && !(text && len(s.Value)*10_000 > maxRepeated*9/10) {
		return nil
	}
	switch {
	case t.IsText(), t.Kind == schema.Varbinary:
		return bin("+", call("octet_length", call("encode", castTo(x, "VARCHAR"))), num(4))
	case t.Kind == schema.Array && fixedSize[t.Elem().Kind] > 0:
		return bin("+", bin("*", call("len", x), num(fixedSize[t.Elem().Kind])), num(5))
	case len(t.Elems) > 0:
		return call("strlen", castTo(x, "VARCHAR"))
	}
	return nil
}

// fixedSize is what an element takes with its mark for NULL.
var fixedSize = map[schema.Kind]int{
	schema.Boolean: 2, schema.TinyInt: 2, schema.SmallInt: 3, schema.Integer: 5, schema.Real: 5, schema.Date: 5,
	schema.BigInt: 9, schema.Double: 9, schema.Timestamp: 9,
}

// maxList is how many elements an array may have that a lambda makes longer.
const maxList = 1_000_000

// boundedList is list, where what it is joined with is a lambda's parameter,
// which may be what the lambda gave before, and not too long already.
func boundedList(list, with expr, t schema.Type) expr {
	if p, ok := with.(*syntax.Ident); !ok || !p.Quoted {
		return list
	}
	const msg = "The array is too long: a lambda makes no more than 1000000 elements"
	return when(bin(">", call("len", with), num(maxList)), fail(t, "EXCEEDED_LOCAL_MEMORY_LIMIT", str(msg)), list)
}
