"""Who may ask for what: a line for each route, action and collection, a column for each standing.

`test_authorization.py` asks for every cell, and compares the lines with the application's own routes.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from bai_wx.console.roles import PERMISSIONS, Permission, Role
from tests.console.shop import LONG_AGO


class Standing(StrEnum):
    """Who asks."""

    NOBODY = "no session"
    EXPIRED = "expired session"
    API_TOKEN = "token of the API"
    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"
    ELSEWHERE = "admin from another origin"


ROLES: Final = {
    Standing.VIEWER: Role.VIEWER,
    Standing.EDITOR: Role.EDITOR,
    Standing.ADMIN: Role.ADMIN,
    Standing.ELSEWHERE: Role.ADMIN,
}


class Level(StrEnum):
    """Whom a line is for."""

    EVERYBODY = "everybody"
    VIEW = "view"
    EDIT = "edit"
    REVEAL = "reveal"
    ADMINISTER = "administer"
    NOBODY = "nobody"

    def admits(self, standing: Standing) -> bool:
        """Whether a request of this standing is for this line, wherever it comes from."""
        if self is Level.EVERYBODY:
            return True
        role = ROLES.get(standing)
        return (
            role is not None and self is not Level.NOBODY and Permission(self) in PERMISSIONS[role]
        )


class Line(NamedTuple):
    """A request: the route's path, the method, whom it is for, and what who may gets.

    The request changes nothing even where it is let in: it names no row, or an old state of one. `{key}` is
    the collection, and whatever else stands in braces a row of it. `inside` is what a session gets, where
    that is something else; `ends` says that the request ends it.
    """

    path: str
    method: str
    level: Level
    status: int = 200
    query: Mapping[str, str] = {}
    form: Mapping[str, str] = {}
    key: str = ""
    inside: int = 0
    ends: bool = False

    @property
    def is_action(self) -> bool:
        """Whether it asks for an action of a list or of a row."""
        return self.path.endswith("action")

    @property
    def id(self) -> str:
        """The request as it is written in a report."""
        asked = "&".join(f"{name}={value}" for name, value in self.query.items())
        return f"{self.method} {self.path.replace('{key}', self.key)}{asked and '?'}{asked}"


COLLECTIONS: Final = (
    "tbl_product_list",
    "tbl_document",
    "tbl_attachments",
    "tbl_company",
    "tbl_system_dict",
    "tbl_auth_users",
    "tbl_cart",
    "tbl_order",
)
DELETED: Final = frozenset(COLLECTIONS) - {"tbl_auth_users", "tbl_cart", "tbl_order"}
"""The collections that an operator deletes rows of."""
CREATED: Final = DELETED - {"tbl_attachments"}
"""The collections that an operator creates rows of by a form."""
EDITED: Final[Mapping[str, str]] = {
    "tbl_product_list": "prod_list_remark",
    "tbl_document": "document_remark",
    "tbl_attachments": "attachments_remark",
    "tbl_company": "company_remark",
    "tbl_system_dict": "dict_remark",
    "tbl_auth_users": "users_tag",
}
"""The collections that an operator changes rows of, with a field of each."""
INLINE: Final[Mapping[str, tuple[str, ...]]] = {
    "tbl_product_list": ("prod_list_basic_price", "prod_list_sort")
}
"""The fields that a list lets an editor change in place."""
ACTIONS: Final[Mapping[str, Mapping[str, int]]] = {
    "tbl_product_list": {"put_on_sale": 200, "take_off_sale": 200},
    "tbl_document": {"publish": 404, "withdraw": 404},
    "tbl_attachments": {"hide": 400, "show": 400},
}
"""The actions of a collection's list beside `delete`, and what is said where there is no such row."""
ROW_ACTIONS: Final[Mapping[str, Mapping[str, int]]] = {
    **ACTIONS,
    "tbl_product_list": {**ACTIONS["tbl_product_list"], "copy": 404},
}
"""The actions of one row beside `view`, `edit` and `delete`."""

