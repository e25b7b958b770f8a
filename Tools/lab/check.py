#!/usr/bin/env python3
"""Compare what `roadblock diagnose` says about the lab's captures with the truth about them.

  check.py ROADBLOCK LABDIR [--details]

Each capture is judged as recorded, with every packet duplicated (same verdicts), and with either direction
removed (nothing may be called blocked); with --both, both captures are judged in one run as well, in either order, with
copies, wrong clocks, as rings of files, and with one point of which a direction is missing. One line for each mismatch; the
last line counts.
"""

import argparse
import ipaddress
import json
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import mutate

BLOCKED = {"dropped", "refused", "prohibited", "unreachable", "return-blocked", "reset", "stalled",
           "rejected"}
POINTS = ("client", "server")
SAME_PROTOCOL = {"icmpv6": "icmp", "ipv6-icmp": "icmp"}


class Report:
    """Counts checks and prints those that failed."""

    def __init__(self):
        self.checks = self.failed = 0

    def check(self, passed, text):
        """Count one check; `text` says what is wrong when it did not pass."""
        self.checks += 1
        if not passed:
            self.failed += 1
            print(text)


def key_of(source, destination, port, protocol):
    """What one finding is about; ICMP has no ports, whatever a finding puts there."""
    protocol = SAME_PROTOCOL.get(protocol.lower(), protocol.lower())
    return (str(ipaddress.ip_address(source)), str(ipaddress.ip_address(destination)),
            None if protocol == "icmp" else port, protocol)


def described(key):
    """A key as people read it."""
    source, destination, port, protocol = key
    return f"{protocol} {source} > {destination}" + ("" if port is None else f" port {port}")


def findings_by_key(answer):
    """Findings grouped by what they are about; those without addresses are grouped under None."""
    groups = {}
    for finding in answer["findings"]:
        source, destination = finding["source"], finding["destination"]
        if source["address"] is None or destination["address"] is None:
            key = None
        else:
            key = key_of(source["address"], destination["address"], destination["port"], finding["protocol"])
        groups.setdefault(key, []).append(finding)
    return groups


