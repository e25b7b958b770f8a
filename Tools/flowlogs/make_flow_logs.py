#!/usr/bin/env python3
"""Make VPC flow logs of one day whose truth is known.

Without --format, --split or --layout: every variant, each in a directory of its own, with its truth.json.
"""

import argparse
import json
import random
import sys
from dataclasses import dataclass
from pathlib import Path

import background
import blocked
import healthy
from account import Account, make_account
from expectations import Expectation, starts
from layouts import Variant, Writer, notes_of
from records import DEFAULT, OK, PROTOCOLS, VERSION5, Format, random_format
from traffic import DAY, Traffic

FIRST_DAY = 20089 * DAY
PLAIN, FIVE = Format(tuple(DEFAULT)), Format(tuple(VERSION5))


@dataclass
class Day:
    """Everything that happened, and what is to be found of it."""

    account: Account
    records: list
    expectations: list
    healthy: list

    def truth(self, variant, counts):
        """The content of truth.json for one variant."""
        view = variant.view
        found = [entry.truth(view) for entry in self.expectations if isinstance(entry, Expectation)]
        noise = [entry.truth(view) for entry in self.expectations if not isinstance(entry, Expectation)]
        return {"variant": variant.name, "flags": view.flags, "accepts": view.accepts, "twice": variant.twice,
                "sources": sorted(variant.logs), "options": variant.options, "counts": counts,
                "notes": notes_of(variant, self.records), "summary": summary(view, found, noise, variant.twice),
                "findings": found, "noise": noise, "healthy": self.services()}

    def services(self):
        """Who is reached in healthy traffic: address, port, protocol."""
        return sorted({(record.destination, record.destination_port, PROTOCOLS[record.protocol])
                       for record in self.healthy
                       if record.status == OK and record.destination in self.account.addresses
                       and record.destination_port < record.source_port})


def summary(view, found, noise, twice):
    """Least and most of what the answer may count, None for no limit."""
    least = sum(len(group["addresses"]) for group in noise if group["scenario"] == "strays")
    most = sum(group["records"] for group in noise)
    most += sum(entry["attempts"][1] for entry in found if entry["noise"] and "attempts" in entry)
    return {"blocked": [1, None], "noise": [least, most * (2 if twice else 1)],
            "healthy": [1, None] if view.accepts else [0, 0]}


def make_day(seed):
    """The day of a seed: other addresses, ports and times for each."""
    rng = random.Random(seed)
    account = make_account(rng)
    traffic = Traffic(rng, FIRST_DAY + rng.randrange(700) * DAY)
    expectations = []
    for story in blocked.STORIES + background.STORIES:
        expectations += story(traffic, account)
    before = len(traffic.records)
    for story in healthy.STORIES:
        expectations += story(traffic, account) or ()
    check_distinct(expectations)
    return Day(account, traffic.records, expectations, traffic.records[before:])


def check_distinct(expectations):
    """Two entries of one key could not be told apart."""
    keys = [(entry.source, entry.destination, entry.port, entry.protocol) for entry in expectations
            if isinstance(entry, Expectation)]
    if len(set(keys)) != len(keys):
        raise ValueError("two scenarios share source, destination, port and protocol: take another seed")
    for entry in expectations:
        for group in entry.groups if isinstance(entry, Expectation) else ():
            if not starts(group):
                raise ValueError(f"{entry.scenario}: no record")


def variants(rng):
    """The same day in every way in which people have it."""
    chosen = random_format(rng)
    return [Variant("default", PLAIN, minutes=30),
            Variant("default-two", PLAIN, "two"),
            Variant("default-rejects", PLAIN, "rejects"),
            Variant("streams", PLAIN, layout="streams", gzip=False, damage=True),
            Variant("events", PLAIN, layout="events", gzip=False),
            Variant("export", PLAIN, layout="export"),
            Variant("version5", FIVE, minutes=5, damage=True),
            Variant("version5-two", FIVE, "two"),
            Variant("version5-rejects", FIVE, "rejects", gzip=False),
            Variant("version5-twice", FIVE, twice=True),
            Variant("chosen", chosen, layout="shuffled", gzip=False, damage=True),
            Variant("chosen-rejects", chosen, "rejects", layout="shuffled", gzip=False)]


def write(day, variant, seed, target, truth_file=None, **others):
    """One variant with its truth, which `others` change; returns the truth."""
    rng = random.Random(f"{seed} {variant.name}")
    counts = Writer(variant, day.account, set(map(id, day.healthy)), rng, target).write(day.records)
    truth = {"seed": seed} | day.truth(variant, counts) | others
    (truth_file or target / "truth.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
    return truth


def main():
    """Write what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", metavar="OUT_DIR", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", choices=("default", "version5", "custom"))
    parser.add_argument("--split", choices=("one", "two", "rejects"))
    parser.add_argument("--layout", choices=("s3", "streams", "events", "export", "shuffled"))
    parser.add_argument("--minutes", type=int, default=60, help="of records in one S3 object (default 60)")
    parser.add_argument("--gzip", action="store_true", help="compress S3 objects")
    parser.add_argument("--damage", action="store_true", help="damaged lines and bad numbers in text")
    parser.add_argument("--twice", action="store_true", help="two flow logs that record the same")
    options = parser.parse_args()
    day = make_day(options.seed)
    rng = random.Random(f"{options.seed} formats")
    if not (options.format or options.split or options.layout):
        for variant in variants(rng):
            directory = options.target / variant.name
            directory.mkdir(parents=True)
            counts = write(day, variant, options.seed, directory)["counts"]
            print(f"{directory}: {counts['flows']} records in {counts['files']} files")
        return 0
    form = {"version5": FIVE, "custom": random_format(rng)}.get(options.format, PLAIN)
    variant = Variant("asked", form, options.split or "one", options.layout or "s3", options.minutes, options.gzip,
                      options.damage, options.twice)
    options.target.mkdir(parents=True, exist_ok=True)
    write(day, variant, options.seed, options.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
