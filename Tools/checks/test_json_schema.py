"""The schema of `roadblock diagnose` accepts a right answer and refuses each of many wrong ones."""

import copy
import json
import unittest
from pathlib import Path

from json_schema import Schema

try:
    import jsonschema
except ImportError:
    jsonschema = None

PATH = Path(__file__).parents[2] / "docs/schema/diagnosis.schema.json"
ANSWER = {
    "schema": "roadblock.diagnosis/1",
    "inputs": [{"source": "a.pcap", "kind": "capture", "records": 4, "skipped": 0, "start": "2026-01-02T03:04:05Z",
                "end": "2026-01-02T03:04:12.000250Z", "notes": []}],
    "summary": {"conversations": 1, "blocked": 1, "refused": 0, "undecided": 0, "noise": 0, "healthy": 0},
    "findings": [{
        "id": 1, "verdict": "dropped", "detail": "unanswered-syn", "confidence": "strong", "noise": False,
        "source": {"address": "10.0.0.1", "port": None, "name": None},
        "destination": {"address": "fd10::1", "port": 443, "name": "web.example"},
        "protocol": "tcp", "attempts": 4, "conversations": 1, "packets": 4, "bytes": 240,
        "firstSeen": "2026-01-02T03:04:05Z", "lastSeen": "2026-01-02T03:04:12.000250Z", "attemptsPerMinute": 34.3,
        "peakPerMinute": 4, "targets": {"hosts": 1, "ports": 1}, "where": "behind the capture point",
        "lostBetween": [0, None], "lostDirection": "request", "blockedBy": None, "nearMisses": [],
        "evidence": [{"input": 0, "frame": 1, "time": "2026-01-02T03:04:05Z", "what": "SYN", "weight": "strong"}],
        "explanation": "No answer.", "wouldChangeOurMind": "An answer.", "nextStep": "Ask.", "message": "Please."}]}

# A path into the answer and what to put there; `...` removes it.
WRONG = [
    (["schema"], "roadblock.diagnosis/2"),
    (["extra"], 1),
    (["summary"], ...),
    (["summary", "blocked"], True),
    (["summary", "healthy"], 0.5),
    (["inputs"], []),
    (["inputs", 0, "kind"], "text"),
    (["inputs", 0, "start"], "2026-01-02T03:04:05+00:00"),
    (["inputs", 0, "end"], "2026-01-02 03:04:05Z"),
    (["inputs", 0, "end"], "2026-01-02T03:04:05Z\n"),
    (["inputs", 0, "notes"], [None]),
    (["findings", 0, "id"], 0),
    (["findings", 0, "verdict"], "blocked"),
    (["findings", 0, "verdict"], "refused"),
    (["findings", 0, "detail"], "scan"),
    (["findings", 0, "detail"], None),
    (["findings", 0, "confidence"], "sure"),
    (["findings", 0, "noise"], 0),
    (["findings", 0, "source"], None),
    (["findings", 0, "source", "port"], 65536),
    (["findings", 0, "source", "address"], "host.example"),
    (["findings", 0, "destination", "name"], ...),
    (["findings", 0, "attempts"], -1),
    (["findings", 0, "attemptsPerMinute"], "1"),
    (["findings", 0, "firstSeen"], None),
    (["findings", 0, "targets", "networks"], 1),
    (["findings", 0, "lostBetween"], [0]),
    (["findings", 0, "lostBetween"], [0, 1, 2]),
    (["findings", 0, "lostBetween"], [0, -1]),
    (["findings", 0, "lostDirection"], "both"),
    (["findings", 0, "blockedBy"], {"component": "sg-1", "type": "security-group", "rule": "1"}),
    (["findings", 0, "evidence"], []),
    (["findings", 0, "evidence", 0, "frame"], 0),
    (["findings", 0, "evidence", 0, "weight"], "heavy"),
    (["findings", 0, "evidence", 0, "line"], 0),
    (["findings", 0, "explanation"], ""),
    (["findings", 0, "message"], None),
]
RIGHT = [
    (["findings"], []),
    (["inputs", 0, "start"], None),
    (["findings", 0, "lostBetween"], None),
    (["findings", 0, "lostDirection"], None),
    (["findings", 0, "source", "address"], None),
    (["findings", 0, "attemptsPerMinute"], 2),
    (["findings", 0, "blockedBy"], {"component": "sg-1", "type": "security-group", "rule": "1", "fix": "…"}),
]


def changed(path, value):
    """The answer with one place changed."""
    answer = copy.deepcopy(ANSWER)
    place = answer
    for part in path[:-1]:
        place = place[part]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return answer


class DiagnosisSchema(unittest.TestCase):
    def test_accepts_the_right_answers(self):
        for path, value in [([], None), *RIGHT]:
            with self.subTest(path=path, value=value):
                self.assertEqual(Schema.read(PATH).errors(changed(path, value) if path else ANSWER), [])

    def test_refuses_the_wrong_answers(self):
        for path, value in WRONG:
            with self.subTest(path=path, value=value):
                self.assertNotEqual(Schema.read(PATH).errors(changed(path, value)), [])

    def test_refuses_an_unknown_keyword(self):
        with self.assertRaises(ValueError):
            Schema({"uniqueItems": True}).errors([])

    @unittest.skipIf(jsonschema is None, "jsonschema is not installed")
    def test_agrees_with_jsonschema(self):
        document = json.loads(PATH.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(document)
        validator = jsonschema.Draft202012Validator(document)
        for path, value in WRONG + RIGHT:
            if not str(value).endswith("\n"):  # Python's `$` also matches before a last line break; ECMA's does not.
                with self.subTest(path=path, value=value):
                    answer = changed(path, value)
                    self.assertEqual(Schema(document).errors(answer) == [], validator.is_valid(answer))


if __name__ == "__main__":
    unittest.main()
