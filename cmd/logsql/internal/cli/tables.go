package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"logsql/cmd/logsql/internal/render"
	"logsql/convert/lake"
	"logsql/convert/logtype"
	"logsql/convert/schema"
	"logsql/ingest/mirror"
)

func (a *app) tablesCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "tables",
		Short: "List the tables and what is in them",
		Long: `Lists the tables that logsql sql can ask, with their records, partitions, Parquet
parts, bytes on disk, and first and last day.`,
		Example: `  logsql tables
  logsql tables --json
  logsql tables discover s3://my-logs/exports/     the DDL for what is mirrored there`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.runTables(cmd.Context(), asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object: {\"tables\":[…]}")
	cmd.AddCommand(a.discoverCommand())
	return cmd
}

func (a *app) runTables(ctx context.Context, asJSON bool) error {
	m, err := mirror.Open(ctx, a.mirror)
	if err != nil {
		return err
	}
	defer m.Close()
	tables, _, err := tableStats(ctx, m)
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(a.out, struct {
			Tables []lake.TableStats `json:"tables"`
		}{tables})
	}
	a.noteEmpty(m)
	return a.writeStats(tables)
}

// tableStats has a line for every table there is, also those without records,
// in the order of the log types.
func tableStats(ctx context.Context, m *mirror.Mirror) ([]lake.TableStats, lake.Stats, error) {
	l, err := lake.Open(ctx, m)
	if err != nil {
		return nil, lake.Stats{}, err
	}
	stats, err := l.Stats(ctx)
	if err != nil {
		return nil, lake.Stats{}, err
	}
	tables := make([]lake.TableStats, len(logtype.Types))
	for i, t := range logtype.Types {
		tables[i].Table = t.Name
		for _, have := range stats.Tables {
			if have.Table == t.Name {
				tables[i] = have
			}
		}
	}
	return tables, stats, nil
}

var statsColumns = []schema.Column{
	{Name: "table", Type: schema.Text},
	{Name: "records", Type: schema.Of(schema.BigInt)},
	{Name: "bad", Type: schema.Of(schema.BigInt)},
	{Name: "objects", Type: schema.Of(schema.BigInt)},
	{Name: "partitions", Type: schema.Of(schema.BigInt)},
	{Name: "parts", Type: schema.Of(schema.BigInt)},
	{Name: "size", Type: schema.Text},
	{Name: "first day", Type: schema.Text},
	{Name: "last day", Type: schema.Text},
}

func (a *app) writeStats(tables []lake.TableStats) error {
	rows := func(yield func([]any, error) bool) {
		for _, t := range tables {
			row := []any{t.Table, t.Stored, t.Bad, t.Objects, t.Partitions, t.Parts, size(t.Bytes), dash(t.FirstDay), dash(t.LastDay)}
			if !yield(row, nil) {
				return
			}
		}
	}
	name := "table"
	if isTerminal(a.out) {
		name = "box"
	}
	format, ok := render.ByName(name)
	if !ok {
		return fmt.Errorf("there is no format %q", name)
	}
	return format.Write(a.out, render.Result{Columns: statsColumns, Rows: rows}, render.Options{Color: isTerminal(a.out) && os.Getenv("NO_COLOR") == ""})
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// noteEmpty says what to do about a mirror that is not there; its tables are
// empty.
func (a *app) noteEmpty(m *mirror.Mirror) {
	if m.Empty() {
		fmt.Fprintf(a.err, "note: there is no mirror at %s yet, so its tables are empty; fill it: logsql sync s3://BUCKET/PREFIX, then logsql convert-parquet\n", m.Dir())
	}
}
