#!/usr/bin/env bash
# Scores bin/logsql on the corpora of LOGSQL_SHARED against testdata/score.txt:
# the share of right answers may rise and never fall, the number of answers that
# are wrong without an error may fall and never rise. UPDATE=1 records anew.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${LOGSQL_SHARED:?set it to the folder that holds sql/score.py}"

# Some cases expect rows in an order that no ORDER BY asks for: on one core
# DuckDB gives them in the same order each time.
logsql=(bin/logsql)
if command -v taskset > /dev/null; then logsql=(taskset -c 0 bin/logsql); fi
mirror=$(mktemp -d)
trap 'rm -rf "$mirror"' EXIT
now=$(for corpus in functions queries; do
  python3 "$LOGSQL_SHARED/sql/score.py" "$LOGSQL_SHARED/sql/corpus/$corpus.jsonl.gz" -- \
    "${logsql[@]}" sql --batch --mirror "$mirror/none" |
    awk -v corpus="$corpus" '$1 == "all" { sub("%", "", $3); print corpus, "strict", $3, "wrong", $5 } /^answered/ { print > "/dev/stderr" }'
done)
echo "$now"
if [ -n "${UPDATE:-}" ]; then
  echo "$now" > testdata/score.txt
  exit
fi
join <(sort testdata/score.txt) <(sort <<< "$now") | awk '
  $7 < $3 - 0.05 { print $1 ": right answers fell from " $3 " % to " $7 " %"; bad = 1 }
  $9 > $5        { print $1 ": wrong answers without an error rose from " $5 " to " $9; bad = 1 }
  END { exit bad }'
