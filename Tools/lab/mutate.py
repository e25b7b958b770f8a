"""Changes to a capture that must not mislead a reader of it: duplicated packets, one direction removed."""

import ipaddress
from dataclasses import replace

from pcapfile import Capture

COPY_DELAY = 40_000
VLAN_TYPES = (0x8100, 0x88A8)


def addresses(frame):
    """Source and destination of the outermost IP header of an Ethernet frame, or None."""
    offset = 12
    kind = int.from_bytes(frame[offset:offset + 2], "big")
    while kind in VLAN_TYPES:
        offset += 4
        kind = int.from_bytes(frame[offset:offset + 2], "big")
    header = frame[offset + 2:]
    if kind == 0x0800 and len(header) >= 20:
        return ipaddress.ip_address(header[12:16]), ipaddress.ip_address(header[16:20])
    if kind == 0x86DD and len(header) >= 40:
        return ipaddress.ip_address(header[8:24]), ipaddress.ip_address(header[24:40])
    return None


def duplicate(packets):
    """Every packet twice, the copy 40 µs later, in order of time: what a mirror of two ports delivers."""
    copies = (replace(packet, time=packet.time + COPY_DELAY) for packet in packets)
    return sorted([*packets, *copies], key=lambda packet: packet.time)


def shift(packets, seconds):
    """What a clock that is ahead, or behind, writes."""
    return [replace(packet, time=packet.time + round(seconds * 1_000_000_000)) for packet in packets]


def ring(source, directory, files):
    """The capture as a ring of files with numbered names; returns their paths."""
    capture = Capture.read(source)
    size = -(-len(capture.packets) // files)
    paths = [directory / f"{source.stem}_{number + 1:05}.pcap" for number in range(files)]
    for number, path in enumerate(paths):
        capture.save(path, capture.packets[number * size:(number + 1) * size])
    return paths


def only_from(side, packets, client):
    """What is left when one direction is not recorded.

    Packets to the client are the server's direction, ICMP errors of routers included; packets from the
    client are its own. Packets that are neither (ARP, neighbour discovery between routers) stay.
    """
    unwanted = 0 if side == "server" else 1
    return [packet for packet in packets
            if (pair := addresses(packet.data)) is None or pair[unwanted] not in client]


def mutate(source, destination, change):
    """Apply `change` (a function from packets to packets) to a capture file."""
    capture = Capture.read(source)
    capture.save(destination, change(capture.packets))


def client_set(texts):
    """Addresses given as text, ready to be looked up."""
    return frozenset(ipaddress.ip_address(text) for text in texts)
