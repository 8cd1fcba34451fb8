"""Two contracts compared, operation by operation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import inf
from typing import Any, Final

from bai_wx.contract.diff.changes import Change, Direction, Effect, Spot, canonical
from bai_wx.contract.diff.contracts import Contract
from bai_wx.contract.diff.flat import Flattener, Node
from bai_wx.contract.diff.schemas import Comparison
from bai_wx.contract.files import Pointer
from bai_wx.contract.loader import METHODS

WHOLE_CONTRACT: Final = "the whole contract"
_SERIALISATION: Final = ("style", "explode", "allowReserved", "content")


@dataclass(frozen=True)
class _Operation:
    """One operation, with what its path gives to all of them."""

    path: str
    method: str
    definition: Mapping[str, Any]
    shared: list[Mapping[str, Any]]

    @property
    def at(self) -> Pointer:
        return ("paths", self.path, self.method)

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"

    def parameters(self) -> dict[tuple[str, str], Node]:
        """By where they are and what they are called; a path's by their number."""
        found: dict[tuple[str, str], Node] = {}
        places = re.findall(r"{([^{}]+)}", self.path)
        own = list(self.definition.get("parameters", ()))
        rows: list[tuple[Mapping[str, Any], Pointer]] = [
            (each, ("paths", self.path)) for each in self.shared
        ]
        rows += [(each, self.at) for each in own]
        for number, (each, at) in enumerate(rows):
            name, where = str(each["name"]), str(each["in"])
            if where == "path" and name in places:
                name = str(places.index(name))
            key = (where, name.lower() if where == "header" else name)
            index = number if at != self.at else number - len(self.shared)
            found[key] = Node(each, (*at, "parameters", str(index)))
        return found


def compare(old: Contract, new: Contract) -> dict[str, list[Change]]:
    """Tell what changed between two contracts.

    Returns: the changes by operation (`POST /pb/api/cart/create`), in the order of the contract; what
        concerns all operations under `WHOLE_CONTRACT`. Nothing that only texts or the order of keys,
        or where a schema is written, sets apart.
    """
    found = {WHOLE_CONTRACT: list(_whole(old.bundle, new.bundle))}
    compared = OperationComparison(old.bundle, new.bundle)
    before, after = _operations(old.bundle), _operations(new.bundle)
    for key in [*before, *(key for key in after if key not in before)]:
        name = (after.get(key) or before[key]).name
        found[name] = list(compared.compare(before.get(key), after.get(key)))
    return {name: _located(changes, old, new) for name, changes in found.items() if changes}


def _located(changes: list[Change], old: Contract, new: Contract) -> list[Change]:
    """Each change once, with its source; what breaks first."""
    told: dict[tuple[str, str, bool], Change] = {}
    for each in changes:
        source = (new if each.spot.is_new else old).source(each.spot.pointer)
        told.setdefault((each.place, each.text, each.breaking), replace(each, source=source))
    return sorted(told.values(), key=lambda each: not each.breaking)


def _operations(bundle: Mapping[str, Any]) -> dict[tuple[str, str], _Operation]:
    """Every operation by its path, whatever its parameters are called, and method."""
    return {
        (re.sub(r"{[^{}]+}", "{}", path), method): _Operation(
            path, method, item[method], item.get("parameters", [])
        )
        for path, item in bundle["paths"].items()
        for method in METHODS
        if method in item
    }


