"""The contract keeps what the owner fixed, says all it should, and a broken one stops the start."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from bai_wx.contract import loader
from bai_wx.contract.loader import CONTRACT_ROOT, ContractError

SEED = Path(__file__).parent.parent / "data" / "openapi-wx.seed.yaml"
BUNDLE = loader.load()
OPERATIONS = {
    operation["operationId"]: (path, method, operation)
    for path, method, operation in loader.operations(BUNDLE)
}

HOOK = re.compile(r"/pb/api/(system|wechat|cart|order)/")
CHINESE = re.compile(r"[\u4e00-\u9fff]")

EVERYWHERE = {408, 413, 429, 500, 503}
STATUSES = {
    "users_count": {200},
    "refresh_token": {200, 400, 401, 403, 415},
    "health": {200, 400},
    "openapi_document": {200, 304, 400, 412},
    "wechat_login": {200, 400, 403, 415},
    "wechat_profile": {200, 400, 401, 403, 415},
    "auth_refresh": {200, 400, 401},
    "company_list": {200, 400, 403},
    "company_create": {200, 400, 422},
    "company_view": {200, 400, 404},
    "company_update": {200, 400, 404},
    "attachment_list": {200, 400, 403},
    "attachment_create": {200, 400, 422},
    "attachment_view": {200, 400, 404},
    "product_list": {200, 400, 403},
    "product_view": {200, 400, 404},
    "document_list": {200, 400, 403},
    "document_view": {200, 400, 404},
    "cart_list": {200, 400, 401, 415},
    "cart_detail": {200, 400, 401, 404, 415},
    "cart_create": {200, 400, 401, 409, 415, 422},
    "cart_update": {200, 400, 401, 404, 409, 415},
    "cart_delete": {200, 400, 401, 404, 415},
    "cart_record_list": {200, 400, 403},
    "cart_record_create": {200, 400, 422},
    "cart_record_view": {200, 400, 404},
    "cart_record_update": {200, 400, 404},
    "cart_record_delete": {204, 400, 404},
    "order_list": {200, 400, 401, 415},
    "order_detail": {200, 400, 401, 404, 415},
    "order_create": {200, 400, 401, 404, 409, 415, 422},
    "order_update": {200, 400, 401, 404, 409, 415},
    "order_delete": {200, 400, 401, 404, 409, 415},
    "order_record_list": {200, 400, 403},
    "order_record_create": {200, 400, 422},
    "order_record_view": {200, 400, 404},
    "order_record_update": {200, 400, 404, 409},
    "order_record_delete": {204, 400, 404, 409},
    "file_download": {200, 206, 304, 400, 404, 412, 416},
}

SERVED_BY = [
    ("/pb/api/collections/tbl_auth_users", "wechat_auth"),
    ("/pb/api/collections/tbl_company", "company"),
    ("/pb/api/collections/tbl_attachments", "attachments"),
    ("/pb/api/collections/tbl_product_list", "products"),
    ("/pb/api/collections/tbl_document", "documents"),
    ("/pb/api/collections/tbl_cart", "cart"),
    ("/pb/api/collections/tbl_order", "order"),
    ("/pb/api/cart/", "cart"),
    ("/pb/api/order/", "order"),
    ("/pb/api/wechat/", "wechat_auth"),
    ("/pb/api/files/", "files"),
    ("/pb/api/", "system"),
]

REQUIRED_TOKEN: list[Any] = [{"BearerAuth": []}]
OPTIONAL_TOKEN: list[Any] = [{"BearerAuth": []}, {}]
NO_TOKEN: list[Any] = []
HOOK_VERBS = ("list", "detail", "create", "update", "delete")
READABLE = ("company", "attachment", "product", "document")
NATIVE_VERBS = ("list", "create", "view", "update", "delete")

each_operation = pytest.mark.parametrize("name", OPERATIONS)
each_hook = pytest.mark.parametrize(
    "name", [n for n, (p, _, _) in OPERATIONS.items() if HOOK.match(p)]
)


def validator(schema: Any) -> jsonschema_rs.Draft202012Validator:
    """A validator of a schema that stands anywhere in the bundle."""
    return jsonschema_rs.Draft202012Validator(
        {"components": BUNDLE["components"], "allOf": [schema]}
    )


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema itself, or the named one it refers to."""
    name = schema.get("$ref", "").rpartition("/")[2]
    named: dict[str, Any] = BUNDLE["components"]["schemas"]
    return dict(named[name]) if name else schema


