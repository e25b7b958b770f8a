#!/usr/bin/env python3
"""`roadblock tags` as its users run it: standard output and error, exit codes, formats, files of all kinds.

  tags.py ROADBLOCK DATA

DATA is the folder with the saved answers, Tests/Data/cloud.
"""

import csv
import gzip
import io
import json
import os
import pty
import subprocess
import sys
import tempfile
from pathlib import Path

from checks import Checks
from robustness import JPEG, MEGABYTES, SECONDS, run

NASTY = {"quote": "it's \"so\"", "accent": "'\u0301; echo broken '", "lines": "one\ntwo\r\n", "tab": "a\tb\\t",
         "shell": "$(echo no) `no` \\", "escape": "\x1b[31mred\x1b[0m \u009b31m", "blank": "  both sides ",
         "empty": "", "none": "None", "null": "\\N", "comma": "a,b|c", "wide": "größe 😀"}


class Tags(Checks):
    """Runs the command over saved answers."""

    def __init__(self, binary, data, directory):
        super().__init__(binary, directory)
        self.data = data

    def file(self, name, content):
        """A file with this content: bytes, text, or a value as JSON."""
        path = self.directory / name
        if not isinstance(content, bytes):
            content = (content if isinstance(content, str) else json.dumps(content)).encode()
        path.write_bytes(content)
        return path

    def tags(self, name, arguments, code=0, stdin=None, error="", warning="", megabytes=MEGABYTES):
        """Run; errors and warnings are on standard error, have one form, and are there only when they should be."""
        command = [self.binary, "tags", *map(str, arguments)]
        self.runs += 1
        if stdin is None:
            outcome = run(command)
            out, err, exit_code = outcome.out, outcome.err, outcome.code
            if outcome.seconds >= SECONDS:
                self.fail(name, f"still running after {SECONDS} s")
            if outcome.megabytes >= megabytes:
                self.fail(name, f"{outcome.megabytes:.0f} MB")
        else:
            done = subprocess.run(command, input=stdin, capture_output=True, timeout=SECONDS, check=False)
            out, err, exit_code = done.stdout, done.stderr.decode(), done.returncode
        if exit_code != code:
            self.fail(name, f"exit code {exit_code} instead of {code}: {err.strip()[:300]}")
        if (code != 0) != ("roadblock: error: " in err) or error not in err or warning not in err:
            self.fail(name, f"standard error is not as it should be: {err.strip()[:300]}")
        if code == 0 and not warning and err:
            self.fail(name, f"unexpected on standard error: {err.strip()[:300]}")
        if code not in (0, 3) and out:
            self.fail(name, "an error, yet something on standard output")
        return out.decode()


