"""What a user has used up within a time: a row a user and kind, kept in the database, as it costs money.

A row is begun anew by the next use after its end; the retention removes those that nobody uses again.
"""

from typing import Final

from peewee import CompositeKey, IntegerField, Model, TextField

from bai_wx.database.connection import database, lock_name
from bai_wx.record import clock, quotas
from bai_wx.record.quotas import DAY_S

TABLE: Final = "spending"
WINDOW_S: Final = DAY_S


class Spending(Model):
    """How often a user has used something since its window began, and when the window ends."""

    owner = TextField()
    kind = TextField()
    used = IntegerField()
    ends = TextField()

    class Meta:
        database = database
        legacy_table_names = False
        table_name = TABLE
        primary_key = CompositeKey("owner", "kind")


def spend(owner: str, kind: str, toast: str) -> None:
    """Use one of what the quota `kind` allows a user within 24 hours. Raises: `TooManyRequests`."""
    most = quotas.bound_of(kind)
    if most is None:
        return
    with database.atomic():
        lock_name(f"{TABLE}/{owner}/{kind}")
        mine = (Spending.owner == owner) & (Spending.kind == kind)
        found = Spending.get_or_none(mine)
        if found is None or found.ends <= clock.now():
            used, ends = 0, clock.ago(-WINDOW_S)
        else:
            used, ends = found.used, found.ends
        if used >= most:
            raise quotas.exceeded(kind, most, toast, -clock.age_s(ends))
        # The row may be gone meanwhile, where its window had ended: the retention takes no lock.
        if not Spending.update(used=used + 1, ends=ends).where(mine).execute():
            Spending.create(owner=owner, kind=kind, used=used + 1, ends=ends)


def give_back(owner: str, kind: str) -> None:
    """Take a use back that came to nothing."""
    if quotas.bound_of(kind) is None:
        return
    mine = (Spending.owner == owner) & (Spending.kind == kind) & (Spending.used > 0)
    with database.atomic():
        Spending.update(used=Spending.used - 1).where(mine).execute()
