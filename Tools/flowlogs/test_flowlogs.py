"""Tests of the flow-log maker and its checker: the truth is in the logs, and a wrong answer does not pass."""

import contextlib
import copy
import gzip
import io
import json
import random
import tempfile
import unittest
from collections import defaultdict
from pathlib import Path

import check
import make_flow_logs
from expectations import rfc3339

NUMBERS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmp"}
SEED = 3


def made(name, directory):
    """Write one variant of the day; returns its truth."""
    day = make_flow_logs.make_day(SEED)
    variant = next(variant for variant in make_flow_logs.variants(random.Random(1)) if variant.name == name)
    make_flow_logs.write(day, variant, SEED, Path(directory))
    return json.loads(Path(directory, "truth.json").read_text(encoding="utf-8"))


def rows(directory):
    """Every readable record as a dictionary, from files with header lines."""
    for path in Path(directory).rglob("*.log*"):
        content = path.read_bytes()
        text = gzip.decompress(content) if path.suffix == ".gz" else content
        header, *lines = text.decode().splitlines()
        for line in lines:
            yield dict(zip(header.split(), line.split(), strict=True))


def finding_of(entry, number):
    """The finding that the truth wants."""
    return {"id": number, "verdict": entry["verdicts"][0], "noise": bool(entry["noise"]),
            "source": {"address": entry["source"], "port": None, "name": None},
            "destination": {"address": entry["destination"], "port": entry["port"], "name": None},
            "protocol": entry["protocol"], "attempts": entry["attempts"][0],
            "firstSeen": entry["firstSeen"][0], "lastSeen": entry["lastSeen"][0],
            "confidence": entry.get("confidence", ["strong"])[0], "evidence": [],
            "targets": {"hosts": entry.get("hosts", [1])[0], "ports": entry.get("ports", [1])[0]},
            "attemptsPerMinute": entry.get("attemptsPerMinute", [1])[0],
            "peakPerMinute": entry.get("peakPerMinute", [1])[0],
            "explanation": " ".join(word.replace("\\b", "") for word in entry["words"]), "message": ""}


def ideal(truth):
    """The findings that an answer without fault has."""
    entries = [entry for entry in truth["findings"] if entry["verdicts"][0] is not None]
    return [finding_of(entry, number) for number, entry in enumerate(entries, 1)]


def failures(truth, findings):
    """What the checker says about these findings."""
    report = check.Report()
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        check.check_findings(report, truth, findings)
    return printed.getvalue().splitlines()


class TruthTests(unittest.TestCase):
    """What the truth says is what a plain reader counts."""

    def test_rejections_are_counted(self):
        with tempfile.TemporaryDirectory() as directory:
            truth = made("default", directory)
            starts = defaultdict(list)
            for row in rows(Path(directory, "logs")):
                if row["action"] == "REJECT":
                    key = (row["srcaddr"], row["dstaddr"], int(row["dstport"]) or None, NUMBERS[row["protocol"]])
                    starts[key].append(int(row["start"]))
        noise = {address for group in truth["noise"] for address in group["addresses"]}
        scanners = {entry["source"] for entry in truth["findings"] if "hosts" in entry}
        entries = {(entry["source"], entry["destination"], entry["port"], entry["protocol"]): entry
                   for entry in truth["findings"]}
        compared = 0
        for key, times in starts.items():
            source, destination, _, protocol = key
            if key in entries and entries[key]["verdicts"] == ["rejected"]:
                compared += 1
                entry = entries[key]
                self.assertEqual([len(times)] * 2, entry["attempts"], key)
                self.assertEqual([rfc3339(min(times))], entry["firstSeen"])
                self.assertEqual([rfc3339(max(times))], entry["lastSeen"])
            elif not noise & {source, destination} and source not in scanners:
                self.assertTrue(any(pair[0] == destination and pair[1] == source and pair[3] == protocol
                                    or pair == key for pair in entries), key)
        self.assertGreaterEqual(compared, 10)

    def test_unanswered_requests_are_known(self):
        with tempfile.TemporaryDirectory() as directory:
            truth = made("version5-two", directory)
            asked, answered = {}, set()
            for row in rows(directory):
                if row["action"] != "ACCEPT" or row["protocol"] != "6":
                    continue
                sides = (row["srcaddr"], row["srcport"]), (row["dstaddr"], row["dstport"])
                flags = int(row["tcp-flags"])
                if flags & 18 == 18:
                    answered.add(sides[::-1])
                elif flags & 2:
                    asked[sides] = row
        known = {(entry["source"], entry["destination"]) for entry in truth["findings"]}
        scanners = {entry["source"] for entry in truth["findings"] if "hosts" in entry}
        noise = {address for group in truth["noise"] for address in group["addresses"]}
        unknown = [sides for sides in asked if sides not in answered
                   and (sides[0][0], sides[1][0]) not in known and sides[0][0] not in scanners | noise]
        self.assertLessEqual(len(unknown), 1, unknown)


class CheckerTests(unittest.TestCase):
    """Answers without fault pass, others do not."""

    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as directory:
            cls.truth = made("version5", directory)

    def test_the_ideal_answer_passes(self):
        self.assertEqual([], failures(self.truth, ideal(self.truth)))

    def test_every_fault_is_seen(self):
        faults = {"verdict": "refused", "noise": True, "attempts": 0, "firstSeen": "2020-01-01T00:00:00Z",
                  "lastSeen": "2020-01-01T00:00:00Z", "explanation": "nothing"}
        for key, value in faults.items():
            answer = ideal(self.truth)
            answer[0][key] = value
            self.assertEqual(1, len(failures(self.truth, answer)), key)

    def test_what_is_missing_or_too_much_is_seen(self):
        answer = ideal(self.truth)
        self.assertEqual(1, len(failures(self.truth, answer[1:])))
        extra = copy.deepcopy(answer[0])
        extra["source"]["address"] = "10.0.255.254"
        self.assertEqual(1, len(failures(self.truth, [*answer, extra])))
        self.assertEqual(1, len(failures(self.truth, [*answer, answer[0]])))

    def test_noise_has_to_be_called_noise(self):
        stray = copy.deepcopy(ideal(self.truth)[0])
        stray["source"]["address"] = self.truth["noise"][0]["addresses"][0]
        self.assertEqual(1, len(failures(self.truth, [*ideal(self.truth), stray])))
        stray["noise"] = True
        self.assertEqual([], failures(self.truth, [*ideal(self.truth), stray]))


if __name__ == "__main__":
    unittest.main()
