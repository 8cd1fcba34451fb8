"""Faults found by attack: every case speaks to a socket or a command, so it asks an older server too.

`BAI_WX_TEST_SERVER` names the `bai-wx` of another installation. The id of each case begins with the id
of its fault (`A1-upgrade-with-body`); `tests/faults/report.py` lists what both installations said.
"""

from collections.abc import Callable, Iterator

import pytest

from tests.faults.catalogue import PRODUCTS, names, row
from tests.running import Client, Server

Said = Callable[[object], None]
"""Notes what the server answered, in a few words for the report."""


@pytest.fixture
def said(record_property: Callable[[str, object], None]) -> Said:
    """Call it with what was answered, before it is asserted."""
    return lambda answer: record_property("said", str(answer)[:300])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the module's own: an attack may leave it slow."""
    with Server(tmp_path_factory.mktemp("faults") / "home") as running:
        yield running


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two workers, and a shop of few products."""
    with Server(tmp_path_factory.mktemp("cart") / "home", workers=2) as server:
        server.take({"tbl_product_list": map(row, range(PRODUCTS))})
        yield server


@pytest.fixture
def buyer(shop: Server) -> Client:
    """Somebody who has never been here."""
    return Client(shop.url).login(next(names))
