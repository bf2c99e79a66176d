package shell

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// maxHistory is how many statements are kept from run to run.
const maxHistory = 5000

// history is what was entered, whole statements, oldest first: in a file of one
// JSON object a line, as statements have several. It is what readline calls a
// source. Two shells may append to one file.
type history struct {
	file    string // "" keeps nothing
	entries []string
}

type historyLine struct {
	Time  time.Time `json:"datetime"`
	Block string    `json:"block"`
}

// openHistory reads the file. Lines that are none of ours are left alone.
func openHistory(file string) (*history, error) {
	h := &history{file: file}
	f, err := os.Open(file)
	if file == "" || errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return h, err
	}
	defer f.Close()
	in := bufio.NewReader(f)
	for {
		line, err := in.ReadBytes('\n')
		var entry historyLine
		if json.Unmarshal(line, &entry) == nil && entry.Block != "" {
			h.entries = append(h.entries, entry.Block)
		}
		if errors.Is(err, io.EOF) {
			return h, h.shorten()
		}
		if err != nil {
			return h, err
		}
	}
}

// shorten leaves the newest in a file that has grown long.
func (h *history) shorten() error {
	if len(h.entries) < 2*maxHistory {
		return nil
	}
	h.entries = h.entries[len(h.entries)-maxHistory:]
	f, err := os.CreateTemp(filepath.Dir(h.file), ".logsql_history.*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	w := json.NewEncoder(f)
	for _, block := range h.entries {
		err = errors.Join(err, w.Encode(historyLine{Time: time.Now(), Block: block}))
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), h.file)
}

// Write adds an entry, unless it is the last one again or begins with a blank,
// by which people keep something out of their history.
func (h *history) Write(entry string) (int, error) {
	block := strings.TrimSpace(entry)
	if block == "" || strings.HasPrefix(entry, " ") || len(h.entries) > 0 && h.entries[len(h.entries)-1] == block {
		return len(h.entries), nil
	}
	h.entries = append(h.entries, block)
	if h.file == "" {
		return len(h.entries), nil
	}
	line, err := json.Marshal(historyLine{Time: time.Now().UTC(), Block: block})
	if err != nil {
		return len(h.entries), err
	}
	f, err := os.OpenFile(h.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return len(h.entries), err
	}
	_, err = f.Write(append(line, '\n'))
	return len(h.entries), errors.Join(err, f.Close())
}

// GetLine is the entry at pos, 0 the oldest.
func (h *history) GetLine(pos int) (string, error) {
	if pos < 0 || pos >= len(h.entries) {
		return "", fmt.Errorf("the history has no entry %d", pos)
	}
	return h.entries[pos], nil
}

// Len is how many entries there are.
func (h *history) Len() int { return len(h.entries) }

// Dump is all of them.
func (h *history) Dump() any { return h.entries }

// matching are the last n entries that contain what, with their numbers; the
// very last, which asks for them, is none of them.
func (h *history) matching(what string, n int) (entries []string, numbers []int) {
	for i := len(h.entries) - 2; i >= 0 && len(entries) < n; i-- {
		if strings.Contains(strings.ToLower(h.entries[i]), strings.ToLower(what)) {
			entries, numbers = append([]string{h.entries[i]}, entries...), append([]int{i + 1}, numbers...)
		}
	}
	return entries, numbers
}
