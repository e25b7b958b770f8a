#!/usr/bin/env python3
"""Logs of two and of three firewalls on one way, with known truth: whom `diagnose` names of those that refused.

  devices.py ROADBLOCK [--seed N] [--keep DIR]

Every case is asked with its logs in both orders. One line for each expectation that does not hold; the last line counts.
Exit code 1 when there are any.
"""

import argparse
import random
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import firewalls
from firewalls import Checks, Event, run

# Logs that name their rules and devices, have whole times, and cite a line for each event.
LOGS = [log for log in firewalls.LOGS
        if log.rules and log.has_year and "refused" in log.outcomes and log.name != "gcp-list"]
CASES = 12


@dataclass(frozen=True)
class Device:
    """A firewall: its name, and how its log is written."""

    name: str
    log: object

    def rule(self, word):
        """The device's rule as the log has it."""
        return self.log.rule.format(f"{word}-{self.name}")

    def text(self, events):
        """Its log."""
        told = sorted(events, key=lambda event: event.seconds)
        text = self.log.file(told) if self.log.file else \
            self.log.header + "\n".join(self.log.line(event) for event in told) + "\n"
        return text.replace(firewalls.DEVICE, self.name).replace(firewalls.GROUP, self.name)


@dataclass(frozen=True)
class Story:
    """Attempts of one asker, and who is to be named for them."""

    name: str
    # What each device logs, by its name.
    events: dict
    attempts: int
    # The device to name; None for the first of those that are given.
    named: str | None
    # Devices that refused as well, and those that had let it pass.
    others: tuple = ()
    passed: tuple = ()


def stories(rng, devices):
    """What one case's devices log; every seed has other addresses, ports and times."""
    used = iter(range(10, 250))
    names = [device.name for device in devices]
    by_name = {device.name: device for device in devices}

    def attempts(name, word, ends, count, first, step=90):
        events = [Event(first + index * step, ends[0], 40000 + rng.randrange(15000), ends[1], 5432, rule=f"{word}-{name}")
                  for index in range(count)]
        return [replace(event, port=event.port + index) for index, event in enumerate(events)]

    def ends():
        return f"10.1.{next(used)}.{rng.randrange(2, 250)}", f"10.2.{next(used)}.{rng.randrange(2, 250)}"

    def rest(name):
        return tuple(other for other in names if other != name)

    told = []
    for name in names:
        told.append(Story(f"only {name}", {name: attempts(name, "only", ends(), 6, rng.randrange(60))}, 6, name))
    pair = ends()
    counts = rng.sample([3, 5, 8], len(names))
    most = names[counts.index(max(counts))]
    told.append(Story(
        "by turns", {name: attempts(name, "turn", pair, count, 7 + place * 11, 240)
                     for place, (name, count) in enumerate(zip(names, counts))}, sum(counts), most, rest(most)))
    pair = ends()
    order = rng.sample(names, len(names))
    told.append(Story(
        "one after the other", {name: attempts(name, "tie", pair, 5, 30 + place * 1500) for place, name in enumerate(order)},
        5 * len(names), order[0], rest(order[0])))
    same = attempts("all", "same", ends(), 5, 20)
    told.append(Story(
        "all of the same", {name: [replace(event, rule=f"same-{name}") for event in same] for name in names}, 5, None))
    inner = rng.choice(names)
    outer = [name for name in names if name != inner and len(by_name[name].log.outcomes) > 1]
    refused = attempts(inner, "behind", ends(), 5, 50)
    passed = {name: [replace(event, outcome="unanswered" if "unanswered" in by_name[name].log.outcomes else "accepted")
                     for event in refused] for name in outer}
    told.append(Story("refused behind another", passed | {inner: refused}, 5, inner, passed=tuple(outer)))
    return told


