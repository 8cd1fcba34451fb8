"""The story the contract's examples tell: alice's first visit to the demo shop, and what can go wrong.

Each call names an operation; what is not said is the contract's own example. `play` plays all of it on
real servers, the demo shop in each: one as anyone starts it, one that limits its callers.
"""

import struct
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bai_wx.contract import loader
from tests.contract.example_failures import (
    ask_too_often,
    be_refused_by_wechat,
    fill_cart_to_the_brim,
    lose_what_was_on_sale,
    meet_failures,
    not_be_migrated,
    stop_sending,
)
from tests.contract.example_files import Spot
from tests.contract.example_refusals import (
    BAD_BATCHES,
    BAD_CHANGES,
    BAD_COMPANIES,
    BAD_FILES,
    BAD_JSON,
    BAD_LINE_CHANGES,
    BAD_LINES,
    BAD_MOVES,
    BAD_ORDER_RECORDS,
    BAD_ORDERS,
    BAD_PROFILES,
    BAD_QUERIES,
    HUGE,
    KEY,
    OFF_SALE,
    SAME_NUMBER,
    SWITCH,
    TEXT,
    line_of,
)
from tests.contract.example_session import Seen, Session
from tests.paths import CART_RECORDS
from tests.running import Client, Server

PUBLIC = ("tbl_company", "tbl_attachments", "tbl_product_list", "tbl_document", "tbl_system_dict")
PUBLIC_VIEWS = {
    "company": "c5v1x9k3m7q2b8n",
    "product": SWITCH,
    "document": "d4m7q1x8c5v2b9n",
    "dict": "g7n3v8c5z2b6d1h",
}


def play(spots: Mapping[str, Spot]) -> dict[str, Seen]:
    """Play the story. Returns: what was sent or answered, by the names of the examples' spots."""
    session = Session(loader.load(), spots)
    with tempfile.TemporaryDirectory() as folder:
        # What is signed here ends here: the secret goes with the folder.
        with Server(Path(folder) / "shop") as server:
            _visit_shop(session, server)
        with Server(Path(folder) / "busy", BAI_WX_LIMITS="1/day") as server:
            ask_too_often(session, Client(server.url))
    return session.seen


def _visit_shop(session: Session, server: Server) -> None:
    guest = Client(server.url)
    for collection in PUBLIC:
        session.renaming.fix(guest.get(f"/collections/{collection}/records").json())
    alice = _log_in(session, guest)
    with stop_sending(session, alice):
        _look_around(session, guest)
        _upload(session, guest, alice)
        _introduce(session, guest, alice)
        line = _fill_cart(session, alice)
        _order(session, alice, line, server)
        _keep_cart_records(session, guest, alice)
        _keep_order_records(session, guest, alice, server)
        _send_a_batch(session, alice)
        _write_badly(session, guest, alice)
        be_refused_by_wechat(session, guest, server)
        lose_what_was_on_sale(session, server)
        not_be_migrated(session, guest, server)
        fill_cart_to_the_brim(session, server)
        meet_failures(session, guest, alice, server)


def _log_in(session: Session, guest: Client) -> Client:
    """The first login registers; a token brings the next one, and so does a new code."""
    session.ask("health", guest)
    session.ask("ready", guest)
    session.ask("openapi_document", guest)
    found = session.ask("wechat_login", guest).json()["data"]
    alice = Client(guest.url, found["token"], found["user"]["openid"])
    session.ask("users_count", guest)
    session.ask("users_count_post", guest)
    session.ask("refresh_token", alice, example="empty")
    session.ask("refresh_token", guest, example="withCode")
    session.refused("NativeUnauthorized", "auth_refresh", guest)
    return alice


def _look_around(session: Session, guest: Client) -> None:
    """Everything public, without a token."""
    for name, record in PUBLIC_VIEWS.items():
        session.ask(f"{name}_view", guest, {"recordId": record})
    session.ask("company_list", guest)
    session.ask("product_list", guest, params={"perPage": 1, "sort": "prod_list_sort"})
    session.ask("document_list", guest, params={"perPage": 1, "sort": "created"})
    session.ask("dict_list", guest, params={"filter": 'dict_name="文档类型"'})
    for name, query in BAD_QUERIES:
        session.refused(name, "company_list", guest, params=query)
    missing = {"recordId": OFF_SALE}
    session.refused("NativeNotFound", "product_view", guest, missing)


