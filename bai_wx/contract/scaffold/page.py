"""The lines of scaffolded operations on `docs/api.md`, which lists every operation of the contract."""

from typing import Final

from bai_wx.contract.family import Family, family_of
from bai_wx.contract.files import ContractError
from bai_wx.contract.scaffold.plan import Planned

HEADINGS: Final = {Family.HOOK: "## Hook paths", Family.NATIVE: "## Native paths"}
WORDS: Final = {
    "list": "Rows of `{table}`.",
    "view": "One row of `{table}`.",
    "create": "Create a row of `{table}`.",
    "update": "Change a row of `{table}`.",
    "delete": "Delete a row of `{table}` softly; answers 204.",
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
