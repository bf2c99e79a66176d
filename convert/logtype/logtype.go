// Package logtype is the table of log types: what the objects of each are
// called, which columns their records have, and how their bytes become records.
//
// A decoder never loses a line in silence: what it reads ends in Sink.Record or
// in Sink.Bad, exactly once. A new log type is one file, one line in Types and
// one folder in testdata/logs.
package logtype

import (
	"context"
	"errors"
	"io"
	"time"

	"logsql/convert/batch"
	"logsql/convert/schema"
	"logsql/ingest/layout"
	"logsql/ingest/mirror"
)

// Type is a log type.
type Type struct {
	Name      string          // its table
	Partition []string        // the partition columns, outermost first; all text
	Columns   []schema.Column // always in the table, in this order; an object may have more
	Version   int             // of the decoder: it rises whenever the same object would give other rows

	// ID are the text columns that tell a record from all others, so that one
	// that was delivered twice is known; nil where there are none. Where the
	// first is NULL or a dash, a record has no id.
	ID []string

	// Keys is whose keys the objects have, where that is not the type's own:
	// only their content tells them apart.
	Keys string

	// Named reports whether a Parquet file of columns of these names is one of
	// this type. It is nil where AWS delivers no Parquet; else Decode reads it
	// from Input.Parquet.
	Named func(columns []string) bool

	// Sniff reports whether an object that begins with head is one of this
	// type. It serves objects whose key says nothing, so it errs on the side
	// of no.
	Sniff func(head []byte) bool

	// Decode reads one object and hands its records to out. An error that is
	// not out's own means that the object is broken there: records handed over
	// before it are good, and nothing after it was read. ErrNotLog means there
	// was nothing of this type in the object.
	Decode func(ctx context.Context, in *Input, out Sink) error
}

// Input is an object to decode.
type Input struct {
	Object      mirror.Object
	Match       layout.Match   // what the key says
	Body        io.Reader      // plain: already decompressed
	Parquet     *batch.Foreign // of an object that is a Parquet file, instead of Body
	FallbackDay time.Time      // for records without any date; Object.LastModified where it is zero
}

// Sink takes what a decoder finds.
//
// A decoder calls Batch, appends one record to the leaves of the answer, then
// calls Record with it, or drops the record (batch.Batch.Drop) and calls Bad.
// line counts from 1; for JSON it is the record's place in the object. text is
// only valid during the call and may be cut short. An error of any of the three
// ends the decoding and comes back from Decode as it is.
type Sink interface {
	Batch(partition []string, columns []schema.Column) (*batch.Batch, error)
	Record(b *batch.Batch) error
	Bad(line int64, reason string, text []byte) error
}

// ErrNotLog says that an object was read to its end and has neither records nor
// a place for them, such as a JSON document without Records.
var ErrNotLog = errors.New("no log of this type")

// Types are the log types there are.
var Types = []*Type{flowLogs, accessLogs, cloudTrail, networkActivity, insights, aggregated, gatewayLogs}

// ByName returns the log type called name, or nil.
func ByName(name string) *Type {
	for _, t := range Types {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// Alike are the types whose objects have the same keys as those of t.
func (t *Type) Alike() (types []*Type) {
	for _, other := range Types {
		if other.Keys == t.Name {
			types = append(types, other)
		}
	}
	return types
}

// maxBadText bounds the text given to Sink.Bad.
const maxBadText = 4 << 10

func clip(text []byte) []byte { return text[:min(len(text), maxBadText)] }

// Unfinished is an error that came in the middle of a line or record, with the
// beginning of that.
type Unfinished struct {
	Err  error
	Text []byte
}

func (u *Unfinished) Error() string { return u.Err.Error() }
func (u *Unfinished) Unwrap() error { return u.Err }
