"""Traffic that works, some of it with what looks like trouble to a careless reader. Nothing of it is to be found."""

from blocked import every
from expectations import NoiseGroup
from records import NODATA, SYN, SYN_ACK, TCP, UDP, Record
from traffic import DAY, RETRIES, Burst


def visitors(traffic, account, count=900):
    """Clients outside reach the load balancer, which reaches the web servers; some say a last word too late."""
    rng, balancer, webs = traffic.rng, account["lb-1"], account.named("web")
    late, records = [], []
    for number in range(count):
        client, moment = traffic.outside(), rng.uniform(0, DAY - 200)
        ours, over = traffic.connect(client, balancer, 443, moment, rng.uniform(0.2, 30))
        traffic.connect(balancer, webs[number % len(webs)], 8008, moment + 0.1, rng.uniform(0.1, 3))
        if number % 25 == 0:
            late.append(client)
            records += traffic.stray_segment(client, balancer, ours, 443, over + rng.uniform(1, 90), number % 50 == 0)
    return [NoiseGroup("late packets of visitors", late, records)]


def services(traffic, account, seconds=400):
    """Names, time, mail, logs, web pages by IPv6, pings, and the internet through the NAT gateway."""
    rng = traffic.rng
    dns, log, bastion, nat = (account[f"{name}-1"] for name in ("dns", "log", "bastion", "nat"))
    clock = traffic.outside()
    for number, client in enumerate(account.named("app") + account.named("worker")[5:25]):
        for moment in every(rng, 0, DAY - 60, seconds):
            traffic.datagrams(client, dns, 53, moment)
        for moment in every(rng, 0, DAY - 60, 20 * seconds):
            traffic.datagrams(client, clock, 123, moment, client_port=123)
            # Nobody answers a log message in UDP.
            traffic.datagrams(client, log, 8514, moment + 3, answered=False)
            traffic.ping(bastion, client, moment + 5)
            traffic.through_nat(client, nat, traffic.outside(), 443, moment + 9, rng.uniform(0.2, 20))
            if number % 2:
                traffic.connect(client, account["web-1"], 8008, moment + 15, six=True)
                traffic.ping(client, account["web-1"], moment + 20, six=True)


def long_connections(traffic, account):
    """One that is older than the day, one that outlives it, one that does both, each with its quiet windows."""
    cache = account["cache-1"]
    for number, (begin, end) in enumerate(((-100, 9000), (DAY - 9000, DAY + 100), (-100, DAY + 100))):
        traffic.connect(account[f"worker-{6 + number}"], cache, 5701, begin, end - begin, opens=begin >= 0,
                        closes=end < DAY)


def slow_handshakes(traffic, account, count=40):
    """The first request was lost on its way; its repetition is answered, in the next window as likely as not."""
    rng, client, server = traffic.rng, account["worker-10"], account["log-1"]
    for _ in range(count):
        moment, ours = rng.uniform(0, DAY - 200), traffic.ephemeral()
        wait = rng.choice(RETRIES)
        first, again = Burst(moment, 1, 60, SYN), Burst(moment + wait, 1, 60, SYN)
        traffic.write(client, True, (client.address, server.address), (ours, 9600), TCP, [first, again], "ACCEPT")
        traffic.write(server, False, (client.address, server.address), (ours, 9600), TCP, [again], "ACCEPT")
        traffic.send(server, client, (9600, ours), TCP, [Burst(moment + wait + 0.01, 1, 60, SYN_ACK)])
        for sender, receiver, ports in ((client, server, (ours, 9600)), (server, client, (9600, ours))):
            traffic.send(sender, receiver, ports, TCP, [Burst(moment + wait + turn, 2, 400)
                                                        for turn in range(1, 100, 30)])


def cut_at_the_end(traffic, account):
    """A request just before the log ends; its answer was not written any more."""
    traffic.syns(account["worker-11"], account["log-1"], 9600, DAY - 2, tries=1)


def one_way_media(traffic, account):
    """A stream of datagrams that nobody answers, through many windows."""
    source, target = account["worker-12"], account["log-1"]
    traffic.send(source, target, (traffic.ephemeral(), 6343), UDP,
                 [Burst(moment, 40, 50000) for moment in range(20000, 30000, 30)])


def empty_windows(traffic, account, seconds=3600, names=("worker-26", "worker-27")):
    """Interfaces without traffic."""
    for name in names:
        for begin in range(0, DAY, seconds):
            traffic.records.append(Record(account[name], traffic.clock(begin), traffic.clock(begin + 59),
                                          status=NODATA))


STORIES = (visitors, services, long_connections, slow_handshakes, cut_at_the_end, one_way_media, empty_windows)
