#!/usr/bin/env python3
"""Ask tshark whether the captures of a lab run hold the packets that the truth is about.

  verify.py LABDIR

This checks the lab, not Roadblock: a kernel or packet filter that behaves differently is found here. One line
for each scenario that is not as described; the last line counts. Exit code 77 when there is no tshark.
"""

import ipaddress
import json
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

FIELDS = ("ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport", "udp.srcport",
          "udp.dstport", "tcp.flags", "tcp.len", "icmp.type", "icmp.code", "icmpv6.type", "icmpv6.code",
          "tcp.analysis.retransmission", "tcp.checksum.status")
SYN, ACK, RST = 0x02, 0x10, 0x04
ECHO = {"8": "asked", "128": "asked", "0": "answered", "129": "answered"}
TOO_BIG = {4: "3/4", 6: "2/0"}
CODES = {"reject-net-unreachable": {4: "3/0"}, "reject-host-unreachable": {4: "3/1"},
         "reject-prot-unreachable": {4: "3/2"}, "reject-port-unreachable": {4: "3/3", 6: "1/4"},
         "reject-net-prohibited": {4: "3/9"}, "reject-host-prohibited": {4: "3/10"},
         "reject-admin-prohibited": {4: "3/13", 6: "1/1"}, "reject-no-route": {6: "1/0"},
         "reject-addr-unreachable": {6: "1/3"}, "reject-policy-fail": {6: "1/5"},
         "reject-reject-route": {6: "1/6"},
         "server-reject-admin": {4: "3/13", 6: "1/1"}, "server-reject-port": {4: "3/3", 6: "1/4"},
         "udp-reject-port": {4: "3/3", 6: "1/4"}, "udp-reject-admin": {4: "3/13", 6: "1/1"},
         "echo-reject-admin": {4: "3/13", 6: "1/1"}, "prohibit-route": {4: "3/13", 6: "1/1"},
         "unreachable-route": {4: "3/1", 6: "1/0"}, "missing-host": {4: "3/1", 6: "1/3"},
         "udp-missing-host": {4: "3/1", 6: "1/3"}, "udp-closed-port": {4: "3/3", 6: "1/4"}}
AT_SERVER = ("server-reject-admin", "server-reject-port", "udp-closed-port")


def nothing(facts):
    """The capture point never saw it."""
    return not facts


def unanswered(facts):
    """SYNs, and nothing else."""
    return set(facts) == {"syn"} and facts["syn"] >= 6


def asked_in_vain(facts):
    """Three requests, and nothing else."""
    return facts == {"asked": 3}


def opened(facts):
    """A handshake without a repetition."""
    return facts["syn"] == facts["syn-ack"] == 1


def silent_after_handshake(facts):
    """The server's side when the first data never comes."""
    return facts == {"syn": 1, "syn-ack": 1, "bare": 1}


def refused(facts):
    """A SYN, a reset."""
    return facts == {"syn": 1, "server-reset": 1}


def complete(facts):
    """A handshake for every connection, data both ways or none, no repetition, no reset."""
    trouble = facts["again"] or facts["server-reset"] or facts["errors"]
    return facts["syn"] == facts["syn-ack"] > 0 and not trouble


def answered(facts):
    """Every datagram has its answer."""
    return facts["asked"] == facts["answered"] > 0 and not facts["errors"]


def reset_in(facts, server_data):
    """Opened, then reset after so many answers of the server."""
    return opened(facts) and facts["server-data"] == server_data and facts["server-reset"] == 1


def first_data_lost(facts):
    """The client repeats its first data at least four times."""
    return opened(facts) and facts["again"] >= 4 and not facts["server-data"]


# What must be true of a scenario's packets at the client and at the server.
FACTS = {
    **dict.fromkeys(("short", "rounds", "left-open", "bulk", "connect-only"), (complete, complete)),
    **dict.fromkeys(("echo", "udp", "udp-rounds"), (answered, answered)),
    **dict.fromkeys(("router-drop", "blackhole-route"), (unanswered, nothing)),
    **dict.fromkeys(("udp-router-drop", "echo-drop"), (asked_in_vain, nothing)),
    **dict.fromkeys(("first-data-vanishes", "http-vanishes", "hello-vanishes"),
                    (first_data_lost, silent_after_handshake)),
    "server-drop": (unanswered, unanswered),
    "udp-server-drop": (asked_in_vain, asked_in_vain),
    "lost-return-path": (unanswered, lambda facts: facts["syn"] >= 6 and facts["syn-ack"] >= facts["syn"]
                         and not facts["bare"]),
    "reply-reset": (unanswered, lambda facts: facts["syn"] >= 6 and facts["syn-ack"] >= facts["syn"]
                    and facts["client-reset"] > 0),
    "reply-rejected": (unanswered, lambda facts: facts["syn"] >= 6 and facts["syn-ack"] >= facts["syn"]
                       and facts["errors"] > 0),
    "udp-lost-return-path": (asked_in_vain, lambda facts: facts["asked"] == facts["answered"] == 3),
    "closed-port": (refused, refused),
    "router-reset": (refused, nothing),
    "first-syns-lost": (lambda facts: facts["syn"] == 3 and facts["syn-ack"] == 1, complete),
    # The server's own timer and its answer to the repeated SYN give two more SYN/ACKs at about the same time.
    "first-syn-ack-lost": (lambda facts: facts["syn"] == 2 and facts["syn-ack"] >= 1,
                           lambda facts: facts["syn"] == 2 and facts["syn-ack"] >= 2),
    "request-lost-once": (lambda facts: opened(facts) and facts["again"] == facts["server-data"] == 1,
                          complete),
    "reset-by-server": (lambda facts: reset_in(facts, 0),) * 2,
    "reset-by-router": (lambda facts: reset_in(facts, 1),
                        lambda facts: complete(facts) and facts["server-data"] == 1),
    "reset-after-hello": (lambda facts: reset_in(facts, 0), silent_after_handshake),
    "upload-vanishes": (lambda facts: opened(facts) and facts["server-data"] == 1 and facts["again"] >= 4,
                        lambda facts: complete(facts) and not facts["large"]),
    "download-vanishes": (lambda facts: opened(facts) and not facts["large"],
                          lambda facts: opened(facts) and facts["large"] and facts["again"] >= 4),
}


