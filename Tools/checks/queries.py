#!/usr/bin/env python3
"""`roadblock query` as its users run it: sources of all kinds, what is left out, help, statistics, exit codes.

  queries.py ROADBLOCK SAMPLE

SAMPLE is a plain pcap file.
"""

import gzip
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from checks import Checks

SECONDS = 60
NOBODY = 65534
LINES = '{"n": 1, "level": "a"}\n{"n": 2, "level": "b"}\n'
COUNT = "stats count(*) as n"


class Queries(Checks):
    """Runs queries."""

    def run(self, name, arguments, code=0, shell=None, **options):
        """Run the program, or a line of bash in which it is $RB; the texts of standard output and error."""
        command = [self.binary, *map(str, arguments)] if shell is None else ["bash", "-c", shell]
        self.runs += 1
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False, cwd=self.directory,
                                  env=os.environ | {"RB": self.binary}, **options)
        except subprocess.TimeoutExpired:
            self.fail(name, f"still running after {SECONDS} s")
            return "", ""
        error = done.stderr.decode()
        if done.returncode != code:
            self.fail(name, f"exit code {done.returncode} instead of {code}: {error.strip()[:300]}")
        return done.stdout.decode(), error

    def count(self, name, arguments, wanted, warnings=(), **options):
        """Count rows; standard error says just these things, a line each."""
        out, error = self.run(name, ["query", COUNT, *arguments, "-o", "csv"], **options)
        self.same(name, out, f"n\n{wanted}\n")
        self.same(f"{name}, standard error", error.splitlines(), [f"roadblock: {line}" for line in warnings])

    def folder(self, name, files):
        """A folder with files of these contents."""
        folder = self.directory / name
        folder.mkdir()
        for path, content in files.items():
            (folder / path).write_bytes(content if isinstance(content, bytes) else content.encode())
        return name


def directories(checks, sample):
    """What is left out of a directory is named."""
    one = checks.folder("logs", {
        "a.json": LINES, "b.log": "text\n", "cut.json.gz": gzip.compress(LINES.encode())[:12], "empty.log": "",
        "notes.md": "notes\n" + LINES + "and more\n", "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 40,
    })
    out, error = checks.run("left out", ["query", COUNT, one, "-o", "csv"])
    checks.same("left out", out, "n\n3\n")
    for part in ("cut.json.gz holds no whole line", "empty.log is empty", "notes.md is text that is not named",
                 "picture.png is not a log"):
        line = [text for text in error.splitlines() if f"roadblock: {one}/{part}" in text and "left out" in text]
        checks.same(f"left out, {part}", len(line), 1)
    checks.same("left out, lines", len(error.splitlines()), 4)
    checks.count("quiet", [one, "-q"], 3)
    many = checks.folder("many", {"a.json": LINES} | {f"{number}.md": "text\n" for number in range(8)})
    _, error = checks.run("many left out", ["query", COUNT, many])
    checks.same("many left out", error.splitlines()[-1:], ["roadblock: many: 3 more files are left out"])
    checks.same("many left out, lines", len(error.splitlines()), 6)
    captures = checks.folder("captures", {"a.pcap": sample.read_bytes(), "empty.pcap": b""})
    for command in (["diagnose"], ["packets", "-c", "1"], ["conversations"], ["query", COUNT]):
        _, error = checks.run(command[0], [*command, captures])
        checks.same(f"{command[0]} of a directory", "captures/empty.pcap is empty: it is left out" in error, True)

    unreadable(checks, sample)


