#!/usr/bin/env python3
"""Asks Trino and logsql random expressions over Trino's own list of functions
and compares what they answer, type and value or error.

    differ.py [--minutes 60] [--seed 1] [--only REGEXP] [--out FILE]

Trino runs as $LOGSQL_SHARED/oracle/start-trino.sh starts it; $LOGSQL (default
bin/logsql) answers on a mirror that is not there. Arguments are literals of
each type with its awkward values, columns of a VALUES list, and calls in calls.
Kinds of difference, gravest first:

    wrong     another value, and no error
    answered  a value where Trino has an error
    type      the same value of another type
    error     an error other than NOT_SUPPORTED where Trino answers
    code      both refuse, with another code
    digits    doubles that agree to ten digits and not in all
    refused   NOT_SUPPORTED where Trino answers

The last lines give the rate of each. FILE gets each difference as a JSON line.
Exit status 1 when there was a wrong answer.
"""
import argparse, collections, json, math, os, random, re, subprocess, sys, threading, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ['LOGSQL_SHARED'], 'oracle'))
import render

LOGSQL = os.environ.get('LOGSQL', 'bin/logsql')

# What is left out, by reason.
RANDOM = 'random rand uuid shuffle now current_date current_timezone'.split()
APPROXIMATE = 'approx_distinct approx_most_frequent approx_percentile numeric_histogram'.split()
SKETCHES = ('approx_set empty_approx_set hash_counts intersection_cardinality jaccard_index make_set_digest merge '
            'merge_set_digest qdigest_agg quantile_at_value tdigest_agg value_at_quantile values_at_quantiles').split()
MAPS_OF_THE_EARTH = re.compile('ST_|bing_|geometry|great_circle|line_|polyline|spatial|spherical|convex_hull|geojson|simplify|toEncoded|classif|learn_|features', re.I)
NO_EXPRESSION = 'exclude_columns sequence_table'.split()

