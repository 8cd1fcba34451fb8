"""What a take-over leaves behind, by name and count: it is told, so that nothing is lost silently."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bai_wx.transfer.pocketbase.mapping import SourceMapping
from bai_wx.transfer.pocketbase.pb_data import PbData

SUPERUSERS: Final = ("_superusers", "_admins")
OF_LOGINS: Final = ("_externalAuths", "_mfas", "_otps", "_authOrigins")
SETTINGS: Final = ("smtp", "s3", "backups", "rateLimits", "trustedProxy", "batch")
_SWITCHES: Final = ("enabled", "cron", "headers")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not taken over.

    `kind` is one of collection, view, table, field, superusers, logins, hooks and settings. `count` is that of
    its rows, of the rows that have a value in a field, or of files; 1 of a view and of settings.
    """

    kind: str
    name: str
    count: int


def left_out(data: PbData, mapping: SourceMapping) -> list[LeftOut]:
    """List what is not taken over of a source. What is empty is not told."""
    found = [*_collections(data, mapping), *_fields(data, mapping), *_own(data), *_settings(data)]
    return [each for each in found if each.count]


def _collections(data: PbData, mapping: SourceMapping) -> Iterator[LeftOut]:
    for name, collection in data.collections.items():
        if collection.type == "view":
            yield LeftOut("view", name, 1)
        elif name not in mapping.collections and not name.startswith("_"):
            yield LeftOut("collection", name, data.count(name))
    for name in data.unknown_tables:
        yield LeftOut("table", name, data.count(name))


def _fields(data: PbData, mapping: SourceMapping) -> Iterator[LeftOut]:
    for collection in mapping.collections:
        for name in mapping.fields_left_out(collection):
            yield LeftOut("field", f"{collection}.{name}", data.filled(collection, name))


def _own(data: PbData) -> Iterator[LeftOut]:
    """PocketBase's own rows: those who manage it, and logins by other ways than ours."""
    tables = set(data.tables)
    for kind, names in (("superusers", SUPERUSERS), ("logins", OF_LOGINS)):
        for name in names:
            if name in tables:
                yield LeftOut(kind, name, data.count(name))
    yield LeftOut("hooks", "pb_hooks", data.hooks)


def _settings(data: PbData) -> Iterator[LeftOut]:
    """The settings that are switched on."""
    if data.settings is None:
        yield LeftOut("settings", "encrypted", 1)
        return
    for name in SETTINGS:
        said = data.settings.get(name)
        if isinstance(said, dict) and any(said.get(switch) for switch in _SWITCHES):
            yield LeftOut("settings", name, 1)
