#!/usr/bin/env python3
"""Asks `roadblock query` and DuckDB the same random questions about the same flow logs.

usage: duckdb_diff.py BINARY [QUERIES] [SEED]

Only what SQL can say as well: conditions on present values, computed columns, groups, groups of groups, aggregates,
percentiles, order and limit, the first row of each key. Exit code 77 where the
Python package duckdb is not there.
"""
import json
import math
import random
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import duckdb
except ImportError:
    print("skipped: the Python package duckdb is not there")
    sys.exit(77)

COLUMNS = ["version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets",
           "bytes", "start", "end", "action", "log-status"]
FIELDS = {"interfaceId": "interface-id", "srcAddr": "srcaddr", "dstAddr": "dstaddr", "srcPort": "srcport",
          "dstPort": "dstport", "protocol": "protocol", "packets": "packets", "bytes": "bytes", "action": "action"}
NUMBERS = ["srcPort", "dstPort", "protocol", "packets", "bytes"]
TEXTS = ["interfaceId", "srcAddr", "dstAddr", "action"]
START = 1764000000


def write_logs(random_, folder, count):
    """Two files, one gzip part of lines in any order, so that workers and inputs are merged."""
    lines = []
    hosts = [f"10.0.{random_.randrange(4)}.{random_.randrange(1, 255)}" for _ in range(40)]
    outside = [f"198.51.100.{random_.randrange(1, 255)}" for _ in range(20)] + ["2001:db8::1", "2001:db8:0:1::a"]
    for _ in range(count):
        source, target = random_.choice(hosts + outside), random_.choice(hosts)
        start = START + random_.randrange(86400)
        packets = random_.choice([1, 2, 3, 10, 250, 70000])
        lines.append(" ".join(map(str, [
            2, "123456789012", f"eni-{random_.randrange(12):017x}", source, target, random_.randrange(1024, 65536),
            random_.choice([22, 53, 80, 443, 5432, 8080, 8088]), random_.choice([6, 6, 6, 17, 1]), packets,
            packets * random_.randrange(40, 1500), start, start + random_.randrange(60),
            random_.choice(["ACCEPT", "ACCEPT", "REJECT"]), "OK",
        ])))
    half = count // 3
    for name, part in (("a.log", lines[:half]), ("b.log", lines[half:])):
        Path(folder, name).write_text("\n".join([" ".join(COLUMNS), *part]) + "\n", encoding="ascii")
    return lines


def literal(random_, field, lines):
    value = random_.choice(lines).split()[COLUMNS.index(FIELDS[field])]
    return value


def condition(random_, lines, depth=0):
    """A condition in both languages."""
    kind = random_.randrange(8 if depth < 2 else 6)
    if kind >= 6:
        word = random_.choice(["and", "or"])
        a, b = condition(random_, lines, depth + 1), condition(random_, lines, depth + 1)
        joined = tuple(f"({x} {word} {y})" for x, y in zip(a, b))
        return tuple(f"not {text}" for text in joined) if random_.random() < 0.2 else joined
    if kind <= 2:
        field = random_.choice(NUMBERS)
        operator = random_.choice(["=", "!=", "<", "<=", ">", ">="])
        value = literal(random_, field, lines)
        shown = f"'{value}'" if random_.random() < 0.3 else value
        return f"{field} {operator} {shown}", f'"{FIELDS[field]}" {operator} {value}'
    if kind == 3:
        field = random_.choice(NUMBERS + TEXTS)
        values = [literal(random_, field, lines) for _ in range(3)]
        quote = "'" if field in TEXTS else ""
        listed = ", ".join(f"{quote}{value}{quote}" for value in values)
        word = random_.choice(["in", "not in"])
        return f"{field} {word} [{listed}]", f'"{FIELDS[field]}" {word} ({listed})'
    field = random_.choice(TEXTS)
    value = literal(random_, field, lines)
    if kind == 4:
        start = random_.randrange(len(value))
        part = value[start:start + 4]
        word = random_.choice(["like", "not like"])
        sql = f'contains("{FIELDS[field]}", \'{part}\')'
        return f"{field} {word} '{part}'", sql if word == "like" else f"not {sql}"
    operator = random_.choice(["=", "!="])
    return f"{field} {operator} '{value}'", f'"{FIELDS[field]}" {operator} \'{value}\''


