package funcs

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Moment is what the text of a time or timestamp says.
type Moment struct {
	Time   time.Time // the wall clock as if in UTC, to the microsecond
	Picos  int       // picoseconds of that microsecond
	Digits int       // of the second's fraction as written
	Zone   string    // as written; "" for none
}

var (
	dayPattern   = regexp.MustCompile(`^([+-]?\d{1,7})-(\d{1,2})-(\d{1,2})$`)
	clockPattern = regexp.MustCompile(`^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?\s*([+-]\d\d:\d\d)?$`)
	stampPattern = regexp.MustCompile(`^([+-]?\d{4,}-\d{1,2}-\d{1,2})(?: (?:(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?)?\s*(\S.*)?)?$`)
)

// ParseDay reads a date, blanks around it aside.
func ParseDay(text string) (time.Time, bool) {
	m := dayPattern.FindStringSubmatch(strings.TrimFunc(text, isJavaBlank))
	if m == nil {
		return time.Time{}, false
	}
	return dayOf(m)
}

func isJavaBlank(r rune) bool { return r <= ' ' }

// dayOf takes year, month and day behind the whole match.
func dayOf(m []string) (time.Time, bool) {
	year, _ := strconv.Atoi(m[1])
	month, _ := strconv.Atoi(m[2])
	day, _ := strconv.Atoi(m[3])
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return t, year > -5_877_642 && year < 5_881_581 && int(t.Month()) == month && t.Day() == day
}

// ParseClock reads a time of day, on 1970-01-01, with an offset or not.
func ParseClock(text string) (Moment, bool) {
	m := clockPattern.FindStringSubmatch(text)
	if m == nil {
		return Moment{}, false
	}
	return atClock(time.Unix(0, 0).UTC(), m[1:])
}

// ParseStamp reads a timestamp, with a zone or not.
func ParseStamp(text string) (Moment, bool) {
	m := stampPattern.FindStringSubmatch(text)
	if m == nil {
		return Moment{}, false
	}
	day, ok := ParseDay(m[1])
	if !ok {
		return Moment{}, false
	}
	return atClock(day, m[2:])
}

// atClock takes hour, minute, second, fraction and zone, any of them empty.
func atClock(day time.Time, m []string) (Moment, bool) {
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i])
	}
	digits := (m[3] + "000000000000")[:12]
	micros, _ := strconv.Atoi(digits[:6])
	picos, _ := strconv.Atoi(digits[6:])
	d := time.Duration(n[0])*time.Hour + time.Duration(n[1])*time.Minute + time.Duration(n[2])*time.Second + time.Duration(micros)*time.Microsecond
	return Moment{Time: day.Add(d), Picos: picos, Digits: len(m[3]), Zone: m[4]}, n[0] < 24 && n[1] < 60 && n[2] < 60
}

// Round drops digits of a second, half up.
func (m Moment) Round(digits int) Moment {
	if digits >= 6 {
		unit := 1
		for range 12 - digits {
			unit *= 10
		}
		m.Picos = (m.Picos + unit/2) / unit * unit
		m.Time = m.Time.Add(time.Duration(m.Picos/1_000_000) * time.Microsecond)
		m.Picos %= 1_000_000
		return m
	}
	m.Time, m.Picos = roundTime(m.Time, digits), 0
	return m
}

// Epoch is the picoseconds since 1970.
func (m Moment) Epoch() *big.Int {
	n := big.NewInt(m.Time.UnixMicro())
	n.Mul(n, big.NewInt(1_000_000))
	return n.Add(n, big.NewInt(int64(m.Picos)))
}

// momentAt is the wall clock at picoseconds since 1970.
func momentAt(epoch *big.Int) Moment {
	micros, picos := new(big.Int).DivMod(epoch, big.NewInt(1_000_000), new(big.Int))
	return Moment{Time: time.UnixMicro(micros.Int64()).UTC(), Picos: int(picos.Int64())}
}

// Text is the moment with digits of the second and without its zone.
func (m Moment) Text(digits int) string {
	if digits <= 6 {
		return TimestampText(m.Time, digits)
	}
	return TimestampText(m.Time, 6) + sixDigits(m.Picos)[:digits-6]
}

func sixDigits(n int) string { return strconv.Itoa(1_000_000 + n)[1:] }

const picosOfDay = 86_400_000_000_000_000

// ClockText is a time of day in picoseconds.
func ClockText(picos int64, digits int) string {
	_, text, _ := strings.Cut(momentAt(big.NewInt(picos)).Text(digits), " ")
	return text
}

// ZonedClockText is a time with time zone: picoseconds of the day in UTC and
// the minutes that its own clock is ahead.
func ZonedClockText(utc, minutes int64, digits int) string {
	return ClockText(localPicos(utc, minutes), digits) + offsetText(minutes)
}

const picosOfMinute = 60_000_000_000_000

func localPicos(utc, minutes int64) int64 {
	return ((utc+minutes*picosOfMinute)%picosOfDay + picosOfDay) % picosOfDay
}

// offsetText is +hh:mm.
func offsetText(minutes int64) string {
	sign := "+"
	if minutes < 0 {
		sign, minutes = "-", -minutes
	}
	return sign + two(int(minutes/60)) + ":" + two(int(minutes%60))
}

// OffsetMinutes reads +hh:mm; false beyond 14 hours.
func OffsetMinutes(text string) (int64, bool) {
	if len(text) != 6 {
		return 0, false
	}
	hours, _ := strconv.Atoi(text[1:3])
	minutes, _ := strconv.Atoi(text[4:])
	n := int64(hours*60 + minutes)
	if text[0] == '-' {
		n = -n
	}
	return n, minutes < 60 && n >= -14*60 && n <= 14*60
}

// UTCClock is the time with time zone that m says: picoseconds in UTC and its
// zone's minutes, 0 where it has none.
func (m Moment) UTCClock() (picos, minutes int64, ok bool) {
	ok = true
	if m.Zone != "" {
		minutes, ok = OffsetMinutes(m.Zone)
	}
	return localPicos(m.Epoch().Int64(), -minutes), minutes, ok
}

// FineText is the text of picoseconds since 1970 as DuckDB's HUGEINT gives
// them, in a zone unless that is "".
func FineText(epoch, zone string, digits int) string {
	n, ok := new(big.Int).SetString(epoch, 10)
	if !ok {
		return epoch
	}
	m := momentAt(n)
	if zone == "" {
		return m.Text(digits)
	}
	if t, err := wall(m.Time, zone); err == nil {
		m.Time = t
	}
	return m.Text(digits) + " " + zone
}
