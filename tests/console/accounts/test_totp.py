"""Codes of the second factor: now or a step beside it, digits alone, each used once."""

import time

import pyotp
import pytest
from peewee import Database

from bai_wx.console.accounts import totp
from bai_wx.console.accounts.totp import STEP_S
from tests.console.accounts.people import make_operator

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(steps: int) -> str:
    """The code of so many steps from now; waits where the step is about to end."""
    if time.time() % STEP_S > STEP_S - 3:
        time.sleep(STEP_S - time.time() % STEP_S)
    return pyotp.TOTP(SECRET).at(int(time.time()) + steps * STEP_S)


@pytest.mark.parametrize(
    ("steps", "is_right"), [(0, True), (-1, True), (1, True), (-3, False), (3, False)]
)
def test_a_code_is_right_for_its_time(steps: int, is_right: bool) -> None:
    assert bool(totp.step_of(SECRET, code_at(steps))) is is_right


@pytest.mark.parametrize(
    "code", ["", "12345", "abcdef", "１２３４５６", "-12345", "0x1234", "1" * 5000, "\ud800"]
)
def test_what_is_no_code(code: str) -> None:
    assert totp.step_of(SECRET, code) == 0


def test_a_code_may_be_typed_with_a_space() -> None:
    code = code_at(0)
    assert totp.step_of(SECRET, f" {code[:3]} {code[3:]} ")


def test_a_code_is_used_once(database: Database) -> None:
    """Nor is an earlier one taken after it."""
    operator = make_operator()
    operator.totp_secret = SECRET
    operator.write("totp_secret")
    earlier, code = code_at(-1), code_at(0)
    assert totp.use(operator, code)
    assert not totp.use(operator, code)
    assert not totp.use(operator, earlier)


def test_an_app_reads_the_address() -> None:
    address = totp.address_of(SECRET, "王芳")
    read = pyotp.parse_uri(address)
    assert (read.secret, read.name, read.issuer) == (SECRET, "王芳", "bai-wx")
    assert totp.is_secret(totp.new_secret())


def test_the_address_is_drawn() -> None:
    """As an element of the page: no address of elsewhere in it, no text that could be markup."""
    drawn = totp.picture_of(totp.address_of(SECRET, "王芳<b>"))
    assert drawn.startswith("<svg ")
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")
    assert "<b>" not in drawn
