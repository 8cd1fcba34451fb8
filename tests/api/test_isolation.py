"""Two users never see or change each other's rows, on any path that takes an id."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from tests.api import buying, shop
from tests.api.bundle import OPERATIONS, Op
from tests.paths import CART_RECORDS, ORDER_RECORDS
from tests.running import Answer, Client, Server
from tests.sent import JSON

MISSING_PB, MISSING_ID = "zzzzzzzzzzzzzzz", "CART-01KAR6D2P5C8W3Y9N7R4LJ1XTG"

ID_PROPERTIES = ("cart_id", "cart_ids", "order_id")
OWNED = ("cart", "order", "company")

NAMES_NONE = frozenset({"cart_create"})
"""Operations whose body may carry a whole record: the id in it is the server's, and ignored."""


def _takes_a_users_row(op: Op) -> bool:
    """Whether an operation names a row that belongs to one user."""
    if "{recordId}" in op.path:
        return op.id.startswith(OWNED) and op.id != "company_view"
    return op.id not in NAMES_NONE and any(name in op.properties for name in ID_PROPERTIES)


WALKED = [op for op in OPERATIONS.values() if _takes_a_users_row(op)]
"""Every operation of the contract that takes the id of a row only its owner may see or change."""

EXTRAS: dict[str, dict[str, Any]] = {
    "cart_update": {"cart_product_quantity": 77},
    "order_update": {"order_status": "cancelled"},
    "order_create": {"order_source": "cart"},
    "cart_record_update": {"cart_product_quantity": 77},
    "order_record_update": {"order_status": "cancelled"},
    "company_update": {"company_name": "改"},
}
"""What else a body needs to mean business."""


class Rows:
    """Alice's line, order and company, with the ids that name them."""

    def __init__(self, alice: Client) -> None:
        body = {
            "cart_product_id": shop.DIME["id"],
            "cart_product_quantity": 2,
            "cart_remark": "爱丽丝的",
        }
        self.line = alice.data("/cart/create", body)
        items = [{"prod_list_id": shop.PERCENT["prod_list_id"], "quantity": 1}]
        self.order = alice.data(
            "/order/create", {"order_source": "product", "items": items, "order_remark": "爱丽丝的"}
        )
        made = alice.request(
            "POST", "/collections/tbl_company/records", json={"company_name": "爱丽丝公司"}
        )
        self.company = made.json()

    def record_id(self, op: Op) -> str:
        """The record id an operation names."""
        if op.id.startswith("company"):
            return str(self.company["id"])
        return str((self.line if op.id.startswith("cart") else self.order)["pb_id"])

    def body_id(self, name: str) -> Any:
        """The business id, or list of them, that a body names."""
        ids: dict[str, Any] = {
            "cart_id": self.line["cart_id"],
            "cart_ids": [self.line["cart_id"]],
            "order_id": self.order["order_id"],
        }
        return ids[name]


@pytest.fixture(scope="module")
def rows(alice: Client) -> Rows:
    """What belongs to alice."""
    return Rows(alice)


def send(client: Client, op: Op, record_id: str, body_id: Callable[[str], Any]) -> Answer:
    """Ask an operation for the row of these ids."""
    names = [name for name in ID_PROPERTIES if name in op.properties]
    body = {name: body_id(name) for name in names} | EXTRAS.get(op.id, {})
    path = op.path.replace("{recordId}", record_id)
    raw = b"" if op.method in ("GET", "DELETE") else orjson.dumps(body)
    return client.raw(op.method, path, headers=JSON if raw else {}, body=raw)


def _missing(name: str) -> Any:
    return [MISSING_ID] if name == "cart_ids" else MISSING_ID


def stored(server: Server, rows: Rows) -> list[dict[str, Any]]:
    """Alice's rows as the database has them."""
    return [
        server.row("tbl_cart", rows.line["pb_id"]),
        server.row("tbl_order", rows.order["pb_id"]),
        server.row("tbl_company", rows.company["id"]),
    ]


def test_walk_covers_every_operation_that_names_a_row() -> None:
    """Six hooks by business id, an order from lines, and the owned records by id."""
    assert {op.id for op in WALKED} == {
        *(
            f"{thing}_{verb}"
            for thing in ("cart", "order")
            for verb in ("detail", "update", "delete")
        ),
        "order_create",
        *(
            f"{thing}_record_{verb}"
            for thing in ("cart", "order")
            for verb in ("view", "update", "delete")
        ),
        "company_update",
    }


