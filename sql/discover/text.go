package discover

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"logsql/convert/schema"
	"logsql/sql/catalog"
)

const (
	openX   = "org.openx.data.jsonserde.JsonSerDe"
	openCSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
)

// textFormat tells lines of JSON from delimited text.
func textFormat(heads [][]byte) format {
	for i, head := range heads {
		heads[i] = wholeLines(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
		if !utf8.Valid(heads[i]) || bytes.IndexByte(heads[i], 0) >= 0 {
			return format{what: "binary data of no known format"}
		}
	}
	first := bytes.TrimLeft(heads[0], " \t\r\n")
	if len(first) > 0 && (first[0] == '{' || first[0] == '[') {
		return jsonFormat(heads)
	}
	return delimitedFormat(heads)
}

// wholeLines drops the line that a head cuts.
func wholeLines(head []byte) []byte {
	if len(head) < headSize {
		return head
	}
	return head[:bytes.LastIndexByte(head, '\n')+1]
}

// jsonFormat infers the columns of objects, one a line.
func jsonFormat(heads [][]byte) format {
	all := schema.RowOf()
	for _, head := range heads {
		for line := range bytes.Lines(head) {
			if line = bytes.TrimSpace(line); len(line) == 0 {
				continue
			}
			t, err := jsonType(line)
			if err != nil || t.Kind != schema.Row {
				return format{what: "JSON that is not one object a line, which Athena's SerDes do not read"}
			}
			all = widen(all, t)
		}
	}
	f := format{what: "JSON lines", byName: true, input: "TEXTFILE", serde: openX, serdeProps: map[string]string{}}
	for _, field := range all.Elems {
		t := field.Type
		if h, ok := hiveType(t); ok && !slices.ContainsFunc(t.Elems, hasUnknown) {
			t = h
		} else {
			t = schema.Text
		}
		f.columns = append(f.columns, schema.Column{Name: field.Name, Type: t})
	}
	return f
}

func hasUnknown(f schema.Field) bool {
	return f.Type.Kind == schema.Unknown || slices.ContainsFunc(f.Type.Elems, hasUnknown)
}

// jsonType is the type of a JSON text; null's is unknown.
func jsonType(text []byte) (schema.Type, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	t, err := jsonValue(d)
	if err == nil {
		if _, end := d.Token(); end != io.EOF {
			err = fmt.Errorf("more than one value")
		}
	}
	return t, err
}

func jsonValue(d *json.Decoder) (schema.Type, error) {
	token, err := d.Token()
	if err != nil {
		return schema.Type{}, err
	}
	switch v := token.(type) {
	case json.Delim:
		if v == '[' {
			return jsonList(d)
		}
		return jsonObject(d)
	case bool:
		return schema.Of(schema.Boolean), nil
	case string:
		return schema.Text, nil
	case json.Number:
		return numberType(v.String()), nil
	}
	return schema.Type{}, nil
}

func numberType(text string) schema.Type {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return schema.Of(schema.BigInt)
	}
	return schema.Of(schema.Double)
}

func jsonList(d *json.Decoder) (schema.Type, error) {
	elem := schema.Type{}
	for d.More() {
		t, err := jsonValue(d)
		if err != nil {
			return t, err
		}
		elem = widen(elem, t)
	}
	_, err := d.Token()
	return schema.ArrayOf(elem), err
}

func jsonObject(d *json.Decoder) (schema.Type, error) {
	row := schema.RowOf()
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return row, err
		}
		t, err := jsonValue(d)
		if err != nil {
			return row, err
		}
		row = widen(row, schema.RowOf(schema.Field{Name: strings.ToLower(fmt.Sprint(name)), Type: t}))
	}
	_, err := d.Token()
	return row, err
}

// widen is a type that holds values of both; text holds any.
func widen(a, b schema.Type) schema.Type {
	switch {
	case a.Kind == schema.Unknown:
		return b
	case b.Kind == schema.Unknown:
		return a
	case a.Kind == schema.Row && b.Kind == schema.Row:
		fields := slices.Clone(a.Elems)
		for _, f := range b.Elems {
			if i := slices.IndexFunc(fields, func(h schema.Field) bool { return h.Name == f.Name }); i >= 0 {
				fields[i].Type = widen(fields[i].Type, f.Type)
			} else {
				fields = append(fields, f)
			}
		}
		return schema.RowOf(fields...)
	case a.Kind == schema.Array && b.Kind == schema.Array:
		return schema.ArrayOf(widen(a.Elem(), b.Elem()))
	case a.Equal(b):
		return a
	case a.IsNumber() && b.IsNumber():
		return schema.Of(schema.Double)
	}
	return schema.Text
}

