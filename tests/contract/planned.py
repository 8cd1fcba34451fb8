"""Operations as a contract might have them, for tests of what is scaffolded."""

from typing import Any

from bai_wx.contract.scaffold.plan import Planned


def planned(name: str = "a_b", **definition: Any) -> Planned:
    """An operation as the contract might have it."""
    said = {"responses": {"200": {}, "501": {}}, **definition}
    return Planned(name, "a", "POST", "/pb/api/a/b", said)
