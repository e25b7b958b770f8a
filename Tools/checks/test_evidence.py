"""The reader of captures reads every form, and the check of evidence finds what does not hold."""

import gzip
import struct
import tempfile
import unittest
from pathlib import Path

from capture_file import frames
from evidence import nanoseconds, wrong

TIME = 1_764_000_000_123_456_000
FRAME = bytes(26) + bytes([10, 0, 0, 1, 10, 0, 0, 2]) + bytes(6)


def pcap(order, magic, unit):
    """A pcap file of one frame."""
    return (struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, 1)
            + struct.pack(order + "IIII", TIME // 10**9, TIME % 10**9 // unit, len(FRAME), len(FRAME)) + FRAME)


def block(order, kind, body):
    """A pcapng block."""
    length = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + length + body + length


def pcapng(order, exponent, offset):
    """A pcapng section of one frame, with a time resolution and an offset of the clock."""
    ticks = (TIME // 10**9 - offset) * 10**exponent + TIME % 10**9 * 10**exponent // 10**9
    options = struct.pack(order + "HHBxxxHHq", 9, 1, exponent, 14, 8, offset)
    packet = struct.pack(order + "IIIII", 0, ticks >> 32, ticks & 0xFFFFFFFF, len(FRAME), len(FRAME)) + FRAME
    return (block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))
            + block(order, 1, struct.pack(order + "HHI", 1, 0, 0) + options) + block(order, 6, packet))


class Evidence(unittest.TestCase):
    def test_reads_every_form(self):
        plain = [pcap(order, magic, unit) for order in "<>" for magic, unit in ((0xA1B2C3D4, 1000), (0xA1B23C4D, 1))]
        plain += [pcapng(order, exponent, offset) for order in "<>" for exponent, offset in ((6, 0), (9, 3600))]
        for index, data in enumerate(plain + [gzip.compress(plain[0]), plain[0] + plain[0][24:50], plain[4] + b"\x06"]):
            with self.subTest(index=index), tempfile.TemporaryDirectory() as directory:
                path = Path(directory, "capture")
                path.write_bytes(data)
                self.assertEqual(list(frames(path)), [(TIME, FRAME)])

    def test_finds_what_does_not_hold(self):
        def reasons(frame=1, time="2025-11-24T16:00:00.123456Z", source="10.0.0.1", destination="10.0.0.2",
                    what="SYN"):
            finding = {"source": {"address": source}, "destination": {"address": destination}}
            item = {"input": 0, "frame": frame, "time": time, "what": what}
            return len(list(wrong(finding, item, {(0, 1): (TIME, FRAME)})))

        self.assertEqual(nanoseconds("2025-11-24T16:00:00.123456Z"), TIME)
        self.assertEqual(reasons(), 0)
        self.assertEqual(reasons(source=None), 0)
        self.assertEqual(reasons(frame=2), 1)
        self.assertEqual(reasons(time="2025-11-24T16:00:00.123457Z"), 1)
        self.assertEqual(reasons(source="10.0.0.3"), 1)
        self.assertEqual(reasons(destination="fd10::1"), 1)
        there = "the SYN at server.pcap, there from {} to 10.0.0.2:443"
        self.assertEqual(reasons(source="10.9.9.9", what=there.format("10.0.0.1:4000")), 0)
        self.assertEqual(reasons(source="10.9.9.9", what=there.format("10.0.0.3:4000")), 1)
        self.assertEqual(reasons(source="10.9.9.9", what="echo at b, there from fd10::1 to [fd10::2]:443"), 2)


if __name__ == "__main__":
    unittest.main()
