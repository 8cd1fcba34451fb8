"""Success in the shape of its path, with the keys that stand beside `data`."""

from typing import Any

import orjson
import pytest

from bai_wx.contract.family import Family
from bai_wx.request.render import Success

HEAD = '{"statusCode":200,"errMsg":"好","data":'


@pytest.mark.parametrize(
    ("value", "beside", "body"),
    [
        pytest.param({"n": 1}, (), f'{HEAD}{{"n":1}}}}', id="nothing beside"),
        pytest.param(
            {"n": 1, "it": {"m": [2]}},
            ("*",),
            f'{HEAD}{{"n":1,"it":{{"m":[2]}}}},"n":1,"it":{{"m":[2]}}}}',
            id="every key beside",
        ),
        pytest.param(
            {"page": 1, "items": orjson.Fragment(b"[ 1 ]")},
            ("items",),
            f'{HEAD}{{"page":1,"items":[ 1 ]}},"items":[ 1 ]}}',
            id="the bytes of one key copied",
        ),
        pytest.param(
            {"page": 1, "items": [{"n": 1}]},
            ("items",),
            f'{HEAD}{{"page":1,"items":[{{"n":1}}]}},"items":[{{"n":1}}]}}',
            id="values of one key written once",
        ),
    ],
)
def test_hook_success(value: Any, beside: tuple[str, ...], body: str) -> None:
    """The envelope, then what stands beside `data`."""
    reply = Success(Family.HOOK, "好", beside).reply(value, 200)
    assert reply.body.decode() == body
    answer = orjson.loads(reply.body)
    assert {key: answer[key] for key in answer.keys() - {"statusCode", "errMsg", "data"}} == {
        key: it for key, it in answer["data"].items() if key in beside or beside == ("*",)
    }


def test_the_handlers_value_is_left_as_it_is() -> None:
    """A value may be a cached one."""
    value = {"items": [1]}
    Success(Family.HOOK, "好", ("items",)).reply(value, 200)
    assert value == {"items": [1]}


def test_native_success() -> None:
    """The value alone."""
    reply = Success(Family.NATIVE).reply({"id": "a"}, 200)
    assert (reply.status, reply.body) == (200, b'{"id":"a"}')


@pytest.mark.parametrize("family", list(Family))
def test_no_content(family: Family) -> None:
    """A 204 has no body."""
    assert Success(family, "好", ("*",)).reply(None, 204).body == b""
