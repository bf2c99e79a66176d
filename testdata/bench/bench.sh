#!/usr/bin/env bash
# Converts the same generated logs with bin/logsql and with DuckDB, in turn, and
# prints CPU seconds and how many times less logsql took. LOGSQL_SHARED is the
# folder with gen/ and bench/duckdb_convert.py. SCALE=10 makes ten times more.
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
[ -x bin/logsql ] || make --no-print-directory build
cp -r "$LOGSQL_SHARED/gen" "$work/gensrc"
chmod -R u+w "$work/gensrc"
(cd "$work/gensrc" && go build -o "$work/gen" .)

# measure NAME COMMAND… runs the command and leaves its CPU seconds in
# $work/NAME.cpu, its output in $work/NAME.out.
measure() {
  local name=$1
  shift
  python3 - "$work/$name" "$@" <<'PY'
import resource, subprocess, sys
name, command = sys.argv[1], sys.argv[2:]
with open(name + ".out", "w") as out:
    status = subprocess.run(command, stdout=out).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(name + ".cpu", "w") as cpu:
    print(f"{used.ru_utime + used.ru_stime:.2f} {used.ru_maxrss // 1024}", file=cpu)
sys.exit(status if status != 4 else 0)  # 4: there were bad lines
PY
}

# compare WHAT TABLE GLOB: the objects are in $work/WHAT/bucket.
compare() {
  local what=$1 table=$2 glob=$3 dir=$work/$1
  bin/logsql sync --mirror "$dir/mirror" "$dir/bucket" --as s3://bench > /dev/null
  measure "$what.duckdb" "$venv/bin/python" "$LOGSQL_SHARED/bench/duckdb_convert.py" "$what" "$dir/$glob" "$dir/duckdb"
  measure "$what.logsql" bin/logsql convert-parquet --mirror "$dir/mirror" --json
  python3 - "$what" "$table" "$work" "$dir" <<'PY'
import glob, json, os, sys
what, table, work, folder = sys.argv[1:]
def cpu(tool):
    return [float(x) for x in open(f"{work}/{what}.{tool}.cpu").read().split()]
def size(path):
    return sum(os.path.getsize(f) for f in glob.glob(path + "/**/*.parquet", recursive=True))
stored = json.load(open(f"{work}/{what}.logsql.out"))["tables"][table]["stored"]
fields = open(f"{work}/{what}.duckdb.out").read().split()
rows = int(fields[fields.index("rows") + 1])
(ours, peak), (theirs, their_peak) = cpu("logsql"), cpu("duckdb")
print(f"{what:7} records {stored:9} (DuckDB {rows:9})  CPU s {ours:6.2f} (DuckDB {theirs:6.2f})  {theirs / ours:5.2f} times"
      f"  peak MiB {peak:.0f} (DuckDB {their_peak:.0f})  bytes {size(folder + '/mirror/lake')} (DuckDB {size(folder + '/duckdb')})")
PY
}

"$work/gen" flow --out "$work/flow/bucket" --days $((2 * scale)) --files-per-day 96 --records-per-file 10000 --gzip 6 2> "$work/gen.log"
"$work/gen" trail --out "$work/trail/bucket" --days $((2 * scale)) --files-per-day 144 --records-per-file 200 2>> "$work/gen.log"
"$work/gen" access --out "$work/access/bucket" --days $((2 * scale)) --objects-per-day 5000 --records-per-object 6 --layout flat 2>> "$work/gen.log"
compare flow vpc_flow_logs 'bucket/**/*.log.gz'
compare trail cloudtrail_logs 'bucket/AWSLogs/*/CloudTrail/**/*.json.gz'
compare access s3_access_logs 'bucket/**/*-*'

# The guides' questions about twenty million records, against SQL by hand.
"$work/gen" flow --out "$work/questions/bucket" --days $((7 * scale)) --files-per-day 288 --records-per-file 10000 2>> "$work/gen.log"
bin/logsql sync --mirror "$work/questions/mirror" "$work/questions/bucket" --as s3://bench > /dev/null
bin/logsql convert-parquet --mirror "$work/questions/mirror" > /dev/null
"$venv/bin/python" testdata/bench/queries.py bin/logsql "$work/questions/mirror"
