#!/usr/bin/env python3
"""Measure the main jobs on generated captures: CPU time against other programs in interleaved pairs, and memory.

  run.py ROADBLOCK [--pairs N] [--work DIR]

Only ratios of one run are worth quoting: the machine may be busy. Needs cc or clang, tshark, and 1.2 GB below DIR;
tcpdump, tcptrace and argus with ra are compared with where they are installed. Two questions to 1 GB also go to
`limits.c`, which shows what is possible: it reads nothing but what is asked for, and checks nothing.
Exit code 1 when two programs give different answers, or when diagnose needs more than its limit of memory.
"""

import argparse
import csv
import hashlib
import ipaddress
import operator
import os
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FILTER = "tcp.analysis.retransmission && tcp.flags.syn==1"
MEGABYTES = 300
# The names of TCP's fields are those of IPv4 alone.
SYN = "(tcp[tcpflags] & tcp-syn != 0) or (ip6 proto 6 and ip6[53] & 2 != 0)"


@dataclass
class Run:
    """What one run took: CPU and wall seconds, the most anonymous memory seen, and what it printed."""

    cpu: float
    wall: float
    megabytes: float
    output: bytes


@dataclass
class Job:
    """One question to two programs, and what makes their answers comparable."""

    name: str
    other: str
    ours: list
    theirs: list
    our_answer: Callable[[bytes], object]
    their_answer: Callable[[bytes], object]
    agree: Callable[[object, object], bool] = operator.eq


def run(command, stdin=None):
    """Run a command, or a pipeline in one string, to its end, looking at its memory all the while."""
    shell = isinstance(command, str)
    with tempfile.TemporaryFile() as out:
        began = time.monotonic()
        process = subprocess.Popen(command, shell=shell, stdin=stdin or subprocess.DEVNULL, stdout=out,
                                   stderr=subprocess.DEVNULL)
        peak, ended = 0, 0
        while not ended:
            peak = max(peak, anonymous(process.pid))
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if not ended:
                time.sleep(0.01)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"exit code {process.returncode}: {command if shell else ' '.join(map(str, command))}")
        out.seek(0)
        return Run(usage.ru_utime + usage.ru_stime, time.monotonic() - began, peak / 1024, out.read())


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
        program = compiled(work, "gen_pcap")
        part = path.with_suffix(".part")
        subprocess.run([program, "--bytes", str(size), part], check=True, stderr=subprocess.DEVNULL)
        part.rename(path)
    return path


def compiled(work, name):
    """One of the C programs of this folder, built anew."""
    compiler = shutil.which("cc") or shutil.which("clang")
    if compiler is None:
        sys.exit(f"cc or clang is needed to build {name}")
    source = Path(__file__).with_name(f"{name}.c")
    subprocess.run([compiler, "-O2", "-w", "-o", work / name, source, "-lm"], check=True)
    return work / name


def digest(output):
    """What stands for all of an output."""
    return hashlib.sha256(output).hexdigest()


def lines(output):
    """How many lines an output has."""
    return output.count(b"\n")


def our_conversations(output):
    """For each TCP conversation, its two ends with the packets that each sent."""
    rows = csv.DictReader(output.decode().splitlines())
    return sorted(ends(f"{row['client']}:{row['clientPort']}", row["clientPackets"],
                       f"{row['server']}:{row['serverPort']}", row["serverPackets"])
                  for row in rows if row["protocol"] == "tcp")


def tshark_conversations(output):
    """The same of tshark's table: the two ends, then what the second sent, then what the first did."""
    rows = re.findall(r"^(\S+) +<-> (\S+) +(\d+) [\d ]+\S+ +(\d+) ", output.decode(), re.MULTILINE)
    return sorted(ends(first, forth, second, back) for first, second, back, forth in rows)


def ends(first, first_packets, second, second_packets):
    """The two ends of a conversation in one order."""
    return tuple(sorted([(first, int(first_packets)), (second, int(second_packets))]))


def pairs_of_ends(conversations):
    """The pairs of ends alone, each once: other programs tell otherwise when ports are used again."""
    return {tuple(end for end, _ in conversation) for conversation in conversations}


def tcptrace_ends(output):
    """The pairs of ends of tcptrace's list; it writes IPv6 in a way of its own."""
    def plain(end):
        address, _, port = end.rpartition(":")
        return f"{ipaddress.ip_address(address)}:{port}"

    rows = re.findall(r"^ *\d+: (\S+) - (\S+) \(", output.decode(), re.MULTILINE)
    return {tuple(sorted(map(plain, row))) for row in rows}


