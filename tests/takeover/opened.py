"""A source that was made, opened, with its translator."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bai_wx.transfer.pocketbase.mapping import SourceMapping
from bai_wx.transfer.pocketbase.pb_data import PbData
from bai_wx.transfer.pocketbase.translating import Translator
from tests.takeover.making import Made

Row = dict[str, Any]
Told = set[tuple[str, str]]
"""Fields, each with what is told of it."""


class Source:
    """The data of a version, and its translator."""

    def __init__(self, made: Made, data: PbData) -> None:
        self.made, self.data = made, data
        self.mapping = SourceMapping.of(data)
        self.translator = Translator(data, self.mapping)

    def row(self, collection: str, number: int = 0) -> Row:
        """A row of the source, the first by default."""
        return [row for _, row in self.data.rows(collection)][number]

    def translated(self, collection: str, **values: Any) -> tuple[Row, Told, Told]:
        """The first row with these values, translated: values, changes, refusals."""
        made = self.translator.translate(collection, self.row(collection) | values)
        return made.values, set(map(tuple, made.changes)), set(map(tuple, made.refused))


@contextmanager
def opened(made: Made) -> Iterator[Source]:
    """Open what was made."""
    with tempfile.TemporaryDirectory() as scratch, PbData.open(made.pb_data, Path(scratch)) as data:
        yield Source(made, data)
