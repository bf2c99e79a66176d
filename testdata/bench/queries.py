#!/usr/bin/env python3
"""Answers the guides' questions about generated logs with logsql and with DuckDB
SQL written by hand over the same Parquet, in turn, and prints CPU seconds and
ratios; then what it takes to start and to answer SELECT 1.

    queries.py LOGSQL MIRROR

MIRROR is a converted mirror; questions about what it has no logs of are left
out. Each side asks each question ROUNDS times in one process, on one core; what
it takes to start is measured apart and taken off. Run it with a Python that has
the duckdb of the release that logsql is linked with (see go.mod), or the ratio
says how fast two DuckDBs are.
"""
import glob, json, os, resource, subprocess, sys

LOGSQL, MIRROR = sys.argv[1:]
ROUNDS = int(os.environ.get('ROUNDS', '5'))


def parquet(table):
    return f"read_parquet('{MIRROR}/lake/{table}/**/*.parquet', hive_partitioning=true, hive_types_autocast=false)"


PARQUET, ACCESS, TRAIL = parquet('vpc_flow_logs'), parquet('s3_access_logs'), parquet('cloudtrail_logs')
JODA = "'dd/MMM/yyyy:HH:mm:ss Z'"
STRPTIME = "strptime(requestdatetime, '%d/%b/%Y:%H:%M:%S +0000')"
ISO = "strptime(eventtime, '%Y-%m-%dT%H:%M:%SZ')"

