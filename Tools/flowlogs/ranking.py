"""The order of findings: the operator's own before noise, what is blocked before the rest, then by attempts."""

BLOCKED = ("dropped", "refused", "prohibited", "unreachable", "return-blocked", "reset", "stalled", "rejected")


def wrong_order(findings):
    """What is wrong with the order, one sentence for each pair of neighbours."""
    for first, second in zip(findings, findings[1:]):
        pair = f"finding {first['id']} ({first['verdict']}) before {second['id']} ({second['verdict']})"
        if first["noise"] != second["noise"]:
            if first["noise"]:
                yield f"{pair}: noise before the operator's own"
            continue
        blocked = [finding["verdict"] in BLOCKED for finding in (first, second)]
        if blocked == [False, True]:
            yield f"{pair}: not blocked before blocked"
        if blocked == [True, True] and first["attempts"] < second["attempts"]:
            yield f"{pair}: {first['attempts']} attempts before {second['attempts']}"
