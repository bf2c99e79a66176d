package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestReadmeFirstTenMinutes types what README's section shows into a shell, and
// holds that the program answers what stands there; a line … is any lines, at
// the end of a line any rest.
func TestReadmeFirstTenMinutes(t *testing.T) {
	for _, file := range []string{"README.md", "README.zh-CN.md"} {
		t.Run(file, func(t *testing.T) {
			shell := newcomer(t)
			steps := readmeSteps(readmeBlocks(t, file, "logsql doctor"))
			if len(steps) < 8 {
				t.Fatalf("only %d commands", len(steps))
			}
			for _, s := range steps {
				if got := shell(s.command); !s.shown.MatchString(got) {
					t.Errorf("$ %s\nanswers\n%s\nwhere %s shows\n%s", s.command, got, file, s.text)
				}
			}
		})
	}
}

// newcomer is a shell in a folder like a fresh clone, with logsql in its path.
func newcomer(t *testing.T) func(command string) string {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"testdata": absolute(t, "../../testdata"), "logsql": self} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	env := append(cleanEnv(), asProgram+"=1", "PATH="+dir+":"+os.Getenv("PATH"), "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "HOME="+dir, "AWS_EC2_METADATA_DISABLED=true")
	return func(command string) string {
		cmd := exec.Command("bash", "-c", command)
		cmd.Dir, cmd.Env = dir, env
		out, _ := cmd.CombinedOutput() // an error that is shown is an answer, too
		return string(out)
	}
}

type readmeStep struct {
	command, text string
	shown         *regexp.Regexp
}

// readmeSteps are the commands behind $ in blocks, with what is shown below them.
func readmeSteps(blocks []string) (steps []readmeStep) {
	for _, block := range blocks {
		for part := range strings.SplitSeq("\n"+block, "\n$ ") {
			if strings.TrimSpace(part) == "" {
				continue
			}
			lines := strings.Split(part, "\n")
			n := 1
			for n < len(lines) && strings.Count(strings.Join(lines[:n], "\n"), `"`)%2 == 1 {
				n++
			}
			text := strings.TrimRight(strings.Join(lines[n:], "\n"), "\n") + "\n"
			want := regexp.QuoteMeta(text)
			want = regexp.MustCompile(`(?m)^ *…\n`).ReplaceAllString(want, `(?s:.*)`)
			want = strings.ReplaceAll(want, "…", ".*")
			steps = append(steps, readmeStep{strings.Join(lines[:n], "\n"), text, regexp.MustCompile(`^` + want + `$`)})
		}
	}
	return steps
}

// readmeBlocks are the indented blocks of the section that has a word in its
// text; of the whole file where section is "".
func readmeBlocks(t *testing.T, file, section string) (blocks []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", file))
	if err != nil {
		t.Fatal(err)
	}
	for part := range strings.SplitSeq(string(text), "\n## ") {
		if !strings.Contains(part, section) {
			continue
		}
		block := ""
		for line := range strings.Lines(part + "\nend\n") {
			if code, ok := strings.CutPrefix(line, "    "); ok {
				block += code
			} else if line != "\n" && block != "" {
				blocks = append(blocks, block)
				block = ""
			} else if block != "" {
				block += "\n"
			}
		}
		if section != "" {
			break
		}
	}
	return blocks
}

var comment = regexp.MustCompile(`\s+# .*`)

// TestReadmesSameCommands holds that both READMEs have the same commands in the
// same order; their comments are in two languages.
func TestReadmesSameCommands(t *testing.T) {
	commands := func(file string) (list []string) {
		for _, block := range readmeBlocks(t, file, "") {
			for line := range strings.Lines(block) {
				line = strings.TrimPrefix(strings.TrimSpace(line), "$ ")
				if first, _, _ := strings.Cut(line, " "); slices.Contains([]string{"logsql", "make", "echo", "cat"}, first) {
					list = append(list, comment.ReplaceAllString(line, ""))
				}
			}
		}
		return list
	}
	english, chinese := commands("README.md"), commands("README.zh-CN.md")
	for i := range max(len(english), len(chinese)) {
		en, zh := "nothing more", "nothing more"
		if i < len(english) {
			en = english[i]
		}
		if i < len(chinese) {
			zh = chinese[i]
		}
		if en != zh {
			t.Fatalf("command %d of README.md is\n%s\nand that of README.zh-CN.md\n%s\nwhat is told in one is to be told in the other", i+1, en, zh)
		}
	}
}

// TestReadmeServices: the unit is one for systemd, and what it and the cron line
// run is a command that the program knows; both name it by its path, as neither
// looks where a user's shell does.
func TestReadmeServices(t *testing.T) {
	for _, file := range []string{"README.md", "README.zh-CN.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", file))
		if err != nil {
			t.Fatal(err)
		}
		_, unit, _ := strings.Cut(string(text), "    [Unit]\n")
		unit, _, found := strings.Cut("    [Unit]\n"+unit, "WantedBy=multi-user.target\n")
		unit = strings.ReplaceAll(unit, "\n    ", "\n") + "WantedBy=multi-user.target\n"
		start := regexp.MustCompile(`(?m)^ExecStart=(/usr/local/bin/logsql) (.*)$`).FindStringSubmatch(unit)
		cron := regexp.MustCompile("`[*]/15 [*] [*] [*] [*] /usr/local/bin/logsql (.*)`").FindStringSubmatch(string(text))
		if !found || start == nil || cron == nil {
			t.Fatalf("%s: no unit or no cron line", file)
		}
		for _, command := range []string{start[2], cron[1]} {
			// A mirror without sources says so once it has taken every flag.
			args := append(strings.Fields(command), "--mirror", filepath.Join(t.TempDir(), "none"))
			if got := (run{}).logsql(t, args...); got.status != 2 || !strings.HasPrefix(got.stderr, "logsql: no SOURCE was given") {
				t.Errorf("%s: logsql %s: %s", file, command, got.stderr)
			}
		}
		analyze, err := exec.LookPath("systemd-analyze")
		if err != nil {
			continue
		}
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "logsql.service")
		unit = strings.Replace(unit, start[1], self, 1)
		if err := os.WriteFile(path, []byte(strings.TrimPrefix(unit, "    ")), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(analyze, "verify", path).CombinedOutput(); err != nil || strings.Contains(string(out), "logsql.service") {
			t.Errorf("%s: %v: %s\n%s", file, err, out, unit)
		}
	}
}
