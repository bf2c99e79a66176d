package bind

import (
	"strings"

	"logsql/convert/schema"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// call binds a function call with all that may follow it.
func (e *exprs) call(x *syntax.Call) schema.Type {
	name := strings.ToLower(x.Name[len(x.Name)-1].Name)
	if len(x.Name) == 1 && name == "grouping" {
		return e.grouping(x)
	}
	if x.JSON != nil {
		return e.sqlJSON(x)
	}
	name, args := e.plainForm(x, name)
	f, ok := funcs.Lookup(name)
	if !ok || len(x.Name) > 1 {
		e.unknownFunction(x)
		return schema.Type{}
	}
	if msg := miscounted(name, len(args)); msg != "" {
		e.failAt(x, "SYNTAX_ERROR", "%s", msg)
		return schema.Type{}
	}
	e.placement(x, f, name)
	nested, inner := len(e.aggregates), len(e.windows)
	result := e.resolveCall(x, f, args)
	e.sortItems(x.OrderBy)
	if x.Distinct {
		e.sortedByArguments(x)
	}
	if x.Filter != nil {
		e.term(x.Filter, "Filter expression")
	}
	if e.err != nil {
		return schema.Type{}
	}
	if x.Over != nil {
		if len(e.windows) > inner {
			e.failAt(e.windows[inner], "NESTED_WINDOW", "Cannot nest window functions or row pattern measures inside window function '%s'", name)
		}
		e.window(x.Over)
		e.windowFunction(x, f)
		e.windows = append(e.windows, x)
		return result
	}
	if f.Kind == funcs.Aggregate {
		if len(e.aggregates) > nested {
			e.failAt(x, "NESTED_AGGREGATION", "Cannot nest aggregations inside aggregation '%s': [%s]", name, syntax.PrintMessage(e.aggregates[nested]))
		}
		if len(e.windows) > inner {
			e.failAt(e.windows[inner], "NESTED_WINDOW", "Cannot nest window functions inside aggregation '%s': [%s]", name, syntax.PrintMessage(e.windows[inner]))
		}
		e.aggregates = append(e.aggregates, x)
	}
	return result
}

// sortedByArguments holds the ORDER BY of an aggregate with DISTINCT to what it
// aggregates.
func (e *exprs) sortedByArguments(x *syntax.Call) {
	for _, item := range x.OrderBy {
		found := false
		for _, a := range x.Args {
			found = found || syntax.Print(Unparen(a)) == syntax.Print(Unparen(item.Expr))
		}
		if !found {
			e.failAt(item.Expr, "EXPRESSION_NOT_IN_DISTINCT", "For aggregate function with DISTINCT, ORDER BY expressions must appear in arguments")
		}
	}
}

// miscounted complains of a number of arguments that Trino's grammar refuses:
// these functions are expressions of their own in it.
func miscounted(name string, n int) string {
	switch {
	case (name == "coalesce" || name == "format") && n < 2:
		return "The '" + name + "' function must have at least two arguments"
	case name == "nullif" && n != 2, name == "if" && n != 2 && n != 3:
		return "Invalid number of arguments for '" + name + "' function"
	case name == "try" && n != 1:
		return "The 'try' function must have exactly one argument"
	}
	return ""
}

// plainForm is a call with a grammar of its own as one without: position(a IN
// b) is strpos(b, a).
func (e *exprs) plainForm(x *syntax.Call, name string) (string, []syntax.Expr) {
	if x.Clause == nil {
		return name, x.Args
	}
	switch x.Clause[0] {
	case "IN":
		return "strpos", []syntax.Expr{x.Args[1], x.Args[0]}
	case "LEADING":
		return "ltrim", x.Args
	case "TRAILING":
		return "rtrim", x.Args
	case "BOTH", "NFC":
		return name, x.Args
	case "NFD", "NFKC", "NFKD":
		return name, append(x.Args[:1:1], &syntax.StringLit{Span: x.Span, Value: x.Clause[0]})
	case "ON OVERFLOW":
		return name, x.Args
	}
	e.failAt(x, notSupported, "%s(… %s) is not supported yet", name, strings.Join(x.Clause, " "))
	return name, x.Args
}

func (e *exprs) unknownFunction(x *syntax.Call) {
	parts := make([]string, len(x.Name))
	for i, part := range x.Name {
		parts[i] = strings.ToLower(part.Name)
	}
	text := strings.Join(parts, ".")
	err := syntax.ErrorAt(x.Name, noFunction, "Function '%s' not registered", text)
	if len(parts) > 3 {
		err.Msg, err.Placeless = "Invalid function name: "+text, true
	}
	err.Hint = functionHint(parts[len(parts)-1])
	e.fail(err)
}

// placement refuses DISTINCT, FILTER, OVER and the like where the kind of
// function does not take them.
func (e *exprs) placement(x *syntax.Call, f *funcs.Func, name string) {
	aggregates := x.Distinct || x.Filter != nil || x.OrderBy != nil || x.Star
	switch {
	case f.Kind == funcs.Scalar && x.Distinct:
		e.failAt(x, "FUNCTION_NOT_AGGREGATE", "DISTINCT is not supported for non-aggregation functions")
	case f.Kind == funcs.Scalar && x.OrderBy != nil:
		e.failAt(x, "FUNCTION_NOT_AGGREGATE", "ORDER BY is only valid for aggregation functions")
	case f.Kind == funcs.Scalar && x.Filter != nil:
		e.failAt(x, "FUNCTION_NOT_AGGREGATE", "Filter is only valid for aggregation functions")
	case f.Kind == funcs.Scalar && x.Star:
		e.failAt(x, "FUNCTION_NOT_AGGREGATE", "Function '%s' is not an aggregate function", name)
	case f.Kind == funcs.Scalar && x.Over != nil:
		e.failAt(x, "FUNCTION_NOT_WINDOW", "Not a window function: %s", name)
	case f.Kind == funcs.Window && x.Over == nil:
		e.failAt(x, "MISSING_OVER", "Window function system.builtin.%s requires an OVER clause", name)
	case f.Kind == funcs.Window && aggregates:
		e.failAt(x, notSupported, "DISTINCT, FILTER and ORDER BY are not supported for window function %s", name)
	case x.Nulls != "" && x.Over != nil && (f.Kind != funcs.Window || !takesNulls(f.Name)):
		e.failAt(x, "NULL_TREATMENT_NOT_ALLOWED", "Cannot specify null treatment clause for %s function", name)
	case x.Over != nil && x.Filter != nil:
		e.failAt(x, notSupported, "FILTER is not yet supported for window functions")
	case x.Nulls != "" && f.Kind != funcs.Window && x.Over == nil:
		e.failAt(x, notSupported, "%s NULLS is only for window functions", x.Nulls)
	case x.Star && name != "count":
		e.failWith(x, f.Unexpected(nil))
	}
}

// takesNulls reports whether a window function may be told what to do with NULLs.
func takesNulls(name string) bool {
	return name == "lag" || name == "lead" || strings.HasSuffix(name, "_value")
}

// function binds what is a function call in other words.
func (e *exprs) function(x syntax.Expr, name string, args ...syntax.Expr) schema.Type {
	f, ok := funcs.Lookup(name)
	if !ok {
		e.failAt(x, notSupported, "%s is not supported yet", strings.ToUpper(name))
		return schema.Type{}
	}
	return e.resolveCall(x, f, args)
}

// resolveCall types the arguments, chooses the overload and notes both.
func (e *exprs) resolveCall(x syntax.Expr, f *funcs.Func, args []syntax.Expr) schema.Type {
	given := make([]funcs.Arg, len(args))
	for i, a := range args {
		if l, ok := a.(*syntax.Lambda); ok {
			given[i] = funcs.Arg{LambdaArity: len(l.Params), Lambda: func(params []schema.Type) (schema.Type, error) {
				return e.lambda(l, params)
			}}
			continue
		}
		given[i].Type = e.expr(a)
	}
	if e.err != nil {
		return schema.Type{}
	}
	res, err := f.Resolve(given)
	if err != nil {
		e.conditional(x, f.Name, args)
		e.failWith(x, withHint(err, e.argumentHint(x, f.Name, args)))
		return schema.Type{}
	}
	for i, a := range args {
		l, ok := a.(*syntax.Lambda)
		if !ok {
			e.coerce(a, res.Params[i])
			continue
		}
		e.settle(l, res.Params[i])
	}
	if e.err != nil {
		return schema.Type{}
	}
	e.info.Calls[x] = &Call{Func: f, Args: args, Params: res.Params, Result: res.Result}
	return res.Result
}

// lambda binds a lambda's body with types for its parameters.
func (e *exprs) lambda(l *syntax.Lambda, params []schema.Type) (schema.Type, error) {
	inner := &scope{parent: e.scope}
	refs := e.lambdaRefs(l)
	for i, p := range l.Params {
		name := strings.ToLower(p.Name)
		c := &Column{Name: name, Ref: refs[i], Type: params[i], Lambda: true}
		inner.fields = append(inner.fields, field{name: name, column: c})
	}
	outer := e.scope
	e.scope = inner
	before := len(e.aggregates) + len(e.windows)
	t := e.expr(l.Body)
	e.scope = outer
	if len(e.aggregates)+len(e.windows) > before {
		e.failAt(l, notScalar, "Lambda expression cannot contain aggregations, window functions or grouping operations: [%s]", syntax.PrintMessage(l.Body))
	}
	if e.err != nil {
		return schema.Type{}, e.err
	}
	return t, nil
}

// lambdaRefs are the parameters' names in lowered SQL, the same each time the
// lambda is bound.
func (e *exprs) lambdaRefs(l *syntax.Lambda) []string {
	refs, ok := e.info.Lambdas[l]
	if !ok {
		for _, p := range l.Params {
			refs = append(refs, e.unique(p.Name))
		}
		e.info.Lambdas[l] = refs
	}
	return refs
}

// settle binds a lambda for the last time, with the types of the overload that
// was chosen; fn is of kind Function.
func (e *exprs) settle(l *syntax.Lambda, fn schema.Type) {
	n := len(fn.Elems) - 1
	params := make([]schema.Type, n)
	for i := range params {
		params[i] = fn.Elems[i].Type
	}
	if _, err := e.lambda(l, params); err != nil {
		return
	}
	e.info.Types[l] = fn
	e.coerce(l.Body, fn.Elems[n].Type)
}

func (e *exprs) sortItems(items []syntax.SortItem) {
	for _, item := range items {
		e.orderable(item.Expr, e.expr(item.Expr))
	}
}

// window binds OVER, its named window included.
func (e *exprs) window(w *syntax.Window) {
	if w.Name != nil && e.namedWindow(w.Name) == nil {
		e.failAt(w.Name, "INVALID_WINDOW_REFERENCE", "Cannot resolve WINDOW name %s", w.Name.Name)
		return
	}
	if w.Name != nil {
		named := e.namedWindow(w.Name)
		e.info.Windows[w] = named
		e.window(named)
	}
	for _, p := range w.PartitionBy {
		e.comparable(p, e.expr(p))
	}
	e.sortItems(w.OrderBy)
	if w.Frame != nil {
		e.frame(w)
	}
}

// windowFunction refuses an OVER that a ranking or a neighbour has no use for.
func (e *exprs) windowFunction(x *syntax.Call, f *funcs.Func) {
	if f.Kind != funcs.Window || strings.HasSuffix(f.Name, "_value") {
		return
	}
	w := x.Over
	if named := e.info.Windows[w]; named != nil && w.Frame == nil {
		w = named
	}
	if (f.Name == "lag" || f.Name == "lead") && len(e.windowOrder(x.Over)) == 0 {
		e.failAt(x.Over, "MISSING_ORDER_BY", "%s function requires an ORDER BY window clause", f.Name)
	}
	if w.Frame != nil {
		e.failAt(w.Frame, "INVALID_WINDOW_FRAME", "Cannot specify window frame for %s function", f.Name)
	}
}

func (e *exprs) namedWindow(name *syntax.Ident) *syntax.Window {
	for i := range e.defined {
		if strings.EqualFold(e.defined[i].Name.Name, name.Name) {
			return &e.defined[i].Window
		}
	}
	return nil
}

// windowOrder is the ORDER BY of a window, its own or the named one's.
func (e *exprs) windowOrder(w *syntax.Window) []syntax.SortItem {
	if w.OrderBy == nil && e.info.Windows[w] != nil {
		return e.windowOrder(e.info.Windows[w])
	}
	return w.OrderBy
}

func (e *exprs) frame(w *syntax.Window) {
	for _, side := range []string{"start", "end"} {
		bound := &w.Frame.Start
		if side == "end" {
			bound = &w.Frame.Last
		}
		if bound.Value == nil {
			continue
		}
		t := e.expr(bound.Value)
		switch {
		case e.err != nil:
		case w.Frame.Unit != "ROWS" && len(e.windowOrder(w)) == 0:
			e.failAt(w, "MISSING_ORDER_BY", "Window frame of type %s PRECEDING or FOLLOWING requires ORDER BY", w.Frame.Unit)
		case w.Frame.Unit == "RANGE":
			e.rangeFrame(w, bound.Value, t)
		case t.Kind == schema.Decimal && t.Scale == 0 && t.Precision <= 18:
			e.coerce(bound.Value, schema.Of(schema.BigInt))
		case !t.IsInteger() && !(t.Kind == schema.Decimal && t.Scale == 0):
			e.failAt(bound.Value, typeMismatch, "Window frame %s %s value type must be exact numeric type with scale 0 (actual %s)", w.Frame.Unit, side, t)
		}
	}
	start, last := w.Frame.Start.Kind, w.Frame.Last.Kind
	switch {
	case start == "UNBOUNDED FOLLOWING":
		e.failAt(w.Frame, "INVALID_WINDOW_FRAME", "Window frame start cannot be UNBOUNDED FOLLOWING")
	case last == "UNBOUNDED PRECEDING":
		e.failAt(w.Frame, "INVALID_WINDOW_FRAME", "Window frame end cannot be UNBOUNDED PRECEDING")
	case start == "CURRENT ROW" && last == "PRECEDING":
		e.failAt(w.Frame, "INVALID_WINDOW_FRAME", "Window frame starting from CURRENT ROW cannot end with PRECEDING")
	case start == "FOLLOWING" && (last == "PRECEDING" || last == "CURRENT ROW" || last == ""):
		e.failAt(w.Frame, "INVALID_WINDOW_FRAME", "Window frame starting from FOLLOWING cannot end with %s", or(last, "CURRENT ROW"))
	}
}

// rangeFrame holds the distance of a RANGE frame to what it is sorted by.
func (e *exprs) rangeFrame(w *syntax.Window, x syntax.Expr, t schema.Type) {
	order := e.windowOrder(w)
	if len(order) != 1 {
		e.failAt(w, "INVALID_ORDER_BY", "Window frame of type RANGE PRECEDING or FOLLOWING requires single sort item in ORDER BY (actual: %d)", len(order))
		return
	}
	key := e.info.Type(order[0].Expr)
	isMoment := key.Kind >= schema.Date && key.Kind <= schema.TimestampTZ
	isInterval := func(t schema.Type) bool { return t.Kind == schema.IntervalDay || t.Kind == schema.IntervalYear }
	switch {
	case !key.IsNumber() && !isMoment && !isInterval(key):
		e.failAt(order[0].Expr, typeMismatch, "Window frame of type RANGE PRECEDING or FOLLOWING requires that sort item type be numeric, datetime or interval (actual: %s)", key)
	case key.IsNumber() && !t.IsNumber(), !key.IsNumber() && !isInterval(t):
		e.failAt(x, typeMismatch, "Window frame RANGE value type (%s) not compatible with sort item type (%s)", t, key)
	}
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// grouping is the operation that tells which columns a grouping set leaves out.
func (e *exprs) grouping(x *syntax.Call) schema.Type {
	for _, a := range x.Args {
		e.expr(a)
	}
	e.aggregates = append(e.aggregates, x)
	t := schema.Of(schema.Integer)
	e.info.Calls[x] = &Call{Args: x.Args, Result: t}
	return t
}
