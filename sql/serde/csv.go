package serde

import (
	"bytes"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"logsql/convert/schema"
)

// csv decodes lines as OpenCSVSerde does, oddities and all.
type csv struct {
	separator, quote, escape byte
	columns                  int
	field                    []byte
}

func newCSV(s *Spec) (decoder, error) {
	d := &csv{separator: ',', quote: '"', escape: '\\', columns: len(s.Columns)}
	for name, c := range map[string]*byte{"separatorChar": &d.separator, "quoteChar": &d.quote, "escapeChar": &d.escape} {
		text := s.Properties[name]
		if text == "" {
			continue
		}
		if text[0] >= utf8.RuneSelf {
			return nil, refuse("NOT_SUPPORTED", "CSV not supported: %s must be an ASCII character", name)
		}
		*c = text[0]
	}
	if d.escape == '"' {
		d.escape = '\\' // Hive takes its default for its default of writing
	}
	if d.separator == 0 || d.separator == d.quote || d.separator == d.escape || d.quote == d.escape && d.quote != 0 {
		return nil, refuse("NOT_SUPPORTED", "CSV not supported: separator, quote and escape character must differ")
	}
	return d, s.scalarsOnly("OpenCSVSerde", schema.Varbinary, schema.Char)
}

func (d *csv) decode(line []byte, b *Batch) error {
	at := 0
	if len(line) > 0 {
		var err error
		if bytes.IndexByte(line, d.quote) < 0 && bytes.IndexByte(line, d.escape) < 0 {
			at, err = d.split(line, b)
		} else {
			at, err = d.parse(line, b)
		}
		if err != nil {
			return err
		}
	}
	for _, v := range b.Columns[at:d.columns] {
		if v != nil {
			v.null()
		}
	}
	return nil
}

// split is parse for a line without quotes and escapes.
func (d *csv) split(line []byte, b *Batch) (int, error) {
	for i := range d.columns {
		end := bytes.IndexByte(line, d.separator)
		if end < 0 {
			return i + 1, b.csvField(i, line)
		}
		if err := b.csvField(i, line[:end]); err != nil {
			return i, err
		}
		line = line[end+1:]
	}
	return d.columns, nil
}

// parse goes through a line as opencsv's parser did. It tells how many columns
// it appended to: a last field whose quote stays open is none.
func (d *csv) parse(line []byte, b *Batch) (int, error) {
	d.field = d.field[:0]
	i, inQuotes, inField := 0, false, false
	next := func(at int, c byte) bool { return at+1 < len(line) && line[at+1] == c }
	for at := 0; at < len(line) && i < d.columns; at++ {
		switch c := line[at]; {
		case c == d.escape:
			if (inQuotes || inField) && (next(at, d.quote) || next(at, d.escape)) {
				at++
				d.field = append(d.field, line[at])
			}
		case c == d.quote:
			if (inQuotes || inField) && next(at, d.quote) {
				at++
				d.field = append(d.field, line[at])
			} else {
				d.embedded(line, at)
				inQuotes = !inQuotes
			}
			inField = !inField
		case c == d.separator && !inQuotes:
			if err := b.csvField(i, d.field); err != nil {
				return i, err
			}
			i++
			d.field, inField = d.field[:0], false
		default:
			d.field, inField = append(d.field, c), true
		}
	}
	if i < d.columns && !inQuotes {
		return i + 1, b.csvField(i, d.field)
	}
	return i, nil
}

// embedded keeps a quote amid a field, a,bc"d"ef,g, but not in the first three
// characters of the line, and takes blanks before it away.
func (d *csv) embedded(line []byte, at int) {
	if utf8.RuneCount(line[:at]) <= 2 || line[at-1] == d.separator || at+1 >= len(line) || line[at+1] == d.separator {
		return
	}
	if len(d.field) > 0 && len(bytes.TrimFunc(d.field, unicode.IsSpace)) == 0 {
		d.field = d.field[:0]
	} else {
		d.field = append(d.field, line[at])
	}
}

// csvField appends a field. Text is what Trino reads; Athena also reads numbers,
// days for dates and milliseconds for timestamps, and fails where they are none.
func (b *Batch) csvField(i int, text []byte) error {
	v := b.Columns[i]
	if v == nil {
		return nil
	}
	ok := true
	switch v.Type.Kind {
	case schema.Varchar:
		v.text(text)
	case schema.Date:
		var n int64
		if n, ok = javaInteger(string(text), schema.Integer); ok {
			v.int(n)
		}
	case schema.Timestamp:
		n, err := strconv.ParseInt(string(text), 10, 64)
		if ok = err == nil; ok {
			v.timestamp(time.UnixMilli(n).UTC())
		}
	default:
		v.javaText(text)
		ok = v.Valid[v.Len()-1]
	}
	if !ok {
		return refuse("HIVE_BAD_DATA", "Error parsing field value '%s' for field %d: For input string: %q", text, i, text)
	}
	return nil
}
