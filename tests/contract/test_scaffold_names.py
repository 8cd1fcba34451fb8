"""What cannot be scaffolded is refused, with what is wrong about it."""

import re

import pytest

from bai_wx.contract.files import ContractError
from bai_wx.contract.scaffold import names
from bai_wx.contract.scaffold.plan import Planned
from tests.contract.planned import planned


@pytest.mark.parametrize("declared", ["501", "5XX", "default"])
def test_an_answer_may_be_declared_by_its_kind(declared: str) -> None:
    """As OpenAPI allows."""
    names.refuse([planned(responses={"200": {}, declared: {}})], [])


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        pytest.param(planned(responses={"200": {}}), "add a `501` response to it", id="no 501"),
        pytest.param(planned("class"), "'class' is a word of Python's", id="a word"),
        pytest.param(planned("list"), "'list' is a built-in of Python's", id="a built-in"),
        pytest.param(planned("dialect"), "'dialect' is a name of the server's", id="an import"),
        pytest.param(planned("_ab"), "begins with _", id="a helper's name"),
        pytest.param(
            planned(parameters=[{"name": "from", "in": "query"}]),
            "the parameter 'from' is a word",
            id="a parameter that is a word",
        ),
        pytest.param(
            planned(parameters=[{"name": "user", "in": "query"}]),
            "the parameter 'user' is a name of the server's",
            id="a parameter that is an argument",
        ),
        pytest.param(
            planned(parameters=[{"name": n, "in": "query"} for n in ("aB", "a_b")]),
            "the parameter 'a_b' is a name",
            id="two parameters that make one name",
        ),
        pytest.param(
            Planned("a_b", "class", "GET", "/pb/api/a", {"responses": {"501": {}}}),
            "the module 'class', which is none",
            id="a file",
        ),
    ],
)
def test_what_python_or_the_server_has_is_refused(operation: Planned, said: str) -> None:
    """Whatever is wrong is said, before anything is written."""
    with pytest.raises(ContractError, match=re.escape(said)):
        names.refuse([operation], [])


def test_handlers_are_given_nothing_by_a_name_that_is_not_refused() -> None:
    """What the server passes, and what functions say, cannot be a parameter."""
    assert {"body", "query", "user", "upload", "wechat", "files"} <= names.ARGUMENTS