def json_body(name: str) -> dict[str, Any] | None:
    """The schema of an operation's JSON body, if it takes one."""
    content = OPERATIONS[name][2].get("requestBody", {}).get("content", {})
    return resolved(content["application/json"]["schema"]) if content else None


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object within a JSON value."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for child in value:
            yield from nodes(child)


# --- what the owner fixed ---


def seed() -> dict[str, Any]:
    """The owner's root document."""
    return dict(yaml.safe_load(SEED.read_bytes()))


def test_every_path_of_the_seed_keeps_its_target() -> None:
    """The root still points each of the 23 paths to the place the owner named."""
    root = yaml.safe_load(CONTRACT_ROOT.read_bytes())
    fixed = seed()["paths"]
    assert len(fixed) == 23
    assert {path: root["paths"].get(path) for path in fixed} == fixed


def test_every_schema_of_the_seed_keeps_its_name_and_target() -> None:
    """The root still lists each of the 56 schemas, and the bundle has each under its name."""
    root = yaml.safe_load(CONTRACT_ROOT.read_bytes())
    fixed = seed()["components"]["schemas"]
    assert len(fixed) == 56
    assert {name: root["components"]["schemas"].get(name) for name in fixed} == fixed
    assert fixed.keys() <= BUNDLE["components"]["schemas"].keys()


def test_the_info_text_tells_of_no_defect_the_server_does_not_have() -> None:
    """The seed admits physical deletes and visible deleted rows; ours has neither."""
    assert "物理删除" not in BUNDLE["info"]["description"]
    assert "软删除" in BUNDLE["info"]["description"]


# --- the bundle ---


