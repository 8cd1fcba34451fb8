"""What fields and collections are called, in the language of the request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bai_wx.console.words import both
from bai_wx.contract import titles as contract_titles
from bai_wx.contract.titles import CollectionTitles


@dataclass(frozen=True)
class Titles:
    """The titles of one collection."""

    collection: str
    fields: Mapping[str, str]
    helps: Mapping[str, str]
    """What the contract says of a field, in Chinese."""


def titles(bundle: Mapping[str, Any]) -> dict[str, Titles]:
    """The titles of every collection of the contract."""
    return {name: _titles(each) for name, each in contract_titles.titles(bundle).items()}


def _titles(said: CollectionTitles) -> Titles:
    return Titles(
        both(said.chinese, said.english),
        {name: both(each.chinese, each.english) for name, each in said.fields.items()},
        {name: each.help for name, each in said.fields.items()},
    )
