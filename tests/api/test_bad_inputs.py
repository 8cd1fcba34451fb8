"""The table of bad inputs, sent row by row: none gives a 5xx, a 3xx or a status the contract lacks.

Covers: bai_wx/request/incoming.py, bai_wx/request/parameters.py, bai_wx/request/render.py
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.api import bad_inputs, shop, tokens
from tests.api.bad_inputs import ABSENT, EMPTY_LIST, Bad
from tests.api.bundle import OPERATIONS
from tests.api.pictures import PNG
from tests.contract.operations import SCAFFOLDED
from tests.running import Answer, Client, Server

TABLE = bad_inputs.table()
USCI = "91350100M000100Y43"
CHINESE = re.compile(r"[一-鿿]")


class World:
    """The rows and tokens that the table's `$names` stand for."""

    def __init__(self, server: Server) -> None:
        self.server = server
        guest = Client(server.url)
        self.alice, self.bob = guest.login("alice-bad"), guest.login("bob-bad")
        self.names: dict[str, str] = {
            "alice_id": self.alice.user_id,
            "alice_openid": self.alice.openid,
            "bob_openid": self.bob.openid,
            "product": shop.PERCENT["id"],
            "product_id": shop.PERCENT["prod_list_id"],
            "line_product": shop.DIME["id"],
            "other_product": shop.FREE["id"],
            "disabled_code": "demo-disabled-bad",
            "deleted_code": "demo-deleted-bad",
            "usci": USCI,
            "deleted_product_pb": shop.DELETED_PRODUCT["id"],
            "deleted_document_pb": shop.DELETED_DOCUMENT["id"],
            "deleted_attachment_pb": shop.DELETED_PICTURE["id"],
            "deleted_company_pb": shop.DELETED_COMPANY["id"],
            "deleted_dict_pb": shop.DELETED_WORDS["id"],
        }
        self._fill_carts()
        self._place_orders()
        self._found_companies()
        self._upload()
        self.headers = {"nobody": "", **self._lost_users(guest), **self._bad_tokens()}
        self.headers |= {"alice": f"Bearer {self.alice.token}", "bob": f"Bearer {self.bob.token}"}

    def _name(self, word: str, row: dict[str, str], business_id: str) -> None:
        self.names[word] = row[business_id]
        self.names[f"{word}_pb"] = row["pb_id"]

    def _line(self, client: Client, product: dict[str, Any]) -> dict[str, Any]:
        body = {"cart_product_id": product["id"], "cart_product_quantity": 2}
        return client.data("/cart/create", body)

    def _fill_carts(self) -> None:
        self._name("line", self._line(self.alice, shop.DIME), "cart_id")
        self._line(self.alice, shop.FREE)
        self._name("bob_line", self._line(self.bob, shop.DIME), "cart_id")
        deleted = self._line(self.alice, shop.ODD)
        self._name("deleted_line", deleted, "cart_id")
        self.names["deleted_cart_pb"] = deleted["pb_id"]
        self.alice.data("/cart/delete", {"cart_id": deleted["cart_id"]})
        ordered = self._line(self.alice, shop.TWO_DIMES)
        self._name("ordered_line", ordered, "cart_id")
        self.alice.data("/order/create", {"order_source": "cart", "cart_ids": [ordered["cart_id"]]})
        self.names["line_lower"] = self.names["line"].lower()
        self.names["line_pb_upper"] = self.names["line_pb"].upper()

    def _order(self, client: Client) -> dict[str, Any]:
        items = [{"prod_list_id": shop.DIME["prod_list_id"], "quantity": 1}]
        return client.data("/order/create", {"order_source": "product", "items": items})

    def _place_orders(self) -> None:
        for word in ("order", "pending_order", "confirmed_order", "completed_order"):
            self._name(word, self._order(self.alice), "order_id")
        self._name("bob_order", self._order(self.bob), "order_id")
        for word, moves in (
            ("confirmed_order", ["confirmed"]),
            ("completed_order", ["confirmed", "completed"]),
        ):
            for state in moves:
                self.server.command("order", "move", self.names[word], state)
        cancelled = self._order(self.alice)
        self._name("cancelled_order", cancelled, "order_id")
        cancel = {"order_id": cancelled["order_id"], "order_status": "cancelled"}
        self.alice.data("/order/update", cancel)
        deleted = self._order(self.alice)
        self._name("deleted_order", deleted, "order_id")
        self.names["deleted_order_number"] = deleted["order_number"]
        self.alice.data("/order/delete", {"order_id": self.names["deleted_order"]})
        self.names["order_lower"] = self.names["order"].lower()
        self.names["order_pb_upper"] = self.names["order_pb"].upper()

    def _found_companies(self) -> None:
        path = "/collections/tbl_company/records"
        other = self.bob.request("POST", path, json={"company_name": "乙", "company_usci": USCI})
        assert other.status_code == 200, other.text
        self.names["bob_company_pb"] = other.json()["id"]
        mine = self.alice.request("POST", path, json={"company_name": "甲"})
        self.names["company_pb"] = mine.json()["id"]

    def _upload(self) -> None:
        answer = self.alice.request(
            "POST",
            "/collections/tbl_attachments/records",
            files={"attachments_link": ("a.png", PNG, "image/png")},
        )
        assert answer.status_code == 200, answer.text
        self.names["picture_pb"] = answer.json()["id"]
        self.names["picture_link"] = answer.json()["attachments_link"]

    def _lost_users(self, guest: Client) -> dict[str, str]:
        disabled, deleted = guest.login("disabled-bad"), guest.login("deleted-bad")
        self.server.command("user", "disable", disabled.openid)
        self.server.change(tokens.USERS, deleted.user_id, is_delete=1)
        return {
            "a disabled user": f"Bearer {disabled.token}",
            "a deleted user": f"Bearer {deleted.token}",
        }

    def _bad_tokens(self) -> dict[str, str]:
        claims = tokens.claims_of(self.alice)
        key = tokens.key_of(self.server, self.alice.user_id)
        forged = {name: f"Bearer {made(claims, key)}" for name, made in tokens.FORGED.items()}
        misused = {k: v.format(token=self.alice.token) for k, v in tokens.MISUSED.items()}
        return {**forged, **tokens.HEADERS, **misused}

    def filled(self, value: Any) -> Any:
        """A value with every `$name` in its texts replaced."""
        if isinstance(value, str):
            return re.sub(r"\$([a-z_]+)", lambda found: self.names[found[1]], value)
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if isinstance(value, dict):
            return {key: self.filled(item) for key, item in value.items()}
        return value

    def send(self, row: Bad) -> Answer:
        """Send a row as it is written."""
        headers = {"Authorization": self.headers[row.who]} if self.headers[row.who] else {}
        headers |= row.headers
        body = row.raw
        if row.body is not ABSENT:
            body = json.dumps(self.filled(row.body)).encode()
            headers.setdefault("Content-Type", "application/json")
        client = Client(self.server.url)
        return client.raw(row.verb, self.filled(row.target), headers=headers, body=body)


