#!/usr/bin/env python3
"""Logs of other firewalls with known truth: what `diagnose` finds in each, and what `query` reads of it.

  firewalls.py ROADBLOCK [--seed N] [--keep DIR]

One day's traffic is written in the words of every firewall. One line for each expectation that does not hold; the last
line counts. Exit code 1 when there are any.
"""

import argparse
import datetime
import ipaddress
import json
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import balancers

UTC = datetime.timezone.utc
DAY = datetime.datetime(2026, 11, 24, 8, 0, 0, tzinfo=UTC)
NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1}
DEVICE = "edge-1"
GROUP = "web-nsg"


@dataclass(frozen=True)
class Event:
    """One attempt: what a firewall did with it, or what became of it."""

    seconds: int
    source: str
    port: int
    destination: str
    service: int
    protocol: str = "tcp"
    outcome: str = "refused"
    rule: str = "allow-all"

    @property
    def time(self):
        """When it was."""
        return DAY + datetime.timedelta(seconds=self.seconds)

    @property
    def epoch(self):
        """The same in seconds since 1970."""
        return int(self.time.timestamp())

    @property
    def is_six(self):
        """Whether the ends have addresses of version 6."""
        return ":" in self.source


def stamp(event, text):
    """The event's time in a format of strftime."""
    return event.time.strftime(text)


def long_address(text):
    """As the kernel prints it."""
    return ipaddress.ip_address(text).exploded


# ---- the words of each firewall: a line for an event, or None where it has no word for it


def netfilter(event, head, prefix):
    """A line of a LOG rule; what is let through is not logged."""
    if event.outcome != "refused":
        return None
    number = {"tcp": "TCP", "udp": "UDP", "icmp": "ICMP"}[event.protocol]
    tail = (f"SPT={event.port} DPT={event.service} " + ("WINDOW=64240 RES=0x00 SYN URGP=0" if number == "TCP" else "LEN=40")
            if number != "ICMP" else "TYPE=8 CODE=0 ID=1 SEQ=1")
    size = "LEN=80 TC=0 HOPLIMIT=51 FLOWLBL=0" if event.is_six else "LEN=60 TOS=0x00 PREC=0x00 TTL=51 ID=1 DF"
    return (f"{head}{prefix}IN=eth0 OUT= MAC=06:aa:bb SRC={long_address(event.source)} "
            f"DST={long_address(event.destination)} {size} PROTO={number} {tail}")


def netfilter_syslog(event):
    """ufw, in a file of rsyslog."""
    return netfilter(event, stamp(event, "%b %e %H:%M:%S ") + f"{DEVICE} kernel: [ 1234.567890] ", f"[{event.rule} BLOCK] ")


def netfilter_iso(event):
    """nftables, with ISO times."""
    return netfilter(event, stamp(event, "%Y-%m-%dT%H:%M:%S.000000+00:00 ") + f"{DEVICE} kernel: ", f"{event.rule} drop: ")


def netfilter_journal(event):
    """firewalld, as `journalctl -o short-full` prints it."""
    return netfilter(event, stamp(event, "%a %Y-%m-%d %H:%M:%S UTC ") + f"{DEVICE} kernel: ", f"{event.rule}_REJECT: ")


def netfilter_structured(event):
    """nftables, as RFC 5424 has it with structured data."""
    head = f'<4>1 {stamp(event, "%Y-%m-%dT%H:%M:%S.000000Z")} {DEVICE} kernel - - [timeQuality tzKnown="1"] [12.5] '
    return netfilter(event, head, f"[{event.rule} drop] ")


def netfilter_json(event):
    """ufw, as `journalctl -o json` prints it."""
    message = netfilter(event, "", f"[{event.rule} BLOCK] ")
    return message and json.dumps({
        "__CURSOR": "s=1", "__REALTIME_TIMESTAMP": str(event.epoch * 1_000_000), "_BOOT_ID": "b", "PRIORITY": "4",
        "SYSLOG_IDENTIFIER": "kernel", "MESSAGE": message, "_HOSTNAME": DEVICE, "_TRANSPORT": "kernel"})


