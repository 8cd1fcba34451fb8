"""The JSON of a row, described once: SQLite writes it in SQL, Python writes it elsewhere.

Python makes some twenty values of each row that the driver hands it, only to write them again; SQLite's
`printf` does both in one go. Both ways are made of one description, so that they cannot differ.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

import orjson
from peewee import SQL, Case, ColumnBase, Field, Node, fn

from bai_wx.database.statement import Row
from bai_wx.record import encryption
from bai_wx.record.encrypted import Encrypted
from bai_wx.record.fields import RecordField
from bai_wx.record.money import yuan_of

JsonObject = dict[str, Any]
"""An object of an answer, such as a record; it may hold JSON texts as `orjson.Fragment`."""


class Printf(NamedTuple):
    """A piece of SQLite's `printf`: `text` has a directive, such as `%s`, for each of the operands."""

    text: str
    operands: tuple[Node, ...] = ()


class Value:
    """One value of a record's JSON, made of columns. Python and SQLite write the same bytes for it.

    Example: a product's price. Its column holds fen (1990), its JSON says yuan (19.9).

        fen = Product.prod_list_basic_price
        price = Value((fen,), "yuan_of({})", Printf("%.15g", (NodeList((fen, SQL("/ 100.0"))),)))
        shape = Shape({"price": price})

    * The columns are `fen` alone. A query for Python selects `shape.columns`: `(fen,)`.
    * As Python: `price.as_python(["v0"])` is `yuan_of(v0)`. `shape.encode` is compiled from
      `lambda rows: [{'price': yuan_of(v0)} for (v0,) in rows]`.
    * As SQL: `price.as_sql()` is the `Printf` given. `shape.json_column` is
      `PRINTF('{"price":%.15g}', "t1"."prod_list_basic_price" / 100.0)`.
    """

    def __init__(
        self,
        columns: Iterable[Node],
        python: str,
        sql: Printf,
        functions: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        """`python` is an expression with `{}` for each column's value; it may call these `functions`."""
        self.columns = tuple(columns)
        self.functions = functions or {}
        self._python = python
        self._sql = sql

    def as_python(self, names: Sequence[str]) -> str:
        """The Python expression of the value; `names` stand for what its columns hold."""
        return self._python.format(*names)

    def as_sql(self) -> Printf:
        """What `printf` is given to write the value."""
        return self._sql


class _Object(Value):
    """A JSON object of named values. Its columns are theirs, in the order of the members.

    Where a `key` is given, a column of the first member, the object is null in rows where `key` is NULL.
    """

    def __init__(self, members: Mapping[str, Value], key: ColumnBase | None = None) -> None:
        self.members = members
        self.key = key
        super().__init__(
            chain.from_iterable(each.columns for each in members.values()),
            "",
            Printf(""),
            {name: call for each in members.values() for name, call in each.functions.items()},
        )

    def as_sql(self) -> Printf:
        """The members' pieces, put together when they are asked for: of some kinds there is none."""
        return _printf_of(self.members)

    def as_python(self, names: Sequence[str]) -> str:
        """A dict of the members, or None."""
        left = iter(names)
        members = ", ".join(
            f"{name!r}: {each.as_python([next(left) for _ in each.columns])}"
            for name, each in self.members.items()
        )
        whole = f"{{{members}}}"
        return whole if self.key is None else f"None if {names[0]} is None else {whole}"


def _printf_of(members: Mapping[str, Value]) -> Printf:
    pieces = {name: each.as_sql() for name, each in members.items()}
    text = ",".join(f'"{name}":{piece.text}' for name, piece in pieces.items())
    operands = chain.from_iterable(piece.operands for piece in pieces.values())
    return Printf(f"{{{text}}}", tuple(operands))


class Shape:
    """A JSON object: its members in their order, and what each is made of."""

    def __init__(self, members: Mapping[str, Value]) -> None:
        self._members = members
        self._whole = _Object(members)
        self.columns = self._whole.columns
        """What to select for `encode` and `encode_parsed`."""
        self.encode = self._rows_encoder(orjson.Fragment)
        """Makes rows of `columns` JSON objects. The texts of JSON columns are passed on as they are."""
        self.encode_parsed = self._rows_encoder(orjson.loads)
        """The same with JSON columns parsed, for callers that look into them."""

    @property
    def json_column(self) -> Node:
        """The object's JSON text as a column of SQLite."""
        for name, member in self._members.items():
            if isinstance(member, _Object) and member.key is not None:
                # Its own printf would be a text to be copied into another.
                joined = {each: of.joined for each, of in self._joined()}
                unset = {each: of.unset for each, of in self._joined()}
                without = _printf(_Object({**self._members, **unset, name: _NULL}))
                found = _printf(_Object({**self._members, **joined}))
                return Case(None, ((member.key.is_null(), without),), found)
        return _printf(self._whole)

    def _joined(self) -> "Iterator[tuple[str, _Joined]]":
        return ((name, it) for name, it in self._members.items() if isinstance(it, _Joined))

    def encoder(
        self, arguments: str, expression: Callable[["Field[Any]"], str]
    ) -> Callable[..., JsonObject]:
        """Compile a function of these arguments that makes one object, each column bound by its name.

        `expression` says, in Python, where a column's value is found: `"line['cart_id']"`.
        Raises: `TypeError` where a value is made of something else than stored fields.
        """
        return self._compile(f"lambda {arguments}: {{}}", map(expression, self._fields()))

    def _fields(self) -> Iterator["Field[Any]"]:
        for column in self.columns:
            if not isinstance(column, Field):
                raise TypeError("a value of this shape is made of what no field holds")
            yield column

    def _rows_encoder(
        self, json: Callable[[str], Any]
    ) -> Callable[[Iterable[Row]], list[JsonObject]]:
        """Compile a function that makes rows objects.

        `[{"created": v0, "id": v1, …} for (v0, v1, …) in rows]` takes a third of what filling dicts
        takes.
        """
        names = [f"v{place}" for place in range(len(self.columns))]
        text = f"lambda rows: [{{}} for ({', '.join(names)},) in rows]"
        return self._compile(text, names, json)

    def _compile(
        self, text: str, names: Iterable[str], json: Callable[[str], Any] = orjson.Fragment
    ) -> Callable[..., Any]:
        """Compile the text with the object in the place of `{}`. It holds only names of our own."""
        known = {**self._whole.functions, "json": json, "yuan_of": yuan_of}
        made: Callable[..., Any] = eval(text.format(self._whole.as_python(list(names))), known)  # noqa: S307  # a text of column names alone
        return made


def value(field: RecordField) -> Value:
    """What a field's column holds, as its kind is shown."""
    if isinstance(field, Encrypted):
        return _Revealed(field)
    printed = Printf(field.json_directive, (field.json_in_sql(),))
    column: Any = field  # each kind is a column, which its base class does not say
    return Value((column,), field.json_in_python, printed)


def stored(field: RecordField) -> Value:
    """The same, but a ciphertext where the field is encrypted."""
    if not isinstance(field, Encrypted):
        return value(field)
    return Value((field,), "{}", Printf("%s", (fn.json_quote(field),)))


class _Revealed(Value):
    """An encrypted field's plain text. It is made of the row's id too, and in Python alone: SQL has no key."""

    def __init__(self, field: Encrypted) -> None:
        table, column = field.model._meta.table_name, field.column_name

        def reveal(held: str | None, row_id: str) -> str | None:
            return encryption.reveal(held, table, column, row_id) if held else held

        name = f"reveal_{field.name}"
        super().__init__(
            (field, field.model.id),
            f"{name}({{0}}, {{1}})",
            Printf(""),
            {name: reveal},
        )

    def as_sql(self) -> Printf:
        raise TypeError("an encrypted value is not made in SQL")


def joined(field: RecordField) -> Value:
    """What a joined row holds; where no row was joined, what an unset field is shown as.

    It stands beside the `optional` object of the same row.
    """
    return _Joined(field)


class _Joined(Value):
    """See `joined`. In SQL each of its two forms is written where the object's key has told which."""

    def __init__(self, field: RecordField) -> None:
        self.joined = value(field)
        self.unset = Value((), "", Printf(orjson.dumps(field.zero).decode()))
        python = f"({field.json_in_python.format('{0}')} if {{0}} is not None else {field.zero!r})"
        super().__init__(self.joined.columns, python, self.joined.as_sql())


def computed(shown: Node) -> Value:
    """A text that an expression makes of the row, and of who asks and when."""
    return Value((shown,), "{}", Printf("%s", (fn.json_quote(shown),)))


def constant(said: str | bool | int) -> Value:
    """The same in every row. A text holds nothing that JSON, `format` or `printf` escape."""
    text = f'"{said}"' if isinstance(said, str) else str(said).lower()
    return Value((), repr(said), Printf(text))


_NULL: Final = Value((), "None", Printf("null"))


def optional(key: ColumnBase, members: Mapping[str, Value]) -> Value:
    """An object of joined columns; null where the first of them, `key`, found no row to join.

    An object has one such member at the most.
    """
    return _Object(members, key)


def _printf(whole: Value) -> Node:
    text, operands = whole.as_sql()
    # A literal: as a bound value it would be handed over with every call.
    return fn.PRINTF(SQL(f"'{text}'"), *operands)