def formats(checks):
    """Each format says the same; those for programs can be read back."""
    tags = [{"Key": key, "Value": value} for key, value in NASTY.items()]
    path = checks.file("nasty.json", {"InstanceId": "i-1", "Tags": tags})
    pair = checks.file("pair.json", [{"InstanceId": "i-1", "Tags": tags}, {"InstanceId": "i-2"}])
    keys = [part for key in NASTY for part in ("--key", key)]
    for options in ([], keys):
        found = json.loads(checks.tags("json", ["--snapshot", path, "-o", "json", *options]))
        checks.same("json", found, {"i-1": NASTY})
        lines = checks.tags("ndjson", ["--snapshot", pair, "-o", "ndjson", *options]).splitlines()
        checks.same("ndjson", [json.loads(line) for line in lines],
                    [{"id": "i-1", "tags": NASTY}, {"id": "i-2", "tags": {}}])

    text = checks.tags("tsv", ["--snapshot", pair, "-o", "tsv", "--missing", "null", *keys])
    header, first, second = [line.split("\t") for line in text.split("\n")[:3]]
    marks = [("\\\\", "\0"), ("\\t", "\t"), ("\\n", "\n"), ("\\r", "\r"), ("\0", "\\")]
    cells = first[1:]
    for mark, plain in marks:
        cells = [cell.replace(mark, plain) for cell in cells]
    checks.same("tsv", [header, first[0], dict(zip(header[1:], cells))], [["id", *NASTY], "i-1", NASTY])
    checks.same("tsv null", second, ["i-2", *["\\N"] * len(NASTY)])
    text = checks.tags("tsv omit", ["--snapshot", pair, "-o", "tsv", "--key", "empty", "--key", "none"])
    checks.same("tsv omit", text, "id\tempty\tnone\ni-1\t\tNone\ni-2\t\t\n")

    text = checks.tags("csv", ["--snapshot", pair, "-o", "csv", *keys])
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    checks.same("csv", rows[0], {"id": "i-1", **NASTY})
    text = checks.tags("csv", ["--snapshot", pair, "-o", "csv", "--key", "empty"])
    checks.same("csv empty and missing", text, 'id,empty\ni-1,""\ni-2,\n')

    text = checks.tags("env", ["--snapshot", path, "-o", "env", *keys])
    for key, value in NASTY.items():
        script = f'{text}\nprintf %s "$TAG_{key.upper()}"'
        shell = subprocess.run(["sh", "-c", script], capture_output=True, check=False)
        checks.same(f"env {key}", shell.stdout.decode(), value)
    for key, value in NASTY.items():
        checks.same(f"value {key}", checks.tags("value", ["i-1", "--snapshot", path, "--key", key, "-o", "value"]),
                    value + "\n")

    table = checks.tags("table", ["--snapshot", pair, "--key", "escape", "--key", "empty", "--key", "blank"])
    checks.same("table", [line.rstrip() for line in table.splitlines()], [
        "INSTANCE  escape                            empty  blank",
        'i-1       \\u001b[31mred\\u001b[0m \\u009b31m  ""     "  both sides "',
        "i-2       -                                 -      -"])
    text = checks.tags("markdown", ["--snapshot", pair, "--key", "comma", "-o", "markdown"])
    checks.same("markdown", text, "| id | comma |\n| --- | --- |\n| i-1 | a,b\\|c |\n| i-2 | - |\n")
    for name in ("table", "value", "tsv", "csv", "env", "markdown"):
        reader, writer = pty.openpty()
        command = [checks.binary, "tags", "--snapshot", path, "--key", "escape", "-o", name]
        subprocess.run(command, stdout=writer, check=False)
        os.close(writer)
        shown = os.read(reader, 4096)
        os.close(reader)
        if b"\x1b" in shown or "\u009b".encode() in shown or b"red" not in shown:
            checks.fail(f"{name} on a terminal", repr(shown))


def answers(checks):
    """Who is found, and with which exit code."""
    saved = ["--snapshot", checks.data / "describe-instances.json"]

    def names(name, arguments, **expected):
        text = checks.tags(name, [*saved, "-o", "json", "--key", "Name", *arguments], **expected)
        return {key[-1]: tags.get("Name") for key, tags in json.loads(text).items()} if text else None

    everyone = {"1": "web-1", "2": "batch", "3": "batch", "4": None, "5": "old-web"}
    checks.same("all", names("all", []), everyone)
    ids = [f"i-{number:017x}" for number in range(1, 5)]
    checks.same("ids", names("ids", ids), {key: everyone[key] for key in "1234"})
    for word in ("10.20.1.11", "203.0.113.1", "eni-00000000000000001", "ip-10-20-1-11.eu-west-1.compute.internal",
                 "web-1", "name:web-*"):
        checks.same(word, names(word, [word]), {"1": "web-1"})
    checks.same("twice", names("twice", ["web-1", "10.20.1.11"]), {"1": "web-1"})
    found = names("ambiguous", ["batch"], warning="`batch` fits 2 instances")
    checks.same("ambiguous", found, {"2": "batch", "3": "batch"})
    checks.same("order", list(names("order", ["i-00000000000000004", "web-1"])), ["4", "1"])
    found = names("one of two", ["web-9", "web-1"], code=3, error="`web-9` is not in")
    checks.same("one of two", found, {"1": "web-1"})
    checks.same("none", names("none", ["i-0123456789abcdef0"], code=3, error="`i-0123456789abcdef0` is not in"), {})
    warning = "`NAME` fits the tags `Name` and `name`; `Name` was taken"
    checks.tags("case", [*saved, "batch", "--key", "NAME"], warning=warning)
    checks.tags("quiet", [*saved, "batch", "--key", "NAME", "-q"])

    both = [*saved, "web-1", "--key", "Name", "--key", "nobody"]
    text = checks.tags("omit", [*both, "-o", "ndjson"])
    checks.same("omit", text, '{"id":"i-00000000000000001","tags":{"Name":"web-1"}}\n')
    for missing, value in (("null", None), ("empty", "")):
        found = json.loads(checks.tags(missing, [*both, "-o", "json", "--missing", missing]))
        checks.same(missing, found, {"i-00000000000000001": {"Name": "web-1", "nobody": value}})
    checks.tags("fail", [*both, "--missing", "fail"], 4, error="i-00000000000000001 has no tag `nobody`")
    checks.tags("fail, and one that is not there", [*saved, "web-9", "web-1", "--key", "nobody", "--missing", "fail"], 4,
                error="has no tag `nobody`", warning="`web-9` is not in")
    checks.tags("fail, all there", [*saved, "web-1", "--key", "name", "--missing", "fail"])
    checks.tags("value, missing", [*saved, "web-1", "--key", "ownr", "-o", "value"], 4, error="did you mean `owner`?")
    checks.tags("exact", [*saved, "web-1", "--key", "OWNER", "--exact", "-o", "value"], 4)
    output = checks.directory / "never.csv"
    checks.tags("fail to a file", [*both, "--missing", "fail", "--output-file", output], 4)
    if output.exists():
        checks.fail("fail to a file", "the file is there")
    error = '{"error":{"code":"instance-not-found"'
    checks.same("error as JSON", checks.tags("error as JSON", [*saved, "nobody", "-o", "json"], 3, error=error), "{}\n")


