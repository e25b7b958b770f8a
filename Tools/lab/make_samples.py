#!/usr/bin/env python3
"""Make the sample captures: a web tier, its database and friends, and what stands between them.

  make_samples.py OUTDIR            writes client.pcap and server.pcap.gz
  make_samples.py OUTDIR TRUTH      and what is to be found in them, in the form of truth.json

Exit code 77 means that this machine does not allow it, as with lab.py.
"""

import gzip
import shutil
import sys
import tempfile
from pathlib import Path

import dnsmessage
from namespaces import LabUnavailable, require_namespaces
from run import run_lab
from scenarios import (BACKWARD, CLIENT, DROPPED, FORWARD, HOST, NO_REPLY, NOT_ALIVE, PROHIBITED, REFUSED,
                       SERVER, Rule, Scenario, expect)
from topology import Topology, segment

SKIPPED = 77
# Host numbers in the servers' segment. "server" is the database host; "missing" was switched off long ago.
HOSTS = {"server": 9, "api": 20, "cache": 30, "backup": 40, "resolver": 53, "missing": 99}
NAMES = {"server": "db-1.internal.example", "api": "api-1.internal.example",
         "cache": "cache-1.internal.example", "backup": "backup-1.internal.example",
         "missing": "legacy-1.internal.example"}
TOPOLOGY = Topology(segment("10.0.1.0/24", "fd10:0:0:1::/64"), segment("10.0.2.0/24", "fd10:0:0:2::/64"),
                    client=5, targets=HOSTS)
PAGE = b"<!doctype html><title>Orders</title>\n" + b"<p>Order received, thank you.</p>\n" * 30
WEB = ((CLIENT, b"GET /orders HTTP/1.1\r\nHost: db-1.internal.example\r\nUser-Agent: web-tier/2.3\r\n"
                b"Accept: text/html\r\n\r\n"),
       (SERVER, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
                b"Content-Length: %d\r\n\r\n" % len(PAGE) + PAGE))
UPLOAD = ((CLIENT, b"PUT /nightly.tar HTTP/1.1\r\nHost: backup-1.internal.example\r\nExpect: 100-continue\r\n"
                   b"Content-Length: 65536\r\n\r\n"),
          (SERVER, b"HTTP/1.1 100 Continue\r\n\r\n"), (CLIENT, 65536),
          (SERVER, b"HTTP/1.1 201 Created\r\n\r\n"))
NTP_REQUEST = b"\x23" + bytes(47)


def lookups():
    """The web tier asks for every name before it uses it, a new socket for each question."""
    found, number = [], 0x2A01
    for target, name in NAMES.items():
        for family in (4, 6) if target in ("server", "api") else (4,):
            exchange = ((CLIENT, dnsmessage.query(number, name, family)),
                        (SERVER, dnsmessage.answer(number, name, TOPOLOGY.target_address(target, family))))
            found.append(Scenario(f"lookup-{target}-{family}", protocol="udp", families=(4,), port=53,
                                  target="resolver", exchange=exchange, delay=0.1 + 0.05 * len(found)))
            number += 0x111
    return found


def story():
    """What the web tier does in half a minute."""
    four, admin = (4,), "admin-prohibited"
    rejected = {4: Rule(f"reject with icmp {admin}"), 6: Rule(f"reject with icmpv6 {admin}")}
    returning = expect("return-blocked", "return-path-blocked", "synack-never-acked")
    return lookups() + [
        Scenario("ping", protocol="icmp", families=four, delay=1.0, repeat=3),
        Scenario("web", port=80, exchange=WEB, delay=1.2, repeat=5, interval=4.0),
        Scenario("database", DROPPED, port=5432, rules=(Rule("drop"),), lost=FORWARD, delay=1.5, repeat=2,
                 interval=10.0),
        Scenario("admin-page", REFUSED, REFUSED, port=8080, listens=False, families=four, delay=2.0, repeat=3,
                 interval=5.0),
        *(Scenario("api", PROHIBITED, port=443, target="api", rules=(rule,), lost=NOT_ALIVE,
                   families=(family,), delay=2.5, repeat=2, interval=6.0)
          for family, rule in rejected.items()),
        Scenario("cache", DROPPED, returning, (Rule("drop", reply=True),), port=6379, target="cache",
                 lost=BACKWARD, families=four, delay=3.0),
        Scenario("backup", expect("stalled", "pmtu-black-hole", "data-never-acked"), port=9000,
                 target="backup", rules=(Rule("drop", "meta length > 1400"),), lost=FORWARD, families=four,
                 exchange=UPLOAD, delay=3.5),
        Scenario("time", NO_REPLY, protocol="udp", port=123, target="resolver", rules=(Rule("drop"),),
                 lost=FORWARD, families=four, exchange=((CLIENT, NTP_REQUEST), (SERVER, 48)), delay=4.0),
        Scenario("legacy", HOST, port=22, target="missing", lost=NOT_ALIVE, listens=False, families=four,
                 delay=4.5),
    ]


def main():
    """Record the story and keep the two captures."""
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 64
    try:
        require_namespaces(sys.argv)
    except LabUnavailable as reason:
        print(f"samples: skipped: {reason}")
        return SKIPPED
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        run_lab(story(), TOPOLOGY, Path(directory))
        shutil.copy(Path(directory, "client.pcap"), target / "client.pcap")
        packed = gzip.compress(Path(directory, "server.pcap").read_bytes(), 9, mtime=0)
        (target / "server.pcap.gz").write_bytes(packed)
        if len(sys.argv) == 3:
            shutil.copy(Path(directory, "truth.json"), sys.argv[2])
    return 0


if __name__ == "__main__":
    sys.exit(main())
