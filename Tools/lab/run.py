"""One run of the lab: wire the network, record both ends, let everything happen at once, write the truth."""

import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from plan import TRANSLATIONS, as_message, make_cases, make_tasks, ruleset, translation_ruleset
from topology import HERE, Network, Topology

QUIET = 3.5


@dataclass(frozen=True)
class Options:
    """How to record."""

    families: tuple = (4, 6)
    snaplen: int = 262144
    nanoseconds: bool = False
    translates: bool = False


def start(namespace, script, *arguments, message=None):
    """Start a script of this directory in a namespace and hand it its first line of input."""
    process = namespace.start(sys.executable, str(HERE / script), *arguments)
    if message is not None:
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()
    return process


def expect_ready(process):
    """Wait until a script says that it is."""
    if process.stdout.readline() != "ready\n":
        raise RuntimeError(f"{Path(process.args[5]).name} did not start")


def stop(process):
    """End a script by ending its input; returns what it still had to say."""
    process.stdin.close()
    rest = process.stdout.read()
    process.wait(timeout=10)
    return rest


def start_recorder(namespace, path, options):
    """Record the namespace's only interface."""
    arguments = ["eth0", str(path), "--snaplen", str(options.snaplen)]
    if options.nanoseconds:
        arguments.append("--nanoseconds")
    recorder = start(namespace, "recorder.py", *arguments)
    expect_ready(recorder)
    return recorder


def run_lab(scenarios, topology: Topology, directory: Path, options=Options()):
    """Run scenarios and leave client.pcap, server.pcap and truth.json in the directory; returns the truth."""
    directory.mkdir(parents=True, exist_ok=True)
    # On several processors the kernel reorders bursts between the namespaces, and senders then repeat segments.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    cases = make_cases(scenarios, topology, options.families, TRANSLATIONS if options.translates else (None,))
    pairs = make_tasks(cases)
    message = as_message(pairs)
    with Network(topology, options.families) as network:
        for place, namespace in (("router", network.router), ("server", network.server)):
            namespace.run("nft", "-f", "-", text=ruleset(cases, place))
        network.router.run("nft", "-f", "-", text=translation_ruleset(cases))
        server = start(network.server, "agent.py", "server", message=message)
        expect_ready(server)
        points = {"client.pcap": network.client, "server.pcap": network.server}
        recorders = [start_recorder(namespace, directory / name, options)
                     for name, namespace in points.items()]
        client = start(network.client, "agent.py", "client", message=message)
        outcomes = json.loads(client.stdout.readline())
        time.sleep(QUIET)
        counters = [json.loads(stop(recorder)) for recorder in recorders]
        stop(client)
        stop(server)
    if any(counter["dropped"] for counter in counters):
        raise RuntimeError(f"the recorders lost packets: {counters}")
    translator = [topology.server_segment.address(1, family) for family in options.families]
    truth = {"translator": translator if options.translates else [],
             "client": [topology.client_address(family) for family in options.families],
             "server": [topology.target_address("server", family) for family in options.families],
             "connections": [case.truth(task, outcomes[task.id]) for case, task in pairs]}
    (directory / "truth.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
    return truth
