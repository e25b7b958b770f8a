#!/usr/bin/env python3
"""Writes captures of what is rare: headers that cannot be, cut messages, redirected packets, accurate ECN, file options.

usage: rare_cases.py FOLDER            writes FOLDER/rare.pcap, rare-cooked.pcap and rare-options.pcapng
       rare_cases.py --answers FILE    writes what an installed tshark prints of them, frame by frame, to FILE
"""
import json
import os
import struct
import subprocess
import sys
import tempfile

from field_cases import LINK_LOCAL, MAC, START, checksum, ethernet, ipv4, ipv6, option, take

# Of these the values are compared; of a protocol, only how often it is there.
FIELDS = """
frame.protocols frame.time_invalid frame.len_lt_caplen frame.verdict frame.verdict.hw frame.verdict.ebpf_tc
frame.verdict.ebpf_xdp frame.verdict.unknown frame.section_number frame.interface_name frame.comment
_ws.expert _ws.expert.group _ws.expert.severity _ws.malformed _ws.malformed.expert _ws.short
eth.fcs_bad vlan.too_many_tags sll.trailer sll.unused ip ip.version ip.hdr_len ip.len ip.id ip.src ip.bogus_ip_version
ip.bogus_header_length ip.bogus_ip_length ip.nop ipv6.version ipv6.src ipv6.bogus_ipv6_version ipv6.invalid_header
ipv6.plen_zero tcp.srcport tcp.flags tcp.flags.ae tcp.flags.cwr tcp.flags.ece tcp.flags.ace tcp.flags.str
tcp.bogus_header_length tcp.short_segment tcp.options.scps tcp.options.scps.binding tcp.options.scps.binding.id
tcp.options.scps.binding.len tcp.pdu.size tcp.pdu.time tcp.pdu.last_frame tcp.syncookie.time tcp.syncookie.hash
udp.srcport udp.length udp.length.bad udp.length.bad_zero udp.checksum.zero data.len gre gre.routing gre.wccp.redirect_header gre.wccp.service_id gre.checksum
icmp.type icmpv6.type icmpv6.length icmpv6.data icmpv6.unknown_data dns.id dns.qry.name dns.resp.type dns.unsolicited http.chat
frame.file_off frame.link_nr frame.cb_pen eth.src.oui_resolved
""".split()
PROTOCOLS = {"_ws.expert", "_ws.malformed", "_ws.short", "ip", "gre", "tcp.options.scps"}
# What tshark says in words of its own, or knows of protocols that are not read here.
EXCEPT = {"eth.src.oui_resolved"}


def udp(payload=b"hello", source=40001, destination=40002):
    return struct.pack(">HHHH", source, destination, 8 + len(payload), 0) + payload


def tcp(words=5, flags=0x10, payload=b"", options=b"", ports=(40000, 40001), numbers=(1000, 0), ecn=(0, 0, 0)):
    low = flags | ecn[1] << 7 | ecn[2] << 6
    return struct.pack(">HHIIBBHHH", *ports, *numbers, words << 4 | ecn[0], low, 1000, 0, 0) + options + payload


def changed(packet, place, new):
    return packet[:place] + new + packet[place + len(new):]


def icmpv6(kind, body):
    message = bytes([kind, 0, 0, 0]) + body
    pseudo = LINK_LOCAL[0] + LINK_LOCAL[1] + struct.pack(">II", len(message), 58)
    message = message[:2] + struct.pack(">H", checksum(pseudo + message)) + message[4:]
    return ethernet(ipv6(message, 58, hops=255), 0x86DD)


