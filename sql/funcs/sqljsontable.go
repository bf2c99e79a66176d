package funcs

import (
	"strconv"

	"logsql/sql/jsonpath"
)

// JSONTable says what JSON_TABLE is to find; trino_json_table gives a list of
// texts for each row, as JSON_VALUE and JSON_QUERY give them.
type JSONTable struct {
	Root    *JSONRows
	Width   int  // how many columns there are
	OnError bool // an error of a path for rows is one of the query
}

// JSONRows are the rows of a path: a row for each item, joined to what is
// nested in it.
type JSONRows struct {
	Path    *JSONPath
	Columns []JSONCell
	Inner   bool // without rows of Nested there is none
	Nested  *JSONJoin
}

// JSONCell is the column At. A nil Value is the ordinality.
type JSONCell struct {
	At    int
	Value *JSONPath
}

// JSONJoin is a path, or two that stand side by side: a row of each (Cross) or
// the rows of both, one after the other.
type JSONJoin struct {
	Rows        *JSONRows
	Cross       bool
	Left, Right *JSONJoin
}

// maxCells bounds what JSON_TABLE may make of one document.
const maxCells = 5_000_000

// jsonRow holds a text or nil for each column.
type jsonRow []any

func goJSONTable(a []any) (any, error) {
	if a[1] == nil {
		return []any{}, nil
	}
	t, err := specOf[JSONTable](a[0].(string))
	if err != nil {
		return nil, err
	}
	root, err := jsonItem(a[1].(string))
	values, _ := a[2].([]any)
	var params map[string][]*jsonpath.Item
	if err == nil {
		params, err = jsonParams(t.Root.Path.Params, values)
	}
	if err != nil {
		return t.failed(err)
	}
	rows, err := t.rows(t.Root, root, params)
	if err != nil {
		return nil, err
	}
	out := make([]any, len(rows))
	for i, r := range rows {
		out[i] = []any(r)
	}
	return out, nil
}

func (t *JSONTable) failed(err error) (any, error) {
	if t.OnError {
		return nil, err
	}
	return []any{}, nil
}

func (t *JSONTable) rows(r *JSONRows, root *jsonpath.Item, params map[string][]*jsonpath.Item) ([]jsonRow, error) {
	items, err := r.Path.within(root, params)
	if err != nil {
		_, err = t.failed(err)
		return nil, err
	}
	var out []jsonRow
	for i, it := range items {
		row, err := t.row(r, it, i)
		if err != nil {
			return nil, err
		}
		nested := []jsonRow{make(jsonRow, t.Width)}
		if r.Nested != nil {
			found, err := t.join(r.Nested, it)
			if err != nil {
				return nil, err
			}
			if len(found) > 0 || r.Inner {
				nested = found
			}
		}
		if out, err = t.cross(out, []jsonRow{row}, nested); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// row is the columns of one item.
func (t *JSONTable) row(r *JSONRows, it *jsonpath.Item, i int) (jsonRow, error) {
	row := make(jsonRow, t.Width)
	for _, c := range r.Columns {
		if c.Value == nil {
			row[c.At] = strconv.Itoa(i + 1)
			continue
		}
		value, err := c.Value.answer(c.Value.within(it, nil))
		if err != nil {
			return nil, err
		}
		row[c.At] = value
	}
	return row, nil
}

func (t *JSONTable) join(j *JSONJoin, it *jsonpath.Item) ([]jsonRow, error) {
	if j.Rows != nil {
		return t.rows(j.Rows, it, nil)
	}
	left, err := t.join(j.Left, it)
	if err != nil {
		return nil, err
	}
	right, err := t.join(j.Right, it)
	if err != nil {
		return nil, err
	}
	if j.Cross {
		return t.cross(nil, left, right)
	}
	return append(left, right...), nil
}

// cross appends each pair of rows as one: they have different columns.
func (t *JSONTable) cross(out, left, right []jsonRow) ([]jsonRow, error) {
	if (len(out)+len(left)*len(right))*t.Width > maxCells {
		return nil, failure("EXCEEDED_LOCAL_MEMORY_LIMIT", "JSON_TABLE gives too many rows for one document")
	}
	for _, l := range left {
		for _, r := range right {
			row := make(jsonRow, t.Width)
			for i := range row {
				if row[i] = l[i]; row[i] == nil {
					row[i] = r[i]
				}
			}
			out = append(out, row)
		}
	}
	return out, nil
}