@pytest.fixture(scope="module")
def world(server: Server) -> Iterator[World]:
    """Two users with rows in every state, which no row of the table may change."""
    made = World(server)
    before = _rows(made)
    yield made
    assert _rows(made) == before


def _rows(world: World) -> dict[str, Any]:
    """Everything the two users own, as the database has it."""
    owners = (world.alice.openid, world.bob.openid)
    return {
        table: world.server.rows(
            f"SELECT * FROM {table} WHERE {owner} IN (?, ?) ORDER BY seq", *owners
        )
        for table, owner in (
            ("tbl_cart", "cart_owner"),
            ("tbl_order", "order_owner"),
            ("tbl_company", "company_owner_openid"),
            ("tbl_attachments", "attachments_owner"),
            ("tbl_auth_users", "openid"),
        )
    }


@pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in TABLE])
def test_bad_input_is_refused_as_the_table_says(world: World, row: Bad) -> None:
    """Status, shape and code are the row's, and the contract declares the status."""
    answer = world.send(row)
    log = world.server.log[-2000:] if answer.status >= 500 else ""
    assert answer.status == row.status, f"{answer.body[:500]!r}\n{log}"
    if not row.method and not row.path:
        assert row.status in OPERATIONS[row.operation].declared
    assert answer.headers.get("Allow", "") == row.allow
    if row.verb == "HEAD":
        return
    shape = (
        _check_list if row.code == EMPTY_LIST else _check_hook if _is_hook(row) else _check_native
    )
    shape(row, answer.json())


def _is_hook(row: Bad) -> bool:
    return OPERATIONS[row.operation].is_hook and row.code.islower() and " " not in row.code


def _check_hook(row: Bad, body: Any) -> None:
    """The envelope, with the code and exactly the fields the row names."""
    assert set(body) == {"statusCode", "errMsg", "data"}
    assert body["statusCode"] == row.status
    assert CHINESE.search(body["errMsg"])
    assert set(body["data"]) == {"code", "fields"}
    assert body["data"]["code"] == row.code
    assert all(CHINESE.search(text) for text in body["data"]["fields"].values())
    if row.problems is not None:
        assert set(body["data"]["fields"]) == set(row.problems)


def _check_batch(row: Bad, requests: Any) -> None:
    """What is wrong with the first request, or with all of them together."""
    if row.problems is None:
        assert {"code", "message"} <= requests.keys() or requests["0"].keys() <= {"method", "url"}
        return
    assert requests["0"]["code"] == "batch_request_failed"
    assert requests["0"]["response"]["status"] == row.problems


def _check_native(row: Bad, body: Any) -> None:
    """PocketBase's shape, with the message and exactly the codes the row names."""
    assert set(body) == {"status", "message", "data"}
    assert (body["status"], body["message"]) == (row.status, row.code)
    if row.operation == "batch" and row.problems != {}:
        _check_batch(row, body["data"]["requests"])
        return
    if row.problems is not None:
        assert {name: problem["code"] for name, problem in body["data"].items()} == row.problems
    for problem in body["data"].values():
        assert problem["message"].endswith(".")


def _check_list(_row: Bad, body: Any) -> None:
    """A page of nothing."""
    assert (body["items"], body["totalItems"], body["totalPages"]) == ([], 0, 0)


def test_table_holds_more_than_300_rows_of_different_names() -> None:
    """A reader can count on the table and on its names."""
    assert len(TABLE) >= 330
    assert len({row.id for row in TABLE}) == len(TABLE)


@pytest.mark.parametrize("operation", sorted(OPERATIONS.keys() - SCAFFOLDED))
def test_every_operation_has_its_bad_inputs(operation: str) -> None:
    """At least five rows for each operation of the contract."""
    assert sum(row.operation == operation for row in TABLE) >= 5


def test_no_row_expects_a_redirect_or_a_failure_of_ours() -> None:
    """3xx and 5xx are never the right answer to a bad request."""
    assert {row.status // 100 for row in TABLE} <= {2, 4}


def test_refused_requests_leave_the_server_well(world: World) -> None:
    """After all that a good request is answered, under another key each time."""
    key = {"Idempotency-Key": uuid4().hex}
    assert world.alice.data("/cart/list", headers=key)["totalItems"] == 3
