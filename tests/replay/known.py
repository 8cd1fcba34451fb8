"""What the answers so far have told: whom requests can come from, and what they can be about."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from tests.replay import dataset
from tests.replay.dataset import USERS
from tests.replay.wire import Answer, Request
from tests.row_ids import BUSINESS_IDS

GUEST: Final = "guest"
LOGINS: Final = ("frank", "grace", "heidi", "ivan", "王小明")
"""Who comes to be by logging in."""
UNKNOWN_ID, UNKNOWN_CODE = "nosuchrecord000", "CART-00000000000000000000000000"
RECENT: Final = 40
SETTLED: Final = ("ordered", "confirmed", "completed", "cancelled", "off_sale", "invalid")
TOKENS: Final = {name: dataset.token(name) for name in USERS}


@dataclass(frozen=True)
class Thing:
    """A row: its record id and its business id."""

    id: str
    code: str


@dataclass(frozen=True)
class File:
    """A stored file: its address, its last ETag or its thumbnail's, and its own date."""

    target: str
    etag: str = ""
    date: str = ""


@dataclass
class Rows:
    """The rows of one collection by who knows them, those that can still be changed last."""

    key: str
    """The field that holds their business id."""
    known: dict[str, list[Thing]]

    def one_of(self, draw: Random, who: str) -> Thing:
        """Mostly a recent one of one's own, now and then an older one or somebody else's."""
        own = self.known.get(who) or [Thing(UNKNOWN_ID, UNKNOWN_CODE)]
        way = draw.random()
        if way < 0.72:
            return draw.choice(own[-8:])
        if way < 0.94:
            return draw.choice(own)
        return draw.choice([thing for found in self.known.values() for thing in found])

    def learn(self, who: str, row: dict[str, Any]) -> None:
        """Remember a row; one that was deleted goes behind those that are there."""
        code = row.get(self.key)
        name = row.get("pb_id") or row.get("id")
        if row.get("is_delete") == 1:
            self.retire(who, code)
        elif isinstance(name, str) and isinstance(code, str) and len(name) > 3:
            things = self.known.setdefault(who, [])
            if Thing(name, code) not in things:
                things.append(Thing(name, code))
            del things[:-RECENT]
            if row.get(self.key.replace("_id", "_status")) in SETTLED:
                self.retire(who, code)

    def retire(self, who: str, name: Any) -> None:
        """Let a row be the last that is asked for, by either of its ids."""
        things = self.known.get(who, [])
        gone = [thing for thing in things if name in (thing.id, thing.code)]
        things[:] = [*gone, *(thing for thing in things if thing not in gone)]


