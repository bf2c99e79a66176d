// Package serde reads the raw files of tables as Hive's and Athena's SerDes do:
// it turns the lines of plain or compressed files into typed rows.
package serde

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"logsql/convert/schema"
	"logsql/sql/syntax"
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
	Pruned    bool `json:",omitempty"` // it is there no more: logsql prune --raw-only took it
}

// decoder appends one row to the wanted columns of a batch. After an error what
// it left of the row is taken back.
type decoder interface {
	decode(record []byte, b *Batch) error
}

// serdes is what can be read, by the last part of the class's name.
var serdes = []struct {
	class string
	open  func(*Spec) (decoder, error)
}{
	{"org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", newSimple},
	{"org.apache.hadoop.hive.serde2.RegexSerDe", newRegex},
	{"org.apache.hadoop.hive.contrib.serde2.RegexSerDe", newRegex},
	{"org.apache.hadoop.hive.serde2.OpenCSVSerde", newCSV},
	{"org.openx.data.jsonserde.JsonSerDe", newOpenX},
	{"org.apache.hive.hcatalog.data.JsonSerDe", newHiveJSON},
	{"org.apache.hadoop.hive.serde2.JsonSerDe", newHiveJSON},
	{"com.amazon.emr.hive.serde.CloudTrailSerde", newHiveJSON},
	{"com.amazonaws.glue.serde.GrokSerDe", newGrok},
}

// Check refuses what cannot be read, as CREATE TABLE and a scan do: an unknown
// SerDe or input format, properties that are wrong, columns that do not fit.
func Check(s *Spec) error {
	if s.Serde == "" {
		s.Serde = serdes[0].class
	}
	if _, err := newDecoder(s); err != nil {
		return err
	}
	if _, _, err := s.skipped(); err != nil {
		return err
	}
	return s.checkFormat()
}

func newDecoder(s *Spec) (decoder, error) {
	for _, known := range serdes {
		if strings.EqualFold(s.Serde, known.class) {
			return known.open(s)
		}
	}
	return nil, refuse("NOT_SUPPORTED", "The SerDe %s is not supported yet", s.Serde)
}

// textFormats are input formats that read lines.
var textFormats = []string{"", "TEXTFILE", "org.apache.hadoop.mapred.TextInputFormat"}

// isTrail tells that the files are CloudTrail's documents, a record each of
// their Records.
func (s *Spec) isTrail() bool {
	return strings.EqualFold(s.Format, "com.amazon.emr.cloudtrail.CloudTrailInputFormat") ||
		strings.EqualFold(s.Serde, "com.amazon.emr.hive.serde.CloudTrailSerde")
}

func (s *Spec) checkFormat() error {
	if s.isTrail() {
		return nil
	}
	for _, f := range textFormats {
		if strings.EqualFold(s.Format, f) {
			return nil
		}
	}
	return refuse("NOT_SUPPORTED", "The input format %s is not supported yet with SerDe %s", s.Format, s.Serde)
}

// skipped are the lines to leave out at a file's ends.
func (s *Spec) skipped() (header, footer int, err error) {
	for name, n := range map[string]*int{"skip.header.line.count": &header, "skip.footer.line.count": &footer} {
		text := strings.TrimSpace(s.Properties[name])
		if text == "" {
			continue
		}
		if *n, err = strconv.Atoi(text); err != nil || *n < 0 {
			return 0, 0, refuse("HIVE_INVALID_METADATA", "Invalid value for %s property: %s", name, text)
		}
	}
	return header, footer, nil
}

// records cuts a file's text as the input format does.
func (s *Spec) records(r io.Reader, buf []byte) (records, error) {
	header, footer, err := s.skipped()
	if err != nil {
		return nil, err
	}
	if s.isTrail() {
		return newTrail(r), nil
	}
	l := newLines(r, buf)
	for range header {
		if _, err := l.next(); err == io.EOF {
			return nothing{}, nil
		} else if err != nil {
			return nil, err
		}
	}
	if footer > 0 {
		return skipFooter(l, footer)
	}
	return l, nil
}

// refuse is an error with Trino's code.
func refuse(code, format string, args ...any) *syntax.Error {
	return &syntax.Error{Code: code, Msg: fmt.Sprintf(format, args...)}
}
