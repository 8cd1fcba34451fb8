"""What fields and collections are called: their titles of the contract, in English their own names."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bai_wx.console.words import both
from bai_wx.contract.collections import record_schemas
from bai_wx.contract.keywords import Keywords, keywords, properties


@dataclass(frozen=True)
class Titles:
    """The titles of one collection."""

    collection: str
    fields: Mapping[str, str]
    helps: Mapping[str, str]
    """What the contract says of a field, in Chinese."""


def titles(bundle: Mapping[str, Any]) -> dict[str, Titles]:
    """The titles of every collection of the contract."""
    return {
        name: _titles(name, keywords(bundle, pointer), bundle)
        for name, pointer in record_schemas(bundle).items()
    }


def _titles(collection: str, said: Keywords, bundle: Mapping[str, Any]) -> Titles:
    read = {key: keywords(bundle, at) for key, at in properties(bundle, said.pointer).items()}
    english = english_names(read)
    title = str(said.get("title", "")).removesuffix("记录")
    return Titles(
        both(title or collection, _sentence(collection.removeprefix("tbl_"))),
        {key: both(str(each.get("title", key)), english[key]) for key, each in read.items()},
        {key: str(each.get("description", "")) for key, each in read.items()},
    )


def english_names(fields: Mapping[str, Any]) -> dict[str, str]:
    """The fields' own names as words, without the beginning that most of them share.

    Example: `prod_list_basic_price` among fields of `prod_list_…` is `Basic price`.
    """
    starts = Counter(
        "_".join(parts[:length]) + "_"
        for parts in (name.split("_") for name in fields)
        for length in range(1, len(parts))
    )
    shared = [start for start, number in starts.items() if number > len(fields) / 2]
    longest = max(shared, key=len, default="")
    return {name: _sentence(name.removeprefix(longest)) for name in fields}


def _sentence(name: str) -> str:
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
