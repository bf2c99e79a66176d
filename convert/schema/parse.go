package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Parse reads a type in Hive's or Trino's notation: string, int,
// struct<a:int,b:array<string>>, row(a integer, b array(varchar)),
// timestamp(3) with time zone. Names match without case; field names are
// lower-cased, as Athena does.
func Parse(text string) (Type, error) {
	p := typeParser{rest: text}
	t := p.typ()
	if p.err == nil && strings.TrimSpace(p.rest) != "" {
		p.fail("unexpected " + strconv.Quote(strings.TrimSpace(p.rest)))
	}
	if p.err != nil {
		return Type{}, fmt.Errorf("type %q: %w", text, p.err)
	}
	return t, nil
}

// MustParse is Parse for types written in the source.
func MustParse(text string) Type {
	t, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return t
}

var simpleKinds = map[string]Kind{
	"unknown": Unknown, "boolean": Boolean, "tinyint": TinyInt, "smallint": SmallInt, "int": Integer,
	"integer": Integer, "bigint": BigInt, "real": Real, "float": Real, "double": Double,
	"decimal": Decimal, "numeric": Decimal, "string": Varchar, "varchar": Varchar, "char": Char,
	"varbinary": Varbinary, "binary": Varbinary, "date": Date, "time": Time, "timestamp": Timestamp,
	"json": JSON, "ipaddress": IPAddress, "ipprefix": IPPrefix, "uuid": UUID, "color": Color,
}

// TypeNames are the names of types in queries.
func TypeNames() []string {
	names := []string{"array", "map", "row"}
	for name := range simpleKinds {
		if name != "unknown" && name != "string" && name != "float" && name != "binary" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

type typeParser struct {
	rest string
	err  error
}

func (p *typeParser) fail(what string) {
	if p.err == nil {
		p.err = fmt.Errorf("%s", what)
	}
}

// word takes the next identifier, plain (lower-cased) or quoted.
func (p *typeParser) word() string {
	p.rest = strings.TrimLeft(p.rest, " \t\r\n")
	if p.rest != "" && (p.rest[0] == '"' || p.rest[0] == '`') {
		if end := strings.IndexByte(p.rest[1:], p.rest[0]); end >= 0 {
			w := p.rest[1 : 1+end]
			p.rest = p.rest[end+2:]
			return strings.ToLower(w)
		}
	}
	n := 0
	for n < len(p.rest) && !strings.ContainsRune(" \t\r\n<>(),:", rune(p.rest[n])) {
		n++
	}
	w := strings.ToLower(p.rest[:n])
	p.rest = p.rest[n:]
	return w
}

// fieldName is word, but a name in double quotes keeps its case as in Trino.
func (p *typeParser) fieldName() string {
	p.rest = strings.TrimLeft(p.rest, " \t\r\n")
	if !strings.HasPrefix(p.rest, `"`) {
		return p.word()
	}
	rest := p.rest[1:]
	lower := p.word()
	if name := rest[:min(len(lower), len(rest))]; strings.EqualFold(name, lower) {
		return name
	}
	return lower
}

func (p *typeParser) got(tok string) bool {
	trimmed := strings.TrimLeft(p.rest, " \t\r\n")
	if !strings.HasPrefix(strings.ToLower(trimmed), tok) {
		return false
	}
	p.rest = trimmed[len(tok):]
	return true
}

func (p *typeParser) want(tok string) {
	if !p.got(tok) {
		p.fail("expected " + strconv.Quote(tok))
	}
}

func (p *typeParser) number() int {
	w := p.word()
	n, err := strconv.Atoi(w)
	if err != nil {
		p.fail("expected a number, found " + strconv.Quote(w))
	}
	return n
}

func (p *typeParser) typ() Type {
	if p.err != nil {
		return Type{}
	}
	name := p.word()
	switch name {
	case "array":
		closer := p.open()
		elem := p.typ()
		p.want(closer)
		return ArrayOf(elem)
	case "map":
		closer := p.open()
		key := p.typ()
		p.want(",")
		value := p.typ()
		p.want(closer)
		return MapOf(key, value)
	case "struct", "row":
		return p.row()
	case "interval":
		if p.word() == "year" {
			p.want("to")
			p.want("month")
			return Of(IntervalYear)
		}
		p.want("to")
		p.want("second")
		return Of(IntervalDay)
	}
	kind, ok := simpleKinds[name]
	if !ok {
		p.fail("unknown type " + strconv.Quote(name))
		return Type{}
	}
	return p.parameters(Of(kind))
}

func (p *typeParser) open() string {
	if p.got("<") {
		return ">"
	}
	p.want("(")
	return ")"
}

func (p *typeParser) parameters(t Type) Type {
	if p.got("(") {
		t.Precision = p.number()
		if t.Kind == Decimal && p.got(",") {
			t.Scale = p.number()
		}
		if t.Kind == Varchar {
			t = VarcharOf(t.Precision)
		}
		p.want(")")
	} else if t.Kind == Decimal {
		t = DecimalOf(38, 0)
	}
	if (t.Kind == Time || t.Kind == Timestamp) && p.got("with time zone") {
		t.Kind++
	}
	return t
}

// row reads struct<name:type,…> and row(name type, …); a row's field may have
// no name.
func (p *typeParser) row() Type {
	var fields []Field
	closer := p.open()
	for p.err == nil {
		before := p.rest
		name := p.fieldName()
		if p.got(":") || closer == ")" && !p.atEnd() {
			fields = append(fields, Field{Name: name, Type: p.typ()})
		} else {
			p.rest = before
			fields = append(fields, Field{Type: p.typ()})
		}
		if !p.got(",") {
			break
		}
	}
	p.want(closer)
	return RowOf(fields...)
}

// atEnd reports whether what was just read as a name was a nameless field's
// whole type, or its first word: what follows can be no type.
func (p *typeParser) atEnd() bool {
	trimmed := strings.TrimLeft(p.rest, " \t\r\n")
	return trimmed == "" || strings.ContainsRune("(),<>", rune(trimmed[0])) ||
		strings.HasPrefix(trimmed, "with time zone") || strings.HasPrefix(trimmed, "day to second") || strings.HasPrefix(trimmed, "year to month")
}
