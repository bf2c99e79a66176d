package serde

import (
	"strconv"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/funcs"
)

// regex decodes lines by the groups of a pattern that matches them as a whole,
// as RegexSerDe does.
type regex struct {
	match   matcher
	columns int
}

// matcher finds the groups of a line, nil where it does not match.
type matcher interface {
	find(line []byte) ([]int, error)
}

func newRegex(s *Spec) (decoder, error) {
	pattern, ok := s.Properties["input.regex"]
	if !ok {
		return nil, refuse("HIVE_INVALID_METADATA", "Schema does not have required 'input.regex' property")
	}
	re, err := funcs.JavaRegexp(pattern, true, true, isTrue(s.Properties["input.regex.case.insensitive"]))
	if err != nil {
		return nil, err
	}
	if err := s.scalarsOnly("RegexSerDe", schema.Varbinary); err != nil {
		return nil, err
	}
	return &regex{match: newMatcher(re), columns: len(s.Columns)}, nil
}

// scalarsOnly refuses nested columns and those of the kinds given.
func (s *Spec) scalarsOnly(serde string, but ...schema.Kind) error {
	for _, c := range s.Columns {
		bad := len(c.Type.Elems) > 0
		for _, k := range but {
			bad = bad || c.Type.Kind == k
		}
		if bad {
			return refuse("NOT_SUPPORTED", "%s cannot read column '%s' of type %s", serde, c.Name, c.Type)
		}
	}
	return nil
}

func (d *regex) decode(line []byte, b *Batch) error {
	at, err := d.match.find(line)
	if err != nil {
		return err
	}
	for i, v := range b.Columns[:d.columns] {
		if v == nil {
			continue
		}
		if g := 2 * (i + 1); g+1 < len(at) && at[g] >= 0 {
			v.javaText(line[at[g]:at[g+1]])
		} else {
			v.null()
		}
	}
	return nil
}

// javaText appends a scalar from its text as Java's parsers read it, NULL for
// what is none.
func (v *Vector) javaText(b []byte) {
	switch v.Type.Kind {
	case schema.Boolean:
		is, _ := hiveBoolean(b)
		v.bool(is)
		return
	case schema.TinyInt, schema.SmallInt, schema.Integer, schema.BigInt:
		if n, ok := javaInteger(string(b), v.Type.Kind); ok {
			v.int(n)
			return
		}
		v.null()
		return
	case schema.Timestamp:
		if t, ok := hiveTimestamp(string(b)); ok {
			v.timestamp(t)
			return
		}
		v.null()
		return
	}
	v.hiveText(b)
}

// javaInteger reads an integer as Long.parseLong does.
func javaInteger(text string, kind schema.Kind) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, integerBits[kind])
	return n, err == nil && !strings.Contains(text, "_")
}

// engine is funcs' regular expression as a matcher.
type engine struct{ re *funcs.Regexp }

func (e engine) find(line []byte) ([]int, error) {
	if plain := e.re.Plain(); plain != nil {
		return plain.FindSubmatchIndex(line), nil
	}
	return e.re.Find(string(line))
}

// newMatcher is the fastest that serves a pattern of whole lines.
func newMatcher(re *funcs.Regexp) matcher {
	if plain := re.Plain(); plain != nil {
		if p := compile(plain); p != nil {
			return p
		}
	}
	return engine{re}
}
