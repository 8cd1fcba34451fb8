"""What every collection shares: its own fields, and who may see a row.

A row is visible when it is not deleted, belongs to the caller where the collection has an owner,
and meets the collection's own condition (on sale, in effect, valid). `Record.visible` is the one
place that says so; lists, details, counts, expands, filters through relations and updates all start
from it.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Self, TypeAlias, TypeVar

from peewee import SQL, AutoField, Expression, Model, ModelAlias, ModelSelect, Node, Value

from bai_wx.database.connection import database, lock_name, locked
from bai_wx.database.statement import (
    Param,
    Row,
    Statement,
    Values,
    inserting,
    inserting_unless_there,
    updating,
)
from bai_wx.errors import NotFound
from bai_wx.files.store import Upload
from bai_wx.record import clock, encrypted, ids
from bai_wx.record.fields import Autodate, Int, RecordField, RecordId
from bai_wx.record.problems import Problems as Problems
from bai_wx.record.refusals import noted

FieldValues = dict[str, Any]
"""Values of a row by field, as the columns hold them: fen, JSON text, ids."""

UNDELETED = SQL("0")
"""The 0 of `is_delete` as a constant of the SQL text. A bound value, where a partial index has a constant,
would make SQLite plan each run anew."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The user behind a valid token: its record id, its WeChat `openid`, and its number for people."""

    id: str
    openid: str
    business_id: str = field(default="", compare=False)


ModelT = TypeVar("ModelT", bound=Model)
Rows: TypeAlias = "type[ModelT] | ModelAlias[ModelT]"
"""The rows that a condition is about: of the model itself, or of an alias of it in the query."""
Verb = Callable[[Any, Any], None]
"""Changes a field of a row in memory, or raises. `(row, value)`; each collection has its own row class."""


