"""The secrets of a PocketBase that this server took over from, while the tokens they signed are to hold.

They are rows, so that every worker and replica reads the same, and dropping them ends those tokens everywhere.
`bai_wx.request.tokens` checks with them what it cannot check with the server's own secret.
"""

import time
from dataclasses import dataclass
from typing import Final

from peewee import CompositeKey, Model, TextField

from bai_wx.database.connection import database
from bai_wx.database.statement import Param, Statement
from bai_wx.record import clock

LONGEST_USUAL_S: Final = 14 * 24 * 3600
"""The longest of PocketBase's own lifetimes of a user's token: that of 0.22. From 0.23 on it is half."""


class OldSecret(Model):
    """A secret of one auth collection, since when it is kept, and when the last usual token of it ends."""

    collection_id = TextField()
    secret = TextField()
    kept = TextField()
    ends = TextField()

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "old_secret"
        primary_key = CompositeKey("collection_id", "secret")


class JoinedUser(Model):
    """A user of the old server whose row was joined with one here that has another id.

    Its old tokens are those of `user_id`, as long as that user's own `token_key` is the one of then: a new
    one ends all tokens of a user.
    """

    id = TextField(primary_key=True)
    token_key = TextField()
    user_id = TextField()
    user_token_key = TextField()

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "joined_user"


@dataclass(frozen=True, slots=True)
class Joined:
    """The user behind an old id, and the keys that must agree for its old tokens to hold."""

    user_id: str
    token_key: str
    user_token_key: str


def keep(collection_id: str, secret: str, lifetime_s: int = LONGEST_USUAL_S) -> None:
    """Accept from now on what the old server signed, in the caller's transaction if there is one.

    `collection_id` is what its tokens say, `secret` the auth collection's `authToken.secret` (of 0.22 the
    setting `recordAuthToken.secret`), `lifetime_s` how long its tokens live. Keeping a secret again counts
    its lifetime from now. The server's own secret need not be kept: its tokens hold anyway.
    """
    now = time.time()
    moments = {"kept": clock.text_of(now), "ends": clock.text_of(now + lifetime_s)}
    insert = OldSecret.insert(collection_id=collection_id, secret=secret, **moments)
    insert.on_conflict(
        conflict_target=[OldSecret.collection_id, OldSecret.secret], update=moments
    ).execute()


def join(old_id: str, old_token_key: str, user_id: str, user_token_key: str) -> None:
    """Let the old tokens of one id stand for the user of another: both are one person.

    `user_token_key` is the present `token_key` of the user `user_id`. Joining an id again replaces it.
    """
    keys = {"token_key": old_token_key, "user_id": user_id, "user_token_key": user_token_key}
    insert = JoinedUser.insert(id=old_id, **keys)
    insert.on_conflict(conflict_target=[JoinedUser.id], update=keys).execute()


def secrets_of(collection_id: str) -> list[str]:
    """The secrets that are kept of a collection of the old server."""
    return [secret for (secret,) in _SECRETS.rows({"collection_id": collection_id})]


def joined(old_id: str) -> Joined | None:
    """The user that an id of the old server was joined with, if it was."""
    row = _JOINED.row({"id": old_id})
    return Joined(*row) if row else None


def kept() -> list[OldSecret]:
    """What is kept, the oldest first."""
    return list(OldSecret.select().order_by(OldSecret.kept, OldSecret.collection_id))


def drop_all() -> int:
    """Keep none any more; the tokens they signed end. Returns: how many secrets there were."""
    with database.atomic():
        JoinedUser.delete().execute()
        return int(OldSecret.delete().execute())


_SECRETS: Final = Statement(
    OldSecret.select(OldSecret.secret).where(OldSecret.collection_id == Param("collection_id"))
)
_JOINED: Final = Statement(
    JoinedUser.select(JoinedUser.user_id, JoinedUser.token_key, JoinedUser.user_token_key).where(
        JoinedUser.id == Param("id")
    )
)
