"""What a row of the table of bad inputs says, and the whole table.

A row reads as a claim: `operation`, who asks, what is wrong, and the status and code that answer it.
Texts that begin with `$` stand for the running server's own rows and tokens (see `World.names`).
"""

from dataclasses import dataclass, field
from typing import Any

from tests.api.bundle import OPERATIONS
from tests.sent import MEBIBYTE

ABSENT: Any = object()

NO_FILE = "File not found."
EMPTY_LIST = "an empty list"

OVERSIZE = b" " * (8 * MEBIBYTE) + b"1"
"""One byte more than a JSON body may have."""

UNKNOWN_ID = "zzzzzzzzzzzzzzz"


@dataclass(frozen=True)
class Bad:
    """One bad request and its answer.

    `code`: a hook's `data.code`; a native answer's `message`; `EMPTY_LIST`; `""` where there is no body.
    `problems`: exactly the keys of a hook's `data.fields`; a native `data` as field to code,
    of a batch the status of the request that fails it. None: any.
    `path` replaces the operation's own, `record` is the `recordId` in it, `query` follows it.
    """

    operation: str
    claim: str
    status: int
    code: str
    problems: Any = None
    who: str = "alice"
    method: str = ""
    path: str = ""
    record: str = UNKNOWN_ID
    query: str = ""
    body: Any = ABSENT
    raw: bytes | tuple[bytes, ...] = b""
    headers: dict[str, str] = field(default_factory=dict)
    allow: str = ""

    @property
    def id(self) -> str:
        """How pytest names it."""
        return f"{self.operation}: {self.claim}"

    @property
    def verb(self) -> str:
        """The method it is sent with."""
        return self.method or OPERATIONS[self.operation].method

    @property
    def target(self) -> str:
        """Path and query, with names not yet filled in."""
        path = self.path or OPERATIONS[self.operation].path.replace("{recordId}", self.record)
        return path + self.query


def table() -> list[Bad]:
    """Every row, families first."""
    from tests.api import bad_batches, bad_hooks, bad_native, bad_uploads, bad_writes

    tables = (bad_hooks, bad_native, bad_writes, bad_uploads, bad_batches)
    return [row for each in tables for row in each.ROWS]
