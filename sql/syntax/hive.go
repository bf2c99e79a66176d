package syntax

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// What DDL has of Hive's grammar: strings with backslashes in either quotes,
// names in back-ticks, types such as struct<a:int,b:array<string>>.

// hive reads with Hive's strings for as long as read does.
func (p *parser) hive(read func()) {
	p.rescan(true)
	read()
	p.rescan(false)
}

// rescan reads from the current token again, with Hive's strings or without.
func (p *parser) rescan(hive bool) {
	if p.err != nil {
		return
	}
	p.scan.pos, p.scan.newLine, p.scan.hive = p.tok.From, p.tok.NewLine, hive
	p.ahead = nil
	p.tok = p.scanToken()
	p.checkLegal()
}

// hiveString takes a string of Hive's, nil where there is none.
func (p *parser) hiveString() *StringLit {
	tok := p.tok
	if p.err != nil || tok.Kind != TokString {
		p.expected("<string>")
		return &StringLit{}
	}
	p.next()
	return &StringLit{Span: Span{tok.From, tok.To}, Value: unescapeHive(tok.Text)}
}

// unescapeHive is what a string of Hive's means. Strings that touch are one:
// 'it”s' is its. A backslash before any other character than those below goes
// away, which is why a pattern's \s is written \\s.
func unescapeHive(text string) string {
	var b strings.Builder
	quote := byte(0)
	for text != "" {
		c := text[0]
		switch {
		case quote == 0:
			quote = c
		case c == quote:
			quote = 0
		case c == '\\' && len(text) > 1:
			value, n := hiveEscape(text[1:])
			b.WriteString(value)
			text = text[n:]
		default:
			b.WriteByte(c)
		}
		text = text[1:]
	}
	return b.String()
}

var hiveEscapes = map[byte]string{
	'0': "\x00", 'b': "\b", 'n': "\n", 'r': "\r", 't': "\t", 'Z': "\x1a", '%': `\%`, '_': `\_`,
}

