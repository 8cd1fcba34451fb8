"""What the roles are called on pages."""

from collections.abc import Mapping
from typing import Final

from bai_wx.console.roles import Role
from bai_wx.console.words import both

ROLE_NAMES: Final[Mapping[Role, str]] = {
    Role.VIEWER: both("查看员", "Viewer"),
    Role.EDITOR: both("编辑员", "Editor"),
    Role.ADMIN: both("管理员", "Admin"),
}
