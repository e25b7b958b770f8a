"""The lab's network: client -- router -- server, two segments, addresses and ports derived from a seed."""

import ipaddress
import json
import random
import sys
from dataclasses import dataclass, field
from pathlib import Path

from namespaces import Namespace

HERE = Path(__file__).resolve().parent
DEFAULT_SEED = 0

# Addresses in the server's segment. All but those in ABSENT belong to the server itself.
TARGETS = ("server", "wall", "narrow", "echo-drop", "echo-prohibited",
           "missing", "prohibit", "unreachable", "blackhole")
ABSENT = ("missing", "prohibit", "unreachable", "blackhole")
ROUTE_TYPES = ("prohibit", "unreachable", "blackhole")
NARROW_MTU = 1280
EVERYWHERE = {4: "0.0.0.0/0", 6: "::/0"}


@dataclass(frozen=True)
class Segment:
    """One link with its IPv4 /24 and its IPv6 /64; a host has the same number in both."""

    ipv4: ipaddress.IPv4Network
    ipv6: ipaddress.IPv6Network

    def address(self, number, family):
        """The address of host `number` as text."""
        return str((self.ipv4 if family == 4 else self.ipv6)[number])

    def prefix_length(self, family):
        """24 or 64, as the segment was declared."""
        return (self.ipv4 if family == 4 else self.ipv6).prefixlen


@dataclass(frozen=True)
class Topology:
    """Who has which address. The router is host 1 of both segments."""

    client_segment: Segment
    server_segment: Segment
    client: int = 10
    targets: dict = field(default_factory=lambda: dict(zip(TARGETS, (20, 30, 40, 50, 51, 99, 101, 102, 103))))
    first_port: int = 21000

    @staticmethod
    def from_seed(seed):
        """The documented lab for the default seed, another private network for every other one."""
        if seed == DEFAULT_SEED:
            return Topology(segment("10.71.1.0/24", "fd71:0:0:1::/64"),
                            segment("10.71.2.0/24", "fd71:0:0:2::/64"))
        chance = random.Random(seed)
        numbers = chance.sample(range(2, 250), len(TARGETS) + 1)
        blocks = [f"10.{chance.randrange(256)}.", f"172.{chance.randrange(16, 32)}.", "192.168."]
        thirds = chance.sample(range(256), 2)
        unique = f"fd{chance.randrange(256):02x}:{chance.randrange(1, 65536):x}"
        client, server = (segment(f"{chance.choice(blocks)}{third}.0/24", f"{unique}:1:{third + 1:x}::/64")
                          for third in thirds)
        return Topology(client, server, numbers[0], dict(zip(TARGETS, numbers[1:])),
                        chance.randrange(20000, 29000))

    def client_address(self, family):
        """The client's address."""
        return self.client_segment.address(self.client, family)

    def target_address(self, target, family):
        """The address of one of TARGETS."""
        return self.server_segment.address(self.targets[target], family)

    def virtual_address(self, target, family):
        """What the client calls one of TARGETS when the router translates destinations; nobody has it."""
        return VIRTUAL.address(self.targets[target], family)


def segment(ipv4, ipv6):
    """A segment from two prefixes written as text."""
    return Segment(ipaddress.ip_network(ipv4), ipaddress.ip_network(ipv6))


VIRTUAL = segment("10.79.9.0/24", "fd79:0:0:9::/64")


class Network:
    """The three namespaces, wired and addressed as a topology says."""

    def __init__(self, topology, families):
        self.topology = topology
        self.families = families
        self.client, self.router, self.server = Namespace(), Namespace(), Namespace()

    def __enter__(self):
        near, far = self.topology.client_segment, self.topology.server_segment
        owned = [number for target, number in self.topology.targets.items() if target not in ABSENT]
        self.router.run("ip", "-batch", "-", text="".join(
            f"link add {name} mtu 1500 type veth peer name eth0 mtu 1500 netns {peer.pid}\n"
            for name, peer in (("client0", self.client), ("server0", self.server))))
        self._configure(self.client, {"eth0": (near, [self.topology.client])}, near)
        self._configure(self.server, {"eth0": (far, owned)}, far)
        self._configure(self.router, {"client0": (near, [1]), "server0": (far, [1])}, None)
        self._add_target_routes()
        return self

    def __exit__(self, *_):
        for namespace in (self.client, self.server, self.router):
            namespace.close()

    def _configure(self, namespace, interfaces, gateway_segment):
        """Set kernel parameters, then addresses, then the default route (the router has none)."""
        parameters = self._parameters(interfaces, gateway_segment is None)
        settings = {"interfaces": list(interfaces), "sysctl": parameters}
        namespace.run(sys.executable, str(HERE / "prepare.py"), json.dumps(settings))
        lines = ["link set lo up"]
        for name, (link, numbers) in interfaces.items():
            lines += [f"address add {link.address(number, family)}/{link.prefix_length(family)} dev {name}"
                      f"{' nodad' if family == 6 else ''}" for family in self.families for number in numbers]
            lines.append(f"link set {name} up")
        if gateway_segment is not None:
            lines += [f"route add {EVERYWHERE[family]} via {gateway_segment.address(1, family)}"
                      for family in self.families]
        namespace.run("ip", "-batch", "-", text="\n".join(lines) + "\n")

    def _parameters(self, interfaces, is_router):
        """Kernel parameters (below /proc/sys/net) that make the lab quick and repeatable."""
        # Without early probes a busy machine's late acknowledgments do not make senders repeat their last segment.
        parameters = {"ipv4/tcp_no_metrics_save": 1, "ipv4/tcp_early_retrans": 0}
        if is_router:
            parameters |= {"ipv4/ip_forward": 1, "ipv4/icmp_ratelimit": 0, "ipv6/icmp/ratelimit": 0}
        for name in ("all", "default", *interfaces):
            parameters |= {f"ipv6/conf/{name}/accept_dad": 0, f"ipv6/conf/{name}/accept_ra": 0}
            if is_router:
                parameters[f"ipv6/conf/{name}/forwarding"] = 1
            if 6 not in self.families:
                parameters[f"ipv6/conf/{name}/disable_ipv6"] = 1
        return parameters

    def _add_target_routes(self):
        """Routes on the router that refuse, swallow or narrow what goes to single addresses."""
        lines = []
        for family in self.families:
            lines += [f"route add {kind} {self.topology.target_address(kind, family)}"
                      for kind in ROUTE_TYPES if kind in self.topology.targets]
            if "narrow" in self.topology.targets:
                lines.append(f"route add {self.topology.target_address('narrow', family)} dev server0"
                             f" mtu lock {NARROW_MTU}")
        self.router.run("ip", "-batch", "-", text="\n".join(lines) + "\n")
