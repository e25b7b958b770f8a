#!/usr/bin/env python3
"""Bad flow logs: each must end with its documented exit code, soon, in little memory, with the good part read.

  hostile.py ROADBLOCK
"""

import gzip
import json
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "checks"))

from records import DEFAULT, VERSION5  # noqa: E402
from robustness import Robustness  # noqa: E402

GOOD, BAD, EITHER = (0,), (65,), (0, 65)
START = 1795478400
COUNT = 200
HEADER = " ".join(DEFAULT).encode() + b"\n"
LONG = 30_000_000
WIDE = 50_000
MOST_ERRORS = 20_000
QUERIES = ("stats count(*) as n", "fields @timestamp, srcAddr, dstPort | filter action = 'REJECT' | limit 5")


@dataclass(frozen=True)
class Case:
    """A bad input: what `diagnose` and `query` may end with, and how many records are in it, where that is certain."""

    name: str
    content: bytes
    diagnose: tuple = GOOD
    query: tuple = EITHER
    records: int | None = None
    skipped: int | None = None
    says: bool = False
    options: tuple = ()


def line(number, action="REJECT", **changes):
    """A record in the default format; `changes` by field, `_` for `-`."""
    values = {"version": 2, "account-id": "123456789012", "interface-id": "eni-0123456789abcdef0",
              "srcaddr": f"10.0.{number >> 8 & 255}.{number & 255}", "dstaddr": "10.9.2.9",
              "srcport": 32768 + number % 20000, "dstport": 5432, "protocol": 6, "packets": 1, "bytes": 60,
              "start": START + number % 80000, "end": START + 30 + number % 80000, "action": action,
              "log-status": "OK"}
    values |= {name.replace("_", "-"): value for name, value in changes.items()}
    return " ".join(str(values[name]) for name in DEFAULT).encode() + b"\n"


def log(count=COUNT, **changes):
    """Some good lines."""
    return b"".join(line(number, **changes) for number in range(count))


def around(middle):
    """Good lines before and after something."""
    return log() + middle + log()


def whole_or_nothing():
    """Encodings, line ends and missing parts."""
    lines, headed = log(), HEADER + log()
    sixteen = headed.decode()
    return [
        Case("empty file", b"", BAD, BAD),
        Case("only a header", HEADER, records=0, query=GOOD),
        Case("only a header without line end", HEADER[:-1], records=0, query=GOOD),
        Case("only empty lines", b"\n" * 1000, EITHER),
        Case("no final line end", lines[:-1], records=COUNT, skipped=0, query=GOOD),
        Case("CR LF", headed.replace(b"\n", b"\r\n"), records=COUNT, skipped=0, query=GOOD),
        Case("CR LF without a header", lines.replace(b"\n", b"\r\n"), records=COUNT, skipped=0, query=GOOD),
        Case("UTF-8 with a mark", b"\xef\xbb\xbf" + headed, records=COUNT, skipped=0, query=GOOD),
        Case("UTF-16, little end first", b"\xff\xfe" + sixteen.encode("utf-16-le"), EITHER),
        Case("UTF-16, big end first", b"\xfe\xff" + sixteen.encode("utf-16-be"), EITHER),
        Case("UTF-16 with an odd end", b"\xff\xfe" + sixteen.encode("utf-16-le")[:-1], EITHER),
        Case("header twice", HEADER + headed, records=COUNT, skipped=0, query=GOOD),
        Case("two files put together", headed + headed, records=2 * COUNT, skipped=0, query=GOOD),
        Case("blanks between and behind", lines.replace(b" ", b"   ").replace(b"\n", b"  \n"), records=COUNT,
             skipped=0, query=GOOD),
        Case("header of another format", " ".join(VERSION5).encode() + b"\n" + lines, EITHER),
        Case("header with misspelt names", headed.replace(b"srcaddr dstaddr", b"sourceadr destadr"), EITHER),
        Case("header without times", headed.replace(b"start end", b"started ended"), EITHER),
        Case("header of words", b"this log has no header\n" + lines, EITHER),
        Case("only NODATA", log(srcaddr="-", dstaddr="-", srcport="-", dstport="-", protocol="-", packets="-",
                                bytes="-", action="-", log_status="NODATA"), query=GOOD),
    ]


