"""One finding against one entry of the truth."""

import ipaddress
import re

NEGATION = re.compile(r"(?i)\b(no|not|never|nothing|nobody|none|cannot|whether|without|unknown|would|could|if|unless|"
                      r"either|check|ask)\b|n't\b")
# What is not called blocked need not count the same.
UNCOUNTED = ("undecided", "lossy")


def text_of(finding):
    """What people read of a finding."""
    return " ".join(f"{finding['explanation']} {finding['message']}".split())


def claimed(finding, pattern):
    """The first sentence that claims what the pattern says, or None; one that denies or doubts it does not."""
    for sentence in re.split(r"(?<=[.;:!?]) ", text_of(finding)):
        if re.search(f"(?i){pattern}", sentence) and not NEGATION.search(sentence):
            return sentence
    return None


def same_address(text, other):
    """Whether two addresses are the same, however they are written; None is only itself."""
    if text is None or other is None:
        return text is other
    return ipaddress.ip_address(text) == ipaddress.ip_address(other)


def protocol_of(name):
    """ICMP has one name here."""
    return "icmp" if name.lower() in ("icmp", "icmpv6", "ipv6-icmp", "icmp6") else name.lower()


def described(item):
    """A finding as people read it."""
    source, destination = item["source"], item["destination"]
    return (f"{item['verdict']}{' (noise)' if item['noise'] else ''} {protocol_of(item['protocol'])} "
            f"{source['address']} > {destination['address']} port {destination['port']}")


def belongs(finding, entry):
    """Whether a finding is about what the entry is about, whatever it says of it."""
    if not same_address(finding["source"]["address"], entry["source"]):
        return False
    if "hosts" in entry:
        return True
    port = None if entry["protocol"] == "icmp" else entry["port"]
    found = None if entry["protocol"] == "icmp" else finding["destination"]["port"]
    return (same_address(finding["destination"]["address"], entry["destination"]) and found == port
            and protocol_of(finding["protocol"]) == entry["protocol"])


def between(value, limits):
    """Whether a number is inside of limits."""
    return value is not None and limits[0] <= value <= limits[1]


def check_entry(report, entry, found, twice):
    """One expectation against the findings about its source, destination, port and protocol."""
    name = (f"{entry['scenario']}: {entry['protocol']} {entry['source']} > {entry['destination']} "
            f"port {entry['port']}")
    verdicts = entry["verdicts"]
    wanted = " or ".join(verdict or "nothing" for verdict in verdicts)
    right = (not found and None in verdicts) or (len(found) == 1 and found[0]["verdict"] in verdicts)
    report.check(right, f"{name}: expected {wanted}, found {'; '.join(map(described, found)) or 'nothing'}")
    if not right or not found or "attempts" not in entry:
        return
    finding = found[0]

    def check(passed, text):
        report.check(passed, f"{name}: {text}")

    if entry["noise"] is not None:
        check(finding["noise"] == entry["noise"], f"expected noise {entry['noise']}")
    if finding["verdict"] not in UNCOUNTED:
        for key in ("firstSeen", "lastSeen"):
            check(finding[key] in entry[key], f"{key} {finding[key]}, expected {' or '.join(entry[key])}")
        attempts = [entry["attempts"][0], entry["attempts"][1] * (2 if twice else 1)]
        check(between(finding["attempts"], attempts), f"attempts {finding['attempts']}, expected {attempts}")
        for word in entry["words"]:
            check(re.search(word, text_of(finding)), f"neither explanation nor message has {word}: {text_of(finding)}")
    if "confidence" in entry:
        check(finding["verdict"] == "undecided" or finding["confidence"] in entry["confidence"],
              f"confidence {finding['confidence']}, expected {' or '.join(entry['confidence'])}")
    for pattern in entry["claims"]:
        sentence = claimed(finding, pattern)
        check(sentence is None, f"claims what this log cannot show: {sentence}")
    if "hosts" in entry and finding["verdict"] == "scan":
        check_scan(check, entry, finding, twice)


def check_scan(check, entry, finding, twice):
    """A scan's targets and pace."""
    for key in ("hosts", "ports"):
        check(between(finding["targets"][key], entry[key]), f"{finding['targets'][key]} {key}, expected {entry[key]}")
    check(same_address(finding["destination"]["address"], entry["destination"]),
          f"destination {finding['destination']['address']}, expected {entry['destination']}")
    check(finding["destination"]["port"] == entry["port"],
          f"port {finding['destination']['port']}, expected {entry['port']}")
    for key in ("attemptsPerMinute", "peakPerMinute"):
        limits = [entry[key][0], entry[key][1] * (2 if twice else 1)]
        check(between(finding[key], limits), f"{key} {finding[key]}, expected {limits}")
