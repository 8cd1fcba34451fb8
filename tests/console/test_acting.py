"""Who may do what.

Covers: bai_wx/console/roles.py
"""

import pytest

from bai_wx.console.acting import COMMAND_LINE, Acting
from bai_wx.console.roles import Permission, Role

MAY = {
    (Role.VIEWER, Permission.VIEW): True,
    (Role.VIEWER, Permission.EDIT): False,
    (Role.VIEWER, Permission.REVEAL): False,
    (Role.VIEWER, Permission.ADMINISTER): False,
    (Role.EDITOR, Permission.VIEW): True,
    (Role.EDITOR, Permission.EDIT): True,
    (Role.EDITOR, Permission.REVEAL): True,
    (Role.EDITOR, Permission.ADMINISTER): False,
    (Role.ADMIN, Permission.VIEW): True,
    (Role.ADMIN, Permission.EDIT): True,
    (Role.ADMIN, Permission.REVEAL): True,
    (Role.ADMIN, Permission.ADMINISTER): True,
}


@pytest.mark.parametrize(("role", "permission"), MAY)
def test_a_role_may_do_what_the_table_says(role: Role, permission: Permission) -> None:
    acting = Acting("o1", "wang", role, "127.0.0.1")
    assert acting.may(permission) is MAY[role, permission]


def test_the_table_is_whole() -> None:
    assert set(MAY) == {(role, permission) for role in Role for permission in Permission}


def test_the_command_line_may_do_everything() -> None:
    assert all(COMMAND_LINE.may(permission) for permission in Permission)
