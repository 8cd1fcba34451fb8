"""A request to both servers, and what differs between their answers."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Final
from urllib.parse import urlencode

from urllib3.filepost import encode_multipart_formdata

from tests.conformance.own import own_number, own_openid, own_rows
from tests.conformance.peer import Pair, known_users
from tests.conformance.rows import Row, product
from tests.row_ids import record_id
from tests.running import Answer

MAY_DIFFER: Final = frozenset(
    {
        *("id", "created", "updated", "company_id"),
        *("cart_id", "cart_number", "cart_create"),
        *("order_id", "order_number", "order_create"),
        "token",
    }
)
"""What each server makes on its own in a write: compared by presence and type. A read differs in
nothing."""

READS: Final = ("GET", "HEAD", "OPTIONS")
GUEST, OWN = "guest", "own"
BOUNDARY: Final = "conformance"
JSON_TYPE: Final = {"Content-Type": "application/json"}
CART: Final = {
    "cart_owner": "{openid}",
    "cart_product_id": product(0),
    "cart_product_quantity": 1,
}
"""The body of a cart line that both servers create for the case's own user."""

ORDER: Final = {
    "order_owner": "{openid}",
    "order_source": "product",
    "order_snap": {"items": [{"prod_list_id": f"P-{product(1)}", "quantity": 2}]},
}
"""The same of an order."""

_USERS: Final = known_users()

Part = str | tuple[str, bytes, str]
"""A part of a multipart form: a text, or a file's name, bytes and media type."""


@dataclass(frozen=True)
class Case:
    """One request to both servers.

    `path` begins below `/pb/api` and `/api`. `query` is encoded when it is a mapping (or pairs) and
    sent as it is when it is a text. At most one of `json`, `body` (raw; name a Content-Type), `form`
    and `multipart` is given; `json=None` is no body. `user` is `guest`, a name of `rows.USERS`, or
    `own`: a user that is this case's alone, as a case that writes should have. `own` lists the rows
    that are the case's alone: values by collection, the others set as the collection's rows usually
    have them, the owner being the case's user. In path, query, headers and bodies `{openid}` stands
    for that user's openid and `{tbl_cart}` for the id of its row there. `headers_too` names answer
    headers to be compared beside the media type. In a header `{token}` is the user's token,
    `{expired}` one that was theirs and `{endless}` one without `exp`. In a query `{file of alice}` is a
    file token of hers and `{auth of alice}` her token.
    """

    name: str
    path: str
    method: str = "GET"
    query: Mapping[str, Any] | list[tuple[str, Any]] | str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    user: str = GUEST
    json: Any = None
    body: bytes | None = None
    form: Mapping[str, Any] | list[tuple[str, Any]] | None = None
    multipart: list[tuple[str, Part]] | None = None
    own: Mapping[str, Row] = field(default_factory=dict)
    headers_too: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether it may change rows; such cases run after all others."""
        return self.method not in READS


def listed(name: str, collection: str, user: str = GUEST, **query: Any) -> Case:
    """A list of a collection (`product_list` is `tbl_product_list`) with these query parameters."""
    return Case(name, records(collection), query=query, user=user)


def filtered(collection: str, filters: Mapping[str, str], user: str = GUEST) -> list[Case]:
    """Whole lists, a case a filter; `filters` names them."""
    return [
        listed(name, collection, user, filter=text, perPage=200) for name, text in filters.items()
    ]


def created(name: str, collection: str, body: Any, **more: Any) -> Case:
    """A create by the case's own user."""
    return Case(name, records(collection), "POST", user=OWN, json=body, **more)


def updated(name: str, collection: str, row: Row, body: Any, **more: Any) -> Case:
    """An update of the case's own row, which holds the values of `row`."""
    table = f"tbl_{collection}"
    path = f"{records(collection)}/{{{table}}}"
    return Case(name, path, "PATCH", user=OWN, json=body, own={table: row}, **more)


def records(collection: str) -> str:
    """The path of a collection's records."""
    return f"/collections/tbl_{collection}/records"


def ask(pair: Pair, case: Case) -> tuple[Answer, Answer]:
    """Send the case to both servers. Returns: our answer, PocketBase's."""
    path, query = _filled(case, case.path), _filled(case, _query(case.query))
    headers, body = _body(case)
    headers |= _tokens(pair, case)
    query = _NAMED_TOKEN.sub(lambda found: _named_token(pair, *found.groups()), query)
    target = f"{path}?{query}" if query else path
    content = _filled(case, body.decode("latin-1")).encode("latin-1")
    return pair.ask(case.method, target, headers=headers, body=content)


_NAMED_TOKEN: Final = re.compile(r"\{(file|auth) of (\w+)\}")


