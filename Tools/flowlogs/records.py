"""Flow-log records and the formats in which they are written (Amazon VPC User Guide, "Flow log records")."""

from dataclasses import dataclass

from account import Interface

DEFAULT = ("version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end "
           "action log-status").split()
VERSION5 = DEFAULT + ("vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id "
                      "sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction "
                      "traffic-path").split()
# A format of one's own always has these, in any order, and some of the others.
NEEDED = [name for name in DEFAULT if name not in ("version", "account-id")] + ["tcp-flags"]
VERSIONS = {name: 3 for name in ("vpc-id", "subnet-id", "instance-id", "tcp-flags", "type", "pkt-srcaddr",
                                 "pkt-dstaddr")}
VERSIONS |= {name: 4 for name in ("region", "az-id", "sublocation-type", "sublocation-id")}
VERSIONS |= {name: 5 for name in ("pkt-src-aws-service", "pkt-dst-aws-service", "flow-direction",
                                  "traffic-path")}
FIN, SYN, RST, SYN_ACK = 1, 2, 4, 18
ICMP, TCP, UDP, ICMP6 = 1, 6, 17, 58
PROTOCOLS = {ICMP: "icmp", TCP: "tcp", UDP: "udp", ICMP6: "icmp"}
ACCEPT, REJECT = "ACCEPT", "REJECT"
OK, NODATA, SKIPDATA = "OK", "NODATA", "SKIPDATA"


@dataclass(frozen=True, eq=False)
class Record:
    """One direction of one five-tuple on one interface in one window; times in seconds since 1970.

    Without traffic (`status` is not OK) only the interface and the times mean anything.
    """

    interface: Interface
    start: int
    end: int
    source: str = "-"
    destination: str = "-"
    source_port: int = 0
    destination_port: int = 0
    protocol: int = 0
    packets: int = 0
    bytes: int = 0
    action: str = "-"
    flags: int = 0
    egress: bool = False
    packet_source: str = "-"
    packet_destination: str = "-"
    status: str = OK

    def values(self, account, version):
        """Every field by name, as text."""
        own = self.interface
        values = {"version": str(version), "account-id": account.number, "interface-id": own.id,
                  "start": str(self.start), "end": str(self.end), "log-status": self.status,
                  "vpc-id": account.vpc, "subnet-id": own.subnet, "instance-id": own.instance,
                  "region": account.region, "az-id": own.zone}
        if self.status == OK:
            values |= {"srcaddr": self.source, "dstaddr": self.destination, "srcport": str(self.source_port),
                       "dstport": str(self.destination_port), "protocol": str(self.protocol),
                       "packets": str(self.packets), "bytes": str(self.bytes), "action": self.action,
                       "tcp-flags": str(self.flags), "type": "IPv6" if ":" in self.source else "IPv4",
                       "pkt-srcaddr": self.packet_source, "pkt-dstaddr": self.packet_destination,
                       "flow-direction": "egress" if self.egress else "ingress",
                       "traffic-path": self._path(account)}
        return values

    def _path(self, account):
        if not self.egress:
            return "-"
        return "1" if self.packet_destination in account.addresses else "8"


@dataclass(frozen=True)
class Format:
    """The columns of a log."""

    fields: tuple

    @property
    def has_flags(self):
        """Whether a reader can tell who asked, and what became of it."""
        return "tcp-flags" in self.fields

    @property
    def version(self):
        """The highest version among the fields, which is what the version column says."""
        return max(VERSIONS.get(name, 2) for name in self.fields)

    @property
    def header(self):
        """The first line of a file in S3."""
        return " ".join(self.fields)

    @property
    def template(self):
        """What `--log-format` is given."""
        return " ".join(f"${{{name}}}" for name in self.fields)

    def line(self, record, account):
        """A record as text."""
        values = record.values(account, self.version)
        return " ".join(values.get(name, "-") for name in self.fields)


def random_format(rng):
    """Any order of the needed fields and some others."""
    others = [name for name in VERSION5 if name not in NEEDED]
    fields = NEEDED + rng.sample(others, rng.randrange(3, len(others)))
    rng.shuffle(fields)
    return Format(tuple(fields))
