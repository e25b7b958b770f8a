#!/usr/bin/env python3
"""Compares the DNS, TLS and HTTP fields of `roadblock packets` with those of an installed tshark, cell by cell.

usage: applications_diff.py ROADBLOCK CAPTURE...      a capture is a file or a folder

A cell is one field of one packet. It counts where either program fills it, and is equal where both print the same.
Packets whose TCP or UDP ports are registered for one of the three protocols are counted apart from all others, and
those whose ports are seen by one program alone, because it knows a link type or tunnel more, are left out.
Differences that `--known` explains stand in a column of their own: they count as neither equal nor different.
Prints the counts of every field, and with `--list N` the first N differences of each. Exits with 1 when fewer than
`--least` percent of the cells on registered ports are equal. `--known FILE` names captures and fields whose
differences are explained, one `capture<TAB>field<TAB>why` a line: the end of a path and a field, with `*` for anything.
`--cache FOLDER` keeps what tshark printed, which is what takes the time.
"""
import collections
import concurrent.futures
import fnmatch
import hashlib
import os
import sys

from tshark import argument_parser, captures, cells, columns, run, version_of

FIELDS = """
frame.protocols dns dns.id dns.flags dns.flags.response dns.flags.opcode dns.flags.authoritative dns.flags.truncated
dns.flags.recdesired dns.flags.recavail dns.flags.z dns.flags.authenticated dns.flags.checkdisable dns.flags.rcode
dns.count.queries dns.count.answers dns.count.auth_rr dns.count.add_rr dns.qry.name dns.qry.name.len
dns.count.labels dns.qry.type dns.qry.class dns.resp.name dns.resp.type dns.resp.class dns.resp.ttl dns.resp.len
dns.a dns.aaaa dns.cname dns.ns dns.ptr.domain_name dns.mx.mail_exchange dns.mx.preference dns.txt dns.txt.length
dns.srv.name dns.srv.target dns.srv.port dns.srv.priority dns.srv.weight dns.soa.mname dns.soa.rname
dns.soa.serial_number dns.soa.minimum_ttl dns.length dns.response_in dns.response_to dns.time dns.unsolicited
dns.retransmission dns.retransmit_request dns.retransmit_request_in dns.retransmit_response
dns.retransmit_response_in
tls tls.record tls.record.content_type tls.record.version tls.record.length tls.record.opaque_type tls.handshake
tls.handshake.type tls.handshake.length tls.handshake.version tls.handshake.random tls.handshake.session_id_length
tls.handshake.session_id tls.handshake.cipher_suites_length tls.handshake.ciphersuites tls.handshake.ciphersuite
tls.handshake.comp_method tls.handshake.extensions_length tls.handshake.extension.type
tls.handshake.extension.len tls.handshake.extension.data tls.handshake.extensions_server_name
tls.handshake.extensions_server_name_len tls.handshake.extensions_server_name_list_len
tls.handshake.extensions_server_name_type tls.handshake.extensions_alpn_str
tls.handshake.extensions.supported_version tls.handshake.extensions_supported_group
tls.handshake.extensions_key_share_group tls.handshake.sig_hash_alg tls.handshake.ja3 tls.handshake.ja3_full
tls.handshake.ja3s tls.handshake.ja3s_full tls.handshake.certificates tls.handshake.certificate
tls.handshake.certificate_length tls.change_cipher_spec tls.alert_message tls.alert_message.level
tls.alert_message.desc tls.app_data tls.app_data_proto
http http.request http.response http.request.method http.request.uri http.request.uri.path http.request.uri.query
http.request.version http.request.full_uri http.request.line http.response.version http.response.code
http.response.code.desc http.response.phrase http.response.line http.host http.user_agent http.server http.location
http.content_type http.content_length_header http.content_length http.content_encoding http.transfer_encoding
http.connection http.referer http.cookie http.set_cookie http.authorization http.proxy_authenticate
http.proxy_authorization http.proxy_connect_host http.proxy_connect_port http.www_authenticate http.x_forwarded_for
http.accept http.accept_language http.accept_encoding http.date http.last_modified http.file_data http.time
http.request_in http.response_in http.prev_request_in http.next_request_in http.chat http.unknown_header
http.bad_header_name
tcp.segments tcp.segment tcp.segment.count tcp.segment_data tcp.reassembled_in tcp.reassembled.length
tcp.reassembled.data tcp.pdu.size
ip.fragments ip.fragment ip.fragment.count ip.fragment.overlap ip.fragment.overlap.conflict
ip.fragment.multipletails ip.fragment.toolongfragment ip.fragment.error ip.reassembled_in ip.reassembled.length
ip.reassembled.data
ipv6.fragments ipv6.fragment ipv6.fragment.count ipv6.fragment.overlap ipv6.fragment.overlap.conflict
ipv6.fragment.multipletails ipv6.fragment.toolongfragment ipv6.fragment.error ipv6.reassembled.in
ipv6.reassembled.length ipv6.reassembled.data
""".split()
PLACE = ["tcp.port", "udp.port"]

# What tshark prints for a protocol is the text of its tree, which is prose.
PROSE = {"dns", "tls", "http"}
UDP = {53, 5353, 5355, 1900}
TCP = {53, 5353} | {80, 631, 1900, 2710, 2869, 3128, 3132, 3689, 5985, 8080, 8088, 11371} | {
    324, 443, 465, 636, 802, 853, 993, 995, 1300, 2221, 2443, 3249, 3250, 3251, 3252, 3496, 5061, 5671, 5684, 5868,
    8883, 11207, 19999, 27017}


