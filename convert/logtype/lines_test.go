package logtype

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// readLines gives each line, shortened, with a mark where it was too long.
func readLines(t *testing.T, r io.Reader) (lines []string, err error) {
	t.Helper()
	l := newLineReader(t.Context(), r)
	defer l.close()
	for {
		line, long, err := l.next()
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return lines, err
		}
		lines = append(lines, fmt.Sprintf("%d %d %v %.6s", l.number, len(line), long, line))
	}
}

func TestLines(t *testing.T) {
	longest := strings.Repeat("x", maxLine)
	for _, c := range []struct {
		name, text string
		want       string
	}{
		{"none", "", ""},
		{"line ends", "a\n\nb\r\nc", "1 1 false a|2 0 false |3 1 false b|4 1 false c"},
		{"a mark", "\xef\xbb\xbfa\n\xef\xbb\xbfb", "1 1 false a|2 4 false \xef\xbb\xbfb"},
		{"over the buffer", strings.Repeat("y", 3*readSize) + "\nz\n", "1 3145728 false yyyyyy|2 1 false z"},
		{"the longest", longest + "\nz", "1 16777216 false xxxxxx|2 1 false z"},
		{"too long", "a\n" + longest + "x\nz\n", "1 1 false a|2 4096 true xxxxxx|3 1 false z"},
		{"far too long", strings.Repeat(longest, 3) + "\nz\n", "1 4096 true xxxxxx|2 1 false z"},
		{"too long at the end", "a\n" + longest + longest, "1 1 false a|2 4096 true xxxxxx"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines, err := readLines(t, strings.NewReader(c.text))
			if got := strings.Join(lines, "|"); got != c.want || err != nil {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestLinesOfBadReaders(t *testing.T) {
	lines, err := readLines(t, iotest.OneByteReader(strings.NewReader("\xef\xbb\xbfab\ncd")))
	if got := strings.Join(lines, "|"); got != "1 2 false ab|2 2 false cd" || err != nil {
		t.Errorf("byte by byte: %q, %v", got, err)
	}
	broken := io.MultiReader(strings.NewReader("ab\ncd"), iotest.ErrReader(io.ErrUnexpectedEOF))
	lines, err = readLines(t, broken)
	if got := strings.Join(lines, "|"); got != "1 2 false ab" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("broken: %q, %v", got, err)
	}
}

func TestParseInteger(t *testing.T) {
	for _, c := range []struct {
		text  string
		n     int64
		class numberClass
	}{
		{"0", 0, number},
		{"007", 7, number},
		{"9223372036854775807", 1<<63 - 1, number},
		{"12.5", 12, number},
		{"12.", 12, number},
		{"", 0, noValue},
		{"-", 0, noValue},
		{"9223372036854775808", 0, tooLarge},
		{"99999999999999999999999", 0, tooLarge},
		{"-5", 0, notANumber},
		{"+5", 0, notANumber},
		{"0x10", 0, notANumber},
		{"1e3", 0, notANumber},
		{".5", 0, notANumber},
		{"1.5.2", 0, notANumber},
		{"99999999999999999999x", 0, notANumber},
	} {
		if n, class := parseInteger([]byte(c.text)); n != c.n || class != c.class {
			t.Errorf("%q: %d, %d, want %d, %d", c.text, n, class, c.n, c.class)
		}
	}
}

func TestParseEventTime(t *testing.T) {
	for text, want := range map[string]int64{
		"2026-01-15T01:00:00Z": 1768438800, "2026-01-15T01:00:00.999Z": 1768438800, "2026-01-15T01:00:00+08:00": 1768410000, "2026-01-15T01:00:00-0500": 1768456800,
		"20260115T010000Z": 1768438800, "20260115T010000+0800": 1768410000, "1970-01-01T00:00:00Z": 0, "2016-12-31T23:59:60Z": 1483228800,
		"yesterday": -1, "": -1, "2026-13-15T01:00:00Z": -1, "2026-02-30T01:00:00Z": -1, "2026-01-15T24:00:00Z": -1, "2026-01-15": -1, "2026x01-15T01:00:00Z": -1,
	} {
		got, ok := parseEventTime([]byte(text))
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}
