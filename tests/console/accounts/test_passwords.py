"""Passwords: what is refused, what a hash says, how a made one looks."""

import re

import pytest
from argon2 import PasswordHasher

from bai_wx.console.accounts import passwords
from bai_wx.console.accounts.errors import PasswordRefused


@pytest.mark.parametrize(
    ("password", "why"),
    [
        pytest.param("", "at least", id="empty"),
        pytest.param("short pw", "at least", id="short"),
        pytest.param("x" * 201, "at most", id="long"),
        pytest.param("aaaaaaaabbbb", "guessed", id="few different characters"),
        pytest.param("Password123", "guessed", id="common"),
        pytest.param("wangfang88", "guessed", id="the name and a little"),
    ],
)
def test_a_password_is_refused(password: str, why: str) -> None:
    with pytest.raises(PasswordRefused, match=why) as refused:
        passwords.check(password, "WangFang")
    assert "密码" in refused.value.chinese


@pytest.mark.parametrize("password", ["correct horse", "三个字太短但是十个字够了", "x" * 7 + "yz!"])
def test_a_password_is_taken(password: str) -> None:
    passwords.check(password, "王芳")


def test_a_hash_knows_its_password() -> None:
    """Composed alike, whatever the keyboard; two hashes of one password differ."""
    stored = passwords.hash_of("Ｃafe\u0301 noir 7")
    assert stored.startswith("$argon2id$")
    assert passwords.matches(stored, "Café noir 7")
    assert not passwords.matches(stored, "cafe noir 7")
    assert stored != passwords.hash_of("Café noir 7")
    assert not passwords.is_outdated(stored)


@pytest.mark.parametrize("stored", ["", "plain", "$argon2id$broken"])
def test_a_broken_hash_has_no_password(stored: str) -> None:
    assert not passwords.matches(stored, "anything at all")


def test_half_a_character_is_nobodys_password() -> None:
    assert not passwords.matches(passwords.NOBODYS_HASH, "\ud800 and more text")


def test_a_hash_of_other_parameters_is_outdated() -> None:
    assert passwords.is_outdated(PasswordHasher(1, 8, 1).hash("x"))


def test_an_unknown_name_takes_as_long() -> None:
    """What it is compared with was made with today's parameters."""
    assert not passwords.is_outdated(passwords.NOBODYS_HASH)


def test_a_made_password_can_be_copied_by_hand() -> None:
    made = passwords.made()
    assert re.fullmatch(r"([a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}", made)
    assert made != passwords.made()
    passwords.check(made, "王芳")
