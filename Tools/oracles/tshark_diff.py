#!/usr/bin/env python3
"""Compares `roadblock packets` with an installed tshark: which frames filters select, and what fields print.

usage: tshark_diff.py ROADBLOCK CAPTURE...      a capture is a file or a folder

Filters and fields are asked of both programs for every capture, ours with the rules of the tshark version that is
installed. Prints what differs and exits with 1 on any difference. Captures that tshark cannot read are left out and
counted. `--known FILE` names differences that are accepted, one `capture-name<TAB>filter-or-field<TAB>why` a line.
"""
import collections
import concurrent.futures
import os
import sys

from tshark import argument_parser, captures, cells, columns, run, version_of

FILTERS = [
    "tcp.analysis.retransmission && tcp.flags.syn==1",
    "tcp.analysis.retransmission",
    "tcp.analysis.fast_retransmission or tcp.analysis.spurious_retransmission",
    "tcp.analysis.out_of_order",
    "tcp.analysis.lost_segment or tcp.analysis.ack_lost_segment",
    "tcp.analysis.duplicate_ack",
    "tcp.analysis.zero_window or tcp.analysis.window_full or tcp.analysis.window_update",
    "tcp.analysis.keep_alive or tcp.analysis.keep_alive_ack",
    "tcp.analysis.reused_ports",
    "tcp.analysis.flags",
    "tcp.flags.syn == 1 && tcp.flags.ack == 0",
    "tcp.flags.reset == 1",
    "tcp",
    "udp",
    "icmp or icmpv6",
    "arp",
    "ip && !tcp && !udp",
    "ipv6",
    "vlan.id > 0",
    "tcp.port == 443 or udp.port == 53",
    "tcp.port in {1..1023}",
    "!(ip.addr == 10.0.0.0/8)",
    "ip.src != 192.168.0.0/16",
    "ip.ttl < 64",
    "tcp.len > 0 && tcp.window_size < 1000",
    "frame.len > 100 and not tcp",
    "tcp.flags & 0x12 == 0x12",
    "ip.len + 14 == frame.len",
    "icmp.type == 3",
    "ip[8] < 40",
    "ip.src#2",
    "ip.flags.mf == 1 or ip.frag_offset > 0",
    "_ws.expert.severity >= \"Warning\"",
    "_ws.malformed or _ws.short",
]

FIELDS = """
frame.number frame.len frame.cap_len frame.time_relative frame.time_delta frame.time_epoch frame.time
frame.interface_id eth.src eth.dst eth.addr eth.type eth.len vlan.id vlan.priority vlan.etype
ip ip.version ip.hdr_len ip.dsfield ip.dsfield.dscp ip.dsfield.ecn ip.len ip.id ip.flags ip.flags.df ip.flags.mf
ip.frag_offset ip.ttl ip.proto ip.checksum ip.checksum.status ip.src ip.dst ip.addr
ipv6.version ipv6.tclass ipv6.tclass.dscp ipv6.tclass.ecn ipv6.flow ipv6.plen ipv6.nxt ipv6.hlim ipv6.src ipv6.dst
ipv6.addr ipv6.hopopts.nxt ipv6.dstopts.nxt ipv6.routing.nxt ipv6.routing.type ipv6.routing.segleft
ipv6.fraghdr.nxt ipv6.fraghdr.offset ipv6.fraghdr.more ipv6.fraghdr.ident
tcp.srcport tcp.dstport tcp.port tcp.stream tcp.completeness tcp.len tcp.seq tcp.seq_raw tcp.nxtseq tcp.ack
tcp.ack_raw tcp.hdr_len tcp.flags tcp.flags.res tcp.flags.ae tcp.flags.cwr tcp.flags.ece tcp.flags.urg tcp.flags.ack
tcp.flags.push tcp.flags.reset tcp.flags.syn tcp.flags.fin tcp.flags.str tcp.window_size_value tcp.window_size
tcp.window_size_scalefactor tcp.checksum tcp.checksum.status tcp.urgent_pointer tcp.payload tcp.time_relative
tcp.time_delta tcp.connection.syn tcp.connection.synack tcp.connection.fin tcp.connection.rst
tcp.analysis tcp.analysis.flags tcp.analysis.retransmission tcp.analysis.fast_retransmission
tcp.analysis.spurious_retransmission tcp.analysis.out_of_order tcp.analysis.lost_segment
tcp.analysis.ack_lost_segment tcp.analysis.keep_alive tcp.analysis.keep_alive_ack tcp.analysis.duplicate_ack
tcp.analysis.duplicate_ack_num tcp.analysis.duplicate_ack_frame tcp.analysis.zero_window
tcp.analysis.zero_window_probe tcp.analysis.zero_window_probe_ack tcp.analysis.window_update
tcp.analysis.window_full tcp.analysis.reused_ports tcp.analysis.acks_frame tcp.analysis.ack_rtt
tcp.analysis.initial_rtt tcp.analysis.rto tcp.analysis.rto_frame tcp.analysis.bytes_in_flight
tcp.analysis.push_bytes_sent
tcp.options tcp.option_kind tcp.option_len tcp.options.mss_val tcp.options.wscale.shift
tcp.options.wscale.multiplier tcp.options.sack_le tcp.options.sack_re tcp.options.sack.count
tcp.options.timestamp.tsval tcp.options.timestamp.tsecr
udp.srcport udp.dstport udp.port udp.length udp.checksum udp.checksum.status udp.payload
icmp.type icmp.code icmp.checksum icmp.checksum.status icmp.ident icmp.ident_le icmp.seq icmp.seq_le icmp.mtu
icmp.redir_gw icmpv6.type icmpv6.code icmpv6.checksum icmpv6.checksum.status icmpv6.mtu icmpv6.echo.identifier
icmpv6.echo.sequence_number icmpv6.nd.ns.target_address icmpv6.nd.na.target_address
arp.hw.type arp.proto.type arp.opcode arp.src.hw_mac arp.src.proto_ipv4 arp.dst.hw_mac arp.dst.proto_ipv4
arp.isgratuitous arp.isprobe
_ws.expert.group _ws.expert.severity _ws.malformed.expert frame.time_invalid frame.len_lt_caplen ip.bogus_ip_version
ip.bogus_header_length ip.bogus_ip_length ip.nop ipv6.bogus_ipv6_version ipv6.invalid_header tcp.flags.ace
tcp.bogus_header_length tcp.short_segment udp.checksum.zero vlan.too_many_tags gre.routing sll.trailer icmpv6.data
icmpv6.length
""".split()

