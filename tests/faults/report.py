"""Runs the faults' cases against another installation and against this one, and lists what each said.

python -m tests.faults.report OTHER/bin/bai-wx >docs/runs/faults.md

Every file of cases runs by itself, and a case that does not end is ended: an older server may hang.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

FOLDER = Path(__file__).parent
CASE_S, FILE_S, END_S = 60, 900, 60

ROWS = [
    f"{letter}{number}"
    for letter, last in (("A", 16), ("B", 4), ("C", 8), ("D", 12), ("E", 7), ("F", 6))
    for number in range(1, last + 1)
]
"""The faults that were found. Every one has a case."""

ON_POSTGRES = ("test_cart.py", "test_keys.py", "test_users.py")
"""The files whose faults were seen on PostgreSQL, or on both databases: these run on it too."""

LONGEST = 220
"""Characters of what a server said that the page shows."""


@dataclass(frozen=True)
class Case:
    """One case, on one database."""

    row: str
    name: str
    test: str
    database: str


@dataclass(frozen=True)
class Outcome:
    """What a case came to, and what the server said."""

    result: Literal["passes", "fails", "skipped"]
    words: str

    def __str__(self) -> str:
        text = " ".join(self.words.split()).replace("|", "\\|")
        text = text if len(text) <= LONGEST else text[:LONGEST] + " …"
        return f"**{self.result}** {text}" if self.result == "fails" else f"{self.result} {text}"


Outcomes = dict[Case, Outcome]
NOT_RUN = Outcome("fails", "the file of the case did not end")


def main(other: str) -> int:
    """Print the page. Returns: 1 when a row has no case, or a case does not pass now."""
    before, now = _outcomes(other), _outcomes("")
    rows = _by_row(now)
    print("# The faults, before and after\n")
    print(f"Before: `{_version(other)}`. Now: `{_version('')}`.")
    print(
        "Every case of `tests/faults` runs against both, by the id of its fault. A case speaks to a socket or a"
    )
    print(
        "command alone. What passes before too is a sister that held, or says what must not change.\n"
    )
    _print_summary(rows, before, now)
    for row, cases in rows.items():
        print(f"\n## {row}\n\n| case | test | before | now |\n| --- | --- | --- | --- |")
        for case in cases:
            name = case.name if case.database == "sqlite" else f"{case.name} (PostgreSQL)"
            print(f"| {name} | `{case.test}` | {before.get(case, NOT_RUN)} | {now[case]} |")
    is_whole = all(rows.get(row) for row in ROWS)
    return 0 if is_whole and all(said.result != "fails" for said in now.values()) else 1


def _print_summary(rows: dict[str, list[Case]], before: Outcomes, now: Outcomes) -> None:
    print("| row | cases | failed before | fail now |\n| --- | --- | --- | --- |")
    for row in rows:
        print(_counts(f"[{row}](#{row.lower()})", rows[row], before, now))
    print(_counts("all", now, before, now))


def _counts(title: str, cases: Iterable[Case], before: Outcomes, now: Outcomes) -> str:
    ran = [case for case in cases if now[case].result != "skipped"]
    failed = [case for case in ran if before.get(case, NOT_RUN).result == "fails"]
    fail = [case for case in ran if now[case].result == "fails"]
    return f"| {title} | {len(ran) or 'none'} | {len(failed)} | {len(fail)} |"


def _by_row(outcomes: Outcomes) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = defaultdict(list)
    for case in outcomes:
        found[case.row].append(case)
    others = sorted(found.keys() - set(ROWS))
    return {row: found[row] for row in [*ROWS, *others]}


def _outcomes(command: str) -> Outcomes:
    found: Outcomes = {}
    for file in sorted(FOLDER.glob("test_*.py")):
        found |= _run(file, command, "sqlite")
        if file.name in ON_POSTGRES:
            found |= _run(file, command, "postgresql")
    return found


def _run(file: Path, command: str, database: str) -> Outcomes:
    """Run a file's cases. One that does not end after a minute is ended, so is a file after fifteen."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(file)]
    words += [f"--timeout={CASE_S}", "--timeout-method=signal", "-o", "junit_family=xunit1"]
    asked = {"BAI_WX_TEST_SERVER": command, "BAI_WX_TEST_DATABASE": database}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "cases.xml"
        process = subprocess.Popen(
            [*words, f"--junitxml={report}"],
            env={**os.environ, **asked},
            stdout=sys.stderr,
            start_new_session=True,
        )
        _await(process)
        if not report.exists():
            return {}
        cases = ElementTree.parse(report).iter("testcase")
        return dict(_read(case, file, database) for case in cases)


def _await(process: "subprocess.Popen[bytes]") -> None:
    """Wait for a run; interrupted it still writes its report, and after that all it started is ended."""
    try:
        process.wait(FILE_S)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _read(element: ElementTree.Element, file: Path, database: str) -> tuple[Case, Outcome]:
    test, _, case_id = element.get("name", "").removesuffix("]").partition("[")
    name = case_id or test
    row = re.match(r"[A-F]\d+(?=-)", name)
    case = Case(row[0] if row else "others", name, f"{file.name}::{test}", database)
    said = [p.get("value", "") for p in element.iter("property") if p.get("name") == "said"]
    return case, _outcome(element, "; ".join(said))


def _outcome(element: ElementTree.Element, said: str) -> Outcome:
    skipped = element.find("skipped")
    if skipped is not None:
        return Outcome("skipped", skipped.get("message", ""))
    wrong = next((found for kind in ("failure", "error") for found in element.iter(kind)), None)
    if wrong is None:
        return Outcome("passes", said)
    message = wrong.get("message", "").partition("\n")[0]
    return Outcome("fails", f"{said}; {message}" if said else message)


def _version(command: str) -> str:
    words = [command] if command else [sys.executable, "-m", "server.cli"]
    said = subprocess.run([*words, "--version"], capture_output=True, text=True, check=True)
    return said.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
