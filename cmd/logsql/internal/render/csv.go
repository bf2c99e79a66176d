package render

import (
	"bufio"
	"strings"
)

// writeCSV quotes by RFC 4180. The empty string is "", so that it is not taken
// for a NULL.
func writeCSV(w *bufio.Writer, r Result, _ Options) error {
	return writeFields(w, r, func(text string) {
		if text == "" || strings.ContainsAny(text, ",\"\r\n") {
			writeQuoted(w, text)
		} else {
			w.WriteString(text)
		}
	}, ',')
}

func writeAthenaCSV(w *bufio.Writer, r Result, _ Options) error {
	return writeFields(w, r, func(text string) { writeQuoted(w, text) }, ',')
}

var tsvEscaper = strings.NewReplacer("\\", `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`)

func writeTSV(w *bufio.Writer, r Result, _ Options) error {
	return writeFields(w, r, func(text string) { tsvEscaper.WriteString(w, text) }, '\t')
}

// writeFields writes the header and every row, values by field, NULLs as
// nothing.
func writeFields(w *bufio.Writer, r Result, field func(string), separator byte) error {
	for i, c := range r.Columns {
		if i > 0 {
			w.WriteByte(separator)
		}
		field(c.Name)
	}
	w.WriteByte('\n')
	return eachRow(r, func(row cells) error {
		for i, text := range row.text {
			if i > 0 {
				w.WriteByte(separator)
			}
			if row.set[i] {
				field(text)
			}
		}
		return w.WriteByte('\n')
	})
}

func writeQuoted(w *bufio.Writer, text string) {
	w.WriteByte('"')
	for {
		i := strings.IndexByte(text, '"')
		if i < 0 {
			break
		}
		w.WriteString(text[:i+1])
		w.WriteByte('"')
		text = text[i+1:]
	}
	w.WriteString(text)
	w.WriteByte('"')
}
