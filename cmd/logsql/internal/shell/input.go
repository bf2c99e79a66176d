package shell

import (
	"strings"

	"logsql/sql/syntax"
)

// isCommand reports whether what is entered is a command of the shell and no
// SQL: it begins with a dot or a backslash.
func isCommand(text string) bool {
	return strings.HasPrefix(text, ".") || strings.HasPrefix(text, `\`)
}

// whole reports whether Enter ends the input: at a command, an empty line, a
// word that leaves, or a semicolon that ends a statement (not one in a text or
// a comment).
func whole(src string) bool {
	text := strings.TrimSpace(src)
	return text == "" || isCommand(text) || isLeaving(text) || ended(src)
}

// isLeaving reports whether text is what people type to leave any shell.
func isLeaving(text string) bool {
	switch strings.ToLower(strings.TrimRight(text, "; ")) {
	case "quit", "exit":
		return true
	}
	return false
}

// ended reports whether src ends with a semicolon, comments behind it aside.
func ended(src string) bool {
	var last syntax.Token
	for tok := range syntax.Tokens(src) {
		if tok.Open {
			return false
		}
		if tok.Kind != syntax.TokComment {
			last = tok
		}
	}
	if last.Text != ";" {
		return false
	}
	_, err := syntax.Parse(src)
	return !syntax.IsIncomplete(err)
}

// pieces cuts a file into what would be entered one after the other: commands,
// a line each, and runs of statements. Lines tells where each begins, from 0.
func pieces(text string) (parts []string, lines []int) {
	src, from := "", 0
	for i, line := range strings.SplitAfter(text, "\n") {
		if isCommand(line) && onlyComments(src) {
			src = ""
		}
		if src == "" {
			from = i
			if strings.TrimSpace(line) == "" {
				continue
			}
		}
		src += line
		if whole(src) {
			parts, lines = append(parts, src), append(lines, from)
			src = ""
		}
	}
	if strings.TrimSpace(src) != "" {
		parts, lines = append(parts, src), append(lines, from)
	}
	return parts, lines
}

// onlyComments reports whether src has no statement begun.
func onlyComments(src string) bool {
	for tok := range syntax.Tokens(src) {
		if tok.Kind != syntax.TokComment {
			return false
		}
	}
	return true
}

// arguments are a command's words; quotes keep blanks together.
func arguments(line string) []string {
	var args []string
	word, quote, any := "", rune(0), false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, any = r, true
		case quote == 0 && (r == ' ' || r == '\t' || r == '\n'):
			if any {
				args = append(args, word)
			}
			word, any = "", false
		default:
			word, any = word+string(r), true
		}
	}
	if any {
		args = append(args, word)
	}
	return args
}

// firstArguments are the first n words of a line, and then all that is behind
// them.
func firstArguments(line string, n int) []string {
	rest := strings.TrimSpace(line)
	var args []string
	for range n {
		at := strings.IndexAny(rest, " \t\n")
		if at < 0 {
			break
		}
		args, rest = append(args, rest[:at]), strings.TrimLeft(rest[at:], " \t\n")
	}
	return append(args, rest)
}

// unquoted is a value without the quotes around it, if it has any.
func unquoted(value string) string {
	n := len(value)
	if n < 2 || value[0] != '\'' || value[n-1] != '\'' {
		return value
	}
	return strings.ReplaceAll(value[1:n-1], "''", "'")
}