@pytest.mark.parametrize("op", [pytest.param(op, id=op.id) for op in WALKED])
@pytest.mark.parametrize(
    "who", [pytest.param("bob", id="another user"), pytest.param("guest", id="a guest")]
)
def test_foreign_row_answers_byte_for_byte_as_a_missing_one(
    server: Server, rows: Rows, bob: Client, guest: Client, op: Op, who: str
) -> None:
    """Status, body and headers are the same, and alice's row is untouched."""
    client = {"bob": bob, "guest": guest}[who]
    before = stored(server, rows)
    theirs = send(client, op, rows.record_id(op), rows.body_id)
    missing = send(client, op, MISSING_PB, _missing)
    expected = 401 if who == "guest" and op.demands_token else 404
    assert theirs.status == expected
    assert theirs.body == missing.body
    assert _headers(theirs) == _headers(missing)
    assert stored(server, rows) == before


def _headers(answer: Answer) -> list[tuple[str, str]]:
    own = {"date", "x-request-id"}
    return [(name, value) for name, value in answer.headers.items() if name.lower() not in own]


@pytest.mark.parametrize("op", [pytest.param(op, id=op.id) for op in WALKED if op.method == "GET"])
def test_owner_sees_the_row(alice: Client, rows: Rows, op: Op) -> None:
    """So the walk above asked for rows that are there."""
    assert send(alice, op, rows.record_id(op), rows.body_id).status == 200


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="the plain list"),
        pytest.param({"keyword": "爱丽丝"}, id="a keyword of alice's remark"),
        pytest.param({"sort": "-updated"}, id="another order"),
        pytest.param({"perPage": 100}, id="a large page"),
    ],
)
@pytest.mark.parametrize(
    "path", [pytest.param("/cart/list", id="cart"), pytest.param("/order/list", id="order")]
)
def test_hook_lists_hold_only_ones_own(
    alice: Client, bob: Client, rows: Rows, path: str, body: dict[str, Any]
) -> None:
    """Neither rows nor their number."""
    assert alice.data(path, body)["totalItems"] >= 1
    found = bob.data(path, body)
    assert (found["totalItems"], found["items"]) == (0, [])


FILTERS = {
    "everything": "id != ''",
    "alice's openid": "{owner} = '{openid}'",
    "any owner": "{owner} != ''",
    "alice's row by its id": "id = '{id}'",
    "alice's remark": "{remark} ~ '爱丽丝'",
    "a way around by or": "1 = 2 || {owner} = '{openid}'",
    "a way around by parentheses": "(1 = 1) || (id != '')",
    "everything that is not deleted": "is_delete = 0",
}


@pytest.mark.parametrize(
    ("path", "thing"),
    [
        pytest.param(CART_RECORDS, "cart", id="cart"),
        pytest.param(ORDER_RECORDS, "order", id="order"),
    ],
)
@pytest.mark.parametrize("claim", [pytest.param(name, id=name) for name in FILTERS])
def test_no_filter_reaches_anothers_rows(
    alice: Client, bob: Client, guest: Client, rows: Rows, path: str, thing: str, claim: str
) -> None:
    """Alice finds her row; bob and a guest find nothing, not even its number."""
    row = rows.line if thing == "cart" else rows.order
    text = FILTERS[claim].format(
        owner=f"{thing}_owner", remark=f"{thing}_remark", openid=alice.openid, id=row["pb_id"]
    )
    query = f"?filter={quote(text)}"
    assert alice.get(path + query).json()["totalItems"] >= 1
    for client in (bob, guest):
        page = client.get(path + query).json()
        assert (page["totalItems"], page["totalPages"], page["items"]) == (0, 0, [])


