#!/usr/bin/env python3
"""Check what `roadblock diagnose -o json` printed against its schema.

  validate_diagnosis.py SCHEMA < output
"""

import json
import sys

from json_schema import Schema


def main():
    """One line for each error; exit code 1 when there are any."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 64
    try:
        value = json.load(sys.stdin)
    except ValueError as error:
        print(f"not JSON: {error}", file=sys.stderr)
        return 1
    errors = Schema.read(sys.argv[1]).errors(value)
    for error in errors[:50]:
        print(error, file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