def quoted(*names):
    return ", ".join(f'"{FIELDS.get(name, name)}"' for name in names)


def computed(random_):
    """A value that is computed, in both languages."""
    field, other = random_.choice(NUMBERS), random_.choice(["srcPort", "packets", "bytes"])
    text = random_.choice(TEXTS)
    a, b, t = quoted(field), quoted(other), quoted(text)
    return random_.choice([
        (f"{field} / {other}", f"{a} / {b}"), (f"{field} % 7 + {other}", f"{a} % 7 + {b}"),
        (f"abs({field} - {other} * 3)", f"abs({a} - {b} * 3)"), (f"floor({field} / 1000)", f"floor({a} / 1000)"),
        (f"ceil({field} / {other})", f"ceil({a} / {b})"), (f"greatest({field}, {other})", f"greatest({a}, {b})"),
        (f"if({field} > {other}, {field}, {text})", f"case when {a} > {b} then {a}::varchar else {t} end"),
        (f"strlen({text})", f"length({t})"), (f"concat({text}, '/', {field})", f"concat({t}, '/', {a})"),
        (f"toupper({text})", f"upper({t})"), (f"substr({text}, 0, 4)", f"substr({t}, 1, 4)"),
        (f"replace({text}, '0', '--')", f"replace({t}, '0', '--')"),
        (f"({field} > 100) + ({other} = 443)", f"({a} > 100)::int + ({b} = 443)::int"),
    ])


def aggregates(random_, count):
    number = random_.choice(NUMBERS)
    column = quoted(number)
    percent = random_.choice([1, 25, 50, 90, 99, 100])
    return [("count(*) as n", "count(*) as n"), (f"sum({number}) as s", f"sum({column}) as s")] + random_.sample([
        (f"avg({number}) as a", f"avg({column})"), (f"min({number}) as lo", f"min({column})"),
        (f"max({number}) as hi", f"max({column})"),
        ("count_distinct(srcAddr) as d", 'count(distinct "srcaddr")'),
        ("count_distinct(dstPort) as e", 'count(distinct "dstport")'),
        (f"stddev({number}) as x", f"stddev_pop({column})"), (f"variance({number}) as v", f"var_pop({column})"),
        (f"sum({number} > 100) as big", f"sum(case when {column} > 100 then 1 else 0 end)"),
        (f"pct({number}, {percent}) as p", f"quantile_disc({column}, {percent / 100})"),
        (f"max({number}) - min({number}) as r", f"max({column}) - min({column})"),
    ], count)


