"""The kinds of field a collection can have. A kind is a class, and says all that sets it apart:

- its column in the database, and the value of an unset one (`zero`);
- its JSON, as an expression of Python and as SQL for SQLite (`shape` puts them together);
- coercion: the conversion of a client's value, and the modifiers that change the present one;
- validation: what is wrong with a value, in PocketBase's codes;
- the import's check, which converts nothing, and the meaning of a cell in a CSV table;
- whether it is a file, and whose record ids it holds.

What a filter compares is SQL of the dialect: a kind that is not compared as the text in its column has
a row in `bai_wx.dialect.filter.columns.COMPARED`, by its class. So a new kind is one class here and at the
most that row. Some classes mean more than their value, and the engine asks for them and their subclasses:
`Encrypted` (`bai_wx.record.encrypted`) where columns become values, `Relation` and `Relations` where relations
are followed, `Shown` where rows are shown, `Joined` where they are written, `Json` where a filter's path goes
inside.

A column is never NULL: an unset text, date, select or relation is `""`, a number `0`, a JSON
`null` (its text `null`). Dates are text (see `clock`), money is fen (see `money`), JSON and lists
of relations are JSON text, so that they can be answered without being parsed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any, ClassVar, Final

import orjson
from peewee import SQL, BigIntegerField, Case, IntegerField, Node, NodeList, TextField, Value

from bai_wx.record import go_values, ids, loose_values, problems, strict_values
from bai_wx.record.dates import date_of
from bai_wx.record.loose_values import is_url
from bai_wx.record.modifiers import OF_CHOICES, OF_NUMBERS, OF_RECORD_IDS, OF_TEXTS, Change
from bai_wx.record.money import MAX_FEN, yuan_of
from bai_wx.record.problems import FieldProblem
from bai_wx.record.record_field import RecordField as RecordField
from bai_wx.record.strict_values import Unfit

DEFAULT_TEXT_MAX = 5000  # characters; PocketBase's own limit of a text without a maximum
MAX_IMPORTED_TEXT: Final = 1_000_000  # characters
MAX_JSON_BYTES: Final = 1_048_576
MAX_EDITOR_BYTES: Final = 5_242_880


class _PlainText(RecordField):
    """A text that holds nothing JSON escapes, because it is checked before it is stored."""

    json_directive = '"%s"'

    def json_in_sql(self) -> Node:
        return self  # type: ignore[return-value]  # a kind is a column too


class _Number(RecordField):
    zero = 0
    modifiers = OF_NUMBERS

    def from_cell(self, cell: str) -> int | float:
        return strict_values.number_in(cell)


class _JsonText(RecordField):
    json_in_python = "json({} or 'null')"

    def json_in_sql(self) -> Node:
        return Case(None, ((self == SQL("''"), SQL("'null'")),), self)

    def from_cell(self, cell: str) -> Any:
        return strict_values.json_in(cell)


class Text(RecordField, TextField):
    """A text of at most `max_length` characters; a `pattern` must match the whole value."""

    modifiers = OF_TEXTS

    def __init__(
        self, max_length: int = DEFAULT_TEXT_MAX, *, pattern: str = "", **options: Any
    ) -> None:
        self.text_max = max_length
        self.pattern = pattern
        super().__init__(**options)

    def problem(self, held: str) -> FieldProblem | None:
        if len(held) > self.text_max:
            return problems.too_long(self.text_max)
        if self.pattern and not re.fullmatch(self.pattern, held):
            return problems.INVALID_FORMAT
        return None

    def from_import(self, value: Any) -> str:
        text = strict_values.text(value)
        if len(text) > self._most_imported():
            raise Unfit(f"must be no more than {self._most_imported()} characters")
        if text and self.pattern and not re.fullmatch(self.pattern, text):
            raise Unfit(f"must match {self.pattern}")
        return text

    def _most_imported(self) -> int:
        """Rows from elsewhere may have longer texts than clients send, where the contract names no maximum.

        Not where an index has the text: PostgreSQL takes no such entry.
        """
        is_free = self.text_max == DEFAULT_TEXT_MAX and not (self.index or self.unique)
        return MAX_IMPORTED_TEXT if is_free else self.text_max


class RecordId(_PlainText, Text):
    """The row's own id, which a client may choose."""

    modifiers = OF_RECORD_IDS

    def __init__(self, **options: Any) -> None:
        super().__init__(pattern=ids.RECORD_ID_PATTERN, **options)

    def problem(self, held: str) -> FieldProblem | None:
        length = len(held)
        if length < ids.RECORD_ID_LENGTH:
            return problems.too_short(ids.RECORD_ID_LENGTH)
        if length > ids.RECORD_ID_LENGTH:
            return problems.too_long(ids.RECORD_ID_LENGTH)
        return None if ids.is_record_id(held) else problems.INVALID_FORMAT


