"""Export: every row of a collection as a line of JSON, deleted rows and hidden fields included.

What is encrypted at rest stays so, unless it is asked for plain: then whoever has the file has the numbers.
"""

from collections.abc import Iterator

import orjson

from bai_wx.database.statement import Param, Statement
from bai_wx.record.base import Record
from bai_wx.record.shape import Shape, stored, value

CHUNK = 1_000  # rows a query


def lines(model: type[Record], *, is_plain: bool = False) -> Iterator[bytes]:
    """A collection's rows in the order they came, each a JSON object and a newline.

    `is_plain` decrypts. Raises: `DataKeyMissing`, `WrongPlace` then.
    """
    shown = value if is_plain else stored
    shape = Shape({name: shown(field) for name, field in model.record_fields().items()})
    later = model.select(*shape.columns, model.seq).where(model.seq > Param("seq"))
    chunk, seq = Statement(later.order_by(model.seq).limit(CHUNK)), -1
    # By chunks, because PostgreSQL's driver takes the whole result into memory.
    while rows := chunk.rows({"seq": seq}):
        seq = rows[-1][-1]
        for record in shape.encode([row[:-1] for row in rows]):
            yield orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
