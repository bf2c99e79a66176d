package serde

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"logsql/convert/schema"
	"logsql/sql/funcs"
)

// grok decodes lines by a Grok pattern's named parts, in order, as
// com.amazonaws.glue.serde.GrokSerDe does. The pattern may match anywhere.
//
// That SerDe gives the first column the first part that took part in the match
// and so on, so that one which did not shifts all behind it. Here columns that
// all have the name of a part get that part.
type grok struct {
	match   matcher
	fields  []grokField
	named   []int // for each column, its part; nil where not all have one
	columns int
	found   [][]byte
}

// grokField is a named part of a pattern and the number of its group.
type grokField struct {
	name  string
	group int
}

func newGrok(s *Spec) (decoder, error) {
	format, ok := s.Properties["input.format"]
	if !ok || strings.TrimSpace(format) == "" {
		return nil, refuse("HIVE_INVALID_METADATA", "Schema does not have required 'input.format' property")
	}
	pattern, fields, err := expandGrok(format, s.Properties["input.grokCustomPatterns"])
	if err != nil {
		return nil, err
	}
	re, err := funcs.JavaRegexp(pattern, false, false, false)
	if err != nil {
		return nil, err
	}
	d := &grok{match: engine{re}, fields: fields, columns: len(s.Columns)}
	d.named = d.byName(s.Columns)
	return d, s.scalarsOnly("GrokSerDe", schema.Varbinary)
}

func (d *grok) byName(columns []schema.Column) []int {
	var list []int
	for _, c := range columns {
		at := slices.IndexFunc(d.fields, func(f grokField) bool { return strings.EqualFold(strings.TrimSpace(f.name), c.Name) })
		if at < 0 {
			return nil
		}
		list = append(list, at)
	}
	return list
}

func (d *grok) decode(line []byte, b *Batch) error {
	var at []int
	if len(bytes.TrimSpace(line)) > 0 {
		var err error
		if at, err = d.match.find(line); err != nil {
			return err
		}
	}
	if at == nil {
		b.nullRow(d.columns)
		return nil
	}
	d.take(line, at)
	for i, v := range b.Columns[:d.columns] {
		switch {
		case i >= len(d.found):
			return fmt.Errorf("only %d parts of the pattern took part in the match", len(d.found))
		case v == nil:
		case d.found[i] == nil:
			v.null()
		default:
			v.javaText(withoutQuotes(d.found[i]))
		}
	}
	return nil
}

// take lists the values of the columns.
func (d *grok) take(line []byte, at []int) {
	d.found = d.found[:0]
	value := func(f grokField) []byte {
		if at[2*f.group] < 0 {
			return nil
		}
		return line[at[2*f.group]:at[2*f.group+1]]
	}
	for _, k := range d.named {
		d.found = append(d.found, value(d.fields[k]))
	}
	if d.named != nil {
		return
	}
	for _, f := range d.fields {
		if b := value(f); b != nil {
			d.found = append(d.found, b)
		}
	}
}

// withoutQuotes takes a pair of quotes around a value away.
func withoutQuotes(b []byte) []byte {
	if len(b) == 0 || b[0] != '"' && b[0] != '\'' || b[len(b)-1] != b[0] {
		return b
	}
	return b[1:max(1, len(b)-1)]
}

// reference is %{NAME}, %{NAME:field}, %{NAME:field:type} or %{NAME=regex}.
var reference = regexp.MustCompile(`%\{(\w+)(?::([^}:=]+))?(?::[^}=]*)?(?:=((?:[^{}]|\{[^}]*\})*))?\}`)

// namedGroup is a group with a name of its own, which counts as a field.
var (
	namedGroup    = regexp.MustCompile(`^\(\?<([A-Za-z][\w.-]*)>`)
	anyNamedGroup = regexp.MustCompile(`\(\?<[A-Za-z][\w.-]*>`)
)

const maxExpanded = 1 << 20

// expandGrok writes the pattern as a regular expression. Of the groups only
// those of fields are numbered.
func expandGrok(format, custom string) (pattern string, fields []grokField, err error) {
	known := map[string]string{}
	for _, line := range strings.Split(custom, "\n") {
		if name, text, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			known[name] = strings.TrimSpace(text)
		}
	}
	e := &grokExpansion{known: known}
	pattern = e.expand(format, 0)
	if e.err == nil && len(pattern) > maxExpanded {
		e.err = refuse("NOT_SUPPORTED", "Grok pattern is too long")
	}
	return pattern, e.fields, e.err
}

type grokExpansion struct {
	known  map[string]string
	groups int
	fields []grokField
	err    error
}

const maxGrokDepth = 50

// expand replaces the references of text, and counts its groups on the way.
func (e *grokExpansion) expand(text string, depth int) string {
	if depth > maxGrokDepth {
		e.err = refuse("NOT_SUPPORTED", "Deep recursion pattern compilation of the Grok pattern")
	}
	if e.err != nil {
		return ""
	}
	var b strings.Builder
	for text != "" && b.Len() <= maxExpanded {
		at := reference.FindStringSubmatchIndex(text)
		if at == nil {
			b.WriteString(e.count(text))
			break
		}
		b.WriteString(e.count(text[:at[0]]))
		b.WriteString(e.reference(text, at, depth))
		text = text[at[1]:]
	}
	return b.String()
}

func (e *grokExpansion) reference(text string, at []int, depth int) string {
	name := text[at[2]:at[3]]
	if at[6] >= 0 {
		e.known[name] = text[at[6]:at[7]]
	}
	definition, ok := e.known[name]
	if !ok {
		definition, ok = grokPatterns[name]
	}
	if !ok {
		if e.err == nil {
			e.err = refuse("HIVE_INVALID_METADATA", "Grok compilation failure: Pattern %s is not defined.", name)
		}
		return ""
	}
	if at[4] < 0 {
		return fmt.Sprintf("(?:%s)", e.expand(definition, depth+1))
	}
	e.groups++
	e.fields = append(e.fields, grokField{text[at[4]:at[5]], e.groups})
	return fmt.Sprintf("(%s)", e.expand(definition, depth+1))
}

// count counts the groups that text opens; named ones are fields.
func (e *grokExpansion) count(text string) string {
	inClass := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case inClass:
			inClass = c != ']'
		case c == '[':
			inClass = true
		case c == '(' && !strings.HasPrefix(text[i:], "(?"):
			e.groups++
		case c == '(':
			if m := namedGroup.FindStringSubmatch(text[i:]); m != nil {
				e.groups++
				e.fields = append(e.fields, grokField{m[1], e.groups})
			}
		}
	}
	return anyNamedGroup.ReplaceAllString(text, "(")
}
