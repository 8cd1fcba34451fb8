"""Export: every row of a collection as a line of JSON, deleted rows and hidden fields included."""

from collections.abc import Iterator

import orjson

from models.base import Record
from models.plain import json_value


def lines(model: type[Record]) -> Iterator[bytes]:
    """A collection's rows in the order they came, each a JSON object and a newline."""
    fields = list(model.record_fields().values())
    columns = [getattr(model, field.name) for field in fields]
    for row in model.select(*columns).order_by(model.seq).tuples().iterator():
        values = {f.name: json_value(f, held) for f, held in zip(fields, row, strict=True)}
        yield orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)


class Counted:
    """Lines on their way to a file, and how many there have been."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self._source = source
        self.count = 0

    def __iter__(self) -> Iterator[bytes]:
        for line in self._source:
            self.count += 1
            yield line
