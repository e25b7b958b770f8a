#!/usr/bin/env python3
"""Check what `roadblock probe` says of real connections: on the loopback, and between network namespaces.

  probe_check.py ROADBLOCK [--details]

The namespaces are a client, a router with filter rules, and a server. One line for each mismatch; the last line counts.
Exit code 77 means that this machine does not allow namespaces; the checks on the loopback have passed then.
"""

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from namespaces import LabUnavailable, Namespace, require_namespaces
from topology import Network, Topology

SKIPPED = 77
FAMILIES = (4, 6)
OPEN, CLOSED = 22001, 22002
# Rules of the router for these ports; the server has one of its own for `HOST_REJECT`, the client for `OWN_REJECT`.
DROP, ADMIN, PORT, HOST, NET, RESET, HOST_REJECT, OWN_REJECT, LIMITED = range(22010, 22019)
LIMITED_PORTS = f"{LIMITED}-{LIMITED + 9}"
SWALLOWED = "23000-23999"
ROUTER_RULES = f"""table inet probe {{
chain forward {{ type filter hook forward priority 0;
  tcp dport {{ {DROP}, {SWALLOWED} }} drop
  tcp dport {ADMIN} reject with icmpx type admin-prohibited
  tcp dport {PORT} reject with icmpx type port-unreachable
  tcp dport {HOST} reject with icmpx type host-unreachable
  tcp dport {NET} reject with icmpx type no-route
  tcp dport {RESET} reject with tcp reset
  meta nfproto ipv4 tcp dport {LIMITED_PORTS} limit rate 1/hour burst 1 packets reject with icmpx type admin-prohibited
  meta nfproto ipv6 tcp dport {LIMITED_PORTS} limit rate 1/hour burst 1 packets reject with icmpx type admin-prohibited
  tcp dport {LIMITED_PORTS} drop
}}
}}
"""
SERVER_RULES = f"""table inet probe {{
chain input {{ type filter hook input priority 0;
  tcp dport {HOST_REJECT} reject with icmpx type port-unreachable
}}
}}
"""
CLIENT_RULES = f"""table inet probe {{
chain output {{ type filter hook output priority 0;
  tcp dport {OWN_REJECT} reject with icmpx type admin-prohibited
}}
}}
"""
LISTENER = ("import socket, sys\n"
            "listener = socket.create_server(('::', int(sys.argv[1])), family=socket.AF_INET6, backlog=512,\n"
            "                                dualstack_ipv6=True)\n"
            "print('ready', flush=True)\n"
            "sys.stdin.read()\n")
KEYS = ["host", "address", "port", "verdict", "milliseconds", "reason", "others", "ComputerName", "RemoteAddress",
        "RemotePort", "InterfaceAlias", "SourceAddress", "TcpTestSucceeded", "NameResolutionSucceeded",
        "ResolvedAddresses", "PingSucceeded"]
# Nobody has these addresses; they never leave a namespace.
ELSEWHERE = {4: "192.0.2.1", 6: "2001:db8::1"}


class Checks:
    """Runs the program, compares, counts and prints what is wrong."""

    def __init__(self, binary, details):
        self.binary, self.details = binary, details
        self.count = self.failed = 0

    def run(self, *arguments, inside=None, wrapper=()):
        """Run `probe` in a namespace; returns exit code, standard output, standard error and seconds."""
        words = [*wrapper, self.binary, "probe", *map(str, arguments)]
        began = time.monotonic()
        done = subprocess.run(inside.command(*words) if inside else words, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=120, check=False)
        return done.returncode, done.stdout, done.stderr, time.monotonic() - began

    def check(self, passed, text):
        """Count one check; `text` says what it was about."""
        self.count += 1
        self.failed += not passed
        if not passed or self.details:
            print(f"{'ok' if passed else 'WRONG'}: {text}")

    def rows(self, arguments, code, inside=None, wrapper=()):
        """Rows of a run with `-o json`, after the checks that hold for every run."""
        arguments = [*arguments, "-o", "json"]
        got, output, errors, seconds = self.run(*arguments, inside=inside, wrapper=wrapper)
        name = " ".join(map(str, arguments))
        self.check(got == code, f"{name}: exit code {got}, not {code}: {errors.strip()}")
        try:
            rows = json.loads(output)
        except json.JSONDecodeError:
            self.check(False, f"{name}: standard output is no JSON: {output[:200]!r}")
            return [], seconds
        for row in rows:
            self.check(list(row) == KEYS, f"{name}: keys {list(row)}")
            self.check(row["TcpTestSucceeded"] is (row["verdict"] == "open")
                       and row["NameResolutionSucceeded"] is (row["verdict"] != "unresolved")
                       and row["PingSucceeded"] is None and row["ComputerName"] == row["host"]
                       and row["RemoteAddress"] == row["address"] and row["RemotePort"] == row["port"],
                       f"{name}: the two kinds of names differ: {row}")
        return rows, seconds

    def expect(self, arguments, code, verdict, *, reason="", inside=None, seconds=(0, 30), answered=None):
        """Check a run with one row; `reason` is text that the reason holds."""
        rows, took = self.rows(arguments, code, inside)
        name = " ".join(map(str, arguments))
        if len(rows) != 1:
            self.check(False, f"{name}: {len(rows)} rows")
            return {}
        row = rows[0]
        self.check(row["verdict"] == verdict, f"{name}: {row['verdict']}, not {verdict} ({row['reason']})")
        self.check(reason in row["reason"], f"{name}: `{reason}` is not in the reason: {row['reason']}")
        self.check(seconds[0] <= took <= seconds[1], f"{name}: took {took:.2f} s")
        if answered is not None:
            self.check((row["milliseconds"] is not None) is answered, f"{name}: milliseconds {row['milliseconds']}")
        return row


