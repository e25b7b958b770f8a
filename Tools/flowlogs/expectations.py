"""What is to be found in a log, and how that depends on what the log can show."""

import datetime
from collections import Counter, deque
from dataclasses import dataclass, field

from records import PROTOCOLS, REJECT

ANY = ("rejected", "return-blocked", "dropped", "refused", "scan", "undecided", None)
# Neither a finding that says "blocked" nor one that has to be there.
HARMLESS = (None, "undecided", "lossy")
ACL = r"\bACL"
# What only ACCEPT records could show; denied in the same sentence it is no claim.
WORKED = r"\bwork(ed|s|ing)\b|\bsucceed|\bsuccessful|\bwent through\b|\b(was|were|is|are) (accepted|open|answered)\b"
WORKED_BEFORE = r"\bwork(ed|ing)\b.*\b(until|before)\b|\b(until|before)\b.*\bwork(ed|ing)\b|accepted (until|before)"


@dataclass(frozen=True)
class View:
    """What a log shows: TCP flags or none, accepted records or the refused ones alone."""

    flags: bool
    accepts: bool

    @property
    def names(self):
        """The names under which an expectation may have something special for this view, most special first."""
        if self.accepts:
            return ("full",) if self.flags else ("plain", "full")
        return ("rejects", "full") if self.flags else ("bare", "rejects", "plain", "full")

    def choose(self, table, otherwise):
        """What a table has for this view."""
        return next((table[name] for name in self.names if name in table), otherwise)

    def shows(self, record):
        """Whether the record is in such a log."""
        return self.accepts or record.action == REJECT


@dataclass
class Expectation:
    """One finding.

    `verdicts` has the right ones by view (None: no finding), "full" those of a log that shows everything.
    `groups` are records any one of which, or all together, may be what the finding counts; `maybe` may be counted
    as well. `words` must be in explanation or message, `claims` must not be claimed there; both by view.
    """

    scenario: str
    source: str
    destination: str | None
    port: int | None
    protocol: int
    groups: tuple
    verdicts: dict
    noise: bool | None = False
    maybe: list = field(default_factory=list)
    words: dict = field(default_factory=dict)
    claims: dict = field(default_factory=dict)
    confidence: tuple = ()
    is_scan: bool = False

    def truth(self, view):
        """The entry of truth.json, or None where the log shows nothing of it."""
        groups = [[record for record in group if view.shows(record)] for group in self.groups]
        groups = [group for group in groups if group]
        verdicts = view.choose(self.verdicts, (None,)) if groups else (None,)
        entry = {"scenario": self.scenario, "verdicts": list(verdicts), "noise": self.noise,
                 "source": self.source, "destination": self.destination, "port": self.port,
                 "protocol": PROTOCOLS[self.protocol]}
        if not groups:
            return entry
        extra = [record for record in self.maybe if view.shows(record)]
        everything = [record for group in groups for record in group] + extra
        together = [*groups, everything, *([*group, *extra] for group in groups)]
        entry["firstSeen"] = sorted({rfc3339(min(starts(group))) for group in together})
        entry["lastSeen"] = sorted({rfc3339(max(starts(group))) for group in together})
        entry["attempts"] = [min(map(len, groups)), len(everything)]
        entry["words"] = list(view.choose(self.words, ()))
        entry["claims"] = list(view.choose(self.claims, ()))
        if not view.accepts:
            entry["claims"].append(WORKED)
        if self.confidence:
            entry["confidence"] = list(self.confidence)
        if self.is_scan:
            entry |= scan_measures(groups[0], everything)
        return entry


@dataclass
class NoiseGroup:
    """Addresses outside that make nothing but noise, one way or the other; no finding is needed for each."""

    scenario: str
    addresses: list
    records: list
    noise: dict = field(default_factory=lambda: {"full": True})

    def truth(self, view):
        """The entry of truth.json; `noise` is whether findings have to be called so."""
        shown = sum(1 for record in self.records if view.shows(record))
        return {"scenario": self.scenario, "addresses": self.addresses, "records": shown,
                "noise": view.choose(self.noise, True)}


def starts(records):
    """The records' times."""
    return [record.start for record in records]


def rfc3339(seconds):
    """Seconds since 1970 as JSON has them."""
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def minute(seconds):
    """The minute as messages name it."""
    return rfc3339(seconds)[11:16]


def first_minute(records):
    """The minute in which the first record starts."""
    return minute(min(starts(records)))


def last_minute(records):
    """The minute in which the last record starts."""
    return minute(max(starts(records)))


def scan_measures(sure, everything):
    """How wide and how fast a scan is: least and most."""
    def wide(records):
        return (len({record.destination for record in records}),
                len({record.destination_port for record in records}))

    hosts, ports = zip(wide(sure), wide(everything))
    minutes = max((max(starts(sure)) - min(starts(sure))) / 60, 1)
    calendar = max(Counter(start // 60 for start in starts(sure)).values())
    window, busiest = deque(), 0
    for start in sorted(starts(everything)):
        window.append(start)
        while window[0] < start - 60:
            window.popleft()
        busiest = max(busiest, len(window))
    return {"hosts": list(hosts), "ports": list(ports), "peakPerMinute": [calendar, busiest],
            "attemptsPerMinute": [0.9 * len(sure) / minutes - 0.1, 1.1 * len(everything) / minutes + 0.1]}