@dataclass
class Known:
    """Rows by who knows them, files by their address, tokens by name."""

    tokens: dict[str, str] = field(default_factory=lambda: dict(TOKENS))
    files: dict[str, File] = field(default_factory=dict)
    keyed: list[Request] = field(default_factory=list)
    """Creates with an Idempotency-Key, to be sent again."""
    sent: int = 0
    _askers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._askers |= {token: name for name, token in self.tokens.items()}
        self.lines = Rows("cart_id", _imported("tbl_cart", "cart_owner"))
        self.orders = Rows("order_id", _imported("tbl_order", "order_owner"))
        self.companies = Rows("company_id", _imported("tbl_company", "company_owner_openid"))
        self.attachments = Rows("attachments_id", _imported("tbl_attachments", ""))
        for n in filter(dataset.link, range(dataset.ATTACHMENTS)):
            target = f"/pb/api/files/tbl_attachments/{dataset.attachment(n)}/{dataset.link(n)}"
            self.files[target] = File(target)

    def who(self, draw: Random) -> str:
        """Somebody who may ask: mostly Alice, Bob or one who logged in."""
        new = [name for name in self.tokens if name not in USERS]
        return draw.choice(("alice",) * 6 + ("bob",) * 3 + ("carol", "erin", *new))

    def anybody(self, draw: Random) -> str:
        """Anybody: now and then a guest or one whose account is disabled."""
        way = draw.random()
        return GUEST if way < 0.05 else "dave" if way < 0.07 else self.who(draw)

    def holder(self, draw: Random, rows: Rows) -> str:
        """Anybody who has some of these rows, or may have none at all."""
        who = self.anybody(draw)
        has_none = who not in (GUEST, "dave") and not rows.known.get(who)
        return "alice" if has_none else who

    def openid(self, who: str) -> str:
        """The openid of somebody: who logged in is known by it."""
        return USERS.get(who, who)

    def learn(self, request: Request, answer: Answer) -> None:
        """Remember what an answer tells."""
        self.sent += 1
        if request.target.startswith("/pb/api/files/") and answer.status == 200:
            self._learn_file(request.target, answer)
        if request.says("idempotency-key"):
            self.keyed = [*self.keyed, request][-RECENT:]
        if answer.status == 200 and answer.header("content-type") == "application/json":
            self._learn_rows(request, json.loads(answer.body or b"null"))
        if answer.status in (200, 204) and request.method in ("DELETE", "POST"):
            self._retire(self._asker(request), request)

    def _learn_file(self, asked: str, answer: Answer) -> None:
        target = asked.partition("?")[0]
        before = self.files.get(target, File(target))
        date = before.date if "thumb=" in asked else answer.header("last-modified")
        self.files[target] = File(target, answer.header("etag"), date)

    def _asker(self, request: Request) -> str:
        given = next((v for name, v in request.headers if name == "Authorization"), "")
        return self._askers.get(given.rpartition(" ")[2], GUEST)

    def _learn_rows(self, request: Request, found: Any) -> None:
        who = self._asker(request)
        # Companies are everybody's to see, and their creators' to change.
        learning = [self.lines, self.orders, self.attachments]
        learning += [self.companies] if request.method == "POST" else []
        for row in _objects(found):
            if isinstance(row.get("token"), str) and isinstance(row.get("user"), dict):
                self.tokens[row["user"]["openid"]] = row["token"]
                self._askers[row["token"]] = row["user"]["openid"]
            for rows in learning:
                if rows.key in row and "users_id" not in row:
                    rows.learn(who, row)
            if (link := row.get("attachments_link")) and isinstance(row.get("id"), str):
                target = f"/pb/api/files/tbl_attachments/{row['id']}/{link}"
                self.files.setdefault(target, File(target))

    def _retire(self, who: str, request: Request) -> None:
        """Rows that a request deleted or ordered."""
        if request.target.endswith("order/create"):
            for name in re.findall(rb"CART-\w+|~code\d+~", request.body):
                self.lines.retire(who, name.decode())
        if request.method == "DELETE" or request.says("x-http-method-override"):
            name = request.target.rpartition("/")[2]
            self.lines.retire(who, name)
            self.orders.retire(who, name)


def _imported(collection: str, owner: str) -> dict[str, list[Thing]]:
    """The imported rows by who owns them; of a collection without owners Alice knows all."""
    names = {openid: name for name, openid in USERS.items()}
    nobody = "nobody" if owner else "alice"
    found: dict[str, list[Thing]] = {}
    rows = dataset.rows()[collection]
    for row in sorted(rows, key=lambda row: not _is_settled(row)):
        thing = Thing(row["id"], row[BUSINESS_IDS[collection][0]])
        found.setdefault(names.get(row.get(owner, ""), nobody), []).append(thing)
    return found


def _is_settled(row: dict[str, Any]) -> bool:
    """Whether a row is deleted, or in a state that cannot be changed."""
    states = (value for name, value in row.items() if name.endswith("_status"))
    return row["is_delete"] == 1 or any(state in SETTLED for state in states)


def _objects(found: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON value."""
    if isinstance(found, dict):
        yield found
    inner = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    for value in inner:
        yield from _objects(value)
