package cli

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"logsql/ingest/mirror"
	"logsql/sql/duck"
)

// version is set by the Makefile from git.
var version = "development"

// versions are the program and the engines that are linked in.
type versions struct {
	Logsql string `json:"logsql"`
	DuckDB string `json:"duckdb"`
	SQLite string `json:"sqlite"`
	Go     string `json:"go"`
	OS     string `json:"os"`
	Arch   string `json:"arch"`
}

func linked() versions {
	return versions{version, strings.TrimPrefix(duck.Version(), "v"), mirror.SQLiteVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH}
}

func versionLine() string {
	v := linked()
	return fmt.Sprintf("logsql %s, DuckDB %s, SQLite %s, %s, %s/%s", v.Logsql, v.DuckDB, v.SQLite, v.Go, v.OS, v.Arch)
}

func (a *app) versionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version, and those of the engines",
		Example: "  logsql version\n  logsql version --json",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return writeJSON(a.out, linked())
			}
			_, err := fmt.Fprintln(a.out, versionLine())
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return cmd
}
