"""An honest client beside hostile connections is answered, and no worker grows without bound.

`bench/slow` times the same with more connections and for longer.
"""

from collections.abc import Iterator

import pytest

from bench.honest import beside, fill
from tests.arenas import arenas
from tests.faults.conftest import Said
from tests.running import Server

CONNECTIONS, SECONDS = 24, 2.0
MOST_MIB = 300  # of a worker: twice what was measured


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two workers, and enough rows that a hostile list is work."""
    with Server(tmp_path_factory.mktemp("slow") / "home", workers=2) as running:
        fill(running, documents=100, products=2_000)
        yield running


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("silent", id="A8-silent connections"),
        pytest.param("half_head", id="A8-heads that never end"),
        pytest.param("dripping_body", id="C4-bodies that drip"),
        pytest.param("endless_trailers", id="A6-trailers without end"),
        pytest.param("upgrade_offer", id="A1-offers to upgrade"),
        pytest.param("file_reader", id="A5-files that nobody reads"),
        pytest.param("list_reader", id="A14-lists that nobody reads"),
        pytest.param("thumbnail", id="A9-pictures of many scans"),
        pytest.param("spaces_in_media_type", id="A3-spaces in a media type"),
        pytest.param("empty_items", id="A4-orders of empty items"),
        pytest.param("excerpts", id="A10-long excerpts"),
        pytest.param("expensive_filter", id="A13-expensive filters"),
        pytest.param("slow_login", id="A15-logins that wait for WeChat"),
    ],
)
def test_an_honest_client_is_served_beside(kind: str, server: Server, said: Said) -> None:
    """Every request of it is answered, and the workers stay small."""
    found = beside(server, kind, CONNECTIONS, SECONDS)
    said(f"{len(found.ms)} requests, {found.refused} refused, {found.worker_mib:.0f} MiB")
    assert found.ms
    assert found.refused == 0
    assert found.worker_mib < MOST_MIB


def test_the_threads_of_a_worker_share_what_one_of_them_freed(server: Server, said: Said) -> None:
    """What an attack took is there for the next request, whichever thread it runs in."""
    beside(server, "list_reader", CONNECTIONS, SECONDS / 4)
    _stand_in, *workers = server.workers()  # of the demo shop; it is started first
    found = [arenas(pid) for pid in workers]
    said(f"{found} arenas beside the first")
    assert max(found) <= 1
