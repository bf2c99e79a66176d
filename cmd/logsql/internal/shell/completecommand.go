package shell

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"logsql/cmd/logsql/internal/render"
)

// completeCommand finds what can follow in the line of a command.
func (s *Shell) completeCommand(line string) completion {
	name, _, found := strings.Cut(line, " ")
	if !found {
		return completion{candidates: commandNames(line)}
	}
	c, err := find(name)
	if err != nil {
		return completion{from: len(line)}
	}
	from := strings.LastIndexAny(line, " \t") + 1
	return completion{from: from, candidates: begins(s.arguments(c.kinds, line[from:]), line[from:])}
}

// commandNames are the commands that begin as typed; the twins only where a
// backslash was.
func commandNames(typed string) []candidate {
	var out []candidate
	for _, c := range commands {
		for i, name := range append([]string{c.name}, strings.Fields(c.twins)...) {
			if i == 0 || strings.HasPrefix(name, `\`) {
				out = append(out, candidate{text: name, about: c.about, group: "commands"})
			}
		}
	}
	return begins(out, typed)
}

func begins(all []candidate, typed string) []candidate {
	return slices.DeleteFunc(all, func(c candidate) bool {
		return !strings.HasPrefix(strings.ToLower(c.text), strings.ToLower(typed))
	})
}

func (s *Shell) arguments(kinds, typed string) []candidate {
	var out []candidate
	switch kinds {
	case "tables":
		b := &begun{names: s.names}
		return slices.Concat(b.tables(s.names.Current()), b.builtins())
	case "databases":
		return (&begun{names: s.names}).databases("")
	case "formats":
		for _, f := range render.Formats {
			out = append(out, candidate{text: f.Name, about: f.About, group: "formats"})
		}
	case "commands":
		for _, c := range commands {
			out = append(out, candidate{text: c.name[1:], about: c.about, group: "commands"})
		}
	case "files":
		return files(typed)
	default:
		for _, word := range strings.Fields(kinds) {
			out = append(out, candidate{text: word})
		}
	}
	return out
}

// files are the files and folders whose path begins as typed; hidden ones only
// where a dot was.
func files(typed string) []candidate {
	dir, base := filepath.Split(typed)
	entries, err := os.ReadDir(cmp.Or(expandHome(dir), "."))
	if err != nil {
		return nil
	}
	var out []candidate
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(base, ".") {
			continue
		}
		path := dir + e.Name()
		if info, err := os.Stat(expandHome(path)); err == nil && info.IsDir() {
			path += "/"
		}
		out = append(out, candidate{text: path, group: "files"})
	}
	return out
}
