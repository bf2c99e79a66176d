package syntax

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Scanner cuts source into tokens. It never fails: what is no token is a
// TokIllegal with its reason.
type Scanner struct {
	src     string
	pos     Pos
	newLine bool // nothing but blanks since the line began
	hive    bool // Hive's strings: backslash escapes, "…" is one too
}

// NewScanner returns a scanner at the beginning of src.
func NewScanner(src string) *Scanner {
	s := &Scanner{src: src, pos: Pos{Line: 1, Col: 1}, newLine: true}
	if strings.HasPrefix(src, "\ufeff") {
		s.pos.Offset = len("\ufeff") // a file's mark, not a character of its text
	}
	return s
}

// Tokens yields all tokens of src, comments too, up to its end.
func Tokens(src string) iter.Seq[Token] {
	return func(yield func(Token) bool) {
		s := NewScanner(src)
		for tok := s.Next(); tok.Kind != TokEOF; tok = s.Next() {
			if !yield(tok) {
				return
			}
		}
	}
}

// Next returns the next token; after the last, TokEOF for ever.
func (s *Scanner) Next() Token {
	s.skipBlanks()
	tok := Token{From: s.pos, NewLine: s.newLine}
	s.newLine = false
	rest := s.src[s.pos.Offset:]
	n := 0
	if rest != "" {
		n = s.scan(&tok, rest)
	}
	tok.Text = rest[:n]
	s.advance(n)
	tok.To = s.pos
	if tok.Kind == TokWord {
		tok.Sym = keyword(tok.Text)
	}
	return tok
}

func (s *Scanner) skipBlanks() {
	for s.pos.Offset < len(s.src) {
		switch s.src[s.pos.Offset] {
		case ' ', '\t', '\r':
			s.pos.Col++
		case '\n':
			s.pos.Line++
			s.pos.Col = 1
			s.newLine = true
		default:
			return
		}
		s.pos.Offset++
	}
}

// advance moves n bytes on, counting lines and characters.
func (s *Scanner) advance(n int) {
	text := s.src[s.pos.Offset : s.pos.Offset+n]
	s.pos.Offset += n
	if lines := strings.Count(text, "\n"); lines > 0 {
		s.pos.Line += lines
		s.pos.Col = 1
		text = text[strings.LastIndexByte(text, '\n')+1:]
	}
	s.pos.Col += utf8.RuneCountInString(text)
}

// scan finds the token rest begins with, fills in what it is and returns its
// length.
func (s *Scanner) scan(tok *Token, rest string) int {
	switch c := rest[0]; {
	case strings.HasPrefix(rest, "--"):
		return lineComment(tok, rest)
	case strings.HasPrefix(rest, "/*"):
		return blockComment(tok, rest)
	case c == '\'':
		return s.quoted(tok, rest, 0, TokString)
	case (c == 'x' || c == 'X') && len(rest) > 1 && rest[1] == '\'':
		return s.quoted(tok, rest, 1, TokBinary)
	case (c == 'u' || c == 'U') && strings.HasPrefix(rest[1:], "&'"):
		return s.quoted(tok, rest, 2, TokUnicodeString)
	case c == '"' && s.hive:
		return s.quoted(tok, rest, 0, TokString)
	case c == '"':
		return s.quoted(tok, rest, 0, TokQuoted)
	case c == '`':
		return s.quoted(tok, rest, 0, TokBackquoted)
	case isLetter(c):
		tok.Kind = TokWord
		return wordLen(rest)
	case isDigit(c), c == '.' && len(rest) > 1 && isDigit(rest[1]):
		return number(tok, rest)
	}
	if op := operator(rest); op != "" {
		tok.Kind = TokOp
		tok.Sym = op
		if op == "!=" {
			tok.Sym = "<>"
		}
		return len(op)
	}
	return illegalRune(tok, rest)
}

func lineComment(tok *Token, rest string) int {
	tok.Kind = TokComment
	if end := strings.IndexByte(rest, '\n'); end >= 0 {
		return end
	}
	return len(rest)
}

func blockComment(tok *Token, rest string) int {
	if end := strings.Index(rest[2:], "*/"); end >= 0 {
		tok.Kind = TokComment
		return end + len("/**/")
	}
	return unclosed(tok, rest, "comment is not closed: */ is missing")
}