POOL = {
    'boolean': ['true', 'false'],
    'tinyint': ["TINYINT '0'", "TINYINT '1'", "TINYINT '-128'", "TINYINT '127'", "TINYINT '7'"],
    'smallint': ["SMALLINT '0'", "SMALLINT '-1'", "SMALLINT '32767'", "SMALLINT '-32768'", "SMALLINT '12'"],
    'integer': ['0', '1', '-1', '2', '3', '10', '100', '2147483647', '-2147483648', '65'],
    'bigint': ["BIGINT '0'", "BIGINT '1'", "BIGINT '-1'", "BIGINT '2'", "BIGINT '5'", '9223372036854775807', '-9223372036854775808', '1638316800', "BIGINT '64'"],
    'real': ["REAL '0'", "REAL '1.5'", "REAL '-2.25'", "REAL '1e30'", 'CAST(nan() AS real)', 'CAST(infinity() AS real)', "REAL '0.1'"],
    'double': ['0e0', '1e0', '-1e0', '1.5e0', '-2.5e0', '0.1e0', '1e300', '1e-300', 'nan()', 'infinity()', '-infinity()', '-0e0', '123456.789e0'],
    'decimal(3,1)': ["DECIMAL '10.5'", "DECIMAL '-99.9'", "DECIMAL '00.0'"],
    'decimal(10,2)': ["CAST(DECIMAL '12345.67' AS decimal(10,2))", "CAST(-1 AS decimal(10,2))", "CAST(0 AS decimal(10,2))"],
    'decimal(38,10)': ["CAST(DECIMAL '1234567890123456789012345678.0123456789' AS decimal(38,10))", "CAST(1 AS decimal(38,10))", "CAST(-2.5e0 AS decimal(38,10))"],
    'varchar': ["''", "'a'", "'abc'", "'hello world'", "' x '", "'5'", "'-1.5'", "'ÄÖ€'", "'😀b'", "'2021-12-01'", "'2021-12-01 10:11:12'", "'a,b,c'", "'k1=v1,k2=v2'",
                '\'{"a":[1,2.5,null],"b":"x"}\'', "'[1,2,3]'", "'https://u@h.example:8080/p/q?a=1&b=2#f'", "'10.0.0.1'", "'true'", "'NaN'", "'%b_'", "'a%'", "'^a.*'", "'[0-9]+'", "'2001:db8::1'", "'UTC'", "'Asia/Shanghai'", "'day'", "'hour'"],
    'char(4)': ["CHAR 'ab'", "CAST('abcd' AS char(4))", "CAST('' AS char(4))", "CAST('a' AS char(4))"],
    'varbinary': ["X''", "X'00'", "X'616263'", "X'FF00'", "to_utf8('héllo')"],
    'date': ["DATE '2021-12-01'", "DATE '1970-01-01'", "DATE '2020-02-29'", "DATE '0001-01-01'", "DATE '9999-12-31'", "DATE '1969-12-31'"],
    'time(3)': ["TIME '00:00:00.000'", "TIME '23:59:59.999'", "TIME '10:11:12.345'"],
    'time(6)': ["TIME '01:02:03.123456'"],
    'time(3) with time zone': ["TIME '10:11:12.345+08:00'", "TIME '23:59:59.999-11:30'"],
    'timestamp(0)': ["TIMESTAMP '2021-12-01 10:11:12'", "TIMESTAMP '1969-12-31 23:59:59'"],
    'timestamp(3)': ["TIMESTAMP '2021-12-01 00:00:00.000'", "TIMESTAMP '2021-12-31 23:59:59.999'", "TIMESTAMP '1900-01-01 00:00:00.001'", "TIMESTAMP '2024-02-29 12:00:00.500'"],
    'timestamp(6)': ["TIMESTAMP '2021-12-01 10:11:12.123456'"],
    'timestamp(9)': ["TIMESTAMP '2021-12-01 10:11:12.123456789'", "TIMESTAMP '1969-12-31 23:59:59.999999999'"],
    'timestamp(3) with time zone': ["TIMESTAMP '2021-12-01 10:11:12.345 UTC'", "TIMESTAMP '2021-12-01 10:11:12.345 Asia/Shanghai'", "TIMESTAMP '2021-03-14 02:30:00.000 -05:00'", "TIMESTAMP '2021-11-07 01:30:00.000 America/New_York'"],
    'timestamp(6) with time zone': ["TIMESTAMP '2021-12-01 10:11:12.123456 +09:00'"],
    'interval day to second': ["INTERVAL '1' DAY", "INTERVAL '-90' MINUTE", "INTERVAL '1.5' SECOND", "INTERVAL '0' HOUR"],
    'interval year to month': ["INTERVAL '1' YEAR", "INTERVAL '-14' MONTH"],
    'json': ["JSON 'null'", "JSON '1'", "JSON '\"s\"'", "JSON '[1,2,3]'", "JSON '{\"a\":{\"b\":[true,1.50]},\"c\":null}'"],
    'ipaddress': ["IPADDRESS '10.0.0.1'", "IPADDRESS '2001:db8::ff00:42:8329'", "IPADDRESS '255.255.255.255'"],
    'uuid': ["UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59'"],
}
SIMPLE = list(POOL)
USUAL = ['integer', 'bigint', 'double', 'varchar', 'boolean', 'date', 'timestamp(3)', 'decimal(10,2)', 'varbinary', 'real']
BASES = set('boolean tinyint smallint integer bigint real double decimal varchar char varbinary date time timestamp json ipaddress ipprefix uuid array map row function unknown color'.split())
NUMERIC = ['tinyint', 'smallint', 'integer', 'bigint', 'real', 'double', 'decimal(3,1)', 'decimal(10,2)', 'decimal(38,10)']
TEXTS = ["'%Y-%m-%d'", "'yyyy-MM-dd HH:mm:ss.SSS'", "'%H:%i:%s'", "'$.a'", "'$.a[0]'", "'year'", "'month'", "'week'", "'minute'", "'second'", "'%s'", "'%d'", "','", "'='", "'NFD'"]