def eve(event):
    """An event of Suricata, as a mapping."""
    when = stamp(event, "%Y-%m-%dT%H:%M:%S.000000+0000")
    common = {"timestamp": when, "flow_id": event.port, "src_ip": event.source, "src_port": event.port,
              "dest_ip": event.destination, "dest_port": event.service, "proto": event.protocol.upper()}
    if event.outcome == "refused":
        return common | {"event_type": "alert", "alert": {
            "action": "blocked", "signature_id": 5, "rev": 1, "signature": event.rule, "category": "", "severity": 1}}
    flags = {"accepted": ("1b", "1b"), "unanswered": ("02", "00"), "closed": ("02", "14")}[event.outcome]
    answers = {"accepted": 9, "unanswered": 0, "closed": 1}[event.outcome]
    return common | {"event_type": "flow", "flow": {
        "pkts_toserver": 1 if answers < 9 else 10, "pkts_toclient": answers, "bytes_toserver": 60,
        "bytes_toclient": answers * 60, "start": when, "end": when, "state": "new"},
        "tcp": {"tcp_flags": "1b", "tcp_flags_ts": flags[0], "tcp_flags_tc": flags[1]}}


def suricata(event):
    """A line of eve.json."""
    return json.dumps(eve(event) | {"host": DEVICE, "in_iface": "eth0"})


def network_firewall(event):
    """A line of AWS Network Firewall's alert log."""
    if event.outcome not in ("refused", "accepted"):
        return None
    return json.dumps({"firewall_name": DEVICE, "availability_zone": "us-east-1b", "event_timestamp": str(event.epoch),
                       "event": eve(event)})


def azure(event, version):
    """Category, resource, rule and tuple of a flow."""
    if event.outcome not in ("refused", "accepted"):
        return None
    refused = event.outcome == "refused"
    ends = f"{event.source},{event.destination},{event.port},{event.service}"
    number = NUMBERS[event.protocol]
    if version == 4:
        return f"{event.epoch}000,{ends},{number},I,{'D' if refused else 'E'},NX,{'0,0,0,0' if refused else '5,400,4,900'}"
    line = f"{event.epoch},{ends},{event.protocol[0].upper()},I,{'D' if refused else 'A'}"
    return line if version == 1 else line + (",B,,,," if refused else ",E,5,400,4,900")