// quoted scans what stands in quotes; the opening one is rest[open]. A doubled
// quote stands for itself.
func (s *Scanner) quoted(tok *Token, rest string, open int, kind Kind) int {
	quote := rest[open]
	for i := open + 1; i < len(rest); i++ {
		switch {
		case rest[i] == '\\' && s.hive && quote != '`':
			i++
		case rest[i] != quote:
		case i+1 < len(rest) && rest[i+1] == quote:
			i++
		default:
			tok.Kind = kind
			return i + 1
		}
	}
	if quote == '\'' {
		return unclosed(tok, rest, "string is not closed: ' is missing")
	}
	return unclosed(tok, rest, "quoted name is not closed: "+string(quote)+" is missing")
}

func unclosed(tok *Token, rest, reason string) int {
	tok.Kind, tok.Open, tok.Reason = TokIllegal, true, reason
	return len(rest)
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }

func wordLen(rest string) int {
	n := 0
	for n < len(rest) && (isLetter(rest[n]) || isDigit(rest[n])) {
		n++
	}
	return n
}

// number scans 12, 1_000, 0x1F, 0o17, 0b101, 1.5, .5, 1. and 1e-5. Digits that
// run into letters are no number and no name either.
func number(tok *Token, rest string) int {
	n := wordLen(rest)
	run := rest[:n]
	tok.Kind = TokInteger
	switch {
	case isRadix(run):
		return n
	case isDigits(run):
	case isExponent(run):
		tok.Kind = TokDouble
		return n
	case signedExponent(rest, n) > 0:
		tok.Kind = TokDouble
		return signedExponent(rest, n)
	default:
		tok.Kind = TokIllegal
		tok.Reason = "identifiers must not start with a digit; surround the identifier with double quotes"
		return n
	}
	if n == len(rest) || rest[n] != '.' {
		return n
	}
	tok.Kind = TokDecimal
	n++
	for n < len(rest) && (isDigit(rest[n]) || rest[n] == '_' && n+1 < len(rest) && isDigit(rest[n+1])) {
		n++
	}
	if exp := exponentLen(rest[n:]); exp > 0 {
		tok.Kind = TokDouble
		n += exp
	}
	return n
}

func isRadix(run string) bool {
	if len(run) < 3 || run[0] != '0' {
		return false
	}
	digits := map[byte]string{'x': "0123456789abcdef", 'o': "01234567", 'b': "01"}[run[1]|0x20]
	body := strings.ToLower(run[2:])
	return digits != "" && strings.Trim(body, digits+"_") == "" && plainUnderscores("0"+body)
}

func isDigits(run string) bool {
	return strings.Trim(run, "0123456789_") == "" && plainUnderscores(run)
}

// plainUnderscores reports whether each _ stands between two digits.
func plainUnderscores(run string) bool {
	return !strings.Contains(run, "__") && !strings.HasPrefix(run, "_") && !strings.HasSuffix(run, "_")
}

// isExponent reports whether run is 12e5.
func isExponent(run string) bool {
	e := strings.IndexAny(run, "eE")
	return e > 0 && isDigits(run[:e]) && exponentLen(run[e:]) == len(run)-e
}

// signedExponent is the length of 12e-5 where rest[:n] is its 12e, else 0.
func signedExponent(rest string, n int) int {
	if n < 2 || rest[n-1]|0x20 != 'e' || !isDigits(rest[:n-1]) {
		return 0
	}
	if exp := exponentLen(rest[n-1:]); exp > 0 {
		return n - 1 + exp
	}
	return 0
}

// exponentLen is the length of the exponent rest begins with, 0 for none.
func exponentLen(rest string) int {
	if len(rest) < 2 || rest[0]|0x20 != 'e' {
		return 0
	}
	n := 1
	if rest[n] == '+' || rest[n] == '-' {
		n++
	}
	digits := n
	for n < len(rest) && isDigit(rest[n]) {
		n++
	}
	if n == digits {
		return 0
	}
	return n
}

func operator(rest string) string {
	if len(rest) > 1 {
		switch op := rest[:2]; op {
		case "<>", "!=", "<=", ">=", "||", "->", "=>":
			return op
		}
	}
	if strings.IndexByte("()[],.;:?+-*/%=<>{}|^$", rest[0]) >= 0 {
		return rest[:1]
	}
	return ""
}

// illegalRune takes one character that begins no token, or a run of letters
// beyond ASCII.
func illegalRune(tok *Token, rest string) int {
	tok.Kind = TokIllegal
	r, n := utf8.DecodeRuneInString(rest)
	if !unicode.IsLetter(r) {
		return n
	}
	for n < len(rest) {
		r, size := utf8.DecodeRuneInString(rest[n:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' {
			break
		}
		n += size
	}
	return n
}
