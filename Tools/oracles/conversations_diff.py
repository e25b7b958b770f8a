#!/usr/bin/env python3
"""Compares `roadblock conversations` with an installed tshark and with an oracle of Zeek's states.

usage: conversations_diff.py ROADBLOCK CAPTURE...      a capture is a file or a folder

Streams, packets and bytes of each side, SYNs, retransmissions, initial RTT and completeness come from tshark's fields in
two passes; packets also from its `-z conv,tcp -z conv,udp`; states and histories from `Tools/checks`. Exits with 1 on any
difference and with 77 where there is no tshark. `--known FILE` names accepted differences, `end of the path<TAB>column or *<TAB>why`.
"""
import collections
import concurrent.futures
import ipaddress
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "checks"))
from conversation_states import Copies, Segment, Stream  # noqa: E402
from tshark import argument_parser, captures, run, version_of  # noqa: E402

FIELDS = """frame.number frame.time_epoch frame.len ip.src ip.dst ipv6.src ipv6.dst tcp.stream udp.stream tcp.srcport
tcp.dstport udp.srcport udp.dstport tcp.flags tcp.seq_raw tcp.ack_raw tcp.len tcp.window_size_value ip.id ip.ttl
ipv6.hlim tcp.hdr_len tcp.checksum tcp.checksum.status tcp.payload tcp.completeness tcp.analysis.retransmission tcp.analysis.initial_rtt icmp.type icmpv6.type
frame.protocols ip.flags.mf ip.frag_offset ipv6.fraghdr.offset ipv6.fraghdr.more""".split()


# tshark puts fragments together, which shifts the numbers of its streams: such captures are not compared.
FRAGMENTS = FIELDS[-4:]


class Expected:
    """What tshark's fields say of one stream."""

    def __init__(self):
        self.sent = collections.Counter()
        self.bytes = collections.Counter()
        self.ends = set()
        self.syns = self.retransmissions = self.completeness = 0
        self.rtt = None
        self.story = Stream()


def addresses(row):
    """Source and destination of the network layer in front of each transport header, outermost first."""
    v4 = list(zip(row["ip.src"], row["ip.dst"]))
    v6 = list(zip(row["ipv6.src"], row["ipv6.dst"]))
    pairs = []
    for name in row["frame.protocols"][0].split(":") if row["frame.protocols"] else []:
        if name == "ip" and v4:
            pairs.append(v4.pop(0))
        elif name == "ipv6" and v6:
            pairs.append(v6.pop(0))
        elif name in ("icmp", "icmpv6"):
            # What follows is quoted.
            return
        elif name in ("tcp", "udp"):
            yield name, pairs[-1] if pairs else ("", "")


def checksum(row, source, target):
    """Whether a segment's checksum is right or wrong; empty where it cannot be said, or was left to a network card: 0, or
    that of the pseudo-header alone, with or without the length."""
    stated = number(last(row, "tcp.checksum"))
    status = last(row, "tcp.checksum.status")
    if not stated or status not in ("0", "1"):
        return ""
    if status == "1":
        return "right"
    words = b"".join(ipaddress.ip_address(address).packed for address in (source, target))
    length = number(last(row, "tcp.hdr_len")) + number(last(row, "tcp.len"))
    left = [6 + more + sum(words[at] << 8 | words[at + 1] for at in range(0, len(words), 2)) for more in (0, length)]
    return "" if stated in [(total - 1) % 0xFFFF + 1 for total in left] else "wrong"


def number(text):
    """A number as tshark prints it; 0 for none."""
    return int(text, 0) if text else 0


def last(row, name):
    return row[name][-1] if row[name] else ""


def streams(tshark, path):
    """Expected rows of one capture by ("tcp"|"udp", stream); None where it cannot be compared."""
    command = [tshark, "-2", "-n", "-o", "tcp.check_checksum:TRUE", "-r", path, "-T", "fields", "-E", "aggregator=|"]
    result = run(command + [part for name in FIELDS for part in ("-e", name)])
    if result.returncode and not result.stdout:
        return None
    found = collections.defaultdict(Expected)
    copies = Copies()
    for line in result.stdout.decode("utf-8", "replace").split("\n")[:-1]:
        row = {name: cell.split("|") if cell else [] for name, cell in zip(FIELDS, line.split("\t"))}
        if row["icmp.type"] or row["icmpv6.type"]:
            # What an error quotes moves only the completeness of its stream.
            for stream, value in zip(row["tcp.stream"], row["tcp.completeness"]):
                found["tcp", int(stream)].completeness = int(value)
        taken = collections.Counter()
        for proto, (source, target) in addresses(row):
            place = taken[proto]
            taken[proto] += 1
            if place >= len(row[proto + ".stream"]):
                continue
            expected = found[proto, int(row[proto + ".stream"][place])]
            if any(number(last(row, name)) for name in FRAGMENTS):
                return None
            sender = (source, int(row[proto + ".srcport"][place]))
            receiver = (target, int(row[proto + ".dstport"][place]))
            expected.sent[sender] += 1
            expected.bytes[sender] += int(row["frame.len"][0])
            expected.ends |= {sender, receiver}
            if proto == "udp":
                continue
            flags = number(last(row, "tcp.flags"))
            expected.syns += flags & 18 == 2
            expected.retransmissions += bool(row["tcp.analysis.retransmission"])
            if row["tcp.completeness"]:
                expected.completeness = int(last(row, "tcp.completeness"))
            if row["tcp.analysis.initial_rtt"]:
                expected.rtt = float(last(row, "tcp.analysis.initial_rtt"))
            segment = Segment(
                sender, receiver, flags, number(last(row, "tcp.seq_raw")), number(last(row, "tcp.ack_raw")),
                number(last(row, "tcp.len")), number(last(row, "tcp.window_size_value")),
                float(row["frame.time_epoch"][0]), number(last(row, "ip.id")),
                number(last(row, "ip.ttl") or last(row, "ipv6.hlim")), last(row, "tcp.payload")[:128],
                checksum(row, source, target))
            if not copies.is_copy(segment):
                expected.story.add(segment)
    return {key: value for key, value in found.items() if value.sent}


