"""What goes wrong outside alice's hands: WeChat, a full cart, defects, a database that fails, limits."""

import io
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

from bai_wx.process.readiness import KEPT_S
from tests.contract.example_refusals import BAD_CODES, OFF_SALE, SWITCH, line_of
from tests.contract.example_session import Session
from tests.running import Client, Server

LINES = 200  # a cart's most
GOODS: dict[str, Any] = {
    "prod_list_name": "散货",
    "prod_list_status": "on_sale",
    "prod_list_basic_price": 1,
}


def be_refused_by_wechat(session: Session, guest: Client, server: Server) -> None:
    """The stand-in speaks WeChat's errors by the code's own name."""
    for code, name in BAD_CODES:
        body = {"users_wx_code": code}
        headers = ("RetryAfter",) if "TooMany" in name else ()
        session.refused(name, "wechat_login", guest, json=body, headers_shown=headers)
    session.refused("HookWechatCodeRefused validationFailed", "wechat_login", guest, json={})
    mallory = guest.login("mallory")
    server.command("user", "disable", mallory.openid)
    session.refused(
        "HookUserForbidden userDisabled",
        "wechat_login",
        guest,
        json={"users_wx_code": "demo-mallory"},
    )


def lose_what_was_on_sale(session: Session, server: Server) -> None:
    """A line whose product the operator takes off sale: how many it is of is not changed any more."""
    late = Client(server.url).login("late")
    server.change("tbl_product_list", OFF_SALE, prod_list_status="on_sale")
    line = late.data("/cart/create", line_of(OFF_SALE))
    server.change("tbl_product_list", OFF_SALE, prod_list_status="off_sale")
    body = {"cart_id": line["cart_id"], "cart_product_quantity": 2}
    session.refused("CartUpdateRefused productUnavailable", "cart_update", late, json=body)


def fill_cart_to_the_brim(session: Session, server: Server) -> None:
    """More products than a cart has lines for."""
    goods = [{**GOODS, "id": f"bulk{n:011d}", "prod_list_id": f"P-{n}"} for n in range(LINES + 1)]
    server.take({"tbl_product_list": goods})
    hoarder = Client(server.url).login("hoarder")
    for product in goods[:LINES]:
        hoarder.data("/cart/create", line_of(product["id"]))
    body = line_of(goods[LINES]["id"])
    session.refused("CartFull", "cart_create", hoarder, json=body)
    session.refused(
        "CartRecordCreateRefused cartFull",
        "cart_record_create",
        hoarder,
        json={**body, "cart_owner": hoarder.openid},
    )


def meet_failures(session: Session, guest: Client, alice: Client, server: Server) -> None:
    """Bytes where the contract has text are a defect; a lock that is not given up is a busy database."""
    alice.data("/cart/create", line_of(SWITCH))
    _wait_for_another_writer(session, guest, alice, server)
    for table, column in (("tbl_product_list", "prod_list_name"), ("tbl_auth_users", "users_name")):
        server.write(f"UPDATE {table} SET {column} = x'ff'")
    switch = {"recordId": SWITCH}
    session.refused("HookInternalError", "cart_list", alice, example="active")
    session.refused("NativeInternalError", "product_view", guest, switch)
    session.refused("HookWechatInternalError internalError", "wechat_login", guest)


def not_be_migrated(session: Session, guest: Client, server: Server) -> None:
    """The history says that no migration was applied; what was found before is kept for a second."""
    server.write("UPDATE schema_migration SET name = 'x' || name")
    time.sleep(KEPT_S)
    session.refused("NotReady", "ready", guest)
    server.write("UPDATE schema_migration SET name = substr(name, 2)")


def _wait_for_another_writer(
    session: Session, guest: Client, alice: Client, server: Server
) -> None:
    """Somebody else holds the database's lock for longer than a write waits."""
    wait = ("RetryAfterOptional",)
    with closing(sqlite3.connect(server.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        session.refused("HookUnavailable", "cart_create", alice, example="line", headers_shown=wait)
        session.refused("NativeUnavailable", "company_create", alice, headers_shown=wait)
        session.refused(
            "HookWechatUnavailable serviceUnavailable",
            "wechat_login",
            guest,
            json={"users_wx_code": "demo-newcomer"},
            headers_shown=wait,
        )


class Stalled(io.BytesIO):
    """A body that stops after its first byte."""

    def __len__(self) -> int:
        return 100


@contextmanager
def stop_sending(session: Session, alice: Client) -> Iterator[None]:
    """Two bodies that do not go on, while the rest of the story is played; nobody waits for a guest's."""
    meanwhile = [("HookRequestTimeout", "cart_create"), ("NativeRequestTimeout", "company_create")]
    with ThreadPoolExecutor(len(meanwhile)) as pool:
        waiting = [
            pool.submit(
                session.refused,
                shows,
                operation,
                Client(alice.url, alice.token),
                data=Stalled(b"{"),
                timeout=90,
            )
            for shows, operation in meanwhile
        ]
        yield
        for each in waiting:
            each.result()


def ask_too_often(session: Session, guest: Client) -> None:
    """The start of the server asked once already, which is all this one allows."""
    session.refused("HookTooManyRequests", "users_count", guest)
    session.refused("NativeTooManyRequests", "health", guest)
    session.refused("HookWechatTooManyRequests tooManyRequests", "wechat_login", guest)
