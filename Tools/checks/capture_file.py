"""Frames of pcap and pcapng files, plain, gzip or zstd: a reader that shares nothing with the program it checks."""

import struct
import subprocess
import zlib

# Magic numbers of pcap as written, and their units in nanoseconds.
PCAP = {b"\xd4\xc3\xb2\xa1": ("<", 1000), b"\xa1\xb2\xc3\xd4": (">", 1000),
        b"\x4d\x3c\xb2\xa1": ("<", 1), b"\xa1\xb2\x3c\x4d": (">", 1)}
SECTION, INTERFACE, PACKET, SIMPLE, ENHANCED = 0x0A0D0D0A, 1, 2, 3, 6
RESOLUTION, OFFSET = 9, 14


def frames(path):
    """Time in nanoseconds (None where the file has none) and bytes of each frame; a cut end ends it."""
    with open(path, "rb") as stream:
        data = unpacked(stream.read())
    if data[:4] in PCAP:
        return _pcap(data, *PCAP[data[:4]])
    if data[:4] == struct.pack(">I", SECTION):
        return _pcapng(data)
    raise ValueError(f"{path} is neither pcap nor pcapng")


def unpacked(data):
    """The bytes without their compression; what is readable where they end early."""
    if data[:2] == b"\x1f\x8b":
        parts = []
        while data[:2] == b"\x1f\x8b":
            member = zlib.decompressobj(wbits=31)
            parts.append(member.decompress(data))
            data = member.unused_data
        return b"".join(parts)
    if data[:4] == b"\x28\xb5\x2f\xfd":
        return subprocess.run(["zstd", "-dc"], input=data, capture_output=True, check=False).stdout
    return data


def _pcap(data, order, unit):
    header = struct.Struct(order + "IIII")
    offset = 24
    while offset + header.size <= len(data):
        seconds, fraction, stored, _ = header.unpack_from(data, offset)
        offset += header.size
        if offset + stored > len(data):
            return
        yield seconds * 1_000_000_000 + fraction * unit, data[offset:offset + stored]
        offset += stored


def _pcapng(data):
    order, interfaces, offset = "<", [], 0
    while offset + 12 <= len(data):
        if data[offset:offset + 4] == struct.pack(">I", SECTION):
            order = "<" if data[offset + 8:offset + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            interfaces = []
        kind, length = struct.unpack_from(order + "II", data, offset)
        if length < 12 or offset + length > len(data):
            return
        body = data[offset + 8:offset + length - 4]
        if kind == INTERFACE:
            interfaces.append(_interface(body, order))
        elif kind in (ENHANCED, PACKET):
            number = struct.unpack_from(order + ("I" if kind == ENHANCED else "H"), body)[0]
            _, high, low, stored = struct.unpack_from(order + "IIII", body)
            snaplen, ticks, seconds = interfaces[number]
            time = (high << 32 | low) * 1_000_000_000 // ticks + seconds * 1_000_000_000
            yield time, body[20:20 + stored]
        elif kind == SIMPLE:
            original = struct.unpack_from(order + "I", body)[0]
            snaplen = interfaces[0][0]
            yield None, body[4:4 + min(original, snaplen or original)]
        offset += length


def _interface(body, order):
    """Snapshot length, ticks in a second and seconds to add."""
    snaplen, ticks, seconds, offset = struct.unpack_from(order + "I", body, 4)[0], 1_000_000, 0, 8
    while offset + 4 <= len(body):
        code, length = struct.unpack_from(order + "HH", body, offset)
        value = body[offset + 4:offset + 4 + length]
        if code == RESOLUTION:
            ticks = 2 ** (value[0] & 0x7F) if value[0] & 0x80 else 10 ** value[0]
        elif code == OFFSET:
            seconds = struct.unpack(order + "q", value)[0]
        offset += 4 + (length + 3) // 4 * 4
    return snaplen, ticks, seconds