def fact_checks(scenario, family):
    """The two functions that judge a scenario at the client and at the server."""
    if scenario in FACTS:
        return FACTS[scenario]
    if scenario == "path-mtu-reduced":
        error = f"error {TOO_BIG[family]}"
        return (lambda facts: opened(facts) and facts[error] and facts["server-data"] == 2,
                lambda facts: opened(facts) and not facts["errors"] and facts["server-data"] == 2)
    error = f"error {CODES[scenario][family]}"

    def rejected(facts):
        return 0 < facts[error] == facts["errors"] and not (facts["syn-ack"] or facts["answered"])

    return (rejected, rejected if scenario in AT_SERVER else nothing)


def rows(capture):
    """tshark's fields of every packet."""
    words = ["tshark", "-n", "-r", str(capture), "-o", "tcp.check_checksum:TRUE", "-T", "fields"]
    for name in FIELDS:
        words += ["-e", name]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        yield dict(zip(FIELDS, line.split("\t")))


def facts_of(capture, clients):
    """Counts of what was recorded, by destination and port; ICMP errors count with what they quote."""
    facts = defaultdict(Counter)
    for row in rows(capture):
        layer = "ip" if row["ip.src"] else "ipv6"
        if not row[f"{layer}.src"]:
            continue
        quoted = "," in row[f"{layer}.src"]
        source, destination = (row[f"{layer}.{end}"].split(",")[-1] for end in ("src", "dst"))
        forward = source in clients
        side = "dst" if forward else "src"
        port = row[f"tcp.{side}port"] or row[f"udp.{side}port"]
        far = ipaddress.ip_address(destination if forward else source)
        found = facts[str(far), int(port) if port else None]
        kind, code = ((row[f"icmp.{name}"] or row[f"icmpv6.{name}"]).split(",")[0]
                      for name in ("type", "code"))
        if quoted:
            found.update(("errors", f"error {kind}/{code}"))
        elif kind in ECHO:
            found.update((ECHO[kind],))
        elif row["tcp.flags"]:
            found.update(tcp_facts(row, forward))
        elif port:
            found.update(("asked" if forward else "answered",))
    return facts


def tcp_facts(row, forward):
    """The names of what one TCP packet is."""
    flags, length = int(row["tcp.flags"], 16), int(row["tcp.len"] or 0)
    who = "client" if forward else "server"
    if row["tcp.checksum.status"] == "0":
        yield "bad checksum"
    if flags & SYN:
        yield "syn-ack" if flags & ACK else "syn"
    elif flags & RST:
        yield f"{who}-reset"
    elif length:
        yield f"{who}-data"
        if length > 900:
            yield "large"
        if row["tcp.analysis.retransmission"]:
            yield "again"
    else:
        yield "bare"


def main():
    """Check every scenario at both capture points."""
    directory = Path(sys.argv[1])
    if shutil.which("tshark") is None:
        print("verify: skipped: not installed: tshark")
        return 77
    truth = json.loads((directory / "truth.json").read_text(encoding="utf-8"))
    if truth["translator"]:
        print("verify: skipped: a run with translation has no ports to tell scenarios by")
        return 77
    cases = {(entry["scenario"], entry["family"]): entry for entry in truth["connections"]}
    failed = 0
    for index, point in enumerate(("client", "server")):
        facts = facts_of(directory / f"{point}.pcap", truth["client"])
        for (scenario, family), entry in cases.items():
            found = facts.get((entry["destination"], entry["port"]), Counter())
            if found["bad checksum"] or not fact_checks(scenario, family)[index](found):
                failed += 1
                print(f"{point}.pcap: {scenario} (IPv{family}): {dict(found)}")
    print(f"{2 * len(cases)} checks, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
