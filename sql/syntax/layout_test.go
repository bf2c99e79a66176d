package syntax

import "testing"

func TestLayout(t *testing.T) {
	const in = `SELECT "a FROM" AS "x", sum(b) OVER (ORDER BY c) FROM (SELECT 'it''s (SELECT' AS "c" WHERE TRUE) AS "t" ORDER BY 1`
	const want = `SELECT "a FROM" AS "x", sum(b) OVER (ORDER BY c)
FROM (
  SELECT 'it''s (SELECT' AS "c"
  WHERE TRUE
) AS "t"
ORDER BY 1`
	if got := Layout(in); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
