"""What the comparisons with tshark have in common: running programs, the version, the captures to look at."""

import os
import re
import subprocess


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