// hiveEscape is the value and length of what stands after a backslash.
func hiveEscape(rest string) (string, int) {
	if unit, ok := hexUnit(rest); ok {
		if low, paired := hexUnit(strings.TrimPrefix(rest[5:], `\`)); paired && utf16.IsSurrogate(unit) && rest[5] == '\\' {
			if r := utf16.DecodeRune(unit, low); r != utf8.RuneError {
				return string(r), len(`uD800\uDC00`)
			}
		}
		return string(unit), len("u0041")
	}
	if len(rest) > 3 && (rest[0] == '0' || rest[0] == '1') {
		if code, err := strconv.ParseUint(rest[:3], 8, 8); err == nil {
			return string(rune(code)), 3
		}
	}
	if value, ok := hiveEscapes[rest[0]]; ok {
		return value, 1
	}
	_, n := utf8.DecodeRuneInString(rest)
	return rest[:n], n
}

// hexUnit reads u0041.
func hexUnit(text string) (rune, bool) {
	if len(text) < 5 || text[0] != 'u' {
		return 0, false
	}
	code, err := strconv.ParseUint(text[1:5], 16, 16)
	return rune(code), err == nil
}

// quoteHive writes text so that Hive reads it.
func quoteHive(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

// hiveName takes a dotted name whose parts may stand in back-ticks, as in
// Hive's statements; one pair may hold database and table.
func (p *parser) hiveName() Name {
	var n Name
	for {
		if tok := p.tok; tok.Kind == TokBackquoted {
			if strings.Contains("."+tok.value()+".", "..") {
				p.fail(tok, "Zero-length delimited identifier not allowed", "")
			}
			p.next()
			for part := range strings.SplitSeq(tok.value(), ".") {
				n = append(n, Ident{Span: Span{tok.From, tok.To}, Name: part, Quoted: true})
			}
		} else {
			n = append(n, p.ident())
		}
		if !p.at(".") {
			p.dashed()
			return n
		}
		p.next()
	}
}

// dashed finds a name with - in it that lacks its quotes.
func (p *parser) dashed() {
	if !p.at("-") || !adjacent(p.prev, p.tok) {
		return
	}
	tok := p.prev
	rest := p.scan.src[tok.From.Offset:]
	whole := rest[:len(rest)-len(strings.TrimLeftFunc(rest, func(r rune) bool {
		return r == '-' || r < utf8.RuneSelf && (isLetter(byte(r)) || isDigit(byte(r)))
	}))]
	tok.To = Pos{tok.From.Offset + len(whole), tok.From.Line, tok.From.Col + len(whole)}
	p.fail(tok, "mismatched input '-'. Expecting: a name without it", "a name with - in it stands in back-ticks: `"+whole+"`")
}

// hiveIdent takes a column's or a field's name. AWS publishes start, end,
// timestamp and date bare, so any word will do: it stands where nothing else can.
func (p *parser) hiveIdent() Ident {
	tok := p.tok
	switch {
	case p.err == nil && tok.Kind == TokWord:
		p.next()
		return Ident{Span: Span{tok.From, tok.To}, Name: tok.Text}
	case p.err == nil && tok.Kind == TokBackquoted:
		if tok.value() == "" {
			p.fail(tok, "Zero-length delimited identifier not allowed", "")
		}
		p.next()
		return Ident{Span: Span{tok.From, tok.To}, Name: tok.value(), Quoted: true}
	}
	p.expected("<column name>")
	return Ident{}
}

func (p *parser) hiveIdents() []Ident {
	var list []Ident
	p.hiveList(func() { list = append(list, p.hiveIdent()) })
	return list
}

// hiveList takes (item, …). A comma before the closing bracket is tolerated:
// guides have it.
func (p *parser) hiveList(item func()) {
	p.wantOpen("(")
	item()
	for p.at(",") {
		comma := p.tok
		p.next()
		if p.at(")") {
			p.warn(comma, "there is a comma too many before )")
			break
		}
		item()
	}
	p.tried = append(p.tried, "','")
	p.wantClose(")")
}

func (p *parser) warn(tok Token, msg string) {
	p.out.Warnings = append(p.out.Warnings, Warning{tok.From, msg})
}

func (p *parser) columnDefs() []ColumnDef {
	var list []ColumnDef
	p.hiveList(func() { list = append(list, p.columnDef()) })
	return list
}

func (p *parser) columnDef() ColumnDef {
	c := ColumnDef{}
	from := p.tok.From
	c.Name = p.hiveIdent()
	c.Type = p.hiveType()
	if p.got("COMMENT") {
		c.Comment = p.hiveString()
	}
	c.Span = p.span(from)
	return c
}

func (p *parser) hiveType() TypeName {
	from := p.tok.From
	text := p.hiveTypeText()
	return TypeName{Span: p.span(from), Text: text}
}

func (p *parser) hiveTypeText() string {
	defer p.deeper()()
	if p.err != nil || p.tok.Kind != TokWord {
		p.tried = p.tried[:0]
		p.expected("<type>")
		return ""
	}
	name := strings.ToLower(p.tok.Text)
	p.next()
	switch {
	case p.at("<"):
		return name + p.typeArguments(name == "struct")
	case p.at("("):
		return name + "(" + strings.ReplaceAll(p.inBrackets(p.integer), " ", "") + ")"
	case name == "double" && p.got("PRECISION"):
	}
	return name
}

// typeArguments takes <type, …> or, of a struct, <name:type, …>.
func (p *parser) typeArguments(named bool) string {
	var parts []string
	p.wantOpen("<")
	for {
		part := ""
		if named {
			part = hiveFieldText(p.hiveIdent()) + ":"
			p.want(":")
		}
		parts = append(parts, part+p.hiveTypeText())
		if p.at("COMMENT") { // of a struct's field: nothing keeps it
			p.next()
			p.hiveString()
		}
		if !p.got(",") {
			break
		}
	}
	p.wantClose(">")
	return "<" + strings.Join(parts, ",") + ">"
}

func hiveFieldText(name Ident) string {
	if isPlainName(name.Name) {
		return name.Name
	}
	return quoteBackticks(name.Name)
}

func quoteBackticks(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// properties takes ('key' = 'value', …), which may be empty.
func (p *parser) properties() []Property {
	if p.atSeq("(", ")") {
		p.next()
		p.next()
		return []Property{}
	}
	var list []Property
	p.hiveList(func() {
		key := p.hiveString()
		p.want("=")
		list = append(list, Property{Key: *key, Value: *p.hiveString()})
	})
	return list
}
