"""Run inside a namespace: record an interface to a pcap file until standard input ends.

A packet socket with a receive ring is used instead of tcpdump because tcpdump insists on changing its user,
which an unprivileged user namespace forbids. Prints `ready`, and at the end one JSON line with the kernel's
counters.
"""

import argparse
import json
import mmap
import select
import socket
import struct
import sys

from pcapfile import Packet, Writer

ETH_P_ALL = 3
SOL_PACKET = 263
PACKET_RX_RING = 5
PACKET_STATISTICS = 6
PACKET_VERSION = 10
TPACKET_V2 = 1
STATUS_KERNEL, STATUS_USER = 0, 1
# status, length, stored, offset of the frame, offset of the network header, seconds, nanoseconds
HEADER = struct.Struct("=IIIHHII")
FRAME_SIZE = 4096
BLOCK_SIZE = 1 << 20
BLOCKS = 16
LARGEST = 262144


class Ring:
    """Everything sent and received on an interface, stamped by the kernel, in memory shared with it."""

    def __init__(self, interface):
        self._tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self._tap.setsockopt(SOL_PACKET, PACKET_VERSION, TPACKET_V2)
        frames = BLOCKS * BLOCK_SIZE // FRAME_SIZE
        self._tap.setsockopt(SOL_PACKET, PACKET_RX_RING,
                             struct.pack("IIII", BLOCK_SIZE, BLOCKS, FRAME_SIZE, frames))
        self._memory = mmap.mmap(self._tap.fileno(), BLOCKS * BLOCK_SIZE)
        self._offsets = range(0, BLOCKS * BLOCK_SIZE, FRAME_SIZE)
        self._next = 0
        self._tap.bind((interface, ETH_P_ALL))

    def fileno(self):
        """For select."""
        return self._tap.fileno()

    def take(self):
        """The packets that are there now, one after another."""
        while True:
            start = self._offsets[self._next]
            status, length, stored, offset, _, seconds, nanoseconds = HEADER.unpack_from(self._memory, start)
            if not status & STATUS_USER:
                return
            data = self._memory[start + offset:start + offset + stored]
            yield Packet(seconds * 1_000_000_000 + nanoseconds, data, length)
            struct.pack_into("=I", self._memory, start, STATUS_KERNEL)
            self._next = (self._next + 1) % len(self._offsets)

    def statistics(self):
        """Packets seen and packets lost since the ring was made."""
        packets, dropped = struct.unpack("II", self._tap.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        return {"packets": packets, "dropped": dropped}


def record(ring, writer):
    """Copy packets until standard input ends, then what is left in the ring."""
    ending = False
    while not ending:
        readable, _, _ = select.select([ring, sys.stdin], [], [])
        ending = sys.stdin in readable
        for packet in ring.take():
            writer.write(packet)
        writer.flush()


def main():
    """Record until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("interface")
    parser.add_argument("path")
    parser.add_argument("--snaplen", type=int, default=LARGEST)
    parser.add_argument("--nanoseconds", action="store_true")
    options = parser.parse_args()
    ring = Ring(options.interface)
    with open(options.path, "wb") as stream:
        writer = Writer(stream, snaplen=options.snaplen, nanoseconds=options.nanoseconds)
        print("ready", flush=True)
        record(ring, writer)
    print(json.dumps(ring.statistics()), flush=True)


if __name__ == "__main__":
    main()
