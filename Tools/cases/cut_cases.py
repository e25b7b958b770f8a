#!/usr/bin/env python3
"""Writes captures of packets that a snap length cuts: every encapsulation and header, cut at every length.

usage: cut_cases.py FOLDER [STEP]       writes FOLDER/cut-LINKTYPE.pcap, and FOLDER/cut-fields.pcap with the packets of
                                        field_cases.py; with STEP, only each STEPth of the cut packets
       cut_cases.py --answers FILE      writes some cut packets, and what an installed tshark prints of each, to FILE
"""
import json
import os
import struct
import subprocess
import sys
import tempfile

import field_cases
from field_cases import LINK_LOCAL, START, ethernet, ipv4, ipv6, take

# Shorter cuts leave no link header; longer ones leave these packets whole.
LENGTHS = range(1, 161)
LONG_OPTIONS = b"\2\4\5\xb4\4\2" + b"\x08\x0a" + take(8) + b"\1\3\3\7"


def udp(payload, source=40001, destination=40002):
    return field_cases.udp(payload, source, destination)


def tcp(flags, options=b"", payload=b"", ports=(40000, 443), numbers=(1000, 5000)):
    offset = 5 + len(options) // 4
    return struct.pack(">HHIIBBHHH", *ports, *numbers, offset << 4, flags, 1000, 0x1234, 0) + options + payload


def icmp(kind, code, body):
    message = bytes([kind, code, 0, 0]) + body
    return message[:2] + struct.pack(">H", field_cases.checksum(message)) + message[4:]


def icmpv6(kind, code, body):
    return bytes([kind, code, 0x12, 0x34]) + body


def datagrams():
    """What IPv4 packets carry, as (protocol, bytes)."""
    yield 6, tcp(2, LONG_OPTIONS)
    yield 6, tcp(0x12, LONG_OPTIONS, ports=(443, 40000), numbers=(5000, 1001))
    yield 6, tcp(0x18, b"\1\1\x08\x0a" + take(8), b"hello world, how are you", numbers=(1001, 5001))
    yield 6, tcp(0x10, b"\1\1\x05\x12" + take(16), numbers=(1025, 5001))
    yield 6, tcp(0x11, numbers=(1025, 5001))
    yield 6, tcp(0x14, payload=b"go away now", numbers=(1026, 5001))
    yield 17, udp(b"hello world, how are you")
    yield 17, udp(b"\0\7\1\0\0\1\0\0\0\0\0\0\3www\7example\3com\0\0\1\0\1", 5000, 53)


def messages4():
    quoted = ipv4(tcp(2, LONG_OPTIONS), 6)
    yield 1, icmp(8, 0, struct.pack(">HH", 7, 1) + take(24))
    yield 1, icmp(0, 0, struct.pack(">HH", 7, 1) + take(24))
    yield 1, icmp(3, 13, b"\0\0\0\0" + quoted)
    yield 1, icmp(3, 4, b"\0\0\5\x78" + ipv4(udp(b"hello world"), 17))
    yield 1, icmp(11, 0, b"\0\0\0\0" + ipv4(icmp(8, 0, struct.pack(">HH", 7, 1) + take(8)), 1))
    yield 1, icmp(5, 1, b"\x0a\0\0\x09" + quoted)
    yield 1, icmp(13, 0, b"\0\1\0\2" + take(12))
    yield 50, take(40)
    yield 51, bytes([6, 4, 0, 0]) + take(20) + tcp(2, LONG_OPTIONS)
    yield 132, struct.pack(">HHII", 5000, 6000, 7, 0) + b"\1\0\0\x14" + take(16)


