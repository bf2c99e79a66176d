package report

import (
	"math"
	"strconv"
	"time"
)

// The plot's size, in units of its view box.
const (
	plotWidth, plotHeight              = 960.0, 240.0
	plotLeft, plotRight, plotTop, foot = 72.0, 8.0, 10.0, 26.0
)

// plot is columns of numbers over time, stacked. All fields are the template's.
type plot struct {
	Width, Height float64
	Label         string // for who cannot see it
	Legend        []string
	Bars          []bar
	Lines         []tick // across, with their numbers
	Times         []tick
}

type bar struct {
	X, Y, W, H float64
	Series     int
	Title      string
}

type tick struct {
	X, Y float64
	Text string
}

// newPlot draws an answer whose first column is the time. Time is to scale: an
// hour without records is a gap.
func newPlot(a answer, p period) *plot {
	first, last := span(a, p)
	step := unitOf(p)
	n := last.Sub(first)/step + 1
	each := (plotWidth - plotLeft - plotRight) / float64(n)
	top := niceTop(highest(a), a.columns[1].bytes)
	out := &plot{Width: plotWidth, Height: plotHeight, Label: "Chart by " + p.Unit + " from " + first.Format("2006-01-02 15:04") + " to " + last.Format("2006-01-02 15:04") + "; the table below has its numbers."}
	for _, c := range a.columns[1:] {
		out.Legend = append(out.Legend, c.Name)
	}
	for _, row := range a.rows {
		if row[0].at.IsZero() {
			continue
		}
		x := plotLeft + float64(row[0].at.Sub(first)/step)*each
		out.stack(a, row, x, each, top)
	}
	out.across(top, a.columns[1].bytes)
	out.times(first, step, int(n), each)
	return out
}

// stack adds the bars of one time.
func (p *plot) stack(a answer, row []cell, x, each, top float64) {
	y := plotHeight - foot
	for i, c := range row[1:] {
		if math.IsNaN(c.value) || c.value <= 0 {
			continue
		}
		h := c.value / top * (plotHeight - foot - plotTop)
		y -= h
		p.Bars = append(p.Bars, bar{round(x + each*0.08), round(y), round(each * 0.84), round(h), i, row[0].Text + " " + a.columns[i+1].Name + ": " + c.Text})
	}
}

func (p *plot) across(top float64, bytes bool) {
	for i := range 5 {
		v := top * float64(i) / 4
		text := ""
		switch {
		case i == 0:
			text = "0"
		case bytes && v >= 1024:
			text = size(v)
		default:
			text = strconv.FormatFloat(v, 'g', 4, 64)
			if v >= 1000 {
				text = grouped(int64(v))
			}
		}
		p.Lines = append(p.Lines, tick{plotLeft, round(plotHeight - foot - float64(i)/4*(plotHeight-foot-plotTop)), text})
	}
}

// times puts at most eight marks below, at the begin of days where they are
// hours.
func (p *plot) times(first time.Time, step time.Duration, n int, each float64) {
	every := max(1, (n+7)/8)
	form := "01-02"
	if step == time.Hour {
		form = "15:04"
		if n > 30 {
			every, form = 24*((n/24+8)/8), "01-02"
		}
	}
	for i := range n {
		at := first.Add(time.Duration(i) * step)
		if since := int(at.Sub(first.Truncate(24*time.Hour)) / step); since%every != 0 {
			continue
		}
		p.Times = append(p.Times, tick{round(plotLeft + float64(i)*each), plotHeight - 8, at.Format(form)})
	}
}

func unitOf(p period) time.Duration {
	if p.Unit == "day" {
		return 24 * time.Hour
	}
	return time.Hour
}

// span is the time that is drawn: the period, or more where records of it say
// another time.
func span(a answer, p period) (first, last time.Time) {
	first, _ = time.Parse(time.DateOnly, p.Since)
	last, _ = time.Parse(time.DateOnly, p.Until)
	if p.Unit == "hour" {
		last = last.Add(23 * time.Hour)
	}
	for _, row := range a.rows {
		// A clock that is far off must not squeeze all others into one column.
		if at := row[0].at; !at.IsZero() && at.After(first.AddDate(0, 0, -2)) && at.Before(first) {
			first = at
		} else if at.After(last) && at.Before(last.AddDate(0, 0, 2)) {
			last = at
		}
	}
	return first, last
}

func highest(a answer) (most float64) {
	for _, row := range a.rows {
		sum := 0.0
		for _, c := range row[1:] {
			if c.value > 0 {
				sum += c.value
			}
		}
		most = max(most, sum)
	}
	return most
}

// niceTop is the least of 1, 2, 4, 8 or 10 times a power of ten, or of two for
// bytes, that is not below v: a quarter of it is a number that reads well.
func niceTop(v float64, bytes bool) float64 {
	top := 4.0
	for bytes && top < v {
		top *= 2
	}
	for power := 1.0; top < v; power *= 10 {
		for _, n := range []float64{4, 8, 10, 20} {
			if top = n * power; top >= v {
				break
			}
		}
	}
	return top
}

func round(v float64) float64 { return math.Round(v*100) / 100 }

// heatmap is counts by port and hour: a table that its cells colour.
type heatmap struct {
	Hours []int
	Rows  []heatRow
}

type heatRow struct {
	Port  string
	Cells []heatCell
	Sum   string
}

type heatCell struct {
	Text  string
	Level int // 0 to 5
}

func newHeatmap(a answer) *heatmap {
	h := &heatmap{}
	for hour := range 24 {
		h.Hours = append(h.Hours, hour)
	}
	most := 0.0
	for _, row := range a.rows {
		most = max(most, row[2].value)
	}
	for i := 0; i < len(a.rows); {
		port, sum := a.rows[i][0].Text, int64(0)
		cells := make([]heatCell, 24)
		for ; i < len(a.rows) && a.rows[i][0].Text == port; i++ {
			hour, n := a.rows[i][1].value, a.rows[i][2]
			sum += int64(n.value)
			if hour >= 0 && hour < 24 {
				cells[int(hour)] = heatCell{n.Text, 1 + int(n.value/most*4)}
			}
		}
		h.Rows = append(h.Rows, heatRow{port, cells, grouped(sum)})
	}
	return h
}
