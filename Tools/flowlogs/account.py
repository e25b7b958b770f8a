"""A made-up account: one VPC whose instances, load balancer and NAT gateway have an interface each."""

import ipaddress
from dataclasses import dataclass, field
from functools import cached_property

VPC4 = ipaddress.ip_network("10.0.0.0/16")
VPC6 = ipaddress.ip_network("2600:1f18:4a3c:8000::/56")
TIERS = ("public", "web", "app", "data")
# Name, tier, how many there are. The last ones only make the network wide enough to be scanned.
ROLES = (("lb", "public", 1), ("nat", "public", 1), ("bastion", "public", 1), ("web", "web", 3),
         ("app", "app", 6), ("db", "data", 3), ("cache", "data", 1), ("dns", "data", 1), ("mail", "data", 1),
         ("log", "data", 1), ("worker", "app", 30))
MANAGED = ("lb", "nat")


@dataclass(frozen=True)
class Interface:
    """A network interface; `phase` is where in a minute its aggregation windows begin."""

    name: str
    id: str
    instance: str
    subnet: str
    zone: str
    address: str
    address6: str
    phase: int


@dataclass
class Account:
    """The interfaces by name, and what their records have in common."""

    number: str
    region: str
    vpc: str
    interfaces: dict = field(default_factory=dict)

    def __getitem__(self, name):
        return self.interfaces[name]

    def named(self, prefix):
        """The interfaces of a role."""
        return [interface for name, interface in self.interfaces.items() if name.startswith(f"{prefix}-")]

    @cached_property
    def addresses(self):
        """All addresses, of both families."""
        return {address for interface in self.interfaces.values()
                for address in (interface.address, interface.address6)}


def identifier(rng, prefix):
    """An identifier as AWS writes them."""
    return f"{prefix}-0{rng.getrandbits(64):016x}"


def make_account(rng):
    """Every seed has other identifiers, subnets and hosts."""
    region = rng.choice(("us-east-1", "eu-central-1", "ap-southeast-2"))
    zone = {"us-east-1": "use1", "eu-central-1": "euc1", "ap-southeast-2": "apse2"}[region]
    account = Account(f"{rng.randrange(1, 10**12):012d}", region, identifier(rng, "vpc"))
    blocks = rng.sample(range(256), len(TIERS))
    subnets = {tier: (VPC4.network_address + (block << 8), VPC6.network_address + (block << 64),
                      identifier(rng, "subnet"), f"{zone}-az{1 + index % 2}", rng.sample(range(4, 250), 60))
               for index, (tier, block) in enumerate(zip(TIERS, blocks))}
    for role, tier, count in ROLES:
        network4, network6, subnet, where, hosts = subnets[tier]
        for number in range(1, count + 1):
            host = hosts.pop()
            instance = "-" if role in MANAGED else identifier(rng, "i")
            account.interfaces[f"{role}-{number}"] = Interface(
                f"{role}-{number}", identifier(rng, "eni"), instance, subnet, where, str(network4 + host),
                str(network6 + (0x10000 * rng.randrange(1, 0x10000) + host)), rng.randrange(60))
    return account


def outside_address(rng):
    """An address of the internet, away from every range with a special meaning."""
    while True:
        address = ipaddress.ip_address(rng.randrange(1 << 24, 224 << 24))
        if address.is_global and address not in ipaddress.ip_network("198.18.0.0/15"):
            return str(address)
