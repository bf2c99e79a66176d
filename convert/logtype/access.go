package logtype

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"unicode/utf8"

	"logsql/convert/batch"
	"logsql/convert/schema"
)

// accessLogs are S3 server access logs. Fields that lines of later days have
// beyond the known ones are kept, as written, in additional_fields.
//
// A line is bad where its fields cannot be told apart, where it has fewer than
// the 18 fields of the oldest lines, where its time is none, or where bytessent
// or objectsize is no number of 64 bits. Bytes that are no UTF-8 are what some
// client sent as its name or asked for; each becomes U+FFFD, as Athena shows it.
var accessLogs = &Type{
	Name:      "s3_access_logs",
	Partition: dated,
	Columns:   accessColumns,
	Version:   1,
	// The lines of one request, such as the keys of a deletion of many, have its id.
	ID:     []string{"requestid", "operation", "key", "versionid"},
	Sniff:  sniffAccess,
	Decode: decodeAccess,
}

// The fields of a line by place, where the code must know them.
const (
	accessTime      = 2
	accessOperation = 6
	accessURI       = 8
	accessBytesSent = 11
	accessSize      = 12
	accessReferrer  = 15
	accessKnown     = 27 // known fields
	accessFewest    = 18 // the lines of 2012 end after versionid
)

var accessColumns = func() []schema.Column {
	columns := make([]schema.Column, 0, accessKnown+1)
	for _, name := range []string{
		"bucketowner", "bucket_name", "requestdatetime", "remoteip", "requester", "requestid", "operation", "key",
		"request_uri", "httpstatus", "errorcode", "bytessent", "objectsize", "totaltime", "turnaroundtime",
		"referrer", "useragent", "versionid", "hostid", "sigv", "ciphersuite", "authtype", "endpoint", "tlsversion",
		"accesspointarn", "aclrequired", "sourceregion",
	} {
		columns = append(columns, schema.Column{Name: name, Type: schema.Text})
	}
	columns[accessBytesSent].Type = schema.Of(schema.BigInt)
	columns[accessSize].Type = schema.Of(schema.BigInt)
	return append(columns, additionalFields)
}()

type accessDecoder struct {
	out   Sink
	lines lineReader
	days  days
	line  accessLine

	batch  *batch.Batch
	leaves []*batch.Leaf
	isUTF8 bool   // the line, and so each of its fields
	valid  []byte // a field made valid UTF-8
}

// accessDecoders serve many objects each: most hold a handful of records.
var accessDecoders = sync.Pool{New: func() any { return new(accessDecoder) }}

func decodeAccess(ctx context.Context, in *Input, out Sink) error {
	d := accessDecoders.Get().(*accessDecoder)
	defer accessDecoders.Put(d)
	d.out, d.batch = out, nil
	d.days.begin(in)
	d.lines.begin(ctx, in.Body)
	defer d.lines.close()
	return d.lines.each(d.bad, d.record)
}

func (d *accessDecoder) bad(line []byte, reason string) error {
	return d.out.Bad(d.lines.number, reason, clip(line))
}

func (d *accessDecoder) record(line []byte) error {
	if len(bytes.Trim(line, " \t\r\n\v\f")) == 0 {
		return nil
	}
	l := &d.line
	if reason := l.split(line); reason != "" {
		return d.bad(line, reason)
	}
	at, ok := parseBracketTime(l.fields[accessTime])
	if !ok {
		return d.bad(line, fmt.Sprintf("requestdatetime: %q is no time", clip(l.fields[accessTime])))
	}
	b, err := d.out.Batch(d.days.at(at), accessColumns)
	if err != nil {
		return err
	}
	if b != d.batch {
		d.look(b)
	}
	d.isUTF8 = validText(line)
	if reason := d.append(l); reason != "" {
		b.Drop()
		return d.bad(line, reason)
	}
	return d.out.Record(b)
}

func (d *accessDecoder) look(b *batch.Batch) {
	d.batch, d.leaves = b, d.leaves[:0]
	for _, c := range accessColumns {
		d.leaves = append(d.leaves, b.Leaf(c.Name))
	}
}

func (d *accessDecoder) append(l *accessLine) (reason string) {
	for i, field := range l.fields {
		if i != accessBytesSent && i != accessSize {
			d.leaves[i].Text(d.utf8(field))
			continue
		}
		n, class := parseInteger(field)
		switch {
		case class == noValue:
			d.leaves[i].Null()
		case class == number && allDigits(field):
			d.leaves[i].Int(n)
		case class == tooLarge:
			return fmt.Sprintf("%s: %s is over 64 bits", accessColumns[i].Name, clip(field))
		default:
			return fmt.Sprintf("%s: %q is no number", accessColumns[i].Name, clip(field))
		}
	}
	if len(l.rest) > 0 {
		d.leaves[accessKnown].Text(d.utf8(l.rest))
	}
	return ""
}

func (d *accessDecoder) utf8(field []byte) []byte {
	if d.isUTF8 || utf8.Valid(field) {
		return field
	}
	d.valid = appendValid(d.valid[:0], field)
	return d.valid
}

// appendValid appends text with each byte that is no UTF-8 as U+FFFD.
func appendValid(dst, text []byte) []byte {
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		dst = utf8.AppendRune(dst, r)
		text = text[n:]
	}
	return dst
}

// sniffAccess looks at the fields before the request: a time in brackets in the
// third place, an operation such as REST.GET.OBJECT in the seventh.
func sniffAccess(head []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimPrefix(head, byteOrderMark), []byte{'\n'})
	var l accessLine
	l.begin(line)
	if !l.words(2) || !l.time() || !l.words(accessOperation+1) {
		return false
	}
	if _, ok := parseBracketTime(l.fields[accessTime]); !ok {
		return false
	}
	operation := l.fields[accessOperation]
	for _, c := range operation {
		if (c < 'A' || c > 'Z') && c != '.' && c != '_' {
			return false
		}
	}
	return bytes.IndexByte(operation, '.') > 0
}
