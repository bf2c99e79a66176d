package catalog

import "strings"

// Format is what STORED AS stands for.
type Format struct {
	Name                 string
	Serde, Input, Output string // classes
}

// Classes that several formats share.
const (
	LazySimpleSerDe = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
	textInput       = "org.apache.hadoop.mapred.TextInputFormat"
	textOutput      = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
	sequenceOutput  = "org.apache.hadoop.hive.ql.io.HiveSequenceFileOutputFormat"
)

// Formats are the names that STORED AS takes; the first is meant where nothing
// is said.
var Formats = []Format{
	{"TEXTFILE", LazySimpleSerDe, textInput, textOutput},
	{
		"PARQUET", "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
		"org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat", "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
	},
	{
		"ORC", "org.apache.hadoop.hive.ql.io.orc.OrcSerde",
		"org.apache.hadoop.hive.ql.io.orc.OrcInputFormat", "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat",
	},
	{
		"AVRO", "org.apache.hadoop.hive.serde2.avro.AvroSerDe",
		"org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat", "org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat",
	},
	{"SEQUENCEFILE", LazySimpleSerDe, "org.apache.hadoop.mapred.SequenceFileInputFormat", sequenceOutput},
	{
		"RCFILE", "org.apache.hadoop.hive.serde2.columnar.LazyBinaryColumnarSerDe",
		"org.apache.hadoop.hive.ql.io.RCFileInputFormat", "org.apache.hadoop.hive.ql.io.RCFileOutputFormat",
	},
	{"JSONFILE", "org.apache.hive.hcatalog.data.JsonSerDe", textInput, textOutput},
	{
		"ION", "com.amazon.ionhiveserde.IonHiveSerDe",
		"com.amazon.ionhiveserde.formats.IonInputFormat", "com.amazon.ionhiveserde.formats.IonOutputFormat",
	},
}

// FormatOf finds a format by its name or its input format's class.
func FormatOf(name string) (Format, bool) {
	for _, f := range Formats {
		if strings.EqualFold(f.Name, name) || f.Input == name {
			return f, true
		}
	}
	return Format{}, false
}

// IsParquet reports whether the files are Parquet, which DuckDB reads.
func (e *External) IsParquet() bool {
	return e.Format == "PARQUET" || e.Serde == Formats[1].Serde
}

// Classes are the input and output format's.
func (e *External) Classes() (input, output string) {
	f, known := FormatOf(e.Format)
	if !known {
		f = Format{Input: e.Format, Output: textOutput}
	}
	if e.OutputFormat != "" {
		f.Output = e.OutputFormat
	}
	return f.Input, f.Output
}

// AccessRegex is AWS's input.regex for S3 server access logs.
const AccessRegex = `([^ ]*) ([^ ]*) \[(.*?)\] ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ("[^"]*"|-) (-|[0-9]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ("[^"]*"|-) ([^ ]*)(?: ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*))?.*$`
