package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// manCommand is for make man, so help does not list it.
func manCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "man FOLDER",
		Short:   "Write the man pages into a folder",
		Example: "  logsql man ./man1",
		Hidden:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef(example(cmd), "logsql man takes the folder for the pages")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			for _, c := range append(descendants(cmd.Root()), cmd.Root()) {
				if !c.IsAvailableCommand() && c.HasParent() {
					continue
				}
				path := filepath.Join(args[0], strings.ReplaceAll(c.CommandPath(), " ", "-")+".1")
				err := wholeFile(path, func(w io.Writer) error { return writeMan(w, c) })
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// writeMan writes a command's page in the man macros.
func writeMan(w io.Writer, c *cobra.Command) error {
	var b strings.Builder
	name := strings.ReplaceAll(c.CommandPath(), " ", "-")
	fmt.Fprintf(&b, ".TH %s 1 \"\" %q \"logsql\"\n", strings.ToUpper(roff(name)), "logsql "+roff(version))
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(name), roff(c.Short))
	use := c.UseLine()
	if !c.HasParent() {
		use = "logsql COMMAND"
	}
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n", roff(use))
	verbatim(&b, "DESCRIPTION", c.Long)
	verbatim(&b, "EXAMPLES", c.Example)
	c.InitDefaultHelpFlag()
	manFlags(&b, "OPTIONS", c.NonInheritedFlags())
	manFlags(&b, "OPTIONS OF ALL COMMANDS", c.InheritedFlags())
	verbatim(&b, "EXIT STATUS", strings.TrimPrefix(statusHelp, "Exit status:\n"))
	fmt.Fprintf(&b, ".SH SEE ALSO\n%s\n", roff(strings.Join(related(c), ", ")))
	_, err := io.WriteString(w, b.String())
	return err
}

// related are a command's pages above and below it.
func related(c *cobra.Command) []string {
	var names []string
	if c.HasParent() {
		names = append(names, strings.ReplaceAll(c.Parent().CommandPath(), " ", "-")+"(1)")
	}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, strings.ReplaceAll(sub.CommandPath(), " ", "-")+"(1)")
		}
	}
	return names
}

// verbatim is a section of text that has its own lines.
func verbatim(b *strings.Builder, title, text string) {
	if text = strings.TrimSpace(strings.TrimRight(text, "\n ")); text == "" {
		return
	}
	fmt.Fprintf(b, ".SH %s\n.nf\n", title)
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString(roff(line) + "\n")
	}
	b.WriteString(".fi\n")
}

func manFlags(b *strings.Builder, title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(b, ".SH %s\n", title)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		names := "--" + f.Name
		if f.Shorthand != "" {
			names = "-" + f.Shorthand + ", " + names
		}
		fmt.Fprintf(b, ".TP\n\\fB%s\\fR \\fI%s\\fR\n%s\n", roff(names), roff(value), roff(usage))
	})
}

// roff is s with what troff takes for itself escaped.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}
