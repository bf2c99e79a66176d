package shell

import (
	"strings"

	"logsql/convert/schema"
	"logsql/sql/syntax"
)

// indexed stands behind a name of a path that has an index.
const indexed = "[]"

// takePath moves the names before the word, and what indexes them, to the path:
// useridentity.sessioncontext. and resources[1]. have one each.
func (b *begun) takePath() {
	for n := len(b.before); n >= 2 && b.before[n-1].Text == "."; n = len(b.before) {
		at := beforeIndex(b.before[:n-1])
		if at < 0 || !isName(b.before[at]) {
			return
		}
		name := nameOf(b.before[at])
		if at < n-2 {
			name += indexed
		}
		b.path = append([]string{name}, b.path...)
		b.before = b.before[:at]
	}
}

// beforeIndex is the last token but for those of an index in brackets, -1 for
// none.
func beforeIndex(tokens []syntax.Token) int {
	depth := 0
	for i := len(tokens) - 1; i >= 0; i-- {
		switch tokens[i].Text {
		case "]":
			depth++
		case "[":
			depth--
		default:
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

// members are what a dotted name can go on with: a table's columns, a column's
// fields, a database's tables.
func (b *begun) members() []candidate {
	if b.wantsTable(b.clause()) || takesTable[b.prev(1)] {
		return b.tables(b.path[len(b.path)-1])
	}
	var fields []schema.Column
	path := b.path
	if r, ok := b.relation(path); ok {
		fields, path = b.columnsOf(r), path[r.used:]
	} else {
		for _, r := range b.sources() {
			fields = append(fields, b.columnsOf(r)...)
		}
	}
	for _, step := range path {
		fields = fieldsOf(fields, step)
	}
	var out []candidate
	for _, f := range fields {
		out = append(out, candidate{text: quotedName(f.Name), about: f.Type.String(), group: "columns"})
	}
	return out
}

// fieldsOf are the fields of the row that the column called name is, or has.
func fieldsOf(columns []schema.Column, name string) []schema.Column {
	name, isIndexed := strings.CutSuffix(name, indexed)
	for _, c := range columns {
		t := c.Type
		switch {
		case !isIndexed:
		case t.Kind == schema.Array:
			t = t.Elem()
		case t.Kind == schema.Map:
			t = t.Value()
		default:
			continue
		}
		if !strings.EqualFold(c.Name, name) || t.Kind != schema.Row {
			continue
		}
		var out []schema.Column
		for _, e := range t.Elems {
			out = append(out, schema.Column(e))
		}
		return out
	}
	return nil
}
