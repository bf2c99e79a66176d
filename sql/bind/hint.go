package bind

import (
	"slices"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/catalog"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// otherFunctions are functions of other engines, each with what Athena has for
// it. All that is named there exists: a test holds it to that.
var otherFunctions = map[string]string{
	"string_agg":             "listagg(x, ',') WITHIN GROUP (ORDER BY x)",
	"group_concat":           "listagg(x, ',') WITHIN GROUP (ORDER BY x)",
	"wm_concat":              "listagg(x, ',') WITHIN GROUP (ORDER BY x)",
	"collect_list":           "array_agg(x)",
	"collect_set":            "array_agg(DISTINCT x)",
	"explode":                "CROSS JOIN UNNEST(array) AS t(column)",
	"ifnull":                 "coalesce(x, y)",
	"isnull":                 "coalesce(x, y), or x IS NULL",
	"nvl":                    "coalesce(x, y)",
	"nvl2":                   "if(x IS NULL, z, y)",
	"iif":                    "if(condition, x, y)",
	"decode":                 "CASE x WHEN … THEN … END",
	"zeroifnull":             "coalesce(x, 0)",
	"datediff":               "date_diff('day', start, end)",
	"timestampdiff":          "date_diff('day', start, end)",
	"timediff":               "date_diff('second', start, end)",
	"dateadd":                "date_add('day', n, x)",
	"timestampadd":           "date_add('day', n, x)",
	"date_sub":               "date_add('day', -n, x)",
	"add_months":             "date_add('month', n, x)",
	"adddate":                "date_add('day', n, x)",
	"months_between":         "date_diff('month', start, end)",
	"datepart":               "extract(DAY FROM x)",
	"date_part":              "extract(DAY FROM x)",
	"datename":               "date_format(x, '%W')",
	"trunc":                  "date_trunc('day', x), or truncate(x)",
	"datetrunc":              "date_trunc('day', x)",
	"getdate":                "now()",
	"sysdate":                "now()",
	"getutcdate":             "now()",
	"curdate":                "current_date",
	"curtime":                "current_time",
	"systimestamp":           "current_timestamp",
	"today":                  "current_date",
	"unix_timestamp":         "to_unixtime(x)",
	"to_timestamp":           "date_parse(x, '%Y-%m-%d'), or from_unixtime(n)",
	"to_date":                "date(date_parse(x, '%Y-%m-%d'))",
	"str_to_date":            "date_parse(x, '%Y-%m-%d')",
	"strptime":               "date_parse(x, '%Y-%m-%d')",
	"parse_timestamp":        "date_parse(x, '%Y-%m-%d')",
	"strftime":               "date_format(x, '%Y-%m-%d')",
	"time_bucket":            "date_trunc('hour', x)",
	"timestamp_seconds":      "from_unixtime(n)",
	"timestamp_millis":       "from_unixtime(n / 1e3)",
	"epoch":                  "to_unixtime(x)",
	"epoch_ms":               "to_unixtime(x) * 1000",
	"to_char":                "date_format(x, '%Y-%m-%d'), or CAST(x AS varchar)",
	"to_number":              "CAST(x AS decimal(p,s)) or CAST(x AS bigint)",
	"to_varchar":             "CAST(x AS varchar)",
	"str":                    "CAST(x AS varchar)",
	"convert":                "CAST(x AS type)",
	"safe_cast":              "TRY_CAST(x AS type)",
	"try_convert":            "TRY_CAST(x AS type)",
	"len":                    "length(x)",
	"char_length":            "length(x)",
	"character_length":       "length(x)",
	"octet_length":           "length(to_utf8(x))",
	"datalength":             "length(to_utf8(x))",
	"left":                   "substr(x, 1, n)",
	"right":                  "substr(x, -n)",
	"mid":                    "substr(x, from, n)",
	"charindex":              "strpos(text, part)",
	"instr":                  "strpos(text, part)",
	"locate":                 "strpos(text, part)",
	"ucase":                  "upper(x)",
	"lcase":                  "lower(x)",
	"initcap":                "upper(substr(x, 1, 1)) || lower(substr(x, 2))",
	"string_split":           "split(x, ',')",
	"regexp_substr":          "regexp_extract(x, pattern)",
	"regexp_matches":         "regexp_like(x, pattern)",
	"regexp_contains":        "regexp_like(x, pattern)",
	"regexp":                 "regexp_like(x, pattern)",
	"rlike":                  "regexp_like(x, pattern)",
	"regexp_instr":           "regexp_position(x, pattern)",
	"starts_with_ci":         "starts_with(lower(x), part)",
	"startswith":             "starts_with(x, part)",
	"endswith":               "x LIKE '%part'",
	"substring_index":        "split_part(x, ',', n)",
	"replicate":              "rpad('', n, x)",
	"get_json_object":        "json_extract_scalar(x, '$.path')",
	"json_extract_path":      "json_extract(x, '$.path')",
	"json_unquote":           "json_extract_scalar(x, '$.path')",
	"json_value_text":        "json_extract_scalar(x, '$.path')",
	"parse_json":             "json_parse(x)",
	"to_json":                "CAST(x AS json)",
	"json_extract_path_text": "json_extract_scalar(x, '$.path')",
	"array_contains":         "contains(array, x)",
	"array_length":           "cardinality(array)",
	"array_size":             "cardinality(array)",
	"list_contains":          "contains(array, x)",
	"size":                   "cardinality(array)",
	"array_to_string":        "array_join(array, ',')",
	"string_to_array":        "split(x, ',')",
	"countif":                "count_if(condition)",
	"sumif":                  "sum(x) FILTER (WHERE condition)",
	"any":                    "arbitrary(x)",
	"first":                  "min_by(x, time), or arbitrary(x)",
	"last":                   "max_by(x, time)",
	"first_agg":              "min_by(x, time)",
	"median":                 "approx_percentile(x, 0.5)",
	"percentile":             "approx_percentile(x, 0.5)",
	"percentile_cont":        "approx_percentile(x, 0.5)",
	"percentile_approx":      "approx_percentile(x, 0.5)",
	"quantile":               "approx_percentile(x, 0.5)",
	"approx_count_distinct":  "approx_distinct(x)",
	"uniq":                   "approx_distinct(x)",
	"logical_and":            "bool_and(x)",
	"every_true":             "bool_and(x)",
	"bit_and":                "bitwise_and_agg(x)",
	"bit_or":                 "bitwise_or_agg(x)",
	"inet_aton":              "CAST(x AS ipaddress)",
	"isnumeric":              "TRY_CAST(x AS double) IS NOT NULL",
	"uuid_generate_v4":       "uuid()",
	"newid":                  "uuid()",
	"gen_random_uuid":        "uuid()",
	"rownum":                 "row_number() OVER ()",
	"struct":                 "CAST(ROW(…) AS row(name type, …))",
	"named_struct":           "CAST(ROW(…) AS row(name type, …))",
	"named_row":              "CAST(ROW(…) AS row(name type, …))",
}

// functionHint is what an unknown function may have been meant to be.
func functionHint(name string) string {
	if here := otherFunctions[name]; here != "" {
		return "Athena has " + here
	}
	return didYouMean(name, funcs.Names())
}

// kinds of types that people mix up.
func isTime(t schema.Type) bool {
	return t.Kind == schema.Date || t.Kind == schema.Timestamp || t.Kind == schema.TimestampTZ
}

// operandHint says how two values that no operator takes can be made to fit.
func operandHint(op string, x, y syntax.Expr, xt, yt schema.Type) string {
	if op == "-" && xt.Kind == schema.Date && yt.IsInteger() {
		return "days are taken off with - INTERVAL '" + textOf(y) + "' DAY, or date_add('day', -" + textOf(y) + ", " + textOf(x) + ")"
	}
	if op == "+" && isTime(xt) && yt.IsInteger() {
		return "days are added with + INTERVAL '" + textOf(y) + "' DAY, or date_add('day', " + textOf(y) + ", " + textOf(x) + ")"
	}
	if op == "+" && xt.IsText() && (yt.IsText() || isText(x)) {
		return "text is joined with ||"
	}
	if op == "||" && xt.IsText() {
		return "|| joins text with text: CAST(" + textOf(y) + " AS varchar)"
	}
	if op == "||" && yt.IsText() {
		return "|| joins text with text: CAST(" + textOf(x) + " AS varchar)"
	}
	if hint := pairHint(x, y, xt, yt); hint != "" {
		return hint
	}
	return pairHint(y, x, yt, xt)
}

// agreeHint is about values that need one type and have not.
func agreeHint(what string, x, y syntax.Expr, xt, yt schema.Type) string {
	switch {
	case strings.HasPrefix(what, "IN "):
		return operandHint("=", x, y, xt, yt)
	case xt.IsText():
		return "give all of them one type, such as CAST(" + textOf(y) + " AS varchar)"
	case yt.IsText():
		return "give all of them one type, such as CAST(" + textOf(x) + " AS varchar)"
	}
	return ""
}

// pairHint is about a value x that does not fit y, whichever stands first.
func pairHint(x, y syntax.Expr, xt, yt schema.Type) string {
	lit, isLit := Unparen(x).(*syntax.StringLit)
	switch {
	case isLit && yt.IsNumber():
		return numberHint(lit, y)
	case isLit && yt.Kind == schema.Date && len(lit.Value) <= 10:
		return "a date is written DATE '" + lit.Value + "'"
	case isLit && isTime(yt):
		return "a time is written TIMESTAMP '" + spaced(lit.Value) + "'"
	case isLit && yt.Kind == schema.Boolean:
		return "a boolean is written TRUE or FALSE, without quotes"
	case xt.IsText() && isTime(yt):
		return "turn the text into a time with from_iso8601_timestamp(" + textOf(x) + "), or date_parse(" + textOf(x) + ", '%Y-%m-%d')"
	case xt.IsText() && isNumberLiteral(y):
		return textOf(x) + " is text: write the number in quotes, '" + textOf(y) + "', or compare CAST(" + textOf(x) + " AS bigint)"
	case xt.IsText() && yt.IsNumber():
		return "both sides need one type: CAST(" + textOf(x) + " AS " + yt.String() + "), or TRY_CAST where it may be no number"
	case xt.IsNumber() && isTime(yt):
		return "seconds since 1970 become a time with from_unixtime(" + textOf(x) + ")"
	case xt.Kind == schema.JSON && yt.IsText():
		return "json_extract_scalar gives text where json_extract gives JSON; or CAST(" + textOf(x) + " AS varchar)"
	case xt.Kind == schema.IPAddress && yt.IsText():
		return "an address is written IPADDRESS '10.0.0.1', and one of text made by CAST(… AS ipaddress)"
	}
	return ""
}

func numberHint(lit *syntax.StringLit, y syntax.Expr) string {
	if funcs.IsFloat(strings.TrimSpace(lit.Value)) {
		return textOf(y) + " is a number: write " + strings.TrimSpace(lit.Value) + " without quotes"
	}
	if len(lit.Value) >= 8 && strings.Count(lit.Value, "-") >= 2 && isColumn(y) {
		return textOf(y) + " is a number: if it is seconds since 1970, compare from_unixtime(" + textOf(y) + ") with TIMESTAMP '" + spaced(lit.Value) + "'"
	}
	return textOf(y) + " is a number: compare CAST(" + textOf(y) + " AS varchar)"
}

// spaced is an ISO time as a TIMESTAMP literal takes it.
func spaced(text string) string {
	text = strings.TrimSuffix(strings.Replace(text, "T", " ", 1), "Z")
	if len(text) == len("2021-12-04") {
		text += " 00:00:00"
	}
	return text
}

func textOf(x syntax.Expr) string {
	text := syntax.Print(x)
	if len(text) > 40 {
		return "…"
	}
	return text
}

func isText(x syntax.Expr) bool {
	_, ok := Unparen(x).(*syntax.StringLit)
	return ok
}

func isNumberLiteral(x syntax.Expr) bool {
	_, ok := Unparen(x).(*syntax.NumberLit)
	return ok
}

func isColumn(x syntax.Expr) bool {
	_, _, ok := path(x)
	return ok
}

// argumentHint is about a call whose arguments no overload takes.
func (e *exprs) argumentHint(x syntax.Expr, name string, args []syntax.Expr) string {
	if c, ok := x.(*syntax.Call); ok && name == "count" && c.Distinct && len(args) > 1 {
		return "several columns are counted as one row: count(DISTINCT (" + printList(args) + "))"
	}
	for _, a := range args {
		t := e.info.Types[a]
		_, isLambda := a.(*syntax.Lambda)
		switch {
		case isLambda:
		case timeFunctions[name] && t.IsInteger() && isColumn(a):
			return "seconds since 1970 become a time with from_unixtime(" + textOf(a) + ")"
		case timeFunctions[name] && t.IsText() && !unitFirst(name, args, a):
			if lit, ok := Unparen(a).(*syntax.StringLit); ok {
				return "a date is written DATE '2021-12-04', a time TIMESTAMP '" + spaced(lit.Value) + "'"
			}
			return "turn the text into a time with from_iso8601_timestamp(" + textOf(a) + "), or date_parse(" + textOf(a) + ", '%Y-%m-%d')"
		case numberFunctions[name] && t.IsText():
			return textOf(a) + " is text: CAST(" + textOf(a) + " AS bigint), or TRY_CAST where it may be no number"
		case textFunctions[name] && a == args[0] && (t.IsNumber() || isTime(t) || t.Kind == schema.Boolean):
			return textOf(a) + " is " + t.String() + ": CAST(" + textOf(a) + " AS varchar)"
		}
	}
	return ""
}

// unitFirst tells whether a is the 'day' of date_trunc('day', x).
func unitFirst(name string, args []syntax.Expr, a syntax.Expr) bool {
	return (strings.HasPrefix(name, "date_") && name != "date_format") && a == args[0]
}

func printList(args []syntax.Expr) string {
	texts := make([]string, len(args))
	for i, a := range args {
		texts[i] = syntax.Print(a)
	}
	return strings.Join(texts, ", ")
}

func nameSet(names string) map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Fields(names) {
		set[name] = true
	}
	return set
}

