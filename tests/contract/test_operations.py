"""What every operation of the contract says: its statuses, examples, envelope, token.

Covers: bai_wx/contract/spec.py
"""

import re
from typing import Any

import pytest

from bai_wx.contract import loader
from bai_wx.contract.family import Family, family_of
from tests.answers import CART_RECORD, ORDER_RECORD
from tests.contract.operations import (
    OPERATIONS,
    SCAFFOLDED,
    each_hook,
    each_operation,
    examples,
    json_body,
    nodes,
    validator,
)
from tests.contract.rules_of_texts import CHINESE

EVERYWHERE = {408, 413, 429, 500, 503}
STATUSES = {
    "users_count": {200},
    "users_count_post": {200, 400, 415},
    "refresh_token": {200, 400, 401, 403, 415},
    "health": {200, 400},
    "ready": {200},
    "openapi_document": {200, 304, 400, 412},
    "wechat_login": {200, 400, 403, 415},
    "wechat_profile": {200, 400, 401, 403, 415},
    "auth_refresh": {200, 400, 401},
    "cart_list": {200, 400, 401, 415},
    "cart_detail": {200, 400, 401, 404, 415},
    "cart_create": {200, 400, 401, 409, 415, 422},
    "cart_update": {200, 400, 401, 404, 409, 415},
    "cart_delete": {200, 400, 401, 404, 415},
    "order_list": {200, 400, 401, 415},
    "order_detail": {200, 400, 401, 404, 415},
    "order_create": {200, 400, 401, 404, 409, 415, 422},
    "order_update": {200, 400, 401, 404, 409, 415},
    "order_delete": {200, 400, 401, 404, 409, 415},
    "order_record_update": {200, 400, 404, 409},
    "order_record_delete": {204, 400, 404, 409},
    "batch": {200, 400, 422},
    "file_token": {200, 400, 401},
    "file_download": {200, 206, 304, 400, 404, 412, 416},
}
"""What an operation answers, where its verb does not say it."""

BY_VERB = {
    "get": {200, 400, 403},
    "post": {200, 400, 422},
    "get {recordId}": {200, 400, 404},
    "patch {recordId}": {200, 400, 404},
    "delete {recordId}": {204, 400, 404},
}
"""What the native operations of any collection answer."""

REQUIRED_TOKEN: list[Any] = [{"BearerAuth": []}]
OPTIONAL_TOKEN: list[Any] = [{"BearerAuth": []}, {}]
NO_TOKEN: list[Any] = []
HOOK_VERBS = ("list", "detail", "create", "update", "delete")
NATIVE_ERROR, BATCH_ERROR = "PocketBaseNativeError", "PocketBaseBatchError"
READABLE = ("company", "attachment", "product", "document")
NATIVE_VERBS = ("list", "create", "view", "update", "delete")


def statuses(name: str) -> set[int] | None:
    """What the operation answers, by the table or by its verb; None where nobody has written it yet."""
    path, method, _ = OPERATIONS[name]
    if name in STATUSES:
        return STATUSES[name]
    found = re.fullmatch(r"/pb/api/collections/\w+/records(?:/({recordId}))?", path)
    return BY_VERB[f"{method} {found[1] or ''}".strip()] if found else None


def test_the_operations_are_those_of_the_table() -> None:
    """No operation is missing and none has come by unnoticed, but those that are scaffolded."""
    assert STATUSES.keys() <= OPERATIONS.keys()
    assert {name for name in OPERATIONS if statuses(name) is None} <= SCAFFOLDED


@each_operation
def test_operation_is_served_by_the_module_of_its_file(name: str) -> None:
    """Whoever reads cart.yaml finds the functions in handlers/cart.py."""
    path, _, operation = OPERATIONS[name]
    root = loader.CONTRACT_ROOT.read_text("utf-8")
    file = re.search(
        rf"^  {re.escape(path)}:\n    \$ref: './openapi-wx/([a-z-]+)\.yaml#", root, re.M
    )
    assert file
    assert operation["x-openapi-router-controller"] == f"handlers.{file[1].replace('-', '_')}"


@each_operation
def test_operation_documents_its_statuses(name: str) -> None:
    """Exactly the statuses the operation can answer are there."""
    documented = {int(status) for status in OPERATIONS[name][2]["responses"]}
    expected = statuses(name)
    assert expected is None or documented == expected | EVERYWHERE


