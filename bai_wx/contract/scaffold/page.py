"""The lines of scaffolded operations on `docs/api.md`, which lists every operation of the contract."""

from typing import Final

from bai_wx.contract.family import Family, family_of
from bai_wx.contract.files import ContractError
from bai_wx.contract.scaffold.plan import Planned

HEADINGS: Final = {Family.HOOK: "## hooks 接口", Family.NATIVE: "## 原生接口"}
WORDS: Final = {
    "list": "`{table}` 的记录。",
    "view": "一条 `{table}` 记录。",
    "create": "新建一条 `{table}` 记录。",
    "update": "修改一条 `{table}` 记录。",
    "delete": "软删除一条 `{table}` 记录；返回 204。",
}


def with_line(text: str, operation: Planned) -> str:
    """The page with the operation's line at the end of its family's table."""
    if f"`{operation.id}`" in text:
        return text
    head, heading, rest = text.partition(HEADINGS[family_of(operation.path)])
    lines = rest.splitlines(keepends=True)
    table = [place for place, line in enumerate(lines) if line.startswith("|")]
    end = next((n for n, place in enumerate(table) if place - table[0] != n), len(table))
    if not table:
        raise ContractError(f"docs/api.md has no table under {heading or 'its headings'}")
    at = table[end - 1] + 1
    return head + heading + "".join([*lines[:at], _line(operation), *lines[at:]])


def _line(operation: Planned) -> str:
    cells = (
        operation.method,
        f"`{operation.path}`",
        f"`{operation.id}`",
        _token(operation),
        _words(operation),
    )
    return f"| {' | '.join(cells)} |\n"


def _token(operation: Planned) -> str:
    security = operation.definition.get("security", [])
    if not security:
        return "no"
    return "optional" if {} in security else "yes"


def _words(operation: Planned) -> str:
    if operation.verb:
        return WORDS[operation.verb].format(table=operation.path.split("/")[4])
    return " ".join(str(operation.definition.get("summary", operation.id)).split())
