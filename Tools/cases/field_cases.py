#!/usr/bin/env python3
"""Writes a capture with one packet for every option, message and header that fields are read from.

usage: field_cases.py FOLDER            writes FOLDER/fields.pcap
       field_cases.py --answers FILE    writes what an installed tshark prints of it, frame by frame, to FILE

The answers hold the fields of FIELDS that a frame has; a frame whose headers are wrong on purpose is not among them.
"""
import json
import os
import struct
import subprocess
import sys
import tempfile

START = 1600000000
MAC = (b"\x02\0\0\0\0\x01", b"\x02\0\0\0\0\x02")
LINK_LOCAL = (bytes.fromhex("fe80000000000000020000fffe000001"), bytes.fromhex("fe800000000000000000000000000002"))
# Fields whose values come from parts of headers.
PREFIXES = """
eth.padding eth.trailer eth.fcs eth.ig eth.lg eth.src. eth.dst. vlan.len vlan.trailer llc ip.opt ip.rec_rt ip.src_rt
ip.cur_rt ip.dst ip.ttl. ipv6.hopopts ipv6.dstopts ipv6.routing ipv6.fraghdr ipv6.opt ipv6.src_ ipv6.dst_ ipv6.slaac
ipv6.isatap ipv6.6to4 ipv6.t icmp. icmpv6. tcp.option udp.length udp.possible gre. erspan vxlan geneve mpls arp. ppp
tcp.reset_cause
""".split()


def take(count, first=0x11):
    return bytes((first + index) & 255 for index in range(count))


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - total


def ethernet(payload, kind=0x0800):
    return MAC[1] + MAC[0] + struct.pack(">H", kind) + payload


def ipv4(payload, protocol, options=b"", life=64, to="0a000002"):
    options += b"\0" * (-len(options) % 4)
    words = 5 + len(options) // 4
    header = struct.pack(">BBHHHBBH4s4s", 0x40 | words, 0, words * 4 + len(payload), 1, 0, life, protocol, 0,
                         b"\x0a\0\0\x01", bytes.fromhex(to)) + options
    return header[:10] + struct.pack(">H", checksum(header)) + header[12:] + payload


def ipv6(payload, protocol, addresses=LINK_LOCAL, hops=64):
    return struct.pack(">IHBB", 0x60000000, len(payload), protocol, hops) + addresses[0] + addresses[1] + payload


def udp(payload=b"hello", source=1111, destination=2222):
    return struct.pack(">HHHH", source, destination, 8 + len(payload), 0) + payload


def option(kind, body):
    return bytes([kind, 2 + len(body)]) + body


