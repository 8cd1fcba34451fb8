"""Two versions of a schema compared, in one direction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from math import inf
from typing import Any, Final

from bai_wx.contract.diff.changes import Change, Direction, Effect, Spot, listed, shown
from bai_wx.contract.diff.flat import LOWER, UPPER, Flat, Flattener, Nodes
from bai_wx.contract.files import Pointer

_COUNTS: Final = LOWER - {"minimum", "exclusiveMinimum"}
_EXTENSIONS: Final[dict[str, tuple[Effect, Effect, Effect]]] = {
    # What it is when the word is added, removed, changed.
    "x-owner": (Effect.OTHER, Effect.OTHER, Effect.OTHER),
    "x-visible": (Effect.OTHER, Effect.OTHER, Effect.OTHER),
    "x-derived": (Effect.OTHER, Effect.OTHER, Effect.OTHER),
    "x-file": (Effect.OTHER, Effect.OTHER, Effect.OTHER),
    "x-private": (Effect.OTHER, Effect.SAFE, Effect.OTHER),
    "x-hidden": (Effect.OTHER, Effect.SAFE, Effect.OTHER),
    "x-unique": (Effect.OTHER, Effect.SAFE, Effect.OTHER),
    "x-relation": (Effect.SAFE, Effect.OTHER, Effect.OTHER),
    "x-id-prefix": (Effect.SAFE, Effect.OTHER, Effect.OTHER),
}
"""The contract's own words. They say which rows and values are answered and which writes are
accepted, so most of them break in both directions (docs/contract-extensions.md).
"""
_REQUEST_WORDS: Final[dict[str, tuple[Effect, Effect, Effect]]] = {
    # An unchanged request that leaves the key out means something else, or its value is ignored.
    "default": (Effect.SAFE, Effect.OTHER, Effect.OTHER),
    "readOnly": (Effect.OTHER, Effect.SAFE, Effect.OTHER),
}

_Pair = tuple[tuple[Pointer, ...], ...]


@dataclass
class Comparison:
    """Compares the schemas of two bundles.

    A schema that holds itself is compared once on each way down.
    """

    old: Flattener
    new: Flattener
    direction: Direction
    _below: set[_Pair] = field(default_factory=set)
    _equal: set[_Pair] = field(default_factory=set)

    def compare(self, old: Nodes, new: Nodes, place: str) -> Iterator[Change]:
        """Yield what differs between all of `old` and all of `new`."""
        old, new = self.old.resolved(old), self.new.resolved(new)
        pair = (tuple(n.at for n in old), tuple(n.at for n in new))
        if pair in self._below or pair in self._equal:
            return
        is_whole = not self._below
        self._below.add(pair)
        try:
            count = 0
            for change in self._alternatives(
                self.old.alternatives(old), self.new.alternatives(new), place
            ):
                count += 1
                yield change
        finally:
            self._below.discard(pair)
        if is_whole and not count:  # below others, what is cut off may be what differs
            self._equal.add(pair)

    def _alternatives(self, old: list[Flat], new: list[Flat], place: str) -> Iterator[Change]:
        """Pair the alternatives; one without a partner is gone or new."""
        pairs, gone, added = self._paired(old, new)
        if len(gone) == len(added) == 1 and not pairs:
            yield from self._other_type(gone[0], added[0], place)
            return
        for one, other in pairs:
            yield from self._flats(one, other, place)
        for one in gone:
            spot = Spot(one.place("type"), False)
            text = f"{_described(one)} is no longer among the alternatives"
            yield self._change(Effect.NARROWER, "type", place, text, spot)
        for other in added:
            spot = Spot(other.place("type"), True)
            text = f"{_described(other)} is a new alternative"
            yield self._change(Effect.WIDER, "type", place, text, spot)

    def _paired(
        self, old: list[Flat], new: list[Flat]
    ) -> tuple[list[tuple[Flat, Flat]], list[Flat], list[Flat]]:
        """Equal alternatives first, then those of one type, then integers with numbers."""
        pairs: list[tuple[Flat, Flat]] = []
        gone, added = list(old), list(new)
        for fits in (self._is_same, _is_of_one_type, _is_of_near_type):
            for one in list(gone):
                other = next((each for each in added if fits(one, each)), None)
                if other is not None:
                    pairs.append((one, other))
                    gone.remove(one)
                    added.remove(other)
        return pairs, gone, added

    def _is_same(self, one: Flat, other: Flat) -> bool:
        return _is_of_one_type(one, other) and not any(self._flats(one, other, ""))

    def _other_type(self, one: Flat, other: Flat, place: str) -> Iterator[Change]:
        text = f"type {_described(one)} → {_described(other)}"
        yield self._change(Effect.OTHER, "type", place, text, Spot(other.place("type"), True))

    def _flats(self, old: Flat, new: Flat, place: str) -> Iterator[Change]:
        """Compare two plain alternatives, keyword by keyword."""
        steps: tuple[Callable[[Flat, Flat, str], Iterator[Change]], ...] = (
            self._types,
            self._values,
            self._limits,
            self._facets,
            self._words,
            self._closing,
            self._properties,
            self._children,
        )
        for step in steps:
            yield from step(old, new, place)

    def _types(self, old: Flat, new: Flat, place: str) -> Iterator[Change]:
        if old.types != new.types:
            is_wider = new.types is None or new.types == {"number"}
            effect = Effect.WIDER if is_wider else Effect.NARROWER
            text = f"type {_described(old)} → {_described(new)}"
            yield self._change(effect, "type", place, text, Spot(new.place("type"), True))

    def _values(self, old: Flat, new: Flat, place: str) -> Iterator[Change]:
        spot = Spot(new.place("enum"), True)
        if old.values is None or new.values is None:
            if old.values is not new.values:
                effect = Effect.WIDER if new.values is None else Effect.NARROWER
                text = f"enum {_enum(old)} → {_enum(new)}"
                yield self._change(effect, "enum", place, text, spot)
            return
        if lost := old.values.keys() - new.values.keys():
            yield self._change(Effect.NARROWER, "enum", place, f"enum lost {listed(lost)}", spot)
        if won := new.values.keys() - old.values.keys():
            yield self._change(Effect.WIDER, "enum", place, f"enum gained {listed(won)}", spot)

    def _limits(self, old: Flat, new: Flat, place: str) -> Iterator[Change]:
        for key in sorted(old.limits.keys() | new.limits.keys()):
            before, after = _limit(old, key), _limit(new, key)
            if before != after:
                effect = Effect.WIDER if (after > before) == (key in UPPER) else Effect.NARROWER
                text = f"{key} {_told(before)} → {_told(after)}"
                yield self._change(effect, key, place, text, Spot(new.place(key), True))

    def _facets(self, old: Flat, new: Flat, place: str) -> Iterator[Change]:
        """Patterns, formats and the like: more of them is narrower, another is another set."""
        for key in sorted(old.facets.keys() | new.facets.keys()):
            before = old.facets.get(key, frozenset())
            after = new.facets.get(key, frozenset())
            if before != after:
                effect = (
                    Effect.NARROWER
                    if before < after
                    else Effect.WIDER
                    if after < before
                    else Effect.OTHER
                )
                text = f"{key} {_set(before)} → {_set(after)}"
                yield self._change(effect, key, place, text, Spot(new.place(key), True))

    def _words(self, old: Flat, new: Flat, place: str) -> Iterator[Change]:
        known = dict(_EXTENSIONS)
        if self.direction is Direction.REQUEST:
            known |= _REQUEST_WORDS
        for key, effects in known.items():
            before, after = old.words.get(key) or None, new.words.get(key) or None
            if key == "default":
                before, after = old.words.get(key), new.words.get(key)
            if before != after:
                effect = effects[0 if before is None else 1 if after is None else 2]
                text = f"{key} {_word(before)} → {_word(after)}"
                yield self._change(effect, key, place, text, Spot(new.place(key), True))

    def _closing(self, old: Flat, new: Flat, place: str) -> Iterator[Change]:
        """Whether other keys are accepted. Who reads an answer ignores what he does not know."""
        if old.closed == new.closed:
            return
        is_request = self.direction is Direction.REQUEST
        effect = Effect.NARROWER if new.closed and is_request else Effect.SAFE
        text = "closed: no other keys" if new.closed else "opened: any other key"
        spot = Spot(new.place("closed"), True)
        yield self._change(effect, "additionalProperties", place, text, spot)

    def _properties(self, old: Flat, new: Flat, place: str) -> Iterator[Change]:
        for name in sorted(old.properties.keys() | new.properties.keys()):
            below = f"{place}.{name}" if place else name
            if name not in new.properties:
                spot = Spot(old.properties[name][0].at, False)
                yield self._change(
                    Effect.OTHER, "property-removed", below, "property removed", spot
                )
            elif name not in old.properties:
                yield self._new_property(new, name, below)
            else:
                yield from self.compare(old.properties[name], new.properties[name], below)
        yield from self._required(old, new, place)

    def _new_property(self, new: Flat, name: str, place: str) -> Change:
        spot = Spot(new.properties[name][0].at, True)
        if name in new.required and self.direction is Direction.REQUEST:
            text = "required property added"
            return self._change(Effect.NARROWER, "property-added", place, text, spot)
        return self._change(Effect.SAFE, "property-added", place, "property added", spot)

    def _required(self, old: Flat, new: Flat, place: str) -> Iterator[Change]:
        """Keys that are on both sides and in `required` on one."""
        for name in sorted(old.required ^ new.required):
            is_new = name in new.required
            was_told = name in (old.properties.keys() ^ new.properties.keys())
            if not was_told:
                effect = Effect.NARROWER if is_new else Effect.WIDER
                text = "required now" if is_new else "no longer required"
                below = f"{place}.{name}" if place else name
                spot = Spot(new.place("required"), True)
                yield self._change(effect, "required", below, text, spot)

    def _children(self, old: Flat, new: Flat, place: str) -> Iterator[Change]:
        for key in sorted(old.children.keys() | new.children.keys()):
            below = f"{place}[]" if key == "items" else f"{place}.*"
            if key in old.children and key in new.children:
                yield from self.compare(old.children[key], new.children[key], below)
                continue
            is_new = key in new.children
            effect = Effect.NARROWER if is_new else Effect.WIDER
            text = f"{key} {'set' if is_new else 'unset'}"
            yield self._change(effect, key, below, text, Spot(new.place(key), True))

    def _change(self, effect: Effect, kind: str, place: str, text: str, spot: Spot) -> Change:
        return Change(kind, place, text, spot, effect.breaks(self.direction))


def _is_of_one_type(one: Flat, other: Flat) -> bool:
    return one.types == other.types


def _is_of_near_type(one: Flat, other: Flat) -> bool:
    both = {*(one.types or ()), *(other.types or ())}
    return one.types is None or other.types is None or both == {"integer", "number"}


def _limit(flat: Flat, key: str) -> float:
    absent = inf if key in UPPER else 0 if key in _COUNTS else -inf
    return flat.limits.get(key, absent)


def _described(flat: Flat) -> str:
    return listed(flat.types) if flat.types is not None else "any"


def _enum(flat: Flat) -> str:
    return "none" if flat.values is None else f"[{listed(flat.values)}]"


def _told(limit: float) -> str:
    return "none" if limit in (inf, -inf) else str(limit)


def _set(found: Iterable[str]) -> str:
    return shown(listed(found)) or "none"


def _word(value: Any) -> str:
    return "none" if value is None else shown(value)
