"""Rows of the tables of planted drift: a change, and the lines that tell of it."""

import re
from typing import NamedTuple


class Planted(NamedTuple):
    """A change of a file, and the lines that tell of it: `spec/` or `models/` before what is changed."""

    id: str
    file: str
    before: str
    after: str
    lines: tuple[str, ...]


def planted(id: str, file: str, before: str, after: str, *lines: str) -> Planted:
    """One row of a table; each line is a regular expression."""
    return Planted(id, file, before, after, lines)


DOCUMENTS, PRODUCTS, ATTACHMENTS, CART, USERS = (
    f"openapi-wx/{name}.yaml"
    for name in ("documents", "products", "attachments", "cart", "wechat-auth")
)


def differs(subject: str, said: str, pointer: str, other: str, attribute: str) -> str:
    """The line of a difference: both values, the end of the pointer, and the attribute of the model."""
    here = rf"\(\S+\.yaml:\d+ /\S*{re.escape(pointer)}\)"
    there = rf"\(\S+\.py:\d+ {re.escape(attribute)}\)"
    values = re.escape(said), re.escape(other)
    return rf"tbl_{subject}: {values[0]} in the contract {here}, {values[1]} in the model {there}"


def of_document(
    name: str, fact: str, said: str, other: str, keyword: str = "", column: bool = True
) -> str:
    """The same of a field of documents; `column` where the model has it."""
    pointer = f"PocketBaseDocumentFields/properties/{name}{keyword and '/'}{keyword}"
    attribute = f"Document.{name}" if column else "Document"
    return differs(rf"document\.{name} {fact}", said, pointer, other, attribute)


def of_product(name: str, fact: str, said: str, other: str, pointer: str = "") -> str:
    """The same of a field of products."""
    return differs(rf"product_list\.{name} {fact}", said, pointer, other, f"Product.{name}")


NOON = "'2026-06-15 12:00:00.000Z'"
