"""Run inside a namespace: record an interface to a pcap file until standard input ends.

A packet socket is used instead of tcpdump because tcpdump insists on changing its group list, which an
unprivileged user namespace forbids. Prints `ready`, and at the end one JSON line with the kernel's counters.
"""

import argparse
import json
import select
import socket
import struct
import sys

from pcapfile import Packet, Writer

ETH_P_ALL = 3
SO_RCVBUFFORCE = 33
SO_TIMESTAMPNS = 35
SOL_PACKET = 263
PACKET_STATISTICS = 6
LARGEST = 262144


def open_socket(interface):
    """A packet socket that sees everything sent and received, stamped by the kernel in nanoseconds."""
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    tap.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20)
    tap.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    tap.bind((interface, ETH_P_ALL))
    return tap


def receive(tap):
    """One packet with its time in nanoseconds."""
    data, control, _, _ = tap.recvmsg(LARGEST, 64)
    for level, kind, value in control:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("ll", value)
            return Packet(seconds * 1_000_000_000 + nanoseconds, data, len(data))
    raise OSError("the kernel gave no time stamp")


def record(tap, writer):
    """Copy packets until standard input ends and nothing is left in the socket's buffer."""
    ending = False
    while True:
        readable, _, _ = select.select([tap] if ending else [tap, sys.stdin], [], [], 0 if ending else None)
        if tap in readable:
            writer.write(receive(tap))
        elif ending:
            return
        if sys.stdin in readable:
            ending = not sys.stdin.readline()


def main():
    """Record until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("interface")
    parser.add_argument("path")
    parser.add_argument("--snaplen", type=int, default=LARGEST)
    parser.add_argument("--nanoseconds", action="store_true")
    options = parser.parse_args()
    with open_socket(options.interface) as tap, open(options.path, "wb") as stream:
        writer = Writer(stream, snaplen=options.snaplen, nanoseconds=options.nanoseconds)
        print("ready", flush=True)
        record(tap, writer)
        packets, drops = struct.unpack("II", tap.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
    print(json.dumps({"packets": packets, "dropped": drops}), flush=True)


if __name__ == "__main__":
    main()
