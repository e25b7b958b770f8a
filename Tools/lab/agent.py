"""Run inside a namespace: the client's or the server's side of every connection in the plan.

Usage: agent.py client|server, with the plan as the first line of standard input; the end of standard input
ends the program, and with it every connection that is still open. The server prints `ready` when it
listens; the client prints one JSON object, connection id to outcome, when all is done.
"""

import errno
import json
import os
import socket
import struct
import sys
import threading
import time

from plan import Task

CONNECT_LIMIT = 8.0
ANSWER_LIMIT = 8.0
REQUEST_TRIES = 3
REQUEST_INTERVAL = 1.0
FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
ECHO = {4: (socket.IPPROTO_ICMP, 8, 0), 6: (socket.IPPROTO_ICMPV6, 128, 129)}
kept = []


def outcome_of(error):
    """A short name for what the application was told."""
    if isinstance(error, TimeoutError) and error.errno is None:
        return "timeout"
    return errno.errorcode.get(error.errno, str(error))


def receive_exactly(connection, count):
    """Read `count` bytes; raises when the peer closes before."""
    while count:
        chunk = connection.recv(min(count, 65536))
        if not chunk:
            raise ConnectionError(errno.EPIPE, "closed early")
        count -= len(chunk)


def converse(connection, steps, me):
    """Say this side's part of the exchange and wait for the other's."""
    for step in steps:
        if step.who == me:
            connection.sendall(step.payload)
        else:
            receive_exactly(connection, len(step.payload))


def tcp_client(task):
    """Connect, exchange, end as planned."""
    connection = socket.socket(FAMILIES[task.family], socket.SOCK_STREAM)
    connection.settimeout(CONNECT_LIMIT)
    try:
        connection.connect((task.asked_address, task.asked_port))
    except OSError as error:
        connection.close()
        return f"connect: {outcome_of(error)}"
    kept.append(connection)
    connection.settimeout(ANSWER_LIMIT)
    try:
        converse(connection, task.steps, "client")
        if task.ending == "server-reset":
            connection.recv(1)
    except OSError as error:
        return f"exchange: {outcome_of(error)}"
    if task.ending == "close":
        connection.close()
    return "done"


def udp_client(task):
    """Send every request up to three times, a second apart, until it is answered or refused."""
    with socket.socket(FAMILIES[task.family], socket.SOCK_DGRAM) as channel:
        channel.settimeout(REQUEST_INTERVAL)
        channel.connect((task.asked_address, task.asked_port))
        for request in (step.payload for step in task.steps if step.who == "client"):
            try:
                if not ask(channel, request):
                    return "timeout"
            except OSError as error:
                return outcome_of(error)
    return "done"


def ask(channel, request):
    """One request over a connected datagram socket: was it answered?"""
    for _ in range(REQUEST_TRIES):
        channel.send(request)
        try:
            channel.recv(65536)
            return True
        except TimeoutError:
            pass
    return False


def echo_client(task):
    """One echo request, repeated like a UDP request until it is answered."""
    protocol, request, reply = ECHO[task.family]
    number = task.number & 0xFFFF
    with socket.socket(FAMILIES[task.family], socket.SOCK_RAW, protocol) as channel:
        channel.connect((task.asked_address, 0))
        for sequence in range(1, REQUEST_TRIES + 1):
            body = struct.pack("!HH", number, sequence) + bytes(range(48))
            checksum = internet_checksum(struct.pack("!BBH", request, 0, 0) + body)
            channel.send(struct.pack("!BBH", request, 0, checksum) + body)
            if echo_answered(channel, reply, body, 20 if task.family == 4 else 0):
                return "done"
    return "timeout"


def echo_answered(channel, reply, body, header_length):
    """Wait a second for the reply that carries `body`."""
    deadline = time.monotonic() + REQUEST_INTERVAL
    while (left := deadline - time.monotonic()) > 0:
        channel.settimeout(left)
        try:
            message = channel.recv(65536)[header_length:]
        except TimeoutError:
            return False
        except OSError:
            continue
        if message[0] == reply and message[4:] == body:
            return True
    return False


def internet_checksum(data):
    """RFC 1071 checksum of an even number of bytes."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def tcp_server(listener, task):
    """Accept for ever, a thread for each connection; all of one port speak alike."""
    while True:
        connection, _ = listener.accept()
        kept.append(connection)
        threading.Thread(target=serve_connection, args=(connection, task), daemon=True).start()


def serve_connection(connection, task):
    """The server's part of one connection."""
    try:
        converse(connection, task.steps, "server")
        if task.ending == "server-reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        elif task.ending == "close" and not connection.recv(1):
            connection.close()
    except OSError:
        return


def udp_server(channel, tasks):
    """Answer every known request with the datagram that follows it in the exchange."""
    answers = {}
    for task in tasks:
        payloads = [step.payload for step in task.steps]
        answers.update(zip(payloads[::2], payloads[1::2]))
    while True:
        request, sender = channel.recvfrom(65536)
        if request in answers:
            channel.sendto(answers[request], sender)


def serve(tasks):
    """Open every listener that the plan wants, one for each address and port."""
    groups = {}
    for task in tasks:
        if task.listens and task.protocol != "icmp":
            groups.setdefault((task.protocol, task.family, task.address, task.port), []).append(task)
    for (protocol, family, address, port), group in groups.items():
        kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
        endpoint = socket.socket(FAMILIES[family], kind)
        endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        endpoint.bind((address, port))
        if protocol == "tcp":
            endpoint.listen(64)
            worker = threading.Thread(target=tcp_server, args=(endpoint, group[0]), daemon=True)
        else:
            worker = threading.Thread(target=udp_server, args=(endpoint, group), daemon=True)
        worker.start()
    print("ready", flush=True)


def ask_all(tasks):
    """Run every connection in a thread of its own and print what became of each."""
    workers = {"tcp": tcp_client, "udp": udp_client, "icmp": echo_client}
    outcomes = {}

    def run(task):
        time.sleep(task.delay)
        outcomes[task.id] = workers[task.protocol](task)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(outcomes), flush=True)


def main():
    """Play one side until standard input ends."""
    role = sys.argv[1]
    tasks = [Task.from_message(entry) for entry in json.loads(sys.stdin.readline())]
    {"client": ask_all, "server": serve}[role](tasks)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
