package funcs

import (
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// piece is one part of a date pattern: a field by Joda's letter with the number
// of letters, or literal text (field 0).
type piece struct {
	field byte
	n     int
	text  string
	most  int // digits of a year that are read; 0 for Joda's own rule
}

// jodaFields are the letters of Joda's patterns that are served.
const jodaFields = "GyYxMdDEeHhKkmsSazZwC"

// jodaPattern reads a pattern of parse_datetime and format_datetime.
func jodaPattern(pattern string) ([]piece, error) {
	if pattern == "" {
		return nil, invalid("Invalid pattern specification: Pattern is null or empty")
	}
	var pieces []piece
	for i := 0; i < len(pattern); {
		c := pattern[i]
		switch {
		case c == '\'':
			text, end := quoted(pattern, i)
			pieces, i = append(pieces, piece{text: text}), end
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			n := 1
			for i+n < len(pattern) && pattern[i+n] == c {
				n++
			}
			if strings.IndexByte(jodaFields, c) < 0 {
				return nil, invalid("Illegal pattern component: %s", pattern[i:i+n])
			}
			pieces, i = append(pieces, piece{field: c, n: n}), i+n
		default:
			_, n := utf8.DecodeRuneInString(pattern[i:])
			pieces, i = append(pieces, piece{text: pattern[i : i+n]}), i+n
		}
	}
	return pieces, nil
}

// quoted reads a text in single quotes, two in it and by itself being one quote.
func quoted(pattern string, i int) (string, int) {
	if strings.HasPrefix(pattern[i:], "''") {
		return "'", i + 2
	}
	var b strings.Builder
	for i++; i < len(pattern); i++ {
		if pattern[i] != '\'' {
			b.WriteByte(pattern[i])
			continue
		}
		if i+1 < len(pattern) && pattern[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		return b.String(), i + 1
	}
	return b.String(), i // the end closes it too
}

// mysqlFields are date_format's and date_parse's specifiers as Joda's.
var mysqlFields = map[byte]string{
	'a': "EEE", 'b': "MMM", 'c': "M", 'd': "dd", 'e': "d", 'f': "SSSSSS", 'H': "HH", 'h': "hh", 'I': "hh",
	'i': "mm", 'j': "DDD", 'k': "H", 'l': "h", 'M': "MMMM", 'm': "MM", 'p': "a", 'r': "hh:mm:ss a", 'S': "ss",
	's': "ss", 'T': "HH:mm:ss", 'v': "ww", 'x': "xxxx", 'W': "EEEE", 'Y': "yyyy", 'y': "yy",
}

// mysqlPattern reads a pattern of date_parse and date_format.
func mysqlPattern(pattern string) ([]piece, error) {
	var pieces []piece
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		if c == '%' && i+1 == len(pattern) {
			break
		}
		if c != '%' {
			_, n := utf8.DecodeRuneInString(pattern[i:])
			pieces = append(pieces, piece{text: pattern[i : i+n]})
			i += n - 1
			continue
		}
		i++
		c = pattern[i]
		if strings.IndexByte("DUuVwX", c) >= 0 {
			return nil, invalid("%%%c not supported in date format string", c)
		}
		joda, ok := mysqlFields[c]
		if !ok {
			_, n := utf8.DecodeRuneInString(pattern[i:])
			pieces = append(pieces, piece{text: pattern[i : i+n]})
			i += n - 1
			continue
		}
		more, err := jodaPattern(joda)
		if err != nil {
			return nil, err
		}
		switch c {
		case 'f':
			more[0].n = -6 // parses any number of digits
		case 'Y', 'x':
			more[0].most = 4
		case 'y':
			more[0].most = 2
		}
		pieces = append(pieces, more...)
	}
	if pieces == nil {
		return nil, invalid("Both printing and parsing not supported")
	}
	return pieces, nil
}

// patterns keeps what has been read: a column of patterns is nearly always the
// same one again.
type patterns struct {
	read  func(string) ([]piece, error)
	cache sync.Map // string → []piece
}

func (p *patterns) get(text string) ([]piece, error) {
	if have, ok := p.cache.Load(text); ok {
		return have.([]piece), nil
	}
	pieces, err := p.read(text)
	if err != nil {
		return nil, err
	}
	p.cache.Store(text, pieces)
	return pieces, nil
}

var (
	joda  = &patterns{read: jodaPattern}
	mysql = &patterns{read: mysqlPattern}
)

// formatMoment writes t, the wall clock in zone, by the pieces.
func formatMoment(t time.Time, zone string, pieces []piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.field == 0 {
			b.WriteString(p.text)
			continue
		}
		formatField(&b, t, zone, p)
	}
	return b.String()
}

func formatField(b *strings.Builder, t time.Time, zone string, p piece) {
	number := func(n, width int) {
		if n < 0 {
			b.WriteByte('-')
			n = -n
		}
		fmt.Fprintf(b, "%0*d", width, n)
	}
	isoYear, isoWeek := t.ISOWeek()
	switch p.field {
	case 'y', 'Y', 'x':
		year := t.Year()
		switch {
		case p.field == 'x':
			year = isoYear
		case p.field == 'Y' && year <= 0 && p.n != 2:
			year = 1 - year
		}
		if p.n == 2 {
			number(max(year, -year)%100, 2)
		} else {
			number(year, p.n)
		}
	case 'C':
		number(max(t.Year(), 1-t.Year())/100, p.n)
	case 'G':
		b.WriteString(map[bool]string{true: "AD", false: "BC"}[t.Year() > 0])
	case 'M':
		switch {
		case p.n > 3:
			b.WriteString(t.Month().String())
		case p.n == 3:
			b.WriteString(t.Month().String()[:3])
		default:
			number(int(t.Month()), p.n)
		}
	case 'd':
		number(t.Day(), p.n)
	case 'D':
		number(t.YearDay(), p.n)
	case 'E':
		if p.n > 3 {
			b.WriteString(t.Weekday().String())
		} else {
			b.WriteString(t.Weekday().String()[:3])
		}
	case 'e':
		number((int(t.Weekday())+6)%7+1, p.n)
	case 'w':
		number(isoWeek, p.n)
	case 'H':
		number(t.Hour(), p.n)
	case 'k':
		number((t.Hour()+23)%24+1, p.n)
	case 'K':
		number(t.Hour()%12, p.n)
	case 'h':
		number((t.Hour()+11)%12+1, p.n)
	case 'm':
		number(t.Minute(), p.n)
	case 's':
		number(t.Second(), p.n)
	case 'S':
		n := max(p.n, -p.n)
		b.WriteString((fmt.Sprintf("%09d", t.Nanosecond()) + strings.Repeat("0", n))[:n])
	case 'a':
		b.WriteString(map[bool]string{true: "AM", false: "PM"}[t.Hour() < 12])
	case 'z', 'Z':
		b.WriteString(formatZone(t, zone, p))
	}
}

func formatZone(t time.Time, zone string, p piece) string {
	loc, err := zoneOf(zone)
	if err != nil {
		return zone
	}
	local := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, loc)
	name, _ := local.Zone()
	switch {
	case p.field == 'Z' && p.n >= 3:
		return zone
	case p.field == 'z' && zone == "UTC" && p.n > 3:
		return "Coordinated Universal Time"
	case p.field == 'z' && (zone[0] == '+' || zone[0] == '-'):
		return zone
	case p.field == 'z' && (name[0] == '+' || name[0] == '-'):
		return "GMT" + local.Format("-07:00")
	case p.field == 'z':
		return name
	case p.n == 2:
		return local.Format("-07:00")
	}
	return local.Format("-0700")
}
