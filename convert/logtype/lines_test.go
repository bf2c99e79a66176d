package logtype

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
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

// TestDigits reads numbers of every length, as they are and with one byte that is
// no digit, with nothing behind them in memory and with more digits there.
func TestDigits(t *testing.T) {
	const digits = "9182736450918273645"
	for n := 1; n <= 18; n++ {
		for _, room := range [][]byte{[]byte(digits[:n]), []byte(digits + digits)} {
			text := room[:n:cap(room)]
			want, err := strconv.ParseInt(digits[:n], 10, 64)
			if got, class := parseInteger(text); err != nil || got != want || class != number {
				t.Errorf("%q: %d, %d, want %d", text, got, class, want)
			}
			for i := range n {
				for c := range 256 {
					if text[i] = byte(c); c >= '0' && c <= '9' || c == '.' || n == 1 && c == '-' {
						continue
					}
					if got, class := parseInteger(text); class != notANumber {
						t.Errorf("%q: %d, %d", text, got, class)
					}
				}
				text[i] = digits[i]
			}
		}
	}
}

// TestSplitSpaces cuts lines in both ways.
func TestSplitSpaces(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	alphabet := []byte("aaaaaaaaaaaaaaaaaaaaa          !~\x7f\x80\xff\t\r\x00\x1f中")
	taken := 0
	for range 20_000 {
		text := make([]byte, 400)
		most := 10 + r.IntN(len(alphabet)-9) // often without the last of them
		for i := range text {
			text[i] = alphabet[r.IntN(most)]
		}
		line := text[:r.IntN(300)]
		fast := flowDecoder{header: flowV2}
		slow := flowDecoder{header: flowV2}
		done := fast.splitSpaces(line)
		ok := slow.split(line[:len(line):len(line)])
		if strange := bytes.ContainsAny(line, "\t\r\x00\x1f"); done && strange || !done && !strange && len(slow.words) <= len(flowV2.column) {
			t.Fatalf("%q: split says %v", line, done)
		}
		if !done {
			continue
		}
		taken++
		same := slices.EqualFunc(fast.words, slow.words, bytes.Equal) // of more, splitting may stop at any
		if !same && len(slow.words) <= len(flowV2.column) || fast.ascii && !utf8.Valid(line) {
			t.Fatalf("%q: %q, want %q; ASCII %v", line, fast.words, slow.words, fast.ascii)
		}
		if again := fast.checkWords(line); again != ok || fast.reason != slow.reason {
			t.Fatalf("%q: %v %q, want %v %q", line, again, fast.reason, ok, slow.reason)
		}
	}
	if taken < 5000 {
		t.Errorf("%d lines had nothing but spaces", taken)
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
