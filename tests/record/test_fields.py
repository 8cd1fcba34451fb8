"""A kind of field is one class: nothing else in the engine must learn of a new one."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

import orjson
import pytest
from peewee import Database, Node, TextField

from bai_wx import dialect
from bai_wx.errors import FieldProblem, RecordInvalid
from bai_wx.record.base import Caller, Record
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.fields import MAX_IMPORTED_TEXT, Bool, RecordField, Text
from bai_wx.record.loose_values import text
from bai_wx.record.problems import INVALID_FORMAT
from bai_wx.record.strict_values import Unfit
from bai_wx.transfer import exporter
from tests.factories import as_sent

ALICE = Caller("alice0000000000", "openid-alice")
PLUM = "#8e4585"


class Colour(RecordField, TextField):
    """A colour. The column holds its six digits, JSON has a `#` before them."""

    json_in_python = "'#' + {}"
    json_directive = '"#%s"'

    def json_in_sql(self) -> Node:
        return self

    def from_client(self, sent: Any) -> str:
        return text(sent).removeprefix("#").lower()

    def problem(self, held: str) -> FieldProblem | None:
        return None if re.fullmatch("[0-9a-f]{6}", held) else INVALID_FORMAT

    def from_import(self, value: Any) -> str:
        held = self.from_client(value)
        if self.problem(held):
            raise Unfit("must be a colour such as #8e4585")
        return held


class Paint(Record):
    """A collection with such a field."""

    colour = Colour(required=True)
    is_glossy = Bool()

    CREATABLE: ClassVar[frozenset[str]] = frozenset({"colour", "is_glossy"})

    class Meta:
        table_name = "tbl_paint"

    @classmethod
    def may_create(cls, values: dict[str, Any], caller: Caller | None) -> bool:
        return True


del COLLECTIONS[Paint.collection()]  # of these tests, not of the shop


@pytest.fixture(autouse=True)
def paint(database: Database) -> Iterator[None]:
    """The table of the collection, as long as a test runs."""
    database.create_tables([Paint])
    yield
    database.drop_tables([Paint])


def test_a_new_kind_is_written_and_read() -> None:
    made = as_sent(dialect.create(Paint, {"colour": "#8E4585"}, {}, ALICE))
    assert made["colour"] == PLUM
    assert Paint.get().colour == "8e4585"
    assert as_sent(dialect.view(Paint, made["id"], {}, ALICE))["colour"] == PLUM
    found = as_sent(dialect.list_page(Paint, {"filter": "colour = '8e4585'"}, ALICE))
    assert [item["colour"] for item in found["items"]] == [PLUM]


def test_a_new_kind_names_what_is_wrong() -> None:
    with pytest.raises(RecordInvalid) as refused:
        dialect.create(Paint, {"colour": "plum"}, {}, ALICE)
    assert refused.value.problems == {"colour": INVALID_FORMAT}


def test_a_new_kind_is_exported_and_imported() -> None:
    dialect.create(Paint, {"colour": PLUM}, {}, ALICE)
    [line] = exporter.lines(Paint)
    exported = orjson.loads(line)["colour"]
    assert exported == PLUM
    field = Paint.record_fields()["colour"]
    assert field.from_import(exported) == "8e4585"
    with pytest.raises(Unfit, match="must be a colour"):
        field.from_import("plum")


@pytest.mark.parametrize(
    ("sent", "is_true"),
    [
        pytest.param(True, True, id="true"),
        pytest.param(False, False, id="false"),
        pytest.param(1, True, id="one"),
        pytest.param(0, False, id="nothing"),
        pytest.param(0.5, True, id="half"),
        pytest.param("true", True, id="a word"),
        pytest.param("T", True, id="a letter"),
        pytest.param("1", True, id="a digit"),
        pytest.param("yes", False, id="a word Go does not read"),
        pytest.param("", False, id="empty"),
        pytest.param(None, False, id="null"),
        pytest.param([True], False, id="a list"),
    ],
)
def test_yes_and_no_are_read_as_pocketbase_reads_them(sent: Any, is_true: bool) -> None:
    """And answered as JSON's truth, in a list and alone; filters compare a number."""
    made = as_sent(dialect.create(Paint, {"colour": PLUM, "is_glossy": sent}, {}, ALICE))
    assert made["is_glossy"] is is_true
    asked = {"filter": f"is_glossy = {str(is_true).lower()} && is_glossy != {1 - is_true}"}
    [found] = as_sent(dialect.list_page(Paint, asked, ALICE))["items"]
    assert found["is_glossy"] is is_true
    [parsed] = as_sent(dialect.list_page(Paint, {"fields": "is_glossy"}, ALICE))["items"]
    assert parsed == {"is_glossy": is_true}


def test_yes_and_no_are_exported_and_imported() -> None:
    """As JSON's truth, strictly; in a table in capitals or as a digit, too."""
    dialect.create(Paint, {"colour": PLUM, "is_glossy": True}, {}, ALICE)
    [line] = exporter.lines(Paint)
    assert orjson.loads(line)["is_glossy"] is True
    field = Paint.record_fields()["is_glossy"]
    assert (field.from_import(True), field.from_import(False)) == (1, 0)
    assert [field.from_cell(cell) for cell in ("TRUE", "0", "false")] == [True, False, False]
    with pytest.raises(Unfit, match="true or false"):
        field.from_import(1)
    with pytest.raises(Unfit, match="true or false"):
        field.from_cell("ja")


@pytest.mark.parametrize(
    ("field", "longest"),
    [
        pytest.param(Text(), MAX_IMPORTED_TEXT, id="no maximum in the contract"),
        pytest.param(Text(50), 50, id="a maximum"),
        pytest.param(Text(index=True), 5_000, id="an index, whose entries PostgreSQL bounds"),
    ],
)
def test_a_text_from_elsewhere_is_bounded(field: Text, longest: int) -> None:
    """Clients send 5,000 characters where nothing is said; an import keeps what was longer."""
    assert len(field.from_import("长" * longest)) == longest
    with pytest.raises(Unfit, match=f"no more than {longest} characters"):
        field.from_import("长" * (longest + 1))