def argus_ends(output):
    """The pairs of ends of ra's list."""
    rows = (line.split(",") for line in output.decode().splitlines())
    return {tuple(sorted([f"{row[1]}:{row[2]}", f"{row[3]}:{row[4]}"])) for row in rows if row[0] == "tcp"}


def our_ends(output):
    """The pairs of ends of our list."""
    return pairs_of_ends(our_conversations(output))


def lacks_last(ours, theirs):
    """True when argus names what we do; it leaves out a conversation that the last packets begin."""
    return theirs <= ours and len(ours - theirs) <= 1


def first_number(output):
    """The number that an output begins with."""
    return int(output.split()[0])


def numbers(binary, capture, display_filter):
    """The commands that print the numbers of the frames that a filter selects: ours, and tshark's."""
    arguments = ["-Y", display_filter, "-T", "fields", "-e", "frame.number"]
    return ([binary, "packets", capture, "--wireshark", "4.0", *arguments], ["tshark", "-r", capture, *arguments])


def jobs(binary, capture):
    """The questions, with the programs that are installed."""
    conversations = [binary, "conversations", capture, "--wireshark", "4.0", "-o", "csv"]
    yield Job("packets -Y", "tshark", *numbers(binary, capture, FILTER), digest, digest)
    yield Job("full analysis", "tshark", *numbers(binary, capture, "tcp.analysis.flags"), digest, digest)
    yield Job("conversations", "tshark", conversations, ["tshark", "-n", "-q", "-z", "conv,tcp", "-r", capture],
              our_conversations, tshark_conversations)
    if installed("tcptrace"):
        yield Job("conversations", "tcptrace", conversations, ["tcptrace", "-n", capture], our_ends, tcptrace_ends)
    if installed("argus", "ra"):
        command = f"argus -r {shlex.quote(str(capture))} -w - | ra -n -c , -r - -s proto saddr sport daddr dport"
        yield Job("conversations", "argus with ra", conversations, command, our_ends, argus_ends, lacks_last)


def large_jobs(binary, capture, work):
    """The questions to 1 GB, which tshark alone takes minutes for."""
    syns, _ = numbers(binary, capture, FILTER)
    flags, _ = numbers(binary, capture, "tcp.flags.syn==1")
    if installed("tcpdump"):
        # What tshark is given is numbered anew.
        pipeline = (f"tcpdump -r {shlex.quote(str(capture))} -w - {shlex.quote(SYN)} | tshark -r - -n "
                    f"-Y {shlex.quote(FILTER)} -T fields -e frame.number")
        yield Job("packets -Y, 1 GB", "tcpdump into tshark", syns, pipeline, lines, lines)
        yield Job("count of a flag, 1 GB", "tcpdump --count", flags, ["tcpdump", "-r", capture, "--count", SYN], lines,
                  first_number)
    limits = compiled(work, "limits")
    yield Job("packets -Y, 1 GB", "the limit in C", syns, [limits, "syns", capture], digest, digest)
    yield Job("count of a flag, 1 GB", "the limit in C", flags, [limits, "flags", capture], lines, first_number)


def installed(*programs):
    """True when all of some programs are; says what is missing."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        print(f"skipped: {' and '.join(programs)} ({' and '.join(missing)} not installed)")
    return not missing


def compare(job, pairs):
    """One question in interleaved pairs with another program; returns whether both give the same answer."""
    ratios, same = [], True
    for _ in range(pairs):
        mine, other = run(job.ours), run(job.theirs)
        ratios.append(other.cpu / mine.cpu)
        same = same and job.agree(job.our_answer(mine.output), job.their_answer(other.output))
        print(f"  roadblock {mine.cpu:.2f} s CPU, {mine.megabytes:.0f} MB; {job.other} {other.cpu:.2f} s CPU; "
              f"ratio {ratios[-1]:.2f}", flush=True)
    print(f"{job.name} against {job.other}: median ratio {statistics.median(ratios):.2f} "
          f"({min(ratios):.2f} to {max(ratios):.2f}, {pairs} pairs), {'same' if same else 'DIFFERENT'} answers")
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
    passed = True
    for job in jobs(options.binary, generate(options.work, 100_000_000)):
        passed = compare(job, options.pairs) and passed

    capture = generate(options.work, 1_000_000_000)
    for job in large_jobs(options.binary, capture, options.work):
        passed = compare(job, options.pairs) and passed
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
