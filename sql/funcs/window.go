package funcs

import "logsql/convert/schema"

var windowFuncs = []*Func{
	{Name: "row_number", Kind: Window, Signatures: []string{"() bigint"}},
	{Name: "rank", Kind: Window, Signatures: []string{"() bigint"}},
	{Name: "dense_rank", Kind: Window, Signatures: []string{"() bigint"}},
	{Name: "percent_rank", Kind: Window, Signatures: []string{"() double"}},
	{Name: "cume_dist", Kind: Window, Signatures: []string{"() double"}},
	{Name: "ntile", Kind: Window, Signatures: []string{"(bigint) bigint"}, Emit: emitNtile},
	{Name: "lag", Kind: Window, Signatures: offsetSignatures, Emit: emitOffsetValue},
	{Name: "lead", Kind: Window, Signatures: offsetSignatures, Emit: emitOffsetValue},
	{Name: "first_value", Kind: Window, Signatures: []string{"(T) T"}},
	{Name: "last_value", Kind: Window, Signatures: []string{"(T) T"}},
	{Name: "nth_value", Kind: Window, Signatures: []string{"(T, bigint) T"}, Emit: emitNth},
}

var offsetSignatures = []string{"(T) T", "(T, bigint) T", "(T, bigint, T) T"}

// emitNtile: a number of buckets that is NULL gives NULLs.
func emitNtile(c *Call) (expr, error) {
	n := atLeast(c.Args[0], c, 0, 1, "Buckets must be greater than 0")
	return c.with("ntile", n), nil
}

// atLeast is the i-th argument, an error where it is below least.
func atLeast(x expr, c *Call, i, least int, msg string) expr {
	if text, ok := c.constant(i); ok && text[0] != '-' && text != "0" {
		return x
	}
	bad := fail(schema.Of(schema.BigInt), "INVALID_FUNCTION_ARGUMENT", str(msg))
	return when(bin("<", x, num(least)), bad, x)
}

// emitOffsetValue is lag and lead; Trino refuses an offset that is NULL or below
// 0.
func emitOffsetValue(c *Call) (expr, error) {
	if len(c.Args) == 1 {
		return c.with(c.Name, c.Args...), nil
	}
	args := append([]expr{}, c.Args...)
	args[1] = atLeast(args[1], c, 1, 0, "Offset must be at least 0")
	if _, ok := c.constant(1); !ok {
		none := fail(schema.Of(schema.BigInt), "INVALID_FUNCTION_ARGUMENT", str("Offset must not be null"))
		args[1] = when(isNull(c.Args[1]), none, args[1])
	}
	return c.with(c.Name, args...), nil
}

func emitNth(c *Call) (expr, error) {
	return c.with("nth_value", c.Args[0], atLeast(c.Args[1], c, 1, 1, "Offset must be at least 1")), nil
}
