"""The servers that requests are recorded and played on."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests import databases
from tests.replay import dataset
from tests.running import Server

SQLITE, POSTGRES = "sqlite", "postgresql"
MAIN, LIMITED, FOREIGN = "requests", "limits", "origins"
PARTS: Final[dict[str, dict[str, str]]] = {
    MAIN: {},
    LIMITED: {"BAI_WX_LIMITS": "40/1 hour"},
    FOREIGN: {"BAI_WX_CORS_ORIGINS": "https://shop.example,https://admin.shop.example"},
}
"""Each part of a recording by its name: a server of its own, with these settings."""


@contextmanager
def database_of(kind: str) -> Iterator[str]:
    """An address for a part's server: nothing for SQLite, whose file lies in the home."""
    if kind == SQLITE:
        yield ""
    elif databases.IS_POSTGRES:  # the tests' own server runs already
        yield databases.new_address(Path())
    else:
        cluster = databases.Cluster(durable=False)
        try:
            yield cluster.address
        finally:
            cluster.remove()


@contextmanager
def serving(part: str, kind: str) -> Iterator[Server]:
    """A server of this part on a database of this kind, with the rows and files of `dataset`."""
    with tempfile.TemporaryDirectory(prefix="bai-wx-replay-") as folder, database_of(kind) as url:
        home = Path(folder) / "home"
        url = url or f"sqlite:///{home}/bai-wx.db"
        settings = {"BAI_WX_SECRET": dataset.SECRET, "BAI_WX_DATABASE": url, **PARTS[part]}
        server = Server(home, **settings)
        home.mkdir()
        dataset.write_files(home)
        server.take(dataset.rows())
        with server:
            yield server
