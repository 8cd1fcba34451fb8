"""Worlds for the tests: a real server with the demo shop and two users, and a database of one's own."""

import gc
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from peewee import Database

from bai_wx.database.connection import connect, disconnect
from bai_wx.files.store import FileStore
from bai_wx.record import data_keys
from tests import databases, partitions
from tests.browser import launched
from tests.conformance.summary import summarize
from tests.databases import migrated_address, new_address
from tests.running import Client, Server
from tests.s3 import CREDENTIALS, S3

if TYPE_CHECKING:  # it is an extra
    from playwright.sync_api import Browser

SLOW_FIRST = (
    "failover/test_patroni.py",
    "failover/test_failover.py",
    "contract/test_schemathesis.py",
    "cli/test_contributing.py",
    "stories/test_kill.py",
    "console/test_authorization.py",
    "console/browser/test_pages.py",
    "faults/test_gone.py",
    "miniprogram/test_suites.py",
    "example/",
    "api/test_replicas.py",
    "release/test_distributions.py",
    "deploy/test_image.py",
    "docs/test_readme.py",
    "console/browser/",
    "faults/test_start_refused.py",
    "faults/test_signals.py",
    "takeover/",
    "cli/test_data.py",
    "cli/test_tables.py",
    "cli/test_shop.py",
    "faults/test_wire.py",
    "faults/test_slow.py",
    "faults/test_wire_bounds.py",
    "faults/test_transfers.py",
    "test_regexes.py",
    "api/test_restart.py",
    "api/test_transport.py",
    "conformance/test_table.py",
    "conformance/test_generated.py",
    "stories/test_soak.py",
    "replay/test_replay.py",
    "docs/test_hooks_as_handlers.py",
    "pages/test_in_browser.py",
    "stories/",
    "sdk/",
    "api/test_attacks.py",
)
"""Files that take long or wait much, the longest first: begun last, one would keep the others' end waiting."""
TOLD = (
    "tests/stories/",
    "tests/drills/",
    "tests/failover/",
    "tests/contract/",
    "tests/sdk/",
    "tests/pages/",
    "tests/miniprogram/",
)
"""Whose prints are worth reading when all is well."""

COSTLY = "tests/console/browser/"
"""Whose files' seconds are worth knowing: CI has three minutes for them."""

NEED_NODE = ("sdk", "miniprogram", "example")
"""Folders that are run when they are named (`tox -e sdk`, `tox -e clients`, CI)."""

COLLECTED = pytest.StashKey[set[str]]()
"""The ids of all tests that were collected, before `-m` and `-k` chose among them."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the folders out that need Node, unless they are named."""
    here = Path(__file__).parent
    if collection_path not in [here / name for name in NEED_NODE]:
        return None
    named = (config.invocation_params.dir / arg.partition("::")[0] for arg in config.args)
    return None if any(collection_path in (path, *path.parents) for path in named) else True


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Collect no garbage while tests are collected, nor later among what they are made of.

    Every process collects all of them, and looking through them again and again took a third of that time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the slow files; `--no-loadscope-reorder` keeps the order among several processes."""
    config.stash[COLLECTED] = {item.nodeid for item in items}
    if databases.IS_PARTITIONED:
        _expect_failures(items)
    items.sort(key=_turn)


def _expect_failures(items: list[pytest.Item]) -> None:
    """Each test that only whole tables can pass must fail on its assertion."""
    for item in items:
        if reason := partitions.UNIQUE_AMONG_ALL.get(item.nodeid):
            item.add_marker(pytest.mark.xfail(reason=reason, raises=AssertionError, strict=True))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Encrypt with the tests' own key, whatever home a command of the test before had."""
    data_keys.use(databases.data_keys)


def _turn(item: pytest.Item) -> int:
    name = item.nodeid.removeprefix("tests/")
    found = (n for n, slow in enumerate(SLOW_FIRST) if name.startswith(slow))
    return next(found, len(SLOW_FIRST))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how the conformance went, and what the stories lost: several processes print nothing."""
    summarize(terminalreporter)
    _tell_costs(terminalreporter)
    for report in terminalreporter.getreports("passed"):
        if report.nodeid.startswith(TOLD) and report.when == "call" and report.capstdout:
            terminalreporter.section(report.nodeid)
            terminalreporter.write(report.capstdout)


def _tell_costs(reporter: pytest.TerminalReporter) -> None:
    """Print what each file of the browser's tests cost, its part of the start included."""
    costs: Counter[str] = Counter()
    for report in chain.from_iterable(reporter.stats.values()):
        if isinstance(report, pytest.TestReport) and report.nodeid.startswith(COSTLY):
            costs[report.nodeid.partition("::")[0]] += report.duration
    for file, seconds in costs.most_common():
        reporter.write_line(f"{file}: {seconds:.0f} s")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that do not change it for others."""
    with Server(tmp_path_factory.mktemp("server") / "home") as running:
        yield running


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[Database]:
    """A database without a table."""
    database = connect(new_address(tmp_path))
    yield database
    disconnect()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database with every table and no row."""
    database = connect(migrated_address(tmp_path))
    yield database
    disconnect()


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    """One S3 for all tests that leave it running."""
    with S3() as running:
        yield running


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    """An empty store: a folder, and a place in S3 of the test's own."""
    if request.param == "folder":
        return FileStore.at(str(tmp_path / "files"))
    environment = request.getfixturevalue("monkeypatch")
    for name, value in CREDENTIALS.items():
        environment.setenv(name, value)
    s3: S3 = request.getfixturevalue("s3")
    return FileStore.at(f"s3://{s3.bucket}/{tmp_path.name}", s3.endpoint)


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """A browser for the module's tests, `tests/browser.py` says why no longer."""
    with launched() as browser:
        yield browser


@pytest.fixture
def guest(server: Server) -> Client:
    """Somebody without a token."""
    return Client(server.url)


@pytest.fixture(scope="module")
def alice(server: Server, request: pytest.FixtureRequest) -> Client:
    """A user of the module's own, so that modules do not share carts."""
    return Client(server.url).login(f"alice-{request.module.__name__.rpartition('.')[2]}")


@pytest.fixture(scope="module")
def bob(server: Server, request: pytest.FixtureRequest) -> Client:
    """Another user of the module's own."""
    return Client(server.url).login(f"bob-{request.module.__name__.rpartition('.')[2]}")
