"""Changes planted into the contract 1.0.0, one edit each, and what `bai-wx diff` must say of it.

1.0.0 is frozen, so a later change of the contract leaves this table alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from bai_wx.contract.files import Files, Place


class Missing(Enum):
    """What is put where a key is taken away."""

    GONE = "gone"


GONE = Missing.GONE
Pointer = tuple[str | int, ...]


@dataclass(frozen=True)
class Planted:
    """One edit (`value` at `pointer` of `file`), and the lines told by operation."""

    id: str
    file: str
    pointer: Pointer
    value: Any
    told: Mapping[str, set[str]]


ROOT, CART, ORDER = "openapi-wx.yaml", "openapi-wx/cart.yaml", "openapi-wx/order.yaml"
COMPANY, SYSTEM, LOGIN = (f"openapi-wx/{n}.yaml" for n in ("company", "system", "wechat-auth"))
PRODUCTS, FILES = "openapi-wx/products.yaml", "openapi-wx/files.yaml"
SCHEMAS = ("components", "schemas")
CART_CREATE = (*SCHEMAS, "CartCreateRequest")
CART_RECORD = (*SCHEMAS, "CartRecord")
PRODUCT_FIELDS = (*SCHEMAS, "PocketBaseProductListFields", "properties")
COMPANY_LIST = ("paths", "companyRecords", "get")
COMPANIES = "/pb/api/collections/tbl_company/records"
COMPANY_ROW = f"{COMPANIES}/{{recordId}}"
CARTS = "/pb/api/collections/tbl_cart/records"
PRODUCT_LIST = "/pb/api/collections/tbl_product_list/records"
PRODUCT_ROW = f"{PRODUCT_LIST}/{{recordId}}"


def in_every_company(line: str) -> dict[str, set[str]]:
    """What is said of a field of a company, in each answer that has companies."""
    one, many = line.format(at="200"), line.format(at="200.items[]")
    return {
        f"GET {COMPANIES}": {many},
        f"POST {COMPANIES}": {one},
        f"GET {COMPANY_ROW}": {one},
        f"PATCH {COMPANY_ROW}": {one},
    }


def in_every_product(line: str) -> dict[str, set[str]]:
    """What is said of a field of a product, which no request carries."""
    return {
        f"GET {PRODUCT_LIST}": {line.format(at="200.items[]")},
        f"GET {PRODUCT_ROW}": {line.format(at="200")},
    }


def in_every_cart_answer(line: str) -> dict[str, set[str]]:
    """What is said of a key of `CartRecord`, in each hook's answer that has it."""
    one, many = line.format(at="200.data"), line.format(at="200.data.items[]")
    return {
        "POST /pb/api/cart/list": {many},
        "POST /pb/api/cart/detail": {one},
        "POST /pb/api/cart/create": {one},
        "POST /pb/api/cart/update": {one},
    }


def only(operation: str, *lines: str) -> dict[str, set[str]]:
    """What is said of one operation."""
    return {operation: set(lines)}


def edit(file: Path, pointer: Pointer, value: Any) -> None:
    """Put a value at a pointer of a YAML file, or take away what is there."""
    document = Files().lookup(Place(file), Place(file))
    holder = document
    for key in pointer[:-1]:
        holder = holder[key]
    if value is GONE:
        del holder[pointer[-1]]
    elif isinstance(holder, list):
        holder[pointer[-1] : int(pointer[-1]) + 1] = [value]
    else:
        holder[pointer[-1]] = value
    file.write_text(json.dumps(document), "utf-8")
