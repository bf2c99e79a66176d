package logtype

import (
	"bytes"
	"time"
)

// accessLine cuts a line of an access log into fields. Three fields stand in
// quotes, and what they hold is the client's to choose, quotes included, so that
// no quote says by itself where a field ends. What follows a field does: after
// the request come a status, an error code and four numbers; after the user
// agent comes nothing in quotes.
type accessLine struct {
	fields [][]byte // the known ones, as many as there are
	rest   []byte   // what stands after them
	left   []byte   // not yet cut
}

func (l *accessLine) begin(line []byte) {
	l.fields, l.rest, l.left = l.fields[:0], nil, bytes.TrimRight(line, " \t\r")
}

// split cuts the whole line; reason is empty where it could.
func (l *accessLine) split(line []byte) (reason string) {
	l.begin(line)
	switch {
	case !l.words(accessTime):
		return tooFew
	case !l.time():
		return "no [time] in brackets in the third place"
	case !l.words(accessURI):
		return tooFew
	case !l.request():
		return "no end of the quoted request can be found"
	case !l.words(accessReferrer):
		return tooFew
	case !l.agents():
		return "no end of the quoted referrer and user agent can be found"
	case !l.words(accessFewest):
		return tooFew
	}
	for len(l.fields) < accessKnown && l.word() {
	}
	l.rest = trimBlanks(l.left)
	return ""
}

const tooFew = "fewer than 18 fields"

// words cuts plain fields until there are n fields.
func (l *accessLine) words(n int) bool {
	for len(l.fields) < n {
		if !l.word() {
			return false
		}
	}
	return true
}

func (l *accessLine) word() bool {
	word, left := nextWord(l.left)
	if len(word) == 0 {
		return false
	}
	l.fields = append(l.fields, word)
	l.left = left
	return true
}

// nextWord cuts text at its first blank; blanks before the word are passed over.
func nextWord(text []byte) (word, left []byte) {
	text = trimBlanks(text)
	if i := bytes.IndexByte(text, ' '); i >= 0 {
		return text[:i], text[i:]
	}
	return text, nil
}

func trimBlanks(text []byte) []byte {
	for len(text) > 0 && text[0] == ' ' {
		text = text[1:]
	}
	return text
}

// time takes the bracketed field, without its brackets.
func (l *accessLine) time() bool {
	text := trimBlanks(l.left)
	end := bytes.IndexByte(text, ']')
	if end < 0 || text[0] != '[' {
		return false
	}
	l.fields = append(l.fields, text[1:end])
	l.left = text[end+1:]
	return true
}

// request takes the request line: quoted, or a bare dash. It ends at the first
// quote that is followed by what must follow a request; second best is a quote
// before a status of which the numbers are off, which append then names.
func (l *accessLine) request() bool {
	text := trimBlanks(l.left)
	if len(text) == 0 || text[0] != '"' {
		return l.word()
	}
	second := 0
	for i := 1; ; i++ {
		step := bytes.Index(text[i:], quoteBlank)
		if step < 0 {
			break
		}
		i += step
		numbers, shape := followsRequest(text[i+1:])
		if numbers {
			return l.cut(text, i+1)
		}
		if shape && second == 0 {
			second = i + 1
		}
	}
	return second > 0 && l.cut(text, second)
}

var quoteBlank = []byte(`" `)

func (l *accessLine) cut(text []byte, end int) bool {
	l.fields = append(l.fields, text[:end])
	l.left = text[end:]
	return true
}

// followsRequest looks for: status, error code, four numbers, then the
// referrer. shape is true where the six words are there but are not all
// numbers.
func followsRequest(text []byte) (numbers, shape bool) {
	status, text := nextWord(text)
	if !isStatus(status) {
		return false, false
	}
	_, text = nextWord(text)
	numbers = true
	var word []byte
	for range 4 {
		word, text = nextWord(text)
		numbers = numbers && isCount(word)
	}
	word, _ = nextWord(text)
	shape = len(word) > 0 && (word[0] == '"' || word[0] == '-')
	return numbers && shape, shape
}

func isStatus(word []byte) bool {
	return len(word) == 3 && allDigits(word) || len(word) == 1 && word[0] == '-'
}

