#!/usr/bin/env python3
"""Converts the same generated logs with logsql and with DuckDB, in turn, checks
that both wrote the same values, and prints the medians of CPU seconds and how
many times less logsql took.

    convert.py SHARED GEN WORK LABEL=LOGSQL…

SHARED has bench/duckdb_convert.py, GEN is the generator, WORK an empty folder;
each LABEL is a build of logsql. RUNS=7 runs each seven times, SCALE=10 makes ten
times more logs. Run it with a Python that has the duckdb to compare with.
"""
import json, os, re, shutil, statistics, subprocess, sys
import duckdb


def cpu(*command):
    """The CPU seconds, peak MiB and output of a command; logsql's 4 says there were bad lines."""
    read, write = os.pipe()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, write, 1), (os.POSIX_SPAWN_CLOSE, read)])
    os.close(write)
    with os.fdopen(read) as out:
        text = out.read()
    _, status, used = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 4):
        sys.exit(f'{" ".join(command)} failed')
    return used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, text


def fresh(mirror):
    """A copy of a mirror of which nothing is converted yet."""
    place = mirror + '.run'
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(mirror, place, copy_function=lambda a, b: os.link(a, b) if '/s3/' in a else shutil.copy2(a, b))
    return place


def read(folder):
    """Reads all files, so that whoever is measured next need not wait for the disk."""
    for place, _, names in os.walk(folder):
        for name in names:
            with open(f'{place}/{name}', 'rb') as f:
                f.read()


def text(column, kind):
    """A column as text: JSON without blanks, of nested values the fields that kind has."""
    if kind == 'JSON':
        return f'CAST(json({column}) AS VARCHAR)'
    if '(' not in kind:
        return f'CAST({column} AS VARCHAR)'
    json_ = f'CAST(to_json(CAST({column} AS {kind})) AS VARCHAR)'
    for name in set(re.findall(r'(\w+)"? (?:VARCHAR|STRUCT|MAP)', kind)) - {'AS'}:
        json_ = f"replace({json_}, '\"{name.lower()}\":', '\"{name}\":')"
    return json_


def compare(lake, peer, key):
    """Prints how many columns are equal, which records only one side has, and sizes;
    whether DuckDB has no value that logsql has not. - and the empty text are NULL,
    the columns of partitions are left out."""
    db = duckdb.connect()
    tables = [f"read_parquet('{place}/**/*.parquet', hive_partitioning=false, union_by_name=true)" for place in (lake, peer)]
    types = [{name.lower(): (name, kind) for name, kind, *_ in db.execute(f'DESCRIBE SELECT * FROM {t}').fetchall()} for t in tables]
    common = [c for c in types[1] if c in types[0] and c not in ('year', 'month', 'day')]
    sides = []
    for i, table in enumerate(tables):
        columns = [f"""nullif(nullif({text(f'"{types[i][c][0]}"', types[1][c][1])}, ''), '-') AS "{c}\"""" for c in common]
        sides.append(f'(SELECT {", ".join(columns)} FROM {table})')
    for name, a, b in (('ours', *sides), ('theirs', *sides[::-1])):
        db.execute(f'CREATE TEMP TABLE {name} AS FROM {a} EXCEPT ALL FROM {b}')
    # The regular expression for access logs knows no quote within a field, nor each
    # era's fields at the line's end.
    less, other, listed = 0, 0, 'true'
    if key:
        same = ' AND '.join(f'(t."{c}" IS NULL OR t."{c}" = o."{c}")' for c in common)
        less, = db.execute(f'SELECT count(*) FROM theirs t WHERE EXISTS (FROM ours o WHERE o.{key} = t.{key} AND {same})').fetchone()
        listed = f'{key} NOT IN (SELECT {key} FROM theirs WHERE {key} IS NOT NULL)'
    if key == 'requestid':
        quotes = ' OR '.join(f"length(o.{c}) - length(replace(o.{c}, '\"', '')) > 2" for c in ('request_uri', 'referrer', 'useragent'))
        other, = db.execute(f'SELECT count(*) FROM theirs t WHERE requestid IS NULL OR EXISTS (FROM ours o WHERE o.requestid = t.requestid AND ({quotes}) AND NOT ({same}))').fetchone()
        listed += f' AND NOT coalesce({quotes}, false)'
    ours, theirs = (db.execute(f'SELECT count(*) FROM {name}').fetchone()[0] for name in ('ours', 'theirs'))
    print(f'  {len(common)} columns compared: {ours - less - other} records are only in logsql\'s, {theirs - less - other} only in DuckDB\'s;'
          f' DuckDB\'s has fewer values in {less}, and took {other} apart at quotes within a field')
    for row in db.execute(f'SELECT o.* FROM ours o WHERE {listed} LIMIT 500').fetchall():
        print('    only logsql\'s:', *(v for v in row if v is not None and len(v) < 40))
    sizes = [dict(db.execute(f"SELECT path_in_schema = 'source_object', sum(total_compressed_size) FROM parquet_metadata('{place}/**/*.parquet') GROUP BY 1").fetchall()) for place in (lake, peer)]
    mine, objects, peers = sizes[0][False], sizes[0].get(True, 0), sizes[1][False]
    print(f'  size of DuckDB\'s: {mine / peers:.3f} times, {100 * objects / mine:.2f} % more with the objects\' names')
    return theirs == less + other


