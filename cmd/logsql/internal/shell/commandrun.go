package shell

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"logsql/cmd/logsql/internal/render"
	"logsql/convert/schema"
	"logsql/sql"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

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

// list shows rows of text as a result.
func (s *Shell) list(columns []string, rows [][]string) error {
	r := render.Result{}
	for _, name := range columns {
		r.Columns = append(r.Columns, schema.Column{Name: name, Type: schema.Text})
	}
	r.Rows = func(yield func([]any, error) bool) {
		for _, texts := range rows {
			row := make([]any, len(texts))
			for i, text := range texts {
				row[i] = text
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	screen := s.newScreen(func() {})
	defer screen.close()
	once := s.settings.once
	s.settings.once = nil // waits for a statement's
	out := s.output(screen)
	s.settings.once = once
	if err := out.Format.Write(out.To, r, out.Options); err != nil && !errors.Is(err, ErrLeft) {
		return err
	}
	return nil
}

func (s *Shell) databases(ctx context.Context, _ []string) error {
	cat, err := s.Session.Catalog(ctx)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, name := range cat.Databases() {
		current := ""
		if name == s.Session.Database() {
			current = "current"
		}
		rows = append(rows, []string{name, strconv.Itoa(len(cat.Names(name))), current})
	}
	return s.list([]string{"database", "tables", ""}, rows)
}

// tables lists the current database's tables and the built-in ones.
func (s *Shell) tables(ctx context.Context, args []string) error {
	pattern := strings.ToLower(strings.ReplaceAll(strings.Join(args, ""), "%", "*"))
	cat, err := s.Session.Catalog(ctx)
	if err != nil {
		return err
	}
	of := slices.Compact([]string{s.Session.Database(), builtin})
	if db, rest, ok := strings.Cut(pattern, "."); ok {
		of, pattern = []string{db}, rest
	}
	var rows [][]string
	for _, db := range of {
		for _, name := range cat.Names(db) {
			if ok, _ := filepath.Match(pattern, name); ok || pattern == "" {
				rows = append(rows, tableRow(cat, db, name))
			}
		}
	}
	if len(rows) == 0 && pattern != "" {
		return fmt.Errorf("no table is called like %s", pattern)
	}
	return s.list([]string{"database", "table", "kind", "columns"}, rows)
}

func tableRow(cat *catalog.Catalog, db, name string) []string {
	t, err := cat.Lookup(db, name)
	if err != nil || t == nil {
		return []string{db, name, "cannot be read", ""}
	}
	kind := "built in"
	switch {
	case t.View != nil:
		kind = "view"
	case t.External != nil:
		kind = "table"
	}
	return []string{db, name, kind, strconv.Itoa(len(t.Columns))}
}

// named finds the table that an argument names.
func (s *Shell) named(ctx context.Context, arg string) (*catalog.Table, syntax.Name, error) {
	cat, err := s.Session.Catalog(ctx)
	if err != nil {
		return nil, nil, err
	}
	var name syntax.Name
	for _, part := range strings.Split(arg, ".") {
		name = append(name, syntax.Ident{Name: strings.ToLower(strings.Trim(part, "\"`"))})
	}
	t, err := cat.Table(s.Session.Database(), name)
	return t, name, withoutPlace(err)
}

// withoutPlace is an error about a name in a command, which has no line.
func withoutPlace(err error) error {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return err
	}
	out := errors.New(e.Msg)
	if e.Hint != "" {
		return fmt.Errorf("%w; %s", out, e.Hint)
	}
	return out
}

func (s *Shell) describe(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return s.tables(ctx, nil)
	}
	t, _, err := s.named(ctx, args[0])
	if err != nil {
		return err
	}
	var rows [][]string
	for _, c := range t.Columns {
		about := t.Comments[c.Name]
		if t.PartitionIndex(c.Name) >= 0 {
			about = strings.TrimSuffix("partition; "+about, "; ")
		}
		rows = append(rows, []string{c.Name, c.Type.String(), about})
	}
	return s.list([]string{"column", "type", "about"}, rows)
}

// schema runs SHOW CREATE TABLE, of all tables of the database where none is
// named.
func (s *Shell) schema(ctx context.Context, args []string) error {
	names := args
	if len(args) == 0 {
		names = s.names.Tables(s.Session.Database())
		if len(names) == 0 {
			return fmt.Errorf("database %s has no tables of its own; .schema vpc_flow_logs shows a built-in one", s.Session.Database())
		}
	}
	for _, arg := range names {
		t, _, err := s.named(ctx, arg)
		if err != nil {
			return err
		}
		show := "SHOW CREATE TABLE "
		if t.View != nil {
			show = "SHOW CREATE VIEW "
		}
		if !s.quietly(ctx, show+quotedHive(t)) {
			return nil
		}
	}
	return nil
}

func quotedHive(t *catalog.Table) string { return "`" + t.Database + "`.`" + t.Name + "`" }

// quietly runs a statement that was not entered.
func (s *Shell) quietly(ctx context.Context, src string) bool {
	last, timer := s.last, s.settings.timer
	defer func() { s.last, s.settings.timer = last, timer }()
	s.settings.timer = false
	return s.run(ctx, src, Source{})
}

func (s *Shell) use(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("give a database: .use logsql; .databases lists them")
	}
	cat, err := s.Session.Catalog(ctx)
	if err != nil {
		return err
	}
	if !cat.HasDatabase(args[0]) {
		return fmt.Errorf("there is no database %s; .databases lists them", args[0])
	}
	s.Session.SetDatabase(args[0])
	return nil
}

