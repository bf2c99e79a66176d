package render

import (
	"bufio"
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/text"
)

// sample is how many rows a table looks at before it settles its columns'
// widths. Later rows are written as they come, so that a table of any length
// takes no more memory; a wider value then moves its row's border.
const sample = 1000

// lines are the pieces a table is drawn with.
type lines struct {
	row, head           [3]string // left, between, right
	top, middle, bottom [3]string
	fill                string
}

var (
	asciiLines = lines{
		row: [3]string{"| ", " | ", " |"}, head: [3]string{"| ", " | ", " |"},
		top: [3]string{"+-", "-+-", "-+"}, middle: [3]string{"+-", "-+-", "-+"}, bottom: [3]string{"+-", "-+-", "-+"}, fill: "-",
	}
	boxLines = lines{
		row: [3]string{"│ ", " │ ", " │"}, head: [3]string{"│ ", " │ ", " │"},
		top: [3]string{"┌─", "─┬─", "─┐"}, middle: [3]string{"├─", "─┼─", "─┤"}, bottom: [3]string{"└─", "─┴─", "─┘"}, fill: "─",
	}
	markdownLines = lines{row: [3]string{"| ", " | ", " |"}, head: [3]string{"| ", " | ", " |"}, middle: [3]string{"| ", " | ", " |"}, fill: "-"}
)

func writeBox(w *bufio.Writer, r Result, o Options) error {
	return drawTable(w, r, o, boxLines, visible)
}

func writeTable(w *bufio.Writer, r Result, o Options) error {
	return drawTable(w, r, o, asciiLines, visible)
}

var markdown = strings.NewReplacer("\n", "<br>", "\r", "", "|", `\|`, "\t", " ")

// visible is s on one line.
func visible(s string) string { return harmless(s, "") }

// harmless writes what a terminal would obey as escapes: control characters but
// those in allowed, and what turns the direction of text. Logs have other people's
// text in them.
func harmless(s, allowed string) string {
	obeyed := func(r rune) bool {
		return unicode.IsControl(r) && !strings.ContainsRune(allowed, r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
	}
	if strings.IndexFunc(s, obeyed) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if obeyed(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func writeMarkdown(w *bufio.Writer, r Result, _ Options) error {
	return drawTable(w, r, Options{}, markdownLines, func(s string) string { return harmless(markdown.Replace(s), "") })
}

// table is a table being drawn: rows are held until the widths are settled.
type table struct {
	w       *bufio.Writer
	limit   int // a wider one is turned on its side; 0 for none
	records *records
	lines   lines
	null    string
	right   []bool
	width   []int
	head    []string
	held    [][]string
	drawing bool
}

func drawTable(w *bufio.Writer, r Result, o Options, l lines, clean func(string) string) error {
	t := &table{w: w, limit: o.Width, lines: l, null: nullText(o), width: make([]int, len(r.Columns))}
	for _, c := range r.Columns {
		t.head = append(t.head, clean(c.Name))
		t.right = append(t.right, c.Type.IsNumber())
	}
	t.widen(t.head)
	err := eachRow(r, func(row cells) error {
		texts := make([]string, len(row.text))
		for i := range row.text {
			texts[i] = t.null
			if row.set[i] {
				texts[i] = clean(row.text[i])
			}
		}
		return t.add(texts)
	})
	if err != nil && !t.drawing {
		return err // nothing of the answer was shown, so show no half of it
	}
	t.start()
	if t.records == nil {
		t.rule(l.bottom)
	}
	return err
}

func nullText(o Options) string {
	null := cmp.Or(o.Null, "NULL")
	if o.Color {
		return "\x1b[2m" + null + "\x1b[0m"
	}
	return null
}

func (t *table) widen(row []string) {
	for i, s := range row {
		t.width[i] = max(t.width[i], text.StringWidthWithoutEscSequences(s))
	}
}

// wide is how wide a row is drawn.
func (t *table) wide() int {
	wide := text.StringWidthWithoutEscSequences(t.lines.row[0]+t.lines.row[2]) + (len(t.width)-1)*text.StringWidthWithoutEscSequences(t.lines.row[1])
	for _, w := range t.width {
		wide += w
	}
	return wide
}

func (t *table) add(row []string) error {
	switch {
	case t.records != nil:
		return t.records.write(row)
	case t.drawing:
		return t.row(t.lines.row, row)
	}
	t.widen(row)
	t.held = append(t.held, row)
	if len(t.held) == sample {
		t.start()
	}
	return nil
}

// start draws the head and what was held.
func (t *table) start() {
	if t.drawing {
		return
	}
	t.drawing = true
	if t.limit > 0 && t.wide() > t.limit && len(t.held) > 0 {
		t.records = newRecords(t.w, t.head)
		for _, row := range t.held {
			t.records.write(row)
		}
		t.held = nil
		return
	}
	t.rule(t.lines.top)
	t.row(t.lines.head, t.head)
	t.rule(t.lines.middle)
	for _, row := range t.held {
		t.row(t.lines.row, row)
	}
	t.held = nil
}

func (t *table) row(edge [3]string, row []string) error {
	t.w.WriteString(edge[0])
	for i, s := range row {
		if i > 0 {
			t.w.WriteString(edge[1])
		}
		pad := strings.Repeat(" ", max(0, t.width[i]-text.StringWidthWithoutEscSequences(s)))
		switch {
		case t.right[i]:
			t.w.WriteString(pad + s)
		default:
			t.w.WriteString(s + pad)
		}
	}
	_, err := t.w.WriteString(edge[2] + "\n")
	return err
}

func (t *table) rule(edge [3]string) {
	if edge[0] == "" {
		return
	}
	parts := slices.Clone(t.head)
	for i := range parts {
		parts[i] = strings.Repeat(t.lines.fill, t.width[i])
	}
	t.w.WriteString(edge[0] + strings.Join(parts, edge[1]) + edge[2] + "\n")
}

// records are rows with a column a line.
type records struct {
	w     *bufio.Writer
	names []string // padded to one width
	begun bool
}

func newRecords(w *bufio.Writer, names []string) *records {
	width := 0
	for _, name := range names {
		width = max(width, text.StringWidthWithoutEscSequences(name))
	}
	r := &records{w: w}
	for _, name := range names {
		r.names = append(r.names, strings.Repeat(" ", width-text.StringWidthWithoutEscSequences(name))+name)
	}
	return r
}

func (r *records) write(values []string) error {
	if r.begun {
		r.w.WriteByte('\n')
	}
	r.begun = true
	for i, value := range values {
		if _, err := r.w.WriteString(r.names[i] + " = " + value + "\n"); err != nil {
			return err
		}
	}
	return nil
}

// writeLine writes a column a line, names set to the right, and an empty line
// between rows.
func writeLine(w *bufio.Writer, r Result, o Options) error {
	clean := func(s string) string { return harmless(s, "\n\t") }
	if o.Screen {
		clean = visible
	}
	var names []string
	for _, c := range r.Columns {
		names = append(names, clean(c.Name))
	}
	out, null := newRecords(w, names), nullText(o)
	values := make([]string, len(names))
	return eachRow(r, func(row cells) error {
		for i := range values {
			values[i] = null
			if row.set[i] {
				values[i] = clean(row.text[i])
			}
		}
		return out.write(values)
	})
}
