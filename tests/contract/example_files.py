"""Where the contract's files show an example, and how one is written there.

An example's spot has a name: `cart_create request` (with ` <name>` where there are several),
`cart_create 200`, `HookNotFound` or `CartCreateRefused quantity` for what operations share,
`ETag header`, `IfNoneMatch parameter`. Only the text of an example is replaced; comments, order and
style around it stay.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bai_wx.contract.loader import CONTRACT_ROOT

FILES = CONTRACT_ROOT.parent / "openapi-wx"
LINE = 100  # characters; what is short and fits stays on one line
SHORT = 5  # values

SHOWN = r"content/application/json/(?:example|examples/(?P<name>\w+)/value)"
PLACES = {
    rf"paths/\w+/(?P<method>\w+)/requestBody/{SHOWN}": "request",
    rf"paths/\w+/(?P<method>\w+)/responses/(?P<status>\d+)/{SHOWN}": "answer",
    rf"components/responses/(?P<holder>\w+)/{SHOWN}": "",
    r"components/headers/(?P<holder>\w+)/example": "header",
    r"components/parameters/(?P<holder>IfNoneMatch)/example": "parameter",
}


@dataclass(frozen=True)
class Spot:
    """An example in a file: its name, its value, and where the text after its key's colon stands."""

    name: str
    value: Any
    file: Path
    start: int
    end: int
    indent: int
    is_flow: bool


def find_spots(folder: Path = FILES) -> dict[str, Spot]:
    """Every example of a JSON body, a JSON answer, a header or what repeats one, by name."""
    found = [spot for file in sorted(folder.glob("*.yaml")) for spot in _spots(file)]
    spots = {spot.name: spot for spot in found}
    assert len(spots) == len(found), "two examples of one name"
    return spots


def write(values: Mapping[str, Any], folder: Path = FILES) -> None:
    """Put values, by their spots' names, in the place of examples; nothing else changes."""
    spots = find_spots(folder)
    # From the end, so that the places of those before stay right.
    for spot in sorted((spots[name] for name in values), key=lambda s: s.start, reverse=True):
        text = spot.file.read_text("utf-8")
        text = text[: spot.start] + rendered(values[spot.name], spot) + text[spot.end :]
        spot.file.write_text(text, "utf-8")


def rendered(value: Any, spot: Spot) -> str:
    """The text after the key's colon; in a block where the spot was one."""
    if not spot.is_flow and isinstance(value, dict | list) and value:
        return "\n" + _block(value, spot.indent + 2)
    return _after_colon(value, spot.indent, len("example:"))


def _block(value: Any, indent: int) -> str:
    pad = " " * indent
    if isinstance(value, dict):
        keys = ((_flow(key), child) for key, child in value.items())
        lines = [f"{pad}{key}:{_after_colon(child, indent, len(key) + 1)}" for key, child in keys]
    else:
        lines = [f"{pad}- {_item(child, indent + 2)}" for child in value]
    return "\n".join(lines)


def _item(value: Any, indent: int) -> str:
    return _flow(value) if _is_short(value, indent) else _block(value, indent).lstrip()


def _after_colon(value: Any, indent: int, used: int) -> str:
    if _is_short(value, indent + used + 1):
        return f" {_scalar(value) if _is_scalar(value) else _flow(value)}"
    return "\n" + _block(value, indent + 2)


def _is_short(value: Any, column: int) -> bool:
    if _is_scalar(value):
        return True
    if isinstance(value, dict) and any(_count(child) > 1 for child in value.values()):
        return False
    return _count(value) <= SHORT and column + len(_flow(value)) <= LINE


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, dict | list) or not value


def _count(value: Any) -> int:
    """How many values there are within."""
    if _is_scalar(value):
        return 1
    return sum(map(_count, value.values() if isinstance(value, dict) else value))


def _flow(value: Any) -> str:
    """YAML on one line, good within brackets."""
    return _dumped([value])[1:-1]


def _scalar(value: Any) -> str:
    """YAML of a value that has no others within."""
    return _dumped(value).removesuffix("\n...")


def _dumped(value: Any) -> str:
    text: str = yaml.safe_dump(
        value, allow_unicode=True, default_flow_style=True, sort_keys=False, width=10**6
    )
    return text.strip()


def _spots(file: Path) -> Iterator[Spot]:
    text = file.read_text("utf-8")
    root = yaml.compose(text)
    operations = {
        path.removesuffix("/operationId"): value.value
        for path, _, value in _nodes(root)
        if path.endswith("/operationId")
    }
    for path, key, value in _nodes(root):
        for pattern, kind in PLACES.items():
            if place := re.fullmatch(pattern, path):
                owner = operations.get("/".join(path.split("/")[:3]), "")
                yield Spot(
                    name=_name(place.groupdict(), kind, owner),
                    value=_constructed(value),
                    file=file,
                    start=key.end_mark.index + 1,
                    end=_end(value),
                    indent=key.start_mark.column,
                    is_flow=isinstance(value, yaml.ScalarNode) or bool(value.flow_style),
                )


def _name(found: Mapping[str, str | None], kind: str, operation: str) -> str:
    parts = [operation or found["holder"], found.get("status") or kind, found.get("name")]
    return " ".join(part for part in parts if part)


def _nodes(node: Any, path: str = "") -> Iterator[tuple[str, yaml.Node, Any]]:
    """Every pair of a mapping, with the keys that lead to it."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            where = f"{path}/{key.value}".removeprefix("/")
            yield where, key, value
            yield from _nodes(value, where)


def _end(node: yaml.Node) -> int:
    """Where a node's own text ends; a block's mark is past the blank lines and comments below it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _constructed(node: yaml.Node) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(node)
    finally:
        loader.dispose()
