"""The kinds of field a collection can have. A kind is a class, and says all that sets it apart:

- its column in the database, and the value of an unset one (`zero`);
- its JSON, as an expression of Python and as SQL for SQLite (`shape` puts them together);
- coercion: the conversion of a client's value, and the modifiers that change the present one;
- validation: what is wrong with a value, in PocketBase's codes;
- the import's check, which converts nothing, and the meaning of a cell in a CSV table;
- whether it is a file, and whose record ids it holds.

What a filter compares is SQL of the dialect: a kind that is not compared as the text in its column has
a row in `bai_wx.dialect.filter.columns.COMPARED`, by its class. So a new kind is one class here and at the
most that row. Four classes mean more than their value, and the engine asks for them and their subclasses:
`Relation` and `Relations` where relations are followed, `Private` where rows are shown, `Json` where a
filter's path goes inside.

A column is never NULL: an unset text, date, select or relation is `""`, a number `0`, a JSON
`null` (its text `null`). Dates are text (see `clock`), money is fen (see `money`), JSON and lists
of relations are JSON text, so that they can be answered without being parsed.
"""

import re
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, ClassVar, Final

import orjson
from peewee import SQL, BigIntegerField, Case, IntegerField, Node, NodeList, TextField, fn

from bai_wx.record import go_values, ids, loose_values, problems, strict_values
from bai_wx.record.dates import date_of
from bai_wx.record.loose_values import is_url
from bai_wx.record.modifiers import OF_CHOICES, OF_NUMBERS, OF_RECORD_IDS, OF_TEXTS, Change
from bai_wx.record.money import MAX_FEN, yuan_of
from bai_wx.record.problems import FieldProblem
from bai_wx.record.strict_values import Unfit

DEFAULT_TEXT_MAX = 5000  # characters; PocketBase's own limit of a text without a maximum
MAX_JSON_BYTES: Final = 1_048_576
MAX_EDITOR_BYTES: Final = 5_242_880


class RecordField:
    """What the contract says of a field, beside the column it lives in. Here: one whose value is a text.

    `required`: a create without it is refused. `server_made`: a client's value is ignored (S in the
    contract). `hidden`: never answered, never filtered by.
    """

    zero: ClassVar[Any] = ""
    is_file: ClassVar[bool] = False
    is_countable: ClassVar[bool] = False
    """Whether PocketBase can keep several items in such a field: filters ask for their `:length`."""
    takes_null: ClassVar[bool] = False
    """Whether null is a value of its own in an import; elsewhere it says nothing."""
    json_in_python: ClassVar[str] = "{}"
    """The Python expression of the JSON value, `{}` for the column's. It may call `yuan_of`, and `json`
    for a text that is JSON already."""
    json_directive: ClassVar[str] = "%s"
    """What SQLite's `printf` puts `json_in_sql` in the place of."""
    modifiers: ClassVar[Mapping[str, Change]] = {}
    """What a client's key can ask beside the name, with what it makes of the present value."""
    first: str = ""
    """The state a row begins in, of a field that holds its state."""
    target: str = ""
    """The collection whose record ids the field holds."""
    required: bool
    server_made: bool
    hidden: bool
    name: str
    column_name: str

    def __init__(
        self,
        *,
        required: bool = False,
        server_made: bool = False,
        hidden: bool = False,
        **column: Any,
    ) -> None:
        self.required = required
        self.server_made = server_made
        self.hidden = hidden
        column.setdefault("default", self.zero)
        super().__init__(**column)

    def json_in_sql(self) -> Node:
        """The SQL of the JSON value, as `json_directive` takes it."""
        return fn.json_quote(self)

    def from_client(self, sent: Any) -> Any:
        """What the column would hold of a client's value; unreadable ones are the zero value."""
        return loose_values.text(sent)

    def problem(self, held: Any) -> FieldProblem | None:
        """What is wrong with a coerced value that is not the zero value; rows it points at aside."""
        return None

    def record_ids(self, held: Any) -> Sequence[str]:
        """The record ids of `target` in a column's content."""
        return ()

    def from_import(self, value: Any) -> Any:
        """What the column holds of an import's JSON value. Raises: `Unfit`."""
        return strict_values.text(value)

    def from_cell(self, cell: str) -> Any:
        """The JSON value that the cell of a CSV table stands for. Raises: `Unfit`."""
        return cell


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
        if len(text) > self.text_max:
            raise Unfit(f"must be no more than {self.text_max} characters")
        if text and self.pattern and not re.fullmatch(self.pattern, text):
            raise Unfit(f"must match {self.pattern}")
        return text


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


class Private(Text):
    """An owner's openid: shown to this owner alone, to everybody else it is `""`.

    That holds in answers, filters, sorts, expands and counts alike, so nobody can ask for another's.
    """

    def shown(self, column: Any, openid: Any) -> Node:
        """What a caller may know of the column, of the model or of an alias of it.

        NULL where no row was joined: a value that is not there is not one that is kept from the caller.
        """
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
        """`first` is the state of an imported row that names none; by default the column's default."""
        self.values = values
        self.first = first or options.get("default", "")
        super().__init__(**options)

    def from_client(self, sent: Any) -> str:
        return loose_values.last_item(sent)

    def problem(self, held: str) -> FieldProblem | None:
        return None if held in self.values else problems.not_among(held)

    def from_import(self, value: Any) -> str:
        text = strict_values.text(value)
        if text and text not in self.values:
            raise Unfit(f"must be one of {', '.join(self.values)}")
        return text


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

    def from_import(self, value: Any) -> str:
        return strict_values.record_id(value, self.target)


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

    def from_import(self, value: Any) -> str:
        return strict_values.record_ids(value, self.target)


class File(RecordField, TextField):
    """The stored name of one uploaded file."""

    is_file = True
    is_countable = True

    def from_client(self, sent: Any) -> str:
        return loose_values.last_item(sent)

    def from_import(self, value: Any) -> str:
        return strict_values.file_name(value)
