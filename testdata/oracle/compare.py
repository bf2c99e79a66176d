#!/usr/bin/env python3
"""Asks Trino and logsql the same statements over the same lake and compares the answers.

    compare.py MIRROR WAREHOUSE STATEMENTS.sql ...

MIRROR is a converted mirror, WAREHOUSE the folder that the running Trino of
$LOGSQL_SHARED/oracle sees as local:///. The lake is copied there and declared
to Trino as external tables, so this also shows that Trino reads our Parquet.
A statement ends with a semicolon at the end of a line. A LIMIT at a statement's
end is left out on both sides: where rows tie, either choice would be right.
Exit status 1 when an answer differs. Errors are the same when their codes are;
with WORDS=1 those of another wording are shown too. What logsql refuses as
NOT_SUPPORTED is counted, and is no difference.
"""
import json, os, re, shutil, subprocess, sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ['LOGSQL_SHARED'], 'oracle'))
import render

LOGSQL = os.environ.get('LOGSQL', 'bin/logsql')


def ask_logsql(mirror, statements):
    requests = ''.join(json.dumps({'id': str(i), 'sql': s}) + '\n' for i, s in enumerate(statements))
    done = subprocess.run([LOGSQL, 'sql', '--batch', '--mirror', mirror], input=requests, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def ask_trino(trino, statement):
    try:
        columns, rows = trino.query(statement)
        # Athena's results name columns in lower case.
        return {'columns': [{'name': n.lower(), 'type': plain_type(t)} for n, t in columns], 'rows': rows}
    except render.TrinoError as e:
        return {'error': {'code': e.name, 'message': e.message}}


def plain_type(t):
    """The type as typeof() writes it; the client's protocol has it in other spelling."""
    t = re.sub(r'decimal\((\d+), (\d+)\)', r'decimal(\1,\2)', t)
    return re.sub(r'INTERVAL (DAY TO SECOND|YEAR TO MONTH)', lambda m: m[0].lower(), t)


def declare(trino, mirror, warehouse):
    """Copies the lake and makes Trino's tables over it, columns as logsql describes them."""
    trino.query('CREATE SCHEMA IF NOT EXISTS hive.logsql')
    lake = os.path.join(warehouse, 'lake')
    shutil.rmtree(lake, ignore_errors=True)
    shutil.copytree(os.path.join(mirror, 'lake'), lake)
    for table in sorted(os.listdir(lake)):
        keys = ['account', 'region', 'year', 'month', 'day'] if table == 'cloudtrail_logs' else ['year', 'month', 'day']
        answer = ask_logsql(mirror, [f"SELECT * FROM {table} LIMIT 0"])[0]
        columns = [c for c in answer['columns'] if c['name'] not in keys] + [{'name': k, 'type': 'varchar'} for k in keys]
        body = ', '.join(f'"{c["name"]}" {c["type"]}' for c in columns)
        trino.query(f'DROP TABLE IF EXISTS hive.logsql.{table}')
        trino.query(f"CREATE TABLE hive.logsql.{table} ({body}) WITH (format = 'PARQUET', external_location = 'local:///lake/{table}', "
                    f"partitioned_by = ARRAY[{', '.join(repr(k) for k in keys)}])")
        trino.query(f"CALL hive.system.sync_partition_metadata('logsql', '{table}', 'FULL')")


def read_statements(paths):
    for path in paths:
        with open(path) as f:
            for statement in re.split(r';[ \t]*(?:\n|\Z)', f.read()):
                if re.sub(r'--[^\n]*', '', statement).strip():
                    yield os.path.basename(path), re.sub(r'\s+limit\s+\d+\s*\Z', '', statement.strip(), flags=re.I)


def unorder_maps(text):
    """A map's entries have no order: those of a flat one are sorted."""
    if text is None or '{' not in text:
        return text
    return re.sub(r'\{([^{}]*)\}', lambda m: '{' + ', '.join(sorted(m[1].split(', '))) + '}', text)


def same(a, b):
    if 'error' in a or 'error' in b:
        return a.get('error', {}).get('code') == b.get('error', {}).get('code')
    by_row = lambda rows: sorted(([unorder_maps(v) for v in r] for r in rows), key=lambda r: [(v is None, v or '') for v in r])
    return a['columns'] == b['columns'] and by_row(a['rows']) == by_row(b['rows'])


def short(answer):
    return json.dumps(answer.get('error') or {'columns': answer['columns'], 'rows': len(answer['rows']), 'first': answer['rows'][:2]}, ensure_ascii=False)[:1500]


def main():
    mirror, warehouse, files = sys.argv[1], sys.argv[2], sys.argv[3:]
    trino = render.Trino(schema='logsql', port=int(os.environ.get('TRINO_PORT', '18080')))
    declare(trino, mirror, warehouse)
    cases = list(read_statements(files))
    differ = worded = refused = 0
    for (name, statement), ours in zip(cases, ask_logsql(mirror, [s for _, s in cases])):
        theirs = ask_trino(trino, statement)
        ours.pop('id')
        if ours.get('error', {}).get('code') == 'NOT_SUPPORTED' and 'error' not in theirs:
            refused += 1
            if os.environ.get('WORDS'):
                print(f'--- {name}, refused\n{statement}\n  logsql: {short(ours)}')
        elif not same(ours, theirs):
            differ += 1
            print(f'--- {name}\n{statement}\n  logsql: {short(ours)}\n  trino:  {short(theirs)}')
        elif 'error' in ours and ours['error']['message'] != theirs['error']['message']:
            worded += 1
            if os.environ.get('WORDS'):
                print(f'--- {name}, in other words\n{statement}\n  logsql: {short(ours)}\n  trino:  {short(theirs)}')
    print(f'{len(cases)} statements, {differ} answers differ, {refused} are refused as not supported, {worded} errors have other words')
    sys.exit(differ > 0)


main()