def messages6():
    quoted = ipv6(tcp(2, LONG_OPTIONS), 6)
    yield 58, icmpv6(128, 0, struct.pack(">HH", 7, 1) + take(24))
    yield 58, icmpv6(1, 1, b"\0\0\0\0" + quoted)
    yield 58, icmpv6(2, 0, b"\0\0\5\x78" + ipv6(udp(b"hello world"), 17))
    yield 58, icmpv6(135, 0, b"\0\0\0\0" + LINK_LOCAL[1] + b"\1\1" + take(6))
    yield 58, icmpv6(136, 0, b"\x60\0\0\0" + LINK_LOCAL[1] + b"\2\1" + take(6))
    yield 0, bytes([60, 0, 5, 2, 0, 0, 1, 0]) + bytes([6, 0, 1, 4, 0, 0, 0, 0]) + tcp(2, LONG_OPTIONS)
    yield 43, bytes([17, 4, 0, 2, 0, 0, 0, 0]) + take(32, 0x20) + udp(b"hi")
    yield 44, bytes([17, 0, 0, 1, 0, 0, 0, 9]) + udp(take(24))[:24]
    yield 44, bytes([17, 0, 0, 24, 0, 0, 0, 8]) + take(24)
    yield 51, bytes([6, 4, 0, 0]) + take(20) + tcp(2, LONG_OPTIONS)


