package cli

import (
	"strings"
	"testing"

	"logsql/sql/syntax"
)

func TestGrouped(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 123456: "123,456", 1234567: "1,234,567", -1: "-1", -1234: "-1,234", -123456: "-123,456"} {
		if got := grouped(n); got != want {
			t.Errorf("grouped(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 1536: "1.5 KiB", 5 << 20: "5.0 MiB", 3 << 40: "3.0 TiB"} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{"s3://b/日志/a b": "s3://b/日志/a b", "esc\x1b[31m\n": `esc\x1b[31m\n`} {
		if got := printable(in); got != want {
			t.Errorf("printable(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestUnderline(t *testing.T) {
	for _, c := range []struct {
		name, src, mark string // mark stands where the span is; "" spans to the end
		want            string
	}{
		{"in the middle", "SELECT evnttime FROM t", "evnttime", "SELECT evnttime FROM t\n       ~~~~~~~~\n"},
		{"second line", "SELECT 1,\n  nope\nFROM t", "nope", "  nope\n  ~~~~\n"},
		{"wide characters before and in it", "SELECT '日志', 日 FROM t", "日 ", "SELECT '日志', 日 FROM t\n               ~~~\n"},
		{"tabs stay", "\tSELECT\tx", "x", "\tSELECT\tx\n\t      \t~\n"},
		{"over lines", "SELECT (1\n+ 2)", "(1\n+ 2)", "SELECT (1\n       ~~\n"},
		{"windows line ends", "SELECT a\r\nFROM t", "a", "SELECT a\n       ~\n"},
	} {
		at := strings.Index(c.src, c.mark)
		from := syntax.Pos{Offset: at, Line: 1, Col: 1}
		to := syntax.Pos{Offset: at + len(c.mark), Line: 1, Col: 1}
		if got := underlined(c.src, from, to); got != c.want {
			t.Errorf("%s:\n%q\nwant\n%q", c.name, got, c.want)
		}
	}
	if got := underlined("SELECT", syntax.Pos{Offset: 6, Line: 1, Col: 7}, syntax.Pos{}); got != "SELECT\n      ~\n" {
		t.Errorf("at the end of input: %q", got)
	}
	if got := underlined("SELECT", syntax.Pos{}, syntax.Pos{}); got != "" {
		t.Errorf("without a place: %q", got)
	}
}

func underlined(src string, from, to syntax.Pos) string {
	line, mark := underline(src, from, to)
	if mark == "" {
		return ""
	}
	return line + "\n" + mark + "\n"
}
