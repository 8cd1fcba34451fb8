"""`x-beside`: which keys of `data` an operation's success repeats, and what stops the start."""

from typing import Any

import pytest

from bai_wx.contract.beside import EVERY, keys_beside
from bai_wx.contract.files import ContractError
from bai_wx.contract.schemas import Schemas
from tests.contract.operations import BUNDLE

RECORD = {"type": "object", "properties": {"cart_id": {}, "items": {}}}
ENVELOPE = {"type": "object", "properties": {"statusCode": {}, "errMsg": {}, "data": {}}}


def answering(beside: Any, *parts: dict[str, Any], data: dict[str, Any] = RECORD) -> dict[str, Any]:
    """An operation whose answer is the envelope around `data`, with the keys of `parts` beside it."""
    schema = {"allOf": [ENVELOPE, *parts], "properties": {"data": data}}
    content = {"application/json": {"schema": schema}}
    operation = {"operationId": "cart_detail", "responses": {"200": {"content": content}}}
    return operation | ({} if beside is None else {"x-beside": beside})


@pytest.mark.parametrize(
    ("beside", "keys"),
    [
        pytest.param(None, (), id="nothing"),
        pytest.param(["items"], ("items",), id="one key"),
        pytest.param("*", (EVERY,), id="every key"),
    ],
)
def test_keys_beside(beside: Any, keys: tuple[str, ...]) -> None:
    assert keys_beside(answering(beside, RECORD), Schemas({})) == keys


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        pytest.param(
            answering("*", data={"properties": {"errMsg": {}}}),
            "cart_detail: x-beside repeats the envelope's own errMsg",
            id="a key that the envelope has",
        ),
        pytest.param(
            answering(["colour"], RECORD),
            "cart_detail: x-beside names what no schema has: colour",
            id="a key that data lacks",
        ),
        pytest.param(
            answering("*"),
            "cart_detail: x-beside names what no schema has: cart_id, items",
            id="keys that the answer's schema lacks",
        ),
    ],
)
def test_start_is_stopped_by(operation: dict[str, Any], said: str) -> None:
    with pytest.raises(ContractError, match=said):
        keys_beside(operation, Schemas({}))


@pytest.mark.parametrize("family", ["cart", "order"])
def test_cart_and_order_repeat_the_record_and_the_items(family: str) -> None:
    """Of a list only `items`, of everything else all keys."""
    said = {
        verb: BUNDLE["paths"][f"/pb/api/{family}/{verb}"]["post"]["x-beside"]
        for verb in ("list", "detail", "create", "update", "delete")
    }
    assert said == {**dict.fromkeys(said, "*"), "list": ["items"]}
