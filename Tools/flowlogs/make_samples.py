#!/usr/bin/env python3
"""Make the sample flow logs: a day of the web tier that the sample captures show, and its neighbours.

  make_samples.py OUTDIR TRUTH    writes the logs, owners.csv and instances.json, and what is to be found
"""

import ipaddress
import json
import random
import sys
from pathlib import Path

import background
import blocked
import healthy
from account import Account, Interface, identifier
from layouts import Variant
from make_flow_logs import PLAIN, Day, check_distinct, write
from traffic import Traffic

MIDNIGHT = 1795478400  # 2026-11-24
HOUR = 3600
NETWORK4, NETWORK6 = "10.0.{subnet}.{host}", "fd10:0:0:{subnet}::{host:x}"
# Name, subnet, host, role. Where the sample captures have such a host, it has the same addresses.
HOSTS = (("lb-1", 0, 10, None), ("nat-1", 0, 11, None), ("bastion-1", 0, 20, "bastion"), ("web-1", 1, 5, "web"),
         ("web-2", 1, 6, "web"), ("app-1", 1, 20, "app"), ("app-2", 1, 21, "app"), ("db-1", 2, 9, "database"),
         ("api-1", 2, 20, "api"), ("cache-1", 2, 30, "cache"), ("backup-1", 2, 40, "backup"),
         ("dns-1", 2, 53, "resolver"), ("log-1", 2, 60, "logs"),
         *((f"worker-{number}", 3, 10 + number, "worker") for number in range(1, 9)))
SCANNERS, VISITORS, STRAYS = (ipaddress.ip_network(text) for text in ("198.51.100.0/24", "203.0.113.0/24",
                                                                     "192.0.2.0/24"))
OWNERS = ((SCANNERS, "Example Research Scans"), (VISITORS, "Example Internet Access"),
          (STRAYS, "Example Hosting"))


def make_account(rng):
    """The account of the samples."""
    subnets = [identifier(rng, "subnet") for _ in range(4)]
    account = Account("123456789012", "us-east-1", identifier(rng, "vpc"))
    for name, subnet, host, role in HOSTS:
        account.interfaces[name] = Interface(
            name, identifier(rng, "eni"), identifier(rng, "i") if role else "-", subnets[subnet], "use1-az1",
            NETWORK4.format(subnet=subnet, host=host), NETWORK6.format(subnet=subnet, host=host), rng.randrange(60))
    return account


class Outside:
    """Documentation addresses: one scanner, strays that are all different, and visitors that come again."""

    def __init__(self, rng):
        self.rng = rng
        self._visitors = [str(address) for address in VISITORS.hosts()]
        self.scanner = str(SCANNERS[77])
        self.strays = iter(rng.sample([str(address) for address in STRAYS.hosts()], 200))

    def visitor(self):
        """Any visitor's address."""
        return self.rng.choice(self._visitors)


def make_day(rng, account):
    """The day: a blocked application, a wrong instance port, a scan, strays, and what works."""
    outside = Outside(rng)
    traffic = Traffic(rng, MIDNIGHT, outside.visitor)
    found = blocked.refused_since(traffic, account, since=14 * HOUR + 32 * 60, port=5432)
    found += blocked.wrong_instance_port(traffic, account, ports=(80, 8080), interval=150, webs=1)
    traffic.outside = lambda: outside.scanner
    found += background.horizontal_scan(traffic, account, begin=HOUR + 20 * 60, pause=15, has_open=False,
                                        quiet=(3.5 * HOUR, 5 * HOUR))
    traffic.outside = lambda: next(outside.strays)
    found += background.strays(traffic, account, count=160)
    traffic.outside = outside.visitor
    before = len(traffic.records)
    found += healthy.visitors(traffic, account, count=350)
    healthy.services(traffic, account, seconds=900)
    healthy.empty_windows(traffic, account, names=("api-1", "backup-1"))
    check_distinct(found)
    return Day(account, traffic.records, found, traffic.records[before:])


def instances(account):
    """What `aws ec2 describe-instances` prints of them, as far as names need it."""
    reservations = []
    for name, _, _, role in HOSTS:
        own = account[name]
        if not role:
            continue
        interface = {"NetworkInterfaceId": own.id, "Status": "in-use", "SubnetId": own.subnet, "VpcId": account.vpc,
                     "PrivateIpAddress": own.address,
                     "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": own.address}],
                     "Ipv6Addresses": [{"Ipv6Address": own.address6}]}
        instance = {"InstanceId": own.instance, "InstanceType": "t3.small",
                    "State": {"Code": 16, "Name": "running"}, "PrivateIpAddress": own.address,
                    "PrivateDnsName": f"ip-{own.address.replace('.', '-')}.ec2.internal", "SubnetId": own.subnet,
                    "VpcId": account.vpc, "NetworkInterfaces": [interface],
                    "Tags": [{"Key": "Role", "Value": role}, {"Key": "Name", "Value": name}]}
        reservations.append({"ReservationId": own.instance.replace("i-", "r-"), "OwnerId": account.number,
                             "Instances": [instance]})
    return {"Reservations": reservations}


def main():
    """Write the samples and their truth."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 64
    rng = random.Random("a day of the web tier")
    account = make_account(rng)
    day = make_day(rng, account)
    target = Path(sys.argv[1])
    variant = Variant("samples", PLAIN, directory=".", minutes=240, late=0, objects=1)
    truth = write(day, variant, "2026-11-24", target, Path(sys.argv[2]), sources=["AWSLogs"], named={
        "options": ["--owners", "owners.csv", "--snapshot", "instances.json"],
        "names": {str(SCANNERS[77]): "Example Research Scans"} | {account[name].address: name
                                                                 for name, _, _, role in HOSTS if role}})
    owners = "".join(f"{network},{name}\n" for network, name in OWNERS)
    (target / "owners.csv").write_text(f"network,name\n{owners}", encoding="utf-8")
    text = json.dumps(instances(account), indent=4) + "\n"
    (target / "instances.json").write_text(text, encoding="utf-8")
    print(f"{target}: {truth['counts']['flows']} records in {truth['counts']['files']} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
