package report

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"logsql/convert/schema"
	"logsql/sql"
)

// column is a column of an answer, as the page heads it.
type column struct {
	Name   string // bytes to internet
	Number bool
	bytes  bool
}

// cell is a value as the page shows it.
type cell struct {
	Text  string // 1.2 GiB
	Exact string // 1288490188, where Text is not
	Null  bool
	Whole bool    // short and without blanks: never broken over lines
	Share float64 // of the largest, in percent; of the column that has bars
	Bar   bool
	value float64 // NaN where it is no number
	at    time.Time
}

// longest is how much of a value is shown: logs hold texts of any length.
const longest = 160

func read(rows *sql.Rows) (answer, error) {
	a := answer{notes: rows.Notes}
	for _, c := range rows.Columns {
		a.columns = append(a.columns, column{
			Name:   strings.ReplaceAll(c.Name, "_", " "),
			Number: c.Type.IsInteger() && c.Name != "port" || c.Type.Kind == schema.Double,
			bytes:  strings.Contains(c.Name, "bytes"),
		})
	}
	for row, err := range rows.All {
		if err != nil {
			return a, err
		}
		cells := make([]cell, len(row))
		for i, v := range row {
			cells[i] = cellOf(v, rows.Columns[i].Type, a.columns[i])
		}
		a.rows = append(a.rows, cells)
	}
	return a, nil
}

func cellOf(v any, t schema.Type, c column) cell {
	text, ok := sql.Text(v, t)
	if !ok {
		return cell{Text: "–", Null: true, value: math.NaN()}
	}
	out := cell{Text: shown(text), value: math.NaN()}
	out.Whole = len(text) <= 40 && !strings.Contains(text, " ")
	if out.Text != text {
		out.Exact = shownWhole(text)
	}
	switch v := v.(type) {
	case int64:
		out.value = float64(v)
		if c.Number {
			out.Text, out.Exact = number(v, c.bytes)
		}
	case time.Time:
		out.at = v
	case sql.Zoned:
		out.at, _ = time.Parse("2006-01-02 15:04:05", text[:min(len(text), 19)])
	}
	if !out.at.IsZero() {
		out.Text, out.Exact, out.Whole = out.at.Format("2006-01-02 15:04"), "", true
	}
	return out
}

// shown is s in at most longest characters, control characters and what turns
// the direction of writing made visible: an address must not read backwards.
func shown(s string) string {
	s = shownWhole(s)
	if runes := []rune(s); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return s
}

func shownWhole(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.C, r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// number is n with commas; bytes as a person reads them, with the exact number
// behind it.
func number(n int64, bytes bool) (text, exact string) {
	if !bytes || n > -1024 && n < 1024 {
		return grouped(n), ""
	}
	return size(float64(n)), grouped(n) + " bytes"
}

func size(v float64) string {
	unit := ""
	for _, unit = range []string{"KiB", "MiB", "GiB", "TiB", "PiB"} {
		v /= 1024
		if math.Abs(v) < 1000 {
			break
		}
	}
	digits := 1
	if math.Abs(v) >= 100 || v == math.Trunc(v) {
		digits = 0
	}
	return strconv.FormatFloat(v, 'f', digits, 64) + " " + unit
}

func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for at := len(s) - 3; at > 0 && s[at-1] != '-'; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// rank gives the first column of numbers its bars.
func (a *answer) rank() {
	at, most := -1, 0.0
	for i, c := range a.columns {
		if c.Number {
			at = i
			break
		}
	}
	if at < 0 {
		return
	}
	for _, row := range a.rows {
		if v := row[at].value; v > most {
			most = v
		}
	}
	for _, row := range a.rows {
		if c := &row[at]; most > 0 && c.value >= 0 {
			c.Bar, c.Share = true, c.value/most*100
		}
	}
}
