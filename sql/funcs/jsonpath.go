package funcs

import (
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// step is one part of a JSON path: a key, which is also an index where it is a
// number.
type step struct {
	key   string
	index int // -1 where key is no number
}

var jsonPaths sync.Map // string → []step

// jsonPathOf reads $.a.b[0]["c"], Trino's paths of json_extract.
func jsonPathOf(text string) ([]step, error) {
	if have, ok := jsonPaths.Load(text); ok {
		return have.([]step), nil
	}
	path, ok := parsePath(text)
	if !ok {
		return nil, invalid("Invalid JSON path: '%s'", text)
	}
	jsonPaths.Store(text, path)
	return path, nil
}

func parsePath(text string) ([]step, bool) {
	rest, ok := strings.CutPrefix(text, "$")
	if !ok {
		return nil, false
	}
	var path []step
	for rest != "" {
		var key string
		switch {
		case rest[0] == '.':
			n := nameLen(rest[1:])
			key, rest = rest[1:1+n], rest[1+n:]
		case strings.HasPrefix(rest, `["`):
			if key, rest, ok = quotedKey(rest[2:]); !ok {
				return nil, false
			}
			path = append(path, newStep(key))
			continue
		case rest[0] == '[':
			n := nameLen(rest[1:])
			if n+1 >= len(rest) || rest[n+1] != ']' || strings.Contains(rest[:n+1], ":") {
				return nil, false
			}
			key, rest = rest[1:1+n], rest[n+2:]
		default:
			return nil, false
		}
		if key == "" {
			return nil, false
		}
		path = append(path, newStep(key))
	}
	return path, true
}

func newStep(key string) step {
	n, err := strconv.ParseUint(key, 10, 31)
	if err != nil {
		return step{key: key, index: -1}
	}
	return step{key: key, index: int(n)}
}

func nameLen(s string) int {
	n := strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && r != ':' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if n < 0 {
		return len(s)
	}
	return n
}

// quotedKey reads up to "], with \" and \\ in it.
func quotedKey(s string) (key, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		case s[i] == '"':
			rest, ok := strings.CutPrefix(s[i+1:], "]")
			return b.String(), rest, ok
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", false
}
