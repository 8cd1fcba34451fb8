"""`diff`: what a client of one contract meets in another."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from bai_wx.cli.common import answer, json_option
from bai_wx.contract.diff.changes import Change
from bai_wx.contract.diff.contracts import read
from bai_wx.contract.diff.operations import compare

Changes = Mapping[str, list[Change]]


@click.command()
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path))
@json_option
def diff(old: Path, new: Path, as_json: bool) -> None:
    """Tell breaking from compatible changes of a contract, operation by operation.

    OLD and NEW are root files (openapi-wx.yaml) or their folders. A change breaks when a client that
    keeps to OLD can fail against NEW: a request that is no longer accepted, an answer that may hold
    what was never there or lacks what always was. New keys in answers are compatible.

    Exit status: 0 without a breaking change, 1 with one or when a contract cannot be read.
    """
    before, after = read(old), read(new)
    changes = compare(before, after)
    counts = _counts(changes)
    told = {"old": before.version, "new": after.version, **counts, "operations": _rows(changes)}
    answer(as_json, told, "\n".join(_lines(changes, counts)))
    if counts["breaking"]:
        raise click.exceptions.Exit(1)


def _counts(changes: Changes) -> dict[str, int]:
    verdicts = [each.breaking for found in changes.values() for each in found]
    return {"breaking": sum(verdicts), "compatible": len(verdicts) - sum(verdicts)}


def _rows(changes: Changes) -> list[dict[str, Any]]:
    return [
        {"operation": name, "changes": [_row(each) for each in found]}
        for name, found in changes.items()
    ]


def _row(change: Change) -> dict[str, Any]:
    return {
        "breaking": change.breaking,
        "kind": change.kind,
        "place": change.place,
        "change": change.text,
        "source": change.source,
    }


def _lines(changes: Changes, counts: Mapping[str, int]) -> Iterator[str]:
    for name, found in changes.items():
        yield name
        for each in found:
            yield f"  {each.verdict:10}  {each.place}: {each.text}  ({each.source})"
    if changes:
        yield ""
    told = f"{counts['breaking']} breaking, {counts['compatible']} compatible changes"
    yield f"{told} in {len(changes)} operations"