def _upload(session: Session, guest: Client, alice: Client) -> None:
    """An avatar, as `wx.uploadFile` sends it, is listed, viewed and downloaded."""
    picture = {"attachments_link": ("avatar.png", avatar(), "image/png")}
    remark = {"attachments_remark": "头像"}
    made = session.ask("attachment_create", alice, files=picture, data=remark).json()
    session.ask("attachment_list", guest, params={"perPage": 1, "sort": "-created"})
    session.ask("attachment_view", alice, {"recordId": made["id"]})
    path = {
        "collection": "tbl_attachments",
        "recordId": made["id"],
        "filename": made["attachments_link"],
    }
    whole = ("ETag", "LastModified", "AcceptRanges", "ContentDisposition", "CacheControl")
    session.ask("file_download", guest, path, headers_shown=whole)
    kept = {"If-None-Match": session.example("IfNoneMatch parameter")}
    session.ask("file_download", guest, path, headers=kept, status=304)
    part = {"Range": "bytes=0-1023"}
    session.ask(
        "file_download", guest, path, headers=part, status=206, headers_shown=("ContentRange",)
    )
    other = {"If-Match": '"another.png-1"'}
    session.refused("PreconditionFailed", "file_download", guest, path, headers=other)
    session.refused(
        "RangeNotSatisfiable",
        "file_download",
        guest,
        path,
        headers={"Range": "bytes=999999-"},
        headers_shown=("UnsatisfiedRange",),
    )
    for name, file in BAD_FILES.items():
        session.refused(
            f"UploadRefused {name}", "attachment_create", alice, files={file[0]: file[1:]}
        )
    session.refused("UploadRefused notAllowed", "attachment_create", guest, files=picture)


def _introduce(session: Session, guest: Client, alice: Client) -> None:
    """A company of her own, and a profile that is complete."""
    made = session.ask("company_create", alice).json()
    session.ask("company_update", alice, {"recordId": made["id"]})
    session.ask("wechat_profile", alice)
    session.ask("auth_refresh", alice)
    session.ask("file_token", alice)
    for name, body in BAD_PROFILES.items():
        session.refused(f"ProfileRefused {name}", "wechat_profile", alice, json=body)
    for name, body in BAD_COMPANIES.items():
        session.refused(f"NativeCreateRefused {name}", "company_create", alice, **body)
    session.refused("NativeCreateRefused notAllowed", "company_create", guest)
    for name, body in BAD_CHANGES.items():
        session.refused(
            f"NativeUpdateRefused {name}", "company_update", alice, {"recordId": made["id"]}, **body
        )


def _fill_cart(session: Session, alice: Client) -> dict[str, Any]:
    """A line is put in, found, looked at and changed; then one as clients of old send it.

    Returns: the first line.
    """
    line: dict[str, Any] = session.ask("cart_create", alice, example="line").json()["data"]
    session.ask("cart_list", alice, example="active")
    session.ask("cart_list", alice, example="search")
    session.ask("cart_detail", alice)
    session.ask("cart_update", alice)
    session.ask("cart_create", alice, example="record")
    group = session.ask("cart_list", alice, example="group").json()
    assert [each["cart_number"] for each in group["items"]] == ["客厅"]
    for name, body in BAD_LINES.items():
        session.refused(f"CartCreateRefused {name}", "cart_create", alice, json=body)
    for name, change in BAD_LINE_CHANGES.items():
        body = {"cart_id": line["cart_id"], **change}
        session.refused(f"CartUpdateRefused {name}", "cart_update", alice, json=body)
    return line


def _order(session: Session, alice: Client, line: dict[str, Any], server: Server) -> None:
    """The line is ordered, the order changed, cancelled and deleted; so is the line."""
    # The price rose after the mini program had shown the sum.
    shown_before = {"order_source": "cart", "cart_ids": [line["cart_id"]], "order_amount": 399}
    conflict = "OrderCreateConflict"
    session.refused(f"{conflict} amountChanged", "order_create", alice, json=shown_before)
    session.ask("order_create", alice, example="fromCart")
    session.refused(f"{conflict} alreadyOrdered", "order_create", alice, example="fromCart")
    session.ask("order_list", alice, example="pending")
    session.ask("order_list", alice, example="search")
    session.ask("order_create", alice, example="record")
    session.refused("OrderCreateRefused numberTaken", "order_create", alice, json=SAME_NUMBER)
    assert session.ask("order_list", alice, example="number").json()["data"]["totalItems"] == 1
    session.ask("order_detail", alice)
    more = {"cart_id": line["cart_id"], "cart_product_quantity": 9}
    session.refused("CartAlreadyOrdered", "cart_update", alice, json=more)
    session.refused(
        "CartRecordUpdateRefused alreadyOrdered",
        "cart_record_update",
        alice,
        {"recordId": line["pb_id"]},
        json={"cart_product_quantity": 9},
    )
    for name, body in BAD_ORDERS.items():
        session.refused(f"OrderCreateRefused {name}", "order_create", alice, json=body)
    session.ask("order_update", alice, example="remark")
    session.ask("order_update", alice, example="cancel")
    too_late = {**session.example("order_detail request"), "order_remark": "下周送货"}
    session.refused("OrderStateInvalid", "order_update", alice, json=too_late)
    session.ask("order_delete", alice)
    session.ask("cart_delete", alice)
    session.refused("HookNotFound", "cart_detail", alice)
    other = session.ask("order_create", alice, example="fromProduct").json()["data"]
    _confirm(server, other)
    body = {"order_id": other["order_id"]}
    session.refused("OrderInProgress", "order_delete", alice, json=body)


