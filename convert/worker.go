package convert

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"time"

	"logsql/convert/batch"
	"logsql/convert/lake"
	"logsql/convert/logtype"
	"logsql/ingest/layout"
)

// worker converts one unit after the other; its buffers serve them all.
type worker struct {
	run    *run
	folder folder // of the newest object
	file   *file  // the object that is being read
	body   *body
	sink   *sink
}

func newWorker(r *run) *worker {
	w := &worker{run: r, body: newBody(nil), sink: &sink{lake: r.lake, strict: r.options.Strict, dedupe: r.options.Dedupe}}
	w.sink.flushed = func() { w.run.within(w, w.file.read, w.sink.stored, w.sink.badCount) }
	return w
}

// convert decodes the unit's objects and commits what they gave. A checksum
// comes after the bytes it is about: where one is wrong, records that nobody
// should believe are in the unit's parts already, and the unit begins anew
// without them.
func (w *worker) convert(ctx context.Context, u *unit) error {
	told := 0
	for {
		err := w.try(ctx, u, &told)
		var d *doubt
		if !errors.As(err, &d) {
			return err
		}
	}
}

// try is one pass over the unit; told is of how many objects progress has
// heard. A *doubt says that the unit has to be tried again.
func (w *worker) try(ctx context.Context, u *unit, told *int) error {
	started := time.Now()
	day := dayOf(u.objects[0].Object, layout.Parse(u.objects[0].Key))
	w.sink.begin(ctx, u.typ, u.objects[0].Bucket, day.Format(time.DateOnly), w.identity(u))
	defer w.sink.abort() // after a commit there is nothing left
	ids, err := w.run.ids.begin(ctx, u.typ, day)
	if err != nil {
		return err
	}
	committed := false
	defer func() { ids.end(committed, u.replaces) }()
	w.sink.ids = ids
	var left int64
	var skipped []Skipped
	var read int64
	out := lake.Unit{Table: u.typ.Name, Replaces: u.replaces}
	for i, o := range u.objects {
		c, err := w.object(ctx, u.typ, o)
		if d := w.body.doubted(); d != nil && w.sink.err == nil && ctx.Err() == nil {
			u.objects[i].doubt = d
			return d
		}
		var path *fs.PathError
		if errors.As(err, &path) && c == nil {
			if w.run.options.Strict {
				return &MissingError{o.URI(), path.Err}
			}
			w.run.missing(o.Object, path.Err)
			if u.replaces != 0 {
				return nil // what the lake has of it stays
			}
			continue
		}
		if err != nil {
			return err
		}
		if c.Outcome == lake.Skipped {
			skipped = append(skipped, Skipped{o.URI(), c.Reason})
		}
		out.Objects = append(out.Objects, *c)
		read += o.Size
		left += w.sink.left
		if i >= *told {
			*told = i + 1
			w.run.advance(w, o.Size, c.Stored, c.Bad)
		}
	}
	parts, err := w.sink.finish()
	if err != nil {
		return err
	}
	out.Parts, out.Bad = parts, w.sink.bad
	// From here on the unit is worth more than the haste of who cancels.
	if err := w.run.lake.Commit(context.WithoutCancel(ctx), out); err != nil {
		return err
	}
	committed = true
	w.run.count(out, skipped, read, time.Since(started))
	w.run.countDuplicates(u.typ.Name, w.sink.duplicates, left)
	return nil
}

