"""Two replicas of two workers on one database: what one of them does holds at the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from bai_wx.wechat.standin import StandIn
from bai_wx.wechat.standin_api import SESSION_PATH, TOKEN_PATH
from tests import databases
from tests.api import shop
from tests.api.pictures import PDF
from tests.databases import new_address
from tests.paths import ATTACHMENTS
from tests.running import STRONG, Client, Server
from tests.s3 import S3
from tests.stories.crowd import all_at_once, crowd, statuses

EVERY_WORKER = 24  # requests on connections of their own: enough to meet each of two workers


@dataclass(frozen=True)
class Replicas:
    """Two servers, each with a home of its own, and the WeChat that both of them ask."""

    one: Server
    two: Server
    wechat: StandIn
    settings: dict[str, str]

    def login(self, name: str) -> Client:
        """Log in at the first one, with a code that WeChat takes once."""
        body = {"users_wx_code": f"code-{name}-{uuid4().hex}"}
        data = Client(self.one.url).data("/wechat/login", body)
        return Client(self.one.url, data["token"], data["user"]["openid"], data["user"]["pb_id"])

    def seen_by_all(self, client: Client) -> set[int]:
        """The statuses this user's own list gets from every worker of both."""
        return {
            at(server, client).hook("/cart/list").status_code
            for server in (self.one, self.two)
            for _ in range(EVERY_WORKER)
        }


def at(server: Server, client: Client) -> Client:
    """The same user at this server, on a new connection."""
    return Client(server.url, client.token, client.openid, client.user_id)


@pytest.fixture(scope="module")
def replicas(tmp_path_factory: pytest.TempPathFactory, s3: S3) -> Iterator[Replicas]:
    """Started by nothing but settings: the same database, secret, files and WeChat."""
    folder = tmp_path_factory.mktemp("replicas")
    with StandIn() as wechat:
        settings = {
            "BAI_WX_DATABASE": new_address(folder),
            "BAI_WX_SECRET": STRONG,
            "WECHAT_APPID": wechat.appid,
            "WECHAT_SECRET": wechat.secret,
            "WECHAT_API_BASE": wechat.base_url,
            **s3.settings,
        }
        one, two = (
            Server(folder / name, workers=2, demo=False, **settings) for name in ("one", "two")
        )
        with one, two:
            one.take(shop.ROWS)
            yield Replicas(one, two, wechat, settings)
            assert "Traceback" not in one.log + two.log
            assert not (one.home / "files").exists()


def test_a_token_of_one_holds_at_the_other(replicas: Replicas) -> None:
    """Both sign with the same secret and know the same users."""
    alice = replicas.login("alice")
    assert replicas.seen_by_all(alice) == {200}
    refreshed = at(replicas.two, alice).data("/system/refresh-token")["token"]
    there_first = Client(replicas.two.url, refreshed, alice.openid)
    assert replicas.seen_by_all(there_first) == {200}


def test_a_disabled_user_is_out_everywhere_at_once(replicas: Replicas) -> None:
    """Every worker has met the token, and none lets it pass once the command is done."""
    bob = replicas.login("bob")
    assert replicas.seen_by_all(bob) == {200}
    replicas.two.command("user", "disable", bob.openid)
    assert replicas.seen_by_all(bob) == {401}
    for server in (replicas.one, replicas.two):
        login = Client(server.url).hook(
            "/wechat/login", {"users_wx_code": f"code-bob-{uuid4().hex}"}
        )
        assert (login.status_code, login.json()["data"]["code"]) == (403, "user_disabled")
    replicas.one.command("user", "enable", bob.openid)
    assert replicas.login("bob").openid == bob.openid


CREATES: dict[str, tuple[str, dict[str, Any], str]] = {
    "order": (
        "/order/create",
        {
            "order_source": "product",
            "items": [{"prod_list_id": shop.DIME["prod_list_id"], "quantity": 2}],
        },
        "SELECT id FROM tbl_order WHERE order_owner = ?",
    ),
    "cart line": (
        "/cart/create",
        {"cart_product_id": shop.DIME["id"], "cart_product_quantity": 2},
        "SELECT id FROM tbl_cart WHERE cart_owner = ? AND cart_product_quantity = 2",
    ),
}


@pytest.mark.parametrize("create", [pytest.param(c, id=name) for name, c in CREATES.items()])
def test_one_key_sent_to_both_works_once(
    replicas: Replicas, create: tuple[str, dict[str, Any], str]
) -> None:
    """At the same moment and afterwards, and every answer is the same."""
    path, body, made = create
    carol = replicas.login(f"carol{uuid4().hex[:8]}")
    both = [*crowd(at(replicas.one, carol), 8), *crowd(at(replicas.two, carol), 8)]

    def send(client: Client, _: int) -> requests.Response:
        return client.hook(path, body, headers={"Idempotency-Key": "same-key"})

    answers = all_at_once(both, send)
    answers += [send(at(server, carol), 0) for server in (replicas.one, replicas.two)]
    assert statuses(answers) == {200: 18}
    assert len({answer.content for answer in answers}) == 1
    assert len(replicas.one.rows(made, carol.openid)) == 1
    other = {**body, f"{path.split('/')[1]}_remark": "another body"}
    refused = at(replicas.two, carol).hook(path, other, headers={"Idempotency-Key": "same-key"})
    assert refused.status_code == 422