def long_and_wide():
    """Sizes that an input may name or have."""
    names = " ".join(f"x-{number}" for number in range(WIDE)).encode()
    row = b" 1" * WIDE + b"\n"
    return [
        Case("a line of 30 MB among others", around(b"A" * LONG + b"\n"), records=2 * COUNT, skipped=1),
        Case("a line of 30 MB with blanks among others", around(b"1 " * (LONG // 2) + b"\n"), EITHER),
        Case("a line of 30 MB and nothing else", b"A" * LONG, BAD),
        Case("30 MB behind a record", around(line(1)[:-1] + b" " + b"B" * LONG + b"\n"), EITHER),
        Case("a record of 50,000 columns", around(line(1)[:-1] + row), EITHER),
        Case("a header of 50,000 fields", HEADER[:-1] + b" " + names + b"\n" + (line(1)[:-1] + row) * 20, EITHER),
        Case("a header of one field 50,000 times", b"srcaddr " * WIDE + b"\n" + row * 20, EITHER),
        Case("short lines, a million", b"1\n" * 1_000_000, EITHER),
    ]


def strange_values():
    """Lines whose values are no values."""
    rng = random.Random(4)
    noise = rng.randbytes(200_000)
    most = ("18446744073709551615", "9223372036854775807", "99999999999999999999999999", "-1", "1e9", "0x10", "")
    numbers = b"".join(line(number, **{name: value}) for name in ("srcport", "dstport", "protocol", "packets",
                                                                  "bytes", "version")
                       for number, value in enumerate(most) if value)
    times = b"".join(line(number, start=value, end=other) for number, value in enumerate(most[:-1])
                     for other in (START, value, 0, START * 1000))
    addresses = b"".join(line(number, srcaddr=text, dstaddr=text) for number, text in enumerate(
        ("999.1.1.1", "10.0.0", "::ffff:10.0.0.1", "fe80::1%eth0", "::", "1" * 1000, "10.0.0.1/8", "[::1]")))
    return [
        Case("binary", noise, BAD),
        Case("binary that begins like a log", log(1) + noise, EITHER),
        Case("binary between records", around(noise.replace(b"\n", b"") + b"\n"), records=2 * COUNT, skipped=1),
        Case("NUL bytes between records", around(bytes(100_000) + b"\n"), records=2 * COUNT, skipped=1),
        Case("terminal escapes between records", around(b"\x1b[2J\x1b]0;x\x07\n"), records=2 * COUNT, skipped=1),
        Case("numbers out of range", around(numbers)),
        Case("sums out of range", log(packets=most[0], bytes=most[1]) * 5 + log(packets=most[1], bytes=most[0]) * 5),
        Case("times out of range", around(times)),
        Case("milliseconds", log(start=START * 1000, end=START * 1000 + 60000), EITHER),
        Case("all at the end of time", log(start=most[1], end=most[1]), EITHER),
        Case("no addresses", around(addresses)),
        Case("all damaged", log(start="yesterday"), EITHER),
    ]


def events(messages):
    """What `aws logs filter-log-events` prints."""
    return json.dumps({"events": [{"logStreamName": "eni-0123456789abcdef0-all", "timestamp": START * 1000,
                                   "message": message, "ingestionTime": START * 1000, "eventId": str(number)}
                                  for number, message in enumerate(messages)]}, indent=4).encode()


def envelopes():
    """JSON around the lines."""
    good = events(log().decode().splitlines())
    return [
        Case("events", good, records=COUNT, skipped=0, query=GOOD),
        Case("events cut in the middle", good[:len(good) // 2], says=True, query=GOOD),
        Case("events cut in the first message", good[:120], EITHER),
        Case("no events", b'{"events": []}', EITHER),
        Case("events of another kind", b'{"events": [1, null, {"message": 7}, {"message": null}, []]}', EITHER),
        Case("an event of 30 MB", events(["A" * LONG, *log().decode().splitlines()]), EITHER),
        Case("brackets, 100,000 deep", b"[" * 100_000, EITHER),
        Case("events, 100,000 deep", b'{"events":' * 100_000, EITHER),
        Case("JSON lines, deep", (b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"\n") * 10, EITHER),
    ]


def compressed():
    """gzip, whole and not."""
    packed = gzip.compress(HEADER + log(20_000))
    return [
        Case("gzip cut in the middle", packed[:len(packed) // 2], says=True, query=GOOD),
        Case("gzip cut in its header", packed[:8], BAD, BAD),
        Case("gzip members", gzip.compress(HEADER + log(100)) + gzip.compress(b"") + gzip.compress(log(100)),
             records=200, skipped=0, query=GOOD),
        Case("gzip member that ends within a line", gzip.compress(log()[:5000]) + gzip.compress(log()[5000:]),
             records=COUNT, skipped=0, query=GOOD),
        Case("gzip with garbage behind it", gzip.compress(log()) + b"garbage" * 100, query=GOOD),
        Case("gzip of nothing", gzip.compress(b""), BAD, BAD),
        Case("gzip within gzip", gzip.compress(gzip.compress(log())), EITHER),
        Case("300 MB of zeros in gzip", gzip.compress(bytes(300_000_000), 1), BAD),
        Case("a damaged byte in gzip", packed[:3000] + bytes([packed[3000] ^ 255]) + packed[3001:], EITHER),
    ]


def crowds():
    """Many different flows take memory with a bound."""
    fields = tuple(f"${{{name}}}" for name in (*DEFAULT, "tcp-flags"))
    flagged = b"".join(line(number, "ACCEPT")[:-1] + b" 2\n" for number in range(300_000))
    return [
        Case("400,000 sources refused", b"".join(
            line(number, srcaddr=f"{20 + (number >> 16)}.{number >> 8 & 255}.{number & 255}.7")
            for number in range(400_000)), query=GOOD),
        Case("300,000 requests without an answer", flagged, options=("--log-format", " ".join(fields)), query=GOOD),
        Case("one source, all ports", b"".join(line(7, dstport=port, srcport=65535) for port in range(65536)),
             query=GOOD),
        Case("all backwards", b"".join(line(number) for number in reversed(range(200_000))), query=GOOD),
    ]


class Hostile(Robustness):
    """Runs both commands; `query` is left out where the program does not have it."""

    def __init__(self, binary, directory):
        super().__init__(binary, directory)
        help_text = subprocess.run([binary, "query", "--help"], capture_output=True, check=False).stdout
        self.has_query = b"roadblock query" in help_text

    def expect(self, name, arguments, codes, stdout=None, quiet=False):
        """As for captures; what is said of an input has a bound whatever the input is."""
        outcome = super().expect(name, arguments, codes, stdout, quiet)
        if len(outcome.err) > MOST_ERRORS:
            self.fail(name, f"{len(outcome.err)} characters on standard error")
        if outcome.err.count("roadblock: error: ") > 1:
            self.fail(name, f"more than one error: {outcome.err[:200]}")
        return outcome

    def both(self, name, source, diagnose, query, options=()):
        """Run both commands on a source; returns how `diagnose` ended."""
        outcome = self.expect(f"diagnose: {name}", ["diagnose", source, *options, "-o", "json"], diagnose)
        for text in QUERIES if self.has_query else ():
            self.expect(f"query: {name}", ["query", text, source, *options, "-o", "json"], query)
        return outcome

    def judge(self, case):
        """One case, with what was read of it."""
        path = self.file(case.content)
        outcome = self.both(case.name, path, case.diagnose, case.query, case.options)
        path.unlink()
        if outcome.code != 0:
            return
        if case.says and not outcome.err:
            self.fail(case.name, "nothing said on standard error")
        try:
            inputs = json.loads(outcome.out)["inputs"]
        except (ValueError, LookupError) as trouble:
            self.fail(case.name, f"no answer: {trouble}")
            return
        for key, wanted in (("records", case.records), ("skipped", case.skipped)):
            found = sum(item[key] for item in inputs)
            if wanted is not None and found != wanted:
                self.fail(case.name, f"{found} {key} instead of {wanted}")


def directories(checks):
    """Directories with nothing in them, with other things, and one that contains itself."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        checks.both("empty directory", directory, BAD, BAD)
        (directory / "notes.txt").write_text("no log here\n", encoding="utf-8")
        (directory / "picture").write_bytes(bytes(range(256)) * 40)
        checks.both("directory without logs", directory, BAD, EITHER)
        (directory / "flows.log").write_bytes(log())
        (directory / "empty.log").write_bytes(b"")
        (directory / "again").symlink_to(directory)
        checks.both("directory with a log, other things and itself", directory, GOOD, EITHER)
        checks.both("missing file", directory / "missing.log", (66,), (66,))
        shutil.rmtree(directory / "again", ignore_errors=True)


def growing(checks):
    """A file that grows while it is read: what was there is read, and the run ends."""
    path = checks.file(log(50_000))
    stop = threading.Event()

    def grow():
        with open(path, "ab") as file:
            while not stop.is_set():
                file.write(log(500))
                file.flush()
                time.sleep(0.01)

    thread = threading.Thread(target=grow)
    thread.start()
    checks.both("file that grows", path, GOOD, GOOD)
    stop.set()
    thread.join()
    path.unlink()


def arguments(checks):
    """Formats and queries that are too much or no formats at all."""
    path = checks.file(log())
    for name, text, codes in (("empty", "", (64,)), ("never closed", "${version} ${srcaddr", (64,)),
                              ("without fields", "version srcaddr", (0, 64, 65)),
                              ("10,000 fields", "${version} " * 10_000, (0, 64, 65)),
                              ("of unknown fields", "${this} ${that}", (0, 64, 65))):
        checks.both(f"log format {name}", path, codes, codes, ("--log-format", text))
    if not checks.has_query:
        return
    nested = "filter " + "(" * 5000 + "dstPort = 1" + ")" * 5000
    for name, text in (("nested 5,000 deep", nested), ("of calls, 5,000 deep",
                                                       "fields " + "abs(" * 5000 + "bytes" + ")" * 5000),
                       ("of 50,000 fields", "fields " + ", ".join(f"f{number}" for number in range(WIDE))),
                       ("of 50,000 commands", " | ".join(["limit 5"] * WIDE)), ("of nothing", ""),
                       ("of 5 MB", "filter srcAddr = '" + "x" * 5_000_000 + "'")):
        file = checks.file(text.encode())
        checks.expect(f"query {name}", ["query", "-f", file, path], (0, 64))


def main():
    """Run all of it; exit code 1 when anything failed."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 64
    with tempfile.TemporaryDirectory() as directory:
        checks = Hostile(str(Path(sys.argv[1]).resolve()), Path(directory))
        for family in (whole_or_nothing, long_and_wide, strange_values, envelopes, compressed, crowds):
            for case in family():
                checks.judge(case)
        directories(checks)
        growing(checks)
        arguments(checks)
    if not checks.has_query:
        print("skipped: query, which this program does not have")
    return checks.end("hostile")


if __name__ == "__main__":
    sys.exit(main())
