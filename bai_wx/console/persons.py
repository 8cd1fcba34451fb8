"""Everything that is stored about one WeChat user: told to them, or erased (个人信息保护法, 45 and 47).

A person is found by its openid, in the columns of `HELD`, and by the record id of its user. What somebody wrote
about a person in a free text is not found that way; `mentions` counts the rows whose texts hold the openid.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from peewee import Model, TextField

from bai_wx.console import audit
from bai_wx.console.acting import Acting
from bai_wx.console.audit import Action, AuditEntry
from bai_wx.console.notes import NoteRow
from bai_wx.database.connection import database, lock_name, locks_rows
from bai_wx.errors import NotFound
from bai_wx.files.store import FileStore
from bai_wx.record import clock, ids, row_values
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.idempotency import IdempotencyKey
from bai_wx.record.login_codes import LoginCode
from bai_wx.record.old_secrets import JoinedUser
from bai_wx.record.spending import Spending
from bai_wx.record.upkeep import pointing_at
from models.attachments import Attachment
from models.cart import CartLine
from models.company import Company
from models.documents import Document
from models.orders import Order
from models.users import DISABLED, User

ERASED: Final = "erased-"
"""What the owner of an erased person's orders begins with."""
MOST_ROUNDS: Final = 5
"""A request that had begun before the user was shut out may still write; so it is looked for again."""


class Fate(StrEnum):
    """What becomes of the rows of an erased person."""

    REMOVED = "removed"
    MARKED = "marked"
    """They stay, of nobody who could be named: their sums and numbers are the shop's books."""
    RELEASED = "released"
    """They stay without an owner: what they tell is not about the person."""


HELD: Final[dict[type[Record], tuple[str, Fate]]] = {
    User: ("openid", Fate.REMOVED),
    CartLine: ("cart_owner", Fate.REMOVED),
    Attachment: ("attachments_owner", Fate.REMOVED),
    Order: ("order_owner", Fate.MARKED),
    Company: ("company_owner_openid", Fate.RELEASED),
    Document: ("document_owner", Fate.RELEASED),
}
"""The column of each collection that holds an openid, and what becomes of the rows."""

FREE_TEXTS: Final[dict[type[Record], tuple[str, ...]]] = {
    Order: ("order_remark",),
    Attachment: ("attachments_filename", "attachments_ocr", "attachments_remark"),
}
"""What the person wrote into rows that stay; it is emptied."""


@dataclass
class Erased:
    """How many rows had which fate, by collection, and what else is gone."""

    removed: dict[str, int] = field(default_factory=dict)
    marked: dict[str, int] = field(default_factory=dict)
    released: dict[str, int] = field(default_factory=dict)
    files: int = 0
    notes: int = 0
    idempotency_keys: int = 0

    def add(self, fate: Fate, model: type[Record], rows: int) -> None:
        """Count rows."""
        if rows:
            counts: dict[str, int] = getattr(self, str(fate))
            counts[model.collection()] = counts.get(model.collection(), 0) + rows

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was stored."""
        return not (self.removed or self.marked or self.released)


def stored(openid: str) -> dict[str, Any]:
    """Everything that is stored about a person: rows by collection as the contract writes them.

    Deleted rows too; beside them notes of operators and the audit log's entries about its user.
    Raises: `NotFound`.
    """
    found: dict[str, Any] = {
        model.collection(): [row_values.shown(row) for row in _rows(model, openid)]
        for model in HELD
    }
    if not any(found.values()):
        raise NotFound(f"nothing is stored about {openid}")
    user_ids = [row["id"] for row in found[User.collection()]]
    about = (NoteRow.collection == User.collection()) & (NoteRow.record_id << user_ids)
    kept = (audit.AuditEntry.collection == User.collection()) & (
        audit.AuditEntry.record_id << user_ids
    )
    entries = audit.AuditEntry
    columns = (entries.created, entries.action, entries.before, entries.after, entries.reason)
    found["notes"] = list(NoteRow.select(NoteRow.created, NoteRow.text).where(about).dicts())
    found["audit"] = list(entries.select(*columns).where(kept).order_by(entries.seq).dicts())
    return found


def files(openid: str) -> Iterator[tuple[str, str, str]]:
    """Collection, record id and stored name of every file of a person."""
    for row in _rows(Attachment, openid):
        if row.attachments_link:
            yield Attachment.collection(), str(row.id), str(row.attachments_link)


def erase(openid: str, store: FileStore, acting: Acting) -> Erased:
    """Erase a person. Done again, it finds nothing; killed, it goes on when it is done again.

    The user is shut out first, then files go, then all rows in one transaction with an entry of the audit log
    that names nobody. The same WeChat user may log in afterwards, and is a new user then. Raises: `NotFound`.
    """
    done = Erased()
    _rows(User, openid)  # refuses what is no openid, before anything is done
    for _ in range(MOST_ROUNDS):
        _shut_out(openid)
        own = [row for row in _rows(Attachment, openid) if not _is_used(row, openid)]
        done.files += sum(store.remove(Attachment.collection(), str(row.id)) for row in own)
        if not _erase_rows(openid, done, acting):
            break
    return done


def mentions(openid: str) -> dict[str, int]:
    """How many rows still hold the openid, in any of their texts, by table: free texts of others."""
    # The audit log holds those of entries that a release before wrote.
    tables: list[type[Model]] = [*COLLECTIONS.values(), NoteRow, AuditEntry]
    counted = {model._meta.table_name: _mentioning(model, openid) for model in tables}
    return {name: count for name, count in counted.items() if count}


def _mentioning(model: type[Model], openid: str) -> int:
    condition: Any = None
    for column in model._meta.sorted_fields:
        if isinstance(column, TextField):
            holds = column.contains(openid)
            condition = holds if condition is None else condition | holds
    return int(model.select().where(condition).count())


def _rows(model: type[Record], openid: str) -> list[Any]:
    """The rows of a person, deleted ones too, the oldest first. Raises: `NotFound` for no openid."""
    if not openid or openid.startswith(ERASED):  # rows of nobody, which are the shop's
        raise NotFound(f"{openid!r} is nobody's openid")
    return list(model.select().where(_is_of(model, openid)).order_by(model.seq))


def _is_of(model: type[Record], openid: str) -> Any:
    name, _ = HELD[model]
    return getattr(model, name) == openid


def _shut_out(openid: str) -> None:
    """End the person's tokens and refuse its logins, so that nothing new is written."""
    changes = {User.users_status: DISABLED, User.token_key: ids.token_key()}
    User.update(changes).where(User.openid == openid).execute()


