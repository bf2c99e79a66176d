package mirror

import (
	"io/fs"
	"path"
	"strings"
	"testing"
)

func TestPlainPath(t *testing.T) {
	long := strings.Repeat("n", maxName)
	tests := []struct {
		key string
		ok  bool
	}{
		{"a", true},
		{"a/b.log.gz", true},
		{"a=b/c d/+%&'\"?", true},
		{"日志/é/straße", true},
		{"..a/b..", true},
		{long, true},
		{"back\\slash", true},
		{".hidden", true},
		{"x/.logsqlx", true},
		{"", false},
		{"/", false},
		{"/a", false},
		{"a/", false},
		{"a//b", false},
		{".", false},
		{"..", false},
		{"a/../b", false},
		{"./a", false},
		{long + "n", false},
		{strings.Repeat("d/", 600) + "x", false},
		{"a\nb", false},
		{"a\x00", false},
		{"\x7f", false},
		{"\x85", false},
		{"\xff", false},
		{"a\u0085b", false},
		{"É", false},
		{"\u017f", false},
		{"\u212a", false},
		{"e\u0301", false},
		{"\u200b", false},
		{"\u1100", false},
		{".logsql", false},
		{".logsql/x", false},
		{"a/.LogSQL/x", false},
	}
	for _, tt := range tests {
		rel, ok := plainPath("b", tt.key)
		if ok != tt.ok || ok && rel != "s3/b/"+tt.key {
			t.Errorf("plainPath(%q) = %q, %t", tt.key, rel, ok)
		}
	}
}

func TestEscapedPath(t *testing.T) {
	tests := []struct{ key, name string }{
		{"../x/y z.log", "-y_z.log"},
		{"p//", "-p"},
		{"//", ""},
		{"a/" + strings.Repeat("n", 300) + ".log.gz", "-" + strings.Repeat("n", 73) + ".log.gz"},
		{"日志", "-__"},
	}
	for _, tt := range tests {
		got := escapedPath("b", tt.key)
		if path.Dir(path.Dir(got)) != "s3/b/.logsql" || path.Base(got)[40:] != tt.name || got != escapedPath("b", tt.key) {
			t.Errorf("escapedPath(%q) = %q", tt.key, got)
		}
	}
}

// Whatever a key is, its paths are inside the bucket's folder, are names every
// file system takes, and no two keys share one.
func FuzzPath(f *testing.F) {
	for _, key := range []string{"a/b", "", "../x", "a//b", "日志", "\xff", "A", "e\u0301", strings.Repeat("x", 300), ".logsql/x"} {
		f.Add(key, "other")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		escaped := escapedPath("b", a)
		paths := []string{escaped}
		plain, ok := plainPath("b", a)
		if ok {
			paths = append(paths, plain)
			if plain != "s3/b/"+a {
				t.Errorf("plain path %q of %q", plain, a)
			}
		}
		for _, p := range paths {
			if !fs.ValidPath(p) || !strings.HasPrefix(p, "s3/b/") {
				t.Errorf("path %q of %q", p, a)
			}
			for seg := range strings.SplitSeq(p, "/") {
				if len(seg) > maxName || strings.ContainsAny(seg, "\x00\n") {
					t.Errorf("segment %q of %q", seg, a)
				}
			}
		}
		if a != b && (escaped == escapedPath("b", b) || ok && plain == escapedPath("b", b)) {
			t.Errorf("%q and %q share a path", a, b)
		}
	})
}
