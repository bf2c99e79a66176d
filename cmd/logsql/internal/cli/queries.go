package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"logsql/cmd/logsql/internal/render"
	"logsql/convert/schema"
	"logsql/ingest/mirror"
	"logsql/sql"
	"logsql/sql/catalog"
	"logsql/sql/queries"
	"logsql/sql/syntax"
)

// queryOptions are the flags of logsql queries show and run.
type queryOptions struct {
	days
	table       string
	params      []string
	sql         sqlOptions
	expectEmpty bool
}

func (a *app) queriesCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "queries",
		Short: "List, show and run the named queries: the questions people come with",
		Long: `Lists the named queries. Each is plain Athena SQL in a file of its own: show prints
it as it runs, here and on Athena, run answers it. All have defaults for what can
be set.

Queries of your own are .sql files in the folder $LOGSQL_QUERIES, in queries/ of
the mirror, or in logsql/queries of your configuration folder (~/.config); one
that has a name of ours is taken instead of ours. Their head, all of it optional:

  -- title: Refused by one source
  -- log_type: vpc_flow_logs
  -- columns: srcaddr, dstaddr, action
  -- parameter: srcaddr: the source
  SELECT dstaddr, count(*) AS records FROM vpc_flow_logs
  WHERE action = 'REJECT' AND srcaddr = /* srcaddr */ '10.0.1.10' GROUP BY 1

The literal behind a parameter's name is its default.`,
		Example: `  logsql queries
  logsql queries show flow-sg-or-nacl
  logsql queries run flow-internet-by-interface --since 2021-12-04 --until 2021-12-05
  logsql queries run flow-find-address --param address=10.0.1.10
  logsql queries run trail-root-use --since 2021-12-04 --expect-empty     an alarm for cron`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("logsql queries show NAME, logsql queries run NAME", "logsql queries has no command %q", args[0])
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error {
			list, err := a.namedQueries()
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(a.out, describeQueries(list))
			}
			return a.listQueries(list)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "a JSON array of {\"name\",\"title\",\"log_type\",\"parameters\"}")
	cmd.AddCommand(a.showQueryCommand(), a.runQueryCommand())
	return cmd
}

func (a *app) showQueryCommand() *cobra.Command {
	var o queryOptions
	cmd := &cobra.Command{
		Use:               "show NAME [flags]",
		Short:             "Print a named query, with the values given in it",
		Example:           "  logsql queries show flow-find-address\n  logsql queries show flow-find-address --param address=10.0.1.10 --since 2021-12-04",
		Args:              oneQuery,
		ValidArgsFunction: a.completeQuery,
		RunE: func(_ *cobra.Command, args []string) error {
			_, text, err := a.querySQL(args[0], o)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.out, strings.TrimRight(text, "\n"))
			return err
		},
	}
	o.flags(cmd)
	return cmd
}

func (a *app) runQueryCommand() *cobra.Command {
	var o queryOptions
	cmd := &cobra.Command{
		Use:               "run NAME [flags]",
		Short:             "Answer a named query",
		Example:           "  logsql queries run VpcFlowLogsTopTalkers --since 2021-12-04\n  logsql queries run trail-root-use --expect-empty",
		Args:              oneQuery,
		ValidArgsFunction: a.completeQuery,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.sql.check(cmd); err != nil {
				return err
			}
			return a.runQuery(cmd.Context(), args[0], o)
		},
	}
	o.flags(cmd)
	o.sql.resultFlags(cmd)
	cmd.Flags().BoolVar(&o.expectEmpty, "expect-empty", false, "end with status 5 when there are rows")
	return cmd
}

func (o *queryOptions) flags(cmd *cobra.Command) {
	o.days.flags(cmd)
	cmd.Flags().StringVar(&o.table, "table", "", "ask this `table` instead of the built-in one; --since and --until want its columns year, month and day")
	cmd.Flags().StringArrayVar(&o.params, "param", nil, "set a parameter, `name=value`; may be given again")
}

func oneQuery(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("logsql queries lists them; "+example(cmd), "%s takes the name of one query, %d were given", cmd.CommandPath(), len(args))
	}
	return nil
}

// namedQueries are the user's own and those that come with the program.
func (a *app) namedQueries() ([]queries.Query, error) {
	var lists [][]queries.Query
	for _, folder := range a.queryFolders() {
		list, err := queries.Load(os.DirFS(folder), folder)
		if err != nil {
			return nil, err
		}
		lists = append(lists, list)
	}
	return queries.Together(append(lists, queries.Embedded())...), nil
}

func (a *app) queryFolders() []string {
	var folders []string
	if folder := os.Getenv("LOGSQL_QUERIES"); folder != "" {
		folders = append(folders, folder)
	}
	folders = append(folders, filepath.Join(a.mirror, "queries"))
	if folder, err := os.UserConfigDir(); err == nil {
		folders = append(folders, filepath.Join(folder, "logsql", "queries"))
	}
	return folders
}

