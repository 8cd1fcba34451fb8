"""What every collection shares: its own fields, and who may see a row.

A row is visible when it is not deleted, belongs to the caller where the collection has an owner,
and meets the collection's own condition (on sale, published, valid). `Record.visible` is the one
place that says so; lists, details, counts, expands, filters through relations and updates all start
from it.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from peewee import SQL, AutoField, Expression, Model, ModelSelect, Value

from models import clock, ids
from models.database import database
from models.fields import Autodate, Int, RecordField, Text
from models.problems import Problems as Problems
from models.statement import Statement, inserting, updating

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
    id = Text(default=ids.record_id, unique=True, pattern="[a-z0-9]{15}")
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
    """Whether the database counts its changes (`models.versions`), so that records may be kept."""

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
        condition: Expression = rows.is_delete == cls.NOT_DELETED
        if cls.OWNER is not None:
            # `= NULL` is never true, while `== None` would become IS NULL: hence the Value.
            condition &= getattr(rows, cls.OWNER) == _bound(openid)
        return condition

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

    def insert_row(self) -> None:
        """Insert the row as it is, in the transaction around; its values are what columns hold."""
        [(self.seq,)] = inserting(type(self)).write(self.__data__).fetchall()

    def update_row(self, *names: str) -> None:
        """Write these fields of a stored row, in the transaction around."""
        updating(type(self), *names).write(self.__data__)

    def touch(self) -> None:
        """Note that the row changes now."""
        self.updated = clock.now()

    def mark_deleted(self) -> None:
        """Delete the row softly, in the transaction around: only `updated` changes beside."""
        self.is_delete = 1
        self.touch()
        self.update_row("is_delete", "updated")

    @classmethod
    def fill_derived(cls, values: dict[str, Any]) -> None:
        """Fill the columns that follow from others, in a row to be inserted as given (import)."""

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
        Runs in the transaction that writes, like the other two.
        """

    def prepare_update(self, changes: dict[str, Any], caller: Caller, problems: Problems) -> None:
        """Apply the collection's rules to a native update; `changes` is changed in place."""

    def prepare_delete(self) -> None:
        """Raise when a rule forbids deleting this row."""

    def is_delete_asked(self, changes: dict[str, Any], problems: Problems) -> bool:
        """Whether a native update deletes the row: then all beside `is_delete` is dropped."""
        if changes.get("is_delete") != 1:
            return False
        for dropped in [name for name in {*changes, *problems} if name != "is_delete"]:
            changes.pop(dropped, None)
            problems.pop(dropped, None)
        return True


def index_newest_first(model: type[Record], *names: str) -> None:
    """Index rows by these columns for lists with the newest first; equals by insertion."""
    columns = [getattr(model, name) for name in names]
    label = "_".join((model.collection(), *names, "newest"))
    model.add_index(model.index(*columns, model.created.desc(), model.seq, name=label))


def _bound(value: Any) -> Any:
    return value if isinstance(value, Value) else Value(value, converter=False)
