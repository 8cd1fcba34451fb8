"""What a user wrote last to the tables that standbys are asked for, so that its next reads show it.

The transaction that writes notes its own number in the row of its user's slot: with the write, or not at all.
A user whose slot names a transaction reads at a standby that has replayed it. The row is read with the user's
own, at the primary: so all workers of all replicas know, and it is no other round trip.

A slot is one of 65,536, whose users share it: the table stays small, and nobody's id is in it.
"""

from dataclasses import dataclass
from typing import Final

from peewee import SQL, Node, NodeList

from bai_wx.database.server_clock import NOW_MS

KEPT_S: Final = 30
"""That a note counts: by then a standby has replayed it, or lags too far behind to be asked."""


@dataclass
class _Switch:
    is_on: bool = False


switch: Final = _Switch()
"""Whether there are standbys that the database's requests read at."""

_SLOTS: Final = 65_536
_KEPT_MS: Final = KEPT_S * 1000
NOTE: Final = f"""
    INSERT INTO own_write AS noted (slot, xact, at)
    VALUES (hashtext(%s) & {_SLOTS - 1}, pg_current_xact_id()::text::bigint, {NOW_MS})
    ON CONFLICT (slot) DO UPDATE SET at = excluded.at, xact = CASE
        WHEN noted.at > excluded.at - {_KEPT_MS} THEN greatest(noted.xact, excluded.xact)
        ELSE excluded.xact END
"""  # noqa: S608  # constants of ours, values are bound
"""Notes that this transaction writes for a user of this id. Who comes later may have the lower number; a number
of long ago may be that of another cluster."""


def newest(user_id: Node) -> Node:
    """The transaction that a user's slot names, as a column of any query; 0 where it names none."""
    found = "(SELECT xact FROM own_write WHERE slot = hashtext("
    recent = f") & {_SLOTS - 1} AND at > {NOW_MS} - {_KEPT_MS})"
    return NodeList((SQL(f"COALESCE({found}"), user_id, SQL(f"{recent}, 0)")))
