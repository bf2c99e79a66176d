package shell

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"logsql/sql/catalog"
)

// command is a command of the shell.
type command struct {
	name  string
	twins string // other names, by blanks
	args  string // as help shows them
	about string
	more  string // what .help of it says besides
	kinds string // what its argument completes to: tables, databases, files, formats, on|off, or a list
	whole int    // the argument from which on the rest of the line is one, as it stands; 0 for none
	run   func(s *Shell, ctx context.Context, args []string) error
}

// commands are all commands, in the order in which .help shows them.
var commands []command

func init() {
	commands = []command{
		{name: ".help", twins: `\? .h \h`, args: "[COMMAND|keys]", about: "this list; .help mode tells more of one", kinds: "commands", run: (*Shell).help},
		{name: ".tables", twins: `\dt .d`, args: "[PATTERN]", about: "tables and views that can be queried", more: "PATTERN has * for anything: .tables vpc*", kinds: "tables", run: (*Shell).tables},
		{name: ".describe", twins: `\d .columns`, args: "[TABLE]", about: "a table's columns with their types", more: "Without a table, as .tables.", kinds: "tables", run: (*Shell).describe},
		{name: ".schema", args: "[TABLE]", about: "the DDL of a table, or of all tables", kinds: "tables", run: (*Shell).schema},
		{name: ".databases", twins: `\l`, about: "the databases", run: (*Shell).databases},
		{name: ".use", twins: `\c`, args: "DATABASE", about: "the database of unqualified names", kinds: "databases", run: (*Shell).use},
		{name: ".mode", args: "[FORMAT]", about: "how results are shown", kinds: "formats", run: (*Shell).mode},
		{name: ".expanded", twins: `\x`, args: "[on|off|auto]", about: "a column a line; auto: where rows are wide", kinds: "on off auto", run: (*Shell).expanded},
		{name: ".output", twins: `\o`, args: "[FILE]", about: "results go to a file; alone: to the screen", more: "The file's name chooses the format: .csv .tsv .json .jsonl .md .txt; else it is that of .mode, or csv.", kinds: "files", run: (*Shell).outputTo},
		{name: ".once", args: "FILE", about: "the next result goes to a file", more: "As with .output; FILE.parquet has the rows of one query with their types. The file is written whole or not at all.", kinds: "files", run: (*Shell).onceTo},
		{name: ".param", twins: `\set`, args: "[NAME [VALUE]]", about: "gives :NAME a value; alone: lists them", more: "The value is bound, never pasted: .param src 10.0.0.1 and then … WHERE srcaddr = :src. Without a value, forgets it.", whole: 2, run: (*Shell).param},
		{name: ".pager", args: "[on|off]", about: "long results in $PAGER, or less", kinds: "on off", run: (*Shell).pager},
		{name: ".nullvalue", args: "[TEXT]", about: "what stands for NULL in tables", run: (*Shell).nullvalue},
		{name: ".timer", twins: `\timing`, args: "[on|off]", about: "rows and time behind each result", kinds: "on off", run: (*Shell).timer},
		{name: ".bytes", args: "[on|off]", about: "what was read, what Athena would have cost", kinds: "on off", run: (*Shell).bytes},
		{name: ".read", twins: `\i`, args: "FILE", about: "run the statements and commands of a file", more: "It stops at the first that fails. ~/.logsqlrc is read so when the shell begins.", kinds: "files", run: (*Shell).read},
		{name: ".edit", twins: `\e`, args: "[FILE]", about: "the last statements in $EDITOR, then run it", more: "$VISUAL goes before $EDITOR. Ctrl-X Ctrl-E edits what is being typed.", kinds: "files", run: (*Shell).editLast},
		{name: ".history", twins: `\s`, args: "[N|TEXT]", about: "the last N entries (20), or those with TEXT", more: "Ctrl-R searches it while you type. It is kept in ~/.logsql_history; what begins with a blank is not kept.", run: (*Shell).pastStatements},
		{name: ".queries", args: "[show|run NAME]", about: "the questions that come with logsql", more: "As logsql queries on the command line: .queries run flow_top_talkers --since 2024-03-01", run: (*Shell).queries},
		{name: ".logsql", args: "COMMAND …", about: "another command of logsql on this mirror", more: "For example: .logsql status", run: (*Shell).logsql},
		{name: ".shell", twins: `\!`, args: "COMMAND …", about: "a command of your own shell", whole: 1, run: (*Shell).system},
		{name: ".quit", twins: `\q .exit`, about: "leave; so does Ctrl-D", run: func(*Shell, context.Context, []string) error { return errLeave }},
	}
}