def _whole(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Servers and ways of authentication."""
    yield from _named_changes(
        {each["url"]: {} for each in old.get("servers", ())},
        {each["url"]: {} for each in new.get("servers", ())},
        "server",
        ("servers",),
    )
    yield from _named_changes(
        _schemes(old), _schemes(new), "security scheme", ("components", "securitySchemes")
    )


def _schemes(bundle: Mapping[str, Any]) -> dict[str, Any]:
    schemes = bundle.get("components", {}).get("securitySchemes", {})
    return {
        name: {key: value for key, value in scheme.items() if key != "description"}
        for name, scheme in schemes.items()
    }


def _named_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], what: str, at: Pointer
) -> Iterator[Change]:
    kind = what.replace(" ", "-")
    for name in [*old, *(name for name in new if name not in old)]:
        place = f"{what} {name}"
        if name not in new:
            yield Change(f"{kind}-removed", place, "removed", Spot(at, False), True)
        elif name not in old:
            yield Change(f"{kind}-added", place, "added", Spot(at, True), False)
        elif old[name] != new[name]:
            text = f"{canonical(old[name])} → {canonical(new[name])}"
            yield Change(f"{kind}-changed", place, text, Spot(at, True), True)


class OperationComparison:
    """Compares the operations of two bundles."""

    def __init__(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        self._bundles = old, new
        flatteners = Flattener(old), Flattener(new)
        self._request = Comparison(*flatteners, Direction.REQUEST)
        self._response = Comparison(*flatteners, Direction.RESPONSE)

    def compare(self, old: _Operation | None, new: _Operation | None) -> Iterator[Change]:
        """Yield what changed; an operation that is missing on one side is one change."""
        if old is None or new is None:
            yield from _missing(old, new)
            return
        steps: tuple[Callable[[_Operation, _Operation], Iterator[Change]], ...] = (
            _operation_words,
            self._security,
            self._parameters,
            self._body,
            self._responses,
        )
        for step in steps:
            yield from step(old, new)

    def _security(self, old: _Operation, new: _Operation) -> Iterator[Change]:
        """Ways to authenticate are alternatives: one less breaks, one more does not."""
        before, after = (
            _ways(operation.definition.get("security", bundle.get("security", [])))
            for operation, bundle in zip((old, new), self._bundles, strict=True)
        )
        spot = Spot((*new.at, "security"), True)
        for way in sorted(before - after):
            yield Change("security-removed", "security", f"{way} no longer accepted", spot, True)
        for way in sorted(after - before):
            yield Change("security-added", "security", f"{way} accepted too", spot, False)

    def _parameters(self, old: _Operation, new: _Operation) -> Iterator[Change]:
        before, after = old.parameters(), new.parameters()
        for key in [*before, *(key for key in after if key not in before)]:
            place = f"{key[0]} parameter {(after.get(key) or before[key]).schema['name']}"
            if key not in after:
                spot = Spot(before[key].at, False)
                yield Change("parameter-removed", place, "parameter removed", spot, True)
            elif key not in before:
                is_required = bool(after[key].schema.get("required"))
                text = "required parameter added" if is_required else "optional parameter added"
                spot = Spot(after[key].at, True)
                yield Change("parameter-added", place, text, spot, is_required)
            else:
                yield from self._parameter(before[key], after[key], place)

    def _parameter(self, old: Node, new: Node, place: str) -> Iterator[Change]:
        yield from _requiredness(old, new, place, Direction.REQUEST)
        if old.schema["in"] == "path" and old.schema["name"] != new.schema["name"]:
            text = f"called {old.schema['name']} before"
            yield Change("parameter-renamed", place, text, Spot(new.at, True), False)
        for key in _SERIALISATION:
            if old.schema.get(key) != new.schema.get(key):
                spot = Spot((*new.at, key), True)
                yield Change(key, place, f"{key} changed", spot, True)
        pair = _schema(old), _schema(new)
        yield from self._request.compare((pair[0],), (pair[1],), place)

    def _body(self, old: _Operation, new: _Operation) -> Iterator[Change]:
        before, after = (each.definition.get("requestBody") for each in (old, new))
        place, at = "body", (*new.at, "requestBody")
        if before is None or after is None:
            if before is not after:
                is_required = after is not None and bool(after.get("required"))
                text = "added" if before is None else "removed"
                spot = Spot(at if after else (*old.at, "requestBody"), after is not None)
                breaks = after is None or is_required
                yield Change(f"body-{text}", place, f"request body {text}", spot, breaks)
            return
        one, other = Node(before, (*old.at, "requestBody")), Node(after, at)
        yield from _requiredness(one, other, place, Direction.REQUEST)
        yield from self._content(one, other, place, self._request)

    def _responses(self, old: _Operation, new: _Operation) -> Iterator[Change]:
        before, after = (each.definition.get("responses", {}) for each in (old, new))
        for status in [*before, *(status for status in after if status not in before)]:
            at = (*new.at, "responses", status)
            if status not in after:
                # A refusal that no longer comes is one case less to handle.
                breaks = not status.startswith(("4", "5"))
                spot = Spot((*old.at, "responses", status), False)
                yield Change("status-removed", status, "status removed", spot, breaks)
            elif status not in before:
                yield Change("status-added", status, "status added", Spot(at, True), False)
            else:
                one = Node(before[status], (*old.at, "responses", status))
                yield from self._response_of(one, Node(after[status], at), status)

    def _response_of(self, old: Node, new: Node, status: str) -> Iterator[Change]:
        yield from self._content(old, new, status, self._response)
        before, after = (_headers(each) for each in (old, new))
        for name in [*before, *(name for name in after if name not in before)]:
            place = f"{status} header {name}"
            if name not in after:
                spot = Spot(before[name].at, False)
                yield Change("header-removed", place, "header removed", spot, True)
            elif name not in before:
                spot = Spot(after[name].at, True)
                yield Change("header-added", place, "header added", spot, False)
            else:
                one, other = before[name], after[name]
                yield from _requiredness(one, other, place, Direction.RESPONSE)
                yield from self._response.compare((_schema(one),), (_schema(other),), place)

    def _content(self, old: Node, new: Node, place: str, compared: Comparison) -> Iterator[Change]:
        """The media types of a body, and their schemas."""
        before, after = (each.schema.get("content", {}) for each in (old, new))
        for media in [*before, *(media for media in after if media not in before)]:
            below = f"{place} {media}" if media != "application/json" else place
            if media not in after:
                spot = Spot((*old.at, "content", media), False)
                yield Change("media-type-removed", below, f"{media} removed", spot, True)
            elif media not in before:
                spot = Spot((*new.at, "content", media), True)
                yield Change("media-type-added", below, f"{media} added", spot, False)
            else:
                one, other = old.child("content", media), new.child("content", media)
                yield from compared.compare((_schema(one),), (_schema(other),), below)


def _missing(old: _Operation | None, new: _Operation | None) -> Iterator[Change]:
    if old is not None:
        spot = Spot(old.at, False)
        yield Change("operation-removed", "operation", "operation removed", spot, True)
    elif new is not None:
        spot = Spot(new.at, True)
        yield Change("operation-added", "operation", "operation added", spot, False)


def _operation_words(old: _Operation, new: _Operation) -> Iterator[Change]:
    """What stands beside the parts: the id, the bound of a body, callbacks."""
    before, after = old.definition, new.definition
    if before.get("operationId") != after.get("operationId"):
        text = f"operationId {before.get('operationId')} → {after.get('operationId')}"
        yield Change("operationId", "operation", text, Spot((*new.at, "operationId"), True), True)
    most = before.get("x-max-body", inf), after.get("x-max-body", inf)
    if most[0] != most[1]:
        told = ["none" if each == inf else f"{each:,} bytes" for each in most]
        spot = Spot((*new.at, "x-max-body"), True)
        text = f"x-max-body {' → '.join(told)}"
        yield Change("x-max-body", "body", text, spot, most[1] < most[0])
    if before.get("deprecated", False) != after.get("deprecated", False):
        text = "deprecated" if after.get("deprecated") else "no longer deprecated"
        yield Change("deprecated", "operation", text, Spot(new.at, True), False)
    if before.get("callbacks") != after.get("callbacks"):
        yield Change("callbacks", "operation", "callbacks changed", Spot(new.at, True), True)


def _requiredness(old: Node, new: Node, place: str, direction: Direction) -> Iterator[Change]:
    was, now = bool(old.schema.get("required")), bool(new.schema.get("required"))
    if was != now:
        effect = Effect.NARROWER if now else Effect.WIDER
        text = "required now" if now else "no longer required"
        spot = Spot((*new.at, "required"), True)
        yield Change("required", place, text, spot, effect.breaks(direction))


def _ways(security: list[Mapping[str, list[str]]]) -> set[str]:
    """Each way in words. No requirement at all is the way without a token."""
    return {_way(each) for each in security or [{}]}


def _way(requirement: Mapping[str, list[str]]) -> str:
    parts = [f"{name}({','.join(sorted(s))})" if s else name for name, s in requirement.items()]
    return " and ".join(sorted(parts)) or "no token"


def _headers(response: Node) -> dict[str, Node]:
    names = response.schema.get("headers", {})
    return {name.lower(): response.child("headers", name) for name in names}


def _schema(holder: Node) -> Node:
    """The schema of a parameter, header or media type; without one any value."""
    return Node(holder.schema.get("schema", {}), (*holder.at, "schema"))
