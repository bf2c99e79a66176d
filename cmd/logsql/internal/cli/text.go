package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// plural is noun for n of it.
func plural[N int | int64](n N, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// count is "1 object", "2,345 objects".
func count[N int | int64](n N, noun string) string {
	return grouped(int64(n)) + " " + plural(n, noun)
}

// grouped writes n with a comma between thousands.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	from := len(digits) % 3
	if n < 0 {
		from = 1 + (len(digits)-1)%3
	}
	out := digits[:from]
	for i := from; i < len(digits); i += 3 {
		if out != "" && out != "-" {
			out += ","
		}
		out += digits[i : i+3]
	}
	return out
}

// size is a number of bytes as a person reads it: 512 B, 3.4 KiB.
func size(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	value, unit := float64(n), ""
	for _, unit = range []string{"KiB", "MiB", "GiB", "TiB", "PiB"} {
		value /= 1024
		if value < 1024 {
			break
		}
	}
	return fmt.Sprintf("%.1f %s", value, unit)
}

var sizeText = regexp.MustCompile(`^(\d+(?:\.\d+)?)\s*(?i:([KMGTP]?)i?B?)$`)

// parseSize reads a number of bytes: 500MB, 10 GB, 1.5TiB, 1048576. As on Athena
// a KB has 1,024 bytes. "" is 0.
func parseSize(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	m := sizeText.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return 0, usagef("for example 500MB, 10GB or 1TB", "%q is no number of bytes", text)
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if n *= math.Pow(1024, float64(strings.Index("KMGTP", strings.ToUpper(m[2]))+len(m[2]))); err != nil || n >= math.MaxInt64 {
		return 0, usagef("for example 500MB, 10GB or 1TB", "%s is more bytes than there can be", text)
	}
	if n < 1 {
		return 0, usagef("for example 500MB, 10GB or 1TB", "%q is less than a byte", text)
	}
	return int64(n), nil
}

// roughly is a duration as a person says it: 8 s, 3 min, 2 h 10 min.
func roughly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(math.Ceil(d.Seconds())))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(math.Ceil(d.Minutes())))
	}
	d = d.Round(time.Minute)
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// writeJSON writes v as one indented JSON document.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// printable is s with control characters as escapes: keys are another's text,
// and a terminal obeys some of it.
func printable(s string) string {
	if strings.IndexFunc(s, unicode.IsControl) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unicode.IsControl(r) {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
