package chart

import (
	"errors"
	"iter"
	"math"
	"strings"
	"testing"

	"logsql/convert/schema"
)

func col(name string, k schema.Kind) schema.Column {
	return schema.Column{Name: name, Type: schema.Of(k)}
}

func of(rows ...[]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

var (
	addr  = col("srcaddr", schema.Varchar)
	bytes = col("bytes", schema.BigInt)
)

func TestWrite(t *testing.T) {
	for name, c := range map[string]struct {
		columns []schema.Column
		rows    iter.Seq2[[]any, error]
		o       Options
		want    string
	}{
		"bars": {
			[]schema.Column{addr, bytes},
			of([]any{"10.0.0.1", int64(800)}, []any{"10.0.0.20", int64(50)}, []any{"-", int64(0)}, []any{nil, nil}),
			Options{Width: 40},
			`
bytes
10.0.0.1   ███████████████████████ 800
10.0.0.20  █▌ 50
-          0
NULL       NULL
`,
		},
		"ascii": {
			[]schema.Column{bytes, addr},
			of([]any{int64(800), "10.0.0.1"}, []any{int64(1), "10.0.0.20"}),
			Options{Width: 40, ASCII: true},
			`
bytes
10.0.0.1   ######################## 800
10.0.0.20  # 1
`,
		},
		"negative": {
			[]schema.Column{addr, col("change", schema.Double)},
			of([]any{"up", 30.0}, []any{"down", -10.0}, []any{"odd", math.NaN()}, []any{"far", math.Inf(1)}),
			Options{Width: 40, ASCII: true},
			`
change
up          ################## 30.0
down  ###### -10.0
odd         NaN
far         Infinity
`,
		},
		"wide characters, cut labels, and what would steer the terminal": {
			[]schema.Column{col("键", schema.Varchar), bytes},
			of([]any{"日志日志日志日志日志日志日志日志", int64(2)}, []any{"\x1b[31mred", int64(1)}),
			Options{Width: 30},
			"\nbytes\n日志日志日志日…  ██████████ 2\n�[31mred         █████ 1\n",
		},
		"ports label": {
			[]schema.Column{col("dstport", schema.Integer), col("n", schema.BigInt)},
			of([]any{int64(22), int64(4)}, []any{int64(3389), int64(2)}),
			Options{Width: 20, ASCII: true},
			`
n
22    ########### 4
3389  ###### 2
`,
		},
		"labels of two columns": {
			[]schema.Column{addr, col("dstport", schema.Integer), col("n", schema.BigInt)},
			of([]any{"10.0.0.1", int64(22), int64(4)}, []any{"10.0.0.101", int64(3389), int64(2)}),
			Options{Width: 40, ASCII: true},
			`
n
10.0.0.1    22    ################### 4
10.0.0.101  3389  ########## 2
`,
		},
		"no rows": {[]schema.Column{addr, bytes}, of(), Options{}, "\nbytes\n(no rows)\n"},
		"series": {
			[]schema.Column{col("day", schema.Date), bytes},
			of([]any{"2021-12-04", int64(1)}, []any{"2021-12-05", nil}, []any{"2021-12-06", int64(8)}, []any{"2021-12-07", int64(4)}),
			Options{Width: 30},
			`
bytes
▂ █▅
2021-12-04 to 2021-12-07, most 8 at 2021-12-06
2021-12-04  █▌ 1
2021-12-05  NULL
2021-12-06  ████████████ 8
2021-12-07  ██████ 4
`,
		},
	} {
		var b strings.Builder
		if err := Write(&b, c.columns, c.rows, c.o); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := "\n" + b.String(); got != c.want {
			t.Errorf("%s:%s\nwant%s", name, got, c.want)
		}
	}
}

// TestLongSeries holds that what does not fit is told, not left out silently.
func TestLongSeries(t *testing.T) {
	rows := func(yield func([]any, error) bool) {
		for i := range 200 {
			if !yield([]any{"2021-" + string(rune('a'+i/26)) + string(rune('a'+i%26)), int64(i)}, nil) {
				return
			}
		}
	}
	var b strings.Builder
	if err := Write(&b, []schema.Column{col("at", schema.Varchar), bytes}, rows, Options{Width: 50}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 3 || width(lines[1]) != 50 || !strings.HasSuffix(lines[2], "most 199 at 2021-hr; a mark is the most of 4 rows") {
		t.Errorf("%q", lines)
	}
	b.Reset()
	if err := Write(&b, []schema.Column{bytes, bytes}, of(make([][]any, 0)...), Options{}); err != nil {
		t.Fatal(err)
	}
}

func TestManyBars(t *testing.T) {
	var rows [][]any
	for i := range 70 {
		rows = append(rows, []any{strings.Repeat("x", i%9), int64(i)})
	}
	var b strings.Builder
	if err := Write(&b, []schema.Column{addr, bytes}, of(rows...), Options{}); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(b.String(), "(10 more rows are not drawn)\n") {
		t.Error(b.String())
	}
}

func TestNothingToDraw(t *testing.T) {
	err := Write(&strings.Builder{}, []schema.Column{addr}, of(), Options{})
	if !errors.Is(err, ErrNoNumbers) {
		t.Error(err)
	}
}

func TestRowsFail(t *testing.T) {
	broken := errors.New("part 7 cannot be read")
	rows := func(yield func([]any, error) bool) { yield(nil, broken) }
	if err := Write(&strings.Builder{}, []schema.Column{addr, bytes}, rows, Options{}); !errors.Is(err, broken) {
		t.Error(err)
	}
}
