"""Classic pcap files: reading and writing, microseconds or nanoseconds, either byte order."""

import struct
from dataclasses import dataclass

MICROSECONDS = 0xA1B2C3D4
NANOSECONDS = 0xA1B23C4D
ETHERNET = 1


@dataclass(frozen=True)
class Packet:
    """A packet: time in nanoseconds, stored bytes, and its length before the snapshot length cut it."""

    time: int
    data: bytes
    length: int


class Writer:
    """Writes packets to a binary stream."""

    def __init__(self, stream, *, snaplen=262144, nanoseconds=False, link_type=ETHERNET):
        self._stream = stream
        self._snaplen = snaplen
        self._unit = 1 if nanoseconds else 1000
        magic = NANOSECONDS if nanoseconds else MICROSECONDS
        stream.write(struct.pack("<IHHiIII", magic, 2, 4, 0, 0, snaplen, link_type))

    def write(self, packet):
        """Append one packet."""
        seconds, rest = divmod(packet.time, 1_000_000_000)
        stored = packet.data[:self._snaplen]
        header = struct.pack("<IIII", seconds, rest // self._unit, len(stored), packet.length)
        self._stream.write(header + stored)

    def flush(self):
        """Let readers of a growing file see what was written."""
        self._stream.flush()


@dataclass(frozen=True)
class Capture:
    """A whole capture in memory."""

    packets: list
    snaplen: int
    nanoseconds: bool
    link_type: int

    @staticmethod
    def read(path):
        """Read a capture; a tail that is cut off is an error here."""
        with open(path, "rb") as stream:
            data = stream.read()
        order = next((order for order in "<>" if data[:4] in
                      (struct.pack(f"{order}I", MICROSECONDS), struct.pack(f"{order}I", NANOSECONDS))), None)
        if order is None:
            raise ValueError(f"{path} is not a classic pcap file")
        magic, _, _, _, _, snaplen, link_type = struct.unpack_from(f"{order}IHHiIII", data)
        unit = 1 if magic == NANOSECONDS else 1000
        packets, offset = [], 24
        while offset < len(data):
            seconds, rest, stored, length = struct.unpack_from(f"{order}IIII", data, offset)
            offset += 16
            time = seconds * 1_000_000_000 + rest * unit
            packets.append(Packet(time, data[offset:offset + stored], length))
            offset += stored
        return Capture(packets, snaplen, magic == NANOSECONDS, link_type)

    def save(self, path, packets):
        """Write other packets with the same header."""
        with open(path, "wb") as stream:
            writer = Writer(stream, snaplen=self.snaplen, nanoseconds=self.nanoseconds,
                            link_type=self.link_type)
            for packet in packets:
                writer.write(packet)
