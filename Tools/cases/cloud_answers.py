#!/usr/bin/env python3
"""Write the answers of a small made-up network as the aws command prints them: the fixtures in Tests/Data/cloud.

  cloud_answers.py FOLDER

Needs moto's server and the aws command; nothing leaves the machine. Random identifiers, addresses and
times are replaced by numbers, so that every run writes the same.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-west-1"}


@contextmanager
def server():
    """A moto server on a free port; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


class Cloud:
    """The aws command against a server."""

    def __init__(self, address):
        self._environment = {**os.environ, **KEYS, "AWS_ENDPOINT_URL": address}

    def text(self, *arguments):
        """What a command of EC2 prints."""
        answer = subprocess.run(["aws", "ec2", *arguments, "--output", "json"], env=self._environment, check=True,
                                stdout=subprocess.PIPE, text=True)
        return answer.stdout

    def make(self, command, *arguments, tags=(), kind=""):
        """Create something with tags; gives the answer."""
        listed = json.dumps([{"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in tags]}])
        return json.loads(self.text(command, *arguments, *(["--tag-specifications", listed] if tags else [])) or "{}")


def build(cloud):
    """Four reservations with five instances, one of them terminated, and an interface without an instance."""
    image = json.loads(cloud.text("describe-images", "--owners", "amazon"))["Images"][0]["ImageId"]
    network = cloud.make("create-vpc", "--cidr-block", "10.20.0.0/16", kind="vpc", tags=[("Name", "shop")])
    network = network["Vpc"]["VpcId"]
    subnet = cloud.make("create-subnet", "--vpc-id", network, "--cidr-block", "10.20.1.0/24",
                        "--availability-zone", "eu-west-1a")["Subnet"]["SubnetId"]
    cloud.make("modify-subnet-attribute", "--subnet-id", subnet, "--map-public-ip-on-launch")

    def run(tags, address=None, count=1):
        place = ["--private-ip-address", address] if address else []
        answer = cloud.make("run-instances", "--image-id", image, "--count", str(count), "--subnet-id", subnet,
                            "--instance-type", "t3.micro", *place, kind="instance", tags=tags)
        return [instance["InstanceId"] for instance in answer["Instances"]]

    run([("Name", "web-1"), ("env", "prod"), ("owner", "ada"), ("cost center", "42"),
         ("aws:autoscaling:groupName", "web")], "10.20.1.11")
    run([("Name", "batch"), ("name", "shadow"), ("note", 'tab\there, "quotes", and\na line')], count=2)
    run([], "10.20.1.40")
    cloud.make("terminate-instances", "--instance-ids", *run([("Name", "old-web"), ("env", "")], "10.20.1.41"))
    cloud.make("create-network-interface", "--subnet-id", subnet, "--private-ip-address", "10.20.1.77",
               "--description", "ELB app/front/0123456789", kind="network-interface", tags=[("Name", "front door")])


class Numbers:
    """Numbers in the order of first appearance, in place of what is random."""

    ID = re.compile(r"\b(i|eni|r|vol|sg|subnet|vpc|eni-attach)-([0-9a-f]{17})\b")
    PUBLIC = re.compile(r"\b54([.-])214[.-](\d+)[.-](\d+)\b")

    def __init__(self):
        self._seen = {}

    def _number(self, kind, what):
        seen = self._seen.setdefault(kind, {})
        return seen.setdefault(what, len(seen) + 1)

    def _address(self, found):
        return found[1].join(["203", "0", "113", str(self._number("address", found[2] + "." + found[3]))])

    def replace(self, text):
        """The text with the same numbers for the same identifiers."""
        text = self.ID.sub(lambda found: f"{found[1]}-{self._number(found[1], found[2]):017x}", text)
        text = self.PUBLIC.sub(self._address, text)
        text = re.sub(r'Time": "[^"]*"', 'Time": "2026-11-24T08:00:00.000Z"', text)
        text = re.sub(r"User initiated \([^)]*\)", "User initiated (2026-11-24 09:00:00 UTC)", text)
        return re.sub(r'"(ClientToken|MacAddress|RequesterId)": "[^"]*"', r'"\1": "made-up"', text)


def main():
    """Build the network and save the answers."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 64
    folder, numbers = Path(sys.argv[1]), Numbers()
    with server() as address:
        cloud = Cloud(address)
        build(cloud)
        for name, arguments in [("describe-instances", []), ("describe-tags", []), ("describe-network-interfaces", []),
                                ("nested-lists", ["--query", "Reservations[*].Instances[*]"])]:
            text = cloud.text("describe-instances" if arguments else name, *arguments)
            (folder / f"{name}.json").write_text(numbers.replace(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