func (s *Shell) mode(_ context.Context, args []string) error {
	if len(args) == 0 {
		return s.show(s.helpOf(commands[slices.IndexFunc(commands, func(c command) bool { return c.name == ".mode" })]))
	}
	if strings.EqualFold(args[0], parquet) {
		return errors.New("Parquet is for files: .once result.parquet writes the next query's rows")
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

var isParam = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

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

func (s *Shell) read(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("give a file: .read report.sql")
	}
	return s.readFile(ctx, expandHome(args[0]))
}

func expandHome(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return homeFile(rest)
	}
	return path
}

func (s *Shell) editLast(ctx context.Context, args []string) error {
	if len(args) > 0 {
		path := expandHome(args[0])
		if err := s.foreground(editorCommand(), path); err != nil {
			return err
		}
		return s.readFile(ctx, path)
	}
	text, err := s.edit(s.last)
	if err != nil || strings.TrimSpace(text) == "" {
		return err
	}
	if !whole(text) {
		text = strings.TrimRight(text, " \n") + ";"
	}
	fmt.Fprintln(s.Out, s.painted(strings.TrimSpace(text)))
	s.history.Write(text)
	return s.enter(ctx, text)
}

func (s *Shell) painted(src string) string {
	if !s.color {
		return src
	}
	return highlight(src)
}

func (s *Shell) pastStatements(_ context.Context, args []string) error {
	what, n := strings.Join(args, " "), 20
	if number, err := strconv.Atoi(what); err == nil && number > 0 {
		what, n = "", number
	}
	if what != "" {
		n = 1000
	}
	entries, numbers := s.history.matching(what, n)
	if len(entries) == 0 {
		return errors.New("nothing entered so far contains that")
	}
	var b strings.Builder
	for i, e := range entries {
		indented := strings.ReplaceAll(s.painted(e), "\n", "\n       ")
		fmt.Fprintf(&b, "%5d  %s\n", numbers[i], indented)
	}
	return s.show(b.String())
}

func (s *Shell) queries(ctx context.Context, args []string) error {
	return s.logsql(ctx, append([]string{"queries"}, args...))
}

// logsql runs a command of logsql's; what it prints is shown as a result.
func (s *Shell) logsql(ctx context.Context, args []string) error {
	if len(args) == 0 {
		args = []string{"help"}
	}
	if args[0] == "sql" {
		return errors.New("this is logsql sql already")
	}
	ctx, done := s.running.begin(ctx)
	defer done()
	screen := s.newScreen(done)
	defer screen.close()
	err := s.Host.Command(ctx, Output{To: screen, Err: screen.messages()}, args...)
	if errors.Is(err, ErrLeft) {
		return nil
	}
	return err
}

func (s *Shell) system(_ context.Context, args []string) error {
	if len(args) == 0 {
		return s.foreground(cmp.Or(os.Getenv("SHELL"), "sh"))
	}
	return s.foreground(args[0])
}
