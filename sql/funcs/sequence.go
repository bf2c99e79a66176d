package funcs

import "logsql/convert/schema"

const sequenceStep = "sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop should be less than or equal to start"

func emitSequence(c *Call) (expr, error) {
	list, err := sequence(c)
	return when(anyNull(c.Args...), typedNull(c.Result), list), err
}

// sequence goes up or down to and with the end.
func sequence(c *Call) (expr, error) {
	from, to, t := c.Args[0], c.Args[1], c.Params[0]
	switch {
	case t.Kind == schema.BigInt:
		return integerSequence(c, from, to), nil
	case IsFine(t):
		return fineSequence(c)
	case len(c.Args) == 2:
		step := call("to_days", when(bin("<=", from, to), num(1), num(-1)))
		list := call("generate_series", castTo(from, "TIMESTAMP"), castTo(to, "TIMESTAMP"), step)
		return tooLong(c, call("len", list), list), nil
	case c.Params[2].Kind == schema.IntervalYear:
		return monthSequence(c, intervalMonths(c.Args[2])), nil
	}
	return secondSequence(c, intervalMillis(c.Args[2])), nil
}

// checkedSequence is list, of n elements, where the step (in whatever unit) is
// not zero and goes from start to stop.
func checkedSequence(c *Call, step, n, list expr) expr {
	from, to := c.Args[0], c.Args[1]
	wrong := or(and(bin("<", from, to), bin("<", step, num(0))), and(bin(">", from, to), bin(">", step, num(0))))
	list = when(wrong, fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str(sequenceStep)), tooLong(c, n, list))
	return when(bin("=", step, num(0)), fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str("step must not be zero")), list)
}

func secondSequence(c *Call, millis expr) expr {
	list := call("generate_series", castTo(c.Args[0], "TIMESTAMP"), castTo(c.Args[1], "TIMESTAMP"), c.Args[2])
	out := checkedSequence(c, millis, call("len", list), list)
	if c.Params[0].Kind != schema.Date {
		return out
	}
	const msg = "sequence step must be a day interval if start and end values are dates"
	days := bin("<>", bin("%", millis, num(86_400_000)), num(0))
	return when(days, fail(c.Result, "INVALID_FUNCTION_ARGUMENT", str(msg)), out)
}

// monthSequence counts months from the start each time: 31, 29, 31.
func monthSequence(c *Call, months expr) expr {
	from := castTo(c.Args[0], "TIMESTAMP")
	between := call("date_sub", str("month"), from, castTo(c.Args[1], "TIMESTAMP"))
	last := bin("//", between, months)
	at := bin("+", from, call("to_months", castTo(bin("*", elem(), months), "INTEGER")))
	list := call("list_transform", call("generate_series", num(0), last), lambda(at, elemVar))
	return checkedSequence(c, months, bin("+", last, num(1)), list)
}

// fineSequence is that of the microseconds; what the start has beyond them is
// put back, and what is then past the end left out.
func fineSequence(c *Call) (expr, error) {
	d := *c
	coarseType := schema.Type{Kind: schema.Timestamp, Precision: 6}
	d.Args = []expr{coarse(c.Args[0], c.Params[0]), coarse(c.Args[1], c.Params[1]), c.Args[2]}
	d.Params = []schema.Type{coarseType, coarseType, c.Params[2]}
	d.Result = schema.ArrayOf(coarseType)
	list, err := sequence(&d)
	if err != nil {
		return nil, err
	}
	from, to := c.Args[0], c.Args[1]
	fine := call("list_transform", list, lambda(bin("+", picosOf(elem(), coarseType), rest(from)), elemVar))
	inside := or(and(bin("<=", from, to), bin("<=", elem(), to)), and(bin(">", from, to), bin(">=", elem(), to)))
	return typed(call("list_filter", fine, lambda(inside, elemVar)), c.Result), nil
}
