"""The scenarios: what the network does to a connection, and what a capture of it must be called."""

import ssl
from dataclasses import dataclass

CLIENT, SERVER = "client", "server"
SHORT = ((CLIENT, 120), (SERVER, 800))
ROUNDS = SHORT * 5
LARGE = 65536


@dataclass(frozen=True)
class Rule:
    """A packet filter rule: at the router it sees what is forwarded, at the server what comes in.

    It matches the scenario's own packets, towards the server or (`reply`) back, narrowed by `match`.
    """

    action: str
    match: str = ""
    place: str = "router"
    reply: bool = False


@dataclass(frozen=True)
class Expectation:
    """The verdicts that are right at one capture point; None among them: no finding is right too."""

    verdicts: tuple
    details: tuple

    def as_json(self):
        """The form of truth.json: a single verdict is not wrapped in a list."""
        verdict = self.verdicts[0] if len(self.verdicts) == 1 else list(self.verdicts)
        return {"verdict": verdict, "details": list(self.details)}


@dataclass(frozen=True)
class Scenario:
    """One way of being blocked, or not.

    `exchange` is what both sides say in turn: (who, number of bytes or the bytes). `ending` is what happens
    then: the client closes, both hold the connection open, or the server resets it. Expectations are None
    where nothing is to be found. `lost` says where packets disappear, as (last seen in, missing from) with 0
    for the client's capture, 1 for the server's and None for neither; it is None as a whole where nothing is
    lost or where opinions may differ.
    """

    name: str
    at_client: Expectation | None = None
    at_server: Expectation | None = None
    rules: tuple = ()
    lost: tuple | None = None
    at_both: Expectation | None = None
    protocol: str = "tcp"
    families: tuple = (4, 6)
    target: str = "server"
    listens: bool = True
    exchange: tuple = SHORT
    ending: str = "close"
    repeat: int = 1
    interval: float = 1.0
    delay: float = 0.3
    port: int | None = None

    def from_both(self):
        """What both captures together say: what one of them says, unless they complete each other."""
        return self.at_both or self.at_server or self.at_client


def expect(verdicts, *details):
    """An expectation; `verdicts` is one verdict or a tuple of those that are all right."""
    return Expectation(verdicts if isinstance(verdicts, tuple) else (verdicts,), details)


