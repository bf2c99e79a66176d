package lake

import "testing"

func TestFolderOf(t *testing.T) {
	for _, c := range []struct{ first, last, want string }{
		{"a/2026/01/02/x", "a/2026/01/09/y", "a/"},
		{"a/2026/01/02/03/x", "a/2026/01/02/03/y", "a/"},
		{"2026/01/02/x", "2026/12/02/x", ""},
		{"logs/2026-01-02-x", "logs/2026-01-03-y", "logs/"},
		{"a/12345/x", "a/12345/y", "a/12345/"},
		{"a/x", "b/x", ""},
		{"one", "one", ""},
	} {
		if got := ofDay.ReplaceAllString(folderOf(c.first, c.last), "$1"); got != c.want {
			t.Errorf("%s … %s: %q, want %q", c.first, c.last, got, c.want)
		}
	}
}
