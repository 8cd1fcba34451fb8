"""Names that may lead through relations: `cart_product_id.prod_list_icon.attachments_filename`.

A step is a relation of the rows one is at, or rows that point back: `tbl_cart_via_cart_product_id`.
Each step is a LEFT JOIN, made once however many terms of a filter and a sort go that way, so that
they speak of the same related row. As in PocketBase, a query that follows a relation shows only what
leads to a row this caller may list, or to none at all. Rows that point back and may not be listed are
not there: PocketBase hides what they point at, which tells of them (docs/pocketbase-differences.md).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from peewee import SQL, Entity, Node, NodeList

from bai_wx.database.statement import Once, Param
from bai_wx.dialect import layout
from bai_wx.dialect.filter import columns, database_sql
from bai_wx.dialect.filter.operands import Column, RelatedValues
from bai_wx.errors import BadQuery
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS, find
from bai_wx.record.fields import Json, Relation, Relations

MAX_STEPS: Final = 6  # PocketBase, core/record_field_resolver_runner.go, maxNestedRels

_BACK = re.compile(r"([A-Za-z0-9_]+)_via_([A-Za-z0-9_]+)", re.ASCII)
_ONE_ROW: Final = SQL("(SELECT 1) AS one")


@dataclass(frozen=True)
class Place:
    """The rows a path has reached: the list's own rows, or rows joined to them."""

    model: type[Record]
    rows: Any
    """The model or an alias of it."""
    steps: tuple[str, ...] = ()


class Joins:
    """The joins of one query, each made once however many names need it."""

    def __init__(self, model: type[Record], label: str = "j", is_apart: bool = False) -> None:
        self.root = Place(model, model)
        self.clauses: list[Node] = []
        self.conditions: list[Node] = []
        self._write = database_sql.chosen()
        self._label, self._is_apart = label, is_apart
        self._order: list[Node] = []
        self._places: dict[tuple[str, ...], Place] = {}
        self._item_ids: dict[tuple[str, ...], Node] = {}
        self._columns: dict[tuple[str, str], Column] = {}

    def column(self, name: str, side: str = "") -> Column:
        """The column that a name with its modifier means. Raises: `BadQuery`.

        Args: `side` tells the operands of one comparison apart, whose names may be the same.
        """
        if (name, side) not in self._columns:
            self._columns[name, side] = self._found(name, side)
        return self._columns[name, side]

    def _found(self, name: str, side: str) -> Column:
        column, is_many = self._resolve(name)
        column = replace(column, node=Once(column.node))
        if not is_many:
            return column
        # The comparison looks at one related row, and at all of them (see `build`).
        label = f"{self._label}{len(self._columns)}_"
        apart = Joins(self.root.model, label, is_apart=True)
        all_of_them, _ = apart._resolve(name)
        all_of_them = replace(all_of_them, node=Once(all_of_them.node))
        return replace(column, related=RelatedValues(tuple(map(Once, apart.clauses)), all_of_them))

    def selected(self, what: Node, condition: Node | None) -> Node:
        """Select something of the joined rows that meet the condition, as a subquery's text."""
        conditions = [*([condition] if condition else []), *self.conditions]
        where = [SQL("WHERE"), NodeList(conditions, " AND ")] if conditions else []
        return NodeList((SQL("SELECT"), what, from_joined(self.clauses), *where))

    def first(self, what: Node, condition: Node | None) -> Node:
        """Select something of the first joined rows that meet the condition, in parentheses."""
        order = self._write.first_by(self._order)
        return NodeList((SQL("("), self.selected(what, condition), *order, SQL("LIMIT 1)")))

    def _resolve(self, name: str) -> tuple[Column, bool]:
        place, is_many = self.root, False
        *steps, last = name.split(".")
        for number, step in enumerate(steps):
            field = layout.of(place.model).fields.get(step)
            rest = [*steps[number + 1 :], last]
            if isinstance(field, Json):
                return columns.inside(place.rows, field, rest, bool(place.steps)), is_many
            if number >= MAX_STEPS:
                raise BadQuery(f"more than {MAX_STEPS} relations in {name!r}")
            if isinstance(field, Relation) and rest == ["id"]:  # which is the relation itself
                return columns.whole(place.rows, field, bool(place.steps)), is_many
            place, leads_to_many = self._follow(place, step)
            is_many = is_many or leads_to_many
        return self._last(place, last, is_many)

    def _last(self, place: Place, name: str, is_many: bool) -> tuple[Column, bool]:
        plain_name, _, modifier = name.partition(":")
        field = layout.of(place.model).fields.get(plain_name)
        if field is None:
            known = ", ".join(layout.of(place.model).fields)
            raise BadQuery(f"{name!r} is no field of {place.model.collection()}: {known}")
        if modifier == "each" and isinstance(field, Relations):
            item = self._items((*place.steps, plain_name), getattr(place.rows, plain_name))
            return Column(item, is_nullable=True, is_joined=True), True
        column = columns.whole(place.rows, field, bool(place.steps))
        return columns.modified(field, column, modifier), is_many

    def _follow(self, place: Place, step: str) -> tuple[Place, bool]:
        """Follow one step of a path. Returns: the place it leads to, and whether that has several rows."""
        field = layout.of(place.model).fields.get(step)
        if isinstance(field, Relation):
            target = COLLECTIONS[field.target]
            return self._joined(place, step, target, getattr(place.rows, step)), False
        if isinstance(field, Relations):
            target = COLLECTIONS[field.target]
            item = self._items((*place.steps, step), getattr(place.rows, step), target)
            return self._joined(place, step, target, item), True
        back = back_relation(place.model, step) if field is None else None
        if back is None:
            raise BadQuery(f"{step!r} is no relation of {place.model.collection()}")
        source, back_field = back
        return self._joined_back(place, step, source, back_field), True

    def _joined(self, place: Place, step: str, target: type[Record], id_: Any) -> Place:
        return self._join(place, step, target, lambda rows: rows.id == id_)

    def _joined_back(
        self, place: Place, step: str, source: type[Record], field: Relation | Relations
    ) -> Place:
        def points_here(rows: Any) -> Node:
            column = getattr(rows, field.name)
            if isinstance(field, Relation):
                return column == place.rows.id  # type: ignore[no-any-return]  # untyped in Peewee
            return self._write.holds(column, place.rows.id)

        return self._join(place, step, source, points_here, is_back=True)

    def _join(
        self,
        place: Place,
        step: str,
        model: type[Record],
        on: Callable[[Any], Node],
        *,
        is_back: bool = False,
    ) -> Place:
        steps = (*place.steps, step)
        if steps not in self._places:
            if not model.LISTED:
                raise BadQuery(f"{model.collection()} is not to be looked into")
            rows = model.alias(f"{self._label}{len(self.clauses)}")
            self._places[steps] = Place(model, rows, steps)
            condition = on(rows)
            if self._is_apart or is_back:
                condition = NodeList((condition, SQL("AND"), _visible(model, rows)))
            elif model.OWNER:
                condition = NodeList((condition, SQL("AND"), _present(model, rows)))
            if not self._is_apart and not is_back:
                self.conditions.append(_listed_or_none(model, rows))
            source = NodeList((Entity(model._meta.table_name), SQL("AS"), Entity(rows.alias)))
            self.clauses.append(NodeList((SQL("LEFT JOIN"), source, SQL("ON"), condition)))
            self._order.append(self._write.place(rows))
        return self._places[steps]

    def _items(self, steps: tuple[str, ...], ids: Any, target: type[Record] | None = None) -> Node:
        """Join the single ids of a relation to many. Returns: the id of a joined row.

        Where all of `target`'s rows are asked, the ids of those that are not shown are left out.
        """
        if steps not in self._item_ids:
            name = f"{self._label}{len(self.clauses)}"
            item_id = self._item_ids[steps] = self._write.item(name)
            source = self._write.named_items(ids, name)
            is_asked: Node = SQL("TRUE")
            if self._is_apart and target is not None:
                is_asked = _not_hidden(target, f"{name}h", item_id)
            self.clauses.append(NodeList((SQL("LEFT JOIN"), source, SQL("ON"), is_asked)))
            self._order.append(self._write.place(name))
        return self._item_ids[steps]


