"""Where a generated filter may look: the lists, their fields with the values rows hold, and paths."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, NamedTuple

from bai_wx.dialect import layout
from bai_wx.record.collections import COLLECTIONS
from tests.conformance.rows import as_shown, dataset
from tests.kinds import kind_of

COMPANY, ATTACHMENTS, PRODUCTS, DOCUMENTS, CART, ORDERS = LISTS = (
    "tbl_company",
    "tbl_attachments",
    "tbl_product_list",
    "tbl_document",
    "tbl_cart",
    "tbl_order",
)
OWNED: Final = (CART, ORDERS)
GUEST, USERS = "guest", ("alice", "bob")


class Field(NamedTuple):
    """A field, or a place inside a JSON field: its name, kind, and what rows hold there."""

    name: str
    kind: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Path:
    """Steps through relations, from a list's rows to a collection's.

    `is_any`: only any-operators may look at what it leads to. `guard`: a condition every filter that
    goes this way is joined with. Both keep to what the servers mean to answer alike: "all match" asks
    rows too, in PocketBase, that the caller may not list, while ours does not see them; and
    PocketBase hides a row that only rows point at which the caller may not list
    (docs/pocketbase-differences.md).
    """

    root: str
    steps: str
    target: str
    is_many: bool = False
    is_any: bool = False
    guard: str = ""


_ICON = "prod_list_icon"
_PRODUCT = "cart_product_id"
BACK_TO_LINES = "tbl_cart_via_cart_product_id"
_PRODUCTS_OF = "tbl_product_list_via_prod_list_icon"
_DOCUMENTS_OF = "tbl_document_via_document_{}"
_PICTURES = ("images", "videos", "files")


def _to_pictures() -> Iterator[Path]:
    """From documents, of those without a hidden attachment."""
    for kind in _PICTURES:
        step = f"document_{kind}"
        guard = " && ".join(f"{step} !~ '{hidden}'" for hidden in _HIDDEN_PICTURES)
        yield Path(DOCUMENTS, step, ATTACHMENTS, is_many=True, guard=guard)
    yield Path(DOCUMENTS, f"document_images.{_PRODUCTS_OF}", PRODUCTS, True, True)
    yield Path(DOCUMENTS, f"document_files.{_DOCUMENTS_OF.format('images')}", DOCUMENTS, True, True)
    yield _own_lines(DOCUMENTS, f"document_videos.{_PRODUCTS_OF}")


def _from_pictures() -> Iterator[Path]:
    """From attachments."""
    yield Path(ATTACHMENTS, _PRODUCTS_OF, PRODUCTS, True, True)
    for kind in _PICTURES:
        yield Path(ATTACHMENTS, _DOCUMENTS_OF.format(kind), DOCUMENTS, True, True)
    back = f"{_DOCUMENTS_OF.format('images')}.document_videos"
    yield Path(ATTACHMENTS, back, ATTACHMENTS, is_many=True, is_any=True)
    yield _own_lines(ATTACHMENTS, _PRODUCTS_OF)


def _own_lines(root: str, steps: str = "") -> Path:
    """Back to cart lines."""
    whole = f"{steps}.{BACK_TO_LINES}" if steps else BACK_TO_LINES
    return Path(root, whole, CART, is_many=True, is_any=True)


def _guarded(path: Path) -> Path:
    """A path that leads back: the caller must be able to list a row that points there."""
    steps = path.steps.split(".")
    back = [place for place, step in enumerate(steps, 1) if "_via_" in step]
    if not back:
        return path
    return replace(path, guard=f"{'.'.join(steps[: back[-1]])}.id ?!= ''")


_HIDDEN_PICTURES: Final = [
    row["id"]
    for row in dataset()[ATTACHMENTS]
    if row["is_delete"] or row["attachments_status"] == "invalid" or row["attachments_is_identity"]
]

_PATHS: Final = (
    Path(CART, _PRODUCT, PRODUCTS),
    Path(CART, f"{_PRODUCT}.{_ICON}", ATTACHMENTS),
    Path(CART, f"{_PRODUCT}.{BACK_TO_LINES}", CART, is_many=True, is_any=True),
    Path(CART, f"{_PRODUCT}.{_ICON}.{_DOCUMENTS_OF.format('images')}", DOCUMENTS, True, True),
    Path(CART, f"{_PRODUCT}.{_ICON}.{_PRODUCTS_OF}", PRODUCTS, True, True),
    Path(PRODUCTS, _ICON, ATTACHMENTS),
    Path(PRODUCTS, f"{_ICON}.{_PRODUCTS_OF}", PRODUCTS, True, True),
    Path(PRODUCTS, f"{_ICON}.{_DOCUMENTS_OF.format('images')}", DOCUMENTS, True, True),
    Path(PRODUCTS, f"{_ICON}.{_DOCUMENTS_OF.format('videos')}", DOCUMENTS, True, is_any=True),
    _own_lines(PRODUCTS),
    Path(PRODUCTS, f"{BACK_TO_LINES}.{_PRODUCT}", PRODUCTS, True, True),
    *_to_pictures(),
    *_from_pictures(),
)
PATHS: Final = tuple(map(_guarded, _PATHS))


TOLD_TO_OWNERS: Final = ("company_owner_openid",)
"""What ours tells a row's owner alone, and PocketBase every filter (see `differences`)."""


def paths_of(root: str) -> tuple[Path, ...]:
    """The paths that begin at a list's rows."""
    return tuple(path for path in PATHS if path.root == root)


@cache
def fields_of(collection: str) -> tuple[Field, ...]:
    """What a filter may name in a collection's rows, places inside JSON among them."""
    rows = [as_shown(row) for row in dataset()[collection]]
    fields = []
    for name, field in layout.of(COLLECTIONS[collection]).fields.items():
        if name in TOLD_TO_OWNERS:
            continue
        values = [row.get(name, field.zero) for row in rows]
        fields.append(Field(name, kind_of(field), _distinct(values)))
        if kind_of(field) == "json":
            fields.extend(_inside(name, values))
    return tuple(fields)


def _inside(name: str, values: list[Any]) -> Iterator[Field]:
    held: dict[str, list[Any]] = {}
    for value in values:
        for path, found in _leaves(value):
            held.setdefault(path, []).append(found)
    for path, found in held.items():
        if path:
            yield Field(f"{name}{path}", "json", _distinct(found))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    yield path, value
    pairs = value.items() if isinstance(value, dict) else ()
    pairs = enumerate(value) if isinstance(value, list) else pairs
    for key, inner in pairs:
        if re.fullmatch("[A-Za-z0-9_]+", str(key)):
            yield from _leaves(inner, f"{path}.{key}")


def _distinct(values: list[Any]) -> tuple[Any, ...]:
    return tuple({repr(value): value for value in values}.values())
