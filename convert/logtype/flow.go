package logtype

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"logsql/convert/batch"
	"logsql/convert/schema"
)

// flowLogs are VPC flow logs as text. The header line of an object decides its
// columns; without one the fields are those of version 2.
//
// A value that does not fit the 32 bits of its column is NULL, as in Athena. A
// line is bad where its fields cannot be told apart for sure: too few or too
// many of them, bytes that are no UTF-8, or a number column with something else
// than digits in it. Guessing there would put one column's value into another's.
var flowLogs = &Type{
	Name:      "vpc_flow_logs",
	Partition: dated,
	Columns:   flowFields[:flowV5Fields:flowV5Fields],
	Version:   1,
	Named:     func(columns []string) bool { return anyOf(columns, sureFields) && !ofGateway(columns) },
	Sniff:     func(head []byte) bool { return sniffFlow(head, false) },
	Decode: func(ctx context.Context, in *Input, out Sink) error {
		return decodeFlow(ctx, in, out, flowV2)
	},
}

// gatewayLogs are the flow logs of transit gateways: below the same keys as
// those of VPCs, with fields of their own. AWS documents no DDL; the columns are
// those of the default format.
var gatewayLogs = &Type{
	Name:      "transit_gateway_flow_logs",
	Partition: dated,
	Columns:   gatewayFields,
	Version:   1,
	Keys:      flowLogs.Name,
	Named:     ofGateway,
	Sniff:     func(head []byte) bool { return sniffFlow(head, true) },
	Decode: func(ctx context.Context, in *Input, out Sink) error {
		return decodeFlow(ctx, in, out, gatewayV6)
	},
}

var gzipMagic = []byte{0x1f, 0x8b}

type flowDecoder struct {
	out    Sink
	lines  *lineReader
	days   *days
	header *flowHeader
	words  [][]byte // the fields of the line, in its order
	ascii  bool     // the line has nothing else
	reason string   // why the line is bad

	text []byte // of a value of a Parquet file

	batch  *batch.Batch
	under  *flowHeader // the header leaves were looked up for
	leaves []*batch.Leaf
}

// decodeFlow takes the columns of an object without a header from unsaid.
func decodeFlow(ctx context.Context, in *Input, out Sink, unsaid *flowHeader) error {
	if in.Parquet != nil {
		return decodeFlowParquet(ctx, in, out)
	}
	d := flowDecoder{out: out, lines: newLineReader(ctx, in.Body), days: newDays(in), header: unsaid}
	defer d.lines.close()
	return d.lines.each(d.bad, d.line)
}

func (d *flowDecoder) bad(line []byte, reason string) error {
	return d.out.Bad(d.lines.number, reason, clip(line))
}

// line takes a header, a record or a blank line.
func (d *flowDecoder) line(line []byte) error {
	if h, ok := parseFlowHeader(line, d.lines.number == 1); ok {
		d.header = h
		return nil
	}
	if !d.split(line) {
		return d.bad(line, d.reason)
	}
	if len(d.words) == 0 {
		return nil
	}
	b, err := d.out.Batch(d.partition(), d.header.columns)
	if err != nil {
		return err
	}
	if b != d.batch || d.header != d.under {
		d.look(b)
	}
	if !d.append() {
		b.Drop()
		return d.bad(line, d.reason)
	}
	return d.out.Record(b)
}

// split cuts the line at its blanks into words.
func (d *flowDecoder) split(line []byte) bool {
	if d.splitSpaces(line) {
		return d.checkWords(line)
	}
	d.ascii = false
	words, want := d.words[:0], len(d.header.column)
	for i := 0; i < len(line); {
		if c := line[i]; c > ' ' {
			n := wordRun(line[i:])
			words = append(words, line[i:i+n])
			i += n
			continue
		} else if c == 0 {
			d.reason = "the line holds a zero byte"
			return false
		}
		if len(words) > want {
			break
		}
		i++
	}
	d.words = words
	return d.checkWords(line)
}

// splitSpaces is split of a line that has no other blanks than spaces. It is done
// if it says so, and reads what stands behind the line to the end of its last 64
// bytes.
func (d *flowDecoder) splitSpaces(line []byte) bool {
	if cap(line) < len(line)+64 {
		return false
	}
	words, most, start := d.words[:0], len(d.header.column)+1, 0
	high := uint64(0)
	for at := 0; at < len(line); at += 64 {
		blanks, seen := blanksOf((*[64]byte)(line[at : at+64]))
		high |= seen
		if rest := len(line) - at; rest < 64 {
			blanks &= 1<<rest - 1
		}
		for ; blanks != 0; blanks &= blanks - 1 {
			i := at + bits.TrailingZeros64(blanks)
			if line[i] != ' ' || len(words) == most {
				return false
			}
			if i > start {
				words = append(words, line[start:i])
			}
			start = i + 1
		}
	}
	if start < len(line) {
		words = append(words, line[start:])
	}
	d.words, d.ascii = words, high&(everyByte<<7) == 0
	return true
}

