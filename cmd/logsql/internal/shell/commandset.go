package shell

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"logsql/cmd/logsql/internal/render"
	"logsql/sql"
)

var isParam = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (s *Shell) outputTo(_ context.Context, args []string) error {
	if err := s.settings.closeFile(); err != nil {
		return err
	}
	s.settings.file = nil
	if len(args) == 0 || args[0] == "stdout" {
		s.note("results go to the screen")
		return nil
	}
	file, err := openResult(expandHome(args[0]))
	if err != nil {
		return err
	}
	s.settings.file = file
	s.note("results go to %s as %s; .output alone brings them back", file.name, cmp.Or(file.mode, s.settings.mode, "csv"))
	return nil
}

func (s *Shell) onceTo(_ context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("give a file: .once result.parquet")
	}
	if err := s.settings.finishOnce(false); err != nil {
		return err
	}
	file, err := openOnce(expandHome(args[0]))
	if err != nil {
		return err
	}
	s.settings.once = file
	s.note("the next result goes to %s as %s", file.name, cmp.Or(file.mode, s.settings.mode, "csv"))
	return nil
}

// param lists the values of parameters, or sets one or forgets it.
func (s *Shell) param(_ context.Context, args []string) error {
	if len(args) == 0 {
		var rows [][]string
		for _, p := range s.settings.params {
			rows = append(rows, []string{p.Name, p.Value})
		}
		return s.list([]string{"parameter", "value"}, rows)
	}
	name := strings.TrimPrefix(args[0], ":")
	if !isParam.MatchString(name) {
		return fmt.Errorf("%q is no name of a parameter: .param src 10.0.0.1 gives :src a value", args[0])
	}
	kept := slices.DeleteFunc(slices.Clone(s.settings.params), func(p sql.Param) bool { return strings.EqualFold(p.Name, name) })
	if len(args) > 1 {
		kept = append(kept, sql.Param{Name: name, Value: unquoted(strings.TrimRight(args[1], "; "))})
	} else if len(kept) == len(s.settings.params) {
		return fmt.Errorf("no parameter %s has a value; .param %s VALUE gives it one", name, name)
	}
	s.settings.params = kept
	return nil
}

func (s *Shell) mode(_ context.Context, args []string) error {
	if len(args) == 0 {
		return s.show(s.helpOf(commands[slices.IndexFunc(commands, func(c command) bool { return c.name == ".mode" })]))
	}
	if strings.EqualFold(args[0], parquet) {
		return errors.New("that is for files: .once result.parquet writes the next query's rows")
	}
	f, ok := render.ByName(strings.ToLower(args[0]))
	if !ok {
		return fmt.Errorf("there is no format %q for the screen: it is one of %s", args[0], strings.Join(formatNames(), ", "))
	}
	s.settings.mode = f.Name
	return nil
}

func formatNames() []string {
	var names []string
	for _, f := range render.Formats {
		names = append(names, f.Name)
	}
	return names
}

func (s *Shell) expanded(_ context.Context, args []string) error {
	switch {
	case len(args) == 0 && s.settings.expanded == "on":
		s.settings.expanded = "auto"
	case len(args) == 0:
		s.settings.expanded = "on"
	case slices.Contains([]string{"on", "off", "auto"}, args[0]):
		s.settings.expanded = args[0]
	default:
		return fmt.Errorf("on, off or auto is expected, not %q", args[0])
	}
	s.note("expanded: %s", s.settings.expanded)
	return nil
}

func (s *Shell) set(name string, value *bool, args []string) error {
	if err := toggle(value, args); err != nil {
		return err
	}
	s.note("%s: %s", name, onOff(*value))
	return nil
}

func (s *Shell) pager(_ context.Context, args []string) error {
	return s.set("pager", &s.settings.pager, args)
}

func (s *Shell) timer(_ context.Context, args []string) error {
	return s.set("timer", &s.settings.timer, args)
}

func (s *Shell) bytes(_ context.Context, args []string) error {
	return s.set("bytes", &s.settings.bytes, args)
}

func (s *Shell) nullvalue(_ context.Context, args []string) error {
	s.settings.null = strings.Join(args, " ")
	return nil
}

// tell is how a setting stands; "" for commands that set nothing.
func (set *settings) tell(name string) string {
	switch name {
	case ".mode":
		return cmp.Or(set.mode, "box")
	case ".expanded":
		return set.expanded
	case ".pager":
		return onOff(set.pager)
	case ".timer":
		return onOff(set.timer)
	case ".bytes":
		return onOff(set.bytes)
	case ".nullvalue":
		return cmp.Or(set.null, "NULL")
	case ".output":
		if set.file != nil {
			return set.file.name
		}
		return "the screen"
	}
	return ""
}

func formatsHelp() string {
	var b strings.Builder
	for _, f := range render.Formats {
		fmt.Fprintf(&b, "  %-11s %s\n", f.Name, f.About)
	}
	return b.String()
}