// find is the command called name, or the only one whose name begins so.
func find(name string) (command, error) {
	name = strings.ToLower(name)
	var near []command
	for _, c := range commands {
		if c.name == name || slices.Contains(strings.Fields(c.twins), name) {
			return c, nil
		}
		if strings.HasPrefix(c.name, name) {
			near = append(near, c)
		}
	}
	switch {
	case len(near) == 1 && len(name) > 1:
		return near[0], nil
	case len(near) > 1 && len(name) > 1:
		return command{}, fmt.Errorf("%s could be %s", name, strings.Join(namesOf(near), " or "))
	}
	if guess := catalog.DidYouMean(name, namesOf(commands)); guess != "" {
		return command{}, fmt.Errorf("there is no command %s; %s", name, guess)
	}
	return command{}, fmt.Errorf("there is no command %s; .help lists them", name)
}

func namesOf(commands []command) []string {
	var names []string
	for _, c := range commands {
		names = append(names, c.name)
	}
	return names
}

// command runs the command that line is.
func (s *Shell) command(ctx context.Context, line string) error {
	args := arguments(strings.TrimRight(line, "; \t\n"))
	if len(args) == 0 {
		return nil
	}
	c, err := find(args[0])
	if err != nil {
		return err
	}
	if c.whole > 0 {
		args = firstArguments(line, c.whole)
	}
	if len(args) > 1 && c.args == "" {
		return fmt.Errorf("%s takes no argument", c.name)
	}
	err = c.run(s, ctx, args[1:])
	if err != nil && err != errLeave && !strings.HasPrefix(err.Error(), c.name) {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	return err
}

// show writes text as a result is shown: through the pager where it is long.
func (s *Shell) show(text string) error {
	screen := s.newScreen(func() {})
	defer screen.close()
	_, err := screen.Write([]byte(text))
	if err == ErrLeft {
		return nil
	}
	return err
}

func (s *Shell) help(_ context.Context, args []string) error {
	if len(args) > 0 && args[0] == "keys" {
		return s.show(keysHelp())
	}
	if len(args) > 0 {
		name := args[0]
		if !isCommand(name) {
			name = "." + name
		}
		c, err := find(name)
		if err != nil {
			return err
		}
		return s.show(s.helpOf(c))
	}
	var b strings.Builder
	b.WriteString("SQL ends with \";\" and may have many lines. Commands begin with a dot:\n\n")
	for _, c := range commands {
		usage := strings.TrimSpace(c.name + " " + c.args)
		fmt.Fprintf(&b, "  %-24s%-8s%s\n", usage, firstWord(backslashed(c.twins)), c.about)
	}
	b.WriteString(mainKeys)
	return s.show(b.String())
}

const mainKeys = `
  Tab     completes tables, columns, functions, partition values and files
  Ctrl-R  searches the history; Up and Down walk it
  Ctrl-C  cancels the query that runs, or clears the line
  Ctrl-D  leaves; Ctrl-X Ctrl-E opens the editor; .help keys lists all keys
`

func backslashed(twins string) string {
	for _, t := range strings.Fields(twins) {
		if strings.HasPrefix(t, `\`) {
			return t
		}
	}
	return ""
}

func firstWord(s string) string { word, _, _ := strings.Cut(s, " "); return word }

func (s *Shell) helpOf(c command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  %s\n", strings.TrimSpace(c.name+" "+c.args), c.about)
	if c.more != "" {
		fmt.Fprintf(&b, "  %s\n", c.more)
	}
	if c.name == ".mode" {
		b.WriteString(formatsHelp())
	}
	if c.twins != "" {
		fmt.Fprintf(&b, "  the same: %s\n", strings.Join(strings.Fields(c.twins), ", "))
	}
	if now := s.settings.tell(c.name); now != "" {
		fmt.Fprintf(&b, "  now: %s\n", now)
	}
	return b.String()
}
