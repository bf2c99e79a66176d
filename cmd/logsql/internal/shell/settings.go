package shell

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"logsql/cmd/logsql/internal/render"
)

// settings are what the dot commands change.
type settings struct {
	mode     string // a format's name, "" where none was asked for: box
	expanded string // on, off, auto
	null     string // what stands for NULL; "" for the format's own
	timer    bool
	bytes    bool
	pager    bool
	file     *resultFile // nil for the screen
}

func defaults(mode string) settings {
	return settings{mode: mode, expanded: "auto", timer: true, bytes: true, pager: true}
}

// resultFile is where .output sends results.
type resultFile struct {
	w    io.Writer
	f    *os.File // nil where somebody else closes it
	name string
	mode string // the format its name asks for, "" for none
}

// byExtension are the formats that a file's name asks for.
var byExtension = map[string]string{
	".csv": "csv", ".tsv": "tsv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".md": "markdown", ".txt": "table", ".parquet": "parquet",
}

func openResult(name string) (*resultFile, error) {
	mode := byExtension[strings.ToLower(filepath.Ext(name))]
	if _, known := render.ByName(mode); !known && mode != "" {
		return nil, fmt.Errorf(".output: a file of %s is written by logsql sql --output %s --output-file %s", mode, mode, name)
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, fmt.Errorf(".output: %w", err)
	}
	return &resultFile{w: f, f: f, name: name, mode: mode}, nil
}

func (s *settings) closeFile() error {
	if s.file == nil || s.file.f == nil {
		return nil
	}
	err := s.file.f.Close()
	s.file = nil
	if err != nil {
		return fmt.Errorf(".output: %w", err)
	}
	return nil
}

// output is how the next answer is written.
func (s *Shell) output(screen *screen) Output {
	set := &s.settings
	mode := cmp.Or(set.mode, "box")
	out := Output{To: screen, Err: screen.messages(), Asked: set.mode != "", Timer: set.timer, Bytes: set.bytes}
	out.Options = render.Options{Null: set.null}
	if set.file != nil {
		mode = cmp.Or(set.file.mode, set.mode, "csv")
		out.To, out.Asked = set.file.w, mode != "csv" || set.mode != "" || set.file.mode != ""
	} else {
		out.Options.Color, out.Options.Screen = s.color, true
		switch {
		case mode != "box" && mode != "table":
		case set.expanded == "on":
			mode = "line"
		case set.expanded == "auto":
			out.Options.Width = s.width()
		}
	}
	out.Format, _ = render.ByName(mode)
	return out
}

// toggle reads on, off or nothing, which turns it over.
func toggle(value *bool, args []string) error {
	switch {
	case len(args) == 0:
		*value = !*value
	case args[0] == "on":
		*value = true
	case args[0] == "off":
		*value = false
	default:
		return fmt.Errorf("on or off is expected, not %q", args[0])
	}
	return nil
}

func onOff(value bool) string {
	if value {
		return "on"
	}
	return "off"
}
