package shell

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"logsql/cmd/logsql/internal/render"
	"logsql/sql"
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
	once     *resultFile // where the next result goes, nil for where all go
	params   []sql.Param
}

func defaults(mode string) settings {
	return settings{mode: mode, expanded: "auto", timer: true, bytes: true, pager: true}
}

// resultFile is where .output and .once send results.
type resultFile struct {
	w    io.Writer
	f    *os.File // nil where somebody else closes it
	name string
	mode string // the format its name asks for, "" for none
}

const parquet = "parquet"

// byExtension are the formats that a file's name asks for.
var byExtension = map[string]string{
	".csv": "csv", ".tsv": "tsv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".md": "markdown", ".txt": "table", ".parquet": "parquet",
}

func modeOf(name string) string { return byExtension[strings.ToLower(filepath.Ext(name))] }

func openResult(name string) (*resultFile, error) {
	if modeOf(name) == parquet {
		return nil, fmt.Errorf(".output: a Parquet file has the rows of one query: .once %s writes those of the next", name)
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, fmt.Errorf(".output: %w", err)
	}
	return &resultFile{w: f, f: f, name: name, mode: modeOf(name)}, nil
}

// openOnce is the file of one result, which gets its name once it is whole.
func openOnce(name string) (*resultFile, error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf(".once: there is no folder %s", filepath.Dir(name))
	}
	if err != nil {
		return nil, fmt.Errorf(".once: %w", err)
	}
	return &resultFile{w: f, f: f, name: name, mode: modeOf(name)}, nil
}

// finishOnce gives the file of .once its name, or takes it away where there is no
// result for it.
func (set *settings) finishOnce(ok bool) error {
	once := set.once
	if set.once = nil; once == nil {
		return nil
	}
	defer os.Remove(once.f.Name())
	err := errors.Join(once.f.Chmod(0o644), once.f.Close())
	if ok && err == nil {
		err = os.Rename(once.f.Name(), once.name)
	}
	if err != nil {
		return fmt.Errorf(".once: %w", err)
	}
	return nil
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
	out := Output{To: screen, Err: screen.messages(), Asked: set.mode != "", Timer: set.timer, Bytes: set.bytes, Params: set.params}
	out.Options = render.Options{Null: set.null}
	if file := cmp.Or(set.once, set.file); file != nil {
		mode = cmp.Or(file.mode, set.mode, "csv")
		out.To, out.Asked = file.w, mode != "csv" || set.mode != "" || file.mode != ""
	} else {
		out.Options.Color, out.Options.Screen = s.color, true
		if s.color {
			out.Paint = paint
		}
		switch {
		case mode != "box" && mode != "table":
		case set.expanded == "on":
			mode = "line"
		case set.expanded == "auto":
			out.Options.Width = s.width()
		}
	}
	out.Parquet = mode == parquet
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