@contextlib.contextmanager
def listening(port, inside):
    """A program in a namespace that listens on all its addresses."""
    process = inside.start(sys.executable, "-c", LISTENER, str(port))
    try:
        if process.stdout.readline() != "ready\n":
            raise RuntimeError(f"nobody could listen on port {port}")
        yield
    finally:
        process.stdin.close()
        process.wait(timeout=10)


def has_ipv6_loopback():
    """True where ::1 can be used."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def closed_port():
    """A port of the loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def check_loopback(checks):
    """What needs no privileges."""
    closed = closed_port()
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        port = server.getsockname()[1]
        row = checks.expect(["127.0.0.1", port], 0, "open", answered=True)
        checks.check(row.get("SourceAddress") == "127.0.0.1" and row.get("address") == "127.0.0.1"
                     and row.get("ResolvedAddresses") == ["127.0.0.1"] and row.get("others") == []
                     and bool(row.get("InterfaceAlias")), f"the row of an open port: {row}")
        checks.expect([f"127.0.0.1:{port}"], 0, "open")
        checks.expect(["127.0.0.1", port, "-4"], 0, "open")
        checks.expect(["127.0.0.1", port, "--count", 5], 0, "open", reason="5 of 5")
        checks.expect(["127.0.0.1", closed], 2, "refused", reason="reset", answered=True)
        checks.expect(["127.0.0.1", closed, "--count", 3], 2, "refused", reason="3 of 3 refused")
        checks.expect(["127.0.0.1", port, "-6"], 4, "unresolved", reason="IPv4 address", answered=False)
        rows, _ = checks.rows(["127.0.0.1", f"{port},{closed}", port], 2)
        checks.check([(row["port"], row["verdict"]) for row in rows] == [(port, "open"), (closed, "refused")],
                     f"two ports, one named twice: {rows}")
        check_formats(checks, port)
    checks.expect(["no-such-name.invalid", 80, "--timeout", "3s"], 4, "unresolved", seconds=(0, 4), answered=False)
    if has_ipv6_loopback():
        with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
            port = server.getsockname()[1]
            for words in (["::1", port], ["[::1]", port], [f"[::1]:{port}"], ["::1", port, "-6"],
                          ["::1", port, "--source", "::1"]):
                checks.expect(words, 0, "open")
            checks.expect(["::1", port, "-4"], 4, "unresolved", reason="IPv6 address")
    check_wrong_command_lines(checks)


def check_formats(checks, port):
    """The same row in every format."""
    for form, wanted in (("table", "open"), ("ndjson", '"verdict":"open"'), ("csv", ",open,"), ("tsv", "\topen\t"),
                         ("markdown", "| open |")):
        code, output, errors, _ = checks.run("127.0.0.1", port, "-o", form)
        checks.check(code == 0 and wanted in output and not errors, f"-o {form}: {code} {output!r} {errors!r}")
    code, output, _, _ = checks.run("127.0.0.1", port, "-o", "csv")
    checks.check(output.splitlines()[0].split(",") == KEYS, f"the columns of CSV: {output.splitlines()[0]}")
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "rows.json"
        code, output, _, _ = checks.run("127.0.0.1", port, "-o", "json", "--output-file", path)
        checks.check(code == 0 and not output and json.loads(path.read_text())[0]["verdict"] == "open",
                     "--output-file holds the rows")
        code, *_ = checks.run("127.0.0.1", port, "--output-file", Path(directory) / "missing" / "rows")
        checks.check(code == 74, f"--output-file in a missing directory: exit code {code}")


