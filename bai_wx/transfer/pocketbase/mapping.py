"""The mapping of a source: its collections, fields and words to ours, by the owner's old shapes and a map."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

from bai_wx.record.collections import COLLECTIONS
from bai_wx.transfer.pocketbase import old_shapes
from bai_wx.transfer.pocketbase.layout import PbCollection, PocketBaseRefused
from bai_wx.transfer.pocketbase.map_file import MapFile, read_map
from bai_wx.transfer.pocketbase.pb_data import PbData


class SourceMapping:
    """Which collection of a source becomes which of ours, which field, and which word.

    `collections` has our collection by the old one's name, of those that are taken over.
    """

    def __init__(self, source: Mapping[str, PbCollection], said: MapFile) -> None:
        self._source, self._said = source, said
        self.collections = dict(self._taken_over())
        self._refuse_two_of_one()
        self._fields = {
            old: self._fields_of(source[old], ours) for old, ours in self.collections.items()
        }

    @classmethod
    def of(cls, data: PbData, map_file: Path | None = None) -> Self:
        """Map a source. Raises: `PocketBaseRefused` with every fault of the map, one a line."""
        said = read_map(map_file, data.collections) if map_file else MapFile()
        return cls(data.collections, said)

    def _taken_over(self) -> Iterator[tuple[str, str]]:
        for name, collection in self._source.items():
            ours = self._said.collections.get(name, name)
            if ours in COLLECTIONS and collection.type != "view" and not collection.is_system:
                yield name, ours

    def _refuse_two_of_one(self) -> None:
        taken: dict[str, str] = {}
        for old, ours in self.collections.items():
            if ours in taken:
                raise PocketBaseRefused(
                    f"{taken[ours]} and {old} would both become {ours}; leave one out by the map"
                )
            taken[ours] = old

    def _fields_of(self, collection: PbCollection, ours: str) -> dict[str, str]:
        """Our field by the old one's name. What the map says wins, then a field of the same name."""
        known = COLLECTIONS[ours].record_fields()
        said = self._said.fields.get(collection.name, {})
        found = {old: new for old, new in said.items() if new is not None}
        taken = set(found.values())
        same = {each.name: each.name for each in collection.fields if each.name in known}
        renamed = old_shapes.FIELDS.get(ours, {})
        for names in (same, {each.name: renamed.get(each.name, "") for each in collection.fields}):
            for old, new in names.items():
                if old not in said and old not in found and new in known and new not in taken:
                    found[old] = new
                    taken.add(new)
        return found

    def fields(self, collection: str) -> Mapping[str, str]:
        """Our field by the old one's name, of those of an old collection that are taken over."""
        return self._fields[collection]

    def fields_left_out(self, collection: str) -> list[str]:
        """The fields of an old collection that are not taken over, but for PocketBase's own."""
        unneeded = old_shapes.UNNEEDED.get(self.collections[collection], frozenset())
        return [
            each.name
            for each in self._source[collection].fields
            if each.name not in self._fields[collection] and each.name not in unneeded
        ]

    def words(self, ours: str, field: str) -> Mapping[str, str]:
        """The contract's words for the old ones of a field. What the map says wins."""
        known = old_shapes.WORDS.get(ours, {}).get(field, {})
        return {**known, **self._said.words.get(f"{ours}.{field}", {})}
