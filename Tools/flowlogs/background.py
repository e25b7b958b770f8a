"""What the internet sends to every address: scans, strays, answers to questions that nobody asked."""

from expectations import Expectation, NoiseGroup, first_minute, last_minute
from records import ICMP, RST, SYN, SYN_ACK, TCP, UDP
from traffic import DAY, OPEN, REFUSED_THERE, Burst

KNOCKED = (21, 22, 23, 25, 81, 110, 135, 139, 389, 445, 873, 1433, 1521, 2323, 2375, 3306, 3389, 5060, 5432, 5555,
           5900, 5984, 6379, 7001, 8081, 8291, 8545, 9000, 9200, 11211, 27017)
SIX_HOURS = 6 * 3600


def horizontal_scan(traffic, account, begin=None, pause=7.0, port=8088, quiet=(0, 0),
                    has_open=True):
    """One source tries one port of every host, round after round, for six hours; one host may have it open.

    Between the two moments of `quiet` it rests.
    """
    rng, source = traffic.rng, traffic.outside()
    begin = begin if begin is not None else rng.uniform(0, DAY - SIX_HOURS - 60)
    hosts = [interface for interface in account.interfaces.values() if interface.name != "nat-1"]
    rng.shuffle(hosts)
    open_host, refused, accepted = hosts.pop() if has_open else None, [], []
    moments, moment = [], begin
    while moment < begin + SIX_HOURS - pause:
        if not quiet[0] <= moment < quiet[1]:
            moments.append(moment)
        moment += pause * rng.uniform(0.6, 1.4)
    moments.append(begin + SIX_HOURS)
    for number, moment in enumerate(moments):
        ours = rng.randrange(40000, 61000)
        _, there = traffic.syns(source, hosts[number % len(hosts)], port, moment, REFUSED_THERE, 1, client_port=ours)
        refused += there
        if open_host and number % 300 == 150:
            accepted += probe_open_port(traffic, source, open_host, ours, port, moment + 0.5)
    return [Expectation("scan of hosts", source, None, port, TCP, (refused,), {"full": ("scan",)}, True,
                        maybe=accepted, is_scan=True,
                        words={"full": (first_minute(refused), last_minute(refused))})]


def probe_open_port(traffic, source, host, ours, port, moment):
    """A half-open probe of a port that answers; returns the probe's records."""
    _, there = traffic.send(source, host, (ours, port), TCP,
                            [Burst(moment, 1, 60, SYN), Burst(moment + 0.2, 1, 40, RST)])
    traffic.send(host, source, (port, ours), TCP, [Burst(moment + 0.01, 1, 60, SYN_ACK)])
    return there


def vertical_scan(traffic, account, ports=220):
    """One source tries many ports of one host within minutes."""
    rng, source, host = traffic.rng, traffic.outside(), account["web-1"]
    served = {80, 443, 8000, 8001, 8080, 8088, 8443}
    tried = rng.sample([port for port in range(1, 10000) if port not in served], ports)
    moment, records = rng.uniform(0, DAY - 1200), []
    for port in tried:
        _, there = traffic.syns(source, host, port, moment, REFUSED_THERE, 1,
                                client_port=rng.randrange(40000, 61000))
        records += there
        moment += rng.uniform(0.3, 3)
    return [Expectation("scan of ports", source, host.address, None, TCP, (records,), {"full": ("scan",)}, True,
                        is_scan=True, words={"full": (first_minute(records), last_minute(records), str(ports))})]


def strays(traffic, account, count=900):
    """Addresses that try a port once to four times and are not seen again; some try two ports, some use UDP or ICMP."""
    rng, addresses, records = traffic.rng, [], []
    hosts = [interface for interface in account.interfaces.values() if interface.name != "nat-1"]
    for number in range(count):
        six = number % 60 == 59
        source = f"2001:db8:{rng.randrange(65536):x}::{rng.randrange(1, 65536):x}" if six else traffic.outside()
        addresses.append(source)
        protocol = rng.choices((TCP, UDP, ICMP), (88, 8, 4))[0]
        for port in rng.sample(KNOCKED, rng.choice((1, 1, 1, 2))):
            host, ours = rng.choice(hosts), rng.randrange(40000, 61000)
            for _ in range(rng.randrange(1, 5)):
                moment = rng.uniform(0, DAY - 60)
                if protocol == TCP:
                    made = traffic.syns(source, host, port, moment, REFUSED_THERE, 1, six, ours)
                elif protocol == UDP:
                    made = traffic.send(source, host, (ours, port), UDP, [Burst(moment, 1, 70)], REFUSED_THERE, six)
                else:
                    made = traffic.ping(source, host, moment, 1, REFUSED_THERE, None, six)
                records += made[1]
            if protocol == ICMP:
                break
    return [NoiseGroup("strays", addresses, records)]


def low_source_ports(traffic, account, count=25):
    """Scanners that send from a port below the one they try: without flags only the interface tells who asked."""
    rng, addresses, records = traffic.rng, [], []
    for _ in range(count):
        source, host = traffic.outside(), rng.choice(account.named("web"))
        addresses.append(source)
        _, there = traffic.syns(source, host, rng.choice((8081, 8888, 9200, 27017)), rng.uniform(0, DAY - 60),
                                REFUSED_THERE, 1, client_port=rng.choice((1024, 4000, 6000)))
        records += there
    return [NoiseGroup("strays from low ports", addresses, records, {"full": True, "bare": None})]


def backscatter(traffic, account, count=20):
    """Answers of servers under attack to requests whose source was forged: nobody here asked."""
    rng, addresses, records = traffic.rng, [], []
    for _ in range(count):
        source, host = traffic.outside(), rng.choice(account.named("worker"))
        addresses.append(source)
        _, there = traffic.send(source, host, (rng.choice((80, 443, 53)), rng.randrange(1024, 60000)), TCP,
                                [Burst(rng.uniform(0, DAY - 60), 1, 44, rng.choice((SYN_ACK, RST)))], REFUSED_THERE)
        records += there
    return [NoiseGroup("backscatter", addresses, records, {"full": True, "rejects": None})]


def knocks_at_the_gateway(traffic, account, count=40):
    """A NAT gateway's interface accepts what the gateway then drops."""
    rng, addresses, records = traffic.rng, [], []
    for _ in range(count):
        source = traffic.outside()
        addresses.append(source)
        _, there = traffic.syns(source, account["nat-1"], rng.choice(KNOCKED), rng.uniform(0, DAY - 60), OPEN, 1)
        records += there
    return [NoiseGroup("strays at the NAT gateway", addresses, records)]


STORIES = (horizontal_scan, vertical_scan, strays, low_source_ports, backscatter, knocks_at_the_gateway)
