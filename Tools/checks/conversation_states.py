#!/usr/bin/env python3
"""Zeek's connection states and history letters, from the segments of one TCP stream: an oracle for `conversations`.

  conversation_states.py CASES.jsonl      the table of expected states, from the packet lists of the cases

Shares nothing with the program. The rules are those of Zeek's conn.log: letters once for each side (a, d, i, q), again
with another sequence number (s, h, f, r), at 1, 10, 100 ... (c, t, g, w); `^` in front when the client did not speak first.
"""

import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
HALF = 1 << 31


@dataclass
class Segment:
    """One TCP segment; `sender` and `receiver` are (address, port)."""

    sender: tuple
    receiver: tuple
    flags: int
    seq: int
    ack: int
    length: int
    window: int
    time: float = 0.0
    ident: int = 0
    ttl: int = 0
    head: str = ""
    # "right" or "wrong"; empty where it cannot be said.
    checksum: str = ""


def ahead(a, b):
    """How far a lies ahead of b in sequence space."""
    return (a - b + HALF) % (2 * HALF) - HALF


def known_service(port):
    """Ports that tell a server."""
    return 0 < port < 1024 or port in KNOWN


KNOWN = {int(word) for word in """1433 1521 1812 1813 2049 2379 3000 3128 3268 3306 3389 4317 4789 5000 5060 5353 5432
5671 5672 5900 5985 5986 6379 6443 6514 7000 8000 8080 8081 8086 8088 8125 8443 8888 9000 9042 9090 9092 9093 9100 9200
9300 9443 10250 11211 15672 25565 27017""".split()}


@dataclass
class Side:
    """What one endpoint did."""

    state: str = "INACTIVE"
    once: set = field(default_factory=set)
    numbers: dict = field(default_factory=dict)
    counts: dict = field(default_factory=dict)
    low: int = None
    high: int = None
    hole: int = None
    syn: int = None
    has_right_checksum: bool = False


class Stream:
    """A stream's story."""

    def __init__(self):
        self.client = None
        self.sides = {}
        self.text = ""

    def orient(self, s):
        """Who is the client, by the first segment."""
        if s.flags & SYN:
            self.client = s.receiver if s.flags & ACK else s.sender
        else:
            turned = known_service(s.sender[1]) and not known_service(s.receiver[1])
            self.client = s.receiver if turned else s.sender
        if self.client != s.sender:
            self.text += "^"
        self.sides = {s.sender: Side(), s.receiver: Side()}
        self.syns = 0

    def letter(self, who, char):
        """Append in the case of the side."""
        self.text += char.upper() if who == self.client else char.lower()

    def once(self, who, char):
        """A letter that stands once for each side."""
        if char not in self.sides[who].once:
            self.sides[who].once.add(char)
            self.letter(who, char)

    def changed(self, who, char, number):
        """A letter that stands again with another number."""
        if self.sides[who].numbers.get(char) != number:
            self.sides[who].numbers[char] = number
            self.letter(who, char)

    def scaled(self, who, char):
        """A letter at powers of ten."""
        count = self.sides[who].counts[char] = self.sides[who].counts.get(char, 0) + 1
        if re.fullmatch("10*", str(count)):
            self.letter(who, char)

    def add(self, s):
        """The next segment."""
        if self.client is None:
            self.orient(s)
        if s.flags & (SYN | ACK) == SYN:
            if s.sender != self.client and self.syns == 0:
                self.client = s.sender
                self.text = self.text.swapcase() + "^"
            self.syns += 1
        own, peer = self.sides[s.sender], self.sides[s.receiver]
        # Whose checksums are all wrong leaves them to its network card.
        if s.checksum == "right":
            own.has_right_checksum = True
        elif s.checksum == "wrong" and own.has_right_checksum:
            self.scaled(s.sender, "c")
        syn, fin, rst, ack = (bool(s.flags & bit) for bit in (SYN, FIN, RST, ACK))
        if syn and (fin or rst):
            self.once(s.sender, "q")
        elif syn:
            self.changed(s.sender, "h" if ack else "s", s.seq)
        elif fin and rst:
            self.once(s.sender, "i")
        elif rst:
            self.changed(s.sender, "r", s.seq)
        if syn and not (fin or rst) and not ack:
            own.syn = s.seq
        if rst:
            self.reset(s, own, peer)
            return
        if s.length:
            self.once(s.sender, "d")
            start = s.seq + syn
            if own.high is not None and ahead(start + s.length, own.high) <= 0 and ahead(start, own.low) >= 0 and (
                    own.hole is None or ahead(start, own.hole) < 0):
                self.scaled(s.sender, "t")
        elif ack and not (syn or fin):
            self.once(s.sender, "a")
        if fin:
            self.changed(s.sender, "f", (s.seq + s.length) % (2 * HALF))
        if s.window == 0:
            self.scaled(s.sender, "w")
        if ack and self.misses(peer, s.ack):
            self.scaled(s.receiver, "g")
        if s.length or syn or fin:
            end = s.seq + s.length + (1 if syn or fin else 0)
            if own.high is None:
                own.low, own.high = s.seq, end
            else:
                if ahead(s.seq, own.low) < 0:
                    own.low = s.seq
                if ahead(s.seq, own.high) > 0 and own.hole is None:
                    own.hole = own.high
                elif own.hole is not None and ahead(s.seq, own.hole) == 0:
                    own.hole = None
                if ahead(end, own.high) > 0:
                    own.high = end
        if syn and ack:
            if own.state in ("INACTIVE", "PARTIAL", "SYN_SENT"):
                own.state = "ESTABLISHED"
            if peer.state == "SYN_SENT":
                peer.state = "ESTABLISHED"
        elif syn:
            if own.state == "INACTIVE":
                own.state = "ESTABLISHED" if peer.state == "ESTABLISHED" else "SYN_SENT"
            elif own.state == "RESET" and peer.state in ("INACTIVE", "PARTIAL"):
                own.state, peer.state = "SYN_SENT", "INACTIVE"
        if fin and own.state != "RESET":
            own.state = "CLOSED"
        if not (syn or fin) and own.state == "INACTIVE":
            own.state = "PARTIAL"

    @staticmethod
    def misses(side, number):
        """Whether an acknowledgment tells of bytes of a side that were never seen."""
        if side.high is None or side.state == "SYN_SENT":
            return False
        if side.hole is not None and ahead(number, side.hole) > 0:
            side.hole = None
            return True
        distance = ahead(number, side.high)
        if distance > 0:
            side.high = number
        return distance > 1

    @staticmethod
    def reset(s, own, peer):
        """A reset counts unless it fails to acknowledge the SYN that it answers."""
        if peer.state == "SYN_SENT" and own.state == "INACTIVE" and peer.syn is not None:
            fits = (s.ack - peer.syn - 1) % (2 * HALF) <= 1 << 16 if s.flags & ACK else s.seq == 0
            if not fits:
                return
        own.state = "RESET"

    @property
    def history(self):
        """The letters; no more than the program keeps."""
        return self.text if len(self.text) <= 31 else self.text[:31] + "x"

    @property
    def state(self):
        """Zeek's conn_state."""
        server = next((key for key in self.sides if key != self.client), self.client)
        ours, theirs = self.sides[self.client], self.sides[server]
        o, r = ours.state, theirs.state
        idle = ("INACTIVE", "PARTIAL")
        if r == "RESET":
            no_bytes = "d" not in ours.once and "d" not in theirs.once
            if o == "SYN_SENT" or (o == "RESET" and no_bytes):
                return "REJ"
            return "RSTRH" if o in idle else "RSTR"
        if o == "RESET":
            if r == "ESTABLISHED" and "s" not in ours.numbers:
                return "RSTRH"
            return "RSTOS0" if r in idle else "RSTO"
        if o == r == "CLOSED":
            return "SF"
        if o == "CLOSED":
            return "SH" if r in idle else "S2"
        if r == "CLOSED":
            return "SHR" if o in idle else "S3"
        if o == "SYN_SENT" and r == "INACTIVE":
            return "S0"
        return "S1" if o == r == "ESTABLISHED" else "OTH"