def split_types(text):
    """The types of an argument list, split at its outer commas."""
    out, depth, last = [], 0, 0
    for i, c in enumerate(text):
        depth += (c == '(') - (c == ')')
        if c == ',' and depth == 0:
            out.append(text[last:i].strip())
            last = i + 1
    return out + [text[last:].strip()] if text.strip() else []


def parse(text):
    """(base, [arguments]) of a type as SHOW FUNCTIONS writes it."""
    m = re.fullmatch(r'(\w+)\((.*)\)(.*)', text)
    if not m:
        return text, []
    return m[1] + m[3], split_types(m[2])


class Function:
    def __init__(self, name, result, arguments, kind):
        self.name, self.kind = name, kind
        self.result, self.arguments = result, split_types(arguments)


class Generator:
    def __init__(self, functions, rnd):
        self.r, self.functions = rnd, functions
        self.by_result = collections.defaultdict(list)
        for f in functions:
            if f.kind == 'scalar':
                self.by_result[parse(f.result)[0]].append(f)
        self.scopes = [{}]

    def a_type(self, depth=1):
        """A random concrete type."""
        if depth and self.r.random() < 0.15:
            return self.r.choice([
                lambda: f'array({self.a_type(0)})',
                lambda: f'map({self.r.choice(["varchar", "integer", "bigint"])}, {self.a_type(0)})',
                lambda: f'row(x {self.a_type(0)}, y {self.a_type(0)})'])()
        return self.r.choice(USUAL if self.r.random() < 0.7 else SIMPLE)

    def concrete(self, text, bound):
        """text with its type variables replaced; the same variable by the same type."""
        base, arguments = parse(text)
        if base in ('array', 'map', 'row', 'function'):
            return f'{base}({", ".join(self.concrete(a, bound) for a in arguments)})'
        if base in ('decimal', 'varchar', 'char', 'time', 'timestamp') or base.startswith(('time ', 'timestamp ')):
            if arguments and arguments[0].isdigit():
                return text
            kinds = [t for t in SIMPLE if parse(t)[0] == base]
            return bound.setdefault(text, self.r.choice(kinds)) if kinds else text
        if base in BASES or base.startswith('interval') or base in POOL:
            return base
        if base not in bound:
            bound[base] = self.a_type()
        return bound[base]

    def literal(self, t):
        if self.r.random() < 0.07:
            return f'CAST(NULL AS {t})'
        if t in POOL:
            if t == 'varchar' and self.r.random() < 0.2:
                return self.r.choice(TEXTS)
            return self.r.choice(POOL[t])
        base, arguments = parse(t)
        if base == 'array':
            if arguments[0] == 'unknown' or self.r.random() < 0.1:
                return f'CAST(ARRAY[] AS {t})' if arguments[0] != 'unknown' else 'ARRAY[]'
            return 'ARRAY[' + ', '.join(self.literal(arguments[0]) for _ in range(self.r.randint(1, 4))) + ']'
        if base == 'map':
            keys = self.r.sample(POOL[arguments[0]], min(3, len(POOL[arguments[0]]))) if arguments[0] in POOL else [self.literal(arguments[0])]
            keys = keys[:self.r.randint(1, 3)]
            return f'MAP(ARRAY[{", ".join(keys)}], ARRAY[{", ".join(self.literal(arguments[1]) for _ in keys)}])'
        if base == 'row':
            kinds = [a.split(' ', 1)[1] if re.match(r'[xy] ', a) else a for a in arguments]
            return f'CAST(ROW({", ".join(self.literal(k) for k in kinds)}) AS {t})'
        return f'CAST(NULL AS {t})'

    def expr(self, t, depth):
        if t.startswith('function('):
            return self.lambda_(t, depth)
        names = [n for s in self.scopes for n, of in s.items() if of == t]
        if names and self.r.random() < 0.6:
            return self.r.choice(names)
        roll = self.r.random()
        if depth > 0 and roll < 0.45:
            made = self.call_for(t, depth)
            if made:
                return made
        if depth > 0 and roll < 0.6:
            return self.special(t, depth)
        return self.literal(t)

    def lambda_(self, t, depth):
        kinds = parse(t)[1]
        names = [f'l{len(self.scopes)}_{i}' for i in range(len(kinds) - 1)]
        self.scopes.append(dict(zip(names, kinds)))
        body = self.expr(kinds[-1], depth - 1)
        self.scopes.pop()
        return (names[0] if len(names) == 1 else '(' + ', '.join(names) + ')') + ' -> ' + body

    def call_for(self, t, depth):
        base = parse(t)[0]
        choices = self.by_result.get(base)
        if not choices:
            return None
        f = self.r.choice(choices)
        bound = {}
        if parse(f.result)[1]:
            result = self.concrete(f.result, bound)
            if result != t:
                return f'CAST({self.call(f, bound, depth)} AS {t})' if base in ('decimal', 'varchar', 'char') else None
        return self.call(f, bound, depth)

    def call(self, f, bound, depth):
        arguments = [self.expr(self.concrete(a, bound), depth - 1) for a in f.arguments]
        if f.name in ('concat', 'greatest', 'least', 'coalesce') and self.r.random() < 0.3 and arguments:
            arguments.append(self.expr(self.concrete(f.arguments[-1], bound), 0))
        return f'{f.name}({", ".join(arguments)})'

    def special(self, t, depth):
        x = lambda of=t: self.expr(of, depth - 1)
        b = lambda: self.expr('boolean', depth - 1)
        forms = [lambda: f'IF({b()}, {x()}, {x()})', lambda: f'coalesce({x()}, {x()})', lambda: f'nullif({x()}, {x()})',
                 lambda: f'CASE WHEN {b()} THEN {x()} ELSE {x()} END', lambda: f'TRY({x()})',
                 lambda: f'CAST({x(self.r.choice(SIMPLE))} AS {t})', lambda: f'TRY_CAST({x(self.r.choice(USUAL))} AS {t})',
                 lambda: f'element_at(ARRAY[{x()}, {x()}], {self.r.choice([1, 2, 3, -1])})', lambda: f'ARRAY[{x()}][1]']
        if t == 'boolean':
            k = self.a_type()
            forms = [lambda: f'({x(k)} {self.r.choice(["=", "<>", "<", "<=", ">", ">="])} {x(k)})', lambda: f'({x(k)} IS NULL)',
                     lambda: f'({x(k)} BETWEEN {x(k)} AND {x(k)})', lambda: f'({x(k)} IN ({x(k)}, {x(k)}))', lambda: f'({b()} AND {b()})',
                     lambda: f'({b()} OR {b()})', lambda: f'(NOT {b()})', lambda: f'({x(k)} IS DISTINCT FROM {x(k)})', lambda: f"({x('varchar')} LIKE {x('varchar')})"]
        elif t in NUMERIC:
            forms += [lambda: f'({x()} {self.r.choice("+-*/%")} {x()})'] * 4 + [lambda: f'(- {x()})']
        elif t.startswith(('date', 'time')):
            forms += [lambda: f"({x()} {self.r.choice('+-')} {x('interval day to second')})"] * 2
        elif t == 'varchar':
            forms += [lambda: f'({x()} || {x()})', lambda: f'CAST({x(self.r.choice(SIMPLE))} AS varchar)']
        return self.r.choice(forms)()

    def statement(self):
        roll = self.r.random()
        f = self.r.choice(self.functions)
        if f.kind == 'aggregate':
            return f.name, self.aggregate(f)
        bound = {}
        if roll < 0.5:
            if self.r.random() < 0.25:
                t = self.a_type()
                e = self.special(t, 2)
                return 'expression', f'SELECT {e}, typeof({e})'
            e = self.call(f, bound, 2)
            return f.name, f'SELECT {e}, typeof({e})'
        kinds = {f'c{i}': self.concrete(a, bound) for i, a in enumerate(f.arguments) if not a.startswith('function')}
        if not kinds:
            kinds = {'c0': 'integer'}
        rows = ', '.join('(' + ', '.join([str(n)] + [self.literal(t) for t in kinds.values()]) + ')' for n in range(self.r.randint(1, 4)))
        self.scopes = [kinds]
        e = self.call(f, bound, 1)
        self.scopes = [{}]
        return f.name, f'SELECT n, {e} FROM (VALUES {rows}) t(n, {", ".join(kinds)}) ORDER BY n'

    def aggregate(self, f):
        bound = {}
        kinds = {f'c{i}': self.concrete(a, bound) for i, a in enumerate(f.arguments) if not a.startswith('function')}
        rows = ', '.join('(' + ', '.join([self.r.choice(["'g'", "'h'"])] + [self.literal(t) for t in kinds.values()]) + ')' for _ in range(self.r.randint(1, 5)))
        self.scopes = [kinds]
        arguments = [f'c{i}' if not a.startswith('function') else self.expr(self.concrete(a, bound), 1) for i, a in enumerate(f.arguments)]
        self.scopes = [{}]
        if f.name == 'array_agg':
            arguments[-1] += ' ORDER BY c0'
        e = f'{f.name}({", ".join(arguments)})'
        if self.r.random() < 0.2:
            e += ' FILTER (WHERE g = \'g\')'
        names = ', '.join(['g', *kinds])
        return f'SELECT g, {e} FROM (VALUES {rows}) t({names}) GROUP BY g ORDER BY g'


