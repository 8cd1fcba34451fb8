"""The table's summary at the end of a run: cases a group, and how many were answered the same."""

from collections import Counter

import pytest


def summarize(terminalreporter: pytest.TerminalReporter) -> None:
    """Write it, where there was such a case."""
    equal, all_cases = Counter[str](), Counter[str]()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            _, _, name = report.nodeid.partition("test_both_answer_the_same[")
            if name and report.when == "call":
                group = name.partition(":")[0]
                all_cases[group] += 1
                equal[group] += outcome == "passed"
    if not all_cases:
        return
    terminalreporter.section("conformance with PocketBase")
    for group in sorted(all_cases):
        terminalreporter.line(f"{group:20} {all_cases[group]:5} cases {equal[group]:5} equal")
    total, same = sum(all_cases.values()), sum(equal.values())
    terminalreporter.line(f"{'total':20} {total:5} cases {same:5} equal")
