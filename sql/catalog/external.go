package catalog

import (
	"time"

	"logsql/convert/schema"
)

// External is how a table lies over the mirror's objects, as its DDL says.
type External struct {
	Location     string // s3://bucket/prefix/
	Format       string // PARQUET, TEXTFILE, …, as STORED AS has it; the input format's where only that is given
	OutputFormat string // the class, where STORED AS OUTPUTFORMAT gave one
	Serde        string // the class; LazySimpleSerDe's for ROW FORMAT DELIMITED
	SerdeProps   map[string]string
	Properties   map[string]string // TBLPROPERTIES

	// Partitions are those that were added by hand or found by MSCK. A table
	// without partition columns has one, without values, at Location. A
	// projected table has none: Projection makes them.
	Partitions []Partition
	Projection *Projection
}

// Partition is the objects below one location.
type Partition struct {
	Values   []string // as text, in the order of Table.Partition
	Location string   // s3://bucket/prefix/
}

// File is one object of an external table, to be read.
type File struct {
	URI       string
	Path      string // relative to the mirror
	Size      int64
	Modified  time.Time
	Partition []string        // the values of its Partition
	Location  string          // its Partition's
	Columns   []schema.Column // what a Parquet file holds; nil for others
	Pruned    bool            // it is there no more: logsql prune --raw-only took it

	version string // of the object: its ETag
	object  int64  // its id in state.db; 0 for what statements wrote
}

// Pruned says of a file that is to be read why it is not there.
const Pruned = "its raw file was pruned; logsql sync --since DAY brings it back, and the built-in tables have its records"

// View is a stored query.
type View struct {
	Text     string // the query as written
	Database string // the current database when it was made
}

// Projection is Athena's partition projection, from TBLPROPERTIES.
type Projection struct {
	Columns  []ProjectedColumn // in the order of Table.Partition
	Template string            // storage.location.template; "" for Hive's k=v/ below the location
}

// ProjectedColumn is projection.<name>.*.
type ProjectedColumn struct {
	Name         string
	Type         string   // enum, integer, date, injected
	Values       []string // enum
	Range        [2]string
	Digits       int
	Format       string // date: java.time pattern
	Interval     int
	IntervalUnit string
}