func (a *app) completeQuery(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	list, _ := a.namedQueries()
	for _, q := range list {
		if len(args) == 0 {
			names = append(names, cobra.CompletionWithDesc(q.Name, q.Title))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

type describedQuery struct {
	Name       string              `json:"name"`
	Title      string              `json:"title"`
	LogType    string              `json:"log_type"`
	Parameters []queries.Parameter `json:"parameters"`
	Columns    []string            `json:"columns"`
	Folder     string              `json:"folder,omitempty"`
	Error      string              `json:"error,omitempty"`
}

func describeQueries(list []queries.Query) []describedQuery {
	described := []describedQuery{}
	for _, q := range list {
		d := describedQuery{q.Name, q.Title, q.LogType, append([]queries.Parameter{}, q.Parameters...), append([]string{}, q.Columns...), q.Folder, ""}
		if q.Err != nil {
			d.Error = q.Err.Error()
		}
		described = append(described, d)
	}
	return described
}

func (a *app) listQueries(list []queries.Query) error {
	table, _ := render.ByName("table")
	var columns []schema.Column
	for _, name := range []string{"log type", "name", "title", "parameters"} {
		columns = append(columns, schema.Column{Name: name, Type: schema.Type{Kind: schema.Varchar}})
	}
	rows := func(yield func([]any, error) bool) {
		for _, q := range list {
			if !yield([]any{q.LogType, q.Name, queryTitle(q), parameterList(q.Parameters)}, nil) {
				return
			}
		}
	}
	return table.Write(a.out, render.Result{Columns: columns, Rows: rows}, render.Options{})
}

func queryTitle(q queries.Query) string {
	if q.Err != nil {
		return printable(fmt.Sprintf("cannot be run: %s: %s", filepath.Join(q.Folder, q.Name+".sql"), q.Err))
	}
	return printable(q.Title)
}

func parameterList(list []queries.Parameter) string {
	var names []string
	for _, p := range list {
		names = append(names, p.Name)
	}
	return printable(strings.Join(names, ", "))
}

// querySQL is the named query and its text with the flags' values in it.
func (a *app) querySQL(name string, o queryOptions) (q queries.Query, text string, err error) {
	if err := o.days.check(); err != nil {
		return q, "", err
	}
	values, err := parameterValues(o.params)
	if err != nil {
		return q, "", err
	}
	list, err := a.namedQueries()
	if err != nil {
		return q, "", err
	}
	q, ok := queries.Find(list, name)
	if !ok {
		return q, "", unknownQuery(name, list)
	}
	text, err = q.SQL(queries.Options{Since: o.since.String(), Until: o.until.String(), Table: o.table, Values: values})
	var refused *queries.OptionError
	if errors.As(err, &refused) {
		return q, "", usagef(refused.Hint, "%s", refused.Msg)
	}
	if err != nil {
		return q, "", inSource(err, q.Text, filepath.Join(q.Folder, q.Name+".sql"))
	}
	return q, text, nil
}

func unknownQuery(name string, list []queries.Query) error {
	var names, holding []string
	for _, q := range list {
		names = append(names, q.Name)
		if strings.Contains(strings.ToLower(q.Name), strings.ToLower(name)) && name != "" {
			holding = append(holding, q.Name)
		}
	}
	hint := catalog.DidYouMean(name, names)
	if hint == "" && len(holding) > 0 {
		hint = "did you mean " + strings.Join(holding, ", ") + "?"
	}
	if hint == "" {
		hint = "logsql queries lists them"
	}
	return usagef(hint, "there is no query %q", name)
}

func parameterValues(flags []string) (map[string]string, error) {
	list, err := parseParams(flags)
	values := map[string]string{}
	for _, p := range list {
		values[p.Name] = p.Value
	}
	return values, err
}

func (a *app) runQuery(ctx context.Context, name string, o queryOptions) error {
	q, text, err := a.querySQL(name, o)
	if err != nil {
		return err
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	rows := 0
	err = a.inSession(ctx, o.sql, func(m *mirror.Mirror, session *sql.Session) error {
		return a.withOutput(o.sql, func(out *output) error {
			out.account, out.rows = a.accountOf(ctx, m, o.sql, false), &rows
			return a.script(ctx, session, text, q.Name, out)
		})
	})
	switch {
	case err != nil:
		return neededColumns(err, q)
	case o.expectEmpty && rows > 0:
		return fmt.Errorf("%w: %s of %s", errNotEmpty, count(rows, "row"), q.Name)
	}
	return nil
}

// neededColumns says which columns a table must have that lacks one.
func neededColumns(err error, q queries.Query) error {
	var e *syntax.Error
	if errors.As(err, &e) && e.Code == "COLUMN_NOT_FOUND" && len(q.Columns) > 0 {
		return &hintError{err, q.Name + " asks for the columns " + strings.Join(q.Columns, ", ") + "; --since and --until for year, month and day"}
	}
	return err
}
