// Logsql mirrors AWS logs from S3 to a local folder, converts them to Parquet
// and answers Athena SQL on them.
package main

import (
	"os"

	"logsql/cmd/logsql/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
