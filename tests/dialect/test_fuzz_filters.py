"""A filter, whatever its text, costs little to read and is answered or refused in good order."""

import random
import time
import zlib
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from peewee import Database

from bai_wx import dialect
from bai_wx.dialect import plans, sort
from bai_wx.dialect.filter import scan
from bai_wx.errors import BadQuery, Forbidden
from bai_wx.record.base import Caller
from bai_wx.record.collections import COLLECTIONS
from bai_wx.transfer import importer
from tests.conformance.places import LISTS
from tests.conformance.rows import USERS, dataset
from tests.databases import IS_POSTGRES, KIND
from tests.dialect.filter_texts import texts
from tests.dialect.work import lines
from tests.row_ids import record_id
from tests.tree import RUNS

CI, LONG = 500, 10_000
RUN_ON = "-postgresql" if IS_POSTGRES else ""
CHUNK = 1_000  # texts Hypothesis draws in one go: it remembers them all
MOST_LINES = 150_000  # of Python, to understand one text
RUN_EVERY = 10  # one in so many is run on the database too
ALICE = Caller(record_id("tbl_auth_users", 0), USERS["alice"])
REFUSED = (BadQuery, Forbidden)


@dataclass
class Fuzz:
    """Puts texts through all steps, and counts what came of them."""

    seed: int
    outcomes: Counter[str] = field(default_factory=Counter)
    costs: list[int] = field(default_factory=list)
    worst: tuple[int, str] = (0, "")
    started: float = field(default_factory=time.monotonic)

    def go(self, size: int) -> None:
        """Try so many texts, list by list."""
        chunk = 0
        while len(self.costs) < size:
            self._try(
                LISTS[chunk % len(LISTS)], self.seed + chunk, min(CHUNK, size // len(LISTS) + 1)
            )
            chunk += 1

    def _try(self, collection: str, number: int, size: int) -> None:
        @seed(number)
        @settings(
            max_examples=size,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),  # to explain, it would trace, and cost CPU
            suppress_health_check=list(HealthCheck),
        )
        @given(texts(collection))
        def put(text: str) -> None:
            self.put(collection, text)

        put()

    def put(self, collection: str, text: str) -> None:
        """Raises: `AssertionError` for a text that costs too much, and whatever is no refusal."""
        cost = lines(partial(_understand, collection, text))
        assert cost <= MOST_LINES, f"{cost} lines"
        self.worst = max(self.worst, (cost, text))
        self.costs.append(cost)
        self.outcomes[_understand(collection, text)] += 1
        if zlib.crc32(text.encode(errors="replace")) % RUN_EVERY == 0:
            self.outcomes[_run(collection, text)] += 1


def _understand(collection: str, text: str) -> str:
    """Scan, parse, build and write the SQL, nothing of it remembered. Returns: what came of it."""
    try:
        asked = scan.scan(text)
        plan = plans.make_listing(COLLECTIONS[collection], asked.tokens, sort.parse("-created"))
        parameters = plans.viewer(ALICE) | {"limit": 30, "offset": 0}
        if plan.filter:
            plan.filter.bind(asked.values, parameters["now"], parameters)
        plan.pages.rows.prepare(parameters)
        plan.pages.count.prepare(parameters)
    except REFUSED as exc:
        return f"refused: {exc.status}"
    return "understood"


def _run(collection: str, text: str) -> str:
    """Ask the database. Returns: what came of it."""
    try:
        dialect.list_page(COLLECTIONS[collection], {"filter": text}, ALICE)
    except REFUSED as exc:
        return f"run: {exc.status}"
    return "run: 200"


@pytest.fixture(scope="module", autouse=True)
def rows(database: Database) -> None:
    """The rows of the conformance tests."""
    importer.load(
        importer.Source(name, name, [importer.SourceRow(n, row) for n, row in enumerate(found)])
        for name, found in dataset().items()
    )


def test_texts_are_understood_or_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The same ones each time."""
    fuzz = Fuzz(seed=0)
    fuzz.go(CI)
    _say(capsys, _table(fuzz))


@pytest.mark.long
def test_10000_texts_are_understood_or_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Others each time; what came out is written to docs/runs."""
    fuzz = Fuzz(seed=random.randrange(2**31))
    _say(capsys, f"seed {fuzz.seed}")
    fuzz.go(LONG)
    page = _page(fuzz)
    _say(capsys, page)
    RUNS.mkdir(parents=True, exist_ok=True)
    (RUNS / f"fuzz-10k{RUN_ON}.md").write_text(page, encoding="utf-8")


def _say(capsys: pytest.CaptureFixture[str], text: str) -> None:
    with capsys.disabled():
        print(text)


def _table(fuzz: Fuzz) -> str:
    costs = sorted(fuzz.costs)
    outcomes = [f"| {name} | {fuzz.outcomes[name]} |" for name in sorted(fuzz.outcomes)]
    places = {
        "half below": len(costs) // 2,
        "99.9 % below": len(costs) * 999 // 1000,
        "at most": -1,
    }
    work = [f"| lines of Python: {name} | {costs[place]} |" for name, place in places.items()]
    return "\n".join([f"| texts | {len(costs)} |", "| --- | ---: |", *outcomes, *work])


def _page(fuzz: Fuzz) -> str:
    minutes = (time.monotonic() - fuzz.started) / 60
    return f"""# {len(fuzz.costs):,} fuzzed filters

Written by `tox -e long -- tests/dialect/test_fuzz_filters.py`
on {time.strftime("%Y-%m-%d", time.gmtime())}, seed {fuzz.seed}, in {minutes:.1f} minutes.
Texts from the grammar over the six lists' fields and paths, whole, broken or as long as may be, were
scanned, parsed, built and written as SQL (the list's and the count's), and one in {RUN_EVERY} was
run on {KIND}. Nothing but an answer or a refusal with 400 or 403 came of any. Work is counted in
lines of Python run to understand one text; the limit is {MOST_LINES:,}.

{_table(fuzz)}

The one that cost most, {len(fuzz.worst[1].encode(errors="replace"))} bytes:

```
{fuzz.worst[1][:300]!a}
```
"""
