"""Access logs of load balancers with known truth, one more format of `firewalls.py`.

A load balancer asks its targets for all of its clients, and its log has its name in place of its address. Every request
that is written belongs to a story; a story says what is to be found of it, or that nothing is.
"""

import datetime
import gzip
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

DAY = datetime.datetime(2026, 11, 24, 8, 0, 0, tzinfo=datetime.timezone.utc)
BALANCERS = ("app/shop/50dc6c495c0c9188", "app/api/c6e77e28c25b2234")
CLASSIC = "old-shop"
NAMES = ("alb.log", "alb-gzip.log.gz", "elb.log")
BROKEN = "https 2026-11-24T08:00:00.000000Z app/shop/50dc6c495c0c9188 203.0.113.7:4182 10.0.0"


@dataclass(frozen=True)
class Request:
    """One line: what became of a request. `target` is `-` where none was asked."""

    seconds: int
    client: str
    target: str = "-"
    times: str = "0.001 0.020 0.000"
    codes: str = "200 200"
    actions: str = "forward"
    took: float = 0.02
    balancer: str = BALANCERS[0]

    @property
    def time(self):
        """When it was answered."""
        return DAY + datetime.timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class Story:
    """Requests, and the finding about them: verdict, detail, and both ends as JSON has them; no verdict, no finding."""

    name: str
    requests: tuple
    verdict: str | None = None
    detail: str | None = None
    source: tuple = (None, None)
    destination: tuple = (None, None, None)
    noise: bool = False
    words: tuple = ()
    # Requests at the beginning that were answered, and those at the end.
    before: int = 0
    after: int = 0


def line(request):
    """A line of an Application Load Balancer's log; some of them end before the newest columns."""
    stamp = "%Y-%m-%dT%H:%M:%S.%fZ"
    begin = request.time - datetime.timedelta(seconds=request.took)
    text = (f'https {request.time.strftime(stamp)} {request.balancer} {request.client} {request.target} {request.times} '
            f'{request.codes} 34 366 "GET https://shop.example.com:443/a?b=c HTTP/2.0" "Mozilla/5.0 (X11; \\"x\\")" '
            f'ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/web/73e2 '
            f'"Root=1-58337262-36d2" "shop.example.com" "-" 0 {begin.strftime(stamp)} "{request.actions}" "-" "-"')
    if request.seconds % 2:
        text += f' "{request.target}" "{request.codes.split()[1]}" "-" "-" TID_1234 "-" "-" "-" "a new column"'
    return text


def classic_line(request):
    """The same of a Classic Load Balancer."""
    return (f'{request.time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")} {CLASSIC} {request.client} {request.target} {request.times} '
            f'{request.codes} 0 29 "GET http://shop.example.com:80/ HTTP/1.1" "curl/7.38.0" - -')


