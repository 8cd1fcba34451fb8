"""Operators for the tests of accounts."""

from bai_wx.console.accounts import changes
from bai_wx.console.accounts.operators import Operator
from bai_wx.console.acting import COMMAND_LINE
from bai_wx.console.roles import Role

PASSWORD = "correct horse 7"
OTHER_PASSWORD = "battery staple 8"
ADDRESS, ELSEWHERE = "203.0.113.7", "198.51.100.9"


def make_operator(name: str = "王芳", role: Role = Role.EDITOR) -> Operator:
    """An operator with the usual password."""
    return changes.create(name, PASSWORD, role, COMMAND_LINE)