def _keep_cart_records(session: Session, guest: Client, alice: Client) -> None:
    """The cart again, through the records API."""
    line = {"recordId": session.ask("cart_record_create", alice).json()["id"]}
    session.ask("cart_record_list", alice)
    session.ask("cart_record_view", alice, line)
    session.ask("cart_record_update", alice, line, example="quantity")
    session.ask("cart_record_update", alice, line, example="remark")
    refused = "CartRecordCreateRefused"
    session.refused(f"{refused} notOwner", "cart_record_create", guest)
    session.refused(f"{refused} alreadyInCart", "cart_record_create", alice)
    body = line_of(OFF_SALE, cart_owner=alice.openid)
    session.refused(f"{refused} productUnavailable", "cart_record_create", alice, json=body)
    session.refused(
        "CartRecordUpdateRefused quantity",
        "cart_record_update",
        alice,
        line,
        json={"cart_product_quantity": 10_000},
    )
    session.ask("cart_record_delete", alice, line, status=204)


def _keep_order_records(session: Session, guest: Client, alice: Client, server: Server) -> None:
    """Orders again, through the records API."""
    made = session.ask("order_record_create", alice).json()
    order = {"recordId": made["id"]}
    session.ask("order_record_list", alice, params={"perPage": 1, "sort": "-created"})
    session.ask("order_record_view", alice, order)
    session.ask("order_record_update", alice, order, example="remark")
    refused = "OrderRecordCreateRefused"
    session.refused(f"{refused} notOwner", "order_record_create", guest)
    for name, more in BAD_ORDER_RECORDS.items():
        body = {"order_owner": alice.openid, "order_source": "product", **more}
        session.refused(f"{refused} {name}", "order_record_create", alice, json=body)
    for name, body in BAD_MOVES.items():
        session.refused(
            f"OrderRecordUpdateRefused {name}", "order_record_update", alice, order, **body
        )
    session.ask("order_record_update", alice, order, example="cancel")
    session.ask("order_record_delete", alice, order, status=204)
    other = session.ask("order_record_create", alice).json()
    _confirm(server, other)
    session.refused(
        "OrderRecordInProgress", "order_record_delete", alice, {"recordId": other["id"]}
    )


def _send_a_batch(session: Session, alice: Client) -> None:
    """A line and a company at once; and batches of which nothing is done."""
    line = session.ask("batch", alice).json()[0]["body"]
    for name, body in BAD_BATCHES.items():
        session.refused(f"BatchRefused {name}", "batch", alice, **body)
    alice.request("DELETE", f"{CART_RECORDS}/{line['id']}")


def _write_badly(session: Session, guest: Client, alice: Client) -> None:
    """What any hook, or any create, may answer."""
    session.refused("HookUnauthorized", "cart_list", guest, example="active")
    refused = "HookValidationFailed"
    session.refused(f"{refused} unknownKey", "cart_list", alice, json={"colour": "red"})
    session.refused(f"{refused} badJson", "cart_list", alice, **BAD_JSON)
    session.refused("HookPayloadTooLarge", "cart_create", alice, **HUGE)
    session.refused("NativePayloadTooLarge", "company_create", alice, **HUGE)
    session.refused("HookUnsupportedMediaType", "cart_create", alice, **TEXT)
    session.ask("cart_create", alice, example="line", headers=KEY)
    other = line_of(OFF_SALE)
    session.refused("HookIdempotencyKeyReused", "cart_create", alice, json=other, headers=KEY)
    session.refused("NativeIdempotencyKeyReused", "company_create", alice, headers=KEY)


def _confirm(server: Server, order: Mapping[str, Any]) -> None:
    """As the operator does."""
    server.command("order", "move", order["order_id"], "confirmed")


def avatar(side: int = 64) -> bytes:
    """A PNG of one colour, stored as it is: no library chooses its bytes, so its MD5 is fixed."""
    rows = (b"\0" + b"\x2f\x6f\xed" * side) * side
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    stored = struct.pack("<BHH", 1, len(rows), 0xFFFF - len(rows)) + rows
    packed = b"\x78\x01" + stored + struct.pack(">I", zlib.adler32(rows))
    chunks = ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