def stories(rng):
    """An hour of two load balancers; every seed has other targets, clients and times."""
    hosts = rng.sample(range(2, 250), 12)
    port = rng.choice([80, 3000, 8080, 8443])

    def target(index):
        return f"10.2.0.{hosts[index]}"

    def client():
        return f"198.51.100.{rng.randrange(1, 250)}:{rng.randrange(1024, 60000)}"

    def requests(count, first, step, host=None, **what):
        end = {} if host is None else {"target": f"{host}:{what.pop('port', port)}"}
        return tuple(Request(first + index * step, **({"client": client()} | end | what)) for index in range(count))

    lost = {"times": "-1 -1 -1", "codes": "504 -", "took": 10.0}
    late = {"times": "0.001 -1 -1", "codes": "504 -", "took": 60.0}
    refused = {"times": rng.choice(["-1 -1 -1", "0.001 -1 -1"]), "codes": "502 -"}
    waf = {"times": "-1 -1 -1", "codes": "403 -", "actions": "waf"}
    first, second = BALANCERS
    inside = f"10.1.0.{hosts[0]}"
    start = rng.randrange(0, 300)
    found = [
        Story("healthy", requests(60, start, 41, target(0))),
        Story("errors of the target's own", tuple(
            request for index, code in enumerate(("400", "403", "404", "500", "502", "503", "504"))
            for request in requests(3, start + index, 97, target(1), codes=f"{code} {code}"))),
        Story("answered by the load balancer", requests(5, start, 90, codes="301 -", actions="waf,redirect")
              + requests(5, start, 91, codes="403 -", actions="waf,fixed-response")),
        Story("answered by a function", requests(5, start, 77)),
        Story("failed by a function", requests(5, start, 78, codes="502 -")),
        Story("never answered", requests(7, start, 100, target(2), **lost), "dropped", "unanswered-syn", (None, first),
              (target(2), port, None), words=("security group", "network ACL", "no answer of this target")),
        Story("refused", requests(6, start, 110, target(3), **refused), "refused", "refused-rst", (None, first),
              (target(3), port, None)),
        Story("refused at another load balancer", requests(4, start, 130, target(3), balancer=second, **refused), "refused",
              "refused-rst", (None, second), (target(3), port, None)),
        Story("dropped since a change", requests(9, start, 100, target(4)) + requests(6, start + 1200, 90, target(4), **lost),
              "dropped", "unanswered-syn", (None, first), (target(4), port, None), words=("Accepted until",), before=9),
        Story("dropped for a while", requests(5, start, 100, target(5)) + requests(5, start + 800, 60, target(5), **lost)
              + requests(6, start + 1300, 70, target(5)), "dropped", "unanswered-syn", (None, first), (target(5), port, None),
              words=("accepted before, and again since",), before=5, after=6),
        Story("slow", requests(4, start + 90, 200, target(6), **late), "dropped", "unanswered-request", (None, first),
              (target(6), port, None), words=("slow",)),
        Story("closed", requests(3, start, 300, target(7), times="0.001 0.050 -1", codes="502 -"), "reset", "reset-by-server",
              (None, first), (target(7), port, None)),
        Story("a wrong port", requests(8, start, 100, target(8), port=9999, **refused), "refused", "refused-rst", (None, first),
              (target(8), 9999, None), words=(f"is accepted on port {port} of the same host",)),
        Story("the right port", requests(8, start + 3, 100, target(8))),
        Story("no target", requests(12, start, 60, balancer=second, times="-1 -1 -1", codes="503 -"), "undecided",
              "one-way-client", (None, None), (None, 443, second), words=("health checks",)),
        Story("clients that gave up", requests(6, start, 140, target(0), times="0.001 -1 -1", codes="460 -"), "undecided",
              "client-aborted-before-answer", (None, None), (None, 443, first)),
        Story("rejected by AWS WAF", requests(6, start, 50, client=f"{inside}:4000", **waf), "rejected", "rejected",
              (inside, None), (None, 443, first), words=("AWS WAF",)),
        Story("a stranger", requests(2, start, 9, client="203.0.113.9:4000", **waf), "rejected", "rejected",
              ("203.0.113.9", None), (None, 443, first), noise=True),
    ]
    return found


def classic_stories(rng):
    """The same of a Classic Load Balancer, whose log does not name an instance that did not answer."""
    start = rng.randrange(0, 300)

    def requests(count, step, **what):
        return tuple(Request(start + index * step, f"198.51.100.{rng.randrange(1, 250)}:4000", balancer=CLASSIC, **what)
                     for index in range(count))

    name = f"an instance of {CLASSIC}"
    return [
        Story("healthy", requests(20, 50, target="10.2.0.2:80")),
        Story("TCP", requests(4, 70, target="10.2.0.2:80", codes="- -")),
        Story("silent", requests(5, 90, times="-1 -1 -1", codes="504 0"), "dropped", "unanswered-request", (None, CLASSIC),
              (None, None, name), words=("which instance",)),
        Story("no instance", requests(3, 110, times="-1 -1 -1", codes="503 0"), "undecided", "one-way-client", (None, None),
              (None, 80, CLASSIC)),
    ]


