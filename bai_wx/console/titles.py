"""What fields and collections are called: their titles of the contract, in English their own names."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bai_wx.console.words import both
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
    title = CHINESE.get(collection) or str(said.get("title", "")).removesuffix("记录")
    return Titles(
        both(title or collection, _english(collection, collection.removeprefix("tbl_"))),
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
    return {name: _english(name, name.removeprefix(longest)) for name in fields}


def _english(name: str, short: str) -> str:
    words = short.replace("_", " ").strip()
    return ENGLISH.get(name, words[:1].upper() + words[1:])
