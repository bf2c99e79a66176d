package bind

import (
	"strings"

	"logsql/convert/schema"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// jsonTable binds one JSON_TABLE.
type jsonTable struct {
	*exprs
	node  *syntax.JSONTable
	out   *JSON
	rel   *Relation
	names map[string]bool // of columns and paths, as jsonName has them
}

const uniqueNames = "All column and path names in JSON_TABLE invocation must be unique"

// jsonTable binds JSON_TABLE(…); what stands to the left in FROM is in reach.
func (b *binder) jsonTable(r *syntax.JSONTable, s *scope, hint string) []field {
	t := &jsonTable{
		exprs: b.exprs(s, "JSON_TABLE"), node: r, out: &JSON{},
		rel: &Relation{Alias: b.alias(hint, "j")}, names: map[string]bool{},
	}
	call := r.Call
	root := &funcs.JSONRows{Path: &funcs.JSONPath{Path: call.Args[1].(*syntax.StringLit).Value}}
	t.out.Inputs = append(t.out.Inputs, t.jsonInput(call.Args[0], formatOf(call.JSON, 0)))
	var passed []JSONInput
	root.Path.Params, passed = t.passing(call, call.JSON.Passing)
	t.out.Inputs = append(t.out.Inputs, passed...)
	t.jsonPath(call.Args[1], root.Path.Path, root.Path.Params)
	if call.JSON.PathName != nil {
		t.name(call.JSON.PathName)
	}
	t.rows(root, call.Args[0], r.Columns, call.JSON.PathName, r.Plan)
	t.refuse(r, t.all(), "JSON_TABLE")
	if b.err != nil {
		return nil
	}
	t.out.Spec = funcs.JSONSpec(&funcs.JSONTable{Root: root, Width: len(t.rel.Columns), OnError: r.OnError == "ERROR"})
	b.info.JSONRows[r] = t.out
	return b.add(r, t.rel)
}

func (t *jsonTable) name(id *syntax.Ident) {
	name := jsonName(id)
	if t.names[name] {
		t.failAt(id, "DUPLICATE_COLUMN_OR_PATH_NAME", uniqueNames)
	}
	t.names[name] = true
}

// below is a nested path with its name; it is taken out of the map when the
// plan names it.
type below struct {
	name string
	rows *funcs.JSONRows
	join *funcs.JSONJoin
	col  *syntax.JSONColumn
}

// rows binds the columns of a path and orders what is nested in it by the plan:
// the one given, or all side by side.
func (t *jsonTable) rows(r *funcs.JSONRows, at syntax.Node, columns []syntax.JSONColumn, name *syntax.Ident, plan *syntax.JSONPlan) {
	specific := plan != nil && plan.Default == nil
	if specific && name == nil {
		t.failAt(at, "MISSING_PATH_NAME", "All JSON paths must be named when specific plan is given")
		return
	}
	if specific && (plan.Op == "UNION" || plan.Op == "CROSS") {
		t.failAt(plan, "INVALID_PLAN", "JSON_TABLE plan must either be a single path name or it must be rooted in parent-child relationship (OUTER or INNER)")
		return
	}
	if specific && rootOf(plan) != jsonName(name) {
		t.notPlanned(plan, []string{jsonName(name)})
		return
	}
	var nested []below
	for i := range columns {
		c := &columns[i]
		if c.Nested == nil {
			t.column(r, c)
			continue
		}
		n := below{rows: &funcs.JSONRows{Path: &funcs.JSONPath{Path: c.Path.Value}}, col: c}
		t.jsonPath(c.Path, c.Path.Value, nil)
		if c.PathName != nil {
			t.name(c.PathName)
			n.name = jsonName(c.PathName)
		} else if specific {
			t.failAt(c.Path, "MISSING_PATH_NAME", "All JSON paths must be named when specific plan is given")
		} else if plan != nil {
			t.failAt(c.Path, "MISSING_PATH_NAME", "All nested JSON paths must be named when default plan is given")
		}
		n.join = &funcs.JSONJoin{Rows: n.rows}
		nested = append(nested, n)
		t.rows(n.rows, c, c.Nested, c.PathName, t.planOf(n.name, plan))
	}
	if t.err != nil {
		return
	}
	if !specific {
		t.side(r, nested, plan)
		return
	}
	r.Inner = plan.Op == "INNER"
	t.allPlanned(plan, nested)
	if plan.Right != nil && t.err == nil {
		r.Nested = t.planned(plan.Right, nested, map[string]bool{})
	}
}

// side puts nested paths side by side, as PLAN DEFAULT has it.
func (t *jsonTable) side(r *funcs.JSONRows, nested []below, plan *syntax.JSONPlan) {
	cross := false
	if plan != nil {
		for _, word := range plan.Default {
			r.Inner = r.Inner || word == "INNER"
			cross = cross || word == "CROSS"
		}
	}
	for _, n := range nested {
		if r.Nested == nil {
			r.Nested = n.join
			continue
		}
		r.Nested = &funcs.JSONJoin{Cross: cross, Left: r.Nested, Right: n.join}
	}
}

// rootOf is the name of the path that a plan is about.
func rootOf(plan *syntax.JSONPlan) string {
	for plan.Path == nil {
		plan = plan.Left
	}
	return jsonName(plan.Path)
}

// planOf is the part of a plan that is about a nested path: with what is nested
// in it in turn.
func (t *jsonTable) planOf(name string, plan *syntax.JSONPlan) *syntax.JSONPlan {
	if plan == nil || plan.Default != nil {
		return plan
	}
	if plan.Right != nil {
		if found := findPlan(name, plan.Right); found != nil {
			return found
		}
	}
	return &syntax.JSONPlan{Span: plan.Span, Path: &syntax.Ident{Name: name, Quoted: true}}
}

func findPlan(name string, plan *syntax.JSONPlan) *syntax.JSONPlan {
	if plan.Op == "UNION" || plan.Op == "CROSS" {
		if found := findPlan(name, plan.Left); found != nil {
			return found
		}
		return findPlan(name, plan.Right)
	}
	if rootOf(plan) == name {
		return plan
	}
	return nil
}

// planned is a plan of siblings.
func (t *jsonTable) planned(plan *syntax.JSONPlan, nested []below, seen map[string]bool) *funcs.JSONJoin {
	if plan.Op == "UNION" || plan.Op == "CROSS" {
		left := t.planned(plan.Left, nested, seen)
		return &funcs.JSONJoin{Cross: plan.Op == "CROSS", Left: left, Right: t.planned(plan.Right, nested, seen)}
	}
	if seen[rootOf(plan)] {
		t.failAt(plan, "INVALID_PLAN", "Duplicate reference to JSON path name in sibling plan: %s", rootOf(plan))
	}
	seen[rootOf(plan)] = true
	for _, n := range nested {
		if n.name == rootOf(plan) {
			return n.join
		}
	}
	t.failAt(plan, "INVALID_PLAN", "JSON_TABLE plan includes unavailable JSON path names: %s", rootOf(plan))
	return nil
}

func (t *jsonTable) allPlanned(plan *syntax.JSONPlan, nested []below) {
	var missing []string
	for _, n := range nested {
		if plan.Right == nil || findPlan(n.name, plan.Right) == nil {
			missing = append(missing, n.name)
		}
	}
	if missing != nil {
		t.notPlanned(plan, missing)
	}
}

func (t *jsonTable) notPlanned(plan *syntax.JSONPlan, missing []string) {
	t.failAt(plan, "INVALID_PLAN", "JSON_TABLE plan should contain all JSON paths available at each level of nesting. Paths not included: %s", strings.Join(missing, ", "))
}

// column binds a column; without a path it is the member of its name.
func (t *jsonTable) column(r *funcs.JSONRows, c *syntax.JSONColumn) {
	t.name(&c.Name)
	out, cell := &JSON{Result: schema.Of(schema.BigInt)}, funcs.JSONCell{At: len(t.rel.Columns)}
	if !c.Ordinality {
		spec := &funcs.JSONPath{Path: `lax $."` + strings.ReplaceAll(jsonName(&c.Name), `"`, `""`) + `"`}
		if c.Path != nil {
			spec.Path = c.Path.Value
			t.jsonPath(c.Path, spec.Path, nil)
		}
		t.value(c, spec, out)
		cell.Value = spec
	}
	r.Columns = append(r.Columns, cell)
	t.rel.Columns = append(t.rel.Columns, &Column{Name: strings.ToLower(c.Name.Name), Ref: JSONRef, Type: out.Result, JSON: out, At: cell.At})
}

// JSONRef is the name, in lowered SQL, of the texts of a row of JSON_TABLE.
const JSONRef = "r"

func (t *jsonTable) value(c *syntax.JSONColumn, spec *funcs.JSONPath, out *JSON) {
	j := *c.JSON
	if j.OnError == "" && t.node.OnError == "ERROR" {
		j.OnError = "ERROR"
	}
	if j.ReturningFormat != "" {
		spec.Func = "JSON_QUERY"
		t.jsonQuery(c, &j, spec, out)
		return
	}
	spec.Func = "JSON_VALUE"
	t.jsonValue(c, &j, spec, out)
}
