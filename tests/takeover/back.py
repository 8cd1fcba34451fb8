"""The way back and forth: our data as a `pb_data`, served by the real PocketBase, and taken over again."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.pocketbase_versions import NEWEST, PocketBase
from tests.running import Server
from tests.takeover.asking import Asker
from tests.takeover.making import Token
from tests.takeover.moving import Rows, contents, files, take_over
from tests.takeover.shapes import USERS

PAGE = 500


@dataclass
class RoundTrip:
    """What was compared, and what was not alike."""

    rows: int = 0
    files: int = 0
    tokens: int = 0
    wrong: list[str] = field(default_factory=list)


def refreshed(url: str, tokens: Iterable[Token]) -> list[Token]:
    """Exchange tokens of PocketBase for ours, as a client does that refreshes. Every one must be taken.

    Those of an impersonation are left out: they cannot be refreshed, there as here.
    """
    asker = Asker(url)
    ours: dict[str, Token] = {}
    try:
        for token in (each for each in tokens if each.how != "impersonate"):
            status, body = asker.ask("POST", "/system/refresh-token", token.text, {})
            assert status == 200, (token.how, token.openid, status, body)
            ours[token.openid] = Token("ours", token.openid, body["token"])
    finally:
        asker.close()
    return list(ours.values())


def there_and_back(server: Server, ours: list[Token], folder: Path) -> RoundTrip:
    """Export a home, serve it with PocketBase, take it over into another home, and compare.

    Args: `ours` are tokens that the home signed. `folder` is an empty one of the caller's.
    """
    found = RoundTrip()
    pocketbase = PocketBase(NEWEST, folder / "there")
    server.command("export", "--pocketbase", "--plain-private", str(pocketbase.pb_data))
    before = contents(server)
    pocketbase.add_superuser()
    with pocketbase.running():
        _compare_rows(pocketbase, before, found)
        _compare_files(pocketbase, server, found)
        _try_tokens(pocketbase, ours, found)
    again = Server(folder / "again" / "home")
    again.home.parent.mkdir()
    take_over(again, pocketbase.pb_data)
    found.wrong += differences(before, contents(again))
    if files(server) != files(again):
        found.wrong.append("the files are not alike")
    with again:
        asker = Asker(again.url)
        for token in ours:
            status, body = asker.ask("POST", "/cart/list", token.text, {})
            if status != 200:
                found.wrong.append(f"here again: {token.openid} {status} {body}")
        asker.close()
    return found


def _compare_rows(pocketbase: PocketBase, before: Rows, found: RoundTrip) -> None:
    """PocketBase lists every row to its superuser, deleted ones too."""
    token = pocketbase.superuser_token()
    for collection, rows in before.items():
        path = f"/api/collections/{collection}/records?perPage={PAGE}&skipTotal=1&fields=id&sort=@rowid"
        listed: list[str] = []
        for page in range(1, len(rows) // PAGE + 2):
            items = pocketbase.ask("GET", f"{path}&page={page}", None, token)["items"]
            listed += [each["id"] for each in items]
        found.rows += len(listed)
        if sorted(listed) != sorted(row["id"] for row in rows):
            found.wrong.append(f"{collection}: {len(listed)} rows there, {len(rows)} here")


def _compare_files(pocketbase: PocketBase, server: Server, found: RoundTrip) -> None:
    """PocketBase serves every file, byte for byte."""
    token = pocketbase.superuser_token()
    ticket = pocketbase.ask("POST", "/api/files/token", {}, token)["token"]
    for path, md5 in files(server).items():
        status, data = pocketbase.send("GET", f"/api/files/{quote(path)}?token={ticket}")
        found.files += 1
        if status != 200 or hashlib.md5(data, usedforsecurity=False).hexdigest() != md5:
            found.wrong.append(f"the file {path} there: {status}")


def _try_tokens(pocketbase: PocketBase, ours: list[Token], found: RoundTrip) -> None:
    for token in ours:
        path = f"/api/collections/{USERS}/auth-refresh"
        status, body = pocketbase.send("POST", path, {}, token.text)
        found.tokens += 1
        if status != 200:
            found.wrong.append(f"there: {token.openid} {status} {body.decode()}")


def differences(one: Rows, other: Rows, most: int = 20) -> list[str]:
    """What two homes do not have alike: rows by id, their order, their values."""
    wrong = []
    for collection, rows in one.items():
        here, there = _by_id(rows), _by_id(other[collection])
        if list(here) != list(there):
            lost, more = here.keys() - there.keys(), there.keys() - here.keys()
            order = "" if lost or more else ", in another order"
            wrong.append(f"{collection}: lost {len(lost)}, more {len(more)}{order}")
        for record_id in here.keys() & there.keys():
            for name, value in here[record_id].items():
                if value != there[record_id][name]:
                    known = f"{value!r:.80} became {there[record_id][name]!r:.80}"
                    wrong.append(f"{collection} {record_id} {name}: {known}")
    return wrong[:most]


def _by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in rows}
