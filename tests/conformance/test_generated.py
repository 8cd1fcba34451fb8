"""Random filters find the same rows in both servers, in the same order when they are sorted."""

import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

import pytest
import requests
from hypothesis import HealthCheck, given, seed, settings

from bai_wx.dialect.filter.macros import MACROS
from bai_wx.record import clock
from tests.conformance import generated
from tests.conformance.generated import ELEMENTS, FEATURED, STARTS, Asked
from tests.conformance.peer import Pair, known_users, running
from tests.conformance.places import GUEST
from tests.databases import IS_POSTGRES, KIND
from tests.tree import RUNS

CI, LONG = 250, 5_000  # different requests
EACH = 21  # requests around one start and one element
RUN_ON = "-postgresql" if IS_POSTGRES else ""
OCCURRENCES = 20  # of every element, at least
TELLING = 0.3  # of the filters find some rows and not all, at least
MACRO = re.compile("|".join(map(re.escape, MACROS)))  # what a filter says another thing with, later
TRIES = 3
READ_LIMIT_S = 2  # as `bai_wx.process.app` has it, which imports Connexion and its warnings
ALL_ROWS = 200  # more than any list holds


class Found(NamedTuple):
    """An answer's status, and the ids in it."""

    status: int
    ids: tuple[str, ...]


@dataclass
class Run:
    """Asks both servers the same, compares, and counts what it asked."""

    pair: Pair
    seed: int
    asked: set[Asked] = field(default_factory=set)
    answered: Counter[str] = field(default_factory=Counter)
    used: Counter[str] = field(default_factory=Counter)
    started: float = field(default_factory=time.monotonic)
    all_rows: dict[tuple[str, str], int] = field(default_factory=dict)
    session: requests.Session = field(default_factory=requests.Session)

    def go(self, size: int) -> None:
        """Ask whole rounds of the starts until there were so many different requests."""
        self.session.trust_env = False
        plain = settings(
            max_examples=EACH,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        for number in count():
            turn, place = divmod(number, len(STARTS))
            if not place and len(self.asked) >= size:
                break
            element = FEATURED[(place + turn) % len(FEATURED)]
            strategy = generated.requests(STARTS[place], element)
            seed(self.seed + number)(plain(given(strategy)(self.compare)))()

    def compare(self, asked: Asked) -> None:
        """Ask both. Raises: `AssertionError` for answers that differ."""
        theirs, ours = self._theirs(asked), self._ours(asked)
        if _alike(asked, ours) != _alike(asked, theirs) and MACRO.search(asked.filter):
            # The clock may have moved a macro on between the two: ours is then what theirs says next.
            theirs = self._theirs(asked)
        assert _alike(asked, ours) == _alike(asked, theirs), _moment()
        assert ours.status == 200, "what the grammar allows is answered"
        if asked not in self.asked:
            self.asked.add(asked)
            self.used.update(asked.used)
            self.answered.update(self._described(asked, ours))

    def _ours(self, asked: Asked) -> Found:
        """Ask ours; again where a busy machine kept it from its answer for the time that a read has."""
        for _ in range(TRIES):
            began = time.monotonic()
            found = self._ask(f"{self.pair.ours}/pb", asked)
            if found.status == 200 or time.monotonic() - began < READ_LIMIT_S:
                break
        return found

    def _theirs(self, asked: Asked) -> Found:
        return self._ask(self.pair.theirs, asked)

    def _ask(self, base: str, asked: Asked) -> Found:
        url = f"{base}/api/collections/{asked.collection}/records"
        query = {"perPage": str(ALL_ROWS), "fields": "id", "skipTotal": "1"}
        query |= {"filter": asked.filter, "sort": asked.sort}
        users = known_users()
        token = "" if asked.user == GUEST else self.pair.token(users[asked.user])
        answer = self.session.get(url, params=query, headers={"Authorization": token}, timeout=60)
        rows = answer.json().get("items", ())
        return Found(answer.status_code, tuple(row["id"] for row in rows))

    def _described(self, asked: Asked, found: Found) -> Iterator[str]:
        list_ = (asked.collection, asked.user)
        if list_ not in self.all_rows:
            everything = self._ours(Asked(*list_, "", "", ()))
            self.all_rows[list_] = len(everything.ids)
        yield asked.collection
        yield "sorted" if asked.sort else "unsorted"
        if found.ids:
            yield "some rows" if len(found.ids) < self.all_rows[list_] else "all rows"
        else:
            yield "no rows"

    @property
    def telling(self) -> float:
        """The share of filters that found some rows and not all."""
        return self.answered["some rows"] / len(self.asked)

    def seldom(self) -> dict[str, int]:
        """The elements that hardly ever occurred."""
        names = [name for group in ELEMENTS.values() for name in group]
        return {name: self.used[name] for name in names if self.used[name] < OCCURRENCES}


def _moment() -> str:
    """When it was asked: a filter with `@second` may differ in one second of a minute alone."""
    return f"asked at {clock.now()}"


def _alike(asked: Asked, found: Found) -> object:
    """What must be equal of two answers."""
    return found if asked.sort else (found.status, len(found.ids), frozenset(found.ids))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Both servers with the dataset."""
    with running(tmp_path_factory.mktemp("generated"), []) as both:
        yield both


def test_500_filters_find_the_same(pair: Pair, capsys: pytest.CaptureFixture[str]) -> None:
    """The same ones each time."""
    _say(capsys, _page(_checked(Run(pair, seed=0), CI)))


@pytest.mark.long
def test_5000_filters_find_the_same(pair: Pair, capsys: pytest.CaptureFixture[str]) -> None:
    """Others each time; what came out is written to docs/runs."""
    run = Run(pair, seed=random.randrange(2**31))
    _say(capsys, f"seed {run.seed}")
    page = _page(_checked(run, LONG))
    _say(capsys, page)
    RUNS.mkdir(parents=True, exist_ok=True)
    (RUNS / f"filters-5000{RUN_ON}.md").write_text(page, encoding="utf-8")


def _checked(run: Run, size: int) -> Run:
    """Ask so many, and make sure that they tell something. Returns: the run."""
    run.go(size)
    assert run.telling >= TELLING
    assert not run.seldom()
    return run


def _say(capsys: pytest.CaptureFixture[str], text: str) -> None:
    with capsys.disabled():
        print(text)


def _page(run: Run) -> str:
    minutes = (time.monotonic() - run.started) / 60
    rows = [f"| {name} | {run.answered[name]} |" for name in sorted(run.answered)]
    elements = [
        f"| {group} | `{name}` | {run.used[name]} |"
        for group, names in ELEMENTS.items()
        for name in names
    ]
    return f"""# {len(run.asked):,} generated filters, asked of this server and of PocketBase

This server had its rows in {KIND}.
Written by `tox -e long -- tests/conformance/test_generated.py`
on {time.strftime("%Y-%m-%d", time.gmtime())}, seed {run.seed}, in {minutes:.1f} minutes.
Filters are drawn from the grammar over the fields, JSON and relations of the six lists, asked as
Alice, Bob and a guest. Both servers gave the same status and the same ids, in the same order where
the request had a sort. Differences: 0.

| | |
| --- | ---: |
| different requests | {len(run.asked)} |
| found some rows and not all | {run.telling:.0%} |
{chr(10).join(rows)}

| | element | occurred |
| --- | --- | ---: |
{chr(10).join(elements)}
"""
