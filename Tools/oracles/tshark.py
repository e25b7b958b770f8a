"""What the comparisons with tshark have in common: arguments, running programs, the version, the captures to look at."""

import argparse
import os
import re
import subprocess


def argument_parser(description, *, folder=False):
    """The arguments of every comparison; with `folder`, of one that makes its captures in a folder."""
    parser = argparse.ArgumentParser(description=description.split("\n", maxsplit=1)[0])
    parser.add_argument("roadblock")
    parser.add_argument("--tshark", default="tshark")
    parser.add_argument("--known", type=known, default=[], metavar="FILE", help="differences that are accepted")
    if folder:
        parser.add_argument("folder")
        parser.add_argument("--every", type=int, default=1, metavar="N", help="of the packets only each Nth")
        return parser
    parser.add_argument("captures", nargs="+")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="of the captures in folders only each Nth")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    return parser


def known(path):
    """Pairs of a capture and of what is accepted to differ in it; a third column says why."""
    with open(path, encoding="utf-8") as file:
        return [tuple(line.rstrip("\n").split("\t")[:2]) for line in file if line.strip()]


def run(command):
    """Run a program in UTC and keep what it prints."""
    return subprocess.run(command, capture_output=True, env=dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8"))


def version_of(tshark):
    """The first two numbers of a tshark's version, as `4.0`; None where there is none."""
    try:
        match = re.search(rb"(\d+\.\d+)\.\d+", run([tshark, "--version"]).stdout)
    except FileNotFoundError:
        return None
    return match.group(1).decode() if match else None


def cells(text):
    """The rows of `-T fields` as lists of cells."""
    return [line.split("\t") for line in text.decode("utf-8", "replace").split("\n")[:-1]]


def columns(fields):
    """The options that print some fields."""
    return ["-T", "fields"] + [part for field in fields for part in ("-e", field)]


def captures(paths, every=1):
    """The files of a command line; of those in a folder only each `every`th."""
    found = []
    for path in paths:
        if not os.path.isdir(path):
            found.append(path)
            continue
        inside = []
        for folder, _, names in sorted(os.walk(path)):
            inside += [os.path.join(folder, name) for name in sorted(names)]
        found += inside[::every]
    return found