def mistakes(checks):
    """Mistakes on the command line."""
    saved = ["--snapshot", checks.data / "describe-instances.json"]
    for name, arguments, error in [
            ("no snapshot", ["i-1"], "--snapshot instances.json"),
            ("a file for an instance", [saved[1]], f"--snapshot {saved[1]}"),
            ("empty key", [*saved, "--key", ""], "--key is empty"),
            ("long key", [*saved, "--key", "k" * 129], "--key is 129 characters long"),
            ("value without a key", [*saved, "web-1", "-o", "value"], "give --key once"),
            ("value with two keys", [*saved, "web-1", "-o", "value", "--key", "a", "--key", "b"], "give --key once"),
            ("value of two", [*saved, "a", "b", "-o", "value", "--key", "Name"], "name one"),
            ("value of an ambiguous one", [*saved, "batch", "-o", "value", "--key", "Name"], "these are 2"),
            ("env of all", [*saved, "-o", "env"], "these are 5"),
            ("same variable", [*saved, "web-1", "-o", "env", "--key", "a-b", "--key", "a.b"], "both the variable TAG"),
            ("same variable of all", [*saved, "i-00000000000000002", "-o", "env"], "both the variable TAG_NAME"),
            ("standard input twice", ["--snapshot", "-", "--snapshot", "-"], "only once"),
            ("unknown format", [*saved, "-o", "yaml"], "yaml"),
            ("unknown option", [*saved, "--keys", "a"], "did you mean")]:
        checks.tags(name, arguments, 64, error=error)
    checks.tags("missing file", ["--snapshot", checks.directory / "nothing.json"], 66, error="cannot open")
    checks.tags("directory", ["--snapshot", checks.directory], 66, error="is a directory")