def unreadable(checks, sample):
    """Files that may not be read; root reads all, so another user is asked."""
    user = {"user": NOBODY} if os.geteuid() == 0 else {}
    checks.directory.chmod(0o755)
    if subprocess.run([checks.binary, "--version"], capture_output=True, check=False, **user).returncode:
        print("skipped: files that may not be read (the program may not be run as another user)")
        return
    folder = checks.folder("secret", {"a.json": LINES, "b.json": LINES})
    closed = checks.folder("closed", {"b.json": LINES})
    inner = checks.directory / folder / "inner"
    inner.mkdir(mode=0)
    for path in (f"{folder}/b.json", f"{closed}/b.json"):
        (checks.directory / path).chmod(0)
    why = "Permission denied: it is left out"
    wanted = [f"cannot open {folder}/inner: {why}", f"cannot open {folder}/b.json: {why}"]
    checks.count("unreadable", [folder], 2, wanted, **user)
    for source in (closed, f"{folder}/*.json"):
        _, error = checks.run("nothing readable", ["query", COUNT, source], 66, **user)
        checks.same("nothing readable", "Permission denied" in error, True)
    captures = checks.folder("shut", {"a.pcap": sample.read_bytes(), "b.pcap": sample.read_bytes()})
    (checks.directory / captures / "b.pcap").chmod(0)
    for command in (["diagnose"], ["packets", "-c", "1"], ["conversations"], ["query", COUNT]):
        _, error = checks.run(f"unreadable, {command[0]}", [*command, captures], **user)
        checks.same(f"unreadable, {command[0]}", f"cannot open {captures}/b.pcap: {why}" in error, True)
    inner.chmod(0o755)


def streams(checks, sample):
    """Pipes and FIFOs are read like standard input."""
    (checks.directory / "x.gz").write_bytes(gzip.compress(LINES.encode()))
    (checks.directory / "x.json").write_text(LINES, encoding="utf-8")
    (checks.directory / "x.pcap").write_bytes(sample.read_bytes())
    query = f'"$RB" query "{COUNT}" -o csv'
    for name, line in {
        "process substitution": f"{query} <(zcat x.gz)", "compressed": f"{query} <(cat x.gz)",
        "named format": f"{query} --format json <(cat x.json)", "/dev/stdin": f"cat x.json | {query} /dev/stdin",
        "redirected": f"{query} - < x.json", "FIFO": f"mkfifo f; cat x.json > f & {query} f",
    }.items():
        checks.same(name, checks.run(name, [], shell=line), ("n\n2\n", ""))
    for name, line in {"two": f"{query} <(cat x.json) <(zcat x.gz)", "beside": f"{query} x.json <(zcat x.gz)"}.items():
        checks.same(name, checks.run(name, [], shell=line), ("n\n4\n", ""))
    checks.same("empty pipe", "is empty" in checks.run("empty pipe", [], 65, f"{query} <(true)")[1], True)
    for command in ("diagnose -o csv", f"query '{COUNT}'", "conversations", "packets -c 5"):
        wanted = checks.run(command, [], shell=f'"$RB" {command} x.pcap')[0]
        found = checks.run(command, [], shell=f'"$RB" {command} <(cat x.pcap)')[0]
        checks.same(command, found.replace("/dev/fd/63", "x.pcap"), wanted)
    line = '"$RB" query "stats count(*) | estimate" <(cat x.json) -o csv'
    checks.same("estimate", checks.run("estimate", [], shell=line)[0].splitlines()[1:], ["0,1"])


def twice(checks):
    """A file is read once, however often it is named."""
    folder = checks.folder("twice", {"a.json": LINES, "b.json": LINES})
    path = f"{folder}/a.json"
    checks.count("named twice", [path, path], 2, [f"{path} is named twice: it is read once"])
    checks.count("beside its directory", [folder, path], 4, [f"{path} is named twice: it is read once"])
    os.symlink("a.json", checks.directory / folder / "c.json")
    checks.count("linked", [folder], 4, [f"{path} and {folder}/c.json are the same file: it is read once"])
    groups = ["--log-group", f"one={path}", "--log-group", f"two={path}"]
    out, _ = checks.run("two groups", ["query", f"SOURCE logGroups() | {COUNT} by @log", *groups, "-o", "csv"])
    checks.same("two groups", out, "@log,n\none,2\ntwo,2\n")


