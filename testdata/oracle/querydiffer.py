#!/usr/bin/env python3
"""Asks Trino and logsql random whole queries and compares what they answer:
names, types and rows, or the error.

    querydiffer.py [--minutes 60] [--seed 1] [--out FILE]

Asks and judges as differ.py does. The queries read small tables in WITH, full of
NULLs and of values that occur twice: joins of all kinds, WHERE, GROUP BY with
sets, HAVING, windows with frames, set operations, subqueries, UNNEST, LATERAL,
recursion, ORDER BY and LIMIT. Rows are compared in order where the query orders
them by all of its columns, else as a bag. Kinds of difference are differ.py's,
and "names" where only the columns' names differ.
"""
import argparse, os, random, time

import differ

TABLES = {
    'a': [('k', 'integer'), ('n', 'bigint'), ('s', 'varchar')],
    'b': [('k', 'integer'), ('d', 'double'), ('s', 'varchar')],
    'c': [('n', 'bigint'), ('t', 'timestamp(3)'), ('f', 'boolean')],
    'e': [('k', 'integer'), ('l', 'array(integer)'), ('p', 'decimal(10,2)')],
}
VALUES = {
    'integer': ['NULL', '0', '1', '1', '2', '3', '-1'],
    'bigint': ['NULL', 'BIGINT \'1\'', 'BIGINT \'2\'', 'BIGINT \'2\'', 'BIGINT \'7\'', 'BIGINT \'-3\''],
    'double': ['NULL', '0e0', '1.5e0', '2e0', '-2.5e0', '1.5e0'],
    'varchar': ['NULL', "'x'", "'y'", "'x'", "''", "'zz'", "'1'"],
    'timestamp(3)': ['NULL', "TIMESTAMP '2021-12-01 00:00:00.000'", "TIMESTAMP '2021-12-01 10:11:12.345'", "TIMESTAMP '2020-02-29 01:00:00.000'"],
    'boolean': ['NULL', 'true', 'false'],
    'array(integer)': ['NULL', 'ARRAY[1, 2]', 'ARRAY[3]', 'CAST(ARRAY[] AS array(integer))', 'ARRAY[NULL, 1]'],
    'decimal(10,2)': ['NULL', "CAST(1 AS decimal(10,2))", "CAST(DECIMAL '2.50' AS decimal(10,2))", "CAST(-3 AS decimal(10,2))"],
}
PLAIN = ['integer', 'bigint', 'double', 'varchar', 'boolean', 'timestamp(3)', 'decimal(10,2)']
NUMBERS = ['integer', 'bigint', 'double', 'decimal(10,2)']
SETS = ['GROUPING SETS', 'ROLLUP', 'CUBE']


