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

func emitNtile(c *Call) (expr, error) {
	if text, ok := c.constant(0); ok && (text == "0" || text[0] == '-') {
		return fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str("Buckets must be greater than 0")), nil
	}
	return c.with("ntile", c.Args...), nil
}

// emitOffsetValue is lag and lead; Trino refuses an offset below 0.
func emitOffsetValue(c *Call) (expr, error) {
	if len(c.Args) == 1 {
		return c.with(c.Name, c.Args...), nil
	}
	if text, ok := c.constant(1); ok {
		if text[0] == '-' {
			return fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str("Offset must be at least 0")), nil
		}
		return c.with(c.Name, c.Args...), nil
	}
	msg := fail(schema.Of(schema.BigInt), "INVALID_FUNCTION_ARGUMENT", str("Offset must be at least 0"))
	args := append([]expr{}, c.Args...)
	args[1] = when(bin("<", args[1], num(0)), msg, args[1])
	return c.with(c.Name, args...), nil
}

func emitNth(c *Call) (expr, error) {
	if text, ok := c.constant(1); ok && (text == "0" || text[0] == '-') {
		return fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str("Offset must be at least 1")), nil
	}
	return c.with("nth_value", c.Args...), nil
}
