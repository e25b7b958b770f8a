#!/usr/bin/env python3
"""Compare what `roadblock diagnose` says about flow logs with the truth about them.

  check.py ROADBLOCK DIR...              every directory below DIR that has a truth.json
  check.py ROADBLOCK TRUTH --logs DIR    one truth, its logs in DIR

One line for each expectation that does not hold; the last line counts. Exit code 1 when there are any.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

from citations import wrong_citations
from matching import belongs, check_entry, described
from ranking import wrong_order

SECONDS = 60
LIMIT = 100000
SHOWN = 5
# Something of the operator's own is blocked in every log.
BLOCKED_EXIT = 1


class Report:
    """Counts checks and prints those that failed, each under the name of its log."""

    def __init__(self):
        self.checks = self.failed = self.citations = 0
        self.label = ""

    def check(self, passed, text):
        """Count one check; `text` says what is wrong when it did not pass."""
        self.checks += 1
        if not passed:
            self.failed += 1
            print(f"{self.label}: {text}")

    def check_none(self, reasons):
        """Count one check that nothing is wrong; prints the first reasons."""
        reasons = list(reasons)
        more = f"; {len(reasons) - SHOWN} more" if len(reasons) > SHOWN else ""
        self.check(not reasons, "; ".join(reasons[:SHOWN]) + more)


def diagnose(binary, arguments, directory, content=None):
    """Run the program; returns its answer, or the reason why there is none."""
    command = [binary, "diagnose", *arguments, "--limit", str(LIMIT), "--exit-code", "-o", "json"]
    try:
        done = subprocess.run(command, cwd=directory, input=content or b"", capture_output=True, check=False,
                              timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return None, f"still running after {SECONDS} s"
    if done.returncode != BLOCKED_EXIT:
        errors = done.stderr.decode("utf-8", "replace").strip()
        return None, f"exit code {done.returncode} instead of {BLOCKED_EXIT}: {errors[:300]}"
    try:
        return json.loads(done.stdout), None
    except ValueError as error:
        return None, f"not JSON: {error}"


def check_findings(report, truth, findings):
    """Exactly what is to be found, and nothing else but noise that is called so."""
    left = list(findings)
    for entry in truth["findings"]:
        found = [finding for finding in left if belongs(finding, entry)]
        left = [finding for finding in left if finding not in found]
        check_entry(report, entry, found, truth["twice"])
    groups = {address: group for group in truth["noise"] for address in group["addresses"]}
    loud, others = {}, []
    for finding in left:
        sides = finding["source"]["address"], finding["destination"]["address"]
        group = next((groups[side] for side in sides if side in groups), None)
        if group is None:
            others.append(finding)
        elif group["noise"] and not finding["noise"]:
            loud.setdefault(group["scenario"], []).append(described(finding))
    for group in truth["noise"]:
        report.check_none(f"{group['scenario']}: noise, yet {text}" for text in loud.get(group["scenario"], ()))
    # Noise may be folded into one finding without a source.
    others = [finding for finding in others if not (finding["noise"] and finding["source"]["address"] is None)]
    services = {(address, port, protocol) for address, port, protocol in truth["healthy"]}
    report.check_none(f"nothing is wrong here, yet {described(finding)}" for finding in others
                      if is_service(finding, services))
    report.check_none(f"nobody made this: {described(finding)}" for finding in others
                      if not is_service(finding, services))


def is_service(finding, services):
    """Whether a finding is about a healthy service."""
    destination = finding["destination"]
    return (destination["address"], destination["port"], finding["protocol"]) in services


def check_inputs(report, truth, answer):
    """What was read and what was skipped, over all inputs, and what has to be said about them."""
    counts, inputs = truth["counts"], answer["inputs"]
    records = sum(item["records"] for item in inputs)
    report.check(counts["flows"] <= records <= counts["flows"] + counts["empty"],
                 f"{records} records, expected {counts['flows']}, or {counts['empty']} more with NODATA and SKIPDATA")
    skipped = sum(item["skipped"] for item in inputs)
    report.check(skipped == counts["damaged"], f"{skipped} skipped, expected {counts['damaged']}")
    notes = [note for item in inputs for note in item["notes"]]
    for pattern in truth["notes"]:
        report.check(any(re.search(pattern, note) for note in notes), f"no note like {pattern}: {notes[:SHOWN]}")
    for key, limits in truth["summary"].items():
        value = answer["summary"][key]
        report.check(limits[0] <= value and (limits[1] is None or value <= limits[1]),
                     f"summary has {key} {value}, expected {limits}")


def check_log(report, binary, truth, directory):
    """One log in all respects."""
    answer, trouble = diagnose(binary, [*truth["sources"], *truth["options"]], directory)
    report.check(answer is not None, trouble)
    if answer is None:
        return
    check_inputs(report, truth, answer)
    check_findings(report, truth, answer["findings"])
    report.check_none(wrong_order(answer["findings"]))
    wrong, checked = wrong_citations(answer, directory)
    report.check_none(wrong)
    report.citations += checked
    files = [path for source in truth["sources"] for path in Path(directory, source).rglob("*") if path.is_file()]
    if len(files) == 1:
        again, trouble = diagnose(binary, ["-", *truth["options"]], directory, files[0].read_bytes())
        report.check(again is not None and again["findings"] == answer["findings"],
                     f"from standard input: {trouble or 'other findings than from the file'}")
    if "named" in truth:
        check_names(report, binary, truth, directory)


def check_names(report, binary, truth, directory):
    """With owners and a snapshot at hand, addresses have names."""
    answer, trouble = diagnose(binary, [*truth["sources"], *truth["options"], *truth["named"]["options"]], directory)
    report.check(answer is not None, trouble)
    for finding in answer["findings"] if answer else ():
        for side in ("source", "destination"):
            wanted = truth["named"]["names"].get(finding[side]["address"])
            if wanted:
                report.check(finding[side]["name"] == wanted,
                             f"{finding[side]['address']} is called {finding[side]['name']}, expected {wanted}")


def main():
    """Check every log and count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", metavar="ROADBLOCK", type=Path)
    parser.add_argument("places", metavar="DIR|TRUTH", type=Path, nargs="+")
    parser.add_argument("--logs", type=Path, help="where the logs of TRUTH are")
    options = parser.parse_args()
    truths = [path for place in options.places
              for path in (sorted(place.rglob("truth.json")) if place.is_dir() else [place])]
    report = Report()
    for path in truths:
        truth = json.loads(path.read_text(encoding="utf-8"))
        report.label = f"{truth['seed']}/{truth['variant']}"
        check_log(report, str(options.binary.resolve()), truth, options.logs or path.parent)
    print(f"flowlogs: {len(truths)} logs, {report.checks} checks, {report.citations} citations, "
          f"{report.failed} failed")
    return 1 if report.failed or not truths else 0


if __name__ == "__main__":
    sys.exit(main())