func isCount(word []byte) bool {
	return len(word) > 0 && allDigits(word) || len(word) == 1 && word[0] == '-'
}

// agents takes the referrer and the user agent. A browser may say anything as
// its name, a quote and a blank included, so the user agent ends at the last
// quote after which the line goes on as a line should, and the referrer, which
// is an address, at the first that another quote follows.
func (l *accessLine) agents() bool {
	text := trimBlanks(l.left)
	if len(text) == 0 {
		return false
	}
	if text[0] != '"' { // no referrer
		if !l.word() {
			return false
		}
		text = trimBlanks(l.left)
		if len(text) == 0 || text[0] != '"' {
			return l.word()
		}
		end := agentEnd(text)
		return end > 0 && l.cut(text, end)
	}
	end := agentEnd(text)
	if end == 0 {
		return false
	}
	if i := bytes.Index(text[1:end], []byte(`" "`)); i >= 0 && 1+i+2 < end-1 {
		l.cut(text, i+2)
		return l.cut(trimBlanks(l.left), end-(i+3))
	}
	l.cut(text, end)
	return l.word() // no user agent
}

// agentEnd finds the end of the last quoted field of text, which begins with a
// quote: the last closing quote before a plausible tail, else the last closing
// quote. It is 0 where there is none.
func agentEnd(text []byte) int {
	last := 0
	for end := len(text); ; {
		i := bytes.LastIndexByte(text[1:end], '"') + 1
		if i < 1 {
			return last
		}
		if end = i; i+1 == len(text) || text[i+1] == ' ' {
			if plausibleTail(text[i+1:]) {
				return i + 1
			}
			if last == 0 {
				last = i + 1
			}
		}
		if end <= 1 {
			return last
		}
	}
}

// plausibleTail tells whether text can be the fields from versionid on: one of
// them, as in the oldest lines, or with a signature version in its place.
func plausibleTail(text []byte) bool {
	version, text := nextWord(text)
	if len(version) == 0 || version[0] == '"' {
		return false
	}
	_, text = nextWord(text)
	sigv, _ := nextWord(text)
	return len(sigv) == 0 || string(sigv) == "-" || bytes.HasPrefix(sigv, []byte("SigV"))
}

// months are the names of the months in a log's time.
var months = []byte("JanFebMarAprMayJunJulAugSepOctNovDec")

// parseBracketTime reads dd/MMM/yyyy:HH:mm:ss ±hhmm as seconds since 1970.
func parseBracketTime(text []byte) (seconds int64, ok bool) {
	const shape = "00/Mon/0000:00:00:00 +0000"
	if len(text) != len(shape) || text[2] != '/' || text[6] != '/' || text[11] != ':' || text[14] != ':' ||
		text[17] != ':' || text[20] != ' ' {
		return 0, false
	}
	month := bytes.Index(months, text[3:6])
	if month < 0 || month%3 != 0 {
		return 0, false
	}
	var n [8]int
	for i, at := range [8]int{0, 7, 9, 12, 15, 18, 22, 24} {
		v, ok := twoDigits(text[at:])
		if !ok {
			return 0, false
		}
		n[i] = v
	}
	offset, ok := offsetSeconds(text[21], n[6], n[7])
	if !ok {
		return 0, false
	}
	local, ok := civilSeconds(n[1]*100+n[2], month/3+1, n[0], n[3], n[4], n[5])
	return local - offset, ok
}

func offsetSeconds(sign byte, hours, minutes int) (int64, bool) {
	seconds := int64(hours*3600 + minutes*60)
	switch {
	case hours > 23 || minutes > 59:
		return 0, false
	case sign == '+':
		return seconds, true
	case sign == '-':
		return -seconds, true
	}
	return 0, false
}

// civilSeconds is the time as seconds since 1970, if there is such a time; a
// leap second counts as one.
func civilSeconds(year, month, day, hour, minute, second int) (int64, bool) {
	if month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60 {
		return 0, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	if t.Day() != day && t.Add(-time.Second).Day() != day {
		return 0, false
	}
	return t.Unix(), true
}
