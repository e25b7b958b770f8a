"""Scenarios of the operator's own traffic that is blocked. Each writes its records and returns what is to be found."""

from expectations import ACL, ANY, HARMLESS, WORKED_BEFORE, Expectation, first_minute, last_minute
from records import ICMP, SKIPDATA, TCP, UDP, Record
from traffic import DAY, OPEN, REFUSED_HERE, REFUSED_THERE

DATABASES = (5432, 3306, 1433, 1521, 27017)
# The port that the instance serves and the one that the load balancer was given instead.
INSTANCE_PORTS = ((80, 8080), (8080, 80), (443, 8443), (8000, 8001))
REJECTED = {"full": ("rejected",)}
# With the requests gone from the log the refused answers are all there is.
RETURNING = {"full": ("return-blocked",), "rejects": ("rejected",)}
# Only flags tell a request from an answer.
UNANSWERED = {"full": ("dropped",), "plain": (None, "undecided"), "rejects": (None,)}


def every(rng, begin, end, seconds):
    """Moments about `seconds` apart."""
    moment = begin + rng.uniform(1, min(seconds, 50))
    while moment < end:
        yield moment
        moment += seconds * rng.uniform(0.8, 1.2)


def rejected(scenario, source, destination, port, records, protocol=TCP, **others):
    """The usual expectation: what counts is the REJECT records."""
    return Expectation(scenario, source, destination, port, protocol, (records,), REJECTED, **others)


def refused_since(traffic, account, since=None, port=None):
    """An application that reached its database until a moment, and is refused since then."""
    rng, app, database = traffic.rng, account["app-1"], account["db-1"]
    port = port or rng.choice(DATABASES)
    since = since or 60 * rng.randrange(6 * 60, 20 * 60)
    for moment in every(rng, 0, since - 30, 90):
        traffic.connect(app, database, port, moment, rng.uniform(0.1, 8))
    records = [record for moment in every(rng, since, DAY - 60, 45)
               for record in traffic.refused(app, database, port, moment)]
    return [rejected("refused since", app.address, database.address, port, records,
                     words={"full": (first_minute(records),), "plain": (first_minute(records),)})]


def refused_for_a_while(traffic, account, begin=None):
    """Refused for three quarters of an hour, fine before and after."""
    rng, app, database, port = traffic.rng, account["app-2"], account["db-2"], traffic.rng.choice(DATABASES)
    begin = begin or 60 * rng.randrange(3 * 60, 22 * 60)
    end = begin + 45 * 60
    for first, last in ((0, begin - 30), (end + 30, DAY - 60)):
        for moment in every(rng, first, last, 120):
            traffic.connect(app, database, port, moment, rng.uniform(0.1, 8))
    records = [record for moment in every(rng, begin, end, 60)
               for record in traffic.refused(app, database, port, moment)]
    return [rejected("refused for a while", app.address, database.address, port, records,
                     words={"full": (first_minute(records), last_minute(records))})]


def refused_all_day(traffic, account):
    """Refused from the first try to the last; nothing says that it ever worked."""
    rng, app, database, port = traffic.rng, account["app-3"], account["db-3"], traffic.rng.choice(DATABASES)
    records = [record for moment in every(rng, 0, DAY - 60, 400)
               for record in traffic.refused(app, database, port, moment)]
    return [rejected("refused all day", app.address, database.address, port, records,
                     claims={"full": (WORKED_BEFORE,)})]


def wrong_instance_port(traffic, account, ports=None, interval=60, webs=2):
    """Health checks of the load balancer to a port that the instances' group does not admit; another works."""
    rng, balancer, found = traffic.rng, account["lb-1"], []
    good, bad = ports or rng.choice(INSTANCE_PORTS)
    for web in account.named("web")[:webs]:
        records = [record for moment in every(rng, 0, DAY - 60, interval)
                   for record in traffic.refused(balancer, web, bad, moment, tries=3)]
        for moment in every(rng, 0, DAY - 60, interval):
            traffic.connect(balancer, web, good, moment, 0.1)
        found.append(rejected("wrong instance port", balancer.address, web.address, bad, records,
                              words={"full": (rf"\b{good}\b",), "rejects": ()},
                              claims={"rejects": (rf"accept.*\b{good}\b", rf"\b{good}\b.*accept")}))
    return found