def client_hello(name):
    """The first bytes of a TLS client that asks for `name`."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname=name).do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


HELLO = client_hello("blocked.example")
GET = b"GET /report HTTP/1.1\r\nHost: blocked.example\r\nUser-Agent: lab\r\nAccept: */*\r\n\r\n"
# A handshake's last ACK has at most 52 bytes (72 in IPv6): anything above carries data.
HAS_DATA = "meta length > 100"
SYN = "tcp flags & (syn | ack) == syn"
SYN_ACK = "tcp flags & (syn | ack) == syn | ack"
FIRST = "limit rate 1/day burst {count} packets"
# Where packets are lost, by capture point; NOT_ALIVE: the server's capture has no packet of the target.
FORWARD, BACKWARD, AT_SERVER, NOT_ALIVE = (0, 1), (1, 0), (1, None), (0, None)

DROPPED = expect("dropped", "unanswered-syn")
NO_REPLY = expect("dropped", "unanswered-request")
PROHIBITED = expect("prohibited", "icmp-admin-prohibited")
REJECT_RULE = expect("prohibited", "icmp-port-unreachable")
NET = expect("unreachable", "icmp-net-unreachable", "no-route")
HOST = expect("unreachable", "icmp-host-unreachable", "arp-unanswered")
PORT = expect("unreachable", "icmp-port-unreachable")
PROTOCOL = expect("unreachable", "icmp-proto-unreachable")
# Source policy failed and reject route: the table names no verdict for these two codes of ICMPv6.
POLICY = expect(("prohibited", "unreachable"), "icmp-admin-prohibited", "no-route", "icmp-net-unreachable")
LOSSY = expect("lossy", "established-after-loss")
REFUSED = expect("refused", "refused-rst", "refused-by-host")


def healthy():
    """Connections that work, some of them with what looks like trouble to a careless reader."""
    return [
        Scenario("echo", protocol="icmp", delay=0, repeat=3, interval=0.2),
        Scenario("short", repeat=3),
        Scenario("rounds", exchange=ROUNDS),
        Scenario("left-open", exchange=ROUNDS, ending="hold"),
        Scenario("bulk", exchange=((CLIENT, LARGE), (SERVER, LARGE))),
        Scenario("connect-only", exchange=()),
        # The router says "fragmentation needed" and the sender obeys: a note, not a finding. Behind the
        # router only a gap shows, and that it is filled.
        Scenario("path-mtu-reduced", None, expect((None, "lossy"), "established-after-loss"), target="narrow",
                 exchange=(*SHORT, (CLIENT, LARGE), (SERVER, 200))),
        Scenario("udp", protocol="udp", exchange=((CLIENT, 40), (SERVER, 90)), repeat=2),
        Scenario("udp-rounds", protocol="udp",
                 exchange=((CLIENT, 40), (SERVER, 90), (CLIENT, 41), (SERVER, 400))),
    ]


def silent():
    """Packets that disappear before anything is established."""
    returning = expect("return-blocked", "return-path-blocked", "synack-never-acked")
    return [
        Scenario("router-drop", DROPPED, rules=(Rule("drop"),), lost=FORWARD),
        Scenario("server-drop", DROPPED, DROPPED, (Rule("drop", place="server"),), lost=AT_SERVER),
        Scenario("blackhole-route", DROPPED, target="blackhole", listens=False, lost=NOT_ALIVE),
        Scenario("lost-return-path", DROPPED, returning, (Rule("drop", reply=True),), lost=BACKWARD),
        Scenario("udp-router-drop", NO_REPLY, rules=(Rule("drop"),), protocol="udp", lost=FORWARD),
        Scenario("udp-server-drop", NO_REPLY, NO_REPLY, (Rule("drop", place="server"),), protocol="udp",
                 lost=AT_SERVER),
        # At the server every request is answered; only that the client repeats it tells of a lost answer.
        Scenario("udp-lost-return-path", NO_REPLY, expect(("return-blocked", None), "return-path-blocked"),
                 (Rule("drop", reply=True),), protocol="udp", lost=BACKWARD,
                 at_both=expect("return-blocked", "return-path-blocked")),
        # The router turns the answers away and tells the server, not the client.
        Scenario("reply-reset", DROPPED, expect((None, "return-blocked", "reset", "undecided")),
                 (Rule("reject with tcp reset", reply=True),), lost=BACKWARD, at_both=returning),
        *(Scenario("reply-rejected", DROPPED, expect(("prohibited", "return-blocked"), "icmp-admin-prohibited",
                                                     "return-path-blocked", "synack-never-acked"),
                   (Rule(f"reject with {name} admin-prohibited", reply=True),), families=(family,),
                   lost=BACKWARD, at_both=PROHIBITED)
          for family, name in ((4, "icmp"), (6, "icmpv6"))),
        Scenario("echo-drop", NO_REPLY, rules=(Rule("drop"),), protocol="icmp", target="echo-drop",
                 lost=NOT_ALIVE),
    ]


def refused():
    """A reset or a closed port."""
    closed = expect("refused", "udp-port-closed")
    return [
        Scenario("closed-port", REFUSED, REFUSED, listens=False),
        Scenario("router-reset", expect("refused", "refused-rst", "refused-by-middlebox"),
                 rules=(Rule("reject with tcp reset"),), lost=FORWARD),
        Scenario("udp-closed-port", closed, closed, protocol="udp", listens=False),
    ]


def rejected():
    """ICMP errors: every code that the packet filter can send, and what routes and missing hosts give."""
    codes = {4: {"net-unreachable": NET, "host-unreachable": HOST, "prot-unreachable": PROTOCOL,
                 "port-unreachable": REJECT_RULE, "net-prohibited": PROHIBITED, "host-prohibited": PROHIBITED,
                 "admin-prohibited": PROHIBITED},
             6: {"no-route": NET, "admin-prohibited": PROHIBITED, "addr-unreachable": HOST,
                 "port-unreachable": REJECT_RULE, "policy-fail": POLICY, "reject-route": POLICY}}
    protocol = {4: "icmp", 6: "icmpv6"}
    found = [Scenario(f"reject-{code}", expected, rules=(Rule(f"reject with {protocol[family]} {code}"),),
                      target="wall", families=(family,), lost=NOT_ALIVE)
             for family, table in codes.items() for code, expected in table.items()]
    for family, name in protocol.items():
        found += [
            Scenario("server-reject-admin", PROHIBITED, PROHIBITED,
                     (Rule(f"reject with {name} admin-prohibited", place="server"),), families=(family,)),
            Scenario("server-reject-port", PORT, PORT,
                     (Rule(f"reject with {name} port-unreachable", place="server"),), families=(family,)),
            Scenario("udp-reject-port", PORT, rules=(Rule(f"reject with {name} port-unreachable"),),
                     protocol="udp", target="wall", families=(family,)),
            Scenario("udp-reject-admin", PROHIBITED, rules=(Rule(f"reject with {name} admin-prohibited"),),
                     protocol="udp", target="wall", families=(family,)),
            Scenario("echo-reject-admin", PROHIBITED, rules=(Rule(f"reject with {name} admin-prohibited"),),
                     protocol="icmp", target="echo-prohibited", families=(family,)),
        ]
    # An `unreachable` route answers "host unreachable" in IPv4 and "no route" in IPv6.
    return found + [
        Scenario("prohibit-route", PROHIBITED, target="prohibit", listens=False, lost=NOT_ALIVE),
        Scenario("unreachable-route", HOST, target="unreachable", listens=False, families=(4,),
                 lost=NOT_ALIVE),
        Scenario("unreachable-route", NET, target="unreachable", listens=False, families=(6,),
                 lost=NOT_ALIVE),
        Scenario("missing-host", HOST, target="missing", listens=False, lost=NOT_ALIVE),
        Scenario("udp-missing-host", HOST, target="missing", listens=False, protocol="udp", lost=NOT_ALIVE),
    ]


def lossy():
    """Single packets that are lost and made good."""
    first = FIRST.format(count=1)
    return [
        Scenario("first-syns-lost", LOSSY, rules=(Rule("drop", f"{SYN} {FIRST.format(count=2)}"),),
                 lost=FORWARD),
        Scenario("first-syn-ack-lost", LOSSY, LOSSY, (Rule("drop", f"{SYN_ACK} {first}", reply=True),),
                 lost=BACKWARD),
        Scenario("request-lost-once", LOSSY, rules=(Rule("drop", f"{HAS_DATA} {first}"),), lost=FORWARD),
    ]


def established():
    """Connections that open and then die."""
    large = "meta length > 1000"
    two_rounds = ((CLIENT, 20), (SERVER, 20), (CLIENT, 200), (SERVER, 200))
    by_server = expect("reset", "reset-by-server")
    # The receiver sees its own request repeated once (its acknowledgment vanished with the first segments),
    # then an acknowledgment whose sequence number is far ahead: enough for a subtle eye to say stalled.
    waiting = expect(("stalled", "lossy", None), "pmtu-black-hole", "data-never-acked",
                     "established-after-loss")
    vanishing = (Rule("drop", HAS_DATA),)
    return [
        Scenario("reset-by-server", by_server, by_server, exchange=((CLIENT, 120),), ending="server-reset"),
        Scenario("reset-by-router", expect("reset", "reset-by-middlebox", "reset-by-server"),
                 rules=(Rule("reject with tcp reset", "meta length > 200"),), exchange=two_rounds),
        Scenario("reset-after-hello", expect("reset", "reset-after-client-hello", "reset-by-middlebox"),
                 rules=(Rule("reject with tcp reset", HAS_DATA),), exchange=((CLIENT, HELLO), (SERVER, 900))),
        Scenario("upload-vanishes", expect("stalled", "pmtu-black-hole", "data-never-acked"),
                 rules=(Rule("drop", large),), exchange=(*SHORT, (CLIENT, LARGE), (SERVER, 100)),
                 lost=FORWARD),
        Scenario("download-vanishes", waiting, expect("stalled", "pmtu-black-hole", "data-never-acked"),
                 (Rule("drop", large, reply=True),), exchange=(*SHORT, (CLIENT, 100), (SERVER, LARGE)),
                 lost=BACKWARD),
        Scenario("first-data-vanishes", expect("stalled", "first-data-drop", "data-never-acked"),
                 rules=vanishing, lost=FORWARD),
        Scenario("http-vanishes", expect("stalled", "http-drop"), rules=vanishing,
                 exchange=((CLIENT, GET), (SERVER, 900)), lost=FORWARD),
        Scenario("hello-vanishes", expect("stalled", "sni-drop"), rules=vanishing,
                 exchange=((CLIENT, HELLO), (SERVER, 900)), lost=FORWARD),
    ]


def catalogue():
    """Every scenario, the healthy ones first."""
    return healthy() + silent() + refused() + rejected() + lossy() + established()


# Scenarios of single hosts by address say nothing new behind a translator.
TRANSLATED = ("echo", "short", "rounds", "udp", "router-drop", "server-drop", "blackhole-route",
              "lost-return-path", "udp-router-drop", "udp-server-drop", "udp-lost-return-path", "reply-reset",
              "reply-rejected", "echo-drop", "closed-port", "router-reset", "udp-closed-port",
              "reject-admin-prohibited", "server-reject-admin", "udp-reject-admin", "first-syn-ack-lost",
              "reset-by-server", "reset-by-router", "upload-vanishes", "download-vanishes", "first-data-vanishes")


def translated_catalogue():
    """The scenarios that are run behind a router that translates addresses."""
    return [scenario for scenario in catalogue() if scenario.name in TRANSLATED]