@pytest.mark.parametrize(
    "path", [pytest.param(CART_RECORDS, id="cart"), pytest.param(ORDER_RECORDS, id="order")]
)
def test_empty_owner_is_not_a_guests(server: Server, guest: Client, path: str) -> None:
    """PocketBase's trap: a row whose owner is empty belongs to nobody, not to everybody without a name."""
    table = path.split("/")[2]
    owner = "cart_owner" if table == "tbl_cart" else "order_owner"
    user = guest.login(f"owner-{table}")
    row = Rows(user).line if table == "tbl_cart" else Rows(user).order
    server.change(table, row["pb_id"], **{owner: ""})
    assert guest.get(path).json()["totalItems"] == 0
    assert guest.get(f"{path}/{row['pb_id']}").status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param(
            CART_RECORDS,
            {"cart_product_id": shop.DIME["id"], "cart_product_quantity": 1},
            id="cart",
        ),
        pytest.param(
            ORDER_RECORDS,
            {
                "order_source": "product",
                "order_snap": {"items": [{"prod_list_id": "P-T-DIME", "quantity": 1}]},
            },
            id="order",
        ),
    ],
)
def test_native_create_in_anothers_name_is_400(
    server: Server, alice: Client, bob: Client, guest: Client, path: str, body: dict[str, Any]
) -> None:
    """And nothing is written."""
    table = path.split("/")[2]
    owner = "cart_owner" if table == "tbl_cart" else "order_owner"
    count = f"SELECT COUNT(*) AS n FROM {table}"
    before = server.rows(count)
    for client in (bob, guest):
        answer = client.request("POST", path, json={**body, owner: alice.openid})
        assert answer.status_code == 400
        assert answer.json() == {"data": {}, "message": "Failed to create record.", "status": 400}
    assert server.rows(count) == before


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        pytest.param(CART_RECORDS, "cart_owner", id="cart"),
        pytest.param(ORDER_RECORDS, "order_owner", id="order"),
    ],
)
def test_own_row_cannot_be_given_away(
    server: Server, alice: Client, bob: Client, rows: Rows, path: str, owner: str
) -> None:
    """PATCH naming another owner is 404; naming oneself is fine."""
    row = rows.line if path == CART_RECORDS else rows.order
    table = path.split("/")[2]
    before = server.row(table, row["pb_id"])
    given = alice.request("PATCH", f"{path}/{row['pb_id']}", json={owner: bob.openid})
    assert given.status_code == 404
    assert server.row(table, row["pb_id"]) == before
    assert (
        alice.request("PATCH", f"{path}/{row['pb_id']}", json={owner: alice.openid}).status_code
        == 200
    )


@pytest.mark.parametrize("path", [CART_RECORDS, ORDER_RECORDS], ids=["cart", "order"])
def test_an_id_that_another_owner_chose_is_taken(alice: Client, bob: Client, path: str) -> None:
    """Record ids name one row among all owners': the second is told that the id is not unique."""
    chosen = f"chosen{len(path):09d}"
    told = []
    for client in (alice, bob):
        line = buying.record_of(client, shop.SHIFTY)
        snap = {"items": [buying.item(shop.SHIFTY)]}
        order = {"order_owner": client.openid, "order_source": "product", "order_snap": snap}
        body = line if path == CART_RECORDS else order
        told.append(client.request("POST", path, json={**body, "id": chosen}))
    assert [answer.status_code for answer in told] == [200, 400]
    assert told[1].json()["data"]["id"]["code"] == "validation_not_unique"


def test_users_have_no_records_path(alice: Client, bob: Client) -> None:
    """Nobody lists or reads users, not even oneself."""
    for path in (
        "/collections/tbl_auth_users/records",
        f"/collections/tbl_auth_users/records/{alice.user_id}",
    ):
        for client in (alice, bob):
            assert client.get(path).status_code == 403


def test_expand_reaches_no_user_and_no_foreign_row(bob: Client, rows: Rows) -> None:
    """Back relations from public rows to carts show only one's own lines."""
    path = f"/collections/tbl_product_list/records/{shop.DIME['id']}"
    answer = bob.get(path, params={"expand": "tbl_cart_via_cart_product_id"})
    assert answer.status_code == 200
    assert rows.line["pb_id"] not in answer.text
    assert rows.line["cart_id"] not in answer.text


def test_openid_of_another_user_is_in_no_public_answer(
    guest: Client, alice: Client, rows: Rows
) -> None:
    """Products, documents, companies: no owner shows."""
    for name in ("tbl_product_list", "tbl_document", "tbl_company"):
        assert alice.openid not in guest.get(f"/collections/{name}/records?perPage=1000").text
