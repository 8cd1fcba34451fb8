"""The table of login codes that workers share."""

import os
from multiprocessing import get_context

import pytest

from bai_wx.wechat import shared_logins
from bai_wx.wechat.shared_logins import SIZE, Claim, SharedLogins


@pytest.fixture
def descriptor() -> int:
    """Memory as the parent of the workers makes it."""
    made = os.memfd_create("logins")
    os.ftruncate(made, SIZE)
    return made


def test_a_code_is_asked_about_by_one(descriptor: int) -> None:
    """Who comes meanwhile looks again, and then finds the answer."""
    one, other = SharedLogins(descriptor), SharedLogins(descriptor)
    assert one.claim("code", 5) == Claim(None, is_ours=True)
    assert other.claim("code", 5) == Claim(None, is_ours=False)
    assert other.claim("another", 5).is_ours
    one.keep("code", "openid\n")
    assert other.claim("code", 5) == Claim("openid\n", is_ours=False)


def test_a_failure_is_not_kept(descriptor: int) -> None:
    """The next one asks."""
    logins = SharedLogins(descriptor)
    logins.claim("code", 5)
    logins.drop("code")
    assert logins.claim("code", 5).is_ours


def test_an_answer_is_kept_for_a_while(descriptor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then WeChat is asked again, and says what it says of a used code."""
    monkeypatch.setattr(shared_logins, "KEPT_S", 0.0)
    logins = SharedLogins(descriptor)
    logins.claim("code", 5)
    logins.keep("code", "openid\n")
    assert logins.claim("code", 5).is_ours


def test_whoever_asks_and_dies_leaves_the_code_to_others(descriptor: int) -> None:
    """A worker that was killed keeps nobody waiting."""
    asker = get_context("fork").Process(target=lambda: SharedLogins(descriptor).claim("code", 5))
    asker.start()
    asker.join()
    assert SharedLogins(descriptor).claim("code", 5).is_ours


def test_a_code_does_not_stand_in_the_table(descriptor: int) -> None:
    """Its digest does."""
    logins = SharedLogins(descriptor)
    logins.claim("a-secret-code", 5)
    logins.keep("a-secret-code", "openid\n")
    assert b"a-secret-code" not in os.pread(descriptor, SIZE, 0)


def test_a_full_bucket_forgets_the_oldest(descriptor: int) -> None:
    """Thousands of codes at once: each is still answered."""
    logins = SharedLogins(descriptor)
    assert all(logins.claim(f"code-{n}", 5).is_ours for n in range(10_000))


def test_a_code_has_one_slot(descriptor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A code that comes back after its answer ended is found where it stands last."""
    logins = SharedLogins(descriptor)
    monkeypatch.setattr(shared_logins, "KEPT_S", 0.0)
    logins.claim("code", 5)
    logins.keep("code", "openid\n")
    monkeypatch.setattr(shared_logins, "KEPT_S", 10.0)
    assert logins.claim("code", 5).is_ours
    logins.keep("code", "another\n")
    assert logins.claim("code", 5) == Claim("another\n", is_ours=False)