class Capture:
    def __init__(self):
        self.packets = []
        self.port = 20000

    def add(self, packet):
        self.packets.append(packet)

    def tcp(self, options, flags=2, payload=b""):
        self.port += 1
        options += b"\0" * (-len(options) % 4)
        offset = (5 + len(options) // 4) << 4
        header = struct.pack(">HHIIBBHHH", self.port, 9, 1000, 0, offset, flags, 1000, 0, 0)
        self.add(ethernet(ipv4(header + options + payload, 6)))

    def icmp(self, kind, code, body):
        message = bytes([kind, code, 0, 0]) + body
        self.add(ethernet(ipv4(message[:2] + struct.pack(">H", checksum(message)) + message[4:], 1)))

    def icmpv6(self, kind, body):
        message = bytes([kind, 0, 0, 0]) + body
        pseudo = LINK_LOCAL[0] + LINK_LOCAL[1] + struct.pack(">II", len(message), 58)
        message = message[:2] + struct.pack(">H", checksum(pseudo + message)) + message[4:]
        self.add(ethernet(ipv6(message, 58, hops=255), 0x86DD))

    def write(self, path):
        with open(path, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
            for index, packet in enumerate(self.packets):
                head = struct.pack("<IIII", START, index * 1000, len(packet), len(packet))
                file.write(head + packet)


def tcp_options(capture):
    lengths = {2: [2], 3: [1], 4: [0], 5: [8, 16], 6: [4], 7: [4], 8: [8], 11: [4], 12: [4], 13: [4], 19: [16], 20: [2],
               22: [0], 23: [0], 27: [6], 28: [2], 29: [2, 10], 34: [0, 8], 172: [3, 6, 9], 174: [3, 6, 9], 253: [4],
               254: [5], 99: [3], 69: [4], 78: [14]}
    for kind, sizes in lengths.items():
        for size in sizes:
            for first in (0x11, 0xA5):
                capture.tcp(option(kind, take(size, first)), 2 if kind in (2, 3, 4, 34) else 16)
    for body in (b"\x00\xac\x5b", b"\xf9\x89", b"\xf9\x89" + take(8), b"\xac\xc0" + take(9)):
        capture.tcp(option(254, body))
    for kind in range(11):
        capture.tcp(option(76, bytes([kind << 4 | 1]) + take(18, 0x21)))
        capture.tcp(option(76, bytes([kind << 1]) + take(5, 0x21)))
    for size in (12, 20, 22, 24):
        for version in (0, 1):
            capture.tcp(option(30, bytes([version]) + take(size - 3, 0x81)))
    for kind, sizes in {1: (12, 16, 24), 3: (8, 10, 16, 18, 20, 22, 28, 30), 4: (4, 6), 5: (3, 4), 6: (12,), 7: (12,),
                        8: (4,)}.items():
        for size in sizes:
            for low in (0, 1, 4):
                capture.tcp(option(30, bytes([kind << 4 | low]) + take(size - 3, 0x81)), 16)
    for flags in range(32):
        size = (8 if flags & 2 else 4) * (flags & 1) + (((8 if flags & 8 else 4) + 6) if flags & 4 else 0)
        capture.tcp(option(30, bytes([0x20, flags]) + take(size, 0x41)), 16)
    capture.tcp(b"\1\1\1\1" + option(2, b"\x05\xb4"))
    capture.tcp(b"", 0x14, b"Go away\r\n")


def network(capture):
    for kind, bodies in {
        7: (b"\x04", b"\x08", b"\x0c"), 131: (b"\x04", b"\x08", b"\x0c"), 137: (b"\x04", b"\x08"),
    }.items():
        for pointer in bodies:
            capture.add(ethernet(ipv4(udp(), 17, option(kind, pointer + take(8)))))
    for kind, body in ((68, b"\x05\0" + take(8)), (68, b"\x05\1" + take(16)), (130, take(1)), (148, b"\0\1"),
                       (25, take(6)), (11, b"\5\xdc"), (12, b"\2\0"), (134, b"\0\0\0\1\1\6\0\2\3\4"), (200, take(3))):
        capture.add(ethernet(ipv4(udp(), 17, b"\1" + option(kind, body))))
    for life in (1, 4, 5, 255):
        for to in ("e0000001", "e0000012", "e00000fb", "e00000fc", "e0000101", "0a000002"):
            capture.add(ethernet(ipv4(udp(), 17, b"", life, to)))
    for port in (33434, 33435, 33464, 33465):
        capture.add(ethernet(ipv4(udp(destination=port), 17)))
    for body in (b"\1\4\0\0\0\0", b"\0\0\0\0\0\0", b"\5\2\0\0\1\0", b"\x1e\4" + take(4), b"\x3e\4" + take(4)):
        for kind in (0, 60):
            capture.add(ethernet(ipv6(bytes([17, 0]) + body + udp(b"hi"), kind), 0x86DD))
    for header in (bytes([17, 4, 0, 2, 0, 0, 0, 0]) + take(32, 0x20),
                   bytes([17, 4, 4, 1, 1, 0x20, 0xAB, 0xCD]) + take(32, 0x20)):
        capture.add(ethernet(ipv6(header + udp(b"hi"), 43), 0x86DD))
    for address in ("20020a0101010000000000000000abcd", "fe8000000000000002005efe0a010203",
                    "200100000a0203040000f5fff5fefdfc", "fe80000000000000aabbccfffeddeeff",
                    "fe80000000000000a8bbccfffeddeeff"):
        capture.add(ethernet(ipv6(udp(b"hi"), 17, (bytes.fromhex(address), LINK_LOCAL[1])), 0x86DD))
        capture.add(ethernet(ipv6(udp(b"hi"), 17, (LINK_LOCAL[1], bytes.fromhex(address))), 0x86DD))


def messages(capture):
    quoted = ipv4(udp(b"hello world"), 17)
    for kind in (3, 4, 5, 11, 12):
        for code in (0, 4):
            capture.icmp(kind, code, b"\0\0\5\xdc" + quoted)
    padded = quoted + b"\0" * (128 - len(quoted))
    labels = struct.pack(">HBBII", 12, 1, 1, 100 << 12 | 5 << 9 | 1, 200 << 12 | 0x107)
    interface = struct.pack(">HBB", 28, 2, 15) + struct.pack(">I", 7) + b"\0\1\0\0\x0a\1\2\3\x08eth0\0\0\0\0\0\5\xdc"
    wide = struct.pack(">HBB", 28, 2, 0x8C) + struct.pack(">I", 9) + b"\0\2\0\0" + take(16)
    other = struct.pack(">HBB", 10, 9, 9) + take(6)
    for kind in (3, 11, 12):
        for words in (0, 32):
            for content in (labels, interface, wide, other):
                structure = b"\x20\0\0\0" + content
                structure = structure[:2] + struct.pack(">H", checksum(structure)) + structure[4:]
                capture.icmp(kind, 0, bytes([0, words, 0, 0]) + padded + structure)
    capture.icmp(9, 0, b"\2\2\0\x1e" + take(16))
    capture.icmp(13, 0, b"\0\1\0\2" + take(12))
    capture.icmp(17, 0, b"\0\1\0\2" + take(4))
    for time in (struct.pack("<II", START, 99), struct.pack(">II", START, 99), struct.pack("<II", START - 90000, 99)):
        capture.icmp(8, 0, b"\0\5\0\1" + time + take(24))
    neighbour = lambda kind, body: bytes([kind, (9 + len(body)) // 8]) + body + b"\0" * (-(2 + len(body)) % 8)
    prefix = b"\x40\xc0" + struct.pack(">III", 1000, 500, 0) + bytes.fromhex("20010db8000000000000000000000000")
    options = [neighbour(1, take(6)), neighbour(2, take(6)), neighbour(3, prefix), neighbour(5, b"\0\0\0\0\5\x78"),
               neighbour(25, b"\0\0" + struct.pack(">I", 600) + take(32))]
    for kind, size in ((133, 4), (134, 12), (135, 20), (136, 20), (137, 36)):
        for each in options:
            capture.icmpv6(kind, take(size, 0xE0) + each)
    capture.icmpv6(4, take(4, 0) + ipv6(udp(), 17))


def links(capture):
    inner = ipv4(udp(b"hi"), 17)
    for count in (0, 3, 20):
        for fill in (b"\0", b"\5"):
            capture.add(ethernet(inner + fill * count))
            capture.add(ethernet(struct.pack(">HH", 0x7005, 0x0800) + inner + fill * count, 0x8100))
    capture.add(ethernet(b"\xaa\xaa\3\0\0\0\x08\0" + inner, 8 + len(inner)))
    capture.add(ethernet(b"\x42\x42\3" + take(35), 38))
    capture.add(ethernet(struct.pack(">II", 77 << 12 | 3 << 9 | 9, 78 << 12 | 0x105) + inner, 0x8847))
    capture.add(ethernet(b"\x11\0\0\x07\0\x20\0\x21" + inner, 0x8864))
    for kind, addresses in ((1, (1, 2)), (2, (5, 5)), (1, (5, 5))):
        body = MAC[0] + bytes([10, 0, 0, addresses[0]]) + b"\0" * 6 + bytes([10, 0, 0, addresses[1]])
        capture.add(ethernet(struct.pack(">HHBBH", 1, 0x0800, 6, 4, kind) + body, 0x0806))
    capture.add(ethernet(struct.pack(">HHBBH", 1, 0x0800, 8, 8, 1) + take(32), 0x0806))


def tunnels(capture):
    inner = ipv4(udp(b"hi"), 17)
    for flags in (0, 0x8000, 0x2000, 0x1000, 0xB000, 0x0800, 0x0700):
        capture.add(ethernet(ipv4(struct.pack(">HH", flags, 0x0800) + take(4) * bin(flags >> 12).count("1") + inner, 47)))
    for flags in (0x2001, 0x3001, 0x3081):
        more = (take(4) if flags & 0x1000 else b"") + (take(4, 0x99) if flags & 0x80 else b"")
        key = struct.pack(">HH", 4 + len(inner), 9)
        capture.add(ethernet(ipv4(struct.pack(">HH", flags, 0x880B) + key + more + b"\xff\3\0\x21" + inner, 47)))
    second = struct.pack(">II", 0x1006E414, 0x14)
    third = struct.pack(">IIHBB", 0x20061C14, 0x11223344, 0x5566, 0, 0x08)
    for kind, header in ((0x88BE, second), (0x22EB, third)):
        capture.add(ethernet(ipv4(struct.pack(">HH", 0x1000, kind) + take(4) + header + ethernet(inner), 47)))
    for flags in (0x08000000, 0x88480123):
        capture.add(ethernet(ipv4(udp(struct.pack(">II", flags, 0x507) + ethernet(inner), 5000, 4789), 17)))
    entry = lambda group, kind, body, bits=0: struct.pack(">HBB", group, kind, bits << 5 | len(body) // 4) + body
    for options in (b"", entry(0x108, 1, take(8)), entry(0x108, 0x81, take(4), 5), entry(0x132, 1, take(4)),
                    entry(0x132, 2, take(8)), entry(0x132, 3, take(8)), entry(0x108, 1, take(4)) + entry(0x102, 2, take(4))):
        header = bytes([len(options) // 4, 0xC5]) + struct.pack(">HI", 0x6558, 0xAFF) + options
        capture.add(ethernet(ipv4(udp(header + ethernet(inner), 5000, 6081), 17)))


def made():
    capture = Capture()
    for part in (tcp_options, network, messages, links, tunnels):
        part(capture)
    return capture


def answers(path):
    environment = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8")
    listing = subprocess.run(["tshark", "-G", "fields"], capture_output=True, env=environment).stdout.decode()
    known = [line.split("\t")[2] for line in listing.split("\n") if line.startswith("F\t")]
    fields = sorted({name for name in known if any(name.startswith(prefix) for prefix in PREFIXES)})
    with tempfile.TemporaryDirectory() as folder:
        capture = os.path.join(folder, "fields.pcap")
        made().write(capture)
        command = ["tshark", "-n", "-r", capture, "-T", "fields"] + [part for name in fields for part in ("-e", name)]
        rows = subprocess.run(command, capture_output=True, env=environment).stdout.decode("utf-8", "replace")
    with open(path, "w", encoding="utf-8") as file:
        for number, row in enumerate(rows.split("\n")[:-1], 1):
            values = {name: value for name, value in zip(fields, row.split("\t")) if value}
            file.write(json.dumps({"frame": number, "values": values}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--answers":
        answers(sys.argv[2])
    elif len(sys.argv) == 2:
        made().write(os.path.join(sys.argv[1], "fields.pcap"))
    else:
        sys.exit(__doc__.strip())
