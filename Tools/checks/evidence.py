#!/usr/bin/env python3
"""Look up every frame that `roadblock diagnose` cites: it exists, has that time, and holds the finding's addresses.

  evidence.py ROADBLOCK CAPTURE...
"""

import datetime
import ipaddress
import json
import re
import subprocess
import sys

from capture_file import frames

EPOCH = datetime.datetime(1970, 1, 1)
ARP = b"\x08\x06"
TRANSLATED = re.compile(r", there from (\S+) to (\S+)$")


def nanoseconds(text):
    """RFC 3339 in UTC as nanoseconds since 1970."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    seconds = (datetime.datetime.fromisoformat(whole) - EPOCH) // datetime.timedelta(seconds=1)
    return seconds * 1_000_000_000 + int((fraction + "000000000")[:9])


def cited_frames(answer):
    """The frames that findings cite, by input and number."""
    wanted = [set() for _ in answer["inputs"]]
    for finding in answer["findings"]:
        for item in finding["evidence"]:
            if 0 <= item["input"] < len(wanted):
                wanted[item["input"]].add(item["frame"])
    found = {}
    for index, numbers in enumerate(wanted):
        if numbers:
            for number, frame in enumerate(frames(answer["inputs"][index]["source"]), 1):
                if number in numbers:
                    found[index, number] = frame
    return found


def wrong(finding, item, found):
    """What is wrong with a piece of evidence, one reason each."""
    if (item["input"], item["frame"]) not in found:
        yield "there is no such frame"
        return
    time, content = found[item["input"], item["frame"]]
    if time is not None and time != nanoseconds(item["time"]):
        yield f"{item['time']} is not the frame's time"
    # Behind a translator the frame has the addresses that the evidence names.
    translated = TRANSLATED.search(item["what"])
    if translated:
        for text in translated.groups():
            address = text[1:].partition("]")[0] if text[0] == "[" else text
            if "." in address:
                address = address.partition(":")[0]
            if ipaddress.ip_address(address).packed not in content:
                yield f"{address} is not in the frame"
        return
    # A router that asks for the destination's hardware address does not name the source.
    sides = ("destination",) if content[12:14] == ARP else ("source", "destination")
    for side in sides:
        address = finding[side]["address"]
        if address is not None and ipaddress.ip_address(address).packed not in content:
            yield f"{side} {address} is not in the frame"


def main():
    """One line for each piece of evidence that does not hold; exit code 1 when there are any."""
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 64
    done = subprocess.run([sys.argv[1], "diagnose", *sys.argv[2:], "--limit", "1000000", "-o", "json"],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"exit code {done.returncode}: {done.stderr.strip()}")
        return 1
    answer = json.loads(done.stdout)
    found = cited_frames(answer)
    checked = failed = 0
    for finding in answer["findings"]:
        reasons = [(item, reason) for item in finding["evidence"] for reason in wrong(finding, item, found)]
        if not finding["evidence"]:
            reasons.append(({"input": None, "frame": None}, "no evidence at all"))
        for item, reason in reasons:
            print(f"finding {finding['id']} ({finding['verdict']}), input {item['input']}, frame {item['frame']}: {reason}")
        checked += len(finding["evidence"])
        failed += len(reasons)
    print(f"evidence: {len(answer['findings'])} findings, {checked} citations, {failed} wrong")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