@each_operation
def test_operation_speaks_chinese(name: str) -> None:
    """Summary and description are for the owner's developers."""
    operation = OPERATIONS[name][2]
    assert CHINESE.search(operation["summary"])
    assert CHINESE.search(operation["description"])


@each_operation
def test_operation_shows_examples(name: str) -> None:
    """Each JSON body and JSON answer comes with an example, once somebody has seen to the operation."""
    if name in SCAFFOLDED:
        pytest.skip("as bai-wx scaffold wrote it")
    operation = OPERATIONS[name][2]
    holders = [*operation["responses"].values(), operation.get("requestBody", {})]
    for holder in holders:
        media = holder.get("content", {}).get("application/json")
        assert media is None or "example" in media or media.get("examples")


@each_operation
def test_examples_are_valid(name: str) -> None:
    """Each example of an operation holds against the schema beside it."""
    holders = [node for node in nodes(OPERATIONS[name][2]) if isinstance(node.get("schema"), dict)]
    for holder in holders:
        for example in examples(holder):
            validator(holder["schema"]).validate(example)


# --- hooks ---


@each_hook
def test_hook_has_its_toast(name: str) -> None:
    """The success text is short enough for wx.showToast."""
    toast = OPERATIONS[name][2]["x-success-message"]
    assert CHINESE.search(toast)
    assert len(toast) <= 14


@each_hook
def test_hook_body_is_closed(name: str) -> None:
    """A key the contract does not know is refused by the schema itself."""
    body = json_body(name)
    if body is not None:
        assert body["additionalProperties"] is False
        assert not validator(body).is_valid({"colour": "red"})


@each_hook
def test_hook_answers_in_the_envelope(name: str) -> None:
    """Success is statusCode, errMsg, data and what `x-beside` repeats of it; failure is ErrorResponse."""
    beside = OPERATIONS[name][2].get("x-beside", [])
    for status, response in OPERATIONS[name][2]["responses"].items():
        media = response["content"]["application/json"]
        if int(status) >= 400:
            assert media["schema"] == {"$ref": "#/components/schemas/ErrorResponse"}
        for answer in examples(media):
            repeated = {}
            if int(status) < 400:
                repeated = {
                    key: it for key, it in answer["data"].items() if key in beside or beside == "*"
                }
            assert answer.keys() == {"statusCode", "errMsg", "data", *repeated}
            assert {key: answer[key] for key in repeated} == repeated
            assert answer["statusCode"] == int(status)
            assert not validator(media["schema"]).is_valid({**answer, "more": 1})
            assert not validator(media["schema"]).is_valid({**answer, "errMsg": ""})


@each_operation
def test_native_errors_wear_pocketbase_shape(name: str) -> None:
    """Outside the hooks an error is PocketBaseNativeError, its status the answer's.

    A batch's own says it of each request.
    """
    path, _, operation = OPERATIONS[name]
    if family_of(path) is Family.HOOK:
        return
    for status, response in operation["responses"].items():
        if int(status) >= 400:
            media = response["content"]["application/json"]
            shape = BATCH_ERROR if (name, status) == ("batch", "400") else NATIVE_ERROR
            assert media["schema"] == {"$ref": f"#/components/schemas/{shape}"}
            assert [example["status"] for example in examples(media)] == [int(status)] * len(
                list(examples(media))
            )


def test_posts_that_only_read_say_so() -> None:
    """They may be retried and may run where writes may not."""
    reading = {
        name for name, (_, _, operation) in OPERATIONS.items() if operation.get("x-read-only")
    }
    lists = {"cart_list", "cart_detail", "order_list", "order_detail"}
    assert reading == lists | {"file_token", "users_count_post"}


def test_creates_take_an_idempotency_key() -> None:
    """Exactly the creates of both families do, and a batch."""
    taking = {
        name
        for name, (_, _, operation) in OPERATIONS.items()
        if any(p["name"] == "Idempotency-Key" for p in operation.get("parameters", []))
    }
    creating = {
        name
        for name, (path, method, _) in OPERATIONS.items()
        if method == "post" and path.endswith(("/records", "/create", "/batch"))
    }
    assert taking == creating


