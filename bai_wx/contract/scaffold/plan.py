"""What is to be written: operations without a function, and collections without a model."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bai_wx.contract import pocketbase
from bai_wx.contract.collections import CollectionSpec
from bai_wx.contract.field_specs import FieldSpec, Kind
from bai_wx.contract.scaffold.visible import Condition, visible
from bai_wx.contract.spots import Spot


@dataclass(frozen=True, slots=True)
class Planned:
    """An operation of the contract and the module that serves it."""

    id: str
    module: str
    method: str
    path: str
    definition: dict[str, Any]
    spot: Spot | None = None
    verb: str = ""
    """`list`, `view`, `create`, `update` or `delete` of a native operation that needs no hand."""


@dataclass(frozen=True)
class NewCollection:
    """A collection of the contract that has no model yet."""

    spec: CollectionSpec

    @property
    def table(self) -> str:
        """The collection's name, which is the table's."""
        return self.spec.name

    @property
    def module(self) -> str:
        """The module of the model, called as that of its handlers."""
        return self.spec.module

    @property
    def class_name(self) -> str:
        """The model: `Coupon` of the schema `PocketBaseCouponRecord`."""
        return class_of(self.spec.schema)

    @property
    def title(self) -> str:
        """What its operations stand under."""
        tags = next(iter(self.spec.operations.values())).definition.get("tags", ())
        return in_docstring(next(iter(tags), self.table))

    @cached_property
    def shown(self) -> Condition | None:
        """The condition of the rows that are shown, beside owner and `is_delete`."""
        return visible(self.spec)

    @property
    def owner(self) -> FieldSpec | None:
        """The column that holds whose the row is: the only one who sees it, or who may change it."""
        return pocketbase.owner(self.spec)

    @property
    def creatable(self) -> list[str]:
        """The fields a client may set by a create."""
        return self._settable("create")

    @property
    def updatable(self) -> list[str]:
        """The fields a client may change, `is_delete` among them where a row can be deleted so."""
        return self._settable("update")

    def _settable(self, verb: str) -> list[str]:
        settable = self.spec.settable(verb)
        known = [n for n, field in self.spec.fields.items() if not field.server_made]
        return [name for name in [*known, "is_delete"] if name in settable]

    @property
    def is_written(self) -> bool:
        """Whether clients may write rows at all."""
        return bool({"create", "update", "delete"} & self.spec.operations.keys())

    def first_state(self, field: FieldSpec) -> str:
        """The value a row begins with in a field of states that its creator may not choose."""
        default = field.keywords.get("default", "")
        if default or field.kind is not Kind.SELECT or not field.is_filled:
            return str(default)
        is_chosen = field.name in self.creatable and field.required
        return "" if is_chosen else field.values[0]

    def prefix(self) -> tuple[str, ...]:
        """The columns that every list of clients names: an index for one begins with them."""
        if self.spec.owner:
            return (self.spec.owner, "is_delete")
        return (*self._named_by_all(), "is_delete")

    def indexes(self) -> Iterator[tuple[str, ...]]:
        """The plain indexes: of the default order, and of what is looked up among everybody's rows."""
        yield (*self.prefix(), "seq")
        for field in self.spec.fields.values():
            is_one = field.kind is Kind.RELATION and not self.spec.owner
            if is_one or (field.private and field.name != self.spec.owner):
                yield (field.name,)

    def _named_by_all(self) -> Iterator[str]:
        kinds = {Kind.SELECT, Kind.TEXT}
        for name in self.shown.equal() if self.shown else ():
            if self.spec.fields[name].kind in kinds:
                yield name


def class_of(schema: str) -> str:
    """The name of the class whose records the schema `PocketBase…Record` describes."""
    return schema.removeprefix("PocketBase").removesuffix("Record")


def in_docstring(text: str) -> str:
    """A text of the contract as it may stand in a docstring: in one line, its signs told as they are."""
    return " ".join(text.split()).replace("\\", "\\\\").replace('"""', "'''")
