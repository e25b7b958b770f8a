#!/usr/bin/env python3
"""Blocked and healthy connections between network namespaces, recorded at both ends, and their truth.

  lab.py run OUTDIR                       client.pcap, server.pcap and truth.json
  lab.py mutate IN.pcap OUT.pcap …        duplicate packets, or remove one direction

Exit code 77 means that this machine does not allow it (no Linux, no permission, a tool is missing).
"""

import argparse
import json
import sys
import time
from pathlib import Path

import mutate
from namespaces import LabUnavailable, require_namespaces
from run import Options, run_lab
from scenarios import catalogue, translated_catalogue
from topology import DEFAULT_SEED, Topology

SKIPPED = 77
FAMILIES = {"4": (4,), "6": (6,), "both": (4, 6)}


def parse(arguments):
    """The command line."""
    parser = argparse.ArgumentParser(prog="lab.py", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run every scenario at once")
    run.add_argument("directory", type=Path)
    run.add_argument("--family", choices=FAMILIES, default="both")
    run.add_argument("--seed", type=int, default=DEFAULT_SEED, help="derives addresses and ports")
    run.add_argument("--snaplen", type=int, default=Options.snaplen, help="bytes stored of each packet")
    run.add_argument("--nanoseconds", action="store_true", help="time stamps in nanoseconds")
    run.add_argument("--translate", action="store_true",
                     help="the router translates the client's address, the server's, or both")
    change = commands.add_parser("mutate", help="change a capture")
    change.add_argument("source", type=Path)
    change.add_argument("destination", type=Path)
    kind = change.add_mutually_exclusive_group(required=True)
    kind.add_argument("--duplicate", action="store_true", help="every packet again, 40 µs later")
    kind.add_argument("--only-from", choices=("client", "server"), help="keep one direction")
    kind.add_argument("--drop-from", choices=("client", "server"), help="remove one direction")
    change.add_argument("--client", action="append", default=[], metavar="ADDRESS",
                        help="the client's addresses; default: those in truth.json beside the capture")
    return parser.parse_args(arguments)


def run_command(options):
    """Run the lab and say in one line what was made."""
    require_namespaces(sys.argv)
    began = time.monotonic()
    recording = Options(FAMILIES[options.family], options.snaplen, options.nanoseconds, options.translate)
    scenarios = translated_catalogue() if options.translate else catalogue()
    truth = run_lab(scenarios, Topology.from_seed(options.seed), options.directory, recording)
    count, seconds = len(truth["connections"]), time.monotonic() - began
    print(f"lab: {count} connections in {seconds:.1f} s: {options.directory}")


def mutate_command(options):
    """Write a changed copy of a capture."""
    if options.duplicate:
        mutate.mutate(options.source, options.destination, mutate.duplicate)
        return
    addresses = options.client
    if not addresses:
        truth = options.source.with_name("truth.json").read_text(encoding="utf-8")
        addresses = json.loads(truth)["client"]
    side = options.only_from or {"client": "server", "server": "client"}[options.drop_from]
    client = mutate.client_set(addresses)
    mutate.mutate(options.source, options.destination,
                  lambda packets: mutate.only_from(side, packets, client))


def main():
    """Run the command; a machine that cannot run the lab is not a failure."""
    options = parse(sys.argv[1:])
    try:
        {"run": run_command, "mutate": mutate_command}[options.command](options)
    except LabUnavailable as reason:
        print(f"lab: skipped: {reason}")
        return SKIPPED
    except (OSError, ValueError, RuntimeError) as error:
        print(f"lab: error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
