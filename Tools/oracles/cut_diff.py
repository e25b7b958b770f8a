#!/usr/bin/env python3
"""Compares all fields of `roadblock packets` with tshark 4.0 on packets that are cut or odd, cell by cell.

usage: cut_diff.py [--every N] [--known FILE] ROADBLOCK FOLDER

Writes the captures of `Tools/cases/cut_cases.py` to FOLDER, with each Nth of the cut packets, and those of
`rare_cases.py`, and asks both programs for every field of our catalogue that tshark knows, but those of FOREIGN.
Prints what differs, and exits with 1 on any difference; with 77 where tshark 4.0 is not there. `--known FILE` names
differences that are accepted, one `capture<TAB>field<TAB>why` a line.
Of a protocol, which tshark prints as prose, only that it is there is compared.
"""
import collections
import glob
import os
import re
import subprocess
import sys

from tshark import argument_parser, cells, columns, run, version_of

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
# Words of tshark's own, and a list of manufacturers that only it has.
FOREIGN = {"_ws.expert.message", "eth.src.oui_resolved", "eth.dst.oui_resolved", "eth.addr.oui_resolved"}
CATALOGUE = os.path.join(ROOT, "Sources", "Packets", "DisplayFilters", "Fields", "FieldCatalogue*.swift")


def fields(tshark):
    """The names of our catalogue that tshark knows."""
    listing = run([tshark, "-G", "fields"]).stdout.decode("utf-8", "replace")
    theirs = {line.split("\t")[2] for line in listing.split("\n") if line.startswith(("F\t", "P\t"))}
    ours = set()
    for path in glob.glob(CATALOGUE):
        with open(path, encoding="utf-8") as file:
            ours |= set(re.findall(r'\b(?:proto|unsigned|boolean|label|text|Field)\(\s*"([a-z_][\w.-]*)"', file.read()))
    return sorted(ours & theirs - FOREIGN)


def compare(options, path, names):
    """The number of packets of a capture, and its differences."""
    name = os.path.basename(path)
    common = ["-r", path] + columns(names)
    theirs = cells(run([options.tshark, "-n"] + common).stdout)
    result = run([options.roadblock, "packets", "--wireshark", "4.0", "-q"] + common)
    ours = cells(result.stdout)
    if len(ours) != len(theirs):
        print(f"{name}: {len(ours)} rows, tshark {len(theirs)}; {result.stderr.decode()[:300]}")
        return len(theirs), 1
    counts, first = collections.Counter(), {}
    for number, (mine, other) in enumerate(zip(ours, theirs), 1):
        for field, x, y in zip(names, mine, other):
            if x == y or (x and y and set(x.split(",")) == {field}) or (name, field) in options.known:
                continue
            counts[field] += 1
            first.setdefault(field, f"frame {number}: {x[:80]!r}, tshark {y[:80]!r}")
    for field, count in counts.most_common():
        print(f"{name}: {field}: {first[field]}" + (f" (and {count - 1} more)" if count > 1 else ""))
    return len(theirs), sum(counts.values())


def main():
    options = argument_parser(__doc__, folder=True).parse_args()
    if version_of(options.tshark) != "4.0":
        print("skipped: cut packets (tshark 4.0 is not there)")
        sys.exit(77)
    cases = os.path.join(ROOT, "Tools", "cases")
    subprocess.run([sys.executable, os.path.join(cases, "cut_cases.py"), options.folder, str(options.every)], check=True)
    subprocess.run([sys.executable, os.path.join(cases, "rare_cases.py"), options.folder], check=True)
    names = fields(options.tshark)
    packets = bad = 0
    paths = sorted(glob.glob(os.path.join(options.folder, "cut-*.pcap")))
    paths += sorted(glob.glob(os.path.join(options.folder, "rare*.pcap*")))
    for path in paths:
        count, differences = compare(options, path, names)
        packets += count
        bad += differences
    print(f"{len(paths)} captures, {packets} cut packets, {packets * len(names)} cells compared with tshark 4.0, "
          f"{bad} differences", file=sys.stderr)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