COLLECTIONS: "dict[str, type[Record]]" = {}
"""Every collection by its name. Their order says nothing: `collections.targets_first` has one that does."""


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
    """Members of every record that are the same in each row and are no fields."""

    COLLECTION_TYPE: ClassVar[str] = "base"
    """PocketBase's type of the collection: `base` or `auth`."""

    NOT_DELETED: ClassVar[SQL | int] = 0
    """What `is_delete` is compared with; `UNDELETED` where a partial index has that condition."""

    IS_COUNTED: ClassVar[bool] = False
    """Whether the database counts its changes (`bai_wx.database.versions`): its records may be cached."""

    class Meta:
        database = database
        legacy_table_names = False

    def __init__(self, *args: Any, **values: Any) -> None:
        if "id" in values and "__no_default__" not in values:
            values = {"id": values["id"], **values}  # first: encrypted fields are bound to it
        super().__init__(*args, **values)
        # A new row has one moment, not two. Peewee passes `__no_default__` for rows from the database.
        if "updated" not in values and "__no_default__" not in values:
            self.updated = self.created

    @classmethod
    def validate_model(cls) -> None:
        """Make the collection known: Peewee calls this when the class is complete.

        Raises: `TypeError` where two classes have one table, and where clients could list, and so filter and
        sort by, what is encrypted.
        """
        super().validate_model()
        if cls.__name__ == "Record":
            return
        if cls.collection() in COLLECTIONS:
            raise TypeError(f"{cls.collection()} is defined twice")
        if cls.LISTED and encrypted.fields_of(cls):
            raise TypeError(f"{cls.collection()} has an encrypted field, and clients list it")
        COLLECTIONS[cls.collection()] = cls

    @classmethod
    def collection(cls) -> str:
        """The collection's name, which is the table's."""
        return str(cls._meta.table_name)

    @classmethod
    def collection_id(cls) -> str:
        """PocketBase's id of the collection."""
        return pocketbase_id(cls.COLLECTION_TYPE, cls.collection())

    @classmethod
    def record_fields(cls) -> dict[str, RecordField]:
        """The contract's fields by name, hidden ones and the common ones included, `seq` not."""
        return {f.name: f for f in cls._meta.sorted_fields if isinstance(f, RecordField)}

    @classmethod
    def shown(cls, rows: "Rows[Self]", openid: Node, now: Node) -> Expression | None:
        """The collection's own condition on `rows` for a caller at a moment; None where it has none.

        A guest's `openid` is NULL in SQL, so no comparison with it is true.
        """
        return None

    @classmethod
    def visible(
        cls, rows: "Rows[Self]", openid: str | Param | None, now: str | Param
    ) -> Expression:
        """The condition under which a caller may see `rows`.

        `openid` is None for a guest, who owns nothing. A `Param` is bound when the statement runs.
        """
        condition = cls.present(rows, openid)
        own = cls.shown(rows, _bound(openid), _bound(now))
        return condition if own is None else condition & own

    @classmethod
    def present(cls, rows: "Rows[Self]", openid: str | Param | None) -> Expression:
        """The condition that `rows` are undeleted, and the caller's own where the collection has owners."""
        condition = cls.undeleted(rows)
        if cls.OWNER is not None:
            # `= NULL` is never true, while `== None` would become IS NULL: hence the Value.
            condition &= getattr(rows, cls.OWNER) == _bound(openid)
        return condition

    @classmethod
    def undeleted(cls, rows: "Rows[Self]") -> Expression:
        """The condition that `rows` are not deleted, whoever asks."""
        undeleted: Expression = rows.is_delete == cls.NOT_DELETED
        return undeleted

    @classmethod
    def visible_to(cls, caller: Caller | None) -> "ModelSelect[Self]":
        """Select the rows this caller may see."""
        openid = caller.openid if caller else None
        return cls.select().where(cls.visible(cls, openid, clock.now()))

    @classmethod
    def first_of(cls, statement: Statement, values: Values) -> Self | None:
        """The first row, if any, of a statement that selects every column of the model."""
        return cls.of_row(statement.row(values))

    @classmethod
    def of_row(cls, row: Row | None) -> Self | None:
        """The row, if any, of a statement that selects every column of the model."""
        if row is None:
            return None
        found = cls(__no_default__=1)
        # Not one attribute after the other: a login would spend 20 µs on its user's 30 columns.
        found.__data__.update(zip(cls._meta.sorted_field_names, row, strict=True))
        return found

    @classmethod
    @contextmanager
    def writing(cls, caller: Caller | None) -> Iterator[None]:
        """The transaction in which a caller's rows are written, by hooks and native writes alike.

        The owner is locked first, rows are locked after (`to_change`). So one transaction at a time writes
        an owner's cart and orders, what it has read stays true until it ends, and as every transaction
        locks in this order, none waits for another in a circle.
        """
        with database.atomic():
            if cls.OWNER is not None and caller is not None:
                lock_name(caller.openid)
            yield

    @classmethod
    def to_change(cls, caller: Caller | None, name: str, value: str) -> Self:
        """The visible row whose column `name` has this value, locked until the transaction ends.

        Raises: `NotFound` for a row that is missing, or that this caller may not see.
        """
        openid = caller.openid if caller else None
        values = {"openid": openid, "now": clock.now(), "value": value}
        row = cls.first_of(_to_change(cls, name), values)
        if row is None:
            raise NotFound
        return row

    def insert_row(self) -> None:
        """Insert the row, in the caller's transaction. Its values are stored as they are; it learns no `seq`.

        Raises: `IntegrityError`, here or where the innermost `atomic` ends.
        """
        inserting(type(self)).write_unseen(self.__data__)

    def insert_unless_there(self) -> bool:
        """Insert the row unless a unique index refuses it. The database then logs no error with its values.

        Returns: whether it was inserted.
        """
        found = inserting_unless_there(type(self)).write(self.__data__).fetchone()
        if found is not None:
            (self.seq,) = found
        return found is not None

    def update_row(self, *names: str) -> None:
        """Write these fields of a stored row, in the caller's transaction. Raises: as `insert_row`."""
        owner = None if self.OWNER in names else self.OWNER  # the row has the one before
        updating(type(self), owner, *names).write_unseen(self.__data__)

    def touch(self) -> None:
        """Set `updated` to the present moment."""
        self.updated = clock.now()

    def mark_deleted(self) -> None:
        """Delete the row softly, in the caller's transaction; `updated` changes too.

        Every delete by a client passes here, so a collection's rule against it overrides this method.
        """
        self.is_delete = 1
        self.touch()
        self.update_row("is_delete", "updated")

    IMPORT_NOTES: ClassVar[Mapping[str, str]] = {}
    """What an import may change or let pass, by the key of its report: a sentence, `{}` for how many rows."""

    @classmethod
    def prepare_import(cls, given: FieldValues) -> Iterator[str]:
        """Apply the collection's rules to the columns that a row of an import names; `given` may be changed.

        Yields: the key of each of `IMPORT_NOTES` that the row is counted under.
        """
        yield from ()

    @classmethod
    def check_import(
        cls, values: Mapping[str, Any], shown: Mapping[str, Any]
    ) -> Iterator[tuple[str, str]]:
        """Check a whole row of an import, as columns and as lists answer it.

        Yields: each field that does not fit, and what would.
        """
        yield from ()

    SHOWN_AS: ClassVar[tuple[str, ...]] = ()
    """The schemas of the contract that hooks answer the rows in."""

    @classmethod
    def fill_derived(cls, values: FieldValues) -> None:
        """Fill columns that are derived from others, in a row of an import."""

    @classmethod
    def settle_import(cls) -> None:
        """Settle what follows from rows of several collections, in the transaction of every import."""

    @classmethod
    def described(cls, upload: Upload, caller: Caller | None) -> FieldValues:
        """The fields that the server fills from an uploaded file. A collection with a file overrides it.

        `caller` is None for a file that the operator uploads.
        """
        raise NotImplementedError

    @classmethod
    def check_upload(cls, caller: Caller, size: int) -> None:
        """Check the caller's quotas for a file of so many bytes. Raises: `TooManyRequests`."""

    OPERATOR_CREATES: ClassVar[bool] = True
    """Whether the operator adds rows; not where each row is its user's doing."""

    OPERATOR_DELETES: ClassVar[bool] = True
    """Whether the operator deletes rows."""

    @classmethod
    def set_by_operator(cls) -> frozenset[str]:
        """The fields that the operator sets: all that the server does not make."""
        fields = cls.record_fields().items()
        made = {name for name, field in fields if field.server_made or field.hidden}
        return frozenset(cls.record_fields()) - made - {"id", "is_delete"}

    @classmethod
    def check_values(
        cls, changes: Mapping[str, Any], stored: Mapping[str, Any], problems: Problems
    ) -> None:
        """Note what the collection's rules say against `changes`, whoever writes them over `stored`.

        Both hold values as columns do; `stored` is empty for a new row. What holds for clients alone stands
        in `prepare_create` and `prepare_update`.
        """

    CREATABLE: ClassVar[frozenset[str]] = frozenset()
    """Fields a client may set by a native create; everything else it sends is ignored."""

    UPDATABLE: ClassVar[frozenset[str]] = frozenset()
    """Fields a client may change by a native update; everything else it sends is ignored."""

    @classmethod
    def may_create(cls, values: FieldValues, caller: Caller | None) -> bool:
        """PocketBase's create rule: whether this caller may create a row of these values."""
        return False

    def may_update(self, caller: Caller | None, values: FieldValues) -> bool:
        """PocketBase's update rule, asked of the stored row, which `visible` has let through.

        `values` holds every field that the client sent, coerced, UPDATABLE or not.
        """
        return False

    @classmethod
    def prepare_create(cls, values: FieldValues, caller: Caller, problems: Problems) -> None:
        """Apply the collection's rules to a native create: fill server-made values, note problems.

        `values` holds the coerced values of CREATABLE fields (fen, JSON text, ids) and is changed
        in place. Field-level checks (required, lengths, relations) came before, see `problems`.
        Runs in the transaction that writes, like `prepare_update`.
        """

    VERBS: ClassVar[Mapping[str, Verb]] = {}
    """The verb of each field that hooks and native updates change, in the order they are applied."""

    def apply(self, changes: Mapping[str, Any]) -> bool:
        """Apply a hook's changes in memory; a value equal to the present one is no change.

        Returns: whether anything changed. Raises: what the verbs raise.
        """
        differing = [
            name for name in self.VERBS if name in changes and changes[name] != getattr(self, name)
        ]
        for name in differing:
            self.VERBS[name](self, changes[name])
        return bool(differing)

    def prepare_update(self, changes: FieldValues, caller: Caller, problems: Problems) -> None:
        """Apply the collection's rules to a native update; `changes` is changed in place.

        A value equal to the stored one is no change. A value that `problems` names is given to its verb
        too, so that what the row's state forbids is answered with the other problems.
        """
        for name, verb in self.VERBS.items():
            if name in changes and changes[name] != getattr(self, name):
                with noted(self.collection(), problems):
                    verb(self, changes[name])


def pocketbase_id(kind: str, name: str) -> str:
    """PocketBase's id of a collection of this type and name: `pbc_` and the CRC-32 of both."""
    return f"pbc_{zlib.crc32((kind + name).encode())}"


def index_newest_first(
    model: type[Record], *names: str, moment: str = "created", where: Expression | None = None
) -> None:
    """Add an index for lists by these columns with the newest row first, rows of equal age by insertion.

    `moment` is the column of its age, `where` the condition of a partial index.
    """
    newest = getattr(model, moment).desc()
    columns = [*(getattr(model, name) for name in names), newest, model.seq]
    of_what = () if moment == "created" else (moment,)
    label = "_".join((model.collection(), *names, *of_what, "newest"))
    model.add_index(model.index(*columns, where=where, name=label))


@cache
def _to_change(model: type[Record], name: str) -> Statement:
    visible = model.visible(model, Param("openid"), Param("now"))
    named = getattr(model, name) == Param("value")
    return Statement(locked(model.select().where(visible, named)))


def _bound(value: str | Param | None) -> Value:
    return value if isinstance(value, Param) else Value(value, converter=False)
