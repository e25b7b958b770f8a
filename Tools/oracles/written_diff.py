#!/usr/bin/env python3
"""Compares the captures that `roadblock packets -w` writes with those that an installed tshark writes.

usage: written_diff.py ROADBLOCK CAPTURE...      a capture is a file of more than 4 KB, or a folder

Each capture is written as a whole, with a display filter and with `-c`, by both programs. tshark then reads what both
wrote: numbers, times, lengths, protocols, interfaces, comments and the MD5 of each frame's bytes have to be the same;
capinfos and editcap have to read ours. The first two files in one are compared with what mergecap and tshark make of
them. A capture that tshark itself fails to copy, or copies with other times, is left out and counted. A disk that is
full has to end with exit code 74 and without a file. Exits with 1 after any difference and with 77 where there is no
tshark. `--every N` takes each Nth file of folders.
"""
import argparse
import concurrent.futures
import gzip
import os
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile

FIELDS = """frame.number frame.time_epoch frame.len frame.cap_len frame.protocols frame.interface_id
frame.interface_name frame.comment frame.packet_flags frame.encap_type frame.md5_hash""".split()
# What two captures merged into one are compared by: interfaces are numbered, and equal times ordered, as one likes.
MERGED = ["frame.time_epoch", "frame.len", "frame.cap_len", "frame.protocols", "frame.md5_hash"]
# What a copy has to have in common with its source; a damaged file may have fractions of many seconds.
KEPT = ["frame.time_epoch", "frame.len", "frame.cap_len"]
RUNS = [[], ["-Y", "tcp.flags.syn == 1 || icmp || udp.length > 60"], ["-c", "3"]]


def run(*command, **options):
    return subprocess.run(command, capture_output=True, timeout=300, **options)


def read(path, fields):
    """The fields of all frames as tshark reads them."""
    names = [part for field in fields for part in ("-e", field)]
    result = run("tshark", "-n", "-r", path, "-o", "frame.generate_md5_hash:TRUE", "-T", "fields", *names)
    lines = result.stdout.decode(errors="replace").splitlines()
    return (result.returncode, lines)


def block(kind, body):
    body += bytes(-len(body) % 4)
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def several_interfaces():
    """A pcapng file with interfaces of several kinds and clocks, and what may be said of packets."""
    ip = bytes.fromhex("450000140000000040060000") + bytes([10, 0, 0, 1, 10, 0, 0, 2])
    ethernet = bytes(12) + b"\x08\x00" + ip
    second = 1_700_000_000

    def interface(link, snap, options=b""):
        return block(1, struct.pack("<HHI", link, 0, snap) + options)

    def packet(number, time, content, options=b""):
        head = struct.pack("<IIIII", number, time >> 32, time & 0xFFFFFFFF, len(content), len(content) + 7)
        return block(6, head + content + bytes(-len(content) % 4) + options)

    return b"".join([
        block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)),
        interface(1, 0, option(2, b"eth0") + option(3, b"the first") + option(9, b"\x09")),
        interface(101, 96, option(2, b"tun0")),
        packet(1, second * 10**6 + 5, ip, option(1, "Grüße".encode()) + option(2, b"\x01\0\0\0")),
        packet(0, second * 10**9 + 7, ethernet, option(1, b"one") + option(1, b"two")),
        packet(0, second * 10**9 + 8, b""),
        interface(1, 0xFFFFFFFF, option(9, b"\x03")),
        packet(2, second * 1000 + 9, ethernet),
        interface(1, 0, option(14, struct.pack("<q", 3600))),
        packet(3, second * 10**6 + 3, ethernet),
    ])


