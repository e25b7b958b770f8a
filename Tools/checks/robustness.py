#!/usr/bin/env python3
"""Bad input, bad arguments and bad outputs: each must end with its documented exit code, soon, in little memory.

  robustness.py ROADBLOCK SAMPLE [CAPTURES_DIR]

SAMPLE is a plain pcap file. Below CAPTURES_DIR every file is read, whatever it is.
"""

import gzip
import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from checks import Checks

SECONDS, MEGABYTES = 10, 300
CUTS = 2000
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb004300") + bytes(range(256)) * 8 + b"\xff\xd9"


@dataclass
class Outcome:
    """How a run of the program ended; `code` is negative for a signal."""

    code: int
    out: bytes
    err: str
    seconds: float
    megabytes: float


def run(command, stdout=None):
    """Run to the end or to the time limit."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout or out, stderr=err)
        timer = threading.Timer(SECONDS, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
        return Outcome(process.returncode, out.read(), err.read().decode("utf-8", "replace"),
                       time.monotonic() - began, usage.ru_maxrss / unit)


class Robustness(Checks):
    """Runs the program on what it was not made for."""

    def __init__(self, binary, directory):
        super().__init__(binary, directory)
        self._made = 0

    def file(self, content):
        """A new file with this content."""
        self._made += 1
        path = self.directory / f"{self._made}.bin"
        path.write_bytes(content)
        return path

    def expect(self, name, arguments, codes, stdout=None, quiet=False):
        """Run with these arguments; whatever they are, errors have one form and nothing crashes, hangs or grows."""
        outcome = run([self.binary, *map(str, arguments)], stdout)
        self.runs += 1
        if outcome.seconds >= SECONDS:
            self.fail(name, f"still running after {SECONDS} s")
        elif outcome.code not in codes:
            wanted = " or ".join(map(str, codes))
            self.fail(name, f"exit code {outcome.code} instead of {wanted}: {outcome.err.strip()[:200]}")
        if outcome.megabytes >= MEGABYTES:
            self.fail(name, f"{outcome.megabytes:.0f} MB")
        if outcome.code > 0 and not outcome.err.startswith("roadblock: error: "):
            self.fail(name, f"error without `roadblock: error: `: {outcome.err.strip()[:200]}")
        if outcome.code > 0 and outcome.out:
            self.fail(name, "an error, yet something on standard output")
        if quiet and outcome.err:
            self.fail(name, f"not quiet: {outcome.err.strip()[:200]}")
        return outcome


def bad_inputs(checks, sample):
    """Files that are not captures, or not whole ones, or not there."""
    content = sample.read_bytes()
    checks.expect("empty file", ["diagnose", checks.file(b"")], [65])
    checks.expect("JPEG", ["diagnose", checks.file(JPEG)], [65])
    with tempfile.TemporaryDirectory() as directory:
        checks.expect("empty directory", ["diagnose", directory], [65])
        Path(directory, "notes.txt").write_text("no capture here\n", encoding="utf-8")
        checks.expect("directory without captures", ["diagnose", directory], [65])
    packed = gzip.compress(content)
    outcome = checks.expect("gzip that ends early", ["diagnose", checks.file(packed[:len(packed) // 2])], [0])
    if not outcome.err:
        checks.fail("gzip that ends early", "no note on standard error")
    checks.expect("gzip without anything readable", ["diagnose", checks.file(packed[:12])], [65])

    missing = sample.with_name("no-such-file.pcap")
    checks.expect("missing file", ["diagnose", missing], [66])
    checks.expect("path below a file", ["diagnose", sample / "x.pcap"], [66])
    outcome = checks.expect("missing file, JSON", ["diagnose", missing, "-o", "json"], [66])
    try:
        error = json.loads(outcome.err.strip().splitlines()[-1])["error"]
        if not {"code", "message"} <= error.keys():
            checks.fail("missing file, JSON", f"error object without code or message: {error}")
    except (ValueError, LookupError, TypeError):
        checks.fail("missing file, JSON", "no error object on standard error")
    if os.geteuid() != 0:
        locked = checks.file(content)
        locked.chmod(0)
        checks.expect("file without permission", ["diagnose", locked], [66, 77])


def bad_arguments(checks, sample):
    """Mistakes on the command line are pointed at."""
    def points(name, option, text, place, suggestion):
        outcome = checks.expect(name, ["packets", sample, *option, text], [64])
        lines = outcome.err.splitlines()
        shown = next((index for index, line in enumerate(lines) if line.strip() == text), None)
        if shown is None or shown + 1 >= len(lines) or "^" not in lines[shown + 1]:
            checks.fail(name, f"no caret under the text: {outcome.err.strip()[:200]}")
        elif lines[shown + 1].index("^") - lines[shown].index(text) != place:
            checks.fail(name, f"the caret is not at {place}:\n{outcome.err.strip()}")
        if suggestion and f"did you mean `{suggestion}`?" not in outcome.err:
            checks.fail(name, f"does not suggest {suggestion}: {outcome.err.strip()[:200]}")

    points("filter with a typo", ["-Y"], "ip.ttl > 3 && tcp.dstprt == 443", 14, "tcp.dstport")
    points("filter that stops early", ["-Y"], "tcp.port ==", 11, None)
    points("unknown field", ["-Y"], "tcp.flags.sin == 1", 0, "tcp.flags.syn")
    outcome = checks.expect("unknown column", ["packets", sample, "-T", "fields", "-e", "ip.sorc"], [64])
    if "did you mean `ip.src`?" not in outcome.err:
        checks.fail("unknown column", f"does not suggest ip.src: {outcome.err.strip()[:200]}")
    checks.expect("unknown option", ["diagnose", sample, "--no-such-option"], [64])
    checks.expect("unknown command", ["diagnoze", sample], [64])
    checks.expect("no source", ["diagnose"], [64])


def bad_outputs(checks, sample):
    """Nobody reads the answer, or the disk is full."""
    content = sample.read_bytes()
    many = checks.file(content + content[24:] * (1 + (4 << 20) // len(content)))
    for arguments in (["packets", many], ["diagnose", many, "-o", "json"], ["query", "fields @message", many]):
        name = " ".join(map(str, arguments[::2]))
        reader, writer = os.pipe()
        os.close(reader)
        checks.expect(f"broken pipe: {name}", arguments, [0, -signal.SIGPIPE], writer, quiet=True)
        os.close(writer)
        if os.path.exists("/dev/full"):
            with open("/dev/full", "wb") as full:
                checks.expect(f"full disk: {name}", arguments, [74], full)
    head = subprocess.run(f"'{checks.binary}' packets '{many}' | head -1", shell=True, capture_output=True,
                          text=True, check=False, timeout=SECONDS)
    if head.returncode != 0 or head.stderr or not head.stdout:
        checks.fail("broken pipe: | head -1", f"{head.returncode}: {head.stderr.strip()[:200]}")


def interrupts(checks, sample):
    """The first interrupt ends live input, and the answer is printed."""
    reader, writer = os.pipe()
    os.write(writer, sample.read_bytes()[:32768])
    process = subprocess.Popen([checks.binary, "diagnose", "-", "-o", "json"], stdin=reader,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    try:
        answer, errors = process.communicate(timeout=SECONDS)
        if process.returncode != 0 or json.loads(answer)["inputs"][0]["records"] < 1:
            checks.fail("interrupt", f"{process.returncode}: {errors.decode().strip()[:200]}")
    except (subprocess.TimeoutExpired, ValueError, LookupError) as trouble:
        process.kill()
        checks.fail("interrupt", f"no answer: {trouble}")
    os.close(reader)
    os.close(writer)


def segment(source, port, kind=6, flags=2, quote=b""):
    """An IPv4 packet: a TCP segment to 10.0.0.2, or an ICMP prohibition to 10.0.0.3 that quotes a segment."""
    if kind == 6:
        body = struct.pack(">HHIIBBHHH", port, 443, source, 0, 0x50, flags, 1024, 0, 0)
    else:
        body = struct.pack(">BBHI", 3, 13, 0, 0) + quote
    target = 0x0A000002 if kind == 6 else 0x0A000003
    return struct.pack(">BBHHHBBHII", 0x45, 0, 20 + len(body), port, 0, 64, kind, 0, source, target) + body


def crowds(checks):
    """Many different flows, errors and quiet minutes take time in proportion, not with its square."""
    def capture(packets):
        records = [struct.pack("<IIII", second, 0, len(data), len(data)) + data for second, data in packets]
        return checks.file(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101) + b"".join(records))

    flows = [(10, segment(0x0B000000 + index, 1024 + index % 60000)) for index in range(60000)]
    errors = [(11, segment(0x0A0000FE, index % 60000, 1, quote=segment(0x0C000000 + index, 1024)))
              for index in range(9900)]
    quiet = [(100 + 6 * index, segment(0x0A000001, 2000 + index % 50, flags=16)) for index in range(20000)]
    checks.expect("60,000 flows and 9,900 errors about others", ["diagnose", capture(flows + errors), "-q"], [0])
    checks.expect("60,000 flows, then quiet minutes", ["diagnose", capture(flows + quiet), "-q"], [0])
    more = [(10 + index // 20000, segment(0x0B000000 + index, 1024 + index % 60000)) for index in range(200000)]
    outcome = checks.expect("200,000 flows, listed", ["conversations", capture(more + errors), "-o", "csv"], [0])
    lines = outcome.out.count(b"\n")
    if lines != 200001 or "silent longest" not in outcome.err:
        checks.fail("200,000 flows, listed", f"{lines} lines: {outcome.err.strip()[:200]}")


def many_files(checks, sample, captures):
    """Cuts at every byte, and whatever there is in a folder."""
    content = sample.read_bytes()

    def cut(length):
        path = checks.directory / f"cut-{length}.pcap"
        path.write_bytes(content[:length])
        checks.expect(f"cut after {length} bytes", ["diagnose", path], [0, 65] if length else [65])
        path.unlink()

    def read(path):
        for command in ("diagnose", "packets", "conversations"):
            checks.expect(f"{command} {path}", [command, path], [0, 65])

    files = sorted(path for path in captures.rglob("*") if path.is_file()) if captures else []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(cut, range(min(CUTS, len(content)) + 1)))
        list(pool.map(read, files))
    return len(files)


def main():
    """Run all of it; exit code 1 when anything failed."""
    if len(sys.argv) not in (3, 4):
        print(__doc__, file=sys.stderr)
        return 64
    binary, sample = os.path.abspath(sys.argv[1]), Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as directory:
        checks = Robustness(binary, Path(directory))
        bad_inputs(checks, sample)
        bad_arguments(checks, sample)
        bad_outputs(checks, sample)
        interrupts(checks, sample)
        crowds(checks)
        files = many_files(checks, sample, Path(sys.argv[3]) if len(sys.argv) == 4 else None)
    return checks.end("robustness", f", {files} other captures")


if __name__ == "__main__":
    sys.exit(main())