class Shown(RecordField):
    """A field of which answers show an expression over the row, the caller and the moment.

    The expression stands wherever the column would: in answers, filters, sorts, expands and counts. What
    is made of such a record is not cached. Import, export and the operator read the column itself.
    """

    def shown(self, rows: Any, openid: Node, now: Node) -> Node:
        """What a caller may know at a moment of `rows`, the model or an alias of it.

        NULL where no row was joined: a value that is not there is not one that is kept from the caller.
        """
        raise NotImplementedError


class Private(Shown, Text):
    """An owner's openid: shown to this owner alone, to everybody else it is `""`.

    As that holds in filters and counts too, nobody can ask for another's.
    """

    def shown(self, rows: Any, openid: Node, now: Node) -> Node:
        column = getattr(rows, self.name)
        return Case(None, ((column == openid, column), (column.is_null(False), SQL("''"))))


class Url(Text):
    """A text that must be an http or https address."""

    modifiers: ClassVar[Mapping[str, Change]] = {}

    def problem(self, held: str) -> FieldProblem | None:
        return super().problem(held) or (None if is_url(held) else problems.INVALID_URL)

    def from_import(self, value: Any) -> str:
        return strict_values.address(super().from_import(value))


class Editor(RecordField, TextField):
    """Rich text."""

    def problem(self, held: str) -> FieldProblem | None:
        if len(held.encode()) <= MAX_EDITOR_BYTES:
            return None
        return problems.too_large("content_size", "content", MAX_EDITOR_BYTES)


class Int(_Number, IntegerField):
    """A whole number between `minimum` and `maximum`; 0 also stands for unset."""

    def __init__(
        self, minimum: int | None = None, maximum: int | None = None, **options: Any
    ) -> None:
        self.minimum = minimum
        self.maximum = maximum
        super().__init__(**options)

    def json_in_sql(self) -> Node:
        return self

    def from_client(self, sent: Any) -> int | float:
        return go_values.number_of(sent)

    def problem(self, held: float) -> FieldProblem | None:
        if not isfinite(held):
            return problems.NOT_A_NUMBER
        if not float(held).is_integer() or int(held) not in go_values.INT64:
            return problems.ONLY_INT
        minimum = -go_values.MAX_EXACT_INTEGER if self.minimum is None else self.minimum
        maximum = go_values.MAX_EXACT_INTEGER if self.maximum is None else self.maximum
        if held < minimum:
            return problems.below(minimum)
        return problems.above(maximum) if held > maximum else None

    def from_import(self, value: Any) -> int:
        return strict_values.whole(value, self.minimum, self.maximum)


class Bool(RecordField, IntegerField):
    """Yes or no. The column holds 1 or 0, and is compared as a number; JSON says true or false."""

    zero = 0
    json_in_python = "{} != 0"

    def json_in_sql(self) -> Node:
        return Case(None, ((self == SQL("0"), SQL("'false'")),), SQL("'true'"))

    def from_client(self, sent: Any) -> int:
        return int(loose_values.truth(sent))

    def from_import(self, value: Any) -> int:
        return int(strict_values.truth(value))

    def from_cell(self, cell: str) -> bool:
        return strict_values.truth_in(cell)


class Money(_Number, BigIntegerField):
    """An amount. Python and the column hold fen, JSON and filters speak yuan."""

    # Fifteen digits hold every amount up to `MAX_FEN`; %g writes no zeros after them.
    json_directive = "%.15g"
    json_in_python = "yuan_of({})"

    def json_in_sql(self) -> Node:
        return NodeList((self, SQL("/ 100.0")))

    def from_client(self, sent: Any) -> int | float:
        return loose_values.fen(sent)

    def problem(self, held: float) -> FieldProblem | None:
        if not isfinite(held):
            return problems.NOT_A_NUMBER
        if held < 0:
            return problems.below(yuan_of(0))
        return problems.above(yuan_of(MAX_FEN)) if held > MAX_FEN else None

    def from_import(self, value: Any) -> int:
        return strict_values.fen(value)


