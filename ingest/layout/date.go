package layout

import "time"

// keepDay keeps the date of m where it is a day of the calendar, else clears
// it: an impossible date is no date.
func keepDay(m *Match) {
	if _, ok := calendarDay(m.Year, m.Month, m.Day); ok {
		m.DayFromKey = true
		if !isHour(m.Hour) {
			m.Hour = ""
		}
		return
	}
	m.DayFromKey = false
	m.Year, m.Month, m.Day, m.Hour = "", "", "", ""
}

func calendarDay(year, month, day string) (time.Time, bool) {
	if len(year) != 4 || len(month) != 2 || len(day) != 2 {
		return time.Time{}, false
	}
	t := clock("20060102", year+month+day)
	return t, !t.IsZero()
}

// clock is time.Parse for forms of digits, zero where there is no such time.
func clock(form, s string) time.Time {
	t, err := time.Parse(form, s)
	if err != nil || t.Year() == 0 {
		return time.Time{}
	}
	return t
}

// stampIn finds YYYYMMDDTHHmmZ between underscores or dots in a file's name.
func stampIn(name string) time.Time {
	const form = "20060102T1504Z"
	for i := 0; i+len(form) <= len(name); i++ {
		if name[i+8] != 'T' || name[i+13] != 'Z' || i > 0 && name[i-1] != '_' {
			continue
		}
		if t := clock(form, name[i:i+len(form)]); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

func isHour(s string) bool {
	return len(s) == 2 && isDigit(s[0]) && isDigit(s[1]) && s < "24"
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
