#!/usr/bin/env python3
"""Fill README.md's example outputs with what the program prints.

  refresh_readme.py ROADBLOCK           rewrite README.md
  refresh_readme.py --check ROADBLOCK   only say whether it is current

A place is a comment `<!-- output of: roadblock … -->`; what follows it up to `<!-- end -->` is replaced.
"""

import difflib
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = re.compile(r"(<!-- output of: roadblock (.*?) -->\n).*?(<!-- end -->)", re.DOTALL)


def main():
    """Exit code 1 when the check finds it out of date, or when the program fails."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 64
    binary = Path(arguments[0]).resolve()

    def filled(place):
        command = [binary, *shlex.split(place[2])]
        output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        # The samples' paths as they look from here, whatever folder this clone is in.
        lines = [line.rstrip() for line in output.replace(f"{ROOT}/", "").splitlines()]
        return "\n".join([place[1] + "```", *lines, "```", place[3]])

    readme = ROOT / "README.md"
    old = readme.read_text(encoding="utf-8")
    new, places = PLACE.subn(filled, old)
    if places == 0:
        print("README.md has no place for an output", file=sys.stderr)
        return 1
    if "--check" in sys.argv:
        if new != old:
            sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), new.splitlines(True), "README.md", "now"))
            print("README.md is out of date: make refresh-readme", file=sys.stderr)
            return 1
    else:
        readme.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
