"""The metrics as Prometheus reads them: its text format, version 0.0.4."""

from collections.abc import Iterable, Iterator
from typing import Final

from bai_wx.metrics.kinds import Family, dealt
from bai_wx.metrics.requests import REQUESTS

CONTENT_TYPE: Final = b"text/plain; version=0.0.4; charset=utf-8"


def families() -> list[Family]:
    """Every metric that is kept in cells."""
    return [REQUESTS, *dealt.metrics]


def text(beside: Iterable[Family] = ()) -> str:
    """All metrics, and those `beside`."""
    return "".join(line for family in (*families(), *beside) for line in _lines(family))


def _lines(family: Family) -> Iterator[str]:
    yield f"# HELP {family.name} {family.help}\n# TYPE {family.name} {family.kind}\n"
    for suffix, labels, value in family.samples():
        said = ",".join(f'{label}="{_escaped(value)}"' for label, value in labels.items())
        said = f"{{{said}}}" if said else ""
        yield f"{family.name}{suffix}{said} {_number(value)}\n"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
