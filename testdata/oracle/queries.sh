#!/usr/bin/env bash
# Asks every named query, as queries show prints it, of the Trino that runs, over
# the lake of the example bucket and of the cases made by hand.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${LOGSQL_SHARED:?is not set: it names the folder with oracle/}"
warehouse=${TRINO_BASE:-${TMPDIR:-/tmp}/trino}/warehouse
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LOGSQL_MIRROR=$work/mirror XDG_CONFIG_HOME=$work/config LOGSQL_QUERIES=
bin/logsql sync testdata/bucket --as s3://example-logs > /dev/null
bin/logsql sync testdata/queries/bucket --as s3://question-logs > /dev/null
bin/logsql convert-parquet > /dev/null
# Without parameters; for some days; and the same without any row.
for name in $(bin/logsql queries --json | python3 -c 'import json, sys; print(*(q["name"] for q in json.load(sys.stdin)))'); do
  { bin/logsql queries show "$name"; echo ';'; } > "$work/$name.sql"
  { bin/logsql queries show "$name" --since 2021-12-04 --until 2021-12-05; echo ';'; } > "$work/$name, two days.sql"
  { bin/logsql queries show "$name" --since 2030-01-01; echo ';'; } > "$work/$name, no row.sql"
done
python3 testdata/oracle/compare.py "$LOGSQL_MIRROR" "$warehouse" "$work"/*.sql
