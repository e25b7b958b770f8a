"""Just enough of the DNS to ask for one address and to answer."""

import ipaddress
import struct

TYPES = {4: 1, 6: 28}
INTERNET = 1
QUERY_FLAGS = 0x0100
ANSWER_FLAGS = 0x8580
POINTER_TO_QUESTION = 0xC00C


def _question(name, kind):
    labels = b"".join(bytes([len(label)]) + label.encode("ascii") for label in name.split("."))
    return labels + b"\0" + struct.pack("!HH", kind, INTERNET)


def query(number, name, family):
    """A question for the name's IPv4 or IPv6 address."""
    return struct.pack("!HHHHHH", number, QUERY_FLAGS, 1, 0, 0, 0) + _question(name, TYPES[family])


def answer(number, name, address, lifetime=300):
    """The authoritative answer with one address."""
    packed = ipaddress.ip_address(address).packed
    kind = TYPES[4 if len(packed) == 4 else 6]
    header = struct.pack("!HHHHHH", number, ANSWER_FLAGS, 1, 1, 0, 0)
    record = struct.pack("!HHHIH", POINTER_TO_QUESTION, kind, INTERNET, lifetime, len(packed)) + packed
    return header + _question(name, kind) + record
