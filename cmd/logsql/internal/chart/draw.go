package chart

import (
	"fmt"
	"math"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// draw writes one column: its name, sparks where it is a series in time, bars.
func draw(b *strings.Builder, s *series, labels []string, inTime bool, o Options) {
	b.WriteString(cut(s.name, o.Width, o.ASCII) + "\n")
	if len(labels) == 0 {
		b.WriteString("(no rows)\n")
		return
	}
	if inTime {
		spark(b, s, labels, o)
		if len(labels) > barsShown {
			return
		}
	}
	bars(b, s, labels, o)
	if more := len(labels) - barsShown; more > 0 {
		fmt.Fprintf(b, "(%d more rows are not drawn)\n", more)
	}
}

// spark writes the series in one line. Where there are more rows than columns
// of the terminal, a mark is the largest of its rows.
func spark(b *strings.Builder, s *series, labels []string, o Options) {
	marks := []rune("▁▂▃▄▅▆▇█")
	if o.ASCII {
		marks = []rune("_.-~=+*#")
	}
	each := (len(s.values) + o.Width - 1) / o.Width
	low, high := extent(s.values)
	for from := 0; from < len(s.values); from += each {
		_, v := top(s.values[from:min(from+each, len(s.values))])
		b.WriteRune(mark(marks, v, low, high))
	}
	fmt.Fprintf(b, "\n%s to %s", labels[0], labels[len(labels)-1])
	if i, v := top(s.values); !math.IsNaN(v) {
		fmt.Fprintf(b, ", most %s at %s", s.texts[i], labels[i])
	}
	if each > 1 {
		fmt.Fprintf(b, "; a mark is the most of %d rows", each)
	}
	b.WriteByte('\n')
}

func mark(marks []rune, v, low, high float64) rune {
	switch {
	case math.IsNaN(v):
		return ' '
	case high == low:
		return marks[0]
	}
	return marks[int(math.Round((v-low)/(high-low)*float64(len(marks)-1)))]
}

// top is the largest of values and its place; NaN where there is none.
func top(values []float64) (at int, v float64) {
	v = math.NaN()
	for i, x := range values {
		if !math.IsNaN(x) && (math.IsNaN(v) || x > v) {
			at, v = i, x
		}
	}
	return at, v
}

// extent is from the least of values to the most, zero included.
func extent(values []float64) (low, high float64) {
	for _, v := range values {
		if !math.IsNaN(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high
}

// bars writes a line for each row: label, bar, number. Negative bars end at the
// axis, the others begin there.
func bars(b *strings.Builder, s *series, labels []string, o Options) {
	n := min(len(labels), barsShown)
	labelWidth, textWidth := 0, 0
	for i := range n {
		labelWidth = max(labelWidth, width(labels[i]))
		textWidth = max(textWidth, width(s.texts[i]))
	}
	textWidth = min(textWidth, o.Width/3)
	labelWidth = min(labelWidth, max(8, o.Width/2-textWidth/2))
	room := max(4, o.Width-labelWidth-textWidth-4)
	low, high := extent(s.values[:n])
	left := 0
	if low < 0 {
		left = max(1, int(math.Round(float64(room)*-low/(high-low))))
	}
	for i := range n {
		label := cut(labels[i], labelWidth, o.ASCII)
		b.WriteString(strings.TrimRight(pad(label, labelWidth)+"  "+bar(s.values[i], low, high, left, room-left, o.ASCII)+s.texts[i], " ") + "\n")
	}
}

func bar(v, low, high float64, left, right int, ascii bool) string {
	switch {
	case math.IsNaN(v):
		return strings.Repeat(" ", left)
	case v < 0:
		n := max(1, int(math.Round(v/low*float64(left))))
		return strings.Repeat(" ", left-n) + strings.Repeat(full(ascii), n) + " "
	case v == 0 || high == 0:
		return strings.Repeat(" ", left)
	}
	return strings.Repeat(" ", left) + length(v/high*float64(right), ascii) + " "
}

func full(ascii bool) string {
	if ascii {
		return "#"
	}
	return "█"
}

// length is a bar of so many cells, to an eighth of one; something is never
// drawn as nothing.
func length(cells float64, ascii bool) string {
	if ascii {
		return strings.Repeat("#", max(1, int(math.Round(cells))))
	}
	eighths := max(1, int(math.Round(cells*8)))
	s := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		s += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return s
}

func width(s string) int { return text.StringWidthWithoutEscSequences(s) }

func pad(s string, n int) string { return s + strings.Repeat(" ", max(0, n-width(s))) }

// cut is s in at most n cells; wide characters count two.
func cut(s string, n int, ascii bool) string {
	if width(s) <= n {
		return s
	}
	end := "…"
	if ascii {
		end = "~"
	}
	for i, r := range s {
		if width(s[:i]+string(r)) > n-1 {
			return s[:i] + end
		}
	}
	return s
}
