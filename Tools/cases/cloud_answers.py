#!/usr/bin/env python3
"""Write the answers of a small made-up network as the aws command prints them: the fixtures in Tests/Data/cloud.

  cloud_answers.py FOLDER

Needs moto (with its server), boto3 and the aws command; nothing leaves the machine. Random identifiers, addresses and
times are replaced by numbers, so that every run writes the same.
"""

import os
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import boto3

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


def tags(kind, pairs):
    """A tag specification, or none."""
    listed = [{"Key": key, "Value": value} for key, value in pairs]
    return [{"ResourceType": kind, "Tags": listed}] if listed else []


def build(ec2):
    """Four reservations with five instances, one of them terminated, and an interface without an instance."""
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    network = ec2.create_vpc(CidrBlock="10.20.0.0/16", TagSpecifications=tags("vpc", [("Name", "shop")]))
    network = network["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=network, CidrBlock="10.20.1.0/24")["Subnet"]["SubnetId"]
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})

    def run(address, pairs, count=1):
        place = {"PrivateIpAddress": address} if address else {}
        answer = ec2.run_instances(ImageId=image, MinCount=count, MaxCount=count, SubnetId=subnet,
                                   InstanceType="t3.micro", TagSpecifications=tags("instance", pairs), **place)
        return [instance["InstanceId"] for instance in answer["Instances"]]

    run("10.20.1.11", [("Name", "web-1"), ("env", "prod"), ("owner", "ada"), ("cost center", "42"),
                       ("aws:autoscaling:groupName", "web")])
    run(None, [("Name", "batch"), ("name", "shadow"), ("note", 'tab\there, "quotes", and\na line')], count=2)
    run("10.20.1.40", [])
    ec2.terminate_instances(InstanceIds=run("10.20.1.41", [("Name", "old-web"), ("env", "")]))
    ec2.create_network_interface(SubnetId=subnet, PrivateIpAddress="10.20.1.77", Description="ELB app/front/0123456789",
                                 TagSpecifications=tags("network-interface", [("Name", "front door")]))


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
        build(boto3.client("ec2", region_name="eu-west-1", endpoint_url=address,
                           aws_access_key_id="test", aws_secret_access_key="test"))
        for name, arguments in [("describe-instances", []), ("describe-tags", []), ("describe-network-interfaces", []),
                                ("nested-lists", ["--query", "Reservations[*].Instances[*]"])]:
            command = "describe-instances" if arguments else name
            answer = subprocess.run(["aws", "ec2", command, *arguments, "--output", "json"], check=True,
                                    env={**os.environ, **KEYS, "AWS_ENDPOINT_URL": address}, stdout=subprocess.PIPE,
                                    text=True)
            (folder / f"{name}.json").write_text(numbers.replace(answer.stdout), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
