package syntax

import "fmt"

// Error is what a user sees of a statement that does not run: Trino's code
// (SYNTAX_ERROR, COLUMN_NOT_FOUND …), the span it is about, Trino's wording and
// a hint of ours where one helps. From is not valid where no place is known.
type Error struct {
	Code       string
	From, To   Pos
	Msg        string
	Hint       string
	Placeless  bool // Trino names no place: the span is marked, the message is without
	Incomplete bool // more input could mend it: what a prompt needs to know
	Err        error
}

// Hive is the code of errors that Hive would give, which runs the statements
// about the catalog on Athena; it names no places.
const Hive = "FAILED"

// Error is "CODE: line 1:8: message", without the place where none is known.
func (e *Error) Error() string { return e.Code + ": " + e.Message() }

// Message is the error's text without its code, as Trino gives it.
func (e *Error) Message() string {
	if !e.From.IsValid() || e.Code == Hive || e.Placeless {
		return e.Msg
	}
	return fmt.Sprintf("line %d:%d: %s", e.From.Line, e.From.Col, e.Msg)
}

func (e *Error) Unwrap() error { return e.Err }

// ErrorAt returns an error about node n.
func ErrorAt(n Node, code, format string, args ...any) *Error {
	return &Error{Code: code, From: n.Pos(), To: n.End(), Msg: fmt.Sprintf(format, args...)}
}
