"""API9 Improper Inventory Management: the contract is all that is served, and no older version."""

import pytest

from bai_wx.contract import loader
from bai_wx.contract.diff.contracts import read
from tests.contract.release import RELEASED
from tests.owasp.asking import ALL, path_of
from tests.owasp.conftest import Say
from tests.running import Client

UNDECLARED = (
    "/api/health",
    "/v1/health",
    "/v2/health",
    "/pb/api/v1/health",
    "/pb/api/realtime",
    "/pb/api/collections",
    "/pb/api/collections/tbl_auth_users/records",
    "/pb/api/collections/tbl_auth_users/auth-methods",
    "/pb/api/collections/idempotency_key/records",
    "/pb/api/collections/operators/records",
    "/pb/api/collections/sqlite_master/records",
    "/pb/api/metrics",
    "/metrics",
    "/debug",
    "/swagger.json",
    "/pb/api/swagger-ui",
    "/pb/api/openapi.yaml",
    "/openapi.json",
    "/static/../secret",
    "/docs",
    "/redoc",
)
"""Paths of frameworks, of PocketBase, of older versions and of tables that are no collections."""


def test_the_document_lists_what_is_served(guest: Client, say: Say) -> None:
    """Each operation of it answers, in the version that it names; it is the only document."""
    document = guest.get("/openapi.json").json()
    listed = {
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item
        if method in ("get", "put", "post", "patch", "delete")
    }
    assert listed == {(op.method, op.path) for op in ALL}
    for op in ALL:
        answer = guest.raw(op.method, path_of(op))
        assert answer.status not in (405, 501), op.id
    say(f"{len(listed)} operations, version {document['info']['version']}")


def test_nothing_answers_beside_the_contract(alice: Client, guest: Client, say: Say) -> None:
    """By no method, to nobody."""
    tried = 0
    for path in UNDECLARED:
        for client in (alice, guest):
            for method in ("GET", "POST", "HEAD"):
                answer = client.raw(method, path)
                assert answer.status in (400, 401, 403, 404, 405), (method, path, answer.status)
                tried += 1
    say(f"{tried} requests found nothing")


@pytest.mark.parametrize("version", sorted(folder.name for folder in RELEASED.iterdir()))
def test_what_a_released_version_had_is_served_by_the_present_code(
    guest: Client, say: Say, version: str
) -> None:
    """An older version is no other code beside ours: its operations are ours, or gone."""
    operations = {
        each["operationId"] for _, _, each in loader.operations(read(RELEASED / version).bundle)
    }
    ours = {op.id for op in ALL}
    for name in operations - ours:
        pytest.fail(f"{name} of {version} is neither served nor said to be gone")
    say(f"{len(operations)} operations of {version} are ours")