def broken():
    """IP and transport headers that cannot be, or that the IP packet cuts."""
    plain, wide = ipv4(udp(), 17), ipv6(udp(), 17)
    for place, new in ((0, b"\x44"), (0, b"\x40"), (0, b"\x4f"), (2, b"\0\x10"), (2, b"\0\0"), (2, b"\1\0"), (0, b"\x55")):
        yield ethernet(changed(plain, place, new))
    for first in (b"\x50", b"\x40"):
        yield ethernet(changed(wide, 0, first), 0x86DD)
    for count in (3, 4, 8):
        yield ethernet(ipv4(udp(), 17, b"\1" * count))
    for words in (0, 4, 6):
        yield ethernet(ipv4(tcp(words), 6))
    for count in (0, 1, 4, 8, 13, 16, 19):
        yield ethernet(ipv4(tcp()[:count], 6))
    for count in (0, 1, 4, 6, 7):
        yield ethernet(ipv4(udp()[:count], 17))
    for count in (0, 1, 4, 7):
        yield ethernet(ipv4(b"\x08\0\0\0\0\1\0\1"[:count], 1))
    yield ethernet(ipv4(tcp(), 6))[:40]
    yield ethernet(wide, 0x86DD)
    for count in (2, 19):
        tags = struct.pack(">HH", 7, 0x8100) * (count - 1) + struct.pack(">HH", 7, 0x0800)
        yield ethernet(tags + plain, 0x8100)
    yield ethernet(struct.pack(">IHBB", 0x60000000, 4, 6, 64) + LINK_LOCAL[0] + LINK_LOCAL[1] + tcp(), 0x86DD)
    yield b"\1" * 10
    yield ethernet(b"\0\1\x08\0\6\4\0\1\1\2", 0x0806)