def check_wrong_command_lines(checks):
    """Each is one clear error with exit code 64, and nothing is connected to."""
    for words in ([], ["127.0.0.1"], ["::1"], ["", "80"], ["127.0.0.1", "0"], ["127.0.0.1", "65536"],
                  ["127.0.0.1", "80-70"], ["127.0.0.1", "80,,81"], ["127.0.0.1", "http"], ["127.0.0.1", "+80"],
                  ["127.0.0.1", "9" * 5000], ["127.0.0.1", "1-1001"], ["127.0.0.1", "1-65535"], ["a" * 10000, "80"],
                  ["a\x1bb", "80"], ["a b", "80"], ["a\nb", "80"], ["b\u00fccher.example", "80"],
                  ["https://www.example/x", "443"], ["10.0.0.0/8", "80"], ["host:80", "80"], ["127.0.0.1", "\x1b[2J"],
                  ["127.0.0.1", "80", "--timeout", "5x"], ["127.0.0.1", "80", "--timeout", "9ms"],
                  ["127.0.0.1", "80", "--timeout", "11m"], ["127.0.0.1", "80", "--timeout", ""],
                  ["127.0.0.1", "80", "--timeout", "1e3"], ["127.0.0.1", "80", "--count", "0"],
                  ["127.0.0.1", "80", "--count", "1001"], ["127.0.0.1", "80", "--source", "nonsense"],
                  ["127.0.0.1", "80", "--source", ELSEWHERE[4]], ["127.0.0.1", "80", "--source", "::1"],
                  ["127.0.0.1", "80", "-6", "--source", "127.0.0.1"], ["127.0.0.1", "80", "-4", "-6"],
                  ["127.0.0.1", "80", "--evidence", "x.pcapng"], ["127.0.0.1", "80", "-o", "html"]):
        code, output, errors, seconds = checks.run(*words)
        name = " ".join(words)[:80]
        checks.check(code == 64 and not output and errors.startswith("roadblock: error: ") and len(errors) < 2000
                     and "\x1b" not in errors, f"{name!r}: exit code {code}: {errors[:300]!r}")
        checks.check(seconds < 2, f"{name!r}: took {seconds:.2f} s")


def check_verdicts(checks, network, family):
    """Every way in which a connection ends, seen by the client."""
    client, topology = network.client, network.topology
    server = topology.target_address("server", family)
    router = topology.client_segment.address(1, family)
    own = topology.client_address(family)
    name, codes = ("ICMP", {"admin": "(type 3, code 13)", "port": "(type 3, code 3)", "host": "(type 3, code 1)",
                            "net": "(type 3, code 0)", "time": "(type 11, code 0)"})
    if family == 6:
        name, codes = ("ICMPv6", {"admin": "(type 1, code 1)", "port": "(type 1, code 4)", "host": "(type 1, code 3)",
                                  "net": "(type 1, code 0)", "time": "(type 3, code 0)"})

    def expect(arguments, code, verdict, **more):
        return checks.expect(arguments, code, verdict, inside=client, **more)

    row = expect([server, OPEN], 0, "open", answered=True, seconds=(0, 2))
    checks.check(row.get("InterfaceAlias") == "eth0" and row.get("SourceAddress") == own, f"the way out: {row}")
    expect([server, OPEN, "--source", own], 0, "open")
    expect([server, CLOSED], 2, "refused", reason="reset", answered=True, seconds=(0, 2))
    expect([server, RESET], 2, "refused", reason="reset", answered=True)
    expect([server, DROP, "--timeout", "700ms"], 1, "dropped", reason="within 700 ms", answered=False,
           seconds=(0.6, 2))
    # Two requests, the second after a second: the system takes an error that comes while it sends for a passing one.
    for port, kind, code, verdict in ((ADMIN, "admin", 3, "prohibited"), (PORT, "port", 3, "prohibited"),
                                      (HOST, "host", 3, "unreachable"), (NET, "net", 3, "unreachable")):
        row = expect([server, port], code, verdict, reason=f"{router} answered with {name} ", answered=True,
                     seconds=(0, 3))
        checks.check(codes[kind] in row.get("reason", ""), f"type and code: {row}")
        checks.check((row.get("milliseconds") or 0) < 500, f"the time is that of the first answer: {row}")
        row = expect([server, port, "--timeout", "200ms"], code, verdict, reason=codes[kind], seconds=(0, 1.5))
    expect([server, HOST_REJECT], 3, "unreachable", reason=f"the target itself answered with {name} port unreachable")
    expect([server, OWN_REJECT], 3, "prohibited", reason="this host's own firewall")
    expect([topology.target_address("prohibit", family), 80], 3, "prohibited", reason=codes["admin"])
    expect([topology.target_address("blackhole", family), 80, "--timeout", "0.5"], 1, "dropped")
    expect([topology.target_address("missing", family), 80], 3, "unreachable", reason=router)
    expect([topology.client_segment.address(200, family), 80], 3, "unreachable",
           reason=f"no answer to {'ARP' if family == 4 else 'neighbour discovery'}")
    expect([ELSEWHERE[family], 80], 3, "unreachable", reason=f"{router} answered with {name} ")
    expect([topology.target_address("wall", family), OPEN], 3, "unreachable", reason=codes["time"])
    check_many(checks, client, server)


