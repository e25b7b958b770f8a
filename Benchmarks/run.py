#!/usr/bin/env python3
"""Measure the main jobs on generated captures: CPU time against tshark in interleaved pairs, and memory.

  run.py ROADBLOCK [--pairs N] [--work DIR]

Only ratios of one run are worth quoting: the machine may be busy. Needs cc or clang, tshark, and 1.2 GB below DIR.
Exit code 1 when the two programs print different frames, or when diagnose needs more than its limit of memory.
"""

import argparse
import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

FILTER = "tcp.analysis.retransmission && tcp.flags.syn==1"
MEGABYTES = 300
GENERATOR = Path(__file__).with_name("gen_pcap.c")


@dataclass
class Run:
    """What one run took: CPU and wall seconds, the most anonymous memory seen, and a digest of what it printed."""

    cpu: float
    wall: float
    megabytes: float
    digest: str


def run(command, stdin=None):
    """Run a command to its end, looking at its memory all the while."""
    with tempfile.TemporaryFile() as out:
        began = time.monotonic()
        process = subprocess.Popen(command, stdin=stdin or subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL)
        peak, ended = 0, 0
        while not ended:
            peak = max(peak, anonymous(process.pid))
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if not ended:
                time.sleep(0.01)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"exit code {process.returncode}: {' '.join(map(str, command))}")
        out.seek(0)
        return Run(usage.ru_utime + usage.ru_stime, time.monotonic() - began, peak / 1024,
                   hashlib.file_digest(out, "sha256").hexdigest())


def anonymous(pid):
    """Anonymous memory of a running process in KiB; 0 where the system does not say."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            return next((int(line.split()[1]) for line in status if line.startswith("RssAnon:")), 0)
    except OSError:
        return 0


def generate(work, size):
    """A capture of about this many bytes; made once."""
    path = work / f"generated-{size}.pcap"
    if not path.exists():
        compiler = shutil.which("cc") or shutil.which("clang")
        if compiler is None:
            sys.exit("cc or clang is needed to build the generator")
        program = work / "gen_pcap"
        subprocess.run([compiler, "-O2", "-w", "-o", program, GENERATOR, "-lm"], check=True)
        part = path.with_suffix(".part")
        subprocess.run([program, "--bytes", str(size), part], check=True, stderr=subprocess.DEVNULL)
        part.rename(path)
    return path


def compare(binary, capture, pairs):
    """The filter of the classic question, in pairs with tshark; returns whether both print the same."""
    arguments = ["-Y", FILTER, "-T", "fields", "-e", "frame.number"]
    ours = [binary, "packets", capture, "--wireshark", "4.0", *arguments]
    theirs = ["tshark", "-r", capture, *arguments]
    ratios, same = [], True
    for _ in range(pairs):
        mine, other = run(ours), run(theirs)
        ratios.append(other.cpu / mine.cpu)
        same = same and mine.digest == other.digest
        print(f"  roadblock {mine.cpu:.2f} s CPU, {mine.megabytes:.0f} MB; tshark {other.cpu:.2f} s CPU, "
              f"{other.megabytes:.0f} MB; ratio {ratios[-1]:.1f}", flush=True)
    print(f"packets -Y against tshark: median ratio {statistics.median(ratios):.1f} "
          f"({min(ratios):.1f} to {max(ratios):.1f}, {pairs} pairs), {'same' if same else 'DIFFERENT'} frames")
    return same


def main():
    """Print each measurement as it is made."""
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--work", type=Path, default=Path(".build/bench"))
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    if shutil.which("tshark") is None:
        sys.exit("tshark is not installed")

    version = subprocess.run(["tshark", "--version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
    print(f"{version}; {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    passed = compare(options.binary, generate(options.work, 100_000_000), options.pairs)

    capture = generate(options.work, 1_000_000_000)
    with open(capture, "rb") as stream:
        runs = {"file": run([options.binary, "diagnose", capture]),
                "standard input": run([options.binary, "diagnose", "-"], stream)}
    for name, result in runs.items():
        within = result.megabytes < MEGABYTES
        passed = passed and within
        print(f"diagnose, 1 GB from {name}: {result.cpu:.1f} s CPU, {result.wall:.1f} s, peak "
              f"{result.megabytes:.0f} MB anonymous ({'below' if within else 'NOT below'} {MEGABYTES} MB)")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
