// Package chart draws the rows of a result as text: a bar for each row, and a
// line of sparks above them where the rows are a series in time.
package chart

import (
	"errors"
	"io"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"logsql/convert/schema"
	"logsql/sql"
)

// ErrNoNumbers is that a result has nothing to draw.
var ErrNoNumbers = errors.New("there is nothing to draw: the result has no column of numbers")

// Options are where and how to draw.
type Options struct {
	Width int  // of the terminal; 0 is 80
	ASCII bool // no block characters
}

const (
	barsShown  = 60 // more are counted, not drawn
	seriesFrom = 4  // rows that make a series
)

// series is a column of numbers with the label of each row. What is no number
// (NULL, NaN, infinity) is NaN, and its text says which.
type series struct {
	name   string
	values []float64
	texts  []string
}

// Write draws every column of numbers over the columns that are none.
func Write(w io.Writer, columns []schema.Column, rows iter.Seq2[[]any, error], o Options) error {
	if o.Width <= 0 {
		o.Width = 80
	}
	labelled, drawn := roles(columns)
	if len(drawn) == 0 {
		return ErrNoNumbers
	}
	labels, all, err := read(columns, rows, labelled, drawn)
	if err != nil {
		return err
	}
	var b strings.Builder
	for i, s := range all {
		if i > 0 {
			b.WriteByte('\n')
		}
		draw(&b, s, labels, inTime(columns, labelled, labels), o)
	}
	_, err = io.WriteString(w, b.String())
	return err
}

// names are columns whose numbers tell rows apart and measure nothing.
var names = map[string]bool{
	"srcport": true, "dstport": true, "port": true, "protocol": true, "hour": true, "year": true, "month": true, "day": true,
	"date": true, "minute": true, "start": true, "end": true, "version": true, "tcp_flags": true, "httpstatus": true,
	"status": true, "traffic_path": true, "day_of_week": true, "account": true, "account_id": true,
}

// roles tells which columns label a row and which are drawn. Where every column
// is a number, the first labels.
func roles(columns []schema.Column) (labelled, drawn []int) {
	for i, c := range columns {
		if isNumber(c.Type) && !names[strings.ToLower(c.Name)] {
			drawn = append(drawn, i)
		} else {
			labelled = append(labelled, i)
		}
	}
	if len(labelled) == 0 && len(drawn) > 1 {
		return drawn[:1], drawn[1:]
	}
	if len(drawn) == 0 { // SELECT dstport: all there is
		last := len(columns) - 1
		if last >= 0 && isNumber(columns[last].Type) {
			return labelled[:last], []int{last}
		}
	}
	return labelled, drawn
}

func isNumber(t schema.Type) bool {
	return t.IsInteger() || t.Kind == schema.Real || t.Kind == schema.Double || t.Kind == schema.Decimal
}

func read(columns []schema.Column, rows iter.Seq2[[]any, error], labelled, drawn []int) ([]string, []*series, error) {
	var all []*series
	for _, i := range drawn {
		all = append(all, &series{name: printable(columns[i].Name)})
	}
	var parts [][]string
	for row, err := range rows {
		if err != nil {
			return nil, nil, err
		}
		var of []string
		for _, i := range labelled {
			of = append(of, textOf(row[i], columns[i].Type))
		}
		parts = append(parts, of)
		for n, i := range drawn {
			all[n].texts = append(all[n].texts, textOf(row[i], columns[i].Type))
			all[n].values = append(all[n].values, number(row[i]))
		}
	}
	return aligned(parts), all, nil
}

// widest is how wide a column of a label may be made for others' sake.
const widest = 40

// aligned joins the parts of each label, those of a column one below the other.
func aligned(parts [][]string) (labels []string) {
	var widths []int
	for _, of := range parts {
		widths = append(widths, make([]int, max(0, len(of)-len(widths)))...)
		for i, s := range of {
			widths[i] = max(widths[i], min(widest, width(s)))
		}
	}
	for _, of := range parts {
		label := ""
		for i, s := range of {
			if i < len(of)-1 {
				s = pad(s, widths[i]) + "  "
			}
			label += s
		}
		labels = append(labels, label)
	}
	return labels
}

func textOf(v any, t schema.Type) string {
	s, ok := sql.Text(v, t)
	if !ok {
		return "NULL"
	}
	return printable(s)
}

// printable is s without what would steer a terminal: logs say what anybody
// sent.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}

func number(v any) float64 {
	n := math.NaN()
	switch v := v.(type) {
	case int64:
		n = float64(v)
	case float32:
		n = float64(v)
	case float64:
		n = v
	case string: // a decimal
		if d, err := strconv.ParseFloat(v, 64); err == nil {
			n = d
		}
	}
	if math.IsInf(n, 0) {
		return math.NaN()
	}
	return n
}

// inTime tells whether the labels are days or times, each later than the one
// before it.
func inTime(columns []schema.Column, labelled []int, labels []string) bool {
	if len(labels) < seriesFrom || len(labelled) == 0 {
		return false
	}
	for i, label := range labels {
		if i > 0 && label <= labels[i-1] {
			return false
		}
	}
	if kind := columns[labelled[0]].Type.Kind; len(labelled) == 1 && kind >= schema.Date && kind <= schema.TimestampTZ {
		return true
	}
	return !slices.ContainsFunc(labels, func(s string) bool { return !beginsWithYear(s) })
}

func beginsWithYear(s string) bool {
	if len(s) < 4 || s[:2] < "19" || s[:2] > "21" {
		return false
	}
	return strings.Trim(s[:4], "0123456789") == "" && (len(s) == 4 || s[4] == '-' || s[4] == ' ')
}