# name, Athena's SQL, the same by hand for DuckDB.
QUESTIONS = [
    ('top pairs of a day',
     "SELECT SUM(bytes) AS totalbytes, srcaddr, dstaddr FROM vpc_flow_logs WHERE year='2026' AND month='01' AND day='03' GROUP BY srcaddr, dstaddr ORDER BY totalbytes DESC, srcaddr, dstaddr LIMIT 50",
     f"SELECT sum(bytes)::BIGINT AS totalbytes, srcaddr, dstaddr FROM {PARQUET} WHERE year='2026' AND month='01' AND day='03' GROUP BY srcaddr, dstaddr ORDER BY totalbytes DESC, srcaddr, dstaddr LIMIT 50"),
    ('rejected TCP by weekday',
     "SELECT day_of_week(date(concat(year, '-', month, '-', day))) AS day, interface_id, count(*) AS n FROM vpc_flow_logs WHERE action = 'REJECT' AND protocol = 6 GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 100",
     f"SELECT isodow((year || '-' || month || '-' || day)::DATE) AS day, interface_id, count(*) AS n FROM {PARQUET} WHERE action = 'REJECT' AND protocol = 6 GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 100"),
    ('rejected by weekday of its start',
     "SELECT day_of_week(from_unixtime(start)) AS day, count(*) AS n, count(DISTINCT srcaddr) AS sources FROM vpc_flow_logs WHERE action = 'REJECT' GROUP BY 1 ORDER BY 1",
     f"SELECT isodow(make_timestamp(start * 1000000)) AS day, count(*) AS n, count(DISTINCT srcaddr) AS sources FROM {PARQUET} WHERE action = 'REJECT' GROUP BY 1 ORDER BY 1"),
    ('one address',
     "SELECT * FROM vpc_flow_logs WHERE srcaddr = '10.192.80.5'",
     f"SELECT * FROM {PARQUET} WHERE srcaddr = '10.192.80.5'"),
    ('addresses outside',
     "SELECT count(DISTINCT srcaddr) FROM vpc_flow_logs WHERE NOT regexp_like(srcaddr, '^10\\.192.*')",
     f"SELECT count(DISTINCT srcaddr) FROM {PARQUET} WHERE NOT regexp_matches(srcaddr, '^10\\.192')"),
    ('bytes by action and protocol',
     "SELECT action, protocol, count(*) AS n, sum(bytes) AS bytes, avg(packets) AS packets, max(\"end\" - start) AS longest FROM vpc_flow_logs GROUP BY action, protocol ORDER BY n DESC, 1, 2",
     f"SELECT action, protocol, count(*) AS n, sum(bytes)::BIGINT AS bytes, avg(packets) AS packets, max(\"end\" - start) AS longest FROM {PARQUET} GROUP BY action, protocol ORDER BY n DESC, 1, 2"),
    ('bytes by hour',
     "SELECT date_trunc('hour', from_unixtime(start)) AS hour, sum(bytes) AS bytes FROM vpc_flow_logs GROUP BY 1 ORDER BY 1",
     f"SELECT date_trunc('hour', make_timestamp(start * 1000000)) AS hour, sum(bytes)::BIGINT AS bytes FROM {PARQUET} GROUP BY 1 ORDER BY 1"),
    ('flows by first octet',
     "SELECT split_part(srcaddr, '.', 1) AS net, count(*) AS n FROM vpc_flow_logs GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20",
     f"SELECT split_part(srcaddr, '.', 1) AS net, count(*) AS n FROM {PARQUET} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20"),
    ('about how many sources',
     "SELECT approx_distinct(srcaddr) AS sources FROM vpc_flow_logs",
     f"SELECT approx_count_distinct(srcaddr) AS sources FROM {PARQUET}"),
    ('requests by hour',
     f"SELECT date_trunc('hour', parse_datetime(requestdatetime, {JODA})) AS hour, count(*) AS n FROM s3_access_logs GROUP BY 1 ORDER BY 1",
     f"SELECT date_trunc('hour', {STRPTIME}) AS hour, count(*) AS n FROM {ACCESS} GROUP BY 1 ORDER BY 1"),
    ('requests by hour, TRY',
     f"SELECT date_trunc('hour', TRY(parse_datetime(requestdatetime, {JODA}))) AS hour, count(*) AS n FROM s3_access_logs GROUP BY 1 ORDER BY 1",
     f"SELECT date_trunc('hour', try_{STRPTIME}) AS hour, count(*) AS n FROM {ACCESS} GROUP BY 1 ORDER BY 1"),
    ('deletions between two times',
     f"SELECT requester, key, requestdatetime FROM s3_access_logs WHERE operation LIKE '%DELETE%' AND parse_datetime(requestdatetime, {JODA}) BETWEEN parse_datetime('2026-01-01:08:00:00', 'yyyy-MM-dd:HH:mm:ss') AND parse_datetime('2026-01-01:20:00:00', 'yyyy-MM-dd:HH:mm:ss')",
     f"SELECT requester, key, requestdatetime FROM {ACCESS} WHERE operation LIKE '%DELETE%' AND {STRPTIME} BETWEEN TIMESTAMP '2026-01-01 08:00:00' AND TIMESTAMP '2026-01-01 20:00:00'"),
    ('bytes by top folder',
     "SELECT split_part(key, '/', 1) AS top, count(*) AS n, sum(bytessent) AS bytes FROM s3_access_logs GROUP BY 1 ORDER BY 3 DESC NULLS LAST, 1",
     f"SELECT split_part(key, '/', 1) AS top, count(*) AS n, sum(bytessent)::BIGINT AS bytes FROM {ACCESS} GROUP BY 1 ORDER BY 3 DESC NULLS LAST, 1"),
    ('slow requests',
     "SELECT operation, avg(TRY_CAST(totaltime AS bigint)) AS took, max(TRY_CAST(turnaroundtime AS integer)) AS turned FROM s3_access_logs GROUP BY 1 ORDER BY 1",
     f"SELECT operation, avg(TRY_CAST(totaltime AS BIGINT)) AS took, max(TRY_CAST(turnaroundtime AS INTEGER)) AS turned FROM {ACCESS} GROUP BY 1 ORDER BY 1"),
    ('addresses inside',
     "SELECT count(*) AS n FROM s3_access_logs WHERE contains('10.0.0.0/8', TRY_CAST(remoteip AS ipaddress))",
     f"SELECT count(*) AS n FROM {ACCESS} WHERE starts_with(remoteip, '10.')"),
    ('calls by hour',
     "SELECT date_trunc('hour', from_iso8601_timestamp(eventtime)) AS hour, count(*) AS n FROM cloudtrail_logs GROUP BY 1 ORDER BY 1",
     f"SELECT date_trunc('hour', {ISO}) AS hour, count(*) AS n FROM {TRAIL} GROUP BY 1 ORDER BY 1"),
    ('calls in six hours',
     "SELECT eventname, count(*) AS n FROM cloudtrail_logs WHERE from_iso8601_timestamp(eventtime) >= timestamp '2026-01-01 06:00:00 UTC' AND from_iso8601_timestamp(eventtime) < timestamp '2026-01-01 12:00:00 UTC' GROUP BY 1 ORDER BY 2 DESC, 1",
     f"SELECT eventname, count(*) AS n FROM {TRAIL} WHERE {ISO} >= TIMESTAMP '2026-01-01 06:00:00' AND {ISO} < TIMESTAMP '2026-01-01 12:00:00' GROUP BY 1 ORDER BY 2 DESC, 1"),
    ('instances that were started',
     "SELECT json_extract_scalar(requestparameters, '$.instanceType') AS kind, count(*) AS n FROM cloudtrail_logs WHERE eventname = 'RunInstances' GROUP BY 1 ORDER BY 2 DESC, 1",
     f"SELECT json_extract_string(requestparameters, '$.instanceType') AS kind, count(*) AS n FROM {TRAIL} WHERE eventname = 'RunInstances' GROUP BY 1 ORDER BY 2 DESC, 1"),
    ('buckets that were named',
     "SELECT json_extract_scalar(requestparameters, '$.bucketName') AS bucket, count(*) AS n FROM cloudtrail_logs GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20",
     f"SELECT json_extract_string(requestparameters, '$.bucketName') AS bucket, count(*) AS n FROM {TRAIL} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20"),
    ('resources that were touched',
     "SELECT r.type, count(*) AS n, approx_distinct(r.arn) AS arns FROM cloudtrail_logs CROSS JOIN UNNEST(resources) AS t(r) GROUP BY 1 ORDER BY 2 DESC, 1",
     f"SELECT r.type, count(*) AS n, approx_count_distinct(r.arn) AS arns FROM (SELECT unnest(resources) AS r FROM {TRAIL}) GROUP BY 1 ORDER BY 2 DESC, 1"),
    ('who was denied',
     "SELECT useridentity.arn, eventname, count(*) AS n FROM cloudtrail_logs WHERE errorcode LIKE '%Denied%' OR errorcode LIKE '%Unauthorized%' GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50",
     f"SELECT useridentity.arn, eventname, count(*) AS n FROM {TRAIL} WHERE contains(errorcode, 'Denied') OR contains(errorcode, 'Unauthorized') GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50"),
]