def test_the_bundle_is_openapi_3_1() -> None:
    """The validator finds nothing, and neither does JSON Schema's own meta-schema."""
    assert list(OpenAPIV31SpecValidator(BUNDLE).iter_errors()) == []
    for schema in BUNDLE["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)


def test_only_references_to_named_schemas_remain() -> None:
    """Whoever reads the bundle needs no file and resolves nothing but schemas."""
    references = {node["$ref"] for node in nodes(BUNDLE) if isinstance(node.get("$ref"), str)}
    names = {f"#/components/schemas/{name}" for name in BUNDLE["components"]["schemas"]}
    assert references
    assert references <= names


def test_forms_and_parameters_are_written_out() -> None:
    """Connexion reads these schemas itself and follows no reference there."""
    for _, _, operation in OPERATIONS.values():
        content = operation.get("requestBody", {}).get("content", {})
        form = content.get("multipart/form-data", {})
        assert not any("$ref" in node for node in nodes([form, operation.get("parameters", [])]))


def test_loading_twice_gives_the_same_text() -> None:
    """The order of keys is the files' order, so that ETags and diffs hold still."""
    assert list(nodes(loader.load())) == list(nodes(BUNDLE))
    assert str(loader.load()) == str(BUNDLE)


# --- what every operation says ---


def test_the_operations_are_those_of_the_table() -> None:
    """No operation is missing and none has come by unnoticed."""
    assert OPERATIONS.keys() == STATUSES.keys()


@each_operation
def test_operation_is_served_by_the_module_of_its_file(name: str) -> None:
    """Whoever reads cart.yaml finds the functions in handlers/cart.py."""
    path, _, operation = OPERATIONS[name]
    module = next(served for start, served in SERVED_BY if path.startswith(start))
    assert operation["x-openapi-router-controller"] == f"handlers.{module}"


@each_operation
def test_operation_documents_its_statuses(name: str) -> None:
    """Exactly the statuses the operation can answer are there."""
    documented = {int(status) for status in OPERATIONS[name][2]["responses"]}
    assert documented == STATUSES[name] | EVERYWHERE


@each_operation
def test_operation_speaks_chinese(name: str) -> None:
    """Summary and description are for the owner's developers."""
    operation = OPERATIONS[name][2]
    assert CHINESE.search(operation["summary"])
    assert CHINESE.search(operation["description"])


@each_operation
def test_operation_shows_examples(name: str) -> None:
    """Each JSON body and JSON answer comes with an example."""
    operation = OPERATIONS[name][2]
    holders = [*operation["responses"].values(), operation.get("requestBody", {})]
    for holder in holders:
        media = holder.get("content", {}).get("application/json")
        assert media is None or "example" in media or media.get("examples")


def examples(holder: dict[str, Any]) -> Iterator[Any]:
    """The example values of a media type, parameter or header."""
    if "example" in holder:
        yield holder["example"]
    for example in holder.get("examples", {}).values():
        yield example["value"]


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
    """Success is statusCode, errMsg and data and nothing else; failure is ErrorResponse."""
    for status, response in OPERATIONS[name][2]["responses"].items():
        media = response["content"]["application/json"]
        if int(status) >= 400:
            assert media["schema"] == {"$ref": "#/components/schemas/ErrorResponse"}
        for answer in examples(media):
            assert answer.keys() == {"statusCode", "errMsg", "data"}
            assert answer["statusCode"] == int(status)
            assert not validator(media["schema"]).is_valid({**answer, "more": 1})
            assert not validator(media["schema"]).is_valid({**answer, "errMsg": ""})


@each_operation
def test_native_errors_wear_pocketbase_shape(name: str) -> None:
    """Outside the hooks an error is PocketBaseNativeError, its status the answer's."""
    path, _, operation = OPERATIONS[name]
    if HOOK.match(path):
        return
    for status, response in operation["responses"].items():
        if int(status) >= 400:
            media = response["content"]["application/json"]
            assert media["schema"] == {"$ref": "#/components/schemas/PocketBaseNativeError"}
            assert [example["status"] for example in examples(media)] == [int(status)] * len(
                list(examples(media))
            )


def test_posts_that_only_read_say_so() -> None:
    """They may be retried and may run where writes may not."""
    reading = {
        name for name, (_, _, operation) in OPERATIONS.items() if operation.get("x-read-only")
    }
    assert reading == {"cart_list", "cart_detail", "order_list", "order_detail"}


def test_creates_take_an_idempotency_key() -> None:
    """Exactly the creates of both families do."""
    taking = {
        name
        for name, (_, _, operation) in OPERATIONS.items()
        if any(p["name"] == "Idempotency-Key" for p in operation.get("parameters", []))
    }
    assert taking == {
        "company_create",
        "attachment_create",
        "cart_create",
        "cart_record_create",
        "order_create",
        "order_record_create",
    }


@pytest.mark.parametrize(
    ("names", "security"),
    [
        pytest.param(
            ["wechat_profile", "auth_refresh"]
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
            ["users_count", "health", "openapi_document", "wechat_login", "file_download"],
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


@pytest.mark.parametrize(
    ("name", "body"),
    [
        pytest.param("refresh_token", {}, id="refresh with nothing"),
        pytest.param("wechat_login", {"users_wx_code": "c" * 256}, id="longest code"),
        pytest.param("wechat_profile", {"users_picture": ""}, id="picture cleared"),
        pytest.param("wechat_profile", {"users_picture": "http://tmp.cn/a.png"}, id="host tmp.cn"),
        pytest.param("wechat_profile", {"users_picture": "/pb/api/files/a/b/c.png"}, id="own file"),
        pytest.param("wechat_profile", {"company_id": ""}, id="company left"),
        pytest.param("cart_list", {}, id="list with nothing"),
        pytest.param("cart_list", {"sort": "-created,cart_at_price"}, id="two sort keys"),
        pytest.param("cart_list", {"perPage": 100, "keyword": "k" * 100}, id="largest page"),
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
        pytest.param("wechat_profile", {}, id="nothing to change"),
        pytest.param("wechat_profile", {"users_name": "n" * 51}, id="name too long"),
        pytest.param("wechat_profile", {"users_phone": "13812348000"}, id="phone typed in"),
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
        pytest.param("cart_create", {**LINE, "cart_at_price": 0.01}, id="price from the client"),
        pytest.param("cart_update", {"cart_id": "c"}, id="nothing to update"),
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
        pytest.param("order_create", {"cart_ids": ["a"]}, id="no source"),
        pytest.param("order_update", {"order_id": "o"}, id="nothing to update in an order"),
        pytest.param("order_update", {"order_id": "o", "order_status": "x"}, id="unknown status"),
        pytest.param("order_list", {"sort": "cart_number"}, id="the cart's sort key"),
    ],
)
def test_hook_body_refused(name: str, body: dict[str, Any]) -> None:
    """What the schema alone keeps out."""
    assert not validator(json_body(name)).is_valid(body)


# --- broken contracts ---


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A copy of our contract to break."""
    shutil.copytree(CONTRACT_ROOT.parent, tmp_path / "spec", ignore=shutil.ignore_patterns("*.py*"))
    return tmp_path / "spec"


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "problem"),
    [
        pytest.param(
            "openapi-wx.yaml",
            "cart.yaml#/paths/cartList",
            "basket.yaml#/paths/cartList",
            "openapi-wx.yaml#/paths/~1pb~1api~1cart~1list:",
            "basket.yaml: No such file",
            id="missing file",
        ),
        pytest.param(
            "openapi-wx.yaml",
            "#/paths/cartList",
            "#/paths/cartLists",
            "openapi-wx.yaml#/paths/~1pb~1api~1cart~1list:",
            "has no 'cartLists'",
            id="dangling pointer to a path",
        ),
        pytest.param(
            "openapi-wx/cart.yaml",
            "'#/components/schemas/CartPage'",
            "'#/components/schemas/CartPages'",
            "openapi-wx/cart.yaml#/components/schemas/CartListResponse/properties/data:",
            "has no 'CartPages'",
            id="dangling pointer to a schema",
        ),
        pytest.param(
            "openapi-wx/cart.yaml",
            "'./system.yaml#/components/schemas/HookPage'",
            "'https://example.com/page.yaml#/HookPage'",
            "openapi-wx/cart.yaml#/components/schemas/CartPage/allOf/0:",
            "not a file of this contract",
            id="remote reference",
        ),
        pytest.param(
            "openapi-wx/cart.yaml",
            "'#/components/schemas/CartPage'",
            "'#CartPage'",
            "openapi-wx/cart.yaml#/components/schemas/CartListResponse/properties/data:",
            "no JSON pointer",
            id="anchor instead of a pointer",
        ),
        pytest.param(
            "openapi-wx/cart.yaml",
            "  cartDetail:\n",
            "  cartDetail: [\n",
            "openapi-wx/cart.yaml#/:",
            "not YAML",
            id="bad YAML",
        ),
        pytest.param(
            "openapi-wx/cart.yaml",
            "  cartDetail:\n",
            "  cartList:\n",
            "openapi-wx/cart.yaml#/:",
            "duplicate key 'cartList'",
            id="key said twice",
        ),
        pytest.param(
            "openapi-wx/system.yaml",
            "        '200':\n",
            "        200:\n",
            "openapi-wx/system.yaml#/paths/usersCount/get/responses:",
            "the key 200 must be text",
            id="status as a number",
        ),
        pytest.param(
            "openapi-wx/order.yaml",
            "schemas/OrderSource'",
            "schemas/CartStatus'",
            "openapi-wx/order.yaml#/components/schemas/",
            "has no 'CartStatus'",
            id="schema of another file",
        ),
        pytest.param(
            "openapi-wx/order.yaml",
            "OrderSource",
            "CartStatus",
            "openapi-wx/order.yaml#/components/schemas/CartStatus:",
            "the schema name 'CartStatus' is taken by",
            id="name clash",
        ),
        pytest.param(
            "openapi-wx/order.yaml",
            "      operationId: order_list\n",
            "      operationId: cart_list\n",
            "openapi-wx/order.yaml#/paths/orderList/post:",
            "operationId 'cart_list' is already taken by",
            id="duplicate operationId",
        ),
        pytest.param(
            "openapi-wx/order.yaml",
            "      operationId: order_list\n",
            "",
            "openapi-wx/order.yaml#/paths/orderList/post:",
            "POST /pb/api/order/list has no operationId",
            id="missing operationId",
        ),
        pytest.param(
            "openapi-wx/order.yaml",
            "          description: 一页订单。\n",
            "",
            "openapi-wx/order.yaml#/paths/orderList/post/responses/200",
            "not OpenAPI 3.1",
            id="response without description",
        ),
        pytest.param(
            "openapi-wx/company.yaml",
            "      in: path\n",
            "      in: route\n",
            "openapi-wx/company.yaml#/components/parameters/RecordId",
            "not OpenAPI 3.1",
            id="parameter in no place",
        ),
        pytest.param(
            "openapi-wx/cart.yaml",
            "      title: 数量\n      description: 1 至 9999 的整数。\n      type: integer\n",
            "      title: 数量\n      description: 1 至 9999 的整数。\n      type: whole\n",
            "openapi-wx/cart.yaml#/components/schemas/Quantity/type:",
            "not a JSON Schema",
            id="unknown type",
        ),
        pytest.param(
            "openapi-wx/company.yaml",
            "maximum: 1000, default: 30}",
            "maximum: many, default: 30}",
            "openapi-wx/company.yaml#/components/parameters/PerPage/schema/maximum:",
            "not a JSON Schema",
            id="bad schema of a parameter",
        ),
        pytest.param(
            "openapi-wx/company.yaml",
            "maximum: 1000, default: 30}",
            "maximum: 1000, pattern: '(', default: 30}",
            "openapi-wx/company.yaml#/components/parameters/PerPage/schema/pattern:",
            "not a JSON Schema",
            id="bad pattern",
        ),
        pytest.param(
            "openapi-wx/company.yaml",
            "maximum: 1000, default: 30}",
            "maximum: 1000, items: {discriminator: {mapping: {}}}, default: 30}",
            "openapi-wx/company.yaml#/components/parameters/PerPage/schema/items/discriminator:",
            "not a JSON Schema",
            id="bad word of OpenAPI's own, further down",
        ),
        pytest.param(
            "openapi-wx/company.yaml",
            "maximum: 1000, default: 30}",
            "maximum: 1000, $schema: 'urn:other', default: 30}",
            "openapi-wx",
            "Unknown JSON Schema dialect",
            id="another dialect",
        ),
        pytest.param(
            "openapi-wx/company.yaml",
            "maximum: 1000, default: 30}",
            "maximum: 1000, default: many}",
            "openapi-wx",
            "not OpenAPI 3.1",
            id="default of another type",
        ),
        pytest.param(
            "openapi-wx/files.yaml",
            "  fileDownload:\n    get:\n",
            "  fileDownload:\n    $ref: '#/paths/fileDownload'\n    get:\n",
            "openapi-wx/files.yaml#/paths/fileDownload:",
            "refers to itself",
            id="path that is itself",
        ),
        pytest.param(
            "openapi-wx/attachments.yaml",
            "        attachments_remark: {type: string, maxLength: 1000, description: 备注}\n    "
            "PocketBaseAttachmentListResponse:",
            "        more: {$ref: '#/components/schemas/PocketBaseAttachmentCreateRequest'}\n    "
            "PocketBaseAttachmentListResponse:",
            "openapi-wx/attachments.yaml#/components/schemas/PocketBaseAttachmentCreateRequest/",
            "cannot be written out",
            id="recursive form",
        ),
        pytest.param(
            "openapi-wx.yaml",
            "openapi: 3.1.0",
            "openapi: 3.0.3",
            "openapi-wx.yaml#/openapi",
            "not OpenAPI 3.1",
            id="another OpenAPI",
        ),
    ],
)
def test_broken_contract_names_file_and_pointer(
    spec: Path, file: str, old: str, new: str, place: str, problem: str
) -> None:
    """Whoever broke it learns where to look, in the file they wrote."""
    text = (spec / file).read_text()
    assert old in text
    (spec / file).write_text(text.replace(old, new))
    with pytest.raises(ContractError) as caught:
        loader.load(spec / "openapi-wx.yaml")
    assert f"{spec}/{place}" in str(caught.value)
    assert problem in str(caught.value)


def test_a_contract_that_is_not_there(tmp_path: Path) -> None:
    """The missing root itself is named."""
    with pytest.raises(ContractError, match=r"nowhere\.yaml: No such file"):
        loader.load(tmp_path / "nowhere.yaml")


# --- how references are followed ---

SMALL = """
openapi: 3.1.0
info: {title: small, version: '1'}
paths:
  /trees:
    post:
      operationId: plant
      parameters:
        - name: size
          in: query
          schema: {$ref: '#/components/schemas/Size', maximum: 5}
        - name: colour
          in: query
          schema: {$ref: '#/components/schemas/Colour', description: its own}
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Tree'}
            example: {name: {$ref: only text}}
          multipart/form-data:
            schema: {type: object, properties: {size: {$ref: '#/components/schemas/Size'}}}
      responses: {'204': {description: planted}}
components:
  schemas:
    Tree:
      type: object
      properties:
        example: {$ref: '#/components/schemas/Size'}
        branches: {type: array, items: {$ref: '#/components/schemas/Tree'}}
    Size: {type: integer, minimum: 1, maximum: 9}
    Colour: {type: string, description: a colour}
    Planted: {type: string, const: 2026-11-23}
"""


@pytest.fixture
def small(tmp_path: Path) -> dict[str, Any]:
    """A contract of one operation and one recursive schema."""
    (tmp_path / "small.yaml").write_text(SMALL)
    return loader.load(tmp_path / "small.yaml")


def test_recursive_schema_stays_a_reference(small: dict[str, Any]) -> None:
    """A tree of trees is loaded, and a property may be called `example`."""
    size, tree = {"$ref": "#/components/schemas/Size"}, {"$ref": "#/components/schemas/Tree"}
    properties = small["components"]["schemas"]["Tree"]["properties"]
    assert properties == {"example": size, "branches": {"type": "array", "items": tree}}


def test_text_in_examples_is_no_reference(small: dict[str, Any]) -> None:
    """An example is data, whatever it looks like, and a date stays the text it is."""
    media = small["paths"]["/trees"]["post"]["requestBody"]["content"]["application/json"]
    assert media["example"] == {"name": {"$ref": "only text"}}
    assert small["components"]["schemas"]["Planted"]["const"] == "2026-11-23"


def test_keys_beside_a_written_out_reference(small: dict[str, Any]) -> None:
    """An annotation replaces the target's, a constraint is added to it."""
    size, colour = (p["schema"] for p in small["paths"]["/trees"]["post"]["parameters"])
    assert colour == {"type": "string", "description": "its own"}
    assert size == {"maximum": 5, "allOf": [{"type": "integer", "minimum": 1, "maximum": 9}]}


def test_form_is_written_out(small: dict[str, Any]) -> None:
    """The schema in a form holds no reference."""
    content = small["paths"]["/trees"]["post"]["requestBody"]["content"]
    form = content["multipart/form-data"]["schema"]
    assert form["properties"]["size"] == {"type": "integer", "minimum": 1, "maximum": 9}


# --- what a start remembers ---

START = """
import sys
from pathlib import Path
from bai_wx.contract import loader
def seen():
    return {file: file.stat().st_mtime_ns for file in Path(sys.argv[2]).rglob("*")}
before = seen()
loader.load(Path(sys.argv[1]), cache=Path(sys.argv[2]))
assert "openapi_spec_validator" not in sys.modules  # it takes memory, and a child has it
print(before != seen())
"""


def start(root: Path, cache: Path) -> str:
    """Load a contract in a new process; says whether it was validated, and that remembered."""
    command = [sys.executable, "-c", START, str(root), str(cache)]
    repository = CONTRACT_ROOT.parent.parent
    done = subprocess.run(command, capture_output=True, text=True, cwd=repository, check=True)
    return done.stdout.strip()


def test_second_start_skips_validation(spec: Path, tmp_path: Path) -> None:
    """An unchanged contract is validated once, a changed one again."""
    root = spec / "openapi-wx.yaml"
    assert [start(root, tmp_path / "home"), start(root, tmp_path / "home")] == ["True", "False"]
    root.write_text(root.read_text().replace("生产环境", "正式环境"))
    assert start(root, tmp_path / "home") == "True"


def test_broken_contract_is_not_remembered(spec: Path, tmp_path: Path) -> None:
    """It is refused at every start, not only at the first."""
    root = spec / "openapi-wx.yaml"
    root.write_text(root.read_text().replace("openapi: 3.1.0", "openapi: 3.0.3"))
    for _ in range(2):
        with pytest.raises(ContractError):
            loader.load(root, cache=tmp_path / "home")


def test_unwritable_cache_does_not_stop_the_start(tmp_path: Path) -> None:
    """The cache saves time and may fail."""
    (tmp_path / "file").write_text("not a directory")
    assert loader.load(cache=tmp_path / "file" / "home") == BUNDLE
