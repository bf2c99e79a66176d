package shell

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEverythingIsPlayed: each command, by each of its names, and each key is
// typed in the screens of testdata/shell.
func TestEverythingIsPlayed(t *testing.T) {
	typed := played(t)
	var words []string
	for _, line := range typed {
		for entered := range strings.SplitSeq(line, "<Enter>") {
			word, _, _ := strings.Cut(regexp.MustCompile(`^(<[^>]+>)+`).ReplaceAllString(entered, ""), " ")
			words = append(words, word)
		}
	}
	for _, c := range commands {
		for _, name := range append([]string{c.name}, strings.Fields(c.twins)...) {
			if !slices.Contains(words, name) {
				t.Errorf("%s is typed nowhere in testdata/shell", name)
			}
		}
	}
	all := strings.Join(typed, "\n")
	for _, k := range keys {
		for _, key := range strings.Fields(k.typed) {
			if key == "<C-z>" { // wants a shell behind it: TestShellStops
				continue
			}
			if !strings.Contains(all, key) {
				t.Errorf("%s (%s) is typed nowhere in testdata/shell", k.name, key)
			}
		}
	}
}

// played are the lines that testdata/shell types.
func played(t *testing.T) []string {
	t.Helper()
	files, _ := filepath.Glob("../../../../testdata/shell/*.txt")
	var lines []string
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(string(src), "\n") {
			if typed, ok := strings.CutPrefix(line, "@ "); ok {
				lines = append(lines, typed)
			}
		}
	}
	return lines
}
