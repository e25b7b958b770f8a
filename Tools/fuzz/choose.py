#!/usr/bin/env python3
"""Prints the inputs of a fuzzer's merge that reach the most together, one path a line.

usage: choose.py CONTROL-FILE COUNT BYTES      at most COUNT inputs of at most BYTES each

The control file is libFuzzer's (`-merge_control_file`): it names the inputs, and what each of them reaches.
"""
import os
import sys


def reached(path, limit):
    """The inputs that are small enough, and what they reach."""
    with open(path, encoding="ascii", errors="replace") as file:
        count = int(file.readline())
        file.readline()
        names = [file.readline().rstrip("\n") for _ in range(count)]
        found = {}
        for line in file:
            if not line.startswith("FT "):
                continue
            _, number, *features = line.split()
            name = names[int(number)]
            if os.path.exists(name) and os.path.getsize(name) <= limit:
                found[name] = {int(feature) for feature in features}
    return found


def choose(found, count):
    """Always the input that adds the most to those before it; of equal ones the smallest."""
    chosen, known = [], set()
    while len(chosen) < count and found:
        best = max(found, key=lambda name: (len(found[name]), -os.path.getsize(name), name))
        new = found.pop(best)
        if not new:
            break
        chosen.append(best)
        known |= new
        for name in found:
            found[name] -= new
    return chosen, len(known)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__.strip())
    found = reached(sys.argv[1], int(sys.argv[3]))
    total = len(set().union(*found.values())) if found else 0
    chosen, known = choose(found, int(sys.argv[2]))
    print("\n".join(chosen))
    print(f"{len(chosen)} inputs reach {known} of {total}", file=sys.stderr)


if __name__ == "__main__":
    main()