// blanksOf tells which bytes are blanks or control characters, the first in the
// lowest bit; high has the highest bits of all.
func blanksOf(text *[64]byte) (blanks, high uint64) {
	for i := 0; i < 64; i += 8 {
		word := binary.LittleEndian.Uint64(text[i:])
		hit := ^((word&^(everyByte<<7) + everyByte*(0x7f-' ')) | word) & (everyByte << 7)
		blanks |= hit >> 7 * 0x0102040810204080 >> 56 << i // the hits side by side
		high |= word
	}
	return blanks, high
}

// wordRun is how many bytes there are before the first blank.
func wordRun(text []byte) int {
	n := 0
	for ; len(text)-n >= 8; n += 8 {
		word := binary.LittleEndian.Uint64(text[n:])
		if hit := (word - everyByte*(' '+1)) &^ word & (everyByte << 7); hit != 0 {
			return n + bits.TrailingZeros64(hit)/8
		}
	}
	for n < len(text) && text[n] > ' ' {
		n++
	}
	return n
}

func (d *flowDecoder) checkWords(line []byte) bool {
	want := len(d.header.column)
	switch {
	case len(d.words) == 0:
		return true
	case !d.ascii && !utf8.Valid(line):
		d.reason = "the line is not UTF-8"
	case len(d.words) < want:
		d.reason = fmt.Sprintf("%d of the header's %d fields", len(d.words), want)
	case len(d.words) > want:
		d.reason = fmt.Sprintf("more than the %d fields of the header", want)
	default:
		return true
	}
	return false
}

// lastSecond is the end of the year 9999; a start after it is no time.
const lastSecond = 253402300799

func (d *flowDecoder) partition() []string {
	if d.days.fixed || d.header.start < 0 {
		return d.days.undated()
	}
	start, class := parseInteger(d.words[d.header.start])
	if class != number {
		start = 0
	}
	return d.days.started(start)
}

// started is the partition of a record that began at start; 0 is no time.
func (d *days) started(start int64) []string {
	if start <= 0 || start > lastSecond {
		return d.undated()
	}
	return d.at(start)
}

func (d *flowDecoder) look(b *batch.Batch) {
	d.batch, d.under = b, d.header
	d.leaves = d.leaves[:0]
	for _, c := range d.header.column {
		d.leaves = append(d.leaves, b.Leaf(d.header.columns[c].Name))
	}
}

func (d *flowDecoder) append() bool {
	for i, word := range d.words {
		if d.header.kinds[i] == schema.Varchar {
			d.leaves[i].Text(word)
		} else if !d.number(i, word) {
			return false
		}
	}
	return true
}

func (d *flowDecoder) number(i int, word []byte) bool {
	n, class := parseInteger(word)
	switch {
	case class == tooLarge:
		d.reason = fmt.Sprintf("%s: %s is over 64 bits", d.name(i), clip(word))
		return false
	case class == notANumber:
		d.reason = fmt.Sprintf("%s: %q is no number", d.name(i), clip(word))
		return false
	case class == noValue, d.header.kinds[i] == schema.Integer && n > math.MaxInt32:
		d.leaves[i].Null()
	default:
		d.leaves[i].Int(n)
	}
	return true
}

// name is the column of a field of the line.
func (d *flowDecoder) name(field int) string { return d.header.columns[d.header.column[field]].Name }

// sureFields are names that no other table's header has.
var sureFields = []string{"srcaddr", "dstaddr", "pkt_srcaddr", "pkt_dstaddr", "interface_id"}

// ofGateway reports whether columns has one that only transit gateways' logs do.
func ofGateway(columns []string) bool {
	return slices.ContainsFunc(columns, func(name string) bool {
		name = columnName(name)
		return strings.HasPrefix(name, "tgw_") || strings.HasPrefix(name, "packets_lost_")
	})
}

func anyOf(columns, names []string) bool {
	return slices.ContainsFunc(columns, func(name string) bool { return slices.Contains(names, columnName(name)) })
}

// sniffFlow takes a header line, or a line that is a record of the default
// format through and through; gateway tells whose.
func sniffFlow(head []byte, gateway bool) bool {
	line, _, _ := bytes.Cut(bytes.TrimPrefix(head, byteOrderMark), []byte{'\n'})
	if h, ok := parseFlowHeader(line, false); ok {
		names := fieldNames(h.columns)
		return ofGateway(names) == gateway && (gateway || anyOf(names, sureFields))
	}
	words := bytes.Fields(line)
	if gateway {
		return fits(words, gatewayV6) && string(words[1]) == "TransitGateway" && bytes.HasPrefix(words[3], []byte("tgw-"))
	}
	if !fits(words, flowV2) || !bytes.HasPrefix(words[2], []byte("eni-")) {
		return false
	}
	switch string(words[13]) {
	case "OK", "NODATA", "SKIPDATA":
		return true
	}
	return false
}

// fits tells whether words can be a record below h.
func fits(words [][]byte, h *flowHeader) bool {
	if len(words) != len(h.column) {
		return false
	}
	for i, word := range words {
		if _, class := parseInteger(word); h.kinds[i] != schema.Varchar && class != number && class != noValue {
			return false
		}
	}
	return true
}
