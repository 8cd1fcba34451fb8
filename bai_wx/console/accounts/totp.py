"""The second factor: codes of six digits by time (RFC 6238), as authenticator apps show them."""

import re
import time
from typing import Final

import pyotp
import segno

from bai_wx.console.accounts.operators import Operator

ISSUER: Final = "bai-wx"
STEP_S: Final = 30
DRIFT_STEPS: Final = 1
"""How many steps the phone's clock may be ahead or behind."""

_SECRET: Final = re.compile("[A-Z2-7]{32}")


def new_secret() -> str:
    """Make a secret: 160 bits in base32."""
    return pyotp.random_base32()


def is_secret(text: str) -> bool:
    """Whether the text is written as `new_secret` writes one."""
    return _SECRET.fullmatch(text) is not None


def address_of(secret: str, name: str) -> str:
    """The `otpauth://` address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def picture_of(address: str) -> str:
    """The QR code of an address as an SVG element, to stand in a page."""
    drawn = segno.make(address, error="m", micro=False)
    return drawn.svg_inline(scale=5, border=3, light="#fff", omitsize=True)


def step_of(secret: str, code: str) -> int:
    """The time step that a code belongs to; 0 where it is none of the present ones."""
    typed = "".join(code.split())
    if not (is_secret(secret) and typed.isascii() and typed.isdigit()):
        return 0
    present, totp = int(time.time()) // STEP_S, pyotp.TOTP(secret)
    steps = range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1)
    return next((step for step in steps if totp.verify(typed, for_time=step * STEP_S)), 0)


def use(operator: Operator, code: str) -> bool:
    """Use a code of this operator. Returns: whether it was right, and not used before.

    Of two logins with one code at once the database lets one through.
    """
    step = step_of(operator.totp_secret, code)
    unused = (Operator.id == operator.id) & (Operator.totp_step < step)
    return bool(step) and bool(Operator.update(totp_step=step).where(unused).execute())