def diagnose(binary, *captures):
    """Run the program; returns its answer, or the reason why there is none."""
    done = subprocess.run([binary, "diagnose", *map(str, captures), "-o", "json"], capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        return None, f"exit code {done.returncode}: {done.stderr.strip()}"
    try:
        return json.loads(done.stdout), None
    except json.JSONDecodeError as error:
        return None, f"not JSON: {error}"


def verdicts_of(findings):
    """Verdicts with their details, for messages."""
    return ", ".join(f"{finding['verdict']} ({finding['detail']})" for finding in findings) or "nothing"


def compare(report, label, answer, truth, point, with_details, places=None):
    """Exactly the expected findings, no others; `places` gives the capture point of each input."""
    groups = findings_by_key(answer)
    for key, (scenario, expected, lost) in expectations(truth, point).items():
        found = groups.pop(key, [])
        where = f"{label}: {scenario}: {described(key)}"
        if expected is None:
            report.check(not found, f"{where}: expected nothing, found {verdicts_of(found)}")
            continue
        allowed = expected["verdict"] if isinstance(expected["verdict"], list) else [expected["verdict"]]
        right = (len(found) == 1 and found[0]["verdict"] in allowed) or (not found and None in allowed)
        wanted = " or ".join(verdict or "nothing" for verdict in allowed)
        report.check(right, f"{where}: expected {wanted}, found {verdicts_of(found)}")
        if with_details and right and found:
            details = " or ".join(expected["details"])
            report.check(found[0]["detail"] in expected["details"],
                         f"{where}: expected detail {details}, found {verdicts_of(found)}")
        if lost is not None and right and found:
            between = placed(found[0]["lostBetween"], places)
            report.check(between == lost, f"{where}: expected lostBetween {lost}, found {between}")
            direction = found[0]["lostDirection"]
            right_direction = "reply" if lost == [1, 0] else "request"
            report.check(direction == right_direction, f"{where}: expected {right_direction}, found {direction}")
    extra = [finding for group in groups.values() for finding in group]
    report.check(not extra, f"{label}: findings about nothing in the lab: "
                            + "; ".join(f"{finding['source']} {finding['destination']} {finding['verdict']}"
                                        for finding in extra))


def placed(between, places):
    """`lostBetween` with the capture point in the place of each input."""
    if between is None or places is None:
        return between
    return [None if index is None else places[index] for index in between]


def expectations(truth, point):
    """Scenario, expectation and place of the loss for each key; repetitions of a connection share theirs.

    The place of the loss (`lostBetween`) is known only from both captures together, None where any is right.
    """
    return {key_of(entry["source"], entry["destination"], entry["port"], entry["protocol"]):
            (entry["scenario"], entry["expect"][point], entry.get("lostBetween") if point == "both" else None)
            for entry in truth["connections"]}


def compare_one_sided(report, label, answer, truth, point):
    """Nothing is called blocked when only one direction was recorded."""
    groups = findings_by_key(answer)
    for key, (scenario, *_) in expectations(truth, point).items():
        wrong = [finding for finding in groups.pop(key, []) if finding["verdict"] in BLOCKED]
        where = f"{label}: {scenario}: {described(key)}"
        report.check(not wrong, f"{where}: one direction, yet {verdicts_of(wrong)}")
    extra = [finding for group in groups.values() for finding in group if finding["verdict"] in BLOCKED]
    report.check(not extra, f"{label}: one direction, yet other findings: {verdicts_of(extra)}")


def variants(capture, client, directory):
    """The capture and its changed copies: name, path, whether both directions are in it."""
    yield "as recorded", capture, True
    changes = {"duplicated": (mutate.duplicate, True),
               "only from the client": (lambda packets: mutate.only_from("client", packets, client), False),
               "only from the server": (lambda packets: mutate.only_from("server", packets, client), False)}
    for name, (change, complete) in changes.items():
        path = Path(directory, f"{capture.stem}-{name.replace(' ', '-')}.pcap")
        mutate.mutate(capture, path, change)
        yield name, path, complete


def main():
    """Run every check and count."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", metavar="ROADBLOCK")
    parser.add_argument("directory", metavar="LABDIR", type=Path)
    parser.add_argument("--details", action="store_true", help="compare the details of the verdicts as well")
    parser.add_argument("--both", action="store_true", help="judge both captures in one run as well")
    options = parser.parse_args()
    truth = json.loads((options.directory / "truth.json").read_text(encoding="utf-8"))
    report = Report()
    if not truth["translator"]:
        check_points(report, options, truth)
    if options.both:
        check_both(report, options, truth)
    print(f"{report.checks} checks, {report.failed} failed")
    return 1 if report.failed else 0


def check_both(report, options, truth):
    """Both captures in one run: still one finding for each, and the place where packets were lost."""
    with tempfile.TemporaryDirectory() as directory:
        for name, paths, places in both_variants(options.directory, Path(directory)):
            label = f"both captures, {name}"
            answer, trouble = diagnose(options.binary, *paths)
            report.check(answer is not None, f"{label}: {trouble}")
            if answer is not None:
                compare(report, label, answer, truth, "both", options.details, places)
        for name, paths in halves(options.directory, truth, Path(directory)):
            label = f"both captures, {name}"
            answer, trouble = diagnose(options.binary, *paths)
            report.check(answer is not None, f"{label}: {trouble}")
            if answer is not None:
                compare_half(report, label, answer, truth)


def both_variants(recorded, directory):
    """Ways to hand over the two captures: name, paths, and the capture point of each input."""
    client, server = (recorded / f"{point}.pcap" for point in POINTS)
    yield "as recorded", (client, server), (0, 1)
    yield "the server's first", (server, client), (1, 0)
    changes = {"doubled": mutate.duplicate}
    changes |= {f"{seconds:+} s": partial(mutate.shift, seconds=seconds) for seconds in (7.3, -0.5, -3600, 86400)}
    for name, change in changes.items():
        for place, capture in enumerate((client, server)):
            changed = directory / f"{capture.stem}-{name.replace(' ', '')}.pcap"
            mutate.mutate(capture, changed, change)
            paths = (changed, server) if place == 0 else (client, changed)
            yield f"{capture.stem} {name}", paths, (0, 1)
            if place == 1:
                yield f"{capture.stem} {name}, first", (changed, client), (1, 0)
    rings = [mutate.ring(capture, directory, files) for capture, files in ((client, 3), (server, 4))]
    paths = sorted(path for ring in rings for path in ring)
    yield "as rings of files", paths, [0 if path in rings[0] else 1 for path in paths]


def halves(recorded, truth, directory):
    """One point of which a direction was not recorded, the other whole."""
    client, server = (recorded / f"{point}.pcap" for point in POINTS)
    addresses = mutate.client_set(truth["client"] + truth["translator"])
    for side in POINTS:
        for capture in (client, server):
            half = directory / f"{capture.stem}-half-{side}.pcap"
            mutate.mutate(capture, half, lambda packets, side=side: mutate.only_from(side, packets, addresses))
            paths = (half, server) if capture == client else (client, half)
            yield f"{capture.stem} only from the {side}", paths


def compare_half(report, label, answer, truth):
    """What works is not called blocked, and where a place is named it is the right one."""
    groups = findings_by_key(answer)
    for key, (scenario, expected, lost) in expectations(truth, "both").items():
        for finding in groups.pop(key, []):
            where = f"{label}: {scenario}: {described(key)}"
            report.check(expected is not None or finding["verdict"] not in BLOCKED,
                         f"{where}: works, yet {verdicts_of([finding])}")
            between = finding["lostBetween"]
            report.check(lost is None or between in (None, lost), f"{where}: lost {lost}, found {between}")
    if truth["translator"]:
        return  # Without the client's packets nothing tells its addresses before the translation.
    extra = [finding for group in groups.values() for finding in group if finding["verdict"] in BLOCKED]
    report.check(not extra, f"{label}: findings about nothing in the lab: {verdicts_of(extra)}")


def check_points(report, options, truth):
    """Each capture alone, in all variants."""
    client = mutate.client_set(truth["client"])
    with tempfile.TemporaryDirectory() as directory:
        for point in POINTS:
            for name, path, complete in variants(options.directory / f"{point}.pcap", client, directory):
                label = f"{point}.pcap {name}"
                answer, trouble = diagnose(options.binary, path)
                report.check(answer is not None, f"{label}: {trouble}")
                if answer is None:
                    continue
                if complete:
                    compare(report, label, answer, truth, point, options.details)
                else:
                    compare_one_sided(report, label, answer, truth, point)
            # The two outputs of a tap, which together are the whole capture.
            halves = [Path(directory, f"{point}-only-from-the-{side}.pcap") for side in POINTS]
            answer, trouble = diagnose(options.binary, *halves)
            report.check(answer is not None, f"{point}.pcap as two halves: {trouble}")
            if answer is not None:
                compare(report, f"{point}.pcap as two halves", answer, truth, point, options.details)


if __name__ == "__main__":
    sys.exit(main())
