package logtype

import (
	"encoding/binary"
	"math"
)

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
	if n, ok := sureInteger(text); ok {
		return n, number
	}
	return parseOdd(text)
}

// sureInteger reads up to sixteen digits, eight at once. It is not ok where it
// cannot.
func sureInteger(text []byte) (n int64, ok bool) {
	low, ok := lastDigits(text)
	if !ok || notDigits(low) != 0 || len(text) > 16 {
		return 0, false
	}
	if n = int64(joinDigits(low)); len(text) <= 8 {
		return n, true
	}
	high, ok := lastDigits(text[:len(text)-8])
	return int64(joinDigits(high))*1e8 + n, ok && notDigits(high) == 0
}

// lastDigits are the last digits of text, up to eight, with zeros before them;
// the first is the lowest byte. It reads what stands behind a short text, if there
// is enough, and leaves it out.
func lastDigits(text []byte) (digits uint64, ok bool) {
	const zeros = everyByte * '0'
	switch n := len(text); {
	case n >= 8:
		return binary.LittleEndian.Uint64(text[n-8:]) ^ zeros, true
	case cap(text) >= 8:
		return (binary.LittleEndian.Uint64(text[:8]) ^ zeros) << (64 - 8*n), true
	}
	return 0, false
}

// notDigits is not 0 where a byte is over 9.
func notDigits(digits uint64) uint64 {
	return (digits + everyByte*(0x7f-9) | digits) & (everyByte << 7)
}

// joinDigits makes a number of eight digits: of every two, four and eight.
func joinDigits(digits uint64) uint64 {
	digits = digits * (10<<8 + 1) >> 8 & 0x00ff00ff00ff00ff
	digits = digits * (100<<16 + 1) >> 16 & 0x0000ffff0000ffff
	return digits * (10000<<32 + 1) >> 32
}

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