LINE = re.compile(r"^(\S+)\s+<->\s+(\S+)\s+(\d+) \S+ \S+\s+(\d+) \S+ \S+\s+(\d+) ")


def taps(tshark, path):
    """Packets each way of `-z conv`, as a multiset of (protocol, {(end, packets sent), (end, packets sent)})."""
    found = collections.Counter()
    result = run([tshark, "-n", "-q", "-r", path, "-z", "conv,tcp", "-z", "conv,udp"])
    proto = None
    for line in result.stdout.decode("utf-8", "replace").split("\n"):
        if line.endswith(" Conversations"):
            proto = line.split()[0].lower()
        match = LINE.match(line)
        if match:
            a, b, to_a, to_b, _ = match.groups()
            found[proto, frozenset([(a, int(to_b), 0), (b, int(to_a), 1 if a == b else 0)])] += 1
    return found


def compare(ours, tshark, version, path):
    """Differences of one capture as (column, text); None where it cannot be compared."""
    expected = streams(tshark, path)
    if expected is None:
        return None
    result = run([ours, "conversations", "-r", path, "--wireshark", version, "-o", "json", "-q"])
    if result.returncode:
        return [("exit code", f"{result.returncode}: {result.stderr.decode()[:200]}")]
    found = []
    mine = {(row["protocol"], row["stream"]): row for row in json.loads(result.stdout) if row["stream"] is not None}
    if set(mine) != set(expected):
        found.append(("stream", f"only ours {sorted(set(mine) - set(expected))[:5]}, "
                                f"only tshark {sorted(set(expected) - set(mine))[:5]}"))
    for key in sorted(set(mine) & set(expected)):
        row, want = mine[key], expected[key]
        client, server = (row["client"], row["clientPort"]), (row["server"], row["serverPort"])
        if client == server:
            pairs = [("clientPackets", want.sent[client]), ("clientBytes", want.bytes[client])]
        else:
            pairs = [("clientPackets", want.sent[client]), ("serverPackets", want.sent[server]),
                     ("clientBytes", want.bytes[client]), ("serverBytes", want.bytes[server])]
        if key[0] == "tcp":
            pairs += [("synCount", want.syns), ("retransmissions", want.retransmissions),
                      ("completeness", want.completeness)]
            # tshark prints it only beside other items of the analysis.
            if want.rtt is not None:
                pairs.append(("initialRTT", want.rtt))
            if want.story.client is not None:
                pairs += [("state", want.story.state), ("history", want.story.history or None)]
                if client != server:
                    pairs.append(("client", want.story.client[0]))
                    pairs.append(("clientPort", want.story.client[1]))
        for column, value in pairs:
            if row[column] != value:
                found.append((column, f"{key[0]} stream {key[1]}: {row[column]!r}, tshark {value!r}"))
    tapped = taps(tshark, path)
    counted = collections.Counter()
    for (proto, _), row in mine.items():
        ends = [(f"{row['client']}:{row['clientPort']}", row["clientPackets"]),
                (f"{row['server']}:{row['serverPort']}", row["serverPackets"])]
        if ends[0][0] == ends[1][0]:
            continue
        counted[proto, frozenset((end, sent, 0) for end, sent in ends)] += 1
    tapped = collections.Counter({key: n for key, n in tapped.items() if len({end for end, _, _ in key[1]}) == 2})
    if tapped != counted:
        found.append(("conv", f"only ours {list((counted - tapped))[:2]}, only -z conv {list((tapped - counted))[:2]}"))
    return found


def main():
    options = argument_parser(__doc__).parse_args()
    version = version_of(options.tshark)
    if not version:
        print("skipped: conversations against tshark (tshark is not installed)")
        sys.exit(77)
    paths = captures(options.captures, options.every)
    bad = skipped = compared = rows = 0
    totals = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        jobs = [(path, pool.submit(compare, options.roadblock, options.tshark, version, path)) for path in paths]
        for path, job in jobs:
            found = job.result()
            if found is None:
                skipped += 1
                continue
            compared += 1
            said = collections.Counter()
            for column, text in found:
                if any(path.endswith(end) and name in (column, "*") for end, name in options.known):
                    continue
                bad += 1
                totals[column] += 1
                said[column] += 1
                if said[column] <= 2:
                    print(f"{path}: {column}: {text}")
    print(f"conversations of {compared} captures compared with tshark {version}, {skipped} that it cannot read or "
          f"puts together left out, {bad} differences", file=sys.stderr)
    for column, count in totals.most_common():
        print(f"  {count:4} {column}", file=sys.stderr)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
