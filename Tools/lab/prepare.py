"""Run inside a namespace: set kernel parameters and switch off the offloads that distort a capture.

Usage: prepare.py '{"sysctl": {"ipv4/ip_forward": 1}, "interfaces": ["eth0"]}'
"""

import array
import fcntl
import json
import socket
import struct
import sys
from pathlib import Path

SIOCETHTOOL = 0x8946
# ETHTOOL_S… commands: checksums on transmit, segmentation (TCP, generic), aggregation on receive.
OFFLOADS = {"transmit checksum": 0x17, "TCP segmentation": 0x1F, "generic segmentation": 0x24,
            "generic receive": 0x2C}


def set_parameters(parameters):
    """Write every parameter below /proc/sys/net, which shows the namespace of the process that looks."""
    for name, value in parameters.items():
        Path("/proc/sys/net", name).write_text(f"{value}\n", encoding="ascii")


def disable_offloads(interface):
    """Make the interface send what the wire would carry: real checksums, no segment larger than the MTU."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for command in OFFLOADS.values():
            request = array.array("B", struct.pack("II", command, 0))
            address, _ = request.buffer_info()
            fcntl.ioctl(control, SIOCETHTOOL, struct.pack("16sP", interface.encode(), address))


def main():
    """Apply the settings given as the only argument."""
    settings = json.loads(sys.argv[1])
    set_parameters(settings["sysctl"])
    for interface in settings["interfaces"]:
        disable_offloads(interface)


if __name__ == "__main__":
    main()
