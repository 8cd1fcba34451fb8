"""The rules of the owner's old shapes that are about more than one value of a row."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from bai_wx.record import clock
from bai_wx.record.strict_values import Unfit
from bai_wx.transfer.pocketbase import old_shapes
from bai_wx.transfer.pocketbase.field_values import LIST_AS_TEXT, Fitted
from bai_wx.transfer.pocketbase.order_snaps import rewritten
from bai_wx.transfer.pocketbase.source_ids import SourceIds
from bai_wx.transfer.pocketbase.translated import Translated
from models.documents import EXPIRED, VALID
from models.orders import MAX_SOURCE_ID
from models.profiles import PAPERS, PICTURES, is_address

PICTURE_BY_RECORD_ID: Final = "the record id of an attachment, written as its attachments_id"
PICTURE_LOST: Final = "an attachment that is not there, kept as it is"
FIRST_PICTURE: Final = "several pictures, of which the first is kept"
NO_TOKEN_KEY: Final = "no token key: a new one"
NO_MD5: Final = "no MD5, left out"
EXPIRED_BEFORE: Final = (
    "expired without a date that has passed: the date is that of its last change"
)
SOURCE_FOUND: Final = "no source of an order that we know, read from what it names"
JOINED_BY_COMMA: Final = "ids joined by commas"
CUT_SOURCE: Final = f"cut to {MAX_SOURCE_ID:,} characters"
PARAMETERS: Final = "product parameters, written as the contract has them"

_MD5: Final = re.compile("[0-9a-fA-F]{32}")
_JOINT: Final = re.compile(r"[,|]")
_PARAMETER: Final = ("name", "value", "unit", "category", "sort")

Rule = Callable[[Translated, SourceIds], None]
"""Changes the translated values of a row, or refuses it."""


def _user(made: Translated, ids: SourceIds) -> None:
    if not made.values.get("token_key"):
        made.put("token_key", Fitted(ids.token_key(made.values.get("id", "")), NO_TOKEN_KEY))
    for name in (*PICTURES, *PAPERS):
        if made.values.get(name):
            _picture(made, name, ids)


def _picture(made: Translated, name: str, ids: SourceIds) -> None:
    """A picture is an `attachments_id` or an address."""
    said = made.values[name]
    if is_address(said):
        return
    first, *others = [part for each in said.split("|") if (part := each.strip())] or [""]
    if others:
        made.put(name, Fitted(first, FIRST_PICTURE))
    business_id = ids.business_id(old_shapes.ATTACHMENTS, first)
    if business_id is None:
        made.tell(name, PICTURE_LOST)
    elif business_id != first:
        made.put(name, Fitted(business_id, PICTURE_BY_RECORD_ID))


def _attachment(made: Translated, ids: SourceIds) -> None:
    md5 = made.values.get("attachments_md5")
    if md5 and not _MD5.fullmatch(md5):
        made.drop("attachments_md5", NO_MD5)


def _product(made: Translated, ids: SourceIds) -> None:
    said = made.values.get("prod_list_parameters")
    found = _parameters(said)
    if found != said:
        made.put("prod_list_parameters", Fitted(found, PARAMETERS))


def _parameters(said: Any) -> Any:
    """A list of parameters; once a table of names and values, or with nulls in it."""
    if said in ({}, "", []):
        return None if said != [] else said
    if isinstance(said, dict):
        said = [{"name": name, "value": value} for name, value in said.items()]
    if not isinstance(said, list):
        return said
    return [_parameter(each) if isinstance(each, dict) else each for each in said]


def _parameter(said: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in said.items() if value is not None or name == "value"}
    if isinstance(kept.get("sort"), str) and re.fullmatch(r"-?\d{1,9}", kept["sort"]):
        kept["sort"] = int(kept["sort"])
    return kept


def _document(made: Translated, ids: SourceIds) -> None:
    """Expired is derived from the date, and is no state of its own."""
    values = made.values
    if values.get("document_status") != EXPIRED:
        return
    values["document_status"] = VALID
    expiry = values.get("document_expiry_date")
    if not expiry or expiry > clock.now():
        passed = values.get("updated") or values.get("created")
        if passed:
            made.put("document_expiry_date", Fitted(passed, EXPIRED_BEFORE))
        else:
            made.refuse("document_status", "says expired, and has no date of that")


def _order(made: Translated, ids: SourceIds) -> None:
    _source_ids(made)
    if not made.values.get("order_source"):
        made.put("order_source", Fitted(_source_of(made.values), SOURCE_FOUND))
    try:
        snap, amount = rewritten(
            made.values.get("order_snap"), made.values.get("order_amount", 0), ids.product
        )
    except Unfit as exc:
        made.refuse("order_snap", str(exc))
        return
    made.put("order_snap", snap)
    made.put("order_amount", amount)


def _source_ids(made: Translated) -> None:
    """The ids of an order's source are joined by commas, and cut where a hook cuts them."""
    said = made.values.get("order_source_id") or ""
    joined = ",".join(part for each in _JOINT.split(said) if (part := each.strip()))
    if "|" in said and joined != said:
        made.put("order_source_id", Fitted(joined, JOINED_BY_COMMA))
        made.changes = [
            each for each in made.changes if tuple(each) != ("order_source_id", LIST_AS_TEXT)
        ]
    if len(made.values.get("order_source_id") or "") > MAX_SOURCE_ID:
        cut = made.values["order_source_id"][:MAX_SOURCE_ID]
        made.put("order_source_id", Fitted(cut, CUT_SOURCE))


def _source_of(values: Mapping[str, Any]) -> str:
    """Where an order came from that does not say: its lines were those of a cart, or products."""
    snap = values.get("order_snap")
    items = snap.get("items") if isinstance(snap, dict) else snap
    names_lines = isinstance(items, list) and any(
        isinstance(each, dict) and each.get("cart_id") for each in items
    )
    is_cart = names_lines or str(values.get("order_source_id") or "").startswith("CART-")
    return "cart" if is_cart else "product"


RULES: Final[Mapping[str, Sequence[Rule]]] = {
    old_shapes.USERS: (_user,),
    old_shapes.ATTACHMENTS: (_attachment,),
    old_shapes.PRODUCTS: (_product,),
    old_shapes.DOCUMENTS: (_document,),
    old_shapes.ORDERS: (_order,),
}
"""By collection: its rules."""
