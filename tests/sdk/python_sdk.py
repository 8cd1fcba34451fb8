"""Clients of the Python SDK, as a user of it would make them."""

from collections.abc import Iterator
from contextlib import contextmanager

from pocketbase import PocketBase
from pocketbase.models.record import Record

USERS = "tbl_auth_users"
SWITCH, SWITCH_ICON = "p9x2c5v8b1n4m7q", "a3f8k2m9q7x1c5v"
MANUAL, PLAN, NOTICE = "d4m7q1x8c5v2b9n", "d2g5h8j3k6m9n4p", "d4j7k1m5n8p2q6r"
COMPANY = "c5v1x9k3m7q2b8n"
MISSING = "zzzzzzzzzzzzzzz"


@contextmanager
def sdk(base: str, token: str = "") -> Iterator[PocketBase]:
    """An SDK client, perhaps with a token in its store, that does not ask the shell for a proxy."""
    client = PocketBase(base, trust_env=False)
    client.auth_store.save(token)
    with client.http_client:
        yield client


@contextmanager
def logged_in(base: str, name: str) -> Iterator[PocketBase]:
    """An SDK client whose store holds what the login of `demo-<name>` answered."""
    with sdk(base) as client:
        body = {"users_wx_code": f"demo-{name}"}
        answer = client.send("/api/wechat/login", {"method": "POST", "body": body})
        user = answer["data"]["user"]
        record = Record({**user, "id": user["pb_id"], "collectionName": USERS})
        client.auth_store.save(answer["data"]["token"], record)
        yield client


def openid(client: PocketBase) -> str:
    """The openid of the user who is logged in."""
    return str(client.auth_store.record.openid)


def ids(records: list[Record]) -> list[str]:
    """The ids of records."""
    return [record.id for record in records]


def cart_line(client: PocketBase) -> dict[str, object]:
    """The body of a cart line of this user's: two switches."""
    return {
        "cart_owner": openid(client),
        "cart_product_id": SWITCH,
        "cart_product_quantity": 2,
    }