def tunnelled(inner4, inner6):
    """IPv4 packets that carry another packet in every way that is read."""
    frame = ethernet(inner4)
    yield ipv4(inner4, 4)
    yield ipv4(inner6, 41)
    for flags in (0, 0x8000, 0x2000, 0x1000, 0xB000):
        yield ipv4(struct.pack(">HH", flags, 0x0800) + take(4) * bin(flags >> 12).count("1") + inner4, 47)
    yield ipv4(struct.pack(">HH", 0, 0x86DD) + inner6, 47)
    yield ipv4(struct.pack(">HH", 0, 0x6558) + frame, 47)
    yield ipv4(struct.pack(">HHHHII", 0x3081, 0x880B, 4 + len(inner4), 9, 5, 6) + b"\xff\3\0\x21" + inner4, 47)
    yield ipv4(struct.pack(">HH", 0, 0x8847) + struct.pack(">I", 77 << 12 | 0x109) + inner4, 47)
    yield ipv4(struct.pack(">HH", 0, 0x88BE) + frame, 47)
    yield ipv4(struct.pack(">HHI", 0x1000, 0x88BE, 7) + struct.pack(">II", 0x1006E414, 0x14) + frame, 47)
    yield ipv4(struct.pack(">HHI", 0x1000, 0x22EB, 7)
               + struct.pack(">IIHBB", 0x20061C14, 0x11223344, 0x5566, 0, 0x08) + frame, 47)
    yield ipv4(struct.pack(">HH", 0, 0x8909) + b"\x08\0\1\1\0\1\0\7" + inner4, 47)
    yield ipv4(struct.pack(">HH", 0, 0x9999) + take(30), 47)
    yield ipv4(udp(struct.pack(">II", 0x08000000, 0x507) + frame, 5000, 4789), 17)
    yield ipv4(udp(struct.pack(">II", 0x0C000001, 0x507) + inner4, 5000, 4790), 17)
    for options in (b"", struct.pack(">HBB", 0x108, 1, 2) + take(8)):
        header = bytes([len(options) // 4, 0]) + struct.pack(">HI", 0x6558, 0xAFF) + options
        yield ipv4(udp(header + frame, 5000, 6081), 17)
    yield ipv4(udp(bytes([0, 0]) + struct.pack(">HI", 0x0800, 0xAFF) + inner4, 5000, 6081), 17)


def networks():
    """Packets as (EtherType, bytes)."""
    for protocol, content in [*datagrams(), *messages4()]:
        yield 0x0800, ipv4(content, protocol)
    for protocol, content in [*datagrams(), *messages6()]:
        yield 0x86DD, ipv6(content, protocol)
    yield 0x0800, ipv4(tcp(2, LONG_OPTIONS), 6, b"\1\7\x0b\4" + take(8))
    yield 0x0800, ipv4(udp(b"hello"), 17, b"\x83\7\4\x0a\0\0\7\0")
    first = bytearray(ipv4(udp(take(40)), 17))
    first[6] = 0x20
    yield 0x0800, bytes(first)
    later = bytearray(ipv4(take(40), 6))
    later[7] = 9
    yield 0x0800, bytes(later)
    for kind in (1, 2):
        body = field_cases.MAC[0] + b"\x0a\0\0\1" + b"\0" * 6 + b"\x0a\0\0\2"
        yield 0x0806, struct.pack(">HHBBH", 1, 0x0800, 6, 4, kind) + body
    yield 0x88B5, take(40)
    yield 0x8909, b"\1\1\0\1\0\7\x08\0" + ipv4(tcp(2, LONG_OPTIONS), 6)


def some_networks():
    """A TCP, a UDP and an ICMP packet of both versions."""
    yield 0x0800, ipv4(tcp(2, LONG_OPTIONS), 6)
    yield 0x0800, ipv4(udp(b"hello world"), 17)
    yield 0x86DD, ipv6(tcp(2, LONG_OPTIONS), 6)
    yield 0x86DD, ipv6(icmpv6(128, 0, struct.pack(">HH", 7, 1) + take(8)), 58)


def frames():
    """All frames as (link type, bytes)."""
    for kind, packet in networks():
        yield 1, ethernet(packet, kind)
    inner4, inner6 = ipv4(tcp(2, LONG_OPTIONS), 6), ipv6(tcp(2, LONG_OPTIONS), 6)
    for packet in tunnelled(inner4, inner6):
        yield 1, ethernet(packet)
    for packet in tunnelled(ipv4(udp(b"hello world"), 17), ipv6(udp(b"hello world"), 17)):
        yield 1, ethernet(packet)
    for kind, packet in some_networks():
        point = 0x0021 if kind == 0x0800 else 0x0057
        pair = struct.pack(">H", kind)
        yield 1, ethernet(struct.pack(">HH", 100, kind) + packet, 0x8100)
        yield 1, ethernet(struct.pack(">HHHH", 100, 0x8100, 200, kind) + packet, 0x88A8)
        yield 1, ethernet(struct.pack(">I", 77 << 12 | 9) + struct.pack(">I", 78 << 12 | 0x105) + packet, 0x8847)
        yield 1, ethernet(struct.pack(">BBHHH", 0x11, 0, 7, 2 + len(packet), point) + packet, 0x8864)
        yield 1, ethernet(b"\xaa\xaa\3\0\0\0" + pair + packet, 8 + len(packet))
        yield 1, ethernet(b"\x70\x70\3" + packet, 3 + len(packet))
        yield 113, struct.pack(">HHH", 0, 1, 6) + take(8) + pair + packet
        yield 276, pair + struct.pack(">HIHBB", 0, 2, 1, 0, 6) + take(8) + packet
        family = 2 if kind == 0x0800 else 24
        yield 0, struct.pack("<I", family) + packet
        yield 108, struct.pack(">I", family) + packet
        yield 101, packet
        yield 9, b"\xff\3" + struct.pack(">H", point) + packet
        yield 104, b"\x0f\0" + pair + packet


def fields():
    """The packets of field_cases.py, on ports that mean nothing, with numbers that are no special case."""
    packets = []
    for packet in field_cases.made().packets:
        packet = packet.replace(struct.pack(">HH", 1111, 2222), struct.pack(">HH", 40001, 40002))
        packet = packet.replace(struct.pack(">II", 1000, 0), struct.pack(">II", 1000, 5000))
        # Options that are shown only whole: of multipath TCP, of optimizers, and for a quick start.
        is_option = packet[12:14] == b"\x08\0" and packet[23] == 6 and packet[54:55] in (b"\x1e", b"\x4c", b"\x1b")
        # Spanning tree, which is not read; a trailer that tshark takes for a protocol of its own; options that end in
        # a single byte, behind which tshark looks for a length.
        is_other = (packet[14:16] == b"\x42\x42" or packet[12:14] == b"\x81\0" and packet.endswith(b"\0" * 20)
                    or packet[56:62] == b"\0" * 6 and packet[12:14] == b"\x86\xdd")
        if not is_option and not is_other:
            packets.append(packet)
    return packets


def write(path, link, packets, step):
    """Every packet at every length, all packets of one length before those of the next."""
    number = 0
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link))
        for length in LENGTHS:
            for index, packet in enumerate(packets):
                number += 1
                if (length >= len(packet) and length != LENGTHS[-1]) or number % step:
                    continue
                # Four bytes of Geneve are no Geneve to tshark, but yet another protocol.
                if length == 46 and packet[36:38] == b"\x17\xc1":
                    continue
                kept = packet[:length]
                file.write(struct.pack("<IIII", START + length, index * 1000, len(kept), len(packet)) + kept)


