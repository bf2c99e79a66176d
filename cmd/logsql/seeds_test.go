package main

import (
	"bufio"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A seed is one statement of the published guides, as testdata/seeds.txt lists it.
type seed struct {
	script, document, line, file, outcome string
}

func seeds(t *testing.T) (list []seed) {
	t.Helper()
	text, err := os.ReadFile("../../testdata/seeds.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Split(line, "\t"); len(f) == 6 {
			list = append(list, seed{f[0], f[1], f[2], f[3], f[4]})
		} else if !strings.HasPrefix(line, "#") {
			t.Errorf("seeds.txt: not six fields: %s", line)
		}
	}
	return list
}

// published finds where a script runs a statement as published.
var published = regexp.MustCompile(`(?m)^status \d logsql sql -f (\d\d\.sql)$`)

// TestSeedsListed holds the scripts to the list: every statement is run as
// published, in the guides' order, with the outcome listed, and no other is.
func TestSeedsListed(t *testing.T) {
	want := map[string][]string{}
	for _, s := range seeds(t) {
		want[s.script] = append(want[s.script], s.file)
		if err := s.runIn(seedScript(t, s.script)); err != nil {
			t.Errorf("seeds_%s.txtar: %s: %v", s.script, s.file, err)
		}
	}
	for name, files := range want {
		var got []string
		for _, run := range published.FindAllStringSubmatch(seedScript(t, name)[""], -1) {
			if !slices.Contains(got, run[1]) {
				got = append(got, run[1])
			}
		}
		if !slices.Equal(got, files) {
			t.Errorf("seeds_%s.txtar runs %v, want %v", name, got, files)
		}
	}
}

// fileMark is the line of a script before each of its files.
var fileMark = regexp.MustCompile(`(?m)^-- (\S+) --\n`)

// seedScript reads a script: its files by name, the script itself without one.
func seedScript(t *testing.T, name string) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../testdata/script/seeds_" + name + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	files, from, last := map[string]string{}, 0, ""
	for _, m := range fileMark.FindAllSubmatchIndex(text, -1) {
		files[last] = string(text[from:m[0]])
		from, last = m[1], string(text[m[2]:m[3]])
	}
	files[last] = string(text[from:])
	return files
}

// runIn reports where a script runs the statement with another outcome than the
// one listed. An error is compared whole, with its hint.
func (s seed) runIn(files map[string]string) error {
	if s.outcome == "runs" {
		if !strings.Contains(files[""], "\nstatus 0 logsql sql -f "+s.file+"\n") {
			return errors.New("never runs")
		}
		return nil
	}
	golden := strings.TrimSuffix(s.file, ".sql") + ".err"
	if !strings.Contains(files[""], "\nstatus 1 logsql sql -f "+s.file+"\ncmp stderr "+golden+"\n") {
		return errors.New("its error is not compared")
	}
	if text := files[golden]; !strings.Contains(text, s.outcome) || !strings.Contains(text, "\nhint: ") {
		return fmt.Errorf("no %s with a hint:\n%s", s.outcome, text)
	}
	return nil
}

// seedStart is how a statement begins in the guides; their prose does not.
var seedStart = regexp.MustCompile(`^\s*(CREATE|SELECT|ALTER|MSCK|create database)\b`)

// TestSeedsComplete holds the list to the guides themselves: each statement of
// them is listed, and is in its script word by word.
func TestSeedsComplete(t *testing.T) {
	dir := filepath.Join(shared(t), "seeds")
	byDocument := map[string]map[string]seed{}
	for _, s := range seeds(t) {
		if byDocument[s.document] == nil {
			byDocument[s.document] = map[string]seed{}
		}
		byDocument[s.document][s.line] = s
	}
	documents, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(documents) != 5 {
		t.Fatalf("%d documents (%v)", len(documents), err)
	}
	for _, path := range documents {
		name, _, _ := strings.Cut(filepath.Base(path), "_")
		left := maps.Clone(byDocument[name])
		for line, text := range seedStarts(t, path) {
			s, ok := left[line]
			if !ok {
				t.Errorf("%s:%s is not listed", path, line)
				continue
			}
			delete(left, line)
			want := strings.Fields(seedScript(t, s.script)[s.file])
			if got := strings.Fields(text); len(want) == 0 || len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
				t.Errorf("%s:%s is not what seeds_%s.txtar has as %s", path, line, s.script, s.file)
			}
		}
		for line := range left {
			t.Errorf("%s:%s begins no statement", path, line)
		}
	}
}

// seedStarts are the lines of a guide on which a statement begins, each with the
// text from there on.
func seedStarts(t *testing.T, path string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	starts, offset, n := map[string]string{}, 0, 0
	for lines := bufio.NewScanner(strings.NewReader(string(text))); lines.Scan(); {
		n++
		if seedStart.MatchString(lines.Text()) {
			starts[fmt.Sprint(n)] = string(text[offset:])
		}
		offset += len(lines.Bytes()) + 1
	}
	return starts
}
