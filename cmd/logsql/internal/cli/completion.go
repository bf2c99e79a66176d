package cli

import (
	"context"
	_ "embed"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"logsql/ingest/mirror"
	"logsql/sql"
	"logsql/sql/syntax"
)

// bashCompletion stands for cobra's, which wants the package bash-completion and
// does not complete inside quotes, where statements are.
//
//go:embed completion.bash
var bashCompletion string

// shells are those that can complete logsql's commands, and where the script goes.
var shells = []struct {
	name, install string
	write         func(root *cobra.Command, w io.Writer) error
}{
	{"bash", `echo 'eval "$(logsql completion bash)"' >> ~/.bashrc`, func(_ *cobra.Command, w io.Writer) error { _, err := io.WriteString(w, bashCompletion); return err }},
	{"zsh", `logsql completion zsh > "${fpath[1]}/_logsql"`, func(c *cobra.Command, w io.Writer) error { return c.GenZshCompletion(w) }},
	{"fish", "logsql completion fish > ~/.config/fish/completions/logsql.fish", func(c *cobra.Command, w io.Writer) error { return c.GenFishCompletion(w, true) }},
	{"powershell", "logsql completion powershell | Out-String | Invoke-Expression", func(c *cobra.Command, w io.Writer) error { return c.GenPowerShellCompletionWithDesc(w) }},
}

func completionCommand() *cobra.Command {
	var names []string
	var how strings.Builder
	for _, s := range shells {
		names = append(names, s.name)
		how.WriteString("  " + s.install + "\n")
	}
	return &cobra.Command{
		Use:       "completion SHELL",
		Short:     "Print what makes a shell complete logsql's commands",
		Long:      "Prints the script by which bash, zsh, fish or PowerShell completes commands, flags,\ntables, databases and formats.",
		Example:   strings.TrimRight(how.String(), "\n"),
		ValidArgs: names,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef(example(cmd), "logsql completion takes the shell: %s", strings.Join(names, ", "))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, s := range shells {
				if s.name == args[0] {
					return s.write(cmd.Root(), cmd.OutOrStdout())
				}
			}
			return usagef("it is one of "+strings.Join(names, ", "), "there is no completion for %q", args[0])
		},
	}
}

// completeFlags says what the values of flags may be, wherever a command has
// one of that name. What commands complete themselves stays.
func (a *app) completeFlags(root *cobra.Command) {
	values := map[string]cobra.CompletionFunc{
		"output":   fixed(formatNames()...),
		"type":     fixed(typeNames()...),
		"table":    fixed(typeNames()...),
		"progress": fixed("auto", "plain", "none"),
		"command":  a.completeStatement,
		"database": a.completeDatabases,
		"mirror":   folders,
	}
	for _, c := range append(descendants(root), root) {
		for name, complete := range values {
			if f := c.Flags().Lookup(name); f != nil || c == root && name == "mirror" {
				_ = c.RegisterFlagCompletionFunc(name, complete) // a command may have its own already
			}
		}
	}
}

func descendants(c *cobra.Command) []*cobra.Command {
	var all []*cobra.Command
	for _, sub := range c.Commands() {
		all = append(append(all, sub), descendants(sub)...)
	}
	return all
}

func fixed(values ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
}

func folders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// completeDatabases and completeTable ask the mirror; where it cannot answer
// there is nothing to offer.
func (a *app) completeDatabases(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	return a.firstColumn(cmd.Context(), "SHOW DATABASES"), cobra.ShellCompDirectiveNoFileComp
}

// completeStatement completes the last word of a statement: tables behind FROM
// and JOIN.
func (a *app) completeStatement(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	words := strings.Fields(typed + "|") // the last is what is being typed
	last := strings.TrimSuffix(words[len(words)-1], "|")
	if len(words) < 2 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	switch strings.ToUpper(words[len(words)-2]) {
	case "FROM", "JOIN", "INTO", "DESCRIBE", "TABLE":
	default:
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	before := strings.TrimSuffix(typed, last)
	var offers []string
	for _, name := range append(a.firstColumn(cmd.Context(), "SHOW TABLES IN logsql"), a.firstColumn(cmd.Context(), "SHOW TABLES")...) {
		if strings.HasPrefix(name, strings.ToLower(last)) {
			offers = append(offers, before+name)
		}
	}
	return offers, cobra.ShellCompDirectiveNoFileComp
}

// firstColumn is what a statement answers in its first column.
func (a *app) firstColumn(ctx context.Context, statement string) (values []string) {
	m, err := mirror.Open(ctx, filepath.Clean(a.mirror))
	if err != nil {
		return nil
	}
	defer m.Close()
	session, err := sql.Open(ctx, m, sql.Options{})
	if err != nil {
		return nil
	}
	defer session.Close()
	parsed, err := syntax.Parse(statement)
	if err != nil {
		return nil
	}
	rows, err := session.Query(ctx, parsed[0])
	if err != nil {
		return nil
	}
	defer rows.Close()
	for row, err := range rows.All {
		if err != nil {
			return nil
		}
		if name, ok := row[0].(string); ok {
			values = append(values, strings.TrimSpace(name))
		}
	}
	return values
}