def messages():
    """Messages of applications that are cut, and some that are whole."""
    question = b"\3www\7example\3com\0\0\1\0\1"
    head = b"\0\7\1\0\0\1\0\0\0\0\0\0"
    for content in (b"\0\1\1\0\0\1", head + b"\x3fabc", head + question[:9], head + question):
        yield ethernet(ipv4(udp(content, 40001, 53), 17))
    bits = b"\0\7\x81\x80\0\1\0\1\0\0\0\0" + question + b"\xc0\x0c\0\x2f\0\1\0\0\0\5\0\x08\1a\0\0\x20\x60\0"
    yield ethernet(ipv4(udp(bits, 53, 40001), 17))
    both = b"".join(struct.pack(">H", len(head + question)) + head + question for _ in range(2))
    yield ethernet(ipv4(tcp(5, 0x18, both, ports=(40100, 53)), 6))
    yield ethernet(ipv4(tcp(5, 0x18, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", ports=(40101, 80)), 6))


def tunnels():
    inner = ipv4(udp(b"hi"), 17)
    route = struct.pack(">HBB", 0x0800, 0, 8) + take(8) + struct.pack(">HBB", 0, 0, 0)
    for flags, kind, more in ((0, 0x883E, bytes([0x80, 5, 1, 2])), (0, 0x883E, b""), (0, 0x883E, bytes([0, 51, 1, 2])),
                              (0x4000, 0x0800, take(4, 0) + route)):
        yield ethernet(ipv4(struct.pack(">HH", flags, kind) + more + inner, 47))


def options():
    for body in (b"\xf4\1", b"\xf4\1\x12\x33", b"\xf4\1\x11\x33\x44\x55"):
        own = option(20, body)
        own += b"\0" * (-len(own) % 4)
        yield ethernet(ipv4(tcp(5 + len(own) // 4, 2, options=own, ports=(40200 + len(body), 9)), 6))


def congestion():
    """Handshakes that agree on accurate ECN, and some that do not."""
    def back(packet):
        return changed(changed(packet, 26, packet[30:34]), 30, packet[26:30])
    for number, answer in enumerate(((0, 1, 0), (0, 1, 1), (1, 0, 0), (1, 1, 0), (0, 0, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1))):
        ports = (40300 + number, 9)
        yield ethernet(ipv4(tcp(5, 2, ports=ports, numbers=(100, 0), ecn=(1, 1, 1)), 6))
        yield back(ethernet(ipv4(tcp(5, 0x12, ports=ports[::-1], numbers=(500, 101), ecn=answer), 6)))
        yield ethernet(ipv4(tcp(5, 0x10, ports=ports, numbers=(101, 501), ecn=(0, 1, 1)), 6))
        yield ethernet(ipv4(tcp(5, 0x18, b"hi", ports=ports, numbers=(101, 501), ecn=(1, 0, 1)), 6))
        yield back(ethernet(ipv4(tcp(5, 0x14, ports=ports[::-1], numbers=(501, 103), ecn=(1, 0, 1)), 6)))


def control():
    quoted = ipv6(udp(b"hello world"), 17)
    yield icmpv6(1, bytes([8, 0, 0, 0]) + (quoted + b"\0" * 64)[:64])
    yield icmpv6(3, bytes([10, 0, 0, 0]) + (quoted + b"\0" * 80)[:80])
    yield icmpv6(1, bytes(4) + quoted)
    for kind in (5, 100, 162, 200, 255):
        yield icmpv6(kind, take(12))
    yield icmpv6(128, b"\0\1\0\2" + take(20))


def remarks():
    """Headers that can be read, and are remarkable."""
    inner = ipv4(udp(b"hi"), 17)
    snap = b"\xaa\xaa\3\0\0\0\x08\0" + inner
    for first, content in ((0x40, b""), (0, struct.pack(">HBB", 0x108, 1, 3) + take(4))):
        head = bytes([first | len(content) // 4, 0]) + struct.pack(">HI", 0x6558, 7 << 8)
        yield ethernet(ipv4(udp(head + content + ethernet(inner), 40001, 6081), 17))
    for length in (b"\0\0", b"\0\4", b"\0\xff"):
        yield ethernet(ipv4(changed(udp(), 4, length), 17))
        yield ethernet(ipv6(changed(changed(udp(), 4, length), 6, b"\1\2"), 17), 0x86DD)
    yield icmpv6(135, bytes(4) + take(16) + b"\1\0" + take(6))
    yield ethernet(struct.pack(">HH", 7, 1000) + snap, 0x8100)
    yield ethernet(snap, 1000)
    yield ethernet(inner, 1510)
    yield MAC[1] + b"\3\0\0\0\0\2\x08\0" + inner
    yield ethernet(changed(ipv6(changed(udp(), 6, b"\1\2"), 17), 4, b"\1\0"), 0x86DD)
    empty = bytes([1, 4, 0, 0, 0, 0])
    yield ethernet(ipv6(b"\0\0" + empty + bytes([17, 0]) + empty + changed(udp(), 6, b"\1\2"), 60), 0x86DD)
    yield ethernet(ipv6(bytes([17, 2, 0, 1]) + bytes(4) + take(16) + changed(udp(), 6, b"\1\2"), 43), 0x86DD)
    yield ethernet(ipv4(tcp(5, 0x18, b"GET / HTTP/1.1\r\nHo st: a\r\n\r\n", ports=(40501, 80)), 6))
    question = b"\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"
    yield ethernet(ipv4(udp(b"\0\7\x81\x80" + question, 53, 40055), 17))
    for _ in range(2):
        yield ethernet(ipv4(udp(b"\0\x09\1\0" + question, 40056, 53), 17))
    answer = ethernet(ipv4(udp(b"\0\x09\x81\x80" + question, 53, 40056), 17))
    for _ in range(2):
        yield changed(changed(answer, 26, answer[30:34]), 30, answer[26:30])
    for number, (flags, content) in enumerate(((2, b"\0\1\2\3"), (16, b"\2\4\5\xb4"), (2, b"\2\3\5\0"), (2, b"\3\x09\5\0"),
                                               (2, b"\x09\0\5\0"))):
        yield ethernet(ipv4(tcp(6, flags, options=content, ports=(40510 + number, 9)), 6))
    yield ethernet(ipv4(changed(tcp(5, 0x10, ports=(40520, 9)), 18, b"\0\5"), 6))
    yield ethernet(ipv4(b"\x08\0\1\2\0\1\0\1abcd", 1))
    yield changed(icmpv6(128, b"\0\1\0\2abcd"), 56, b"\1\2")
    yield ethernet(ipv4(udp(), 17, b"", 64, "e0000005"))
    for link in (MAC[0], b"\2\0\0\0\0\x99"):
        body = link + bytes([10, 0, 0, 1]) + MAC[1] + bytes([10, 0, 0, 2])
        yield ethernet(struct.pack(">HHBBH", 1, 0x0800, 6, 4, 2) + body, 0x0806)


def packets():
    """All of them as (seconds, microseconds, length on the wire, bytes)."""
    number = 0
    for part in (broken, messages, tunnels, options, congestion, control, remarks):
        for packet in part():
            number += 1
            yield START + number, 0, len(packet), packet
    whole = ethernet(ipv4(tcp(5, 0x18, b"hello world, and so on", ports=(40400, 40401)), 6))
    for length in (10, 14, 20, 33, 34, 38, 50, 54, 60):
        number += 1
        yield START + number, 0, len(whole), whole[:length]
    yield START + number + 1, 2000000, len(whole), whole
    yield START + number + 4, 0, 30, whole


def write(path, link, entries):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link))
        for seconds, fraction, length, packet in entries:
            file.write(struct.pack("<IIII", seconds, fraction, len(packet), length) + packet)


def cooked():
    """Linux cooked capture, with bytes behind the IP packet and without."""
    for size in (0, 1, 2, 30):
        packet = struct.pack(">HHH", 0, 1, 6) + MAC[0] + b"\0\0\x08\0" + ipv4(udp(), 17) + take(size)
        yield START, size, len(packet), packet


def file_options(path):
    """A pcapng file whose packets have options."""
    def block(kind, body):
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

    def choice(code, body):
        return struct.pack("<HH", code, len(body)) + body + b"\0" * (-len(body) % 4)

    packet = ethernet(ipv4(udp(b"x" * 20), 17))
    pad = b"\0" * (-len(packet) % 4)
    verdicts = [choice(7, b"\0\1\2\3"), choice(7, b"\1" + struct.pack("<Q", 2)), choice(7, b"\2" + struct.pack("<Q", 1)),
                choice(7, b"\x09\1\2")]
    chosen = [b"", *verdicts, verdicts[1] + verdicts[2], choice(3, b"\2\1\2\3\4"), choice(1, b"hi") + choice(1, b"there"),
              choice(2, struct.pack("<I", 1))]
    with open(path, "wb") as file:
        file.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
        file.write(block(1, struct.pack("<HHI", 1, 0, 0) + choice(9, b"\6") + choice(0, b"")))
        for number, options in enumerate(chosen):
            time = START * 1000000 + number
            head = struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(packet), len(packet))
            file.write(block(6, head + packet + pad + options + choice(0, b"")))
        file.write(block(3, struct.pack("<I", len(packet)) + packet + pad))


def make(folder):
    write(os.path.join(folder, "rare.pcap"), 1, packets())
    write(os.path.join(folder, "rare-cooked.pcap"), 113, cooked())
    file_options(os.path.join(folder, "rare-options.pcapng"))


def answers(path):
    environment = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8")
    fields = [name for name in FIELDS if name not in EXCEPT]
    with tempfile.TemporaryDirectory() as folder, open(path, "w", encoding="utf-8") as file:
        make(folder)
        for name in ("rare.pcap", "rare-cooked.pcap", "rare-options.pcapng"):
            command = ["tshark", "-n", "-r", os.path.join(folder, name), "-T", "fields", "-E", "aggregator=|"]
            command += [part for field in fields for part in ("-e", field)]
            rows = subprocess.run(command, capture_output=True, env=environment).stdout.decode("utf-8", "replace")
            for number, row in enumerate(rows.split("\n")[:-1], 1):
                values = {field: value for field, value in zip(fields, row.split("\t")) if value}
                for field in PROTOCOLS & values.keys():
                    values[field] = str(values[field].count("|") + 1)
                file.write(json.dumps({"capture": name, "frame": number, "values": values}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--answers":
        answers(sys.argv[2])
    elif len(sys.argv) == 2:
        os.makedirs(sys.argv[1], exist_ok=True)
        make(sys.argv[1])
    else:
        sys.exit(__doc__.strip())
