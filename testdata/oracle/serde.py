#!/usr/bin/env python3
"""Writes what Trino answers into the cases of testdata/sql/serde.

    serde.py WAREHOUSE CASES.txt ...

WAREHOUSE is the folder that the running Trino of $LOGSQL_SHARED/oracle sees as
local:///. Cases are parted by lines ====; each has its table (see
sql/serde/cases_test.go), a line ----, the file's text, a line ----, then the
rows. Those with a line "ours" are left alone: Trino has no such SerDe.
"""
import gzip, json, os, re, shutil, sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ['LOGSQL_SHARED'], 'oracle'))
import render

loads = json.loads
render.json.loads = lambda d: loads(d.decode('utf-8', 'replace') if isinstance(d, bytes) else d)

FORMATS = {'LazySimpleSerDe': 'TEXTFILE', 'JsonSerDe': 'JSON', 'openx.data.jsonserde.JsonSerDe': 'OPENX_JSON', 'OpenCSVSerde': 'CSV', 'RegexSerDe': 'REGEX'}


def content(text):
    """Control pictures stand for their characters; U+2417 at the end for no newline."""
    text = re.sub('[\u2400-\u2416\u2418-\u241f]', lambda m: chr(ord(m[0]) - 0x2400), text + '\n')
    return text.replace('\u2417\n', '').encode().replace('\ufffd'.encode(), b'\xff')


def columns(text):
    depth, part, parts = 0, '', []
    for c in text + ',':
        depth += (c in '<(') - (c in '>)')
        if c == ',' and depth == 0:
            name, t = part.strip().split(' ', 1)
            parts.append({'name': name, 'type': t.strip().replace(' ', ''), 'properties': {}})
            part = ''
        else:
            part += c
    return parts


def answer(trino, warehouse, n, table, text):
    lines = table.split('\n')
    get = lambda word: [l[len(word) + 1:] for l in lines if l.startswith(word + ' ')]
    serde = get('serde')[0]
    form = max((k for k in FORMATS if serde.endswith(k)), key=len)
    folder = os.path.join(warehouse, 'serde', str(n))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    name = (get('file') or ['in.txt'])[0]
    opener = gzip.open if name.endswith('.gz') else open
    with opener(os.path.join(folder, name), 'wb') as f:
        f.write(content(text))
    properties = dict(p.split(' ', 1) if ' ' in p else (p, '') for p in get('property'))
    properties = {k: content(v)[:-1].decode() for k, v in properties.items()}
    meta = os.path.join(warehouse, 'metastore', 'serde_cases', f't{n}')
    os.makedirs(meta, exist_ok=True)
    with open(os.path.join(meta, '.trinoSchema'), 'w') as f:
        json.dump({'writerVersion': '476', 'owner': 'oracle', 'tableType': 'EXTERNAL_TABLE', 'dataColumns': columns(get('columns')[0]),
                   'partitionColumns': [], 'parameters': {'EXTERNAL': 'TRUE', **{k: v for k, v in properties.items() if k.startswith('skip.')}},
                   'storageFormat': FORMATS[form], 'serdeParameters': properties,
                   'externalLocation': f'local:///serde/{n}', 'columnStatistics': {}}, f)
    try:
        _, rows = trino.query(f'SELECT * FROM hive.serde_cases.t{n}')
    except render.TrinoError as e:
        return f'error {e.name}: {e.message}'.split('\n')[0].replace(f'local:///serde/{n}/', 's3://b/')
    escape = lambda v: '\\N' if v is None else re.sub('[\x00-\x08\x0b-\x1f]', lambda m: chr(ord(m[0]) + 0x2400), v).replace('\t', '\u2409').replace('\n', '\u240a')
    return '\n'.join('\t'.join(map(escape, r)) for r in rows)


def main():
    warehouse, n = sys.argv[1], 0
    trino = render.Trino(port=int(os.environ.get('TRINO_PORT', '18080')))
    trino.query('CREATE SCHEMA IF NOT EXISTS hive.serde_cases')
    for path in sys.argv[2:]:
        with open(path) as f:
            cases = f.read().rstrip('\n').split('\n====\n')
        out = []
        for case in cases:
            table, text = (case.split('\n----\n') + [''])[:2]
            text = text.removesuffix('\n----')
            n += 1
            if 'ours' not in table.split('\n'):
                ours = case.split('\n----\n')[3:]
                case = f'{table}\n----\n{text}\n----\n{answer(trino, warehouse, n, table, text)}'
                case = '\n----\n'.join([case] + ours)
            out.append(case)
        with open(path, 'w') as f:
            f.write('\n====\n'.join(out) + '\n')


main()
