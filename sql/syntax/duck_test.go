package syntax

import "testing"

func id(name string) *Ident  { return &Ident{Name: name} }
func qid(name string) *Ident { return &Ident{Name: name, Quoted: true} }
func num(text string) Expr   { return &NumberLit{Text: text} }
func str(text string) Expr   { return &StringLit{Value: text} }
func fn(name string) Name    { return Name{{Name: name}} }
func bin(x Expr, op string, y Expr) Expr {
	return &Binary{Op: op, X: x, Y: y}
}

// TestPrintDuckDB prints trees as lowering makes them: without Paren.
func TestPrintDuckDB(t *testing.T) {
	a, b, c := id("a"), id("b"), id("c")
	one := &Query{Body: &Select{Items: []SelectItem{{Expr: num("1")}}}}
	or := &Logical{Op: "OR", X: a, Y: b}
	for _, tt := range []struct {
		in   Node
		want string
	}{
		{bin(bin(a, "+", b), "*", c), "(a + b) * c"},
		{bin(bin(a, "*", b), "+", c), "(a * b) + c"},
		{bin(bin(a, "-", b), "-", c), "a - b - c"},
		{bin(a, "-", bin(b, "-", c)), "a - (b - c)"},
		{bin(bin(a, "//", b), "/", c), "a // b / c"},
		{bin(bin(a, "=", b), "=", c), "(a = b) = c"},
		{bin(bin(a, "||", b), "=", c), "(a || b) = c"},
		{bin(a, "-", num("-1")), "a - (-1)"},
		{&Unary{Op: "-", X: num("-1")}, "-(-1)"},
		{&Unary{Op: "-", X: &Unary{Op: "-", X: a}}, "-(-a)"},
		{&Logical{Op: "AND", X: or, Y: bin(a, "=", b)}, "(a OR b) AND a = b"},
		{&Logical{Op: "AND", X: a, Y: &Logical{Op: "AND", X: b, Y: c}}, "a AND (b AND c)"},
		{&Logical{Op: "OR", X: or, Y: &Not{X: or}}, "a OR b OR (NOT (a OR b))"},
		{&Not{X: &IsNull{X: a}}, "NOT (a IS NULL)"},
		{&Between{X: bin(a, "+", b), Low: num("1"), High: &Not{X: a}}, "(a + b) BETWEEN 1 AND (NOT a)"},
		{&IsNull{X: bin(a, "=", b), Not: true}, "(a = b) IS NOT NULL"},
		{&Like{X: bin(a, "||", b), Pattern: str("%"), Escape: str("$")}, "(a || b) LIKE '%' ESCAPE '$'"},
		{&In{X: a, List: []Expr{or, num("1")}}, "a IN (a OR b, 1)"},
		{&In{X: a, Query: one, Not: true}, "a NOT IN (SELECT 1)"},
		{&Quantified{X: a, Op: "<", Quantifier: "SOME", Query: one}, "a < ANY (SELECT 1)"},
		{&Cast{X: or, Type: &TypeName{Text: "DECIMAL(10,2)"}}, "CAST(a OR b AS DECIMAL(10,2))"},
		{&Cast{Try: true, X: a, Type: &TypeName{Text: "BIGINT"}}, "TRY_CAST(a AS BIGINT)"},
		{&TypedLit{Type: &TypeName{Text: "DATE"}, Value: "2021-12-01"}, "CAST('2021-12-01' AS DATE)"},
		{&BinaryLit{Value: []byte{0, 0xff}}, `CAST('\x00\xFF' AS BLOB)`},
		{str("it's"), "'it''s'"},
		{str("a\x00b"), "('a' || chr(0) || 'b')"},
		{&ArrayLit{Elems: []Expr{num("1"), a}}, "[1, a]"},
		{&RowLit{Elems: []Expr{num("1"), a}}, "(1, a)"},
		{&RowLit{Elems: []Expr{num("1")}}, "ROW(1)"},
		{&Lambda{Params: []Ident{*a}, Body: bin(a, "+", b)}, "lambda a: a + b"},
		{&Lambda{Params: []Ident{*a, *b}, Body: a}, "lambda a, b: a"},
		{bin(&Lambda{Params: []Ident{*a}, Body: a}, "=", b), "(lambda a: a) = b"},
		{&Deref{Base: &Deref{Base: qid("t"), Field: *qid("select")}, Field: *qid(`x"y`)}, `"t"."select"."x""y"`},
		{&Deref{Base: &Call{Name: fn("f")}, Field: *a}, "(f()).a"},
		{&Subscript{Base: &ArrayLit{}, Index: bin(a, "+", b)}, "([])[(a + b)]"},
		{&Subscript{Base: &Deref{Base: a, Field: *b}, Index: num("1")}, "a.b[1]"},
		{id("a b"), `"a b"`},
		{&Lambda{Params: []Ident{*id("Limit")}, Body: id("Limit")}, `lambda "Limit": "Limit"`},
		{&Call{Name: fn("map"), Args: []Expr{id("map")}}, `map("map")`},
		{&Param{Index: 1}, "$2"},
		{&StructLit{Names: []string{"k's"}, Elems: []Expr{a}}, "{'k''s': a}"},
		{bin(&Raw{Text: "a COLLATE x"}, "=", b), "(a COLLATE x) = b"},
		{&Call{Name: fn("lag"), Args: []Expr{a}, Nulls: "IGNORE", Over: &Window{Name: b}}, "lag(a IGNORE NULLS) OVER b"},
		{
			&Call{Name: fn("list"), Distinct: true, Args: []Expr{a}, OrderBy: []SortItem{{Expr: b, Desc: true}, {Expr: c, Nulls: "FIRST"}}, Filter: or},
			"list(DISTINCT a ORDER BY b DESC NULLS LAST, c NULLS FIRST) FILTER (WHERE a OR b)",
		},
		{
			&Call{Name: fn("sum"), Args: []Expr{a}, Over: &Window{PartitionBy: []Expr{b}, Frame: &Frame{Unit: "ROWS", Start: Bound{Kind: "CURRENT ROW"}}}},
			"sum(a) OVER (PARTITION BY b ROWS CURRENT ROW)",
		},
		{&Query{Body: one.Body, Offset: num("2"), Limit: num("1"), OrderBy: []SortItem{{Expr: a}}}, "SELECT 1 ORDER BY a NULLS LAST LIMIT 1 OFFSET 2"},
		{&Query{Body: &Values{Rows: []Expr{num("1"), &RowLit{Keyword: true, Elems: []Expr{a, b}}}}}, "VALUES (1), (a, b)"},
		{&Query{Body: one}, "(SELECT 1)"},
		{&SetOp{Op: "INTERSECT", Left: &SetOp{Op: "UNION", All: true, Left: one, Right: one.Body}, Right: one.Body}, "((SELECT 1) UNION ALL SELECT 1) INTERSECT SELECT 1"},
		{
			&Aliased{Of: &TableFunc{Call: &Call{Name: fn("read_parquet"), Args: []Expr{str("x"), &NamedArg{Name: "hive_partitioning", Value: &BoolLit{}}}}}, Name: *a},
			"read_parquet('x', hive_partitioning = FALSE) AS a",
		},
		{
			&Join{Kind: "LEFT", Left: &Table{Name: fn("a")}, Right: &Join{Kind: "CROSS", Left: &Table{Name: fn("b")}, Right: &Unnest{Exprs: []Expr{c}}}, On: &BoolLit{Value: true}},
			"a LEFT JOIN (b CROSS JOIN UNNEST(c)) ON TRUE",
		},
		{&Join{Kind: "INNER", Left: &Join{Kind: "CROSS", Comma: true, Left: &Table{Name: fn("a")}, Right: &Table{Name: fn("b")}}, Right: &Table{Name: fn("c")}, On: a}, "a CROSS JOIN b INNER JOIN c ON a"},
		{&Sample{Of: &Table{Name: fn("a")}, Method: "SYSTEM", Percentage: num("10")}, "a TABLESAMPLE SYSTEM (10 PERCENT)"},
	} {
		if got := PrintDuckDB(tt.in); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}
