"""Export: every row of a collection as a line of JSON, deleted rows and hidden fields included."""

from collections.abc import Iterator

import orjson

from bai_wx.database.statement import Param, Statement
from bai_wx.record.base import Record
from bai_wx.transfer.plain_rows import json_value

CHUNK = 1_000  # rows a query


def lines(model: type[Record]) -> Iterator[bytes]:
    """A collection's rows in the order they came, each a JSON object and a newline."""
    fields = list(model.record_fields().values())
    columns = [getattr(model, field.name) for field in fields]
    later = model.select(model.seq, *columns).where(model.seq > Param("seq")).order_by(model.seq)
    chunk, seq = Statement(later.limit(CHUNK)), -1
    # By chunks, because PostgreSQL's driver takes the whole result into memory.
    while rows := chunk.rows({"seq": seq}):
        for seq, *row in rows:  # noqa: B007  # the last one is where the next chunk begins
            values = {f.name: json_value(f, held) for f, held in zip(fields, row, strict=True)}
            yield orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)
