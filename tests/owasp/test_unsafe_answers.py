"""API10 Unsafe Consumption of APIs: whatever WeChat answers, the shop answers in shape and in time."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.databases import without_sql
from tests.owasp.conftest import Say
from tests.paths import LOGIN, PROFILE
from tests.running import Client, Server

ANSWERS = {
    "html-0": 503,
    "array-0": 503,
    "empty-0": 503,
    "huge-0": 503,
    "blank-0": 503,
    "cut-0": 503,
    "drop-0": 503,
    "status-500-0": 503,
    "status-302-0": 503,
    "redirect-0": 503,
    "err--99999": 503,
    "err-45011": 429,
    "err-40125": 500,
    "err-40226": 403,
}
"""By a code that the stand-in answers so: the status of the shop's own answer."""
SLOW = {"drip-0": 503, "slow-30-a": 503}
BOUND_S = 8  # five of them are WeChat's

pytestmark = without_sql


@pytest.mark.parametrize(
    ("path", "field"), [(LOGIN, "users_wx_code"), (PROFILE, "users_phone_code")]
)
def test_whatever_wechat_answers_the_shop_answers_well(
    server: Server, guest: Client, say: Say, path: str, field: str
) -> None:
    """All of it at once, slow ones too: in time, in shape, with `Retry-After` where it may be sent again."""
    alice = guest.login(f"unsafe-{field}")
    expected = {**ANSWERS, **SLOW}

    def asked(code: str) -> tuple[str, int, float]:
        client = Client(server.url, alice.token)
        began = time.monotonic()
        answer = client.hook(path, {field: code})
        if answer.status_code in (429, 503):
            assert int(answer.headers["Retry-After"]) >= 1
        told = answer.json()
        assert (told["statusCode"], set(told["data"])) == (answer.status_code, {"code", "fields"})
        assert code not in answer.text
        return code, answer.status_code, time.monotonic() - began

    with ThreadPoolExecutor(len(expected)) as pool:
        found = list(pool.map(asked, expected))
        health = guest.get("/health").status_code
    assert {code: status for code, status, _ in found} == expected
    assert health == 200
    slowest = max(took for *_, took in found)
    say(f"{len(found)} kinds of answer, the slowest took {slowest:.1f} s")
    assert slowest < BOUND_S
    assert guest.login("after-that").token