def files(checks):
    """The same answer in every wrapping; clear errors for everything else."""
    text = (checks.data / "describe-tags.json").read_text(encoding="utf-8")
    wanted = "id,Name\ni-00000000000000001,web-1\n"
    arguments = ["i-00000000000000001", "--key", "Name", "-o", "csv", "--snapshot"]
    wrapped = {"plain": text.encode(), "UTF-8 with a mark": b"\xef\xbb\xbf" + text.encode(),
               "gzip": gzip.compress(text.encode()),
               "UTF-16 LE": b"\xff\xfe" + text.encode("utf-16-le"), "UTF-16 BE": b"\xfe\xff" + text.encode("utf-16-be"),
               "UTF-16 without a mark": text.encode("utf-16-le"),
               "UTF-16 in gzip": gzip.compress(text.encode("utf-16"))}
    for name, content in wrapped.items():
        checks.same(name, checks.tags(name, [*arguments, checks.file("wrapped", content)]), wanted)
        checks.same(name, checks.tags(f"{name}, standard input", [*arguments, "-"], stdin=content), wanted)
    tags = json.loads(text)["Tags"]
    lines = "".join(json.dumps(tag) + "\n" for tag in tags)
    checks.same("one in a line", checks.tags("one in a line", [*arguments, checks.file("lines", lines)]), wanted)
    halves = [option for half in (tags[:2], tags[2:]) for option in
              ("--snapshot", checks.file(f"half-{len(half)}", {"Tags": half}))]
    checks.same("two files", checks.tags("two files", [*arguments[:-1], *halves]), wanted)
    text = checks.tags("PowerShell", ["--snapshot", checks.data / "powershell.json", "--key", "name", "-o", "value"])
    checks.same("PowerShell", text, "jump host\n")
    bare = checks.file("bare", [{"Key": "Name", "Value": "web"}])
    text = checks.tags("bare tags", ["i-0abc", "--snapshot", bare, "--key", "Name", "-o", "json"],
                       warning="taken for those of i-0abc")
    checks.same("bare tags", json.loads(text), {"i-0abc": {"Name": "web"}})
    text = checks.tags("bare tags, no name", ["--snapshot", bare, "-o", "json"], warning="`unnamed`")
    checks.same("bare tags, no name", json.loads(text), {"unnamed": {"Name": "web"}})
    interfaces = checks.data / "describe-network-interfaces.json"
    text = checks.tags("interface", ["10.20.1.77", "--snapshot", interfaces, "--key", "Name", "-o", "value"])
    checks.same("interface", text, "front door\n")
    for empty in ('{"Reservations": []}', "[]", '{"Tags": []}'):
        text = checks.tags(f"nothing in {empty}", ["--snapshot", checks.file("none", empty), "-o", "json"],
                           warning="holds no instance")
        checks.same(f"nothing in {empty}", text, "{}\n")

    for name, content, error in [
            ("empty", b"", "is empty"), ("white space", b" \n", "nothing but white space"),
            ("JPEG", JPEG, "unknown bytes"),
            ("text", b"INSTANCES i-1", "--output json"), ("cut", wrapped["plain"][:500], "line 2"),
            ("cut gzip", wrapped["gzip"][:100], "ends early"), ("deep", b"[" * 1_000_000, "nested too deep"),
            ("deep objects", b'{"Tags":' * 1_000_000, "nested too deep"),
            ("deep inside", b'{"InstanceId":"i-1","x":' + b"[" * 1_000_000, "nested too deep"),
            ("other answer", b'{"SecurityGroups": []}', "`SecurityGroups`"),
            ("cut off by PowerShell", b'{"InstanceId":"i-1","Tags":["Amazon.EC2.Model.Tag"]}', "-Depth 6"),
            ("long object", b'{"InstanceId":"' + b"i" * (5 << 20) + b'"}', "longer than 4 MiB"),
            ("NUL", b'{"Tags": [\0]}', "not a value")]:
        checks.tags(name, ["--snapshot", checks.file("bad", content)], 65, error=error)


def sizes(checks):
    """Large files take time and memory in proportion; an unpacked one has a limit."""
    answer = json.loads((checks.data / "describe-instances.json").read_text(encoding="utf-8"))
    instance = json.dumps(answer["Reservations"][0], indent=4)
    path = checks.directory / "large.json"
    with path.open("w", encoding="utf-8") as file:
        file.write('{"Reservations": [')
        number = 0
        while file.tell() < 200 << 20:
            file.write(("," if number else "") + instance.replace("i-00000000000000001", f"i-{number:017x}"))
            number += 1
        file.write("]}")
    text = checks.tags("200 MB", ["--snapshot", path, "--key", "Name", "-o", "csv"], megabytes=450)
    checks.same("200 MB", text.count("web-1\n"), number)
    path.unlink()
    bomb = checks.file("bomb", gzip.compress(b" " * (600 << 20), 1))
    checks.tags("gzip beyond the limit", ["--snapshot", bomb], 65, error="is longer than 512 MiB", megabytes=1400)


def main():
    """Run all of it; exit code 1 when anything failed."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 64
    with tempfile.TemporaryDirectory() as directory:
        checks = Tags(os.path.abspath(sys.argv[1]), Path(sys.argv[2]), Path(directory))
        formats(checks)
        answers(checks)
        mistakes(checks)
        files(checks)
        sizes(checks)
    return checks.end("tags")


if __name__ == "__main__":
    sys.exit(main())
