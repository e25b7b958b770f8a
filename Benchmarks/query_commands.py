#!/usr/bin/env python3
"""Run every command and aggregate of queries over many generated flow-log records, within a bound of memory.

  query_commands.py ROADBLOCK [--rows N] [--work DIR] [--megabytes N] [--only WORDS]

Prints the seconds, the most memory and the rows of each. Exit code 1 when one fails that should not, gives another number
of rows than the others that have to give the same, needs more than the bound, or leaves temporary files. With 10 million
records (1.2 GB below DIR) some minutes; needs cc or clang.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from flow_logs import generate
from run import anonymous

MEGABYTES = 1024
# A key that next to no two records share.
UNIQUE = "srcAddr, dstAddr, srcPort, dstPort, start, bytes"
LIST = "concat('[', bytes, ',', packets, ',', bytes, ']')"
# What is asked, and "too-many-rows" where more than a million rows are refused, "join" where that many keys are.
QUERIES = [
    ("filter", "filter dstPort = 443 and srcAddr like '10.1' | fields srcAddr, bytes", None),
    ("filter regex", r"filter @message =~ /10\.1\.\d+\.7 .* REJECT/ | stats count(*)", None),
    ("fields", "fields @timestamp, concat(srcAddr, ':', srcPort) as a, bytes / packets as b | display a, b", None),
    ("limit any", "fields srcAddr | limit any 100000", None),
    ("parse glob", 'parse @message "* * * * * *" as a, b, c, d, e, f | stats count(*) by d', None),
    ("parse regex", r"parse @message /eni-(?<e>\w+) (?<s>\S+)/ | stats count(*) by e", None),
    ("parse multi", r"parse srcAddr /(?<d>\d+)/ multi | stats count(*), max(d) by d | limit 100", None),
    ("parse csv", "parse srcAddr csv as a | stats count(*) by a | limit 10", None),
    ("parse logfmt", "parse srcAddr logfmt as a | stats count(*)", None),
    ("sort", "fields @message | sort bytes desc, srcAddr asc | limit 100000", None),
    ("sort text", "fields @message | sort @message asc | limit 100000", None),
    ("stats", "stats count(*), sum(bytes), avg(bytes), stddev(bytes), variance(packets) by action, dstPort", None),
    ("stats bin", "stats sum(bytes) by bin(1m)", None),
    ("stats offset", "stats sum(bytes) by bin(1d) offset 3h", None),
    ("stats many groups", f"stats count(*) as n, sum(bytes) as s, max(packets) as m by {UNIQUE} | sort n desc", None),
    ("multi stats", f"stats count(*) as n by {UNIQUE} | stats count(*) as groups, sum(n) as rows", None),
    ("multi stats twice", f"stats sum(bytes) as n by {UNIQUE} | stats count(*) as m by srcAddr, n | sort m desc", None),
    ("min, max of text", "stats min(@message), max(@message), sortsFirst(srcAddr), sortsLast(dstAddr)", None),
    ("latest", "stats latest(@message), earliest(@message) by interfaceId", None),
    ("latest of many", "stats latest(@message), max(@message) by srcAddr, dstAddr", None),
    ("count_distinct", "stats count_distinct(@message)", None),
    ("count_distinct by", "stats count_distinct(srcPort) by srcAddr, dstAddr", None),
    ("values", "stats values(dstPort) as v by srcAddr | sort srcAddr | limit 10", None),
    ("topk", "stats topk(3, dstPort) as t", None),
    ("pct", "stats pct(bytes, 50), pct(bytes, 99)", None),
    ("pct by", "stats pct(bytes, 50) by srcAddr, dstAddr", None),
    ("dedup", "fields srcAddr, dstAddr | dedup srcAddr, dstAddr, srcPort", None),
    ("dedup many", f"fields srcAddr | sort bytes | dedup {UNIQUE} | limit 100000", None),
    ("unnest", f"unnest jsonParse({LIST}) into x | stats count(*), sum(x)", None),
    ("expand", "parse @message \"* * *\" as a, b, c | fields split(c, ' ') as d | unnest d into x | stats count(*)", None),
    ("json", "fields jsonParse('{\"a\": [1, 2]}').a[1] as x, jsonArraySize('[1,2]') as n | stats sum(x), sum(n)", None),
    ("accum", "accum bytes as total", "too-many-rows"),
    ("autoregress", "autoregress bytes", "too-many-rows"),
    ("filldown", "fields bytes | filldown bytes", "too-many-rows"),
    ("sessionize", "sessionize srcAddr maxspan 1m as s", "too-many-rows"),
    ("outlier", "fields bytes | outlier bytes", "too-many-rows"),
    ("addtotals", "fields bytes | addtotals bytes", "too-many-rows"),
    ("accum behind stats", "stats sum(bytes) as b by bin(1s) as t | sort t | accum b as total", None),
    ("fillmissing", "stats count(*) as n by bin(1s) as t, action | fillmissing with 0 for n", None),
    ("countFrequent", f"countFrequent {UNIQUE}", None),
    ("filterIndex", "filterIndex dstPort = 443 | stats count(*)", None),
    ("unmask", "fields unmask(@message) as m | stats count(m)", None),
    ("digests", "stats count_distinct(md5(srcAddr)), max(sha256(dstAddr))", None),
    ("lookup", "lookup names port as dstPort OUTPUT name | stats count(*) by name", None),
    ("cidrlookup", "cidrlookup nets srcAddr as block OUTPUT net | stats count(*) by net", None),
    ("pattern", "pattern @message", None),
    ("pattern of fields", "pattern concat(action, ' ', srcAddr, ' ', dstPort) | limit 10", None),
    ("anomaly", "pattern @message | anomaly", None),
    ("diff", "fields @message | diff", None),
    ("logcompare", "fields @message | logcompare timeshift 1w", None),
    ("relevantfields", "relevantfields srcAddr, dstPort, bytes where action = 'REJECT'", None),
    ("SOURCE", "SOURCE 'flows' | stats count(*) by @log", None),
    ("in subquery", "filter srcAddr in (SOURCE 'few' | fields srcAddr) | stats count(*)", None),
    ("join", "join left=a right=b where a.srcAddr = b.srcAddr (SOURCE 'few') | stats count(*)", None),
    ("join left", "join type=left left=a right=b where a.srcPort = b.srcPort (SOURCE 'few') | stats count(*)", None),
    ("join of all", "join left=a right=b where a.bytes = b.bytes (SOURCE 'flows') | stats count(*)", "join"),
    ("appendcols", "stats count(*) as n by bin(1m) | appendcols (SOURCE 'flows' | stats sum(bytes) by bin(1m))", None),
]
# Log groups and tables that queries name.
FEW = 1000
NAMES = "port,name\n22,ssh\n53,dns\n443,https\n"
NETS = "block,net\n10.0.0.0/8,all\n10.1.0.0/16,one\n10.1.2.0/24,two\n"


def named(path, work):
    """The options that name the log groups and tables."""
    few, names, nets = work / "few.log", work / "names.csv", work / "nets.csv"
    with open(path) as lines:
        few.write_text("".join(next(lines) for _ in range(FEW)))
    names.write_text(NAMES)
    nets.write_text(NETS)
    return ["--log-group", f"flows={path}", "--log-group", f"few={few}", "--lookup", f"names={names}",
            "--lookup", f"nets={nets}"]


def ask(binary, query, path, options, folder):
    """One query: exit code, seconds, peak of anonymous memory in MB, rows, and what it says."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        began = time.monotonic()
        process = subprocess.Popen([binary, "query", query, path, *options, "-q", "-o", "csv"], stdout=out, stderr=errors,
                                   stdin=subprocess.DEVNULL, env={**os.environ, "TMPDIR": folder})
        peak = 0
        while process.poll() is None:
            peak = max(peak, anonymous(process.pid))
            time.sleep(0.005)
        seconds = time.monotonic() - began
        out.seek(0)
        errors.seek(0)
        return process.returncode, seconds, peak / 1024, sum(1 for _ in out) - 1, errors.read().decode()


def main():
    """Print each run as it ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--work", type=Path, default=Path(".build/bench"))
    parser.add_argument("--megabytes", type=int, default=MEGABYTES)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    path = generate(options.work, options.rows)
    names = named(path, options.work)
    most, failures, count = 0, 0, 0
    for name, query, code in QUERIES:
        if options.only not in name:
            continue
        count += 1
        with tempfile.TemporaryDirectory() as folder:
            status, seconds, megabytes, rows, errors = ask(options.binary, query, path, names, folder)
            left = os.listdir(folder)
        most = max(most, megabytes)
        refused = code == "join" or code == "too-many-rows" and options.rows > 1_000_000
        wrong = status != (64 if refused else 0) or megabytes > options.megabytes or bool(left)
        failures += wrong
        said = errors.strip().splitlines()[:1] if status else [f"{rows} rows"]
        print(f"{'WRONG ' if wrong else ''}{name}: {seconds:.1f} s, {megabytes:.0f} MB, {' '.join(said)}", flush=True)
    print(f"{count} queries over {options.rows} records: most memory {most:.0f} MB (bound {options.megabytes} MB), "
          f"{failures} wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
