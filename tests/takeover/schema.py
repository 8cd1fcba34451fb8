"""Collections in a neutral form, and as each version's API takes them: `schema` until 0.22, `fields` after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MANY: Final = 99
LONG: Final = 1_000_000
"""Characters of a text without a limit: newer versions take 0 for 5,000."""


@dataclass(frozen=True)
class Field:
    """A field. `target` is the collection that a relation points at."""

    name: str
    kind: str = "text"
    many: bool = False
    target: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Collection:
    """A collection of kind `base`, `auth` or `view`; a view has a query and no fields of its own."""

    name: str
    fields: tuple[Field, ...] = ()
    kind: str = "base"
    query: str = ""
    dated: bool = True
    rules: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """15 characters, as every version makes them."""
        return collection_id(self.name)

    def definition(self, *, is_old: bool) -> dict[str, Any]:
        """What the API creates it from."""
        return self._old() if is_old else self._new()

    def _old(self) -> dict[str, Any]:
        options: dict[str, Any] = {"query": self.query} if self.query else {}
        if self.kind == "auth":
            options = {
                "allowEmailAuth": True,
                "allowUsernameAuth": True,
                "allowOAuth2Auth": False,
                "minPasswordLength": 8,
                "requireEmail": False,
                "onlyVerified": False,
            }
        schema = [old_field(each) for each in self.fields]
        return {**self._common(), "schema": schema, "options": options}

    def _new(self) -> dict[str, Any]:
        if self.query:
            return {**self._common(), "viewQuery": self.query}
        fields = [new_field(each) for each in self.fields]
        # 0.22 has both in every collection; since then a collection may do without.
        if self.dated:
            dates = {"type": "autodate", "onCreate": True}
            fields.append({"name": "created", **dates})
            fields.append({"name": "updated", "onUpdate": True, **dates})
        return {**self._common(), "fields": fields}

    def _common(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "type": self.kind, **self.rules}


def collection_id(name: str) -> str:
    """The id of a collection of the shop."""
    letters = "".join(each for each in name.removeprefix("tbl_") if each.isalnum())
    return f"old{letters}"[:15].ljust(15, "0")


def old_field(each: Field) -> dict[str, Any]:
    """A field as a member of `schema`."""
    options: dict[str, Any] = {}
    most = MANY if each.many else 1
    match each.kind:
        case "text":
            options = {"min": None, "max": None, "pattern": ""}
        case "number":
            options = {"min": None, "max": None, "noDecimal": False}
        case "json":
            options = {"maxSize": 2_000_000}
        case "date":
            options = {"min": "", "max": ""}
        case "editor":
            options = {"convertUrls": False}
        case "select":
            options = {"maxSelect": most, "values": list(each.words)}
        case "file":
            options = {"maxSelect": most, "maxSize": 5_242_880, "mimeTypes": [], "thumbs": []}
        case "relation":
            target = collection_id(each.target)
            options = {"collectionId": target, "cascadeDelete": False, "maxSelect": most}
            options |= {"minSelect": None, "displayFields": None}
    return {"name": each.name, "type": each.kind, "required": False, "options": options}


def new_field(each: Field) -> dict[str, Any]:
    """A field as a member of `fields`."""
    more: dict[str, Any] = {}
    most = MANY if each.many else 1
    match each.kind:
        case "text":
            more = {"max": LONG}
        case "select":
            more = {"maxSelect": most, "values": list(each.words)}
        case "file":
            more = {"maxSelect": most, "maxSize": 5_242_880}
        case "relation":
            more = {"maxSelect": most, "collectionId": collection_id(each.target)}
    return {"name": each.name, "type": each.kind, **more}


def texts(*names: str) -> list[Field]:
    """Text fields."""
    return [Field(name) for name in names]


def numbers(*names: str) -> list[Field]:
    """Number fields."""
    return [Field(name, "number") for name in names]


def definitions(collections: Iterable[Collection], *, is_old: bool) -> list[dict[str, Any]]:
    """All of them, in an order in which every relation finds its target."""
    return [each.definition(is_old=is_old) for each in collections]
