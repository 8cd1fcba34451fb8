"""The functions of native operations: one call of the dialect each, which needs nothing written by hand."""

from typing import Final

from bai_wx.contract.scaffold.plan import Planned
from bai_wx.contract.scaffold.python_module import Names, sentence

FUNCTIONS: Final = {
    "list": (
        "def {id}(query: dict[str, str]{user}) -> dict[str, {Any}]:\n"
        '    """{summary}"""\n'
        "    return {dialect}.list_page({model}, query, {caller})\n"
    ),
    "view": (
        "def {id}(record_id: str, query: dict[str, str]{user}) -> dict[str, {Any}]:\n"
        '    """{summary}"""\n'
        "    return {dialect}.view({model}, record_id, query, {caller})\n"
    ),
    "create": (
        "def {id}(body: dict[str, {Any}], query: dict[str, str]{user}) -> dict[str, {Any}]:\n"
        '    """{summary}"""\n'
        "    return {dialect}.create({model}, body, query, {caller})\n"
    ),
    "update": (
        "def {id}(record_id: str, body: dict[str, {Any}], query: dict[str, str]{user})"
        " -> dict[str, {Any}]:\n"
        '    """{summary}"""\n'
        "    return {dialect}.update({model}, record_id, body, query, {caller})\n"
    ),
    "delete": (
        "def {id}(record_id: str{user}) -> tuple[None, int]:\n"
        '    """{summary}"""\n'
        "    {dialect}.delete({model}, record_id, {caller})\n"
        "    return None, 204\n"
    ),
}
"""The function of each verb. `{model}` and the others are names as the module can say them."""


def native_function(operation: Planned, model: tuple[str, str], names: Names) -> str:
    """The text of the function; `model` is the module and the class of the collection's model."""
    module, class_name = model
    is_for_users = any(operation.definition.get("security", ()))
    text = FUNCTIONS[operation.verb]
    made = {
        "id": operation.id,
        "summary": sentence(operation),
        "dialect": names.use("bai_wx", "dialect"),
        "model": names.use(f"models.{module}", class_name),
        "caller": "user" if is_for_users else "None",
        "user": f", user: {names.use('bai_wx.record.base', 'Caller')} | None"
        if is_for_users
        else "",
        "Any": names.use("typing", "Any") if "{Any}" in text else "",
    }
    return text.format(**made)
