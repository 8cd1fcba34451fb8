"""API1 Broken Object Level Authorization: no operation reaches a row of another user."""

from typing import Any

import pytest

from tests.api.bundle import Op
from tests.api.test_isolation import WALKED
from tests.owasp.asking import ALL, Rows, ask, path_of
from tests.owasp.conftest import Say
from tests.running import Client, Server

PUBLIC = {
    "company_view": "everybody sees companies",
    "attachment_view": "everybody sees valid files but identity papers, which test_identity_papers.py tries",
    "product_view": "the catalogue",
    "document_view": "the catalogue",
    "dict_view": "the catalogue",
    "file_download": "as attachment_view",
    "wechat_profile": "it names attachments and a company that the caller may see; the row is its own",
    "cart_create": "it names a product; a line's id in it is ignored",
    "cart_record_create": "it makes a row; test_native_create_in_anothers_name_is_400 tries the owner",
    "order_record_create": "as cart_record_create",
    "batch": "its requests are those of the records, each tried below",
}
"""Operations with an id that name no row of one user alone, and why."""


def _takes_an_id(op: Op) -> bool:
    return "{" in op.path or any(
        name.endswith(("_id", "_ids", "Id")) or name == "requests" for name in op.properties
    )


def test_no_operation_with_an_id_is_left_out(say: Say) -> None:
    """Each is tried with another user's row, or is public by decision."""
    with_id = {op.id for op in ALL if _takes_an_id(op)}
    tried = {op.id for op in WALKED}
    say(f"{len(tried)} of {len(ALL)} operations name a user's row")
    assert with_id - tried - set(PUBLIC) == set()
    assert tried & set(PUBLIC) == set()


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "PUT"])
@pytest.mark.parametrize("prefix", ["/api", "/pb/api"])
def test_no_batch_reaches_another_users_row(
    server: Server, alice: Client, bob: Client, method: str, prefix: str
) -> None:
    """Neither by its address nor, where it may be created, by its id."""
    rows = {name: Rows(each) for name, each in (("alice", alice), ("bob", bob))}
    for attacker, owner in ((bob, "alice"), (alice, "bob")):
        for collection, record_id in rows[owner].records.items():
            before = server.row(collection, record_id)
            url = f"{prefix}/collections/{collection}/records"
            body: dict[str, Any] = {"is_delete": 1, "company_name": "改", "cart_remark": "改"}
            if method == "PUT":
                body["id"] = record_id
            else:
                url += f"/{record_id}"
            requests = [{"method": method, "url": url, "body": body}]
            answer = attacker.hook("/batch", {"requests": requests})
            assert answer.status_code == 400
            assert server.row(collection, record_id) == before


def test_both_users_are_refused_each_others_rows_on_every_operation(
    server: Server, alice: Client, bob: Client, say: Say
) -> None:
    """In either direction, and under every spelling of the id."""
    tried = 0
    rows = {client.openid: Rows(client) for client in (alice, bob)}
    for attacker, owner in ((alice, bob), (bob, alice)):
        own = rows[owner.openid]
        before = {name: server.row(name, each) for name, each in own.records.items()}
        for op in WALKED:
            collection = f"tbl_{op.id.partition('_')[0]}"
            body = {name: each for name, each in own.business.items() if name in op.properties}
            if "cart_ids" in op.properties:
                body = {"order_source": "cart", "cart_ids": [own.business["cart_id"]]}
            path = path_of(op, recordId=own.records[collection])
            for spelled in {
                path,
                path.replace("/pb/api/", "/pb/api/./"),
                f"{path}/",
                f"{path}?expand=x",
            }:
                answer = ask(attacker, op, {**body, "is_delete": 1} if body else body, path=spelled)
                assert answer.status in (400, 404, 405), (op.id, spelled, answer.body)
                assert own.business["order_id"].encode() not in answer.body
                tried += 1
        assert {name: server.row(name, each) for name, each in own.records.items()} == before
    say(f"{tried} requests reached nobody's row")
