"""What a token is checked against on every request: columns of its user's row."""

from typing import NamedTuple

from bai_wx.database.connection import note_own_write
from bai_wx.database.statement import Row, Statement


class Standing(NamedTuple):
    """The columns of a user that its token is checked against, and its business id, which never changes."""

    openid: str
    token_key: str
    users_status: str
    users_id: str

    @property
    def changing(self) -> tuple[str, ...]:
        """What is looked at again on every request."""
        return self[:-1]


def looked_at(statement: Statement, record_id: str) -> Row | None:
    """Read a user's row, and note the last column: the transaction in which it wrote public rows last."""
    row = statement.row({"id": record_id})
    if row is not None:
        note_own_write(row[-1])
    return row and row[:-1]
