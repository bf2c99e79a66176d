#!/usr/bin/env python3
"""Scores bin/logsql on the corpora of $LOGSQL_SHARED against testdata/score.txt.

Shares of right answers may rise and never fall, the number of answers that are
wrong without an error may fall and never rise, and each of those is listed with
its reason in testdata/wrong.txt. UPDATE=1 records the score anew.

A time of day becomes a timestamp of the day on which it is asked: such answers
are those of the day when Trino was asked, and are taken to today.

Some cases expect rows in an order that no ORDER BY asks for: with one thread
DuckDB gives them in the same order each time.
"""
import datetime, gzip, json, os, re, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SQL = os.path.join(os.environ['LOGSQL_SHARED'], 'sql')
LOGSQL = os.path.join(ROOT, 'bin/logsql')
SCORE, WRONG = (os.path.join(ROOT, 'testdata', n) for n in ('score.txt', 'wrong.txt'))


def logsql(*arguments):
    subprocess.run([LOGSQL, *arguments], stdout=subprocess.DEVNULL, check=True)


def percent(share, of):
    return round(100 * share / of, 2) if of else 100.0


def today(corpus, folder):
    """A copy of a corpus whose answers of the day when it was asked are of today."""
    asked = "SELECT CAST(TIME '12:34:56' AS TIMESTAMP(0) WITH TIME ZONE)"
    cases = [json.loads(l) for l in gzip.open(os.path.join(SQL, 'corpus', corpus + '.jsonl.gz'), 'rt')]
    then = [c['expected'][:10] for c in cases if c['sql'] == asked]
    now = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    place = os.path.join(folder, corpus + '.cases.jsonl.gz')
    with gzip.open(place, 'wt', compresslevel=1) as out:
        for c in cases:
            for field in ('expected', 'expected_ms'):
                if then and isinstance(c.get(field), str) and then[0] not in c['sql']:
                    c[field] = c[field].replace(then[0], now)
            out.write(json.dumps(c) + '\n')
    return place


def score(corpus, mirror, folder):
    """The figures of one corpus, and the ids of its wrong answers."""
    failures = os.path.join(folder, corpus + '.jsonl')
    command = [LOGSQL, 'sql', '--batch', '--mirror', mirror, '--threads', '1']
    said = subprocess.run([sys.executable, os.path.join(SQL, 'score.py'), today(corpus, folder),
                           '--failures', failures, '--', *command], stdout=subprocess.PIPE, text=True, check=True).stdout
    print(said)
    # group values strict% lenient% wrong | errors refused% same%
    lines = [l.replace('|', ' ').split() for l in said.splitlines()[1:-1]]
    groups = {l[0]: [0.0 if x == '-' else float(x.rstrip('%')) for x in l[1:]] for l in lines}
    whole, apart = groups.pop('all'), groups.get('q_match_recognize', [0, 0, 0])
    lenient = (whole[0] * whole[2] - apart[0] * apart[2]) / (whole[0] - apart[0])
    figures = {'strict': whole[1], 'groups': float(re.search(r'mean of groups ([\d.]+)%', said)[1]), 'lenient': round(lenient, 1),
               'refused': whole[5], 'code': whole[6], 'wrong': int(whole[3])}
    cases = [json.loads(l) for l in open(failures)]
    return figures, [c['case']['id'] for c in cases if 'error' not in c['case'] and c['got'] and 'error' not in c['got']]


def complaints(before, now, wrong):
    for corpus, figures in now.items():
        for name, value in figures.items():
            was = before.get(corpus, {}).get(name)
            if was is not None and (value > was if name == 'wrong' else value < was - 0.05):
                yield f'{corpus}: {name} went from {was:g} to {value:g}'
    known = {l.split()[0] for l in open(WRONG) if l.strip() and not l.startswith('#')}
    for case in wrong:
        if case not in known:
            yield f'{case} is answered wrongly without an error and is not in testdata/wrong.txt'


def main():
    now, wrong = {}, []
    with tempfile.TemporaryDirectory() as folder:
        mirror = os.path.join(folder, 'mirror')
        logsql('sync', os.path.join(SQL, 'fixtures/s3/corpus'), '--as', 's3://corpus', '--mirror', mirror)
        logsql('sql', '--mirror', mirror, '-f', os.path.join(SQL, 'setup.sql'))
        for corpus in ('functions', 'queries'):
            now[corpus], ids = score(corpus, mirror, folder)
            wrong += ids
    lines = [corpus + ''.join(f' {k} {v:g}' for k, v in figures.items()) for corpus, figures in now.items()]
    print('\n'.join(lines))
    if os.environ.get('UPDATE'):
        open(SCORE, 'w').write('\n'.join(lines) + '\n')
        before = {}
    else:
        words = [l.split() for l in open(SCORE)]
        before = {w[0]: {k: float(v) for k, v in zip(w[1::2], w[2::2])} for w in words}
    found = list(complaints(before, now, wrong))
    print('\n'.join(found))
    sys.exit(bool(found))


main()