class Comparison:
    def __init__(self, roadblock):
        self.roadblock = roadblock
        self.folder = tempfile.mkdtemp(prefix="written-")
        self.problems = []

    def report(self, what):
        self.problems.append(what)
        print(f"  {what}")

    def compare(self, capture, index):
        """Compares one capture; returns how many copies were compared and how many tshark could not make."""
        compared = left_out = 0
        is_kept = True
        for number, arguments in enumerate(RUNS):
            ours = os.path.join(self.folder, f"{index}-{number}-ours.pcapng")
            theirs = os.path.join(self.folder, f"{index}-{number}-theirs.pcapng")
            name = " ".join([capture] + arguments)
            wrote = run("tshark", "-n", "-r", capture, *arguments, "-w", theirs)
            result = run(self.roadblock, "packets", capture, "--wireshark", "4.0", *arguments, "-w", ours)
            if wrote.returncode != 0:
                left_out += 1
                if result.returncode not in (0, 65):
                    self.report(f"{name}: exit code {result.returncode}")
            elif result.returncode != 0 or result.stdout:
                self.report(f"{name}: exit code {result.returncode}: {result.stderr.decode(errors='replace')[:200]}")
            else:
                if not arguments:
                    is_kept = read(capture, KEPT) == read(theirs, KEPT)
                compared += is_kept
                left_out += not is_kept
                if is_kept:
                    self.same(name, read(theirs, FIELDS), read(ours, FIELDS))
                for tool in (["capinfos", ours], ["editcap", ours, os.devnull]):
                    if (answer := run(*tool)).returncode != 0:
                        self.report(f"{name}: {tool[0]}: {answer.stderr.decode(errors='replace')[:200]}")
            for path in (ours, theirs):
                if os.path.exists(path):
                    os.remove(path)
        return compared, left_out

    def same(self, name, theirs, ours):
        if theirs == ours:
            return
        for number, (a, b) in enumerate(zip(theirs[1], ours[1]), 1):
            if a != b:
                return self.report(f"{name}: frame {number}: tshark {a!r}, roadblock {b!r}")
        self.report(f"{name}: tshark has {len(theirs[1])} frames ({theirs[0]}), roadblock {len(ours[1])} ({ours[0]})")

    def compare_merged(self, first, second):
        merged, ours = (os.path.join(self.folder, name) for name in ("merged.pcapng", "both.pcapng"))
        if run("mergecap", "-w", merged, first, second).returncode != 0:
            return self.report(f"mergecap cannot merge {first} and {second}")
        result = run(self.roadblock, "packets", first, second, "-w", ours)
        if result.returncode != 0:
            return self.report(f"{first} and {second}: exit code {result.returncode}")
        theirs, own = read(merged, MERGED), read(ours, MERGED)
        self.same(f"{first} and {second}", (theirs[0], sorted(theirs[1])), (own[0], sorted(own[1])))

    def check_output(self, capture):
        """Standard output gets what a file gets; where nothing more can be written there is no file."""
        path = os.path.join(self.folder, "copy.pcap")
        run(self.roadblock, "packets", capture, "-w", path)
        with open(path, "rb") as file:
            if file.read() != run(self.roadblock, "packets", capture, "-w", "-").stdout:
                self.report("-w - and -w FILE differ")
        os.remove(path)

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

        before = sorted(os.listdir(self.folder))
        result = run(self.roadblock, "packets", capture, "-w", path, preexec_fn=limit, restore_signals=False)
        if result.returncode != 74 or sorted(os.listdir(self.folder)) != before:
            self.report(f"a full disk: exit code {result.returncode}, files {os.listdir(self.folder)}")
        if os.path.exists("/dev/full"):
            result = run(self.roadblock, "packets", capture, "-w", "/dev/full")
            if result.returncode != 74:
                self.report(f"/dev/full: exit code {result.returncode}")
        for arguments in (["-w", "-", "-V"], ["-w", path, "--output-file", path + ".txt"], ["-w", ""]):
            result = run(self.roadblock, "packets", capture, *arguments)
            if result.returncode != 64 or sorted(os.listdir(self.folder)) != before:
                self.report(f"{arguments}: exit code {result.returncode}, files {os.listdir(self.folder)}")


def captures(paths, every):
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        found = sorted(
            os.path.join(folder, name)
            for folder, _, names in os.walk(path)
            for name in names
            if name.endswith((".pcap", ".pcapng", ".cap", ".pcap.gz"))
        )
        yield from found[::every]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("roadblock")
    parser.add_argument("captures", nargs="+")
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    if missing := [tool for tool in ("tshark", "capinfos", "editcap", "mergecap") if not shutil.which(tool)]:
        print(f"skipped: written captures ({', '.join(missing)} is not installed)")
        sys.exit(77)
    comparison = Comparison(options.roadblock)
    try:
        made = os.path.join(comparison.folder, "several-interfaces.pcapng")
        packed = made + ".gz"
        with open(made, "wb") as file:
            file.write(several_interfaces())
        with gzip.open(packed, "wb") as file:
            file.write(several_interfaces())
        files = [made, packed] + list(captures(options.captures, options.every))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            counts = list(pool.map(comparison.compare, files, range(len(files))))
        named = [path for path in options.captures if not os.path.isdir(path)]
        if named:
            for other in [made] + named[1:2]:
                comparison.compare_merged(named[0], other)
            comparison.check_output(named[0])
    finally:
        shutil.rmtree(comparison.folder)
    compared, left_out = (sum(count) for count in zip(*counts))
    print(
        f"{len(files)} captures, {compared} copies compared, {left_out} that tshark cannot make, "
        f"{len(comparison.problems)} problems"
    )
    sys.exit(1 if comparison.problems or compared == 0 else 0)


if __name__ == "__main__":
    main()
