#!/usr/bin/env python3
"""Compare what `packets` lists with and without a first look at the frames.

  screens.py ROADBLOCK CAPTURE...

A filter that demands TCP flags, or retransmitted SYNs, is answered without decoding every frame. The same filter behind
a double negation, or with the capture on standard input, is answered the long way: both have to print the same.
Exit code 1 when they do not.
"""

import subprocess
import sys

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


def listed(roadblock, filter_text, fields, captures, stdin=None, more=()):
    """The lines that a filter selects."""
    command = [roadblock, "packets", *captures, "-q", "-Y", filter_text, "-T", "fields", *more]
    for field in fields:
        command += ["-e", field]
    source = open(stdin, "rb") if stdin else subprocess.DEVNULL
    done = subprocess.run(command, stdin=source, capture_output=True, check=False, timeout=120)
    return done.returncode, done.stdout


def main():
    roadblock, captures = sys.argv[1], sys.argv[2:]
    checks = failed = selected = 0

    def expect(what, short, long):
        nonlocal checks, failed, selected
        checks += 1
        selected += short[1].count(b"\n")
        if short != long:
            failed += 1
            print(f"{what}: {len(short[1])} bytes with a first look (exit code {short[0]}), {len(long[1])} without "
                  f"(exit code {long[0]})")

    for text in FILTERS:
        is_analysis = "analysis" in text
        fields = FIELDS + (ANALYSIS if is_analysis else [])
        for ordinal, capture in enumerate(captures):
            for more in ((), ("-c", "7")) if ordinal < 4 else ((),):
                short = listed(roadblock, text, fields, [capture], more=more)
                long = (listed(roadblock, text, fields, ["-"], stdin=capture, more=more) if is_analysis
                        else listed(roadblock, f"!(!({text}))", fields, [capture], more=more))
                expect(f"{text} in {capture} {' '.join(more)}", short, long)
        for first, second in zip(captures[:4], captures[1:4]):
            # Stream numbers are counted over everything, so that naming them takes the long way.
            pair = [first, second]
            short = listed(roadblock, text, fields, pair)
            long = listed(roadblock, f"{text} && tcp.stream >= 0" if is_analysis else f"!(!({text}))", fields, pair)
            expect(f"{text} in {first} and {second}", short, long)
    if not selected:
        sys.exit("no filter selected anything")
    print(f"screens: {checks} comparisons, {selected} packets selected, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
