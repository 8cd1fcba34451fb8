"""Runs the faults' cases against another installation and against this one, and lists what each said.

python -m tests.faults.report OTHER/bin/bai-wx >docs/runs/faults.md
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

Outcome = tuple[bool, str]
"""Whether the case passed, and what the server said."""

FOLDER = Path(__file__).parent


def main(other: str) -> None:
    """Print the page."""
    before, now = _outcomes(other), _outcomes("")
    print("# The faults, before and after\n")
    print(f"Before: `{_version(other)}`. Every case of `tests/faults`, by the id of its fault.\n")
    print("| fault | case | before | now |\n| --- | --- | --- | --- |")
    for (fault, case), (passed, words) in sorted(now.items(), key=_order):
        was = _cell(*before.get((fault, case), (False, "not run")))
        print(f"| {fault} | {case} | {was} | {_cell(passed, words)} |")
    mended = [key for key, (passed, _) in now.items() if passed and not before.get(key, (True,))[0]]
    print(f"\n{len(now)} cases: {sum(passed for passed, _ in now.values())} pass now,")
    print(
        f"{sum(passed for passed, _ in before.values())} passed before; {len(mended)} were mended."
    )


def _outcomes(command: str) -> dict[tuple[str, str], Outcome]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "cases.xml"
        command_line = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        subprocess.run(
            [*command_line, f"--junitxml={report}", "-o", "junit_family=xunit1", str(FOLDER)],
            env={**os.environ, "BAI_WX_TEST_SERVER": command},
            stdout=sys.stderr,
            check=False,
        )
        return dict(_read(case) for case in ElementTree.parse(report).iter("testcase"))


def _read(case: ElementTree.Element) -> tuple[tuple[str, str], Outcome]:
    name = case.get("name", "")
    _, _, case_id = name.partition("[")
    fault = (case_id or name).split("-", 1)[0]
    wrong = next(
        (found for kind in ("failure", "error") if (found := case.find(kind)) is not None), None
    )
    said = [p.get("value", "") for p in case.iter("property") if p.get("name") == "said"]
    words = "; ".join(said) or (wrong.get("message", "") if wrong is not None else "as it must")
    return (fault, f"{case.get('file', case.get('classname', ''))}::{name}"), (wrong is None, words)


def _cell(passed: bool, words: str) -> str:
    text = " ".join(words.split()).replace("|", "\\|")[:160]
    return ("" if passed else "**fails** ") + text


def _order(row: tuple[tuple[str, str], Outcome]) -> tuple[str, int, str]:
    (fault, case), _ = row
    return fault[:1], int(fault[1:]) if fault[1:].isdigit() else 0, case


def _version(command: str) -> str:
    said = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    return said.stdout.strip()


if __name__ == "__main__":
    main(sys.argv[1])
