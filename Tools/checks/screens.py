#!/usr/bin/env python3
"""Compare what `packets` lists with and without a first look at the frames.

  screens.py [--every N] ROADBLOCK CAPTURE...

A filter that demands TCP flags, or retransmitted SYNs, is answered without decoding every frame; numbers of frames alone
are printed without decoding any. The same filter behind a double negation, or with the capture on standard input, is
answered the long way: both have to print the same. Of a directory's captures every Nth is asked, with fewer filters.
Exit code 1 when they do not.
"""

import argparse
import subprocess
import sys
from pathlib import Path

FILTERS = [
    "tcp.analysis.retransmission && tcp.flags.syn==1",
    "tcp.flags.syn==1 && tcp.flags.ack==0 && tcp.analysis.spurious_retransmission",
    "tcp.flags == 0x012 && tcp.analysis.retransmission",
    "tcp.flags.syn==1",
    "tcp.flags.reset==1 && tcp.flags.ack==1",
    "tcp.flags.syn==1 && tcp.flags.ack==0 && ip.ttl > 1",
    "tcp.flags == 0x010",
    "tcp.flags.fin==1 && frame.time_delta > 0",
    "tcp.flags.ns==1 && tcp.flags.syn==1",
]
FIELDS = ["frame.number", "frame.time_relative", "frame.time_delta", "frame.time_delta_displayed", "tcp.flags"]
ANALYSIS = ["tcp.seq", "tcp.analysis.rto", "tcp.completeness", "_ws.col.Info"]
# Columns in each of the ways: the number alone, more that needs no analysis, and what does.
COLUMNS = [["frame.number"], FIELDS]
VERSIONS = ["4.0", "4.4"]
# For the captures of directories.
FEW_FILTERS = [FILTERS[0], FILTERS[3]]


def listed(roadblock, filter_text, fields, captures, stdin=None, more=()):
    """The lines that a filter selects."""
    command = [roadblock, "packets", *captures, "-q", "-Y", filter_text, "-T", "fields", *more]
    for field in fields:
        command += ["-e", field]
    source = open(stdin, "rb") if stdin else subprocess.DEVNULL
    done = subprocess.run(command, stdin=source, capture_output=True, check=False, timeout=120)
    return done.returncode, done.stdout


def captures_of(directory, every):
    """Every Nth capture below a directory."""
    endings = (".pcap", ".pcapng", ".cap")
    return sorted(path for path in Path(directory).rglob("*") if path.name.endswith(endings) and path.is_file())[::every]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("roadblock")
    parser.add_argument("captures", nargs="+")
    options = parser.parse_args()
    roadblock = options.roadblock
    captures = [path for path in options.captures if not Path(path).is_dir()]
    others = [path for folder in options.captures if Path(folder).is_dir()
              for path in captures_of(folder, options.every)]
    checks = failed = selected = 0

    def expect(what, short, long):
        nonlocal checks, failed, selected
        checks += 1
        selected += short[1].count(b"\n")
        if short != long:
            failed += 1
            print(f"{what}: {len(short[1])} bytes with a first look (exit code {short[0]}), {len(long[1])} without "
                  f"(exit code {long[0]})")

    def ask(text, capture, more):
        """One filter of one capture, with all columns, in all versions where these differ."""
        is_analysis = "analysis" in text
        for version in VERSIONS if is_analysis else VERSIONS[1:]:
            arguments = ("--wireshark", version, *more)
            for fields in [*COLUMNS, FIELDS + ANALYSIS] if is_analysis else COLUMNS:
                short = listed(roadblock, text, fields, [capture], more=arguments)
                long = (listed(roadblock, text, fields, ["-"], stdin=capture, more=arguments) if is_analysis
                        else listed(roadblock, f"!(!({text}))", fields, [capture], more=arguments))
                expect(f"{text} in {capture} {' '.join(arguments)}, {len(fields)} columns", short, long)

    for text in FILTERS:
        is_analysis = "analysis" in text
        for ordinal, capture in enumerate(captures):
            for more in ((), ("-c", "7")) if ordinal < 4 else ((),):
                ask(text, capture, more)
        for first, second in zip(captures[:4], captures[1:4]):
            # Stream numbers are counted over everything, so that naming them takes the long way.
            pair = [first, second]
            for fields in COLUMNS:
                short = listed(roadblock, text, fields, pair)
                long = listed(roadblock, f"{text} && tcp.stream >= 0" if is_analysis else f"!(!({text}))", fields, pair)
                expect(f"{text} in {first} and {second}", short, long)
    for text in FEW_FILTERS:
        for capture in others:
            ask(text, str(capture), ())
    if not selected:
        sys.exit("no filter selected anything")
    print(f"screens: {checks} comparisons, {selected} packets selected, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
