"""The contract from outside: what a stranger's tools make of the document that the server hands out."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.faults.conftest import Said
from tests.running import Server

Json = dict[str, Any]
METHODS = ("get", "post", "patch", "delete")


@pytest.fixture(scope="module")
def document(server: Server) -> Json:
    """The contract as the server hands it out."""
    answer: Json = requests.get(f"{server.url}/pb/api/openapi.json", timeout=10).json()
    return answer


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Method, name and object of every operation."""
    for item in document["paths"].values():
        for method in METHODS:
            if method in item:
                yield method, item[method]["operationId"], item[method]


def schema(document: Json, name: str) -> Json:
    """A named schema."""
    found: Json = document["components"]["schemas"][name]
    return found


@pytest.mark.parametrize(
    "status",
    [
        pytest.param("408", id="C5-408-is-declared-everywhere"),
        pytest.param("413", id="C5-413-is-declared-everywhere"),
        pytest.param("429", id="C5-429-is-declared-everywhere"),
        pytest.param("500", id="C5-500-is-declared-everywhere"),
        pytest.param("503", id="C5-503-is-declared-everywhere"),
    ],
)
def test_status_is_declared_by_every_operation(document: Json, status: str, said: Said) -> None:
    """Whatever any request may be answered stands at each operation."""
    without = [name for _, name, op in operations(document) if status not in op["responses"]]
    said(f"{len(without)} operations without {status}")
    assert without == []


@pytest.mark.parametrize("code", [pytest.param("request_timeout", id="C5-code-of-408-is-listed")])
def test_code_is_in_the_closed_list(document: Json, code: str, said: Said) -> None:
    """A typed client that switches over the codes knows it."""
    codes = schema(document, "ErrorCode")["enum"]
    said(f"{len(codes)} codes, {code} {'is' if code in codes else 'is not'} one of them")
    assert code in codes


@pytest.mark.parametrize(
    ("name", "key"),
    [
        pytest.param("PocketBaseRecordBase", "expand", id="F1-expand"),
        pytest.param("PocketBaseFieldError", "params", id="F1-params"),
        pytest.param("HealthResponse", "data", id="F1-data-of-health"),
        pytest.param("OpenapiDocument", "info", id="F1-info-of-the-document"),
        pytest.param("OpenapiDocument", "paths", id="F1-paths-of-the-document"),
    ],
)
def test_object_says_that_it_holds_keys(document: Json, name: str, key: str, said: Said) -> None:
    """Without a word about its keys it becomes `Record<string, never>`."""
    found = schema(document, name)["properties"][key]
    said(found)
    assert found.get("additionalProperties") is True


@pytest.mark.parametrize(
    ("name", "key"),
    [
        pytest.param(name, key, id=f"F2-{name}-{key}")
        for name in ("CartListRequest", "OrderListRequest")
        for key in ("page", "perPage", "sort")
    ],
)
def test_property_of_a_list_body_stays_optional(
    document: Json, name: str, key: str, said: Said
) -> None:
    """A `default` makes it required in generated types."""
    found = schema(document, name)["properties"][key]
    said(found)
    assert "default" not in found


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        pytest.param(
            "CartListRequest",
            ["created", "updated", "cart_create", "cart_number", "cart_at_price"],
            id="F2-sort-keys-of-the-cart",
        ),
        pytest.param(
            "OrderListRequest",
            ["created", "updated", "order_create", "order_number", "order_amount"],
            id="F2-sort-keys-of-orders",
        ),
    ],
)
def test_sort_names_its_keys(document: Json, name: str, keys: list[str], said: Said) -> None:
    """Its type is a text: what may stand in it is said in words, not in a pattern alone."""
    text = schema(document, name)["properties"]["sort"]["description"]
    said(text)
    assert [key for key in keys if f"`{key}`" not in text] == []


@pytest.mark.parametrize(
    "name", [pytest.param("OrderCreateRequest", id="F2-order-create-is-typed")]
)
def test_body_is_one_object_with_types(document: Json, name: str, said: Said) -> None:
    """A condition beside the properties leaves generated clients with `unknown`."""
    found = schema(document, name)
    said(sorted(found))
    assert found["type"] == "object"
    assert not {"allOf", "anyOf", "oneOf", "if", "not"} & found.keys()
    assert {"order_source", "cart_ids", "items"} <= found["properties"].keys()


OVERRIDDEN = [
    "company_update",
    "cart_record_update",
    "cart_record_delete",
    "order_record_update",
    "order_record_delete",
]


