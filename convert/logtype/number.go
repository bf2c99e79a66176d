package logtype

import "math"

// numberClass says what a text is to an integer column.
type numberClass uint8

const (
	number     numberClass = iota
	noValue                // "-", or nothing at all
	tooLarge               // digits, but more than 64 bits hold
	notANumber             // anything else: a sign, hex, an exponent, words
)

// parseInteger reads a non-negative integer. A fraction is cut off, as Hive
// does: 12.5 is 12.
func parseInteger(text []byte) (int64, numberClass) {
	if len(text) == 0 || len(text) == 1 && text[0] == '-' {
		return 0, noValue
	}
	var n uint64
	if len(text) <= sureDigits {
		for _, c := range text {
			digit := c - '0'
			if digit > 9 {
				return parseOdd(text)
			}
			n = n*10 + uint64(digit)
		}
		return int64(n), number
	}
	return parseOdd(text)
}

// sureDigits is how many digits always fit into 64 bits.
const sureDigits = 18

// parseOdd is parseInteger for what is long or holds more than digits.
func parseOdd(text []byte) (int64, numberClass) {
	var n uint64
	for i, c := range text {
		digit := c - '0'
		if digit > 9 {
			if c == '.' && i > 0 && allDigits(text[i+1:]) {
				break
			}
			return 0, notANumber
		}
		if n > (math.MaxInt64-uint64(digit))/10 {
			if allDigits(text) {
				return 0, tooLarge
			}
			return 0, notANumber
		}
		n = n*10 + uint64(digit)
	}
	return int64(n), number
}

func allDigits(text []byte) bool {
	for _, c := range text {
		if c-'0' > 9 {
			return false
		}
	}
	return true
}

// twoDigits reads text[0:2]; ok is false where they are no digits.
func twoDigits(text []byte) (n int, ok bool) {
	a, b := text[0]-'0', text[1]-'0'
	return int(a)*10 + int(b), a <= 9 && b <= 9
}
