"""The test rows of scaffolded operations: what each answers as it is written.

A body says `$openid` for the caller's openid and `$tbl_product_list` for the record id of a row of that
collection: `tests/scaffolded.py` puts them in when the test runs.
"""

import ast
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from bai_wx.contract.collections import CollectionSpec
from bai_wx.contract.family import RECORDS_PREFIX
from bai_wx.contract.field_specs import Kind
from bai_wx.contract.files import ContractError
from bai_wx.contract.scaffold.plan import Planned
from bai_wx.contract.scaffold.samples import sample

STATUSES: Final = {"list": 200, "create": 200, "view": 404, "update": 404, "delete": 404}
"""What each verb answers: there is no row of the id that a row's path names."""

NEW_TESTS: Final = '''"""Operations that `bai-wx scaffold` wrote a function for.

A row says what the operation answers now: 501 where its function is still to be written. Then change the
row's status, or move it to a test of its own.
"""

import pytest

from tests.running import Client
from tests.scaffolded import filled

SCAFFOLDED = [
]


@pytest.mark.parametrize(("method", "path", "body", "status"), SCAFFOLDED)
def test_scaffolded_operation_answers(
    alice: Client, method: str, path: str, body: object, status: int
) -> None:
    """A declared operation is routed, checked and answered, written or not."""
    answer = alice.request(
        method, path, **({} if body is None else {"json": filled(body, alice)})
    )
    assert answer.status_code == status, answer.text
'''


def with_covers(text: str, modules: Iterable[str]) -> str:
    """The text of the tests with a line of its docstring for each new module, which they try."""
    head, docstring, rest = text.partition('"""')
    said, end, code = rest.partition('"""')
    for module in modules:
        if module not in said:
            gap = "" if "Covers:" in said else "\n"
            said = f"{said}{gap}Covers: {module}\n"
    return head + docstring + said + end + code


def with_rows(
    text: str,
    operations: list[Planned],
    bundle: dict[str, Any],
    specs: Mapping[str, CollectionSpec],
) -> str:
    """The text of the tests with a row for each operation that has none."""
    for each in operations:
        if f'id="{each.id}"' not in text:
            text = _with_row(text, _row(each, bundle, specs))
    return text


def _with_row(text: str, row: str) -> str:
    """Add a row at the end of the list `SCAFFOLDED`."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SCAFFOLDED":
            lines = text.splitlines(keepends=True)
            at = (node.end_lineno or 0) - 1
            return "".join([*lines[:at], row, *lines[at:]])
    raise ContractError("tests/api/test_scaffolded.py has no list SCAFFOLDED to add a row to")


def _row(operation: Planned, bundle: dict[str, Any], specs: Mapping[str, CollectionSpec]) -> str:
    path = json.dumps(_target(operation, bundle), ensure_ascii=False)
    status = STATUSES.get(operation.verb, 501)
    body = _body(operation, bundle)
    if operation.verb and body is not None:
        table = operation.path.removeprefix(RECORDS_PREFIX).partition("/")[0]
        body = _of_collection(body, specs[table])
    return (
        f"    pytest.param({json.dumps(operation.method)}, {path}, {body!r}, {status},"
        f' id="{operation.id}"),\n'
    )


def _target(operation: Planned, bundle: dict[str, Any]) -> str:
    """The path with its parameters, and the query parameters that it cannot go without."""
    path, query = operation.path.removeprefix("/pb/api"), {}
    for each in operation.definition.get("parameters", ()):
        if each["in"] == "path":
            value = quote(_sent(sample(each.get("schema", {}), bundle, each)), safe="")
            path = path.replace("{" + each["name"] + "}", value)
        elif each["in"] == "query" and each.get("required"):
            query[each["name"]] = _sent(sample(each.get("schema", {}), bundle, each))
    return f"{path}?{urlencode(query)}" if query else path


def _sent(value: Any) -> str:
    """A value as a query or a path says it."""
    return value if isinstance(value, str) else json.dumps(value)


def _body(operation: Planned, bundle: dict[str, Any]) -> Any:
    media = operation.definition.get("requestBody", {}).get("content", {}).get("application/json")
    return sample(media.get("schema", {}), bundle, media) if media else None


def _of_collection(body: Any, spec: CollectionSpec) -> Any:
    """A native body as this caller would send it: its own openid, rows that are there."""
    made = {name: value for name, value in body.items() if name != "id"}
    for name in made:
        field = spec.fields.get(name)
        if name == spec.owner or (field and field.private):
            made[name] = "$openid"
        elif field and field.kind is Kind.RELATION and made[name]:
            made[name] = f"${field.target}"
        elif field and field.kind is Kind.RELATIONS and made[name]:
            made[name] = [f"${field.target}"]
    return made
