"""What a change of the contract is, and when it breaks a client.

The rule is that of sets of values, as oasdiff derives its severities: a request may be wider than
before, an answer may be narrower. The other way round, and where neither set holds the other, a
client that kept to the old contract can fail.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import orjson

from bai_wx.contract.files import Pointer


class Direction(Enum):
    """Who writes the value: the client (request) or the server (response)."""

    REQUEST = "request"
    RESPONSE = "response"


class Effect(Enum):
    """What became of the set of allowed values."""

    NARROWER = "narrower"
    WIDER = "wider"
    OTHER = "other"
    """Neither set holds the other, or something a client relied on is gone."""
    SAFE = "safe"
    """No client that kept to the old contract notices."""

    def breaks(self, direction: Direction) -> bool:
        """Whether a client that kept to the old contract can fail."""
        unsafe = Effect.NARROWER if direction is Direction.REQUEST else Effect.WIDER
        return self in (unsafe, Effect.OTHER)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in one of the two contracts: a pointer into its bundle."""

    pointer: Pointer
    is_new: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two contracts.

    `kind` is the keyword, or what happened (`property-removed`); `place` says where for people
    (`body.items[].quantity`), `source` is the file and the JSON pointer.
    """

    kind: str
    place: str
    text: str
    spot: Spot
    breaking: bool
    source: str = ""

    @property
    def verdict(self) -> str:
        """`breaking` or `compatible`."""
        return "breaking" if self.breaking else "compatible"


def shown(value: Any) -> str:
    """A value of a keyword in one short piece of text."""
    text = value if isinstance(value, str) else canonical(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def canonical(value: Any) -> str:
    """One text for one JSON value, whatever the order of its keys."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def listed(values: Iterable[str]) -> str:
    """Values of a set, in order, for people."""
    return ", ".join(sorted(values))