// delimiters in the order of trust.
var delimiters = []struct {
	by   byte
	what string
}{{',', "CSV"}, {'\t', "tab-separated text"}, {'|', "text separated by |"}, {';', "text separated by ;"}}

// delimitedFormat takes the delimiter that cuts every line into as many fields.
func delimitedFormat(heads [][]byte) format {
	for _, d := range delimiters {
		var files [][][]string
		width, quoted := 0, false
		for _, head := range heads {
			rows, ok := cut(head, d.by)
			if !ok {
				width = 0
				break
			}
			files = append(files, rows)
			quoted = quoted || bytes.IndexByte(head, '"') >= 0
			width = max(width, len(rows[0]))
		}
		if width > 1 && sameWidth(files, width) {
			return tableText(files, d.by, d.what, quoted)
		}
	}
	return format{what: "text without columns that can be told apart"}
}

// maxSampleRows is how many lines of an object are looked at.
const maxSampleRows = 1000

func cut(head []byte, by byte) (rows [][]string, ok bool) {
	r := csv.NewReader(bytes.NewReader(head))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = rune(by), -1, true
	for len(rows) < maxSampleRows {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, false
		}
		rows = append(rows, row)
	}
	return rows, len(rows) > 0
}

func sameWidth(files [][][]string, width int) bool {
	for _, rows := range files {
		if slices.ContainsFunc(rows, func(row []string) bool { return len(row) != width }) {
			return false
		}
	}
	return true
}

// tableText is delimited text. With quotes it is OpenCSVSerde's, whose columns
// are texts; without, LazySimpleSerDe's.
func tableText(files [][][]string, by byte, what string, quoted bool) format {
	f := format{input: "TEXTFILE", properties: map[string]string{}}
	width := len(files[0][0])
	names := header(files)
	if names != nil {
		f.properties["skip.header.line.count"] = "1"
		f.what = what + " with a header"
		for i := range files {
			files[i] = files[i][1:]
		}
	} else {
		f.what = what + " without a header"
	}
	for i := range width {
		c := schema.Column{Name: "col" + strconv.Itoa(i), Type: schema.Text}
		if names != nil {
			c.Name = names[i]
		}
		if !quoted {
			c.Type = columnType(files, i)
		}
		f.columns = append(f.columns, c)
	}
	if quoted {
		f.serde, f.serdeProps = openCSV, map[string]string{"separatorChar": string(by), "quoteChar": `"`}
		return f
	}
	f.serde = catalog.LazySimpleSerDe
	f.serdeProps = map[string]string{"field.delim": string(by), "serialization.format": string(by)}
	return f
}

// header is the columns' names, where all objects begin with the same line of
// names: none of them is a number or empty, and none comes again below it.
func header(files [][][]string) []string {
	first := files[0][0]
	lines := 0
	for i, cell := range first {
		if cell = strings.TrimSpace(cell); cell == "" || textType(cell).Kind != schema.Varchar || len(cell) > 128 {
			return nil
		}
		for _, rows := range files {
			lines += len(rows) - 1
			if rows[0][i] != first[i] || slices.ContainsFunc(rows[1:], func(row []string) bool { return row[i] == first[i] }) {
				return nil
			}
		}
	}
	names := make([]string, len(first))
	for i, cell := range first {
		name := strings.Trim(notWord.ReplaceAllString(strings.ToLower(strings.TrimSpace(cell)), "_"), "_")
		if name == "" || slices.Contains(names[:i], name) {
			return nil
		}
		names[i] = name
	}
	if lines == 0 {
		return nil
	}
	return names
}

// columnType is the type that all values of a column have, empty ones aside.
func columnType(files [][][]string, i int) schema.Type {
	t := schema.Type{}
	for _, rows := range files {
		for _, row := range rows {
			if row[i] != "" && row[i] != `\N` {
				t = widen(t, textType(row[i]))
			}
		}
	}
	if t.Kind == schema.Unknown {
		return schema.Text
	}
	return t
}

func textType(text string) schema.Type {
	if text == "true" || text == "false" {
		return schema.Of(schema.Boolean)
	}
	// A number that is written with zeros before it is a name: 007 is not 7.
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || digits[0] < '0' || digits[0] > '9' || len(digits) > 1 && digits[0] == '0' && digits[1] != '.' {
		return schema.Text
	}
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return schema.Of(schema.BigInt)
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil && strings.Trim(digits, "0123456789.eE+-") == "" {
		return schema.Of(schema.Double)
	}
	return schema.Text
}