def check_story(checks, case, devices, story, findings, lines):
    """One story against the findings about its ends."""
    name = f"{case}: {story.name}"
    first = next(iter(story.events.values()))[0]
    about = [finding for finding in findings if finding["source"]["address"] == first.source]
    checks.check(len(about) == 1, f"{name}: {len(about)} findings instead of one")
    if len(about) != 1:
        return
    finding = about[0]
    named = story.named or devices[0].name
    device = next(device for device in devices if device.name == named)
    word = story.events[named][0].rule.split("-")[0]
    rule = device.rule(word)
    checks.check(finding["verdict"] == "rejected", f"{name}: verdict {finding['verdict']}")
    checks.check(finding["attempts"] == story.attempts, f"{name}: {finding['attempts']} attempts, not {story.attempts}")
    blocker = finding["blockedBy"] or {}
    checks.check(blocker.get("component") == named and blocker.get("rule") == rule, f"{name}: {blocker}, not {rule}")
    place = device.name if device.log.format != "azure-flow" else "00224871C205"
    checks.check(place in finding["where"] and rule in finding["where"], f"{name}: where {finding['where']}")
    checks.check(finding["lostBetween"] == [devices.index(device), None], f"{name}: lostBetween {finding['lostBetween']}")
    text = finding["explanation"]
    others = story.others or (tuple(other.name for other in devices if other.name != named) if not story.named else ())
    for other in devices:
        told = f"{word}-{other.name}"
        checks.check((told in text) == (other.name == named or other.name in others), f"{name}: of {told}: {text}")
    checks.check((" as well (" in text) == bool(others), f"{name}: others in: {text}")
    checks.check(("had let it pass" in text) == bool(story.passed), f"{name}: the way before in: {text}")
    success = [word for word in ("ccepted until", "accepted since", "accepted before", "were accepted") if word in text]
    checks.check(not success, f"{name}: says {success}: {text}")
    checks.check(not (story.passed and "no accepted request" in text), f"{name}: contradicts itself: {text}")
    cited = {item["input"] for item in finding["evidence"]}
    told = {devices.index(other) for other in devices if other.name in (named, *others)}
    checks.check(told <= cited, f"{name}: evidence of {cited} instead of {told}")
    for item in finding["evidence"]:
        log = lines[item["input"]]
        line = log[item["line"] - 1] if 0 < item["line"] <= len(log) else ""
        checks.check(first.source in line, f"{name}: line {item['line']} is not about it: {line[:120]}")


def check_case(checks, binary, case, devices, directory, rng):
    """Write the logs of some devices, and ask in both orders."""
    told = stories(rng, devices)
    paths = []
    for device in devices:
        events = [event for story in told for event in story.events.get(device.name, [])]
        paths.append(Path(directory, f"{case}-{device.name}.log"))
        paths[-1].write_text(device.text(events), encoding="utf-8")
    for turn in (1, -1):
        ordered = devices[::turn]
        answer, errors = run(binary, "diagnose", *paths[::turn], "-o", "json", "--limit", "10000")
        label = " ".join(f"{device.name}={device.log.name}" for device in ordered)
        if answer is None:
            checks.check(False, f"{label}: {errors}")
            continue
        lines = [path.read_text(encoding="utf-8").split("\n") for path in paths[::turn]]
        checks.check(len(answer["findings"]) == len(told), f"{label}: {len(answer['findings'])} findings")
        for story in told:
            check_story(checks, label, ordered, story, answer["findings"], lines)


def main():
    """Check every kind of log beside others, drawn by the seed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("binary")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="write the logs there")
    options = parser.parse_args()
    checks = Checks()
    rng = random.Random(f"devices {options.seed}")
    with tempfile.TemporaryDirectory() as scratch:
        directory = options.keep or scratch
        Path(directory).mkdir(parents=True, exist_ok=True)
        for case in range(CASES):
            logs = rng.sample(LOGS, 2 + case % 2)
            devices = [Device(name, log) for name, log in zip(["alpha", "bravo", "charlie"], logs)]
            check_case(checks, options.binary, case, devices, directory, rng)
    print(f"{checks.count} checks of logs of several devices, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