@pytest.mark.parametrize("name", [pytest.param(name, id=f"F3-{name}") for name in OVERRIDDEN])
def test_method_override_is_shown(document: Json, name: str, said: Said) -> None:
    """A mini program can send neither PATCH nor DELETE; an example shows what it sends instead."""
    method, text = next(
        (method, op["description"]) for method, each, op in operations(document) if each == name
    )
    said(text)
    assert "method: 'POST'" in text
    assert f"'X-HTTP-Method-Override': '{method.upper()}'" in text


@pytest.mark.parametrize("_", [pytest.param("", id="F3-no-post-operation-is-added")])
def test_no_operation_is_added_for_the_override(
    document: Json, server: Server, said: Said, _: str
) -> None:
    """POST on an id without the header stays 404."""
    by_id = [path for path in document["paths"] if path.endswith("/records/{recordId}")]
    url = f"{server.url}{by_id[0].format(recordId='c5v1x9k3m7q2b8n')}"
    status = requests.post(url, json={}, timeout=10).status_code
    said(status)
    assert status == 404
    assert not [path for path in by_id if "post" in document["paths"][path]]


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("", id="F4-own-origin-first"),
        pytest.param("shop.example", id="F4-own-origin-first-under-another-name"),
    ],
)
def test_first_server_is_the_one_that_answered(server: Server, host: str, said: Said) -> None:
    """Resolved against the document's address, as OpenAPI says, it is the server's own origin."""
    headers = {"Host": host} if host else {}
    answer = requests.get(f"{server.url}/pb/api/openapi.json", headers=headers, timeout=10)
    urls = [each["url"] for each in answer.json()["servers"]]
    said(urls)
    assert urls[0] == "/"


LISTED = "/pb/api/collections/tbl_product_list/records"
FILE = "/pb/api/files/tbl_attachments/a3f8k2m9q7x1c5v/switch_8h2k5m1q9x.png"  # the demo shop's
DOCUMENT = "/pb/api/openapi.json"


def parameters(document: Json, operation: str) -> dict[str, Json]:
    """An operation's parameters by name, each looked up where it is named."""
    (found,) = [op for _, name, op in operations(document) if name == operation]
    return {each["name"]: each for each in map(looked_up(document), found.get("parameters", []))}


def looked_up(document: Json) -> Callable[[Json], Json]:
    """What an object stands for."""

    def follow(value: Json) -> Json:
        while "$ref" in value:
            found: Any = document
            for key in value["$ref"].removeprefix("#/").split("/"):
                found = found[key]
            value = found
        return value

    return follow


@pytest.mark.parametrize(
    ("operation", "target", "name", "value"),
    [
        pytest.param("product_list", LISTED, "sort", "", id="F5-sort-that-is-empty"),
        pytest.param("product_list", LISTED, "fields", "id," * 700, id="F5-fields-of-2100"),
        pytest.param("product_list", LISTED, "expand", "a." * 600, id="F5-expand-of-1200"),
        pytest.param("product_list", LISTED, "expand", "a," * 600, id="F5-expand-of-600-names"),
        pytest.param("file_download", FILE, "Range", "bytes=0-9" + " " * 200, id="F5-Range-of-209"),
        pytest.param("file_download", FILE, "If-None-Match", '"a",' * 300, id="F5-tags-of-1200"),
        pytest.param("openapi_document", DOCUMENT, "If-None-Match", '"a",' * 300, id="F5-tags"),
    ],
)
def test_what_the_contract_refuses_is_refused(
    document: Json, server: Server, said: Said, operation: str, target: str, name: str, value: str
) -> None:
    """A bound that stands in the contract is kept; none stands there that is not."""
    parameter = parameters(document, operation)[name]
    schema = looked_up(document)(parameter["schema"])
    refuses = len(value) > schema.get("maxLength", len(value))
    refuses = refuses or not re.search(schema.get("pattern", ""), value)
    is_header = parameter["in"] == "header"
    answer = requests.get(
        server.url + target,
        params={} if is_header else {name: value},
        headers={name: value} if is_header else {},
        timeout=10,
    )
    said(f"the contract {'refuses' if refuses else 'takes'} it, the answer is {answer.status_code}")
    assert answer.status_code == 400 or not refuses


@pytest.mark.parametrize("_", [pytest.param("", id="F5-no-key-is-the-example-of-all-creates")])
def test_creates_share_no_example_of_a_key(document: Json, said: Said, _: str) -> None:
    """Whoever sends the contract's examples one after the other is not told that a key was used."""
    follow = looked_up(document)
    shared: Counter[str] = Counter()
    for _method, name, _operation in operations(document):
        key = parameters(document, name).get("Idempotency-Key", {})
        shared.update(follow(each)["value"] for each in key.get("examples", {}).values())
        shared.update(filter(None, [key.get("example")]))
    said(dict(shared) or "no example of a key")
    assert all(count == 1 for count in shared.values())
