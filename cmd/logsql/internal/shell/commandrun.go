package shell

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"logsql/cmd/logsql/internal/render"
	"logsql/convert/schema"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

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
