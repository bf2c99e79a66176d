package logtype

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"unicode/utf8"

	"logsql/convert/batch"
	"logsql/convert/schema"
)

// decodeFlowParquet reads flow logs that AWS delivered as Parquet. Columns are
// found by name and get the types of the text format, whatever the file's are:
// AWS writes protocol with 32 bits and declares 64.
func decodeFlowParquet(ctx context.Context, in *Input, out Sink) error {
	names := make([]string, len(in.Parquet.Names))
	for i, name := range in.Parquet.Names {
		names[i] = columnName(name)
	}
	if !slices.ContainsFunc(names, func(name string) bool { _, known := flowPlaces[name]; return known }) {
		return ErrNotLog
	}
	d := flowDecoder{out: out, days: newDays(in), header: newFlowHeader(names)}
	for n := int64(1); ; n++ {
		record, err := in.Parquet.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("after %d records: %w", n-1, err)
		case n%1024 == 0 && ctx.Err() != nil:
			return ctx.Err()
		}
		if err := d.record(n, record); err != nil {
			return err
		}
	}
}

func (d *flowDecoder) record(n int64, record []batch.Value) error {
	var start int64
	if d.header.start >= 0 {
		start = startOf(record[d.header.start])
	}
	b, err := d.out.Batch(d.days.started(start), d.header.columns)
	if err != nil {
		return err
	}
	if b != d.batch {
		d.look(b)
	}
	for i, v := range record {
		if !d.value(i, v) {
			b.Drop()
			return d.out.Bad(n, d.reason, clip(recordText(record)))
		}
	}
	return d.out.Record(b)
}

func startOf(v batch.Value) int64 {
	if n, ok := v.Int(); ok {
		return n
	}
	n, class := parseInteger(v.AppendText(nil))
	if class != number {
		return 0
	}
	return n
}

func (d *flowDecoder) value(i int, v batch.Value) bool {
	n, isInt := v.Int()
	switch kind := d.header.kinds[i]; {
	case v.IsNull():
		d.leaves[i].Null()
	case kind == schema.Varchar:
		d.text = v.AppendText(d.text[:0])
		if !utf8.Valid(d.text) {
			d.reason = d.name(i) + " is not UTF-8"
			return false
		}
		d.leaves[i].Text(d.text)
	case !isInt:
		d.text = v.AppendText(d.text[:0])
		return d.number(i, d.text)
	case kind == schema.Integer && (n > math.MaxInt32 || n < math.MinInt32):
		d.leaves[i].Null()
	default:
		d.leaves[i].Int(n)
	}
	return true
}

// recordText is the record as a line of the text format would have it.
func recordText(record []batch.Value) (line []byte) {
	for i, v := range record {
		if i > 0 {
			line = append(line, ' ')
		}
		if v.IsNull() {
			line = append(line, '-')
		}
		line = v.AppendText(line)
	}
	return line
}