class Copies:
    """Leaves out packets that were captured twice: equal segments with one identification within 5 ms, or without one
    (or with another time to live) within 1 ms."""

    def __init__(self):
        self.newest = {}

    def is_copy(self, s):
        """Whether a segment was there shortly before; otherwise it is remembered."""
        key = (s.sender, s.receiver, s.flags, s.seq, s.ack, s.length, s.window, s.head)
        for old in self.newest.get(key, []):
            elapsed = abs(s.time - old.time)
            same = s.ident and s.ident == old.ident
            none = not s.ident and not old.ident
            other = s.ttl != old.ttl
            if same or (none and other):
                found = elapsed < 0.005
            else:
                found = elapsed < 0.001 and (none or other)
            if found:
                return True
        self.newest.setdefault(key, []).append(s)
        self.newest[key] = self.newest[key][-4:]
        return False


def parse(line, number):
    """A segment of the cases' notation; None for what is no TCP segment."""
    words = line.split()
    if words[2].startswith("icmp"):
        return None
    keys = dict(word.split("=", 1) for word in words[3:] if "=" in word)
    bits = {"F": FIN, "S": SYN, "R": RST, "P": PSH, "A": ACK}
    flags = sum(bits.get(letter, 0) for letter in words[2])
    v6 = "v6" in words
    client = (keys.get("ca", "fd00::1" if v6 else "10.0.0.1"), int(keys.get("cp", 40000)))
    server = (keys.get("sa", "fd00::2" if v6 else "10.0.0.2"), int(keys.get("sp", 60000)))
    sender, receiver = (client, server) if words[1] == ">" else (server, client)
    length = len(keys["hex"]) // 2 if "hex" in keys else int(keys.get("len", 0))
    return Segment(sender, receiver, flags, int(keys.get("seq", 0)), int(keys.get("ack", 0)), length,
                   int(keys.get("win", 65535)), float(words[0]), 0 if v6 else int(keys.get("id", number)),
                   int(keys.get("ttl", 64)), checksum="wrong" if "badsum" in words else "right")


def table(path):
    """Rows of case, stream, state and history; the streams are those that tshark recorded."""
    yield "case,stream,state,history"
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if not case.get("verdict"):
            continue
        streams, copies = {}, Copies()
        numbers = {row["n"]: row.get("stream") for row in case["expect"]}
        for number, text in enumerate(case["packets"], 1):
            segment = parse(text, number)
            if segment is None or copies.is_copy(segment):
                continue
            streams.setdefault(numbers[number], Stream()).add(segment)
        for number, stream in sorted(streams.items()):
            yield f"{case['id']},{number},{stream.state},{stream.history}"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print("\n".join(table(sys.argv[1])))