def _is_used(row: Any, openid: str) -> bool:
    """Whether rows of the shop show an attachment, which then stays without its owner. A paper never does."""
    if row.attachments_is_identity:
        return False
    for other, relation in pointing_at(Attachment):
        column: Any = relation  # a field of ours is a column too
        if other.select().where(column.contains(row.id)).exists():
            return True
    return False


def _erase_rows(openid: str, done: Erased, acting: Acting) -> bool:
    """Erase the rows, in one transaction. Returns: whether there were any."""
    now = Erased()
    with database.atomic():
        lock_name(openid)
        users = _rows(User, openid)
        mark = ERASED + ids.record_id()
        for model, (name, fate) in HELD.items():
            _CARRY_OUT[fate](model, name, openid, mark, now)
        for user in users:
            _erase_traces(user, now)
        if locks_rows():  # only PostgreSQL has the table
            LoginCode.delete().where(LoginCode.answer.startswith(f"{openid}\n")).execute()
        if now.is_nothing:
            return False
        told = {"removed": now.removed, "marked": now.marked, "released": now.released}
        audit.note(acting, Action.ERASE, User, "", {}, told)
    for counts, more in (
        (done.removed, now.removed),
        (done.marked, now.marked),
        (done.released, now.released),
    ):
        for collection, rows in more.items():
            counts[collection] = counts.get(collection, 0) + rows
    done.notes += now.notes
    done.idempotency_keys += now.idempotency_keys
    return True


def _erase_traces(user: Any, done: Erased) -> None:
    """Remove what is kept beside a user's rows under its record id, and what points at it in texts."""
    about = (NoteRow.collection == User.collection()) & (NoteRow.record_id == user.id)
    done.notes += NoteRow.delete().where(about).execute()
    keys = IdempotencyKey.delete().where(IdempotencyKey.owner == user.id)
    done.idempotency_keys += keys.execute()
    JoinedUser.delete().where(JoinedUser.user_id == user.id).execute()
    Spending.delete().where(Spending.owner == user.id).execute()
    names = [user.openid, user.users_id, user.id]
    for column in (User.users_parent_id, User.users_convers_id):
        User.update({column: ""}).where(column << names).execute()


def _remove(model: type[Record], name: str, openid: str, mark: str, done: Erased) -> None:
    if model is Attachment:
        used = [row for row in _rows(Attachment, openid) if _is_used(row, openid)]
        done.add(Fate.RELEASED, model, len(used))
        _release_rows(model, name, [row.id for row in used])
    removed = model.delete().where(_is_of(model, openid)).execute()
    done.add(Fate.REMOVED, model, removed)


def _mark(model: type[Record], name: str, openid: str, mark: str, done: Erased) -> None:
    changes = dict.fromkeys(FREE_TEXTS.get(model, ()), "") | {name: mark, "updated": clock.now()}
    rows = model.update(**changes).where(_is_of(model, openid)).execute()
    done.add(Fate.MARKED, model, rows)


def _release(model: type[Record], name: str, openid: str, mark: str, done: Erased) -> None:
    named = [row.id for row in _rows(model, openid)]
    done.add(Fate.RELEASED, model, len(named))
    _release_rows(model, name, named)


def _release_rows(model: type[Record], name: str, record_ids: list[str]) -> None:
    changes = dict.fromkeys((name, *FREE_TEXTS.get(model, ())), "") | {"updated": clock.now()}
    for record_id in record_ids:
        model.update(**changes).where(model.id == record_id).execute()


_CARRY_OUT: Final[dict[Fate, Callable[[type[Record], str, str, str, Erased], None]]] = {
    Fate.REMOVED: _remove,
    Fate.MARKED: _mark,
    Fate.RELEASED: _release,
}
