"""What collections and fields are called: their titles of the contract, in English their own names."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bai_wx.contract.collections import record_schemas
from bai_wx.contract.keywords import Keywords, keywords, properties

CHINESE: Final[Mapping[str, str]] = {"tbl_auth_users": "客户"}
"""What operators call a collection otherwise than the contract."""

ENGLISH: Final[Mapping[str, str]] = {
    "tbl_attachments": "Attachments",
    "tbl_auth_users": "Customers",
    "tbl_cart": "Carts",
    "tbl_company": "Companies",
    "tbl_document": "Documents",
    "tbl_order": "Orders",
    "tbl_product_list": "Products",
    "tbl_system_dict": "Dictionaries",
    "attachments_filename": "File name",
    "attachments_filetype": "File type",
    "attachments_md5": "MD5",
    "attachments_ocr": "Recognised text",
    "company_add": "Address",
    "company_entity": "Legal representative",
    "company_usci": "Credit code",
    "dict_name": "Name",
    "dict_parent_id": "Dictionary above",
    "dict_remark": "Remark",
    "dict_word_description": "Texts",
    "dict_word_enum": "Values",
    "dict_word_is_enabled": "In use",
    "dict_word_sort_order": "Places",
    "document_effect_date": "Shown from",
    "document_expiry_date": "Expires",
    "prod_list_icon": "Picture",
    "prod_list_modelnumber": "Model number",
    "prod_list_sort": "Place",
    "prod_list_plantype": "Plan type",
    "prod_list_comm_type": "Communication",
    "prod_list_feature": "Features",
    "prod_list_function": "Functions",
}
"""The English titles of collections and fields whose own names tell too little."""

_WORD: Final = re.compile(r"`([!-_a-~]++)` ?([\u3400-\u9fff]++)(?=[，。；、]|$)")


@dataclass(frozen=True)
class FieldTitle:
    """The titles of one field, and what the contract says of it."""

    chinese: str
    english: str
    help: str
    """The contract's description, in Chinese."""
    words: Mapping[str, str]
    """The Chinese words of the values it can have, where the contract gives them: `on_sale` is 在售."""


@dataclass(frozen=True)
class CollectionTitles:
    """The titles of one collection and of its fields, by name."""

    chinese: str
    english: str
    fields: Mapping[str, FieldTitle]


def titles(bundle: Mapping[str, Any]) -> dict[str, CollectionTitles]:
    """The titles of every collection of the contract."""
    return {
        name: _titles(name, keywords(bundle, pointer), bundle)
        for name, pointer in record_schemas(bundle).items()
    }


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
    return {name: _english(name, name.removeprefix(longest)) for name in fields}


def _titles(collection: str, said: Keywords, bundle: Mapping[str, Any]) -> CollectionTitles:
    read = {key: keywords(bundle, at) for key, at in properties(bundle, said.pointer).items()}
    english = english_names(read)
    title = CHINESE.get(collection) or str(said.get("title", "")).removesuffix("记录")
    return CollectionTitles(
        title or collection,
        _english(collection, collection.removeprefix("tbl_")),
        {key: _field(key, english[key], each, bundle) for key, each in read.items()},
    )


def _field(name: str, english: str, said: Keywords, bundle: Mapping[str, Any]) -> FieldTitle:
    words = dict(_words(said, bundle))
    # Two values of one word could not be told apart.
    clear = {value: word for value, word in words.items() if [*words.values()].count(word) == 1}
    return FieldTitle(
        str(said.get("title", name)), english, str(said.get("description", "")), clear
    )


def _words(said: Keywords, bundle: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The words that the descriptions of a field and of the schema it names give for its values."""
    schemas = bundle.get("components", {}).get("schemas", {})
    named = (schemas.get(name, {}).get("description", "") for name in said.names)
    for text in (*named, str(said.get("description", ""))):
        for value, word in _WORD.findall(text):
            if value in said.get("enum", ()):
                yield value, word


def _english(name: str, short: str) -> str:
    words = short.replace("_", " ").strip()
    return ENGLISH.get(name, words[:1].upper() + words[1:])
