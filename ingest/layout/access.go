package layout

import "strings"

// accessDated is [prefix]<account>/<region>/<bucket>/YYYY/MM/DD/<time>-<unique>.
func accessDated(segs []string, m *Match) bool {
	n := len(segs)
	if n < 7 || !accessFile(segs[n-1], m) {
		return false
	}
	m.Year, m.Month, m.Day = segs[n-4], segs[n-3], segs[n-2]
	if keepDay(m); !m.DayFromKey {
		return false
	}
	m.Account, m.Region = accountAtEnd(segs[n-7]), segs[n-6]
	return m.Account != "" && m.Region != ""
}

// accountAtEnd takes the account off a prefix that does not end in a slash.
func accountAtEnd(seg string) string {
	i := len(seg)
	for i > 0 && isDigit(seg[i-1]) && len(seg)-i < 12 {
		i--
	}
	if len(seg)-i == 12 {
		return seg[i:]
	}
	return seg
}

// accessFlat is [prefix]<time>-<unique>; the prefix may end without a slash.
func accessFlat(segs []string, m *Match) bool {
	return accessFile(segs[len(segs)-1], m)
}

// accessFile looks for YYYY-MM-DD-hh-mm-ss-<unique> at the end of name. A time
// that no clock shows still has the shape; it only says nothing.
func accessFile(name string, m *Match) bool {
	const form = "0000-00-00-00-00-00"
	dash := strings.LastIndexByte(name, '-')
	if dash < len(form) || !isUnique(name[dash+1:]) {
		return false
	}
	stamp := name[dash-len(form) : dash]
	for i := range len(form) {
		if form[i] == '-' && stamp[i] != '-' || form[i] == '0' && !isDigit(stamp[i]) {
			return false
		}
	}
	m.FileTime = clock("2006-01-02-15-04-05", stamp)
	return true
}

func isUnique(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; !isDigit(s[i]) && (c < 'a' || c > 'z') {
			return false
		}
	}
	return len(s) >= 8
}
