package convert_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"

	"logsql/convert"
	"logsql/convert/lake"
)

// cutGzip is text as gzip that ends right after it, as where a download broke
// off.
func cutGzip(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	w.Flush()
	return b.String()
}

// TestUnfinishedText: of the line or record in which an object breaks off what
// was there is kept, up to 4 KiB.
func TestUnfinishedText(t *testing.T) {
	flow, access := flowKey(1, 1), "access/2026-01-01-05-00-00-0123456789ABCDEF"
	lines, records := flowLines(2, day1), trailRecords(3)
	third := strings.LastIndex(records, `{"eventVersion"`)
	first := records[len(`{"Records":[`) : strings.Index(records, "},{")+1]
	event := func(n int) string { return fmt.Sprintf(`{"eventVersion":"1.08","eventID":"%d","pad":"`, n) }
	long := strings.Repeat("x", 5000)
	for _, c := range []struct {
		name, key, content string
		stored, line       int64
		text               string
	}{
		{"in a flow record", flow, cutGzip(flowHeader + lines + lines[:40]), 2, 4, lines[:40]},
		{"behind a line", flow, cutGzip(flowHeader + lines), 2, 4, ""},
		{"in a long line", flow, cutGzip(flowHeader + lines + long), 2, 4, long[:4096]},
		{"in a line of 20 MiB", flow, cutGzip(flowHeader + lines + strings.Repeat("y", 20<<20)), 2, 4, strings.Repeat("y", 4096)},
		{"in the second member", flow, zip(flowHeader+lines) + cutGzip(lines[:len(lines)-9]), 3, 5, lines[len(lines)/2 : len(lines)-9]},
		{"in a request", access, cutGzip(accessLine(1, "curl/8") + accessLine(1, "curl/9")[:100]), 1, 2, accessLine(1, "curl/9")[:100]},
		{"in an event", trailKey(1), cutGzip(records[:third+50]), 2, 3, records[third : third+50]},
		{"in a large event", trailKey(1), cutGzip(records[:third] + event(3) + strings.Repeat(long, 400)), 2, 3, (event(3) + long)[:4096]},
		{"behind an event", trailKey(1), cutGzip(records[:third-1]), 2, 3, ""},
		{"in an event, without gzip", trailKey(1), records[:third+50], 2, 3, records[third : third+50]},
		{"in an event of its own", trailKey(1), cutGzip(first + "\n" + event(3)), 1, 2, event(3)},
		{"in the head of gzip", flow, zip(flowHeader)[:5], 0, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMirror(t, object{c.key, c.content})
			r := run(t, m, convert.Options{})
			l, err := lake.Open(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			var stored, bad int64
			for _, table := range r.Tables {
				stored, bad = stored+table.Stored, bad+table.Bad
			}
			if r.Broken != 1 || stored != c.stored || bad != 1 {
				t.Errorf("%d broken, %d stored, %d bad", r.Broken, stored, bad)
			}
			for b, err := range l.BadLines(t.Context(), "") {
				if err != nil || b.Line != c.line || string(b.Text) != c.text {
					t.Errorf("line %d, %s, %.200q (%d bytes); want line %d, %.200q (%d)", b.Line, b.Reason, b.Text, len(b.Text), c.line, c.text, len(c.text))
				}
			}
		})
	}
}