def cpu(command, text):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = ['taskset', '-c', '0', *command]
    run = subprocess.run(command, input=text, capture_output=True, text=True)
    if run.returncode or '"error":{' in run.stdout:
        sys.exit(f'{text}{run.stdout[:2000]}{run.stderr}')
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


PEER = '''
import sys, json, duckdb
c = duckdb.connect(config={'threads': 1})
c.execute("SET TimeZone = 'UTC'")
for line in sys.stdin:
    for row in c.execute(json.loads(line)).fetchall(): print(row)
'''


def ours(statements):
    return cpu([LOGSQL, 'sql', '--batch', '--mirror', MIRROR], ''.join(json.dumps({'id': '1', 'sql': s}) + '\n' for s in statements))


def theirs(statements):
    return cpu([sys.executable, '-c', PEER], ''.join(json.dumps(s) + '\n' for s in statements))


starts = [(min(f(['SELECT 1']) for _ in range(5))) for f in (ours, theirs)]
for name, athena, by_hand in QUESTIONS:
    table = next(t for t in ('vpc_flow_logs', 's3_access_logs', 'cloudtrail_logs') if t in athena)
    if not glob.glob(f'{MIRROR}/lake/{table}'):
        continue
    a, b = [], []
    for _ in range(3):
        a.append(ours([athena] * ROUNDS) - starts[0])
        b.append(theirs([by_hand] * ROUNDS) - starts[1])
    print(f'{name:34} CPU s {min(a) / ROUNDS:6.3f} (by hand {min(b) / ROUNDS:6.3f})  {min(a) / min(b):5.2f} times')
print(f'start and SELECT 1                 CPU s {starts[0]:6.3f} (DuckDB\'s Python client {starts[1]:6.3f})  {starts[0] / starts[1]:5.2f} times')