@pytest.mark.parametrize(
    ("names", "security"),
    [
        pytest.param(
            ["wechat_profile", "auth_refresh", "file_token"]
            + [f"{kind}_{verb}" for kind in ("cart", "order") for verb in HOOK_VERBS],
            REQUIRED_TOKEN,
            id="token required",
        ),
        pytest.param(
            ["refresh_token", "company_create", "company_update", "attachment_create"]
            + [f"{kind}_record_{verb}" for kind in ("cart", "order") for verb in NATIVE_VERBS]
            + [f"{kind}_{verb}" for kind in READABLE for verb in ("list", "view")],
            OPTIONAL_TOKEN,
            id="token optional",
        ),
        pytest.param(
            ["users_count", "health", "ready", "openapi_document", "wechat_login", "file_download"],
            NO_TOKEN,
            id="no token",
        ),
    ],
)
def test_who_needs_a_token(names: list[str], security: list[Any]) -> None:
    """Hooks demand a token, native paths know a guest from a user as PocketBase does, the rest is open."""
    assert {name: OPERATIONS[name][2]["security"] for name in names} == dict.fromkeys(
        names, security
    )


# --- the bodies' limits ---

LINE = {"cart_product_id": "p9x2c5v8b1n4m7q", "cart_product_quantity": 1}
ITEM = {"prod_list_id": "P-1", "quantity": 1}
CART_ASKED = ("page", "perPage", "keyword", "cart_status", "cart_number", "sort")
ORDERS_ASKED = ("page", "perPage", "keyword", "order_status", "order_number", "sort")
CART_MADE = CART_RECORD - {
    *("cart_id", "cart_product_id", "cart_product_quantity", "cart_number", "cart_remark"),
    "is_delete",
}
"""Keys of a line that the server makes: whatever a body says there is ignored."""
ORDER_MADE = ORDER_RECORD - {"order_id", "order_status", "order_remark", "is_delete"}
"""The same of an order that is there."""