def chosen():
    """Some packets and their cuts as (packet, length): those that are met in practice, and one cut in each step."""
    inner4, inner6 = ipv4(tcp(2, LONG_OPTIONS), 6), ipv6(tcp(2, LONG_OPTIONS), 6)
    plain, wide = ethernet(inner4), ethernet(inner6, 0x86DD)
    for length in (10, 14, 20, 31, 34, 38, 49, 50, 52, 54, 56, 60, 68):
        yield plain, length
    for length in (21, 40, 68, 71, 80):
        yield wide, length
    tunnels = [ethernet(packet) for packet in tunnelled(inner4, inner6)]
    for packet in tunnels:
        for length in (37, 64, 68, 80, 96):
            if length < len(packet):
                yield packet, length
    datagram, echo = ethernet(ipv4(udp(b"hello world"), 17)), ethernet(ipv4(icmp(8, 0, b"\0\7\0\1" + take(24)), 1))
    for length in (38, 40, 42, 50):
        yield datagram, length
        yield echo, length
    error = ethernet(ipv4(icmp(3, 13, b"\0\0\0\0" + inner4), 1))
    for length in (50, 66, 74, 80, 90):
        yield error, length
    address = struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1) + take(20)
    for length in (19, 30):
        yield ethernet(address, 0x0806), length
        yield ethernet(struct.pack(">HH", 100, 0x0800) + inner4, 0x8100), length - 2
        yield ethernet(struct.pack(">I", 77 << 12 | 0x109) + inner4, 0x8847), length - 3


def answers(path):
    """Each packet is a capture of its own; of a protocol, which tshark prints as prose, only that it is there counts."""
    environment = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8")
    listing = subprocess.run(["tshark", "-G", "fields"], capture_output=True, env=environment).stdout.decode()
    prefixes = ("eth", "ip", "tcp", "udp", "icmp", "arp", "vlan", "mpls", "gre", "erspan", "vxlan", "geneve", "ppp", "data")
    known = {line.split("\t")[2] for line in listing.split("\n") if line.startswith(("F\t", "P\t"))}
    names = ["frame.protocols"] + sorted(name for name in known if name.split(".")[0] in prefixes)
    with tempfile.TemporaryDirectory() as folder, open(path, "w", encoding="utf-8") as file:
        for packet, length in chosen():
            capture = os.path.join(folder, "cut.pcap")
            with open(capture, "wb") as out:
                out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
                out.write(struct.pack("<IIII", START, 0, length, len(packet)) + packet[:length])
            command = ["tshark", "-n", "-r", capture, "-T", "fields"] + [part for name in names for part in ("-e", name)]
            row = subprocess.run(command, capture_output=True, env=environment).stdout.decode().rstrip("\n")
            values = {name: value for name, value in zip(names, row.split("\t")) if value}
            line = {"bytes": packet[:length].hex(), "length": len(packet), "values": values}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--answers":
        return answers(sys.argv[2])
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__.strip())
    folder, step = sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3 else 1
    os.makedirs(folder, exist_ok=True)
    kinds = {}
    for link, packet in frames():
        kinds.setdefault(link, []).append(packet)
    for link, packets in kinds.items():
        write(os.path.join(folder, f"cut-{link}.pcap"), link, packets, step)
    write(os.path.join(folder, "cut-fields.pcap"), 1, fields(), step)


if __name__ == "__main__":
    main()
