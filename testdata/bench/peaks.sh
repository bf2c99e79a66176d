#!/usr/bin/env bash
# usage: peaks.sh LOGSQL GENERATOR: the peak memory (limit: 512 MiB) of
# convert-parquet with two workers, for inputs that the generator makes.
set -euo pipefail
logsql=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$2" && go build -o "$work/gen" .)
cd "$work"

# peak NAME GENERATOR-ARGUMENTS…
peak() {
  local name=$1
  shift
  ./gen "$@" --out bucket >/dev/null 2>&1
  "$logsql" --mirror mirror sync bucket --as s3://peaks --progress none >/dev/null
  rm -rf bucket
  local status=0 kib
  /usr/bin/time -q -f %M -o peak "$logsql" --mirror mirror convert-parquet --workers 2 --progress none >report || status=$?
  [ $status = 0 ] || [ $status = 4 ] || { echo "$name: exit status $status"; exit 1; }
  kib=$(tail -n 1 peak)
  printf '%-42s %5d MiB\n' "$name" $((kib / 1024))
  rm -rf mirror
  [ "$kib" -le $((512 * 1024)) ] || over=1
}

over=0
peak "one object of 2 GB" flow --days 1 --files-per-day 1 --records-per-file 17000000
peak "one object of 2 GB, gzip left out" flow --days 1 --files-per-day 1 --records-per-file 17000000 --gzip 0
peak "one CloudTrail object of 2 GB" trail --days 1 --files-per-day 1 --records-per-file 1300000
peak "one access-log object of 1 GB" access --days 1 --objects-per-day 1 --records-per-object 4000000 --layout flat
peak "90 days of flow logs" flow --days 90 --files-per-day 24 --records-per-file 5000 --format v5-custom
peak "90 days of CloudTrail" trail --days 90 --files-per-day 24 --records-per-file 50
peak "500,000 access-log objects" access --days 10 --objects-per-day 50000 --records-per-object 2 --layout flat
peak "everything that breaks converters" corrupt
exit $over