NO_ROW: Final = "nosuchrow000000"
PK: Final = {"pk": "{pk}"}
OF_ITS_OWN: Final = (
    Line("/", "GET", Level.VIEW),
    Line("/login", "GET", Level.EVERYBODY, 200, inside=303),
    Line("/login", "POST", Level.EVERYBODY, 400, inside=303),
    Line("/logout", "POST", Level.VIEW, 303, ends=True),
    Line("/static/console.css", "GET", Level.EVERYBODY),
    Line("/_files/{storage}/{path:path}", "GET", Level.VIEW, 404),
    Line("/search", "GET", Level.VIEW, query={"q": "a"}),
    Line("/settings", "GET", Level.ADMINISTER),
    Line("/settings/findings", "GET", Level.ADMINISTER),
    Line("/documents/preview", "POST", Level.EDIT),
    Line("/documents/types", "GET", Level.EDIT),
    Line("/attachments/pick", "GET", Level.VIEW),
    Line("/attachments/upload", "POST", Level.EDIT, 400),
    Line("/attachments/{record_id}/file", "GET", Level.VIEW, key="tbl_attachments"),
    Line("/products/words", "GET", Level.VIEW),
    Line("/products/order", "POST", Level.EDIT, 409),
    Line("/account", "GET", Level.VIEW),
    Line("/account/password", "POST", Level.VIEW, 422),
    Line("/account/totp", "POST", Level.VIEW, 422),
    Line("/account/session", "POST", Level.VIEW, 303),
    Line("/operators", "GET", Level.ADMINISTER),
    Line("/operators/one", "GET", Level.ADMINISTER, 303),
    Line("/operators/create", "POST", Level.ADMINISTER, 422),
    Line("/operators/disable", "POST", Level.ADMINISTER, 303),
    Line("/operators/enable", "POST", Level.ADMINISTER, 303),
    Line("/operators/password", "POST", Level.ADMINISTER, 303),
    Line("/operators/role", "POST", Level.ADMINISTER, 303),
    Line("/operators/session", "POST", Level.ADMINISTER, 303),
    Line("/operators/totp", "POST", Level.ADMINISTER, 303),
    Line("/tbl_auth_users/reveal", "POST", Level.REVEAL, 404),
    Line("/tbl_auth_users/status", "POST", Level.ADMINISTER, 404),
    Line("/tbl_order/move", "POST", Level.EDIT, 303),
    Line("/tbl_order/note", "POST", Level.EDIT, 404),
    Line("/tbl_order/print", "GET", Level.VIEW, query=PK, key="tbl_order"),
    Line("/export/{collection}", "GET", Level.VIEW, 404),
    Line("/transfer", "GET", Level.EDIT),
    Line("/transfer/template", "GET", Level.EDIT, 404),
    Line("/transfer/pieces", "POST", Level.EDIT, 400),
    Line("/transfer/check", "POST", Level.EDIT, 400),
    Line("/transfer/imports/{import_id}", "GET", Level.EDIT, 404),
    Line("/transfer/imports/{import_id}/progress", "GET", Level.EDIT, 404),
    Line("/transfer/imports/{import_id}/refused", "GET", Level.EDIT, 404),
    Line("/transfer/imports/{import_id}/write", "POST", Level.EDIT, 404),
    Line("/audit", "GET", Level.ADMINISTER),
    Line("/trash", "GET", Level.VIEW),
    Line("/trash/{collection}/{record_id}", "GET", Level.VIEW, 404),
    Line("/trash/{collection}/{record_id}/restore", "POST", Level.EDIT, 404),
)
"""The lines beside those that every collection has."""


def lines() -> list[Line]:
    """Every line of the table."""
    return [*OF_ITS_OWN, *(line for key in COLLECTIONS for line in _of_collection(key))]


def _of_collection(key: str) -> Iterator[Line]:
    create = Level.EDIT if key in CREATED else Level.NOBODY
    edit = Level.EDIT if key in EDITED else Level.NOBODY
    yield Line("/{key}/list", "GET", Level.VIEW, key=key)
    yield Line("/{key}/detail", "GET", Level.VIEW, query=PK, key=key)
    yield Line("/{key}/create", "GET", create, key=key)
    yield Line("/{key}/create", "POST", create, 422, key=key)
    yield Line("/{key}/edit", "GET", edit, query=PK, key=key)
    stale = {"_seen": LONG_AGO, EDITED.get(key, ""): "x"}
    yield Line("/{key}/edit", "POST", edit, 422, query=PK, form=stale, key=key)
    yield Line("/_api/{key}/relation-lookup", "GET", Level.VIEW, key=key)
    yield Line("/_api/{key}/inline-edit/row", "GET", Level.VIEW, query=PK, key=key)
    yield Line("/_api/{key}/import", "POST", Level.NOBODY, key=key)
    yield from _inline(key)
    yield from _actions(key)


def _inline(key: str) -> Iterator[Line]:
    for field in ("id", *INLINE.get(key, ())):
        level = Level.NOBODY if field == "id" else Level.EDIT
        query = {"pk": "{pk}", "field": field}
        yield Line("/_api/{key}/inline-edit", "GET", level, query=query, key=key)
        stale = {
            "_seen": LONG_AGO,
            field: "1234",
        }  # no row has it: what is as before changes nothing
        yield Line("/_api/{key}/inline-edit", "POST", level, 422, query=query, form=stale, key=key)


def _actions(key: str) -> Iterator[Line]:
    delete = {"delete": (Level.EDIT if key in DELETED else Level.NOBODY, 200)}
    links = dict.fromkeys(("view", "edit"), (Level.NOBODY, 0))  # which nobody sends
    lists = {"export": (Level.NOBODY, 0), **_editors(ACTIONS.get(key, {}))}
    for name, (level, status) in {**delete, **lists}.items():
        query = {"name": name, "pks": NO_ROW}
        yield Line("/_api/{key}/action", "POST", level, status, query=query, key=key)
    for name, (level, status) in {**delete, **links, **_editors(ROW_ACTIONS.get(key, {}))}.items():
        query = {"name": name, "pk": NO_ROW}
        yield Line("/_api/{key}/row-action", "POST", level, status, query=query, key=key)


def _editors(statuses: Mapping[str, int]) -> dict[str, tuple[Level, int]]:
    return {name: (Level.EDIT, status) for name, status in statuses.items()}