def check_many(checks, client, server):
    """Several ports and repeats: order, exit code, time."""
    ports = [CLOSED, OPEN, ADMIN, DROP]
    rows, _ = checks.rows([server, *ports, "--timeout", "1500ms"], 3, client)
    checks.check([(row["port"], row["verdict"]) for row in rows]
                 == list(zip(ports, ["refused", "open", "prohibited", "dropped"])), f"four ports: {rows}")
    rows, took = checks.rows([server, SWALLOWED, "--timeout", "300ms"], 1, client)
    checks.check(len(rows) == 1000 and {row["verdict"] for row in rows} == {"dropped"}, "1,000 dropped ports")
    checks.check([row["port"] for row in rows] == list(range(23000, 24000)), "1,000 ports in their order")
    checks.check(took < 10, f"1,000 dropped ports took {took:.1f} s")
    checks.expect([server, DROP, "--count", "3", "--timeout", "200ms"], 1, "dropped", reason="3 of 3 dropped",
                  inside=client, seconds=(0.5, 3))
    rows, _ = checks.rows([server, LIMITED_PORTS, "--timeout", "300ms"], 3, client)
    dropped = [row for row in rows if row["verdict"] == "dropped"]
    checks.check(dropped and all("only so many a second" in row["reason"] for row in dropped),
                 f"silent ports beside prohibited ones: {rows[:2]}")


def check_client_routes(checks, client, family):
    """Routes of the client's own that lead nowhere, and at last none."""
    ip = ("ip", f"-{family}")
    for kind, number, verdict, reason in (("prohibit", 11, "prohibited", "this host's own firewall"),
                                          ("unreachable", 12, "unreachable", "no route"),
                                          ("blackhole", 13, "unreachable", "route")):
        address = ELSEWHERE[family][:-1] + str(number)
        client.run(*ip, "route", "add", kind, address)
        checks.expect([address, 80], 3, verdict, reason=reason, inside=client, answered=False, seconds=(0, 1))
    client.run(*ip, "route", "del", "default")
    checks.expect([ELSEWHERE[family], 80], 3, "unreachable", reason="this host has no route", inside=client,
                  answered=False, seconds=(0, 1))


