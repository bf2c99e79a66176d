package sql

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/lower"
	"logsql/sql/syntax"
)

// explain tells how a query would be answered: what is read of each table, and
// the DuckDB SQL it becomes. With ANALYZE it runs and says where time went.
func (s *Session) explain(ctx context.Context, stmt *syntax.Explain, cat *catalog.Catalog, values ...syntax.Expr) (*Rows, error) {
	q, isQuery := stmt.Of.(*syntax.Query)
	if !isQuery {
		q = written(stmt.Of)
	}
	if q == nil || stmt.Analyze && !isQuery {
		return nil, syntax.ErrorAt(stmt, "NOT_SUPPORTED", "EXPLAIN is supported for queries, and without ANALYZE for what writes their rows")
	}
	info, err := bind.Bind(q, cat, s.database, values...)
	if err != nil {
		return nil, err
	}
	if strings.Contains(strings.ToUpper(stmt.Options), "VALIDATE") {
		return oneValue(schema.Column{Name: "Valid", Type: schema.Of(schema.Boolean)}, true), nil
	}
	notes, err := s.locate(ctx, info, stmt.Analyze)
	if err != nil {
		return nil, err
	}
	lines := scanned(info)
	if stmt.Analyze {
		if err := s.withinLimit(ctx, q, info); err != nil {
			return nil, err
		}
		steps, err := s.profile(ctx, q, info)
		return planRows(append(lines, steps...), notes), err
	}
	for _, scan := range info.Scans {
		scan.Parts = scan.Parts[:min(len(scan.Parts), partsShown)]
		scan.Files = scan.Files[:min(len(scan.Files), partsShown)]
		scan.Lake.Units = scan.Lake.Units[:min(len(scan.Lake.Units), partsShown)]
	}
	text, err := lower.Lower(q, info, nil)
	if err != nil {
		return nil, err
	}
	return planRows(append(lines, strings.Split(syntax.Layout(text), "\n")...), notes), nil
}

// written is the query whose rows a statement writes or keeps, nil for none.
func written(stmt syntax.Statement) *syntax.Query {
	switch stmt := stmt.(type) {
	case *syntax.CreateTableAs:
		return stmt.Query
	case *syntax.CreateView:
		return stmt.Query
	case *syntax.Insert:
		return stmt.Query
	case *syntax.Unload:
		return stmt.Query
	}
	return nil
}

// partsShown is how many files of a table the SQL of EXPLAIN names at most.
const partsShown = 2

func planRows(lines, notes []string) *Rows {
	rows := make([][]string, len(lines))
	for i, line := range lines {
		rows[i] = []string{line}
	}
	out := plainRows([]string{"Query Plan"}, rows)
	out.Notes = notes
	return out
}

func oneValue(c schema.Column, value any) *Rows {
	var all iter.Seq2[[]any, error] = func(yield func([]any, error) bool) { yield([]any{value}, nil) }
	return &Rows{Columns: []schema.Column{c}, All: all}
}

// scanned has a line for each table read: how much of it pruning left, and which
// columns.
func scanned(info *bind.Info) []string {
	var lines []string
	for _, scan := range info.Scans {
		t := scan.Table
		line := "table " + t.FullName()
		if t.Rows == nil {
			line += ": " + readOf(scan)
		}
		lines = append(lines, line)
		var columns []string
		for i, c := range t.All() {
			if scan.Used[i] {
				columns = append(columns, c.Name)
			}
		}
		if columns != nil {
			lines = append(lines, "  columns "+strings.Join(columns, ", "))
		}
	}
	return append(lines, "")
}

// readOf says how much of a table is read.
func readOf(scan *bind.Scan) string {
	e := scan.Table.External
	if e == nil {
		text := fmt.Sprintf("%d of %d parts", len(scan.Parts), len(scan.Table.Parts))
		var rows, bytes int64
		for _, p := range scan.Parts {
			rows, bytes = rows+p.Rows, bytes+p.Bytes
		}
		if rows > 0 {
			text += fmt.Sprintf(", %d rows, %d bytes", rows, bytes)
		}
		return text
	}
	of := filesOf(scan)
	switch {
	case len(scan.Table.Partition) == 0:
		return of
	case e.Projection != nil:
		return fmt.Sprintf("%s of %d projected partitions", of, len(scan.Partitions))
	}
	return fmt.Sprintf("%s of %d of %d partitions", of, len(scan.Partitions), len(e.Partitions))
}

