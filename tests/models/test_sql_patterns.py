"""Every regular expression in SQL takes time that grows with its text alone: see `tests/test_regexes.py`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import databases, test_regexes
from tests.hostile_texts import hostile

IN_SQL = re.compile(r"!?~\*?\s*(?=')|\bregexp_[a-z]+\(|\bSIMILAR\s+TO\s+", re.IGNORECASE)
"""What stands before a pattern in the text of a statement, or before the text that it is to match."""
SQL_TEXTS = re.compile(r"'(?:[^']|'')*'(?:\s*\n\s*'(?:[^']|'')*')*")
"""A literal; those on lines of their own are one."""
SQL_PIECE = re.compile(r"'(?:[^']|'')*'|[(),]|[^'(),]+")


def sql_patterns() -> Iterator[tuple[str, str | None]]:
    """Where the SQL of our modules names a pattern, and it; None for one that is no literal."""
    for name, tree in test_regexes.sources().items():
        texts = (
            n
            for n in test_regexes.nodes(tree)
            if isinstance(n, ast.Constant) and isinstance(n.value, str)
        )
        for node in texts:
            for use in IN_SQL.finditer(node.value):
                rest = node.value[use.end() :]
                if use[0].endswith("("):
                    rest = rest[_first_argument(rest) :].lstrip()
                literal = SQL_TEXTS.match(rest)
                parts = re.findall(r"'((?:[^']|'')*)'", literal[0]) if literal else []
                pattern = "".join(parts).replace("''", "'") if literal else None
                yield f"{name}:{node.lineno + node.value[: use.start()].count(chr(10))}", pattern


def _first_argument(text: str) -> int:
    """How long a call's first argument is, with its comma."""
    depth = 0
    for piece in SQL_PIECE.finditer(text):
        if piece[0] == "," and not depth:
            return piece.end()
        depth += {"(": 1, ")": -1}.get(piece[0], 0)
    return len(text)


def test_every_pattern_in_sql_is_a_literal() -> None:
    """So that this file finds it."""
    found = dict(sql_patterns())
    assert [where for where, pattern in found.items() if pattern is None] == []
    assert len(found) > 10


@pytest.mark.skipif(not databases.IS_POSTGRES, reason="PostgreSQL's own patterns")
def test_every_pattern_in_sql_ends_on_hostile_texts(tmp_path: Path) -> None:
    """Whether it is somewhere, what it finds there, and everywhere."""
    address = databases.new_address(tmp_path)
    limit = f"-c statement_timeout={test_regexes.ENDS_S}s"
    astray = []
    with psycopg.connect(address, options=limit, autocommit=True) as connection:
        for pattern in {pattern for _, pattern in sql_patterns() if pattern}:
            try:
                _ask(connection, pattern)
            except psycopg.errors.QueryCanceled:
                astray.append(pattern)
    assert astray == []


def _ask(connection: psycopg.Connection, pattern: str) -> None:
    for text in hostile(re.compile(pattern)):
        for question in ("%s ~ %s", "regexp_match(%s, %s)", "regexp_replace(%s, %s, '', 'g')"):
            connection.execute(f"SELECT {question}", (text, pattern))  # type: ignore[arg-type]
