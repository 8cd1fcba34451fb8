"""The texts that are scaffolded: imports, functions, test rows."""

import ast
from functools import partial

import pytest

from bai_wx.contract.scaffold.formatting import with_imports
from bai_wx.contract.scaffold.plan import in_docstring
from bai_wx.contract.scaffold.python_module import with_function
from bai_wx.contract.scaffold.rows import NEW_TESTS, with_rows
from bai_wx.contract.scaffold.stubs import stub
from tests.contract.planned import planned


@pytest.mark.parametrize(
    ("text", "added", "expected"),
    [
        pytest.param(
            '"""Doc."""\n', ["import re"], '"""Doc."""\n\nimport re\n', id="below the docstring"
        ),
        pytest.param("", ["import re"], "import re\n", id="an empty module"),
        pytest.param(
            "import re\n\nX = 1\n",
            ["from bai_wx.errors import NotFound"],
            "import re\n\nfrom bai_wx.errors import NotFound\n\nX = 1\n",
            id="a section of its own",
        ),
        pytest.param(
            "from bai_wx.record.base import Caller\n",
            [
                "from bai_wx.errors import NotFound",
                "import bai_wx.errors",
                "from typing import Any",
            ],
            "from typing import Any\n\nimport bai_wx.errors\nfrom bai_wx.errors import NotFound\n"
            "from bai_wx.record.base import Caller\n",
            id="where a sorter would put them",
        ),
        pytest.param(
            "from bai_wx.record.base import (\n    Caller,\n)\n\nX = 1\n",
            ["from bai_wx.wechat.client import Session"],
            "from bai_wx.record.base import (\n    Caller,\n)\n"
            "from bai_wx.wechat.client import Session\n\nX = 1\n",
            id="after an import of several lines",
        ),
    ],
)
def test_imports_stand_where_they_belong(text: str, added: list[str], expected: str) -> None:
    """Sorted, in their section, without touching what is there."""
    assert with_imports(text, added) == expected


def test_an_import_that_would_double_is_said_by_its_module() -> None:
    """`from bai_wx.errors import NotFound` stays as it is; the stub says `bai_wx.errors.NotImplementedYet`."""
    before = '"""A."""\n\nfrom bai_wx.errors import NotFound\n\nX = NotFound\n'
    text = with_function(before, partial(stub, planned(), {}))
    assert "import bai_wx.errors\nfrom bai_wx.errors import NotFound\n" in text
    assert "raise bai_wx.errors.NotImplementedYet" in text
    ast.parse(text)


def test_a_key_that_is_no_name_in_python_leaves_the_body_a_dict() -> None:
    """A body may have any key: `class` as well."""
    schema = {"type": "object", "properties": {"class": {"type": "string"}}}
    body = {"content": {"application/json": {"schema": schema}}}
    text = with_function("", partial(stub, planned(requestBody=body), {}))
    assert "def a_b(body: dict[str, Any])" in text


def test_a_row_has_the_query_parameters_that_are_asked_for() -> None:
    """And a path's values as a URL says them."""
    operation = planned(
        parameters=[
            {"name": "q", "in": "query", "required": True, "example": "甲 & 乙"},
            {"name": "open", "in": "query", "required": True, "schema": {"type": "boolean"}},
            {"name": "left", "in": "query", "schema": {"type": "string"}},
        ]
    )
    text = with_rows(NEW_TESTS, [operation], {}, {})
    assert '"/a/b?q=%E7%94%B2+%26+%E4%B9%99&open=false", None, 501, id="a_b"' in text


@pytest.mark.parametrize("title", ['"', "a\\", '券"""\n"""记录', "\\N{x}", '""""', "{x}", "it's"])
def test_a_title_with_signs_of_pythons_is_a_docstring(title: str) -> None:
    """It says the same in one line, but for three quotes at once."""
    said = ast.literal_eval(f'"""{in_docstring(title)}。"""')
    assert said == " ".join(title.split()).replace('"""', "'''") + "。"
