#!/usr/bin/env python3
"""Measure queries and diagnosis on generated flow logs: CPU time against DuckDB in interleaved pairs, and memory.

  flow_logs.py ROADBLOCK [--pairs N] [--work DIR] [--rows N]

Only ratios of one run are worth quoting: the machine may be busy. Needs cc or clang, the Python package duckdb, and
1.2 GB below DIR. Exit code 1 when the two programs give different rows, or when one of ours needs more than its limit of
memory.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from run import MEGABYTES, run

GENERATOR = Path(__file__).with_name("gen_flow_logs.c")
QUERY = "filter action = 'REJECT' | stats count(*) as n by srcAddr, dstPort | sort n desc | limit 20"
COLUMNS = {name: "BIGINT" if name in ("srcport", "dstport", "protocol", "packets", "bytes", "start", "end") else "VARCHAR"
           for name in ("version account interface srcaddr dstaddr srcport dstport protocol packets bytes start end "
                        "action status").split()}
SQL = """
import duckdb
rows = duckdb.connect().execute('''select srcaddr, dstport, count(*) as n from read_csv('{path}', delim=' ', header=true,
    nullstr='-', quote='', escape='', auto_detect=false, columns={columns})
    where action = 'REJECT' group by srcaddr, dstport order by n desc limit 20''').fetchall()
print("srcAddr,dstPort,n")
for row in rows:
    print(*row, sep=",")
"""


def generate(work, rows):
    """A flow log of so many records; made once."""
    path = work / f"generated-{rows}.log"
    if not path.exists():
        compiler = shutil.which("cc") or shutil.which("clang")
        if compiler is None:
            sys.exit("cc or clang is needed to build the generator")
        program = work / "gen_flow_logs"
        subprocess.run([compiler, "-O2", "-w", "-o", program, GENERATOR, "-lz", "-lm"], check=True)
        part = path.with_suffix(".part")
        with open(part, "wb") as out:
            subprocess.run([program, "--total", str(rows)], check=True, stdout=out)
        part.rename(path)
    return path


def rows_of(command):
    """The rows in one order: those of equal counts may come in any."""
    return sorted(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines())


def main():
    """Print each measurement as it is made."""
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--work", type=Path, default=Path(".build/bench"))
    parser.add_argument("--rows", type=int, default=10_000_000)
    options = parser.parse_args()
    try:
        import duckdb
    except ImportError:
        sys.exit("the Python package duckdb is not there")
    options.work.mkdir(parents=True, exist_ok=True)
    path = generate(options.work, options.rows)
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(SQL.format(path=path.resolve(), columns=repr(COLUMNS)))
        script.flush()
        ours = [options.binary, "query", QUERY, path, "-o", "csv"]
        theirs = [sys.executable, script.name]
        same = rows_of(ours) == rows_of(theirs)
        print(f"DuckDB {duckdb.__version__}; {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
        ratios, peak = [], 0
        for _ in range(options.pairs):
            mine, other = run(ours), run(theirs)
            ratios.append(mine.cpu / other.cpu)
            peak = max(peak, mine.megabytes)
            print(f"  roadblock {mine.cpu:.2f} s CPU, {mine.megabytes:.0f} MB; DuckDB {other.cpu:.2f} s CPU, "
                  f"{other.megabytes:.0f} MB; ratio {ratios[-1]:.2f}", flush=True)
    print(f"rejects by source and port, {options.rows} records: median ratio to DuckDB {statistics.median(ratios):.2f} "
          f"({min(ratios):.2f} to {max(ratios):.2f}, {options.pairs} pairs), {'same' if same else 'DIFFERENT'} rows")
    diagnosis = run([options.binary, "diagnose", path, "-o", "json", "-q"])
    peak = max(peak, diagnosis.megabytes)
    within = peak < MEGABYTES
    print(f"diagnose of the same: {diagnosis.cpu:.1f} s CPU, {diagnosis.wall:.1f} s, peak {diagnosis.megabytes:.0f} MB "
          f"anonymous; most of both {peak:.0f} MB ({'below' if within else 'NOT below'} {MEGABYTES} MB)")
    return 0 if same and within else 1


if __name__ == "__main__":
    sys.exit(main())