@pytest.mark.parametrize(
    ("name", "body"),
    [
        pytest.param("refresh_token", {}, id="refresh with nothing"),
        pytest.param("wechat_login", {"users_wx_code": "c" * 256}, id="longest code"),
        pytest.param("wechat_profile", {"users_picture": None}, id="picture cleared"),
        pytest.param("wechat_profile", {"users_picture": "http://tmp.cn/a.png"}, id="host tmp.cn"),
        pytest.param("wechat_profile", {"users_picture": "/pb/api/files/a/b/c.png"}, id="own file"),
        pytest.param("wechat_profile", {"company_id": None}, id="company left"),
        pytest.param("cart_list", {}, id="list with nothing"),
        pytest.param("cart_list", {"sort": "-created,cart_at_price"}, id="two sort keys"),
        pytest.param("cart_list", {"perPage": 100, "keyword": "k" * 100}, id="largest page"),
        pytest.param("cart_list", dict.fromkeys(CART_ASKED, ""), id="list of empty texts"),
        pytest.param("order_list", dict.fromkeys(ORDERS_ASKED), id="list of nulls"),
        pytest.param("cart_create", LINE | dict.fromkeys(CART_MADE, 5), id="a whole line"),
        pytest.param("cart_create", {**LINE, "cart_number": None}, id="no group"),
        pytest.param("cart_update", {"cart_id": "c"}, id="nothing to update"),
        pytest.param(
            "cart_update",
            {"cart_id": "c", "is_delete": 0, "cart_number": ""} | dict.fromkeys(CART_MADE),
            id="a line as it was answered",
        ),
        pytest.param("order_create", {}, id="no goods, which the shop refuses"),
        pytest.param("order_create", {"order_snap": "[]", "order_status": 1}, id="flat order"),
        pytest.param("order_update", {"order_id": "o"}, id="nothing to update in an order"),
        pytest.param(
            "order_update",
            {"order_id": "o", "is_delete": 0} | dict.fromkeys(ORDER_MADE),
            id="an order as it was answered",
        ),
        pytest.param("cart_create", {**LINE, "cart_remark": "r" * 500}, id="longest remark"),
        pytest.param("cart_create", {**LINE, "cart_product_quantity": 9999}, id="most pieces"),
        pytest.param("cart_update", {"cart_id": "c", "cart_remark": ""}, id="remark cleared"),
        pytest.param("order_create", {"order_source": "cart", "cart_ids": ["a"]}, id="from cart"),
        pytest.param("order_create", {"order_source": "product", "items": [ITEM]}, id="product"),
        pytest.param("order_list", {"sort": "order_amount,-order_number"}, id="order sort keys"),
        pytest.param(
            "order_update", {"order_id": "o", "order_status": "confirmed"}, id="any state"
        ),
    ],
)
def test_hook_body_accepted(name: str, body: dict[str, Any]) -> None:
    """What a mini program may send."""
    assert validator(json_body(name)).is_valid(body)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        pytest.param("wechat_login", {}, id="no code"),
        pytest.param("wechat_login", {"users_wx_code": ""}, id="empty code"),
        pytest.param("wechat_login", {"users_wx_code": "c" * 257}, id="code too long"),
        pytest.param("users_count_post", {"total": 1}, id="a key for the count"),
        pytest.param("wechat_profile", {"users_name": "n" * 51}, id="name too long"),
        pytest.param("wechat_profile", {"users_phone": "打给我"}, id="no phone number"),
        pytest.param("wechat_profile", {"users_type": "注册用户"}, id="a type of one's own"),
        pytest.param("wechat_profile", {"users_picture": "wxfile://tmp_a.png"}, id="wxfile"),
        pytest.param("wechat_profile", {"users_picture": "http://tmp/a.png"}, id="http tmp"),
        pytest.param("wechat_profile", {"users_picture": "/etc/passwd"}, id="some path"),
        pytest.param("cart_list", {"page": 0}, id="page 0"),
        pytest.param("cart_list", {"perPage": 101}, id="page too large"),
        pytest.param("cart_list", {"keyword": "k" * 101}, id="keyword too long"),
        pytest.param("cart_list", {"sort": "cart_remark"}, id="not sortable"),
        pytest.param("cart_list", {"sort": "created,"}, id="sort with a loose comma"),
        pytest.param("cart_list", {"cart_status": "gone"}, id="unknown state"),
        pytest.param("cart_detail", {"cart_id": ""}, id="empty id"),
        pytest.param("cart_detail", {"cart_id": "c" * 65}, id="id too long"),
        pytest.param("cart_create", {**LINE, "cart_product_quantity": 0}, id="no pieces"),
        pytest.param("cart_create", {**LINE, "cart_product_quantity": 10000}, id="too many"),
        pytest.param("cart_create", {**LINE, "cart_product_quantity": "1"}, id="text quantity"),
        pytest.param("cart_create", {**LINE, "cart_product_quantity": 1.5}, id="half a piece"),
        pytest.param("cart_create", {**LINE, "cart_remark": "r" * 501}, id="remark too long"),
        pytest.param("cart_create", {**LINE, "cart_number": "n" * 65}, id="group too long"),
        pytest.param("cart_create", {**LINE, "is_delete": 1}, id="a line created deleted"),
        pytest.param("cart_create", {**LINE, "is_delete": 2}, id="no flag"),
        pytest.param("cart_update", {"cart_id": "c", "is_delete": 1}, id="deleted by an update"),
        pytest.param("order_create", {"order_source": "cart", "cart_ids": []}, id="no ids"),
        pytest.param(
            "order_create", {"order_source": "cart", "cart_ids": ["a", "a"]}, id="id twice"
        ),
        pytest.param(
            "order_create",
            {"order_source": "cart", "cart_ids": [str(n) for n in range(201)]},
            id="201 ids",
        ),
        pytest.param(
            "order_create",
            {"order_source": "product", "items": [{**ITEM, "price": 1}]},
            id="price in an item",
        ),
        pytest.param("order_create", {"order_number": "n" * 65}, id="number too long"),
        pytest.param("order_create", {"order_snap": [1]}, id="a snapshot of a number"),
        pytest.param("order_create", {"order_snap": [{}] * 201}, id="201 goods"),
        pytest.param("order_create", {"is_delete": 1}, id="an order created deleted"),
        pytest.param("order_update", {"order_id": "o", "is_delete": 1}, id="an order deleted so"),
        pytest.param("order_update", {"order_id": "o", "order_status": "x"}, id="unknown status"),
        pytest.param("order_list", {"sort": "cart_number"}, id="the cart's sort key"),
    ],
)
def test_hook_body_refused(name: str, body: dict[str, Any]) -> None:
    """What the schema alone keeps out."""
    assert not validator(json_body(name)).is_valid(body)
