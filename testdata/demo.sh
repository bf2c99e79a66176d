#!/usr/bin/env bash
# README's first command: takes in the small bucket of testdata, converts it and
# answers the guides' questions. demo.sh LOGSQL MIRROR
set -euo pipefail
logsql=$1
export LOGSQL_MIRROR=$2
here=$(dirname "$0")

rm -rf "$LOGSQL_MIRROR"
echo "\$ logsql sync testdata/bucket --as s3://example-logs"
"$logsql" sync "$here/bucket" --as s3://example-logs
echo "\$ logsql convert-parquet"
"$logsql" convert-parquet
for question in "$here"/questions/*.sql; do
  echo
  cat "$question"
  "$logsql" sql --output table -f "$question"
done
echo
echo "Ask more: bin/logsql --mirror $LOGSQL_MIRROR sql"
