"""From scenarios to a plan: connections with addresses and ports, filter rules, and the truth about each."""

from dataclasses import asdict, dataclass

from scenarios import Scenario

FILLER = b"roadblock lab 0123456789 abcdefghijklmnopqrstuvwxyz\n"
STAGGER = 0.02
# What the router translates: nothing, the client's address and port, the server's, or both.
TRANSLATIONS = ("source", "destination", "both")
VIRTUAL_PORTS = 8000
NAT = """table inet nat {{
  chain before {{
    type nat hook prerouting priority dstnat; policy accept;
    {before}
  }}
  chain after {{
    type nat hook postrouting priority srcnat; policy accept;
    {after}
  }}
}}
"""
RULESET = """table inet lab {{
  chain filter {{
    type filter hook {hook} priority 0; policy accept;
    {rules}
  }}
}}
"""


@dataclass(frozen=True)
class Step:
    """One side says something."""

    who: str
    payload: bytes


@dataclass(frozen=True)
class Task:
    """One connection, as both agents get to know it."""

    id: str
    number: int
    protocol: str
    family: int
    address: str
    port: int
    asked_address: str
    asked_port: int
    listens: bool
    steps: list
    ending: str
    delay: float

    def as_message(self, extra_delay):
        """The form in which an agent gets it: text can carry every byte as a character."""
        steps = [(step.who, step.payload.decode("latin-1")) for step in self.steps]
        return {**asdict(self), "steps": steps, "delay": self.delay + extra_delay}

    @staticmethod
    def from_message(message):
        """The task that `as_message` wrote."""
        steps = [Step(who, payload.encode("latin-1")) for who, payload in message["steps"]]
        return Task(**{**message, "steps": steps})


@dataclass(frozen=True)
class Case:
    """A scenario in one address family at its place in a topology; all its repetitions share these."""

    scenario: Scenario
    family: int
    source: str
    destination: str
    port: int
    translation: str | None = None
    virtual: str | None = None

    @property
    def asked_address(self):
        """The destination as the client knows it."""
        return self.virtual if self.translation in ("destination", "both") else self.destination

    @property
    def asked_port(self):
        """The destination's port as the client knows it."""
        return self.port + (VIRTUAL_PORTS if self.asked_address != self.destination else 0)

    def tasks(self, number):
        """The connections of this case, `number` being the first one's."""
        scenario = self.scenario
        steps = [Step(who, filled(what)) for who, what in scenario.exchange]
        mode = f"-{self.translation}" if self.translation else ""
        return [Task(f"{scenario.name}{mode}-{self.family}-{turn + 1}", number + turn, scenario.protocol,
                     self.family, self.destination, self.port, self.asked_address, self.asked_port, scenario.listens, steps, scenario.ending,
                     scenario.delay + turn * scenario.interval)
                for turn in range(scenario.repeat)]

    def rules(self, place):
        """This case's filter rules at a place, as nftables text."""
        network = "ip" if self.family == 4 else "ip6"
        for rule in self.scenario.rules:
            if rule.place != place:
                continue
            side, port = ("saddr", "sport") if rule.reply else ("daddr", "dport")
            # ICMP by number: names come from /etc/protocols, which a small system does not have.
            transport = {"icmp": f"meta l4proto {1 if self.family == 4 else 58}"}.get(
                self.scenario.protocol, f"{self.scenario.protocol} {port} {self.port}")
            yield f"{network} {side} {self.destination} {transport} {rule.match} {rule.action}"

    def translations(self, place):
        """This case's rules of translation before or after the router decides the way."""
        network = "ip" if self.family == 4 else "ip6"
        is_icmp = self.scenario.protocol == "icmp"
        protocol = f"meta l4proto {1 if self.family == 4 else 58}" if is_icmp else self.scenario.protocol
        if place == "before" and self.asked_address != self.destination:
            asked = "" if is_icmp else f" dport {self.asked_port}"
            address = f"[{self.destination}]" if self.family == 6 and not is_icmp else self.destination
            real = address if is_icmp else f"{address}:{self.port}"
            yield f"{network} daddr {self.asked_address} {protocol}{asked} dnat {network} to {real}"
        if place == "after" and self.translation in ("source", "both"):
            port = "" if is_icmp else f" dport {self.port}"
            # One of the modes gives new source ports to all, the other keeps them where it can.
            yield (f"{network} daddr {self.destination} {protocol}{port} masquerade"
                   f"{' random' if self.translation == 'source' else ''}")

    def truth(self, task, outcome):
        """What truth.json says about one connection."""
        scenario = self.scenario
        expected = {"client": scenario.at_client, "server": scenario.at_server, "both": scenario.from_both()}
        entry = {"id": task.id, "scenario": scenario.name, "family": self.family,
                 "protocol": scenario.protocol, "source": self.source, "destination": self.asked_address,
                 "port": None if scenario.protocol == "icmp" else self.asked_port, "outcome": outcome,
                 "expect": {point: each and each.as_json() for point, each in expected.items()}}
        if scenario.lost is not None:
            entry["lostBetween"] = list(scenario.lost)
        return entry


def filled(what):
    """The bytes of a step: given ones, or as many as asked for."""
    if isinstance(what, bytes):
        return what
    return (FILLER * (what // len(FILLER) + 1))[:what]


def make_cases(scenarios, topology, families, translations=(None,)):
    """Place every scenario, each with a port of its own unless it names one, once for every translation."""
    cases, port = [], topology.first_port
    for scenario in scenarios:
        for family in scenario.families:
            for translation in translations:
                # Echo has no port by which the router could tell the modes apart.
                if family in families and (scenario.protocol != "icmp" or translation in (None, "both")):
                    cases.append(Case(scenario, family, topology.client_address(family),
                                      topology.target_address(scenario.target, family), scenario.port or port,
                                      translation, topology.virtual_address(scenario.target, family)))
                    port += 1
    return cases


def make_tasks(cases):
    """Pairs of a case and one of its connections; starts are spread a little so that none wait in a queue."""
    pairs = []
    for case in cases:
        pairs += [(case, task) for task in case.tasks(len(pairs) + 1)]
    return pairs


def as_message(pairs):
    """The plan as the agents read it: connections start one shortly after another."""
    return [task.as_message(position * STAGGER) for position, (_, task) in enumerate(pairs)]


def ruleset(cases, place):
    """The nftables program for a place, or nothing when no case has a rule there."""
    rules = [rule for case in cases for rule in case.rules(place)]
    hook = "forward" if place == "router" else "input"
    return RULESET.format(hook=hook, rules="\n    ".join(rules)) if rules else ""


def translation_ruleset(cases):
    """The nftables program of the router's translations, or nothing when no case has one."""
    before, after = ([rule for case in cases for rule in case.translations(place)] for place in ("before", "after"))
    return NAT.format(before="\n    ".join(before), after="\n    ".join(after)) if before or after else ""