def _named_token(pair: Pair, kind: str, name: str) -> str:
    return (pair.file_token if kind == "file" else pair.token)(_USERS[name])


def _tokens(pair: Pair, case: Case) -> dict[str, str]:
    """The case's headers, the user's token in its place; a guest has none."""
    if case.user == GUEST:
        return {name: _filled(case, value) for name, value in case.headers.items()}
    own = case.user == OWN
    row = own_rows(case.name, {})["tbl_auth_users"][0] if own else _USERS[case.user]
    texts = {
        "{token}": pair.token(row),
        "{expired}": pair.token(row, lifetime_s=-60),
        "{endless}": pair.endless_token(row),
    }
    given = {"Authorization": "{token}", **case.headers}
    return {
        name: _filled(case, reduce(lambda text, each: text.replace(*each), texts.items(), value))
        for name, value in given.items()
    }


def differences(case: Case, ours: Answer, theirs: Answer) -> list[str]:
    """What differs, a line each; nothing when the answers are equal."""
    found = [
        f"{name}: ours {a!r}, theirs {b!r}"
        for name, a, b in (
            ("status", ours.status, theirs.status),
            ("media type", media_type(ours), media_type(theirs)),
            *((name, ours.headers[name], theirs.headers[name]) for name in case.headers_too),
        )
        if a != b
    ]
    if media_type(ours) == media_type(theirs) == "application/json" and ours.body and theirs.body:
        free = MAY_DIFFER if case.writes else frozenset[str]()
        a, b = _in_order(case, ours.json()), _in_order(case, theirs.json())
        return found + list(_unequal("", a, b, free))
    if ours.body != theirs.body:
        found.append(f"body: ours {ours.body[:200]!r}, theirs {theirs.body[:200]!r}")
    return found


def _in_order(case: Case, value: Any) -> Any:
    """A whole list by id where no sort was asked for: nobody promises an order then."""
    items = value.get("items") if isinstance(value, dict) else None
    if not items or "sort=" in _query(case.query) or value.get("totalItems") != len(items):
        return value
    if not all(isinstance(row, dict) and "id" in row for row in items):
        return value
    return {**value, "items": sorted(items, key=lambda row: str(row["id"]))}


def media_type(answer: Answer) -> str:
    """The answer's media type, without its parameters."""
    return str(answer.headers["Content-Type"] or "").partition(";")[0].strip()


def _unequal(place: str, ours: Any, theirs: Any, free: frozenset[str]) -> Iterator[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted(ours.keys() | theirs.keys()):
            inside = f"{place}.{name}"
            if name not in ours or name not in theirs:
                missing, value = ("ours", theirs) if name not in ours else ("theirs", ours)
                yield f"{inside}: {missing} has none, the other {value[name]!r}"
            elif name in free and _alike(ours[name], theirs[name]):
                continue
            else:
                yield from _unequal(inside, ours[name], theirs[name], free)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            yield from _unequal(f"{place}[{number}]", a, b, free)
    elif _kind(ours) != _kind(theirs) or ours != theirs:
        yield f"{place}: ours {_short(ours)}, theirs {_short(theirs)}"


def _alike(ours: Any, theirs: Any) -> bool:
    """Whether two values a server made are of one type, and set or unset both."""
    return _kind(ours) == _kind(theirs) and bool(ours) == bool(theirs)


def _kind(value: Any) -> type:
    """A value's JSON type: 1 and 1.0 are the same, 1 and true are not."""
    return float if type(value) is int else type(value)


def _short(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict) and "id" in value[0]:
        return f"{len(value)} rows {[row.get('id') for row in value]}"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 300 else f"{text[:300]}…"


def _filled(case: Case, text: str) -> str:
    """Put the case's own openid and ids in their places."""
    if "{" not in text:
        return text
    text = text.replace("{openid}", own_openid(case.name))
    for collection in case.own:
        text = text.replace(f"{{{collection}}}", record_id(collection, own_number(case.name)))
    return text


def _query(query: Any) -> str:
    return query if isinstance(query, str) else urlencode(query, safe="{}")


def _body(case: Case) -> tuple[dict[str, str], bytes]:
    """The headers that go with the body, and the body."""
    if case.json is not None:
        content = json.dumps(case.json, ensure_ascii=False).encode()
        return dict(JSON_TYPE), content
    if case.form is not None:
        kind = "application/x-www-form-urlencoded"
        return {"Content-Type": kind}, urlencode(case.form, safe="{}", doseq=True).encode()
    if case.multipart is not None:
        content, kind = encode_multipart_formdata(case.multipart, boundary=BOUNDARY)
        return {"Content-Type": kind}, content
    return {}, case.body or b""
