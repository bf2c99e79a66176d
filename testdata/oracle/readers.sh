#!/usr/bin/env bash
# Makes a lake of generated logs, as it is after conversions, a compaction and a
# sorting one, and has four readers compare it each time: see readers.py.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${LOGSQL_SHARED:?is not set: it names the folder with gen/ and oracle/}"
warehouse=${TRINO_BASE:-${TMPDIR:-/tmp}/trino}/warehouse
venv=.cache/readers/venv
mkdir -p .cache/readers
work=$(mktemp -d "$PWD/.cache/readers/run.XXXXXX")
trap 'rm -rf "$work"' EXIT
if [ ! -x "$venv/bin/python" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet duckdb pyarrow
fi
cp -r "$LOGSQL_SHARED/gen" "$work/gensrc"
chmod -R u+w "$work/gensrc"
(cd "$work/gensrc" && go build -o "$work/gen" .)
generate() { "$work/gen" "$@" 2> "$work/gen.log" || { cat "$work/gen.log"; exit 1; }; }
convert() {
  for bucket in "$work"/b-*/; do
    bin/logsql sync --mirror "$work/mirror" "$bucket" --as "s3://$(basename "$bucket")" > /dev/null
  done
  bin/logsql convert-parquet --mirror "$work/mirror" > /dev/null
}
compare() {
  echo "$1"
  "$venv/bin/python" testdata/oracle/readers.py "$work/mirror" "$warehouse"
}
for format in v2 v5 v8; do
  generate flow --out "$work/b-flow-$format" --files-per-day 48 --records-per-file 2000 --days 1 --format $format
done
generate trail --out "$work/b-trail" --days 1 --files-per-day 48 --records-per-file 100
generate access --out "$work/b-access" --days 1 --objects-per-day 3000 --records-per-object 6 --layout both
convert
generate flow --out "$work/b-flow-v2" --files-per-day 48 --records-per-file 2000 --days 1 --region cn-northwest-1
generate trail --out "$work/b-trail" --days 1 --files-per-day 48 --records-per-file 100 --region cn-northwest-1
convert
compare "after conversions:"
bin/logsql compact --mirror "$work/mirror"
compare "after compact:"
bin/logsql compact --mirror "$work/mirror" --table vpc_flow_logs --sort srcaddr
bin/logsql compact --mirror "$work/mirror" --table cloudtrail_logs --sort eventname
compare "after compact --sort:"