class Queries:
    def __init__(self, rnd):
        self.r, self.n = rnd, 0

    def name(self, prefix):
        self.n += 1
        return f'{prefix}{self.n}'

    def chance(self, p):
        return self.r.random() < p

    # Expressions over a scope: a list of (text, type).

    def of(self, scope, kinds):
        return [x for x, t in scope if t in kinds]

    def value(self, t, scope, depth=2):
        have = self.of(scope, [t])
        roll = self.r.random()
        if have and roll < 0.6 or depth == 0:
            return self.r.choice(have) if have else self.literal(t)
        x = lambda of=t: self.value(of, scope, depth - 1)
        forms = [lambda: f'coalesce({x()}, {x()})', lambda: f'CASE WHEN {self.condition(scope, depth - 1)} THEN {x()} ELSE {x()} END',
                 lambda: f'nullif({x()}, {x()})', lambda: f'IF({self.condition(scope, depth - 1)}, {x()})', lambda: self.literal(t)]
        if t in ('integer', 'bigint', 'double'):
            forms += [lambda: f'{x()} {self.r.choice("+-*/%")} {x()}', lambda: f'TRY({x()} / {x()})', lambda: f'abs({x()})'] * 2
        elif t == 'varchar':
            forms += [lambda: f'{x()} || {x()}', lambda: f'CAST({x("integer")} AS varchar)', lambda: f'upper({x()})', lambda: f'substr({x()}, {x("integer")})']
        elif t == 'array(integer)':
            forms += [lambda: f'ARRAY[{x("integer")}, {x("integer")}]', lambda: f'transform({x()}, e -> e + {x("integer")})', lambda: f'filter({x()}, e -> e > {x("integer")})']
        elif t == 'boolean':
            return f'({self.condition(scope, depth - 1)})'
        if t == 'integer':
            forms += [lambda: f'CAST({x("varchar")} AS integer)', lambda: f'TRY_CAST({x("varchar")} AS integer)', lambda: f'{x("array(integer)")}[1]', lambda: f'element_at({x("array(integer)")}, 2)']
        elif t == 'bigint':
            forms += [lambda: f'cardinality({x("array(integer)")})', lambda: f'length({x("varchar")})', lambda: f'date_diff(\'day\', {x("timestamp(3)")}, {x("timestamp(3)")})']
        return '(' + self.r.choice(forms)() + ')'

    def literal(self, t):
        v = self.r.choice(VALUES[t])
        return f'CAST(NULL AS {t})' if v == 'NULL' else v

    def condition(self, scope, depth=2, queries=False):
        t = self.r.choice(PLAIN)
        x = lambda of=t: self.value(of, scope, max(0, depth - 1))
        forms = [lambda: f'{x()} {self.r.choice(["=", "<>", "<", "<=", ">", ">="])} {x()}'] * 3 + [
            lambda: f'{x()} IS {self.r.choice(["", "NOT "])}NULL', lambda: f'{x()} IS {self.r.choice(["", "NOT "])}DISTINCT FROM {x()}',
            lambda: f'{x()} {self.r.choice(["", "NOT "])}IN ({x()}, {x()})', lambda: f'{x()} BETWEEN {x()} AND {x()}', lambda: f'contains({x("array(integer)")}, {x("integer")})']
        if depth > 0:
            c = lambda: self.condition(scope, depth - 1, queries)
            forms += [lambda: f'({c()} AND {c()})', lambda: f'({c()} OR {c()})', lambda: f'NOT ({c()})']
        if queries:
            forms += [lambda: self.subquery(scope)] * 4
        return self.r.choice(forms)()

    def subquery(self, scope):
        """A condition with a query in it, correlated or not."""
        t = self.r.choice(['integer', 'bigint', 'varchar'])
        item, inner = self.table()
        seen = inner + scope if self.chance(0.4) else inner
        where = f' WHERE {self.condition(seen, 1)}' if self.chance(0.7) else ''
        x, y = self.value(t, scope, 1), self.value(t, inner, 1)
        op = self.r.choice(['=', '<>', '<', '>'])
        return self.r.choice([
            lambda: f'{self.r.choice(["", "NOT "])}EXISTS (SELECT 1 FROM {item}{where})',
            lambda: f'{x} {self.r.choice(["", "NOT "])}IN (SELECT {y} FROM {item}{where})',
            lambda: f'{x} {op} {self.r.choice(["ALL", "ANY", "SOME"])} (SELECT {y} FROM {item}{where})',
            lambda: f'{x} {op} (SELECT {self.r.choice(["min", "max"])}({y}) FROM {item}{where})',
            lambda: f'{self.value("bigint", scope, 1)} {op} (SELECT count(*) FROM {item}{where})'])()

    def aggregate(self, scope):
        t = self.r.choice(PLAIN)
        x = self.value(t, scope, 1)
        number = self.r.choice(NUMBERS)
        e, t = self.r.choice([
            lambda: ('count(*)', 'bigint'), lambda: (f'count({x})', 'bigint'), lambda: (f'count(DISTINCT {x})', 'bigint'),
            lambda: (f'{self.r.choice(["min", "max"])}({x})', t), lambda: (f'sum({self.value("bigint", scope, 1)})', 'bigint'),
            lambda: (f'avg({self.value("integer", scope, 1)})', 'double'), lambda: (f'sum(DISTINCT {self.value("integer", scope, 1)})', 'bigint'),
            lambda: (f'bool_or({self.condition(scope, 1)})', 'boolean'), lambda: (f'count_if({self.condition(scope, 1)})', 'bigint'),
            lambda: (f'max_by({x}, {self.value("bigint", scope, 0)})' if self.chance(0.2) else f'max({x})', t),
            lambda: (f'sum({self.value(number, scope, 1)})', number if number == 'double' else 'other'),
            lambda: (f'array_agg({self.value("integer", scope, 1)} ORDER BY {self.value("integer", scope, 0)} DESC, 1)' if self.chance(0) else f'approx_distinct({x})', 'bigint')])()
        if self.chance(0.2):
            e += f' FILTER (WHERE {self.condition(scope, 1)})'
        return e, t

    # Relations give their text and what they put in scope.

    def table(self, lateral=()):
        table, alias = self.r.choice(list(TABLES)), self.name('t')
        return f'{table} {alias}', [(f'{alias}.{c}', t) for c, t in TABLES[table]]

    def item(self, lateral, depth):
        roll = self.r.random()
        if roll < 0.6 or depth == 0:
            return self.table()
        alias = self.name('q')
        if roll < 0.85 or not lateral:
            body, columns = self.query(depth - 1, [])
            return f'({body}) {alias}({", ".join(n for n, _ in columns)})', [(f'{alias}.{n}', t) for n, t in columns]
        if roll < 0.93:
            e = self.value('array(integer)', lateral, 1)
            ordinal = self.chance(0.4)
            return f'UNNEST({e}){" WITH ORDINALITY" if ordinal else ""} {alias}(u{", o" if ordinal else ""})', [(f'{alias}.u', 'integer')] + [(f'{alias}.o', 'bigint')] * ordinal
        item, inner = self.table()
        t = self.r.choice(['integer', 'varchar', 'bigint'])
        return f'LATERAL (SELECT {self.value(t, inner + lateral, 1)} FROM {item} WHERE {self.condition(inner + lateral, 1)}) {alias}(v)', [(f'{alias}.v', t)]

    def source(self, depth):
        text, scope = self.item([], depth)
        for _ in range(self.r.choice([0, 0, 1, 1, 1, 2])):
            item, more = self.item(scope, depth)
            lateral = item.startswith(('UNNEST', 'LATERAL'))
            kind = self.r.choice(['CROSS', 'LEFT'] if lateral else ['CROSS', 'INNER', 'INNER', 'LEFT', 'LEFT', 'RIGHT', 'FULL'])
            both = scope + more
            if kind == 'CROSS':
                text += f' CROSS JOIN {item}'
            elif lateral:
                text += f' LEFT JOIN {item} ON true'
            else:
                on = self.condition(both, 1, self.chance(0.1))
                shared = [(x, y) for x, t in scope for y, u in more if t == u]
                if shared and self.chance(0.7):
                    x, y = self.r.choice(shared)
                    on = f'{x} = {y}' + (f' AND {on}' if self.chance(0.4) else '')
                text += f' {kind} JOIN {item} ON {on}'
            scope = both
        return text, scope

    def window(self, scope):
        t = self.r.choice(PLAIN)
        parts = []
        if self.chance(0.6):
            parts.append(f'PARTITION BY {self.value(self.r.choice(PLAIN), scope, 0)}')
        # Ordered by all that is in scope, so that peers are equal rows.
        order = [x + self.r.choice(['', ' DESC', ' NULLS FIRST', ' DESC NULLS LAST']) for x, k in scope]
        whole = ', '.join(order)
        f, result = self.r.choice([
            (f'{self.r.choice(["rank", "dense_rank"])}()', 'bigint'), ('count(*)', 'bigint'), (f'sum({self.value("integer", scope, 1)})', 'bigint'),
            (f'{self.r.choice(["lag", "lead"])}({self.value(t, scope, 0)}, {self.r.choice([0, 1, 2])})', t), (f'{self.r.choice(["first_value", "last_value"])}({self.value(t, scope, 0)})', t),
            (f'{self.r.choice(["min", "max"])}({self.value(t, scope, 1)})', t), ('percent_rank()', 'double'), ('cume_dist()', 'double')])
        ordered = whole and self.chance(0.8) or f.startswith(('rank', 'dense', 'la', 'le', 'fi', 'per', 'cume'))
        if ordered:
            parts.append('ORDER BY ' + whole)
        if ordered and self.chance(0.4) and not f.startswith(('rank', 'dense', 'lag', 'lead', 'per', 'cume')):
            unit = self.r.choice(['RANGE', 'GROUPS', 'ROWS'])
            starts = ['UNBOUNDED PRECEDING', 'CURRENT ROW'] if unit == 'RANGE' else ['UNBOUNDED PRECEDING', '1 PRECEDING', 'CURRENT ROW', '2 PRECEDING']
            ends = ['UNBOUNDED FOLLOWING', 'CURRENT ROW'] if unit == 'RANGE' else ['UNBOUNDED FOLLOWING', '1 FOLLOWING', 'CURRENT ROW']
            parts.append(f'{unit} BETWEEN {self.r.choice(starts)} AND {self.r.choice(ends)}')
        return f'{f} OVER ({" ".join(parts)})', result

    def select(self, depth):
        """A SELECT and its columns as (name, type); other types cannot be used on."""
        source, scope = self.source(depth)
        where = f' WHERE {self.condition(scope, 2, self.chance(0.4))}' if self.chance(0.6) else ''
        if self.chance(0.35):
            return self.grouped(source, scope, where)
        items = []
        for _ in range(self.r.randint(1, 4)):
            t = self.r.choice(PLAIN + ['array(integer)'] * (depth > 0))
            items.append((self.value(t, scope), t))
        if self.chance(0.25) and len(scope) < 12:
            items.append(self.window(scope))
        if self.chance(0.1):
            item, inner = self.table()
            items.append((f'(SELECT count(*) FROM {item} WHERE {self.condition(inner + scope, 1)})', 'bigint'))
        distinct = 'DISTINCT ' if self.chance(0.15) else ''
        return self.listed(distinct, items, f' FROM {source}{where}')

    def grouped(self, source, scope, where):
        keys = []
        for _ in range(self.r.randint(0, 3)):
            t = self.r.choice(PLAIN)
            keys.append((self.value(t, scope, self.r.choice([0, 0, 1])), t))
        keys = [(x, t) for i, (x, t) in enumerate(keys) if "'" not in x[:1] and any(y in x for y, _ in scope) and x not in [y for y, _ in keys[:i]]]
        names = [x for x, _ in keys]
        by = ''
        if keys:
            by = ' GROUP BY ' + ', '.join(names)
            if self.chance(0.3):
                kind = self.r.choice(SETS)
                inside = ', '.join(names) if kind != 'GROUPING SETS' else ', '.join(['()', f'({", ".join(names)})', *(f'({x})' for x in names[:2])])
                by = f' GROUP BY {kind} ({inside})'
        items = self.r.sample(keys, len(keys)) + [self.aggregate(scope) for _ in range(self.r.randint(1, 3))]
        having = ''
        if self.chance(0.3):
            having = f' HAVING {self.condition(keys + [self.aggregate(scope) for _ in range(2)], 1)}'
        return self.listed('', items, f' FROM {source}{where}{by}{having}')

    def listed(self, distinct, items, rest):
        columns = [(f'c{i}', t) for i, (_, t) in enumerate(items)]
        return f'SELECT {distinct}' + ', '.join(f'{x} AS {n}' for (x, _), (n, _) in zip(items, columns)) + rest, columns

    def query(self, depth, order):
        """A query and its columns; order gets whether its rows are in one order."""
        body, columns = self.select(depth)
        if self.chance(0.15):
            usable = all(t in VALUES for _, t in columns)
            other = ', '.join(self.literal(t) for _, t in columns) if usable else ''
            op = self.r.choice(['UNION', 'UNION ALL', 'INTERSECT', 'EXCEPT', 'EXCEPT ALL', 'INTERSECT ALL'])
            source, scope = self.source(0)
            if usable:
                body = f'{body} {op} SELECT ' + ', '.join(self.value(t, scope, 1) for _, t in columns) + f' FROM {source}'
        if self.chance(0.6) or order == ['top']:
            places = list(range(1, len(columns) + 1))
            self.r.shuffle(places)
            body += ' ORDER BY ' + ', '.join(str(p) + self.r.choice(['', ' DESC', ' NULLS FIRST', ' DESC NULLS LAST', ' ASC']) for p in places)
            order.append('ordered')
            if self.chance(0.35):
                body += self.r.choice([' LIMIT 2', ' LIMIT 3', ' OFFSET 1', ' OFFSET 1 LIMIT 2', ' FETCH FIRST 2 ROWS ONLY', ' FETCH FIRST 2 ROWS WITH TIES'])
        return body, columns

    def statement(self):
        """A statement and whether its rows are in one order."""
        self.n, order = 0, []
        body, _ = self.query(2, order)
        parts = []
        for name, columns in TABLES.items():
            rows = ', '.join('(' + ', '.join(self.r.choice(VALUES[t]) for _, t in columns) + ')' for _ in range(self.r.randint(1, 5)))
            casts = ', '.join(f'CAST({c} AS {t}) AS {c}' for c, t in columns)
            parts.append(f'{name} AS (SELECT {casts} FROM (VALUES {rows}) v({", ".join(c for c, _ in columns)}))')
        recursive = ''
        if self.chance(0.05):
            recursive = 'RECURSIVE '
            parts.append(f'r(n) AS (SELECT k FROM a UNION {self.r.choice(["ALL", "ALL"])} SELECT n + 1 FROM r WHERE n < {self.r.randint(1, 5)})')
            body, order = f'SELECT n, count(*) AS c FROM r LEFT JOIN ({body}) z ON n = 1 GROUP BY n ORDER BY 1, 2', ['ordered']
        return f'WITH {recursive}{", ".join(parts)} {body}', bool(order)


