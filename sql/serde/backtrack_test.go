package serde

import (
	"reflect"
	"regexp"
	"testing"
)

var programPatterns = []string{
	accessRegex, `(\S+) (\d*) ?(.*)`, `(a+)(b)?(c*)`, `([^ ]*)([^ ]*)`, `(.*?)(.*)`, `(.+?)(.+)`, `(?:([^ ]*) )?\[(.*?)\] ("[^"]*"|-)`,
	`(.*)-(.*)`, `(.*?)-(.*?)-?`, `([a-c]*)([b-d]+)x?`, `(?:(a)|(b)|)(.*)`, `((a)|(b))?([ab]*)`, `([0-9]{1,3})\.([0-9]{2})(.*)`, `(\w+)?(?: (\w+))?(?: (.*))?`,
	`^(\S+)$`, `(a*)?(a*)`, `(?:a(b*)|a(c*))c?`, `(é*)([^é]*)`, `([^ ]*)\s+(.*?)\s*`,
}

func FuzzProgram(f *testing.F) {
	for i := range programPatterns {
		for _, line := range []string{accessLine, "a b c", "ab", "aac", "h [t] \"r\"", "a-b-c", "12.34 x", "é€ 😀x", "", "a\xff b"} {
			f.Add(i, []byte(line))
		}
	}
	compiled := make([]*regexp.Regexp, len(programPatterns))
	programs := make([]*program, len(programPatterns))
	for i, pattern := range programPatterns {
		compiled[i] = regexp.MustCompile(`(?s)\A(?:` + pattern + `)\z`)
		if programs[i] = compile(compiled[i]); programs[i] == nil {
			f.Logf("no program for %s", pattern)
		}
	}
	f.Fuzz(func(t *testing.T, i int, line []byte) {
		if i < 0 || i >= len(programPatterns) || programs[i] == nil {
			return
		}
		got, _ := programs[i].find(line)
		if want := compiled[i].FindSubmatchIndex(line); !reflect.DeepEqual(got, want) {
			t.Errorf("%s on %q: %v, want %v", programPatterns[i], line, got, want)
		}
	})
}