def lost_return_path(traffic, account):
    """The ACL of the servers' subnet lets requests in and refuses the answers; also for a ping."""
    rng, app, cache, found = traffic.rng, account["app-4"], account["cache-1"], []
    port = rng.choice((6379, 11211, 9042))
    accepted, refused = [], []
    for moment in every(rng, 0, DAY - 60, 900):
        there, back = traffic.refused_answer(app, cache, port, moment)
        accepted, refused = accepted + there, refused + back
    found.append(returning("lost return path", app.address, cache.address, port, accepted, refused))
    accepted, refused = [], []
    bastion, database = account["bastion-1"], account["db-1"]
    for moment in every(rng, 0, DAY - 60, 3600):
        here, there, back, _ = traffic.ping(bastion, database, moment, reply=REFUSED_HERE)
        accepted, refused = accepted + here + there, refused + back
    entry = returning("lost return path of a ping", bastion.address, database.address, None, accepted, refused,
                      ICMP)
    # Without the requests nothing says which side asked.
    entry.verdicts = RETURNING | {"rejects": (None, "rejected")}
    reverse = Expectation("refused ping answers", database.address, bastion.address, None, ICMP, (refused,),
                          {"full": (None,), "rejects": (None, "rejected")})
    return found + [entry, reverse]


def returning(scenario, source, destination, port, accepted, refused, protocol=TCP):
    """A finding about answers: requests, refused answers or both may be what it counts."""
    return Expectation(scenario, source, destination, port, protocol, (refused, accepted), RETURNING,
                       words={"full": (ACL,), "rejects": ()})


def lost_answers_from_outside(traffic, account):
    """The client's own subnet refuses what a server outside answers."""
    rng, app, server = traffic.rng, account["app-6"], traffic.outside()
    accepted, refused = [], []
    for moment in every(rng, 3600, DAY - 60, 1200):
        there, back = traffic.refused_answer(app, server, 443, moment, at_server=False)
        accepted, refused = accepted + there, refused + back
    return [returning("answers from outside refused", app.address, server, 443, accepted, refused)]