var (
	timeFunctions = nameSet(`year month day hour minute second week quarter day_of_week day_of_month day_of_year dow doy
		date_trunc date_diff date_add date_format format_datetime to_unixtime last_day_of_month year_of_week`)
	numberFunctions = nameSet(`sum avg abs ceil ceiling floor round truncate sqrt mod stddev variance geometric_mean power
		approx_percentile from_unixtime`)
	textFunctions = nameSet(`lower upper length substr substring trim ltrim rtrim replace split split_part strpos reverse
		lpad rpad starts_with regexp_like regexp_extract regexp_replace concat json_extract json_extract_scalar`)
)

// refusedHint says where a call can stand that a clause does not take.
func refusedHint(clause string, calls []syntax.Expr) string {
	c, ok := calls[0].(*syntax.Call)
	switch {
	case !ok:
		return ""
	case c.Over != nil:
		return "compute it in a query inside this one, and filter around that: SELECT … FROM (SELECT …) WHERE …"
	case clause == "WHERE clause":
		return "WHERE chooses rows before they are grouped: conditions about groups stand in HAVING, after GROUP BY"
	case clause == "GROUP BY clause":
		return "group by what the rows hold; aggregates are computed of the groups"
	}
	return ""
}

// ungroupedHint is what can be done about a column that is not grouped by.
func ungroupedHint(sel *syntax.Select, x syntax.Expr) string {
	text := textOf(x)
	if sel.GroupBy == nil {
		return "with aggregates every other column is grouped by: GROUP BY " + text + ", or take any one value: arbitrary(" + text + ")"
	}
	return "add it to GROUP BY, or take any one value of the group: arbitrary(" + text + ")"
}

