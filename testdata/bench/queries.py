#!/usr/bin/env python3
"""Answers the guides' questions about generated flow records with logsql and with
DuckDB SQL written by hand over the same Parquet, in turn, and prints CPU seconds
and ratios; then what it takes to start and to answer SELECT 1.

    queries.py LOGSQL MIRROR

MIRROR is a converted mirror. Each side asks each question ROUNDS times in one
process; what it takes to start is measured apart and taken off.
"""
import json, os, resource, subprocess, sys

LOGSQL, MIRROR = sys.argv[1:]
ROUNDS = int(os.environ.get('ROUNDS', '5'))
PARQUET = f"read_parquet('{MIRROR}/lake/vpc_flow_logs/**/*.parquet', hive_partitioning=true, hive_types_autocast=false)"

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
]


def cpu(command, text):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, input=text, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


PEER = '''
import sys, json, duckdb
c = duckdb.connect()
for line in sys.stdin:
    for row in c.execute(json.loads(line)).fetchall(): print(row)
'''


def ours(statements):
    return cpu([LOGSQL, 'sql', '--batch', '--mirror', MIRROR], ''.join(json.dumps({'id': '1', 'sql': s}) + '\n' for s in statements))


def theirs(statements):
    return cpu([sys.executable, '-c', PEER], ''.join(json.dumps(s) + '\n' for s in statements))


starts = [(min(f(['SELECT 1']) for _ in range(5))) for f in (ours, theirs)]
for name, athena, by_hand in QUESTIONS:
    a, b = [], []
    for _ in range(3):
        a.append(ours([athena] * ROUNDS) - starts[0])
        b.append(theirs([by_hand] * ROUNDS) - starts[1])
    print(f'{name:34} CPU s {min(a) / ROUNDS:6.3f} (by hand {min(b) / ROUNDS:6.3f})  {min(a) / min(b):5.2f} times')
print(f'start and SELECT 1                 CPU s {starts[0]:6.3f} (DuckDB\'s Python client {starts[1]:6.3f})  {starts[0] / starts[1]:5.2f} times')
