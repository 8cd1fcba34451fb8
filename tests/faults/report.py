"""Asks another installation and this one every case of the faults, and lists what each said.

python -m tests.faults.report ask before.json OTHER/bin/bai-wx
python -m tests.faults.report ask now.json
python -m tests.faults.report page before.json now.json >docs/runs/faults.md

Every file of cases runs by itself, and a case that does not end is ended: an older server may hang. What was
said is written down after each file; `ask now.json --only test_work.py` asks a file's cases once more.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
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

ON_POSTGRES = (
    "test_amounts.py",
    "test_cart.py",
    "test_keys.py",
    "test_owners.py",
    "test_users.py",
)
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

    @property
    def file(self) -> str:
        """The file it stands in."""
        return self.test.partition("::")[0]


@dataclass(frozen=True)
class Outcome:
    """What a case came to, and what the server said."""

    result: Literal["passes", "fails", "skipped"]
    words: str

    def __str__(self) -> str:
        words = re.sub(
            r"(?<![\w:/.])/(?:tmp|home|work|root)/(?:[^/\s]+/)*", "", self.words
        )  # where it ran
        words = re.sub(r"eyJ[\w.-]{20,}", "…", words)  # a token
        text = " ".join(words.split()).replace("|", "\\|")
        text = text if len(text) <= LONGEST else text[:LONGEST] + " …"
        return f"**{self.result}** {text}" if self.result == "fails" else f"{self.result} {text}"


Outcomes = dict[Case, Outcome]
NOT_RUN = Outcome("skipped", "not asked, or its file did not end")


def main(arguments: list[str]) -> int:
    """Ask, or print the page. Returns: 1 when a row has no case, or a case does not pass now."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    commands = parser.add_subparsers(dest="wanted", required=True)
    asking = commands.add_parser("ask")
    asking.add_argument("said", type=Path)
    asking.add_argument("command", nargs="?", default="")
    asking.add_argument("--only", action="append", help="a file of cases")
    asking.add_argument("--name", help="what the page calls the installation")
    page = commands.add_parser("page")
    page.add_argument("before", type=Path)
    page.add_argument("now", type=Path)
    wanted = parser.parse_args(arguments)
    if wanted.wanted == "page":
        return _print_page(*_load(wanted.before), *_load(wanted.now))
    name = wanted.name or _version(wanted.command)
    _ask(wanted.said, wanted.command, name, wanted.only)
    return 0


def _print_page(old: str, before: Outcomes, new: str, now: Outcomes) -> int:
    rows = _by_row(now)
    print("# The faults, before and after\n")
    print(
        f"Before: {old}. Now: {new}. Every case of `tests/faults` is asked of both, by the id of its\n"
        "fault; a case speaks to a socket or a command alone. What passes before too is a sister that\n"
        "held, or says what must not change. The faults of rows B are PostgreSQL's: they are asked there too.\n"
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


def _ask(said: Path, command: str, name: str, only: list[str] | None) -> None:
    """Run the files, and write down after each of them what all have said."""
    _, found = _load(said)
    for file in sorted(FOLDER.glob("test_*.py")):
        if only and file.name not in only:
            continue
        found = {case: said for case, said in found.items() if case.file != file.name}
        found |= _on_both(file, command)
        lines = [{**asdict(case), **asdict(outcome)} for case, outcome in found.items()]
        said.write_text(json.dumps([name, lines], ensure_ascii=False), "utf-8")


def _on_both(file: Path, command: str) -> Outcomes:
    """A file's cases on SQLite, and on PostgreSQL all of them or those that are about it alone."""
    found = _run([str(file)], file, command, "sqlite")
    if file.name in ON_POSTGRES:
        return found | _run([str(file)], file, command, "postgresql")
    skipped = [case for case, outcome in found.items() if outcome.result == "skipped"]
    if not skipped:
        return found
    asked = [f"{FOLDER / case.test}[{case.name}]" for case in skipped]
    there = _run(asked, file, command, "postgresql")
    return {case: outcome for case, outcome in found.items() if case not in skipped} | there


def _load(said: Path) -> tuple[str, Outcomes]:
    if not said.exists():
        return "", {}
    version, lines = json.loads(said.read_text("utf-8"))
    names = [field.name for field in fields(Case)]
    return version, {
        Case(**{name: line[name] for name in names}): Outcome(line["result"], line["words"])
        for line in lines
    }


def _run(asked: list[str], file: Path, command: str, database: str) -> Outcomes:
    """Run cases of a file. One that does not end after a minute is ended, so is a file after fifteen."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *asked]
    words += [f"--timeout={CASE_S}", "--timeout-method=signal", "-o", "junit_family=xunit1"]
    settings = {"BAI_WX_TEST_SERVER": command, "BAI_WX_TEST_DATABASE": database}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "cases.xml"
        process = subprocess.Popen(
            [*words, f"--junitxml={report}"],
            env={**os.environ, **settings},
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
    return Outcome("fails", said or message)


def _version(command: str) -> str:
    """Which installation this is; a checkout says its commit."""
    words = ["git", "describe", "--always"] if not command else [command, "--version"]
    said = subprocess.run(words, cwd=FOLDER, capture_output=True, text=True, check=True)
    return said.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
