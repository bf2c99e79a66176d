package convert_test

import (
	"fmt"
	"strings"
	"testing"

	"logsql/convert"
	"logsql/convert/lake"
)

// TestHostile has a small one of each kind of object that breaks converters: of
// every record it is known whether it is stored or bad, and why.
func TestHostile(t *testing.T) {
	three := trailRecords(3)
	line := flowLines(1, day1)
	for _, c := range []struct {
		kind, key, content string
		stored, bad        int64
		outcome, reasons   string // of the bad lines, by line
	}{
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
	} {
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
