// Package serde reads the raw files of tables as Hive's and Athena's SerDes do:
// it turns the lines of plain or compressed files into typed rows.
package serde

import (
	"time"

	"logsql/convert/schema"
)

// Function is the name of the table function that lowered SQL calls with a
// Spec as JSON text, and that package duck serves with this package.
const Function = "serde_scan"

// Spec says how a table's files become rows. It is all that a scan needs, so
// that lowered SQL can carry it. The rows have Columns, then Partition as text,
// then the hidden columns $path, $file_size (bigint), $file_modified_time
// (timestamp(3) in UTC) and $partition (k=v/…).
type Spec struct {
	Serde      string            // the class
	Format     string            // the input format where it matters, such as com.amazon.emr.cloudtrail.CloudTrailInputFormat
	Properties map[string]string // SERDEPROPERTIES over TBLPROPERTIES
	Columns    []schema.Column   // what a line holds, in DDL order
	Partition  []string          // names of the partition columns
	Files      []File
}

// File is one object to read.
type File struct {
	Path      string // relative to the mirror
	URI       string
	Size      int64
	Modified  time.Time
	Partition []string
}
