package duck

import "github.com/duckdb/duckdb-go/v2/mapping"

// Version is that of the DuckDB which is linked in, such as v1.5.0.
func Version() string { return mapping.LibraryVersion() }