def test_one_key_sent_to_both_uploads_once(replicas: Replicas, s3: S3) -> None:
    """One row and one file, which the other replica serves."""
    dora = replicas.login("dora")
    before = len(s3.held())
    both = [*crowd(at(replicas.one, dora), 4), *crowd(at(replicas.two, dora), 4)]
    answers = all_at_once(
        both,
        lambda client, number: client.request(
            "POST",
            ATTACHMENTS,
            files={"attachments_link": ("a.pdf", PDF, "application/pdf")},
            headers={"Idempotency-Key": "same-key"},
        ),
    )
    assert statuses(answers) == {200: 8}
    (record,) = {answer.text: answer.json() for answer in answers}.values()
    assert len(s3.held()) == before + 1
    path = f"/files/tbl_attachments/{record['id']}/{record['attachments_link']}"
    for server in (replicas.one, replicas.two):
        assert Client(server.url).get(path).content == PDF


def test_a_code_sent_to_both_is_exchanged_once(replicas: Replicas) -> None:
    """One after the other within ten seconds. On SQLite replicas do not tell each other: WeChat refuses."""
    code = f"code-erin-{uuid4().hex}"
    replicas.wechat.requests.clear()
    first = Client(replicas.one.url).hook("/wechat/login", {"users_wx_code": code})
    again = Client(replicas.two.url).hook("/wechat/login", {"users_wx_code": code})
    asked = [request for request in replicas.wechat.requests if request.path == SESSION_PATH]
    if databases.IS_POSTGRES:
        assert (first.status_code, again.status_code, len(asked)) == (200, 200, 1)
        assert first.json()["data"]["user"] == again.json()["data"]["user"]
    else:
        assert (first.status_code, again.status_code, len(asked)) == (200, 400, 2)
        assert again.json()["data"]["code"] == "wechat_code_used"


@pytest.mark.skipif(not databases.IS_POSTGRES, reason="replicas on SQLite have no such table")
def test_a_code_is_exchanged_once_also_where_a_replica_has_just_come(
    replicas: Replicas, tmp_path: Path
) -> None:
    """One that is alone writes no codes down. It does so from when another serves."""
    address = new_address(tmp_path)
    settings = {**replicas.settings, "BAI_WX_DATABASE": address}
    with Server(tmp_path / "one", workers=2, demo=False, **settings) as one:
        for number in range(EVERY_WORKER):
            body = {"users_wx_code": f"code-gus-{number}-{uuid4().hex}"}
            assert Client(one.url).hook("/wechat/login", body).status_code == 200
        assert databases.read(address, "SELECT count(*) AS codes FROM login_code") == [{"codes": 0}]
        with Server(tmp_path / "two", workers=2, demo=False, **settings) as two:
            for number in range(EVERY_WORKER):
                body = {"users_wx_code": f"code-gus-{number}-{uuid4().hex}"}
                answers = [Client(each.url).hook("/wechat/login", body) for each in (one, two)]
                assert statuses(answers) == {200: 2}


@pytest.mark.skipif(not databases.IS_POSTGRES, reason="replicas on SQLite have no such table")
def test_without_the_table_each_replica_asks_wechat(replicas: Replicas) -> None:
    """Whatever is wrong with it: a login that needs nobody else succeeds."""
    address = replicas.one.address
    databases.write(address, "ALTER TABLE login_code RENAME TO login_code_away")
    try:
        assert replicas.login("fay").openid
    finally:
        databases.write(address, "ALTER TABLE login_code_away RENAME TO login_code")
    assert "replicas cannot tell each other of login codes" in replicas.one.log


def test_replicas_ask_wechat_each_for_itself(replicas: Replicas) -> None:
    """An access token is the same for everybody who asks."""
    erin = replicas.login("erin")
    replicas.wechat.requests.clear()
    for server in (replicas.one, replicas.two):
        for number in range(4):
            profile = {"users_name": "艾琳", "users_phone_code": f"phone-1380013800{number}"}
            answer = at(server, erin).hook("/wechat/profile", profile)
            assert answer.status_code == 200, answer.text
    asked = [request for request in replicas.wechat.requests if request.path == TOKEN_PATH]
    assert 2 <= len(asked) <= 4  # each worker that needed one, once


def test_a_secret_of_its_own_makes_no_replica(tmp_path: Path) -> None:
    """Homes of their own make secrets of their own; the token of one says nothing to the other."""
    address = new_address(tmp_path)
    with (
        Server(tmp_path / "one", BAI_WX_DATABASE=address) as one,
        Server(tmp_path / "two", BAI_WX_DATABASE=address) as two,
    ):
        alice = Client(one.url).login("alice")
        assert alice.hook("/cart/list").status_code == 200
        assert at(two, alice).hook("/cart/list").status_code == 401


def test_one_home_makes_replicas_too(tmp_path: Path) -> None:
    """Secret and files are in it, and neither has to be set."""
    address = new_address(tmp_path)
    with (
        Server(tmp_path / "home", BAI_WX_DATABASE=address) as one,
        Server(tmp_path / "home", BAI_WX_DATABASE=address) as two,
    ):
        alice = Client(one.url).login("alice")
        made = alice.request("POST", ATTACHMENTS, files={"attachments_link": ("a.pdf", PDF)}).json()
        there = at(two, alice)
        assert there.hook("/cart/list").status_code == 200
        path = f"/files/tbl_attachments/{made['id']}/{made['attachments_link']}"
        assert there.get(path).content == PDF