def tshark_rows(tshark, path, arguments, cache):
    """What tshark prints; None where it cannot read the capture."""
    place = None
    if cache:
        key = hashlib.sha256("\0".join([os.path.abspath(path)] + arguments).encode()).hexdigest()[:32]
        place = os.path.join(cache, key)
        if os.path.exists(place):
            return cells(open(place, "rb").read())
    result = run([tshark, "-n", "-r", path] + arguments)
    if not result.stdout and result.returncode:
        return None
    if place:
        with open(place + ".part", "wb") as file:
            file.write(result.stdout)
        os.replace(place + ".part", place)
    return cells(result.stdout)


def shown_protocols(names):
    """The protocols up to the transport and the three; behind them stands what only one of the programs reads."""
    kept = []
    for name in names.split(":"):
        if name in ("data", "_ws.short", "_ws.malformed", "_ws.unreassembled"):
            continue
        kept.append(name)
        if name in ("http", "ssdp", "ipp", "tls", "dns", "mdns", "llmnr"):
            break
    return ":".join(kept)


def same(field, mine, theirs):
    if field in PROSE:
        return bool(mine) == bool(theirs)
    if field == "frame.protocols":
        return shown_protocols(mine) == shown_protocols(theirs)
    return mine == theirs


def is_registered(place):
    tcp, udp = ({int(p) for p in cell.split(",") if p} for cell in place)
    return bool(tcp & TCP or udp & UDP)


def compare(options, path):
    """Counts (cells, equal) by (field, on registered port), and the differences; None where tshark cannot read it."""
    arguments = columns(PLACE + FIELDS)
    theirs = tshark_rows(options.tshark, path, arguments, options.cache)
    if theirs is None:
        return None
    mine = run([options.roadblock, "packets", "-r", path, "--wireshark", "4.0", "-q"] + arguments)
    counts, found = collections.Counter(), []
    ours = cells(mine.stdout)
    if mine.returncode or len(ours) != len(theirs):
        found.append(("rows", True, 0, str(len(ours)), f"{len(theirs)} {mine.stderr.decode()[:200]!r}"))
    for number, (a, b) in enumerate(zip(ours, theirs), 1):
        if a[:2] != b[:2]:
            counts["unfollowed"] += 1
            continue
        registered = is_registered(b[:2])
        for field, x, y in zip(FIELDS, a[2:], b[2:]):
            # Protocols that are neither read here nor asked about.
            if field == "frame.protocols" and not registered:
                continue
            if not x and not y:
                continue
            counts[field, registered, "cells"] += 1
            if same(field, x, y):
                counts[field, registered, "equal"] += 1
            else:
                found.append((field, registered, number, x, y))
    return counts, found


def main():
    parser = argument_parser(__doc__)
    parser.add_argument("--cache")
    parser.add_argument("--least", type=float, default=99.5, metavar="PERCENT")
    parser.add_argument("--list", type=int, default=0, metavar="N")
    parser.add_argument("--field", help="only list differences of this field")
    parser.add_argument("--all-ports", action="store_true", help="list differences on other ports too")
    options = parser.parse_args()
    if version_of(options.tshark) != "4.0":
        print("skipped: the fields of applications are compared with tshark 4.0 alone")
        return
    if options.cache:
        os.makedirs(options.cache, exist_ok=True)
    paths = captures(options.captures, options.every)
    total, listed = collections.Counter(), collections.Counter()
    compared = skipped = explained = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        jobs = [(path, pool.submit(compare, options, path)) for path in paths]
        for path, job in jobs:
            result = job.result()
            if result is None:
                skipped += 1
                continue
            compared += 1
            counts, found = result
            total.update(counts)
            for field, registered, number, mine, theirs in found:
                if any(fnmatch.fnmatch(path, "*" + k[0]) and fnmatch.fnmatch(field, k[1]) for k in options.known):
                    explained += registered
                    total[field, registered, "explained"] += 1
                    continue
                listed[field] += 1
                wanted = options.field in (None, field) and (registered or options.all_ports)
                if wanted and listed[field] <= options.list:
                    print(f"{path}: frame {number}: {field}: {mine[:300]!r}, tshark {theirs[:300]!r}")
    print(f"{'field':48} {'cells':>7} {'equal':>7} {'known':>6}   other ports: cells, equal")
    sums = collections.Counter()
    for field in ["rows"] + FIELDS:
        row = [total[field, registered, what] for registered in (True, False) for what in ("cells", "equal", "explained")]
        if any(row):
            print(f"{field:48} {row[0]:7} {row[1]:7} {row[2]:6}   {row[3]:7} {row[4]:7}"
                  + ("   *" if row[0] > row[1] + row[2] else ""))
        for index, value in enumerate(row):
            sums[index] += value
    share = 100 * sums[1] / max(1, sums[0] - sums[2])
    print(f"{total['unfollowed']} packets are left out whose ports only one of the two sees (link types and tunnels)")
    print(f"{'all':48} {sums[0]:7} {sums[1]:7} {sums[2]:6}   {sums[3]:7} {sums[4]:7}")
    print(f"{compared} captures, {skipped} that tshark cannot read left out: {share:.3f} % of the cells on registered "
          f"ports are equal, without {sums[2]} that are explained; {sums[0] - sums[1] - sums[2]} differ")
    sys.exit(0 if share >= options.least else 1)


if __name__ == "__main__":
    main()
