package funcs

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"logsql/convert/schema"
	"logsql/sql/jsonpath"
)

// jsonItem reads a document. What follows it does not count, and no text at all
// is null, as in Trino.
func jsonItem(text string) (*jsonpath.Item, error) {
	s := scanner{text: text}
	if s.space(); s.at == len(text) {
		return jsonpath.Null, nil
	}
	it, ok := s.item()
	if !ok {
		return nil, failure("JSON_INPUT_CONVERSION_ERROR", "conversion to JSON failed: ")
	}
	return it, nil
}

func (s *scanner) item() (*jsonpath.Item, bool) {
	s.space()
	switch s.peek() {
	case '{':
		return s.objectItem()
	case '[':
		it := &jsonpath.Item{Kind: jsonpath.KindArray, JSON: true}
		ok := s.array(func() bool {
			elem, ok := s.item()
			it.Elems = append(it.Elems, elem)
			return ok
		})
		return it, ok
	case '"':
		text, ok := s.str()
		return &jsonpath.Item{Kind: jsonpath.KindScalar, JSON: true, Type: schema.Text, Text: text}, ok
	}
	start := s.at
	if !s.bare() {
		return nil, false
	}
	return bareItem(s.text[start:s.at]), true
}

// objectItem keeps the last of several values of a key, in the first's place.
func (s *scanner) objectItem() (*jsonpath.Item, bool) {
	it := &jsonpath.Item{Kind: jsonpath.KindObject, JSON: true}
	places := map[string]int{}
	ok := s.object(func(key string) bool {
		value, ok := s.item()
		if i, twice := places[key]; twice {
			it.Elems[i] = value
			return ok
		}
		places[key] = len(it.Keys)
		it.Keys, it.Elems = append(it.Keys, key), append(it.Elems, value)
		return ok
	})
	return it, ok
}

// bareItem is true, false, null or a number.
func bareItem(text string) *jsonpath.Item {
	var it *jsonpath.Item
	switch {
	case text == "null":
		return jsonpath.Null
	case text == "true", text == "false":
		it = jsonpath.BoolItem(text == "true")
	case isFloat(text):
		f, _ := strconv.ParseFloat(text, 64) // out of range is infinite in Java too
		it = jsonpath.FloatItem(f, schema.Double)
	default:
		n, err := strconv.ParseInt(text, 10, 64)
		if err == nil {
			it = jsonpath.IntItem(n)
			break
		}
		huge, _ := new(big.Int).SetString(text, 10)
		it = jsonpath.DecimalItem(huge, 0, 0)
	}
	it.JSON = true
	return it
}

// item is a value that SQL hands over; nil where it is JSON text that is NULL.
func (p JSONParam) item(value any) (*jsonpath.Item, error) {
	text, ok := value.(string)
	switch {
	case !ok && p.JSON:
		return nil, nil
	case !ok:
		return jsonpath.Null, nil
	case p.JSON:
		return jsonItem(text)
	}
	t := schema.MustParse(p.Type)
	it := &jsonpath.Item{Kind: jsonpath.KindScalar, Type: t, Text: text}
	switch {
	case t.Kind == schema.Boolean:
		it.Bool = text == "true"
	case t.IsInteger():
		it.Int, _ = strconv.ParseInt(text, 10, 64)
	case t.Kind == schema.Double || t.Kind == schema.Real:
		it.Float, _ = strconv.ParseFloat(text, floatBits(t.Kind))
	case t.Kind == schema.Decimal:
		it.Big, _ = new(big.Int).SetString(strings.Replace(text, ".", "", 1), 10)
	default:
		it.Big = momentEpoch(t.Kind, text)
	}
	return it, nil
}

// momentEpoch is what dates and times are compared by: picoseconds.
func momentEpoch(kind schema.Kind, text string) *big.Int {
	var m Moment
	switch kind {
	case schema.Date:
		m.Time, _ = ParseDay(text)
	case schema.Time:
		m, _ = ParseClock(text)
	case schema.TimeTZ:
		m, _ = ParseClock(text)
		picos, _, _ := m.UTCClock()
		return big.NewInt(picos)
	case schema.Timestamp:
		m, _ = ParseStamp(text)
	default:
		m, _ = zonedCast(text, 12)
	}
	return m.Epoch()
}

