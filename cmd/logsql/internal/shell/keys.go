package shell

import (
	"fmt"
	"strings"
	"syscall"

	"github.com/reeflective/readline"
)

// key is one of the editor, or two that do the same. A test sees that each is
// typed in testdata/shell.
type key struct {
	name  string // as help shows it
	typed string // as the tests write it, by blanks
	about string
}

var keys = []key{
	{"Enter", "<Enter>", `runs what ends with ";", else begins a new line`},
	{"Tab", "<Tab>", "completes, or shows how to go on"},
	{"Ctrl-A, Home", "<C-a> <Home>", "to the beginning of the line"},
	{"Ctrl-E, End", "<C-e> <End>", "to its end"},
	{"Ctrl-B, Left", "<C-b> <Left>", "a character back"},
	{"Ctrl-F, Right", "<C-f> <Right>", "a character on"},
	{"Alt-B, Ctrl-Left", "<A-b> <C-Left>", "a word back"},
	{"Alt-F, Ctrl-Right", "<A-f> <C-Right>", "a word on"},
	{"Ctrl-P, Up", "<C-p> <Up>", "the line above, then what was entered before"},
	{"Ctrl-N, Down", "<C-n> <Down>", "the line below, then what was entered after"},
	{"Ctrl-R", "<C-r>", "searches what was entered; Ctrl-G leaves the search"},
	{"Ctrl-K", "<C-k>", "deletes to the end of the line"},
	{"Ctrl-U", "<C-u>", "deletes to its beginning"},
	{"Ctrl-W, Alt-Backspace", "<C-w> <A-BS>", "deletes the word before"},
	{"Alt-D", "<A-d>", "deletes the word behind"},
	{"Ctrl-H, Backspace", "<C-h> <BS>", "deletes the character before"},
	{"Ctrl-D, Delete", "<C-d> <Del>", "deletes the character behind; Ctrl-D on an empty line leaves"},
	{"Ctrl-Y", "<C-y>", "puts back what was deleted last"},
	{"Ctrl-T", "<C-t>", "swaps two characters"},
	{"Ctrl-L", "<C-l>", "clears the screen"},
	{"Ctrl-C", "<C-c>", "cancels the query that runs, or clears what was typed"},
	{"Ctrl-Z", "<C-z>", "stops the shell; fg in the shell behind it goes on"},
	{"Ctrl-X Ctrl-E", "<C-x><C-e>", "what was typed in $EDITOR"},
}

func keysHelp() string {
	var b strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&b, "  %-23s %s\n", k.name, k.about)
	}
	return b.String()
}

// sequences are those that terminals send for keys and readline has not, or has
// in a form that it does not find.
var sequences = map[string]string{
	"\x1b\x7f":  "backward-kill-word",
	"\x1b\b":    "backward-kill-word",
	"\x17":      "backward-kill-word",
	"\x1b[3~":   "delete-char",
	"\x1b[3;5~": "kill-word",
	"\x1b[1~":   "beginning-of-line",
	"\x1b[7~":   "beginning-of-line",
	"\x1b[4~":   "end-of-line",
	"\x1b[8~":   "end-of-line",
	"\x1bOH":    "beginning-of-line",
	"\x1bOF":    "end-of-line",
	"\x1b[1;3C": "forward-word",
	"\x1b[1;3D": "backward-word",
	"\x1b[1;5C": "forward-word",
	"\x1b[1;5D": "backward-word",
	"\x1b[":     "skip-csi-sequence", // F5 and the like: nothing, rather than 15~ in the text
	"\x1b[5~":   "previous-history",
	"\x1b[6~":   "next-history",
	"\x1b[200~": "bracketed-paste-begin",
	"\x18\x05":  "edit-command-line",
	"\x10":      "previous-history",
	"\x1a":      "suspend",
	"\x0e":      "next-history",
}

// bind gives keys their commands, and readline commands of our own where its
// fall short.
func (e *screenEditor) bind() {
	for sequence, action := range sequences {
		_ = e.rl.Config.Bind("emacs", sequence, action, false)
	}
	abort := e.rl.Keymap.Commands()["abort"]
	e.rl.Keymap.Register(map[string]func(){
		"self-insert":       func() { insertTyped(e.rl) },
		"abort":             func() { typedBehind(e.rl, abort) },
		"previous-history":  e.up,
		"next-history":      e.down,
		"edit-command-line": e.edit,
		"suspend":           e.suspend,
	})
}

// insertTyped puts what was typed before the cursor. Readline's own moves on by
// the columns of a character, two for 日, and takes é for a key with Meta.
func insertTyped(rl *readline.Shell) {
	rl.History.SkipSave()
	rl.Cursor().InsertAt(rl.Keys.Caller()...)
}

// typedBehind runs a command that takes the keys behind its own for its own, as
// readline's abort does: what is typed or pasted behind Ctrl-C would be lost, and
// the line stay.
func typedBehind(rl *readline.Shell, command func()) {
	var behind []byte
	for {
		key, empty := rl.Keys.Pop()
		if empty {
			break
		}
		behind = append(behind, key)
	}
	command()
	rl.Keys.Feed(true, []rune(string(behind))...)
}

// up goes to the line above, and from the first to the entry before. Readline's
// own walk shows what an entry was edited to, also at later prompts.
func (e *screenEditor) up() {
	switch {
	case e.rl.Cursor().LinePos() > 0:
		e.rl.Cursor().LineMove(-1)
	case e.at > 0:
		e.recall(e.at - 1)
	}
}

func (e *screenEditor) down() {
	switch {
	case e.rl.Cursor().LinePos() < e.rl.Line().Lines():
		e.rl.Cursor().LineMove(1)
	case e.at < e.history.Len():
		e.recall(e.at + 1)
	}
}

// recall shows the entry at, behind the last what was being typed.
func (e *screenEditor) recall(at int) {
	if e.at == e.history.Len() {
		e.draft = string(*e.rl.Line())
	}
	text := e.draft
	if at < e.history.Len() {
		text, _ = e.history.GetLine(at)
	}
	e.at = at
	e.rl.History.Save() // undo brings back what stood there
	e.rl.Line().Set([]rune(text)...)
	e.rl.Cursor().Set(e.rl.Line().Len())
}

// suspend gives the terminal back to the shell that started this one, until it
// says to go on.
func (e *screenEditor) suspend() {
	back := e.tty.lend()
	_ = syscall.Kill(0, syscall.SIGTSTP) // the whole job, as the terminal does
	back()
	e.rl.Display.PrintPrimaryPrompt()
}

// edit opens the user's editor on what was typed.
func (e *screenEditor) edit() {
	text, err := e.inEditor(string(*e.rl.Line()))
	if err != nil {
		e.rl.Hint.SetTemporary(err.Error())
		return
	}
	e.rl.History.Save()
	e.rl.Line().Set([]rune(strings.TrimRight(text, "\n"))...)
	e.rl.Cursor().Set(e.rl.Line().Len())
}

// interrupt ends a read from another goroutine, as keys would: once to leave a
// search or a list of completions, once to leave the line.
func (e *screenEditor) interrupt() {
	const ctrlC = '\x03'
	e.rl.Keys.Feed(true, ctrlC, ctrlC)
	e.rl.Keys.RequestRefresh()
}