def never_answered(traffic, account):
    """Requests that every interface accepts and nobody answers; once with gaps in the log just then."""
    rng, found = traffic.rng, []
    for scenario, name, target, port, gaps in (
            ("never answered", "app-5", "log-1", rng.choice((9200, 9092, 24224)), False),
            ("never answered, with gaps", "worker-4", "mail-1", rng.choice((587, 2525, 993)), True)):
        client, server = account[name], account[target]
        here, there = [], []
        for moment in every(rng, 7200, DAY - 120, 1500):
            more, received = traffic.syns(client, server, port, moment, OPEN)
            here, there = here + more, there + received
            if gaps:
                for interface in (client, server):
                    begin = traffic.clock(moment // 60 * 60)
                    traffic.records.append(Record(interface, begin, begin + 59, status=SKIPDATA))
        verdicts = UNANSWERED | ({"full": ("dropped", "undecided")} if gaps else {})
        found.append(Expectation(scenario, client.address, server.address, port, TCP, (here, there), verdicts,
                                 confidence=("likely", "weak") if gaps else ("certain", "strong", "likely")))
    return found


def closed_port(traffic, account):
    """Nothing listens: the server itself answers with a reset. Without flags this looks like any exchange."""
    rng, app, web = traffic.rng, account["app-1"], account["web-3"]
    port = rng.choice((9090, 9100, 8125))
    here, there = [], []
    for moment in every(rng, 0, DAY - 60, 1800):
        asked, received = traffic.closed_port(app, web, port, moment)
        here, there = here + asked, there + received
    return [Expectation("closed port", app.address, web.address, port, TCP, (here, there),
                        {"full": ("refused",), "plain": (None,), "rejects": (None,)})]


def refused_elsewhere(traffic, account):
    """Refused on the way out, in UDP, in ICMP and in IPv6."""
    rng, found = traffic.rng, []
    mail = traffic.outside()
    worker, other, bastion, app = (account[name] for name in ("worker-1", "worker-2", "bastion-1", "app-2"))
    log, web, database = account["log-1"], account["web-2"], account["db-3"]
    for scenario, client, server, port, path, protocol, six, pause in (
            ("refused on the way out", worker, mail, 25, REFUSED_HERE, TCP, False, 1200),
            ("UDP refused", other, log, 514, REFUSED_THERE, UDP, False, 700),
            ("ping refused", bastion, web, None, REFUSED_THERE, ICMP, False, 3000),
            ("IPv6 refused", app, database, rng.choice(DATABASES), REFUSED_THERE, TCP, True, 2000)):
        records = [record for moment in every(rng, 600, DAY - 60, pause)
                   for record in traffic.refused(client, server, port, moment, path, protocol, six=six)]
        address = records[0].source, records[0].destination
        found.append(rejected(scenario, *address, port, records, protocol))
    return found


def refused_neighbours(traffic, account):
    """A private address from elsewhere that tries twice is no noise, nor a partner outside that keeps trying."""
    rng, found = traffic.rng, []
    office = f"192.168.{rng.randrange(256)}.{rng.randrange(1, 255)}"
    partner = traffic.outside()
    for scenario, client, server, port, count in (
            ("refused office", office, account["db-2"], 3389, 2),
            ("refused partner", partner, account["web-3"], 22, rng.randrange(12, 40))):
        moments = sorted(rng.uniform(0, DAY - 60) for _ in range(count))
        records = [record for moment in moments
                   for record in traffic.refused(client, server, port, moment, tries=2)]
        found.append(rejected(scenario, client, server.address, port, records))
    return found


def scan_from_inside(traffic, account):
    """An instance that sweeps the network: no noise, but behind what is blocked."""
    rng, worker = traffic.rng, account["worker-30"]
    port = rng.choice((445, 3389, 5900))
    targets = [interface for interface in account.interfaces.values() if interface is not worker][:25]
    begin, records, accepted = rng.uniform(3600, DAY - 7200), [], []
    for turn in range(3):
        for number, target in enumerate(targets):
            here, there = traffic.syns(worker, target, port, begin + turn * 600 + number * 2, REFUSED_THERE, 1)
            records, accepted = records + there, accepted + here
    return [Expectation("scan from inside", worker.address, None, port, TCP, (records,), {"full": ("scan",)},
                        maybe=accepted, is_scan=True,
                        words={"full": (first_minute(records), last_minute(records))})]


def late_packets(traffic, account):
    """Packets that come after a connection was closed are refused; that blocks nothing."""
    rng, found = traffic.rng, []
    for client, server, port, backward in ((account["app-5"], account["cache-1"], 11311, False),
                                           (account["worker-3"], account["dns-1"], 8301, True)):
        records = []
        for moment in every(rng, 0, DAY - 200, 3000):
            ours, over = traffic.connect(client, server, port, moment, rng.uniform(1, 20))
            records += traffic.stray_segment(client, server, ours, port, over + rng.uniform(1, 60), backward)
        # Refused records without flags and without the connection before them tell nothing of this.
        found.append(Expectation("late packets", client.address, server.address, port, TCP, (records,),
                                 {"full": HARMLESS, "bare": ANY}, noise=None))
    return found


STORIES = (refused_since, refused_for_a_while, refused_all_day, wrong_instance_port, lost_return_path,
           lost_answers_from_outside, never_answered, closed_port, refused_elsewhere, refused_neighbours,
           scan_from_inside, late_packets)