// columnHint is what a name that is no column may have been meant to be: parts
// are its lower-case parts.
func (b *binder) columnHint(n syntax.Node, s *scope, parts []string) string {
	last := len(parts) - 1
	var known []string
	for at := s; at != nil; at = at.parent {
		for _, f := range at.fields {
			switch {
			case f.column.Hidden || f.name == "":
			case last > 0 && f.name == parts[last]:
				return "did you mean " + f.fullName() + "?"
			case last == 0 || f.isOf(parts[:last]):
				known = append(known, f.name)
			}
		}
		if last == 0 && slices.Contains(at.aliases, parts[0]) {
			return parts[0] + " is a name of the select list, which only ORDER BY sees: write its expression here"
		}
	}
	if hint := catalog.DidYouMean(parts[last], known); hint != "" {
		return hint
	}
	if id, ok := n.(*syntax.Ident); ok && id.Quoted && !strings.HasPrefix(id.Name, "$") {
		return "double quotes are for names: a text stands in single quotes, '" + strings.ReplaceAll(id.Name, "'", "''") + "'"
	}
	return b.columnElsewhere(parts[last])
}

func hasColumn(t *catalog.Table, name string) bool {
	return slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return strings.EqualFold(c.Name, name) })
}

// columnElsewhere names the tables at hand that have a column
// of that name.
func (b *binder) columnElsewhere(name string) string {
	var have []string
	for _, database := range []string{b.database, catalog.Builtin} {
		tables, err := b.cat.Tables(database)
		if err != nil {
			return ""
		}
		for _, t := range tables {
			full := t.Database + "." + t.Name
			if hasColumn(t, name) && len(have) < 3 && !slices.Contains(have, full) {
				have = append(have, full)
			}
		}
	}
	if len(have) == 0 {
		return ""
	}
	if len(have) == 1 {
		return name + " is a column of " + have[0] + ", which is not in FROM"
	}
	return name + " is a column of " + strings.Join(have, " and ") + ", which are not in FROM"
}
