"""Checks of the addresses of databases.

Each takes a setting's text and returns it. Raises: `ValueError` with the rest of a sentence that the setting's
name begins.
"""

from typing import Final

POSTGRES: Final = ("postgresql://", "postgres://")


def address(text: str) -> str:
    """The address of a database."""
    if text.startswith(POSTGRES):
        return _postgres(text)
    path = text.removeprefix("sqlite:///")
    if path in (":memory:", "/:memory:"):
        raise ValueError("is in memory, where each connection has its own; name a file")
    # `file:` would begin an address of SQLite's own, with options of its own.
    if path != text and path and not path.startswith("file:") and not path.endswith("/"):
        return text
    raise ValueError(
        "is not understood; write sqlite:///path/to/file.db or postgresql://user@host/name"
    )


def _postgres(text: str) -> str:
    if text in POSTGRES:
        raise ValueError("names no database; write postgresql://user@host/name")
    from bai_wx.database.connecting import readable  # the driver takes its time; SQLite needs none

    return readable(text)


def standbys(text: str, of: str) -> str:
    """The address of the standbys of a database."""
    if not text.startswith(POSTGRES):
        raise ValueError("is not understood; write postgresql://user@host1,host2/name")
    if not of.startswith(POSTGRES):
        raise ValueError("is for a BAI_WX_DATABASE that is PostgreSQL")
    from bai_wx.database.replicas import standbys_of  # as above

    standbys_of(_postgres(text), None)
    return text
