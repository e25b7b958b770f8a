"""Look up the lines that findings cite: they exist, start or end then, and hold one of the finding's addresses."""

import datetime
import gzip
import io
from pathlib import Path

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def lines_of(path):
    """The lines of a text file, plain or gzip, or None for what is no text file of one record a line."""
    if not path.is_file() or path.suffix == ".json":
        return None
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.GzipFile(fileobj=io.BytesIO(content)).read()
    return content.split(b"\n")


def wrong_citations(answer, directory):
    """What is wrong with the findings' evidence, one sentence each, and how many pieces were looked up."""
    files, checked, wrong = {}, 0, []
    for finding in answer["findings"]:
        if not finding["evidence"]:
            wrong.append(f"finding {finding['id']} has no evidence")
        for item in finding["evidence"]:
            place = f"finding {finding['id']} ({finding['verdict']}), input {item['input']}, line {item.get('line')}"
            if not 0 <= item["input"] < len(answer["inputs"]):
                wrong.append(f"{place}: there is no such input")
                continue
            if item["input"] not in files:
                files[item["input"]] = lines_of(Path(directory, answer["inputs"][item["input"]]["source"]))
            lines = files[item["input"]]
            if lines is None or "line" not in item:
                continue
            checked += 1
            reason = wrong_line(finding, item, lines)
            if reason:
                wrong.append(f"{place}: {reason}")
    return wrong, checked


def wrong_line(finding, item, lines):
    """What is wrong with a cited line, or None."""
    if not 1 <= item["line"] <= len(lines):
        return f"there are {len(lines)} lines"
    tokens = lines[item["line"] - 1].decode("utf-8", "replace").split()
    moment = datetime.datetime.fromisoformat(item["time"].replace("Z", "+00:00"))
    if str((moment - EPOCH) // datetime.timedelta(seconds=1)) not in tokens:
        return f"{item['time']} is not in the line"
    # Folded noise may have neither.
    sides = [finding[side]["address"] for side in ("source", "destination") if finding[side]["address"]]
    if sides and not any(side in tokens for side in sides):
        return f"neither {' nor '.join(sides)} is in the line"
    return None