class Date(_PlainText, TextField):
    """A moment, as `clock` writes it."""

    def from_client(self, sent: Any) -> str:
        return date_of(sent)

    def from_import(self, value: Any) -> str:
        return strict_values.moment(value)


class Autodate(Date):
    """A moment the server alone sets."""

    def __init__(self, **options: Any) -> None:
        super().__init__(server_made=True, **options)


class Select(_PlainText, TextField):
    """One of `values`."""

    is_countable = True
    modifiers = OF_CHOICES

    def __init__(self, *values: str, first: str = "", **options: Any) -> None:
        """`first` is by default the column's default."""
        self.values = values
        super().__init__(first=first or options.get("default", ""), **options)

    def from_client(self, sent: Any) -> str:
        return loose_values.last_item(sent)

    def problem(self, held: str) -> FieldProblem | None:
        return None if held in self.values else problems.not_among(held)

    def from_import(self, value: Any) -> str:
        text = strict_values.text(value)
        if text and text not in self.values:
            raise Unfit(f"must be one of {', '.join(self.values)}")
        return text


class Derived(Shown, Select):
    """One of the stored `values`, in the place of which `derived` is shown while `when` holds.

    Example: the state of a document that has expired. `when` makes the condition of rows and a moment.
    """

    def __init__(
        self, *values: str, derived: str, when: Callable[[Any, Node], Node], **options: Any
    ) -> None:
        self.derived = derived
        self.when = when
        super().__init__(*values, **options)

    def shown(self, rows: Any, openid: Node, now: Node) -> Node:
        derived = Value(self.derived, converter=False)
        return Case(None, ((self.when(rows, now), derived),), getattr(rows, self.name))


class Json(_JsonText, TextField):
    """Any JSON value, held as compact JSON text."""

    zero = "null"
    takes_null = True

    def from_client(self, sent: Any) -> str:
        return loose_values.json(sent)

    def problem(self, held: str) -> FieldProblem | None:
        if len(held.encode()) <= MAX_JSON_BYTES:
            return None
        return problems.too_large("json_size", "JSON", MAX_JSON_BYTES)

    def from_import(self, value: Any) -> str:
        return strict_values.json(value)


class Relation(_PlainText, TextField):
    """The record id of one row of `target`, a collection's name."""

    is_countable = True
    modifiers = OF_CHOICES

    def __init__(self, target: str, **options: Any) -> None:
        self.target = target
        super().__init__(**options)

    def from_client(self, sent: Any) -> str:
        return loose_values.last_item(sent)

    def record_ids(self, held: str) -> list[str]:
        return [held] if held else []

    def holding(self, record_ids: Sequence[str]) -> str:
        return record_ids[0] if record_ids else ""

    def from_import(self, value: Any) -> str:
        return strict_values.reference(value, self.target)


class Relations(_JsonText, TextField):
    """The record ids of rows of `target`, as a JSON list."""

    zero = "[]"
    is_countable = True
    modifiers = OF_CHOICES

    def __init__(self, target: str, **options: Any) -> None:
        self.target = target
        super().__init__(**options)

    def from_client(self, sent: Any) -> str:
        return loose_values.item_list(sent)

    def record_ids(self, held: str) -> list[str]:
        return orjson.loads(held) if held else []

    def holding(self, record_ids: Sequence[str]) -> str:
        return orjson.dumps(record_ids).decode()

    def from_import(self, value: Any) -> str:
        return strict_values.references(value, self.target)


class Joined(Text):
    """The business ids of the rows of a relation, the field `joins` of the same model, joined by `|`.

    Native writes, imports and the purge write it whenever they write the relation (`bai_wx.record.joined`);
    `insert_row` and `update_row` write what they are given. An id that leads to no row stays.
    """

    def __init__(self, joins: str, max_length: int, **options: Any) -> None:
        self.joins = joins
        super().__init__(max_length, server_made=True, **options)


class File(RecordField, TextField):
    """The stored name of one uploaded file."""

    is_file = True
    is_countable = True

    def from_client(self, sent: Any) -> str:
        return loose_values.last_item(sent)

    def from_import(self, value: Any) -> str:
        return strict_values.file_name(value)
