#!/usr/bin/env bash
# Converts generated logs with logsql and with DuckDB, and asks the guides'
# questions, against SQL by hand; see convert.py and queries.py. LOGSQL_SHARED is
# the folder with gen/ and bench/duckdb_convert.py. SCALE=10 makes ten times more.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${LOGSQL_SHARED:?is not set: it names the folder with gen/ and bench/}"
scale=${SCALE:-1}
venv=.cache/bench/venv
mkdir -p .cache/bench
work=$(mktemp -d "$PWD/.cache/bench/run.XXXXXX")
trap 'rm -rf "$work"' EXIT
if [ ! -x "$venv/bin/python" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet duckdb
fi
cp -r "$LOGSQL_SHARED/gen" "$work/gensrc"
chmod -R u+w "$work/gensrc"
(cd "$work/gensrc" && go build -o "$work/gen" .)

# bin/logsql is built with libdeflate where that is there: then pure Go besides.
builds=("logsql=bin/logsql")
if go version -m bin/logsql | grep -q 'tags=.*libdeflate'; then
  go build -trimpath -o "$work/logsql-go" ./cmd/logsql
  builds=("libdeflate=bin/logsql" "pure-Go=$work/logsql-go")
fi
"$venv/bin/python" testdata/bench/convert.py "$LOGSQL_SHARED" "$work/gen" "$work/convert" "${builds[@]}"

# The guides' questions about twenty million records, against SQL by hand.
"$work/gen" flow --out "$work/questions/bucket" --days $((7 * scale)) --files-per-day 288 --records-per-file 10000 2> /dev/null
bin/logsql sync --mirror "$work/questions/mirror" "$work/questions/bucket" --as s3://bench > /dev/null
bin/logsql convert-parquet --mirror "$work/questions/mirror" > /dev/null
linked=.cache/bench/linked # with DuckDB as it is in bin/logsql
if [ ! -x "$linked/bin/python" ]; then
  python3 -m venv "$linked"
  "$linked/bin/pip" install --quiet "duckdb==$(bin/logsql version | sed -n 's/.*DuckDB v\([0-9.]*\).*/\1/p')"
fi
"$linked/bin/python" testdata/bench/queries.py bin/logsql "$work/questions/mirror"