def from_joined(clauses: Sequence[Node]) -> Node:
    """The FROM clause of the list's row and the rows joined to it."""
    return NodeList((SQL("FROM"), _ONE_ROW, *clauses))


def back_relation(
    model: type[Record], step: str
) -> tuple[type[Record], Relation | Relations] | None:
    """The collection and the field that a back relation names: `tbl_cart_via_cart_product_id`."""
    found = _BACK.fullmatch(step)
    source = find(found[1]) if found else None
    if found is None or source is None:
        return None
    field = layout.of(source).fields.get(found[2])
    if not isinstance(field, (Relation, Relations)) or field.target != model.collection():
        return None
    return source, field


def _listed_or_none(model: type[Record], rows: Any) -> Node:
    return NodeList((rows.id.is_null(), SQL("OR"), _visible(model, rows)), parens=True)


def _visible(model: type[Record], rows: Any) -> Node:
    # PocketBase asks whether all match of hidden rows too, and so tells what is in them.
    return model.visible(rows, Param("openid"), Param("now"))


def _not_hidden(model: type[Record], label: str, id_: Node) -> Node:
    """The condition that no row hidden from the caller has this id."""
    rows = model.alias(label)
    source = NodeList((Entity(model._meta.table_name), SQL("AS"), Entity(rows.alias)))
    hidden = (rows.id == id_, SQL("AND NOT"), _visible(model, rows))
    return NodeList((SQL("NOT EXISTS (SELECT 1 FROM"), source, SQL("WHERE"), *hidden, SQL(")")))


def _present(model: type[Record], rows: Any) -> Node:
    # PocketBase hides a list's rows for other people's rows that point at them, which tells of
    # them. To us they are not there (docs/pocketbase-differences.md).
    return model.present(rows, Param("openid"))
