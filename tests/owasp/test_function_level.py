"""API5 Broken Function Level Authorization: a user of the API reaches nothing of the operator's."""

import pytest

from tests.owasp.asking import ALL, ask, path_of
from tests.owasp.conftest import Say
from tests.running import Client

OPERATORS = (
    "collections",
    "collections/tbl_order",
    "collections/tbl_order/truncate",
    "collections/import",
    "collections/_superusers/records",
    "collections/_superusers/auth-with-password",
    "collections/_externalAuths/records",
    "collections/tbl_auth_users/records",
    "collections/tbl_auth_users/impersonate/zzzzzzzzzzzzzzz",
    "admins/auth-with-password",
    "settings",
    "settings/test/email",
    "backups",
    "backups/upload",
    "logs",
    "logs/stats",
    "crons",
    "crons/__pbDBOptimize__",
    "sql",
    "metrics",
    "wechat/users",
    "order/move",
    "user/disable",
)
"""What an operator of a PocketBase, or of this shop, might do below `/pb/api/`."""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.mark.parametrize("prefix", ["/pb/api", "/api", "/pb/_", "/_"])
def test_no_function_of_an_operator_answers_a_user(alice: Client, prefix: str, say: Say) -> None:
    """By no method, nor by a POST that means another one."""
    tried = 0
    for name in OPERATORS:
        for method in METHODS:
            answer = alice.raw(method, f"{prefix}/{name}", body=b"{}" if method != "GET" else b"")
            assert answer.status in (400, 401, 403, 404, 405), (method, name, answer.body)
            tried += 1
        for meant in ("PATCH", "DELETE"):
            headers = {"X-HTTP-Method-Override": meant}
            answer = alice.raw("POST", f"{prefix}/{name}", headers=headers)
            assert answer.status in (400, 401, 403, 404, 405), (meant, name)
            tried += 1
    say(f"{tried} requests refused")


def test_no_other_method_does_anything(alice: Client, say: Say) -> None:
    """Each path answers its own methods alone; a hook says which."""
    paths: dict[str, set[str]] = {}
    for op in ALL:
        paths.setdefault(op.path, set()).add(op.method)
    tried = 0
    for path, methods in paths.items():
        op = next(each for each in ALL if each.path == path)
        for method in (*METHODS, "TRACE", "CONNECT", "PROPFIND", "get"):
            if method in methods or (method == "PUT" and "PATCH" in methods):
                continue
            answer = alice.raw(method, path_of(op), body=b"")
            assert answer.status in (400, 403, 404, 405), (method, path, answer.status)
            tried += 1
            if op.is_hook and answer.status == 405:
                allowed = {each.strip() for each in answer.headers["Allow"].split(",")}
                assert methods <= allowed
    say(f"{tried} requests refused")


@pytest.mark.parametrize("op", [pytest.param(op, id=op.id) for op in ALL if op.demands_token])
def test_what_asks_for_a_token_answers_nobody_without(guest: Client, op: object) -> None:
    """Whatever the body says."""
    named = next(each for each in ALL if each is op)
    for body in ({}, {"user": "x", "openid": "x", "is_admin": True}, []):
        assert ask(guest, named, body).status == 401