# What tshark prints for a protocol is the text of its tree, which is prose.
PROSE = {"ip"}


def compare(ours, tshark, version, path, filters, fields):
    """Differences of one capture as (key, text); None where tshark cannot read it."""
    found = []
    if fields:
        found = compare_fields(ours, tshark, version, path)
        if found is None:
            return None
    for expression in filters:
        arguments = ["-Y", expression] + columns(["frame.number"])
        a = run([ours, "packets", "-r", path, "--wireshark", version, "-q"] + arguments)
        b = run([tshark, "-n", "-r", path] + arguments)
        if a.stdout != b.stdout:
            x, y = set(a.stdout.split()), set(b.stdout.split())
            only = lambda s: " ".join(v.decode() for v in sorted(s, key=int)[:8])
            found.append((expression, f"only ours [{only(x - y)}], only tshark [{only(y - x)}]"))
    return found


def compare_fields(ours, tshark, version, path):
    """Differences of the printed fields of one capture; None where tshark cannot read it."""
    common = columns(FIELDS)
    theirs = run([tshark, "-n", "-r", path] + common)
    if not theirs.stdout and theirs.returncode:
        return None
    mine = run([ours, "packets", "-r", path, "--wireshark", version, "-q"] + common)
    found = []
    left, right = cells(mine.stdout), cells(theirs.stdout)
    if mine.returncode or len(left) != len(right):
        found.append(("rows", f"{len(left)} rows, tshark {len(right)}; {mine.stderr.decode()[:200]!r}"))
    counts = collections.Counter()
    for number, (a, b) in enumerate(zip(left, right), 1):
        for field, x, y in zip(FIELDS, a, b):
            if field in PROSE:
                x, y = str(len(x.split(",")) if x else 0), str(1 if y else 0)
                if (x == "0") == (y == "0"):
                    continue
            if x != y:
                counts[field] += 1
                if counts[field] == 1:
                    found.append((field, f"frame {number}: {x[:90]!r}, tshark {y[:90]!r}"))
    return [(key, text + (f" (and {counts[key] - 1} more)" if counts[key] > 1 else "")) for key, text in found]


def main():
    parser = argument_parser(__doc__)
    parser.add_argument("--thorough", action="store_true", help="every filter on every capture, not two of them")
    parser.add_argument("--quick", action="store_true", help="only the first filter, and no fields")
    options = parser.parse_args()
    paths = captures(options.captures, options.every)
    version = version_of(options.tshark) or sys.exit("no tshark")
    bad = skipped = compared = 0
    totals = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        jobs = []
        for index, path in enumerate(paths):
            # The first filter always, another one in turn: starting tshark is what takes the time.
            turn = 1 + index % (len(FILTERS) - 1)
            filters = FILTERS if options.thorough else [FILTERS[0], FILTERS[turn]]
            filters = FILTERS[:1] if options.quick else filters
            jobs.append((path, pool.submit(
                compare, options.roadblock, options.tshark, version, path, filters, not options.quick)))
        for path, job in jobs:
            found = job.result()
            if found is None:
                skipped += 1
                continue
            compared += 1
            for key, text in found:
                if (os.path.basename(path), key) in options.known:
                    continue
                bad += 1
                totals[key] += 1
                print(f"{path}: {key}: {text}")
    print(f"{compared} captures compared with tshark {version}, {skipped} that it cannot read left out, "
          f"{bad} differences", file=sys.stderr)
    for key, count in totals.most_common(40):
        print(f"  {count:4} {key}", file=sys.stderr)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
