#!/usr/bin/env python3
"""Reads a lake with DuckDB, PyArrow, parquet-go and Trino and compares how many
values each finds in every column, and their sums: of numbers as they are, of
texts their bytes. Fields of structs count as columns; of lists and maps the
records that have one.

    readers.py MIRROR WAREHOUSE

MIRROR is a converted mirror, WAREHOUSE the folder that the running Trino of
$LOGSQL_SHARED/oracle sees as local:///. Needs the Python packages duckdb and
pyarrow. Exit status 1 where two readers differ.
"""
import glob, json, os, shutil, subprocess, sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ['LOGSQL_SHARED'], 'oracle'))
import duckdb, pyarrow as pa, pyarrow.compute as pc, pyarrow.parquet as pq
import render

MIRROR, WAREHOUSE = sys.argv[1:]
LAKE = os.path.join(MIRROR, 'lake')
HERE = os.path.dirname(os.path.abspath(__file__))
KEYS = {'account', 'region', 'year', 'month', 'day'}


def leaves(prefix, t):
    """The columns below a type: (path, 'text' | 'number' | 'other')."""
    if pa.types.is_struct(t):
        for f in t:
            yield from leaves(prefix + [f.name], f.type)
    elif pa.types.is_string(t):
        yield prefix, 'text'
    elif pa.types.is_integer(t):
        yield prefix, 'number'
    else:
        yield prefix, 'other'


def with_arrow(files, columns):
    sums = {}
    for file in files:
        table = pq.ParquetFile(file).read()
        for path, kind in columns:
            if path[0] not in table.column_names:
                continue
            values = table[path[0]]
            for name in path[1:]:
                values = pc.struct_field(values, name)
            have = sums.setdefault('.'.join(path), [0, 0])
            have[0] += len(values) - values.null_count
            if kind == 'text':
                have[1] += pc.sum(pc.binary_length(values)).as_py() or 0
            elif kind == 'number':
                have[1] += pc.sum(values).as_py() or 0
    return sums


def questions(columns, text):
    for path, kind in columns:
        name = '.'.join(f'"{p}"' for p in path)
        total = {'text': text % name, 'number': f'sum({name})', 'other': '0'}[kind]
        yield f'count({name}), coalesce({total}, 0)'


def by_sql(ask, source, columns, text):
    answer = ask('SELECT ' + ', '.join(questions(columns, text)) + ' FROM ' + source)
    return {'.'.join(p): [int(answer[2 * i]), int(answer[2 * i + 1])] for i, (p, _) in enumerate(columns)}


def sql_type(t):
    if pa.types.is_struct(t):
        return 'row(' + ', '.join(f'"{f.name}" {sql_type(f.type)}' for f in t) + ')'
    if pa.types.is_list(t):
        return f'array({sql_type(t.value_type)})'
    if pa.types.is_map(t):
        return f'map({sql_type(t.key_type)}, {sql_type(t.item_type)})'
    return {'int64': 'bigint', 'int32': 'integer', 'string': 'varchar', 'double': 'double', 'bool': 'boolean'}.get(str(t), 'timestamp(3)')


def with_trino(trino, name, schema, columns, keys):
    fields = ', '.join(f'"{f.name}" {sql_type(f.type)}' for f in schema) + ''.join(f', "{k}" varchar' for k in keys)
    trino.query(f'DROP TABLE IF EXISTS hive.readers.{name}')
    trino.query(f"CREATE TABLE hive.readers.{name} ({fields}) WITH (format = 'PARQUET', external_location = 'local:///readers/{name}', partitioned_by = ARRAY[{', '.join(repr(k) for k in keys)}])")
    trino.query(f"CALL hive.system.sync_partition_metadata('readers', '{name}', 'FULL')")
    return by_sql(lambda q: trino.query(q)[1][0], f'hive.readers.{name}', columns, 'sum(length(to_utf8(%s)))')


def main():
    shutil.rmtree(os.path.join(WAREHOUSE, 'readers'), ignore_errors=True)
    shutil.copytree(LAKE, os.path.join(WAREHOUSE, 'readers'))
    trino = render.Trino(schema='readers', port=int(os.environ.get('TRINO_PORT', '18080')))
    trino.query('CREATE SCHEMA IF NOT EXISTS hive.readers')
    go = json.loads(subprocess.run(['go', 'run', os.path.join(HERE, 'parquetgo'), LAKE], stdout=subprocess.PIPE, check=True, cwd=HERE).stdout)
    differ = 0
    for name in sorted(os.listdir(LAKE)):
        files = sorted(glob.glob(f'{LAKE}/{name}/**/*.parquet', recursive=True))
        schema = pa.unify_schemas([pq.read_schema(f) for f in files])
        columns = [c for f in schema for c in leaves([f.name], f.type)]
        keys = [p.split('=')[0] for p in os.path.relpath(files[0], f'{LAKE}/{name}').split('/')[:-1]]
        source = f"read_parquet('{LAKE}/{name}/**/*.parquet', union_by_name = true, hive_partitioning = false)"
        answers = {
            'DuckDB': by_sql(lambda q: duckdb.sql(q).fetchall()[0], source, columns, 'sum(strlen(%s))'),
            'PyArrow': with_arrow(files, columns),
            'parquet-go': {'.'.join(p): go[name].get('.'.join(p)) for p, kind in columns if kind != 'other'},
            'Trino': with_trino(trino, name, schema, columns, keys),
        }
        for path, _ in columns:
            path = '.'.join(path)
            have = {reader: a[path] for reader, a in answers.items() if path in a}
            if len({json.dumps(v) for v in have.values()}) > 1:
                differ += 1
                print(f'{name}: {path}: {have}')
        print(f'{name}: {len(files)} files, {len(columns)} columns, {answers["DuckDB"]["source_object"][0]} records')
    sys.exit(differ > 0)


main()