def question(random_, lines):
    """A query, its SQL, and whether the order of all rows is told."""
    where = condition(random_, lines) if random_.random() < 0.8 else None
    prefix = f"filter {where[0]} | " if where else ""
    clause = f" where {where[1]}" if where else ""
    kind = random_.random()
    if kind < 0.2:
        names = random_.sample(list(FIELDS), 3)
        value, sql = computed(random_)
        return (f"{prefix}fields {', '.join(names)}, {value} as value | limit 100000",
                f"select {quoted(*names)}, {sql} from logs{clause}", False)
    if kind < 0.3:
        keys = random_.sample(["srcAddr", "dstAddr", "dstPort", "action", "interfaceId"], random_.randrange(1, 3))
        first, second = random_.sample(NUMBERS, 2)
        return (f"{prefix}fields {', '.join(keys)}, {first} as x, {second} as y | sort x desc, y asc "
                f"| dedup {', '.join(keys)} | limit 100000",
                f"select distinct on ({quoted(*keys)}) {quoted(*keys, first, second)} from logs{clause} "
                f"order by {quoted(*keys)}, {quoted(first)} desc, {quoted(second)} asc", False)
    if kind < 0.45:
        # Numbers only, which have one order in both; what ties shows the same.
        names = random_.sample(NUMBERS, 3)
        order = [random_.choice(["asc", "desc"]) for _ in names]
        count = random_.choice([1, 10, 1000])
        return (f"{prefix}fields {', '.join(names)} | sort {', '.join(map(' '.join, zip(names, order)))} | limit {count}",
                f"select {quoted(*names)} from logs{clause} order by "
                f"{', '.join(f'{quoted(a)} {b}' for a, b in zip(names, order))} limit {count}", True)
    groups = random_.sample(["srcAddr", "dstAddr", "dstPort", "protocol", "action", "interfaceId", "bin"],
                            random_.randrange(4))
    keys = ["bin(30m) as t" if group == "bin" else group for group in groups]
    sql_keys = ['(start - start % 1800)' if group == "bin" else quoted(group) for group in groups]
    chosen = aggregates(random_, 2)
    by = f" by {', '.join(keys)}" if keys else ""
    tail = f" group by {', '.join(sql_keys)}" if keys else ""
    query = f"{prefix}stats {', '.join(a for a, _ in chosen)}{by}"
    named = [f"{key} as k{index}" for index, key in enumerate(sql_keys)]
    sql = f"select {', '.join(named + [b for _, b in chosen])} from logs{clause}{tail}"
    if groups and random_.random() < 0.4:
        least = random_.choice([1, 2, 5, 50])
        query += f" | filter n > {least}"
        sql += f" having count(*) > {least}"
        if random_.random() < 0.5:
            key = "t" if groups[0] == "bin" else groups[0]
            query += f" | stats sum(n) as m, count(*) as c, max(s) as top by {key}"
            sql = f"select k0, sum(n), count(*), max(s) from ({sql}) group by k0"
    return f"{query} | limit 100000", sql, False


def plain(value):
    """A value of either side in one form."""
    if value is None:
        return ""
    if isinstance(value, str) and value[:2] == "20" and value[4:5] == "-":
        import datetime
        return str(int(datetime.datetime.fromisoformat(value + "+00:00").timestamp()))
    if isinstance(value, (int, float)) or hasattr(value, "as_tuple"):
        number = float(value)
        return str(int(number)) if number == int(number) else f"{number:.6g}"
    return str(value)


def main():
    binary = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    random_ = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        lines = write_logs(random_, folder, 20000)
        connection = duckdb.connect()
        types = ", ".join(
            f"'{name}': '{'BIGINT' if name in ('srcport', 'dstport', 'protocol', 'packets', 'bytes', 'start', 'end') else 'VARCHAR'}'"
            for name in COLUMNS)
        connection.execute(
            f"create table logs as select * from read_csv('{folder}/*.log', delim=' ', header=true, columns={{{types}}})")
        for _ in range(count):
            query, sql, is_ordered = question(random_, lines)
            expected = [[plain(value) for value in row] for row in connection.execute(sql).fetchall()]
            done = subprocess.run([binary, "query", query, folder, "-o", "json", "-q"], capture_output=True, text=True)
            if done.returncode != 0:
                failures += 1
                print(f"{query}\n    exit code {done.returncode}: {done.stderr.strip()}")
                continue
            found = [[plain(value) for value in row] for row in json.loads(done.stdout)["rows"]]
            if not is_ordered:
                expected, found = sorted(expected), sorted(found)
            if found != expected and not close(found, expected):
                failures += 1
                missing = [row for row in expected if row not in found][:2]
                extra = [row for row in found if row not in expected][:2]
                print(f"{query}\n    {sql}\n    {len(found)} rows, expected {len(expected)}; only here {extra}, only there {missing}")
    print(f"duckdb: {count} queries, {failures} differ")
    return 1 if failures else 0


def close(found, expected):
    """Equal but for the last digits of fractions."""
    if len(found) != len(expected):
        return False
    for a, b in zip(found, expected):
        for x, y in zip(a, b):
            if x != y:
                try:
                    if not math.isclose(float(x), float(y), rel_tol=1e-5):
                        return False
                except ValueError:
                    return False
    return True


if __name__ == "__main__":
    sys.exit(main())
