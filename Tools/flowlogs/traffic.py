"""From packets to records: who sends what to whom, and what each interface on the way writes down."""

from dataclasses import dataclass

from account import Interface, outside_address
from records import ACCEPT, FIN, ICMP, ICMP6, REJECT, RST, SYN, SYN_ACK, TCP, UDP, Record

DAY = 86400
WINDOW = 60
# Seconds after the first SYN at which Linux and others send it again.
RETRIES = (1, 3, 7)


@dataclass(frozen=True)
class Burst:
    """Packets of one direction at one moment, in seconds since the day began."""

    time: float
    packets: int
    bytes: int
    flags: int = 0


@dataclass(frozen=True)
class Path:
    """What happens to packets: at the sender's interface and at the receiver's; None is no record at all."""

    sender: str | None = ACCEPT
    receiver: str | None = ACCEPT


OPEN = Path()
REFUSED_THERE = Path(receiver=REJECT)
REFUSED_HERE = Path(sender=REJECT, receiver=None)


def address_of(endpoint, six=False):
    """The address of an interface, or of a host outside, which is given as its address."""
    if isinstance(endpoint, Interface):
        return endpoint.address6 if six else endpoint.address
    return endpoint


class Traffic:
    """Collects the records of one day.

    `midnight` is when it begins, in seconds since 1970; `outside` gives another address of the internet each time.
    """

    def __init__(self, rng, midnight, outside=None):
        self.rng = rng
        self.midnight = midnight
        self.outside = outside or (lambda: outside_address(rng))
        self.records = []

    def clock(self, seconds):
        """Seconds of the day as seconds since 1970."""
        return self.midnight + int(seconds)

    def ephemeral(self):
        """A client's port."""
        return self.rng.randrange(32768, 61000)

    def write(self, interface, egress, sides, ports, protocol, bursts, action, packet_sides=None):
        """The records of one direction at one interface: one for each window that has packets."""
        windows = {}
        for burst in bursts:
            if 0 <= burst.time < DAY:
                windows.setdefault(int(burst.time + interface.phase) // WINDOW, []).append(burst)
        made = []
        for window in windows.values():
            flags = 0
            for burst in window:
                flags |= burst.flags
            first, last = window[0].time, window[-1].time
            end = min(last + self.rng.randrange(3), last - (last + interface.phase) % WINDOW + WINDOW - 1)
            made.append(Record(
                interface, self.clock(first), self.clock(min(max(end, first), DAY - 1)), *sides, *ports, protocol,
                sum(burst.packets for burst in window), sum(burst.bytes for burst in window), action, flags,
                egress, *(packet_sides or sides)))
        self.records += made
        return made

    def send(self, sender, receiver, ports, protocol, bursts, path=OPEN, six=False):
        """One direction at both ends; returns the records of the sender's and of the receiver's interface."""
        sides = address_of(sender, six), address_of(receiver, six)
        here = there = ()
        if isinstance(sender, Interface) and path.sender:
            here = self.write(sender, True, sides, ports, protocol, bursts, path.sender)
        if isinstance(receiver, Interface) and path.receiver:
            there = self.write(receiver, False, sides, ports, protocol, bursts, path.receiver)
        return list(here), list(there)

    def connect(self, client, server, port, start, seconds=1.0, six=False, opens=True, closes=True):
        """A TCP connection that works; returns the client's port and when it is over.

        Without `opens` it is older than the day, without `closes` it outlives it.
        """
        rng = self.rng
        size = rng.randrange(200, 3000)
        asked, answered = [], []
        if opens:
            asked.append(Burst(start, 2, 112, SYN))
            answered.append(Burst(start + 0.01, 1, 60, SYN_ACK))
        moment = start + 0.05
        while moment < min(start + seconds, DAY):
            asked.append(Burst(moment, 2 + size // 1400, size + 104))
            answered.append(Burst(moment + 0.02, 2 + size // 700, size * 4 + 104))
            moment += rng.uniform(15, 40)
        if closes:
            asked.append(Burst(start + seconds + 0.06, 2, 104, FIN))
            answered.append(Burst(start + seconds + 0.08, 1, 52, FIN))
        ours = rng.randrange(1024, 65536) if isinstance(client, str) and port < 1024 else self.ephemeral()
        self.send(client, server, (ours, port), TCP, asked, six=six)
        self.send(server, client, (port, ours), TCP, answered, six=six)
        return ours, start + seconds + 0.1

    def datagrams(self, client, server, port, start, answered=True, client_port=None, six=False):
        """A question in UDP and its answer."""
        ours = client_port or self.ephemeral()
        self.send(client, server, (ours, port), UDP, [Burst(start, 1, self.rng.randrange(60, 120))], six=six)
        if answered:
            self.send(server, client, (port, ours), UDP,
                      [Burst(start + 0.01, 1, self.rng.randrange(80, 400))], six=six)

    def ping(self, client, server, start, count=4, request=OPEN, reply=OPEN, six=False):
        """Echo requests, a second apart, and their answers; ports are 0. Returns all four lists of records."""
        protocol = ICMP6 if six else ICMP
        asked = [Burst(start + turn, 1, 84) for turn in range(count)]
        found = self.send(client, server, (0, 0), protocol, asked, request, six)
        if request == OPEN and reply is not None:
            found += self.send(server, client, (0, 0), protocol, [Burst(burst.time + 0.01, 1, 84)
                                                                  for burst in asked], reply, six)
        return found

    def syns(self, client, server, port, start, path=OPEN, tries=4, six=False, client_port=None):
        """A connection request and its repetitions; returns the records of both interfaces."""
        bursts = [Burst(start + delay, 1, 60, SYN) for delay in (0, *RETRIES)[:tries]]
        return self.send(client, server, (client_port or self.ephemeral(), port), TCP, bursts, path, six)

    def refused(self, client, server, port, start, path=REFUSED_THERE, protocol=TCP, tries=None, six=False):
        """An attempt that a security group or a network ACL refuses; returns the REJECT records."""
        tries = tries or self.rng.randrange(2, 5)
        if protocol == TCP:
            here, there = self.syns(client, server, port, start, path, tries, six)
        elif protocol == UDP:
            here, there = self.send(client, server, (self.ephemeral(), port), UDP,
                                    [Burst(start + 2 * turn, 1, 90) for turn in range(tries)], path, six)
        else:
            here, there = self.ping(client, server, start, tries, path, None, six)
        return here if path.sender == REJECT else there

    def refused_answer(self, client, server, port, start, at_server=True):
        """A request that arrives and whose answer an ACL refuses; returns accepted and refused records."""
        ours = self.ephemeral()
        here, there = self.syns(client, server, port, start, OPEN, client_port=ours)
        answers = [Burst(start + delay + 0.01, 1, 60, SYN_ACK) for delay in (0, *RETRIES)]
        path = REFUSED_HERE if at_server else REFUSED_THERE
        back = self.send(server, client, (port, ours), TCP, answers, path)
        return here + there, [record for record in back[0] + back[1] if record.action == REJECT]

    def closed_port(self, client, server, port, start):
        """A request that the server itself answers with a reset; returns the request's records."""
        ours = self.ephemeral()
        here, there = self.syns(client, server, port, start, OPEN, 1, client_port=ours)
        self.send(server, client, (port, ours), TCP, [Burst(start + 0.01, 1, 40, RST)])
        return here, there

    def stray_segment(self, client, server, client_port, port, moment, backward):
        """A packet of a connection that is over, refused where it arrives or, from the server, where it leaves."""
        burst = [Burst(moment, 1, 52, self.rng.choice((0, FIN, RST)))]
        if backward:
            here, there = self.send(server, client, (port, client_port), TCP, burst, REFUSED_HERE)
        else:
            here, there = self.send(client, server, (client_port, port), TCP, burst, REFUSED_THERE)
        return [record for record in here + there if record.action == REJECT]

    def through_nat(self, client, gateway, server, port, start, seconds=1.0):
        """A connection through a NAT gateway, which writes down both of its sides."""
        size = self.rng.randrange(400, 5000)
        ours, theirs = self.ephemeral(), self.rng.randrange(1024, 65536)
        asked = [Burst(start, 2, 112, SYN), Burst(start + seconds, 3, size, FIN)]
        answered = [Burst(start + 0.03, 1, 60, SYN_ACK), Burst(start + seconds + 0.03, 4, size * 3, FIN)]
        inner, nat = client.address, gateway.address
        for sender, bursts, ports, sides, shown in (
                (client, asked, (ours, port), (inner, server), (inner, nat)),
                (server, answered, (port, ours), (server, inner), (nat, inner))):
            egress = sender is client
            self.write(client, egress, sides, ports, TCP, bursts, ACCEPT)
            self.write(gateway, not egress, shown, ports, TCP, bursts, ACCEPT, sides)
        self.write(gateway, True, (nat, server), (theirs, port), TCP, asked, ACCEPT)
        self.write(gateway, False, (server, nat), (port, theirs), TCP, answered, ACCEPT)
