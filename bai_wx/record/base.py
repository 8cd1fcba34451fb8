"""What every collection shares: its own fields, and who may see a row.

A row is visible when it is not deleted, belongs to the caller where the collection has an owner,
and meets the collection's own condition (on sale, published, valid). `Record.visible` is the one
place that says so; lists, details, counts, expands, filters through relations and updates all start
from it.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Self

from peewee import SQL, AutoField, Expression, Model, ModelSelect, Value

from bai_wx.database.connection import database, lock_name, locked
from bai_wx.database.statement import Param, Statement, inserting, updating
from bai_wx.errors import NotFound
from bai_wx.files.store import Upload
from bai_wx.record import clock, ids
from bai_wx.record.fields import Autodate, Int, RecordField, RecordId
from bai_wx.record.problems import Problems as Problems
from bai_wx.record.refusals import noted

UNDELETED = SQL("0")
"""The 0 of `is_delete`, written out. A value bound where a partial index has a constant makes SQLite
plan each run anew."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The user behind a valid token: its record id and its WeChat `openid`."""

    id: str
    openid: str


class Record(Model):
    """A row of a collection. `seq` keeps the order of insertion, which lists have by default."""

    seq = AutoField()
    id = RecordId(default=ids.record_id, unique=True)
    created = Autodate(default=clock.now)
    updated = Autodate(default=clock.now)
    is_delete = Int(0, 1)

    OWNER: ClassVar[str | None] = None
    """The column that holds the owner's openid."""

    LISTED: ClassVar[bool] = True
    """Whether clients may list the collection, and so look into it through relations."""

    CONSTANTS: ClassVar[Mapping[str, str | bool]] = {}
    """Members of every record that are no fields: the same in each row."""

    COLLECTION_TYPE: ClassVar[str] = "base"
    """PocketBase's type of the collection: `base` or `auth`."""

    NOT_DELETED: ClassVar[Any] = 0
    """What `is_delete` is compared with: `UNDELETED` where a partial index says so."""

    IS_COUNTED: ClassVar[bool] = False
    """Whether the database counts its changes (`bai_wx.database.versions`), so that records may be kept."""

    class Meta:
        database = database
        legacy_table_names = False

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        # One moment, not two; Peewee says `__no_default__` of rows that come from the database.
        if "updated" not in values and "__no_default__" not in values:
            self.updated = self.created

    @classmethod
    def collection(cls) -> str:
        """The collection's name, which is the table's."""
        return str(cls._meta.table_name)

    @classmethod
    def collection_id(cls) -> str:
        """PocketBase's id of the collection: `pbc_` and the CRC-32 of its type and name."""
        return f"pbc_{zlib.crc32((cls.COLLECTION_TYPE + cls.collection()).encode())}"

    @classmethod
    def record_fields(cls) -> dict[str, RecordField]:
        """The contract's fields by name, hidden ones and the common ones included, `seq` not."""
        return {f.name: f for f in cls._meta.sorted_fields if isinstance(f, RecordField)}

    @classmethod
    def shown(cls, rows: Any, now: Any) -> Expression | None:
        """The collection's own condition on `rows` (the model or an alias of it) at a moment."""
        return None

    @classmethod
    def visible(cls, rows: Any, openid: Any, now: Any) -> Expression:
        """The condition under which a caller may see `rows` (the model or an alias of it).

        `openid` is None for a guest, who owns nothing; it and `now` may be values or parameters.
        """
        condition = cls.present(rows, openid)
        own = cls.shown(rows, _bound(now))
        return condition if own is None else condition & own

    @classmethod
    def present(cls, rows: Any, openid: Any) -> Expression:
        """The condition under which `rows` are there at all for a caller: its own, undeleted."""
        condition = cls.undeleted(rows)
        if cls.OWNER is not None:
            # `= NULL` is never true, while `== None` would become IS NULL: hence the Value.
            condition &= getattr(rows, cls.OWNER) == _bound(openid)
        return condition

    @classmethod
    def undeleted(cls, rows: Any) -> Expression:
        """The condition that `rows` (the model or an alias of it) are not deleted, whoever asks."""
        return rows.is_delete == cls.NOT_DELETED  # type: ignore[no-any-return]  # untyped in Peewee

    @classmethod
    def visible_to(cls, caller: Caller | None) -> "ModelSelect[Self]":
        """Select the rows this caller may see."""
        openid = caller.openid if caller else None
        return cls.select().where(cls.visible(cls, openid, clock.now()))

    @classmethod
    def first_of(cls, statement: Statement, values: dict[str, Any]) -> Self | None:
        """The first row, if any, of a statement that selects every column."""
        row = statement.row(values)
        if row is None:
            return None
        return cls(__no_default__=1, **dict(zip(cls._meta.sorted_field_names, row, strict=True)))

    @classmethod
    @contextmanager
    def writing(cls, caller: Caller | None) -> Iterator[None]:
        """The transaction in which a caller's rows are written, by hooks and native writes alike.

        One such transaction at a time writes the rows of an owner, its cart and its orders: the owner is
        held first, rows are locked after (`to_change`). Everybody takes the locks in this order, so
        nobody waits in a ring, and what was read under them stays so until the transaction ends.
        """
        with database.atomic():
            if cls.OWNER is not None and caller is not None:
                lock_name(caller.openid)
            yield

    @classmethod
    def to_change(cls, caller: Caller | None, name: str, value: str) -> Self:
        """The visible row whose column `name` has this value, locked until the transaction ends.

        Raises: `NotFound` for a row that is missing, or not this caller's to see.
        """
        openid = caller.openid if caller else None
        values = {"openid": openid, "now": clock.now(), "value": value}
        row = cls.first_of(_to_change(cls, name), values)
        if row is None:
            raise NotFound
        return row

    def insert_row(self) -> None:
        """Insert the row as it is, in the transaction around; its values are what columns hold."""
        [(self.seq,)] = inserting(type(self)).write(self.__data__).fetchall()

    def insert_unless_there(self) -> bool:
        """Insert the row unless a unique index refuses it; the database tells nobody of its values.

        Returns: whether it was inserted.
        """
        found = inserting(type(self), unless_there=True).write(self.__data__).fetchone()
        if found is not None:
            (self.seq,) = found
        return found is not None

    def update_row(self, *names: str) -> None:
        """Write these fields of a stored row, in the transaction around."""
        updating(type(self), *names).write(self.__data__)

    def touch(self) -> None:
        """Note that the row changes now."""
        self.updated = clock.now()

    def mark_deleted(self) -> None:
        """Delete the row softly, in the transaction around: only `updated` changes beside.

        The one way a row is deleted by clients: a collection's rule against it stands here.
        """
        self.is_delete = 1
        self.touch()
        self.update_row("is_delete", "updated")

    @classmethod
    def fill_derived(cls, values: dict[str, Any]) -> None:
        """Fill the columns that follow from others, in a row to be inserted as given (import)."""

    @classmethod
    def described(cls, upload: Upload, caller: Caller) -> dict[str, Any]:
        """What the server notes of an uploaded file, by field; a collection with a file says it."""
        raise NotImplementedError

    CREATABLE: ClassVar[frozenset[str]] = frozenset()
    """Fields a client may set by a native create; everything else it sends is ignored."""

    UPDATABLE: ClassVar[frozenset[str]] = frozenset()
    """Fields a client may change by a native update; everything else it sends is ignored."""

    @classmethod
    def may_create(cls, values: dict[str, Any], caller: Caller | None) -> bool:
        """PocketBase's create rule: whether this caller may create a row of these values."""
        return False

    def may_update(self, caller: Caller | None, values: dict[str, Any]) -> bool:
        """PocketBase's update rule, asked of the stored row, which `visible` has let through.

        `values` holds everything the client sent that is a field, coerced, UPDATABLE or not.
        """
        return False

    @classmethod
    def prepare_create(cls, values: dict[str, Any], caller: Caller, problems: Problems) -> None:
        """Apply the collection's rules to a native create: fill server-made values, note problems.

        `values` holds the coerced values of CREATABLE fields (fen, JSON text, ids) and is changed
        in place. Field-level checks (required, lengths, relations) came before, see `problems`.
        Runs in the transaction that writes, like `prepare_update`.
        """

    VERBS: ClassVar[Mapping[str, Callable[[Any, Any], None]]] = {}
    """By field, in the order they are applied: the verb that changes it in memory, or raises."""

    def apply(self, changes: Mapping[str, Any]) -> None:
        """Make a hook's changes, in memory. Raises: what the verbs raise."""
        for name, verb in self.VERBS.items():
            if name in changes:
                verb(self, changes[name])

    def prepare_update(self, changes: dict[str, Any], caller: Caller, problems: Problems) -> None:
        """Apply the collection's rules to a native update; `changes` is changed in place.

        A value that stays is no change, whatever the rule. A value that `problems` names is put to
        its verb too: what the row's state says of it is answered with the rest.
        """
        for name, verb in self.VERBS.items():
            if name in changes and changes[name] != getattr(self, name):
                with noted(self.collection(), problems):
                    verb(self, changes[name])


def index_newest_first(model: type[Record], *names: str) -> None:
    """Index rows by these columns for lists with the newest first; equals by insertion."""
    columns = [getattr(model, name) for name in names]
    label = "_".join((model.collection(), *names, "newest"))
    model.add_index(model.index(*columns, model.created.desc(), model.seq, name=label))


@cache
def _to_change(model: type[Record], name: str) -> Statement:
    visible = model.visible(model, Param("openid"), Param("now"))
    named = getattr(model, name) == Param("value")
    return Statement(locked(model.select().where(visible, named)))


def _bound(value: Any) -> Any:
    return value if isinstance(value, Value) else Value(value, converter=False)
