package cli

import "github.com/spf13/cobra"

// helpTemplate puts the task first, then examples, and the flags last.
const helpTemplate = `{{with or .Long .Short}}{{. | trimTrailingWhitespaces}}{{end}}

Usage:
  {{if not .HasParent}}{{.CommandPath}} COMMAND{{else}}{{.UseLine}}{{end}}
{{- if .HasExample}}

Examples:
{{.Example}}{{end}}
{{- if .HasAvailableSubCommands}}

{{$all := .Commands}}{{range $group := .Groups}}{{.Title}}{{range $all}}{{if and .IsAvailableCommand (eq .GroupID $group.ID)}}
  {{rpad .Name 16}} {{.Short}}{{end}}{{end}}

{{end}}{{if not .AllChildCommandsHaveGroup}}{{if .Groups}}More:{{else}}Commands:{{end}}{{range .Commands}}{{if and .IsAvailableCommand (eq .GroupID "")}}
  {{rpad .Name 16}} {{.Short}}{{end}}{{end}}

{{end}}{{.Root.Name}} help{{if .HasParent}} {{.Name}}{{end}} COMMAND tells more.{{end}}
{{- if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
{{- if and .HasParent .HasAvailableInheritedFlags}}
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}

` + statusHelp + "\n"

// tasks group the commands in help; a command that is in none of them is listed
// last.
var tasks = []struct {
	title    string
	commands []string
}{
	{"Bring logs here:", []string{"sync", "convert-parquet"}},
	{"Ask:", []string{"sql", "queries", "report", "history"}},
	{"See what there is:", []string{"tables", "status", "bad"}},
	{"Keep it sound:", []string{"doctor", "verify", "compact", "prune"}},
	{"Set up:", []string{"completion", "help", "version"}},
}

// byTask gives root's commands their groups.
func byTask(root *cobra.Command) {
	of := map[string]string{}
	for _, t := range tasks {
		root.AddGroup(&cobra.Group{ID: t.title, Title: t.title})
		for _, name := range t.commands {
			of[name] = t.title
		}
	}
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		c.GroupID = of[c.Name()]
	}
}

func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Tell about a command",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(cmd.Root(), args[0])
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}
