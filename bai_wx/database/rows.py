"""What a statement that was sent by libpq's own calls returned."""

from collections.abc import Iterator
from typing import Any


class Rows:
    """What a statement returned, read as a driver's cursor is."""

    __slots__ = ("_left", "_result", "command", "rowcount")

    def __init__(self, rows: list[tuple[Any, ...]], result: Any = None) -> None:
        """`result` is libpq's, where a statement was sent."""
        self._left, self._result = iter(rows), result
        self.rowcount: int = (result.command_tuples or 0) if result else 0
        self.command: bytes = (result.command_status or b"") if result else b""
        """What the server says it did: `COMMIT`."""

    @property
    def description(self) -> list[tuple[str]]:
        """The columns' names, as PEP 249 has them first."""
        result = self._result
        return [((result.fname(place) or b"").decode(),) for place in range(result.nfields)]

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row."""
        return next(self._left, None)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """The rows that are left."""
        return list(self._left)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self._left

    def close(self) -> None:
        """Nothing: all rows are here."""
