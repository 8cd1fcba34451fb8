"""The page of the contract's extensions says what the contract uses, and the other way round.

Covers: bai_wx/contract/extensions.py
"""

import re

from bai_wx.contract import loader
from bai_wx.contract.extensions import EXTENSIONS, Where, used
from tests.docs.pages import text

PAGE = text("docs/contract-extensions.md")
HEADINGS = {
    Where.RECORD: "Of a record schema",
    Where.FIELD: "Of a property of a record schema",
    Where.PROPERTY: "Of any property",
    Where.OPERATION: "Of an operation",
    Where.LINK: "Of a link",
}


def rows_under(heading: str) -> set[str]:
    """The extensions in the table under a heading."""
    part = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `(x-[a-z-]+)` \|", part, re.MULTILINE))


def test_page_lists_exactly_the_extensions_there_are() -> None:
    """Each under the place it may have."""
    listed = {(name, heading) for heading in HEADINGS.values() for name in rows_under(heading)}
    assert listed == {(each.name, HEADINGS[each.where[0]]) for each in EXTENSIONS}


def test_every_extension_of_the_contract_is_on_the_page() -> None:
    names = {each.name for each in used(loader.load())}
    assert names <= set(re.findall(r"`(x-[a-z-]+)`", PAGE))
