package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"logsql/cmd/logsql/internal/render"
	"logsql/ingest/mirror"
	"logsql/sql"
	"logsql/sql/discover"
	"logsql/sql/syntax"
)

// discoverOptions are the flags of logsql tables discover.
type discoverOptions struct {
	create         bool
	database, name string
}

func (a *app) discoverCommand() *cobra.Command {
	var o discoverOptions
	cmd := &cobra.Command{
		Use:   "discover s3://BUCKET/PREFIX [flags]",
		Short: "Find out which tables would read the objects below a prefix, and print their DDL",
		Long: `Looks at the mirrored objects below a prefix, by their keys and at the heads of
some, as a Glue crawler does, and prints the DDL that reads them: one statement
for each kind of objects, with what it covers as a comment.

VPC flow logs, S3 access logs and CloudTrail get the table that AWS documents,
flow logs with the columns of their header. Anything else is told by content:
Parquet (columns from its footers), JSON lines and delimited text (columns from a
sample). Folders by date become projected partitions from the first day to NOW,
folders k=v partitions that MSCK REPAIR TABLE adds.

What is printed is for Athena as it is for logsql sql.`,
		Example: `  logsql tables discover s3://my-logs/AWSLogs/
  logsql tables discover s3://my-logs/exports/sales/ --name sales --create`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef(example(cmd), "logsql tables discover takes one address, %d were given", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runDiscover(cmd.Context(), args[0], o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.create, "create", false, "also create the tables")
	f.StringVar(&o.database, "database", "", "the `database` for the tables (default is the one called default)")
	f.StringVar(&o.name, "name", "", "the table's `name`, where there is one table only")
	return cmd
}

func (a *app) runDiscover(ctx context.Context, uri string, o discoverOptions) error {
	if _, _, ok := mirror.SplitURI(uri); !ok {
		return usagef("a folder of this machine becomes one: logsql sync FOLDER --as s3://my-logs", "%q is no S3 address: s3://BUCKET/PREFIX", uri)
	}
	m, err := mirror.Open(ctx, a.mirror)
	if err != nil {
		return err
	}
	defer m.Close()
	found, err := discover.Look(ctx, m, uri)
	if err != nil {
		return err
	}
	tables, others := apart(found)
	switch {
	case len(found) == 0:
		return &hintError{fmt.Errorf("nothing is mirrored below %s", uri), "logsql sync " + uri + " fetches what is there; a folder of this machine: logsql sync FOLDER --as " + uri}
	case o.name != "" && len(tables) > 1:
		return usagef("name a prefix that holds only one of them, or leave --name away", "--name is for one table, and %d were found below %s", len(tables), uri)
	case o.name != "" && len(tables) == 1:
		tables[0].Table.Name = strings.ToLower(o.name)
	}
	for _, f := range others {
		fmt.Fprintf(a.out, "-- no table for %s\n", about(f))
	}
	if err := a.offer(ctx, m, tables, o); err != nil {
		return err
	}
	if len(tables) == 0 {
		return &hintError{fmt.Errorf("no table can read what is mirrored below %s", uri), "what was found stands above, as comments"}
	}
	return nil
}

// apart are what tables read, and what none does.
func apart(found []discover.Found) (tables, others []discover.Found) {
	for _, f := range found {
		if f.Table != nil {
			tables = append(tables, f)
		} else {
			others = append(others, f)
		}
	}
	return tables, others
}

// offer prints the statements, and runs them where they are wanted.
func (a *app) offer(ctx context.Context, m *mirror.Mirror, tables []discover.Found, o discoverOptions) (err error) {
	session, err := sql.Open(ctx, m, sql.Options{Database: o.database})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	silent := output{w: io.Discard, format: render.Formats[0]}
	for i, f := range tables {
		if i > 0 {
			fmt.Fprintln(a.out)
		}
		src := statementsOf(f, o.database)
		fmt.Fprintf(a.out, "-- %s\n", about(f))
		for _, note := range f.Notes {
			fmt.Fprintf(a.out, "-- note: %s\n", note)
		}
		fmt.Fprint(a.out, src)
		if !o.create {
			continue
		}
		if err := a.script(ctx, session, src, "", &silent); err != nil {
			return err
		}
		fmt.Fprintf(a.err, "created: %s\n", f.Table.Name)
	}
	return nil
}

func statementsOf(f discover.Found, database string) string {
	name := "`" + f.Table.Name + "`"
	if database != "" {
		name = "`" + strings.ToLower(database) + "`." + name
	}
	src := sql.DDL(name, f.Table) + ";\n"
	if f.Repair {
		src += syntax.Print(&syntax.Repair{Table: tableName(database, f.Table.Name)}) + ";\n"
	}
	return src
}

func tableName(database, table string) syntax.Name {
	name := syntax.Name{{Name: table, Quoted: true}}
	if database != "" {
		name = append(syntax.Name{{Name: strings.ToLower(database), Quoted: true}}, name...)
	}
	return name
}

// about is what there is, how much of it, where, and of which days.
func about(f discover.Found) string {
	things := "objects"
	if f.Objects == 1 {
		things = "object"
	}
	text := fmt.Sprintf("%s: %d %s, %s, below %s", f.What, f.Objects, things, size(f.Bytes), f.Prefix)
	if !f.First.IsZero() {
		text += ", " + f.First.Format(time.DateOnly) + " to " + f.Last.Format(time.DateOnly)
	}
	return text
}
