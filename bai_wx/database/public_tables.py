"""Which statements read tables alone that a standby may be asked for, and which write to them.

A statement is looked at once. What is not understood is read at the primary, and counts as such a write.
"""

import re
from functools import lru_cache
from typing import Final

TEXTS: Final = 500  # of the last statements, each way
_FROM: Final = re.compile(r'(?<!DISTINCT )\b(?:FROM|JOIN)\s+(LATERAL\s+)?("?)(\w+)\2(\s*\()?')
"""Where a table, a function or a part in parentheses is read from: but for `IS DISTINCT FROM`."""
_NAMED: Final = re.compile(r'(?<![.\w"])"(\w+)" AS "')
"""A table as Peewee names one, also behind a comma. A column has its table before it."""
_LOCKING: Final = re.compile(r"\bFOR (?:NO KEY )?(?:UPDATE|SHARE)\b|\bpg_advisory_")
_WRITTEN: Final = re.compile(r'\b(?:INSERT INTO|UPDATE|DELETE FROM|COPY|TRUNCATE)\s+"?(\w+)')
_CONTROL: Final = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET ", "COMMIT")


class PublicTables:
    """The tables that may be read at a standby."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self._reads_no_other = lru_cache(TEXTS)(self._looked_at_no_other)
        self._writes = lru_cache(TEXTS)(self._wrote)

    def are_read_alone(self, sql: str) -> bool:
        """Whether a statement reads nothing but these tables."""
        return self._reads_no_other(sql)

    def are_written(self, sql: str) -> bool:
        """Whether a statement writes to one of them."""
        return self._writes(sql)

    def _looked_at_no_other(self, sql: str) -> bool:
        if not sql.startswith("SELECT") or _LOCKING.search(sql):
            return False
        # A function in place of a table makes its rows of what it is given.
        read_from = [name for _, _, name, called in _FROM.findall(sql) if not called]
        return bool(read_from) and self._names.issuperset([*read_from, *_NAMED.findall(sql)])

    def _wrote(self, sql: str) -> bool:
        if sql.startswith(("SELECT", *_CONTROL)):
            return False
        written = _WRITTEN.findall(sql)
        return not written or not self._names.isdisjoint(written)
