package logtype_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/iotest"

	"logsql/convert/batch"
	"logsql/convert/logtype"
	"logsql/ingest/layout"
	"logsql/ingest/mirror"
)

// sample adds the sample object of a log type, and texts, to the corpus.
func sample(f *testing.F, typ string, texts ...string) {
	f.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "logs", typ, "sample.log"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	for _, text := range texts {
		f.Add([]byte(text))
	}
}

// twice decodes data at once and byte by byte, which must not differ, from memory
// neither, and sees to it that what is stored can be written. The key says nothing, so that the
// records' own dates are used.
func twice(t *testing.T, typ string, data []byte) (*sink, error) {
	t.Helper()
	var sinks [3]sink
	var errs [3]error
	for i, body := range []io.Reader{bytes.NewReader(data), iotest.OneByteReader(bytes.NewReader(data)), inMemory{nil, bytes.Clone(data)}} {
		in := &logtype.Input{Object: mirror.Object{LastModified: day}, Match: layout.Match{}, Body: body}
		errs[i] = logtype.ByName(typ).Decode(t.Context(), in, &sinks[i])
	}
	one := &sinks[0]
	for i, way := range []string{"", "byte by byte", "from memory"} {
		if other := &sinks[i]; one.stored != other.stored || !slices.Equal(one.bad, other.bad) || errText(errs[0]) != errText(errs[i]) {
			t.Errorf("at once: %d stored, bad %q, %v\n%s: %d stored, bad %q, %v", one.stored, one.bad, errs[0], way, other.stored, other.bad, errs[i])
		}
	}
	written := 0
	for _, p := range one.parts {
		if p.batch.Len() == 0 {
			continue
		}
		w := batch.NewWriter(io.Discard, p.columns)
		if err := w.WriteRowGroup(p.batch); err != nil {
			t.Errorf("%v: %v", p.partition, err)
		}
		written += p.batch.Len()
	}
	if written != one.stored {
		t.Errorf("%d records written, %d stored", written, one.stored)
	}
	return one, errs[0]
}

// linesOf counts the lines of data that are not blank.
func linesOf(data []byte) int {
	n := 0
	for line := range bytes.Lines(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))) {
		if len(bytes.Trim(line, " \t\r\n\v\f")) > 0 {
			n++
		}
	}
	return n
}

func FuzzDecodeFlow(f *testing.F) {
	sample(f, "vpc_flow_logs", v2Header+v2Line, "srcaddr srcaddr\na b", "bytes start\n12.5 99999999999\n", "\xef\xbb\xbfversion\n2\n", "\x1f\x8b\n\n")
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := twice(t, "vpc_flow_logs", data)
		if n := linesOf(data); err != nil || s.stored+len(s.bad) > n {
			t.Errorf("%d stored, %d bad of %d lines, %v", s.stored, len(s.bad), n, err)
		}
	})
}

func FuzzDecodeAccess(f *testing.F) {
	sample(f, "s3_access_logs", access24, accessOld, with(access24, "curl/8", `x" "y" - h SigV4 `), with(access24, "curl/8", "\xff\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := twice(t, "s3_access_logs", data)
		if n := linesOf(data); err != nil || s.stored+len(s.bad) != n && !bytes.HasPrefix(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), []byte{0x1f, 0x8b}) {
			t.Errorf("%d stored, %d bad of %d lines, %v", s.stored, len(s.bad), n, err)
		}
	})
}

func FuzzDecodeCloudTrail(f *testing.F) {
	sample(f, "cloudtrail_logs", records(eventA, with(eventB, `"B"`, `"B`), eventB), eventA+"\n"+eventB, "["+eventA+"]", `{"meta":[1e5],"Records":null}`,
		records(event(`,"userIdentity":{"sessionContext":{"webIdFederationData":{"attributes":{"a":"\ud83d\ude00","a":null}}}},"resources":[null,{"x":1},[]],"requestParameters":{"a":[{}],"a":"\u0000"}`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := twice(t, "cloudtrail_logs", data)
		var document struct{ Records []json.RawMessage }
		if json.Unmarshal(data, &document) == nil && (err != nil && len(document.Records) > 0 || s.stored+len(s.bad) < len(document.Records)) {
			t.Errorf("%d stored, %d bad of %d records, %v", s.stored, len(s.bad), len(document.Records), err)
		}
	})
}