def check_names(checks, network):
    """Names with several addresses, and a name server that does not answer."""
    topology = network.topology
    servers = [topology.target_address("server", family) for family in FAMILIES]
    blackholes = [topology.target_address("blackhole", family) for family in FAMILIES]
    with tempfile.TemporaryDirectory() as directory:
        hosts, resolver = Path(directory) / "hosts", Path(directory) / "resolv.conf"
        hosts.write_text("".join(f"{address} {name}\n" for name, addresses in (
            ("both.test", servers), ("half.test", [blackholes[0], servers[1]]),
            ("none.test", [blackholes[0], topology.target_address("prohibit", 6)])) for address in addresses))
        resolver.write_text(f"nameserver {blackholes[0]}\n")
        binds = "mount --bind \"$1\" /etc/hosts && mount --bind \"$2\" /etc/resolv.conf && shift 2 && exec \"$@\""
        wrapper = ["unshare", "--mount", "sh", "-c", binds, "sh", str(hosts), str(resolver)]
        if subprocess.run([*wrapper, "true"], capture_output=True, check=False).returncode != 0:
            print("skipped: names (files cannot be mounted here)")
            return
        for words, code, address, verdict, others in (
                (["both.test", OPEN], 0, None, "open", ["open"]),
                (["both.test", OPEN, "-4"], 0, servers[0], "open", []),
                (["both.test", OPEN, "-6"], 0, servers[1], "open", []),
                (["both.test", OPEN, "--source", topology.client_address(6)], 0, servers[1], "open", []),
                (["half.test", OPEN], 0, servers[1], "open", ["dropped"]),
                (["half.test", CLOSED], 2, servers[1], "refused", ["dropped"]),
                (["half.test", OPEN, "-4"], 1, blackholes[0], "dropped", []),
                (["none.test", OPEN], 3, topology.target_address("prohibit", 6), "prohibited", ["dropped"])):
            rows, _ = checks.rows([*words, "--timeout", "1500ms"], code, network.client, wrapper)
            row = rows[0] if rows else {}
            checks.check(row.get("verdict") == verdict and address in (None, row["address"])
                         and [other["verdict"] for other in row["others"]] == others
                         and sorted(row["ResolvedAddresses"])
                         == sorted([row["address"], *(other["address"] for other in row["others"])]),
                         f"{words}: {row}")
        rows, took = checks.rows(["silent.test", OPEN, "--timeout", "1s"], 4, network.client, wrapper)
        checks.check(0.9 < took < 2 and rows and "within 1 s" in rows[0]["reason"] and rows[0]["address"] is None,
                     f"a name server without an answer: {took:.1f} s, {rows}")


def check_signals(checks, network):
    """An interrupt ends a probe at once, and leaves no half file."""
    server = network.topology.target_address("server", 4)
    with tempfile.TemporaryDirectory() as directory:
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            words = [checks.binary, "probe", server, str(DROP), "--output-file", str(Path(directory) / "rows")]
            process = subprocess.Popen(network.client.command(*words))
            time.sleep(0.5)
            began = time.monotonic()
            process.send_signal(number)
            got = process.wait(timeout=10)
            checks.check(got == code and time.monotonic() - began < 1 and not os.listdir(directory),
                         f"{number.name}: exit code {got}, files {os.listdir(directory)}")


def check_own_connection(checks):
    """A port that the system chooses as the source of a connection to itself is closed all the same."""
    namespace = Namespace()
    try:
        namespace.run("ip", "link", "set", "lo", "up")
        namespace.run("sh", "-c", "echo 50000 50001 > /proc/sys/net/ipv4/ip_local_port_range")
        rows, _ = checks.rows(["127.0.0.1", "50000-50001", "--count", "8"], 2, namespace)
        checks.check({row["verdict"] for row in rows} == {"refused"}, f"ports of the system's own: {rows}")
    finally:
        namespace.close()


def check_namespaces(checks):
    """What needs namespaces."""
    with Network(Topology.from_seed(0), FAMILIES) as network:
        for namespace, rules in ((network.router, ROUTER_RULES), (network.server, SERVER_RULES),
                                 (network.client, CLIENT_RULES)):
            namespace.run("nft", "-f", "-", text=rules)
        for family in FAMILIES:
            # What goes to this address has one hop to live.
            network.client.run("ip", f"-{family}", "route", "add", network.topology.target_address("wall", family),
                               "via", network.topology.client_segment.address(1, family), "hoplimit", "1")
        with listening(OPEN, network.server):
            with ThreadPoolExecutor() as both:
                list(both.map(lambda family: check_verdicts(checks, network, family), FAMILIES))
            check_names(checks, network)
            check_signals(checks, network)
            for family in FAMILIES:
                check_client_routes(checks, network.client, family)
    check_own_connection(checks)


def main():
    """Run the checks; a machine without namespaces is not a failure."""
    parser = argparse.ArgumentParser(prog="probe_check.py", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--details", action="store_true", help="print every check")
    parser.add_argument("--namespaces-only", action="store_true", help="leave out the loopback")
    options = parser.parse_args()
    checks = Checks(str(options.binary.resolve()), options.details)
    skipped = None
    try:
        if not options.namespaces_only:
            check_loopback(checks)
        require_namespaces([*sys.argv, "--namespaces-only"])
        check_namespaces(checks)
    except LabUnavailable as reason:
        skipped = reason
    except (OSError, RuntimeError) as error:
        print(f"probe: error: {error}", file=sys.stderr)
        return 1
    print(f"probe: {checks.count} checks, {checks.failed} wrong")
    if checks.failed:
        return 1
    if skipped:
        print(f"probe: skipped between namespaces: {skipped}")
        return SKIPPED
    return 0


if __name__ == "__main__":
    sys.exit(main())