// identity is what the names of the unit's parts come from: the same objects,
// decoded by the same decoder and written alike, give the same names. What is left after
// duplicates hangs on other objects too: such files are of their run alone.
func (w *worker) identity(u *unit) [sha256.Size]byte {
	h := sha256.New()
	fmt.Fprintf(h, "%s %d %d\n", u.typ.Name, u.typ.Version, batch.Encoding)
	if w.run.options.Dedupe {
		fmt.Fprintf(h, "without duplicates at %d\n", w.run.started.UnixNano())
	}
	var line []byte
	for _, o := range u.objects {
		line = append(strconv.AppendQuote(line[:0], o.Bucket), ' ')
		line = append(strconv.AppendQuote(line, o.Key), ' ')
		line = append(strconv.AppendInt(line, o.Size, 10), ' ')
		line = append(strconv.AppendQuote(line, o.ETag), ' ')
		line = append(strconv.AppendInt(line, o.LastModified.UnixMilli(), 10), '\n')
		h.Write(line)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// partName is unique for a part of a unit: its partition and columns, and which
// one it is of those.
func partName(unit [sha256.Size]byte, place string, sequence int) string {
	h := sha256.New()
	h.Write(unit[:])
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(sequence)))
	io.WriteString(h, place)
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// object decodes one object. A *fs.PathError and no conversion mean that its
// file cannot be opened; other errors end the run.
func (w *worker) object(ctx context.Context, t *logtype.Type, o planned) (*lake.Conversion, error) {
	f, err := w.folder.open(w.run.m.Path(o.Path), o.Size)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	w.file = f
	w.body.reset(f, o.doubt)
	w.sink.open(o.Object)
	c := &lake.Conversion{Object: o.ID, Outcome: lake.Converted, Version: t.Version}
	match := layout.Parse(o.Key)
	in := &logtype.Input{Object: o.Object, Match: match, Body: w.body, FallbackDay: dayOf(o.Object, match)}
	head, _ := w.body.raw.Peek(len(parquetMagic))
	isParquet := string(head) == parquetMagic
	switch {
	case !isParquet:
		err = t.Decode(ctx, in, w.sink)
	case t.Named == nil:
		c.Outcome, c.Reason = lake.Skipped, notText
		return c, nil
	default:
		err = w.parquet(ctx, t, in, f.path)
	}
	if err == nil && w.body.err == nil && !isParquet {
		_, err = io.Copy(io.Discard, w.body) // to the checksum at the end
	}
	text := w.body.tail
	if u := new(logtype.Unfinished); errors.As(err, &u) && text == nil {
		text = u.Text
	}
	if w.body.broken() {
		err = w.body.err // the decoder may have wrapped it, or not cared
	}
	switch {
	case w.sink.err != nil:
		return c, w.sink.err
	case ctx.Err() != nil:
		return c, context.Cause(ctx)
	case w.body.failed() != nil: // of the disk, not of the object: it may be better next time
		return c, fmt.Errorf("read %s: %w", o.URI(), w.body.failed())
	case errors.Is(err, logtype.ErrNotLog) && w.sink.stored+w.sink.left+w.sink.badCount == 0:
		c.Outcome, c.Reason = lake.Skipped, err.Error()
	case err != nil:
		c.Outcome, c.Reason = lake.Broken, err.Error()
		if err := w.broken(err, text, isParquet); err != nil {
			return c, err
		}
	}
	c.Stored, c.Bad = w.sink.stored, w.sink.badCount
	return c, nil
}

const (
	parquetMagic = "PAR1"
	notText      = "a Parquet file, not text"
)

// parquet decodes a Parquet file, which is not read from its beginning to its
// end.
func (w *worker) parquet(ctx context.Context, t *logtype.Type, in *logtype.Input, path string) error {
	f, size, err := batch.OpenFile(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if in.Parquet, err = batch.OpenForeign(f, size); err != nil {
		return err
	}
	defer in.Parquet.Close()
	return t.Decode(ctx, in, w.sink)
}

// broken makes the break of an object a bad line: records may be lost there.
// text is what was there of the line or record that it came in. A decoder that
// ended with a bad line of its own has said it already.
func (w *worker) broken(reason error, text []byte, byRecord bool) error {
	w.sink.drop()
	if w.sink.endedBad && !w.body.broken() {
		return nil
	}
	line := w.body.lines + 1
	if byRecord || w.body.isJSON() {
		line = w.sink.stored + w.sink.left + w.sink.badCount + 1
	}
	return w.sink.Bad(line, reason.Error(), text)
}
