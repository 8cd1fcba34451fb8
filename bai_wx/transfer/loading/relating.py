"""The cells of relations: what a table names, as the record ids that rows hold."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

from bai_wx.record import ids
from bai_wx.record.base import Record
from bai_wx.record.collections import relations
from bai_wx.record.fields import RecordField, Relations
from bai_wx.record.problem_texts import Texts
from bai_wx.transfer.loading.known import Targets
from bai_wx.transfer.loading.picture_rows import PictureRows, has_files
from bai_wx.transfer.loading.plans import AddPicture

Cells = dict[str, Any]
"""The contract's values of a row, by field."""
Refuse = Callable[[str, Texts], None]
"""Notes why a field of the row is refused."""

_BETWEEN: Final = re.compile(r"[|｜;；\n]+")


class Relating:
    """Turns names in relations into record ids. A name is an id, a business id, a title or a picture's file."""

    def __init__(self, model: type[Record], pictures: PictureRows | None) -> None:
        self._relations = tuple(relations(model))
        self._pictures = pictures
        self.targets = Targets()
        self._planned: dict[str, AddPicture] = {}
        self._refused: dict[str, Texts] = {}

    def look_up(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Look up what the relations of some rows name."""
        wanted: dict[str, dict[str, None]] = {}
        for row in rows:
            for each in self._relations:
                names = names_in(row.get(each.name)) or ()
                wanted.setdefault(each.target, {}).update(dict.fromkeys(names))
        for target, names_of in wanted.items():
            self.targets.look_up(target, names_of)

    def settle(self, values: Cells, refuse: Refuse) -> None:
        """Put record ids in the place of names. What leads to no row is noted and left out."""
        for each in self._relations:
            if values.get(each.name) is None:
                continue
            names = names_in(values[each.name])
            if names is None:
                refuse(each.name, NOT_NAMES)
                del values[each.name]
                continue
            found = [self._record_id(each, name, refuse) for name in names]
            if "" in found:
                del values[each.name]
            else:
                values[each.name] = _value(each, list(dict.fromkeys(found)), refuse)

    def pictures_of(self, values: Mapping[str, Any]) -> Iterator[AddPicture]:
        """The pictures that the values of a row need, and that no row before it did."""
        for each in self._relations:
            for record_id in names_in(values.get(each.name)) or ():
                if record_id in self._planned:
                    yield self._planned.pop(record_id)

    def _record_id(self, each: RecordField, name: str, refuse: Refuse) -> str:
        """The record id that a name leads to; `""` where it is refused."""
        stored = self.targets.find(each.target, name)
        if len(stored) == 1 and (ids.is_record_id(name) or self._pictures is None):
            return stored[0]
        if self._pictures is not None and has_files(each.target):
            record_id = self._picture(each, name, refuse)
            if record_id is not None:
                return record_id
        if len(stored) == 1:
            return stored[0]
        refuse(each.name, _several(name, len(stored)) if stored else self._missing(each, name))
        return ""

    def _picture(self, each: RecordField, name: str, refuse: Refuse) -> str | None:
        """The id of the attachment that a picture becomes, `""` for a refused one; None where there is none."""
        assert self._pictures is not None
        if name in self._refused:
            refuse(each.name, self._refused[name])
            return ""
        found = self._pictures.find(name)
        if found is None:
            return None
        record_id, problem = found
        if problem is not None:
            self._refused[name] = problem
            refuse(each.name, problem)
            return ""
        self.targets.add(each.target, name, record_id)
        self._planned[record_id] = AddPicture(record_id, name)
        return record_id

    def _missing(self, each: RecordField, name: str) -> Texts:
        shown = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
        if has_files(each.target) and self._pictures is not None:
            return (
                f"图片压缩包和已上传的附件里都没有“{shown}”",
                f"Neither the pictures nor the uploaded files have {shown!r}.",
            )
        return (
            f"没有编号或名称为“{shown}”的记录",
            f"No row has the id or the name {shown!r}.",
        )


LONGEST_NAME: Final = 100  # characters that a problem repeats
NOT_NAMES: Final[Texts] = (
    "请填写编号或名称，多个用 | 分隔",
    "Must be ids or names, with | between.",
)


def names_in(value: Any) -> list[str] | None:
    """The names in a cell: a text with `|`, a line break or a semicolon between them, or a list.

    None for what is neither.
    """
    if isinstance(value, str):
        if value.startswith("["):
            return _listed(value)
        return [name for part in _BETWEEN.split(value) if (name := part.strip())]
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return [each for each in value if each]
    return [] if value is None else None


def _listed(text: str) -> list[str] | None:
    try:
        return names_in(orjson.loads(text))
    except orjson.JSONDecodeError:
        return None


def _value(each: RecordField, record_ids: list[str], refuse: Refuse) -> Any:
    """A relation's value as the contract has it."""
    if isinstance(each, Relations):
        return record_ids
    if len(record_ids) > 1:
        refuse(each.name, ("只能填写一个", "Only one can be named."))
    return record_ids[0] if record_ids else None


def _several(name: str, number: int) -> Texts:
    return (
        f"有 {number} 条记录叫“{name}”，请填写编号",
        f"{number} rows are called {name!r}; write the id.",
    )
