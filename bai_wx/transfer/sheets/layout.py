"""The columns that a table of a collection can have, and the headings they are known by."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from bai_wx.contract.family import RECORDS_PREFIX
from bai_wx.contract.titles import FieldTitle, titles
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.fields import RecordField

REASONS: Final = "错误原因"
"""The heading of the column that says why a row was refused. It is passed over when a table is read."""
REASONS_KEY: Final = "_errors"
"""The same in JSON Lines."""

_IGNORED: Final = frozenset({"collectionid", "collectionname", "expand"})
"""Members that PocketBase adds to every record; what they say is known."""
_MARKS: Final = re.compile(r"[\s*＊：:]+")
_BRACKETED: Final = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*+)[)\]】〕]")


@dataclass(frozen=True)
class Column:
    """A field as a column of a table."""

    name: str
    """The contract's name of the field."""
    field: RecordField
    heading: str
    """What is written above it: the Chinese title, with the name where two fields share the title."""
    title: FieldTitle

    @property
    def words(self) -> Mapping[str, str]:
        """The Chinese words for its values, where the contract gives them."""
        return self.title.words


@dataclass(frozen=True)
class Layout:
    """A collection as a table. `columns` are the fields that are not hidden, in the model's order."""

    model: type[Record]
    chinese: str
    columns: Mapping[str, Column]
    example: Mapping[str, Any]
    """A row that the contract shows as an example; empty where it shows none."""

    @property
    def collection(self) -> str:
        """The collection's name."""
        return self.model.collection()

    def field_of(self, heading: str) -> str | None:
        """The field that a heading names, `""` for a column that is passed over, None for an unknown one.

        A heading is the Chinese or English title or the field's name; blanks, asterisks, width, case and a
        remark in brackets, such as `基础价格（元）*`, change nothing.
        """
        for plain in _spellings(heading):
            if plain in self._passed_over:
                return ""
            if plain in self._by_spelling:
                return self._by_spelling[plain]
        return None

    @cached_property
    def _by_spelling(self) -> dict[str, str]:
        """The field by each spelling that one field alone has. A field's own name wins."""
        found: dict[str, str] = {}
        titles = [(c.heading, c.title.chinese, c.title.english) for c in self.columns.values()]
        for spelling in zip(*titles, strict=True):
            spelled = list(zip(map(_plain, spelling), self.columns, strict=True))
            counted = Counter(plain for plain, _ in spelled)
            for plain, name in spelled:
                if counted[plain] == 1:
                    found.setdefault(plain, name)
        return found | {_plain(name): name for name in self.columns}

    @cached_property
    def _passed_over(self) -> frozenset[str]:
        return _IGNORED | {_plain(REASONS), _plain(REASONS_KEY)}

    def for_template(self) -> list[str]:
        """The fields of a template: those an operator sets, after the ids where rows are only changed."""
        settable = self.model.set_by_operator()
        own = [name for name in self.columns if name in settable]
        return own if self.model.OPERATOR_CREATES else ["id", *own]


def layouts(bundle: Mapping[str, Any]) -> dict[str, Layout]:
    """The layout of every collection, by its name. `bundle` is the contract."""
    said = titles(bundle)
    return {
        name: _layout(model, said[name].chinese, said[name].fields, _example(bundle, name))
        for name, model in COLLECTIONS.items()
        if name in said
    }


def column_letter(place: int) -> str:
    """The letters of a column as spreadsheets name it; place 0 is `A`, 26 is `AA`."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _example(bundle: Mapping[str, Any], collection: str) -> Mapping[str, Any]:
    """The row of the example that the collection's list or view has."""
    for path, of_list in (("", True), ("/{recordId}", False)):
        found: Any = bundle["paths"].get(f"{RECORDS_PREFIX}{collection}/records{path}", {})
        for key in ("get", "responses", "200", "content", "application/json", "example"):
            found = found.get(key, {})
        rows = found.get("items", []) if of_list else [found]
        if rows and rows[0]:
            return dict(rows[0])
    return {}


def _layout(
    model: type[Record], chinese: str, said: Mapping[str, FieldTitle], example: Mapping[str, Any]
) -> Layout:
    fields = {name: each for name, each in model.record_fields().items() if not each.hidden}
    named = {name: said.get(name) or FieldTitle(name, name, "", {}) for name in fields}
    counted = Counter(each.chinese for each in named.values())
    return Layout(
        model,
        chinese,
        {
            name: Column(name, field, _heading(name, named[name], counted), named[name])
            for name, field in fields.items()
        },
        example,
    )


def _heading(name: str, title: FieldTitle, counted: Mapping[str, int]) -> str:
    return title.chinese if counted[title.chinese] == 1 else f"{title.chinese}({name})"


def _spellings(heading: str) -> Iterator[str]:
    """A heading as it is, then what stands in its brackets, then what stands outside."""
    yield _plain(heading)
    wide = unicodedata.normalize("NFKC", heading)
    inside = _BRACKETED.findall(wide)
    if inside:
        yield from (_plain(each) for each in inside)
        yield _plain(_BRACKETED.sub("", wide))


def _plain(heading: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", heading)).casefold()


def fields_of(layout: Layout, headings: Iterable[str]) -> Sequence[str | None]:
    """The field of each heading, as `Layout.field_of`."""
    return [layout.field_of(each) for each in headings]
