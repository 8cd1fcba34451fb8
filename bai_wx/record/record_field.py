"""What every kind of field says of itself; the kinds are in `bai_wx.record.fields`."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from peewee import Node, fn

from bai_wx.record import loose_values, strict_values
from bai_wx.record.modifiers import Change
from bai_wx.record.problems import FieldProblem


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
    first: str
    """The value of an imported row that names none, of a field that holds its state."""
    target: str = ""
    """The collection whose record ids the field holds."""
    required: bool
    server_made: bool
    hidden: bool
    default: Any
    name: str
    column_name: str

    def __init__(
        self,
        *,
        required: bool = False,
        server_made: bool = False,
        hidden: bool = False,
        first: str = "",
        **column: Any,
    ) -> None:
        self.first = first
        self.required = required
        self.server_made = server_made
        self.hidden = hidden
        column.setdefault("default", self.zero)
        super().__init__(**column)

    @property
    def is_filled_by_us(self) -> bool:
        """Whether a new row has a value there that its creator need not give."""
        return self.server_made or bool(self.default != self.zero)

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

    def holding(self, record_ids: Sequence[str]) -> Any:
        """The content of a column that holds these record ids of `target`."""
        raise NotImplementedError

    def from_import(self, value: Any) -> Any:
        """What the column holds of an import's JSON value. Raises: `Unfit`."""
        return strict_values.text(value)

    def from_cell(self, cell: str) -> Any:
        """The JSON value that the cell of a CSV table stands for. Raises: `Unfit`."""
        return cell
