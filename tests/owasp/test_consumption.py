"""API4 Unrestricted Resource Consumption: how often an address, a user and a code may ask."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from bai_wx.wechat.standin import StandIn
from tests.databases import without_sql
from tests.owasp.conftest import Say
from tests.running import Client, Server

FORWARDED = "X-Forwarded-For"
LOGIN = "/wechat/login"
REFRESH = "/system/refresh-token"

pytestmark = without_sql


def statuses(answers: Iterator[int]) -> Counter[int]:
    """How many answers had which status."""
    return Counter(answers)


def test_an_untrusted_proxy_names_addresses_in_vain(
    serving: Callable[..., Server], say: Say
) -> None:
    """Ten requests an hour; whoever writes a header is the address it connects from."""
    with serving(BAI_WX_LIMITS="10/hour") as server:  # the start has asked once
        found = passed(server, [f"203.0.113.{number}" for number in range(30)])
    say(f"{found[200]} of 30 passed")
    assert found == {200: 9, 429: 21}


@pytest.fixture(scope="module")
def behind_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose proxy is trusted."""
    settings = {"BAI_WX_LIMITS": "10/hour", "BAI_WX_TRUSTED_PROXIES": "127.0.0.1"}
    with Server(tmp_path_factory.mktemp("proxy") / "home", **settings) as running:
        yield running


@pytest.mark.parametrize(
    ("address", "most"),
    [
        pytest.param("203.0.113.{}", 30, id="clients of their own"),
        pytest.param("192.0.2.1", 10, id="one client"),
        pytest.param("2001:db8:1:2::{}", 10, id="addresses of one network of IPv6"),
        pytest.param("2001:db8:2:{}::1", 30, id="networks of IPv6"),
        pytest.param("198.51.100.{}, 192.0.2.2", 10, id="one client that claims to be a proxy"),
        pytest.param("::ffff:192.0.2.1", 0, id="the one client again, written as IPv6"),
    ],
)
def test_an_address_is_limited(behind_proxy: Server, say: Say, address: str, most: int) -> None:
    """Thirty requests where ten an hour may come."""
    found = passed(behind_proxy, [address.format(number) for number in range(1, 31)])
    say(f"{found[200]} of 30 passed")
    assert found == Counter({200: most, 429: 30 - most})


def passed(server: Server, clients: list[str]) -> Counter[int]:
    """Ask as each of these clients. Returns: how many answers had which status."""
    return statuses(
        Client(server.url).get("/health", headers={FORWARDED: each}).status_code for each in clients
    )


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory, wechat: StandIn) -> Iterator[Server]:
    """A server that lets an address ask often, a user and wrong codes ten times an hour."""
    settings = {
        "BAI_WX_LIMITS": "1000/hour",
        "BAI_WX_USER_LIMITS": "10/hour",
        "BAI_WX_CODE_LIMITS": "10/hour",
        "BAI_WX_TRUSTED_PROXIES": "127.0.0.1",
        "WECHAT_APPID": wechat.appid,
        "WECHAT_SECRET": wechat.secret,
        "WECHAT_API_BASE": wechat.base_url,
    }
    home = tmp_path_factory.mktemp("counting") / "home"
    with Server(home, demo=False, **settings) as running:
        yield running


def test_a_user_is_limited_behind_however_many_addresses(counting: Server, say: Say) -> None:
    """And with however many tokens. Another user is not, and forged tokens use up nobody's limit."""
    logins = [Client(counting.url).login("alice") for _ in range(2)]
    bob = Client(counting.url).login("bob")
    head, _, _ = logins[0].token.rpartition(".")
    forged = Client(counting.url, f"{head}.{'A' * 43}")
    for number in range(20):
        forged.hook("/cart/list", headers={FORWARDED: f"198.51.100.{number}"})
    found = statuses(
        logins[number % 2]
        .hook("/cart/list", headers={FORWARDED: f"203.0.113.{number}"})
        .status_code
        for number in range(30)
    )
    refused = logins[0].hook("/cart/list")
    native = logins[0].get("/collections/tbl_cart/records")
    assert bob.hook("/cart/list").status_code == 200
    say(f"{found[200]} of 30 requests passed from 30 addresses")
    assert found == {200: 10, 429: 20}  # the first request of each token among them
    assert refused.json()["data"]["code"] == "too_many_requests"
    assert native.json() == {"data": {}, "message": "Too Many Requests.", "status": 429}
    assert all(1 <= int(each.headers["Retry-After"]) <= 3600 for each in (refused, native))


def test_a_batch_counts_for_its_user_request_by_request(counting: Server) -> None:
    """Twelve requests in one are twelve."""
    carol = Client(counting.url).login("carol")
    assert carol.hook("/cart/list").status_code == 200
    request = {"method": "POST", "url": "/api/collections/tbl_company/records", "body": {}}
    answer = carol.hook("/batch", {"requests": [request] * 12})
    assert answer.status_code == 400
    [(place, refusal)] = answer.json()["data"]["requests"].items()
    assert refusal["response"]["status"] == 429
    assert int(place) == 8  # the list and the batch itself are one each
    assert 1 <= int(answer.headers["Retry-After"]) <= 3600


def test_a_code_that_wechat_refused_is_asked_about_once(
    serving: Callable[..., Server], wechat: StandIn, say: Say
) -> None:
    """Whichever worker it comes to next, and by whichever of the operations that take one."""
    with serving(workers=3) as server:
        found = statuses(
            Client(server.url).hook(path, {"users_wx_code": "no-code"}).status_code
            for path in (LOGIN, REFRESH)
            for _ in range(20)
        )
    asked = sum(request.code == "no-code" for request in wechat.requests)
    say(f"WeChat was asked {asked} time about a code that came 40 times")
    assert (found, asked) == ({400: 40}, 1)


def test_wrong_codes_of_an_address_are_bounded(counting: Server, wechat: StandIn, say: Say) -> None:
    """Guessing costs WeChat's quota. Good codes count nothing; another address goes on."""
    attacker = {FORWARDED: "203.0.113.7"}
    before = len(wechat.requests)
    found = statuses(
        Client(counting.url)
        .hook(LOGIN, {"users_wx_code": f"guessed-{number}"}, headers=attacker)
        .status_code
        for number in range(50)
    )
    asked = len(wechat.requests) - before
    for _ in range(20):
        Client(counting.url).login("alice")
    refused = Client(counting.url).hook(LOGIN, {"users_wx_code": "demo-alice"}, headers=attacker)
    dave = Client(counting.url).login("dave")
    code = {"users_phone_code": "phone-13800138000"}
    phone = dave.hook("/wechat/profile", code, headers=attacker)
    say(f"{asked} of 50 guessed codes reached WeChat")
    assert (found, asked) == (Counter({429: 40, 400: 10}), 10)
    assert (refused.status_code, phone.status_code) == (429, 429)
    for saved in ({"users_name": "Dave"}, {"users_name": "D.", "users_phone_code": ""}, {}):
        assert dave.hook("/wechat/profile", saved, headers=attacker).status_code == 200
    without = Client(counting.url).hook(LOGIN, {}, headers=attacker)
    assert without.status_code == 400  # not that it comes too often
    code = {"users_wx_code": "demo-alice"}
    for client, status in ((dave, 200), (Client(counting.url), 429)):
        answer = client.hook(REFRESH, code, headers=attacker)
        assert answer.status_code == status
    assert Client(counting.url).hook(REFRESH, {}, headers=attacker).status_code == 401
    assert refused.json()["data"]["code"] == "too_many_requests"
    assert 1 <= int(refused.headers["Retry-After"]) <= 3600