def ends(finding):
    """What tells the findings of a log apart."""
    source, destination = finding["source"], finding["destination"]
    return (finding["verdict"], (source["address"], source["name"]),
            (destination["address"], destination["port"], destination["name"]))


def check_story(checks, name, story, finding, lines, write):
    """One story against its finding."""
    proving = story.requests[story.before:len(story.requests) - story.after]
    expected = {"detail": story.detail, "noise": story.noise, "attempts": len(proving), "conversations": len(proving),
                "protocol": "tcp", "firstSeen": proving[0].time.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "lastSeen": proving[-1].time.strftime("%Y-%m-%dT%H:%M:%SZ"), "blockedBy": None}
    for key, value in expected.items():
        checks.check(finding[key] == value, f"{name}: {key} {finding[key]} instead of {value}")
    text = " ".join(finding[key] for key in ("explanation", "message", "nextStep"))
    for word in story.words:
        checks.check(word in text, f"{name}: `{word}` is not in: {text}")
    own = {write(request) for request in story.requests}
    for item in finding["evidence"]:
        cited = lines[item["line"] - 1] if 0 < item["line"] <= len(lines) else ""
        checks.check(cited in own, f"{name}: line {item['line']} is not about it: {cited[:120]}")
    checks.check(any(lines[item["line"] - 1] == write(proving[0]) for item in finding["evidence"]),
                 f"{name}: the first refusal is not cited")


def check_log(checks, binary, run, path, told, write, damaged):
    """Write one log and ask about it."""
    rng = random.Random(path.name)
    requests = sorted((request for story in told for request in story.requests), key=lambda request: request.seconds)
    lines = [write(request) for request in requests]
    for _ in range(damaged):
        lines.insert(rng.randrange(1, len(lines)), BROKEN)
    content = ("\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    for options in ([], ["--format", "elb" if write is classic_line else "alb"]):
        answer, errors = run(binary, "diagnose", path, "-o", "json", "--limit", "10000", *options)
        if answer is None:
            checks.check(False, f"{path.name}: {errors}")
            continue
        read, summary = answer["inputs"][0], answer["summary"]
        for key, value in [("kind", "firewall-log"), ("records", len(requests)), ("skipped", damaged)]:
            checks.check(read[key] == value, f"{path.name}: {key} {read[key]} instead of {value}")
        checks.check("own security group" in " ".join(read["notes"]), f"{path.name}: notes {read['notes']}")
        healthy = sum(len(story.requests) if story.verdict is None else story.before + story.after for story in told)
        checks.check(summary["healthy"] == healthy, f"{path.name}: {summary['healthy']} healthy instead of {healthy}")
        found = {ends(finding): finding for finding in answer["findings"]}
        checks.check(len(found) == len(answer["findings"]), f"{path.name}: the same is found twice")
        for story in told:
            finding = story.verdict and found.pop((story.verdict, story.source, story.destination), None)
            checks.check(story.verdict is None or finding, f"{path.name}: {story.name}: not found")
            if finding:
                check_story(checks, f"{path.name}: {story.name}", story, finding, lines, write)
        checks.check(not found, f"{path.name}: found {list(found)}, expected nothing")
    answer, errors = run(binary, "query", "stats count(*) as n by elb_status_code | limit 100", path, "-o", "json")
    counted = answer and {str(row[0]): int(row[1]) for row in answer["rows"] if row[0] not in (None, "")}
    expected = Counter(request.codes.split()[0] for request in requests)
    checks.check(counted == expected, f"{path.name}: query: {counted} instead of {expected}: {errors}")


def check(checks, binary, run, directory, seed):
    """Write and ask all of them."""
    told = stories(random.Random(f"{seed} balancers"))
    for name in NAMES[:2]:
        check_log(checks, binary, run, Path(directory, name), told, line, damaged=2 if name == "alb.log" else 0)
    check_log(checks, binary, run, Path(directory, NAMES[2]), classic_stories(random.Random(f"{seed} classic")), classic_line, 0)
