package schema

import (
	"encoding/json"
	"fmt"
)

// ColumnsText is a list of columns as state.db keeps it:
// [["srcaddr","varchar"],…].
func ColumnsText(columns []Column) string {
	pairs := make([][2]string, len(columns))
	for i, c := range columns {
		pairs[i] = [2]string{c.Name, c.Type.String()}
	}
	text, err := json.Marshal(pairs)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(text)
}

// ParseColumns reads what ColumnsText wrote.
func ParseColumns(text string) ([]Column, error) {
	var pairs [][2]string
	if err := json.Unmarshal([]byte(text), &pairs); err != nil {
		return nil, err
	}
	columns := make([]Column, len(pairs))
	for i, p := range pairs {
		t, err := Parse(p[1])
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", p[0], err)
		}
		columns[i] = Column{Name: p[0], Type: t}
	}
	return columns, nil
}