def saying(checks):
    """What is said beside the rows: statistics, damage, times that are missing."""
    (checks.directory / "flow.log").write_text(
        "2 123456789010 eni-0a1b2c3d 10.0.1.5 10.0.2.9 49152 5432 6 12 4200 1764000000 1764000060 ACCEPT OK\n"
        "2 123456789010 eni-0a1b2c3d broken\n", encoding="utf-8")
    _, error = checks.run("damage", ["query", COUNT, "flow.log"])
    checks.same("damage", "could not be read" in error and "1 lines" not in error, True)
    _, error = checks.run("statistics", ["query", COUNT, "flow.log", "--stats", "-q"])
    for part in ("1 records matched", "1 records scanned", "bytes scanned", "1 files read", "0 files skipped", " s; ",
                 "CloudWatch would charge $0.000000"):
        checks.same(f"statistics, {part}", part in error, True)
    (checks.directory / "plain.log").write_text("one\ntwo\n", encoding="utf-8")
    checks.count("no time", ["plain.log", "--start", "2030-01-01"], 0,
                 ["all 2 rows have no @timestamp: the time range leaves such rows out"])
    _, error = checks.run("bins", ["query", f"{COUNT} by bin(5m)", "plain.log"])
    checks.same("bins", error, "roadblock: all 2 rows have no @timestamp: `bin` puts such rows into a group of their own\n")


def helping(checks):
    """The help on the language, whose examples run."""
    out, _ = checks.run("estimate", ["query", "--help-language", "estimate"])
    checks.same("estimate", "@estimatedBytesScanned" in out and "srcAddr" not in out, True)
    for arguments in (["--help-language"], ["--list-formats"], ["--explain", COUNT, "x.json"]):
        out, error = checks.run(arguments[0], ["query", *arguments, "-o", "json"], 64)
        checks.same(arguments[0], (out, error[-200:].count("\"error\"")), ("", 1))
        checks.run(arguments[0], ["query", *arguments])


def dashes(checks):
    """What begins like an option and a blank: the query, which says what is wrong with it, and nothing else."""
    (checks.directory / "dash.json").write_text(LINES, encoding="utf-8")
    (checks.directory / "- a.json").write_text(LINES, encoding="utf-8")
    for arguments in (["-- all\nstats count(*)", "dash.json"], ["-o", "csv", "-- all", "dash.json"],
                      ["--stats", "- all", "dash.json"]):
        _, error = checks.run("a query", ["query", *arguments], 64)
        checks.same("a query", "expected a command" in error, True)
    for arguments in (["- a.json"], ["dash.json", "--output-file", "- out"], ["-- all", "dash.json", "--bogus"]):
        _, error = checks.run("no query", ["query", COUNT, *arguments], 64)
        checks.same("no query", ("\0" in error, "option" in error or "value" in error), (False, True))
    for arguments in (["./- a.json"], ["--", "- a.json"]):
        out, _ = checks.run("a file", ["query", "-o", "csv", COUNT, *arguments])
        checks.same("a file", out, "n\n2\n")


def tables(checks):
    """Long rows side by side take no longer than as CSV, but for what it takes to measure them."""
    rows = 20000
    message = "abc defgh " * 240
    with (checks.directory / "long.log").open("w", encoding="utf-8") as file:
        for number in range(rows):
            file.write(f"{number} {message}\n")
        file.write("größe\u0301 😀\n")
    seconds = {}
    for form in ("csv", "table"):
        began = time.monotonic()
        out, _ = checks.run(form, ["query", f"fields 'x' as a, @message as b | limit {rows + 1}", "long.log", "-o", form])
        seconds[form] = time.monotonic() - began
        checks.same(f"{form}, lines", out.count("\n"), rows + 2)
        checks.same(f"{form}, text", out.count(message.strip()), rows)
    if seconds["table"] > seconds["csv"] * 2 + 0.5:
        checks.fail("table", f"{seconds['table']:.1f} s, as CSV {seconds['csv']:.1f} s")
    out, _ = checks.run("aligned", ["query", "fields b, a | sort a asc", "-", "-q"],
                        input='{"a": 7, "b": "größe\u0301 😀"}\n{"a": 10, "b": "c"}\n'.encode())
    checks.same("aligned", out, "b         a\ngröße\u0301 😀   7\nc        10\n")


def main():
    """Run all of it; exit code 1 when anything failed."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 64
    with tempfile.TemporaryDirectory() as directory:
        checks = Queries(os.path.abspath(sys.argv[1]), Path(directory))
        sample = Path(sys.argv[2]).resolve()
        directories(checks, sample)
        streams(checks, sample)
        twice(checks)
        saying(checks)
        helping(checks)
        dashes(checks)
        tables(checks)
    return checks.end("queries")


if __name__ == "__main__":
    sys.exit(main())
