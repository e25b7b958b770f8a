#!/usr/bin/env python3
"""Runs the Logs Insights cases through `roadblock query` and counts them by group.

usage: conformance.py BINARY CASES.jsonl [GROUP...]

Each case becomes what `aws logs filter-log-events` would print, so that times, streams and groups are told; the rows
that `-o insights-json` gives are compared with the expected ones.
"""
import collections
import csv
import json
import math
import subprocess
import sys
import tempfile

EPOCH = 1704067200
DIRECTORIES = []
FORMATS = {
    "vpc_flow": "vpc-flow", "json": "json", "text": "text", "cloudtrail": "cloudtrail", "lambda": "lambda",
    "route53": "route53",
}


def events(case):
    """The events of a case, or of one of its other log groups, with their times in milliseconds."""
    for index, entry in enumerate(case["input"]):
        if isinstance(entry, dict) and "message" in entry and "timestamp" in entry:
            message, time = entry["message"], entry["timestamp"]
        else:
            message, time = (entry if isinstance(entry, str) else json.dumps(entry)), None
        if time is None:
            time = (EPOCH + index) * 1000
            columns = message.split()
            if case["log_type"] == "vpc_flow" and len(columns) >= 14 and columns[10].isdigit():
                time = int(columns[10]) * 1000
            if case["log_type"] == "vpc_flow_custom":
                names = case["log_format"].replace("${", "").replace("}", "").split()
                if "start" in names and len(columns) == len(names):
                    time = int(columns[names.index("start")]) * 1000
        yield {
            "timestamp": time,
            "ingestionTime": time + 1000,
            "logStreamName": "stream-1",
            "message": message,
        }


def run(binary, case):
    """Exit code, rows and error of one case."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"events": list(events(case))}, file)
        file.flush()
        limits = case.get("time_range") or {"start": EPOCH, "end": EPOCH + 86400}
        command = [
            binary, "query", case["query"], "-o", "insights-json", "--log-group", f"123456789012:group-1={file.name}",
            "--as-of", str(case.get("now", EPOCH + 86400)), "--mode", case.get("mode", "lenient"),
        ]
        if "time_range" in case or "queryT" in case["query"] or "queryS" in case["query"]:
            command += ["--start", str(limits["start"]), "--end", str(limits["end"])]
        command += beside(case)
        if case["log_type"] == "vpc_flow_custom":
            command += ["--log-format", case["log_format"]]
        else:
            command += ["--format", FORMATS[case["log_type"]]]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        return done


def beside(case):
    """The options for the log groups, saved queries and lookup tables of a case; their files stay until the program ends."""
    if case.get("sources"):
        DIRECTORIES.append(tempfile.TemporaryDirectory())
        options = []
        for number, (name, source) in enumerate(case["sources"].items()):
            path = f"{DIRECTORIES[-1].name}/{number}.json"
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"events": list(events(source))}, file)
            options += ["--log-group", f"{name}={path}"]
        return options
    if case.get("tables"):
        DIRECTORIES.append(tempfile.TemporaryDirectory())
        options = []
        for name, rows in case["tables"].items():
            path = f"{DIRECTORIES[-1].name}/{name}.csv"
            with open(path, "w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
            options += ["--lookup", f"{name}={path}"]
        return options
    saved = case.get("saved_queries")
    if not saved:
        return []
    DIRECTORIES.append(tempfile.TemporaryDirectory())
    for name, query in saved.items():
        head = "".join(f"# param {one['name']} = {one['defaultValue']}\n"
                       for one in query["parameters"] if "defaultValue" in one)
        with open(f"{DIRECTORIES[-1].name}/{name}.cwli", "w", encoding="utf-8") as file:
            file.write(head + query["queryString"])
    return ["--saved-queries", DIRECTORIES[-1].name]


def plain(name):
    return "".join(name.split())


def rows_of(text):
    result = json.loads(text)["results"]
    return [{plain(cell["field"]): cell["value"] for cell in row if cell["field"] != "@ptr"} for row in result]


def same_value(found, expected):
    if found == expected:
        return True
    try:
        return math.isclose(float(found), float(expected), rel_tol=0, abs_tol=1e-4) and "." in found + expected
    except ValueError:
        return False


def same_row(found, expected):
    return found.keys() == expected.keys() and all(same_value(found[key], expected[key]) for key in expected)


def matches(found, expected, ordered):
    expected = [{plain(key): value for key, value in row.items()} for row in expected]
    if len(found) != len(expected):
        return False
    if ordered:
        return all(map(same_row, found, expected))
    left = list(expected)
    for row in found:
        match = next((other for other in left if same_row(row, other)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def outcome(binary, case):
    """What is wrong with a case; empty for nothing."""
    done = run(binary, case)
    expected = case["expect"]
    if isinstance(expected, dict):
        if done.returncode != 64:
            return f"exit code {done.returncode}, expected an error {expected['error']}"
        again = run_error_code(binary, case)
        return "" if again == expected["error"] else f"error {again}, expected {expected['error']}"
    if done.returncode != 0:
        return f"exit code {done.returncode}: {done.stderr.strip()}"
    found = rows_of(done.stdout)
    return "" if matches(found, expected, case.get("ordered", False)) else f"rows {json.dumps(found)[:400]}"


def run_error_code(binary, case):
    done = subprocess.run(
        [binary, "query", case["query"], "-o", "json", "--mode", case.get("mode", "lenient"), *beside(case), "-"],
        input='{"a":1}\n', capture_output=True, text=True, timeout=60,
    )
    last = done.stderr.strip().splitlines()[-1]
    return json.loads(last)["error"]["code"]


def main():
    binary, path, groups = sys.argv[1], sys.argv[2], set(sys.argv[3:])
    passed, failed = collections.Counter(), collections.Counter()
    with open(path, encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines if line.strip()]
    for case in cases:
        if groups and case["group"] not in groups:
            continue
        problem = outcome(binary, case)
        if problem:
            failed[case["group"]] += 1
            print(f"{case['id']} {case['group']} {case['confidence']}: {case['query']!r}\n    {problem}\n"
                  f"    expected {json.dumps(case['expect'])[:300]}")
        else:
            passed[case["group"]] += 1
    for group in sorted(passed | failed):
        print(f"{group}: {passed[group]} passed, {failed[group]} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