// writable reports whether JSON has a way to say it.
func writable(it *jsonpath.Item) bool {
	return it.Kind != jsonpath.KindScalar || it.Type.Kind < schema.Varbinary
}

// appendItem writes an item as Jackson does.
func appendItem(b []byte, it *jsonpath.Item) []byte {
	switch it.Kind {
	case jsonpath.KindNull:
		return append(b, "null"...)
	case jsonpath.KindArray:
		b = append(b, '[')
		for i, elem := range it.Elems {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendItem(b, elem)
		}
		return append(b, ']')
	case jsonpath.KindObject:
		b = append(b, '{')
		for i, elem := range it.Elems {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendItem(append(appendQuoted(b, it.Keys[i]), ':'), elem)
		}
		return append(b, '}')
	}
	return appendScalar(b, it)
}

func appendScalar(b []byte, it *jsonpath.Item) []byte {
	switch t := it.Type; {
	case t.Kind == schema.Boolean:
		return strconv.AppendBool(b, it.Bool)
	case t.IsInteger():
		return strconv.AppendInt(b, it.Int, 10)
	case t.Kind == schema.Decimal:
		return append(b, decimalString(it.Big, t.Scale)...)
	case t.Kind == schema.Double || t.Kind == schema.Real:
		text := FloatText(it.Float, floatBits(t.Kind))
		if math.IsNaN(it.Float) || math.IsInf(it.Float, 0) {
			return appendQuoted(b, text)
		}
		return append(b, text...)
	}
	return appendQuoted(b, it.Text)
}

func floatBits(k schema.Kind) int {
	if k == schema.Real {
		return 32
	}
	return 64
}

// decimalString is unscaled × 10^-scale as Java's BigDecimal prints it: small
// ones have an exponent.
func decimalString(unscaled *big.Int, scale int) string {
	digits := new(big.Int).Abs(unscaled).String()
	if exponent := len(digits) - 1 - scale; scale > 0 && exponent < -6 {
		text := digits[:1]
		if len(digits) > 1 {
			text += "." + digits[1:]
		}
		return minusSign(unscaled) + text + "E" + strconv.Itoa(exponent)
	}
	return plainDecimal(unscaled, scale)
}

func goJSONDecimal(a []any) (any, error) {
	unscaled, _ := new(big.Int).SetString(strings.Replace(a[0].(string), ".", "", 1), 10)
	return decimalString(unscaled, int(a[1].(int64))), nil
}

func minusSign(n *big.Int) string {
	if n.Sign() < 0 {
		return "-"
	}
	return ""
}

// plainDecimal has no exponent.
func plainDecimal(unscaled *big.Int, scale int) string {
	digits := new(big.Int).Abs(unscaled).String()
	if missing := scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	if scale > 0 {
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	return minusSign(unscaled) + digits
}

// goJSONDecode reads bytes of an encoding; what is broken becomes U+FFFD.
func goJSONDecode(a []any) (any, error) {
	b := a[0].([]byte)
	var out []rune
	switch a[1] {
	case "UTF16":
		units := make([]uint16, 0, len(b)/2)
		for ; len(b) >= 2; b = b[2:] {
			units = append(units, uint16(b[0])|uint16(b[1])<<8)
		}
		out = utf16.Decode(units)
	case "UTF32":
		for ; len(b) >= 4; b = b[4:] {
			out = append(out, rune(b[0])|rune(b[1])<<8|rune(b[2])<<16|rune(b[3])<<24)
		}
	default:
		return strings.ToValidUTF8(string(b), "\uFFFD"), nil
	}
	if len(b) > 0 {
		out = append(out, utf8.RuneError)
	}
	return string(out), nil
}

func goJSONEncode(a []any) (any, error) {
	text := a[0].(string)
	var b []byte
	switch a[1] {
	case "UTF16":
		for _, u := range utf16.Encode([]rune(text)) {
			b = append(b, byte(u), byte(u>>8))
		}
	case "UTF32":
		for _, r := range text {
			b = append(b, byte(r), byte(r>>8), byte(r>>16), byte(r>>24))
		}
	default:
		b = []byte(text)
	}
	return b, nil
}

// wallClock is a moment's date and time of day, without its zone.
func wallClock(it *jsonpath.Item) (string, bool) {
	if it.Type.Kind == schema.Date {
		return it.Text + " 00:00:00", true
	}
	m, ok := ParseStamp(it.Text)
	return m.Text(it.Type.Precision), ok
}
