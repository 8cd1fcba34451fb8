"""The translation of rows of a PocketBase to rows that the importer reads."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import orjson

from bai_wx.record import joined
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.dates import date_of
from bai_wx.record.fields import Derived, Joined, RecordField, Relations, Select, Text
from bai_wx.record.joined import SEPARATOR
from bai_wx.record.strict_values import Unfit
from bai_wx.transfer.pocketbase import made_ids, old_shapes
from bai_wx.transfer.pocketbase.cart_doubles import CartDoubles
from bai_wx.transfer.pocketbase.field_values import (
    LIST_AS_TEXT,
    Convert,
    Fitted,
    barred,
    check_text,
    fitted,
    shortened,
)
from bai_wx.transfer.pocketbase.layout import PbCollection
from bai_wx.transfer.pocketbase.mapping import SourceMapping
from bai_wx.transfer.pocketbase.owners_rows import RULES, Rule
from bai_wx.transfer.pocketbase.pb_data import Broken, PbData, PbRow
from bai_wx.transfer.pocketbase.source_ids import SourceIds
from bai_wx.transfer.pocketbase.translated import Translated

OLD_WORD: Final = "an old word, written in the contract's words"
NO_WORD: Final = "no word, read as the first one"
BY_BUSINESS_ID: Final = "business ids, written as record ids"
BY_RECORD_ID: Final = "record ids, written as business ids"
BARS: Final = f"ids in a list or joined by {SEPARATOR}, written as our field has them"
LOST: Final = "ids that lead to no row, left out"
CUT: Final = "a text that is too long, cut"
NO_MOMENT: Final = "no moment of its creation: that of its collection"
LOST_IN_TEXT: Final = "ids that lead to no row, kept in the text"

_JOINT: Final = re.compile(r"[|,]")


class _Plan(NamedTuple):
    """What is done to each row of a collection: its values by their old names, its joined texts, its rules."""

    model: type[Record]
    values: Sequence[tuple[str, RecordField, Convert]]
    joined: Sequence[tuple[Joined, RecordField]]
    rules: Sequence[Rule]


class Translator:
    """Translates the rows of one source, in the order of `collections.targets_first`.

    Relations are looked up in the source, so a row that was refused must be told by `note_refused`.
    """

    def __init__(self, data: PbData, mapping: SourceMapping) -> None:
        """Read the ids that relations may name, and the lines of carts that are doubles."""
        self._mapping, self._source = mapping, data.collections
        self._ids = SourceIds(data, mapping)
        self._plans = {old: self._planned(old, ours) for old, ours in mapping.collections.items()}
        self._doubles = CartDoubles(data, mapping, self._plainly)

    def translate(self, collection: str, row: PbRow) -> Translated:
        """Translate a row of the old collection of this name."""
        made = self._plainly(collection, row)
        if self._mapping.collections[collection] == old_shapes.CART and not made.refused:
            self._doubles.join(made)
        return made

    def note_refused(self, collection: str, record_id: str) -> None:
        """Note that a row of an old collection was refused: relations to it lead to nothing from now on."""
        self._ids.forget(self._mapping.collections[collection], record_id)

    def _plainly(self, collection: str, row: PbRow) -> Translated:
        """Translate a row by itself."""
        plan = self._plans[collection]
        made = Translated()
        for old, field, convert in plan.values:
            if old in row:
                _translate_value(made, field, convert, row[old])
        for text, relation in plan.joined:
            if text.name in made.values:
                self._fill_joined(made, text, relation.target)
        if not made.values.get("created") and not made.refused:
            _fill_moments(made, self._source[collection])
        for rule in plan.rules:
            if not made.refused:
                rule(made, self._ids)
        _check(made, plan.model.record_fields())
        if not made.refused:
            made_ids.fill(plan.model, made.values)
        return made

    def _planned(self, collection: str, ours: str) -> "_Plan":
        """What is done to each row of an old collection."""
        model = COLLECTIONS[ours]
        fields = model.record_fields()
        values = [
            (old, fields[new], self._converter(ours, fields[new]))
            for old, new in self._mapping.fields(collection).items()
        ]
        return _Plan(model, values, joined.pairs(model), RULES.get(ours, ()))

    def _converter(self, ours: str, field: RecordField) -> Convert:
        """What makes a value of this field of ours."""
        if isinstance(field, Joined):
            return Fitted  # `_fill_joined` reads it
        if field.target:
            return partial(self._relation, field)
        if isinstance(field, Select):
            return partial(self._word, ours, field)
        if field.name in old_shapes.BARRED.get(ours, ()):
            return partial(_barred_text, field)
        if isinstance(field, Text) and field.name in old_shapes.CUT.get(ours, ()):
            return partial(_cut_text, field)
        words = self._mapping.words(ours, field.name)
        return partial(_text, field, words) if words else partial(fitted, field)

    def _word(self, ours: str, field: Select, value: Any) -> Fitted:
        text, how = fitted(field, value)
        known = (*field.values, field.derived) if isinstance(field, Derived) else field.values
        if not text or text in known:
            return Fitted(text, how)
        word = self._mapping.words(ours, field.name).get(text.strip())
        if word is None and field.name in old_shapes.FOUND.get(ours, ()):
            return Fitted("")
        if word is None:
            raise Unfit(
                f"has the word {shortened(text)}, which is none of {', '.join(field.values)};"
                f" a map may name it under words: {ours}.{field.name}"
            )
        return Fitted(word, OLD_WORD)

    def _relation(self, field: RecordField, value: Any) -> Fitted:
        """The record ids of a relation. A required one must lead to a row, another is left out."""
        names = _names(value)
        found = {name: self._ids.record_id(field.target, name) for name in names}
        lost = [name for name, record_id in found.items() if record_id is None]
        if lost and field.required:
            raise Unfit(f"points at {shortened(lost[0])}, which {field.target} does not have")
        is_list = isinstance(field, Relations)
        if len(names) > 1 and not is_list:
            raise Unfit(f"names {len(names)} rows of {field.target}, and holds one")
        kept = list(dict.fromkeys(each for each in found.values() if each is not None))
        how = LOST if lost else BY_BUSINESS_ID if kept != names else ""
        if not how and names and isinstance(value, list) != is_list:
            how = BARS
        return Fitted(kept if is_list else "".join(kept), how)

    def _fill_joined(self, made: Translated, text: Joined, target: str) -> None:
        """A text that joins business ids, and the relation it is made of where the source has none."""
        try:
            self._join(made, text, target)
        except Unfit as exc:
            made.refuse(text.joins, str(exc))

    def _join(self, made: Translated, field: Joined, target: str) -> None:
        names = _names(made.values[field.name])
        known = {name: self._ids.business_id(target, name) for name in names}
        made.values[field.name] = SEPARATOR.join(known[name] or name for name in names)
        record_ids = [self._ids.record_id(target, name) for name in names]
        if not made.values.get(field.joins):
            found = [each for each in record_ids if each is not None]
            made.values[field.joins] = list(dict.fromkeys(found))
        if None in known.values():
            made.tell(field.joins, LOST_IN_TEXT)
        elif list(known.values()) != names:
            made.tell(field.name, BY_RECORD_ID)


def _translate_value(made: Translated, field: RecordField, convert: Convert, value: Any) -> None:
    try:
        found = convert(value)
    except Unfit as exc:
        made.refuse(field.name, str(exc))
        return
    if found.value == "" and field.first and isinstance(field, Select):
        made.drop(field.name, NO_WORD)
    else:
        made.put(field.name, found)


def _fill_moments(made: Translated, source: PbCollection) -> None:
    """Give a row without moments one that every run gives it: newer PocketBases do without."""
    updated = made.values.get("updated")
    found = updated or date_of(source.created)
    if found:
        made.put("created", Fitted(found, "" if updated else NO_MOMENT))
        made.values["updated"] = found


def _text(field: RecordField, words: Mapping[str, str], value: Any) -> Fitted:
    """A text that holds a state, and may have an old word for it."""
    found = fitted(field, value)
    return Fitted(words[found.value], OLD_WORD) if found.value in words else found


def _cut_text(field: Text, value: Any) -> Fitted:
    """A text that is cut where it is too long."""
    text, how = fitted(field, value)
    return Fitted(text[: field.text_max], CUT) if len(text) > field.text_max else Fitted(text, how)


def _names(value: Any) -> list[str]:
    """The ids in a relation, a list or a text that joins them. Raises: `Unfit`."""
    if value in (None, "", 0):
        return []
    check_text(value)
    if isinstance(value, Broken):
        raise Unfit(f"must be a list of ids, not {shortened(value)}")
    if isinstance(value, str) and value.startswith("["):
        value = _list_in(value)
    listed = value if isinstance(value, list) else [value]
    if not all(isinstance(each, str) for each in listed):
        raise Unfit(f"must hold ids, not {shortened(value)}")
    return [part for each in listed for one in _JOINT.split(each) if (part := one.strip())]


def _list_in(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _barred_text(field: RecordField, value: Any) -> Fitted:
    """A text of words joined by a bar, which once was a JSON list."""
    if isinstance(value, str) and value.startswith("["):
        found = _list_in(value)
        if isinstance(found, list) and all(isinstance(each, str) for each in found):
            return Fitted(barred(found), LIST_AS_TEXT)
    return fitted(field, value)


def _check(made: Translated, fields: Mapping[str, RecordField]) -> None:
    """Refuse what our fields do not take, such as too long a text, and nothing where it is required."""
    refused = {each.field for each in made.refused}
    for name, field in fields.items():
        if name in refused:
            continue
        if name not in made.values:
            if field.required:
                made.refuse(name, "is required")
            continue
        try:
            held = field.from_import(made.values[name])
        except Unfit as exc:
            made.refuse(name, str(exc))
            continue
        if field.required and held == field.zero:
            made.refuse(name, "is required")
