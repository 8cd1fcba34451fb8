"""The kinds of field a collection can have, with what the contract says of each.

A column is never NULL: an unset text, date, select or relation is `""`, a number `0`, a JSON
`null` (its text `null`). Dates are text (see `clock`), money is fen (see `money`), JSON and lists
of relations are JSON text, so that they can be answered without being parsed.
"""

from typing import Any, ClassVar

from peewee import SQL, BigIntegerField, Case, IntegerField, Node, TextField

DEFAULT_TEXT_MAX = 5000  # characters; PocketBase's own limit of a text without a maximum


class RecordField:
    """What the contract says of a field, beside the column it lives in.

    `required`: a create without it is refused. `server_made`: a client's value is ignored (S in the
    contract). `hidden`: never answered, never filtered by.
    """

    kind: ClassVar[str]
    zero: ClassVar[Any] = ""
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


class Text(RecordField, TextField):
    """A text of at most `max_length` characters; a `pattern` must match the whole value."""

    kind = "text"

    def __init__(
        self, max_length: int = DEFAULT_TEXT_MAX, *, pattern: str = "", **options: Any
    ) -> None:
        self.text_max = max_length
        self.pattern = pattern
        super().__init__(**options)


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

    kind = "url"


class Editor(RecordField, TextField):
    """Rich text."""

    kind = "editor"


class Int(RecordField, IntegerField):
    """A whole number between `minimum` and `maximum`; 0 also stands for unset."""

    kind = "number"
    zero = 0

    def __init__(
        self, minimum: int | None = None, maximum: int | None = None, **options: Any
    ) -> None:
        self.minimum = minimum
        self.maximum = maximum
        super().__init__(**options)


class Money(RecordField, BigIntegerField):
    """An amount. Python and the column hold fen, JSON and filters speak yuan."""

    kind = "money"
    zero = 0


class Date(RecordField, TextField):
    """A moment, as `clock` writes it."""

    kind = "date"


class Autodate(Date):
    """A moment the server alone sets."""

    def __init__(self, **options: Any) -> None:
        super().__init__(server_made=True, **options)


class Select(RecordField, TextField):
    """One of `values`."""

    kind = "select"

    def __init__(self, *values: str, **options: Any) -> None:
        self.values = values
        super().__init__(**options)


class Json(RecordField, TextField):
    """Any JSON value, held as compact JSON text."""

    kind = "json"
    zero = "null"


class Relation(RecordField, TextField):
    """The record id of one row of `target`, a collection's name."""

    kind = "relation"

    def __init__(self, target: str, **options: Any) -> None:
        self.target = target
        super().__init__(**options)


class Relations(RecordField, TextField):
    """The record ids of rows of `target`, as a JSON list."""

    kind = "relations"
    zero = "[]"

    def __init__(self, target: str, **options: Any) -> None:
        self.target = target
        super().__init__(**options)


class File(RecordField, TextField):
    """The stored name of one uploaded file."""

    kind = "file"