if sys.argv[1] == '--compare':
    sys.exit(not compare(*sys.argv[2:]))

SHARED, GEN, WORK = sys.argv[1:4]
BUILDS = dict(arg.split('=', 1) for arg in sys.argv[4:])
RUNS, SCALE = int(os.environ.get('RUNS', '5')), int(os.environ.get('SCALE', '1'))
KINDS = [  # name, table, a column that tells records apart, what the generator is told, where the objects lie
    ('flow', 'vpc_flow_logs', '', f'--days {10 * SCALE} --files-per-day 96 --records-per-file 10000 --gzip 6', '**/*.log.gz'),
    ('trail', 'cloudtrail_logs', 'eventid', f'--days {10 * SCALE} --files-per-day 144 --records-per-file 200', 'AWSLogs/*/CloudTrail/**/*.json.gz'),
    ('access', 's3_access_logs', 'requestid', f'--days {10 * SCALE} --objects-per-day 5000 --records-per-object 6 --layout flat', '**/*-*'),
]
lines, wrong = [], False
for kind, table, key, told, objects in KINDS:
    folder = f'{WORK}/{kind}'
    bucket, mirror, peer = f'{folder}/bucket', f'{folder}/mirror', f'{folder}/duckdb'
    subprocess.run([GEN, kind, '--out', bucket, *told.split()], check=True, stderr=subprocess.DEVNULL)
    subprocess.run([next(iter(BUILDS.values())), 'sync', '--mirror', mirror, bucket, '--as', 's3://bench'], check=True, stdout=subprocess.DEVNULL)
    taken, peaks = {name: [] for name in ('DuckDB', *BUILDS)}, {}
    for run in range(RUNS):
        shutil.rmtree(peer, ignore_errors=True)
        read(bucket)
        seconds, peaks['DuckDB'], said = cpu(sys.executable, f'{SHARED}/bench/duckdb_convert.py', kind, f'{bucket}/{objects}', peer)
        taken['DuckDB'].append(seconds)
        for label, logsql in BUILDS.items():
            place = fresh(mirror)
            read(f'{place}/s3')
            seconds, peaks[label], report = cpu(logsql, 'convert-parquet', '--mirror', place, '--json')
            taken[label].append(seconds)
    records, rows = json.loads(report)['tables'][table]['stored'], int(said.split()[said.split().index('rows') + 1])
    print(f'{kind}: {records:,} records, DuckDB {duckdb.__version__} has {rows:,}')
    sys.stdout.flush()
    # In a process of its own: what runs after it would inherit its peak of memory.
    wrong |= subprocess.run([sys.executable, __file__, '--compare', f'{place}/lake/{table}', peer, key]).returncode != 0
    middle = {name: statistics.median(list_) for name, list_ in taken.items()}
    for name, list_ in taken.items():
        print(f'  {name}: {" ".join(f"{s:.2f}" for s in list_)} CPU s, peak {peaks[name]} MiB')
    lines.append((kind, records, middle, peaks))
    shutil.rmtree(folder)

print(f'\nmedians of {RUNS} runs in turn: CPU s (times less than DuckDB, peak MiB)')
for kind, records, middle, peaks in lines:
    print(f'  {kind:6} {records:9,} records  DuckDB {middle["DuckDB"]:.2f} ({peaks["DuckDB"]} MiB)  ' + '  '.join(
        f'{label} {middle[label]:.2f} ({middle["DuckDB"] / middle[label]:.2f} times, {peaks[label]} MiB)' for label in BUILDS))
sys.exit(wrong)