def azure_file(events, version):
    """A PT1H.json: a record a minute, each on a line of its own."""
    minutes = {}
    for event in events:
        text = azure(event, version)
        if text:
            minutes.setdefault(event.epoch // 60, {}).setdefault(event.rule, []).append(text)
    records = []
    path = "SUBSCRIPTIONS/0/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.NETWORK/NETWORKSECURITYGROUPS/" + GROUP
    for minute, rules in minutes.items():
        time = datetime.datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")
        if version == 4:
            groups = [{"rule": rule, "flowTuples": tuples} for rule, tuples in rules.items()]
            records.append({"time": time, "flowLogVersion": 4, "macAddress": "00224871C205",
                            "category": "FlowLogFlowEvent", "targetResourceID": "x/virtualNetworks/v",
                            "flowRecords": {"flows": [{"aclID": path, "flowGroups": groups}]}})
        else:
            flows = [{"rule": rule, "flows": [{"mac": "00224871C205", "flowTuples": tuples}]}
                     for rule, tuples in rules.items()]
            records.append({"time": time, "systemId": "x", "category": "NetworkSecurityGroupFlowEvent",
                            "resourceId": path, "operationName": "NetworkSecurityGroupFlowEvents",
                            "properties": {"Version": version, "flows": flows}})
    return '{"records":[\n' + ",\n".join(json.dumps(record) for record in records) + "\n]}\n"


def google_entry(event):
    """An entry of Cloud Logging, as a mapping."""
    refused = event.outcome == "refused"
    return {"insertId": f"i{event.port}", "jsonPayload": {
        "connection": {"src_ip": event.source, "src_port": event.port, "dest_ip": event.destination,
                       "dest_port": event.service, "protocol": NUMBERS[event.protocol]},
        "disposition": "DENIED" if refused else "ALLOWED", "instance": {"vm_name": DEVICE, "zone": "z"},
        "rule_details": {"reference": event.rule, "priority": 10, "action": "DENY" if refused else "ALLOW",
                         "direction": "INGRESS"}, "vpc": {"vpc_name": "v", "subnetwork_name": "s"}},
            "logName": "projects/p/logs/compute.googleapis.com%2Ffirewall",
            "timestamp": stamp(event, "%Y-%m-%dT%H:%M:%S.250Z")}


def google(event):
    """A line of exported entries."""
    return json.dumps(google_entry(event)) if event.outcome in ("refused", "accepted") else None


def windows(event):
    """A line of pfirewall.log."""
    if event.outcome not in ("refused", "accepted"):
        return None
    refused = event.outcome == "refused"
    tcp = "S 1234 0 64240" if event.protocol == "tcp" and refused else "- - - -"
    return (stamp(event, "%Y-%m-%d %H:%M:%S ") + f"{'DROP' if refused else 'ALLOW'} {event.protocol.upper()} "
            f"{event.source} {event.destination} {event.port} {event.service} {52 if refused else 0} {tcp} - - - RECEIVE 4")


def cisco(event, form):
    """A line of an ASA: by access group, or of its access list."""
    number = {"refused": "4-106023", "accepted": "6-302014", "unanswered": "6-302014", "closed": "6-302014"}[event.outcome]
    head = f"<166>{stamp(event, '%b %d %Y %H:%M:%S')} {DEVICE} : %ASA-"
    source, destination = f"{event.source}/{event.port}", f"{event.destination}/{event.service}"
    if event.outcome == "refused" and form == 1:
        return f"{head}{number}: Deny {event.protocol} src outside:{source} dst inside:{destination} " \
               f'by access-group "{event.rule}" [0x0, 0x0]'
    if event.outcome == "refused":
        return f"{head}4-106100: access-list {event.rule} denied {event.protocol} outside/{event.source}({event.port}) -> " \
               f"inside/{event.destination}({event.service}) hit-cnt 1 first hit [0x1, 0x0]"
    name = {"tcp": "TCP", "udp": "UDP"}[event.protocol]
    tail = {"accepted": "bytes 5120 TCP FINs", "unanswered": "bytes 0 SYN Timeout", "closed": "bytes 0 TCP Reset-I"}
    return f"{head}{number}: Teardown {name} connection {event.port} for outside:{source} to inside:{destination} " \
           f"duration 0:00:00 {tail[event.outcome]}"


def threat_defense(event):
    """The end of a connection, as FTD tells it; a block ends as it begins."""
    outcomes = {"refused": ("Block", 0), "accepted": ("Allow", 9), "unanswered": ("Allow", 0)}
    if event.outcome not in outcomes:
        return None
    action, answers = outcomes[event.outcome]
    return (f"<113>{stamp(event, '%Y-%m-%dT%H:%M:%SZ')} {DEVICE} : %FTD-1-430003: EventPriority: Low, DeviceUUID: 1, "
            f"InstanceID: 1, FirstPacketSecond: {stamp(event, '%Y-%m-%dT%H:%M:%SZ')}, ConnectionID: {event.port}, "
            f"AccessControlRuleAction: {action}, SrcIP: {event.source}, DstIP: {event.destination}, SrcPort: {event.port}, "
            f"DstPort: {event.service}, Protocol: {event.protocol}, IngressInterface: outside, EgressInterface: inside, "
            f"ACPolicy: main, AccessControlRuleName: {event.rule}, Prefilter Policy: x, ConnectionDuration: 0, "
            f"InitiatorPackets: 3, ResponderPackets: {answers}, InitiatorBytes: 180, ResponderBytes: {answers * 60}")


def palo_alto(event):
    """A traffic log in syslog."""
    when = stamp(event, "%Y/%m/%d %H:%M:%S")
    subtype, action, sent, received, reason = {
        "refused": ("drop", "deny", 1, 0, "policy-deny"), "accepted": ("end", "allow", 10, 9, "tcp-fin"),
        "unanswered": ("end", "allow", 3, 0, "aged-out"), "closed": ("end", "allow", 1, 1, "tcp-rst-from-server"),
    }[event.outcome]
    fields = ["1", when, "0123456789", "TRAFFIC", subtype, "2305", when, event.source, event.destination, "", "",
              f'"{event.rule}"', "", "", "app", "vsys1", "trust", "dmz", "ethernet1/1", "ethernet1/2", "log", when, "7", "1",
              str(event.port), str(event.service), "0", "0", "0x0", event.protocol, action, str(60 * (sent + received)),
              str(60 * sent), str(60 * received), str(sent + received), when, "0", "any", "0", "1", "0x0", "a", "b", "0",
              str(sent), str(received), reason, "0", "0", "0", "0", "", DEVICE, "from-policy"]
    return stamp(event, "%b %e %H:%M:%S ") + f"{DEVICE} " + ",".join(fields)


ZEEK = ["ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service", "duration", "orig_bytes",
        "resp_bytes", "conn_state", "local_orig", "missed_bytes", "history", "orig_pkts", "orig_ip_bytes", "resp_pkts",
        "resp_ip_bytes"]
STATES = {"accepted": "SF", "unanswered": "S0", "closed": "REJ"}


def zeek(event):
    """A connection, as a mapping; a sensor knows no rules."""
    if event.outcome not in STATES:
        return None
    answers = {"accepted": 9, "unanswered": 0, "closed": 1}[event.outcome]
    return {"ts": event.epoch + 0.25, "uid": f"C{event.port}", "id.orig_h": event.source, "id.orig_p": event.port,
            "id.resp_h": event.destination, "id.resp_p": event.service, "proto": event.protocol, "duration": 0.5,
            "orig_bytes": 0, "resp_bytes": 0, "conn_state": STATES[event.outcome], "history": "S", "orig_pkts": 1,
            "orig_ip_bytes": 60, "resp_pkts": answers, "resp_ip_bytes": answers * 60}


def zeek_line(event):
    """A tab-separated line of conn.log."""
    values = zeek(event)
    return values and "\t".join(str(values.get(name, "-")) for name in ZEEK)


# ---- the logs


@dataclass(frozen=True)
class Log:
    """A format: how it is written, and what it can tell."""

    name: str
    format: str
    line: object = None
    file: object = None
    header: str = ""
    outcomes: tuple = ("refused", "accepted")
    rules: bool = True
    rule: str = "{}"
    has_year: bool = True
    broken: tuple = ()
    # Lines of other programs or kinds: no records, and nothing is wrong with them.
    others: tuple = ()
    component: str = DEVICE


TOLD = ("refused", "accepted", "unanswered", "closed")
SEEN = ("accepted", "unanswered", "closed")
BROKEN_NETFILTER = "2026-11-24T08:00:00Z edge-1 kernel: x DROP IN=eth0 OUT= SRC=10.0.0.300 DST=10.0.0.1 PROTO=TCP"
ZEEK_HEADER = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#fields\t" \
              + "\t".join(ZEEK) + "\n#types\t" + "\t".join(["string"] * len(ZEEK)) + "\n"
WINDOWS_HEADER = "#Version: 1.5\n#Software: Microsoft Windows Firewall\n#Time Format: Local\n#Fields: date time action " \
                 "protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path pid" \
                 "\n\n"
LOGS = [
    Log("ufw", "netfilter", netfilter_syslog, outcomes=("refused",), rule="{} BLOCK", has_year=False,
        broken=(BROKEN_NETFILTER,), others=("Nov 24 08:00:00 edge-1 sshd[1]: Accepted key",)),
    Log("nftables", "netfilter", netfilter_iso, outcomes=("refused",), rule="{} drop", broken=(BROKEN_NETFILTER,)),
    Log("firewalld", "netfilter", netfilter_journal, outcomes=("refused",), rule="{}_REJECT"),
    Log("nftables-5424", "netfilter", netfilter_structured, outcomes=("refused",), rule="{} drop", broken=(BROKEN_NETFILTER,)),
    Log("journal", "netfilter", netfilter_json, outcomes=("refused",), rule="{} BLOCK", broken=('{"MESSAGE":"[x] IN=',),
        others=('{"__REALTIME_TIMESTAMP":"1795507200000000","MESSAGE":[114,97],"_HOSTNAME":"edge-1"}',)),
    Log("suricata", "suricata", suricata, outcomes=TOLD, broken=('{"timestamp":"2026-11-24T08', "{]"),
        others=('{"timestamp":"2026-11-24T08:00:00.0+0000","event_type":"stats","stats":{}}',)),
    Log("network-firewall", "network-firewall", network_firewall, broken=('{"firewall_name":"edge-1","event":{"times',)),
    Log("nsg-1", "azure-flow", file=lambda events: azure_file(events, 1), component=GROUP),
    Log("nsg-2", "azure-flow", file=lambda events: azure_file(events, 2), component=GROUP),
    Log("vnet", "azure-flow", file=lambda events: azure_file(events, 4), component=GROUP),
    Log("gcp", "gcp-firewall", google, broken=('{"jsonPayload":{"connection":{"src_ip":"10.0',)),
    Log("gcp-list", "gcp-firewall",
        file=lambda events: json.dumps([google_entry(event) for event in events], indent=2) + "\n"),
    Log("windows", "windows-firewall", windows, header=WINDOWS_HEADER, rules=False,
        broken=("2026-11-24 08:00:00 DROP TCP 10.0.0.1", "2026-11-24 nonsense")),
    Log("asa", "cisco-asa", lambda event: cisco(event, 1), outcomes=TOLD,
        broken=('Nov 24 2026 08:00:00 edge-1 : %ASA-4-106023: Deny tcp src outside by access-group "x"',),
        others=("Nov 24 2026 08:00:00 edge-1 : %ASA-5-111008: User ran a command",)),
    Log("asa-list", "cisco-asa", lambda event: cisco(event, 2), outcomes=TOLD),
    Log("ftd", "cisco-asa", threat_defense, outcomes=("refused", "accepted", "unanswered"),
        broken=("<113>2026-11-24T08:00:00Z edge-1 : %FTD-1-430003: AccessControlRuleAction: Block, SrcIP: 10.0.0.1",)),
    Log("palo-alto", "palo-alto", palo_alto, outcomes=TOLD,
        broken=("Nov 24 08:00:00 edge-1 1,2026/11/24 08:00:00,1,TRAFFIC,drop,1,2026/11/24 08:00:00,10.0.0.1",),
        others=("Nov 24 08:00:00 edge-1 1,2026/11/24 08:00:00,1,SYSTEM,general,0,2026/11/24 08:00:00",)),
    Log("zeek", "zeek-conn", zeek_line, header=ZEEK_HEADER, outcomes=SEEN, rules=False, broken=("1795507200.0\tC1\t10.0",)),
    Log("zeek-json", "zeek-conn", lambda event: (values := zeek(event)) and json.dumps(values), outcomes=SEEN, rules=False,
        broken=('{"ts":1795507200.0,"id.orig_h":"10.',)),
]


@dataclass(frozen=True)
class Story:
    """Attempts of one asker at one service, and what is to be found of them."""

    name: str
    events: tuple
    verdict: str | None
    noise: bool = False
    words: tuple = ()


def stories(rng):
    """The day's traffic; every seed has other addresses, ports and times."""
    def inside(net):
        return f"10.{net}.{rng.randrange(1, 250)}.{rng.randrange(2, 250)}"

    def port():
        return rng.randrange(40000, 60000)

    def attempts(count, first, step, **what):
        return tuple(Event(first + index * step, port=port(), **what) for index in range(count))

    server, six = inside(2), f"fd00:2::{rng.randrange(1, 9999):x}"
    client, other, gone = inside(1), inside(3), inside(5)
    database, start = rng.choice([5432, 3306, 1433]), rng.randrange(0, 600)
    refused = attempts(6, start, 97, source=client, destination=server, service=database, rule="deny-db")
    refused_six = attempts(5, start + 7, 61, source=f"fd00:1::{rng.randrange(1, 9999):x}", destination=six, service=8443,
                           rule="deny-six")
    datagrams = attempts(5, start + 3, 40, source=other, destination=server, service=514, protocol="udp", rule="deny-log")
    before = attempts(8, 0, 120, source=gone, destination=server, service=8080, outcome="accepted")
    after = attempts(6, 1500, 90, source=gone, destination=server, service=8080, rule="new-rule")
    healthy = attempts(30, 5, 50, source=inside(6), destination=server, service=443, outcome="accepted")
    healthy_six = attempts(5, 9, 300, source=f"fd00:6::{rng.randrange(1, 9999):x}", destination=six, service=443,
                           outcome="accepted")
    silent = attempts(5, 200, 70, source=inside(7), destination=inside(8), service=9200, outcome="unanswered")
    closed = attempts(4, 100, 80, source=inside(9), destination=server, service=8081, outcome="closed")
    stranger = attempts(2, 700, 4, source=f"198.51.100.{rng.randrange(1, 250)}", destination=server, service=23, rule="edge")
    return [
        Story("refused", refused, "rejected"), Story("refused, IPv6", refused_six, "rejected"),
        Story("refused datagrams", datagrams, "rejected"),
        Story("refused since a change", before + after, "rejected", words=("Accepted until",)),
        Story("healthy", healthy, None), Story("healthy, IPv6", healthy_six, None),
        Story("unanswered", silent, "dropped"), Story("closed", closed, "refused"),
        Story("stranger", stranger, "rejected", noise=True),
    ]


class Checks:
    """Counts checks and prints those that failed."""

    def __init__(self):
        self.count = self.failed = 0

    def check(self, passed, text):
        """Count one check."""
        self.count += 1
        if not passed:
            self.failed += 1
            print(text)


def run(binary, *arguments):
    """The program's answer as JSON, and what it said beside it."""
    done = subprocess.run([binary, *arguments], capture_output=True, check=False, timeout=60)
    if done.returncode != 0:
        return None, done.stderr.decode("utf-8", "replace")
    return json.loads(done.stdout), done.stderr.decode("utf-8", "replace")


def written(log, events, rng):
    """The text of a log, and how many of its lines are records and damaged ones."""
    told = [event for event in events if event.outcome in log.outcomes]
    if log.file:
        return log.file(told), len(told), 0
    lines = [log.line(event) for event in told]
    for line in log.broken + log.others:
        lines.insert(rng.randrange(1, len(lines)), line)
    return log.header + "\n".join(lines) + "\n", len(told), len(log.broken)


def same_time(log, text, event):
    """Whether a time is the event's, as far as the log tells."""
    found = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (found == event.time.replace(microsecond=found.microsecond) if log.has_year
            else found.strftime("%m%d%H%M%S") == event.time.strftime("%m%d%H%M%S"))


def check_story(checks, log, story, findings, lines):
    """One story against the findings about its ends."""
    name = f"{log.name}: {story.name}"
    told = [event for event in story.events if event.outcome in log.outcomes]
    first = story.events[-1]
    about = [finding for finding in findings if finding["source"]["address"] == first.source
             and finding["destination"]["address"] == first.destination]
    outcome = {"rejected": "refused", "dropped": "unanswered", "refused": "closed"}.get(story.verdict)
    proving = [event for event in told if event.outcome == outcome]
    if not proving:
        checks.check(not about, f"{name}: found {[finding['verdict'] for finding in about]}, expected nothing")
        return
    checks.check(len(about) == 1, f"{name}: {len(about)} findings instead of one")
    if len(about) != 1:
        return
    finding = about[0]
    for key, value in [("verdict", story.verdict), ("noise", story.noise), ("protocol", first.protocol),
                       ("attempts", len(proving))]:
        checks.check(finding[key] == value, f"{name}: {key} {finding[key]} instead of {value}")
    checks.check(finding["destination"]["port"] == first.service, f"{name}: port {finding['destination']['port']}")
    checks.check(same_time(log, finding["firstSeen"], proving[0]), f"{name}: firstSeen {finding['firstSeen']}")
    checks.check(same_time(log, finding["lastSeen"], proving[-1]), f"{name}: lastSeen {finding['lastSeen']}")
    text = finding["explanation"] + " " + finding["message"]
    rule = log.rule.format(first.rule)
    if story.verdict == "rejected" and not story.noise:
        if log.rules:
            checks.check(rule in text, f"{name}: the rule {rule} is not in: {text}")
            blocker = finding["blockedBy"] or {}
            checks.check(blocker.get("rule") == rule and blocker.get("component") == log.component,
                         f"{name}: blockedBy {finding['blockedBy']}")
        else:
            checks.check(finding["blockedBy"] is None, f"{name}: blockedBy {finding['blockedBy']}")
        checks.check("security group" not in text.lower() and "ACL" not in text, f"{name}: speaks of AWS: {text}")
    has_accepted = any(event.outcome == "accepted" for event in told)
    for word in story.words:
        checks.check((word in text) == has_accepted, f"{name}: `{word}` {'missing' if has_accepted else 'said'}: {text}")
    for item in finding["evidence"]:
        line = lines[item["line"] - 1] if 0 < item["line"] <= len(lines) else ""
        ends = (first.source, long_address(first.source))
        near = "\n".join(lines[max(0, item["line"] - 1):item["line"] + 12]) if log.name == "gcp-list" else line
        checks.check(any(end in near for end in ends), f"{name}: line {item['line']} is not about it: {line[:120]}")


def is_row(log, values, event):
    """Whether a row of a query says what happened."""
    good = (values["dst"] == event.destination and values["dstPort"] == event.service
            and values["proto"] == event.protocol)
    if event.outcome in ("refused", "accepted"):
        good = good and (values["action"] == "ACCEPT") == (event.outcome == "accepted")
    if log.rules and event.outcome == "refused":
        good = good and values["rule"] == log.rule.format(event.rule) and values["device"] == log.component
    return good and same_time(log, values["@timestamp"].replace(" ", "T") + "Z", event)


def check_query(checks, binary, log, path, events, records):
    """What a query reads of the log: every record with its ends, action and rule."""
    fields = "src, srcPort, dst, dstPort, proto, action, rule, device"
    answer, errors = run(binary, "query", f"fields @timestamp, {fields} | filter ispresent(src) and ispresent(dst) "
                         "| limit 10000", path, "--format", log.format, "-o", "json")
    if answer is None:
        checks.check(False, f"{log.name}: query: {errors}")
        return
    found = {}
    for row in answer["rows"]:
        values = dict(zip(answer["columns"], row))
        found.setdefault((values["src"], values["srcPort"]), []).append(values)
    told = [event for event in events if event.outcome in log.outcomes]
    checks.check(len(answer["rows"]) == records, f"{log.name}: {len(answer['rows'])} rows instead of {records}")
    for event in told:
        rows = found.get((event.source, event.port), [])
        # A port may come twice.
        checks.check(any(is_row(log, values, event) for values in rows), f"{log.name}: {rows} is not {event}")


def check_log(checks, binary, log, directory, rng):
    """Write one log and ask about it."""
    told = stories(rng)
    events = sorted((event for story in told for event in story.events), key=lambda event: event.seconds)
    text, records, damaged = written(log, events, rng)
    path = Path(directory, log.name + ".log")
    path.write_text(text, encoding="utf-8")
    answer, errors = run(binary, "diagnose", path, "-o", "json", "--limit", "10000")
    if answer is None:
        checks.check(False, f"{log.name}: {errors}")
        return
    read = answer["inputs"][0]
    checks.check(read["kind"] == "firewall-log", f"{log.name}: kind {read['kind']}")
    checks.check(read["skipped"] == damaged, f"{log.name}: {read['skipped']} skipped instead of {damaged}")
    checks.check(read["records"] == records, f"{log.name}: {read['records']} records instead of {records}")
    only = "holds rejected records only" in " ".join(read["notes"])
    checks.check(only == (log.outcomes == ("refused",)), f"{log.name}: notes {read['notes']}")
    for story in told:
        check_story(checks, log, story, answer["findings"], text.split("\n"))
    known = {event.source for event in events}
    for finding in answer["findings"]:
        checks.check(finding["source"]["address"] in known, f"{log.name}: found {finding['source']}")
    check_query(checks, binary, log, path, events, records)


def check_directory(checks, binary, directory):
    """All logs of a directory, with a file that is none, are found by content."""
    Path(directory, "readme.txt").write_text("nothing to see\n", encoding="utf-8")
    answer, errors = run(binary, "diagnose", directory, "-o", "json")
    names = answer and {Path(item["source"]).name for item in answer["inputs"]}
    checks.check(names == {log.name + ".log" for log in LOGS} | set(balancers.NAMES), f"directory: {names} {errors[:200]}")


def main():
    """Check every log, and all of them together."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("binary")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="write the logs there")
    options = parser.parse_args()
    checks = Checks()
    with tempfile.TemporaryDirectory() as scratch:
        directory = options.keep or scratch
        Path(directory).mkdir(parents=True, exist_ok=True)
        for log in LOGS:
            check_log(checks, options.binary, log, directory, random.Random(f"{options.seed} {log.name}"))
        balancers.check(checks, options.binary, run, directory, options.seed)
        check_directory(checks, options.binary, directory)
    print(f"{checks.count} checks of firewall logs, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