// filesOf counts the files of a table over objects, and those of them that are
// read where the lake has them.
func filesOf(scan *bind.Scan) string {
	var bytes int64
	files := len(scan.Files)
	for _, f := range scan.Files {
		bytes += f.Size
	}
	copied, parts := 0, 0
	for _, u := range scan.Lake.Units {
		copied, parts = copied+len(u.Files), parts+len(u.Parts)
		for _, f := range u.Files {
			bytes += f.Size
		}
	}
	text := fmt.Sprintf("%d files, %d bytes", files+copied, bytes)
	if copied > 0 {
		text += fmt.Sprintf(" (%d of them read from %d parts of the lake)", copied, parts)
	}
	return text
}

// step is an operator of DuckDB's profile.
type step struct {
	Name     string         `json:"operator_name"`
	Kind     string         `json:"operator_type"`
	Seconds  float64        `json:"operator_timing"`
	Rows     int64          `json:"operator_cardinality"`
	Scanned  int64          `json:"operator_rows_scanned"`
	Latency  float64        `json:"latency"`
	Read     int64          `json:"total_bytes_read"`
	Extra    map[string]any `json:"extra_info"`
	Children []step         `json:"children"`
}

// profile runs a query and tells, a line each, what its steps took; a step's
// input stands below it, further in.
func (s *Session) profile(ctx context.Context, q *syntax.Query, info *bind.Info) ([]string, error) {
	text, db, err := s.lowered(ctx, q, info)
	if err != nil {
		return nil, err
	}
	rows, err := db.Query(ctx, "EXPLAIN (ANALYZE, FORMAT JSON) "+text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	row, ok := rows.Next()
	if !ok || len(row) < 2 {
		return nil, rows.Err()
	}
	var top step
	if err := json.Unmarshal([]byte(fmt.Sprint(row[1])), &top); err != nil {
		return nil, &Error{Code: "GENERIC_INTERNAL_ERROR", Msg: "read DuckDB's profile: " + err.Error(), Err: err}
	}
	lines := []string{"took " + seconds(top.Latency)}
	for _, c := range top.Children {
		lines = c.tell(lines, 0)
	}
	return lines, nil
}

func (s step) tell(lines []string, depth int) []string {
	if words, shown := stepWords[s.Kind]; s.Kind != "EXPLAIN_ANALYZE" && (shown || s.Kind != "PROJECTION") {
		if words == "" {
			words = strings.ToLower(strings.ReplaceAll(s.Kind, "_", " "))
		}
		line := strings.Repeat("  ", depth) + words + s.detail() + ": " + strconv.FormatInt(s.Rows, 10) + " rows, " + seconds(s.Seconds)
		if s.Scanned > s.Rows {
			line += fmt.Sprintf(", of %d rows scanned", s.Scanned)
		}
		lines = append(lines, line)
		depth++
	}
	for _, c := range s.Children {
		lines = c.tell(lines, depth)
	}
	return lines
}

// stepWords are the operators in a person's words; others go by their own name.
var stepWords = map[string]string{
	"ORDER_BY": "sort", "TOP_N": "first rows by order", "HASH_GROUP_BY": "group", "PERFECT_HASH_GROUP_BY": "group",
	"UNGROUPED_AGGREGATE": "aggregate all", "HASH_JOIN": "join by equality", "NESTED_LOOP_JOIN": "join row by row",
	"BLOCKWISE_NL_JOIN": "join row by row", "PIECEWISE_MERGE_JOIN": "join by range", "IE_JOIN": "join by range",
	"CROSS_PRODUCT": "every row with every row", "FILTER": "filter", "TABLE_SCAN": "read", "WINDOW": "window functions",
	"STREAMING_WINDOW": "window functions", "LIMIT": "limit", "STREAMING_LIMIT": "limit", "UNNEST": "unnest",
	"COLUMN_DATA_SCAN": "values", "DUMMY_SCAN": "one row", "UNION": "union", "EMPTY_RESULT": "nothing",
	"LEFT_DELIM_JOIN": "join with a correlated subquery", "RIGHT_DELIM_JOIN": "join with a correlated subquery",
	"DELIM_SCAN": "values of the outer query", "CTE": "WITH", "CTE_SCAN": "read of WITH",
}

// detail is what an operator works by, cut where it is long.
func (s step) detail() string {
	const longest = 100
	for _, key := range []string{"Conditions", "Expression", "Groups", "Order By", "Filters"} {
		text := strings.Join(strings.Fields(fmt.Sprint(s.Extra[key])), " ")
		if s.Extra[key] == nil || text == "" {
			continue
		}
		if r := []rune(text); len(r) > longest {
			text = string(r[:longest]) + "…"
		}
		return " (" + text + ")"
	}
	return ""
}

func seconds(s float64) string {
	return time.Duration(s * float64(time.Second)).Round(10 * time.Microsecond).String()
}
