#!/usr/bin/env python3
"""Write the captures of `Tests/Data/verdict-cases.jsonl` in the packet notation of make_cases.py.

  verdict_cases.py CASES.jsonl OUTDIR      writes OUTDIR/<id>.pcap for every line
"""
import json
import os
import sys

from make_cases import build, write_pcap


def main():
    cases, directory = sys.argv[1:]
    os.makedirs(directory, exist_ok=True)
    with open(cases, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            write_pcap(os.path.join(directory, row["id"] + ".pcap"), build(row["packets"]))


if __name__ == "__main__":
    main()
