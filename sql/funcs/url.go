package funcs

import (
	"regexp"
	"strconv"
	"strings"

	"logsql/convert/schema"
)

var urlFuncs = []*Func{
	{Name: "url_extract_protocol", Signatures: oneText, Emit: udf("trino_url_protocol")},
	{Name: "url_extract_host", Signatures: oneText, Emit: udf("trino_url_host")},
	{Name: "url_extract_port", Signatures: []string{"(varchar) bigint"}, Emit: udf("trino_url_port")},
	{Name: "url_extract_path", Signatures: oneText, Emit: udf("trino_url_path")},
	{Name: "url_extract_query", Signatures: oneText, Emit: udf("trino_url_query")},
	{Name: "url_extract_fragment", Signatures: oneText, Emit: udf("trino_url_fragment")},
	{Name: "url_extract_parameter", Signatures: []string{"(varchar, varchar) varchar(x)"}, Emit: udf("trino_url_parameter")},
	{Name: "url_encode", Signatures: oneText, Result: encodedResult, Emit: udf("trino_url_encode")},
	{Name: "url_decode", Signatures: oneText, Emit: udf("trino_url_decode")},
}

// encodedResult: a character is four bytes at most, a byte three characters.
func encodedResult(params []schema.Type) schema.Type {
	if n, bounded := params[0].Length(); bounded {
		return schema.VarcharOf(12 * n)
	}
	return schema.Text
}

var oneText = []string{"(varchar) varchar(x)"}

var urlGo = []GoFunc{
	urlPart("trino_url_protocol", func(u uri) any { return u.scheme }),
	urlPart("trino_url_host", func(u uri) any { return u.host }),
	{Name: "trino_url_port", Signature: "(varchar) bigint", Call: func(a []any) (any, error) {
		u, ok := parseURI(a[0].(string))
		if !ok || u.port < 0 {
			return nil, nil
		}
		return u.port, nil
	}},
	urlPart("trino_url_path", func(u uri) any { return percentDecoded(u.path) }),
	urlPart("trino_url_query", func(u uri) any { return percentDecoded(u.query) }),
	urlPart("trino_url_fragment", func(u uri) any { return percentDecoded(u.fragment) }),
	{Name: "trino_url_parameter", Signature: "(varchar, varchar) varchar", Call: goURLParameter},
	{Name: "trino_url_encode", Signature: "(varchar) varchar", Call: func(a []any) (any, error) { return urlEncoded(a[0].(string)), nil }},
	{Name: "trino_url_decode", Signature: "(varchar) varchar", Call: func(a []any) (any, error) { return urlDecoded(a[0].(string)) }},
}

func urlPart(name string, f func(uri) any) GoFunc {
	return GoFunc{Name: name, Signature: "(varchar) varchar", Call: func(a []any) (any, error) {
		u, ok := parseURI(a[0].(string))
		if !ok {
			return nil, nil
		}
		return f(u), nil
	}}
}

type uri struct {
	scheme, host, path, query, fragment string
	port                                int64 // -1 for none
}

var (
	uriPattern  = regexp.MustCompile(`^(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$`)
	schemeName  = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]*$`)
	hostPattern = regexp.MustCompile(`^(?:[^@]*@)?((?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.)*[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.?|\[[0-9a-fA-F:.%]+\])(?::(\d*))?$`)
	badPercent  = regexp.MustCompile(`%(?:[^0-9a-fA-F]|.?$|[0-9a-fA-F][^0-9a-fA-F])`)
)

// parseURI reads an address as java.net.URI does; false where that refuses it.
func parseURI(text string) (uri, bool) {
	m := uriPattern.FindStringSubmatch(text)
	if m == nil || strings.ContainsAny(text, " \"<>\\^`{|}\x7f") || badPercent.MatchString(text) || hasControl(text) {
		return uri{}, false
	}
	u := uri{scheme: m[1], path: m[3], query: m[4], fragment: m[5], port: -1}
	if u.scheme != "" && (!schemeName.MatchString(u.scheme) || m[2] == "" && u.path == "" && u.query == "") {
		return uri{}, false
	}
	if strings.HasPrefix(text, ":") || strings.Contains(u.fragment, "#") || strings.ContainsAny(u.path, "[]") && u.scheme != "mailto" {
		return uri{}, false
	}
	if h := hostPattern.FindStringSubmatch(m[2]); h != nil {
		u.host = h[1]
		if h[2] != "" {
			port, err := strconv.ParseInt(h[2], 10, 32)
			if err != nil {
				return uri{}, false
			}
			u.port = port
		}
	}
	return u, true
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r >= 0x80 && r < 0xA0 })
}

// percentDecoded decodes %41; + stays.
func percentDecoded(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b = append(b, byte(n))
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

// goURLParameter is the first parameter of the name, decoded; NULL for none.
func goURLParameter(a []any) (any, error) {
	u, ok := parseURI(a[0].(string))
	if !ok || u.query == "" {
		return nil, nil
	}
	for _, pair := range strings.Split(u.query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if percentDecoded(key) == a[1].(string) {
			return urlDecoded(value)
		}
	}
	return nil, nil
}

func urlEncoded(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.*", c) >= 0:
			b.WriteByte(c)
		case c == ' ':
			b.WriteByte('+')
		default:
			b.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(c)|0x100, 16)[1:]))
		}
	}
	return b.String()
}

// urlDecoded is java.net.URLDecoder: + is a blank, a broken escape an error.
func urlDecoded(s string) (any, error) {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '+':
			b = append(b, ' ')
		case '%':
			if i+2 >= len(s) {
				return nil, invalid("URLDecoder: Incomplete trailing escape (%%) pattern")
			}
			n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			if err != nil {
				return nil, invalid(`URLDecoder: Illegal hex characters in escape (%%) pattern - %s`, notHex(s[i+1:i+3]))
			}
			b = append(b, byte(n))
			i += 2
		default:
			b = append(b, s[i])
		}
	}
	return strings.ToValidUTF8(string(b), "\uFFFD"), nil
}