def ask_trino(trino, statement):
    try:
        columns, rows = trino.query(statement)
        return {'columns': [{'name': n, 'type': t} for n, t in columns], 'rows': rows}
    except differ.render.TrinoError as e:
        return {'error': {'code': e.name, 'message': e.message}}


def judge(ours, theirs, ordered):
    if 'error' in ours or 'error' in theirs:
        return differ.judge(ours, theirs, False, '')
    if not ordered:
        for answer in ours, theirs:
            answer['rows'] = sorted(answer['rows'], key=lambda row: [(v is None, v or '') for v in row])
    kind = differ.judge(ours, theirs, False, '')
    if kind:
        return kind
    types = lambda answer: [c['type'].replace(' ', '') for c in answer['columns']]
    if types(ours) != types(theirs):
        return 'type'
    return 'names' if [c['name'] for c in ours['columns']] != [c['name'] for c in theirs['columns']] else ''


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--minutes', type=float, default=60)
    p.add_argument('--seed', type=int, default=int(time.time()))
    p.add_argument('--out')
    a = p.parse_args()
    queries, trino = Queries(random.Random(a.seed)), differ.trino()

    def ask():
        statement, ordered = queries.statement()
        return 'query', statement, ask_trino(trino, statement), lambda have, want: judge(have, want, ordered)
    differ.compare(ask, a, ['wrong', 'answered', 'type', 'names', 'error', 'code', 'digits', 'refused'])


if __name__ == '__main__':
    main()
