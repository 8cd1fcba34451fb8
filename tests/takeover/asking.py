"""Asks a server for every list and every row of the collections it answers, as guests and owners do."""

import http.client
import json
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.takeover.making import Token

PUBLIC = ("tbl_company", "tbl_attachments", "tbl_product_list", "tbl_document", "tbl_system_dict")
OWNED = ("tbl_cart", "tbl_order")
PAGE = 500
TIMEOUT_S = 60


@dataclass
class Asked:
    """What was asked, and what was not answered with 200."""

    lists: int = 0
    rows: int = 0
    wrong: list[str] = field(default_factory=list)


class Asker:
    """Asks over a few kept connections at once."""

    def __init__(self, url: str, connections: int = 4) -> None:
        parts = urlsplit(url)
        self._address = (str(parts.hostname), parts.port or 80)
        self._own = threading.local()
        self._connections: list[http.client.HTTPConnection] = []
        self._pool = ThreadPoolExecutor(connections)

    def ask(self, method: str, path: str, token: str = "", body: Any = None) -> tuple[int, Any]:
        """Ask below `/pb/api`. Returns: status and parsed body."""
        connection = getattr(self._own, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(*self._address, timeout=TIMEOUT_S)
            self._own.connection = connection
            self._connections.append(connection)
        headers = {"Authorization": token} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        text = None if body is None else json.dumps(body)
        try:
            connection.request(method, f"/pb/api{path}", text, headers)
            answer = connection.getresponse()
        except ConnectionError:  # it was idle for longer than the server keeps one
            connection.close()
            connection.request(method, f"/pb/api{path}", text, headers)
            answer = connection.getresponse()
        raw = answer.read()
        return answer.status, json.loads(raw) if raw else None

    def statuses(self, asked: Iterable[tuple[str, str]]) -> Iterator[tuple[str, int]]:
        """GET many paths, each with a token. Returns: each path with its status."""

        def status(one: tuple[str, str]) -> tuple[str, int]:
            path, token = one
            return path, self.ask("GET", path, token)[0]

        return self._pool.map(status, asked)

    def details(
        self, path: str, token: str, bodies: Iterable[dict[str, str]]
    ) -> Iterator[tuple[dict[str, str], int]]:
        """POST many bodies to a path. Returns: each body with its status."""

        def status(body: dict[str, str]) -> tuple[dict[str, str], int]:
            return body, self.ask("POST", path, token, body)[0]

        return self._pool.map(status, bodies)

    def close(self) -> None:
        """Close the connections."""
        self._pool.shutdown()
        for connection in self._connections:
            connection.close()


def ask_for_all(url: str, tokens: Iterable[Token]) -> Asked:
    """Ask for every page of every list and for every row in it: guests' first, then each owner's own."""
    asker, found = Asker(url), Asked()
    owners = {token.openid: token.text for token in tokens}
    try:
        for collection in PUBLIC:
            _walk(asker, collection, "", found)
        for token in owners.values():
            for collection in OWNED:
                _walk(asker, collection, token, found)
            for hook in ("cart", "order"):
                _walk_hook(asker, hook, token, found)
    finally:
        asker.close()
    return found


def _walk(asker: Asker, collection: str, token: str, found: Asked) -> None:
    """A native list, page by page, and the view of each of its rows."""
    path = f"/collections/{collection}/records"
    page, ids = 1, []
    while True:
        status, body = asker.ask("GET", f"{path}?perPage={PAGE}&page={page}", token)
        found.lists += 1
        if status != 200:
            found.wrong.append(f"{path} page {page}: {status} {body}")
            return
        ids += [row["id"] for row in body["items"]]
        if page >= body["totalPages"]:
            break
        page += 1
    if len(ids) != body["totalItems"]:
        found.wrong.append(f"{path}: {len(ids)} rows, and it says {body['totalItems']}")
    for each, status in asker.statuses((f"{path}/{row}", token) for row in ids):
        found.rows += 1
        if status != 200:
            found.wrong.append(f"{each}: {status}")


def _walk_hook(asker: Asker, hook: str, token: str, found: Asked) -> None:
    """A hook's list, and the detail of each of its rows."""
    status, body = asker.ask("POST", f"/{hook}/list", token, {})
    found.lists += 1
    if status != 200:
        found.wrong.append(f"/{hook}/list: {status} {body}")
        return
    key = f"{hook}_id"
    named = [{key: row[key]} for row in body["items"]]
    for each, status in asker.details(f"/{hook}/detail", token, named):
        found.rows += 1
        if status != 200:
            found.wrong.append(f"/{hook}/detail {each}: {status}")
