package convert_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"logsql/convert"
	"logsql/convert/lake"
	"logsql/ingest/mirror"
)

// hostile is an object that breaks converters.
type hostile struct {
	kind, key, content string
	stored, bad        int64
	outcome, reasons   string // of the bad lines, by line
}

// hostiles are a small one of each kind.
func hostiles() []hostile {
	three := trailRecords(3)
	line := flowLines(1, day1)
	return []hostile{
		{"nothing", flowKey(1, 1), "", 0, 0, "converted", ""},
		{"gzip of nothing", flowKey(1, 1), zip(""), 0, 0, "converted", ""},
		{"only a header", flowKey(1, 1), zip(flowHeader), 0, 0, "converted", ""},
		{"members with headers", flowKey(1, 1), zip(flowHeader+line) + zip(flowHeader+line), 2, 0, "converted", ""},
		{"a line over two members", flowKey(1, 1), zip(flowHeader+line[:20]) + zip(line[20:]), 1, 0, "converted", ""},
		{"text named gzip", flowKey(1, 1), flowHeader + line, 1, 0, "converted", ""},
		{"cut gzip", flowKey(1, 1), zip(flowHeader + line)[:40], 0, 1, "broken", "1 gzip: unexpected EOF"},
		{"zeros behind", flowKey(1, 1), zip(flowHeader+line) + "\x00\x00", 1, 1, "broken", "3 2 zero bytes after the end of the gzip stream"},
		{"twice gzip", flowKey(1, 1), zip(zip(flowHeader + line)), 0, 1, "converted", "1 compressed twice: there is gzip data inside, no text"},
		{"binary in a line", flowKey(1, 1), zip(flowHeader + "\xff" + line + "\x00\n" + line), 1, 2, "converted", "2 the line is not UTF-8, 3 the line holds a zero byte"},
		{"fields", flowKey(1, 1), zip(flowHeader + line + "2 a\n" + strings.TrimSpace(line) + " more\n" + line), 2, 2, "converted", "3 2 of the header's 14 fields, 4 more than the 14 fields of the header"},
		{"a number of 65 bits", flowKey(1, 1), zip(flowHeader + strings.Replace(line, " 40 ", " 18446744073709551616 ", 1) + line), 1, 1, "converted", "2 bytes: 18446744073709551616 is over 64 bits"},
		{"a bomb of zeros", flowKey(1, 1), zip(flowHeader + line + strings.Repeat("\x00", 20<<20) + "\n" + line), 2, 1, "converted", "3 the line is longer than 16777216 bytes"},
		{"a bomb of lines", flowKey(1, 1), zip(flowHeader + strings.Repeat("\n", 20<<20) + line), 1, 0, "converted", ""},
		{"broken JSON in the middle", trailKey(1), zip(strings.Replace(three, `"k1"}`, `"k1"oops`, 1)), 2, 1, "converted", "2 "},
		{"JSON that ends early", trailKey(1), zip(three[:len(three)-20]), 2, 1, "broken", "3 the JSON ends early, after 3 records: unexpected EOF"},
		{"deep JSON", trailKey(1), zip(strings.Replace(three, `{"key":"k1"}`, `{"a":`+strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)+"}", 1)), 2, 1, "converted", "2 the record is nested deeper than 1000 levels"},
		{"no UTF-8 in JSON", trailKey(1), zip(strings.Replace(three, "u1", "\xff", 1)), 2, 1, "converted", "2 the record is not UTF-8"},
		{"a record that is none", trailKey(1), zip(strings.Replace(three, "},{", "},5,{", 1)), 3, 1, "converted", "2 the record is a number, not an object"},
		{"an access log of words", "2026/2026-01-01-05-00-00-0123456789ABCDEF", accessLine(1, "a") + "no log\n" + accessLine(1, "b"), 2, 1, "converted", "2 "},
	}
}

// TestHostile: of every record it is known whether it is stored or bad, and why.
func TestHostile(t *testing.T) {
	for _, c := range hostiles() {
		t.Run(c.kind, func(t *testing.T) {
			m := newMirror(t, object{c.key, c.content})
			r := run(t, m, convert.Options{})
			var outcome string
			var stored, bad int64
			if err := m.DB().QueryRow("SELECT outcome, stored, bad FROM conversions").Scan(&outcome, &stored, &bad); err != nil {
				t.Fatal(err)
			}
			if outcome != c.outcome || stored != c.stored || bad != c.bad || r.Flawed() != (bad > 0) {
				t.Errorf("%s, %d stored, %d bad; want %s, %d, %d", outcome, stored, bad, c.outcome, c.stored, c.bad)
			}
			l, err := lake.Open(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			var reasons []string
			for b, err := range l.BadLines(t.Context(), "") {
				if err != nil {
					t.Fatal(err)
				}
				reasons = append(reasons, fmt.Sprintf("%d %s", b.Line, b.Reason))
			}
			if got := strings.Join(reasons, ", "); got != c.reasons && !(strings.HasSuffix(c.reasons, " ") && strings.HasPrefix(got, c.reasons)) {
				t.Errorf("bad: %s, want %s", got, c.reasons)
			}
			balance(t, m)
		})
	}
}

// TestHostileKilled kills the conversion of all of them at every step of a
// commit, in the middle of it, and again: in the end every record is stored or
// bad as often as it is there.
func TestHostileKilled(t *testing.T) {
	var objects []object
	var stored, bad int64
	for i, c := range hostiles() {
		key := c.key
		switch {
		case strings.Contains(key, "vpcflowlogs"):
			key = flowKey(1+i%3, i)
		case strings.Contains(key, "CloudTrail"):
			key = trailKey(i)
		}
		objects = append(objects, object{key, c.content})
		stored, bad = stored+c.stored, bad+c.bad
	}
	// A unit of two parts comes to every step.
	objects = append(objects, object{"backup/two-days.txt", flowHeader + flowLines(10, day1+86395)})
	stored += 10
	lines := func(m *mirror.Mirror) (all []string) {
		l, err := lake.Open(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		for b, err := range l.BadLines(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, fmt.Sprintf("%s %d %s %q", b.Object, b.Line, b.Reason, b.Text))
		}
		slices.Sort(all)
		return all
	}
	whole := newMirror(t, objects...)
	r := run(t, whole, convert.Options{})
	var received int64
	for _, table := range r.Tables {
		received += table.Records
		stored, bad = stored-table.Stored, bad-table.Bad
	}
	if received == 0 || stored != 0 || bad != 0 {
		t.Fatalf("of %d received %d stored and %d bad are too few", received, stored, bad)
	}
	m := newMirror(t, objects...)
	for _, step := range lake.Steps {
		if killed(t, m, convert.OnlyNew, step, 0) {
			t.Errorf("it did not come to the step %s", step)
		}
		balance(t, m)
	}
	for after := range 5 {
		killed(t, m, convert.OnlyNew, "", time.Duration(after*40)*time.Millisecond)
		balance(t, m)
	}
	run(t, m, convert.Options{})
	expect(t, "balance", balance(t, m), balance(t, whole))
	if got, want := lakeFiles(t, m), lakeFiles(t, whole); !maps.Equal(got, want) {
		t.Errorf("lake %v\nwant %v", got, want)
	}
	if got, want := lines(m), lines(whole); !slices.Equal(got, want) {
		t.Errorf("bad lines %q\nwant %q", got, want)
	}
}
