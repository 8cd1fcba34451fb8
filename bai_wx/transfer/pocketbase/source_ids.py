"""The rows of a source that others name: by record id, and once by business id."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from bai_wx.record.collections import COLLECTIONS, business_id_field, targets_of
from bai_wx.record.strict_values import Unfit
from bai_wx.transfer.pocketbase import made_ids, old_shapes
from bai_wx.transfer.pocketbase.field_values import fitted
from bai_wx.transfer.pocketbase.mapping import SourceMapping
from bai_wx.transfer.pocketbase.order_snaps import Known
from bai_wx.transfer.pocketbase.pb_data import PbData

PRODUCTS: Final = 10_000
"""So many products are kept that orders ask for."""

PRICE: Final = "prod_list_basic_price"


class SourceIds:
    """Record ids and business ids of rows, by our collections' names; where a row has none, the made one."""

    def __init__(self, data: PbData, mapping: SourceMapping) -> None:
        self._data, self._mapping = data, mapping
        targets = {name for model in COLLECTIONS.values() for name in targets_of(model)}
        self._business: dict[str, dict[str, str]] = {name: {} for name in targets}
        self._records: dict[str, dict[str, str]] = {name: {} for name in targets}
        for ours in targets:
            self._read(ours)
        self._in_lines = dict(self._lines())
        self._product = lru_cache(PRODUCTS)(self._read_product)

    def _named(self, ours: str) -> tuple[str, Mapping[str, str]] | None:
        """The old collection that becomes ours, and its fields by our names."""
        for old, new in self._mapping.collections.items():
            if new == ours:
                return old, {new: name for name, new in self._mapping.fields(old).items()}
        return None

    def _rows(self, ours: str, *wanted: str) -> Iterator[dict[str, Any]]:
        """The rows of the source by our names, with the wanted fields alone."""
        found = self._named(ours)
        if found is None:
            return
        old, names = found
        kept = {names[new]: new for new in wanted if new in names}
        for _, row in self._data.rows(old, only=kept):
            yield {kept[name]: value for name, value in row.items()}

    def _read(self, ours: str) -> None:
        model = COLLECTIONS[ours]
        name = business_id_field(model)
        for row in self._rows(ours, "id", name, "created"):
            record_id, said = row.get("id"), row.get(name)
            if not isinstance(record_id, str):
                continue
            is_said = isinstance(said, str) and said
            made = (
                "" if is_said else made_ids.business_id(model, name, record_id, row.get("created"))
            )
            business_id = str(said) if is_said else made
            self._records[ours][record_id] = business_id
            self._business[ours].setdefault(business_id, record_id)

    def _lines(self) -> Iterator[tuple[str, str]]:
        """The product that each line of a cart names, by either id of the line."""
        for row in self._rows(old_shapes.CART, "id", "cart_id", "cart_product_id"):
            product = row.get("cart_product_id")
            for name in (row.get("id"), row.get("cart_id")):
                if isinstance(name, str) and name and isinstance(product, str):
                    yield name, product

    def record_id(self, target: str, name: str) -> str | None:
        """The record id of a row of `target` that is named by either id; None where there is none."""
        return name if name in self._records[target] else self._business[target].get(name)

    def business_id(self, target: str, name: str) -> str | None:
        """The business id of a row that is named by either id; None where there is none."""
        record_id = self.record_id(target, name)
        return None if record_id is None else self._records[target][record_id]

    def forget(self, target: str, record_id: str) -> None:
        """Leave out a row that was refused."""
        if target not in self._records:
            return
        business_id = self._records[target].pop(record_id, None)
        if business_id is not None and self._business[target].get(business_id) == record_id:
            del self._business[target][business_id]

    def token_key(self, record_id: str) -> str:
        """The token key of a user who has none: every run makes the same, and nobody without the secret."""
        found = self._named(old_shapes.USERS)
        secret = self._data.collections[found[0]].auth_secret if found else None
        return made_ids.token_key(secret, record_id)

    def product(self, name: str) -> Known | None:
        """The product of either id, or that of a line of the cart by either id of the line."""
        record_id = self.record_id(old_shapes.PRODUCTS, name)
        if record_id is None and name in self._in_lines:
            record_id = self.record_id(old_shapes.PRODUCTS, self._in_lines[name])
        return None if record_id is None else self._product(record_id)

    def _read_product(self, record_id: str) -> Known | None:
        found = self._named(old_shapes.PRODUCTS)
        if found is None:
            return None
        old, names = found
        row = self._data.row(old, record_id) or {}
        said = {new: row.get(name) for new, name in names.items()}
        return Known(
            self._records[old_shapes.PRODUCTS][record_id],
            _text(said.get("prod_list_name")),
            _text(said.get("prod_list_modelnumber")),
            _price(said.get(PRICE)),
        )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _price(value: Any) -> float | None:
    field = COLLECTIONS[old_shapes.PRODUCTS].record_fields()[PRICE]
    try:
        return float(fitted(field, value).value)
    except Unfit:
        return None
