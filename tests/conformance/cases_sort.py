"""Sort: order of rows."""

from collections.abc import Mapping

from tests.conformance.compare import GUEST, Case, listed


def _sorted(collection: str, sorts: Mapping[str, str], user: str = GUEST) -> list[Case]:
    return [listed(name, collection, user, sort=text, perPage=200) for name, text in sorts.items()]


_KEY = "prod_list_parameters." + "a" * 234

CASES: list[Case] = [
    *_sorted(
        "product_list",
        {
            "two keys": "-prod_list_sort,prod_list_basic_price,id",
            "a text, by bytes": "prod_list_name,id",
            "a text, backwards": "-prod_list_name,-id",
            "a plus before a key": "+prod_list_sort,+id",
            "spaces around keys": " prod_list_sort , -id ",
            "tabs and newlines around keys": "\tprod_list_sort\n,\r-id",
            "an amount": "-prod_list_basic_price,id",
            "unset texts first": "prod_list_category,id",
            "rows by insertion": "@rowid",
            "rows by insertion, backwards": "-@rowid",
            "by insertion at last": "prod_list_sort,-@rowid",
            "neighbours of one moment": "created,-@rowid",
            "server-made ids": "-prod_list_id",
            "in lower case": "prod_list_name:lower,id",
            "by the number of items": "prod_list_icon:length,-id",
            "a modifier that does not fit": "prod_list_sort:length,id",
            "JSON as it is": "prod_list_function,id",
            "JSON inside": "-prod_list_parameters.n,id",
            "JSON deep inside": "prod_list_parameters.a.b.0.c,-id",
            "JSON: no such key": "prod_list_parameters.nope,id",
            "a relation's id": "prod_list_icon,-id",
            "through a relation": "prod_list_icon.attachments_size,id",
            "through a relation, backwards": "-prod_list_icon.attachments_filename,id",
            "through a relation, a private field": "prod_list_icon.attachments_owner,id",
            "through a relation, a private field backwards": "-prod_list_icon.attachments_owner,-id",
            "eight keys": "is_delete,id,id,id,id,id,id,id",
            "the longest key": f"-{_KEY},id",
            "an unknown key": "nope",
            "a key in capitals": "ID",
            "an empty key between": "id,,prod_list_sort",
            "an empty key at the end": "id,",
            "a lone minus": "-",
            "two signs": "--id",
            "a sign apart": "- id",
            "nine keys": "id,id,id,id,id,id,id,id,id",
            "a key too long": f"{_KEY}aa",
            "a macro as a key": "@now",
            "a constant as a key": "null",
            "a function as a key": "strftime('%Y',created)",
            "a direction in words": "id desc",
            "a full-width comma": "prod_list_sort，id",
            "a NUL in a key": "id\0",
            "an unknown modifier of a key": "prod_list_name:nope",
            "an unknown back relation as a key": "tbl_nope_via_x.id",
            "@request as a key": "@request.auth.id",
            "@collection as a key": "id,@collection.x",
        },
    ),
    *_sorted(
        "cart",
        {
            "by relation": "cart_product_id.prod_list_name,cart_number",
            "through two relations": "cart_product_id.prod_list_icon.attachments_size,-id",
            "by a relation's amount": "-cart_product_id.prod_list_basic_price,cart_number",
            "by a relation's JSON": "cart_product_id.prod_list_parameters.n,id",
            "a state, then an amount": "cart_status,-cart_at_price,id",
            "a date, then a number": "cart_create,-cart_product_quantity,id",
        },
        user="alice",
    ),
    *_sorted(
        "document",
        {
            "the ids of many": "document_images,id",
            "the number of many": "-document_images:length,id",
            "a date that may be unset": "document_expiry_date,-id",
            "the usual date": "-document_create,id",
            "a derived state": "document_status,id",
            "a derived state backwards": "-document_status,-document_create,id",
            "a text of ids": "document_image,id",
            "words": "-document_keywords,id",
        },
    ),
    *_sorted("attachments", {"a file's name": "-attachments_link,id"}),
    listed("a shuffle", "product_list", sort="@random", fields="collectionName", perPage=200),
    listed("a sort and a filter", "product_list", sort="-id", filter="prod_list_sort>2"),
    listed("a sort, second page", "product_list", sort="prod_list_sort,id", page=2, perPage=9),
    listed("an empty sort", "product_list", sort="", perPage=200),
]