class Ours:
    """logsql in batch mode; started anew when it ends or takes too long."""
    def __init__(self):
        self.process = None

    def ask(self, statement, seconds=20):
        if self.process is None:
            self.process = subprocess.Popen([LOGSQL, 'sql', '--batch', '--mirror', '/nonexistent/none'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        late = threading.Timer(seconds, self.process.kill)
        late.start()
        try:
            self.process.stdin.write(json.dumps({'id': '1', 'sql': statement}) + '\n')
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ''
        late.cancel()
        if line.endswith('\n'):
            return json.loads(line)
        said = self.process.stderr.read()[-2000:]
        self.process.wait()
        self.process = None
        return {'error': {'code': 'CRASH', 'message': said}}


def ask_trino(trino, statement):
    try:
        _, rows = trino.query(statement)
        return {'rows': rows}
    except render.TrinoError as e:
        return {'error': {'code': e.name, 'message': e.message}}


def plain(text):
    """A value with map entries in order, and types without the spelling of a minor release."""
    return text if text is None or '{' not in text else re.sub(r'\{([^{}]*)\}', lambda m: '{' + ', '.join(sorted(m[1].split(', '))) + '}', text)


NUMBER = re.compile(r'-?\d+\.\d+(?:E-?\d+)?')


def near(a, b):
    """Whether two texts differ in the last digits of doubles only."""
    if a is None or b is None or NUMBER.sub('#', a) != NUMBER.sub('#', b):
        return False
    return all(math.isclose(float(x), float(y), rel_tol=1e-10, abs_tol=1e-300) for x, y in zip(NUMBER.findall(a), NUMBER.findall(b)))


def loose(text):
    """The parts of a value that holds a map, in order: of a key that is a row or an array Trino's protocol has a text of its own."""
    return text if text is None or '{' not in text else sorted(re.findall(r'[^\[\]{},= ]+', re.sub(r'\b[xy]=', '', text)))


def judge(ours, theirs, typed, sql):
    """The kind of difference, '' for none."""
    if 'error' in theirs:
        if theirs['error']['code'] == 'GENERIC_INTERNAL_ERROR':  # a fault of Trino's has no right answer
            return 'error' if ours.get('error', {}).get('code') == 'CRASH' else ''
        if 'error' not in ours:
            return 'answered'
        code = ours['error']['code']
        return '' if code == theirs['error']['code'] else 'error' if code in ('CRASH', 'GENERIC_INTERNAL_ERROR') else '' if code == 'NOT_SUPPORTED' else 'code'
    if 'error' in ours:
        return 'refused' if ours['error']['code'] == 'NOT_SUPPORTED' else 'error'
    a, b = [[[plain(v) for v in row] for row in answer['rows']] for answer in (ours, theirs)]
    if a == b or [[loose(v) for v in row] for row in a] == [[loose(v) for v in row] for row in b]:
        return ''
    if re.search("X'|to_utf8|varbinary", sql) and any('{' in v for row in b for v in row if v):
        return ''  # Trino's protocol has binary keys of maps in base64
    if typed and len(a) == 1 and a[0][0] == b[0][0]:
        return 'type'
    if len(a) == len(b) and all(x == y or near(x, y) for r, s in zip(a, b) for x, y in zip(r, s)):
        return 'digits'
    return 'wrong'


def functions(trino, only):
    _, rows = trino.query('SHOW FUNCTIONS')
    for name, result, arguments, kind, *_ in rows:
        whole = f'{name}({arguments})'
        if name in RANDOM + APPROXIMATE + SKETCHES + NO_EXPRESSION or MAPS_OF_THE_EARTH.search(whole + result) or kind not in ('scalar', 'aggregate'):
            continue
        if re.search(r'hyperloglog|digest|jsonpath|json2016|color|regressor|classifier|codepoints|joniregexp|likepattern|p4hyper', (result + arguments).lower()):
            continue
        if only and not re.search(only, name):
            continue
        yield Function(name, result, arguments, kind)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--minutes', type=float, default=60)
    p.add_argument('--seed', type=int, default=int(time.time()))
    p.add_argument('--only', default='')
    p.add_argument('--out')
    a = p.parse_args()
    generator = Generator(list(functions(trino(), a.only)), random.Random(a.seed))
    connection = trino()

    def ask():
        name, statement = generator.statement()
        return name, statement, ask_trino(connection, statement), lambda have, want: judge(have, want, ', typeof(' in statement, statement)
    compare(ask, a, ['wrong', 'answered', 'type', 'error', 'code', 'digits', 'refused'])


def trino():
    return render.Trino(port=int(os.environ.get('TRINO_PORT', '18080')))


def compare(ask, a, kinds):
    """Asks for a.minutes and prints the differences. ask gives a name to tally
    under, the statement, what Trino answers and the judge."""
    ours, tally, by_name, smallest = Ours(), collections.Counter(), collections.Counter(), {}
    out, end, answered = open(a.out, 'w') if a.out else None, time.time() + 60 * a.minutes, 0
    while time.time() < end:
        name, statement, want, decide = ask()
        have = ours.ask(statement)
        kind = decide(have, want)
        tally['all'] += 1
        answered += 'error' not in want
        if not kind:
            continue
        tally[kind] += 1
        by_name[kind, name] += 1
        if out:
            print(json.dumps({'kind': kind, 'function': name, 'sql': statement, 'logsql': have, 'trino': want}, ensure_ascii=False), file=out, flush=True)
        if len(statement) < len(smallest.get((kind, name), (statement + ' ',))[0]):
            smallest[kind, name] = statement, have, want
    for kind in kinds:
        for (k, name), n in by_name.most_common():
            if k == kind:
                statement, have, want = smallest[k, name]
                short = lambda x: json.dumps(x.get('error') or x['rows'], ensure_ascii=False)[:300]
                print(f'{kind} {name} {n}\n  {statement}\n  logsql: {short(have)}\n  trino:  {short(want)}')
    print(f'seed {a.seed}: {tally["all"]} statements, of which Trino answers {answered}')
    for kind in kinds:
        print(f'{kind:9} {tally[kind]:6}  {100 * tally[kind] / max(1, tally["all"]):.3f} %')
    sys.exit(tally['wrong'] > 0)


if __name__ == '__main__':
    main()
