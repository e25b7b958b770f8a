#!/usr/bin/env python3
"""Asks `roadblock query` and DuckDB the same random questions about the same flow logs.

usage: duckdb_diff.py BINARY [QUERIES] [SEED]

Only what SQL can say as well: conditions on present values, groups, aggregates, order and limit. Exit code 77 where the
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


def question(random_, lines):
    """A query, its SQL, and whether the order of all rows is told."""
    where = condition(random_, lines) if random_.random() < 0.8 else None
    prefix = f"filter {where[0]} | " if where else ""
    clause = f" where {where[1]}" if where else ""
    if random_.random() < 0.2:
        names = random_.sample(list(FIELDS), 3)
        shown = ", ".join(f'"{FIELDS[name]}"' for name in names)
        return (f"{prefix}fields {', '.join(names)} | limit 100000", f"select {shown} from logs{clause}", False)
    groups = random_.sample(["srcAddr", "dstAddr", "dstPort", "protocol", "action", "interfaceId", "bin"],
                            random_.randrange(4))
    keys = ["bin(30m) as t" if group == "bin" else group for group in groups]
    sql_keys = ['(start - start % 1800)' if group == "bin" else f'"{FIELDS[group]}"' for group in groups]
    number = random_.choice(NUMBERS)
    aggregates = [("count(*) as n", "count(*)"), (f"sum({number}) as s", f'sum("{FIELDS[number]}")')]
    aggregates += random_.sample([
        (f"avg({number}) as a", f'avg("{FIELDS[number]}")'), (f"min({number}) as lo", f'min("{FIELDS[number]}")'),
        (f"max({number}) as hi", f'max("{FIELDS[number]}")'),
        ("count_distinct(srcAddr) as d", 'count(distinct "srcaddr")'),
        ("count_distinct(dstPort) as e", 'count(distinct "dstport")'),
        (f"stddev({number}) as x", f'stddev_pop("{FIELDS[number]}")'),
        (f"sum({number} > 100) as big", f'sum(case when "{FIELDS[number]}" > 100 then 1 else 0 end)'),
    ], 2)
    by = f" by {', '.join(keys)}" if keys else ""
    tail = f" group by {', '.join(sql_keys)}" if keys else ""
    query = f"{prefix}stats {', '.join(a for a, _ in aggregates)}{by} | limit 100000"
    sql = f"select {', '.join(sql_keys + [b for _, b in aggregates])} from logs{clause}{tail}"
    return query, sql, False


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
            query, sql, _ = question(random_, lines)
            expected = sorted([plain(value) for value in row] for row in connection.execute(sql).fetchall())
            done = subprocess.run([binary, "query", query, folder, "-o", "json", "-q"], capture_output=True, text=True)
            if done.returncode != 0:
                failures += 1
                print(f"{query}\n    exit code {done.returncode}: {done.stderr.strip()}")
                continue
            found = sorted([plain(value) for value in row] for row in json.loads(done.stdout)["rows"])
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
